# SPDX-License-Identifier: Apache-2.0
"""cmekscan explain: from a report, from an asset file, live; rules; and whatever else people give it.

explanations/*.txt are the texts of some typical findings. When one changes for a good reason, write what
test_the_text_of_a_typical_finding prints into the file, and read it as somebody who sees it for the first time.
"""

import gzip
import json
import pathlib
import random
import re
import time

import jsonschema
import pytest
from naive.encode import as_text
from naive.generate import random_lines
from scanning import DEMO_ASSETS, ROOT, TOKEN, Direct, assert_refused, cmekscan, environment

ORGANIZATION = "917392449274"
SCHEMA = jsonschema.Draft202012Validator(json.loads((ROOT / "reports" / "cmekscan-explanation-1.schema.json").read_text()))
TEXTS = pathlib.Path(__file__).parent / "explanations"
CRM = "//cloudresourcemanager.googleapis.com/"
KEY = "projects/keys-prod/locations/us/keyRings/r/cryptoKeys/c"


def scan(*args, stdin=None, folder=None):
    """The path of the json report, and the report."""
    path = folder / f"report-{len(list(folder.iterdir()))}.json"
    run = cmekscan("scan", *args, "--report", f"json={path}", stdin=stdin)
    assert run.status in (0, 1, 3), run.stderr
    return path, json.loads(path.read_text())


def explain(*args, **options):
    run = cmekscan("explain", *args, **options)
    assert run.status == 0 and run.stderr == "", run.stderr
    return run.stdout


def explain_json(*args, **options):
    explanation = json.loads(explain(*args, "--format", "json", **options))
    SCHEMA.validate(explanation)
    return explanation


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return scan("--assets", DEMO_ASSETS, "--status", "all", folder=tmp_path_factory.mktemp("demo"))


# What holds for every explanation


def fates(explanation):
    return [node["fate"] for node in explanation["path"]]


def check(explanation, finding):
    """The explanation of a finding says the same as the finding, and does not contradict itself."""
    assert explanation["finding"] == finding
    assert [node["node"] for node in explanation["path"]] == finding["ancestors"]
    assert bool(explanation["needs"]) == (finding["status"] == "unknown")
    assert (explanation["key"] or {}).get("name") == finding["kms_key"]
    walk = explanation["walk"]
    assert (walk is None) == (finding["constraint"] is None)
    if walk is None:
        assert set(fates(explanation)) <= {None}
        return
    if finding["rule_id"] in ("policy-gap", "policy-dry-run-only"):
        assert walk["decided_at"] is None
    elif finding["status"] != "unknown":
        assert walk["decided_at"] == finding["policy_set_at"]
    deciding = [node["node"] for node in explanation["path"] if node["fate"] == "decides"]
    assert deciding == ([walk["decided_at"]] if walk["decided_at"] else [])
    for node in explanation["path"]:
        rules = (node["policy"] or {"rules": []})["rules"]
        assert sum(rule["fate"] == "decides" for rule in rules) == (node["fate"] == "decides")
        for rule in rules:
            known = set(rule["denied_values"] + rule["allowed_values"])
            assert set(rule["covering_values"] + rule["undecided_values"]) <= known
            if rule["fate"] == "condition-false":
                assert rule["condition"]["holds"] is False
    names = [node["node"] for node in explanation["path"]]
    if walk["end"] in ("reset", "no-inheriting"):
        end = names.index(walk["ended_at"])
        assert all(fate in ("not-set", "overridden") for fate in fates(explanation)[end + 1:])
        policy = explanation["path"][end]["policy"]
        assert policy["reset"] if walk["end"] == "reset" else not policy["inherit_from_parent"]
    else:
        assert "overridden" not in fates(explanation)


def test_every_finding_of_the_demo_is_explained_from_its_report_in_both_formats(demo):
    path, report = demo
    for finding in report["findings"]:
        check(explain_json(finding["finding_id"][:12], "--from", path), finding)
    kinds = {(finding["rule_id"], finding["status"]): finding for finding in report["findings"]}
    assert len(kinds) >= 9
    for finding in kinds.values():
        text = explain(finding["finding_id"], "--from", path)
        assert finding["finding_id"] in text and finding["status"].upper() in text
        for line in (finding["remediation_command"] or "").splitlines():
            assert line in text


@pytest.mark.parametrize("seed", range(8))
def test_findings_of_random_files_are_explained_from_their_reports(seed, tmp_path):
    source = random.Random(seed)
    path, report = scan("--assets", "-", "--status", "all", folder=tmp_path,
                        stdin=as_text(random_lines(source), source).encode("utf-8", "surrogatepass"))
    kinds = {}
    for finding in report["findings"]:
        kinds.setdefault((finding["rule_id"], finding["status"], finding["enforcement"], finding["reason"]), finding)
    assert len(kinds) > 5
    for finding in kinds.values():
        check(explain_json(finding["finding_id"], "--from", path), finding)


def test_a_report_a_file_and_a_live_scan_are_explained_alike(demo, tmp_path):
    path, report = demo
    chosen = {(f["rule_id"], f["status"], f["enforcement"]): f["finding_id"] for f in report["findings"]}
    with Direct(tmp_path) as cloud:
        for finding_id in chosen.values():
            from_report = explain_json(finding_id, "--from", path)
            assert explain_json(finding_id, "--assets", DEMO_ASSETS) == from_report
            live = cloud.run("explain", finding_id, "--organization", ORGANIZATION, "--format", "json", "--quiet")
            assert live.status == 0, live.stderr
            spoken, from_report = json.loads(live.stdout), {**from_report, "needs": bool(from_report["needs"])}
            assert {**spoken, "needs": bool(spoken["needs"])} == from_report  # a server words its refusal itself
            assert TOKEN not in live.stdout + live.stderr


def test_a_folder_whose_policies_may_not_be_read_is_shown_as_such(tmp_path):
    folders = {line["resource"]["data"].get("displayName"): line["ancestors"][0] for line in
               map(json.loads, DEMO_ASSETS.read_text().splitlines()) if line["asset_type"].endswith("/Folder")}
    with Direct(tmp_path / "cloud", faults=f"deny={folders['Payments']}:orgpolicy") as cloud:
        report = cloud.report("--organization", ORGANIZATION)
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report))
    unknown = next(f for f in report["findings"] if f["reason"] == "permission-denied" and f["constraint"])
    explanation = explain_json(unknown["finding_id"], "--from", path)
    check(explanation, unknown)
    node = next(node for node in explanation["path"] if node["node"] == folders["Payments"])
    assert (node["fate"], node["reason"]) == ("unreadable", "permission-denied")
    assert any("orgpolicy.policies.list" in need and "grant" in need for need in explanation["needs"])


# A small organization, and how its findings read


def asset(kind, name, data=None, **more):
    return {"name": name, "asset_type": kind, **({"resource": {"data": data}} if data is not None else {}), **more}


def node(ref, name, above, **data):
    kind = {"organizations": "Organization", "folders": "Folder", "projects": "Project"}[ref.split("/")[0]]
    return asset(f"cloudresourcemanager.googleapis.com/{kind}", CRM + ref, {**data, **({"displayName": name} if name else {})},
                 ancestors=[ref, *above])


def policy(ref, constraint, **specs):
    name = f"{ref}/policies/gcp.{constraint}"
    return asset("orgpolicy.googleapis.com/Policy", f"//orgpolicy.googleapis.com/{name}", {"name": name, **specs})


def small_organization():
    top, production, keys = ["organizations/1"], ["folders/2", "organizations/1"], ["folders/3", "organizations/1"]
    shop = ["projects/4", *production]
    times = {"parent": "organizations/1", "shortName": "env"}
    denies = {"values": {"deniedValues": ["is:storage.googleapis.com"]}}
    prod = {"condition": {"expression": "resource.matchTag('1/env', 'prod')"}}
    test = {"condition": {"expression": "resource.matchTag('1/env', 'test')"}}
    return [
        node("organizations/1", "example.com", []), node("folders/2", "Production", top),
        node("folders/3", "Keys", top),
        node("projects/4", None, production, projectId="shop-web", projectNumber="4"),
        node("projects/5", None, top, projectId="shop-old", projectNumber="5"),
        node("projects/6", None, keys, projectId="keys-prod", projectNumber="6"),
        asset("cloudresourcemanager.googleapis.com/TagKey", CRM + "tagKeys/1",
              {"name": "tagKeys/1", "namespacedName": "1/env", **times}),
        asset("cloudresourcemanager.googleapis.com/TagValue", CRM + "tagValues/2",
              {"name": "tagValues/2", "parent": "tagKeys/1", "shortName": "prod", "namespacedName": "1/env/prod"}),
        asset("cloudresourcemanager.googleapis.com/TagBinding", CRM + "tagBindings/a",
              {"parent": CRM + "folders/2", "tagValue": "tagValues/2"}),
        policy("organizations/1", "restrictNonCmekServices", spec={"rules": [denies]}),
        policy("folders/2", "restrictNonCmekServices",
               spec={"inheritFromParent": True, "rules": [{**denies, **prod}, {"allowAll": True, **test}]},
               dryRunSpec={"rules": [{"values": {"deniedValues": ["storage.googleapis.com", "pubsub.googleapis.com"]}}]}),
        policy("organizations/1", "restrictCmekCryptoKeyProjects", spec={"rules": [
            {"values": {"allowedValues": ["projects/elsewhere"]}}]}),
        policy("folders/2", "restrictCmekCryptoKeyProjects", spec={"inheritFromParent": True, "rules": [
            {"values": {"allowedValues": ["under:folders/3"]}, "condition": {"expression": "resource.matchTag('1/env')"}}]}),
        policy("projects/5", "restrictCmekCryptoKeyProjects", spec={"rules": [
            {"values": {"allowedValues": ["projects/elsewhere", "under:folders/2"]}}]}),
        asset("storage.googleapis.com/Bucket", "//storage.googleapis.com/orders", {"location": "US"}, ancestors=shop),
        asset("pubsub.googleapis.com/Topic", "//pubsub.googleapis.com/projects/shop-web/topics/mail", {}, ancestors=shop),
        asset("storage.googleapis.com/Bucket", "//storage.googleapis.com/invoices",
              {"location": "US", "encryption": {"defaultKmsKeyName": KEY}}, ancestors=shop),
        asset("storage.googleapis.com/Bucket", "//storage.googleapis.com/archive",
              {"location": "US", "encryption": {"defaultKmsKeyName": KEY}}, ancestors=["projects/5", *top]),
        asset("cloudkms.googleapis.com/CryptoKey", "//cloudkms.googleapis.com/" + KEY,
              {"purpose": "ENCRYPT_DECRYPT", "primary": {"name": KEY + "/cryptoKeyVersions/3", "state": "DISABLED"}}),
    ]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    (folder / "assets.ndjson").write_text("".join(json.dumps(line) + "\n" for line in small_organization()))
    return scan("--assets", folder / "assets.ndjson", "--status", "all", folder=folder)


def find(report, rule, resource, enforcement="enforced"):
    return next(f for f in report["findings"] if f["rule_id"] == rule and f["resource_name"].endswith(f"/{resource}")
                and f["enforcement"] == enforcement)


TYPICAL = {
    "a-denial-repeated-nearer-under-a-condition": ("cmek-required", "orders", "enforced"),
    "a-dry-run": ("cmek-required", "mail", "dry-run"),
    "a-key-from-a-project-that-is-not-allowed": ("key-project-allowed", "archive", "enforced"),
    "a-condition-that-cannot-be-read": ("key-project-allowed", "invoices", "enforced"),
    "a-key-that-is-disabled": ("key-usable", "archive", "enforced"),
}


@pytest.mark.parametrize("name", TYPICAL)
def test_the_text_of_a_typical_finding(name, small):
    path, report = small
    finding = find(report, *TYPICAL[name])
    check(explain_json(finding["finding_id"], "--from", path), finding)
    text = explain(finding["finding_id"], "--from", path)
    assert text == (TEXTS / f"{name}.txt").read_text(), text


def test_there_is_a_typical_finding_for_every_text():
    assert sorted(path.stem for path in TEXTS.iterdir()) == sorted(TYPICAL)


def test_colour_paints_the_text_and_changes_nothing_else(small):
    path, report = small
    finding = find(report, "cmek-required", "orders")["finding_id"]
    painted = explain(finding, "--from", path, "--color", "always")
    assert "\x1b[1;31m" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == explain(finding, "--from", path)


def test_a_waived_finding_and_a_changed_severity_are_those_of_the_report(small, tmp_path):
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text("version: 1\nwaivers:\n- id: old-orders\n  rules: [cmek-required]\n  resources: ['*/orders']\n"
                       "  reason: Public anyway.\n  owner: shop@example.com\n"
                       f"  expires: {time.strftime('%Y-%m-%d', time.gmtime(time.time() + 86400 * 30))}\n")
    assets = small[0].parent / "assets.ndjson"
    path, report = scan("--assets", assets, "--waivers", waivers, "--severity", "cmek-required=low", folder=tmp_path)
    finding = find(report, "cmek-required", "orders")
    assert (finding["status"], finding["severity"], finding["waiver_id"]) == ("waived", "low", "old-orders")
    check(explain_json(finding["finding_id"], "--from", path), finding)


def test_a_finding_of_a_rule_of_ones_own_needs_that_rule(small, tmp_path):
    rules = tmp_path / "rules.yaml"
    rules.write_text("- id: our-keys\n  check: key-project-allowed\n  title: Ours\n  severity: low\n"
                     "  rationale: Because.\n  remediations:\n  - text: Change it.\n")
    path, report = scan("--assets", small[0].parent / "assets.ndjson", "--rules", rules, folder=tmp_path)
    finding = find(report, "our-keys", "archive")
    assert_refused(cmekscan("explain", finding["finding_id"], "--from", path), 2, "our-keys", "--rules")
    check(explain_json(finding["finding_id"], "--from", path, "--rules", rules), finding)


def test_names_that_would_command_the_terminal_are_shown_as_they_are(tmp_path):
    lines = small_organization()
    lines[1]["resource"]["data"]["displayName"] = "\x1b]0;owned\x07\n::error::x"
    lines[-1]["resource"]["data"]["primary"]["state"] = "\x1b[31m"
    path, report = scan("--assets", "-", "--status", "all", folder=tmp_path,
                        stdin="".join(json.dumps(line) + "\n" for line in lines).encode())
    for rule, resource in (("cmek-required", "orders"), ("key-usable", "archive")):
        text = explain(find(report, rule, resource)["finding_id"], "--from", path)
        assert "\x1b" not in text and "\x07" not in text and "\n::error" not in text


# Ids, and where findings come from


def test_ids_are_taken_in_either_case_and_in_part(small):
    path, report = small
    finding = report["findings"][0]
    whole = explain(finding["finding_id"], "--from", path)
    assert explain(finding["finding_id"][:8].upper(), "--from", path) == whole


def test_a_report_is_read_packed_and_from_standard_input(small, tmp_path):
    path, report = small
    finding_id = report["findings"][0]["finding_id"]
    packed = tmp_path / "report.json.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    whole = explain(finding_id, "--from", path)
    assert explain(finding_id, "--from", packed) == whole
    assert explain(finding_id, "--from", "-", stdin=path.read_bytes()) == whole


def test_a_typed_option_beats_what_the_environment_names(small):
    path, report = small
    finding_id = report["findings"][0]["finding_id"]
    whole = explain(finding_id, "--from", path)
    assert explain(finding_id, "--from", path, env=environment(CMEKSCAN_ORGANIZATION="1")) == whole
    assets = path.parent / "assets.ndjson"
    assert explain(finding_id, "--assets", assets, env=environment(CMEKSCAN_FROM="/nonexistent")) == whole


@pytest.mark.parametrize(("args", "patterns"), [
    ((), ("nothing to explain",)),
    (("cmek-required", "key-usable"), ("too much",)),
    (("cmek-requried",), ("did you mean cmek-required",)),
    (("xyz",), ("neither a rule", "nor the id of a finding")),
    (("abcdef12",), ("where is the finding from", "--from REPORT")),
    (("abcdef1", "--from", "REPORT"), ("too short", "at least 8")),
    (("0" * 65, "--from", "REPORT"), ("neither a rule",)),
    (("00000000", "--from", "REPORT"), ("no finding of .* has the id 00000000", "--status")),
    (("00000000", "--assets", "ASSETS"), ("no finding here has the id 00000000",)),
    (("00000000", "--from", "REPORT", "--assets", "ASSETS"), ("cannot be mixed with --assets",)),
    (("cmek-required", "--format", "yaml"), ("--format is 'yaml', expected text or json",)),
    (("cmek-required", "--rules", "/nonexistent"), ("/nonexistent",)),
])
def test_what_cannot_be_explained_is_refused_with_a_word_on_what_to_do(args, patterns, small):
    paths = {"REPORT": small[0], "ASSETS": small[0].parent / "assets.ndjson"}
    assert_refused(cmekscan("explain", *[paths.get(arg, arg) for arg in args]), 2, *patterns)


def test_a_beginning_that_fits_several_findings_is_refused(small, tmp_path):
    report = json.loads(small[0].read_text())
    for i, finding in enumerate(report["findings"]):
        finding["finding_id"] = f"abcdef12{i:056d}"
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report))
    assert_refused(cmekscan("explain", "abcdef12", "--from", path), 2,
                   f"{len(report['findings'])} findings have an id that begins with abcdef12", "give more digits")


# Reports that are none


def changed(change):
    def write(report):
        change(report)
        return json.dumps(report).encode()
    return write


ORDERS = "f743d1dad4c6175f09ea6a7f63f2f985c9ae1c91425007ac245435fe54fddaba"  # cmek-required of the bucket "orders"
BROKEN = {
    "nothing": (lambda _: b"", "breaks off"),
    "no JSON": (lambda _: b"# Report\n", "expected an object"),
    "a list": (lambda report: json.dumps([report]).encode(), "expected an object"),
    "half of it": (lambda report: json.dumps(report).encode()[:-1000], "breaks off"),
    "all but a bracket": (lambda report: json.dumps(report).encode()[:-1], "breaks off"),
    "two of them": (lambda report: json.dumps(report).encode() * 2, "expected nothing after"),
    "something else": (lambda _: b'{"version": "2.1.0", "runs": []}', "no schema_version"),
    "version 2": (changed(lambda report: report.update(schema_version="2.0")), "of version 2.0"),
    "a version that is none": (changed(lambda report: report.update(schema_version=1)), "schema_version is no text"),
    "findings that are none": (changed(lambda report: report.update(findings={})), "findings is no array"),
    "a finding that is none": (changed(lambda report: report["findings"].append(ORDERS)), "a finding is no object"),
    "evidence that is none": (changed(lambda report: report.update(evidence=[[]])), "in its evidence: record 1: "),
    "evidence without names": (changed(lambda report: report["evidence"].append({})), "in its evidence: record"),
    "no evidence": (changed(lambda report: report.pop("evidence")), "holds no evidence"),
    "deep JSON": (lambda _: b'{"findings":[' + b"[" * 300000 + b'"' + ORDERS.encode() + b'"' + b"]" * 300000 + b"]}",
                  "in its findings"),
    "deep JSON in evidence": (lambda _: b'{"evidence":[' + b"[" * 300000 + b"]" * 300000 + b"]}", "in its evidence"),
    "a finding beyond all bounds": (lambda _: b'{"schema_version":"1.0","findings":[{"x":"' + b"x" * (17 << 20) + b'"}]}',
                                    "longer than"),
    "a name beyond all bounds": (lambda _: b'{"' + b"x" * (17 << 20) + b'":1}', "no schema_version"),
    "a bomb": (lambda _: gzip.compress(b'{"x":"' + b"x" * (64 << 20)), "breaks off"),
    "half a packed one": (lambda report: gzip.compress(json.dumps(report).encode())[:-500], "gzip data ends in the middle"),
    "other evidence": (changed(lambda report: report.update(evidence=[
        line for line in report["evidence"] if not line["asset_type"].endswith("/Policy")])), "does not give its finding"),
    "another status": (changed(lambda report: [f.update(status="pass") for f in report["findings"]]), "does not give its finding"),
}


@pytest.mark.parametrize("label", BROKEN)
def test_what_is_no_whole_report_is_refused(label, small):
    write, message = BROKEN[label]
    report = json.loads(small[0].read_text())
    assert find(report, "cmek-required", "orders")["finding_id"] == ORDERS
    assert_refused(cmekscan("explain", ORDERS, "--from", "-", stdin=write(report)), 4, message, "standard input")


def test_a_report_without_evidence_says_what_to_do(small, tmp_path):
    assets = small[0].parent / "assets.ndjson"
    path, report = scan("--assets", assets, "--no-evidence", folder=tmp_path)
    assert report["evidence"] is None
    assert_refused(cmekscan("explain", report["findings"][0]["finding_id"], "--from", path), 4, "--no-evidence", "--assets FILE")


def test_a_missing_report_is_named(tmp_path):
    assert_refused(cmekscan("explain", "00000000", "--from", tmp_path / "none.json"), 4, "none.json", "No such file")


# Rules


RULES = re.findall(r"^(\S+)", cmekscan("rules").stdout, re.M)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_explained_for_people_and_machines(rule):
    text, document = explain(rule), json.loads(explain(rule, "--format", "json"))["rule"]
    assert text == cmekscan("rules", rule).stdout
    assert document["id"] == rule and document["governs"] and document["verdicts"]["fail"]
    flat = " ".join(text.split())
    for part in (document["title"], document["rationale"], document["governs"], *document["verdicts"].values(),
                 *[remediation["text"] for remediation in document["remediations"]], *document["references"]):
        assert not part or " ".join(part.split()) in flat


# Secrets


def test_no_secret_gets_into_evidence(tmp_path):
    lines = small_organization()
    for line in lines:
        data = line.get("resource", {}).get("data", {})
        data.update(secretData="s3cr3t", privateKeyData="s3cr3t", labels={"token": "s3cr3t"}, etag="s3cr3t",
                    iamConfiguration={"x": "s3cr3t"})
        line["iam_policy"] = {"bindings": [{"members": ["s3cr3t"]}]}
    path, report = scan("--assets", "-", "--status", "all", folder=tmp_path,
                        stdin="".join(json.dumps(line) + "\n" for line in lines).encode())
    assert len(report["evidence"]) > 15 and "s3cr3t" not in path.read_text()
