# SPDX-License-Identifier: Apache-2.0
"""An asset file as plain dictionaries: lines of one name made one asset, projects and their chains of ancestors."""

import json
import re

PROJECT = "cloudresourcemanager.googleapis.com/Project"
FOLDER = "cloudresourcemanager.googleapis.com/Folder"
MANAGER = "//cloudresourcemanager.googleapis.com/"


def either(container, snake):
    """The value under a snake_case or a camelCase key: exports have the one, the REST API the other."""
    if not isinstance(container, dict):
        return None
    camel = re.sub(r"_([a-z])", lambda found: found.group(1).upper(), snake)
    return container.get(snake, container.get(camel))


def snake_case(value):
    """The same with snake_case keys, for content whose keys are the export's own."""
    if isinstance(value, list):
        return [snake_case(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {re.sub(r"[A-Z]", lambda found: "_" + found.group().lower(), key): snake_case(inner) for key, inner in value.items()}


class Asset:
    def __init__(self, line):
        self.line = line
        self.name = line["name"]
        self.type = either(line, "asset_type")
        self.ancestors = line.get("ancestors")
        resource = line.get("resource")
        self.has_resource = isinstance(resource, dict)
        self.data = resource.get("data") if self.has_resource else None
        self.parent = resource.get("parent") if self.has_resource else None
        exceptions = either(line, "asset_exceptions") or []
        self.truncated = any(either(one, "exception_type") == "TRUNCATION" for one in exceptions)
        self.org_policy = either(line, "org_policy")

    def age(self):
        """What newest means: fractions of a second may differ in length."""
        when = (either(self.line, "update_time") or "").rstrip("Z")
        seconds, _, fraction = when.partition(".")
        return seconds, fraction.ljust(9, "0")


def one_per_name(lines):
    """Of the lines of a name the newest with data wins, of equally new ones the later."""
    by_name = {}
    for asset in lines:
        before = by_name.get(asset.name)
        if before is None or before.data is None:
            if before is None or asset.data is not None or (asset.has_resource and not before.has_resource):
                by_name[asset.name] = asset
        elif asset.data is not None and asset.age() >= before.age():
            by_name[asset.name] = asset
    return by_name


def project_in(text):
    """projects/X out of a name or a parent, None if there is no such thing in it."""
    found = re.search(r"(?:^|/)projects/([^/]+)", text or "")
    return f"projects/{found.group(1)}" if found else None


def is_number(project):
    return project.removeprefix("projects/").isdigit()


class Hierarchy:
    """The known projects and folders. Projects are named projects/NUMBER wherever the number is known."""

    def __init__(self, assets):
        self.numbers, self.ids, self.projects, self.folders = {}, {}, {}, {}
        for asset in assets.values():
            if asset.type == FOLDER:
                self.folders[asset.name.removeprefix(MANAGER)] = asset
            if asset.type == PROJECT:
                self.learn_project(asset)

    def learn_project(self, asset):
        if not isinstance(asset.data, dict):  # a line of another content, which may still tell the ancestors
            self.projects.setdefault(asset.name.removeprefix(MANAGER), asset)
            return
        number = asset.data.get("projectNumber")
        name = f"projects/{number}" if number is not None else asset.data["name"]
        identifier = f"projects/{asset.data['projectId']}"
        self.numbers[identifier] = name
        self.ids[name] = identifier
        self.projects[name] = asset

    def canonical(self, node):
        return self.numbers.get(node, node)

    def same(self, one, other):
        """Whether two projects are one: the set of possible answers."""
        one, other = self.canonical(one), self.canonical(other)
        if one == other:
            return {True}
        if is_number(one) == is_number(other):
            return {False}
        number = one if is_number(one) else other
        return {False} if number in self.ids else {True, False}

    def may_be_same(self, node, other):
        """Whether two nodes may be one project under its id and its number, which nobody maps to each other."""
        return node.startswith("projects/") and other.startswith("projects/") and self.same(node, other) == {True, False}

    def chain_of_parent(self, node, parent):
        """(nodes from this one upwards, whether that is all of them)"""
        if isinstance(parent, dict):
            parent = f"{parent['type']}s/{parent['id']}"
        if not parent:
            return [node], False
        if parent.startswith("organizations/"):
            return [node, parent], True
        folder = self.folders.get(parent)
        if folder is None:
            return [node, parent], False
        if folder.ancestors:
            return [node, *folder.ancestors], True
        above, complete = self.chain_of_parent(parent, (folder.data or {}).get("parent"))
        return [node, *above], complete

    def chain_of_project(self, project):
        node = self.canonical(project)
        asset = self.projects.get(node)
        if asset is None:
            return [node], False
        if asset.ancestors:
            return [self.canonical(above) for above in asset.ancestors], True
        return self.chain_of_parent(node, (asset.data or {}).get("parent"))

    def chain_of_key_project(self, project):
        """Only a Project asset with data makes a project known."""
        node = self.canonical(project)
        return self.chain_of_project(node) if node in self.ids else ([node], False)

    def chain_of_resource(self, asset):
        if asset.ancestors:
            return [self.canonical(node) for node in asset.ancestors], True
        number = asset.data.get("projectNumber") if isinstance(asset.data, dict) else None
        project = project_in(asset.parent) or (number and f"projects/{number}") or project_in(asset.name)
        return self.chain_of_project(project) if project else ([], False)


class AssetFile:
    def __init__(self, text):
        self.lines = [Asset(json.loads(line)) for line in text.splitlines() if line.strip()]
        self.assets = one_per_name(self.lines)
        self.hierarchy = Hierarchy(self.assets)

    def of_type(self, kind):
        return [asset for asset in self.assets.values() if asset.type == kind]
