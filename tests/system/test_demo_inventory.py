# SPDX-License-Identifier: Apache-2.0
"""The demo cloud's Cloud Asset Inventory against Google's Discovery document, Google's client, and the asset file."""
import collections
import json

import pytest
import requests
from conftest import DEMO_ASSETS, TOKEN
from demo_requests import CRM, checked, get, pages
from google.api_core import exceptions as api_exceptions
from google.api_core.client_options import ClientOptions
from google.cloud import asset_v1
from google.oauth2 import service_account

ORGANIZATION = "organizations/917392449274"
SERVED_ELSEWHERE = {"artifactregistry.googleapis.com/ProjectSettings", "cmekscan.dev/CoverageGap"}
BUCKET, TOPIC = "storage.googleapis.com/Bucket", "pubsub.googleapis.com/Topic"
POLICY, SERVICE = "orgpolicy.googleapis.com/Policy", "serviceusage.googleapis.com/Service"
KIND = {"RESOURCE": asset_v1.ContentType.RESOURCE, "ORG_POLICY": asset_v1.ContentType.ORG_POLICY}


def listed(cloud, scope=ORGANIZATION, **params):
    return pages(cloud, f"/cloudasset/v1/{scope}/assets", "assets", **params)


def found(cloud, scope=ORGANIZATION, **params):
    return pages(cloud, f"/cloudasset/v1/{scope}:searchAllResources", "results", **params)


def in_file(assets, below=ORGANIZATION, types=None):
    return [each for asset_type, items in assets.items() for each in items
            if asset_type not in SERVED_ELSEWHERE and (not types or asset_type in types) and below in each["ancestors"]]


def names(items):
    return sorted((each["name"], each.get("assetType") or each.get("asset_type")) for each in items)


@pytest.fixture(scope="module")
def client(cloud):
    credentials = service_account.Credentials.from_service_account_file(
        str(cloud.service_account), scopes=["https://www.googleapis.com/auth/cloud-platform"])
    return asset_v1.AssetServiceClient(transport="rest", credentials=credentials, client_options=ClientOptions(
        api_endpoint=f"{cloud.url}/cloudasset"))


# assets.list


def test_assets_are_those_of_the_file(cloud, assets):
    here = {(each["name"], each["assetType"]): each for each in listed(cloud, contentType="RESOURCE", pageSize=1000)}
    assert sorted(here) == names(in_file(assets))
    for each in in_file(assets):
        served = here[each["name"], each["asset_type"]]
        assert served["resource"]["data"] == each["resource"]["data"]
        assert served["ancestors"] == each["ancestors"]
        assert served["updateTime"] == each["update_time"]
        assert served["resource"]["discoveryName"] == each["asset_type"].split("/")[1]


def test_every_scope_has_what_lies_in_it(cloud, assets):
    nodes = [each["ancestors"][0] for kind in ("Folder", "Project") for each in assets[CRM + kind]]
    for node in nodes[::4]:
        assert names(listed(cloud, node)) == names(in_file(assets, node))
    by_id = assets[CRM + "Project"][0]
    assert names(listed(cloud, "projects/" + by_id["resource"]["data"]["projectId"])) == names(
        in_file(assets, by_id["ancestors"][0]))


@pytest.mark.parametrize("types", [[BUCKET], [BUCKET, TOPIC], [POLICY], ["storage.googleapis.com.*"], [".*Topic", BUCKET]])
def test_types_are_names_or_patterns(cloud, assets, types):
    want = [each for each in in_file(assets) if each["asset_type"] in {
        (BUCKET,): {BUCKET}, (POLICY,): {POLICY}, ("storage.googleapis.com.*",): {BUCKET}}.get(tuple(types), {BUCKET, TOPIC})]
    assert want and names(listed(cloud, assetTypes=types)) == names(want)


def test_without_a_content_type_only_names_come(cloud):
    for each in listed(cloud, assetTypes=BUCKET):
        assert set(each) == {"name", "assetType", "ancestors", "updateTime"}


def test_pages_are_of_100_and_of_1000_at_most(cloud, assets):
    path = f"/cloudasset/v1/{ORGANIZATION}/assets"
    total = len(in_file(assets))
    assert len(checked(cloud, path)["assets"]) == 100 < total
    assert len(checked(cloud, path, pageSize=5000)["assets"]) == min(total, 1000)
    assert names(listed(cloud, pageSize=7)) == names(in_file(assets))


def test_first_version_policies_know_neither_conditions_nor_dry_runs(cloud, assets):
    policies = collections.defaultdict(dict)
    for each in listed(cloud, contentType="ORG_POLICY"):
        for policy in each["orgPolicy"]:
            policies[each["ancestors"][0]][policy["constraint"].removeprefix("constraints/")] = policy
    seen = collections.Counter()
    for each in assets[POLICY]:
        node, constraint = each["ancestors"][0], each["resource"]["data"]["name"].rsplit("/", 1)[1]
        spec = each["resource"]["data"].get("spec")
        assert (constraint in policies[node]) == (spec is not None)
        if spec is None:
            seen["dry run"] += 1
            continue
        given = policies[node][constraint]
        assert ("restoreDefault" in given) == spec.get("reset", False)
        plain = [rule for rule in spec.get("rules", []) if "condition" not in rule]
        seen["condition"] += len(plain) < len(spec.get("rules", []))
        for member in ("allowedValues", "deniedValues"):
            want = [value for rule in plain for value in rule.get("values", {}).get(member, [])]
            assert given.get("listPolicy", {}).get(member, []) == want
    assert seen["condition"] and seen["dry run"]


# searchAllResources


def test_search_results_say_where_a_resource_lies_and_what_encrypts_it(cloud, assets):
    results = {each["name"]: each for each in found(cloud, assetTypes=[BUCKET, TOPIC])}
    want = in_file(assets, types={BUCKET, TOPIC})
    assert set(results) == {each["name"] for each in want}
    for each in want:
        data, result = each["resource"]["data"], results[each["name"]]
        key = data.get("kmsKeyName") or data.get("encryption", {}).get("defaultKmsKeyName")
        assert result.get("kmsKeys", []) == ([key] if key else [])
        assert [result["project"], *result.get("folders", []), result["organization"]] == each["ancestors"]


@pytest.mark.parametrize("query, keeps", [
    ("name:pubsub.googleapis.com", lambda name, state: name.endswith("/pubsub.googleapis.com")),
    ("name:(artifactregistry.googleapis.com OR containerregistry.googleapis.com)",
     lambda name, state: "registry" in name),
    ("name:containerreg*", lambda name, state: "containerregistry" in name),
    ("name:registry", lambda name, state: False),
    ("state:DISABLED AND name:pubsub", lambda name, state: state == "DISABLED" and "pubsub" in name),
    ("state=ENABLED name:PUBSUB", lambda name, state: state == "ENABLED" and "pubsub" in name),
    ("", lambda name, state: True),
])
def test_queries(cloud, assets, query, keeps):
    want = [each["name"] for each in in_file(assets, types={SERVICE})
            if keeps(each["name"], each["resource"]["data"]["state"])]
    assert sorted(each["name"] for each in found(cloud, assetTypes=SERVICE, query=query)) == sorted(want)


def test_a_read_mask_says_which_members_come(cloud):
    for each in found(cloud, assetTypes=BUCKET, readMask="name,kmsKeys"):
        assert set(each) <= {"name", "kmsKeys"} and "name" in each
    assert get(cloud, f"/cloudasset/v1/{ORGANIZATION}:searchAllResources", readMask="name,key").status_code == 400


def test_search_pages_are_of_500_at_most(demo_cloud, tmp_path):
    lines = DEMO_ASSETS.read_text(encoding="utf-8").splitlines()
    bucket = json.loads(next(line for line in lines if BUCKET in line))
    for i in range(1200):
        lines.append(json.dumps({**bucket, "name": f"//storage.googleapis.com/more-{i:04d}"}))
    path = tmp_path / "many.ndjson"
    path.write_text("\n".join(lines), encoding="utf-8")
    cloud = demo_cloud(assets=path)
    search = f"/cloudasset/v1/{ORGANIZATION}:searchAllResources"
    assert len(checked(cloud, search, pageSize=1000)["results"]) == 500
    assert len(found(cloud, assetTypes=BUCKET, pageSize=500)) == len([line for line in lines if BUCKET in line])
    assert len(checked(cloud, f"/cloudasset/v1/{ORGANIZATION}/assets", pageSize=2000)["assets"]) == 1000


# Google's client


def test_googles_client_reads_the_same(client, assets):
    here = {(each.name, each.asset_type): each for each in client.list_assets(request={
        "parent": ORGANIZATION, "content_type": KIND["RESOURCE"], "asset_types": [BUCKET, POLICY], "page_size": 9})}
    want = in_file(assets, types={BUCKET, POLICY})
    assert sorted(here) == names(want)
    for each in want:
        served = here[each["name"], each["asset_type"]]
        assert dict(served.resource.data)["name"] == each["resource"]["data"]["name"]
        assert list(served.ancestors) == each["ancestors"]
    policies = list(client.list_assets(request={"parent": ORGANIZATION, "content_type": KIND["ORG_POLICY"]}))
    assert policies and all(each.org_policy for each in policies)
    results = list(client.search_all_resources(request={"scope": ORGANIZATION, "asset_types": [TOPIC], "page_size": 2}))
    assert sorted(each.name for each in results) == sorted(each["name"] for each in in_file(assets, types={TOPIC}))


# Errors, faults, quotas


@pytest.mark.parametrize("label, path, params, status", [
    ("another organization", "organizations/1/assets", {}, 403),
    ("no such type", f"{ORGANIZATION}/assets", {"assetTypes": "storage.googleapis.com/Buckets"}, 400),
    ("no pattern", f"{ORGANIZATION}/assets", {"assetTypes": "storage("}, 400),
    ("a type that no inventory has", f"{ORGANIZATION}/assets", {"assetTypes": "artifactregistry.googleapis.com/ProjectSettings"}, 400),
    ("a made-up token", f"{ORGANIZATION}/assets", {"pageToken": "CAES"}, 400),
    ("no such content", f"{ORGANIZATION}/assets", {"contentType": "EVERYTHING"}, 400),
    ("a parameter of another method", f"{ORGANIZATION}/assets", {"query": "name:x"}, 400),
    ("a query without a field", f"{ORGANIZATION}:searchAllResources", {"query": "pubsub"}, 400),
    ("an open bracket", f"{ORGANIZATION}:searchAllResources", {"query": "name:(a OR b"}, 400),
    ("an empty alternative", f"{ORGANIZATION}:searchAllResources", {"query": "name:(a OR )"}, 400),
    ("an open quote", f"{ORGANIZATION}:searchAllResources", {"query": 'name:"a'}, 400),
])
def test_what_is_wrong_is_refused(cloud, label, path, params, status):
    answer = get(cloud, f"/cloudasset/v1/{path}", **params)
    assert answer.status_code == status, label
    assert answer.json()["error"]["status"] == {400: "INVALID_ARGUMENT", 403: "PERMISSION_DENIED"}[status]


def test_a_token_of_another_listing_is_refused(cloud):
    path = f"/cloudasset/v1/{ORGANIZATION}/assets"
    token = checked(cloud, path, pageSize=5)["nextPageToken"]
    assert get(cloud, path, pageToken=token, pageSize=9).status_code == 200
    assert get(cloud, path, pageToken=token, assetTypes=BUCKET).status_code == 400


def test_the_api_can_be_denied_or_disabled_where_it_is_asked_for(demo_cloud, client):
    cloud = demo_cloud(faults=f"disable={ORGANIZATION}:cloudasset,deny=folders/809143150375:cloudasset.assets.list")
    answer = get(cloud, f"/cloudasset/v1/{ORGANIZATION}/assets")
    assert (answer.status_code, answer.json()["error"]["details"][0]["reason"]) == (403, "SERVICE_DISABLED")
    assert "project cmekscan-demo" in answer.json()["error"]["message"]
    answer = get(cloud, "/cloudasset/v1/folders/809143150375/assets")
    assert answer.json()["error"]["details"][0]["reason"] == "IAM_PERMISSION_DENIED"
    assert get(cloud, "/cloudasset/v1/folders/809143150375:searchAllResources").status_code == 200
    with pytest.raises(api_exceptions.Forbidden):
        list(client.list_assets(request={"parent": "organizations/12"}))


def test_page_tokens_expire(demo_cloud):
    cloud = demo_cloud(faults="expire-page-every=2")
    path = f"/cloudasset/v1/{ORGANIZATION}/assets"
    token = get(cloud, path, pageSize=5).json()["nextPageToken"]
    answers = [get(cloud, path, pageSize=5, pageToken=token) for _ in range(4)] + [get(cloud, path) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 400, 200, 400, 200, 200, 200]
    assert answers[1].json()["error"]["status"] == "INVALID_ARGUMENT"


def test_quotas(demo_cloud):
    cloud = demo_cloud(faults="quota=cloudasset.assets.list:3/60s,quota=cloudasset:5/60s,retry-after=9")
    path = f"/cloudasset/v1/{ORGANIZATION}"
    answers = [get(cloud, f"{path}/assets", pageSize=1) for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert answers[3].json()["error"]["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"
    assert answers[3].headers["Retry-After"] == "9"
    assert [get(cloud, f"{path}:searchAllResources").status_code for _ in range(2)] == [200, 429]
    assert get(cloud, f"/orgpolicy/v2/{ORGANIZATION}/policies").status_code == 200


def test_published_quotas(demo_cloud):
    cloud = demo_cloud(faults="quota=published")
    path = f"/cloudasset/v1/{ORGANIZATION}/assets"
    statuses = collections.Counter(get(cloud, path, pageSize=1).status_code for _ in range(103))
    assert statuses == {200: 100, 429: 3}


def test_the_inventory_may_lag_behind_the_apis(demo_cloud, assets, tmp_path):
    gone = assets[BUCKET][0]
    lines = [line for line in DEMO_ASSETS.read_text(encoding="utf-8").splitlines() if json.loads(line)["name"] != gone["name"]]
    now = tmp_path / "now.ndjson"
    now.write_text("\n".join(lines), encoding="utf-8")
    cloud = demo_cloud(assets=now, inventory_assets=DEMO_ASSETS)
    assert gone["name"] in {each["name"] for each in listed(cloud, assetTypes=BUCKET)}
    assert get(cloud, "/storage/v1/b/" + gone["resource"]["data"]["name"]).status_code == 404


def test_policies_may_be_known_as_content_only(demo_cloud):
    cloud = demo_cloud(faults="no-policy-assets")
    assert listed(cloud, contentType="RESOURCE", assetTypes=POLICY) == []
    assert listed(cloud, contentType="ORG_POLICY") != []


# exportAssets


def test_googles_client_exports(cloud, client, assets):
    bucket = assets[BUCKET][-1]["resource"]["data"]["name"]
    operation = client.export_assets(request={
        "parent": ORGANIZATION, "content_type": KIND["RESOURCE"], "asset_types": [BUCKET, TOPIC],
        "output_config": {"gcs_destination": {"uri_prefix": f"gs://{bucket}/exported/here"}}})
    assert operation.result(timeout=30).output_config.gcs_destination.uri_prefix == f"gs://{bucket}/exported/here"
    items = pages(cloud, f"/storage/v1/b/{bucket}/o", "items", prefix="exported/here/", maxResults=1)
    assert [each["name"] for each in items] == [f"exported/here/{kind}/0" for kind in sorted([BUCKET, TOPIC])]
    for item, kind in zip(items, sorted([BUCKET, TOPIC])):
        path = f"/storage/v1/b/{bucket}/o/{item['name'].replace('/', '%2F')}"
        assert checked(cloud, path) == item
        whole = get(cloud, path, alt="media")
        assert len(whole.content) == int(item["size"])
        exported = [json.loads(line) for line in whole.text.splitlines()]
        assert names(exported) == names(in_file(assets, types=[kind]))
        assert all(each["resource"]["data"] for each in exported)


def test_an_export_is_asked_for_properly(cloud, assets):
    bucket = assets[BUCKET][-1]["resource"]["data"]["name"]
    for body, complaint in (({"outputConfig": {"gcsDestination": {"uriPrefix": "x"}}}, "uri_prefix"),
                            ({"outputConfig": {"gcsDestination": {"uriPrefix": f"gs://{bucket}/p"}},
                              "assetTypes": ["nothing.googleapis.com/Nothing"]}, "supported asset type"),
                            ({"outputConfig": {"gcsDestination": {"uriPrefix": f"gs://{bucket}/p"}},
                              "contentType": "EVERYTHING"}, "content_type")):
        answer = requests.post(f"{cloud.url}/cloudasset/v1/{ORGANIZATION}:exportAssets", json=body, timeout=30,
                               headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 400 and complaint in answer.text
