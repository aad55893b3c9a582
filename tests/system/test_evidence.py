# SPDX-License-Identifier: Apache-2.0
"""The evidence in a json report: what the listed findings rest on, no less and hardly more.

Judging the evidence as if it were an asset file must give the report's findings again, every field of them: so whatever
is drawn from the evidence is drawn from what decided.
"""

import concurrent.futures
import json
import os
import random
import time

import pytest
from naive.encode import as_text
from naive.generate import random_lines
from organization import Organization
from scanning import DEMO_ASSETS, Cloud, assert_same_findings, cmekscan, read_assets

FILES = int(os.environ.get("CMEKSCAN_RANDOM_FILES", "160"))
SEED = int(os.environ.get("CMEKSCAN_RANDOM_SEED", "1"))
BATCHES = 4
ORGANIZATION = "917392449274"


def scan(*args, stdin=None):
    run = cmekscan("scan", *args, "--report", "json", stdin=stdin)
    assert run.status in (0, 1, 3), run.stderr
    return json.loads(run.stdout)


def scan_evidence(report, *args):
    lines = "".join(json.dumps(asset) + "\n" for asset in report["evidence"])
    return scan("--assets", "-", *args, stdin=lines.encode())


def assert_given_again(again, report):
    """Policies are judged by all that lies below them: where that is not evidence, since no such finding is listed, the
    evidence may tell otherwise of them."""
    listed = {finding["finding_id"] for finding in report["findings"]}
    again["findings"] = [finding for finding in again["findings"] if finding["finding_id"] in listed
                         or finding["rule_id"] not in ("policy-gap", "policy-dry-run-only")]
    assert_same_findings(again, report)


def check(report, *args):
    assert_given_again(scan_evidence(report, *args), report)


def types(report):
    counts = {}
    for asset in report["evidence"]:
        kind = asset["asset_type"].rsplit("/", 1)[-1]
        counts[kind] = counts.get(kind, 0) + 1
    return counts


SELECTIONS = [("--status", "all"), (), ("--status", "unknown"), ("--status", "pass"),
              ("--status", "all", "--container-registry-only"), ("--status", "all", "--services", "pubsub"),
              ("--services", "storage")]


@pytest.mark.parametrize("selection", SELECTIONS, ids=lambda selection: " ".join(selection) or "default")
def test_the_evidence_of_the_demo_organization_gives_its_findings_again(selection):
    report = scan("--assets", DEMO_ASSETS, *selection)
    assert len(report["findings"]) >= 2
    check(report, *selection)


@pytest.mark.parametrize("seed", range(4))
def test_the_evidence_of_a_made_up_organization_gives_its_findings_again(seed, tmp_path):
    assets = Organization(seed).write(tmp_path / "assets.ndjson")
    for selection in SELECTIONS[:3]:
        check(scan("--assets", assets, *selection), *selection)


def folder_named(name):
    return next(asset["ancestors"][0] for asset in read_assets(DEMO_ASSETS)
                if asset["asset_type"].endswith("/Folder") and asset["resource"]["data"]["displayName"] == name)


@pytest.mark.parametrize("faults", [
    f"deny={folder_named('Payments')}:orgpolicy",
    "deny=projects/nordwind-kms-prod:cloudkms",
    f"deny={folder_named('Analytics')}:cloudresourcemanager.effectiveTags.list,deny=projects/nordwind-legacy-images:artifactregistry",
    "deny=projects/nordwind-legacy-batch:serviceusage",
])
def test_the_evidence_of_a_live_scan_with_failing_calls_gives_its_findings_again(faults, tmp_path):
    with Cloud(tmp_path, faults=faults) as cloud:
        report = cloud.report("--organization", ORGANIZATION)
    assert any(finding["reason"] == "permission-denied" for finding in report["findings"])
    assert types(report)["CoverageGap"] > 0
    check(report, "--status", "all")


def test_each_asset_is_evidence_once_and_only_for_what_is_listed():
    report, failures = scan("--assets", DEMO_ASSETS, "--status", "all"), scan("--assets", DEMO_ASSETS, "--status", "fail")
    for one in (report, failures):
        names = [(asset["asset_type"], asset["name"], "org_policy" in asset) for asset in one["evidence"]]
        assert len(names) == len(set(names))
    listed = {finding["resource_name"] for finding in failures["findings"]}
    kept = {asset["name"] for asset in failures["evidence"] if asset["asset_type"].endswith(("/Bucket", "/Topic", "/Repository"))}
    proposed = {asset["name"].partition("googleapis.com/")[2] for asset in failures["evidence"] if asset["asset_type"].endswith("/CryptoKey")
                and asset["name"].partition("googleapis.com/")[2] in json.dumps([f["remediation_command"] for f in failures["findings"]])}
    users = [asset for asset in failures["evidence"] if asset["name"] in kept - listed]
    assert {name for name in listed if "cloudresourcemanager" not in name} <= kept
    assert all(json.dumps(asset["resource"]["data"]).count("cryptoKeys") == 1 for asset in users)
    assert 0 < len(users) <= 3 * len(proposed), "only users of keys that remediations propose"
    assert len(failures["evidence"]) < len(report["evidence"]) < len(read_assets(DEMO_ASSETS))


def test_labels_are_evidence_where_waivers_ask_for_them(tmp_path):
    lines = read_assets(DEMO_ASSETS)
    for line in lines:
        if line["asset_type"].endswith("/Bucket"):
            line["resource"]["data"]["labels"] = {"data": "public"}
    assets, waivers = tmp_path / "assets.ndjson", tmp_path / "waivers.yaml"
    assets.write_text("".join(json.dumps(line) + "\n" for line in lines))
    expires = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 86400 * 30))
    waivers.write_text("version: 1\nwaivers:\n- id: public\n  rules: ['*']\n  labels: {data: public}\n"
                       f"  reason: Public.\n  owner: a@example.com\n  expires: {expires}\n")
    report = scan("--assets", assets, "--waivers", waivers)
    assert any(finding["status"] == "waived" for finding in report["findings"])
    check(report, "--waivers", waivers)
    assert "public" not in json.dumps(scan("--assets", assets)["evidence"])


def both_ways(seed):
    """The report on a random file, and that on its evidence."""
    source = random.Random(seed)
    text = as_text(random_lines(source), source)
    selection = random.Random(seed).choice([("--status", "all"), (), ("--status", "fail"), ("--status", "unknown")])
    report = scan("--assets", "-", *selection, stdin=text.encode("utf-8", "surrogatepass"))
    return report, scan_evidence(report, *selection)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_evidence_of_random_files_gives_their_findings_again(batch):
    seeds = range(SEED + batch, SEED + FILES, BATCHES)
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for seed, (report, again) in zip(seeds, pool.map(both_ways, seeds), strict=True):
            try:
                assert_given_again(again, report)
            except AssertionError as difference:
                raise AssertionError(f"seed {seed}") from difference
