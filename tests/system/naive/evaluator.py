# SPDX-License-Identifier: Apache-2.0
"""The findings of `cmek-required` and `key-project-allowed` for an asset file: clear, slow, and by enumeration."""

import re

from .assets import AssetFile
from .conditions import Tags
from .policies import KEY_PROJECT, SERVICE, UNREADABLE, Policies, Rule
from .worlds import outcomes

# asset type: (service, where its key stands in the data)
RESOURCES = {"storage.googleapis.com/Bucket": ("storage.googleapis.com", ("encryption", "defaultKmsKeyName")),
             "pubsub.googleapis.com/Topic": ("pubsub.googleapis.com", ("kmsKeyName",)),
             "artifactregistry.googleapis.com/Repository": ("artifactregistry.googleapis.com", ("kmsKeyName",))}
REGISTRY = re.compile(r"//storage\.googleapis\.com/(?:(?:us|eu|asia)\.)?artifacts\.([a-z][a-z0-9-]{4,28}[a-z0-9])"
                      r"(?:\.([a-z0-9.-]+)\.a)?\.appspot\.com")
KEY = re.compile(r"(projects/[^/]+)/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+(?:/cryptoKeyVersions/[^/]+)?")

ABSENT, UNKNOWN_KEY, UNKNOWN_PROJECT = "absent", "unknown key", "unknown project"
MATCHES, MISSES = "<an entry that matches>", "<an entry that does not>"
# What a policy that nobody could read may hold, of what can make a difference.
UNSEEN_RULES = {"nothing": Rule(), "allow all": Rule(allow_all=True), "deny all": Rule(deny_all=True),
                "deny it": Rule(denied=[MATCHES]), "deny others": Rule(denied=[MISSES]),
                "allow it": Rule(allowed=[MATCHES]), "allow others": Rule(allowed=[MISSES])}


class Evaluator:
    def __init__(self, text):
        file = AssetFile(text)
        self.file_lines = file.lines
        self.hierarchy = file.hierarchy
        self.tags = Tags(file)
        self.policies = Policies(file)
        self.resources = [asset for kind in RESOURCES for asset in file.of_type(kind)]

    # The effective policy

    def rules_in_force(self, world, chain, constraint, dry_run, first=0):
        """The merged rules for a target in this world, each with a name of its own; from the `first` node of its chain up."""
        nodes, complete = chain
        rules = []
        for node in nodes[first:]:
            policy = self.policies.set_at(node, constraint)
            spec = policy and (policy.in_dry_run() if dry_run else policy.live)
            if spec is None:
                continue
            if spec == UNREADABLE:
                rules.append(((node,), self.unseen(world, node)))
                if world.choose(("inherits", node), (True, False)):
                    continue
                return rules
            if spec.reset:
                return rules
            rules += [((node, index), rule) for index, rule in enumerate(spec.rules) if self.applies(world, rule, chain)]
            if not spec.inherit:
                return rules
        if not complete or not self.policies.known:
            rules.append((("top",), self.unseen(world, "top")))
        return rules

    @staticmethod
    def unseen(world, node):
        return UNSEEN_RULES[world.choose(("holds", node), tuple(UNSEEN_RULES))]

    def applies(self, world, rule, chain):
        if rule.condition is None:
            return True
        return world.choose(("condition", rule.condition), tuple(self.tags.evaluate(rule.condition, *chain)))

    @staticmethod
    def permits(world, rules, matching):
        """The value test; `matching(entry)` gives the set of possible answers."""
        def any_match(side):
            found = False
            for name, rule in rules:
                for index, entry in enumerate(getattr(rule, side)):
                    found |= world.choose((side, name, index), tuple(matching(entry)))
            return found

        if any(rule.deny_all for _, rule in rules) or any_match("denied"):
            return False
        if any(rule.allow_all for _, rule in rules):
            return True
        return any_match("allowed") if any(rule.allowed for _, rule in rules) else True

    # Values

    @staticmethod
    def service_matches(entry, service):
        if entry in (MATCHES, MISSES):
            return {entry == MATCHES}
        return {entry.removeprefix("is:") == service}

    def project_matches(self, entry, project):
        if entry in (MATCHES, MISSES):
            return {entry == MATCHES}
        found = re.fullmatch(r"(?:is:|under:)?(projects/[^/]+)|under:((?:folders|organizations)/[^/]+)", entry)
        if not found:
            return {False}
        if project == UNKNOWN_PROJECT:
            return {True, False}
        if found.group(1):
            return self.hierarchy.same(project, found.group(1))
        above, complete = self.hierarchy.chain_of_key_project(project)
        if found.group(2) in above:
            return {True}
        return {False} if complete else {True, False}

    # Resources

    @staticmethod
    def key_of(asset):
        value = asset.data
        for step in RESOURCES[asset.type][1]:
            if not isinstance(value, dict):
                shows_none = value in (None, []) and asset.data is not value
                return ABSENT if shows_none and not asset.truncated else UNKNOWN_KEY
            value = value.get(step)
        if isinstance(value, str) and value:
            return value
        return ABSENT if value in (None, "") and not asset.truncated else UNKNOWN_KEY

    def registry_bucket(self, asset, nodes):
        """Whether it is a bucket of Container Registry: the set of possible answers."""
        found = REGISTRY.fullmatch(asset.name)
        if asset.type != "storage.googleapis.com/Bucket" or not found:
            return {False}
        short, domain = found.groups()
        if not nodes or not nodes[0].startswith("projects/"):
            return {True, False}
        return self.hierarchy.same(nodes[0], f"projects/{domain}:{short}" if domain else f"projects/{short}")

    # The two rules in one world: "fail", "pass" or None

    def cmek_required(self, world, asset, chain, dry_run):
        service = RESOURCES[asset.type][0]
        rules = self.rules_in_force(world, chain, SERVICE, dry_run)
        if self.permits(world, rules, lambda entry: self.service_matches(entry, service)):
            return None
        return "pass" if self.has_key(world, asset) else "fail"

    def key_project_allowed(self, world, asset, chain, dry_run):
        rules = self.rules_in_force(world, chain, KEY_PROJECT, dry_run)
        if not any(rule.deny_all or rule.denied or rule.allowed for _, rule in rules):
            return None
        if not self.has_key(world, asset):
            return "fail" if world.choose("registry", tuple(self.registry_bucket(asset, chain[0]))) else None
        found = KEY.fullmatch(self.key_of(asset))
        project = found.group(1) if found else UNKNOWN_PROJECT
        return "pass" if self.permits(world, rules, lambda entry: self.project_matches(entry, project)) else "fail"

    def has_key(self, world, asset):
        key = self.key_of(asset)
        return world.choose("key", (True, False)) if key == UNKNOWN_KEY else key != ABSENT

    # All worlds

    def dry_run_exists(self, nodes, constraint):
        """Whether the walk up to the first root of the dry-run chain meets a dryRunSpec."""
        for node in nodes:
            policy = self.policies.set_at(node, constraint)
            if policy is None or policy.in_dry_run() is None:
                continue
            if policy.dry_run not in (None, UNREADABLE):
                return True
            if policy.in_dry_run() != UNREADABLE and policy.in_dry_run().is_root():
                return False
        return False

    def status(self, asset, rule, chain, dry_run):
        seen = outcomes(lambda world: rule(world, asset, chain, dry_run), {"fail", "pass", None})
        if "fail" in seen:
            return "fail" if seen == {"fail"} else "unknown"
        return "pass" if seen == {"pass"} else None

    def findings(self):
        """The set of (rule id, resource name, enforcement, status)."""
        found = set()
        for asset in self.resources:
            chain = self.hierarchy.chain_of_resource(asset)
            for name, rule, constraint in (("cmek-required", self.cmek_required, SERVICE),
                                           ("key-project-allowed", self.key_project_allowed, KEY_PROJECT)):
                found.add((name, asset.name, "enforced", self.status(asset, rule, chain, False)))
                if self.dry_run_exists(chain[0], constraint):
                    found.add((name, asset.name, "dry-run", self.status(asset, rule, chain, True)))
        return {finding for finding in found if finding[3]}


def evaluate(text):
    return Evaluator(text).findings()
