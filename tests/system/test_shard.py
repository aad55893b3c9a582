# SPDX-License-Identifier: Apache-2.0
"""A scan divided among several, and their reports made one again: the same findings, the same counts."""
import hashlib
import json
import random

import pytest
from organization import Organization
from scanning import DEMO_ASSETS, Cloud, Direct, assert_refused, cmekscan, environment, report_of

ORGANIZATION = ("--organization", "917392449274")
BY_SCAN = ("id", "started_at", "finished_at", "api_calls")


def is_shared(finding):
    """On a folder or organization: judged in every shard."""
    return finding["resource_name"].startswith(("//cloudresourcemanager.googleapis.com/folders/",
                                                "//cloudresourcemanager.googleapis.com/organizations/"))


def shard_of(number, count):
    return int(hashlib.sha256(number.encode() + b"\0").hexdigest(), 16) % count + 1


def scan_shards(folder, count, *args, run=cmekscan):
    paths = []
    for index in range(1, count + 1):
        paths.append(folder / f"shard-{index}-of-{count}.json")
        done = run("scan", *args, "--shard", f"{index}/{count}", "--report", f"json={paths[-1]}")
        assert done.status in (0, 1, 3), done.stderr
    return paths


def merged(*paths, statuses=(0, 1, 3), args=("--status", "all")):
    run = cmekscan("merge", *paths, "--report", "json", *args)
    assert run.status in statuses, run.stderr
    return json.loads(run.stdout)


def assert_same_but_for_nodes(actual, expected, but=()):
    """All of it, but for the words of findings on folders and organizations."""
    words = ("message", "remediation", "remediation_command", "policy_set_at", "policy_value", "policy_inherited", "reason")

    def plain(finding):
        if finding["rule_id"] in ("policy-gap", "policy-dry-run-only") and is_shared(finding):
            return {name: value for name, value in finding.items() if name not in words}
        return {name: value for name, value in finding.items() if name not in but}
    assert actual["summary"] == expected["summary"]
    assert actual["coverage"] == expected["coverage"]
    assert [plain(f) for f in actual["findings"]] == [plain(f) for f in expected["findings"]]
    assert {k: v for k, v in actual["scan"].items() if k not in BY_SCAN} == \
        {k: v for k, v in expected["scan"].items() if k not in BY_SCAN}
    assert actual["rules"] == expected["rules"]


@pytest.fixture(scope="module", params=["demo", 11, 12])
def assets(request, tmp_path_factory):
    if request.param == "demo":
        return DEMO_ASSETS
    return Organization(request.param).write(tmp_path_factory.mktemp("made-up") / "assets.ndjson")


@pytest.fixture(scope="module")
def whole(assets):
    return report_of("--assets", assets)


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_the_shards_together_are_the_whole(assets, whole, tmp_path, count):
    paths = scan_shards(tmp_path, count, "--assets", assets, "--status", "all")
    random.Random(count).shuffle(paths)
    report = merged(*paths)
    assert_same_but_for_nodes(report, whole)
    assert report["scan"]["shard"] is None
    for path in paths:
        part = json.loads(path.read_text())
        index = part["scan"]["shard"]["index"]
        assert part["scan"]["shard"]["count"] == count
        for finding in part["findings"]:
            assert is_shared(finding) or finding["project_number"] is None or \
                shard_of(finding["project_number"], count) == index


@pytest.mark.parametrize("count", [2, 7])
def test_counts_are_exact_though_shards_do_not_list_what_passes(assets, whole, tmp_path, count):
    report = merged(*scan_shards(tmp_path, count, "--assets", assets), args=())
    assert report["summary"] == whole["summary"]
    assert [f["finding_id"] for f in report["findings"]] == \
        [f["finding_id"] for f in whole["findings"] if f["status"] != "pass"]


def test_live_a_shard_reads_only_its_own_projects(tmp_path):
    with Direct(tmp_path / "whole", assets=DEMO_ASSETS) as cloud:
        whole = cloud.report(*ORGANIZATION)
    calls, paths = {}, []
    numbers = {f["project_number"]: f["project_id"] for f in whole["findings"] if f["project_number"]}
    for index in (1, 2, 3):
        with Direct(tmp_path / str(index), assets=DEMO_ASSETS) as cloud:
            paths.append(tmp_path / f"{index}.json")
            run = cloud.run("scan", *ORGANIZATION, "--status", "all", "--shard", f"{index}/3",
                            "--report", f"json={paths[-1]}")
            assert run.status in (0, 1, 3), run.stderr
            paths_asked = " ".join(json.dumps(each) for each in cloud.requests())
        for method, count in json.loads(paths[-1].read_text())["scan"]["api_calls"].items():
            calls[method] = calls.get(method, 0) + count
        for number, project in numbers.items():
            asked = any(text in paths_asked for text in (f"project={project}&", f"projects/{project}/topics",
                                                         f"projects/{number}/services:batchGet"))
            assert asked == (shard_of(number, 3) == index), (index, project)
            assert f"projects/{number}/policies" in paths_asked, "which says where the policies from above end"
    report = merged(*paths)
    assert_same_but_for_nodes(report, whole, but=("remediation_command",))  # which proposes keys that the shard has seen
    assert report["scan"]["api_calls"] == calls
    for method in ("storage.buckets.list", "pubsub.topics.list"):
        assert calls[method] == whole["scan"]["api_calls"][method]
    parts = [json.loads(path.read_text())["scan"] for path in paths]
    assert report["scan"]["started_at"] == min(part["started_at"] for part in parts)
    assert report["scan"]["finished_at"] == max(part["finished_at"] for part in parts)


def lonely_dry_run(path):
    """A folder whose dry run reaches no project, since the only one below it, of the second of two shards, has its own."""
    organization, folder, project = "organizations/111", "folders/222", "projects/700000000001"
    assert shard_of(project.split("/")[1], 2) == 2

    def node(kind, name, above, **data):
        return {"name": f"//cloudresourcemanager.googleapis.com/{name}", "asset_type": f"cloudresourcemanager.googleapis.com/{kind}",
                "ancestors": [name, *above], "resource": {"data": {"name": name, "lifecycleState": "ACTIVE", **data}}}

    def dry_run(above):
        name = f"{above[0]}/policies/gcp.restrictNonCmekServices"
        spec = {"inheritFromParent": False, "rules": [{"values": {"deniedValues": ["storage.googleapis.com"]}}]}
        return {"name": f"//orgpolicy.googleapis.com/{name}", "asset_type": "orgpolicy.googleapis.com/Policy",
                "ancestors": above, "resource": {"data": {"name": name, "dryRunSpec": spec}}}
    path.write_text("".join(json.dumps(line) + "\n" for line in [
        node("Organization", organization, [], displayName="small.example"),
        node("Folder", folder, [organization], parent=organization, displayName="Folder"),
        node("Project", project, [folder, organization], parent={"type": "folder", "id": "222"}, projectId="the-project",
             projectNumber="700000000001"),
        dry_run([folder, organization]), dry_run([project, folder, organization])]))
    return path


@pytest.mark.parametrize("via", [Direct, Cloud])
def test_live_a_dry_run_that_reaches_no_project_is_judged_by_one_shard(via, tmp_path):
    with via(tmp_path / "cloud", assets=lonely_dry_run(tmp_path / "assets.ndjson")) as cloud:
        whole = cloud.report("--organization", "111")
        report = merged(*scan_shards(tmp_path, 2, "--organization", "111", "--status", "all", run=cloud.run))
    assert ("policy-dry-run-only", "fail", "//cloudresourcemanager.googleapis.com/folders/222") in \
        [(f["rule_id"], f["status"], f["resource_name"]) for f in whole["findings"]]
    assert_same_but_for_nodes(report, whole)


def test_shards_may_be_read_through_the_inventory(tmp_path):
    """Which lists a scope as a whole: what is of other shards is left out, and not confirmed."""
    with Cloud(tmp_path, assets=DEMO_ASSETS) as cloud:
        whole = cloud.report(*ORGANIZATION)
        assert whole["scan"]["source"] == "gcp-inventory" and whole["scan"]["confirmation"]["asked"] > 0
        report = merged(*scan_shards(tmp_path, 3, *ORGANIZATION, "--status", "all", run=cloud.run))
    assert_same_but_for_nodes(report, whole, but=("remediation_command",))


def test_a_shard_may_have_had_to_do_without_the_inventory(tmp_path):
    paths = []
    for index, faults in ((1, ""), (2, "deny=organizations/917392449274:cloudasset"), (3, "")):
        with Cloud(tmp_path / str(index), assets=DEMO_ASSETS, **({"faults": faults} if faults else {})) as cloud:
            if index == 1:
                whole = cloud.report(*ORGANIZATION)
            paths.append(tmp_path / f"{index}.json")
            run = cloud.run("scan", *ORGANIZATION, "--status", "all", "--shard", f"{index}/3", "--report", f"json={paths[-1]}")
            assert run.status in (0, 1, 3), run.stderr
    sources = [json.loads(path.read_text())["scan"]["sources"] for path in paths]
    report = merged(*paths)
    assert report["scan"]["source"] == "gcp-mixed"
    assert sources[0] == sources[2] and report["scan"]["sources"] == [*sources[0], *sources[1]]
    assert [each["source"] for each in report["scan"]["sources"]] == ["gcp-inventory", "gcp-direct"]
    certain = {f["finding_id"]: f["status"] for f in whole["findings"] if f["status"] == "fail"}
    assert certain.items() <= {f["finding_id"]: f["status"] for f in report["findings"]}.items()


def test_a_shard_says_so_to_people():
    for form, title in (("text", "CMEK compliance of organizations/917392449274, shard 2 of 3\n"),
                        ("markdown", "\n## CMEK compliance (shard 2 of 3): ")):
        run = cmekscan("scan", "--assets", DEMO_ASSETS, "--shard", "2/3", "--report", form)
        assert title in run.stdout


def test_a_merged_report_can_be_explained_and_compared(tmp_path):
    whole = report_of("--assets", DEMO_ASSETS)
    report = merged(*scan_shards(tmp_path, 3, "--assets", DEMO_ASSETS, "--status", "all"))
    path = tmp_path / "merged.json"
    path.write_text(json.dumps(report))
    for finding in report["findings"][::5]:
        run = cmekscan("explain", finding["finding_id"], "--from", path)
        assert run.status == 0, run.stderr
        assert finding["resource_name"] in run.stdout
    old = tmp_path / "old.json"
    old.write_text(json.dumps(whole))
    run = cmekscan("diff", old, path, "--format", "json")
    assert run.status == 3 and json.loads(run.stdout)["counts"]["new"] == json.loads(run.stdout)["counts"]["mended"] == 0


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return scan_shards(tmp_path_factory.mktemp("shards"), 3, "--assets", DEMO_ASSETS)


def test_a_missing_shard_is_a_gap_and_mends_nothing(shards, tmp_path):
    whole = tmp_path / "whole.json"
    cmekscan("scan", "--assets", DEMO_ASSETS, "--report", f"json={whole}")
    for missing in range(3):
        report = merged(*(path for i, path in enumerate(shards) if i != missing))
        gaps = [gap for gap in report["coverage"] if gap["error"] == "missing-shard"]
        assert [gap["message"] for gap in gaps] == [gaps[0]["message"]]
        assert f"shard {missing + 1} of 3 is missing" in gaps[0]["message"]
        assert not report["scan"]["complete"]
        nodes = [f for f in report["findings"] if is_shared(f)]
        assert nodes and {f["status"] for f in nodes} <= {"fail", "unknown"}  # the missing one may say otherwise
        counts = dict.fromkeys(report["summary"]["by_status"], 0)
        for finding in report["findings"]:
            counts[finding["status"]] += 1
        assert {k: counts[k] for k in ("fail", "unknown", "waived")} == \
            {k: report["summary"]["by_status"][k] for k in ("fail", "unknown", "waived")}
        part = tmp_path / "part.json"
        part.write_text(json.dumps(report))
        difference = json.loads(cmekscan("diff", whole, part, "--format", "json").stdout)
        assert difference["counts"]["mended"] == 0 and difference["counts"]["undecided"] > 0
        difference = json.loads(cmekscan("diff", whole, shards[missing], "--format", "json").stdout)
        assert difference["counts"]["mended"] == 0


def test_the_gate_is_that_of_the_scan(shards):
    for args in ((), ("--fail-on", "critical"), ("--fail-on", "none"), ("--fail-on", "none", "--allow-incomplete")):
        scan, merge = cmekscan("scan", "--assets", DEMO_ASSETS, *args), cmekscan("merge", *shards, *args)
        assert (merge.status, merge.last_line) == (scan.status, scan.last_line)


def edited(path, target, change):
    report = json.loads(path.read_text())
    change(report)
    target.write_text(json.dumps(report))
    return target


@pytest.mark.parametrize("change, pattern", [
    (lambda r: r["scan"]["shard"].update(index=1), "both of shard 1 of 3"),
    (lambda r: r["scan"]["shard"].update(count=4), "number of shards"),
    (lambda r: r["scan"].update(shard=None), "no part of a scan"),
    (lambda r: r["scan"]["shard"].update(index=4), "in its scan"),
    (lambda r: r["scan"]["shard"].update(index=0), "in its scan"),
    (lambda r: r["scan"].update(scopes=["organizations/1"]), "another scope"),
    (lambda r: r["scan"].update(source="gcp-direct"), "another source"),
    (lambda r: r["scan"].update(services=["storage.googleapis.com"]), "another choice of services"),
    (lambda r: r["tool"].update(version="9.9.9"), "another version of cmekscan"),
    (lambda r: r["rules"].pop(), "another set of rules"),
    (lambda r: r["rules"][0].update(severity="info"), "another set of rules"),
    (lambda r: r["findings"].reverse(), "not in the order"),
])
def test_reports_that_do_not_fit_are_refused(shards, tmp_path, change, pattern):
    other = edited(shards[1], tmp_path / "other.json", change)
    target = tmp_path / "merged.json"
    assert_refused(cmekscan("merge", shards[0], other, shards[2], "--report", f"json={target}"), 2, pattern)
    assert not target.exists()


def test_a_project_in_two_shards_is_refused(shards, tmp_path):
    foreign = next(f for f in json.loads(shards[0].read_text())["findings"] if f["project_id"])

    def add(report):
        report["findings"] = sorted([*report["findings"], foreign], key=lambda f: (f["project_id"] or "", f["resource_name"]))
    other = edited(shards[1], tmp_path / "other.json", add)
    assert_refused(cmekscan("merge", shards[0], other, shards[2]), 2, "no shards of one scan", foreign["finding_id"])


def test_wrong_usage_is_refused(shards, tmp_path):
    whole = tmp_path / "whole.json"
    cmekscan("scan", "--assets", DEMO_ASSETS, "--report", f"json={whole}")
    assert_refused(cmekscan("merge"), 2, "reports of all shards")
    assert_refused(cmekscan("merge", whole), 2, "no part of a scan")
    assert_refused(cmekscan("merge", "-", "-", stdin=shards[0].read_bytes()), 2, "standard input")
    for text in ("0/3", "4/3", "1", "1/", "/3", "a/b", "-1/3", "1/0", "1/10001", "1/3/5", "01x/3"):
        assert_refused(cmekscan("scan", "--assets", DEMO_ASSETS, f"--shard={text}"), 2, "--shard is")
    assert_refused(cmekscan("scan", "--assets", DEMO_ASSETS, "--shard", "1/3", "--baseline", whole), 2, "cmekscan diff")
    assert_refused(cmekscan("scan", *ORGANIZATION, "--verify-policies", "--shard", "1/3"), 2, "--verify-policies")


@pytest.mark.parametrize("variables, args, shard", [
    ({"CLOUD_RUN_TASK_INDEX": 0, "CLOUD_RUN_TASK_COUNT": 3}, (), {"index": 1, "count": 3}),
    ({"CLOUD_RUN_TASK_INDEX": 2, "CLOUD_RUN_TASK_COUNT": 3}, (), {"index": 3, "count": 3}),
    ({"CLOUD_RUN_TASK_INDEX": 0, "CLOUD_RUN_TASK_COUNT": 1}, (), None),
    ({"CLOUD_RUN_TASK_INDEX": 1}, (), None),
    ({"JOB_COMPLETION_INDEX": 1, "CMEKSCAN_SHARDS": 4}, (), {"index": 2, "count": 4}),
    ({"JOB_COMPLETION_INDEX": 1}, (), None),
    ({"JOB_COMPLETION_INDEX": 1, "CMEKSCAN_SHARDS": 4}, ("--shard", "3/3"), {"index": 3, "count": 3}),
    ({"JOB_COMPLETION_INDEX": 1, "CMEKSCAN_SHARDS": 4, "CMEKSCAN_SHARD": "5/5"}, (), {"index": 5, "count": 5}),
])
def test_engines_of_jobs_say_which_shard(variables, args, shard):
    run = cmekscan("scan", "--assets", DEMO_ASSETS, "--report", "json", *args, env=environment(**variables))
    assert json.loads(run.stdout)["scan"]["shard"] == shard
    assert "is no option" not in run.stderr


def test_an_engine_that_contradicts_itself_is_refused():
    for index, count in ((3, 3), (-1, 3), ("x", 3), (0, 0), (0, "many")):
        variables = {"CLOUD_RUN_TASK_INDEX": index, "CLOUD_RUN_TASK_COUNT": count}
        assert_refused(cmekscan("scan", "--assets", DEMO_ASSETS, env=environment(**variables)), 2, "CLOUD_RUN_TASK_INDEX")
