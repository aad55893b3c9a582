# SPDX-License-Identifier: Apache-2.0
"""What is new: a scan held against an earlier report, and two reports held against each other."""
import copy
import gzip
import json
import re
import subprocess
from xml.etree import ElementTree

import jsonschema
import pytest
from scanning import DEMO_ASSETS, PROGRAM, ROOT, Direct, assert_refused, cmekscan, read_assets, report_of

DEMO = ("--assets", DEMO_ASSETS)
ORGANIZATION = "organizations/917392449274"
SCHEMA = jsonschema.Draft202012Validator(json.loads((ROOT / "reports" / "cmekscan-diff-1.schema.json").read_text()))
BUCKET, TOPIC = "storage.googleapis.com/Bucket", "pubsub.googleapis.com/Topic"


@pytest.fixture(scope="module")
def lines():
    return read_assets(DEMO_ASSETS)


@pytest.fixture(scope="module")
def plain():
    return report_of(*DEMO)


def write(path, content):
    if isinstance(content, list):
        path.write_text("".join(json.dumps(each) + "\n" for each in content))
    else:
        path.write_text(json.dumps(content))
    return path


def compared(tmp_path, old, new, *args):
    run = cmekscan("diff", write(tmp_path / "old.json", old), write(tmp_path / "new.json", new), "--format", "json", *args)
    assert run.status in (0, 1, 3), run.stderr
    difference = json.loads(run.stdout)
    SCHEMA.validate(difference)
    return run.status, difference


def scan_of(tmp_path, lines, *args):
    return report_of("--assets", write(tmp_path / "assets.ndjson", lines), *args)


def failing(report, **members):
    return [f for f in report["findings"] if f["status"] == "fail" and all(f[k] == v for k, v in members.items())]


def by_state(report, status):
    found = {}
    for finding in report["findings"]:
        if finding["status"] == status:
            found.setdefault(finding["baseline_state"], set()).add(finding["finding_id"])
    return found


def ids(findings):
    return {each["finding_id"] for each in findings}


# The baseline

def test_a_scan_held_against_itself_has_nothing_new(tmp_path, plain):
    baseline = write(tmp_path / "old.json", plain)
    report = report_of(*DEMO, "--baseline", baseline)
    assert {f["baseline_state"] for f in report["findings"]} == {"unchanged"}
    counts = report["summary"]["baseline"]
    assert counts == {"scan_id": plain["scan"]["id"], "finished_at": plain["scan"]["finished_at"], "new": 0,
                      "unchanged": plain["summary"]["by_status"]["fail"], "resolved": 0, "undecided": 0,
                      "fail_on_new": False}
    assert all(f["baseline_state"] is None for f in plain["findings"]) and plain["summary"]["baseline"] is None
    assert cmekscan("scan", *DEMO).status == 1
    run = cmekscan("scan", *DEMO, "--baseline", baseline, "--fail-on-new")
    assert run.status == 3 and "0 new failures" in run.stdout  # the scan is incomplete, but nothing is new
    assert cmekscan("scan", *DEMO, "--baseline", baseline, "--fail-on-new", "--allow-incomplete").status == 0
    assert cmekscan("scan", *DEMO, "--baseline", baseline).status == 1  # only counted, not gated


def test_what_the_baseline_lacks_is_new_and_gates(tmp_path, plain):
    dropped = failing(plain, enforcement="enforced")[0]
    old = {**plain, "findings": [f for f in plain["findings"] if f["finding_id"] != dropped["finding_id"]]}
    old["summary"] = {**plain["summary"], "by_status": {**plain["summary"]["by_status"],
                                                       "fail": plain["summary"]["by_status"]["fail"] - 1}}
    baseline = write(tmp_path / "old.json", old)
    report = report_of(*DEMO, "--baseline", baseline)
    assert by_state(report, "fail")["new"] == {dropped["finding_id"]}
    reports = {name: tmp_path / name for name in ("text", "github", "markdown", "junit", "json")}
    run = cmekscan("scan", *DEMO, "--baseline", baseline, "--fail-on-new",
                   *[arg for name, path in reports.items() for arg in ("--report", f"{name}={path}")])
    assert run.status == 1 and "1 new failure at or above severity low" in run.last_line
    said = {name: path.read_text() for name, path in reports.items()}
    assert json.loads(said["json"])["summary"]["baseline"]["fail_on_new"] is True
    assert said["text"].count(f"  FAIL  {dropped['severity']}  {dropped['rule_id']}  (new)\n") == 1
    errors = [line for line in said["github"].splitlines() if line.startswith(("::error", "::warning title=NEW"))]
    assert len(errors) == 1 and f"title=NEW {dropped['rule_id']} ({dropped['severity']})::" in errors[0]
    rows = [line for line in said["markdown"].splitlines() if line.startswith("| ") and dropped["rule_id"] in line]
    assert f"| {dropped['severity']}, **new** |" in rows[0] and dropped["resource_name"] in rows[0]
    assert said["markdown"].count("**new**") == 1
    (failure,) = list(ElementTree.fromstring(said["junit"]).iter("failure"))
    assert dropped["finding_id"] in failure.text


@pytest.mark.parametrize("before, state", [("unknown", "new"), ("waived", "new"), ("pass", "new"), ("fail", "unchanged")])
def test_what_fails_now_is_new_unless_it_failed(tmp_path, plain, before, state):
    """Also what was accepted, or could not be told: nobody has seen it fail."""
    chosen = failing(plain)[0]["finding_id"]
    statuses = dict(plain["summary"]["by_status"])
    statuses["fail"] -= 1
    statuses[before] += 1
    old = {**plain, "summary": {**plain["summary"], "by_status": statuses}, "findings": [
        {**f, "status": before if f["finding_id"] == chosen else f["status"]} for f in plain["findings"]]}
    report = report_of(*DEMO, "--baseline", write(tmp_path / "old.json", old))
    assert chosen in by_state(report, "fail")[state]
    assert report["summary"]["baseline"]["new"] == (state == "new")


def test_resolved_counts_what_is_gone_and_what_passes(tmp_path, lines, plain):
    baseline = write(tmp_path / "old.json", plain)
    bucket = failing(plain, resource_type=BUCKET, enforcement="enforced", rule_id="cmek-required")[0]["resource_name"]
    other = failing(plain, resource_type=TOPIC, enforcement="enforced", rule_id="cmek-required")[0]["resource_name"]
    key = next(f["kms_key"] for f in plain["findings"] if f["kms_key"])
    mended = []
    for line in lines:
        if line["name"] == other:
            line = json.loads(json.dumps(line))
            line["resource"]["data"]["kmsKeyName"] = key
        if line["name"] != bucket:
            mended.append(line)
    report = scan_of(tmp_path, mended, "--baseline", baseline)
    before = {f["finding_id"] for f in failing(plain) if f["resource_name"] == other and f["rule_id"] == "cmek-required"}
    assert before & by_state(report, "pass")["resolved"] == before
    _, difference = compared(tmp_path, plain, {**report})
    assert {f["resource_name"] for f in difference["mended"]} >= {bucket, other}
    assert report["summary"]["baseline"]["resolved"] == difference["counts"]["mended"]
    assert report["summary"]["baseline"]["undecided"] == difference["counts"]["undecided"]
    assert report["summary"]["baseline"]["new"] == difference["counts"]["new"]


def test_a_moved_resource_is_a_new_one(tmp_path, lines, plain):
    bucket = failing(plain, resource_type=BUCKET, resource_role=None, rule_id="cmek-required")[0]["resource_name"]
    moved = json.loads(json.dumps(lines).replace(bucket.rsplit("/", 1)[1], "moved-elsewhere"))
    _, difference = compared(tmp_path, plain, scan_of(tmp_path, moved))
    assert {f["resource_name"] for f in difference["mended"]} == {bucket}
    assert {f["resource_name"] for f in difference["new"]} == {"//storage.googleapis.com/moved-elsewhere"}


def gap(scope, operation="storage.buckets.list"):
    return {"scope": scope, "operation": operation, "error": "permission-denied", "message": "no"}


def emptied(plain, *coverage, **scan):
    """A newer report without any finding, with these gaps."""
    zero = dict.fromkeys(plain["summary"]["by_status"], 0)
    return {**plain, "findings": [], "coverage": list(coverage),
            "scan": {**plain["scan"], "complete": not coverage, **scan},
            "summary": {**plain["summary"], "by_status": zero, "coverage_gaps": len(coverage)}}


def test_nothing_is_mended_that_was_not_looked_at(tmp_path, plain):
    """The rule, case by case: which findings of the older report a newer one without any leaves undecided."""
    fails = failing(plain)
    target = next(f for f in fails if f["service"] == "storage.googleapis.com" and f["project_id"])
    folder = next(each for each in target["ancestors"] if each.startswith("folders/"))

    def in_project(f):
        return f["project_id"] == target["project_id"]

    def below(f):
        return folder in f["ancestors"]
    project, number = f"projects/{target['project_id']}", f"projects/{target['project_number']}"
    rules = {**plain, "rules": [rule for rule in plain["rules"] if rule["id"] != "cmek-required"]}
    cases = [
        ("complete", emptied(plain), lambda f: False),
        ("gap on the project by its id", emptied(plain, gap(project, "orgpolicy.policies.list")), in_project),
        ("gap on the project by its number", emptied(plain, gap(number, "scan")), in_project),
        ("gap in a location of it", emptied(plain, gap(project + "/locations/us", "scan")), in_project),
        ("listing of its service", emptied(plain, gap(project)),
         lambda f: in_project(f) and f["service"] in ("storage.googleapis.com", None)),
        ("listing of another service", emptied(plain, gap(project, "pubsub.topics.list")),
         lambda f: in_project(f) and f["service"] in ("pubsub.googleapis.com", None)),
        ("gap on a folder", emptied(plain, gap(folder, "orgpolicy.policies.list")), below),
        ("gap on the organization", emptied(plain, gap(ORGANIZATION, "scan")), lambda f: True),
        ("gap on another project", emptied(plain, gap("projects/elsewhere", "scan")), lambda f: False),
        ("gap on a line", emptied(plain, gap("export.ndjson:17", "read")), lambda f: True),
        ("gap of a service", emptied(plain, gap("pubsub.googleapis.com", "services.list")),
         lambda f: f["service"] == "pubsub.googleapis.com"),
        ("gaps that are not listed", {**emptied(plain, gap("projects/elsewhere")), "summary": {
            **emptied(plain)["summary"], "coverage_gaps": 2}}, lambda f: True),
        ("incomplete for no reason", emptied(plain, complete=False), lambda f: True),
        ("a scope that holds none", emptied(plain, scopes=["projects/elsewhere"]), lambda f: True),
        ("the scope of one project", emptied(plain, scopes=[project]), lambda f: not in_project(f)),
        ("fewer services", emptied(plain, services=["pubsub.googleapis.com"]),
         lambda f: f["service"] != "pubsub.googleapis.com"),
        ("Container Registry only", emptied(plain, container_registry_only=True), lambda f: not f["resource_role"]),
        ("a plan", emptied(plain, source="plan"), lambda f: True),
        ("without the rule", {**emptied(plain), "rules": rules["rules"]}, lambda f: f["rule_id"] == "cmek-required"),
        ("nothing to judge the rule by", {**emptied(plain), "summary": {**emptied(plain)["summary"], "not_judged": [
            {"rule_id": "cmek-required", "missing": "everything", "targets": 3}]}},
         lambda f: f["rule_id"] == "cmek-required"),
    ]
    for label, newer, is_hidden in cases:
        _, difference = compared(tmp_path, plain, newer)
        hidden = ids(f for f in fails if is_hidden(f))
        assert ids(difference["undecided"]) == hidden, label
        assert ids(difference["mended"]) == ids(fails) - hidden, label


def test_live_a_project_that_cannot_be_read_any_more_is_not_mended(tmp_path):
    with Direct(tmp_path / "whole", assets=DEMO_ASSETS) as cloud:
        before = cloud.report("--organization", "917392449274")
    project = failing(before, resource_type=BUCKET)[0]["project_id"]
    with Direct(tmp_path / "refusing", assets=DEMO_ASSETS, faults=f"deny=projects/{project}") as cloud:
        baseline = write(tmp_path / "old.json", before)
        after = cloud.report("--organization", "917392449274", "--baseline", baseline)
    assert not any(f["project_id"] == project and f["resource_type"] == BUCKET for f in failing(after))
    _, difference = compared(tmp_path, before, after)
    assert not any(f["project_id"] == project for f in difference["mended"])
    lost = {f["finding_id"] for f in failing(before, project_id=project)} - {f["finding_id"] for f in failing(after)}
    assert lost and lost <= ids(difference["undecided"])
    assert after["summary"]["baseline"]["undecided"] == difference["counts"]["undecided"]


def part_of(lines, node, without=()):
    """The export of a node: what lies below it, and itself."""
    return [line for line in lines if node in line.get("ancestors", []) and line["asset_type"] not in without]


FOLDER, PROJECT_TYPE = "folders/809143150375", "cloudresourcemanager.googleapis.com/Project"
NODE_TYPES = (PROJECT_TYPE, "cloudresourcemanager.googleapis.com/Folder", "cloudresourcemanager.googleapis.com/Organization")


@pytest.mark.parametrize("nodes, without, scopes", [
    ([ORGANIZATION], (), [ORGANIZATION]),
    ([FOLDER], (), [FOLDER]),
    ([FOLDER], NODE_TYPES, []),
    ([ORGANIZATION], NODE_TYPES, []),
    ([ORGANIZATION], NODE_TYPES[2:], "topmost folders and projects"),
    (["a project"], (), "the project"),
    (["a project", FOLDER], (), "the project and the folder"),
])
def test_a_file_covers_the_nodes_that_it_lists_alone(tmp_path, lines, plain, nodes, without, scopes):
    """An export of a folder names the organization above, and says nothing of the rest of it."""
    outside = next(f for f in failing(plain) if f["project_id"] and FOLDER not in f["ancestors"])
    project = f"projects/{outside['project_number']}"
    nodes = [project if node == "a project" else node for node in nodes]
    if scopes == "topmost folders and projects":
        scopes = sorted({line["ancestors"][0] for line in lines if line["asset_type"] in NODE_TYPES[:2]
                         and line["ancestors"][1:] == [ORGANIZATION]})
    elif isinstance(scopes, str):
        scopes = sorted(nodes)
    part = [line for node in nodes for line in part_of(lines, node, without)]
    report = scan_of(tmp_path, part, "--baseline", write(tmp_path / "base.json", plain))
    assert report["scan"]["scopes"] == scopes
    _, difference = compared(tmp_path, plain, report)
    gone = [f for f in failing(plain) if f["finding_id"] not in ids(report["findings"])]
    beyond = ids(f for f in gone if not set(scopes) & set(f["ancestors"]))
    assert beyond <= ids(difference["undecided"]) and not beyond & ids(difference["mended"])
    assert bool(beyond) == (nodes != [ORGANIZATION] or not scopes)
    assert report["summary"]["baseline"]["resolved"] == len(difference["mended"])


def test_an_export_of_a_folder_mends_what_is_gone_from_it(tmp_path, lines, plain):
    gone = next(f for f in failing(plain, resource_type=BUCKET) if FOLDER in f["ancestors"])
    part = [line for line in part_of(lines, FOLDER) if line["name"] != gone["resource_name"]]
    _, difference = compared(tmp_path, plain, scan_of(tmp_path, part))
    assert {f["resource_name"] for f in difference["mended"]} == {gone["resource_name"]}


def test_an_export_without_a_type_mends_nothing_and_breaks_nothing(tmp_path, lines, plain):
    without = [line for line in lines if line["asset_type"] != TOPIC]
    report = scan_of(tmp_path, without, "--baseline", write(tmp_path / "base.json", plain))
    _, difference = compared(tmp_path, plain, report)
    lost = ids(failing(plain, resource_type=TOPIC))
    assert lost and lost <= ids(difference["undecided"]) and difference["mended"] == difference["new"] == []
    assert report["summary"]["baseline"]["resolved"] == report["summary"]["baseline"]["new"] == 0
    assert [(each["rule_id"], "pubsub.googleapis.com/Topic" in each["missing"]) for each in report["summary"]["not_judged"]
            ] == [("gcr-topic-creatable", True)]


def test_topics_that_were_looked_for_are_told_from_topics_not_exported(tmp_path, lines):
    """What was collected says so; of an older collection it goes without saying; one that did not look says that."""
    without = [line for line in lines if line["asset_type"] != TOPIC]

    def judged(**members):
        data = {"scopes": [ORGANIZATION], "policies": True, "tags": True, "services": True, "settings": True, **members}
        head = {"name": "//cmekscan.dev/collection", "asset_type": "cmekscan.dev/Collection", "resource": {"data": data}}
        report = scan_of(tmp_path, [head, *without])
        return {f["rule_id"] for f in failing(report)}, {each["rule_id"] for each in report["summary"]["not_judged"]}
    rule = "gcr-topic-creatable"
    for members, is_judged in (({}, True), ({"topics": True}, True), ({"topics": False}, False)):
        fails, not_judged = judged(**members)
        assert (rule in fails, rule in not_judged) == (is_judged, not is_judged), members


# diff

def test_diff_gates_on_new_failures(tmp_path, plain):
    empty = emptied(plain)
    fails = failing(plain)
    status, difference = compared(tmp_path, empty, plain)
    assert status == 1 and ids(difference["new"]) == ids(fails)
    assert all(f["before"] is None for f in difference["new"])
    assert compared(tmp_path, empty, plain, "--fail-on", "none")[0] == 3  # the newer one is incomplete
    assert compared(tmp_path, empty, plain, "--fail-on", "none", "--allow-incomplete")[0] == 0
    assert compared(tmp_path, plain, empty)[0] == 0
    dry = [f for f in fails if f["enforcement"] == "dry-run"]
    assert dry
    only_dry = {**empty, "findings": dry, "summary": {**empty["summary"], "by_status": {
        **empty["summary"]["by_status"], "fail": len(dry)}}}
    assert compared(tmp_path, empty, only_dry)[0] == 0  # told, but what only a dry run denies is no violation


def test_diff_ends_with_what_is_undecided_and_why(tmp_path, plain):
    good = write(tmp_path / "good.json", plain)
    assert cmekscan("diff", good, good).last_line == "cmekscan: no new failure, but the newer scan is incomplete (exit status 3)"
    blind = write(tmp_path / "blind.json", emptied(plain, gap(plain["scan"]["scopes"][0])))
    count = json.loads(cmekscan("diff", good, blind, "--format", "json").stdout)["counts"]["undecided"]
    run = cmekscan("diff", good, blind)
    assert run.status == 3 and re.search(rf"no new failure; {count} undecided, since the newer scan is incomplete", run.last_line)
    assert count > 0
    run = cmekscan("diff", good, blind, "--allow-incomplete")
    assert run.status == 0 and "undecided, since the newer scan is incomplete, which is allowed" in run.last_line


def test_diff_notes_reports_in_the_wrong_order(tmp_path, plain):
    old, new = copy.deepcopy(plain), copy.deepcopy(plain)
    old["scan"]["started_at"], new["scan"]["started_at"] = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"
    old, new = write(tmp_path / "old.json", old), write(tmp_path / "new.json", new)
    assert "NEW is older than OLD: swapped?" in cmekscan("diff", new, old).stderr
    assert "swapped" not in cmekscan("diff", old, new).stderr + cmekscan("diff", old, old).stderr


def with_status(plain, finding_id, **members):
    """The report with one finding changed, and counted."""
    changed = {**plain, "findings": [{**f, **members} if f["finding_id"] == finding_id else f for f in plain["findings"]]}
    counts = dict.fromkeys(plain["summary"]["by_status"], 0)
    for finding in changed["findings"]:
        counts[finding["status"]] += 1
    return {**changed, "summary": {**plain["summary"], "by_status": counts}}


@pytest.mark.parametrize("before, after, kind", [
    ({}, {"status": "waived"}, "changed"),
    ({"status": "waived"}, {}, "new"),
    ({"status": "waived"}, {"status": "pass"}, "mended"),
    ({"status": "unknown"}, {}, "new"),
    ({}, {"status": "unknown"}, "undecided"),
    ({"status": "waived"}, {"status": "unknown"}, "undecided"),
    ({"status": "unknown"}, {"status": "pass"}, "changed"),
    ({"status": "pass"}, {"status": "unknown"}, "changed"),
    ({"status": "pass"}, {"status": "waived"}, "changed"),
    ({"severity": "info"}, {"severity": "critical"}, "changed"),
    ({"kms_key": None}, {"kms_key": "projects/k/locations/us/keyRings/r/cryptoKeys/c"}, "changed"),
    ({"message": "a"}, {"message": "b"}, None),
    ({"status": "pass"}, {"status": "pass"}, None),
])
def test_diff_tells_what_became_of_a_finding(tmp_path, plain, before, after, kind):
    chosen = failing(plain)[0]["finding_id"]
    _, difference = compared(tmp_path, with_status(plain, chosen, **before), with_status(plain, chosen, **after))
    for name in ("new", "mended", "changed", "undecided"):
        assert ids(difference[name]) == ({chosen} if name == kind else set()), name
        assert difference["counts"][name] == (name == kind)


def test_diff_in_words_keeps_hostile_names_in_their_place(tmp_path, plain):
    chosen = failing(plain)[0]["finding_id"]
    evil = "//storage.googleapis.com/x\x1b[31m|<b>@someone\n::error::y"
    new = with_status(plain, chosen, resource_name=evil)
    old = with_status(plain, chosen, status="pass")
    paths = write(tmp_path / "old.json", old), write(tmp_path / "new.json", new)
    for form in ("text", "markdown"):
        run = cmekscan("diff", *paths, "--format", form)
        assert run.status == 1 and "1 new" in run.stdout
        assert "\x1b" not in run.stdout and not any(line.startswith("::") for line in run.stdout.splitlines())
    assert "New failures: 1" in run.stdout


def test_reports_are_read_from_gzip_pipes_and_in_any_order(tmp_path, plain):
    text = json.dumps(plain, sort_keys=True, indent=1).encode()
    packed = tmp_path / "old.json.gz"
    packed.write_bytes(gzip.compress(text))
    run = cmekscan("diff", packed, "-", "--format", "json", stdin=text)
    assert run.status == 3 and json.loads(run.stdout)["counts"]["new"] == 0
    with open(packed, "rb") as file:
        assert subprocess.run([PROGRAM, "diff", "-", packed], stdin=file, capture_output=True, check=False).returncode == 3


# What is no report

def broken(plain, path, value):
    copy = json.loads(json.dumps(plain))
    at = copy
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return json.dumps(copy)


@pytest.mark.parametrize("text, patterns", [
    (lambda p: "", ["breaks off"]),
    (lambda p: json.dumps(p)[:-200], ["breaks off"]),
    (lambda p: "[]", ["expected an object"]),
    (lambda p: "{}", ["no schema_version"]),
    (lambda p: '{"SchemaVersion": 2, "Results": []}', ["no schema_version"]),
    (lambda p: '{"schema_version": "1.0"}', ["has no tool"]),
    (lambda p: json.dumps({**p, "schema_version": "2.0"}), ["version 2.0"]),
    (lambda p: json.dumps({**p, "schema_version": 1}), ["schema_version"]),
    (lambda p: json.dumps({**p, "tool": {"name": "another"}}), ["tool", "cmekscan"]),
    (lambda p: json.dumps({**p, "findings": {}}), ["findings is no array"]),
    (lambda p: broken(p, ["findings", 1, "status"], "open"), ["finding 2", "status"]),
    (lambda p: broken(p, ["findings", 0, "finding_id"], "../x"), ["finding 1", "finding_id"]),
    (lambda p: broken(p, ["findings", 0, "ancestors"], [1]), ["finding 1", "ancestors"]),
    (lambda p: broken(p, ["findings", 0], None), ["finding 1"]),
    (lambda p: broken(p, ["summary", "by_status", "fail"], "many"), ["summary", "fail"]),
    (lambda p: broken(p, ["scan", "complete"], None), ["scan", "complete"]),
    (lambda p: broken(p, ["coverage", 0], 3), ["coverage gap 1"]),
    (lambda p: json.dumps({**p, "findings": [*p["findings"], p["findings"][0]]}), ["comes twice"]),
    (lambda p: broken(p, ["summary", "by_status", "fail"], 1000), ["lists 24 of 1000", "--status"]),
    (lambda p: broken(p, ["scan", "simulated_policies"], []), ["simulation"]),
    (lambda p: broken(p, ["scan", "scopes"], [f"projects/{i}" for i in range(10001)]), ["scan", "scopes", "at most 10000"]),
    (lambda p: broken(p, ["scan", "services"], ["storage.googleapis.com"] * 10001), ["scan", "services", "at most 10000"]),
    (lambda p: broken(p, ["rules"], p["rules"][:1] * 10001), ["rules", "at most 10000"]),
    (lambda p: broken(p, ["coverage"], [gap("projects/1")] * 10001), ["coverage", "at most 10000"]),
    (lambda p: broken(p, ["summary", "resources"], p["summary"]["resources"][:1] * 10001), ["summary", "resources", "at most 10000"]),
    (lambda p: broken(p, ["summary", "not_judged"], [{"rule_id": "r", "missing": "x", "targets": 1}] * 10001),
     ["summary", "not_judged", "at most 10000"]),
    (lambda p: broken(p, ["summary", "by_rule"], {f"r{i}": p["summary"]["by_status"] for i in range(10001)}),
     ["summary", "by_rule", "at most 10000"]),
    (lambda p: broken(p, ["scan", "shard"], {"index": 1, "count": 10001}), ["shard", "at most 10000"]),
    (lambda p: broken(p, ["scan", "shard"], {"index": 1, "count": (1 << 32) + 1}), ["shard", "at most 10000"]),
    (lambda p: broken(p, ["scan", "shard"], {"index": 3, "count": 2}), ["shard", "as many as it counts"]),
])
def test_what_is_no_report_is_refused(tmp_path, plain, text, patterns):
    bad, good = tmp_path / "bad.json", write(tmp_path / "good.json", plain)
    bad.write_text(text(plain))
    assert_refused(cmekscan("scan", *DEMO, "--baseline", bad), 2, "--baseline", *patterns)
    assert_refused(cmekscan("diff", bad, good), 2, "bad.json", *patterns)
    assert_refused(cmekscan("diff", good, bad), 2, "bad.json", *patterns)


def test_wrong_usage_is_refused(tmp_path, plain):
    good = write(tmp_path / "good.json", plain)
    assert_refused(cmekscan("scan", *DEMO, "--fail-on-new"), 2, "needs --baseline")
    assert_refused(cmekscan("scan", *DEMO, "--baseline", tmp_path / "none.json"), 2, "No such file")
    assert_refused(cmekscan("diff", good), 2, "two reports")
    assert_refused(cmekscan("diff", good, good, good), 2, "two reports")
    assert_refused(cmekscan("diff", "-", "-"), 2, "standard input")
    assert_refused(cmekscan("diff", good, good, "--format", "xml"), 2, "--format")
    assert_refused(cmekscan("diff", good, good, "--fail-on", "bad"), 2, "--fail-on")


def test_unknown_keys_of_a_later_minor_version_are_ignored(tmp_path, plain):
    later = json.loads(json.dumps(plain))
    later["schema_version"] = "1.7"
    for part in (later, later["scan"], later["summary"], *later["findings"]):
        part["added_later"] = {"deep": [1, {"x": None}]}
    status, difference = compared(tmp_path, later, plain)
    assert status == 3 and difference["counts"]["new"] == 0
    assert difference["counts"]["unchanged"] == sum(1 for f in plain["findings"] if f["status"] != "pass")
