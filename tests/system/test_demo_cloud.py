# SPDX-License-Identifier: Apache-2.0
"""The demo cloud against Google's Discovery documents, and against the asset file that it serves."""
import gzip
import http.client
import json
import socket
import subprocess
import urllib.parse

import discovery
import pytest
import requests
from conftest import DEMO_ASSETS, TOKEN, demo_program
from demo_requests import CRM, checked, get, pages, project_ids

SERVICE = "gcp.restrictNonCmekServices"
KEY_PROJECT = "gcp.restrictCmekCryptoKeyProjects"


def names_in(assets, asset_type, project_number):
    return [asset["resource"]["data"]["name"] for asset in assets.get(asset_type, [])
            if asset["ancestors"][0] == f"projects/{project_number}"]


def gaps(assets):
    return {(gap["resource"]["data"]["scope"], gap["resource"]["data"]["operation"])
            for gap in assets["cmekscan.dev/CoverageGap"]}


# The asset file itself

def test_the_demo_organization_is_what_its_generator_writes(tmp_path):
    generator = DEMO_ASSETS.with_name("generate.py")
    copy = tmp_path / generator.name
    copy.write_text(generator.read_text(encoding="utf-8"), encoding="utf-8")
    exec(compile(copy.read_text(encoding="utf-8"), str(copy), "exec"), {"__name__": "generator", "__file__": str(copy)})
    assert (tmp_path / DEMO_ASSETS.name).read_bytes() == DEMO_ASSETS.read_bytes()


def test_the_built_in_organization_is_the_asset_file(demo_cloud, assets):
    built_in = demo_cloud(assets=None)
    found = pages(built_in, "/cloudresourcemanager/v3/projects:search", "projects")
    assert sorted(project["projectId"] for project in found) == sorted(project_ids(assets))


# Every method, over everything in the file

def test_the_hierarchy_is_found_from_the_organization_down(cloud, assets):
    organizations = pages(cloud, "/cloudresourcemanager/v3/organizations:search", "organizations")
    assert [each["name"] for each in organizations] == [assets[CRM + "Organization"][0]["ancestors"][0]]
    assert checked(cloud, f"/cloudresourcemanager/v3/{organizations[0]['name']}") == organizations[0]
    found, folders, todo = [], [], [organizations[0]["name"]]
    while todo:
        parent = todo.pop()
        below = pages(cloud, "/cloudresourcemanager/v3/folders", "folders", parent=parent)
        found += pages(cloud, "/cloudresourcemanager/v3/projects", "projects", parent=parent, showDeleted="true")
        assert all(folder["parent"] == parent for folder in below)
        folders += below
        todo += [folder["name"] for folder in below]
    assert sorted(each["name"] for each in folders) == sorted(a["ancestors"][0] for a in assets[CRM + "Folder"])
    assert sorted(each["projectId"] for each in found) == sorted(project_ids(assets))
    for folder in folders:
        assert checked(cloud, f"/cloudresourcemanager/v3/{folder['name']}") == folder
    for project in found:
        quoted = urllib.parse.quote(project["projectId"], safe="")
        assert checked(cloud, f"/cloudresourcemanager/v3/projects/{quoted}") == project
        assert checked(cloud, f"/cloudresourcemanager/v3/{project['name']}") == project


def test_projects_about_to_be_deleted_are_listed_only_on_request(cloud, assets):
    parent = next(a["ancestors"][1] for a in assets[CRM + "Project"]
                  if a["resource"]["data"]["lifecycleState"] == "DELETE_REQUESTED")
    path = "/cloudresourcemanager/v3/projects"
    shown = {p["projectId"]: p["state"] for p in pages(cloud, path, "projects", parent=parent, showDeleted="true")}
    plain = {p["projectId"]: p["state"] for p in pages(cloud, path, "projects", parent=parent)}
    assert "DELETE_REQUESTED" in shown.values()
    assert plain == {name: state for name, state in shown.items() if state == "ACTIVE"}


@pytest.mark.parametrize("query, want", [
    ("", None),
    ("projectId:nordwind-pay-core", {"nordwind-pay-core"}),
    ("id:nordwind-lake-*", {"nordwind-lake-prod", "nordwind-lake-test"}),
    ("state:DELETE_REQUESTED", {"nordwind-legacy-crm"}),
    ("NAME:ledger", {"nordwind-pay-ledger"}),
    ("id:nordwind-pay-lab name:ledger", {"nordwind-pay-lab", "nordwind-pay-ledger"}),
    ("id:nowhere", set()),
])
def test_projects_are_searched(cloud, assets, query, want):
    found = pages(cloud, "/cloudresourcemanager/v3/projects:search", "projects", query=query)
    assert {each["projectId"] for each in found} == (set(project_ids(assets)) if want is None else want)


def test_ancestry_is_that_of_the_asset(cloud, assets):
    for asset in assets[CRM + "Project"]:
        quoted = urllib.parse.quote(asset["resource"]["data"]["projectId"], safe="")
        path = f"/cloudresourcemanager/v1/projects/{quoted}:getAncestry"
        answer = requests.post(cloud.url + path, json={}, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)
        assert discovery.match("POST", path).check_body(answer.json()) == []
        ids = [ancestor["resourceId"]["id"] for ancestor in answer.json()["ancestor"]]
        assert ids == [asset["resource"]["data"]["projectId"]] + [a.split("/")[1] for a in asset["ancestors"][1:]]


def test_effective_tags_are_those_bound(cloud, assets):
    bound = {a["ancestors"][0]: a["resource"]["data"]["tagValue"] for a in assets[CRM + "TagBinding"]}
    for asset in assets[CRM + "Project"]:
        found = pages(cloud, "/cloudresourcemanager/v3/effectiveTags", "effectiveTags",
                      parent=f"//cloudresourcemanager.googleapis.com/{asset['ancestors'][0]}")
        want = bound.get(asset["ancestors"][0])
        assert [tag["tagValue"] for tag in found] == ([want] if want else [])
        assert all(tag["namespacedTagKey"].endswith("/environment") and "inherited" not in tag for tag in found)


def test_policies_are_those_of_each_node(cloud, assets):
    nodes = [a["ancestors"][0] for kind in ("Organization", "Folder", "Project") for a in assets[CRM + kind]]
    data = {a["resource"]["data"]["name"]: a["resource"]["data"] for a in assets["orgpolicy.googleapis.com/Policy"]}
    for node in nodes:
        listed = {p["name"]: p for p in pages(cloud, f"/orgpolicy/v2/{node}/policies", "policies")}
        assert listed == {name: policy for name, policy in data.items() if name.startswith(node + "/")}
        for constraint in (SERVICE, KEY_PROJECT):
            name = f"{node}/policies/{constraint}"
            if name in data:
                assert checked(cloud, f"/orgpolicy/v2/{name}") == data[name]
            else:
                assert get(cloud, f"/orgpolicy/v2/{name}").status_code == 404
            effective = checked(cloud, f"/orgpolicy/v2/{name}:getEffectivePolicy")
            assert effective["name"] == name
            assert all("condition" not in rule for rule in effective["spec"]["rules"])
        constraints = pages(cloud, f"/orgpolicy/v2/{node}/constraints", "constraints")
        assert {c["name"]: c["constraintDefault"] for c in constraints} == {
            f"{node}/constraints/{SERVICE}": "ALLOW", f"{node}/constraints/{KEY_PROJECT}": "ALLOW"}


@pytest.mark.parametrize("project, denied", [
    ("nordwind-shop-web", ["is:storage.googleapis.com", "is:pubsub.googleapis.com", "artifactregistry.googleapis.com"]),
    ("nordwind-pay-fraud", ["is:storage.googleapis.com", "is:pubsub.googleapis.com", "artifactregistry.googleapis.com"]),
    ("nordwind-pay-notify", ["pubsub.googleapis.com"]),
    ("nordwind-lake-prod", ["storage.googleapis.com"]),
    ("nordwind-lake-test", None),
    ("nordwind-partner-portal", None),
    ("nordwind-pay-lab", None),
    ("nordwind-sandbox-ana", None),
])
def test_effective_policies_are_merged_with_conditions_evaluated(cloud, project, denied):
    policy = checked(cloud, f"/orgpolicy/v2/projects/{project}/policies/{SERVICE}:getEffectivePolicy")
    values = [value for rule in policy["spec"]["rules"] for value in rule.get("values", {}).get("deniedValues", [])]
    assert values == (denied or [])
    if denied is None:
        assert policy["spec"]["rules"] == [{"allowAll": True}]


def test_resources_are_those_of_each_project(cloud, assets):
    for asset in assets[CRM + "Project"]:
        project_id = asset["resource"]["data"]["projectId"]
        num = asset["resource"]["data"]["projectNumber"]
        quoted = urllib.parse.quote(project_id, safe="")
        if (f"projects/{project_id}", "storage.buckets.list") not in gaps(assets):
            buckets = pages(cloud, "/storage/v1/b", "items", project=project_id, projection="noAcl")
            assert [b["name"] for b in buckets] == sorted(names_in(assets, "storage.googleapis.com/Bucket", num))
            assert all(bucket["projectNumber"] == num for bucket in buckets)
            for bucket in buckets:
                assert checked(cloud, f"/storage/v1/b/{bucket['name']}") == bucket
                assert checked(cloud, f"/storage/v1/b/{bucket['name']}/o").get("items", []) == []
        if (f"projects/{project_id}", "pubsub.topics.list") not in gaps(assets):
            topics = pages(cloud, f"/pubsub/v1/projects/{quoted}/topics", "topics")
            assert [t["name"] for t in topics] == names_in(assets, "pubsub.googleapis.com/Topic", num)
            for topic in topics:
                assert checked(cloud, f"/pubsub/v1/{topic['name']}") == topic
        repositories = []
        for location in pages(cloud, f"/artifactregistry/v1/projects/{quoted}/locations", "locations"):
            path = f"/artifactregistry/v1/projects/{quoted}/locations/{location['locationId']}/repositories"
            repositories += pages(cloud, path, "repositories")
        want = names_in(assets, "artifactregistry.googleapis.com/Repository", num)
        assert sorted(r["name"] for r in repositories) == sorted(want)
        for repository in repositories:
            assert checked(cloud, f"/artifactregistry/v1/{repository['name']}") == repository
        settings = checked(cloud, f"/artifactregistry/v1/projects/{quoted}/projectSettings")
        assert settings["name"] == f"projects/{project_id}/projectSettings"


def test_keys_used_all_exist_with_their_versions(cloud, assets):
    used = {a["resource"]["data"].get("kmsKeyName") or a["resource"]["data"].get("encryption", {}).get("defaultKmsKeyName")
            for kind in ("storage.googleapis.com/Bucket", "pubsub.googleapis.com/Topic",
                         "artifactregistry.googleapis.com/Repository") for a in assets[kind]} - {None}
    data = {a["resource"]["data"]["name"]: a["resource"]["data"] for a in assets["cloudkms.googleapis.com/CryptoKey"]}
    unreadable = {scope for scope, operation in gaps(assets) if operation == "cloudkms.cryptoKeys.get"}
    assert used <= set(data) | unreadable
    for name, key in data.items():
        assert checked(cloud, f"/cloudkms/v1/{name}") == key
        versions = pages(cloud, f"/cloudkms/v1/{name}/cryptoKeyVersions", "cryptoKeyVersions")
        assert [version["name"] for version in versions] == [f"{name}/cryptoKeyVersions/1"]
        enabled = pages(cloud, f"/cloudkms/v1/{name}/cryptoKeyVersions", "cryptoKeyVersions", filter="state=ENABLED")
        assert enabled == [version for version in versions if version["state"] == "ENABLED"]


def test_services_are_listed_got_and_got_in_batches(cloud, assets):
    states = {a["resource"]["data"]["name"]: a["resource"]["data"]["state"]
              for a in assets["serviceusage.googleapis.com/Service"]}
    for asset in assets[CRM + "Project"]:
        node = asset["ancestors"][0]
        want = {name: state for name, state in states.items() if name.startswith(node + "/")}
        assert {s["name"]: s["state"] for s in pages(cloud, f"/serviceusage/v1/{node}/services", "services")} == want
        enabled = pages(cloud, f"/serviceusage/v1/{node}/services", "services", filter="state:ENABLED")
        assert {s["name"] for s in enabled} == {name for name, state in want.items() if state == "ENABLED"}
        batch = checked(cloud, f"/serviceusage/v1/{node}/services:batchGet", names=list(want))
        assert {s["name"]: s["state"] for s in batch["services"]} == want
        for name, state in want.items():
            assert checked(cloud, f"/serviceusage/v1/{name}")["state"] == state
    never = checked(cloud, f"/serviceusage/v1/{node}/services/bigquery.googleapis.com")
    assert never["state"] == "DISABLED"


def test_paths_without_the_name_of_an_api_mean_the_same(cloud):
    for prefix, path in [("pubsub", "/v1/projects/nordwind-shop-events/topics"),
                         ("cloudresourcemanager", "/v3/projects/nordwind-shop-events"),
                         ("orgpolicy", f"/v2/projects/nordwind-pay-fraud/policies/{SERVICE}"),
                         ("serviceusage", "/v1/projects/nordwind-shop-events/services"),
                         ("artifactregistry", "/v1/projects/nordwind-shop-builds/locations/us/repositories")]:
        assert get(cloud, path).json() == get(cloud, f"/{prefix}{path}").json()


# Paging, fields, gzip

LISTINGS = [
    ("/cloudresourcemanager/v3/projects:search", "projects", "pageSize", {}),
    ("/storage/v1/b", "items", "maxResults", {"project": "nordwind-pay-risk"}),
    ("/pubsub/v1/projects/nordwind-shop-events/topics", "topics", "pageSize", {}),
    ("/artifactregistry/v1/projects/nordwind-shop-builds/locations", "locations", "pageSize", {}),
    ("/artifactregistry/v1/projects/nordwind-shop-builds/locations/europe-west3/repositories", "repositories",
     "pageSize", {}),
    ("/serviceusage/v1/projects/nordwind-shop-builds/services", "services", "pageSize", {}),
]


@pytest.mark.parametrize("path, member, size, params", LISTINGS)
@pytest.mark.parametrize("page_size", [1, 2, 3, 7])
def test_pages_add_up_to_the_whole_listing(cloud, path, member, size, params, page_size):
    whole = pages(cloud, path, member, **params)
    assert len(whole) > 1
    first = checked(cloud, path, **params, **{size: page_size})
    assert len(first[member]) == min(page_size, len(whole))
    assert pages(cloud, path, member, **params, **{size: page_size}) == whole


@pytest.mark.parametrize("path, member, size, params", LISTINGS)
@pytest.mark.parametrize("bad", [{"pageToken": "made-up"}, {"pageToken": "0" * 16}, {"SIZE": "-1"}, {"SIZE": "many"},
                                 {"SIZE": "99999999999"}])
def test_bad_tokens_and_sizes_are_refused(cloud, path, member, size, params, bad):
    answer = get(cloud, path, **params, **{size if name == "SIZE" else name: value for name, value in bad.items()})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == 400


def test_a_token_of_another_listing_is_refused(cloud):
    token = get(cloud, "/storage/v1/b", project="nordwind-pay-risk", maxResults=1).json()["nextPageToken"]
    assert get(cloud, "/storage/v1/b", project="nordwind-pay-risk", pageToken=token).status_code == 200
    assert get(cloud, "/storage/v1/b", project="nordwind-shop-data", pageToken=token).status_code == 400


def test_page_sizes_have_googles_limits(cloud):
    path = "/serviceusage/v1/projects/nordwind-shop-builds/services"
    assert get(cloud, path, pageSize=200).status_code == 200
    assert get(cloud, path, pageSize=201).status_code == 400
    assert get(cloud, "/pubsub/v1/projects/nordwind-shop-events/topics", pageSize=5000).status_code == 200


@pytest.mark.parametrize("fields, want", [
    ("items/name", {"items": [{"name": "nordwind-pay-cards"}, {"name": "nordwind-pay-transactions"}]}),
    ("kind", {"kind": "storage#buckets"}),
    ("items(location,iamConfiguration/uniformBucketLevelAccess/enabled)",
     {"items": [{"location": where, "iamConfiguration": {"uniformBucketLevelAccess": {"enabled": True}}}
                for where in ("EUROPE-WEST3", "EU")]}),
    ("nextPageToken", {}),
    ("kind,items(name)", {"kind": "storage#buckets",
                          "items": [{"name": "nordwind-pay-cards"}, {"name": "nordwind-pay-transactions"}]}),
])
def test_fields_keep_what_they_name(cloud, fields, want):
    assert checked(cloud, "/storage/v1/b", project="nordwind-pay-core", fields=fields) == want


def test_all_fields_are_all(cloud):
    whole = checked(cloud, "/storage/v1/b", project="nordwind-pay-core")
    for fields in ("*", "kind,items", "items/*,kind"):
        assert checked(cloud, "/storage/v1/b", project="nordwind-pay-core", fields=fields) == whole


@pytest.mark.parametrize("fields", ["items(", "items)", "(", ",", "items(name", "a//b", "items()", "name,"])
def test_a_malformed_field_mask_is_refused(cloud, fields):
    assert get(cloud, "/storage/v1/b", project="nordwind-pay-core", fields=fields).status_code == 400


def test_answers_are_compressed_only_for_those_who_take_it(cloud):
    url = urllib.parse.urlsplit(cloud.url)
    bodies = {}
    for encoding in ("gzip", "identity"):
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
        connection.request("GET", "/storage/v1/b?project=nordwind-pay-risk",
                           headers={"Authorization": f"Bearer {TOKEN}", "Accept-Encoding": encoding})
        answer = connection.getresponse()
        assert answer.getheader("Content-Encoding") == ("gzip" if encoding == "gzip" else None)
        bodies[encoding] = answer.read()
        connection.close()
    assert gzip.decompress(bodies["gzip"]) == bodies["identity"]
    assert len(bodies["gzip"]) < len(bodies["identity"]) / 2


# Errors

def test_without_or_with_a_wrong_token_nothing_is_told(cloud):
    for token, reason in [(None, "CREDENTIALS_MISSING"), ("wrong", "ACCESS_TOKEN_TYPE_UNSUPPORTED")]:
        answer = get(cloud, "/pubsub/v1/projects/nordwind-shop-events/topics", token=token)
        assert answer.status_code == 401
        error = answer.json()["error"]
        assert (error["code"], error["status"]) == (401, "UNAUTHENTICATED")
        assert error["details"][0]["reason"] == reason
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        old = get(cloud, "/storage/v1/b", token=token, project="nordwind-pay-core").json()["error"]
        assert old["code"] == 401 and old["errors"][0]["location"] == "Authorization"


def test_recorded_coverage_gaps_are_answered_with_their_errors(cloud, assets):
    paths = {"storage.buckets.list": "/storage/v1/b?project={id}", "pubsub.topics.list": "/pubsub/v1/{scope}/topics",
             "cloudkms.cryptoKeys.get": "/cloudkms/v1/{scope}"}
    reasons = {"permission-denied": "IAM_PERMISSION_DENIED", "api-disabled": "SERVICE_DISABLED"}
    for gap in assets["cmekscan.dev/CoverageGap"]:
        data = gap["resource"]["data"]
        path = paths[data["operation"]].format(scope=data["scope"], id=data["scope"].split("/")[1])
        answer = get(cloud, path)
        error = answer.json()["error"]
        assert (answer.status_code, error["message"]) == (403, data["message"])
        if path.startswith("/storage/"):
            assert error["errors"][0]["reason"] == "forbidden"
            continue
        assert error["details"][0]["reason"] == reasons[data["error"]]
        if data["error"] == "api-disabled":
            assert error["details"][0]["metadata"] == {"service": "pubsub.googleapis.com",
                                                       "consumer": gap["ancestors"][0]}


def test_a_gap_of_one_resource_leaves_others_alone(cloud, assets):
    gap = next(g["resource"]["data"]["scope"] for g in assets["cmekscan.dev/CoverageGap"]
               if "cryptoKeys" in g["resource"]["data"]["scope"])
    assert get(cloud, f"/cloudkms/v1/{gap}").status_code == 403
    assert get(cloud, f"/cloudkms/v1/{gap}-2").status_code == 404


@pytest.mark.parametrize("path, params, status", [
    ("/storage/v1/b/no-such-bucket", {}, 404),
    ("/storage/v1/b/no-such-bucket/o", {}, 404),
    ("/storage/v1/b", {"project": "no-such-project"}, 404),
    ("/storage/v1/b", {}, 400),
    ("/storage/v1/b", {"project": "nordwind-pay-core", "projection": "half"}, 400),
    ("/pubsub/v1/projects/nordwind-pay-core/topics/none", {}, 404),
    ("/pubsub/v1/projects/no-such-project/topics", {}, 404),
    ("/cloudresourcemanager/v3/projects/no-such-project", {}, 403),
    ("/cloudresourcemanager/v3/organizations/1", {}, 403),
    ("/cloudresourcemanager/v3/folders/1", {}, 403),
    ("/cloudresourcemanager/v3/folders", {"parent": "folders/1"}, 403),
    ("/cloudresourcemanager/v3/folders", {}, 400),
    ("/cloudresourcemanager/v3/projects", {"parent": "projects/nordwind-pay-core"}, 400),
    ("/cloudresourcemanager/v3/projects:search", {"query": "colour:red"}, 400),
    ("/cloudresourcemanager/v3/effectiveTags", {"parent": "projects/1"}, 400),
    ("/cloudkms/v1/projects/nordwind-kms-prod/locations/us/keyRings/production/cryptoKeys/none", {}, 404),
    ("/cloudkms/v1/projects/no-such-project/locations/us/keyRings/r/cryptoKeys/k", {}, 403),
    ("/artifactregistry/v1/projects/nordwind-shop-builds/locations/us/repositories/none", {}, 404),
    ("/artifactregistry/v1/projects/nordwind-shop-builds/locations/atlantis/repositories", {}, 403),
    ("/serviceusage/v1/projects/no-such-project/services", {}, 403),
    ("/serviceusage/v1/projects/nordwind-pay-core/services", {"filter": "state:MAYBE"}, 400),
    ("/serviceusage/v1/projects/nordwind-pay-core/services:batchGet", {}, 400),
    ("/pubsub/v1/projects/nordwind-pay-core/topics", {"page_size": "3"}, 400),
    ("/pubsub/v1/projects/nordwind-pay-core/nothing", {}, 404),
    ("/elsewhere", {}, 404),
])
def test_what_does_not_exist_is_refused_as_google_does(cloud, path, params, status):
    answer = get(cloud, path, **params)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["code"] == status and error["message"]
    if path.startswith("/storage/"):
        assert {"message", "domain", "reason"} <= set(error["errors"][0]) and "status" not in error
    else:
        assert error["status"] in {"NOT_FOUND", "INVALID_ARGUMENT", "PERMISSION_DENIED"} and "errors" not in error


def test_methods_that_change_something_are_not_served(cloud):
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = requests.request(method, cloud.url + "/storage/v1/b/nordwind-shop-images", timeout=30,
                                  headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 404


AUTHORIZED = f"Host: x\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n".encode()


@pytest.mark.parametrize("raw, answer", [
    (b"\x16\x03\x01\x02\x00\r\n\r\n", b""),
    (b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 4"),
    (b"GET /%00%zz%2 HTTP/1.1\r\n" + AUTHORIZED, b"HTTP/1.1 404"),
    (b"GET /" + b"/" * 40 + b" HTTP/1.1\r\n" + AUTHORIZED, b"HTTP/1.1 404"),
    (b"GET /" + b"a/" * 40 + b" HTTP/1.1\r\n" + AUTHORIZED, b"HTTP/1.1 404"),
    (b"GET /storage/v1/b?&&==&%&project=nordwind-pay-core&fields=%28%28%28 HTTP/1.1\r\n" + AUTHORIZED, b"HTTP/1.1 400"),
    (b"GET /storage/v1/b?project=nordwind-pay-core&fields=" + b"a(" * 3000 + b" HTTP/1.1\r\n" + AUTHORIZED,
     b"HTTP/1.1 400"),
    (b"GET /storage/v1/b?project=nordwind-pay-core&fields=" + b"a/" * 3000 + b"a HTTP/1.1\r\n" + AUTHORIZED,
     b"HTTP/1.1 400"),
    (b"POST /token HTTP/1.1\r\nContent-Length: 200000\r\n" + AUTHORIZED + b"a" * 200000, b"HTTP/1.1 413"),
    (b"POST /token HTTP/1.1\r\nContent-Length: 200000\r\n" + AUTHORIZED + b"a" * 20, b""),
])
def test_nonsense_does_no_harm(cloud, raw, answer):
    url = urllib.parse.urlsplit(cloud.url)
    with socket.create_connection((url.hostname, url.port), timeout=1) as connection:
        connection.sendall(raw)
        try:
            assert connection.recv(65536).startswith(answer)
        except TimeoutError:
            assert answer == b""
    assert get(cloud, "/cloudresourcemanager/v3/organizations:search").status_code == 200


# Around it

def test_the_request_log_tells_what_was_asked_and_answered(demo_cloud):
    cloud = demo_cloud()
    body = checked(cloud, "/storage/v1/b", project="nordwind-pay-core", fields="items/name")
    get(cloud, "/storage/v1/b/none")
    logged = cloud.requests()
    assert [(each["method"], each["path"], each["operation"], each["status"]) for each in logged] == [
        ("GET", "/storage/v1/b", "storage.buckets.list", 200), ("GET", "/storage/v1/b/none", "storage.buckets.get", 404)]
    assert logged[0]["body"] == body
    assert [discovery.check_exchange(each) for each in logged] == [[], []]
    assert discovery.check_exchange({**logged[0], "query": "project=p&fields=items/nome"}) != []
    assert discovery.check_exchange({**logged[0], "query": ""}) != []
    assert discovery.check_exchange({**logged[0], "body": {"items": [{"name": "x", "colour": "red"}]}}) != []
    requests.post(cloud.url + "/token", data={"grant_type": "refresh_token"}, timeout=30)
    assert cloud.requests()[-1]["body"] is None


@pytest.mark.parametrize("content, reason", [
    ("", "is empty"), ("not json\n", "nothing that the demo cloud can serve"),
    ('{"name":"//x/y","asset_type":"x.googleapis.com/Y","resource":{"data":{}}}\n', "nothing"),
])
def test_files_without_assets_are_refused(tmp_path, content, reason):
    path = tmp_path / "assets.ndjson"
    path.write_text(content, encoding="utf-8")
    result = subprocess.run([demo_program(), "demo-cloud", "--assets", str(path), "--port", "0"],
                            capture_output=True, text=True, timeout=30)
    assert result.returncode == 4 and reason in result.stderr


def test_json_numbers_of_exports_become_the_strings_of_the_api(demo_cloud, tmp_path):
    lines = [
        {"name": "//cloudresourcemanager.googleapis.com/projects/11", "assetType": CRM + "Project",
         "ancestors": ["projects/11", "folders/2", "organizations/1"],
         "resource": {"data": {"name": "projects/11", "projectId": "p-eleven", "state": "ACTIVE", "parent": "folders/2"}}},
        {"name": "//storage.googleapis.com/b", "asset_type": "storage.googleapis.com/Bucket",
         "resource": {"parent": "//cloudresourcemanager.googleapis.com/projects/11",
                      "data": {"name": "b", "metageneration": 3, "acl": [{"entity": "x"}], "labels": None,
                               "retentionPolicy": {"retentionPeriod": 60}, "projectNumber": 11}}},
    ]
    path = tmp_path / "assets.ndjson.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    cloud = demo_cloud(assets=path)
    bucket = checked(cloud, "/storage/v1/b/b")
    assert bucket == {"kind": "storage#bucket", "name": "b", "projectNumber": "11", "metageneration": "3",
                      "retentionPolicy": {"retentionPeriod": "60"}}
    assert checked(cloud, "/storage/v1/b/b", projection="full")["acl"] == [{"entity": "x"}]
    ancestry = requests.post(cloud.url + "/cloudresourcemanager/v1/projects/p-eleven:getAncestry", timeout=30,
                             headers={"Authorization": f"Bearer {TOKEN}"}).json()
    assert [a["resourceId"]["id"] for a in ancestry["ancestor"]] == ["p-eleven", "2", "1"]
