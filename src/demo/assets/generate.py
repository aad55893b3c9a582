#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes demo-organization.ndjson, the organization that `cmekscan demo` shows.

An invented company, Nordwind, in the form of a Cloud Asset Inventory export. Each project is there for
one thing that a scan can find (or must not find); the comment beside it says which. Run it from any
folder; the output is the same each time:

    python3 src/demo/assets/generate.py

Numbers are made from names, so that adding a project changes no other line.
"""
import hashlib
import json
import pathlib

OUTPUT = pathlib.Path(__file__).with_name("demo-organization.ndjson")
UPDATED = "2026-10-01T06:00:00.000000Z"
DOMAIN = "nordwind.example"
SERVICE = "gcp.restrictNonCmekServices"
KEY_PROJECT = "gcp.restrictCmekCryptoKeyProjects"

lines = []
nodes = {}  # short name -> {"name", "id", "ancestors"}


def number(name, digits=12):
    """A stable number that looks like Google's."""
    value = int(hashlib.sha256(name.encode()).hexdigest(), 16)
    return str(10 ** (digits - 1) + value % (9 * 10 ** (digits - 1)))


def asset(asset_type, name, data, ancestors, parent=None, location=None):
    service, kind = asset_type.split("/")
    resource = {"version": "v1", "discovery_name": kind, "data": data}
    if service.endswith(".googleapis.com"):
        resource["discovery_document_uri"] = f"https://{service}/$discovery/rest"
    if parent:
        resource["parent"] = f"//cloudresourcemanager.googleapis.com/{parent}"
    if location:
        resource["location"] = location.lower()
    line = {"name": name, "asset_type": asset_type, "resource": resource, "update_time": UPDATED}
    if ancestors:
        line["ancestors"] = ancestors
    lines.append(json.dumps(line, ensure_ascii=False))


def organization():
    name = f"organizations/{number(DOMAIN)}"
    nodes["org"] = {"name": name, "id": None, "ancestors": [name]}
    data = {"name": name, "displayName": DOMAIN, "lifecycleState": "ACTIVE",
            "owner": {"directoryCustomerId": "C03nordwnd"}, "creationTime": "2017-05-02T08:11:04.000Z"}
    asset("cloudresourcemanager.googleapis.com/Organization", f"//cloudresourcemanager.googleapis.com/{name}",
          data, [name])


def folder(short, parent, title):
    name = f"folders/{number('folder ' + short)}"
    above = nodes[parent]
    nodes[short] = {"name": name, "id": None, "ancestors": [name] + above["ancestors"]}
    data = {"name": name, "parent": above["name"], "displayName": title, "lifecycleState": "ACTIVE",
            "createTime": "2018-03-12T09:30:00.000Z"}
    asset("cloudresourcemanager.googleapis.com/Folder", f"//cloudresourcemanager.googleapis.com/{name}", data,
          nodes[short]["ancestors"], above["name"])


def project(project_id, parent, title, *, state="ACTIVE", services=(), disabled=(),
            redirection="REDIRECTION_FROM_GCR_IO_DISABLED"):
    num = number("project " + project_id)
    name = f"projects/{num}"
    above = nodes[parent]
    nodes[project_id] = {"name": name, "id": project_id, "ancestors": [name] + above["ancestors"]}
    kind, parent_id = above["name"].split("/")
    data = {"projectNumber": num, "projectId": project_id, "name": title, "lifecycleState": state,
            "createTime": "2019-06-04T12:00:00.000Z", "parent": {"type": kind[:-1], "id": parent_id}}
    asset("cloudresourcemanager.googleapis.com/Project", f"//cloudresourcemanager.googleapis.com/{name}", data,
          nodes[project_id]["ancestors"], above["name"])
    for short in ("artifactregistry", "containerregistry", "pubsub"):
        enabled = short in services or (short == "pubsub" and short not in disabled)
        service = f"{short}.googleapis.com"
        asset("serviceusage.googleapis.com/Service", f"//serviceusage.googleapis.com/{name}/services/{service}",
              {"name": f"{name}/services/{service}", "parent": name, "state": "ENABLED" if enabled else "DISABLED"},
              nodes[project_id]["ancestors"], name)
    asset("artifactregistry.googleapis.com/ProjectSettings",
          f"//artifactregistry.googleapis.com/projects/{project_id}/projectSettings",
          {"name": f"projects/{project_id}/projectSettings", "legacyRedirectionState": redirection},
          nodes[project_id]["ancestors"], name)


def bucket(project_id, name, location, key=None, created="2021-02-03T10:20:30.400Z"):
    node = nodes[project_id]
    num = int(node["name"].split("/")[1])
    data = {"kind": "storage#bucket", "id": name, "name": name, "projectNumber": num, "location": location,
            "locationType": "multi-region" if location in ("US", "EU", "ASIA") else "region",
            "storageClass": "STANDARD", "timeCreated": created, "updated": created, "metageneration": 1,
            "etag": "CAE=", "selfLink": f"https://www.googleapis.com/storage/v1/b/{name}",
            "iamConfiguration": {"publicAccessPrevention": "enforced",
                                 "uniformBucketLevelAccess": {"enabled": True}}}
    if key:
        data["encryption"] = {"defaultKmsKeyName": key}
    asset("storage.googleapis.com/Bucket", f"//storage.googleapis.com/{name}", data, node["ancestors"],
          node["name"], location)


def topic(project_id, name, key=None):
    node = nodes[project_id]
    full = f"projects/{project_id}/topics/{name}"
    data = {"name": full, "state": "ACTIVE"}
    if key:
        data["kmsKeyName"] = key
    asset("pubsub.googleapis.com/Topic", f"//pubsub.googleapis.com/{full}", data, node["ancestors"], node["name"],
          "global")


def repository(project_id, location, name, key=None):
    node = nodes[project_id]
    full = f"projects/{project_id}/locations/{location}/repositories/{name}"
    data = {"name": full, "format": "DOCKER", "mode": "STANDARD_REPOSITORY", "sizeBytes": "734003200",
            "createTime": "2024-09-16T07:45:12.331Z", "updateTime": "2026-08-20T05:00:00.000Z"}
    if key:
        data["kmsKeyName"] = key
    asset("artifactregistry.googleapis.com/Repository", f"//artifactregistry.googleapis.com/{full}", data,
          node["ancestors"], node["name"], location)


def key(project_id, location, ring, name, *, purpose="ENCRYPT_DECRYPT", state="ENABLED", primary=True):
    """A CryptoKey with its one version; returns the key's name."""
    node = nodes[project_id]
    full = f"projects/{project_id}/locations/{location}/keyRings/{ring}/cryptoKeys/{name}"
    algorithm = "GOOGLE_SYMMETRIC_ENCRYPTION" if purpose == "ENCRYPT_DECRYPT" else "RSA_SIGN_PKCS1_4096_SHA256"
    created = "2022-01-10T09:00:00.000Z"
    version = {"name": f"{full}/cryptoKeyVersions/1", "state": state, "protectionLevel": "HSM",
               "algorithm": algorithm, "createTime": created, "generateTime": created}
    if state == "DESTROY_SCHEDULED":
        version["destroyTime"] = "2026-12-24T09:00:00.000Z"
    if state == "DESTROYED":
        version["destroyTime"] = version["destroyEventTime"] = "2026-03-01T09:00:00.000Z"
    data = {"name": full, "purpose": purpose, "createTime": created, "destroyScheduledDuration": "2592000s",
            "versionTemplate": {"protectionLevel": "HSM", "algorithm": algorithm}}
    if purpose == "ENCRYPT_DECRYPT":
        data["rotationPeriod"] = "7776000s"
        data["nextRotationTime"] = "2026-12-30T09:00:00.000Z"
        if primary:
            data["primary"] = version
    asset("cloudkms.googleapis.com/CryptoKey", f"//cloudkms.googleapis.com/{full}", data, node["ancestors"],
          node["name"], location)
    asset("cloudkms.googleapis.com/CryptoKeyVersion", f"//cloudkms.googleapis.com/{full}/cryptoKeyVersions/1",
          version, node["ancestors"], node["name"], location)
    return full


def policy(where, constraint, spec=None, dry_run=None):
    node = nodes[where]
    name = f"{node['name']}/policies/{constraint}"
    data = {"name": name, "etag": "CMjRnroGEMDhqW0="}
    for member, value in (("spec", spec), ("dryRunSpec", dry_run)):
        if value is not None:
            data[member] = {"etag": "CMjRnroGEMDhqW0=", "updateTime": "2025-01-15T08:00:00.228Z", **value}
    asset("orgpolicy.googleapis.com/Policy", f"//orgpolicy.googleapis.com/{name}", data, node["ancestors"],
          node["name"])


def services(*names, prefix=""):
    return [f"{prefix}{name}.googleapis.com" for name in names]


def deny(values, **rest):
    return {"values": {"deniedValues": values}, **rest}


def allow(values):
    return {"values": {"allowedValues": values}}


def tags(key_name, values, bindings):
    """One TagKey of the organization, its values, and what they are bound to."""
    org = nodes["org"]["name"]
    org_number = org.split("/")[1]
    tag_key = f"tagKeys/{number('tag key ' + key_name)}"
    times = {"createTime": "2023-04-05T06:07:08.000Z", "updateTime": "2023-04-05T06:07:08.000Z"}
    host = "//cloudresourcemanager.googleapis.com/"
    asset("cloudresourcemanager.googleapis.com/TagKey", host + tag_key,
          {"name": tag_key, "parent": org, "shortName": key_name, "namespacedName": f"{org_number}/{key_name}",
           **times}, [org], org)
    for value in values:
        tag_value = f"tagValues/{number('tag value ' + value)}"
        namespaced = f"{org_number}/{key_name}/{value}"
        asset("cloudresourcemanager.googleapis.com/TagValue", host + tag_value,
              {"name": tag_value, "parent": tag_key, "shortName": value, "namespacedName": namespaced, **times},
              [org], org)
        for bound in bindings.get(value, ()):
            node = nodes[bound]
            parent = host + node["name"]
            quoted = parent.replace("/", "%2F")
            asset("cloudresourcemanager.googleapis.com/TagBinding",
                  f"{host}tagBindings/{quoted}/{tag_value}",
                  {"name": f"tagBindings/{quoted}/{tag_value}", "parent": parent, "tagValue": tag_value,
                   "tagValueNamespacedName": namespaced}, node["ancestors"], node["name"])


def coverage_gap(scope, operation, error, message):
    node = nodes.get(scope.split("/")[1])
    asset("cmekscan.dev/CoverageGap", f"//cmekscan.dev/{scope}/coverageGaps/{operation}",
          {"scope": scope, "operation": operation, "error": error, "message": message},
          node["ancestors"] if node else None)


# --- the hierarchy ---------------------------------------------------------------------------------
organization()
folder("platform", "org", "Platform")
folder("kms", "platform", "Key management")
folder("production", "org", "Production")
folder("retail", "production", "Retail")
folder("payments", "production", "Payments")
folder("partners", "production", "Partners")
folder("analytics", "org", "Analytics")
folder("development", "org", "Development")
folder("sandbox", "org", "Sandbox")
folder("legacy", "org", "Legacy")

# --- keys ------------------------------------------------------------------------------------------
project("nordwind-kms-prod", "kms", "KMS production")       # allowed through under:folders/KMS
project("nordwind-kms-eu", "platform", "KMS Europe")        # allowed by its number
project("nordwind-kms-shared", "platform", "KMS shared")    # allowed by its id
project("nordwind-kms-old", "platform", "KMS before 2022")  # not allowed for payments
key_us = key("nordwind-kms-prod", "us", "production", "registry")
key_europe = key("nordwind-kms-prod", "europe", "production", "storage")
key_asia = key("nordwind-kms-prod", "asia", "production", "storage")
key_topics = key("nordwind-kms-prod", "global", "production", "topics")
key_by_number = key("nordwind-kms-eu", "europe-west3", "payments", "cards")
key_by_id = key("nordwind-kms-shared", "europe-west3", "shared", "images")
key_old = key("nordwind-kms-old", "asia", "keys", "storage")
key_disabled = key("nordwind-kms-prod", "europe-west1", "risk", "disabled", state="DISABLED")
key_destroyed = key("nordwind-kms-prod", "europe-west1", "risk", "destroyed", state="DESTROYED")
key_scheduled = key("nordwind-kms-prod", "europe-west1", "risk", "scheduled", state="DESTROY_SCHEDULED")
key_signing = key("nordwind-kms-prod", "europe-west1", "risk", "signing", purpose="ASYMMETRIC_SIGN")
key_empty = key("nordwind-kms-prod", "europe-west1", "risk", "no-primary", primary=False)

# --- production: all three services need keys --------------------------------------------------------
policy("production", SERVICE, {"rules": [deny(services("storage", "pubsub", prefix="is:")
                                              + services("artifactregistry"))]})

# gcr.io's bucket without a key: fail.
project("nordwind-shop-web", "retail", "Shop front end")
bucket("nordwind-shop-web", "artifacts.nordwind-shop-web.appspot.com", "US")
# us.gcr.io's bucket with a key: pass.
project("nordwind-shop-api", "retail", "Shop API")
bucket("nordwind-shop-api", "us.artifacts.nordwind-shop-api.appspot.com", "US", key_us)
# An ordinary bucket without a key: fail; one with: pass.
project("nordwind-shop-data", "retail", "Shop data")
bucket("nordwind-shop-data", "nordwind-shop-orders-export", "EU")
bucket("nordwind-shop-data", "nordwind-shop-images", "EU", key_europe)
# Container Registry's topic without a key: fail; another topic with: pass.
project("nordwind-shop-events", "retail", "Shop events", services=("containerregistry",))
topic("nordwind-shop-events", "gcr")
topic("nordwind-shop-events", "orders", key_topics)
# A repository and a gcr.io repository without keys: fail; one with: pass. The gcr topic has a key.
project("nordwind-shop-builds", "retail", "Shop builds", services=("artifactregistry",))
repository("nordwind-shop-builds", "europe-west3", "images")
repository("nordwind-shop-builds", "us", "gcr.io")
repository("nordwind-shop-builds", "europe-west3", "base-images", key_by_id)
topic("nordwind-shop-builds", "gcr", key_topics)
# A domain-scoped project: its registry bucket is called otherwise. Fail.
project(f"{DOMAIN}:intranet", "retail", "Intranet")
bucket(f"{DOMAIN}:intranet", f"eu.artifacts.intranet.{DOMAIN}.a.appspot.com", "EU")

# --- payments: and the keys come from named projects -------------------------------------------------
policy("payments", KEY_PROJECT, {"rules": [allow([
    f"under:{nodes['kms']['name']}", nodes["nordwind-kms-eu"]["name"], "is:projects/nordwind-kms-shared"])]})

# Keys from an allowed folder, from a project allowed by number, and by id: pass.
project("nordwind-pay-core", "payments", "Payments core", services=("artifactregistry",))
bucket("nordwind-pay-core", "nordwind-pay-transactions", "EU", key_europe)
bucket("nordwind-pay-core", "nordwind-pay-cards", "EUROPE-WEST3", key_by_number)
repository("nordwind-pay-core", "europe-west3", "services", key_by_id)
topic("nordwind-pay-core", "gcr", key_topics)
# A registry bucket without a key where keys are restricted: fails both rules.
project("nordwind-pay-gateway", "payments", "Payments gateway")
bucket("nordwind-pay-gateway", "eu.artifacts.nordwind-pay-gateway.appspot.com", "EU")
# A registry bucket with a key from a project that is not allowed: fail.
project("nordwind-pay-ledger", "payments", "Ledger")
bucket("nordwind-pay-ledger", "asia.artifacts.nordwind-pay-ledger.appspot.com", "ASIA", key_old)
# A key of somebody else, whose project cannot be seen from here: unknown, and a coverage gap.
project("nordwind-pay-clearing", "payments", "Clearing")
key_foreign = "projects/clearing-house-kms/locations/europe/keyRings/members/cryptoKeys/nordwind"
bucket("nordwind-pay-clearing", "nordwind-pay-clearing-files", "EU", key_foreign)
coverage_gap(key_foreign, "cloudkms.cryptoKeys.get", "permission-denied",
             "Permission 'cloudkms.cryptoKeys.get' denied on resource (or it may not exist).")
# Keys that cannot be used: disabled, destroyed, about to be, of the wrong purpose, without a primary version.
project("nordwind-pay-risk", "payments", "Risk models")
bucket("nordwind-pay-risk", "nordwind-pay-risk-models", "EUROPE-WEST1", key_disabled)
bucket("nordwind-pay-risk", "nordwind-pay-risk-history", "EUROPE-WEST1", key_destroyed)
bucket("nordwind-pay-risk", "nordwind-pay-risk-features", "EUROPE-WEST1", key_scheduled)
bucket("nordwind-pay-risk", "nordwind-pay-risk-reports", "EUROPE-WEST1", key_signing)
bucket("nordwind-pay-risk", "nordwind-pay-risk-staging", "EUROPE-WEST1", key_empty)
# The project's own policy replaces the folder's: only Pub/Sub is left, so the bucket is not governed.
project("nordwind-pay-notify", "payments", "Notifications")
policy("nordwind-pay-notify", SERVICE, {"inheritFromParent": False, "rules": [deny(services("pubsub"))]})
bucket("nordwind-pay-notify", "nordwind-pay-notify-templates", "EU")
topic("nordwind-pay-notify", "mail")
# Deny wins: allowAll beside inherited denials changes nothing. Fail.
project("nordwind-pay-fraud", "payments", "Fraud detection")
policy("nordwind-pay-fraud", SERVICE, {"inheritFromParent": True, "rules": [{"allowAll": True}]})
bucket("nordwind-pay-fraud", "nordwind-pay-fraud-cases", "EU")
# Allow wins: allowAll without inheritance lifts the denials. No finding.
project("nordwind-pay-lab", "payments", "Payments laboratory")
policy("nordwind-pay-lab", SERVICE, {"rules": [{"allowAll": True}]})
bucket("nordwind-pay-lab", "nordwind-pay-lab-scratch", "EU")

# --- partners: exempt by a reset. No finding. --------------------------------------------------------
policy("partners", SERVICE, {"reset": True})
project("nordwind-partner-portal", "partners", "Partner portal")
bucket("nordwind-partner-portal", "nordwind-partner-exchange", "EU")

# --- analytics: where a tag says so ------------------------------------------------------------------
project("nordwind-lake-prod", "analytics", "Data lake")          # the tag matches: fail
bucket("nordwind-lake-prod", "nordwind-lake-curated", "EU")
project("nordwind-lake-test", "analytics", "Data lake (test)")   # it does not: no finding
bucket("nordwind-lake-test", "nordwind-lake-trial", "EU")
tags("environment", ["prod", "test"], {"prod": ["nordwind-lake-prod"], "test": ["nordwind-lake-test"]})
org_number = nodes["org"]["name"].split("/")[1]
policy("analytics", SERVICE, {"rules": [deny(
    services("storage"),
    condition={"title": "production only",
               "expression": f"resource.matchTag('{org_number}/environment', 'prod')"})]})

# --- development: only a dry run. A finding that breaks nothing yet. -----------------------------------
policy("development", SERVICE, dry_run={"rules": [deny(services("storage"))]})
project("nordwind-dev-app", "development", "App development")
bucket("nordwind-dev-app", "nordwind-dev-app-uploads", "EU")
project("nordwind-dev-tools", "development", "Developer tools")
topic("nordwind-dev-tools", "builds")

# --- sandbox: no policy. No finding. ------------------------------------------------------------------
project("nordwind-sandbox-ana", "sandbox", "Ana's sandbox")
bucket("nordwind-sandbox-ana", "nordwind-sandbox-ana", "EUROPE-WEST3")
project("nordwind-sandbox-ben", "sandbox", "Ben's sandbox")
topic("nordwind-sandbox-ben", "try-out")

# --- legacy: storage and Pub/Sub need keys -------------------------------------------------------------
policy("legacy", SERVICE, {"rules": [deny(services("storage", "pubsub"))]})
# A project about to be deleted is still there: fail.
project("nordwind-legacy-crm", "legacy", "CRM (retired)", state="DELETE_REQUESTED")
bucket("nordwind-legacy-crm", "nordwind-legacy-crm-dump", "US-EAST1", created="2017-11-20T16:05:00.000Z")
# Container Registry is on, Pub/Sub denied, no topic: Google cannot create it.
project("nordwind-legacy-batch", "legacy", "Batch jobs", services=("containerregistry",))
# Redirected to Artifact Registry, the bucket is still there.
project("nordwind-legacy-images", "legacy", "Images", redirection="REDIRECTION_FROM_GCR_IO_ENABLED")
bucket("nordwind-legacy-images", "artifacts.nordwind-legacy-images.appspot.com", "US", key_us,
       created="2018-01-09T11:12:13.000Z")
# Called like the registry bucket of another project: an ordinary bucket.
project("nordwind-legacy-backup", "legacy", "Backups")
bucket("nordwind-legacy-backup", "us.artifacts.nordwind-shop-web.appspot.com", "US", key_us)
# What may not be read, and what is switched off: coverage gaps.
project("nordwind-legacy-vault", "legacy", "Vault")
coverage_gap("projects/nordwind-legacy-vault", "storage.buckets.list", "permission-denied",
             "Permission 'storage.buckets.list' denied on resource (or it may not exist).")
project("nordwind-legacy-mail", "legacy", "Mail", disabled=("pubsub",))
mail = nodes["nordwind-legacy-mail"]["name"].split("/")[1]
coverage_gap("projects/nordwind-legacy-mail", "pubsub.topics.list", "api-disabled",
             f"Cloud Pub/Sub API has not been used in project {mail} before or it is disabled.")

OUTPUT.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
