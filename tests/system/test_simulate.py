# SPDX-License-Identifier: Apache-2.0
"""`cmekscan simulate` against plain scans of asset files in which the policy was edited: the verdicts must be the same.

Other and more random files: CMEKSCAN_RANDOM_FILES and CMEKSCAN_RANDOM_SEED, as for test_differential.py.
"""
import copy
import datetime
import json
import os
import random
import re

import pytest
import yaml
from naive import evaluator
from naive.generate import Writer
from naive.policies import KEY_PROJECT, POLICY, SERVICE
from naive.random_policies import spec, v1_policy
from organization import Organization
from scanning import DEMO_ASSETS, Cloud, assert_refused, cmekscan, read_assets, report_of

RULES = ("cmek-required", "gcr-topic-creatable", "key-project-allowed")
FILES = int(os.environ.get("CMEKSCAN_RANDOM_FILES", "160"))
SEED = int(os.environ.get("CMEKSCAN_RANDOM_SEED", "1"))
BY_SIMULATION = ("enforcement", "finding_id", "baseline_state")
HOST = "//cloudresourcemanager.googleapis.com/"
PROJECT = "cloudresourcemanager.googleapis.com/Project"
NEWEST = "2030-01-01T00:00:00Z"
DENY_ALL_SERVICES = {"inheritFromParent": True, "rules": [{"values": {"deniedValues": [
    f"is:{name}.googleapis.com" for name in ("storage", "pubsub", "artifactregistry")]}}]}


# Editing asset files


def write(path, lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def names_of(lines, node):
    """`projects/NUMBER` and `projects/ID` where a Project asset maps them."""
    names = {node}
    for line in lines:
        data = (line.get("resource") or {}).get("data")
        if line["asset_type"] == PROJECT and isinstance(data, dict) and "projectId" in data:
            number = data.get("projectNumber") or data["name"].removeprefix("projects/")
            both = {f"projects/{number}", f"projects/{data['projectId']}"}
            names |= both if both & names else set()
    return names


def policy_lines(lines, node, constraint):
    wanted = {f"//orgpolicy.googleapis.com/{name}/policies/{constraint}" for name in names_of(lines, node)}
    return [line for line in lines if line["asset_type"] == POLICY and line["name"] in wanted]


def with_policy(lines, node, constraint, made):
    """The file as it were with that policy."""
    old = policy_lines(lines, node, constraint)
    name = f"{node}/policies/{constraint}"
    line = {"name": f"//orgpolicy.googleapis.com/{name}", "asset_type": POLICY, "update_time": NEWEST,
            "resource": {"version": "v1", "data": {"name": name, "spec": made}}}
    return [each for each in lines if not any(each is one for one in old)] + [line]


def v1_node(line):
    return (line.get("ancestors") or [line["name"].removeprefix(HOST)])[0]


def with_v1_policy(lines, node, constraint, made):
    names, edited = names_of(lines, node), []
    for line in lines:
        if "org_policy" in line and v1_node(line) in names:
            line = {**line, "org_policy": [one for one in line["org_policy"] if constraint not in one.get("constraint", "")]}
        edited.append(line)
    kind = {"o": "Organization", "f": "Folder", "p": "Project"}[node[0]]
    # Without ancestors, from which the scan would learn where the node lies.
    return [*edited, {"name": HOST + node, "asset_type": f"cloudresourcemanager.googleapis.com/{kind}",
                      "org_policy": [{"constraint": f"constraints/{constraint}", **made}], "update_time": NEWEST}]


def promoted(lines):
    edited = copy.deepcopy(lines)
    for line in edited:
        data = (line.get("resource") or {}).get("data")
        if line["asset_type"] == POLICY and isinstance(data, dict) and "dryRunSpec" in data:
            data["spec"] = data.pop("dryRunSpec")
    return edited


SERVICES = {f"{name}.googleapis.com" for name in ("storage", "pubsub", "artifactregistry", "bigquery")}


def as_google_takes(constraint, made):
    """A spec or v1 policy less what a file may not hold: the wrong kind of list, services that do not exist."""
    if isinstance(made, list):
        return [as_google_takes(constraint, each) for each in made]
    if not isinstance(made, dict):
        return made
    refused, denied = "allowed" if constraint == SERVICE else "denied", constraint == SERVICE and "denied"
    kept = {}
    for name, value in made.items():
        kind = name.partition("V" if "V" in name else "_v")[0]
        if name in (f"{refused}Values", f"{refused}_values"):
            continue
        kept[name] = ([each for each in value if each.removeprefix("is:") in SERVICES or each.startswith("in:")]
                      if kind == denied and isinstance(value, list) else as_google_takes(constraint, value))
    return kept


# Comparing


def simulate(*args, statuses=(0, 1, 3), **options):
    return report_of(*args, command="simulate", statuses=statuses, **options)


def enforced(report):
    return [finding for finding in report["findings"] if finding["enforcement"] == "enforced" and finding["rule_id"] in RULES]


def about(finding):
    return finding["rule_id"], finding["resource_name"]


def plain(finding):
    """What both kinds of reports say alike; of an unreadable dry run a simulation says that it is one."""
    message = finding["message"].replace("its dryRunSpec cannot be read", "its spec cannot be read")
    return {name: value for name, value in {**finding, "message": message}.items() if name not in BY_SIMULATION}


def expected_state(before, after):
    """Of statuses, None where no rule governs; None: nothing is reported."""
    bad = ("fail", "unknown")
    if after in bad:
        return "unchanged" if before == after else "new"
    if before in bad:
        return "resolved"
    return "unchanged" if after else None


def assert_simulated(report, today, edited):
    """`report` has the findings of the edited file, and says how they compare with today's."""
    before, after = ({about(finding): finding for finding in enforced(one)} for one in (today, edited))
    found = {about(finding): finding for finding in report["findings"]}
    assert len(found) == len(report["findings"])
    assert {finding["enforcement"] for finding in report["findings"]} <= {"simulated"}
    for each in before.keys() | after.keys() | found.keys():
        statuses = [one[each]["status"] if each in one else None for one in (before, after)]
        state = expected_state(*statuses)
        assert (found[each]["baseline_state"] if each in found else None) == state, (each, statuses)
        if each in after:
            assert plain(found[each]) == plain(after[each])
        elif state:
            assert found[each]["status"] == "pass" and "would comply" in found[each]["message"]
            assert found[each]["policy_set_at"] is None and found[each]["remediation"] is None
    in_both = [about(finding) for finding in report["findings"] if about(finding) in after]
    assert in_both == [about(finding) for finding in enforced(edited)]
    assert_counts(report, before)
    return {finding["baseline_state"] for finding in report["findings"]}


def assert_counts(report, before):
    """The summary counts what the findings say."""
    changes = {name: 0 for name in ("newly_failing", "newly_unknown", "no_longer_failing", "no_longer_unknown")}
    resources = {name: set() for name in ("newly_failing", "no_longer_failing")}
    by_project = {}
    for finding in report["findings"]:
        name = finding["project_id"] or finding["project_number"] or "(none)"
        project = by_project.setdefault(name, dict.fromkeys(changes, 0))
        change = None
        if finding["baseline_state"] == "new":
            change = {"fail": "newly_failing", "unknown": "newly_unknown"}[finding["status"]]
        elif finding["baseline_state"] == "resolved":
            change = {"fail": "no_longer_failing", "unknown": "no_longer_unknown"}[before[about(finding)]["status"]]
        if change:
            changes[change] += 1
            project[change] += 1
            resources.get(change, set()).add(finding["resource_name"])
    counted = report["summary"]["changes"]
    assert {name: counted[name] for name in changes} == changes
    assert counted["by_project"] == by_project
    for change, names in resources.items():
        assert counted[f"resources_{change}"] == len(names)


def policy_file(folder, node, constraint, made, as_yaml=False):
    data = {"name": f"{node}/policies/{constraint}", "spec": made}
    path = folder / ("policy.yaml" if as_yaml else "policy.json")
    path.write_text(yaml.safe_dump(data, allow_unicode=True) if as_yaml else json.dumps(data), encoding="utf-8")
    return path


# The strong property


@pytest.mark.parametrize("seed", range(6))
def test_a_policy_on_the_demo_organization_is_as_if_it_were_set(seed, tmp_path):
    source, lines = random.Random(seed), read_assets(DEMO_ASSETS)
    today = report_of("--assets", DEMO_ASSETS)
    nodes = sorted({node for line in lines for node in line.get("ancestors", [])})
    states = set()
    for turn in range(8):
        node, constraint = source.choice(nodes[:12] if turn % 2 else nodes), source.choice([SERVICE, KEY_PROJECT])
        made = as_google_takes(constraint, source.choice([
            DENY_ALL_SERVICES, {"reset": True}, {"rules": [{"allowAll": True}]}, {"rules": [{"denyAll": True}]},
            {"inheritFromParent": True, "rules": [{"values": {"allowedValues": ["projects/nordwind-kms-eu"]}}]},
            {"inheritFromParent": True, "rules": [{"condition": {"expression": "gibberish"}, "denyAll": True}]}]))
        edited = report_of("--assets", write(tmp_path / "edited.ndjson", with_policy(lines, node, constraint, made)))
        path = policy_file(tmp_path, node, constraint, made, as_yaml=turn % 3 == 0)
        states |= assert_simulated(simulate("--policy", path, "--assets", DEMO_ASSETS), today, edited)
    assert "unchanged" in states and states & {"new", "resolved"}


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_policies_on_a_made_up_organization_are_as_if_they_were_set(seed, tmp_path):
    organization = Organization(seed, projects=60)
    path = organization.write(tmp_path / "assets.ndjson")
    today, edited, policies, places = report_of("--assets", path), organization.lines, [], set()
    for _ in range(5):
        project = organization.random.choice(organization.projects)
        node = organization.random.choice([organization.name, organization.random.choice(organization.folders),
                                           project["name"], f"projects/{project['id']}"])
        constraint = organization.random.choice([SERVICE, KEY_PROJECT])
        if (node, constraint) in places:
            continue
        places |= {(name, constraint) for name in names_of(edited, node)}
        made = as_google_takes(constraint, organization.spec(constraint))
        policies.append({"name": f"{node}/policies/{constraint}", "spec": made})
        edited = with_policy(edited, node, constraint, made)
    (tmp_path / "policies.yaml").write_text(yaml.safe_dump(policies))
    report = simulate("--policy", tmp_path / "policies.yaml", "--assets", path)
    assert_simulated(report, today, report_of("--assets", write(tmp_path / "edited.ndjson", edited)))
    assert len(report["scan"]["simulated_policies"]) == len(policies) > 2


def naive_file(seed):
    """A random file with everything the contract speaks of, a node and a policy for it in v2 or v1 shape."""
    source = random.Random(seed)
    writer = Writer(source, 5)
    lines = [{name: value for name, value in line.items() if name != "node"} for line in writer.lines]
    source.shuffle(lines)
    organization = source.choice(writer.organizations)
    node, constraint = source.choice(organization.nodes()), source.choice([SERVICE, KEY_PROJECT])
    is_v1 = writer.options.policies == "v1"
    writer.options.unreadable = 0  # a policy file is to be readable
    made = v1_policy(writer, organization, constraint) if is_v1 else spec(writer, organization, constraint)
    made = as_google_takes(constraint, json.loads(json.dumps(made).replace("\\r", " ")))
    return writer.options.policies, lines, node, constraint, made


@pytest.mark.parametrize("batch", range(4))
def test_policies_on_random_files_are_as_if_they_were_set(batch, tmp_path):
    states, files, compared = set(), range(SEED + batch, SEED + FILES, 4), 0
    for seed in files:
        kind, lines, node, constraint, made = naive_file(seed)
        if kind == "none" or made == {}:
            continue
        assets = write(tmp_path / "assets.ndjson", lines)
        if kind == "v1":
            edited = with_v1_policy(lines, node, constraint, made)
            data = {"constraint": constraint, **made}
        else:
            edited = with_policy(lines, node, constraint, made)
            data = {"name": f"organizations/1/policies/{constraint}", "spec": made}
        (tmp_path / "policy.json").write_text(json.dumps(data))
        args = ["--policy", tmp_path / "policy.json", "--at", node, "--assets", assets]
        run = cmekscan("simulate", *args, "--status", "all", "--report", "json")
        if run.status == 2:
            assert_refused(run, 2, f"nothing that was read speaks of {node}")
            # Nothing that a policy there could change.
            assert not any(line["asset_type"] in evaluator.RESOURCES and node in line.get("ancestors", []) for line in lines)
            continue
        edited = report_of("--assets", write(tmp_path / "edited.ndjson", edited))
        states |= assert_simulated(json.loads(run.stdout), report_of("--assets", assets), edited)
        compared += 1
    assert compared > len(files) / 2 and states == {"new", "unchanged", "resolved"}


@pytest.mark.parametrize("seed", range(5))
def test_promoting_dry_runs_is_as_if_they_were_the_spec(seed, tmp_path):
    organization = Organization(seed, projects=80)
    path = organization.write(tmp_path / "assets.ndjson")
    edited = promoted(organization.lines)
    assert edited != organization.lines
    report = simulate("--promote-dry-run", "--assets", path)
    assert_simulated(report, report_of("--assets", path), report_of("--assets", write(tmp_path / "edited.ndjson", edited)))
    assert {each["origin"] for each in report["scan"]["simulated_policies"]} == {"dryRunSpec"}


def test_promoting_dry_runs_of_random_files_and_of_the_demo_is_as_if_they_were_the_spec(tmp_path):
    files = [read_assets(DEMO_ASSETS), *(naive_file(seed)[1] for seed in range(SEED, SEED + FILES, 4))]
    states = set()
    for lines in files:
        assets = write(tmp_path / "assets.ndjson", lines)
        edited = write(tmp_path / "edited.ndjson", promoted(lines))
        states |= assert_simulated(simulate("--promote-dry-run", "--assets", assets), report_of("--assets", assets),
                                   report_of("--assets", edited))
    assert states == {"new", "unchanged", "resolved"}


def test_a_dry_run_is_promoted_only_where_it_was_asked_for(tmp_path):
    organization = Organization(2, projects=80)
    path = organization.write(tmp_path / "assets.ndjson")
    dry = [line for line in organization.lines if line["asset_type"] == POLICY and "dryRunSpec" in line["resource"]["data"]]
    nodes = sorted({line["ancestors"][0] for line in dry})
    assert len(nodes) >= 3
    for node in nodes:
        edited = [promoted([line])[0] if line in dry and line["ancestors"][0] == node else line for line in organization.lines]
        report = simulate("--promote-dry-run", "--at", node, "--assets", path)
        assert_simulated(report, report_of("--assets", path), report_of("--assets", write(tmp_path / "edited.ndjson", edited)))
        assert {each["node"] for each in report["scan"]["simulated_policies"]} == {node}
    other = next(project["name"] for project in organization.projects if project["name"] not in nodes)
    refused = cmekscan("simulate", "--promote-dry-run", "--at", other, "--assets", path)
    assert_refused(refused, 2, f"no dryRunSpec is set at {other}")


def test_a_live_simulation_is_the_offline_one(tmp_path):
    path = policy_file(tmp_path, "organizations/917392449274", SERVICE, DENY_ALL_SERVICES)
    with Cloud(tmp_path / "cloud") as cloud:
        run = cloud.run("simulate", "--policy", path, "--organization", "917392449274", "--status", "all", "--report", "json")
    assert run.status == 1, run.stderr
    live, offline = json.loads(run.stdout), simulate("--policy", path, "--assets", DEMO_ASSETS)
    assert len(live["findings"]) > 30
    # The proposed key may be one that only the file shows in use.
    assert [{**finding, "remediation_command": None} for finding in live["findings"]] == \
        [{**finding, "remediation_command": None} for finding in offline["findings"]]
    assert live["summary"]["changes"] == offline["summary"]["changes"]


def test_without_any_policy_in_the_input_only_what_the_simulated_one_decides_is_certain(tmp_path):
    lines = [line for line in read_assets(DEMO_ASSETS) if line["asset_type"] != POLICY]
    assets = write(tmp_path / "assets.ndjson", lines)
    root = policy_file(tmp_path, "organizations/917392449274", SERVICE, {"rules": [{"values": {"deniedValues": ["storage.googleapis.com"]}}]})
    report = simulate("--policy", root, "--assets", assets)
    buckets = [each for each in report["findings"] if each["rule_id"] == "cmek-required" and each["service"] == "storage.googleapis.com"]
    failing = [each for each in buckets if each["status"] == "fail"]
    # What folders and projects set is not known: it may allow again.
    assert not failing and any(each["status"] == "unknown" for each in buckets)
    project = next(each["project_id"] for each in buckets if each["status"] == "unknown")
    report = simulate("--policy", root, "--at", f"projects/{project}", "--assets", assets)
    assert any(each["status"] == "fail" and each["baseline_state"] == "new" for each in report["findings"]
               if each["project_id"] == project)


# What is listed, and how it ends


@pytest.fixture
def strict(tmp_path):
    return policy_file(tmp_path, "organizations/917392449274", SERVICE, DENY_ALL_SERVICES, as_yaml=True)


@pytest.fixture
def lifting(tmp_path):
    return policy_file(tmp_path, "folders/809143150375", SERVICE, {"reset": True})


def complete_assets(tmp_path):
    """The demo organization without what could not be read or decided."""
    unknown = {each["resource_name"] for each in report_of("--assets", DEMO_ASSETS)["findings"] if each["status"] == "unknown"}
    return write(tmp_path / "complete.ndjson", [
        line for line in read_assets(DEMO_ASSETS)
        if line["name"] not in unknown and not line["asset_type"].startswith("cmekscan")])


def test_only_changes_are_listed_when_asked_for(strict, lifting):
    for path in (strict, lifting):
        everything = simulate("--policy", path, "--assets", DEMO_ASSETS)
        changes = simulate("--policy", path, "--assets", DEMO_ASSETS, "--only-changes")
        assert changes["findings"] == [each for each in everything["findings"] if each["baseline_state"] != "unchanged"] != []
        assert changes["summary"] == everything["summary"]


@pytest.mark.parametrize(("statuses", "listed"), [
    (None, {("unchanged", "fail"), ("unchanged", "unknown"), ("resolved", "pass")}),
    ("fail", {("unchanged", "fail"), ("resolved", "pass")}),
    ("unknown", {("unchanged", "unknown")}),
    ("pass", {("unchanged", "pass"), ("resolved", "pass")})])
def test_what_is_resolved_is_listed_with_what_it_is_today(lifting, statuses, listed):
    chosen = ["--status", statuses] if statuses else []
    run = cmekscan("simulate", "--policy", lifting, "--assets", DEMO_ASSETS, *chosen, "--report", "json")
    assert {(each["baseline_state"], each["status"]) for each in json.loads(run.stdout)["findings"]} == listed


def test_the_exit_status_is_of_what_would_newly_fail(strict, lifting, tmp_path):
    assets = complete_assets(tmp_path)
    assert report_of("--assets", assets)["scan"]["complete"] and cmekscan("scan", "--assets", assets).status == 1
    run = cmekscan("simulate", "--policy", strict, "--assets", assets)
    assert run.status == 1 and re.search(r"\d+ new failures at or above severity low \(exit status 1\)$", run.last_line)
    assert cmekscan("simulate", "--policy", strict, "--assets", assets, "--fail-on", "critical").status == 0
    # What fails today and still would is no news.
    run = cmekscan("simulate", "--policy", lifting, "--assets", assets)
    assert run.status == 0 and "no new failure; everything was read" in run.last_line
    assert "  FAIL  " in run.stdout
    assert cmekscan("simulate", "--policy", lifting, "--assets", DEMO_ASSETS).status == 3
    assert cmekscan("simulate", "--policy", lifting, "--assets", DEMO_ASSETS, "--allow-incomplete").status == 0
    doubtful = policy_file(tmp_path, "organizations/917392449274", SERVICE,
                           {"inheritFromParent": True, "rules": [{"denyAll": True, "condition": {"expression": "gibberish"}}]})
    run = cmekscan("simulate", "--policy", doubtful, "--assets", assets)
    assert run.status == 3 and "more verdicts would be unknown" in run.stdout


def test_what_is_accepted_is_not_new(strict, tmp_path):
    assets, waivers = complete_assets(tmp_path), tmp_path / "waivers.yaml"
    everything = simulate("--policy", strict, "--assets", assets)
    new = [each for each in everything["findings"] if each["baseline_state"] == "new"]
    resources = sorted({each["resource_name"] for each in new})
    waivers.write_text(json.dumps({"version": "1", "waivers": [
        {"id": "w", "rules": ["*"], "resources": resources, "reason": "x", "owner": "o", "expires": "2999-01-01"}]}))
    args = ["--policy", strict, "--assets", assets, "--waivers", waivers, "--waiver-max-days", "3650"]
    assert cmekscan("simulate", *args).status == 1  # it lasts too long, and waives nothing
    waivers.write_text(waivers.read_text().replace("2999-01-01", (datetime.date.today() + datetime.timedelta(days=90)).isoformat()))
    report = simulate(*args)
    assert cmekscan("simulate", *args).status == 0
    assert report["summary"]["changes"]["newly_failing"] == 0
    waived = {about(each): each["baseline_state"] for each in report["findings"] if each["status"] == "waived"}
    assert waived.keys() >= {about(each) for each in new} and set(waived.values()) <= {"unchanged", "resolved"}


def test_the_text_report_says_what_would_change(strict, lifting, tmp_path):
    run = cmekscan("simulate", "--policy", strict, "--assets", DEMO_ASSETS, "--only-changes")
    changes = simulate("--policy", strict, "--assets", DEMO_ASSETS)["summary"]["changes"]
    projects = [each for each in changes["by_project"].values() if each["newly_failing"]]
    assert (f"This policy would newly break {changes['resources_newly_failing']} resources in {len(projects)} projects"
            in run.stdout)
    assert "cmek-required  (simulated, new)" in run.stdout and "(simulated, unchanged)" not in run.stdout
    assert re.search(r"Simulated  constraints/gcp.restrictNonCmekServices at\s+organizations/917392449274, from\s+\S+policy.yaml:1", run.stdout)
    run = cmekscan("simulate", "--policy", lifting, "--assets", DEMO_ASSETS, "--only-changes")
    assert "This policy would newly break nothing, and mend 8." in run.stdout
    assert "PASS  high  cmek-required  (simulated, resolved)" in run.stdout


def test_rules_that_no_policy_touches_take_no_part(strict):
    report = simulate("--policy", strict, "--assets", DEMO_ASSETS)
    assert tuple(report["summary"]["by_rule"]) == RULES == tuple(rule["id"] for rule in report["rules"])
    assert {each["rule_id"] for each in report["findings"]} == set(RULES)


def test_sarif_says_what_is_new_and_does_not_close_the_alerts_of_scans(strict, lifting):
    run = cmekscan("simulate", "--policy", strict, "--assets", DEMO_ASSETS, "--report", "sarif")
    sarif = json.loads(run.stdout)["runs"][0]
    failing = [each for each in simulate("--policy", strict, "--assets", DEMO_ASSETS)["findings"] if each["status"] == "fail"]
    assert sorted(each["baselineState"] for each in sarif["results"]) == sorted(each["baseline_state"] for each in failing)
    assert {each["baselineState"] for each in sarif["results"]} == {"new", "unchanged"}
    scan = json.loads(cmekscan("scan", "--assets", DEMO_ASSETS, "--report", "sarif").stdout)["runs"][0]
    assert sarif["automationDetails"] != scan["automationDetails"]
    assert not any("baselineState" in each for each in scan["results"])
    resolved = json.loads(cmekscan("simulate", "--policy", lifting, "--assets", DEMO_ASSETS, "--report", "sarif").stdout)
    assert {each["baselineState"] for each in resolved["runs"][0]["results"]} == {"unchanged"}


def test_a_finding_of_a_simulation_cannot_be_explained_but_its_rule_can(strict, tmp_path):
    report = tmp_path / "report.json"
    cmekscan("simulate", "--policy", strict, "--assets", DEMO_ASSETS, "--report", f"json={report}")
    finding = json.loads(report.read_text())["findings"][0]
    run = cmekscan("explain", finding["finding_id"], "--from", report)
    assert_refused(run, 4, f"is of a simulation: .*only the rule can be explained: cmekscan explain {finding['rule_id']}")


# Where policies are set


def test_at_sets_the_node_whatever_the_name_says(tmp_path):
    data = {"name": "organizations/1/policies/gcp.restrictNonCmekServices", "spec": DENY_ALL_SERVICES}
    (tmp_path / "policy.json").write_text(json.dumps(data))
    args = ["--policy", tmp_path / "policy.json", "--assets", DEMO_ASSETS]
    assert_refused(cmekscan("simulate", *args), 2, r"policy.json:1: nothing that was read speaks of organizations/1")
    report = simulate(*args, "--at", "folders/809143150375", "--at", "projects/nordwind-dev-app")
    project = next(finding for finding in report["findings"] if finding["project_id"] == "nordwind-dev-app")
    assert [each["node"] for each in report["scan"]["simulated_policies"]] == ["folders/809143150375", f"projects/{project['project_number']}"]


def test_a_project_is_one_node_by_id_and_by_number(tmp_path):
    reports = []
    for node in ("projects/nordwind-dev-app", "projects/300732710551"):
        path = policy_file(tmp_path, node, SERVICE, DENY_ALL_SERVICES)
        reports.append(simulate("--policy", path, "--assets", DEMO_ASSETS, "--only-changes")["findings"])
    assert reports[0] == reports[1] != []


V1 = {"constraint": "constraints/gcp.restrictNonCmekServices", "listPolicy": {"deniedValues": ["storage.googleapis.com"], "inheritFromParent": True}}


def test_the_older_shape_is_the_same_policy(tmp_path):
    (tmp_path / "v1.yaml").write_text(yaml.safe_dump(V1))
    v2 = policy_file(tmp_path, "organizations/917392449274", SERVICE,
                     {"inheritFromParent": True, "rules": [{"values": {"deniedValues": ["storage.googleapis.com"]}}]})
    of_v1 = simulate("--policy", tmp_path / "v1.yaml", "--at", "organizations/917392449274", "--assets", DEMO_ASSETS)
    assert of_v1["findings"] == simulate("--policy", v2, "--assets", DEMO_ASSETS)["findings"]
    run = cmekscan("simulate", "--policy", tmp_path / "v1.yaml", "--assets", DEMO_ASSETS)
    assert_refused(run, 2, r"v1.yaml:1: the policy does not say where it is set; give --at NODE")


NAME = "name: folders/809143150375/policies/gcp.restrictNonCmekServices\n"


@pytest.mark.parametrize(("label", "content", "pattern"), [
    ("nothing in it", "", r"policy.yaml: nothing in it"),
    ("no policy", "a: 1\n", r"policy.yaml:1:1: no policy: it has neither a name"),
    ("another constraint", NAME.replace("gcp.restrictNonCmekServices", "gcp.resourceLocations") + "spec: {}\n",
     r"policy.yaml:1:1: .*gcp.resourceLocations' is of another constraint"),
    ("a dry run alone", NAME + "dryRunSpec: {rules: [{denyAll: true}]}\n", r"policy.yaml:1:1: .*only a dryRunSpec enforces nothing"),
    ("a mistyped key", NAME + "spec:\n  rules:\n  - values:\n      deniedValue: [x]\n",
     r"policy.yaml:5:7: there is no 'deniedValue' here \(did you mean deniedValues\?\)"),
    ("a wrong type", NAME + "spec: {rules: [{denyAll: 'yes'}]}\n", r"policy.yaml:2:1: its spec cannot be read: .*denyAll"),
    ("a misspelt service", NAME + "spec: {rules: [{values: {deniedValues: [storag.googleapis.com]}}]}\n",
     r"policy.yaml:2:41: there is no service 'storag.googleapis.com' \(did you mean storage.googleapis.com\?\)"),
    ("services to allow", NAME + "spec: {rules: [{values: {allowedValues: [storage.googleapis.com]}}]}\n",
     r"policy.yaml:2:26: gcp.restrictNonCmekServices takes no allowedValues, so Google would refuse this; use deniedValues"),
    ("two documents", NAME + "spec: {}\n---\n" + NAME, r"policy.yaml:3:1: a second document"),
    ("an unknown node", NAME.replace("folders/809143150375", "folders/809143150357") + "spec: {}\n",
     r"speaks of folders/809143150357 \(did you mean folders/809143150375\?\)"),
    ("the same place twice", f"- {NAME}  spec: {{}}\n- {NAME}  spec: {{}}\n", r"policy.yaml:3: a second policy of .* after that of .*policy.yaml:1"),
], ids=lambda value: value if isinstance(value, str) and len(value) < 25 else "")
def test_wrong_policies_are_refused_with_their_place(label, content, pattern, tmp_path):
    (tmp_path / "policy.yaml").write_text(content)
    run = cmekscan("simulate", "--policy", "policy.yaml", "--assets", DEMO_ASSETS, cwd=tmp_path)
    assert_refused(run, 2, pattern)


def test_a_service_that_the_catalogue_gets_is_no_mistake(tmp_path):
    path = policy_file(tmp_path, "folders/809143150375", SERVICE, {"rules": [{"values": {"deniedValues": ["apples.googleapis.com"]}}]})
    args = ("simulate", "--policy", path, "--assets", DEMO_ASSETS)
    assert_refused(cmekscan(*args), 2, r"there is no service 'apples.googleapis.com'; `cmekscan services` lists them, --catalogue adds")
    (tmp_path / "apples.yaml").write_text(yaml.safe_dump([{"service": "apples.googleapis.com", "name": "Apples", "resources": [
        {"asset_type": "apples.googleapis.com/Apple", "noun": "apple", "keys": "key", "without_key": "fail", "verified": True}]}]))
    assert cmekscan(*args, "--catalogue", tmp_path / "apples.yaml").status != 2


@pytest.mark.parametrize(("args", "pattern"), [
    (["--assets", DEMO_ASSETS], r"nothing to simulate: give --policy FILE, or --promote-dry-run"),
    (["--assets", DEMO_ASSETS, "--policy", "missing.yaml"], r"missing.yaml"),
    (["--assets", DEMO_ASSETS, "--promote-dry-run", "--at", "folder/1"], r"--at is 'folder/1', expected organizations/ID"),
    (["--promote-dry-run"], r"nothing to scan"),
])
def test_wrong_usage_is_refused(args, pattern):
    assert_refused(cmekscan("simulate", *args), 2, pattern)


def test_at_with_both_kinds_of_policies_is_refused(strict):
    run = cmekscan("simulate", "--assets", DEMO_ASSETS, "--policy", strict, "--promote-dry-run", "--at", "folders/1")
    assert_refused(run, 2, r"--at could mean")


def test_what_has_no_effect_is_told(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text(NAME + "spec: {reset: true}\ndryRunSpec: {reset: true}\n")
    run = cmekscan("simulate", "--policy", path, "--assets", DEMO_ASSETS)
    assert "policy.yaml:1: the dryRunSpec beside the spec takes no part" in run.stderr
    lines = [line for line in read_assets(DEMO_ASSETS) if line["asset_type"] != POLICY or "dryRunSpec" not in line["resource"]["data"]]
    run = cmekscan("simulate", "--promote-dry-run", "--assets", write(tmp_path / "assets.ndjson", lines))
    assert run.status == 3 and "the input holds no dryRunSpec, so nothing is promoted" in run.stderr
