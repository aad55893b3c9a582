# SPDX-License-Identifier: Apache-2.0
"""Policies as they stand in a file, v2 and v1."""

import re

from .assets import snake_case

POLICY = "orgpolicy.googleapis.com/Policy"
SERVICE = "gcp.restrictNonCmekServices"
KEY_PROJECT = "gcp.restrictCmekCryptoKeyProjects"
UNREADABLE = "unreadable"


class WrongType(Exception):
    """Something in a spec is not of the JSON type it should have."""


class Rule:
    def __init__(self, condition=None, allow_all=False, deny_all=False, allowed=(), denied=()):
        self.condition = condition
        self.allow_all, self.deny_all = allow_all, deny_all
        self.allowed, self.denied = list(allowed), list(denied)


class Spec:
    def __init__(self, rules=(), inherit=False, reset=False):
        self.rules, self.inherit, self.reset = list(rules), inherit, reset

    def is_root(self):
        return self.reset or not self.inherit


class Policy:
    def __init__(self, live, dry_run=None):
        self.live, self.dry_run = live, dry_run

    def in_dry_run(self):
        return self.dry_run if self.dry_run is not None else self.live


def field(container, key, kind, missing):
    value = container.get(key)
    if value is None:
        return missing
    if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
        raise WrongType(key)
    return value


def texts(container, key):
    entries = field(container, key, list, [])
    if not all(isinstance(entry, str) for entry in entries):
        raise WrongType(key)
    return entries


def read_rule(rule):
    if not isinstance(rule, dict):
        raise WrongType("rule")
    condition = field(rule, "condition", dict, None)
    values = field(rule, "values", dict, {})
    field(rule, "enforce", bool, None)
    field(rule, "parameters", dict, None)
    for text in ("title", "description", "location"):
        field(condition or {}, text, str, None)
    return Rule(None if condition is None else field(condition, "expression", str, ""),
                field(rule, "allowAll", bool, False), field(rule, "denyAll", bool, False),
                texts(values, "allowedValues"), texts(values, "deniedValues"))


def read_spec(data, key):
    """None if there is no such spec, UNREADABLE if its types are wrong."""
    try:
        spec = field(data, key, dict, None)
        if spec is None:
            return None
        for text in ("etag", "updateTime"):
            field(spec, text, str, None)
        rules = [read_rule(rule) for rule in field(spec, "rules", list, [])]
        return Spec(rules, field(spec, "inheritFromParent", bool, False), field(spec, "reset", bool, False))
    except WrongType:
        return UNREADABLE


def read_v2(asset):
    if asset.truncated or not isinstance(asset.data, dict):
        return Policy(UNREADABLE, UNREADABLE)
    return Policy(read_spec(asset.data, "spec"), read_spec(asset.data, "dryRunSpec"))


def read_v1_spec(policy):
    policy = snake_case(policy)
    content = field(policy, "list_policy", dict, {})
    every = field(content, "all_values", str, None)
    rule = Rule(None, every == "ALLOW", every == "DENY", texts(content, "allowed_values"), texts(content, "denied_values"))
    reset = field(policy, "restore_default", dict, None) is not None
    return Spec([rule], field(content, "inherit_from_parent", bool, False), reset)


def read_v1(policy):
    try:
        return Policy(read_v1_spec(policy))
    except WrongType:
        return Policy(UNREADABLE)


class Policies:
    """What is set where: `at` maps (node, constraint) to a Policy."""

    def __init__(self, file):
        self.hierarchy = file.hierarchy
        self.at = {}
        v2 = [asset for asset in file.assets.values() if asset.type == POLICY]
        v1 = [asset for asset in file.lines if asset.org_policy]
        self.known = bool(v2 or v1)
        for asset in v2:
            self.add_v2(asset)
        for asset in [] if v2 else v1:
            self.add_v1(asset)

    def add_v2(self, asset):
        name = (asset.data or {}).get("name") if isinstance(asset.data, dict) else None
        found = re.search(r"((?:projects|folders|organizations)/[^/]+)/policies/([^/]+)$", name or asset.name)
        self.at[self.hierarchy.canonical(found.group(1)), found.group(2)] = read_v2(asset)

    def add_v1(self, asset):
        found = re.search(r"(?:projects|folders|organizations)/[^/]+$", asset.name)
        node = self.hierarchy.canonical(asset.ancestors[0] if asset.ancestors else found.group())
        for policy in asset.org_policy:
            self.at[node, policy["constraint"].removeprefix("constraints/")] = read_v1(policy)

    def set_at(self, node, constraint):
        """The policy set at a node, or None. Where one may be this project's under its other name, anything may be set."""
        if (node, constraint) in self.at:
            return self.at[node, constraint]
        if any(of == constraint and self.hierarchy.may_be_same(node, place) for place, of in self.at):
            return Policy(UNREADABLE, UNREADABLE)
        return None
