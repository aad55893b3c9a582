# SPDX-License-Identifier: Apache-2.0
"""The service catalogue: every row against Google's Discovery documents, and through the program from end to end.

The rows are read here with another YAML parser, and the assets are made from their paths, so neither the program's
loader nor its decoder judges itself.
"""
import json
import re

import pytest
import yaml

import discovery
from scanning import DEMO_ASSETS, ROOT, Cloud, Direct, assert_same_findings, cmekscan, read_assets, report_of

FILES = sorted((ROOT / "rules" / "services").glob("*.yaml"))
SERVICES = [service for file in FILES for service in yaml.safe_load(file.read_text(encoding="utf-8"))]
ROWS = [(service, row) for service in SERVICES for row in service.get("resources", [])]
STEP = re.compile(r'(?:"([^"]+)"|([^."\[\]]+))(\[\])?(?:\.|$)')
KEY = "projects/kms-project/locations/us/keyRings/ring/cryptoKeys/key"


def as_list(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def alternatives(places):
    return [re.split(r"\s+or\s+", place.strip()) for place in as_list(places)]


def steps(path):
    found = STEP.findall(path)
    assert "".join(f'"{q}"' + l if q else n + l for q, n, l in found) == path.replace(".", "") or '"' in path, path
    return [(quoted or name, bool(brackets)) for quoted, name, brackets in found]


def row_ids(rows):
    return [row["asset_type"] for _, row in rows]


# Against Google's own description


def schema_has(document, schema, path):
    node = document.resolve(document.schemas[schema])
    for name, is_list in steps(path):
        described = node.get("description", "")
        if name in node.get("properties", {}):
            node = document.resolve(node["properties"][name])
        elif "additionalProperties" in node and f"`{name}`" in described:
            node = document.resolve(node["additionalProperties"])
        else:
            return False
        if is_list != (node.get("type") == "array"):
            return False
        if is_list:
            node = document.resolve(node["items"])
    return node.get("type") == "string"


DESCRIBED = [(service, row) for service, row in ROWS if "discovery" in row]


@pytest.mark.parametrize("service, row", DESCRIBED, ids=row_ids(DESCRIBED))
def test_every_path_is_in_the_discovery_document(service, row):
    schemas = [(discovery.Document(name), schema) for name, schema in (each.split() for each in row["discovery"])]
    paths = [path for place in alternatives(row.get("keys")) + alternatives(row.get("further_keys")) for path in place]
    paths += [row[member] for member in ("location", "created") if member in row]
    paths += [each["field"] for member in ("except", "instead") for each in row.get(member, []) if "field" in each]
    assert paths
    for path in paths:
        assert any(schema_has(document, schema, path) for document, schema in schemas), path
    for document, schema in schemas:  # none is named in vain
        assert any(schema_has(document, schema, path) for path in paths), schema


def test_rows_without_a_schema_have_no_document_and_are_not_verified():
    documents = {path.name for path in discovery._documents_folder().glob("*.json")}
    without = [row for _, row in ROWS if "discovery" not in row]
    assert {row["asset_type"] for row in without} == {"lustre.googleapis.com/Instance",
                                                      "memorystore.googleapis.com/Instance"}
    for row in without:
        api = row["asset_type"].split(".")[0]
        assert not any(name.startswith(f"{api}.") for name in documents), api
        assert row.get("verified") is not True and row["without_key"] == "unknown"


def test_a_wrong_path_would_be_found():
    storage = discovery.Document("storage.v1")
    assert schema_has(storage, "Bucket", "encryption.defaultKmsKeyName")
    for wrong in ("encryption.defaultKmsKey", "encryption", "encryption[].defaultKmsKeyName", "labels.x"):
        assert not schema_has(storage, "Bucket", wrong)


# From end to end


def put(data, path, value):
    """Sets what a path leads to, with one element in each list."""
    where = steps(path)
    for position, (name, is_list) in enumerate(where):
        last = position == len(where) - 1
        if is_list:
            data[name] = data.get(name) or [value if last else {}]
            data = data[name][0]
        elif last:
            data[name] = value
        else:
            data = data.setdefault(name, {})
    return data


def asset(row, name, data):
    host = row["asset_type"].split("/")[0]
    return {"name": f"//{host}/projects/app/things/{name}", "asset_type": row["asset_type"], "resource": {"data": data},
            "ancestors": ["projects/10", "organizations/1"]}


def policy(constraint, values):
    name = f"organizations/1/policies/{constraint}"
    return {"name": f"//orgpolicy.googleapis.com/{name}", "asset_type": "orgpolicy.googleapis.com/Policy",
            "resource": {"data": {"name": name, "spec": {"rules": [{"values": values}]}}}}


def frame(denied):
    project = {"projectNumber": "10", "projectId": "app"}
    kms = {"projectNumber": "20", "projectId": "kms-project"}
    return [
        {"name": "//cloudresourcemanager.googleapis.com/organizations/1", "ancestors": ["organizations/1"],
         "asset_type": "cloudresourcemanager.googleapis.com/Organization", "resource": {"data": {}}},
        *({"name": f"//cloudresourcemanager.googleapis.com/projects/{data['projectId']}",
           "asset_type": "cloudresourcemanager.googleapis.com/Project", "resource": {"data": data},
           "ancestors": [f"projects/{data['projectNumber']}", "organizations/1"]} for data in (project, kms)),
        policy("gcp.restrictNonCmekServices", {"deniedValues": denied}),
        policy("gcp.restrictCmekCryptoKeyProjects", {"allowedValues": ["projects/kms-project"]}),
        {"name": f"//cloudkms.googleapis.com/{KEY}", "asset_type": "cloudkms.googleapis.com/CryptoKey",
         "ancestors": ["projects/20", "organizations/1"],
         "resource": {"data": {"purpose": "ENCRYPT_DECRYPT", "primary": {"name": f"{KEY}/cryptoKeyVersions/1",
                                                                          "state": "ENABLED"}}}},
    ]


def write(path, assets):
    path.write_text("".join(json.dumps(each) + "\n" for each in assets), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """One resource without and one with a key of every type, under a policy that denies every service."""
    assets = frame([service["service"] for service in SERVICES])
    for index, (_, row) in enumerate(ROWS):
        assets.append(asset(row, f"bare-{index}", {}))
        keyed = {}
        for place in alternatives(row.get("keys")):
            put(keyed, place[0], KEY)
        assets.append(asset(row, f"keyed-{index}", keyed))
    return write(tmp_path_factory.mktemp("all") / "assets.ndjson", assets)


def statuses(report, name):
    return {each["rule_id"]: each["status"] for each in report["findings"]
            if each["resource_name"].endswith(f"/things/{name}")}


def test_every_type_is_judged_as_its_row_says(everything):
    report = report_of("--assets", everything, "--services", "all")
    for index, (service, row) in enumerate(ROWS):
        governed = row.get("governed_by", "both")
        bare, keyed = statuses(report, f"bare-{index}"), statuses(report, f"keyed-{index}")
        label = f"{row['asset_type']}: {bare} {keyed}"
        if governed == "both":
            assert bare == {"cmek-required": row["without_key"]}, label
        else:
            assert bare == {}, label
        if not row.get("keys"):
            continue
        expected = {"key-usable": "pass"}
        if governed != "neither":
            expected["key-project-allowed"] = "pass"
        if governed == "both":
            expected["cmek-required"] = "pass"
        assert keyed == expected, label
        found = [each for each in report["findings"] if each["resource_name"].endswith(f"/things/keyed-{index}")]
        assert {each["service"] for each in found} == {service["service"]}
        assert {each["kms_key"] for each in found} == {KEY}
    unsure = {each["reason"] for each in report["findings"] if each["status"] == "unknown"}
    assert unsure == {"absence-not-conclusive"}
    counts = {each["type"]: (each["total"], each["with_key"]) for each in report["summary"]["resources"]}
    assert counts == {row["asset_type"]: (2, 1 if row.get("keys") else 0) for _, row in ROWS}


def test_what_no_resource_shows_is_a_gap(everything):
    report = report_of("--assets", everything, "--services", "all")
    assert {gap["scope"] for gap in report["coverage"]} == {each["service"] for each in SERVICES if "note" in each}
    assert {gap["error"] for gap in report["coverage"]} == {"not-listed"} and not report["scan"]["complete"]
    calm = report_of("--assets", everything, "--services", "storage,pubsub")
    assert calm["coverage"] == []


def test_without_services_the_three_are_looked_at(everything):
    run = cmekscan("scan", "--assets", everything, "--report", "json")
    report = json.loads(run.stdout)
    three = ["storage.googleapis.com/Bucket", "pubsub.googleapis.com/Topic", "artifactregistry.googleapis.com/Repository"]
    assert [each["type"] for each in report["summary"]["resources"]] == three
    assert {each["resource_type"] for each in report["findings"]} == set(three)
    assert "does not look at" in run.stderr and "compute" in run.stderr and "storage," not in run.stderr
    named = report_of("--assets", everything, "--services", "storage,pubsub.googleapis.com,artifactregistry")
    assert [each for each in named["findings"] if each["status"] == "fail"] == report["findings"]


def test_the_text_report_sums_up_what_there_is_nothing_of(tmp_path):
    path = write(tmp_path / "assets.ndjson", [*frame(["compute.googleapis.com"]), asset(
        {"asset_type": "compute.googleapis.com/Disk"}, "d", {})])
    text = cmekscan("scan", "--assets", path, "--services", "all").stdout
    assert "1 compute.googleapis.com/Disk, 0 with a key" in text
    assert f"none of {len(ROWS) - 1} other types" in text
    assert "disk d has no customer-managed key" in text


def test_the_key_and_the_place_that_decide_are_named(tmp_path):
    wrong = "projects/elsewhere/locations/us/keyRings/r/cryptoKeys/k"
    replicas = [{"customerManagedEncryption": {"kmsKeyName": KEY}}, {"customerManagedEncryption": {"kmsKeyName": wrong}}, {}]
    row = {"asset_type": "secretmanager.googleapis.com/Secret"}
    path = write(tmp_path / "assets.ndjson", [
        *frame(["secretmanager.googleapis.com"]),
        asset(row, "s", {"replication": {"userManaged": {"replicas": replicas}}}),
        asset(row, "fine", {"replication": {"userManaged": {"replicas": replicas[:1]}}}),
    ])
    report = report_of("--assets", path, "--services", "secretmanager")
    found = {each["rule_id"]: each for each in report["findings"] if each["resource_name"].endswith("/s")}
    required = found["cmek-required"]
    assert required["status"] == "fail" and required["kms_key"] is None
    assert "at replication.userManaged.replicas[2].customerManagedEncryption.kmsKeyName" in required["message"]
    assert found["key-project-allowed"]["status"] == "fail" and found["key-project-allowed"]["kms_key"] == wrong
    assert found["key-usable"]["status"] == "unknown" and found["key-usable"]["kms_key"] == wrong
    assert report["summary"]["resources"] == [{"type": row["asset_type"], "total": 2, "with_key": 1}]


def test_zones_and_pages(tmp_path):
    disk = {"name": "//compute.googleapis.com/projects/app/zones/us-central1-a/disks/d",
            "asset_type": "compute.googleapis.com/Disk", "resource": {"data": {}},
            "ancestors": ["projects/10", "organizations/1"]}
    table = asset({"asset_type": "bigquery.googleapis.com/Table"}, "t", {"type": "TABLE"})
    path = write(tmp_path / "assets.ndjson", [*frame(["compute.googleapis.com", "bigquery.googleapis.com"]), disk, table])
    rule = tmp_path / "rule.yaml"
    rule.write_text("- id: cmek-required\n  remediations:\n    - text: use {new_key} in {key_location}\n", encoding="utf-8")
    report = report_of("--assets", path, "--services", "compute,bigquery", "--rules", rule)
    by_type = {each["resource_type"]: each for each in report["findings"]}
    assert by_type["compute.googleapis.com/Disk"]["location"] == "us-central1-a"
    assert by_type["compute.googleapis.com/Disk"]["remediation"] == (  # Cloud KMS has no zones
        "use projects/kms-project/locations/us-central1/keyRings/KEY_RING/cryptoKeys/KEY in us-central1")
    page = next(each["reference"] for each in SERVICES if each["service"] == "bigquery.googleapis.com")
    assert page in by_type["bigquery.googleapis.com/Table"]["references"]
    assert page not in by_type["compute.googleapis.com/Disk"]["references"]


def test_the_list_is_of_the_services_that_are_named():
    lines = cmekscan("services", "--services", "storage,compute").stdout.splitlines()
    assert {line.split(".")[0] for line in lines} == {"storage", "compute"}
    assert set(lines) < set(cmekscan("services").stdout.splitlines())
    assert cmekscan("services", "--services", "all").stdout == cmekscan("services").stdout


# A catalogue of one's own

CATALOGUE = """
- service: boxes.example.com
  name: Boxes
  resources:
    - asset_type: boxes.example.com/Box
      noun: box
      keys: lid.key
      without_key: fail
      verified: true
- service: tpu.googleapis.com
  resources:
    - asset_type: tpu.googleapis.com/Node
      noun: node
      keys: bootDiskConfig.customerEncryptionKey.kmsKeyName
      without_key: fail
      verified: true
"""


def test_a_new_service_is_a_row_and_no_code(tmp_path):
    (tmp_path / "boxes.yaml").write_text(CATALOGUE, encoding="utf-8")
    path = write(tmp_path / "assets.ndjson", [
        *frame(["boxes.example.com", "tpu.googleapis.com"]),
        asset({"asset_type": "boxes.example.com/Box"}, "bare", {}),
        asset({"asset_type": "boxes.example.com/Box"}, "keyed", {"lid": {"key": KEY}}),
        asset({"asset_type": "tpu.googleapis.com/Node"}, "node", {}),
    ])
    for where in (tmp_path / "boxes.yaml", tmp_path):
        report = report_of("--assets", path, "--catalogue", where, "--services", "boxes,tpu")
        assert statuses(report, "bare") == {"cmek-required": "fail"}
        assert statuses(report, "keyed") == {rule: "pass" for rule in ("cmek-required", "key-project-allowed", "key-usable")}
        assert statuses(report, "node") == {"cmek-required": "fail"}
    assert cmekscan("scan", "--assets", path, "--services", "boxes").status == 2


def test_a_wrong_catalogue_stops_the_scan(tmp_path):
    (tmp_path / "wrong.yaml").write_text(CATALOGUE.replace("lid.key", "lid..key"), encoding="utf-8")
    for command in (["scan", "--assets", DEMO_ASSETS], ["services"], ["collect", "--project", "p", "-o", "-"]):
        run = cmekscan(*command, "--catalogue", tmp_path / "wrong.yaml")
        assert run.status == 2 and run.stdout == ""
        assert re.search(r"wrong\.yaml:7:7: 'lid\.\.key' is no path", run.stderr), run.stderr


# Live


def test_the_direct_source_says_what_it_cannot_list(tmp_path):
    with Direct(tmp_path) as cloud:
        organization = next(each["name"].split("/")[-1] for each in read_assets(DEMO_ASSETS)
                            if each["asset_type"] == "cloudresourcemanager.googleapis.com/Organization")
        plain = cloud.report("--organization", organization)
        more = cloud.report("--organization", organization, "--services", "storage,pubsub,artifactregistry,compute,run")
        gaps = [gap for gap in more["coverage"] if gap not in plain["coverage"]]
        assert [gap["scope"] for gap in gaps] == [f"organizations/{organization}"]
        assert gaps[0]["error"] == "not-listed"
        assert "compute.googleapis.com, run.googleapis.com" in gaps[0]["message"]
        assert "storage.googleapis.com" not in gaps[0]["message"]
        assert more["findings"] == plain["findings"] and not more["scan"]["complete"]
        only = cloud.report("--organization", organization, "--services", "run")
        assert {(each["rule_id"], each["status"]) for each in only["findings"]} == {("policy-dry-run-only", "pass")}
        assert len(only["coverage"]) == 1


def test_the_inventory_lists_every_service(everything, tmp_path):
    with Cloud(tmp_path, assets=everything) as cloud:
        report = cloud.report("--organization", "1", "--via", "inventory", "--no-confirm", "--services", "all")
    offline = report_of("--assets", everything, "--services", "all")
    assert_same_findings(report, offline, ["remediation_command"])
    assert report["scan"]["api_calls"]["cloudasset.assets.list"] == 2
    assert [gap for gap in report["coverage"] if gap["error"] != "not-listed"] == []


def test_a_type_that_the_inventory_does_not_know_costs_only_itself(everything, tmp_path):
    """Which one it is the API does not always say."""
    (tmp_path / "boxes.yaml").write_text(CATALOGUE, encoding="utf-8")
    select = ("--catalogue", tmp_path / "boxes.yaml", "--services", "all")
    with Cloud(tmp_path, assets=everything) as cloud:
        report = cloud.report("--organization", "1", "--via", "inventory", "--no-confirm", *select)
    offline = report_of("--assets", everything, *select)
    assert_same_findings(report, offline, ["remediation_command"])
    refused = [gap for gap in report["coverage"] if gap["error"] != "not-listed"]
    assert [(gap["scope"], gap["operation"], gap["error"]) for gap in refused] == [
        ("organizations/1", "cloudasset.assets.list.type", "invalid-request")]
    assert "boxes.example.com/Box" in refused[0]["message"]
    assert report["scan"]["api_calls"]["cloudasset.assets.list"] < 20


# The listing


def test_the_list_has_every_row():
    run = cmekscan("services")
    assert run.status == 0
    listed = dict(re.split(r"  +", line, maxsplit=1) for line in run.stdout.splitlines())
    assert set(listed) == {row["asset_type"] for _, row in ROWS} | {each["service"] for each in SERVICES if "note" in each}
    assert listed["compute.googleapis.com/Disk"] == "no key: fails"
    assert listed["container.googleapis.com/Cluster"] == "no key: unknown"
    assert listed["bigquery.googleapis.com/Dataset"] == "only where its key comes from"
    assert listed["cloudtasks.googleapis.com"] == "not judged"


def test_a_service_is_shown_whole():
    text = cmekscan("services", "logging", "run.googleapis.com").stdout
    for part in ("logging.googleapis.com (Cloud Logging)", "key        cmekSettings.kmsKeyName",
                 "except     its name is _Default", "terraform  google_logging_project_bucket_config",
                 'or         metadata.annotations."run.googleapis.com/encryption-key"', "not verified", "from       built in"):
        assert part in text, part


def test_the_asset_types_of_an_export():
    types = cmekscan("services", "--asset-types", "--services", "storage,compute").stdout.strip().split(",")
    assert len(types) == len(set(types))
    assert {"cloudresourcemanager.googleapis.com/Project", "orgpolicy.googleapis.com/Policy",
            "cloudkms.googleapis.com/CryptoKey", "storage.googleapis.com/Bucket", "compute.googleapis.com/Disk"} <= set(types)
    assert "pubsub.googleapis.com/Topic" not in types
    every = cmekscan("services", "--asset-types", "--services", "all").stdout.strip().split(",")
    assert {row["asset_type"] for _, row in ROWS} < set(every)


# Policies that are not set


def simulated(tmp_path, lines, constraint, values, *options):
    """Findings by rule and resource under a policy of the organization's that a file sets."""
    (tmp_path / "policy.json").write_text(json.dumps(
        {"name": f"organizations/1/policies/{constraint}", "spec": {"rules": [{"values": values}]}}), encoding="utf-8")
    path = write(tmp_path / "assets.ndjson", lines)
    report = report_of("--assets", path, "--policy", tmp_path / "policy.json", *options, command="simulate")
    return report, {(each["rule_id"], each["resource_name"].split("/")[-1]): each for each in report["findings"]}


def test_a_simulation_judges_every_key(tmp_path):
    other = KEY.replace("kms-project", "kms-other")
    replicas = [{"customerManagedEncryption": {"kmsKeyName": key}} for key in (KEY, other)]
    row = {"asset_type": "secretmanager.googleapis.com/Secret"}
    lines = [*frame(["compute.googleapis.com"]),
             asset(row, "two", {"replication": {"userManaged": {"replicas": replicas}}}),
             asset(row, "half", {"replication": {"userManaged": {"replicas": [replicas[0], {}]}}})]
    services = ("--services", "secretmanager")
    _, found = simulated(tmp_path, lines, "gcp.restrictNonCmekServices", {"deniedValues": ["secretmanager.googleapis.com"]}, *services)
    required = found["cmek-required", "half"]
    assert (required["status"], required["baseline_state"], required["kms_key"]) == ("fail", "new", None)
    assert "at replication.userManaged.replicas[1]." in required["message"]
    assert found["cmek-required", "two"]["status"] == "pass"
    today = found["key-project-allowed", "two"]
    assert (today["status"], today["baseline_state"], today["kms_key"]) == ("fail", "unchanged", other)
    for allowed, status, state, key in ((["projects/kms-project", "projects/kms-other"], "pass", "resolved", KEY),
                                        (["projects/kms-other"], "fail", "unchanged", KEY)):
        _, found = simulated(tmp_path, lines, "gcp.restrictCmekCryptoKeyProjects", {"allowedValues": allowed}, *services)
        then = found["key-project-allowed", "two"]
        assert (then["status"], then["baseline_state"], then["kms_key"]) == (status, state, key), allowed


def test_a_simulated_policy_of_what_no_resource_shows_is_a_gap(tmp_path):
    values = {"deniedValues": ["cloudtasks.googleapis.com"]}
    report, _ = simulated(tmp_path, frame(["storage.googleapis.com"]), "gcp.restrictNonCmekServices", values, "--services", "all")
    assert [(gap["scope"], gap["error"]) for gap in report["coverage"]] == [("cloudtasks.googleapis.com", "not-listed")]
    report, _ = simulated(tmp_path, frame(["storage.googleapis.com"]), "gcp.restrictNonCmekServices", values)
    assert report["coverage"] == []


# Evidence


def explain(finding, path, *options):
    return cmekscan("explain", finding["finding_id"], "--from", path, *options)


def test_evidence_gives_every_finding_again(everything, tmp_path):
    report = report_of("--assets", everything, "--services", "all")
    again = report_of("--assets", write(tmp_path / "evidence.ndjson", report["evidence"]), "--services", "all")
    assert_same_findings(again, report)


def test_a_report_is_explained_by_what_its_scan_looked_at(everything, tmp_path):
    path = tmp_path / "report.json"
    for services in ("all", "compute,secretmanager"):
        report = report_of("--assets", everything, "--services", services)
        path.write_text(json.dumps(report), encoding="utf-8")
        wanted = [each for each in report["findings"] if each["resource_type"] in (
            "compute.googleapis.com/Disk", "secretmanager.googleapis.com/Secret")]
        wanted += [each for each in report["findings"] if each["rule_id"].startswith("policy-")]
        assert len({each["rule_id"] for each in wanted}) >= 3
        for finding in wanted:
            run = explain(finding, path)
            assert run.status == 0 and finding["message"].split(",")[0][:30] in " ".join(run.stdout.split()), run.stderr


def test_the_key_that_decides_is_explained(tmp_path):
    other = KEY.replace("kms-project", "kms-other")
    replicas = [{"customerManagedEncryption": {"kmsKeyName": key}} for key in (KEY, other)]
    path = write(tmp_path / "assets.ndjson", [
        *frame(["secretmanager.googleapis.com"]),
        asset({"asset_type": "secretmanager.googleapis.com/Secret"}, "s", {"replication": {"userManaged": {"replicas": replicas}}}),
        asset({"asset_type": "secretmanager.googleapis.com/Secret"}, "half", {"replication": {"userManaged": {"replicas": [replicas[0], {}]}}})])
    report = report_of("--assets", path, "--services", "secretmanager")
    (tmp_path / "report.json").write_text(json.dumps(report), encoding="utf-8")
    by = {(each["rule_id"], each["resource_name"].split("/")[-1]): each for each in report["findings"]}
    text = explain(by["key-project-allowed", "s"], tmp_path / "report.json").stdout
    assert other in text and KEY not in text
    text = explain(by["cmek-required", "half"], tmp_path / "report.json").stdout
    assert "secret half  not a key in every place" in text


def test_a_report_of_a_catalogue_of_ones_own_needs_it(tmp_path):
    (tmp_path / "boxes.yaml").write_text(CATALOGUE, encoding="utf-8")
    path = write(tmp_path / "assets.ndjson", [*frame(["boxes.example.com"]), asset({"asset_type": "boxes.example.com/Box"}, "bare", {})])
    catalogue = ("--catalogue", tmp_path / "boxes.yaml")
    report = report_of("--assets", path, *catalogue, "--services", "boxes")
    (tmp_path / "report.json").write_text(json.dumps(report), encoding="utf-8")
    finding = next(each for each in report["findings"] if each["rule_id"] == "cmek-required")
    assert explain(finding, tmp_path / "report.json", *catalogue).status == 0
    run = explain(finding, tmp_path / "report.json")
    assert run.status == 2 and "boxes.example.com" in run.stderr and "--catalogue" in run.stderr
