# SPDX-License-Identifier: Apache-2.0
"""Asks both evaluators about one asset file, and makes a file they differ on as small as it gets."""

import json
import os
import pathlib
import subprocess
import tempfile

from . import posture
from .evaluator import evaluate

RULES = ("cmek-required", "key-project-allowed")
POLICY_RULES = ("policy-gap", "policy-dry-run-only")


def scan_all(text):
    """All that cmekscan finds in an asset file."""
    with tempfile.TemporaryDirectory() as folder:
        assets, report = pathlib.Path(folder, "assets.ndjson"), pathlib.Path(folder, "report.json")
        assets.write_text(text, encoding="utf-8")
        done = subprocess.run([os.environ["CMEKSCAN"], "scan", "--assets", assets, "--report", f"json={report}", "--status",
                               "all", "--fail-on", "none", "--allow-incomplete"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"cmekscan ended with {done.returncode}:\n{done.stderr}"
        return json.loads(report.read_text(encoding="utf-8"))["findings"]


def scan(text):
    """The findings on resources."""
    return {(found["rule_id"], found["resource_name"], found["enforcement"], found["status"])
            for found in scan_all(text) if found["rule_id"] in RULES}


def scan_policies(text):
    """The findings on policies."""
    return {(found["rule_id"], found["resource_name"], found["constraint"].removeprefix("constraints/"), found["status"])
            for found in scan_all(text) if found["rule_id"] in POLICY_RULES}


RESOURCES, POLICIES = (evaluate, scan), (posture.evaluate, scan_policies)


def as_lines(lines):
    return "".join(json.dumps(line) + "\n" for line in lines)


def disagreements(lines, both=RESOURCES):
    """(rule, resource, enforcement or constraint): (status of the naive evaluator, status of cmekscan), where they are not
    the same."""
    ours, theirs = ({finding[:3]: finding[3] for finding in ask(as_lines(lines))} for ask in both)
    return {about: (ours.get(about), theirs.get(about)) for about in ours.keys() | theirs.keys()
            if ours.get(about) != theirs.get(about)}


def still_differ(lines, about, answers, both):
    try:
        return disagreements(lines, both).get(about) == answers
    except (AssertionError, KeyError, AttributeError, TypeError, ValueError):  # shrunk too far to be an asset file
        return False


def without_chunks(lines, differs):
    """Drops ever smaller runs of lines as long as the two still differ."""
    size = len(lines) // 2
    while size:
        start = 0
        while start < len(lines):
            fewer = lines[:start] + lines[start + size:]
            if differs(fewer):
                lines = fewer
            else:
                start += size
        size //= 2
    return lines


def smaller_values(value):
    """Copies of a JSON value, each with one thing taken out."""
    if isinstance(value, (dict, list)):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            rest = value.copy()
            inner = rest.pop(key)
            yield rest
            for smaller in smaller_values(inner):
                changed = value.copy()
                changed[key] = smaller
                yield changed


def shrink(lines, differs):
    lines = without_chunks(lines, differs)
    again = True
    while again:
        again = False
        for index, line in enumerate(lines):
            for smaller in smaller_values(line):
                changed = [*lines[:index], smaller, *lines[index + 1:]]
                if differs(changed):
                    lines, again = changed, True
                    break
            if again:
                break
    return without_chunks(lines, differs)


def explain(lines, both=RESOURCES):
    """One disagreement on the smallest file that shows it, to print; None if only the spelling of the JSON matters."""
    found = disagreements(lines, both)
    if not found:
        return None
    about, answers = min(found.items(), key=str)
    smallest = shrink(lines, lambda fewer: still_differ(fewer, about, answers, both))
    return f"{' '.join(about)}\n  naive evaluator: {answers[0]}\n  cmekscan:        {answers[1]}\n{as_lines(smallest)}"
