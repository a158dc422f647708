"""A server of the official Python MCP SDK, registered with the service, discovered and invoked over streamable HTTP."""

import hashlib
import json
import multiprocessing
import socket
import sys
import time
from importlib.metadata import version

from service import running


def serve(port):
    # The newer SDK names the class otherwise and takes host and port when it runs.
    try:
        from mcp.server.fastmcp import FastMCP

        server = FastMCP("peer", host="127.0.0.1", port=port)
        run = lambda: server.run(transport="streamable-http")
    except ImportError:
        from mcp.server import MCPServer

        server = MCPServer("peer")
        run = lambda: server.run(transport="streamable-http", host="127.0.0.1", port=port)

    @server.tool()
    def add(a: int, b: int) -> int:
        """Adds two numbers."""
        return a + b

    @server.tool()
    def shout(text: str) -> str:
        """Says it louder."""
        return text.upper()

    @server.tool()
    def fail() -> str:
        """Does not work."""
        raise RuntimeError("it did not work")

    run()


def main():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    peer = multiprocessing.Process(target=serve, args=(port,), daemon=True)
    peer.start()
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    print("mcp", version("mcp"))
    try:
        with running(sys.argv[1]) as service:
            server = service.post("/v1/mcp/servers", {
                "name": "peer", "url": f"http://127.0.0.1:{port}/mcp", "policy": {"allow": ["add", "shout", "fail"]},
            })
            path = f"/v1/mcp/servers/{server['id']}"
            found = service.post(f"{path}/discover")
            print("discovered", [tool["name"] for tool in found["tools"]], found["health"])
            assert sorted(tool["name"] for tool in found["tools"]) == ["add", "fail", "shout"]
            arguments = {"a": 19, "b": 23}
            got = service.post(f"{path}/invocations", {"tool": "add", "arguments": arguments})
            print("add       ", got["content"][0]["text"], got["structured_content"], got["invocation"]["duration_ms"], "ms")
            assert got["content"][0]["text"] == "42" and not got["is_error"]
            canonical = json.dumps(arguments, sort_keys=True, separators=(",", ":"))
            assert got["invocation"]["input_sha256"] == hashlib.sha256(canonical.encode()).hexdigest()
            got = service.post(f"{path}/invocations", {"tool": "shout", "arguments": {"text": "grüß dich"}})
            print("shout     ", got["content"][0]["text"])
            assert got["content"][0]["text"] == "GRÜSS DICH"
            got = service.post(f"{path}/invocations", {"tool": "fail"})
            print("fail      ", got["is_error"], got["content"][0]["text"])
            assert got["is_error"]
            incidents = service.get("/v1/mcp/incidents")
            print("incidents ", [(incident["tool"], incident["kind"]) for incident in incidents["items"]])
            assert [incident["kind"] for incident in incidents["items"]] == ["tool_error"]
            print("health    ", service.post(f"{path}/health")["health"])
            listed = service.get(f"{path}/invocations")
            print("invoked   ", [(invocation["tool"], invocation["status"]) for invocation in listed["items"]])
            assert listed["total"] == 3
    finally:
        peer.terminate()
    print("ok")


if __name__ == "__main__":
    main()
