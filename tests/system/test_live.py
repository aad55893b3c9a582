# SPDX-License-Identifier: Apache-2.0
"""A live scan of each project's own APIs, an offline scan of the same assets, and a replay of what was collected say the same."""
import collections
import json
import re

import discovery
import pytest
from organization import Organization
from scanning import (DEMO_ASSETS, POLICY_RULES, TOKEN, Direct, assert_same_findings, below, cmekscan, gaps_of, read_assets,
                      report_of, without_nodes_above)

CRM = "cloudresourcemanager.googleapis.com/"
# The command that mends a finding names a key that is in use already, where the scan met a fitting one.
PART = ["remediation_command"]


class Demo:
    """The demo organization: served, scanned offline, and by its parts."""

    def __init__(self, cloud):
        self.cloud = cloud
        self.offline = report_of("--assets", DEMO_ASSETS)
        self.assets = read_assets(DEMO_ASSETS)
        self.organization = self.of_type(CRM + "Organization")[0]["ancestors"][0].split("/")[1]
        self.folders = {each["resource"]["data"]["displayName"]: each["ancestors"][0].split("/")[1]
                        for each in self.of_type(CRM + "Folder")}
        self.projects = {each["resource"]["data"]["projectId"]: each["ancestors"]
                         for each in self.of_type(CRM + "Project")}

    def of_type(self, asset_type):
        return [each for each in self.assets if each["asset_type"] == asset_type]

    def below(self, *nodes):
        return below(self.offline, *nodes)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with Direct(tmp_path_factory.mktemp("cloud")) as cloud:
        yield Demo(cloud)


@pytest.fixture(scope="module", params=[7, 1848])
def made_up(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"made-up-{request.param}")
    organization = Organization(request.param)
    path = organization.write(folder / "assets.ndjson")
    with Direct(folder / "cloud", assets=path, faults="page-size=7") as cloud:
        yield organization, path, cloud


# Live equals offline


def test_the_demo_organization_live_and_offline(demo):
    live = demo.cloud.report("--organization", demo.organization)
    assert len(live["findings"]) > 50
    assert {each["status"] for each in live["findings"]} >= {"fail", "pass"}
    assert_same_findings(live, demo.offline)
    assert live["summary"] == demo.offline["summary"]
    assert gaps_of(live) == gaps_of(demo.offline)
    assert live["scan"]["scopes"] == [f"organizations/{demo.organization}"] == demo.offline["scan"]["scopes"]
    assert (live["scan"]["source"], demo.offline["scan"]["source"]) == ("gcp-direct", "asset-file")


@pytest.mark.parametrize("title", ["Production", "Payments", "Analytics", "Development", "Legacy"])
def test_a_folder_has_the_findings_of_the_projects_below_it(demo, title):
    live = demo.cloud.report("--folder", demo.folders[title])
    folder = f"folders/{demo.folders[title]}"
    expected = demo.below(folder)
    assert expected["findings"]
    assert_same_findings(without_nodes_above(live, folder), expected, but=PART)


def test_every_project_by_itself_has_its_own_findings(demo):
    """All in one scan by id, each fifth alone by number: the policies above count as ever."""
    everything = demo.cloud.report(*[each for project in demo.projects for each in ("--project", project)])
    assert_same_findings(everything, demo.offline)
    for project, ancestors in list(demo.projects.items())[::5]:
        live = demo.cloud.report("--project", ancestors[0].split("/")[1])
        assert_same_findings(without_nodes_above(live, ancestors[0]), demo.below(ancestors[0]), but=PART)
        assert live["summary"]["nodes"]["projects"] == 1, project


def test_a_project_by_itself_is_told_of_the_policies_above_it(demo):
    """Judged by what lies in scope alone: of two projects that a dry run reaches, of eight with restricted keys."""
    def policies(project):
        report = demo.cloud.report("--project", project)
        return {(each["rule_id"], each["ancestors"][0], each["status"]): each["message"]
                for each in report["findings"] if each["rule_id"] in POLICY_RULES}

    payments, legacy, development = (f"folders/{demo.folders[title]}" for title in ("Payments", "Legacy", "Development"))
    lab = policies("nordwind-pay-lab")
    assert list(lab) == [("policy-gap", payments, "fail")] and "in 1 of 1 project (nordwind-pay-lab)" in lab.popitem()[1]
    assert list(policies("nordwind-pay-risk")) == [("policy-gap", payments, "pass")]
    assert list(policies("nordwind-legacy-images")) == [("policy-gap", legacy, "fail")]
    assert not policies("nordwind-legacy-crm"), "no Container Registry there"
    assert list(policies("nordwind-legacy-mail")) == [("policy-gap", legacy, "unknown")], "its topics could not be listed"
    tools = policies("nordwind-dev-tools")
    assert list(tools) == [("policy-dry-run-only", development, "fail")]
    assert "in 1 of 1 project (nordwind-dev-tools)" in tools.popitem()[1]


def test_scopes_mix_and_may_overlap(demo):
    production, analytics = demo.folders["Production"], demo.folders["Analytics"]
    legacy = demo.projects["nordwind-legacy-crm"][0]
    live = demo.cloud.report("--folder", production, "--project", "nordwind-legacy-crm", "--folder",
                             f"folders/{analytics}", "--project", "nordwind-pay-risk", "--folder",
                             demo.folders["Payments"], "--project", legacy)
    assert_same_findings(live, demo.below(f"folders/{production}", f"folders/{analytics}", legacy), but=PART)
    twice = demo.cloud.report("--organization", demo.organization, "--folder", production, "--project",
                              "nordwind-shop-web", "--organization", demo.organization)
    assert_same_findings(twice, demo.offline)
    assert twice["summary"] == demo.offline["summary"]


def test_overlapping_scopes_are_read_once(demo):
    """The same requests as for the organization alone, but for the scopes' own nodes and their ancestors."""
    def asked(*args):
        before = len(demo.cloud.requests())
        demo.cloud.report(*args)
        return [f"{each['path']}?{each['query']}" for each in demo.cloud.requests()[before:]]

    alone = asked("--organization", demo.organization)
    overlapping = asked("--organization", demo.organization, "--folder", demo.folders["Production"], "--project",
                        "nordwind-shop-web")
    assert len(alone) == len(set(alone))
    more = collections.Counter(overlapping) - collections.Counter(alone)
    assert all("/v3/" in path or "/constraints" in path for path in more), more
    assert sum(more.values()) < 10


def test_one_service_and_container_registry_only(demo):
    for args in (["--services", "pubsub"], ["--services", "storage,artifactregistry"], ["--container-registry-only"],
                 ["--services", "storage.googleapis.com", "--container-registry-only"]):
        live = demo.cloud.report("--organization", demo.organization, *args)
        offline = report_of("--assets", DEMO_ASSETS, *args)
        assert live["findings"]
        assert_same_findings(live, offline)


def test_made_up_organizations_live_offline_and_replayed(made_up, tmp_path):
    organization, path, cloud = made_up
    offline = report_of("--assets", path)
    number = organization.name.split("/")[1]
    live = cloud.report("--organization", number)
    assert len(live["findings"]) > 150
    assert live["coverage"] == [] and {each["enforcement"] for each in live["findings"]} == {"enforced", "dry-run"}
    assert_same_findings(live, offline)
    collected = tmp_path / "collected.ndjson"
    assert cloud.run("collect", "--organization", number, "-o", collected).status == 0
    replayed = report_of("--assets", collected)
    assert_same_findings(replayed, live)
    assert replayed["summary"] == live["summary"]
    assert replayed["scan"]["scopes"] == live["scan"]["scopes"]


def test_parts_of_made_up_organizations(made_up):
    organization, path, cloud = made_up
    offline = report_of("--assets", path)
    chooser = organization.random
    folders = chooser.sample(organization.folders, 4)
    projects = chooser.sample(organization.projects, 6)
    scopes = folders + [each["name"] for each in projects]
    live = cloud.report(*[each for folder in folders for each in ("--folder", folder.split("/")[1])],
                        *[each for project in projects for each in ("--project", project["id"])])
    assert_same_findings(without_nodes_above(live, *scopes), below(offline, *scopes), but=PART)


# Collected and replayed


def test_what_is_collected_replays_with_the_same_findings_and_gaps(demo, tmp_path):
    live = demo.cloud.report("--organization", demo.organization)
    collected = tmp_path / "collected.ndjson"
    run = demo.cloud.run("collect", "--organization", demo.organization, "-o", collected)
    assert run.status == 3 and run.stdout == ""
    assert f"{len(live['coverage'])} coverage gaps" in run.last_line
    replayed = report_of("--assets", collected)
    assert_same_findings(replayed, live)
    assert replayed["coverage"] == live["coverage"]
    assert replayed["summary"] == live["summary"]
    assert TOKEN not in collected.read_text(encoding="utf-8")


def test_a_collection_of_one_project_replays_alike(demo, tmp_path):
    """Its ancestors are in the file for their policies, but are not what was scanned."""
    for project in ("nordwind-pay-ledger", "nordwind-lake-prod", "nordwind-legacy-vault"):
        collected = tmp_path / f"{project}.ndjson"
        demo.cloud.run("collect", "--project", project, "-o", collected)
        live, replayed = demo.cloud.report("--project", project), report_of("--assets", collected)
        assert_same_findings(replayed, live)
        assert replayed["coverage"] == live["coverage"]
        assert replayed["summary"] == live["summary"]


def test_collections_from_standard_output_and_of_several_files_together(demo, tmp_path):
    files = []
    for title in ("Production", "Legacy"):
        run = demo.cloud.run("collect", "--folder", demo.folders[title], "-o", "-")
        assert all(json.loads(line)["asset_type"] for line in run.stdout.splitlines())
        files.append(tmp_path / f"{title}.ndjson")
        files[-1].write_text(run.stdout, encoding="utf-8")
    expected = demo.below(*[f"folders/{demo.folders[title]}" for title in ("Production", "Legacy")])
    assert_same_findings(report_of("--assets", files[0], "--assets", files[1]), expected, but=PART)
    assert_same_findings(report_of("--assets", tmp_path), expected, but=PART)
    together = b"".join(each.read_bytes() for each in files)
    assert_same_findings(report_of("--assets", "-", stdin=together), expected, but=PART)


# What is asked


def complaints_about(cloud):
    """Of each request once, with what was answered, held against Google's Discovery documents."""
    exchanges = {(each["path"], each["query"]): each for each in cloud.requests()
                 if not each["path"].startswith(("/token", "/oauth", "/computeMetadata"))}
    return ({complaint for each in exchanges.values() for complaint in discovery.check_exchange(each)},
            {each["operation"] for each in exchanges.values()})


def test_every_request_and_answer_conforms_to_googles_discovery_documents(demo):
    demo.cloud.report("--organization", demo.organization)
    demo.cloud.report("--project", "nordwind-shop-web")
    complaints, operations = complaints_about(demo.cloud)
    assert complaints == set()
    assert operations >= {
        "cloudresourcemanager.organizations.get", "cloudresourcemanager.folders.list",
        "cloudresourcemanager.projects.list", "cloudresourcemanager.projects.get",
        "cloudresourcemanager.effectiveTags.list", "orgpolicy.policies.list", "orgpolicy.constraints.list",
        "storage.buckets.list", "pubsub.topics.list", "artifactregistry.locations.list",
        "artifactregistry.repositories.list", "artifactregistry.projectSettings.get",
        "serviceusage.services.batchGet", "cloudkms.cryptoKeys.get"}


def test_so_do_those_about_a_made_up_organization_page_by_page(made_up):
    organization, _, cloud = made_up
    cloud.report("--folder", organization.folders[0].split("/")[1])
    assert complaints_about(cloud)[0] == set()


def test_every_request_names_the_fields_it_wants_and_no_secret(demo):
    demo.cloud.report("--organization", demo.organization)
    for each in demo.cloud.requests():
        assert "fields=" in each["query"] or each["method"] == "POST", each
        assert TOKEN not in each["path"] + each["query"]


def test_the_report_counts_the_calls_that_the_cloud_saw(demo):
    before = len(demo.cloud.requests())
    live = demo.cloud.report("--organization", demo.organization)
    seen = collections.Counter(each["operation"] for each in demo.cloud.requests()[before:])
    assert live["scan"]["api_calls"] == dict(seen)


# Ways to say who one is


def test_a_service_account_key_a_token_file_and_a_users_login_all_work(demo, tmp_path):
    token = tmp_path / "token"
    token.write_text(TOKEN + "\n", encoding="utf-8")
    key = demo.cloud.environment(CLOUDSDK_AUTH_ACCESS_TOKEN=None, GOOGLE_APPLICATION_CREDENTIALS=demo.cloud.key_file)
    metadata = demo.cloud.environment(CLOUDSDK_AUTH_ACCESS_TOKEN=None, NO_GCE_CHECK=None,
                                      GCE_METADATA_HOST=demo.cloud.url.removeprefix("http://"))
    of_file = demo.cloud.environment(CLOUDSDK_AUTH_ACCESS_TOKEN=None)
    for env, args in ((key, []), (metadata, []), (of_file, ["--access-token-file", token])):
        run = cmekscan("scan", "--project", "nordwind-shop-web", "--report", "json", *args, env=env)
        assert run.status == 1, run.stderr
        assert json.loads(run.stdout)["summary"]["by_status"]["fail"] == 1
        assert re.match(r"cmekscan: credentials: ", run.stderr)
        assert TOKEN not in run.stderr and "PRIVATE" not in run.stderr
