# SPDX-License-Identifier: Apache-2.0
"""Live scans of a demo cloud on loopback."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import time

import measure as bench
import organization

EACH = {"storage.googleapis.com/Bucket": 5, "pubsub.googleapis.com/Topic": 5}
TOKEN = "a-token-for-measuring"
# Requests in flight at one host (src/http/engine.h): plain HTTP/1.1, and HTTP/2.
WINDOWS = {"http/1.1": 256, "http/2": 400}
ANNOUNCEMENT = "# demo cloud listening on "


@contextlib.contextmanager
def demo_cloud(options, assets, faults, request_log=None):
    """Yields the demo cloud's URL and the environment that points cmekscan at it."""
    command = [options.binary, "demo-cloud", "--assets", assets, "--access-token", TOKEN]
    if faults:
        command += ["--faults", ",".join(faults)]
    if request_log:
        command += ["--request-log", request_log]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        url = process.stdout.readline().removeprefix(ANNOUNCEMENT).strip()
        environment = {"PATH": os.environ["PATH"], "CLOUDSDK_AUTH_ACCESS_TOKEN": TOKEN}
        environment["CMEKSCAN_VIA"] = "direct"  # what is compared is many requests, not a few listings
        for _ in range(8):
            name, _, value = process.stdout.readline().removeprefix("export ").strip().partition("=")
            environment[name] = value
        yield url, environment
    finally:
        process.terminate()
        process.wait(timeout=30)
        process.stdout.close()


@contextlib.contextmanager
def _http2_front(folder, environment):
    """Yields the environment that goes through nghttpx, which speaks HTTP/2 over TLS to cmekscan."""
    key, certificate = folder / "front.key", folder / "front.pem"
    if not certificate.exists():
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=bench",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                       capture_output=True, check=True)
    backend = next(re.search(r"http://127\.0\.0\.1:(\d+)", value) for value in environment.values()
                   if value.startswith("http://")).group(1)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(["nghttpx", f"--frontend=127.0.0.1,{port}", f"--backend=127.0.0.1,{backend}",
                                "--workers=1", "--errorlog-file=/dev/null", "--accesslog-file=/dev/null",
                                key, certificate], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        moved = {name: value.replace(f"http://127.0.0.1:{backend}", f"https://127.0.0.1:{port}")
                 for name, value in environment.items()}
        yield {**moved, "SSL_CERT_FILE": str(certificate)}
    finally:
        process.terminate()
        process.wait(timeout=30)


def _scan(options, environment, folder, runs):
    report = folder / "live.json"
    cost = bench.best(runs, [options.binary, "scan", "--quiet", "--fail-on", "none", "--organization",
                             str(organization.ORGANIZATION), "--report", f"json={report}"], env=environment)
    document = json.loads(report.read_text(encoding="utf-8"))
    return cost, sum(document["scan"]["api_calls"].values()), document["summary"]


def _h2load(url, paths, requests, folder):
    """Requests a second that h2load gets for the same URLs over as many connections; None without it."""
    if not shutil.which("h2load"):
        return None
    list_file = folder / "urls.txt"
    list_file.write_text("".join(f"{url}{path}\n" for path in paths), encoding="utf-8")
    result = subprocess.run(["h2load", "--h1", "-n", str(requests), "-c", str(WINDOWS["http/1.1"]), "-i", list_file,
                             "-H", f"Authorization: Bearer {TOKEN}", "-H", "Accept-Encoding: gzip"],
                            capture_output=True, text=True, timeout=300, check=True)
    found = re.search(r"([\d.]+) req/s", result.stdout)
    return float(found.group(1)) if found else None


def _paths(options, assets, faults, folder):
    """What the scanner asked for, from the demo cloud's log; posts and token requests left out."""
    log = folder / "requests.ndjson"
    log.unlink(missing_ok=True)
    with demo_cloud(options, assets, faults, log) as (_, environment):
        _scan(options, environment, folder, runs=1)
    entries = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return [entry["path"] for entry in entries if entry["method"] == "GET"]


def _row(options, folder, projects, faults, environment, protocol, latency):
    cost, requests, summary = _scan(options, environment, folder, options.runs)
    found = sum(part["total"] for part in summary["resources"])
    assert found == projects * sum(EACH.values()), f"{found} resources were found"
    ideal = requests * latency / 1000 / WINDOWS[protocol]
    locations = "few" if "few-locations" in faults else "all"
    return [f"{projects:,}, {locations} locations, {latency} ms, {protocol}", requests, cost.wall, cost.cpu,
            cost.peak_mb, cost.cpu / requests * 1e6, requests / cost.wall, cost.wall / ideal if ideal else "–"]


def _beside_h2load(options, assets, faults, folder, row):
    paths = _paths(options, assets, faults, folder)
    with demo_cloud(options, assets, faults) as (url, _):
        rate = _h2load(url, paths, row[1], folder)
    return [[row[0], row[6], rate, row[6] / rate]] if rate else []


def measure(options, folder):
    rows, ratios = [], []
    has_front = shutil.which("nghttpx") and shutil.which("openssl")
    for projects in options.projects:
        assets = organization.write(folder / f"live-{projects}.ndjson", organization.node_lines(projects),
                                    organization.policy_lines(), organization.resource_lines(projects, EACH))
        for locations in (["few-locations"], []):
            for latency in options.latency:
                faults = locations + ([f"latency={latency}ms"] if latency else [])
                with demo_cloud(options, assets, faults) as (_, environment):
                    rows.append(_row(options, folder, projects, faults, environment, "http/1.1", latency))
                    plain = rows[-1]
                    if has_front:
                        with _http2_front(folder, environment) as moved:
                            rows.append(_row(options, folder, projects, faults, moved, "http/2", latency))
                ratios += _beside_h2load(options, assets, faults, folder, plain)
    bench.table("Live", ["projects", "requests", "wall s", "CPU s", "peak MB", "CPU µs/req", "req/s",
                         "wall/ideal"], rows)
    if ratios:
        bench.table("Beside h2load, HTTP/1.1, same URLs and server", ["projects", "cmekscan req/s", "h2load req/s",
                                                                     "ratio"], ratios)
