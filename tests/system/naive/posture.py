# SPDX-License-Identifier: Apache-2.0
"""The findings of `policy-gap` and `policy-dry-run-only`: what the policies set at a node make of the projects below it.

Each project is asked by itself, in all worlds. The services, the two constraints, and the dry run and the live policy are
asked apart from each other; so is each project that a key could come from.
"""

import re

from .assets import PROJECT
from .evaluator import RESOURCES, Evaluator
from .policies import KEY_PROJECT, SERVICE, UNREADABLE
from .worlds import outcomes

MANAGER = "//cloudresourcemanager.googleapis.com/"
SERVICES = sorted({service for service, _ in RESOURCES.values()})
REPOSITORIES = ("us/repositories/gcr.io", "us/repositories/us.gcr.io", "europe/repositories/eu.gcr.io",
                "asia/repositories/asia.gcr.io")
NEW = "new project in "


def restricts(rule):
    return bool(rule.deny_all or rule.allowed or rule.denied)


def status(found):
    """Of outcomes "fail", "pass" and None."""
    if "fail" in found:
        return "fail" if found == {"fail"} else "unknown"
    return "pass" if found == {"pass"} else None


def lacking(demanded, given):
    """What comes of something that is demanded and must be given, each True, False or both."""
    return {"fail" if want and not have else "pass" for want in demanded for have in given}


def all_of(parts):
    """One certain failure is enough, and all must pass."""
    return {"fail"} if {"fail"} in parts else set().union(*parts)


class Posture(Evaluator):
    def __init__(self, text):
        super().__init__(text)
        self.answers = {}  # (rule, node, constraint): the statuses of the projects that look to it
        self.reached = set()
        self.projects = self.projects_of_the_scan()

    # Projects

    def projects_of_the_scan(self):
        """{project: (its chain, whether it holds registry resources)}"""
        projects = {}
        for asset in self.file_lines:
            if asset.type == PROJECT:
                node = self.hierarchy.canonical(asset.name.removeprefix(MANAGER))
                projects[node] = (self.hierarchy.chain_of_project(node), {False})
        for asset in self.resources:
            chain = self.hierarchy.chain_of_resource(asset)
            if not chain[0] or not chain[0][0].startswith("projects/"):
                continue
            node = chain[0][0]
            known, holds = projects.get(node, (self.hierarchy.chain_of_project(node), {False}))
            projects[node] = (known if known[1] or not chain[1] else chain, self.holds(holds, self.of_registry(asset, chain[0])))
        return projects

    @staticmethod
    def holds(one, other):
        return {True} if {True} in (one, other) else one | other

    def of_registry(self, asset, nodes):
        if asset.type == "pubsub.googleapis.com/Topic":
            return {bool(re.search(r"/topics/gcr$", asset.name))}
        if asset.type == "artifactregistry.googleapis.com/Repository":
            return {asset.name.endswith(tuple(f"/locations/{place}" for place in REPOSITORIES))}
        return self.registry_bucket(asset, nodes)

    # Questions

    def permitted(self, chain, first, constraint, dry_run, matching):
        return outcomes(lambda world: self.permits(world, self.rules_in_force(world, chain, constraint, dry_run, first),
                                                   matching), {True, False})

    def denied(self, *question):
        return {not permitted for permitted in self.permitted(*question)}

    def services_denied(self, chain, first, dry_run):
        return [self.denied(chain, first, SERVICE, dry_run, lambda entry, service=service: self.service_matches(entry, service))
                for service in SERVICES]

    def answer(self, rule, node, constraint, found):
        self.answers.setdefault((rule, node, constraint), []).append(status(found))

    def sees(self, node, constraint, dry_run):
        """(the spec there, whether that is all there may be)"""
        policy = self.policies.set_at(node, constraint)
        spec = policy and (policy.in_dry_run() if dry_run else policy.live)
        return spec, spec != UNREADABLE

    # policy-gap

    def judge_registry(self, chain, holds):
        nodes, doubtful = chain[0], False
        for first, node in enumerate(nodes):
            spec, readable = self.sees(node, SERVICE, False)
            top = first + 1 == len(nodes)
            if not (spec or top or not readable):
                continue
            parts = self.services_denied(chain, first, False)
            found = ({"pass"} if all(True in part for part in parts) else set()) | (
                {"fail"} if any(False in part for part in parts) else set())
            if holds != {True} or doubtful or not (readable or top):
                found.add(None)
            self.answer("policy-gap", node, SERVICE, found)
            if spec and readable:
                return
            doubtful |= not readable

    def judge_keys(self, chain):
        doubtful = False
        for first, node in enumerate(chain[0]):
            spec, readable = self.sees(node, KEY_PROJECT, False)
            restricted = {True, False} if self.may_be_set(node, KEY_PROJECT) else self.restricted(spec, chain)
            if True in restricted:
                parts = self.services_denied(chain, 0, False)
                found = ({"fail"} if all(False in part for part in parts) else set()) | (
                    {"pass"} if any(True in part for part in parts) else set())
                if doubtful or False in restricted:
                    found.add(None)
                self.answer("policy-gap", node, SERVICE, found)
            if readable and spec and spec.is_root():
                return
            doubtful |= not readable

    def may_be_set(self, node, constraint):
        """A policy that is known to be there, but not what it says."""
        policy = self.policies.at.get((node, constraint))
        return policy is not None and policy.live == UNREADABLE

    def restricted(self, spec, chain):
        """Whether what is set at a node restricts keys in a project with that chain."""
        if spec is None or spec == UNREADABLE or spec.reset:
            return {False}
        return outcomes(lambda world: any(restricts(rule) and self.applies(world, rule, chain) for rule in spec.rules),
                        {True, False})

    # policy-dry-run-only

    def dry_run_at(self, node, constraint):
        policy = self.policies.at.get((node, constraint))
        spec = policy and policy.dry_run
        return spec and spec != UNREADABLE and (spec.reset or spec.inherit or any(
            restricts(rule) or rule.allow_all for rule in spec.rules))

    def judge_dry_runs(self, chain, constraint):
        doubtful = False
        for first, node in enumerate(chain[0]):
            spec, readable = self.sees(node, constraint, True)
            if self.dry_run_at(node, constraint):
                found = self.compare(chain, first, constraint)
                self.answer("policy-dry-run-only", node, constraint, found | {None} if doubtful else found)
                self.reached.add((node, constraint))
            if readable and spec and spec.is_root():
                return
            doubtful |= not readable

    def compare(self, chain, first, constraint):
        if constraint == SERVICE:
            return all_of([lacking(dry_run, live) for dry_run, live in
                           zip(self.services_denied(chain, first, True), self.services_denied(chain, first, False), strict=True)])
        entries = [entry for dry_run in (True, False) for spec in self.specs_below_root(chain[0][first:], dry_run)
                   for rule in spec.rules if self.may_apply(rule, chain) for entry in rule.allowed + rule.denied]
        parts = [lacking(*[outcomes(lambda world, dry_run=dry_run: any(map(restricts, (
            rule for _, rule in self.rules_in_force(world, chain, constraint, dry_run, first)))), {True, False})
            for dry_run in (True, False)])]
        for source in self.key_sources(entries):
            parts.append(lacking(*[self.denied(chain, first, constraint, dry_run,
                                               lambda entry, source=source: self.source_matches(entry, source))
                                   for dry_run in (True, False)]))
        return all_of(parts)

    def may_apply(self, rule, chain):
        return rule.condition is None or True in self.tags.evaluate(rule.condition, *chain)

    def specs_below_root(self, nodes, dry_run):
        """The specs that may count, for the names in them."""
        for node in nodes:
            spec, readable = self.sees(node, KEY_PROJECT, dry_run)
            if not readable:
                return
            if spec:
                yield spec
                if spec.is_root():
                    return

    def key_sources(self, entries):
        """Every project there is or may come: known ones, named ones, and new ones in every node, or in none. Those whose
        ancestors are not known would be undecided on both sides in the same way."""
        sources = {NEW} | {project for project in self.hierarchy.ids if self.hierarchy.chain_of_project(project)[1]}
        sources |= {NEW + folder for folder in self.hierarchy.folders if self.chain_of_node(folder)[1]}
        for entry in entries:
            if found := re.fullmatch(r"(?:is:|under:)?(projects/[^/]+)", entry):
                sources.add(found.group(1))
            elif found := re.fullmatch(r"under:((?:folders|organizations)/[^/]+)", entry):
                sources.add(NEW + found.group(1))
        return sources

    def source_matches(self, entry, source):
        if not source.startswith(NEW):
            return self.project_matches(entry, source)
        parent = source.removeprefix(NEW)
        if not entry.startswith("<"):
            found = re.fullmatch(r"under:((?:folders|organizations)/[^/]+)", entry)
            if not found or not parent:
                return {False}
            above, complete = self.chain_of_node(parent)
            return {True} if found.group(1) in above else {False} if complete else {True, False}
        return self.project_matches(entry, source)

    def chain_of_node(self, node):
        if node.startswith("organizations/"):
            return [node], True
        if node.startswith("projects/"):
            return self.hierarchy.chain_of_project(node)
        folder = self.hierarchy.folders.get(node)
        if folder is None:
            return [node], False
        if folder.ancestors:
            return folder.ancestors, True
        return self.hierarchy.chain_of_parent(node, (folder.data or {}).get("parent"))

    # All

    def findings(self):
        """The set of (rule id, resource name, constraint, status)."""
        for chain, holds in self.projects.values():
            if True in holds:
                self.judge_registry(chain, holds)
            self.judge_keys(chain)
            for constraint in (SERVICE, KEY_PROJECT):
                self.judge_dry_runs(chain, constraint)
        for node, constraint in self.policies.at:
            if constraint in (SERVICE, KEY_PROJECT) and self.dry_run_at(node, constraint) and (node, constraint) not in self.reached:
                chain = self.chain_of_node(node)
                self.answer("policy-dry-run-only", node, constraint, self.compare(chain, 0, constraint))
        return {(rule, MANAGER + node, constraint, worst) for (rule, node, constraint), statuses in self.answers.items()
                for worst in [next((one for one in ("fail", "unknown", "pass") if one in statuses), None)] if worst}


def evaluate(text):
    return Posture(text).findings()
