# SPDX-License-Identifier: Apache-2.0
"""Running cmekscan as a user would: in an environment of the test's own, against a cloud of the test's own.

    with Cloud(tmp_path, faults="429-every=5") as cloud:
        report = cloud.report("--organization", ORGANIZATION)
"""
import dataclasses
import gzip
import http.server
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading

PROGRAM = os.environ["CMEKSCAN"]
ROOT = pathlib.Path(__file__).resolve().parents[2]
DEMO_ASSETS = ROOT / "src" / "demo" / "assets" / "demo-organization.ndjson"
TOKEN = "ya29.the-token-that-no-output-may-show"
POLICY_RULES = ["policy-gap", "policy-dry-run-only"]
OVERRIDE = "CLOUDSDK_API_ENDPOINT_OVERRIDES_"


@dataclasses.dataclass
class Run:
    status: int
    stdout: str
    stderr: str

    @property
    def last_line(self):
        lines = self.stderr.splitlines()
        return lines[-1] if lines else ""


def environment(**variables):
    """What a user without any Google set-up has; nothing of the machine that tests run on. None: not set."""
    kept = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
    merged = {**kept, "HOME": "/nonexistent", "NO_GCE_CHECK": "true", "LC_ALL": "C.UTF-8", **variables}
    return {name: str(value) for name, value in merged.items() if value is not None}


def cmekscan(*args, env=None, stdin=None, stdout=subprocess.PIPE, cwd=None, timeout=90):
    """Runs the program to its end; `stdin` is bytes."""
    done = subprocess.run([PROGRAM, *map(str, args)], env=env or environment(), input=stdin or b"", cwd=cwd,
                          stdout=stdout, stderr=subprocess.PIPE, timeout=timeout, check=False)
    run = Run(done.returncode, (done.stdout or b"").decode("utf-8"), done.stderr.decode("utf-8"))
    assert "Sanitizer" not in run.stderr and "runtime error" not in run.stderr, run.stderr
    return run


def report_of(*args, command="scan", statuses=(0, 1, 3), **options):
    """The JSON report of a scan, with findings of every status."""
    run = cmekscan(command, *args, "--status", "all", "--report", "json", **options)
    assert run.status in statuses, run.stderr
    return json.loads(run.stdout)


def read_assets(path):
    data = pathlib.Path(path).read_bytes()
    text = gzip.decompress(data) if str(path).endswith(".gz") else data
    return [json.loads(line) for line in text.decode("utf-8").splitlines()]


class Cloud:
    """`cmekscan demo-cloud`; options as on its command line, without the dashes."""

    def __init__(self, folder, **options):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.key_file = self.folder / "key.json"
        self.log_file = self.folder / "requests.ndjson"
        arguments = {"access-token": TOKEN, "credentials": self.key_file, "request-log": self.log_file, **options}
        command = [PROGRAM, "demo-cloud"]
        for name, value in arguments.items():
            command += [f"--{name.replace('_', '-')}", str(value)]
        self.process = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True)
        announced = self.process.stdout.readline()
        self.url = announced.rsplit(" ", 1)[-1].strip()
        assert self.url.startswith("http://127.0.0.1:"), f"the demo cloud said: {announced!r}"
        self.variables = {}
        for line in iter(self.process.stdout.readline, ""):
            name, value = line.removeprefix("export ").strip().split("=", 1)
            if name == "GOOGLE_APPLICATION_CREDENTIALS":
                break
            self.variables[name] = value

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=20)
        self.process.stdout.close()
        assert status == 0, f"the demo cloud ended with {status}"

    def environment(self, **variables):
        return environment(**{**self.variables, "CLOUDSDK_AUTH_ACCESS_TOKEN": TOKEN, **variables})

    def run(self, *args, env=None, **options):
        return cmekscan(*args, env=env or self.environment(), **options)

    def report(self, *args, env=None, **options):
        return report_of(*args, env=env or self.environment(), **options)

    def requests(self):
        return [json.loads(line) for line in self.log_file.read_text(encoding="utf-8").splitlines()]


class Direct(Cloud):
    """A cloud whose scans do not use Cloud Asset Inventory."""

    def __init__(self, folder, **options):
        super().__init__(folder, **options)
        self.variables["CMEKSCAN_VIA"] = "direct"


def override(api, url):
    """The variable that sends one API's requests elsewhere."""
    path = "/storage/v1/" if api == "storage" else f"/{api}/"
    return {OVERRIDE + api.upper(): url + path}


class Server:
    """An HTTP server that answers as `answer(path)` says: (status, headers, body), or bytes as they are, then a
    closed connection. `seen` are the requests' paths and headers."""

    def __init__(self, answer):
        server = self
        self.seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                server.seen.append((self.path, dict(self.headers)))
                reply = answer(self.path)
                if isinstance(reply, bytes):
                    self.wfile.write(reply)
                    self.close_connection = True
                    return
                status, headers, body = reply
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        class Listener(http.server.ThreadingHTTPServer):
            request_queue_size = 512

        self.server = Listener(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def assert_refused(run, status, *patterns):
    """One clear message as the last line, nothing on standard output, no secret anywhere."""
    assert run.status == status, run.stderr
    assert run.stdout == ""
    assert run.last_line.startswith("cmekscan: "), run.stderr
    assert run.last_line.endswith(f"(exit status {status})"), run.stderr
    for pattern in patterns:
        assert re.search(pattern, run.last_line), f"{pattern!r} is not in: {run.last_line}"
    assert TOKEN not in run.stderr and "PRIVATE KEY" not in run.stderr


def findings_by_id(report):
    return {finding["finding_id"]: finding for finding in report["findings"]}


def assert_same_findings(actual, expected, but=()):
    """Every finding with every field `but` some, and their order."""
    left, right = findings_by_id(actual), findings_by_id(expected)
    missing, surplus = right.keys() - left.keys(), left.keys() - right.keys()
    assert not missing, [right[each]["message"] for each in missing]
    assert not surplus, [left[each]["message"] for each in surplus]
    for each, finding in right.items():
        other = {name: (left[each][name], value) for name, value in finding.items() if left[each][name] != value and name not in but}
        assert not other, (finding["resource_name"], finding["rule_id"], other)
    assert [f["finding_id"] for f in actual["findings"]] == [f["finding_id"] for f in expected["findings"]]


def gaps_of(report):
    return sorted((gap["scope"], gap["operation"], gap["error"]) for gap in report["coverage"])


def below(report, *nodes):
    """A report with the findings of what lies in or below these nodes alone."""
    return {**report, "findings": [each for each in report["findings"]
                                   if any(node in each["ancestors"] for node in nodes)]}


def without_nodes_above(report, *scopes):
    """A report without what it says of the policies above its scopes: a larger scan has more to count there."""
    kept = [each for each in report["findings"] if each["rule_id"] not in POLICY_RULES or
            any(scope in each["ancestors"] for scope in scopes)]
    return {**report, "findings": kept}
