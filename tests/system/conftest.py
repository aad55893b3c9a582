# SPDX-License-Identifier: Apache-2.0
"""Starting demo clouds for tests."""
import json
import os
import pathlib
import signal
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEMO_ASSETS = ROOT / "src" / "demo" / "assets" / "demo-organization.ndjson"
TOKEN = "a-token-for-tests"
ANNOUNCEMENT = "# demo cloud listening on "


def demo_program():
    """The demo cloud alone where it was built (tests/system/demo_server.c), else `cmekscan`."""
    build = os.environ.get("CMEKSCAN_BUILD")
    if build:
        alone = pathlib.Path(build) / "tests" / "system" / "demo_server"
        if alone.exists():
            return str(alone)
    return os.environ["CMEKSCAN"]


class DemoCloud:
    """One running demo cloud; `options` as on its command line without the dashes."""

    def __init__(self, folder, assets=DEMO_ASSETS, **options):
        self.service_account = folder / "service-account.json"
        self.user_credentials = folder / "user.json"
        self.request_log = folder / "requests.ndjson"
        arguments = {"port": "0", "access-token": TOKEN, "request-log": self.request_log,
                     "credentials": self.service_account, "user-credentials": self.user_credentials,
                     **{name.replace("_", "-"): value for name, value in options.items()}}
        if assets:
            arguments["assets"] = assets
        command = [demo_program(), "demo-cloud"]
        for name, value in arguments.items():
            command += [f"--{name}", str(value)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith(ANNOUNCEMENT), f"the demo cloud said: {line!r}"
        self.url = line[len(ANNOUNCEMENT):].strip()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=20)
        self.process.stdout.close()
        assert status == 0, f"the demo cloud ended with {status}"

    def requests(self):
        return [json.loads(line) for line in self.request_log.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def demo_cloud(tmp_path):
    """Starts demo clouds of the test's own: demo_cloud(faults="429-every=2")."""
    clouds = []

    def start(**options):
        folder = tmp_path / f"cloud-{len(clouds)}"
        folder.mkdir()
        clouds.append(DemoCloud(folder, **options))
        return clouds[-1]

    yield start
    for cloud in clouds:
        cloud.stop()


@pytest.fixture(scope="session")
def cloud(tmp_path_factory):
    """The demo organization without faults, shared."""
    running = DemoCloud(tmp_path_factory.mktemp("cloud"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def assets():
    """The demo organization's asset file: lists of assets by type."""
    by_type = {}
    for line in DEMO_ASSETS.read_text(encoding="utf-8").splitlines():
        asset = json.loads(line)
        by_type.setdefault(asset["asset_type"], []).append(asset)
    return by_type
