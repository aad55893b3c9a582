# SPDX-License-Identifier: Apache-2.0
"""Plans with resources of any service: the rows of the catalogue say where a Terraform type names its keys.

Plans are made here from the rows, which another YAML parser reads, and from shapes that were worked out by hand.
"""
import json

import pytest
from scanning import cmekscan, report_of
from terraform import KEY, KEY_PROJECT, block, bucket, change, deny, plan, plan_writer, policy, refer, topic
from test_services import ROWS, SERVICES, alternatives, steps

REQUIRED, ALLOWED = "cmek-required", "key-project-allowed"
TERRAFORM = [(service, row, tf) for service, row in ROWS for tf in row.get("terraform", [])]
IDS = [tf["type"] for _, _, tf in TERRAFORM]
OTHER = KEY.replace("keys", "rogue", 1)
PASS, FAIL = ("pass", None), ("fail", None)
WAITS = ("unknown", "unknown-until-apply")
SUPPLIED = ("unknown", "customer-supplied-key")
DEFAULT = ("unknown", "default-key")
NOT_SURE = ("unknown", "absence-not-conclusive")


@pytest.fixture
def write(tmp_path):
    return plan_writer(tmp_path)


def judge(*args):
    report = report_of("--services", "all", "--status", "all", *args)
    return {(f["source_address"], f["rule_id"]): f for f in report["findings"]}


def put(target, path, value):
    """Sets `value` at a path of the catalogue: blocks are lists, here of one, and only maps have names with dots."""
    (name, is_list), *rest = path
    if not rest:
        target[name] = [value] if is_list else value
    elif "." in rest[0][0]:
        put(target.setdefault(name, {}), rest, value)
    else:
        put(target.setdefault(name, [{}])[0], rest, value)


def verdict(finding):
    return finding and (finding["status"], finding["reason"])


# Every row


@pytest.mark.parametrize("service, row, tf", TERRAFORM, ids=IDS)
def test_a_key_at_every_place_of_a_row(write, service, row, tf):
    """For each way to name a key: it is found, and what the constraint asks for is there."""
    places = alternatives(tf["keys"])
    for way in range(max(map(len, places))):
        after = {"name": "x"}
        for place in places:
            put(after, steps(place[min(way, len(place) - 1)]), KEY)
        found = judge("--plan", write(change(f"{tf['type']}.x", after), policy(
            "projects/app-one", KEY_PROJECT, "google_org_policy_policy.keys", allowed=["projects/others"])))
        if row.get("governed_by") != "neither":
            finding = found[(f"{tf['type']}.x", ALLOWED)]
            elsewhere = tf["type"].startswith("google_logging_") and "project" not in tf["type"]
            assert (finding["status"], finding["kms_key"]) == ("unknown" if elsewhere else "fail", KEY)
            assert finding["resource_type"] == row["asset_type"]
        else:
            assert not [rule for _, rule in found if rule == ALLOWED]
        found = judge("--plan", write(change(f"{tf['type']}.x", after)))
        required = found.get((f"{tf['type']}.x", REQUIRED))
        assert verdict(required) == (PASS if row.get("governed_by", "both") == "both" else None)


@pytest.mark.parametrize("service, row, tf", TERRAFORM, ids=IDS)
def test_no_key_at_any_place_of_a_row(write, service, row, tf):
    blocks = {"name": "x"}
    if "each" in tf:
        blocks[tf["each"]] = [{}]
    found = judge("--plan", write(change(f"{tf['type']}.x", blocks))).get((f"{tf['type']}.x", REQUIRED))
    if row.get("governed_by", "both") != "both":
        assert not found
        return
    fails = row.get("without_key") == "fail" and tf.get("verified")
    assert verdict(found) == (FAIL if fails else NOT_SURE)


@pytest.mark.parametrize("service, row, tf", TERRAFORM, ids=IDS)
def test_keys_that_wait(write, service, row, tf):
    """A block that is unknown as a whole, and a key that is: both wait, and what for is told."""
    first = steps(alternatives(tf["keys"])[0][0])[0][0]
    path = write(change(f"{tf['type']}.x", {"name": "x"}, unknown={first: True}))
    found = judge("--plan", path).get((f"{tf['type']}.x", REQUIRED))
    if row.get("governed_by", "both") != "both":
        assert not found
    elif [first] == [name for name, _ in steps(alternatives(tf["keys"])[0][0])]:
        # The block of the configuration is written, and nobody sets the attribute in it.
        assert verdict(found) in (FAIL, NOT_SURE)
    else:
        assert verdict(found) == WAITS
        assert f"{tf['type']}.x.{first}" in found["message"]


def test_what_is_left_to_the_provider_counts_once_it_is_written():
    """The same, of an attribute that refers to something: it waits for that."""
    single = [tf for _, row, tf in TERRAFORM if "." not in str(tf["keys"]) and isinstance(tf["keys"], str)]
    assert len(single) > 15
    for tf in single:
        text = json.dumps(plan(change(f"{tf['type']}.x", {"name": "x"}, unknown={tf["keys"]: True}),
                               blocks=[block(f"{tf['type']}.x", **{tf["keys"]: refer("local.key")})]))
        run = cmekscan("scan", "--services", "all", "--plan", "-", "--status", "all", "--report", "json",
                       stdin=text.encode())
        found = [f for f in json.loads(run.stdout)["findings"] if f["rule_id"] == REQUIRED]
        assert all(verdict(f) == WAITS and "local.key" in f["message"] for f in found), tf


def test_rows_have_names_where_their_ids_have_none():
    """CAI calls a few otherwise than Terraform's id does: those rows must say how."""
    names = {tf["type"]: tf.get("name", "") for _, _, tf in TERRAFORM}
    assert names["google_sql_database_instance"].startswith("//cloudsql.googleapis.com/")
    assert names["google_bigtable_instance"].startswith("//bigtable.googleapis.com/")
    assert names["google_storage_bucket"] == "//storage.googleapis.com/{name}"
    assert all(name.startswith("//") or not name for name in names.values())
    assert len(set(names)) == len(TERRAFORM)


# Shapes, by hand


def sql(after=None, *actions, **more):
    return change("google_sql_database_instance.x", {"name": "db", "project": "app-one", "region": "europe-west1",
                                                     **(after or {})}, *actions, **more)


def table(**after):
    return change("google_bigquery_table.x", {"project": "app-one", "dataset_id": "d", "table_id": "t", "view": [],
                                              "external_data_configuration": [], "encryption_configuration": [],
                                              **after})


def secret(*keys):
    replicas = [{"location": f"r{i}", "customer_managed_encryption": [{"kms_key_name": key}] if key else []}
                for i, key in enumerate(keys)]
    return change("google_secret_manager_secret.x", {
        "secret_id": "s", "project": "app-one", "replication": [{"auto": [], "user_managed": [{"replicas": replicas}]}]})


def disk(raw=None, key=None, **more):
    keys = [{"kms_key_self_link": key, "raw_key": raw, "rsa_encrypted_key": None}] if raw or key else []
    return change("google_compute_disk.x", {"name": "d", "project": "app-one", "zone": "us-central1-a",
                                            "disk_encryption_key": keys}, **more)


def notebook(boot, *data, unknown=()):
    return change("google_workbench_instance.x", {"name": "n", "gce_setup": [{
        "boot_disk": [{"kms_key": boot}], "data_disks": [{"kms_key": key} for key in data]}]},
        unknown={"gce_setup": [{"boot_disk": [{}], "data_disks": [{"kms_key": i in unknown} for i in range(len(data))]}]})


def log_bucket(bucket_id, kind="project", **more):
    return change(f"google_logging_{kind}_bucket_config.x", {"bucket_id": bucket_id, "location": "global", **more})


def nodes(*keys, pool_key=None, **more):
    return change("google_container_cluster.x", {
        "name": "c", "location": "us", "node_config": [{"boot_disk_kms_key": pool_key}] if pool_key else [],
        "node_pool": [{"node_config": [{"boot_disk_kms_key": key}]} for key in keys]}, **more)


UNKNOWN_SQL = {"encryption_key_name": True}
# name: change, block of the configuration or None, verdict on cmek-required (None: no finding), a part of the message
SHAPES = {
    "Cloud SQL without a key, which the provider will fill in": (
        sql(unknown=UNKNOWN_SQL), block("google_sql_database_instance.x", name={"constant_value": "db"}), FAIL, "db has no"),
    "… of which the configuration is not there": (sql(unknown=UNKNOWN_SQL), None, FAIL, ""),
    "… whose key a local hides": (
        sql(unknown=UNKNOWN_SQL), block("google_sql_database_instance.x", encryption_key_name=refer("local.k")), WAITS,
        "waits for local.k"),
    "a replica may have the key of its primary": (sql({"master_instance_name": "main"}), None, DEFAULT, "its primary"),
    "a clone": (sql({"clone": [{"source_instance_name": "main"}]}), None, DEFAULT, "made from"),
    "no clone": (sql({"clone": []}), None, FAIL, ""),
    "a table": (table(), None, DEFAULT, "default key of its dataset"),
    "a table with a key": (table(encryption_configuration=[{"kms_key_name": KEY}]), None, PASS, ""),
    "a view holds no data": (table(view=[{"query": "SELECT 1"}]), None, None, ""),
    "nor does an external table": (table(external_data_configuration=[{"source_uris": []}]), None, None, ""),
    "a materialized view does": (table(materialized_view=[{"query": "SELECT 1"}]), None, DEFAULT, ""),
    "a disk without a key": (disk(), None, FAIL, "disk d has no customer-managed key"),
    "a disk with a raw key": (disk(raw="aGVsbG8="), None, SUPPLIED, "its owner supplies"),
    "a raw key that is secret": (
        disk(raw="aGVsbG8=", sensitive={"disk_encryption_key": [{"raw_key": True}]}), None, SUPPLIED, ""),
    "a raw key that is known later": (
        change("google_compute_disk.x", {"name": "d", "disk_encryption_key": [{}]},
               unknown={"disk_encryption_key": [{"raw_key": True}]}),
        block("google_compute_disk.x", disk_encryption_key=[{"raw_key": refer("random_id.k.b64_std", "random_id.k")}]),
        SUPPLIED, ""),
    "a key beside a raw one": (disk(raw="aGVsbG8=", key=KEY), None, PASS, ""),
    "every replica has a key": (secret(KEY, KEY), None, PASS, ""),
    "one replica has none": (
        secret(KEY, None), None, FAIL, "at replication.user_managed.replicas[1].customer_managed_encryption.kms_key_name"),
    "no replica has any": (secret(None, None), None, FAIL, "secret s has no customer-managed key"),
    "every disk of a notebook": (notebook(KEY, KEY, OTHER), None, PASS, ""),
    "all but the second data disk": (
        notebook(KEY, KEY, None), None, NOT_SURE, ""),
    "all but one that waits": (
        notebook(KEY, KEY, None, unknown=(1,)), None, WAITS, "google_workbench_instance.x.gce_setup.data_disks[1].kms_key"),
    "a log bucket": (log_bucket("audit"), None, FAIL, "log bucket audit"),
    "a log bucket that makes itself": (log_bucket("_Default"), None, None, ""),
    "… of a folder": (log_bucket("_Required", "folder", folder="folders/2"), None, None, ""),
    "node pools with keys": (nodes(KEY, KEY), None, PASS, ""),
    "a node pool without": (nodes(KEY, None), None, NOT_SURE, ""),
    "pools that are not known yet": (
        change("google_container_cluster.x", {"name": "c", "location": "us"}, unknown={"node_pool": True, "node_config": True}),
        None, WAITS, "google_container_cluster.x.node_config.boot_disk_kms_key"),
    "a node pool of its own": (
        change("google_container_node_pool.x", {"name": "np", "cluster": "c", "location": "us", "node_config": [{}]}),
        None, NOT_SURE, "node pool np "),
    "the annotation of a service": (
        change("google_cloud_run_service.x", {"name": "s", "location": "us", "template": [{"metadata": [{"annotations": {
            "run.googleapis.com/encryption-key": KEY}}]}]}), None, PASS, ""),
    "a notebook whose boot disk has none": (notebook(None, KEY), None, NOT_SURE, ""),
    "an odd shape": (sql({"encryption_key_name": {"a": 1}}), None, ("unknown", "resource-unreadable"), ""),
    "a block that is text": (
        change("google_compute_disk.x", {"name": "d", "disk_encryption_key": "text"}), None, FAIL, ""),
    "a list of nothing": (
        change("google_compute_disk.x", {"name": "d", "disk_encryption_key": [None]}), None, FAIL, ""),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes(write, shape):
    made, written, required, part = SHAPES[shape]
    found = judge("--plan", write(made, blocks=[written] if written else []))
    finding = found.get((made["address"], REQUIRED))
    assert verdict(finding) == required
    assert not finding or part in finding["message"]


# Several resources of one


def bigtable(*clusters, **more):
    return change("google_bigtable_instance.x", {"name": "i", "project": "app-one", "cluster": [
        {"cluster_id": f"c{i}", "zone": f"us-east1-{i}", "kms_key_name": key} for i, key in enumerate(clusters)]}, **more)


def names(report, rule=REQUIRED):
    return {f["resource_name"]: (f["status"], f["reason"]) for f in report["findings"] if f["rule_id"] == rule}


def everything(*args):
    return report_of("--services", "all", "--status", "all", *args)


CLUSTERS = "//bigtable.googleapis.com/projects/app-one/instances/i/clusters/"


def test_every_cluster_of_an_instance_is_a_resource(write):
    found = names(everything("--plan", write(bigtable(KEY, None))))
    assert found == {CLUSTERS + "c0": PASS, CLUSTERS + "c1": FAIL}


def test_clusters_that_wait(write):
    """One key is the provider's to fill in, one refers to something."""
    waiting = [{"kms_key_name": True}, {"kms_key_name": True}]
    written = block("google_bigtable_instance.x", cluster=[{}, {"kms_key_name": refer("local.key")}])
    found = names(everything("--plan", write(bigtable(None, None, unknown={"cluster": waiting}), blocks=[written])))
    assert found == {CLUSTERS + "c0": FAIL, CLUSTERS + "c1": WAITS}
    dynamic = block("google_bigtable_instance.x", cluster=[{}])  # which of the two it makes is not told
    found = names(everything("--plan", write(bigtable(None, None, unknown={"cluster": waiting}), blocks=[dynamic])))
    assert found == {CLUSTERS + "c0": WAITS, CLUSTERS + "c1": WAITS}
    path = write(change("google_bigtable_instance.x", {"name": "i"}, unknown={"cluster": True}))
    assert names(everything("--plan", path)) == {"//bigtable.googleapis.com/${google_bigtable_instance.x.cluster[0]}": WAITS}


# Over what exists


def asset(kind, name, data):
    return {"name": name, "asset_type": kind, "ancestors": ["projects/11", "organizations/1"],
            "update_time": "2029-01-01T00:00:00Z", "resource": {"version": "v1", "data": data}}


PROJECT = asset("cloudresourcemanager.googleapis.com/Project", "//cloudresourcemanager.googleapis.com/projects/11",
                {"projectId": "app-one", "projectNumber": "11"})
# What exists has a key, what is planned has none: with the policy that the plan changes, either is judged.
EXISTING = {
    "Cloud SQL": (sql(), asset("sqladmin.googleapis.com/Instance",
                               "//cloudsql.googleapis.com/projects/app-one/instances/db",
                               {"diskEncryptionConfiguration": {"kmsKeyName": KEY}}), FAIL),
    "a dataset's table": (table(), asset("bigquery.googleapis.com/Table",
                                         "//bigquery.googleapis.com/projects/app-one/datasets/d/tables/t",
                                         {"encryptionConfiguration": {"kmsKeyName": KEY}}), DEFAULT),
    "a secret, by the number": (secret(None), asset("secretmanager.googleapis.com/Secret",
                                                    "//secretmanager.googleapis.com/projects/11/secrets/s",
                                                    {"replication": {"automatic": {"customerManagedEncryption": {
                                                        "kmsKeyName": KEY}}}}), FAIL),
    "a disk": (disk(), asset("compute.googleapis.com/Disk",
                             "//compute.googleapis.com/projects/app-one/zones/us-central1-a/disks/d",
                             {"diskEncryptionKey": {"kmsKeyName": KEY}}), FAIL),
    "a zonal cluster": (
        change("google_container_cluster.x", {"name": "c", "location": "us-east1-b", "project": "app-one"}),
        asset("container.googleapis.com/Cluster",
              "//container.googleapis.com/projects/app-one/zones/us-east1-b/clusters/c",
              {"nodePools": [{"config": {"bootDiskKmsKey": KEY}}]}), NOT_SURE),
    "a cluster of Bigtable": (bigtable(None), asset("bigtableadmin.googleapis.com/Cluster", CLUSTERS + "c0",
                                                    {"encryptionConfig": {"kmsKeyName": KEY}}), FAIL),
    "what only its id names": (
        change("google_document_ai_processor.x", {"id": "projects/app-one/locations/us/processors/1a", "name": "1a"},
               "update"),
        asset("documentai.googleapis.com/Processor",
              "//documentai.googleapis.com/projects/app-one/locations/us/processors/1a", {"kmsKeyName": KEY}), FAIL),
}


@pytest.mark.parametrize("label", EXISTING)
@pytest.mark.parametrize("action", ["update", "delete"])
def test_a_plan_takes_the_place_of_what_exists(write, tmp_path, label, action):
    made, existing, required = EXISTING[label]
    services = [service["service"].split(".")[0] for service in SERVICES]
    made = {**made, "change": {**made["change"], "actions": [action], "before": made["change"]["after"]}}
    if action == "delete":
        made["change"]["after"] = None
    assets = tmp_path / "assets.ndjson"
    assets.write_text("".join(json.dumps(line) + "\n" for line in (PROJECT, existing)))
    everywhere = deny("projects/app-one", *services, address="google_org_policy_policy.p")
    found = names(everything("--plan", write(made, everywhere), "--assets", assets))
    assert list(found.values()) == ([required] if action == "update" else [])
    alone = names(everything("--plan", write(everywhere), "--assets", assets))
    assert alone == {existing["name"]: PASS}


# Services that are not selected


def test_what_is_not_selected_is_left_out_and_said(write):
    path = write(bucket(), topic(), sql(), disk(), change("google_compute_image.x", {"name": "i"}),
                 change("google_compute_address.x", {"name": "a"}))
    run = cmekscan("scan", "--plan", path)
    assert ("3 resources of the plan are of services that this scan does not look at: compute (2), sqladmin (1) "
            "(see --services)") in " ".join(run.stderr.split())
    report = report_of("--plan", path)
    assert {f["service"] for f in report["findings"]} == {"storage.googleapis.com", "pubsub.googleapis.com"}
    assert report["coverage"] == []
    chosen = report_of("--plan", path, "--services", "sqladmin,compute")
    assert {f["service"] for f in chosen["findings"]} == {"sqladmin.googleapis.com", "compute.googleapis.com"}


@pytest.mark.parametrize("services, text", [
    ("sqladmin", "denied sqladmin;"), ("compute,sqladmin", "denied compute and sqladmin;"),
    ("storage,pubsub,artifactregistry", "denied storage, pubsub and artifactregistry;"),
    ("all", "services that this scan looks at;")])
def test_what_is_assumed_without_policies(write, services, text):
    run = cmekscan("scan", "--plan", write(sql()), "--services", services)
    assert text in " ".join(run.stderr.split())


# A catalogue of one's own


OWN = """
- service: storage.googleapis.com
  resources:
    - asset_type: storage.googleapis.com/Bucket
      noun: bucket
      keys: encryption.defaultKmsKeyName
      terraform:
        - type: acme_box
          name: //storage.googleapis.com/{name}
          noun: box
          keys: lock[].key or keys[]
          except:
            - field: shadow
            - name: tmp-*
          instead:
            - field: own_key
              reason: own-key
              detail: it has a key of its own
              kms_key: true
          verified: true
"""


@pytest.mark.parametrize("after, required", [
    ({"lock": [{"key": KEY}]}, PASS), ({"keys": [KEY]}, PASS), ({"lock": [{"key": KEY}, {}], "keys": []}, NOT_SURE),
    ({"own_key": "k"}, ("unknown", "own-key")), ({"shadow": "s"}, None), ({"name": "tmp-1"}, None), ({}, NOT_SURE)])
def test_a_row_of_ones_own(write, tmp_path, after, required):
    catalogue = tmp_path / "own.yaml"
    catalogue.write_text(OWN)
    found = names(everything("--catalogue", catalogue, "--plan", write(change("acme_box.x", {"name": "b", **after}))))
    assert list(found.values()) == ([required] if required else [])
