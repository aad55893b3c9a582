# SPDX-License-Identifier: Apache-2.0
"""Quotas: a scan that is too fast for them, or keeps within them, finds what any other finds, and says what it waited for."""
import pytest
from organization import Organization
from scanning import Cloud, Direct, assert_refused, assert_same_findings, cmekscan, gaps_of


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    organization = Organization(11)
    path = organization.write(tmp_path_factory.mktemp("quota") / "assets.ndjson")
    number = organization.name.split("/")[1]
    with Direct(tmp_path_factory.mktemp("cloud"), assets=path) as cloud:
        return number, path, cloud.report("--organization", number)


def assert_same(report, expected):
    assert_same_findings(report, expected)
    assert report["summary"] == expected["summary"] and gaps_of(report) == gaps_of(expected)


@pytest.mark.parametrize("faults, waited", [
    ("quota=cloudresourcemanager.effectiveTags.list:10/1s", "cloudresourcemanager.read"),
    ("quota=cloudkms:5/500ms,retry-after=1", "cloudkms.read"),
    ("quota=storage:30/500ms", "127.0.0.1"),
])
def test_a_scan_that_is_too_fast_loses_nothing(tmp_path, made_up, faults, waited):
    """With a single second attempt: being throttled is no failure, and does not use it up."""
    number, path, expected = made_up
    with Direct(tmp_path, assets=path, faults=faults) as cloud:
        report = cloud.report("--organization", number, "--max-attempts", "2")
        refused = [each for each in cloud.requests() if each["status"] == 429]
    assert refused
    assert_same(report, expected)
    waits = report["scan"]["quota_waits_ms"]
    assert any(name.startswith(waited) and waited_ms > 0 for name, waited_ms in waits.items()), waits


def test_the_inventory_within_its_quota(tmp_path, made_up):
    number, path, expected = made_up
    with Cloud(tmp_path, assets=path, faults="quota=cloudasset.assets.list:2/400ms,page-size=80") as cloud:
        report = cloud.report("--organization", number, "--via", "inventory", "--max-attempts", "2")
    assert_same_findings(report, expected, ["remediation_command"])
    assert report["scan"]["quota_waits_ms"]["cloudasset.list"] > 0


def test_a_quota_that_was_named_is_kept(tmp_path, made_up):
    """45 at once, a quarter of the quota, and the rest at three quarters of its rate: no 429 is risked."""
    number, path, expected = made_up
    with Direct(tmp_path, assets=path) as cloud:
        report = cloud.report("--organization", number, "--quota", "cloudresourcemanager.list=180")
        listed = sum(count for name, count in report["scan"]["api_calls"].items()
                     if name in ("cloudresourcemanager.folders.list", "cloudresourcemanager.projects.list"))
    assert listed > 46
    assert_same(report, expected)
    assert report["scan"]["quota_waits_ms"]["cloudresourcemanager.list"] > (listed - 46) * 60_000 / 180


def test_nothing_is_waited_for_without_a_quota(tmp_path, made_up):
    number, path, expected = made_up
    with Direct(tmp_path, assets=path) as cloud:
        report = cloud.report("--organization", number, "--quota", "none")
    assert_same(report, expected)
    assert report["scan"]["quota_waits_ms"] == {} == expected["scan"]["quota_waits_ms"]


def test_the_text_report_tells_of_long_waits(tmp_path, made_up):
    number, path, _ = made_up
    with Direct(tmp_path, assets=path, faults="quota=cloudkms:8/1s") as cloud:
        run = cloud.run("scan", "--organization", number, "--report", "text")
    assert "Waited" in run.stdout and " s for cloudkms.read" in run.stdout


@pytest.mark.parametrize("setting, said", [
    ("cloudkms.read=0", "expected cloudkms.read=N with 1 to 1000000"),
    ("kms=3", "there is no quota 'kms'; known are "),
])
def test_a_wrong_setting_is_refused(setting, said):
    assert_refused(cmekscan("scan", "--project", "p", "--quota", setting), 2, said)
