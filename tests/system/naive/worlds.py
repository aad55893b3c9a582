# SPDX-License-Identifier: Apache-2.0
"""Every way the unknowns can fall, one after the other.

A question is written as a plain function that asks its World whatever it does not know. `outcomes` runs it once for every
sequence of answers and gives the set of results.
"""

MOST_WORLDS = 200_000


class World:
    """One way the unknowns fall: the answers of `script` first, then always the first option."""

    def __init__(self, script):
        self.script = script
        self.choices = []
        self.answers = {}

    def choose(self, what, options):
        """One of `options`; the same `what` gets the same answer for the whole life of the world."""
        if what not in self.answers:
            turn = len(self.choices)
            index = self.script[turn] if turn < len(self.script) else 0
            self.choices.append((index, len(options)))
            self.answers[what] = options[index]
        return self.answers[what]

    def next_script(self):
        """The script of the world after this one, None after the last."""
        choices = list(self.choices)
        while choices and choices[-1][0] + 1 == choices[-1][1]:
            choices.pop()
        if not choices:
            return None
        return [index for index, _ in choices[:-1]] + [choices[-1][0] + 1]


def outcomes(question, possible):
    """The set of results of question(world) over all worlds; it stops early when all `possible` ones were seen."""
    seen = set()
    script = []
    for _ in range(MOST_WORLDS):
        world = World(script)
        seen.add(question(world))
        script = world.next_script()
        if script is None or seen == possible:
            return seen
    raise OverflowError("too many worlds to enumerate: make the generated organizations smaller")
