# SPDX-License-Identifier: Apache-2.0
"""`--verify-policies`: this scan's reading of the policies against Google's, where they agree and where they do not."""
import json
import re
import signal
import subprocess
import threading
import time

import discovery
import pytest
from effective_policies import OPERATION, Front, NaiveOracle, error, policy
from organization import CONSTRAINTS, HOST, Organization
from scanning import DEMO_ASSETS, PROGRAM, Direct, assert_refused, assert_same_findings, cmekscan, gaps_of

SERVICE, KEYS = CONSTRAINTS
DEMO = "917392449274"
COUNTS = ("agree", "differ", "undecided", "not_answered")


def counts(report):
    verification = report["scan"]["policy_verification"]
    assert verification["classes"] == sum(verification[name] for name in COUNTS)
    assert report["scan"]["api_calls"][OPERATION] >= verification["classes"]
    return {name: verification[name] for name in COUNTS if verification[name]}


def gap_messages(report):
    return {gap["scope"]: (gap["error"], gap["message"]) for gap in report["coverage"] if gap["operation"] == OPERATION}


# Agreement


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with Direct(tmp_path_factory.mktemp("cloud"), faults="few-locations") as cloud:
        yield cloud


def test_the_demo_organization_is_read_as_the_naive_evaluator_reads_it(demo):
    with Front(demo, NaiveOracle(DEMO_ASSETS)) as front:
        verified = front.report("--organization", DEMO, "--verify-policies", "--fail-on", "none")
        text = front.run("scan", "--organization", DEMO, "--verify-policies", "--fail-on", "none").stdout
    plain = demo.report("--organization", DEMO)
    assert counts(verified) == {"agree": 11}
    assert "verified 11 policy classes against Google: all agree" in text
    assert plain["scan"]["policy_verification"] is None and OPERATION not in plain["scan"]["api_calls"]
    assert_same_findings(verified, plain)
    assert gaps_of(verified) == gaps_of(plain)


def test_without_the_option_the_text_says_nothing_of_it(demo):
    assert "policy class" not in demo.run("scan", "--organization", DEMO).stdout


@pytest.mark.parametrize("seed", [3, 7, 1848, 9001])
def test_made_up_organizations_with_conditions_and_tags(seed, tmp_path):
    organization = Organization(seed)
    oracle = NaiveOracle(organization.write(tmp_path / "assets.ndjson"))
    with Direct(tmp_path / "cloud", assets=tmp_path / "assets.ndjson", faults="few-locations") as cloud:
        with Front(cloud, oracle) as front:
            report = front.report("--organization", organization.name.split("/")[1], "--verify-policies", "--fail-on", "none")
    projects = [project["name"].split("/")[1] for project in organization.projects]
    classes = {oracle.policy_class(project, constraint) for project in projects for constraint in CONSTRAINTS}
    assert any(tag for _, _, tag in classes), "no class depends on a tag"
    assert counts(report) == {"agree": len(classes)}
    assert gap_messages(report) == {}
    asked = front.questions()
    assert len(asked) == len(classes) == report["scan"]["api_calls"][OPERATION]
    assert {oracle.policy_class(*each) for each in asked} == classes


def test_the_request_is_one_that_google_knows(demo):
    demo.report("--project", "nordwind-lake-prod", "--verify-policies", "--fail-on", "none")
    asked = [each for each in demo.requests() if each["operation"] == OPERATION]
    assert [discovery.check_exchange(each) for each in asked] == [[]] * len(asked)
    assert {each["path"].rsplit("/", 1)[1] for each in asked} == {f"{name}:getEffectivePolicy" for name in CONSTRAINTS}
    assert all("fields=name,spec" in each["query"] and each["status"] == 200 for each in asked)


# The documented vectors: a folder with a project in it for each


def allow(*entries):
    return {"values": {"allowedValues": list(entries)}}


def deny(*entries):
    return {"values": {"deniedValues": list(entries)}}


def inherit(*rules):
    return {"inheritFromParent": True, "rules": list(rules)}


def alone(*rules):
    return {"rules": list(rules)}


VECTORS = {
    # name: constraint, the parent's spec, the child's, and Google's answer
    "H1": (SERVICE, alone(allow("red", "green")), inherit(allow("blue")), [allow("red", "green", "blue")]),
    "H2": (SERVICE, alone(allow("red", "green")), inherit(deny("green")), [allow("red")]),
    "H3": (SERVICE, alone(allow("red", "green")), alone(allow("yellow")), [allow("yellow")]),
    "H4": (SERVICE, alone(allow("red", "green")), {"reset": True}, [{"allowAll": True}]),
    "H5": (KEYS, alone(deny("projects/123")), inherit(deny("projects/456")), [deny("projects/456", "projects/123")]),
    "H6": (KEYS, alone(deny("projects/123")), inherit(allow("projects/123")), [{"denyAll": True}]),
    "H8": (SERVICE, alone({"denyAll": True}), inherit(allow("account")), [{"denyAll": True}]),
    "V1": (SERVICE, alone(allow("E1", "E2")), alone(allow("E3", "E4")), [allow("is:E4", "is:E3")]),
    "V2": (SERVICE, alone(allow("E1", "E2")), inherit(allow("E3", "E4")), [allow("E1", "E2"), allow("E3", "E4")]),
    "V3": (SERVICE, alone(allow("E1", "E2")), inherit(deny("E1")), [allow("E2")]),
    "V4": (SERVICE, alone(allow("E1", "E2")), {"reset": True}, []),
    "V5": (SERVICE, None, None, [{"allowAll": True}]),
    "V6": (SERVICE, alone(allow("E1", "E2")), alone({"allowAll": True}), [{"allowAll": True}]),
    "V7": (SERVICE, alone(allow("E1", "E2")), alone({"denyAll": True}), [{"denyAll": True}]),
    "V10": (KEYS, alone(allow("under:organizations/1")), inherit(allow("under:projects/3"), deny("under:folders/2")),
            [{"values": {"allowedValues": ["under:organizations/1", "under:projects/3"], "deniedValues": ["under:folders/2"]}}]),
    "C1": (SERVICE, None, alone(deny("is:storage.googleapis.com")), [deny("storage.googleapis.com")]),
    "C2": (KEYS, None, alone(allow("projects/4")), [allow("under:projects/4")]),
    "C3": (KEYS, alone(allow("under:folders/2")), None, [allow("under:folders/2")]),
    "C4": (SERVICE, alone(deny("storage.googleapis.com", "pubsub.googleapis.com")), None,
           [deny("is:pubsub.googleapis.com", "is:storage.googleapis.com", "storage.googleapis.com")]),
}
NUMBERS = {name: str(9000 + index) for index, name in enumerate(VECTORS)}


def asset(asset_type, name, data, ancestors):
    return {"name": name, "asset_type": asset_type, "ancestors": ancestors, "update_time": "2026-10-01T06:00:00Z",
            "resource": {"version": "v1", "data": data}}


def node(kind, name, data, ancestors):
    return asset(f"cloudresourcemanager.googleapis.com/{kind}", HOST + name, data, ancestors)


def policy_asset(at, constraint, spec, ancestors):
    name = f"{at}/policies/{constraint}"
    return asset("orgpolicy.googleapis.com/Policy", f"//orgpolicy.googleapis.com/{name}", {"name": name, "spec": spec}, ancestors)


def vector_lines():
    above = ["organizations/1"]
    yield node("Organization", "organizations/1", {"name": "organizations/1", "displayName": "vectors.example"}, above)
    for name, (constraint, parent, child, _) in VECTORS.items():
        number = NUMBERS[name]
        folder = [f"folders/5{number}", *above]
        project = [f"projects/{number}", *folder]
        yield node("Folder", folder[0], {"name": folder[0], "parent": above[0], "displayName": name}, folder)
        yield node("Project", project[0], {"projectNumber": number, "projectId": f"vector-{name.lower()}",
                                           "parent": {"type": "folder", "id": f"5{number}"}}, project)
        for at, spec in ((folder, parent), (project, child)):
            if spec:
                yield policy_asset(at[0], constraint, spec, at)


@pytest.fixture(scope="module")
def vectors(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vectors")
    path = folder / "assets.ndjson"
    path.write_text("".join(json.dumps(line) + "\n" for line in vector_lines()), encoding="utf-8")
    with Direct(folder / "cloud", assets=path, faults="few-locations") as cloud:
        yield cloud


def as_documented(project, constraint):
    for name, (of, _, _, answer) in VECTORS.items():
        if NUMBERS[name] == project and of == constraint:
            return policy(project, constraint, *answer)
    return policy(project, constraint, {"allowAll": True})


def test_the_documented_examples_agree(vectors):
    with Front(vectors, as_documented) as front:
        report = front.report("--organization", "1", "--verify-policies", "--fail-on", "none", statuses=(0,))
    asked = set(front.questions())
    assert {(NUMBERS[name], row[0]) for name, row in VECTORS.items() if row[1] or row[2]} <= asked
    assert counts(report) == {"agree": len(asked)}
    assert report["scan"]["complete"] and report["coverage"] == []


# Differences


def altered(project, constraint):
    """Every answer with one entry more than it should have."""
    _, _, body = as_documented(project, constraint)
    rules = json.loads(body)["spec"]["rules"]
    if {"denyAll": True} in rules:
        return policy(project, constraint, deny("more"))
    return policy(project, constraint, *rules, deny("more", "red", "E2", "projects/4", "under:folders/2"))


def test_every_difference_is_a_gap(vectors):
    with Front(vectors, altered) as front:
        report = front.report("--organization", "1", "--verify-policies", "--fail-on", "none", statuses=(3,))
    gaps = [gap for gap in report["coverage"] if gap["operation"] == OPERATION]
    assert counts(report) == {"differ": len(gaps)} == {"differ": len(front.asked)}
    assert {gap["error"] for gap in gaps} == {"policy-mismatch"}
    assert not report["scan"]["complete"]


def lie(about, constraint, *rules):
    def answer(project, of):
        return policy(project, of, *rules) if (project, of) == (NUMBERS[about], constraint) else as_documented(project, of)
    return answer


@pytest.mark.parametrize("name, constraint, rules, words", [
    ("C4", SERVICE, [deny("storage.googleapis.com", "bigquery.googleapis.com")],
     ["gcp.restrictNonCmekServices at vector-c4:",
      "Google says that it denies bigquery.googleapis.com, storage.googleapis.com;",
      f"this scan, by what is set at folders/5{NUMBERS['C4']}, that it denies pubsub.googleapis.com, storage.googleapis.com;",
      "only Google: denied bigquery.googleapis.com; only this scan: denied pubsub.googleapis.com",
      "gcloud org-policies describe gcp.restrictNonCmekServices --effective --project=vector-c4"]),
    ("C2", KEYS, [{"allowAll": True}],
     ["gcp.restrictCmekCryptoKeyProjects at vector-c2:", "Google says that it allows everything;",
      f"by what is set at projects/{NUMBERS['C2']}, that it allows only projects/4; only this scan: allowed projects/4"]),
    ("V4", SERVICE, [allow("E1", "E2")],
     ["Google says that it allows only E1, E2;", "this scan, by the constraint's default, that it allows everything"]),
    ("H6", KEYS, [deny("projects/123")],
     ["Google says that it denies projects/123;",
      f"by what is set at projects/{NUMBERS['H6']}, folders/5{NUMBERS['H6']}, that it denies everything"]),
])
def test_a_difference_tells_both_readings(vectors, name, constraint, rules, words):
    with Front(vectors, lie(name, constraint, *rules)) as front:
        report = front.report("--organization", "1", "--verify-policies", "--fail-on", "none", statuses=(3,))
        text = front.run("scan", "--organization", "1", "--verify-policies", "--fail-on", "none")
        allowed = front.run("scan", "--organization", "1", "--verify-policies", "--fail-on", "none", "--allow-incomplete")
    found = gap_messages(report)
    assert list(found) == [f"projects/{NUMBERS[name]}"]
    told, message = found[f"projects/{NUMBERS[name]}"]
    assert told == "policy-mismatch" and message.startswith("Google and this scan differ on ")
    for each in words:
        assert each in message
    assert counts(report)["differ"] == 1
    assert (text.status, allowed.status) == (3, 0)
    assert re.search(r"verified \d+ policy classes against Google: 1 DIFFER, \d+\s+agree", text.stdout)
    assert "policy-mismatch" in text.stdout and "coverage gap" in text.last_line


def test_a_difference_changes_no_verdict(demo):
    def everything_is_denied(project, constraint):
        return policy(project, constraint, {"denyAll": True})
    with Front(demo, everything_is_denied) as front:
        report = front.report("--organization", DEMO, "--verify-policies", statuses=(1,))
    assert counts(report) == {"differ": 11}
    assert_same_findings(report, demo.report("--organization", DEMO))
    assert any(" like it: Google says that it denies everything" in message for _, message in gap_messages(report).values())


def test_a_tag_that_google_sees_otherwise_is_a_difference(demo):
    """Two projects below one conditional policy, one with the tag: the scan asks about both."""
    oracle = NaiveOracle(DEMO_ASSETS)

    def every_condition_holds(project, constraint):
        if constraint == SERVICE and any(above == "folders/655941517895" for above in oracle.chain(project)[0]):
            return policy(project, constraint, deny("storage.googleapis.com"))
        return oracle(project, constraint)
    with Front(demo, every_condition_holds) as front:
        report = front.report("--organization", DEMO, "--verify-policies", "--fail-on", "none")
    assert counts(report) == {"agree": 10, "differ": 1}
    (told, message), = gap_messages(report).values()
    assert told == "policy-mismatch" and "nordwind-lake-test" in message and "that it allows everything" in message


# No answer, or none that can be used


@pytest.mark.parametrize("answer, told, words", [
    (lambda *_: error(403, "PERMISSION_DENIED", "Permission 'orgpolicy.policy.get' denied."), "permission-denied",
     "could not read Google's effective policy of gcp.restrictNonCmekServices at vector-c1, so how this scan reads it is not "
     "verified: Permission 'orgpolicy.policy.get' denied; grant the scanner's account roles/orgpolicy.policyViewer there or above"),
    (lambda *_: error(404, "NOT_FOUND", "Requested entity was not found."), "not-found", "Requested entity was not found"),
    (lambda *_: error(500, "INTERNAL", "Internal error encountered."), "unavailable", "Internal error encountered"),
    (lambda *_: (200, {}, b"<html>"), "invalid-answer", "scan again"),
    (lambda *_: (200, {}, b"[]"), "invalid-answer", "expected an object"),
    (lambda *_: (200, {}, b"{}"), "invalid-answer", "the answer is no policy of that constraint"),
    (lambda project, _: policy(project, KEYS), "invalid-answer", "the answer is no policy of that constraint"),
    (lambda *_: (200, {}, json.dumps({"name": f"folders/1/policies/{SERVICE}", "spec": {}}).encode()), "invalid-answer",
     "the answer is no policy of that constraint"),
    (lambda project, constraint: policy(project, constraint, {"values": 5}), "invalid-answer", "its spec cannot be read"),
    (lambda project, constraint: policy(project, constraint, {**deny("storage.googleapis.com"), "condition": {
        "expression": "resource.hasTagKey('1/env')"}}), "invalid-answer", "the answer leaves a condition open"),
])
def test_what_cannot_be_verified_is_a_gap(vectors, answer, told, words):
    def of_one_project(project, constraint):
        return answer(project, constraint) if (project, constraint) == (NUMBERS["C1"], SERVICE) else as_documented(project, constraint)
    with Front(vectors, of_one_project) as front:
        report = front.report("--organization", "1", "--verify-policies", "--fail-on", "none", "--max-attempts", "1", statuses=(3,))
    found = gap_messages(report)
    assert list(found) == [f"projects/{NUMBERS['C1']}"]
    assert found[f"projects/{NUMBERS['C1']}"][0] == told
    assert words in found[f"projects/{NUMBERS['C1']}"][1]
    assert counts(report)["not_answered"] == 1


def test_a_call_that_fails_for_now_is_tried_again(vectors):
    failed = set()

    def at_first(project, constraint):
        if (project, constraint) in failed:
            return as_documented(project, constraint)
        failed.add((project, constraint))
        return 429, {"Retry-After": "0"}, b"{}"
    with Front(vectors, at_first) as front:
        report = front.report("--organization", "1", "--verify-policies", "--fail-on", "none", statuses=(0,))
    assert counts(report) == {"agree": len(failed)}


def test_what_this_scan_cannot_read_google_may_tell_but_no_verdict_rests_on_it(vectors):
    folder = f"/orgpolicy/v2/folders/5{NUMBERS['C4']}/policies?"

    def refuse(path):
        return error(403, "PERMISSION_DENIED", "Permission denied.") if path.startswith(folder) else None
    with Front(vectors, as_documented, elsewhere=refuse) as front:
        report = front.report("--organization", "1", "--verify-policies", "--fail-on", "none", statuses=(3,))
    gaps = [gap for gap in report["coverage"] if gap["operation"] == OPERATION]
    assert {(gap["scope"], gap["error"]) for gap in gaps} == {(f"projects/{NUMBERS['C4']}", "policy-undecided")}
    assert [gap["message"] for gap in gaps if SERVICE in gap["message"]] == [
        "this scan cannot decide gcp.restrictNonCmekServices at vector-c4 by itself: the policies could not be read; Google "
        "says that it denies pubsub.googleapis.com, storage.googleapis.com, which changes no verdict"]
    assert counts(report)["undecided"] == 2


def test_an_interrupt_while_google_is_asked_leaves_a_gap_for_each_class(vectors):
    asked = threading.Event()

    def late(project, constraint):
        asked.set()
        time.sleep(20)
        return as_documented(project, constraint)
    with Front(vectors, late) as front:
        command = [PROGRAM, "scan", "--organization", "1", "--verify-policies", "--fail-on", "none", "--report", "json"]
        with subprocess.Popen(command, env=front.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert asked.wait(30)
            process.send_signal(signal.SIGINT)
            stdout, stderr = process.communicate(timeout=15)
    report = json.loads(stdout)
    gaps = [gap for gap in report["coverage"] if gap["operation"] == OPERATION]
    assert process.returncode == 3, stderr
    assert {gap["error"] for gap in gaps} == {"interrupted"}
    assert counts(report) == {"not_answered": len(gaps)}


# Usage


def test_offline_there_is_nobody_to_ask():
    run = cmekscan("scan", "--assets", DEMO_ASSETS, "--verify-policies", "--fail-on", "none")
    assert_refused(run, 2, "--verify-policies asks Google", "live scope")


def test_a_collection_verifies_nothing(demo):
    assert demo.run("collect", "--organization", DEMO, "--verify-policies", "--fail-on", "none", "-o", "-").status == 2
