# SPDX-License-Identifier: Apache-2.0
"""Google's effective policies for `--verify-policies`, from somebody who does not use the engine under test.

    with Front(cloud, answer) as front:
        front.report("--organization", "1", "--verify-policies")

sends the requests of a scan through a server of its own: those for effective policies go to `answer(project, constraint)`,
all others to the demo cloud. NaiveOracle answers as Google's documentation says, by the naive evaluator of these tests.
"""
import json
import re
import urllib.error
import urllib.request

from naive.evaluator import Evaluator
from naive.worlds import World
from scanning import TOKEN, Server, cmekscan, override, report_of

QUESTION = re.compile(r"/orgpolicy/v2/projects/([^/?]+)/policies/([^/?:]+):getEffectivePolicy")
OPERATION = "orgpolicy.policies.getEffectivePolicy"


def error(status, word, message):
    return status, {}, json.dumps({"error": {"code": status, "message": message, "status": word}}).encode()


def policy(project, constraint, *rules):
    """An answer: the rules as they are given, each a dictionary."""
    body = {"name": f"projects/{project}/policies/{constraint}", "spec": {"rules": list(rules)}}
    return 200, {}, json.dumps(body).encode()


class Front:
    """`answer` gives (status, headers, body); `elsewhere(path)` may answer the other requests, or give None."""

    def __init__(self, cloud, answer, elsewhere=lambda path: None):
        self.cloud, self.answer, self.elsewhere = cloud, answer, elsewhere
        self.asked = []
        self.server = Server(self.reply)

    def reply(self, path):
        found = QUESTION.match(path)
        if found:
            self.asked.append(path)
            return self.answer(*found.groups())
        return self.elsewhere(path) or self.forward(path)

    def forward(self, path):
        request = urllib.request.Request(self.cloud.url + path, headers={"Authorization": f"Bearer {TOKEN}"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, {}, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, {}, refusal.read()

    def __enter__(self):
        self.server.__enter__()
        return self

    def __exit__(self, *_):
        self.server.__exit__()

    def environment(self):
        return self.cloud.environment(**override("orgpolicy", self.server.url))

    def run(self, *args):
        return cmekscan(*args, env=self.environment())

    def report(self, *args, **options):
        return report_of(*args, env=self.environment(), **options)

    def questions(self):
        """(project, constraint) of each call."""
        return [QUESTION.match(path).groups() for path in self.asked]


class NaiveOracle:
    def __init__(self, assets):
        self.evaluator = Evaluator(assets.read_text(encoding="utf-8"))

    def chain(self, project):
        return self.evaluator.hierarchy.chain_of_project(f"projects/{project}")

    def rules(self, project, constraint):
        world = World([])
        rules = self.evaluator.rules_in_force(world, self.chain(project), constraint, dry_run=False)
        assert all(options == 1 for _, options in world.choices), "Google knows everything"
        return [rule for _, rule in rules]

    def __call__(self, project, constraint):
        """One rule for all that merges, in an order and a spelling of its own."""
        rules = self.rules(project, constraint)
        values = {side: sorted({self.respell(entry) for rule in rules for entry in getattr(rule, side)}, reverse=True)
                  for side in ("allowed", "denied")}
        merged = [{"values": {f"{side}Values": entries for side, entries in values.items() if entries}}]
        merged = merged if any(values.values()) else []
        merged += [{name: True} for name, part in (("allowAll", "allow_all"), ("denyAll", "deny_all"))
                   if any(getattr(rule, part) for rule in rules)]
        return policy(project, constraint, *(merged or ([{"allowAll": True}] if project[-1] in "02468" else [])))

    @staticmethod
    def respell(entry):
        if entry.startswith("is:"):
            return entry.removeprefix("is:")
        return entry if entry.startswith("under:") else f"is:{entry}"

    def policy_class(self, project, constraint):
        """What a project shares with others: the policies that it reaches, and the tag values if one of them has a condition."""
        nodes, _ = self.chain(project)
        reached, conditional = [], False
        for node in nodes:
            found = self.evaluator.policies.set_at(node, constraint)
            if found and found.live is not None:
                reached.append(node)
                if found.live.reset:
                    break
                conditional |= any(rule.condition is not None for rule in found.live.rules)
                if found.live.is_root():
                    break
        bindings = self.evaluator.tags.bindings
        tag = next((bindings[node][0].value_id for node in nodes if node in bindings), None)
        return constraint, tuple(reached), conditional and tag
