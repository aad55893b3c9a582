# SPDX-License-Identifier: Apache-2.0
"""What goes wrong on the way: faults that pass cost nothing but time, faults that stay are said, and never pass."""
import concurrent.futures
import json
import re
import signal
import subprocess
import time

import pytest
from scanning import (DEMO_ASSETS, PROGRAM, TOKEN, Direct, Server, assert_refused, assert_same_findings, cmekscan,
                      findings_by_id, gaps_of, override, read_assets, report_of)

CRM = "cloudresourcemanager.googleapis.com/"
ASSETS = read_assets(DEMO_ASSETS)
ORGANIZATION = next(each["ancestors"][0] for each in ASSETS if each["asset_type"] == CRM + "Organization")
FOLDERS = {each["resource"]["data"]["displayName"]: each["ancestors"][0] for each in ASSETS
           if each["asset_type"] == CRM + "Folder"}
PROJECTS = {name: each["ancestors"] for each in ASSETS if each["asset_type"] == CRM + "Project"
            for name in (each["resource"]["data"]["projectId"], each["resource"]["data"]["projectNumber"])}
POLICY_RULES = ["policy-gap", "policy-dry-run-only"]
SCOPE = ("--organization", ORGANIZATION)
HASTY = ("--max-attempts", "1", "--request-deadline", "5")
ONCE = ("--max-attempts", "1", "--request-deadline", "60")  # for answers that come at once, even on a busy machine
LISTINGS = {"storage.googleapis.com/Bucket": {"storage.buckets.list"},
            "pubsub.googleapis.com/Topic": {"pubsub.topics.list"},
            "artifactregistry.googleapis.com/Repository": {"artifactregistry.locations.list",
                                                           "artifactregistry.repositories.list"}}
HIERARCHY = {"cloudresourcemanager.folders.list", "cloudresourcemanager.projects.list", "scan"}
RATE_LIMIT = json.dumps({"error": {"code": 429, "message": "Quota exceeded.", "status": "RESOURCE_EXHAUSTED"}}).encode()


@pytest.fixture(scope="module")
def offline():
    return report_of("--assets", DEMO_ASSETS)


@pytest.fixture(scope="module")
def healthy(tmp_path_factory):
    """A cloud without faults, whose single APIs tests replace."""
    with Direct(tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


def scan(cloud, *args, env=None):
    """A scan that nothing but being incomplete can fail: (exit status, report)."""
    run = cloud.run("scan", *SCOPE, "--fail-on", "none", "--status", "all", "--report", "json", *args, env=env)
    assert run.status in (0, 3), run.stderr
    assert TOKEN not in run.stdout + run.stderr
    return run.status, json.loads(run.stdout)


def nodes_of(scope):
    """The node that a gap is about, and what that lies in."""
    project = re.match(r"projects/([^/]+)", scope)
    return PROJECTS.get(project.group(1), []) if project else [scope]


def explains(gap, finding):
    """Whether a finding may be missing because of that gap. An unreadable policy alone is no dry run, and restricts no
    keys; a finding on a node's policy tells of the projects below it."""
    if finding["rule_id"] in POLICY_RULES:
        return gap["scope"] in finding["ancestors"] or finding["ancestors"][0] in nodes_of(gap["scope"])
    if gap["operation"] == "orgpolicy.policies.list":
        return finding["enforcement"] == "dry-run" and gap["scope"] in finding["ancestors"]
    if gap["operation"] in HIERARCHY:
        return gap["scope"] in finding["ancestors"] or gap["scope"] == f"projects/{finding['project_id']}"
    operations = LISTINGS.get(finding["resource_type"], {"serviceusage.services.batchGet", "pubsub.topics.list"})
    project = rf"projects/({re.escape(finding['project_id'])}|{finding['project_number']})(/.*)?"
    return gap["operation"] in operations and re.fullmatch(project, gap["scope"])


def assert_honest(status, report, truth, operations):
    """Exit 3; what is called certain is true; what failed is not lost; and there are gaps of these operations alone."""
    assert status == 3 and report["scan"]["complete"] is False
    expected, found = findings_by_id(truth), findings_by_id(report)
    for each, finding in found.items():
        if finding["status"] != "unknown":
            assert each in expected and expected[each]["status"] == finding["status"], finding["message"]
        else:
            assert finding["reason"], finding["message"]
    for each, finding in expected.items():
        if finding["status"] == "fail" and each not in found:
            assert any(explains(gap, finding) for gap in report["coverage"]), finding["message"]
    new = {gap["operation"] for gap in report["coverage"] if gap not in truth["coverage"]
           and (gap["scope"], gap["operation"], gap["error"]) not in gaps_of(truth)}
    assert new == set(operations)


# Faults that pass


@pytest.mark.parametrize("faults", [
    "latency=40ms", "429-every=40,few-locations", "503-every=9,few-locations", "reset-every=9,few-locations",
    "truncate-every=9,few-locations", "401-every=150,few-locations", "slow-body=5ms,slow-every=3", "page-size=1",
    "token-ttl=1", "latency=5ms,429-every=61,503-every=13,reset-every=17,truncate-every=19,few-locations"])
def test_passing_faults_lose_nothing(faults, offline, tmp_path):
    with Direct(tmp_path, faults=faults) as cloud:
        env = cloud.environment(CLOUDSDK_AUTH_ACCESS_TOKEN=None, GOOGLE_APPLICATION_CREDENTIALS=cloud.key_file)
        _, live = scan(cloud, env=env)
        assert_same_findings(live, offline)
        assert gaps_of(live) == gaps_of(offline)
        wrong = [each for each in cloud.requests() if each["status"] in (401, 429, 503)]
        assert bool(wrong) == bool(re.search("401|429|503", faults))


# Faults that stay, on one API


def html(status):
    return lambda _: (status, {"Content-Type": "text/html"}, b"<html><title>Error</title></html>")


TRUNCATED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"items\": [{\"name\": "
STUCK = {
    "429": (lambda _: (429, {"Retry-After": "1"}, RATE_LIMIT), {"rate-limited"}),
    "503": (html(503), {"unavailable"}),
    "500 without a body": (lambda _: (500, {}, b""), {"unavailable"}),
    "cut short": (lambda _: TRUNCATED, {"network-error"}),
    "nothing": (lambda _: b"", {"network-error"}),
    "no HTTP": (lambda _: b"SSH-2.0-OpenSSH_9.2\r\n", {"network-error"}),
    "no JSON": (lambda _: (200, {}, b"<html>Please log in</html>"), {"invalid-answer"}),
    "half a JSON": (lambda _: (200, {}, b'{"items": [{"name": "b"'), {"invalid-answer"}),
    "an array": (lambda _: (200, {}, b"[]"), {"invalid-answer"}),
    "empty 200": (lambda _: (200, {}, b""), {"invalid-answer"}),
    "broken gzip": (lambda _: (200, {"Content-Encoding": "gzip"}, b"\x1f\x8b\x08\x00junk"),
                    {"network-error", "invalid-answer"}),
    "a redirect": (lambda _: (302, {"Location": "http://example.com/"}, b""), {"unexpected-answer"}),
    "404": (lambda _: (404, {}, b'{"error": {"code": 404, "message": "Not found."}}'), {"not-found"}),
    "the same page for ever": (lambda _: (200, {}, b'{"nextPageToken": "again"}'), {"invalid-answer"}),
}
APIS = {
    "storage": {"storage.buckets.list"},
    "pubsub": {"pubsub.topics.list"},
    "orgpolicy": {"orgpolicy.policies.list"},
    "cloudkms": {"cloudkms.cryptoKeys.get"},
    "serviceusage": {"serviceusage.services.batchGet"},
    "artifactregistry": {"artifactregistry.locations.list", "artifactregistry.projectSettings.get"},
}


def scan_with(healthy, api, answer, limits=HASTY):
    with Server(answer) as server:
        return scan(healthy, *limits, env=healthy.environment(**override(api, server.url)))


@pytest.mark.parametrize("trouble", STUCK)
def test_an_api_that_never_answers_well_is_a_gap(trouble, healthy, offline):
    answer, words = STUCK[trouble]
    status, report = scan_with(healthy, "storage", answer)
    assert_honest(status, report, offline, APIS["storage"])
    assert {gap["error"] for gap in report["coverage"] if gap["operation"] == "storage.buckets.list"} <= (
        words | {"permission-denied"})
    assert not [each for each in report["findings"] if each["service"] == "storage.googleapis.com"]


@pytest.mark.parametrize("api", APIS)
def test_each_api_may_fail_by_itself(api, healthy, offline):
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        runs = [pool.submit(scan_with, healthy, api, STUCK[trouble][0], ONCE) for trouble in ("429", "503", "cut short")]
        for run in runs:
            status, report = run.result()
            assert_honest(status, report, offline, APIS[api])


def test_an_endpoint_where_nobody_listens_is_a_gap(healthy, offline):
    env = healthy.environment(**override("pubsub", "http://127.0.0.1:1"))
    status, report = scan(healthy, *HASTY, env=env)
    assert_honest(status, report, offline, APIS["pubsub"])


def test_without_policies_nothing_passes_what_rests_on_them(healthy, offline):
    _, report = scan_with(healthy, "orgpolicy", html(503))
    by_rule = {}
    for each in report["findings"]:
        by_rule.setdefault(each["rule_id"], set()).add(each["status"])
    assert by_rule["cmek-required"] == {"unknown"} and by_rule["key-project-allowed"] == {"unknown"}
    governed = {each["resource_name"] for each in offline["findings"]
                if each["rule_id"] == "cmek-required" and each["status"] == "fail" and each["enforcement"] == "enforced"}
    assert governed <= {each["resource_name"] for each in report["findings"]}


def test_without_kms_no_key_is_called_usable(healthy):
    _, report = scan_with(healthy, "cloudkms", html(503))
    usable = [each for each in report["findings"] if each["rule_id"] == "key-usable"]
    assert usable and {each["status"] for each in usable} == {"unknown"}


# What may not be read


@pytest.mark.parametrize("faults, operations", [
    (f"deny={FOLDERS['Payments']}:orgpolicy", {"orgpolicy.policies.list"}),
    (f"deny={ORGANIZATION}:orgpolicy", {"orgpolicy.policies.list"}),
    ("deny=projects/nordwind-kms-prod:cloudkms", {"cloudkms.cryptoKeys.get"}),
    ("disable=projects/nordwind-kms-prod:cloudkms", {"cloudkms.cryptoKeys.get"}),
    ("deny=projects/nordwind-shop-web:storage", {"storage.buckets.list"}),
    ("disable=projects/nordwind-shop-events:pubsub", {"pubsub.topics.list"}),
    ("disable=projects/nordwind-shop-builds:artifactregistry",
     {"artifactregistry.locations.list", "artifactregistry.projectSettings.get"}),
    ("deny=projects/nordwind-shop-builds:artifactregistry.repositories.list", {"artifactregistry.repositories.list"}),
    ("deny=projects/nordwind-legacy-batch:serviceusage", {"serviceusage.services.batchGet"}),
    ("deny=projects/nordwind-lake-prod:cloudresourcemanager.effectiveTags.list",
     {"cloudresourcemanager.effectiveTags.list"}),
    (f"deny={FOLDERS['Production']}:cloudresourcemanager.folders.list", {"cloudresourcemanager.folders.list"}),
    (f"deny={FOLDERS['Retail']}:cloudresourcemanager.projects.list", {"cloudresourcemanager.projects.list"}),
    ("deny=projects/nordwind-pay-core", {"storage.buckets.list", "pubsub.topics.list", "serviceusage.services.batchGet",
                                         "artifactregistry.locations.list", "artifactregistry.projectSettings.get",
                                         "orgpolicy.policies.list"}),
])
def test_what_is_denied_or_disabled_is_said(faults, operations, offline, tmp_path):
    with Direct(tmp_path, faults=faults) as cloud:
        status, report = scan(cloud)
        assert_honest(status, report, offline, operations)
        collected = tmp_path / "collected.ndjson"
        assert cloud.run("collect", *SCOPE, "-o", collected).status == 3
        replayed = report_of("--assets", collected)
        assert_same_findings(replayed, report)
        assert replayed["coverage"] == report["coverage"]
        word = "permission-denied" if faults.startswith("deny") else "api-disabled"
        assert {gap["error"] for gap in report["coverage"] if gap["operation"] in operations} >= {word}


def test_a_folder_whose_policies_are_unreadable_leaves_its_projects_unknown(offline, tmp_path):
    with Direct(tmp_path, faults=f"deny={FOLDERS['Payments']}:orgpolicy") as cloud:
        _, report = scan(cloud)
    below = {each["rule_id"]: set() for each in report["findings"]}
    for each in report["findings"]:
        if FOLDERS["Payments"] in each["ancestors"] and each["project_id"] != "nordwind-pay-notify":
            below[each["rule_id"]].add(each["status"])
    assert "pass" not in below["key-project-allowed"] and "unknown" in below["key-project-allowed"]
    assert below["policy-gap"] == {"unknown"}, "of the projects with registry resources that it may govern"

    def elsewhere(findings):
        """But for the policies of the nodes above, which have fewer projects to tell of now."""
        above = [FOLDERS["Production"], ORGANIZATION]
        return [each for each in findings if FOLDERS["Payments"] not in each["ancestors"]
                and not (each["rule_id"] in POLICY_RULES and each["ancestors"][0] in above)]

    assert elsewhere(report["findings"]) == elsewhere(offline["findings"])


def test_a_key_that_may_not_be_read_may_not_be_usable(tmp_path):
    with Direct(tmp_path, faults="deny=projects/nordwind-kms-prod:cloudkms") as cloud:
        _, report = scan(cloud)
    for each in report["findings"]:
        if each["rule_id"] == "key-usable" and each["kms_key_project"] == "nordwind-kms-prod":
            assert (each["status"], each["reason"]) == ("unknown", "permission-denied")


def test_allow_incomplete_says_so_and_exits_with_0(tmp_path):
    with Direct(tmp_path, faults="deny=projects/nordwind-shop-web:storage") as cloud:
        run = cloud.run("scan", "--project", "nordwind-shop-web", "--allow-incomplete", "--report", "json")
    assert run.status == 0 and "allow-incomplete" in run.last_line
    assert json.loads(run.stdout)["scan"]["complete"] is False


# Faults that stay, everywhere: the scan cannot run


@pytest.mark.parametrize("faults, message", [
    ("429-every=1", "rate-limited"), ("503-every=1", "unavailable"), ("truncate-every=1", "cut short|not valid|invalid"),
    ("reset-every=1", "network-error"), ("401-every=1", "401|refuse")])
def test_a_scope_that_cannot_be_read_ends_the_scan(faults, message, tmp_path):
    with Direct(tmp_path, faults=faults) as cloud:
        run = cloud.run("scan", *SCOPE, *HASTY, "--report", f"json={tmp_path / 'report.json'}")
    assert_refused(run, 4, message)
    assert not (tmp_path / "report.json").exists()
    assert "check the number" not in run.last_line, "the scope is not what is wrong"


def test_max_attempts_and_deadline_bound_the_patience(healthy):
    with Server(lambda _: (503, {}, b"")) as server:
        env = healthy.environment(**override("orgpolicy", server.url))
        cmekscan("scan", "--project", "nordwind-shop-web", "--max-attempts", "1", "--report", "json", env=env)
        paths = [path for path, _ in server.seen]
        assert paths and len(paths) == len(set(paths)), "each was tried once"
    with Server(lambda _: (503, {"Retry-After": "1"}, b"")) as server:
        env = healthy.environment(**override("orgpolicy", server.url))
        began = time.monotonic()
        run = cmekscan("scan", "--project", "nordwind-shop-web", "--request-deadline", "2", "--report", "json", env=env)
        assert time.monotonic() - began < 6
        assert run.status == 3, run.stderr


def test_a_server_that_never_finishes_meets_the_deadline(healthy, offline):
    def forever(_):
        time.sleep(8)
        return b""

    began = time.monotonic()
    with Server(forever) as server:
        status, report = scan(healthy, "--request-deadline", "2",
                              env=healthy.environment(**override("serviceusage", server.url)))
    assert time.monotonic() - began < 8
    assert_honest(status, report, offline, APIS["serviceusage"])
    assert "timeout" in {gap["error"] for gap in report["coverage"]}


# Interrupted


def interrupted(env, folder, number, after):
    path = folder / f"report-{number}.json"
    with subprocess.Popen([PROGRAM, "scan", *SCOPE, "--fail-on", "none", "--status", "all", "--report", f"json={path}"],
                          env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=30)
    assert stdout == "" and "Sanitizer" not in stderr, stderr
    return process.returncode, json.loads(path.read_text(encoding="utf-8")) if path.exists() else None, stderr


def test_an_interrupted_scan_reports_what_it_has(offline, tmp_path):
    """At whichever moment: what is certain is true, what failed is there or may be missing, and the exit status is 3."""
    with Direct(tmp_path, faults="latency=150ms") as cloud, concurrent.futures.ThreadPoolExecutor(6) as pool:
        moments = [0.4, 0.6, 0.75, 0.9, 1.05, 1.2]
        runs = list(pool.map(lambda each: interrupted(cloud.environment(), tmp_path, *each), enumerate(moments)))
    reports = [(status, report) for status, report, _ in runs if report]
    assert any(any(gap["error"] == "interrupted" for gap in report["coverage"]) for _, report in reports)
    for status, report in reports:
        operations = {gap["operation"] for gap in report["coverage"] if gap["error"] == "interrupted"}
        assert_honest(status, report, offline, operations)
    assert all(report for _, report, _ in runs), "even where nothing was known yet"


def test_tags_that_an_interrupt_left_unread_are_unknown_not_unbound(healthy, tmp_path):
    """They are read last: one listing that hangs keeps them from being asked for."""
    def hang(_):
        time.sleep(10)
        return b""

    with Server(hang) as server:
        env = healthy.environment(**override("pubsub", server.url))
        status, report, stderr = interrupted(env, tmp_path, 0, 3.5)
    assert status == 3, stderr
    curated = [each for each in report["findings"] if each["project_id"] == "nordwind-lake-prod"]
    assert [each["status"] for each in curated] == ["unknown"]
    assert "effectiveTags" in str(report["coverage"])


def test_an_interrupt_while_a_file_is_read_ends_the_program(tmp_path):
    with subprocess.Popen([PROGRAM, "scan", "--assets", "-", "--report", f"json={tmp_path / 'r.json'}"],
                          stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
    assert process.returncode == -signal.SIGINT
    assert list(tmp_path.iterdir()) == []
