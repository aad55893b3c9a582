# SPDX-License-Identifier: Apache-2.0
"""A saved report rendered again is the report that the scan itself would have written."""
import gzip
import json

import pytest
from organization import Organization
from scanning import DEMO_ASSETS, assert_refused, cmekscan

FORMATS = ["text", "json", "jsonl", "sarif", "junit", "markdown", "github", "gitlab"]


def scan_all(folder, assets, *args, command="scan"):
    """One scan that writes every format."""
    reports = [f"{name}={folder / name}" for name in FORMATS]
    run = cmekscan(command, "--assets", assets, *args, *(each for report in reports for each in ("--report", report)))
    assert run.status in (0, 1, 3), run.stderr
    return folder


def policy(folder):
    path = folder / "policy.json"
    path.write_text(json.dumps({"name": "organizations/917392449274/policies/gcp.restrictNonCmekServices", "spec": {
        "rules": [{"values": {"deniedValues": ["storage.googleapis.com", "pubsub.googleapis.com"]}}]}}))
    return path


@pytest.fixture(scope="module", params=["demo", "demo-all", "demo-unknown", "made-up", "simulation", "baseline"])
def scanned(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "demo":
        return scan_all(folder, DEMO_ASSETS)
    if request.param == "demo-all":
        return scan_all(folder, DEMO_ASSETS, "--status", "all")
    if request.param == "demo-unknown":
        return scan_all(folder, DEMO_ASSETS, "--status", "unknown")
    if request.param == "made-up":
        return scan_all(folder, Organization(7).write(folder / "assets.ndjson"), "--status", "all")
    if request.param == "simulation":
        return scan_all(folder, DEMO_ASSETS, "--policy", policy(folder), command="simulate")
    before = folder / "before.json"
    cmekscan("scan", "--assets", DEMO_ASSETS, "--services", "storage", "--report", f"json={before}")
    return scan_all(folder, DEMO_ASSETS, "--baseline", before)


@pytest.mark.parametrize("form", FORMATS)
def test_a_converted_report_equals_that_of_the_scan(scanned, tmp_path, form):
    run = cmekscan("convert", scanned / "json", "--report", f"{form}={tmp_path / form}")
    assert run.status == 0, run.stderr
    converted, original = ((folder / form).read_bytes() for folder in (tmp_path, scanned))
    if form == "text" and "demo-unknown" in scanned.name:  # lists no failure, so it does not tell how bad a project is
        converted, original = (text.partition(b"Worst ")[0] for text in (converted, original))
    assert converted == original


def test_a_report_that_was_formatted_anew_gives_the_same(scanned, tmp_path):
    text = json.dumps(json.loads((scanned / "json").read_text()), indent=3, ensure_ascii=True).encode()
    run = cmekscan("convert", "-", "--report", f"json={tmp_path / 'json'}", stdin=gzip.compress(text))
    assert run.status == 0, run.stderr
    assert (tmp_path / "json").read_bytes() == (scanned / "json").read_bytes()


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    cmekscan("scan", "--assets", DEMO_ASSETS, "--status", "all", "--report", f"json={folder / 'json'}")
    return folder / "json"


def test_fewer_findings_may_be_listed_and_the_summary_stays(demo):
    run = cmekscan("convert", demo, "--status", "unknown", "--report", "json")
    whole, part = json.loads(demo.read_text()), json.loads(run.stdout)
    assert {f["status"] for f in part["findings"]} == {"unknown"}
    assert part["findings"] == [f for f in whole["findings"] if f["status"] == "unknown"] != []
    assert {k: v for k, v in part.items() if k != "findings"} == {k: v for k, v in whole.items() if k != "findings"}


def test_what_a_saved_report_does_not_hold_is_said(tmp_path):
    part = tmp_path / "part.json"
    cmekscan("scan", "--assets", DEMO_ASSETS, "--report", f"json={part}")
    passes = json.loads(part.read_text())["summary"]["by_status"]["pass"]
    assert passes > 0
    said = " ".join(cmekscan("convert", part, "--status", "pass").stdout.split())
    assert f"No findings to list: the saved report does not hold the {passes} asked for" in said
    assert "does not hold" not in cmekscan("convert", part).stdout


def test_findings_of_a_converted_report_are_explained_alike(demo, tmp_path):
    again = tmp_path / "again.json"
    cmekscan("convert", demo, "--report", f"json={again}")
    for finding in json.loads(demo.read_text())["findings"][::9]:
        texts = [cmekscan("explain", finding["finding_id"], "--from", path).stdout for path in (demo, again)]
        assert texts[0] == texts[1] != ""
    cmekscan("convert", demo, "--no-evidence", "--report", f"json={again}")
    assert json.loads(again.read_text())["evidence"] is None


def test_nothing_is_written_from_a_report_that_is_not_whole(demo, tmp_path):
    cut, target = tmp_path / "cut.json", tmp_path / "out.sarif"
    for length in (0, 1, 500, len(demo.read_bytes()) // 2, len(demo.read_bytes()) - 3):
        cut.write_bytes(demo.read_bytes()[:length])
        assert_refused(cmekscan("convert", cut, "--report", f"sarif={target}"), 2, "cut.json", "breaks off")
        assert not target.exists()


def test_wrong_usage_is_refused(demo, tmp_path):
    assert_refused(cmekscan("convert"), 2, "one report")
    assert_refused(cmekscan("convert", demo, demo), 2, "one report")
    assert_refused(cmekscan("convert", tmp_path / "none.json"), 2, "No such file")
    assert_refused(cmekscan("convert", demo, "--report", "pdf"), 2, "no format 'pdf'")
    assert_refused(cmekscan("convert", demo, "--report", f"json={tmp_path / 'no' / 'folder'}"), 4)
