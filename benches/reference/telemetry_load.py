"""10,000 telemetry records: one at a time over several connections, then in batches. Throughput, p50, p99, and the count."""

import http.client
import json
import sys
import threading
import time
from urllib.parse import urlsplit

from service import running

RECORDS, CONNECTIONS, BATCH = 10_000, 8, 100


def record(integration, call):
    return {
        "call_id": call, "integration_id": integration, "model": "gpt-4o-mini", "input_tokens": 100, "output_tokens": 20,
        "cost_micros": 27, "latency_ms": 350,
    }


def load(service, requests):
    """Sends requests over several connections, each the next as soon as it is free; gives milliseconds of each, and seconds in all."""
    address = urlsplit(service.base)
    headers = {"authorization": f"Bearer {service.token}", "content-type": "application/json"}
    took, lock, waiting = [], threading.Lock(), iter(requests)

    def connection():
        link, mine = http.client.HTTPConnection(address.hostname, address.port), []
        while True:
            with lock:
                path, body = next(waiting, (None, None))
            if path is None:
                break
            started = time.perf_counter()
            link.request("POST", path, body, headers)
            response = link.getresponse()
            answer = response.read()
            mine.append((time.perf_counter() - started) * 1000)
            if response.status != 201:
                raise SystemExit(f"{response.status} {answer.decode()}")
        with lock:
            took.extend(mine)

    threads = [threading.Thread(target=connection) for _ in range(CONNECTIONS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(took), time.perf_counter() - started


def main():
    for durability in ("full", "normal"):
        with running(sys.argv[1], "--durability", durability) as service:
            credential = service.post("/v1/credentials", {"name": "k", "secret": "s"})
            body = {"name": "i", "provider": "openai", "credential_ref": credential["reference"]}
            integration = service.post("/v1/integrations", body)["id"]
            single = [("/v1/telemetry", json.dumps(record(integration, f"s{at}"))) for at in range(RECORDS)]
            batches = [
                ("/v1/telemetry/batch", json.dumps({"records": [record(integration, f"b{at + part}") for part in range(BATCH)]}))
                for at in range(0, RECORDS, BATCH)
            ]
            for name, requests in (("single", single), ("batches", batches)):
                took, seconds = load(service, requests)
                p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99)]
                print(
                    f"{durability:6} {name:7} {RECORDS} records in {seconds:.2f} s: {RECORDS / seconds:.0f} records/s, "
                    f"a request p50 {p50:.2f} ms, p99 {p99:.2f} ms, max {took[-1]:.2f} ms ({CONNECTIONS} connections)"
                )
            again, _ = load(service, single[:200])
            calls = service.get("/v1/telemetry/summary")
            assert calls["calls"] == 2 * RECORDS, calls
            assert calls["cost_micros"] == 2 * RECORDS * 27, calls
            print(f"{durability:6} counted {calls['calls']} calls, {calls['cost_micros']} millionths, 200 repetitions added none")
    print("ok")


if __name__ == "__main__":
    main()
