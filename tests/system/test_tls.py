# SPDX-License-Identifier: Apache-2.0
"""TLS and HTTP/2, as Google's front ends speak them: nghttpx with a certificate of our own CA, before a demo cloud."""
import json
import shutil
import signal
import socket
import subprocess
import time

import pytest
from certificates import make_authority, make_certificate
from scanning import (DEMO_ASSETS, PROGRAM, Direct, assert_refused, assert_same_findings, free_port, gaps_of, read_assets,
                      report_of)

ORGANIZATION = next(each["ancestors"][0] for each in read_assets(DEMO_ASSETS)
                    if each["asset_type"] == "cloudresourcemanager.googleapis.com/Organization")
NGHTTPX = shutil.which("nghttpx") or shutil.which("nghttpx", path="/usr/sbin")


class Front:
    """nghttpx on a port of its own."""

    def __init__(self, folder, cloud, key, certificate, *options):
        self.port = free_port()
        self.log = folder / f"access-{self.port}.log"
        self.command = [
            NGHTTPX, "--conf=/dev/null", f"--frontend=127.0.0.1,{self.port}", f"--backend=127.0.0.1,{cloud.port}",
            f"--accesslog-file={self.log}", "--accesslog-format=$alpn $request $status", "--workers=1",
            "--errorlog-file=/dev/null", *options, str(key), str(certificate)]
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stderr=subprocess.DEVNULL)
        self.wait()

    def replace(self):
        """The old process finishes what it has begun and says GOAWAY; another one takes its place."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=20)
        self.start()

    def wait(self):
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("nghttpx does not listen")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)

    def environment(self, cloud, **variables):
        """Every API through this front."""
        moved = {name: value.replace(cloud.url, f"https://localhost:{self.port}")
                 for name, value in cloud.variables.items()}
        return cloud.environment(**moved, **variables)

    def lines(self):
        return self.log.read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def authority(folder):
    return make_authority(folder, "authority")


@pytest.fixture(scope="module")
def cloud(folder):
    with Direct(folder / "cloud") as cloud:
        yield cloud


@pytest.fixture(scope="module")
def front(folder, authority, cloud):
    assert NGHTTPX, "nghttpx is missing: apt-get install nghttp2-proxy"
    front = Front(folder, cloud, *make_certificate(folder, "localhost", authority, "DNS:localhost,IP:127.0.0.1"))
    yield front
    front.stop()


def test_a_whole_scan_over_http2(front, cloud, authority):
    report = cloud.report("--organization", ORGANIZATION, "--ca-file", authority[1], env=front.environment(cloud))
    assert_same_findings(report, report_of("--assets", DEMO_ASSETS))
    time.sleep(0.3)
    lines = front.lines()
    assert len(lines) > 100 and {line.split()[0] for line in lines} == {"h2"}, lines[:3]
    assert len(lines) == sum(report["scan"]["api_calls"].values())


def test_connections_that_go_away_lose_nothing(folder, cloud, authority):
    """After so many streams the front says GOAWAY; what is under way may still be answered or not."""
    front = Front(folder, cloud, *make_certificate(folder, "goaway", authority, "DNS:localhost"),
                  "--frontend-max-requests=25")
    try:
        report = cloud.report("--organization", ORGANIZATION, "--ca-file", authority[1], env=front.environment(cloud))
        assert_same_findings(report, report_of("--assets", DEMO_ASSETS))
        assert gaps_of(report) == gaps_of(report_of("--assets", DEMO_ASSETS))
        time.sleep(0.3)
        assert len(front.lines()) > 1000 and {line.split()[0] for line in front.lines()} == {"h2"}
    finally:
        front.stop()


def test_a_front_that_is_replaced_midway_loses_nothing(folder, authority):
    """As in a roll-out: GOAWAY on all connections, then nobody listens for a moment, then another process does."""
    with Direct(folder / "slow", faults="latency=100ms") as cloud:
        front = Front(folder, cloud, *make_certificate(folder, "replaced", authority, "DNS:localhost"))
        command = [PROGRAM, "scan", "--organization", ORGANIZATION, "--ca-file", authority[1], "--fail-on", "none",
                   "--status", "all", "--report", "json"]
        with subprocess.Popen(command, env=front.environment(cloud), stdout=subprocess.PIPE, text=True) as process:
            for _ in range(2):
                time.sleep(0.7)
                front.replace()
                assert process.poll() is None, "it is over already"
            report = json.loads(process.communicate(timeout=60)[0])
        front.stop()
    assert_same_findings(report, report_of("--assets", DEMO_ASSETS))
    assert gaps_of(report) == gaps_of(report_of("--assets", DEMO_ASSETS))


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "CMEKSCAN_CA_FILE"])
def test_the_authority_may_come_from_the_environment(front, cloud, authority, variable):
    run = cloud.run("scan", "--project", "nordwind-shop-web", env=front.environment(cloud, **{variable: authority[1]}))
    assert run.status == 1, run.stderr


def test_without_alpn_a_scan_goes_over_http1(folder, cloud, authority):
    front = Front(folder, cloud, *make_certificate(folder, "http1", authority, "DNS:localhost"),
                  "--npn-list=http/1.1")
    try:
        report = cloud.report("--project", "nordwind-shop-web", "--ca-file", authority[1], env=front.environment(cloud))
        assert report["summary"]["by_status"]["fail"] == 1
        assert {line.split()[0] for line in front.lines()} == {"http/1.1"}
    finally:
        front.stop()


def refused(front, cloud, *args, **variables):
    run = cloud.run("scan", "--project", "nordwind-shop-web", "--max-attempts", "1", "--report", "json", *args,
                    env=front.environment(cloud, **variables))
    assert_refused(run, 4)
    return run.last_line


def test_an_authority_that_is_not_trusted_is_refused(front, cloud, folder):
    before = len(front.lines())
    _, other = make_authority(folder, "other")
    assert "certificate is not trusted" in refused(front, cloud, "--ca-file", other)
    assert "certificate is not trusted" in refused(front, cloud)
    assert "check the number" not in refused(front, cloud)
    assert len(front.lines()) == before, "nothing was asked, so no token was sent"


def test_a_certificate_of_another_host_or_out_of_date_is_refused(folder, cloud, authority):
    for name, alt_name, days in (("elsewhere", "DNS:elsewhere.example", "1"), ("old", "DNS:localhost", "-1")):
        front = Front(folder, cloud, *make_certificate(folder, name, authority, alt_name, days))
        try:
            assert "certificate is not trusted" in refused(front, cloud, "--ca-file", authority[1])
        finally:
            front.stop()


def test_ca_files_that_are_none(front, cloud, tmp_path):
    (tmp_path / "empty").write_text("")
    (tmp_path / "junk").write_text("no certificate")
    for name in ("missing", "empty", "junk"):
        message = refused(front, cloud, "--ca-file", tmp_path / name)
        assert "CA file" in message or name in message, message


def test_plain_http_where_tls_is_expected_is_refused(cloud, front, authority):
    variables = {name: value.replace("http://127.0.0.1", "https://localhost") for name, value in cloud.variables.items()}
    run = cloud.run("scan", "--project", "nordwind-shop-web", "--max-attempts", "1", "--ca-file", authority[1],
                    env=cloud.environment(**variables))
    assert_refused(run, 4, "TLS handshake failed")
