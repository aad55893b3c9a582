# SPDX-License-Identifier: Apache-2.0
"""Accepted findings, from the command line: they stay visible, gate nothing, and end."""
import datetime
import json

import pytest
from scanning import DEMO_ASSETS, TOKEN, Cloud, assert_refused, cmekscan, report_of

DEMO = ("--assets", DEMO_ASSETS)
SCAN = ("scan", *DEMO)


def day(offset):
    return (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=offset)).isoformat()


def waiver(**members):
    return {"id": "w", "rules": ["*"], "resources": ["*"], "reason": "accepted", "owner": "sec@example.com",
            "expires": day(30), **members}


def write(path, *waivers, **top):
    path.write_text(json.dumps({"version": "1", "waivers": waivers, **top}))  # JSON is YAML
    return path


@pytest.fixture(scope="module")
def plain():
    return report_of(*DEMO)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "waivers.yaml"


def failing(report, **members):
    return [f for f in report["findings"] if f["status"] == "fail" and all(f[k] == v for k, v in members.items())]


def test_waived_findings_stay_visible_and_gate_nothing(plain, file):
    write(file, waiver(id="all"))
    report = report_of(*DEMO, "--waivers", file)
    waived = [f for f in report["findings"] if f["status"] == "waived"]
    assert {f["finding_id"] for f in waived} == {f["finding_id"] for f in failing(plain)}
    assert {(f["waiver_id"], f["waiver_expires"]) for f in waived} == {("all", day(30))}
    assert not failing(report)
    assert report["summary"]["by_status"]["waived"] == len(waived)
    # what is unknown cannot be accepted, and keeps the scan incomplete
    assert report["summary"]["by_status"]["unknown"] == plain["summary"]["by_status"]["unknown"] > 0
    assert cmekscan(*SCAN, "--waivers", file).status == 3


def test_a_waived_finding_differs_in_nothing_but_that(plain, file):
    write(file, waiver())
    after = {f["finding_id"]: f for f in report_of(*DEMO, "--waivers", file)["findings"]}
    for finding in failing(plain):
        changed = {key for key in finding if finding[key] != after[finding["finding_id"]][key]}
        assert changed == {"status", "waiver_id", "waiver_expires"}


@pytest.mark.parametrize("member, condition", [
    ("resource_name", lambda value: {"resources": [value]}),
    ("rule_id", lambda value: {"rules": [value]}),
    ("project_id", lambda value: {"resources": [], "projects": [value]}),
    ("project_number", lambda value: {"resources": [], "projects": [value]}),
])
def test_a_waiver_takes_what_it_names_and_nothing_else(plain, file, member, condition):
    value = next(each[member] for each in failing(plain) if each[member])
    chosen = failing(plain, **{member: value})
    assert chosen and len(chosen) < len(failing(plain))
    write(file, waiver(**condition(value)))
    report = report_of(*DEMO, "--waivers", file)
    waived = {f["finding_id"] for f in report["findings"] if f["status"] == "waived"}
    assert waived == {f["finding_id"] for f in chosen}
    assert len(failing(report)) == len(failing(plain)) - len(chosen)


def labelled(tmp_path, label):
    """The demo organization, its first failing bucket with a label."""
    target = failing(report_of(*DEMO), resource_type="storage.googleapis.com/Bucket")[0]["resource_name"]
    assets = tmp_path / "labelled.ndjson"
    lines = []
    for line in open(DEMO_ASSETS, encoding="utf-8"):
        asset = json.loads(line)
        if asset["name"] == target and "data" in asset.get("resource", {}):
            asset["resource"]["data"]["labels"] = label
        lines.append(json.dumps(asset))
    assets.write_text("\n".join(lines) + "\n")
    return assets, target


def test_labels_select_resources_offline_and_live(tmp_path, file):
    assets, target = labelled(tmp_path, {"data": "public", "team": "web"})
    write(file, waiver(resources=[], labels={"data": "pub*"}))
    offline = report_of("--assets", assets, "--waivers", file)
    waived = [f for f in offline["findings"] if f["status"] == "waived"]
    assert waived and {f["resource_name"] for f in waived} == {target}
    with Cloud(tmp_path, assets=assets) as cloud:
        live = cloud.report("--organization", waived[0]["organization"], "--waivers", file)
        assert [f for f in live["findings"] if f["status"] == "waived"] == waived


@pytest.mark.parametrize("members, problem", [
    ({"expires": day(-1)}, "it expired on"),
    ({"expires": day(366)}, "more than the 365 that are allowed"),
    ({"reason": ""}, "reason"),
    ({"expires": "soon"}, "expected a day"),
])
def test_a_waiver_that_cannot_be_relied_on_waives_nothing_and_says_so(plain, file, members, problem):
    write(file, waiver(**members))
    run = cmekscan(*SCAN, "--waivers", file, "--report", "json")
    assert json.loads(run.stdout)["findings"] == [f for f in plain["findings"] if f["status"] != "pass"]
    assert run.status == 1
    assert f"waiver w waives nothing: {file}:" in run.stderr and problem in run.stderr
    assert_refused(cmekscan(*SCAN, "--waivers", file, "--strict-waivers"), 2, problem)


def test_a_longer_term_is_the_users_decision(file):
    write(file, waiver(expires=day(400)))
    assert cmekscan(*SCAN, "--waivers", file, "--waiver-max-days", 400).status == 3


def test_an_unused_waiver_is_told(file):
    write(file, waiver(resources=["//storage.googleapis.com/mended"]))
    run = cmekscan(*SCAN, "--waivers", file)
    assert "waiver w took no finding" in run.stderr


def test_what_is_unknown_cannot_be_waived_and_the_waiver_says_so(plain, file):
    unknown = [f for f in plain["findings"] if f["status"] == "unknown"]
    names = sorted({f["resource_name"] for f in unknown} - {f["resource_name"] for f in failing(plain)})
    count = len([f for f in unknown if f["resource_name"] in names])
    write(file, waiver(resources=names))
    run = cmekscan(*SCAN, "--waivers", file)
    assert f"waiver w matches {count} unknown finding{'' if count == 1 else 's'}, which cannot be waived" in run.stderr
    assert count > 0 and "took no finding" not in run.stderr
    write(file, waiver())
    assert "cannot be waived" not in cmekscan(*SCAN, "--waivers", file).stderr  # it has taken others


@pytest.mark.parametrize("members, problem", [
    ({"rules": ["cmek-requird"]}, r"there is no rule 'cmek-requird' (did you mean cmek-required?)"),
    ({"resources": ["gs://b"]}, "resources are written //storage.googleapis.com/BUCKET"),
])
def test_what_no_finding_can_match_is_malformed(file, members, problem):
    write(file, waiver(**members))
    assert problem in cmekscan(*SCAN, "--waivers", file).stderr
    run = cmekscan("waivers", "check", file)
    assert run.status == 2 and "malformed" in run.stdout and problem in run.stdout
    assert run.last_line == "cmekscan: 1 waiver is malformed or lasts too long (exit status 2)"


def test_a_rule_of_ones_own_can_be_waived(file, tmp_path):
    (tmp_path / "rules.yaml").write_text(json.dumps([{"id": "our-own", "check": "key-usable", "title": "t", "severity": "low",
                                                       "rationale": "r", "remediations": [{"text": "t"}]}]))
    write(file, waiver(rules=["our-own"]))
    assert cmekscan("waivers", "check", file).status == 2
    assert cmekscan("waivers", "check", file, "--rules", tmp_path / "rules.yaml").status == 0


@pytest.mark.parametrize("text, problem", [
    ("", "nothing in it"), ("version: 2\nwaivers: []", "version: 1"), ("waivers: [", "waivers.yaml:"),
    ("version: 1\nwaivers: []\nwaiver: []", "3:1"),
])
def test_a_file_that_is_no_waiver_file_stops_the_scan(file, text, problem):
    file.write_text(text)
    assert_refused(cmekscan(*SCAN, "--waivers", file), 2, problem)


def test_a_missing_file_stops_the_scan(tmp_path):
    assert_refused(cmekscan(*SCAN, "--waivers", tmp_path / "none.yaml"), 2, "none.yaml")


def test_strictness_without_a_file_is_a_mistake():
    assert_refused(cmekscan(*SCAN, "--strict-waivers"), 2, "needs --waivers")


@pytest.mark.parametrize("waivers, args, status", [
    ([], [], 0),
    ([waiver()], [], 0),
    ([waiver()], ["--expiring", 29], 0),
    ([waiver()], ["--expiring", 30], 1),
    ([waiver(expires=day(0))], [], 0),
    ([waiver(expires=day(-1))], [], 1),
    ([waiver(expires=day(400))], [], 2),
    ([waiver(expires=day(400))], ["--waiver-max-days", 500], 0),
    ([waiver(owner="")], [], 2),
    ([waiver(expires=day(-1)), waiver(id="v", reason=" ")], [], 2),
])
def test_check_tells_how_waivers_fare(file, waivers, args, status):
    write(file, *waivers)
    run = cmekscan("waivers", "check", file, *args)
    assert run.status == status, run
    assert len(run.stdout.splitlines()) == len(waivers)


@pytest.mark.parametrize("waivers, args, reason", [
    ([waiver()], ["--expiring", 90], "1 waiver ends within 90 days (exit status 1)"),
    ([waiver(), waiver(id="v")], ["--expiring", 90], "2 waivers end within 90 days (exit status 1)"),
    ([waiver(expires=day(-1)), waiver(id="v")], ["--expiring", 90], "1 waiver has expired (exit status 1)"),
    ([waiver(owner=""), waiver(id="v", expires=day(-1)), waiver(id="u", expires=day(400))], [],
     "2 waivers are malformed or last too long (exit status 2)"),
])
def test_check_says_why_on_its_last_line(file, waivers, args, reason):
    write(file, *waivers)
    assert cmekscan("waivers", "check", file, *args).last_line == f"cmekscan: {reason}"


@pytest.mark.parametrize("args", [[], ["check"], ["chekc", "f"], ["check", "f", "g"], ["check", "f", "--expiring", "x"]])
def test_check_wants_a_file(args):
    assert_refused(cmekscan("waivers", *args), 2, "expected")
