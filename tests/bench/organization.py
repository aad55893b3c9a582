# SPDX-License-Identifier: Apache-2.0
"""Made-up organizations of any size, as lines of a Cloud Asset Inventory export."""

import json

ORGANIZATION = 917392449274
FOLDERS = 20
KEY_PROJECT = 100000000000
KEYS = 40
TAG_KEY = "environment"
TAG_VALUES = 10
UPDATED = "2026-10-01T06:00:00.000000Z"
MANAGER = "//cloudresourcemanager.googleapis.com"


def _folder(project):
    return 500000000000 + project % FOLDERS


def _ancestors(project):
    return [f"projects/{KEY_PROJECT + project}", f"folders/{_folder(project)}", f"organizations/{ORGANIZATION}"]


def _line(name, asset_type, data, ancestors, parent=None):
    service = asset_type.partition("/")[0]
    resource = {"version": "v1", "discovery_document_uri": f"https://{service}/$discovery/rest",
                "discovery_name": asset_type.partition("/")[2], "data": data}
    if parent:
        resource["parent"] = f"{MANAGER}/{parent}"
    return json.dumps({"name": name, "asset_type": asset_type, "resource": resource, "update_time": UPDATED,
                       "ancestors": ancestors}) + "\n"


def project_id(project):
    return "bench-keys" if project == 0 else f"bench-project-{project:06}"


def key_name(number):
    return f"projects/bench-keys/locations/europe-west3/keyRings/ring/cryptoKeys/key-{number % KEYS:02}"


def node_lines(projects):
    """The organization, its folders, project 0 with the keys, and `projects` more."""
    organization = f"organizations/{ORGANIZATION}"
    yield _line(f"{MANAGER}/{organization}", "cloudresourcemanager.googleapis.com/Organization",
                {"name": organization, "displayName": "bench.example", "lifecycleState": "ACTIVE"}, [organization])
    for number in range(FOLDERS):
        folder = f"folders/{_folder(number)}"
        yield _line(f"{MANAGER}/{folder}", "cloudresourcemanager.googleapis.com/Folder",
                    {"name": folder, "parent": organization, "displayName": f"Folder {number}",
                     "lifecycleState": "ACTIVE"}, [folder, organization], organization)
    for project in range(projects + 1):
        ancestors = _ancestors(project)
        yield _line(f"{MANAGER}/{ancestors[0]}", "cloudresourcemanager.googleapis.com/Project",
                    {"projectNumber": str(KEY_PROJECT + project), "projectId": project_id(project),
                     "name": project_id(project), "lifecycleState": "ACTIVE", "createTime": "2024-01-02T03:04:05.678Z",
                     "parent": {"type": "folder", "id": str(_folder(project))}}, ancestors, ancestors[1])
    for number in range(KEYS):
        key = key_name(number)
        yield _line(f"//cloudkms.googleapis.com/{key}", "cloudkms.googleapis.com/CryptoKey",
                    {"name": key, "purpose": "ENCRYPT_DECRYPT",
                     "primary": {"name": f"{key}/cryptoKeyVersions/1", "state": "ENABLED"}},
                    _ancestors(0), _ancestors(0)[0])


def policy_lines():
    """Both constraints at the organization and at every folder, enforced and as a dry run."""
    services = {"rules": [{"values": {"deniedValues": ["storage.googleapis.com", "pubsub.googleapis.com"]}}]}
    keys = {"inheritFromParent": True,
            "rules": [{"values": {"allowedValues": ["projects/bench-keys", "under:folders/1"]}}]}
    nodes = [(f"organizations/{ORGANIZATION}", [])]
    nodes += [(f"folders/{_folder(number)}", [f"organizations/{ORGANIZATION}"]) for number in range(FOLDERS)]
    for node, above in nodes:
        for constraint, spec in (("gcp.restrictNonCmekServices", services),
                                 ("gcp.restrictCmekCryptoKeyProjects", keys)):
            name = f"{node}/policies/{constraint}"
            yield _line(f"//orgpolicy.googleapis.com/{name}", "orgpolicy.googleapis.com/Policy",
                        {"name": name, "spec": spec, "dryRunSpec": spec}, [node, *above], node)


def _policy(node, above, constraint, rules):
    name = f"{node}/policies/{constraint}"
    return _line(f"//orgpolicy.googleapis.com/{name}", "orgpolicy.googleapis.com/Policy",
                 {"name": name, "spec": {"inheritFromParent": bool(above), "rules": rules}}, [node, *above], node)


def conditional_policy_lines(count):
    """`count` policies: both constraints at the organization and every folder, the rest at projects. Every other one has
    a rule under a condition on the tag TAG_KEY, so that all projects lie below conditional policies."""
    organization = f"organizations/{ORGANIZATION}"
    nodes = [(organization, [])] + [(f"folders/{_folder(number)}", [organization]) for number in range(FOLDERS)]
    nodes += [(_ancestors(project)[0], _ancestors(project)[1:]) for project in range(1, count)]
    for serial in range(count):
        node, above = nodes[serial // 2]
        constraint = ("gcp.restrictNonCmekServices", "gcp.restrictCmekCryptoKeyProjects")[serial % 2]
        values = {"deniedValues": ["storage.googleapis.com"]} if serial % 2 == 0 else {
            "allowedValues": ["projects/bench-keys", f"under:folders/{serial}"]}
        rules = [{"values": values}]
        if serial // 2 % 2 == 0:
            more = {"deniedValues": ["pubsub.googleapis.com"]} if serial % 2 == 0 else {
                "allowedValues": [f"projects/other-{serial}"]}
            condition = f"resource.matchTag('{ORGANIZATION}/{TAG_KEY}', 'value-{serial % TAG_VALUES}')"
            rules.append({"values": more, "condition": {"expression": condition}})
        yield _policy(node, above, constraint, rules)


def undecided_policy_lines(count):
    """Both constraints at the organization, each with `count` rules under conditions that nobody can decide."""
    organization = f"organizations/{ORGANIZATION}"
    for constraint, kind, value in (("gcp.restrictNonCmekServices", "deniedValues", "pubsub.googleapis.com"),
                                    ("gcp.restrictCmekCryptoKeyProjects", "allowedValues", "projects/other")):
        yield _policy(organization, [], constraint,
                      [{"values": {kind: [f"{value}-{serial}"]},
                        "condition": {"expression": f"resource.matchTagId('tagKeys/{serial}', 'tagValues/{serial}')"}}
                       for serial in range(count)])


def tag_lines(bindings, values_known=True):
    """A tag key with TAG_VALUES values, and that many projects with a binding. Values that are not known (each project has
    another then) could be of any key."""
    key = "tagKeys/281470000000000"
    manager = "cloudresourcemanager.googleapis.com"
    organization = f"organizations/{ORGANIZATION}"
    values = [f"tagValues/{281480000000000 + number}" for number in range(TAG_VALUES if values_known else bindings)]
    if values_known:
        name = f"{ORGANIZATION}/{TAG_KEY}"
        yield _line(f"{MANAGER}/{key}", f"{manager}/TagKey",
                    {"name": key, "parent": organization, "shortName": TAG_KEY, "namespacedName": name}, [organization])
        for number, value in enumerate(values):
            yield _line(f"{MANAGER}/{value}", f"{manager}/TagValue",
                        {"name": value, "parent": key, "shortName": f"value-{number}",
                         "namespacedName": f"{name}/value-{number}"}, [organization])
    for number in range(1, bindings + 1):
        project, value = _ancestors(number)[0], values[number % len(values)]
        yield _line(f"{MANAGER}/tagBindings/{project}/{value}", f"{manager}/TagBinding",
                    {"name": f"tagBindings/{project}/{value}", "parent": f"{MANAGER}/{project}", "tagValue": value},
                    _ancestors(number))


def _template(asset_type):
    """A resource's line as a template: json.dumps for each of a million would take minutes."""
    ancestors = ["projects/%(number)d", "folders/%(folder)d", f"organizations/{ORGANIZATION}"]
    buckets = {"kind": "storage#bucket", "id": "%(name)s", "name": "%(name)s", "projectNumber": "%(number)d",
               "location": "EUROPE-WEST3", "locationType": "region", "storageClass": "STANDARD",
               "timeCreated": "2024-02-03T10:20:30.400Z", "updated": "2025-02-03T10:20:30.400Z", "metageneration": "3",
               "etag": "CAM=", "selfLink": "https://www.googleapis.com/storage/v1/b/%(name)s", "acl": [], "cors": [],
               "iamConfiguration": {"publicAccessPrevention": "enforced",
                                    "uniformBucketLevelAccess": {"enabled": True}},
               "labels": {"cost-center": "4711", "owner": "team-%(folder)d"}, "versioning": {"enabled": False},
               "softDeletePolicy": {"retentionDurationSeconds": "604800"},
               "encryption": {"defaultKmsKeyName": "%(key)s"}}
    topics = {"name": "projects/%(project)s/topics/%(name)s", "kmsKeyName": "%(key)s", "state": "ACTIVE",
              "labels": {"cost-center": "4711", "owner": "team-%(folder)d"},
              "messageStoragePolicy": {"allowedPersistenceRegions": ["europe-west3", "europe-west4"]},
              "messageRetentionDuration": "604800s"}
    repositories = {"name": "projects/%(project)s/locations/europe-west3/repositories/%(name)s", "format": "DOCKER",
                    "mode": "STANDARD_REPOSITORY", "sizeBytes": "734003200", "kmsKeyName": "%(key)s",
                    "createTime": "2024-09-16T07:45:12.331Z", "updateTime": "2026-08-20T05:00:00.000Z"}
    names = {"storage.googleapis.com/Bucket": ("//storage.googleapis.com/%(name)s", buckets),
             "pubsub.googleapis.com/Topic": (f"//pubsub.googleapis.com/{topics['name']}", topics),
             "artifactregistry.googleapis.com/Repository":
                 (f"//artifactregistry.googleapis.com/{repositories['name']}", repositories)}
    name, data = names[asset_type]
    return _line(name, asset_type, data, ancestors, "projects/%(number)d")


def resource_lines(projects, each):
    """`each` maps an asset type to how many a project has; one resource in 50 lacks its key."""
    templates = [(_template(asset_type), count) for asset_type, count in each.items()]
    serial = 0
    for project in range(1, projects + 1):
        fields = {"number": KEY_PROJECT + project, "folder": _folder(project), "project": project_id(project)}
        for template, count in templates:
            for _ in range(count):
                serial += 1
                fields["name"] = f"bench-{serial:07}"
                fields["key"] = "" if serial % 50 == 0 else key_name(serial)
                yield template % fields


def other_lines(count):
    """Assets of types that are skipped, virtual machines for the most part."""
    data = {"id": "%(serial)d", "name": "vm-%(serial)07d", "machineType": "n2-standard-4", "status": "RUNNING",
            "disks": [{"boot": True, "mode": "READ_WRITE", "type": "PERSISTENT", "diskSizeGb": "50"}] * 2,
            "networkInterfaces": [{"network": "default", "networkIP": "10.0.0.7", "name": "nic0"}],
            "labels": {"note": "asset_type: \"storage.googleapis.com/Bucket\" is not this one's"},
            "metadata": {"items": [{"key": "startup-script", "value": "#!/bin/sh\n" + "echo bench; " * 20}]}}
    name = "//compute.googleapis.com/projects/bench/zones/europe-west3-a/instances/vm-%(serial)07d"
    template = _line(name, "compute.googleapis.com/Instance", data, _ancestors(1), _ancestors(1)[0])
    for serial in range(count):
        yield template % {"serial": serial}


def write(path, *parts):
    with open(path, "w", encoding="utf-8", buffering=1 << 20) as file:
        for part in parts:
            file.writelines(part)
    return path
