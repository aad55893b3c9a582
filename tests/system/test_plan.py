# SPDX-License-Identifier: Apache-2.0
"""`cmekscan scan --plan`: what a Terraform plan would make, alone and over what exists."""
import json

import pytest
import yaml
from scanning import DEMO_ASSETS, Cloud, assert_refused, cmekscan, read_assets, report_of
from terraform import (KEY, KEY_PROJECT, SERVICE, block, bucket, change, deny, plan, plan_writer, policy, refer, repository,
                       topic)

ASSUMED = "as if constraints/gcp.restrictNonCmekServices denied"
RESOURCES = {"storage.googleapis.com/Bucket", "pubsub.googleapis.com/Topic", "artifactregistry.googleapis.com/Repository"}
CRM = "//cloudresourcemanager.googleapis.com/"


@pytest.fixture
def write(tmp_path):
    return plan_writer(tmp_path)


def verdicts(*args, **options):
    report = report_of(*args, **options)
    return {(f["source_address"], f["rule_id"]): (f["status"], f["reason"]) for f in report["findings"]}


def ring(project="keys", name="ring"):
    return change("google_kms_key_ring.ring", {"name": name, "location": "us", "project": project}, unknown={"id": True})


def new_key(**more):
    return change("google_kms_crypto_key.key", {"name": "key", "purpose": "ENCRYPT_DECRYPT", **more},
                  unknown={"id": True, "key_ring": True})


KEY_BLOCKS = [block("google_kms_key_ring.ring"),
              block("google_kms_crypto_key.key", key_ring=refer("google_kms_key_ring.ring.id", "google_kms_key_ring.ring"))]


def keyed_by(*references):
    return [*KEY_BLOCKS, block("google_storage_bucket.b", encryption=[{"default_kms_key_name": refer(*references)}])]


UNKNOWN_KEY = {"unknown": {"encryption": [{"default_kms_key_name": True}]}}
ALLOW_KEYS = policy("projects/app-one", KEY_PROJECT, "google_org_policy_policy.keys", allowed=["projects/keys"])
ALLOW_OTHERS = policy("projects/app-one", KEY_PROJECT, "google_org_policy_policy.keys", allowed=["projects/others"])
DENY = deny("projects/app-one", "storage", "pubsub", "artifactregistry")
PASS, FAIL = ("pass", None), ("fail", None)
WAITS = ("unknown", "unknown-until-apply")
REQUIRED, ALLOWED = "cmek-required", "key-project-allowed"

# name: changes, blocks, verdicts of the first resource on cmek-required and key-project-allowed (None: no finding)
SHAPES = {
    "no key": ([bucket()], [], FAIL, None),
    "a key from an allowed project": ([bucket(key=KEY)], [], PASS, PASS),
    "a key from another project": ([bucket(key=KEY.replace("keys", "rogue", 1))], [], PASS, FAIL),
    "a topic without a key": ([topic()], [], FAIL, None),
    "a repository without a key": ([repository()], [], FAIL, None),
    "an update that takes the key away": ([bucket("google_storage_bucket.b", None, "update")], [], FAIL, None),
    "a replacement": ([bucket("google_storage_bucket.b", KEY, "delete", "create", before={"name": "data"})], [], PASS, PASS),
    "a replacement the other way round": (
        [bucket("google_storage_bucket.b", KEY, "create", "delete", before={"name": "data"})], [], PASS, PASS),
    "nothing is done": ([bucket("google_storage_bucket.b", None, "no-op")], [], FAIL, None),
    "a registry bucket without a key": (
        [bucket(name="artifacts.app-one.appspot.com")], [], FAIL, FAIL),
    "a key of the same plan": (
        [bucket(**UNKNOWN_KEY), ring(), new_key()], keyed_by("google_kms_crypto_key.key.id", "google_kms_crypto_key.key"),
        PASS, PASS),
    "a key of the same plan, in a wrong project": (
        [bucket(**UNKNOWN_KEY), ring("rogue"), new_key()],
        keyed_by("google_kms_crypto_key.key.id", "google_kms_crypto_key.key"), PASS, FAIL),
    "a block that is unknown as a whole": (
        [bucket(unknown={"encryption": True}), ring(), new_key()],
        keyed_by("google_kms_crypto_key.key.id", "google_kms_crypto_key.key"), PASS, PASS),
    "a key that a local hides": ([bucket(**UNKNOWN_KEY), ring(), new_key()], keyed_by("local.key"), WAITS, WAITS),
    "a key from a resource of another kind": (
        [bucket(**UNKNOWN_KEY)], keyed_by("random_id.k.hex", "random_id.k"), WAITS, WAITS),
    "an unknown key without an expression": ([bucket(unknown={"encryption": True})], [], WAITS, WAITS),
    "all is unknown": ([change("google_storage_bucket.b", None, unknown=True)], [], WAITS, WAITS),
    "a sensitive key": (
        [bucket(key=KEY, sensitive={"encryption": [{"default_kms_key_name": True}]})], [], PASS,
        ("unknown", "sensitive-value")),
    "a key that is no key": ([bucket(key="my-key")], [], PASS, ("unknown", "malformed-key-name")),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes(write, shape):
    changes, blocks, required, allowed = SHAPES[shape]
    found = verdicts("--plan", write(*changes, DENY, ALLOW_KEYS, blocks=blocks))
    address = changes[0]["address"]
    assert found.get((address, REQUIRED)) == required
    assert found.get((address, ALLOWED)) == allowed


def test_a_finding_of_a_plan(write):
    report = report_of("--plan", write(bucket("module.m[0].google_storage_bucket.b"), DENY))
    assert report["scan"]["source"] == "plan"
    (finding,) = [f for f in report["findings"] if f["status"] == "fail"]
    assert finding["enforcement"] == "enforced"
    assert finding["source_address"] == "module.m[0].google_storage_bucket.b"
    assert finding["resource_name"] == "//storage.googleapis.com/data"
    assert finding["policy_set_at"] == "projects/app-one"
    assert finding["location"] == "us"


def test_without_policies_the_default_services_count_as_denied(write):
    path = write(bucket(), topic(key=KEY), repository())
    run = cmekscan("scan", "--plan", path, "--status", "all", "--report", "json")
    findings = json.loads(run.stdout)["findings"]
    assert run.status == 1 and ASSUMED in run.stderr
    assert {f["enforcement"] for f in findings} == {"simulated"}
    assert {(f["source_address"], f["status"]) for f in findings} == {
        ("google_storage_bucket.b", "fail"), ("google_pubsub_topic.t", "pass"),
        ("google_artifact_registry_repository.r", "fail")}
    assert all("assumed policy" in f["message"] for f in findings)
    assert all(f["baseline_state"] is None for f in findings)
    assert cmekscan("scan", "--plan", write(bucket(key=KEY))).status == 0


def test_what_a_plan_does_not_show_is_unknown(write):
    """A policy at the folder: what is set at the project, and who its parent is, no plan says."""
    found = verdicts("--plan", write(bucket(), deny("folders/2", "storage")))
    assert found[("google_storage_bucket.b", REQUIRED)] == ("unknown", "policy-unreadable")
    report = report_of("--plan", write(bucket(), deny("projects/app-one", "storage", inherit=True)))
    assert {f["status"] for f in report["findings"] if f["rule_id"] == REQUIRED} == {"fail"}


def test_a_hierarchy_in_the_plan(write):
    folder = change("google_folder.f", {"display_name": "F", "parent": "organizations/1"},
                    unknown={"name": True, "folder_id": True, "id": True})
    project = change("google_project.p", {"project_id": "app-one", "name": "App"}, unknown={"folder_id": True, "number": True})
    blocks = [block("google_folder.f"), block("google_project.p", folder_id=refer("google_folder.f.name", "google_folder.f"))]
    organization = deny("organizations/1", "storage")
    found = verdicts("--plan", write(bucket(), folder, project, organization, blocks=blocks))
    assert found[("google_storage_bucket.b", REQUIRED)] == FAIL


def test_keys_that_the_plan_makes_are_judged(write):
    path = write(bucket(**UNKNOWN_KEY), ring(), new_key(purpose="ASYMMETRIC_SIGN"),
                 blocks=keyed_by("google_kms_crypto_key.key.id", "google_kms_crypto_key.key"))
    assert verdicts("--plan", path)[("google_storage_bucket.b", "key-usable")] == FAIL


def test_changes_only(write):
    path = write(bucket("google_storage_bucket.a", None, "no-op", name="old"), bucket(name="new"))
    addresses = {f["source_address"] for f in report_of("--plan", path)["findings"]}
    assert addresses == {"google_storage_bucket.a", "google_storage_bucket.b"}
    report = report_of("--plan", path, "--plan-changes-only")
    assert {f["source_address"] for f in report["findings"]} == {"google_storage_bucket.b"}
    assert report["summary"]["by_status"]["fail"] == 1


def test_what_changes_only_leaves_out_is_not_mended(write, tmp_path):
    """Also not from one scan of changes to the next: what is applied is no change any more."""
    path = write(bucket("google_storage_bucket.a", None, "no-op", name="old"), bucket(name="new"))
    applied = tmp_path / "applied.json"
    applied.write_text(json.dumps(plan(bucket("google_storage_bucket.a", None, "no-op", name="old"),
                                       bucket("google_storage_bucket.b", None, "no-op", name="new"))))
    only = "--plan-changes-only"
    for old, new, counts in (((path,), (path, only), (1, 0, 1)), ((path, only), (applied, only), (0, 0, 1)),
                             ((path, only), (applied,), (2, 0, 0)), ((path,), (applied,), (2, 0, 0))):
        baseline = tmp_path / "base.json"
        baseline.write_text(json.dumps(before := report_of("--plan", *old)))
        after = report_of("--plan", *new, "--baseline", baseline)
        found = after["summary"]["baseline"]
        assert (len([f for f in after["findings"] if f["status"] == "fail"]), found["resolved"], found["undecided"]) == counts
        assert (before["scan"]["plan_changes_only"], after["scan"]["plan_changes_only"]) == (only in old, only in new)


# Over what exists


def asset(kind, name, data, ancestors=("projects/11", "folders/2", "organizations/1")):
    return {"name": name, "asset_type": kind, "ancestors": list(ancestors), "update_time": "2029-01-01T00:00:00Z",
            "resource": {"version": "v1", "data": data}}


PROJECT = asset("cloudresourcemanager.googleapis.com/Project", CRM + "projects/11",
                {"projectId": "app-one", "projectNumber": "11"})
OLD = asset("storage.googleapis.com/Bucket", "//storage.googleapis.com/old", {"location": "US", "projectNumber": "11"})
DATA = asset("storage.googleapis.com/Bucket", "//storage.googleapis.com/data",
             {"location": "US", "encryption": {"defaultKmsKeyName": KEY}})


def set_policy(node, constraint, spec, ancestors):
    name = f"{node}/policies/{constraint}"
    return asset("orgpolicy.googleapis.com/Policy", "//orgpolicy.googleapis.com/" + name, {"name": name, "spec": spec},
                 ancestors)


ORGANIZATION_DENIES = set_policy("organizations/1", SERVICE, {"rules": [{"values": {"deniedValues": [
    "storage.googleapis.com"]}}]}, ["organizations/1"])
PROJECT_ALLOWS = set_policy("projects/11", SERVICE, {"rules": [{"allowAll": True}]},
                            ["projects/11", "folders/2", "organizations/1"])


@pytest.fixture
def assets(tmp_path):
    def write_assets(*lines):
        path = tmp_path / "assets.ndjson"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return path
    return write_assets


def test_the_policies_in_force_judge_the_plan(write, assets):
    both = ("--plan", write(bucket()), "--assets", assets(PROJECT, OLD, ORGANIZATION_DENIES))
    report = report_of(*both)
    (finding,) = report["findings"]  # of what exists nothing: the plan leaves it and its policies alone
    assert (finding["source_address"], finding["status"], finding["enforcement"]) == (
        "google_storage_bucket.b", "fail", "enforced")
    assert finding["policy_set_at"] == "organizations/1"
    assert finding["project_number"] == "11"
    assert report["summary"]["by_status"]["fail"] == 1


def test_a_planned_resource_takes_the_place_of_the_one_that_exists(write, assets):
    existing = assets(PROJECT, DATA, ORGANIZATION_DENIES)
    found = verdicts("--plan", write(bucket("google_storage_bucket.b", None, "update")), "--assets", existing)
    assert found == {("google_storage_bucket.b", REQUIRED): FAIL}


def test_what_is_deleted_is_gone(write, assets):
    existing = assets(PROJECT, OLD, ORGANIZATION_DENIES)
    gone = bucket("google_storage_bucket.o", None, "delete", before={"name": "old", "location": "US"})
    gone["change"]["after"] = None
    stricter = deny("projects/app-one", "storage", address="google_org_policy_policy.p")
    assert verdicts("--plan", write(stricter), "--assets", existing) == {
        ("google_org_policy_policy.p", REQUIRED): FAIL}
    assert not verdicts("--plan", write(stricter, gone), "--assets", existing)


def test_a_change_of_policy_and_what_it_strands(write, assets):
    """The old bucket is not in the plan: it is reported with the address of the policy that would deny it."""
    existing = assets(PROJECT, OLD, DATA, PROJECT_ALLOWS)
    report = report_of("--plan", write(bucket(name="new"), deny("projects/app-one", "storage")), "--assets", existing)
    assert {(f["resource_name"].rsplit("/", 1)[1], f["source_address"], f["status"]) for f in report["findings"]
            if f["rule_id"] == REQUIRED} == {
        ("new", "google_storage_bucket.b", "fail"), ("old", "google_org_policy_policy.p", "fail"),
        ("data", "google_org_policy_policy.p", "pass")}
    assert not [f for f in report["findings"] if f["rule_id"] == ALLOWED]


def test_a_policy_that_is_taken_away(write, assets):
    existing = assets(PROJECT, OLD, ORGANIZATION_DENIES, PROJECT_ALLOWS)
    after = policy("projects/app-one", SERVICE, "google_org_policy_policy.p", "delete")
    after["change"]["before"], after["change"]["after"] = after["change"]["after"], None
    assert verdicts("--plan", write(after), "--assets", existing) == {("google_org_policy_policy.p", REQUIRED): FAIL}


def test_older_policies_of_assets_and_newer_ones_of_a_plan(write, assets):
    v1 = {"name": CRM + "organizations/1", "asset_type": "cloudresourcemanager.googleapis.com/Organization",
          "ancestors": ["organizations/1"], "org_policy": [
              {"constraint": "constraints/" + SERVICE, "list_policy": {"denied_values": ["pubsub.googleapis.com"]}}]}
    path = write(topic(), bucket(), deny("projects/app-one", "storage", inherit=True))
    found = verdicts("--plan", path, "--assets", assets(PROJECT, v1))
    assert found[("google_pubsub_topic.t", REQUIRED)] == FAIL
    assert found[("google_storage_bucket.b", REQUIRED)] == FAIL


def test_over_a_live_scan(write, tmp_path):
    with Cloud(tmp_path / "cloud") as cloud:
        projects = [a for a in read_assets(DEMO_ASSETS) if a["asset_type"].endswith("/Project")]
        project = projects[0]["resource"]["data"]["projectId"]
        path = write(topic(name="planned-topic", project=project))
        live = cloud.report("--project", project, "--plan", path)
        offline = report_of("--assets", DEMO_ASSETS, "--plan", path)
        assert live["scan"]["source"] == offline["scan"]["source"] == "plan"
        facts = [{(f["rule_id"], f["status"], f["policy_set_at"]) for f in report["findings"]} for report in (live, offline)]
        assert facts[0] == facts[1]


# The same facts by two routes


def as_planned(index, asset_, project):
    data, name = asset_["resource"]["data"], asset_["name"].rsplit("/", 1)[1]
    if asset_["asset_type"].endswith("Bucket"):
        key = (data.get("encryption") or {}).get("defaultKmsKeyName")
        return change(f"google_storage_bucket.r{index}", {"name": name, "location": data["location"], "project": project,
                      "encryption": [{"default_kms_key_name": key}] if key else []}, "no-op")
    if asset_["asset_type"].endswith("Topic"):
        return change(f"google_pubsub_topic.r{index}",
                      {"name": name, "project": project, "kms_key_name": data.get("kmsKeyName")}, "no-op")
    return change(f"google_artifact_registry_repository.r{index}", {
        "repository_id": name, "project": project, "location": asset_["name"].split("/locations/")[1].split("/")[0],
        "kms_key_name": data.get("kmsKeyName")}, "no-op")


def test_a_plan_gives_the_verdicts_of_the_assets_it_makes(tmp_path, assets):
    lines = read_assets(DEMO_ASSETS)
    ids = {a["ancestors"][0]: a["resource"]["data"]["projectId"] for a in lines if a["asset_type"].endswith("/Project")
           and "data" in a.get("resource", {})}
    made = [a for a in lines if a["asset_type"] in RESOURCES and "data" in a["resource"] and a["ancestors"][0] in ids
            and not a.get("asset_exceptions")]
    changes = [as_planned(i, a, ids[a["ancestors"][0]]) for i, a in enumerate(made)]
    (tmp_path / "plan.json").write_text(json.dumps(plan(*changes)))
    rest = assets(*[a for a in lines if a not in made])
    planned = report_of("--plan", tmp_path / "plan.json", "--assets", rest)["findings"]
    names = {a["name"] for a in made}
    plain = [f for f in report_of("--assets", DEMO_ASSETS)["findings"] if f["resource_name"] in names]

    def facts(findings):
        return {(f["rule_id"], f["resource_name"], f["enforcement"], f["status"], f["reason"], f["kms_key"],
                 f["policy_set_at"], f["finding_id"]) for f in findings if f["rule_id"] in (REQUIRED, ALLOWED)}
    assert len(facts(plain)) > 20
    assert facts(planned) == facts(plain)


# Policies of files


def policy_file(path, node="projects/app-one", constraint=SERVICE, **rule):
    path.write_text(yaml.safe_dump({"name": f"{node}/policies/{constraint}", "spec": {"rules": [{"values": rule}]}}))
    return path


def test_a_policy_of_a_file(write, tmp_path):
    file = policy_file(tmp_path / "policy.yaml", deniedValues=["pubsub.googleapis.com"])
    report = report_of("--plan", write(bucket(), topic()), "--policy", file)
    findings = [f for f in report["findings"] if f["rule_id"] == REQUIRED]
    assert [(f["source_address"], f["status"], f["enforcement"]) for f in findings] == [
        ("google_pubsub_topic.t", "fail", "simulated")]
    assert cmekscan("scan", "--plan", write(bucket(), topic()), "--policy", file).status == 1


def test_a_policy_of_a_file_has_the_last_word(write, tmp_path):
    file = policy_file(tmp_path / "policy.yaml", deniedValues=["pubsub.googleapis.com"])
    report = report_of("--plan", write(bucket(), DENY), "--policy", file)
    assert not [f for f in report["findings"] if f["rule_id"] == REQUIRED]


def test_a_policy_of_a_file_must_say_where(write, tmp_path):
    file = tmp_path / "policy.yaml"
    file.write_text(yaml.safe_dump({"constraint": "constraints/" + SERVICE, "listPolicy": {"allValues": "DENY"}}))
    assert_refused(cmekscan("scan", "--plan", write(bucket()), "--policy", file), 2, "where it is set")


def test_a_policy_of_a_file_names_services_that_exist(write, tmp_path):
    file = policy_file(tmp_path / "policy.yaml", deniedValues=["pubsup.googleapis.com"])
    run = cmekscan("scan", "--plan", write(bucket()), "--policy", file)
    assert_refused(run, 2, r"policy.yaml:6:\d+: there is no service 'pubsup.googleapis.com' \(did you mean pubsub.googleapis.com\?\)")


# What is never shown


@pytest.mark.parametrize("format_", ["text", "json", "jsonl", "sarif", "junit", "github", "gitlab", "markdown"])
def test_no_report_shows_a_sensitive_value(write, format_):
    secret = "projects/hush/locations/us/keyRings/hush/cryptoKeys/hush"
    path = write(bucket(key=secret, name="hush-bucket", sensitive={"encryption": True, "name": True}),
                 topic(key=secret, name="hush-topic", sensitive={"kms_key_name": True, "name": True, "project": True}),
                 DENY, ALLOW_KEYS)
    run = cmekscan("scan", "--plan", path, "--status", "all", "--report", format_)
    assert run.status in (1, 3) and run.stdout
    assert "hush" not in run.stdout + run.stderr


# Where it is written


MAIN = '''# resource "google_storage_bucket" "b" is not here
/* resource "google_storage_bucket" "b" {
   nor here */
locals { text = <<-EOT
resource "google_storage_bucket" "b" {
  EOT
}
resource "google_storage_bucket" "b" {
  name = "a # { b"
}
'''


def test_findings_land_on_the_line_of_their_block(tmp_path):
    (tmp_path / "modules" / "m").mkdir(parents=True)
    (tmp_path / "main.tf").write_text(MAIN)
    (tmp_path / "modules" / "m" / "topics.tf").write_text('\n\nresource  "google_pubsub_topic"   "t" {}\n')
    modules = {"m": {"source": "./modules/m", "module": {"resources": [block("google_pubsub_topic.t")]}}}
    (tmp_path / "plan.json").write_text(json.dumps(plan(
        bucket(), topic("module.m.google_pubsub_topic.t"), topic("google_pubsub_topic.unseen", name="u"),
        blocks=[block("google_storage_bucket.b")], modules=modules)))
    report = report_of("--plan", "plan.json", cwd=tmp_path)
    places = {f["source_address"]: (f["source_file"], f["source_line"]) for f in report["findings"]}
    assert places == {"google_storage_bucket.b": ("main.tf", 8),
                      "module.m.google_pubsub_topic.t": ("modules/m/topics.tf", 3),
                      "google_pubsub_topic.unseen": (None, None)}
    github = cmekscan("scan", "--plan", "plan.json", "--report", "github", cwd=tmp_path).stdout
    assert "file=main.tf,line=8" in github
    text = cmekscan("scan", "--plan", "plan.json", cwd=tmp_path).stdout
    assert "    Plan       google_storage_bucket.b, main.tf:8\n" in text
    assert "    Plan       google_pubsub_topic.unseen\n" in text
    sarif = json.loads(cmekscan("scan", "--plan", "plan.json", "--report", "sarif", cwd=tmp_path).stdout)
    where = [r["locations"][0]["physicalLocation"] for r in sarif["runs"][0]["results"]]
    assert ("main.tf", 8) in {(w["artifactLocation"]["uri"], w["region"]["startLine"]) for w in where}


def test_terraform_dir(tmp_path):
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "main.tf").write_text(MAIN)
    (tmp_path / "plan.json").write_text(json.dumps(plan(bucket(), blocks=[block("google_storage_bucket.b")])))
    args = ("--plan", "plan.json", "--terraform-dir")
    (finding,) = report_of(*args, "infra", cwd=tmp_path)["findings"]
    assert (finding["source_file"], finding["source_line"]) == ("infra/main.tf", 8)
    (finding,) = report_of(*args, "nowhere", cwd=tmp_path)["findings"]
    assert finding["source_file"] is None


# Input of every kind


def test_standard_input_and_encodings(write, tmp_path):
    text = json.dumps(plan(bucket()))
    for data in (text.encode(), b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16"), b"\xfe\xff" + text.encode("utf-16-be")):
        run = cmekscan("scan", "--plan", "-", "--report", "json", stdin=data)
        assert run.status == 1, run.stderr
        assert len(json.loads(run.stdout)["findings"]) == 1


REFUSED = {
    "a state": ({"format_version": "1.0", "values": {"root_module": {}}}, "state.*terraform plan -out"),
    "another format": ({"format_version": "2.1", "resource_changes": []}, "format_version 2.1"),
    "no plan": ({"version": 4}, "no format_version"),
    "text": ("Plan: 1 to add, 0 to change, 0 to destroy.", "cut off or broken"),
    "nothing": ("", "empty"),
    "a plan file": ("PK\x03\x04...", "terraform show -json"),
    "cut off": (json.dumps(plan(bucket()))[:-40], "cut off or broken"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_plan_is_refused(tmp_path, what):
    content, message = REFUSED[what]
    path = tmp_path / "plan.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    assert_refused(cmekscan("scan", "--plan", path), 4, message)


@pytest.mark.parametrize("text, message", [
    (json.dumps({"ancestors": [], "assetType": "x", "name": "//x"}) + "\n" + "{}\n", "this is an asset file, not a plan: use --assets"),
    ('[{"name": "//x", "asset_type": "y"}]', "this is an asset file, not a plan: use --assets"),
    (json.dumps({"schema_version": "1.0", "findings": []}, indent=1), "this is a cmekscan report, not a plan: use convert, diff"),
])
def test_another_kind_of_file_is_known(tmp_path, text, message):
    (tmp_path / "plan.json").write_text(text)
    assert_refused(cmekscan("scan", "--plan", "plan.json", cwd=tmp_path), 2, message)


@pytest.mark.parametrize("more, error", [({"errored": True}, "plan-errored"), ({"complete": False}, "plan-incomplete")])
def test_a_plan_that_is_not_whole(write, more, error):
    path = write(bucket(key=KEY), **more)
    assert cmekscan("scan", "--plan", path).status == 3
    assert [gap["error"] for gap in report_of("--plan", path)["coverage"]] == [error]


@pytest.mark.parametrize("args, message", [
    (["--plan-changes-only", "--assets", DEMO_ASSETS], "--plan-changes-only needs --plan"),
    (["--policy", "p.yaml", "--assets", DEMO_ASSETS], "--policy needs --plan"),
    (["--plan", "-", "--assets", "-"], "standard input"),
    (["--plan", "p", "--project", "p", "--verify-policies"], "cannot be mixed"),
])
def test_wrong_usage(args, message):
    assert_refused(cmekscan("scan", *args), 2, message)


def test_a_plan_of_nothing(write):
    run = cmekscan("scan", "--plan", write())
    assert run.status == 0


def test_explaining_a_plan_says_what_can_be_explained(write, tmp_path):
    report = tmp_path / "report.json"
    cmekscan("scan", "--plan", write(bucket()), "--report", f"json={report}")
    (finding,) = json.loads(report.read_text())["findings"]
    assert_refused(cmekscan("explain", finding["finding_id"], "--from", report), 4, "cmekscan explain cmek-required")
    assert cmekscan("explain", "cmek-required").status == 0
