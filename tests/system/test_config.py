# SPDX-License-Identifier: Apache-2.0
"""The configuration file: what wins over what, where it is looked for, what is refused."""
import json
import re

import pytest
from scanning import DEMO_ASSETS, assert_refused, cmekscan, environment, report_of


def show(*args, cwd=None, **variables):
    run = cmekscan("config", "show", *args, cwd=cwd, env=environment(**variables))
    assert run.status == 0, run.stderr
    return run.stdout


def effective(text):
    """Option to (value, origin), from the output of `config show --origin`."""
    lines = [line for line in text.splitlines() if not line.startswith("# ")]
    pairs = [(line.split(": ", 1)[0], *line.split(": ", 1)[1].rsplit("  # ", 1)) for line in lines]
    return {name: (json.loads(value), origin) for name, value, origin in pairs}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "c.yaml"


@pytest.mark.parametrize("flag", [None, "critical"])
@pytest.mark.parametrize("variable", [None, "high"])
@pytest.mark.parametrize("written", [None, "medium"])
def test_the_command_line_wins_over_the_environment_over_the_file(file, flag, variable, written):
    file.write_text(f"fail-on: {written}\n" if written else "quiet: true\n")
    args = ["--fail-on", flag] if flag else []
    found = effective(show("--origin", "--config", file, *args, CMEKSCAN_FAIL_ON=variable)).get("fail-on")
    expected = ((flag, "--fail-on") if flag else (variable, "CMEKSCAN_FAIL_ON") if variable
                else (written, f"{file}:1") if written else None)
    assert found == expected


@pytest.mark.parametrize("text, name, value", [
    ("quiet: true", "quiet", True),
    ("quiet: no", "quiet", False),
    ("services: [storage, pubsub]", "services", "storage,pubsub"),
    ("services: storage", "services", "storage"),
    ("report: json", "report", ["json"]),
    ("report: [json=a.json, text]", "report", ["json=a.json", "text"]),
    ("report: {json: a.json, text: '-'}", "report", ["json=a.json", "text=-"]),
    ("severity: {key-usable: info}", "severity", ["key-usable=info"]),
    ("max-attempts: 3", "max-attempts", "3"),
    ('ca-file: "a\\tb # c"', "ca-file", "a\tb # c"),
])
def test_values_of_every_kind(file, text, name, value):
    file.write_text(text + "\n")
    assert effective(show("--origin", "--config", file))[name] == (value, f"{file}:1")


def test_a_stronger_source_can_take_a_flag_back(file):
    file.write_text("allow-incomplete: true\n")
    found = effective(show("--origin", "--config", file, CMEKSCAN_ALLOW_INCOMPLETE="false"))
    assert found["allow-incomplete"] == (False, "CMEKSCAN_ALLOW_INCOMPLETE")
    found = effective(show("--origin", "--config", file, "--allow-incomplete=false"))
    assert found["allow-incomplete"] == (False, "--allow-incomplete")


def test_what_is_shown_is_a_configuration(file, tmp_path):
    file.write_text("report: {json: a.json, sarif: 'b c.sarif'}\nfail-on: high\nquiet: yes\nservices: [storage]\n")
    shown = show("--config", file)
    again = tmp_path / "again.yaml"
    again.write_text(shown)
    assert show("--config", again) == shown


@pytest.mark.parametrize("text, problem", [
    ("fial-on: high", r"c\.yaml:1:1: 'fial-on' is no option \(did you mean fail-on\?\)"),
    ("quiet: true\nfail_on: high", r"c\.yaml:2:1: 'fail_on' is no option"),
    ("- fail-on", "is a mapping of options, this is a list"),
    ("fail-on: [high]", r"c\.yaml:1:1: fail-on takes one value, this is a list"),
    ("fail-on: ''", "fail-on has no value"),
    ("quiet: maybe", r"c\.yaml:1 is 'maybe', expected true or false"),
    ("report: [[json]]", "report takes texts, this is a list"),
    ("fail-on: high\nfail-on: low", "fail-on"),
    ("config: other.yaml", "cannot name another"),
    ("fail-on: *x", r"c\.yaml:1:"),
    ("fail-on: {", r"c\.yaml:"),
    ("", "nothing in it"),
])
def test_a_mistake_stops_everything_with_its_line(file, text, problem):
    file.write_text(text)
    assert_refused(cmekscan("scan", "--assets", DEMO_ASSETS, "--config", file), 2, problem)


def test_a_value_is_checked_as_if_it_had_been_typed(file):
    file.write_text("fail-on: hgih\n")
    assert_refused(cmekscan("scan", "--assets", DEMO_ASSETS, "--config", file), 2, "'hgih', expected critical")


@pytest.mark.parametrize("text, variables, args, ending", [
    ("quiet: true\nfail-on: hihg\n", {}, [], "info or none (from {file}:2) (exit status 2)"),
    ("quiet: true\n", {"CMEKSCAN_FAIL_ON": "hihg"}, [], "info or none (from CMEKSCAN_FAIL_ON) (exit status 2)"),
    ("fail-on: high\n", {}, ["--fail-on", "hihg"], "info or none (exit status 2)"),
    ("services: storage\n", {"CMEKSCAN_MAX_ATTEMPTS": "0"}, [], "expected 1 to 100 (from CMEKSCAN_MAX_ATTEMPTS) (exit status 2)"),
    ("quiet: true\norganization: ['12']\n", {}, [],
     "with a live scope (--organization) (--organization is from {file}:2) (exit status 2)"),
    ("quiet: true\n", {"CMEKSCAN_FOLDER": "12"}, [], "(--folder) (--folder is from CMEKSCAN_FOLDER) (exit status 2)"),
])
def test_a_mistake_is_blamed_on_where_it_was_made(file, text, variables, args, ending):
    file.write_text(text)
    run = cmekscan("scan", "--assets", DEMO_ASSETS, "--config", file, *args, env=environment(**variables))
    assert run.status == 2 and run.last_line.endswith(ending.format(file=file)), run.last_line


def test_what_is_shown_of_defaults_can_be_uncommented(file):
    shown = show()
    assert "# via: auto" in shown and "# waiver-max-days: 365" in shown and "# quiet: false" in shown
    assert "# organization:  # ID, not set" in shown and not re.search(r"^# [a-z-]+: [A-Z]", shown, re.M)
    lines = [line.removeprefix("# ") for line in shown.splitlines() if not line.endswith(", not set")]
    file.write_text("".join(f"{line}\n" for line in lines))
    written = json.loads(cmekscan("scan", "--assets", DEMO_ASSETS, "--config", file, "--report", "json").stdout)
    assert written["findings"] == [f for f in report_of("--assets", DEMO_ASSETS)["findings"] if f["status"] != "pass"]


def test_a_missing_file_is_a_mistake_unless_it_is_only_looked_for(tmp_path):
    assert_refused(cmekscan("scan", "--assets", DEMO_ASSETS, "--config", tmp_path / "none.yaml"), 2, r"none\.yaml")
    assert effective(show("--origin", cwd=tmp_path)) == {}


def test_the_first_file_there_is_counts(tmp_path):
    home, config = tmp_path / "home", tmp_path / "config"
    places = [(tmp_path / "cmekscan.yaml", "cmekscan.yaml"), (config / "cmekscan/cmekscan.yaml",) * 2]
    for level, (place, _) in zip(("high", "medium"), places):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"fail-on: {level}\n")
    for level, (place, name) in zip(("high", "medium"), places):
        found = effective(show("--origin", cwd=tmp_path, XDG_CONFIG_HOME=config, HOME=home))
        assert found == {"fail-on": (level, f"{name}:1")}
        place.unlink()
    place = home / ".config/cmekscan/cmekscan.yaml"
    place.parent.mkdir(parents=True)
    place.write_text("fail-on: low\n")
    assert effective(show("--origin", cwd=tmp_path, HOME=home)) == {"fail-on": ("low", f"{place}:1")}
    assert effective(show("--origin", "--config", "none", cwd=tmp_path, HOME=home)) == {}


def test_a_file_that_was_only_found_is_named(tmp_path):
    (tmp_path / "cmekscan.yaml").write_text("fail-on: none\nallow-incomplete: true\n")
    run = cmekscan("scan", "--assets", DEMO_ASSETS, cwd=tmp_path)
    assert run.status == 0
    assert "options are read from cmekscan.yaml too" in run.stderr


@pytest.mark.parametrize("text", ["ca-file: ca.pem", "allow-token-host: [sts.example.com]", "impersonate-service-account: a@b"])
def test_where_credentials_go_is_not_decided_by_a_file_that_was_only_found(tmp_path, text):
    (tmp_path / "cmekscan.yaml").write_text(f"quiet: true\n{text}\n")
    name = text.split(":")[0]
    run = cmekscan("config", "show", cwd=tmp_path)
    assert_refused(run, 2, rf"cmekscan\.yaml:2:1: {name} decides where credentials go", "--config cmekscan.yaml")
    assert name in show("--config", "cmekscan.yaml", cwd=tmp_path)
    assert name in show(cwd=tmp_path, CMEKSCAN_CONFIG=str(tmp_path / "cmekscan.yaml"))
    home = tmp_path / "home"
    (home / "cmekscan").mkdir(parents=True)
    (tmp_path / "cmekscan.yaml").rename(home / "cmekscan" / "cmekscan.yaml")
    assert name in show(cwd=tmp_path, XDG_CONFIG_HOME=str(home))


@pytest.mark.parametrize("value", ["json=/tmp/r.json", "/tmp/r.json", "json=../r.json", "json=a/../../r.json", "json=a/.."])
def test_a_file_that_was_only_found_writes_nothing_elsewhere(tmp_path, value):
    (tmp_path / "cmekscan.yaml").write_text(f"report: [text, {value!r}]\n")
    run = cmekscan("config", "show", cwd=tmp_path)
    assert_refused(run, 2, r"cmekscan\.yaml:1:1: report writes outside of the working directory", "--config cmekscan.yaml")
    (tmp_path / "cmekscan.yaml").write_text("report: {json: a/..b/r.json, text: '-'}\n")
    assert "a/..b/r.json" in show(cwd=tmp_path)


def test_a_scan_obeys_its_file(tmp_path, file):
    report = tmp_path / "r.json"
    file.write_text(f"assets: {DEMO_ASSETS}\nreport: {{json: {report}}}\nstatus: all\n"
                    "severity: {cmek-required: info}\nquiet: true\n")
    run = cmekscan("scan", "--config", file)
    assert len(run.stderr.splitlines()) == 1
    findings = json.loads(report.read_text())["findings"]
    assert {f["severity"] for f in findings if f["rule_id"] == "cmek-required"} == {"info"}


def test_options_of_other_commands_are_passed_over(file):
    file.write_text("expiring: 3\nport: 0\nfail-on: none\nallow-incomplete: true\n")
    assert cmekscan("scan", "--assets", DEMO_ASSETS, "--config", file).status == 0


@pytest.mark.parametrize("args", [[], ["shwo"], ["show", "more"]])
def test_config_only_shows(args):
    assert_refused(cmekscan("config", *args), 2, "expected: cmekscan config show")
