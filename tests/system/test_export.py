# SPDX-License-Identifier: Apache-2.0
"""`cmekscan collect --export`: what Cloud Asset Inventory exports to Cloud Storage says what its listings say."""
import json
import re
import signal
import subprocess
import time

import discovery
import pytest
import requests
from organization import Organization
from scanning import (DEMO_ASSETS, PROGRAM, TOKEN, Cloud, Server, assert_refused, assert_same_findings, gaps_of, override,
                      read_assets, report_of)

ORGANIZATION = "917392449274"
BUCKET = "artifacts.nordwind-shop-web.appspot.com"
PROJECT = "projects/nordwind-shop-web"
SCOPE = ["--organization", ORGANIZATION]
TO = ["--export", f"gs://{BUCKET}/cmek/assets"]


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """The demo organization as an inventory has it: without what single projects refuse to tell."""
    path = tmp_path_factory.mktemp("assets") / "seen.ndjson"
    path.write_text("".join(json.dumps(each) + "\n" for each in read_assets(DEMO_ASSETS)
                            if each["asset_type"] != "cmekscan.dev/CoverageGap"
                            or each["resource"]["data"]["operation"].startswith("cloudkms")), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def demo(tmp_path_factory, seen):
    with Cloud(tmp_path_factory.mktemp("cloud"), assets=seen) as cloud:
        yield cloud


def collected(cloud, tmp_path, *args, statuses=(0, 3)):
    path = tmp_path / "collected.ndjson"
    run = cloud.run("collect", *args, "-o", path)
    assert run.status in statuses, run.stderr
    assert TOKEN not in run.stderr
    return path, run


def assert_same(replayed, live):
    assert_same_findings(replayed, live)
    assert replayed["summary"] == live["summary"]
    assert gaps_of(replayed) == gaps_of(live)
    assert replayed["scan"]["scopes"] == live["scan"]["scopes"]


# The same findings


@pytest.mark.parametrize("args", [SCOPE, ["--project", "nordwind-pay-ledger"], [*SCOPE, "--services", "pubsub"],
                                  [*SCOPE, "--services", "all"]], ids=["organization", "project", "pubsub", "all"])
def test_an_export_says_what_listings_say(demo, tmp_path, args):
    before = len(demo.requests())
    path, _ = collected(demo, tmp_path, *args, *TO)
    asked = demo.requests()[before:]
    assert not any(each["operation"] == "cloudasset.assets.list" and "contentType=RESOURCE" in each["query"]
                   for each in asked)
    assert {complaint for each in asked for complaint in discovery.check_exchange(each)} == set()
    live = demo.report(*args, "--via", "inventory")
    assert live["findings"]
    services = args[args.index("--services"):] if "--services" in args else []
    assert_same(report_of("--assets", path, *services), live)


def test_a_made_up_organization_in_spite_of_faults(tmp_path):
    organization = Organization(99, projects=300)
    assets = organization.write(tmp_path / "assets.ndjson")
    bucket = next(each["name"].rsplit("/", 1)[1] for each in organization.lines
                  if each["asset_type"] == "storage.googleapis.com/Bucket")
    args = ["--organization", organization.name.split("/")[1]]
    with Cloud(tmp_path / "cloud", assets=assets, faults="503-every=7,truncate-every=11,page-size=3,export-polls=2") as cloud:
        path, _ = collected(cloud, tmp_path, *args, "--export", f"gs://{bucket}/a")
        polls = [each for each in cloud.requests() if each["operation"] == "cloudasset.operations.get"]
        assert sum(each["status"] == 200 for each in polls) >= 3
    with Cloud(tmp_path / "calm", assets=assets) as cloud:
        live = cloud.report(*args, "--via", "inventory")
    assert len(live["findings"]) > 150
    assert_same(report_of("--assets", path), live)


def test_folders_side_by_side(demo, tmp_path, seen):
    folders = [each["ancestors"][0].split("/")[1] for each in read_assets(seen)
               if each["asset_type"] == "cloudresourcemanager.googleapis.com/Folder" and len(each["ancestors"]) == 2]
    args = [part for folder in folders[:2] for part in ("--folder", folder)]
    path, _ = collected(demo, tmp_path, *args, *TO)
    assert_same(report_of("--assets", path), demo.report(*args, "--via", "inventory"))


def test_policies_of_the_first_version_where_none_of_the_second_are_exported(tmp_path, seen):
    with Cloud(tmp_path / "cloud", assets=seen, faults="no-policy-assets") as cloud:
        path, _ = collected(cloud, tmp_path, *SCOPE, *TO)
        assert_same(report_of("--assets", path), cloud.report(*SCOPE, "--via", "inventory"))


# Going on with an export


def operation_in(run):
    return re.search(r"--export-operation (\S+)", run.stderr).group(1)


def test_an_export_is_come_back_to(demo, tmp_path):
    first, run = collected(demo, tmp_path, *SCOPE, *TO)
    text = first.read_text(encoding="utf-8")
    before = len(demo.requests())
    again, _ = collected(demo, tmp_path, *SCOPE, "--export-operation", operation_in(run))
    assert not any(each["operation"] == "cloudasset.exportAssets" for each in demo.requests()[before:])
    assert_same_findings(report_of("--assets", again), report_of("--assets", first))
    assert sorted(again.read_text(encoding="utf-8").splitlines()) == sorted(text.splitlines())


def test_an_interrupt_ends_the_waiting_and_says_how_to_go_on(tmp_path, seen):
    with Cloud(tmp_path / "cloud", assets=seen, faults="export-polls=1000") as cloud:
        process = subprocess.Popen([PROGRAM, "collect", *SCOPE, *TO, "-o", tmp_path / "out.ndjson"], text=True,
                                   env=cloud.environment(), stderr=subprocess.PIPE)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not any(each["operation"] == "cloudasset.exportAssets"
                                                      for each in cloud.requests()):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=30)
    assert process.returncode == 3, complaint
    assert "--export-operation organizations/" in complaint
    gaps = [each["resource"]["data"] for each in read_assets(tmp_path / "out.ndjson")
            if each["asset_type"] == "cmekscan.dev/CoverageGap"]
    assert [(each["scope"], each["error"]) for each in gaps] == [(f"organizations/{ORGANIZATION}", "interrupted")]


# What goes wrong


@pytest.mark.parametrize("args, faults, status, patterns", [
    (TO, f"deny=organizations/{ORGANIZATION}:cloudasset.exportAssets", 4, ["cannot export", "roles/cloudasset.viewer"]),
    (["--export", "gs://no-such-bucket/p"], "", 4, ["could not export", "does not exist", "gcp-sa-cloudasset"]),
    (TO, f"deny={PROJECT}:storage.objects.create", 4, ["no permission storage.objects.create", "storage.objectAdmin"]),
    (TO, f"deny={PROJECT}:storage.objects.list", 4, ["cannot list the objects", "roles/storage.objectViewer"]),
    (["--export-operation", f"organizations/{ORGANIZATION}/operations/ExportAssets/RESOURCE/none"], "", 4,
     ["cannot follow the export", "not-found"]),
], ids=["export", "bucket", "service-agent", "list", "operation"])
def test_an_export_that_fails_says_what_to_grant(tmp_path, seen, args, faults, status, patterns):
    with Cloud(tmp_path / "cloud", assets=seen, **({"faults": faults} if faults else {})) as cloud:
        run = cloud.run("collect", *SCOPE, *args, "-o", tmp_path / "out.ndjson")
    assert_refused(run, status, *patterns)
    assert not (tmp_path / "out.ndjson").exists()


def test_objects_that_cannot_be_read_leave_everything_in_them_unknown(tmp_path, seen):
    with Cloud(tmp_path / "cloud", assets=seen, faults=f"deny={PROJECT}:storage.objects.get") as cloud:
        run = cloud.run("collect", *SCOPE, *TO, "-o", tmp_path / "out.ndjson")
    assert_refused(run, 4, "holds nothing")


def test_an_object_that_ends_in_the_middle_is_no_whole_one(tmp_path, seen):
    """A Cloud Storage that has half of what it lists, before the demo cloud's."""
    with Cloud(tmp_path / "cloud", assets=seen) as cloud:
        def answer(path):
            reply = requests.get(cloud.url + path, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)
            body = reply.content
            if "alt=media" in path and "Bucket" in path:
                body = body[:len(body) // 2]
            return reply.status_code, {}, body
        with Server(answer) as server:
            env = cloud.environment(**override("storage", server.url))
            run = cloud.run("collect", *SCOPE, *TO, "-o", tmp_path / "out.ndjson", env=env)
    assert run.status == 3, run.stderr
    report = report_of("--assets", tmp_path / "out.ndjson")
    broken = [each for each in report["coverage"] if each["operation"] == "cloudasset.assets.list"]
    assert len(broken) == 1 and "/storage.googleapis.com/Bucket/0" in broken[0]["message"]
    assert report["scan"]["complete"] is False


@pytest.mark.parametrize("args, pattern", [
    ([*SCOPE, "--export", "my-bucket/p"], "expected gs://BUCKET/PREFIX"),
    ([*SCOPE, "--export", "gs://my-bucket"], "expected gs://BUCKET/PREFIX"),
    ([*SCOPE, "--export", "gs://my-bucket/p/"], "without a slash"),
    ([*SCOPE, *TO, "--via", "direct"], "--via direct does not go with an export"),
    ([*SCOPE, *TO, "--export-operation", "a/1/operations/x"], "give one of them"),
    ([*SCOPE, "--export-operation", "x"], "expected the name that --export told"),
    ([*SCOPE, "--folder", "1", "--export-operation", "a/1/operations/x"], "one scope; 2 are given"),
])
def test_wrong_usage(demo, tmp_path, args, pattern):
    assert_refused(demo.run("collect", *args, "-o", tmp_path / "out"), 2, re.escape(pattern))
