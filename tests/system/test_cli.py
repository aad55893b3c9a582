# SPDX-License-Identifier: Apache-2.0
"""Wrong input, wrong credentials, places that cannot be written: one clear message, the right exit status, no report."""
import gzip
import json
import os
import re
import signal
import subprocess

import pytest
from scanning import (DEMO_ASSETS, PROGRAM, TOKEN, Cloud, Server, assert_refused, cmekscan, environment, override,
                      report_of)

DEMO = ("--assets", DEMO_ASSETS)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with Cloud(tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


# Usage


@pytest.mark.parametrize("args, pattern", [
    ([], "a command is missing"),
    (["scna"], r"unknown command 'scna' \(did you mean scan\?\)"),
    (["colect"], r"unknown command 'colect' \(did you mean collect\?\)"),
    (["frobnicate"], "unknown command 'frobnicate'; cmekscan --help"),
    (["help", "scam"], r"unknown command 'scam' \(did you mean scan\?\)"),
    (["scan"], "nothing to scan: give --organization"),
    (["scan", "--asets", "f"], r"unknown option '--asets' \(did you mean --assets\?\)"),
    (["scan", "--org", "1"], r"did you mean --organization\?"),
    (["scan", "--reprot=json"], r"did you mean --report\?"),
    (["scan", "-x"], "unknown option '-x'"),
    (["scan", "--"], "nothing to scan"),
    (["scan", "--assets"], "option --assets needs a value"),
    (["scan", "--assets="], "option --assets needs a value"),
    (["scan", "--organization"], "option --organization needs a value"),
    (["scan", *DEMO, "--quiet=maybe"], "--quiet is 'maybe', expected true or false"),
    (["scan", *DEMO, "more"], "unexpected argument 'more'"),
    (["scan", *DEMO, "--project", "p"], "cannot be mixed"),
    (["scan", "917392449274"], r"did you mean --organization 917392449274, or --project 917392449274\?"),
    (["rules", "--json"], "unknown option '--json'; --help"),
    (["scan", *DEMO, "--json"], r"unknown option '--json' \(did you mean --report json=PATH\?\)"),
    (["scan", *DEMO, "--format", "json"], r"unknown option '--format' \(did you mean --report json=PATH\?\)"),
    (["simulate", *DEMO, "--output=r.json"], r"did you mean --report json=PATH\?"),
    (["scan", *DEMO, "--via", "direct"], "--via is how to read a live scope, and there is none"),
    (["simulate", "--promote-dry-run"], r"nothing to scan: .*\(live\), or --assets FILE \(exit"),
    (["collect", "-o", "f"], r"nothing to scan: .*--project \(live\) \(exit"),
    (["scan", "--organization", "acme.example"], "'acme.example' is no number"),
    (["scan", "--folder", "organizations/1"], "is no number"),
    (["scan", "--project", "a/b"], "'a/b' is no project"),
    (["scan", "--project", "p?alt=media"], "is no project"),
    (["scan", *DEMO, "--report", "jsno"], r"no format 'jsno' \(did you mean json\?\)"),
    (["scan", *DEMO, "--report", "xlsx=f"], "no format 'xlsx'; `cmekscan reporters`"),
    (["scan", *DEMO, "--report", "json="], "needs a path"),
    (["scan", *DEMO, "--report", "json", "--report", "text"], "json and text both go to standard output"),
    (["scan", *DEMO, "--report", "json=-", "--report", "sarif=/dev/stdout"], "both go to standard output"),
    (["scan", *DEMO, "--report", "json=a", "--report", "sarif=./a"], r"both go to the file \./a"),
    (["scan", *DEMO, "--status", "failed"], "--status names 'failed'"),
    (["scan", *DEMO, "--fail-on", "hgih"], "--fail-on is 'hgih', expected critical"),
    (["scan", *DEMO, "--severity", "cmek-required"], "--severity is 'cmek-required', expected RULE="),
    (["scan", *DEMO, "--severity", "cmek-required=worst"], "expected RULE=critical"),
    (["scan", *DEMO, "--severity", "cmek-requried=low"], "there is no rule 'cmek-requried'"),
    (["scan", *DEMO, "--color", "sometimes"], "--color is 'sometimes'"),
    (["scan", *DEMO, "--services", "storage,bigqery"], r"no service 'bigqery' \(did you mean bigquery\?\)"),
    (["scan", *DEMO, "--services", "storage,,pubsub"], "no service ''"),
    (["scan", *DEMO, "--services", "all,storage"], "no service 'all'"),
    (["scan", *DEMO, "--services", "Storage"], r"no service 'Storage' \(did you mean storage\?\)"),
    (["scan", *DEMO, "--services", "storage.googleapis.co"], r"did you mean storage.googleapis.com\?"),
    (["services", "--services", "nothing-like-it"], "no service 'nothing-like-it'; `cmekscan services`"),
    (["services", "bucket"], "no service 'bucket'"),
    (["services", "storage", "--asset-types"], "--asset-types takes --services"),
    (["scan", *DEMO, "--catalogue", "missing.yaml"], "missing.yaml.*No such file"),
    (["scan", *DEMO, "--max-attempts", "0"], "--max-attempts is '0', expected 1 to 100"),
    (["scan", *DEMO, "--max-attempts", "-1"], "--max-attempts is '-1'"),
    (["scan", *DEMO, "--request-deadline", "1m"], "--request-deadline is '1m', expected 1 to 3600"),
    (["scan", *DEMO, "--request-deadline", "99999999999999999999"], "expected 1 to 3600"),
    (["collect", "--organization", "1"], "--output FILE is missing"),
    (["collect", "--project", "p", "-o"], "needs a value"),
    (["rules", "no-such-rule"], "no rule 'no-such-rule'"),
    (["schema", "2"], "unexpected argument"),
    (["demo", "--assets", "f"], "unknown option '--assets'"),
    (["demo-cloud", "--port", "http"], "--port is 'http'"),
    (["demo-cloud", "--port", "70000"], "--port is '70000'"),
    (["demo-cloud", "--faults", "429-evry=3"], "unknown fault '429-evry'"),
    (["demo-cloud", "--faults", "latency=fast"], "fault 'latency' is 'fast'"),
])
def test_wrong_usage(args, pattern, tmp_path):
    assert_refused(cmekscan(*args, cwd=tmp_path), 2, pattern)
    assert list(tmp_path.iterdir()) == []


# Input files


def test_wrong_asset_files(tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "notes.txt").write_text("no assets")
    (tmp_path / "junk").write_bytes(os.urandom(5000))
    (tmp_path / "junk.gz").write_bytes(b"\x1f\x8b\x08\x00" + os.urandom(50))
    (tmp_path / "other.json").write_text('{"type": "service_account"}\n')
    (tmp_path / "secret").write_text("{}")
    (tmp_path / "nothing.gz").write_bytes(gzip.compress(b""))
    for name, pattern in {"empty": "empty", "folder": r"holds no asset file", "junk": "holds no Cloud Asset Inventory",
                          "junk.gz": "holds no Cloud Asset Inventory", "other.json": "holds no Cloud Asset Inventory",
                          "nothing.gz": "empty|holds no", "missing": "No such file", "missing/file": "No such file",
                          "-": "empty"}.items():
        run = cmekscan("scan", "--assets", name, "--report", "json=report.json", cwd=tmp_path)
        assert_refused(run, 4, pattern, re.escape(name) if name != "-" else "")
        assert not (tmp_path / "report.json").exists()
    run = cmekscan("scan", *DEMO, "--assets", "missing", cwd=tmp_path)
    assert_refused(run, 4, "missing")


def test_another_kind_of_file_than_assets_is_known(tmp_path):
    report = tmp_path / "report.json"
    cmekscan("scan", "--assets", DEMO_ASSETS, "--report", f"json={report}", "--report", f"text={tmp_path / 'report.txt'}")
    (tmp_path / "plan.json").write_text(json.dumps({"format_version": "1.2", "resource_changes": []}))
    refused = [(report, "report.json: .*this is a cmekscan report: use convert, diff or explain"),
               (tmp_path / "plan.json", "plan.json: .*this is a Terraform plan: use --plan")]
    for path, pattern in refused:
        assert_refused(cmekscan("scan", "--assets", path), 2, pattern)
        piped = cmekscan("scan", "--assets", "-", stdin=path.read_bytes())
        assert_refused(piped, 2, "standard input: .*this is a")
    wrong = cmekscan("scan", "--assets", DEMO_ASSETS, "--baseline", tmp_path / "report.txt")
    assert_refused(wrong, 2, "is not the whole json report of a scan .one of --report json=FILE")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(tmp_path):
    (tmp_path / "secret").write_text("{}")
    (tmp_path / "secret").chmod(0)
    assert_refused(cmekscan("scan", "--assets", tmp_path / "secret"), 4, "Permission denied")


def test_a_broken_line_is_a_gap_with_its_number(tmp_path):
    lines = DEMO_ASSETS.read_bytes().splitlines(keepends=True)
    lines.insert(16, b'{"name": "//storage.googleapis.com/b", "asset_type": "storage.googleapis.com/Bucket", \n')
    (tmp_path / "assets").write_bytes(b"".join(lines))
    report, whole = report_of("--assets", tmp_path / "assets"), report_of(*DEMO)
    assert report["findings"] == whole["findings"]
    new = [each for each in report["coverage"] if each not in whole["coverage"]]
    assert len(new) == 1 and new[0]["scope"].endswith("assets:17"), new


@pytest.mark.parametrize("text, pattern", [
    ("- id: cmek-required\n  severity: dreadful\n", r"rules\.yaml.*dreadful"),
    ("- id: cmek-required\n  sevrity: high\n", r"rules\.yaml:2.*sevrity"),
    ("- id: brand-new\n  title: Only a title\n", r"rules\.yaml"),
    ("- id: [\n", r"rules\.yaml"),
    ("id: not-a-list\n", r"rules\.yaml"),
    ("- id: a-b\n  check: no-such-check\n  title: t\n  severity: low\n  rationale: r\n  remediations: [{text: t}]\n",
     "no-such-check"),
    ("- id: cmek-required\n  references: [\"http://example.com\"]\n", r"rules\.yaml"),
    ("- &a {id: cmek-required}\n- *a\n", r"rules\.yaml"),
    ("\t", r"rules\.yaml"),
    ("\x00\x01", r"rules\.yaml"),
])
def test_wrong_rule_files(text, pattern, tmp_path):
    (tmp_path / "rules.yaml").write_text(text)
    run = cmekscan("scan", *DEMO, "--rules", tmp_path / "rules.yaml", "--report", f"json={tmp_path / 'report.json'}")
    assert_refused(run, 2, pattern)
    assert not (tmp_path / "report.json").exists()


def test_rules_that_are_not_there(tmp_path):
    assert_refused(cmekscan("scan", *DEMO, "--rules", tmp_path / "missing"), 2, "missing")
    assert_refused(cmekscan("scan", *DEMO, "--rules", tmp_path), 2)


# Reports


def test_quiet_is_taken_by_what_reads_reports_too(tmp_path):
    report = tmp_path / "r.json"
    cmekscan("scan", *DEMO, "--report", f"json={report}")
    (tmp_path / "cmekscan.yaml").write_text("fail-on: none\n")
    for command in (["convert", report], ["merge", report], ["diff", report, report]):
        loud, quiet = (cmekscan(*command, *flag, cwd=tmp_path) for flag in ([], ["-q"]))
        assert quiet.status == loud.status and quiet.stdout == loud.stdout
        assert "options are read from" in loud.stderr and len(quiet.stderr.splitlines()) == 1


def test_reports_that_cannot_be_written(cloud, tmp_path):
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.iterdir())
    for path, pattern in {"/dev/full": "No space left", tmp_path / "no" / "such": "No such file.*; make the folder first",
                          tmp_path / "folder": "is a directory", "/proc/report": "cannot write '/proc/report'"}.items():
        for reporter in ("json", "text", "sarif", "junit", "jsonl"):
            assert_refused(cmekscan("scan", *DEMO, "--report", f"{reporter}={path}"), 4, pattern)
        assert_refused(cloud.run("collect", "--project", "nordwind-shop-web", "-o", path), 4, pattern)
    assert sorted(tmp_path.iterdir()) == before and list((tmp_path / "folder").iterdir()) == []


def test_a_report_that_cannot_be_written_is_told_before_a_scan_begins(cloud, tmp_path):
    before = len(cloud.requests())
    run = cloud.run("scan", "--project", "nordwind-shop-web", "--report", f"json={tmp_path / 'no' / 'such'}")
    assert_refused(run, 4, "No such file")
    assert len(cloud.requests()) == before, "nothing was asked"


def test_a_report_that_fails_leaves_the_old_one(tmp_path):
    old = tmp_path / "report.json"
    old.write_text("old")
    limited = f"ulimit -f 8; exec {PROGRAM} scan --assets {DEMO_ASSETS} --report json={old}"
    run = subprocess.run(["sh", "-c", limited], env=environment(), capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 4 and "File too large" in run.stderr.splitlines()[-1]
    assert old.read_text() == "old" and list(tmp_path.iterdir()) == [old]


def test_standard_output_that_cannot_be_written():
    for args in (["scan", *DEMO], ["scan", *DEMO, "--report", "json"], ["schema"], ["reporters"], ["rules"], ["version"],
                 ["--help"], ["scan", "--help"]):
        with open("/dev/full", "wb") as full:
            assert_refused(cmekscan(*args, stdout=full), 4, "cannot write standard output: No space left")
        read, write = os.pipe()
        os.close(read)
        assert_refused(cmekscan(*args, stdout=write), 4, "cannot write standard output: Broken pipe")
        os.close(write)


def test_closed_standard_streams_hit_no_other_file(tmp_path):
    copy = tmp_path / "assets.ndjson"
    copy.write_bytes(DEMO_ASSETS.read_bytes())
    command = f"{PROGRAM} scan --assets {copy} --report"

    def shell(text):
        return subprocess.run(["sh", "-c", text], env=environment(), capture_output=True, text=True, timeout=60,
                              check=False)

    run = shell(f"{command} text >&-")
    assert run.returncode == 4 and "cannot write standard output" in run.stderr
    run = shell(f"{command} json={tmp_path / 'report.json'} >&- 2>&- <&-")
    assert (run.returncode, run.stderr) == (1, "")
    assert json.loads((tmp_path / "report.json").read_text())["findings"]
    assert copy.read_bytes() == DEMO_ASSETS.read_bytes()


def test_standard_output_carries_the_report_and_nothing_else(cloud):
    run = cloud.run("scan", "--project", "nordwind-shop-web", "--report", "json")
    assert json.loads(run.stdout)["findings"] and run.status == 1
    assert "1 finding at or above severity low" in run.last_line
    quiet = cloud.run("scan", "--project", "nordwind-shop-web", "--report", "jsonl", "-q")
    assert len(quiet.stderr.splitlines()) == 1 and len(quiet.stdout.splitlines()) >= 1
    to_file = cloud.run("scan", "--project", "nordwind-shop-web", "--report", "json=/dev/null")
    assert to_file.stdout == ""


# Exit statuses


@pytest.mark.parametrize("args, status", [
    (["--fail-on", "low"], 1), (["--fail-on", "high"], 1), (["--fail-on", "critical"], 1), (["--fail-on", "none"], 3),
    (["--fail-on", "none", "--allow-incomplete"], 0), (["--allow-incomplete"], 1)])
def test_exit_statuses_of_the_demo_organization(args, status):
    run = cmekscan("scan", *DEMO, *args)
    assert run.status == status and run.last_line.endswith(f"(exit status {status})")


def test_a_severity_gate_counts_only_what_reaches_it(tmp_path):
    rules = tmp_path / "rules.yaml"
    names = ["cmek-required", "key-project-allowed", "key-usable", "gcr-topic-creatable", "gcr-bucket-leftover"]
    rules.write_text("".join(f"- id: {name}\n  severity: medium\n" for name in names))
    assert cmekscan("scan", *DEMO, "--rules", rules, "--fail-on", "high", "--allow-incomplete").status == 0
    assert cmekscan("scan", *DEMO, "--rules", rules, "--fail-on", "medium").status == 1


# The environment


def test_options_from_the_environment(tmp_path):
    def run(*args, **variables):
        return cmekscan("scan", *args, env=environment(**variables), cwd=tmp_path)

    files = run(CMEKSCAN_ASSETS=DEMO_ASSETS, CMEKSCAN_REPORT="json=a.json,sarif=a.sarif", CMEKSCAN_STATUS="all",
                CMEKSCAN_FAIL_ON="none")
    assert files.status == 3 and {each.name for each in tmp_path.iterdir()} == {"a.json", "a.sarif"}
    assert json.loads((tmp_path / "a.json").read_text())["findings"] == report_of(*DEMO)["findings"]
    assert run(*DEMO, "--fail-on", "low", CMEKSCAN_FAIL_ON="none").status == 1, "the command line beats the environment"
    assert run(*DEMO, "--report", "json", CMEKSCAN_REPORT="xlsx").status == 1
    assert run(*DEMO, "--fail-on", "none", CMEKSCAN_ALLOW_INCOMPLETE="yes").status == 0
    assert run(*DEMO, "--fail-on", "none", CMEKSCAN_ALLOW_INCOMPLETE="0").status == 3
    assert_refused(run(*DEMO, CMEKSCAN_QUIET="maybe"), 2, "CMEKSCAN_QUIET is 'maybe', expected true or false")
    assert_refused(run(*DEMO, CMEKSCAN_FAIL_ON="everything"), 2, "everything")
    assert_refused(run(CMEKSCAN_PROJECT="a,b/c"), 2, "'b/c' is no project")


@pytest.mark.parametrize("variables, args, coloured", [
    ({}, [], False), ({"FORCE_COLOR": "1"}, [], True), ({"CLICOLOR_FORCE": "1"}, [], True),
    ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False), ({"FORCE_COLOR": "0"}, [], False),
    ({"NO_COLOR": "1"}, ["--color", "always"], True), ({"FORCE_COLOR": "1"}, ["--color", "never"], False),
    ({"NO_COLOR": "", "FORCE_COLOR": "1"}, [], True)])
def test_colour(variables, args, coloured, tmp_path):
    run = cmekscan("scan", *DEMO, "--report", "text", "--report", f"junit={tmp_path / 'r.xml'}", *args,
                   env=environment(**variables))
    assert ("\x1b[" in run.stdout) == coloured and "\x1b" not in run.stderr
    assert "\x1b" not in (tmp_path / "r.xml").read_text()


@pytest.mark.parametrize("variables, pattern", [
    ({"CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE": "http://storage.example.com/"}, "access tokens are sent over https only"),
    ({"CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB": "pubsub.example.com"}, "is no http:// or https:// URL"),
    ({"CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS": "https://user@kms.example.com/"}, "may hold no blanks, user"),
    ({"STORAGE_EMULATOR_HOST": "http://10.0.0.1:9000"}, "over https only")])
def test_endpoints_that_are_refused(variables, pattern):
    env = environment(CLOUDSDK_AUTH_ACCESS_TOKEN=TOKEN, **variables)
    assert_refused(cmekscan("scan", "--project", "p", env=env), 2, next(iter(variables)), pattern)


# Help


@pytest.mark.parametrize("command", ["scan", "collect", "demo", "demo-cloud", "rules", "reporters", "schema", "version"])
def test_help_lists_the_options_that_a_command_takes(command):
    run = cmekscan(command, "--help")
    assert run.status == 0 and run.stderr == "" and run.stdout.startswith(f"cmekscan {command}: ")
    assert cmekscan("help", command).stdout == run.stdout
    listed = re.findall(r"^  (?:-(\w), )?--([a-z-]+)( \S+)?", run.stdout, re.M)
    assert listed or command not in ("scan", "collect", "demo", "demo-cloud")
    for letter, name, value in listed:
        for spelled in [f"--{name}", *([f"-{letter}"] if letter else [])]:
            # A value that is missing, or one too many: either shows that the option is known.
            args = [spelled] if value else [spelled, "--no-such-option"]
            expected = f"option --{name} needs a value" if value else "unknown option '--no-such-option'"
            assert_refused(cmekscan(command, *args), 2, expected)


# Credentials


def scan_project(env, *args):
    return cmekscan("scan", "--project", "nordwind-shop-web", "--max-attempts", "1", "--report", "json", *args, env=env)


def key_with(cloud, tmp_path, **members):
    path = tmp_path / "credentials.json"
    path.write_text(json.dumps({**json.loads(cloud.key_file.read_text()), **members}))
    return cloud.environment(CLOUDSDK_AUTH_ACCESS_TOKEN=None, GOOGLE_APPLICATION_CREDENTIALS=path)


def user_with(cloud, tmp_path, **members):
    path = tmp_path / "credentials.json"
    path.write_text(json.dumps({"type": "authorized_user", "client_id": "an-id.apps.googleusercontent.com",
                                "client_secret": "a-client-secret", "refresh_token": "1//a-refresh-token", **members}))
    return cloud.environment(CLOUDSDK_AUTH_ACCESS_TOKEN=None, GOOGLE_APPLICATION_CREDENTIALS=path)


def assert_silent(run):
    assert not re.search("a-client-secret|a-refresh-token|BEGIN|SECRETSECRET", run.stdout + run.stderr)


def test_no_credentials():
    run = scan_project(environment())
    assert_refused(run, 4, "no Google credentials", "gcloud auth application-default login")


@pytest.mark.parametrize("text, pattern", [
    ("", "not valid JSON|empty"), ("{", "not valid JSON"), ("[]", "expected an object"), ("{}", "type is missing"),
    ('{"type": 5}', "type is an integer"), ('{"type": "robot"}', "its type is not one"),
    ('{"type": "external_account"}', "audience is missing"), ('{"type": "service_account"}', "client_email is missing"),
    ('{"type": "authorized_user", "client_id": "i"}', "is missing"), ("\x00", "not valid JSON"),
    ('{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\\nSECRETSECRET"}', "is missing")])
def test_malformed_credential_files(text, pattern, tmp_path):
    path = tmp_path / "credentials.json"
    path.write_text(text)
    run = scan_project(environment(GOOGLE_APPLICATION_CREDENTIALS=path))
    assert_refused(run, 4, pattern, re.escape(f"credential file '{path}'"))
    assert_silent(run)


def test_credential_files_that_are_not_there(tmp_path):
    for path in (tmp_path / "missing.json", tmp_path):
        assert_refused(scan_project(environment(GOOGLE_APPLICATION_CREDENTIALS=path)), 4, "credential file")
    assert_refused(scan_project(environment(), "--access-token-file", tmp_path / "missing"), 4, "access token file")


@pytest.mark.parametrize("members, pattern", [
    ({"private_key": "-----BEGIN PRIVATE KEY-----\nSECRETSECRET\n-----END PRIVATE KEY-----\n"}, "private key does not parse"),
    ({"private_key": "SECRETSECRET"}, "private key does not parse"),
    ({"token_uri": "http://accounts.example.com/token"}, "token_uri 'http://accounts.example.com' is refused"),
    ({"token_uri": "https://oauth2.googleapis.com.example.com/token"}, "is refused"),
    ({"token_uri": "http://oauth2.googleapis.com/token"}, "is refused"),
    ({"token_uri": "file:///etc/passwd"}, "not an http or https URL"),
    ({"token_uri": "http://127.0.0.1:1/token"}, "cannot connect"),
    ({"client_email": "somebody-else@example.iam.gserviceaccount.com"}, r"answered 400.*invalid_grant"),
    ({"private_key_id": "0000"}, None)])
def test_service_account_keys(members, pattern, cloud, tmp_path):
    run = scan_project(key_with(cloud, tmp_path, **members))
    if pattern:
        assert_refused(run, 4, pattern)
    assert_silent(run)


@pytest.mark.parametrize("answer, pattern", [
    ((400, {}, b'{"error": "invalid_grant", "error_description": "Token has been expired or revoked."}'),
     r"answered 400 \(invalid_grant.*expired or revoked.*log in|gcloud"),
    ((401, {}, b'{"error": "invalid_client"}'), "answered 401 .invalid_client"),
    ((403, {}, b"<html>no</html>"), "answered 403"),
    ((503, {}, b""), "503"),
    ((200, {}, b""), "unusable"),
    ((200, {}, b"{}"), "unusable: access_token is missing"),
    ((200, {}, b'{"access_token": "a\\r\\nb"}'), "unusable"),
    ((200, {}, b'{"access_token": "t", "expires_in": -1}'), "expired already"),
    ((302, {"Location": "http://example.com/"}, b""), "answered 302"),
    (b"", "closed without an answer"),
    ((400, {}, b'{"error": "invalid_grant", "error_description": "Bad 1//a-refresh-token a-client-secret"}'),
     "invalid_grant|answered 400")])
def test_token_endpoints_that_refuse(answer, pattern, cloud, tmp_path):
    key = json.loads(cloud.key_file.read_text())
    with Server(lambda _: answer) as server:
        run = scan_project(user_with(cloud, tmp_path, token_uri=server.url + "/token"))
        assert_refused(run, 4, "no access token from user", pattern)
        assert_silent(run)
        run = scan_project(key_with(cloud, tmp_path, token_uri=server.url + "/token"))
        assert_refused(run, 4, "no access token from service account", pattern.replace("log in|", ""))
        assert key["private_key"].splitlines()[1] not in run.stderr
        assert server.seen


def test_metadata_servers(cloud):
    def env(host):
        return cloud.environment(CLOUDSDK_AUTH_ACCESS_TOKEN=None, NO_GCE_CHECK=None, GCE_METADATA_HOST=host)

    assert_refused(scan_project(env("127.0.0.1:1")), 4, "no Google credentials", "no metadata server answers")
    with Server(lambda _: (200, {}, b'{"access_token": "t"}')) as server:
        assert_refused(scan_project(env(server.url.removeprefix("http://"))), 4, "no metadata server")
    with Server(lambda _: (404, {"Metadata-Flavor": "Google"}, b"no service account")) as server:
        assert_refused(scan_project(env(server.url.removeprefix("http://"))), 4, "answered 404")
    assert_refused(scan_project(env("user@host/path")), 4, "GCE_METADATA_HOST")


def test_access_tokens(cloud, tmp_path):
    expired = cloud.environment(CLOUDSDK_AUTH_ACCESS_TOKEN="ya29.another-token-no-output-may-show")
    run = scan_project(expired)
    assert_refused(run, 4, "401|refuse")
    assert "another-token" not in run.stderr
    for text in ("", "\n", "two words", "line\nline", "\u00e9", "a\x00b"):
        path = tmp_path / "token"
        path.write_text(text)
        assert_refused(scan_project(cloud.environment(), "--access-token-file", path), 4, "access token")
    assert_refused(scan_project(cloud.environment(CLOUDSDK_AUTH_ACCESS_TOKEN="two words")), 4, "access token")
    assert_refused(scan_project(cloud.environment(), "--quota-project", "a\nb"), 2, "--quota-project is no project")


def test_the_quota_project_is_sent_and_a_token_never_leaves_by_plain_http(cloud):
    with Server(lambda _: (403, {}, b"{}")) as server:
        scan_project(cloud.environment(**override("pubsub", server.url)), "--quota-project", "billing-project", "--via", "direct")
        headers = [headers for _, headers in server.seen]
    assert headers and all(each["x-goog-user-project"] == "billing-project" for each in headers)
    assert all(each["Authorization"] == f"Bearer {TOKEN}" and "gzip" in each["Accept-Encoding"]
               and each["User-Agent"].startswith("cmekscan/") for each in headers)


# Scopes


@pytest.mark.parametrize("scope", [("--organization", "1"), ("--folder", "2"), ("--project", "no-such-project"),
                                   ("--project", "3")])
def test_scopes_that_do_not_exist(scope, cloud, tmp_path):
    for more in ([], ["--project", "nordwind-shop-web"]):
        run = cloud.run("scan", *scope, *more, "--report", f"json={tmp_path / 'report.json'}")
        assert_refused(run, 4, f"cannot read {scope[0][2:]}s/{scope[1]}: ", "check the number or id")
        assert_refused(cloud.run("collect", *scope, *more, "-o", tmp_path / "records"), 4, "cannot read")
    assert list(tmp_path.iterdir()) == []


# The rest of the commands


def test_the_text_report_begins_with_the_worst(tmp_path):
    path = tmp_path / "report.json"
    run = cmekscan("scan", *DEMO, "--report", "text", "--report", f"json={path}")
    findings = json.loads(path.read_text())["findings"]
    worst = [f for f in findings if f["status"] == "fail" and f["severity"] == "critical"]
    lines = run.stdout.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("    Worst 10 of "))
    shown = [line.split()[:3] for line in lines[start + 1:start + 11]]
    assert start < 15 and shown[:len(worst)] == [["critical", f["finding_id"][:12], f["rule_id"]] for f in worst]
    assert not any(line.startswith("  FAIL") for line in lines[:start])
    headings = [line for line in lines if re.match("(Organization|Folder|Project) ", line)]
    assert headings[0].startswith(f"Project {worst[0]['project_id']} (")
    assert len(headings) == len(set(headings)) and any(re.fullmatch(r"Folder \d+ \(\w+\)", line) for line in headings)
    assert all(f["finding_id"][:12] in run.stdout for f in findings)
    explain = re.search(r"^Why\? cmekscan explain ID --from (.*)$", run.stdout, re.M)
    assert explain and explain[1] == str(path)
    assert cmekscan("explain", worst[0]["finding_id"][:12], "--from", explain[1]).status == 0


def test_demo_shows_findings_and_exits_with_0(tmp_path):
    run = cmekscan("demo", "--report", "text", "--report", f"json={tmp_path / 'demo.json'}", "--status", "all")
    assert run.status == 0, run.stderr
    assert "nordwind-shop-web" in run.stdout
    assert json.loads((tmp_path / "demo.json").read_text())["findings"] == report_of(*DEMO)["findings"]


def test_version_reporters_rules_and_schema():
    assert re.fullmatch(r"cmekscan \d+\.\d+\.\d+.*\n", cmekscan("version").stdout)
    assert cmekscan("--version").stdout == cmekscan("version").stdout
    assert all(name in cmekscan("reporters").stdout for name in ("text", "json", "jsonl", "sarif", "junit"))
    assert json.loads(cmekscan("schema").stdout)["$schema"].endswith("2020-12/schema")
    assert "gcr-bucket-leftover" in cmekscan("rules").stdout


def test_two_demo_clouds_cannot_share_a_port(cloud):
    run = cmekscan("demo-cloud", "--port", cloud.port)
    assert_refused(run, 4, str(cloud.port))


def test_what_a_demo_cloud_says_can_be_read_by_a_shell(tmp_path):
    (tmp_path / "a b").mkdir()
    command = [PROGRAM, "demo-cloud", "--credentials", "a b/key.json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=environment()) as demo:
        lines = list(iter(demo.stdout.readline, "# try: cmekscan scan --organization 917392449274\n"))
        demo.send_signal(signal.SIGTERM)
    assert re.match(r"# demo cloud listening on http://127\.0\.0\.1:\d+$", lines[0])
    shell = subprocess.run(["sh", "-euc", "".join(lines) + 'cd /; cat "$GOOGLE_APPLICATION_CREDENTIALS"'],
                           stdout=subprocess.PIPE, check=True)
    assert json.loads(shell.stdout) == json.loads((tmp_path / "a b" / "key.json").read_text())


def test_a_demo_cloud_ends_on_a_signal(tmp_path):
    for number in (signal.SIGINT, signal.SIGTERM):
        cloud = Cloud(tmp_path / number.name)
        cloud.process.send_signal(number)
        assert cloud.process.wait(timeout=10) == 0
        cloud.process.stdout.close()


def test_mistyped_variable_is_told(tmp_path):
    done = subprocess.run([PROGRAM, "rules"], capture_output=True, text=True, check=True, timeout=60,
                          env={"PATH": os.environ["PATH"], "CMEKSCAN_FALI_ON": "high", "CMEKSCAN_HOME": "x"})
    assert done.stderr == ("cmekscan: the variable CMEKSCAN_FALI_ON is no option and is ignored "
                           "(did you mean CMEKSCAN_FAIL_ON?)\n")
