# SPDX-License-Identifier: Apache-2.0
"""A live scan through Cloud Asset Inventory says what a direct one and one of the asset file say."""
import collections
import json
import math

import discovery
import pytest
from organization import Organization
from scanning import (DEMO_ASSETS, TOKEN, Cloud, assert_refused, assert_same_findings, below, gaps_of, read_assets,
                      report_of, without_nodes_above)

CRM = "cloudresourcemanager.googleapis.com/"
KEY_GAP = [("projects/clearing-house-kms/locations/europe/keyRings/members/cryptoKeys/nordwind", "cloudkms.cryptoKeys.get",
            "permission-denied")]
BUCKET, TOPIC = "storage.googleapis.com/Bucket", "pubsub.googleapis.com/Topic"
REPOSITORY, KEY = "artifactregistry.googleapis.com/Repository", "cloudkms.googleapis.com/CryptoKey"
RESOURCES = {BUCKET, TOPIC, REPOSITORY}
POLICY, GAP = "orgpolicy.googleapis.com/Policy", "cmekscan.dev/CoverageGap"
ORGANIZATION = "917392449274"
# The command that mends a finding names a key that is in use already, where the scan met a fitting one.
PART = ["remediation_command"]


def write(path, assets):
    path.write_text("".join(json.dumps(each) + "\n" for each in assets), encoding="utf-8")
    return path


def calls(report, *methods):
    return {name: count for name, count in report["scan"]["api_calls"].items() if not methods or name in methods}


def listing_calls(report):
    """All but the confirmation of what fails, and the settings that no inventory has."""
    single = {"storage.buckets.get", "pubsub.topics.get", "artifactregistry.repositories.get",
              "artifactregistry.projectSettings.get", "cloudkms.cryptoKeys.get"}
    return sum(count for name, count in report["scan"]["api_calls"].items() if name not in single)


@pytest.fixture(scope="module")
def demo_assets(tmp_path_factory):
    """The demo organization without the projects' gaps, which an inventory has not: it needs no leave of each project.
    That of a key in another organization stays."""
    return write(tmp_path_factory.mktemp("assets") / "seen.ndjson",
                 [each for each in read_assets(DEMO_ASSETS) if each["asset_type"] != GAP
                  or each["resource"]["data"]["operation"].startswith("cloudkms")])


@pytest.fixture(scope="module")
def demo(tmp_path_factory, demo_assets):
    with Cloud(tmp_path_factory.mktemp("cloud"), assets=demo_assets) as cloud:
        yield cloud


@pytest.fixture(scope="module", params=[7, 1848])
def made_up(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"made-up-{request.param}")
    organization = Organization(request.param)
    path = organization.write(folder / "assets.ndjson")
    with Cloud(folder / "cloud", assets=path, faults="page-size=100") as cloud:
        yield organization, path, cloud


# Three ways to the same findings


def test_the_demo_organization_three_ways(demo, demo_assets):
    by_inventory = demo.report("--organization", ORGANIZATION, "--via", "inventory")
    direct = demo.report("--organization", ORGANIZATION, "--via", "direct")
    offline = report_of("--assets", demo_assets)
    assert len(offline["findings"]) > 50
    assert_same_findings(by_inventory, offline)
    assert_same_findings(direct, offline)
    assert by_inventory["summary"] == direct["summary"] == offline["summary"]
    assert gaps_of(by_inventory) == gaps_of(direct) == gaps_of(offline)
    assert [each["scan"]["source"] for each in (by_inventory, direct, offline)] == [
        "gcp-inventory", "gcp-direct", "asset-file"]


def test_made_up_organizations_three_ways(made_up):
    organization, path, cloud = made_up
    number = organization.name.split("/")[1]
    by_inventory = cloud.report("--organization", number, "--via", "inventory")
    assert len(by_inventory["findings"]) > 150 and by_inventory["coverage"] == []
    assert_same_findings(by_inventory, cloud.report("--organization", number, "--via", "direct"))
    assert_same_findings(by_inventory, report_of("--assets", path))


def test_two_thousand_projects_three_ways(tmp_path):
    """So many that listings take many pages, projects wait for their turn, and each class of policies has many members."""
    organization = Organization(2718, projects=2000)
    path = organization.write(tmp_path / "assets.ndjson")
    number = organization.name.split("/")[1]
    with Cloud(tmp_path / "cloud", assets=path, faults="few-locations") as cloud:
        by_inventory = cloud.report("--organization", number, "--via", "inventory")
        direct = cloud.report("--organization", number, "--via", "direct")
    offline = report_of("--assets", path)
    assert len(by_inventory["findings"]) > 10000 and by_inventory["summary"]["nodes"]["projects"] == 2000
    assert by_inventory["coverage"] == direct["coverage"] == []
    assert_same_findings(by_inventory, direct)
    assert_same_findings(by_inventory, offline)
    assert by_inventory["summary"] == direct["summary"]
    judged = [name for name in offline["summary"] if name != "nodes"]  # the file holds another organization's keys, too
    assert [offline["summary"][name] for name in judged] == [direct["summary"][name] for name in judged]


def test_folders_and_projects_three_ways(made_up):
    organization, path, cloud = made_up
    offline = report_of("--assets", path)
    for scope in [*organization.folders[::5], *[each["name"] for each in organization.projects[::29]]]:
        kind, number = scope.split("/")
        args = ["--" + kind.removesuffix("s"), number]
        by_inventory = cloud.report(*args, "--via", "inventory")
        assert_same_findings(without_nodes_above(by_inventory, scope), below(offline, scope), but=PART)
        assert_same_findings(by_inventory, cloud.report(*args, "--via", "direct"))
        assert by_inventory["scan"]["source"] == "gcp-inventory"
        assert by_inventory["coverage"] == []


@pytest.mark.parametrize("title", ["Production", "Payments", "Analytics", "Development", "Legacy"])
def test_folders_of_the_demo_organization(demo, demo_assets, title):
    number = next(each["ancestors"][0].split("/")[1] for each in read_assets(demo_assets)
                  if each["asset_type"] == CRM + "Folder" and each["resource"]["data"]["displayName"] == title)
    by_inventory = demo.report("--folder", number, "--via", "inventory")
    direct = demo.report("--folder", number, "--via", "direct")
    assert by_inventory["findings"]
    assert_same_findings(by_inventory, direct)
    assert by_inventory["summary"] == direct["summary"]
    assert gaps_of(by_inventory) == gaps_of(direct)


def test_projects_by_id_and_by_number(demo):
    for scope in ("nordwind-shop-web", "718951751334", "nordwind-lake-prod", "nordwind-legacy-images"):
        by_inventory = demo.report("--project", scope, "--via", "inventory")
        assert_same_findings(by_inventory, demo.report("--project", scope, "--via", "direct"))
        assert by_inventory["summary"]["nodes"] == {"organizations": 0, "folders": 0, "projects": 1}


def test_services_and_container_registry_only(demo, demo_assets):
    for args in (["--services", "pubsub"], ["--services", "storage,artifactregistry"], ["--container-registry-only"]):
        by_inventory = demo.report("--organization", ORGANIZATION, "--via", "inventory", *args)
        assert by_inventory["findings"]
        assert_same_findings(by_inventory, report_of("--assets", demo_assets, *args))


def test_scopes_in_another_scope_are_read_once(demo):
    alone = demo.report("--organization", ORGANIZATION, "--via", "inventory")
    folder = next(name for each in alone["findings"] for name in each["ancestors"] if "folders/" in name).split("/")[1]
    mixed = demo.report("--project", "nordwind-shop-web", "--folder", folder, "--organization", ORGANIZATION, "--project",
                        "718951751334", "--organization", ORGANIZATION, "--via", "inventory")
    assert_same_findings(mixed, alone)
    assert calls(mixed) == calls(alone)


def test_what_is_collected_through_the_inventory_replays(demo, tmp_path):
    for args in (["--organization", ORGANIZATION], ["--project", "nordwind-pay-ledger"]):
        collected = tmp_path / "collected.ndjson"
        assert demo.run("collect", *args, "--via", "inventory", "-o", collected).status in (0, 3)
        live, replayed = demo.report(*args, "--via", "inventory"), report_of("--assets", collected)
        assert_same_findings(replayed, live)
        assert replayed["summary"] == live["summary"]
        assert replayed["scan"]["scopes"] == live["scan"]["scopes"]


def test_real_services_name_their_project_only_in_the_assets_own_name(tmp_path, demo_assets):
    """In exports of real organizations `data.name` is the service alone."""
    assets = read_assets(demo_assets)
    for each in assets:
        if each["asset_type"] == "serviceusage.googleapis.com/Service":
            each["resource"]["data"]["name"] = each["name"].rsplit("/", 1)[1]
    assert_same_findings(report_of("--assets", write(tmp_path / "real.ndjson", assets)), report_of("--assets", demo_assets))


def test_bindings_without_the_names_of_their_values(tmp_path, demo_assets):
    """As real inventories hold them: what a value is called, only the organization's own assets say."""
    assets = read_assets(demo_assets)
    for each in assets:
        each["resource"]["data"].pop("tagValueNamespacedName", None)
    path = write(tmp_path / "bare.ndjson", assets)
    analytics = next(each["ancestors"][0] for each in assets
                     if each["asset_type"] == CRM + "Folder" and each["resource"]["data"]["displayName"] == "Analytics")
    expected = report_of("--assets", demo_assets)
    with Cloud(tmp_path / "cloud", assets=path) as cloud:
        for args, scopes, want in ((["--organization", ORGANIZATION], [f"organizations/{ORGANIZATION}"], expected),
                                   (["--folder", analytics.split("/")[1]], [analytics], below(expected, analytics))):
            live = cloud.report(*args, "--via", "inventory")
            assert want["findings"] and set(gaps_of(live)) <= set(KEY_GAP)
            assert_same_findings(without_nodes_above(live, *scopes), want, but=PART)
        assert calls(live)["cloudresourcemanager.effectiveTags.list"] > 0


# Few calls


def test_calls_are_few_and_conform_to_googles_discovery_documents(made_up):
    organization, _, cloud = made_up
    before = len(cloud.requests())
    report = cloud.report("--organization", organization.name.split("/")[1], "--via", "inventory")
    requests = cloud.requests()[before:]
    assert report["scan"]["api_calls"] == dict(collections.Counter(each["operation"] for each in requests))
    assert {complaint for each in requests for complaint in discovery.check_exchange(each)} == set()
    assert all(TOKEN not in each["query"] and "fields=" in each["query"] for each in requests)


def test_calls_stay_within_their_bound(tmp_path):
    organization = Organization(5, projects=1200)
    counts = collections.Counter(each["asset_type"] for each in organization.lines)
    path = organization.write(tmp_path / "assets.ndjson")
    with Cloud(tmp_path / "cloud", assets=path) as cloud:
        report = cloud.report("--organization", organization.name.split("/")[1], "--via", "inventory")
    resources = sum(counts[each] for each in RESOURCES)
    nodes = sum(counts[CRM + each] for each in ("Organization", "Folder", "Project"))
    bound = math.ceil(resources / 500) + math.ceil(nodes / 500) + math.ceil(counts[POLICY] / 500) + 30
    assert resources > 2000 and listing_calls(report) <= bound
    confirmation = report["scan"]["confirmation"]
    fails = [each for each in report["findings"] if each["status"] == "fail" and each["resource_type"] in RESOURCES]
    failing = {each["resource_name"] for each in fails}
    keys = {each["kms_key"] for each in fails if each["rule_id"] == "key-usable" and "elsewhere" not in each["kms_key"]}
    assert confirmation == {"asked": len(failing) + len(keys), "changed": 0, "gone": 0, "failed": 0}
    gets = calls(report, "storage.buckets.get", "pubsub.topics.get", "artifactregistry.repositories.get")
    assert sum(gets.values()) == len(failing)


# The inventory lags


def test_what_fails_by_an_old_inventory_is_read_again(tmp_path, demo_assets):
    now = read_assets(demo_assets)
    offline = report_of("--assets", demo_assets)
    failing = {each["resource_name"] for each in offline["findings"]
               if each["rule_id"] == "cmek-required" and each["status"] == "fail" and each["enforcement"] == "enforced"}
    resources = {asset_type: [each for each in now if each["asset_type"] == asset_type and each["name"] in failing]
                 for asset_type in RESOURCES}
    key = next(each for each in now if each["asset_type"] == KEY)["resource"]["data"]["name"]
    mended, gone = [], []
    for asset_type, items in resources.items():
        assert items, asset_type
        data = items[0]["resource"]["data"]
        if asset_type == BUCKET:
            data["encryption"] = {"defaultKmsKeyName": key}
        else:
            data["kmsKeyName"] = key
        mended.append(items[0]["name"])
        gone += [each["name"] for each in items[1:2]]
    now = [each for each in now if each["name"] not in gone]
    path = write(tmp_path / "now.ndjson", now)
    with Cloud(tmp_path / "cloud", assets=path, inventory_assets=demo_assets) as cloud:
        text = tmp_path / "confirmed.txt"
        confirmed = cloud.report("--organization", ORGANIZATION, "--via", "inventory", "--report", f"text={text}")
        stale = cloud.report("--organization", ORGANIZATION, "--via", "inventory", "--no-confirm")
        direct = cloud.report("--organization", ORGANIZATION, "--via", "direct")
    assert_same_findings(stale, offline)
    assert_same_findings(confirmed, direct)
    confirmation = confirmed["scan"]["confirmation"]
    assert (confirmation["changed"], confirmation["gone"], confirmation["failed"]) == (len(mended), len(gone), 0)
    assert (f"Confirmed {confirmation['asked']} failing resources read again from their own APIs: {len(mended)} changed, "
            f"{len(gone)} gone, 0 could not be read Found ") in " ".join(text.read_text().split())
    assert stale["scan"]["confirmation"] == {"asked": 0, "changed": 0, "gone": 0, "failed": 0}


def test_a_key_that_is_no_more_is_unknown_whichever_way(tmp_path, demo_assets):
    """The inventory still says that it is disabled, its own API that there is none: so does a direct scan."""
    then = read_assets(demo_assets)
    disabled = next(each["name"] for each in then if each["asset_type"] == KEY and "DISABLED" in json.dumps(each))
    now = write(tmp_path / "now.ndjson", [each for each in then if each["name"] != disabled])
    with Cloud(tmp_path / "cloud", assets=now, inventory_assets=demo_assets) as cloud:
        confirmed = cloud.report("--organization", ORGANIZATION, "--via", "inventory")
        direct = cloud.report("--organization", ORGANIZATION, "--via", "direct")
    assert_same_findings(confirmed, direct)
    assert confirmed["coverage"] == direct["coverage"]
    assert (disabled.split("/", 3)[3], "cloudkms.cryptoKeys.get", "not-found") in gaps_of(confirmed)
    assert [each for each in confirmed["findings"] if (each["status"], each["reason"]) == ("unknown", "not-found")]
    assert confirmed["scan"]["confirmation"]["gone"] == confirmed["scan"]["confirmation"]["failed"] == 0


def test_a_key_that_only_the_resource_itself_names_is_read_with_its_project(tmp_path):
    """The bucket has got a key of another organization's project meanwhile, which no listing of this one holds."""
    organization = Organization(31)
    path = organization.write(tmp_path / "then.ndjson")
    elsewhere = next(each["resource"]["data"]["name"] for each in organization.lines
                     if each["asset_type"] == KEY and "elsewhere-keys" in each["name"])
    failing = {each["resource_name"] for each in report_of("--assets", path)["findings"] if each["status"] == "fail"}
    now = json.loads(json.dumps(organization.lines))
    for each in now:
        if each["asset_type"] == BUCKET and each["name"] in failing:
            each["resource"]["data"]["encryption"] = {"defaultKmsKeyName": elsewhere}
    fresh = write(tmp_path / "now.ndjson", now)
    number = organization.name.split("/")[1]
    with Cloud(tmp_path / "cloud", assets=fresh, inventory_assets=path) as cloud:
        confirmed = cloud.report("--organization", number, "--via", "inventory")
        direct = cloud.report("--organization", number, "--via", "direct")
    assert confirmed["scan"]["confirmation"]["changed"] > 10
    mended = {each["name"] for each in now if each["asset_type"] == BUCKET and each["name"] in failing}
    assert_same_findings({"findings": [each for each in confirmed["findings"] if each["resource_name"] in mended]},
                         {"findings": [each for each in direct["findings"] if each["resource_name"] in mended]}, but=PART)


def test_an_unusable_key_is_read_again_too(tmp_path, demo_assets):
    now = read_assets(demo_assets)
    for each in now:
        if each["asset_type"] == KEY and "disabled" in each["name"]:
            each["resource"]["data"]["primary"]["state"] = "ENABLED"
    path = write(tmp_path / "now.ndjson", now)
    with Cloud(tmp_path / "cloud", assets=path, inventory_assets=demo_assets) as cloud:
        confirmed = cloud.report("--organization", ORGANIZATION, "--via", "inventory")
        direct = cloud.report("--organization", ORGANIZATION, "--via", "direct")
    assert_same_findings(confirmed, direct)
    usable = [each for each in confirmed["findings"] if each["rule_id"] == "key-usable" and "disabled" in each["kms_key"]]
    assert usable and all(each["status"] == "pass" for each in usable)


def test_what_cannot_be_read_again_stays_as_the_inventory_says(tmp_path, demo_assets):
    with Cloud(tmp_path / "cloud", assets=demo_assets, faults="deny=projects/nordwind-shop-web:storage") as cloud:
        report = cloud.report("--organization", ORGANIZATION, "--via", "inventory")
    assert_same_findings(report, report_of("--assets", demo_assets))
    assert report["scan"]["confirmation"]["failed"] == 1


# Where the inventory cannot be had


@pytest.mark.parametrize("faults, word, advice", [
    (f"deny=organizations/{ORGANIZATION}:cloudasset", "permission-denied", "grant roles/cloudasset.viewer on it"),
    (f"disable=organizations/{ORGANIZATION}:cloudasset", "api-disabled", "enable cloudasset.googleapis.com"),
])
def test_auto_reads_directly_then_and_says_why(tmp_path, demo_assets, faults, word, advice):
    text = tmp_path / "report.txt"
    with Cloud(tmp_path / "cloud", assets=demo_assets, faults=faults) as cloud:
        run = cloud.run("scan", "--organization", ORGANIZATION, "--status", "all", "--report", "json", "--report", f"text={text}")
        report = json.loads(run.stdout)
        assert_same_findings(report, report_of("--assets", demo_assets))
        assert report["scan"]["source"] == "gcp-direct"
        said = " ".join(text.read_text().split())
        assert f"Read organizations/{ORGANIZATION} directly, not through Cloud Asset Inventory: " in said
        assert f"({word}); to have it read faster, {advice} " in said
        assert report["scan"]["sources"][0]["reason"].endswith(f"({word})")
        assert f"organizations/{ORGANIZATION} is read directly, not through Cloud Asset Inventory: " in run.stderr
        refused = cloud.run("scan", "--organization", ORGANIZATION, "--via", "inventory")
        assert_refused(refused, 4, f"organizations/{ORGANIZATION} through Cloud Asset Inventory", word, "--via direct")


def test_auto_chooses_for_each_scope(tmp_path, demo_assets):
    folders = {each["resource"]["data"]["displayName"]: each["ancestors"][0] for each in read_assets(demo_assets)
               if each["asset_type"] == CRM + "Folder"}
    production, legacy = folders["Production"], folders["Legacy"]
    with Cloud(tmp_path / "cloud", assets=demo_assets, faults=f"deny={legacy}:cloudasset") as cloud:
        report = cloud.report("--folder", production.split("/")[1], "--folder", legacy.split("/")[1])
    assert_same_findings(without_nodes_above(report, production, legacy),
                         below(report_of("--assets", demo_assets), production, legacy), but=PART)
    assert report["scan"]["source"] == "gcp-mixed"
    assert [each["source"] for each in report["scan"]["sources"]] == ["gcp-inventory", "gcp-direct"]


def test_auto_is_the_default_and_takes_the_inventory(demo):
    run = demo.run("scan", "--organization", ORGANIZATION, "--report", "json")
    assert json.loads(run.stdout)["scan"]["sources"] == [
        {"scope": f"organizations/{ORGANIZATION}", "source": "gcp-inventory", "reason": None}]
    assert f"organizations/{ORGANIZATION} is read through Cloud Asset Inventory" in run.stderr


def test_an_emulator_is_read_directly(demo):
    env = demo.environment(STORAGE_EMULATOR_HOST=demo.url, CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE=None)
    scan = demo.report("--project", "nordwind-shop-web", env=env)["scan"]
    assert scan["sources"] == [{"scope": "projects/nordwind-shop-web", "source": "gcp-direct", "reason": "an emulator is used"}]
    assert "cloudasset.assets.list" not in scan["api_calls"]


def test_a_wrong_scope_is_an_error_either_way(demo):
    for via in ("auto", "inventory", "direct"):
        assert_refused(demo.run("scan", "--organization", "12", "--via", via), 4, "organizations/12")
    assert_refused(demo.run("scan", "--organization", "12", "--via", "search"), 2, "--via is 'search', expected auto")


def test_policies_above_the_scope_that_cannot_be_read_are_unknown(tmp_path, demo_assets):
    faults = f"deny=organizations/{ORGANIZATION}:orgpolicy,deny=organizations/{ORGANIZATION}:cloudresourcemanager"
    folder = next(each["ancestors"][0] for each in read_assets(demo_assets) if each["asset_type"] == CRM + "Folder"
                  and each["resource"]["data"]["displayName"] == "Analytics")
    with Cloud(tmp_path / "cloud", assets=demo_assets, faults=faults) as cloud:
        report = cloud.report("--folder", folder.split("/")[1], "--via", "inventory")
    assert (f"organizations/{ORGANIZATION}", "orgpolicy.policies.list", "permission-denied") in gaps_of(report)
    assert report["scan"]["complete"] is False
    assert all(each["ancestors"][-1] == f"organizations/{ORGANIZATION}" for each in report["findings"])


# Policies of the first version


def test_policies_known_in_their_first_version_only(tmp_path, demo_assets):
    with Cloud(tmp_path / "cloud", assets=demo_assets, faults="no-policy-assets") as cloud:
        live = cloud.report("--organization", ORGANIZATION, "--via", "inventory")
        listed = cloud.run("collect", "--organization", ORGANIZATION, "--via", "inventory", "-o", tmp_path / "v1.ndjson")
        folder = next(each["ancestors"][1] for each in live["findings"] if each["project_id"] and len(each["ancestors"]) > 2)
        part = cloud.report("--folder", folder.split("/")[1], "--via", "inventory")
        direct = cloud.report("--folder", folder.split("/")[1], "--via", "direct")
    assert {each["error"] for each in live["coverage"]} == {"v1-policies", "permission-denied"}
    assert {each["enforcement"] for each in live["findings"]} == {"enforced"}
    assert listed.status == 3
    assert_same_findings(report_of("--assets", tmp_path / "v1.ndjson"), live)
    # A folder's policies lie above it as well, where only their second version can be had: all are read so.
    assert set(gaps_of(part)) <= set(KEY_GAP)
    assert_same_findings(part, direct)


def test_an_organization_without_any_policy_is_no_gap(tmp_path, demo_assets):
    path = write(tmp_path / "none.ndjson", [each for each in read_assets(demo_assets) if each["asset_type"] != POLICY])
    with Cloud(tmp_path / "cloud", assets=path) as cloud:
        live = cloud.report("--organization", ORGANIZATION, "--via", "inventory")
        assert_same_findings(live, cloud.report("--organization", ORGANIZATION, "--via", "direct"))
    assert gaps_of(live) == KEY_GAP and not [each for each in live["findings"] if each["rule_id"] == "cmek-required"]


# Faults


@pytest.mark.parametrize("faults", [
    "page-size=60,429-every=4", "page-size=60,500-every=5", "page-size=60,503-every=5,reset-every=7",
    "page-size=60,truncate-every=5", "page-size=200,expire-page-every=6", "quota=cloudasset.assets.list:4/2s,page-size=60",
])
def test_faults_lose_nothing(tmp_path, demo_assets, faults):
    with Cloud(tmp_path / "cloud", assets=demo_assets, faults=faults) as cloud:
        live = cloud.report("--organization", ORGANIZATION, "--via", "inventory")
        statuses = collections.Counter(each["status"] for each in cloud.requests())
    assert_same_findings(live, report_of("--assets", demo_assets))
    assert gaps_of(live) == KEY_GAP and live["scan"]["source"] == "gcp-inventory"
    assert "truncate" in faults or "reset" in faults or len(statuses) > 1, statuses


def test_a_page_token_that_always_expires_is_an_unknown_rest(tmp_path, demo_assets):
    """The listing of what governs breaks off: nothing that it did not show passes for absent."""
    offline = report_of("--assets", demo_assets)
    with Cloud(tmp_path / "cloud", assets=demo_assets, faults="page-size=60,expire-page-every=1") as cloud:
        live = cloud.report("--organization", ORGANIZATION, "--via", "inventory")
        collected = tmp_path / "part.ndjson"
        assert cloud.run("collect", "--organization", ORGANIZATION, "--via", "inventory", "-o", collected).status == 3
    operations = {gap[1] for gap in gaps_of(live)}
    assert operations >= {"cloudasset.assets.list.hierarchy"} and live["scan"]["complete"] is False
    known = {each["finding_id"]: each["status"] for each in offline["findings"]}
    for each in live["findings"]:
        assert each["status"] == "unknown" or known.get(each["finding_id"]) == each["status"], each["message"]
    assert any(each["status"] == "unknown" for each in live["findings"])
    assert_same_findings(report_of("--assets", collected), live)
    assert f"organizations/{ORGANIZATION}" in {gap[0] for gap in gaps_of(live)}
