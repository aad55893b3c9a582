# SPDX-License-Identifier: Apache-2.0
"""cmekscan against the naive evaluator (naive/), on random asset files.

A regular run takes CMEKSCAN_RANDOM_FILES files (160: some 12,000 resources and 7,500 policies); a longer or another one is
CMEKSCAN_RANDOM_FILES=5000 CMEKSCAN_RANDOM_SEED=100000 pytest tests/system/test_differential.py. A file they differ on is
shrunk and printed with both answers; it belongs into naive/cases/, with what the contract demands.
"""

import collections
import concurrent.futures
import copy
import json
import os
import pathlib
import random

import pytest
from naive import compare, evaluator, posture
from naive.encode import as_text
from naive.generate import random_lines
from naive.policies import POLICY

FILES = int(os.environ.get("CMEKSCAN_RANDOM_FILES", "160"))
SEED = int(os.environ.get("CMEKSCAN_RANDOM_SEED", "1"))
PROPERTY_FILES = max(FILES // 6, 1)
BATCHES = 4
CASES = sorted((pathlib.Path(__file__).parent / "naive" / "cases").glob("*.ndjson"))


def file_of_seed(seed):
    source = random.Random(seed)
    lines = random_lines(source)
    return lines, as_text(lines, source)


def scan_many(texts, scan=compare.scan):
    """The findings of each text, two scans at a time."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(scan, texts))


def statuses(findings):
    return {finding[:3]: finding[3] for finding in findings}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_file_that_once_was_answered_wrongly_has_the_findings_that_the_contract_demands(case):
    expected = {tuple(finding) for finding in json.loads(case.with_suffix(".json").read_text())["findings"]}
    text = case.read_text()
    assert compare.scan(text) == expected
    assert evaluator.evaluate(text) == expected


@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_files_get_the_findings_of_the_naive_evaluator(batch):
    seeds = range(SEED + batch, SEED + FILES, BATCHES)
    files = [file_of_seed(seed) for seed in seeds]
    for seed, (lines, text), theirs in zip(seeds, files, scan_many([text for _, text in files]), strict=True):
        ours = evaluator.evaluate(text)
        if ours != theirs:
            reason = compare.explain(lines) or f"only as spelled in this file:\n{sorted(ours ^ theirs)}\n{text}"
            pytest.fail(f"seed {seed}: {reason}")


@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_files_get_the_policy_findings_of_the_naive_evaluator(batch):
    seeds = range(SEED + batch, SEED + FILES, BATCHES)
    files = [file_of_seed(seed) for seed in seeds]
    for seed, (lines, text), theirs in zip(seeds, files, scan_many([text for _, text in files], compare.scan_policies),
                                           strict=True):
        if posture.evaluate(text) != theirs:
            reason = compare.explain(lines, compare.POLICIES) or f"only as spelled in this file:\n{text}"
            pytest.fail(f"seed {seed}: {reason}")


def test_the_random_files_have_every_kind_of_policy_finding():
    kinds = collections.Counter()
    for seed in range(SEED, SEED + min(FILES, 40)):
        for rule, name, constraint, status in posture.evaluate(file_of_seed(seed)[1]):
            kinds[rule, constraint, status] += 1
            kinds[rule, name.split("/")[3]] += 1
    assert len(kinds) == 9 + 6 and min(kinds.values()) >= 10, kinds


def test_the_random_files_have_every_kind_of_finding_and_are_many():
    kinds, lines_of, policies, resources = {}, 0, 0, 0
    for seed in range(SEED, SEED + min(FILES, 100)):
        lines, text = file_of_seed(seed)
        lines_of += 1
        policies += sum("org_policy" in line or line["asset_type"] == POLICY for line in lines)
        resources += sum(line["asset_type"] in evaluator.RESOURCES for line in lines)
        for rule, _, enforcement, status in evaluator.evaluate(text):
            kinds[rule, enforcement, status] = kinds.get((rule, enforcement, status), 0) + 1
    assert len(kinds) == 12
    assert all(count >= lines_of / 4 for count in kinds.values()), kinds
    assert resources >= 50 * lines_of and policies >= 25 * lines_of


def one_line_per_name(lines):
    """Without a second line of an asset: of two equally new ones the later counts, so their order is not irrelevant."""
    return list({(line["name"], "org_policy" in line): line for line in lines}.values())


def rules_of(lines):
    """The rule lists of all specs."""
    for line in lines:
        data = line.get("resource", {}).get("data") if line["asset_type"] == POLICY else None
        for spec in ("spec", "dryRunSpec"):
            rules = ((data or {}).get(spec) or {}) if isinstance(data, dict) else {}
            if isinstance(rules, dict) and isinstance(rules.get("rules"), list):
                yield rules["rules"]


def test_the_order_of_lines_rules_entries_and_keys_is_irrelevant():
    before, after = [], []
    for seed in range(SEED, SEED + PROPERTY_FILES):
        source = random.Random(seed)
        lines = one_line_per_name(random_lines(source))
        before.append(compare.as_lines(lines))
        source.shuffle(lines)
        for rules in rules_of(lines):
            source.shuffle(rules)
            for rule in rules:
                values = rule.get("values") if isinstance(rule, dict) else None
                for entries in values.values() if isinstance(values, dict) else ():
                    if isinstance(entries, list):
                        source.shuffle(entries)
        after.append(as_text(lines, source))
    for scan in (compare.scan, compare.scan_policies):
        for one, other in zip(scan_many(before, scan), scan_many(after, scan), strict=True):
            assert one == other


def test_adding_a_denial_never_makes_a_failure_vanish():
    before, after = [], []
    for seed in range(SEED, SEED + PROPERTY_FILES):
        source = random.Random(seed)
        lines = random_lines(source)
        before.append(compare.as_lines(lines))
        for rules in rules_of(lines):
            if source.random() < 0.5 and rules:
                rules.append(source.choice([{"denyAll": True}, {"values": {"deniedValues": ["storage.googleapis.com"]}},
                                            {"values": {"deniedValues": ["projects/nobody-knows"]}}]))
        after.append(compare.as_lines(lines))
    for one, other in zip(scan_many(before), scan_many(after), strict=True):
        less, more = statuses(one), statuses(other)
        for about, status in less.items():
            if status == "fail":
                assert more.get(about) == "fail", about
            if status == "unknown":
                assert about in more, about


def hide_policies(lines, source):
    for line in lines:
        if line["asset_type"] == POLICY and source.random() < 0.3:
            line["asset_exceptions"] = [{"exception_type": "TRUNCATION"}]


def hide_conditions(lines, source):
    for rules in rules_of(lines):
        for rule in rules:
            condition = rule.get("condition") if isinstance(rule, dict) else None
            # An expression of a wrong type hides its whole policy already.
            readable = isinstance(condition, dict) and isinstance(condition.get("expression"), str)
            if readable and source.random() < 0.5:
                condition["expression"] = f"junk {source.random()}"


def hide_keys(lines, source):
    for line in lines:
        if line["asset_type"] in evaluator.RESOURCES and source.random() < 0.3:
            line["asset_exceptions"] = [{"exception_type": "TRUNCATION"}]
            data = line.get("resource", {}).get("data") or {}
            data.pop("kmsKeyName", None)
            data.pop("encryption", None)


def hide_ancestors(lines, source):
    """Folders and projects that could not be read; who names no ancestors has a chain that stops short then."""
    lines[:] = [line for line in lines if not (line["asset_type"].endswith(("/Folder", "/Project"))
                                               and "org_policy" not in line and source.random() < 0.3)]


def hide_tags(lines, source):
    lines[:] = [line for line in lines if not line["asset_type"].endswith("/TagValue") or source.random() < 0.7]


def whole_and_hidden(hide, scan):
    """The statuses of files, and of the same files with something hidden."""
    whole, hidden = [], []
    for seed in range(SEED, SEED + PROPERTY_FILES):
        source = random.Random(seed)
        lines = one_line_per_name(random_lines(source))
        whole.append(compare.as_lines(lines))
        less = copy.deepcopy(lines)
        hide(less, source)
        hidden.append(compare.as_lines(less))
    return zip(map(statuses, scan_many(whole, scan)), map(statuses, scan_many(hidden, scan)), strict=True)


@pytest.mark.parametrize("hide", [hide_policies, hide_conditions, hide_tags])
def test_what_is_certain_of_policies_is_so_when_more_becomes_known(hide):
    """But for what no project in the file is under: that is judged by tags that may not be there."""
    for certain, doubtful in whole_and_hidden(hide, compare.scan_policies):
        for about, status in doubtful.items():
            if status != "unknown":
                assert certain.get(about) == status, about
        for about, status in certain.items():
            if status in ("fail", "unknown") and about[0] == "policy-gap":
                assert about in doubtful, about


@pytest.mark.parametrize("hide", [hide_policies, hide_conditions, hide_keys, hide_ancestors, hide_tags])
def test_what_is_certain_although_something_is_unknown_is_so_when_it_becomes_known(hide):
    """The whole file is one of the ways in which the unknowns of the file with less in it can fall."""
    for certain, doubtful in whole_and_hidden(hide, compare.scan):
        for about, status in doubtful.items():
            if status != "unknown":
                assert certain.get(about) == status, about
        for about, status in certain.items():
            if status in ("fail", "unknown") and about[2] == "enforced":
                assert about in doubtful, about
