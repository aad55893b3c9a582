# SPDX-License-Identifier: Apache-2.0
"""A made-up organization from a seed, as an asset file: all that a scan looks at, in combinations nobody thought of."""
import json
import random

HOST = "//cloudresourcemanager.googleapis.com/"
CONSTRAINTS = ["gcp.restrictNonCmekServices", "gcp.restrictCmekCryptoKeyProjects"]
SERVICES = ["storage", "pubsub", "artifactregistry"]
LOCATIONS = ["us", "europe", "asia", "us-east1", "europe-west3"]


class Organization:
    def __init__(self, seed, projects=150, folders=25):
        self.random = random.Random(seed)
        self.lines = []
        self.number = 100000000000 + seed * 1000000
        self.name = self.node("Organization", "organizations", None, {"displayName": "made-up.example"})
        self.folders, self.projects, self.keys = [], [], []
        for i in range(folders):
            above = self.random.choice([self.name, *self.folders])
            self.folders.append(self.node("Folder", "folders", above, {"displayName": f"Folder {i}"}))
        for i in range(projects):
            self.project(f"made-up-{seed}-{i:04d}")
        self.elsewhere()
        for project in self.random.sample(self.projects, 8):
            self.add_keys(project)
        self.add_tags()
        for node in [self.name, *self.random.sample(self.folders, folders // 2),
                     *[p["name"] for p in self.random.sample(self.projects, projects // 8)]]:
            self.add_policies(node)
        for project in self.projects:
            self.add_resources(project)

    def next_number(self):
        self.number += 1 + self.random.randrange(1000)
        return str(self.number)

    def asset(self, asset_type, name, data, ancestors):
        self.lines.append({"name": name, "asset_type": asset_type, "ancestors": ancestors,
                           "update_time": "2026-10-01T06:00:00Z", "resource": {"version": "v1", "data": data}})

    def node(self, kind, collection, above, data):
        name = f"{collection}/{self.next_number()}"
        ancestors = [name, *self.path(above)] if above else [name]
        if not hasattr(self, "paths"):
            self.paths = {}
        self.paths[name] = ancestors
        if above:
            data = {**data, "parent": above}
        self.asset(f"cloudresourcemanager.googleapis.com/{kind}", HOST + name,
                   {"name": name, "lifecycleState": "ACTIVE", **data}, ancestors)
        return name

    def path(self, name):
        return self.paths[name]

    def project(self, project_id, above=None):
        above = above or self.random.choice([self.name, *self.folders])
        kind, number = above.split("/")
        name = f"projects/{self.next_number()}"
        self.paths[name] = [name, *self.path(above)]
        state = self.random.choice(["ACTIVE"] * 9 + ["DELETE_REQUESTED"])
        self.asset("cloudresourcemanager.googleapis.com/Project", HOST + name,
                   {"projectNumber": name.split("/")[1], "projectId": project_id, "name": project_id.title(),
                    "lifecycleState": state, "parent": {"type": kind[:-1], "id": number}}, self.path(name))
        project = {"name": name, "id": project_id}
        self.projects.append(project)
        for service in ("pubsub", "containerregistry", "artifactregistry"):
            state = self.random.choice(["ENABLED", "DISABLED"])
            if service == "pubsub":
                state = "ENABLED"  # what lies behind a disabled API no live scan sees
            full = f"{name}/services/{service}.googleapis.com"
            self.asset("serviceusage.googleapis.com/Service", f"//serviceusage.googleapis.com/{full}",
                       {"name": full, "parent": name, "state": state}, self.path(name))
        settings = f"projects/{project_id}/projectSettings"
        self.asset("artifactregistry.googleapis.com/ProjectSettings", f"//artifactregistry.googleapis.com/{settings}",
                   {"name": settings, "legacyRedirectionState": self.random.choice(
                       ["REDIRECTION_FROM_GCR_IO_DISABLED", "REDIRECTION_FROM_GCR_IO_ENABLED"])}, self.path(name))
        return project

    def elsewhere(self):
        """Another organization, with nothing in it but keys."""
        organization = self.node("Organization", "organizations", None, {"displayName": "elsewhere.example"})
        self.add_keys(self.project("elsewhere-keys", organization))
        self.projects.pop()

    def add_keys(self, project):
        for i in range(3):
            name = (f"projects/{project['id']}/locations/{self.random.choice(LOCATIONS)}/keyRings/ring"
                    f"/cryptoKeys/key-{i}")
            state = self.random.choice(["ENABLED"] * 4 + ["DISABLED", "DESTROYED", "DESTROY_SCHEDULED"])
            data = {"name": name, "purpose": self.random.choice(["ENCRYPT_DECRYPT"] * 5 + ["ASYMMETRIC_SIGN"])}
            if data["purpose"] == "ENCRYPT_DECRYPT" and self.random.random() < 0.9:
                data["primary"] = {"name": f"{name}/cryptoKeyVersions/1", "state": state}
            self.asset("cloudkms.googleapis.com/CryptoKey", f"//cloudkms.googleapis.com/{name}", data,
                       self.path(project["name"]))
            self.keys.append(name)

    def add_tags(self):
        org = [self.name]
        namespace = self.name.split("/")[1]
        self.tag_key, values = f"tagKeys/{self.next_number()}", {}
        times = {"createTime": "2023-04-05T06:07:08Z", "updateTime": "2023-04-05T06:07:08Z"}
        self.asset("cloudresourcemanager.googleapis.com/TagKey", HOST + self.tag_key,
                   {"name": self.tag_key, "parent": self.name, "shortName": "env",
                    "namespacedName": f"{namespace}/env", **times}, org)
        for short in ("prod", "test"):
            value = values[short] = f"tagValues/{self.next_number()}"
            self.asset("cloudresourcemanager.googleapis.com/TagValue", HOST + value,
                       {"name": value, "parent": self.tag_key, "shortName": short,
                        "namespacedName": f"{namespace}/env/{short}", **times}, org)
        for node in [*self.random.sample(self.folders, 5), *[p["name"] for p in self.random.sample(self.projects, 20)]]:
            short = self.random.choice(["prod", "test"])
            quoted = (HOST + node).replace("/", "%2F")
            name = f"tagBindings/{quoted}/{values[short]}"
            self.asset("cloudresourcemanager.googleapis.com/TagBinding", HOST + name,
                       {"name": name, "parent": HOST + node, "tagValue": values[short],
                        "tagValueNamespacedName": f"{namespace}/env/{short}"}, self.path(node))
        self.tag_values = values

    def condition(self):
        namespace = self.name.split("/")[1]
        value = self.random.choice(["prod", "test"])
        return {"expression": self.random.choice([
            f"resource.matchTag('{namespace}/env', '{value}')",
            f"resource.matchTagId('{self.tag_key}', '{self.tag_values[value]}')",
            f"resource.hasTagKey('{namespace}/env')",
            f"!resource.matchTag('{namespace}/env', '{value}')"])}

    def rule(self, constraint):
        rules = [{"allowAll": True}] * 1 + [{"denyAll": True}] * 1
        if constraint == CONSTRAINTS[0]:
            names = self.random.sample(SERVICES, self.random.randint(1, 3))
            prefix = self.random.choice(["", "is:"])
            rules += [{"values": {"deniedValues": [f"{prefix}{name}.googleapis.com" for name in names]}}] * 6
        else:
            key_project = self.random.choice(self.keys).split("/")[1]
            rules += [{"values": {"allowedValues": [f"projects/{key_project}"]}},
                      {"values": {"allowedValues": [f"under:{self.random.choice(self.folders)}"]}},
                      {"values": {"allowedValues": [f"under:{self.name}"]}},
                      {"values": {"allowedValues": [self.random.choice(self.projects)["name"]]}}] * 2
        return self.random.choice(rules)

    def spec(self, constraint):
        if self.random.random() < 0.1:
            return {"reset": True}
        rules = [self.rule(constraint)]
        if self.random.random() < 0.4:
            rules.append({**self.rule(constraint), "condition": self.condition()})
        return {"inheritFromParent": self.random.choice([True, False]), "rules": rules}

    def add_policies(self, node):
        for constraint in CONSTRAINTS:
            if self.random.random() < 0.3:
                continue
            name = f"{node}/policies/{constraint}"
            data = {"name": name, "spec": self.spec(constraint)}
            if self.random.random() < 0.2:
                data["dryRunSpec"] = self.spec(constraint)
            self.asset("orgpolicy.googleapis.com/Policy", f"//orgpolicy.googleapis.com/{name}", data, self.path(node))

    def key(self):
        return self.random.choice([None, self.random.choice(self.keys)])

    def add_resources(self, project):
        path, project_id = self.path(project["name"]), project["id"]
        buckets = [f"{project_id}-data-{i}" for i in range(self.random.randint(0, 3))]
        if self.random.random() < 0.4:
            buckets.append(self.random.choice(["", "eu.", "us."]) + f"artifacts.{project_id}.appspot.com")
        for name in buckets:
            data = {"name": name, "projectNumber": project["name"].split("/")[1], "location": "EU",
                    "timeCreated": "2021-02-03T10:20:30.400Z"}
            if key := self.key():
                data["encryption"] = {"defaultKmsKeyName": key}
            self.asset("storage.googleapis.com/Bucket", f"//storage.googleapis.com/{name}", data, path)
        for short in self.random.sample(["gcr", "orders", "mail"], self.random.randint(0, 3)):
            name = f"projects/{project_id}/topics/{short}"
            key = self.key()
            self.asset("pubsub.googleapis.com/Topic", f"//pubsub.googleapis.com/{name}",
                       {"name": name, **({"kmsKeyName": key} if key else {})}, path)
        for location, short in self.random.sample([("us", "gcr.io"), ("us", "images"), ("europe-west3", "base")],
                                                  self.random.randint(0, 2)):
            name = f"projects/{project_id}/locations/{location}/repositories/{short}"
            key = self.key()
            self.asset("artifactregistry.googleapis.com/Repository", f"//artifactregistry.googleapis.com/{name}",
                       {"name": name, "format": "DOCKER", "mode": "STANDARD_REPOSITORY",
                        "createTime": "2024-09-16T07:45:12.331Z", **({"kmsKeyName": key} if key else {})}, path)

    def write(self, path):
        path.write_text("".join(json.dumps(line) + "\n" for line in self.lines), encoding="utf-8")
        return path
