# SPDX-License-Identifier: Apache-2.0
"""Random asset files: some organizations with everything the contract speaks of, then some of it taken away again."""

import copy

from .policies import KEY_PROJECT, POLICY, SERVICE
from .random_policies import dry_run_or_live, v1_policy

MANAGER = "//cloudresourcemanager.googleapis.com/"
TYPE = "cloudresourcemanager.googleapis.com/"
TIMES = ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.1Z", "2026-01-02T03:04:05.09Z", "2026-01-02T03:04:05.123456789Z",
         "2026-01-02T03:04:06Z", "2026-03-01T00:00:00.000Z")
NO_KEY = ("missing", "null", "empty", "container")
MALFORMED_KEYS = ("projects//locations/us/keyRings/r/cryptoKeys/k", "k", "projects/p/locations/us/keyRings/r",
                  "projects/p/keyRings/r/cryptoKeys/k", "projects/{}/locations/us/keyRings/r/cryptoKeys/k/more",
                  "projects/{}/locations/us/keyRings/r/cryptoKeys/", "locations/us/keyRings/r/cryptoKeys/k")


class Options:
    """What a whole file has or lacks; much in it is known or unknown per file."""

    def __init__(self, random):
        self.policies = random.choices(("v2", "v1", "both", "none"), (72, 16, 5, 7))[0]
        self.tags = random.choices(("all", "some", "none"), (45, 35, 20))[0]
        self.lost_nodes = random.choice((0, 0, 0, 0.15, 0.4))
        self.no_ancestors = random.choice((0, 0.3, 0.8))
        self.unreadable = random.choice((0, 0, 0.04, 0.2))
        self.junk_conditions = random.choice((0, 0.05, 0.3))
        self.strange_entries = random.choice((0, 0.1, 0.3))
        self.truncated = random.choice((0, 0.03, 0.15))
        self.again = random.choice((0, 0.1, 0.3))


class Organization:
    """The truth: nodes, their parents, tag keys and what is bound where."""

    def __init__(self, random, index):
        self.random = random
        self.name = f"organizations/{1000 + index}"
        self.parents, self.ids, self.folders = {}, {}, []
        for place in range(random.randint(0, 3)):
            folder = f"folders/{20000 + index * 10 + place}"
            self.parents[folder] = random.choice([self.name, self.name, *self.folders])
            self.folders.append(folder)
        for place in range(random.randint(1, 3)):
            project = f"projects/{300000 + index * 10 + place}"
            self.parents[project] = random.choice([self.name, *self.folders, *self.folders])
            scope = "example.com:" if random.random() < 0.15 else ""
            self.ids[project] = f"{scope}proj-{index}-{place}x"
        self.projects = list(self.ids)
        self.make_tags(index)

    def make_tags(self, index):
        self.keys, self.bound = {}, {}
        for place, short in enumerate(("env", "tier", "env")[:self.random.randint(1, 3)]):
            parent = self.name if place < 2 else self.random.choice(self.projects)
            scope = self.ids.get(parent, parent.rpartition("/")[2])
            key = f"tagKeys/{500000 + index * 10 + place}"
            values = {f"tagValues/{6000000 + index * 100 + place * 10 + one}": name for one, name in enumerate(("prod", "dev"))}
            self.keys[key] = (parent, scope, short, values)
            for node in self.nodes():
                if self.random.random() < 0.25:
                    self.bound.setdefault(node, {})[key] = self.random.choice(list(values))

    def nodes(self):
        return [self.name, *self.folders, *self.projects]

    def chain(self, node):
        return [node] + (self.chain(self.parents[node]) if node in self.parents else [])


class Writer:
    """The lines of one file."""

    def __init__(self, random, count=12):
        self.random = random
        self.options = Options(random)
        self.organizations = [Organization(random, index) for index in range(count)]
        self.lines = []
        self.names, self.project_names = set(), {}
        for organization in self.organizations:
            self.nodes_of(organization)
            self.tags_of(organization)
            self.policies_of(organization)
            for _ in range(random.randint(4, 8)):
                self.resource_of(organization)
        if self.options.policies == "v2":
            self.add("//orgpolicy.googleapis.com/organizations/1/policies/gcp.resourceLocations", POLICY,
                     {"name": "organizations/1/policies/gcp.resourceLocations", "spec": {}})
        self.add("//storage.googleapis.com/decoy", "storage.googleapis.com/BucketX", {"name": "decoy"}, ["projects/300000"])

    def chance(self, probability):
        return self.random.random() < probability

    def add(self, name, kind, data, ancestors=None, parent=None):
        line = {"name": name, "asset_type": kind, "resource": {"version": "v1", "data": data},
                "update_time": self.random.choice(TIMES)}
        if ancestors:
            line["ancestors"] = ancestors
        if parent:
            line["resource"]["parent"] = parent
        self.lines.append(line)
        return line

    # Nodes

    def nodes_of(self, organization):
        self.add(MANAGER + organization.name, TYPE + "Organization", {"name": organization.name}, [organization.name])
        for folder in organization.folders:
            if not self.chance(self.options.lost_nodes):
                ancestors = organization.chain(folder) if self.chance(0.6) else None
                self.add(MANAGER + folder, TYPE + "Folder", {"name": folder, "parent": organization.parents[folder]}, ancestors)
        for project in organization.projects:
            if not self.chance(self.options.lost_nodes):
                self.project(organization, project)

    def project(self, organization, project):
        identifier, parent = organization.ids[project], organization.parents[project]
        state = "DELETE_REQUESTED" if self.chance(0.05) else "ACTIVE"
        number = project.removeprefix("projects/")
        if self.chance(0.5):
            kind, _, place = parent.partition("/")
            data = {"projectId": identifier, "projectNumber": int(number) if self.chance(0.5) else number,
                    "lifecycleState": state, "parent": {"type": kind[:-1], "id": place}}
        else:
            data = {"name": project, "projectId": identifier, "state": state, "parent": parent}
        ancestors = organization.chain(project) if self.chance(0.6) else None
        if ancestors is None and self.chance(0.1):
            del data["parent"]
        self.project_names[project] = f"projects/{self.random.choice((identifier, number))}"
        self.add(MANAGER + self.project_names[project], TYPE + "Project", data, ancestors)

    # Tags

    def tags_of(self, organization):
        keep = {"all": 1, "some": 0.75, "none": 0}[self.options.tags]
        for key, (parent, scope, short, values) in organization.keys.items():
            name = f"{scope}/{short}"
            if self.chance(keep):
                self.add(MANAGER + key, TYPE + "TagKey",
                         {"name": key, "parent": parent, "shortName": short, "namespacedName": name})
            for value, value_name in values.items():
                if self.chance(keep):
                    self.add(MANAGER + value, TYPE + "TagValue",
                             {"name": value, "parent": key, "shortName": value_name, "namespacedName": f"{name}/{value_name}"})
        for node, bound in organization.bound.items() if keep else ():
            for key, value in bound.items():
                self.binding(organization, node, key, value)

    def binding(self, organization, node, key, value):
        _, scope, short, values = organization.keys[key]
        name = f"tagBindings/{node.replace('/', '%2F')}/{value}"
        data = {"name": name, "parent": MANAGER + node, "tagValue": value}
        if self.chance(0.5):
            data["tagValueNamespacedName"] = f"{scope}/{short}/{values[value]}"
        self.add(MANAGER + name, TYPE + "TagBinding", data)

    # Policies

    def policies_of(self, organization):
        for constraint in (SERVICE, KEY_PROJECT):
            for node in organization.nodes():
                if self.chance(0.45):
                    if self.options.policies in ("v2", "both"):
                        self.v2_policy(organization, node, constraint)
                    if self.options.policies in ("v1", "both"):
                        self.v1_line(organization, node, constraint)

    def v2_policy(self, organization, node, constraint):
        named = node
        if node in organization.ids and self.chance(0.2 if node in self.project_names else 0.05):
            named = f"projects/{organization.ids[node]}"
        name = f"{named}/policies/{constraint}"
        data = {"name": name, "etag": "CMu", **dry_run_or_live(self, organization, constraint)}
        ancestors = organization.chain(node) if self.chance(0.5) else None
        line = self.add("//orgpolicy.googleapis.com/" + name, POLICY, data, ancestors)
        if self.chance(self.options.unreadable / 2):
            if self.chance(0.5):
                line["asset_exceptions"] = [{"exception_type": "TRUNCATION", "details": ""}]
            else:
                del line["resource"]["data"]

    def v1_line(self, organization, node, constraint):
        """One line for both constraints of a node: a second one would have to be merged."""
        content = {"constraint": f"constraints/{constraint}", **v1_policy(self, organization, constraint)}
        for line in self.lines:
            if line.get("org_policy") and line["node"] == node:
                line["org_policy"].append(content)
                return
        kind = {"o": "Organization", "f": "Folder", "p": "Project"}[node[0]]
        line = {"name": MANAGER + self.project_names.get(node, node), "asset_type": TYPE + kind, "org_policy": [content], "node": node}
        if self.chance(0.6):
            line["ancestors"] = organization.chain(node)
        self.lines.append(line)

    # Resources

    def project_text(self, organization):
        """Some project as id or number: mostly one of this organization, sometimes one that nobody knows."""
        kind = self.random.random()
        if kind < 0.1:
            return self.random.choice(("999999", "nobody-knows", "example.com:nobody"))
        other = organization if kind < 0.8 else self.random.choice(self.organizations)
        project = self.random.choice(other.projects)
        return other.ids[project] if self.chance(0.5) else project.removeprefix("projects/")

    def key_text(self, organization):
        if self.chance(0.06):
            return self.random.choice(MALFORMED_KEYS).format(self.project_text(organization))
        version = f"/cryptoKeyVersions/{self.random.randint(1, 9)}" if self.chance(0.15) else ""
        return f"projects/{self.project_text(organization)}/locations/us/keyRings/r/cryptoKeys/k{version}"

    def bucket_name(self, organization, project):
        if self.chance(0.35):
            return f"bucket-{len(self.lines)}"
        named = organization.ids[project] if self.chance(0.6) else self.project_text(organization)
        domain, _, short = named.rpartition(":")
        host = self.random.choice(("", "us.", "eu.", "asia.", "eu.", "mars."))
        return f"{host}artifacts.{short}.{domain + '.a.' if domain else ''}appspot.com"

    def resource_of(self, organization):
        project = self.random.choice(organization.projects)
        identifier = organization.ids[project]
        shown = self.random.choice((identifier, project.removeprefix("projects/")))
        kind = self.random.choice(("bucket", "bucket", "topic", "repository"))
        if kind == "bucket":
            bucket = self.bucket_name(organization, project)
            name, kind, data = f"//storage.googleapis.com/{bucket}", "storage.googleapis.com/Bucket", {"name": bucket}
            if self.chance(0.5):
                number = project.removeprefix("projects/")
                data["projectNumber"] = int(number) if self.chance(0.5) else number
        elif kind == "topic":
            path = f"projects/{shown}/topics/{self.random.choice(('gcr', 'news', 'more'))}"
            name, kind, data = f"//pubsub.googleapis.com/{path}", "pubsub.googleapis.com/Topic", {"name": path}
        else:
            path = f"projects/{shown}/locations/us/repositories/{self.random.choice(('gcr.io', 'maven', 'kmsKeyName'))}"
            name, kind = f"//artifactregistry.googleapis.com/{path}", "artifactregistry.googleapis.com/Repository"
            data = {"name": path, "mode": self.random.choice(("STANDARD_REPOSITORY", "REMOTE_REPOSITORY"))}
        if name in self.names:
            return
        self.names.add(name)
        self.put_key(organization, kind, data)
        self.put_decoys(data)
        ancestors = None if self.chance(self.options.no_ancestors) else organization.chain(project)
        parent = MANAGER + project if self.chance(0.5) else None
        line = self.add(name, kind, data, ancestors, parent)
        if self.chance(self.options.truncated):
            line["asset_exceptions"] = [{"exception_type": "TRUNCATION", "details": ""}]
        self.put_again(organization, line)

    def put_key(self, organization, kind, data):
        bucket = kind.endswith("/Bucket")
        field, container = ("defaultKmsKeyName", {}) if bucket else ("kmsKeyName", data)
        how = "key" if self.chance(0.55) else self.random.choice(NO_KEY)
        if how == "key":
            container[field] = self.key_text(organization)
        elif how in ("null", "empty"):
            container[field] = None if how == "null" else ""
        if bucket and self.chance(0.1):
            container["googleManagedEncryptionEnforcementConfig"] = {"restrictionMode": "FullyRestricted"}
        if bucket and (container or self.chance(0.3)):
            data["encryption"] = container
        elif bucket and how == "container":
            data["encryption"] = self.random.choice((None, []))

    def put_decoys(self, data):
        if self.chance(0.1):
            data["labels"] = {"kmsKeyName": "projects/x/locations/us/keyRings/r/cryptoKeys/k", "asset_type": "x", "é\u0000": "ü𝄞"}
        if self.chance(0.1):
            data["description"] = '{"asset_type":"storage.googleapis.com/Bucket","kmsKeyName":"k"}'
        if self.chance(0.1):
            data["metageneration"] = 99999999999999999999999

    def put_again(self, organization, line):
        """Another line of the same asset: of another time, or without the resource."""
        if not self.chance(self.options.again):
            return
        other = copy.deepcopy(line)
        other["update_time"] = self.random.choice(TIMES)
        how = self.random.random()
        if how < 0.25:
            del other["resource"]
            other["iam_policy"] = {"bindings": []}
        elif how < 0.4:
            del other["resource"]["data"]
        else:
            for field in ("encryption", "kmsKeyName"):
                other["resource"]["data"].pop(field, None)
            self.put_key(organization, other["asset_type"], other["resource"]["data"])
        self.lines.append(other)


def random_lines(random, count=12):
    """The lines of a random file, as dictionaries."""
    lines = Writer(random, count).lines
    random.shuffle(lines)
    for line in lines:
        line.pop("node", None)
    return lines
