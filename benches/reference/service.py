"""Starts the reference implementation with a temporary database, for the scripts beside this one."""

import contextlib
import json
import subprocess
import tempfile
import urllib.error
import urllib.request

OPERATOR = "iop_bench"


class Service:
    def __init__(self, base):
        self.base = base
        self.token = None

    def call(self, method, path, body=None, token=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method)
        request.add_header("authorization", f"Bearer {token or self.token}")
        request.add_header("content-type", "application/json")
        try:
            with urllib.request.urlopen(request) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} {path}: {error.code} {error.read().decode()}") from error

    def post(self, path, body=None, token=None):
        return self.call("POST", path, body or {}, token)

    def get(self, path, token=None):
        return self.call("GET", path, None, token)


@contextlib.contextmanager
def running(binary, *flags):
    with tempfile.TemporaryDirectory() as folder:
        command = [binary, "--listen", "127.0.0.1:0", "--egress", "any", "--operator-token", OPERATOR, "--log", "error"]
        process = subprocess.Popen(
            [*command, *flags, "--database", f"{folder}/a.db", "--files", f"{folder}/files"], stdout=subprocess.PIPE, text=True
        )
        try:
            service = Service(process.stdout.readline().split()[-1])
            tenant = service.post("/v1/tenants", {"name": "bench"}, OPERATOR)
            service.token = tenant["token"]["secret"]
            yield service
        finally:
            process.terminate()
            process.wait(30)
