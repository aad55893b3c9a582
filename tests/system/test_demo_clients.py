# SPDX-License-Identifier: Apache-2.0
"""Google's own client libraries and credentials against the demo cloud: what they read is what the asset file says."""
import json
import time

import google.auth
import google.auth.compute_engine
import google.auth.exceptions
import google.auth.transport.requests
import google.oauth2.credentials
import jwt_maker
import pytest
import requests
from conftest import TOKEN
from google.api_core import exceptions as api_exceptions
from google.api_core.client_options import ClientOptions
from google.cloud import artifactregistry_v1, kms_v1, orgpolicy_v2, resourcemanager_v3, storage
from google.oauth2 import service_account

CRM = "cloudresourcemanager.googleapis.com/"
SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]


@pytest.fixture(scope="module")
def credentials(cloud):
    """The service account that the demo cloud made up, from its key file."""
    return service_account.Credentials.from_service_account_file(str(cloud.service_account), scopes=SCOPES)


def client(kind, cloud, credentials, prefix):
    return kind(transport="rest", credentials=credentials,
                client_options=ClientOptions(api_endpoint=f"{cloud.url}/{prefix}"))


def data_of(assets, asset_type):
    return [asset["resource"]["data"] for asset in assets[asset_type]]


def test_resource_manager_client(cloud, credentials, assets):
    projects = client(resourcemanager_v3.ProjectsClient, cloud, credentials, "cloudresourcemanager")
    folders = client(resourcemanager_v3.FoldersClient, cloud, credentials, "cloudresourcemanager")
    organizations = client(resourcemanager_v3.OrganizationsClient, cloud, credentials, "cloudresourcemanager")
    found = {project.project_id: project for project in projects.search_projects()}
    for data in data_of(assets, CRM + "Project"):
        project = found.pop(data["projectId"])
        assert project.name == f"projects/{data['projectNumber']}"
        assert project.parent == f"{data['parent']['type']}s/{data['parent']['id']}"
        assert (project.display_name, project.state.name) == (data["name"], data["lifecycleState"])
        assert projects.get_project(name=project.name) == project
    assert found == {}
    organization = next(iter(organizations.search_organizations()))
    assert organization.display_name == data_of(assets, CRM + "Organization")[0]["displayName"]
    direct = {folder.name for folder in folders.list_folders(parent=organization.name)}
    assert direct == {d["name"] for d in data_of(assets, CRM + "Folder") if d["parent"] == organization.name}
    with pytest.raises(api_exceptions.Forbidden):
        projects.get_project(name="projects/no-such-project")


def test_tags_client(cloud, credentials, assets):
    tags = client(resourcemanager_v3.TagBindingsClient, cloud, credentials, "cloudresourcemanager")
    for binding in data_of(assets, CRM + "TagBinding"):
        found = list(tags.list_effective_tags(parent=binding["parent"]))
        assert [tag.tag_value for tag in found] == [binding["tagValue"]]
        assert found[0].namespaced_tag_value == binding["tagValueNamespacedName"]


def test_org_policy_client(cloud, credentials, assets):
    policies = client(orgpolicy_v2.OrgPolicyClient, cloud, credentials, "orgpolicy")
    for asset in assets["orgpolicy.googleapis.com/Policy"]:
        data = asset["resource"]["data"]
        policy = policies.get_policy(name=data["name"])
        for member, spec in (("spec", policy.spec), ("dryRunSpec", policy.dry_run_spec)):
            want = data.get(member, {})
            assert spec.inherit_from_parent == want.get("inheritFromParent", False)
            assert spec.reset == want.get("reset", False)
            assert [list(rule.values.denied_values) for rule in spec.rules] == [
                rule.get("values", {}).get("deniedValues", []) for rule in want.get("rules", [])]
            assert [rule.condition.expression for rule in spec.rules] == [
                rule.get("condition", {}).get("expression", "") for rule in want.get("rules", [])]
        assert [p.name for p in policies.list_policies(parent=asset["ancestors"][0])].count(data["name"]) == 1
        assert policies.get_effective_policy(name=data["name"]).name == data["name"]
    assert len(list(policies.list_constraints(parent=assets[CRM + "Organization"][0]["ancestors"][0]))) == 2
    with pytest.raises(api_exceptions.NotFound):
        policies.get_policy(name="projects/nordwind-sandbox-ana/policies/gcp.restrictNonCmekServices")


def test_storage_client(cloud, credentials, assets):
    gaps = {gap["scope"] for gap in data_of(assets, "cmekscan.dev/CoverageGap") if "storage" in gap["operation"]}
    for project in data_of(assets, CRM + "Project"):
        buckets = storage.Client(project=project["projectId"], credentials=credentials,
                                 client_options={"api_endpoint": cloud.url})
        if f"projects/{project['projectId']}" in gaps:
            with pytest.raises(api_exceptions.Forbidden):
                list(buckets.list_buckets())
            continue
        want = {d["name"]: d for d in data_of(assets, "storage.googleapis.com/Bucket")
                if str(d["projectNumber"]) == project["projectNumber"]}
        found = {bucket.name: bucket for bucket in buckets.list_buckets(page_size=2)}
        assert set(found) == set(want)
        for name, data in want.items():
            bucket = buckets.get_bucket(name)
            assert bucket.default_kms_key_name == data.get("encryption", {}).get("defaultKmsKeyName")
            assert (bucket.location, str(bucket.project_number)) == (data["location"], project["projectNumber"])
            assert list(buckets.list_blobs(name)) == []
    with pytest.raises(api_exceptions.NotFound):
        buckets.get_bucket("no-such-bucket")


def test_pubsub_client(cloud, credentials, assets):
    from google.pubsub_v1.services.publisher import PublisherClient
    topics = client(PublisherClient, cloud, credentials, "pubsub")
    want = {data["name"]: data.get("kmsKeyName", "") for data in data_of(assets, "pubsub.googleapis.com/Topic")}
    found = {}
    gaps = {gap["scope"] for gap in data_of(assets, "cmekscan.dev/CoverageGap") if "pubsub" in gap["operation"]}
    for project in data_of(assets, CRM + "Project"):
        parent = f"projects/{project['projectId']}"
        if parent in gaps:
            with pytest.raises(api_exceptions.Forbidden) as caught:
                list(topics.list_topics(project=parent))
            assert caught.value.reason == "SERVICE_DISABLED"
            assert caught.value.metadata["service"] == "pubsub.googleapis.com"
            continue
        found.update({topic.name: topic.kms_key_name for topic in topics.list_topics(project=parent)})
    assert found == want
    for name, key in want.items():
        assert topics.get_topic(topic=name).kms_key_name == key


def test_kms_client(cloud, credentials, assets):
    keys = client(kms_v1.KeyManagementServiceClient, cloud, credentials, "cloudkms")
    for data in data_of(assets, "cloudkms.googleapis.com/CryptoKey"):
        found = keys.get_crypto_key(name=data["name"])
        assert found.purpose.name == data["purpose"]
        assert found.primary.name == data.get("primary", {}).get("name", "")
        assert found.primary.state.name == data.get("primary", {}).get(
            "state", "CRYPTO_KEY_VERSION_STATE_UNSPECIFIED")
        versions = [version.name for version in keys.list_crypto_key_versions(parent=data["name"])]
        assert versions == [f"{data['name']}/cryptoKeyVersions/1"]


def test_artifact_registry_client(cloud, credentials, assets):
    registry = client(artifactregistry_v1.ArtifactRegistryClient, cloud, credentials, "artifactregistry")
    want = {d["name"]: d.get("kmsKeyName", "") for d in data_of(assets, "artifactregistry.googleapis.com/Repository")}
    for name, key in want.items():
        found = registry.get_repository(name=name)
        assert (found.kms_key_name, found.format_.name) == (key, "DOCKER")
        listed = {r.name for r in registry.list_repositories(parent=name.rsplit("/repositories/", 1)[0])}
        assert name in listed <= set(want)
    for data in data_of(assets, "artifactregistry.googleapis.com/ProjectSettings"):
        settings = registry.get_project_settings(name=data["name"])
        assert settings.legacy_redirection_state.name == data["legacyRedirectionState"]


def test_errors_reach_clients_with_their_details(demo_cloud):
    cloud = demo_cloud(faults="429-every=1,retry-after=7")
    given = google.oauth2.credentials.Credentials(TOKEN)
    keys = client(kms_v1.KeyManagementServiceClient, cloud, given, "cloudkms")
    with pytest.raises(api_exceptions.TooManyRequests) as caught:
        keys.get_crypto_key(name="projects/p/locations/us/keyRings/r/cryptoKeys/k", retry=None)
    assert caught.value.reason == "RATE_LIMIT_EXCEEDED"


# Credentials

def refreshed(credentials):
    credentials.refresh(google.auth.transport.requests.Request())
    return credentials


def user(cloud, **changes):
    """By hand: google-auth's loader overrides the file's token_uri with Google's."""
    info = {**json.loads(cloud.user_credentials.read_text(encoding="utf-8")), **changes}
    assert info["type"] == "authorized_user"
    return google.oauth2.credentials.Credentials(None, info["refresh_token"], None, info["token_uri"],
                                                 info["client_id"], info["client_secret"])


def works(cloud, token):
    answer = requests.get(f"{cloud.url}/v3/organizations:search", headers={"Authorization": f"Bearer {token}"}, timeout=30)
    return answer.status_code == 200


def test_a_service_account_gets_a_token(cloud):
    made = service_account.Credentials.from_service_account_file(str(cloud.service_account), scopes=SCOPES)
    assert works(cloud, refreshed(made).token)
    assert cloud.service_account.stat().st_mode & 0o077 == 0


def test_a_user_gets_a_token(cloud):
    made = user(cloud)
    assert works(cloud, refreshed(made).token)


def test_a_user_with_a_wrong_token_or_client_gets_none(cloud):
    for change, error in [({"refresh_token": "1//old"}, "invalid_grant"), ({"client_secret": "x"}, "invalid_client")]:
        with pytest.raises(google.auth.exceptions.RefreshError, match=error):
            refreshed(user(cloud, **change))


NOW = int(time.time())
GOOD = {"iat": NOW, "exp": NOW + 3600, "scope": SCOPES[0], "aud": "https://oauth2.googleapis.com/token"}


@pytest.mark.parametrize("label, header, claims, signature", [
    ("good", {}, {}, None),
    ("not signed", {}, {}, b""),
    ("another's signature", {}, {}, b"\x01" * 256),
    ("algorithm none", {"alg": "none"}, {}, b""),
    ("algorithm HS256", {"alg": "HS256"}, {}, None),
    ("another key id", {"kid": "0" * 40}, {}, None),
    ("another issuer", {}, {"iss": "someone@else.iam.gserviceaccount.com"}, None),
    ("another audience", {}, {"aud": "https://example.com/token"}, None),
    ("expired", {}, {"iat": NOW - 7200, "exp": NOW - 3600}, None),
    ("not yet", {}, {"iat": NOW + 7200, "exp": NOW + 9000}, None),
    ("too long", {}, {"exp": NOW + 7200}, None),
    ("no scope", {}, {"scope": ""}, None),
    ("no expiry", {}, {"exp": None}, None),
    ("times as text", {}, {"exp": "soon"}, None),
])
def test_only_a_right_assertion_gets_a_token(cloud, label, header, claims, signature):
    key = json.loads(cloud.service_account.read_text(encoding="utf-8"))
    assertion = jwt_maker.make(key, {"alg": "RS256", "typ": "JWT", "kid": key["private_key_id"], **header},
                               {"iss": key["client_email"], **GOOD, **claims}, signature)
    answer = requests.post(key["token_uri"], timeout=30, data={
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion})
    if label == "good":
        assert answer.status_code == 200 and answer.json()["token_type"] == "Bearer"
        assert works(cloud, answer.json()["access_token"])
    else:
        assert answer.status_code == 400 and answer.json()["error"] == "invalid_grant"
        assert answer.json()["error_description"]


@pytest.mark.parametrize("label, claims, status", [
    ("for this service", {}, 200),
    ("with a scope instead", {"aud": None, "scope": SCOPES[0]}, 200),
    ("for another service", {"aud": "https://storage.googleapis.com/"}, 401),
    ("for the token endpoint", {"aud": GOOD["aud"], "scope": SCOPES[0]}, 401),
    ("with neither", {"aud": None}, 401),
    ("expired", {"iat": NOW - 7200, "exp": NOW - 3600}, 401),
])
def test_self_signed_tokens_are_for_one_service(cloud, label, claims, status):
    key = json.loads(cloud.service_account.read_text(encoding="utf-8"))
    base = {"iss": key["client_email"], "sub": key["client_email"], "aud": "https://pubsub.googleapis.com/",
            "iat": NOW, "exp": NOW + 3600}
    token = jwt_maker.make(key, {"alg": "RS256", "typ": "JWT", "kid": key["private_key_id"]}, {**base, **claims})
    answer = requests.get(f"{cloud.url}/pubsub/v1/projects/nordwind-shop-events/topics", timeout=30,
                          headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == status, label


@pytest.mark.parametrize("form, status, error", [
    ({}, 400, "invalid_request"),
    ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}, 400, "invalid_request"),
    ({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "a.b"}, 400, "invalid_grant"),
    ({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "..."}, 400, "invalid_grant"),
    ({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "é.é.é"}, 400, "invalid_grant"),
    ({"grant_type": "refresh_token"}, 401, "invalid_client"),
])
def test_malformed_token_requests_are_refused(cloud, form, status, error):
    answer = requests.post(f"{cloud.url}/token", data=form, timeout=30)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_tokens_expire(demo_cloud):
    cloud = demo_cloud(faults="token-ttl=1")
    made = user(cloud)
    token = refreshed(made).token
    assert works(cloud, token)
    time.sleep(1.1)
    answer = requests.get(f"{cloud.url}/v3/organizations:search", headers={"Authorization": f"Bearer {token}"}, timeout=30)
    assert answer.status_code == 401 and answer.json()["error"]["details"][0]["reason"] == "ACCESS_TOKEN_EXPIRED"


def test_the_metadata_server_gives_tokens(cloud, monkeypatch):
    host = cloud.url.removeprefix("http://")
    monkeypatch.setenv("GCE_METADATA_HOST", host)
    monkeypatch.setenv("GCE_METADATA_IP", host)
    from google.auth.compute_engine import _metadata
    monkeypatch.setattr(_metadata, "_GCE_METADATA_HOST", host)
    request = google.auth.transport.requests.Request()
    assert _metadata.ping(request)
    assert _metadata.get_project_id(request) == "cmekscan-demo"
    assert _metadata.get_universe_domain(request) == "googleapis.com"
    made = google.auth.compute_engine.Credentials()
    assert works(cloud, refreshed(made).token)
    assert made.service_account_email == "cmekscan-demo@cmekscan-demo.iam.gserviceaccount.com"


def test_the_metadata_server_wants_its_header(cloud):
    path = f"{cloud.url}/computeMetadata/v1/instance/service-accounts/default/token"
    refused = requests.get(path, timeout=30)
    assert refused.status_code == 403 and "access_token" not in refused.text
    answer = requests.get(path, headers={"Metadata-Flavor": "Google"}, timeout=30)
    assert answer.headers["Metadata-Flavor"] == "Google" and works(cloud, answer.json()["access_token"])
