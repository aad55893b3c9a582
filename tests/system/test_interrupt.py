# SPDX-License-Identifier: Apache-2.0
"""SIGINT and SIGTERM: nothing more is asked, what is known is reported as incomplete, exit status 3; the second one ends
the program at once."""
import json
import re
import signal
import subprocess
import threading
import time

import pytest
from between import Between
from scanning import DEMO_ASSETS, PROGRAM, Cloud, Direct, Server, findings_by_id, gaps_of, override, read_assets, report_of
from test_faults import assert_honest

ORGANIZATION = next(each["ancestors"][0] for each in read_assets(DEMO_ASSETS)
                    if each["asset_type"] == "cloudresourcemanager.googleapis.com/Organization")
SIGNALS = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)


class Stalling(Server):
    """An API that does not answer; `asked` is set by the first request."""

    def __init__(self):
        self.asked, self.released = threading.Event(), threading.Event()
        super().__init__(self.wait)

    def wait(self, _):
        self.asked.set()
        self.released.wait(30)
        return b""

    def __exit__(self, *_):
        self.released.set()
        super().__exit__()


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with Direct(tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


def start(env, *args, command="scan", scope=("--organization", ORGANIZATION), **options):
    return subprocess.Popen([PROGRAM, command, *scope, *map(str, args)], env=env,
                            stderr=subprocess.PIPE, text=True, **options)


def stop(process, number, within=10):
    """(exit status, standard error); the program has to end by itself."""
    process.send_signal(number)
    began = time.monotonic()
    _, said = process.communicate(timeout=30)
    assert time.monotonic() - began < within
    assert "Sanitizer" not in said, said
    return process.returncode, said


@SIGNALS
def test_what_is_known_is_reported_and_the_rest_is_a_gap(number, cloud, tmp_path):
    """All but the topics has come: what fails there would make an uninterrupted scan exit with 1."""
    path = tmp_path / "report.json"
    with Stalling() as server:
        process = start(cloud.environment(**override("pubsub", server.url)), "--status", "all", "--report", f"json={path}")
        assert server.asked.wait(30)
        time.sleep(3)
        status, said = stop(process, number)
    report = json.loads(path.read_text(encoding="utf-8"))
    gaps = [gap for gap in report["coverage"] if gap["error"] == "interrupted"]
    assert {gap["operation"] for gap in gaps} == {"pubsub.topics.list", "cloudresourcemanager.effectiveTags.list"}
    assert_honest(status, report, report_of("--assets", DEMO_ASSETS), {gap["operation"] for gap in gaps})
    assert report["summary"]["by_status"]["fail"] > 0
    assert "cmekscan: interrupted: nothing more is asked" in said
    assert re.search(r", [1-9]\d* failing \(exit status 3\)$", said.splitlines()[-1])


@SIGNALS
def test_nothing_known_yet_is_a_report_too(number, cloud, tmp_path):
    path = tmp_path / "report.json"
    with Stalling() as server:
        process = start(cloud.environment(**override("cloudresourcemanager", server.url)), "--report", f"json={path}")
        assert server.asked.wait(30)
        status, _ = stop(process, number)
    report = json.loads(path.read_text(encoding="utf-8"))
    assert status == 3 and report["scan"]["complete"] is False and report["findings"] == []
    assert [(gap["scope"], gap["operation"], gap["error"]) for gap in report["coverage"]] == [
        (ORGANIZATION, "scan", "interrupted")]


def test_a_token_that_does_not_come_is_not_waited_for(cloud, tmp_path):
    path = tmp_path / "report.json"
    with Stalling() as server:
        key = json.loads(cloud.key_file.read_text(encoding="utf-8"))
        key_file = tmp_path / "key.json"
        key_file.write_text(json.dumps({**key, "token_uri": server.url + "/token"}), encoding="utf-8")
        process = start(cloud.environment(CLOUDSDK_AUTH_ACCESS_TOKEN=None, GOOGLE_APPLICATION_CREDENTIALS=key_file),
                        "--report", f"json={path}")
        assert server.asked.wait(30)
        before = len(cloud.requests())
        status, _ = stop(process, signal.SIGINT)
    report = json.loads(path.read_text(encoding="utf-8"))
    assert status == 3 and [gap["error"] for gap in report["coverage"]] == ["interrupted"]
    assert len(cloud.requests()) == before


def test_allow_incomplete_does_not_excuse_an_interrupt(cloud):
    with Stalling() as server:
        process = start(cloud.environment(**override("pubsub", server.url)), "--allow-incomplete", "--fail-on", "none",
                        "--quiet", stdout=subprocess.DEVNULL)
        assert server.asked.wait(30)
        status, said = stop(process, signal.SIGTERM)
    assert status == 3 and len(said.splitlines()) == 1


def test_a_collection_that_is_interrupted_says_what_it_lacks(cloud, tmp_path):
    path = tmp_path / "collected.ndjson"
    with Stalling() as server:
        process = start(cloud.environment(**override("pubsub", server.url)), "-o", path, command="collect")
        assert server.asked.wait(30)
        status, _ = stop(process, signal.SIGTERM)
    assert status == 3
    gaps = report_of("--assets", path)["coverage"]
    assert {gap["error"] for gap in gaps if gap["operation"] == "pubsub.topics.list"} == {"interrupted"}


def test_an_inventory_that_is_not_confirmed_to_its_end_is_incomplete(tmp_path):
    """All was read and judged; what fails is asked for again from its own API, which stalls."""
    path = tmp_path / "report.json"
    with Cloud(tmp_path / "cloud") as cloud, Stalling() as server:
        process = start(cloud.environment(**override("storage", server.url)), "--status", "all", "--report", f"json={path}")
        assert server.asked.wait(30)
        status, said = stop(process, signal.SIGTERM)
    report = json.loads(path.read_text(encoding="utf-8"))
    assert status == 3 and "the scan was interrupted" in said.splitlines()[-1]
    assert [gap["operation"] for gap in report["coverage"] if gap["error"] == "interrupted"] == ["confirm"]


def test_policies_that_an_inventory_has_only_hinted_at_are_unknown(tmp_path):
    """It shows that nodes have policies, but none that can be used; each node would be asked once all is listed."""
    path, stalled, hinted, released = tmp_path / "report.json", *(threading.Event() for _ in range(3))

    def stall(request):
        if "pageToken" in request.params and "storage" in request.params.get("assetTypes", ""):
            stalled.set()
            released.wait(30)
        if request.params.get("contentType") == "ORG_POLICY":
            hinted.set()
    scope = ("--folder", "809143150375", "--services", "storage")
    with Cloud(tmp_path / "cloud", faults="no-policy-assets,page-size=10") as cloud:
        whole = cloud.report(*scope)
        with Between(cloud, stall) as between:
            process = start(between.environment(), "--via", "inventory", "--status", "all", "--report", f"json={path}", scope=scope)
            assert stalled.wait(30) and hinted.wait(30)
            time.sleep(1)
            status, _ = stop(process, signal.SIGINT)
            released.set()
    report = json.loads(path.read_text(encoding="utf-8"))
    assert status == 3 and ("folders/809143150375", "cloudasset.assets.list.hierarchy", "interrupted") in gaps_of(report)
    true, found = findings_by_id(whole), findings_by_id(report)
    required = [each for each in report["findings"] if each["rule_id"] == "cmek-required"]
    assert required and {each["status"] for each in required} == {"unknown"}
    for each, finding in found.items():
        assert finding["status"] in ("unknown", true.get(each, {}).get("status")), finding["message"]


def test_an_explanation_is_not_made_of_half_a_reading(cloud):
    with Stalling() as server:
        command = [PROGRAM, "explain", "4f1c09aa2b7e", "--organization", ORGANIZATION]
        process = subprocess.Popen(command, env=cloud.environment(**override("pubsub", server.url)), text=True,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert server.asked.wait(30)
        status, said = stop(process, signal.SIGINT)
    assert status == 4 and "interrupted before everything was read" in said.splitlines()[-1]


@pytest.mark.parametrize("first, second", [(signal.SIGINT, signal.SIGINT), (signal.SIGTERM, signal.SIGINT)])
def test_the_second_signal_ends_the_program_at_once(first, second, cloud, tmp_path):
    """Its reports go to a pipe that nobody reads, so that after the first signal it hangs in the middle of them."""
    file = tmp_path / "report.json"
    with Stalling() as server:
        process = start(cloud.environment(**override("pubsub", server.url)), "--status", "all", "--report", "json",
                        "--report", f"json={file}", stdout=subprocess.PIPE)
        assert server.asked.wait(30)
        time.sleep(3)
        process.send_signal(first)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=2)
        process.send_signal(second)
        assert process.wait(timeout=5) == -second
        process.communicate()
    assert not file.exists(), "no report is half there under its name"
