# SPDX-License-Identifier: Apache-2.0
"""--help, the man page, the README and the schema say the same as the program."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

CMEKSCAN = os.environ["CMEKSCAN"]
ROOT = pathlib.Path(__file__).parents[2]
MANUAL = (ROOT / "src/cli/cmekscan.1").read_text()


def output(*args):
    return subprocess.run([CMEKSCAN, *args], capture_output=True, text=True, check=True, timeout=60).stdout


def commands():
    return re.findall(r"^  ([a-z][a-z-]+) {2,}\S", output("--help").split("Commands:")[1].split("Begin with")[0], re.M)


def options(command):
    return set(re.findall(r"^  (?:-\w, )?--([a-z-]+)", output(command, "--help"), re.M))


def manual_options():
    return set(re.findall(r"^\.It Fl (?:\w , )?\\?-?-([a-z-]+)", MANUAL, re.M))


def test_every_command_is_in_the_manual():
    assert commands() == ["scan", "simulate", "collect", "explain", "diff", "convert", "merge", "demo", "demo-cloud", "rules",
                          "services", "reporters", "schema", "waivers", "config", "version"]
    for command in commands():
        assert re.search(rf"^\.It Cm {command}$", MANUAL, re.M), command


def test_manual_has_exactly_the_options_of_help():
    of_help = set().union(*(options(command) for command in commands()))
    assert of_help, "help lists no options"
    assert manual_options() == of_help


@pytest.mark.parametrize("command", ["scan", "simulate", "collect", "explain", "demo", "demo-cloud", "rules", "services",
                                     "waivers", "config"])
def test_help_goes_to_standard_output_and_explains(command):
    text = output(command, "--help")
    assert text.startswith(f"cmekscan {command}: ")
    assert "Usage: cmekscan" in text and "Examples:" in text
    assert max(len(line) for line in text.splitlines() if not line.startswith("  cmekscan")) <= 110


def test_manual_is_well_formed():
    if shutil.which("mandoc") is None:
        pytest.skip("mandoc is not installed")
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", str(ROOT / "src/cli/cmekscan.1")],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_readme_lists_the_rules_that_there_are():
    rules = re.findall(r"^(\S+)", output("rules"), re.M)
    readme = (ROOT / "README.md").read_text()
    severities = dict(re.findall(r"^\| `([a-z-]+)` \| (\w+) \|", readme, re.M))
    assert sorted(severities) == sorted(rules)
    for line in output("rules").splitlines():
        rule, severity = line.split()[:2]
        assert severities[rule] == severity


def test_schema_command_prints_the_contract():
    assert output("schema") == (ROOT / "reports/cmekscan-report-1.schema.json").read_text()


def test_reporters_are_those_of_help():
    names = re.findall(r"^(\S+)", output("reporters"), re.M)
    assert names == ["text", "json", "jsonl", "sarif", "junit", "markdown", "github", "gitlab"]
    assert all(name in output("scan", "--help") for name in names)


def test_the_manual_lists_the_faults_of_the_demo_cloud():
    known = subprocess.run([CMEKSCAN, "demo-cloud", "--faults", "none-such"], capture_output=True, text=True, check=False).stderr
    names = re.search(r"known are (.*) \(exit status", known)[1].split(", ")
    section = MANUAL.split(".Sh FAULTS")[1].split(".Sh ")[0]
    listed = re.findall(r"Li ([0-9a-z-]+)(?:=| ,|$)", "\n".join(line for line in section.splitlines() if line.startswith(".It")), re.M)
    assert set(listed) == set(names) and len(names) > 15
