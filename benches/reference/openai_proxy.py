"""The official `openai` client through the proxy, unchanged but for its base URL: plain, streaming, embeddings, refusals."""

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import openai
from service import running


class Provider(BaseHTTPRequestHandler):
    """A provider on this machine that speaks the protocol."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.headers["authorization"] != "Bearer sk-upstream":
            return self.answer(401, {"error": {"message": "wrong key"}})
        usage = {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15}
        base = {"id": "chatcmpl-1", "created": 1, "model": body["model"]}
        if self.path.endswith("/embeddings"):
            data = [{"object": "embedding", "index": 0, "embedding": [0.25, 0.5, -1.0]}]
            return self.answer(200, {"object": "list", "data": data, "model": body["model"], "usage": {"prompt_tokens": 5, "total_tokens": 5}})
        if not body.get("stream"):
            message = {"role": "assistant", "content": "Hello from upstream"}
            choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
            return self.answer(200, {**base, "object": "chat.completion", "choices": choices, "usage": usage})
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        chunk = {**base, "object": "chat.completion.chunk"}
        events = [{**chunk, "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]} for text in ("one ", "two ", "three")]
        if body.get("stream_options", {}).get("include_usage"):
            events.append({**chunk, "choices": [], "usage": usage})
        for event in [*map(json.dumps, events), "[DONE]"]:
            self.wfile.write(f"data: {event}\n\n".encode())
            self.wfile.flush()


def main():
    provider = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    with running(sys.argv[1]) as service:
        credential = service.post("/v1/credentials", {"name": "upstream", "secret": "sk-upstream"})
        price = {"name": "gpt-4o-mini", "input_micros_per_million": 150_000, "output_micros_per_million": 600_000}
        embedding = {"name": "text-embedding-3-small", "input_micros_per_million": 20_000}
        integration = service.post("/v1/integrations", {
            "name": "upstream", "provider": "custom", "endpoint": f"http://127.0.0.1:{provider.server_port}/v1",
            "credential_ref": credential["reference"], "models": [price, embedding], "limits": {"budget_cents": 100},
        })
        guardrails = {"max_tokens": 500, "banned_patterns": ["(?i)password"]}
        key = service.post("/v1/proxy/keys", {"name": "client", "integration_id": integration["id"], "guardrails": guardrails})
        client = openai.OpenAI(base_url=f"{service.base}/proxy/v1", api_key=key["secret"], max_retries=0)
        print("openai", openai.__version__)
        ask = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Say hello"}]}

        plain = client.chat.completions.create(**ask)
        print("plain     ", plain.choices[0].message.content, plain.usage.total_tokens)
        assert plain.choices[0].message.content == "Hello from upstream"

        pieces = [chunk.choices[0].delta.content for chunk in client.chat.completions.create(**ask, stream=True)]
        print("streaming ", pieces)
        assert pieces == ["one ", "two ", "three"]

        chunks = list(client.chat.completions.create(**ask, stream=True, stream_options={"include_usage": True}))
        print("with usage", chunks[-1].usage.total_tokens)
        assert chunks[-1].usage.total_tokens == 15

        vector = client.embeddings.create(model="text-embedding-3-small", input="a text", encoding_format="float").data[0].embedding
        print("embeddings", vector)
        assert vector == [0.25, 0.5, -1.0]

        print("models    ", [model.id for model in client.models.list()])
        for what, error, change in [
            ("banned    ", openai.PermissionDeniedError, {"messages": [{"role": "user", "content": "my password"}]}),
            ("ceiling   ", openai.PermissionDeniedError, {"max_tokens": 501}),
            ("model     ", openai.PermissionDeniedError, {"model": "gpt-4o"}),
            ("malformed ", openai.BadRequestError, {"messages": []}),
        ]:
            try:
                client.chat.completions.create(**{**ask, **change})
            except error as refused:
                print(what, refused.status_code, refused.code)
            else:
                raise SystemExit(f"{what} was not refused")
        try:
            openai.OpenAI(base_url=f"{service.base}/proxy/v1", api_key="ipk_wrong", max_retries=0).models.list()
        except openai.AuthenticationError as refused:
            print("wrong key ", refused.status_code, refused.code)
        else:
            raise SystemExit("a wrong key was not refused")
        calls = service.get("/v1/proxy/calls")
        for call in calls["items"]:
            print("call      ", call["kind"], call["status"], call["input_tokens"], call["output_tokens"], call["cost_micros"])
        assert calls["total"] == 4 and all(call["status"] == "ok" for call in calls["items"])
    print("ok")


if __name__ == "__main__":
    os.environ.pop("OPENAI_API_KEY", None)
    main()
