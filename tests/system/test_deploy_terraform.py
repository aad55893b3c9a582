# SPDX-License-Identifier: Apache-2.0
"""deploy/terraform: the scanner's account and its least rights, held against the calls that the scanner makes."""
import json
import re
import shutil

import hcl2
import pytest
from deployment import DEPLOY, accepts, optional
from scanning import ROOT, environment
from test_deploy import manifest

MODULE = DEPLOY / "terraform"
CALL = re.compile(r'"((?:cloud(?:asset|kms|resourcemanager)|orgpolicy|storage|pubsub|artifactregistry|serviceusage)'
                  r'(?:\.(?!googleapis)[A-Za-z]+){2,}|cloudasset\.[A-Za-z]+)"')

# Calls of `collect --export` only.
EXPORT = {"cloudasset.exportAssets", "cloudasset.operations.get", "storage.objects.get", "storage.objects.list"}
# Google's documentation of each method: what the caller needs.
PERMISSIONS = {
    "artifactregistry.locations.list": ["artifactregistry.locations.list"],
    "artifactregistry.projectSettings.get": ["artifactregistry.projectsettings.get"],
    "artifactregistry.repositories.get": ["artifactregistry.repositories.get"],
    "artifactregistry.repositories.list": ["artifactregistry.repositories.list"],
    "cloudasset.assets.list": ["cloudasset.assets.listResource", "cloudasset.assets.listOrgPolicy"],
    "cloudasset.assets.list.type": [],  # parts of a reading, as coverage gaps name them
    "cloudasset.assets.read": [],
    "cloudasset.searchAllResources": ["cloudasset.assets.searchAllResources"],
    "cloudkms.cryptoKeys.get": ["cloudkms.cryptoKeys.get"],
    "cloudresourcemanager.effectiveTags.list": ["resourcemanager.hierarchyNodes.listEffectiveTags"],
    "cloudresourcemanager.folders.get": ["resourcemanager.folders.get"],
    "cloudresourcemanager.folders.list": ["resourcemanager.folders.list"],
    "cloudresourcemanager.organizations.get": ["resourcemanager.organizations.get"],
    "cloudresourcemanager.projects.get": ["resourcemanager.projects.get"],
    "cloudresourcemanager.projects.list": ["resourcemanager.projects.list"],
    "orgpolicy.constraints.list": ["orgpolicy.constraints.list"],
    "orgpolicy.policies.getEffectivePolicy": ["orgpolicy.policy.get"],
    "orgpolicy.policies.list": ["orgpolicy.policies.list"],
    "pubsub.topics.get": ["pubsub.topics.get"],
    "pubsub.topics.list": ["pubsub.topics.list"],
    "serviceusage.services.batchGet": ["serviceusage.services.get", "serviceusage.services.list"],
    "storage.buckets.get": ["storage.buckets.get"],
    "storage.buckets.list": ["storage.buckets.list"],
}


def plain(value):
    """hcl2 keeps the quotes of literals."""
    if isinstance(value, dict):
        return {plain(name): plain(member) for name, member in value.items() if name != "__is_block__"}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value[1:-1] if isinstance(value, str) and value[:1] == '"' else value


def parsed():
    files = {path.name: plain(hcl2.loads(path.read_text(encoding="utf-8"))) for path in MODULE.glob("*.tf")}
    assert len(files) >= 6
    return files


def resources(kind=None):
    found = [(each, name, body) for file in parsed().values() for block in file.get("resource", ())
             for each, named in block.items() for name, body in named.items()]
    return [(name, body) for each, name, body in found if each == kind] if kind else found


def local_values():
    return parsed()["permissions.tf"]["locals"][0]


def scan_permissions():
    return [each for group in local_values()["scan_permissions"].values() for each in group]


# Rights

def test_each_call_of_the_scanner_is_permitted_and_nothing_else():
    sources = [path for path in (ROOT / "src" / "source").glob("*.[ch]") if path.stem != "gcp_quota"]  # names of quotas
    calls = {call for path in sources for call in CALL.findall(path.read_text())}
    assert "storage.buckets.list" in calls and "orgpolicy.policies.getEffectivePolicy" in calls
    calls -= EXPORT  # no deployment here exports: README.md has the roles for who does
    assert calls == PERMISSIONS.keys(), "say in deploy/terraform/permissions.tf what these calls need, and here"
    needed = {each for call in PERMISSIONS.values() for each in call}
    permissions = scan_permissions()
    assert sorted(permissions) == sorted(needed)
    assert all(re.search(r"\.(get|list\w*|search\w*)$", each) for each in permissions), "the scanner only reads"


def test_of_what_is_above_the_scope_policies_and_tags_are_read_alone():
    above = local_values()["ancestor_permissions"]
    assert set(above) < set(scan_permissions())
    assert {each.split(".")[0] for each in above} == {"orgpolicy", "resourcemanager"}


def test_no_key_of_a_service_account_is_made():
    kinds = {kind for kind, _, _ in resources()}
    assert "google_service_account" in kinds
    assert not [kind for kind in kinds if kind.endswith(("_key", "_policy", "_binding"))]


def test_predefined_roles_are_few():
    roles = {body["role"] for _, _, body in resources() if str(body.get("role", "")).startswith("roles/")}
    assert roles == {"roles/cloudkms.cryptoKeyEncrypterDecrypter", "roles/cloudkms.viewer", "roles/iam.workloadIdentityUser",
                     "roles/run.invoker", "roles/serviceusage.serviceUsageConsumer", "roles/storage.objectUser"}


def test_what_it_makes_keeps_the_policies_that_it_checks():
    (_, reports), = resources("google_storage_bucket")
    assert reports["encryption"] == [{"default_kms_key_name": "${var.kms_key}"}]
    assert reports["public_access_prevention"] == "enforced" and reports["uniform_bucket_level_access"] is True
    (_, job), = resources("google_cloud_run_v2_job")
    assert job["template"][0]["template"][0]["encryption_key"] == "${var.kms_key}"


# The real Terraform on all of the module that needs no provider

def terraform_environment(home):
    """It makes a folder for itself in what HOME is."""
    return environment(CHECKPOINT_DISABLE=1, TF_IN_AUTOMATION=1, HOME=home)


@pytest.fixture
def evaluate(tmp_path):
    """Variables and locals of the module, as outputs of one that has nothing else."""
    optional("terraform")
    folder = tmp_path / "terraform"
    folder.mkdir()
    shutil.copytree(DEPLOY / "cloud-run", tmp_path / "cloud-run")
    for name in ("variables.tf", "permissions.tf"):
        shutil.copy(MODULE / name, folder)
    job = re.search(r"^locals \{$.*?^\}$", (MODULE / "job.tf").read_text(), re.M | re.S).group()
    names = ["role_permissions", "has_ancestors", "organization_id", "scope_kind", "scope_id", "container", "with_job"]
    outputs = "\n".join(f'output "{name}" {{\n  value = local.{name}\n}}' for name in names)
    (folder / "rest.tf").write_text(f"{job}\n{outputs}\n")
    env = terraform_environment(tmp_path)
    accepts("terraform", "init", "-input=false", cwd=folder, env=env)

    def run(**variables):
        given = {"project": "my-audit-project", "region": "europe-west3", "scope": "organizations/1",
                 "kms_key": "projects/my-keys/locations/europe-west3/keyRings/audit/cryptoKeys/reports", **variables}
        (folder / "terraform.tfvars.json").write_text(json.dumps(given))
        accepts("terraform", "plan", "-no-color", "-input=false", "-out=plan", cwd=folder, env=env)
        shown = json.loads(accepts("terraform", "show", "-json", "plan", cwd=folder, env=env))
        return {name: each.get("value") for name, each in shown["planned_values"]["outputs"].items()}
    return run


def test_terraform_finds_the_form_right(tmp_path):
    optional("terraform")
    accepts("terraform", "fmt", "-check", "-diff", MODULE, env=terraform_environment(tmp_path))


@pytest.mark.parametrize("variables, organization, ancestors", [
    ({"scope": "organizations/1"}, "1", False),
    ({"scope": "organizations/1", "organization_id": "1"}, "1", False),
    ({"scope": "folders/2", "organization_id": "1"}, "1", True),
    ({"scope": "projects/shop-web", "organization_id": "1"}, "1", True),
    ({"scope": "projects/shop-web"}, None, False),
    ({"scope": "projects/example.com:shop-web"}, None, False),
])
def test_roles_follow_the_scope(evaluate, variables, organization, ancestors):
    values = evaluate(**variables)
    assert values["organization_id"] == organization and values["has_ancestors"] is ancestors
    assert f"{values['scope_kind']}/{values['scope_id']}" == variables["scope"]
    removed = set(scan_permissions()) - set(values["role_permissions"])
    assert removed == (set() if organization else set(local_values()["not_in_projects"]))


def test_the_job_is_that_of_the_manifest(evaluate):
    job = manifest("cloud-run/job.yaml")["spec"]["template"]["spec"]["template"]["spec"]["containers"][0]
    container = evaluate(image="europe-west3-docker.pkg.dev/p/r/cmekscan:1")["container"]
    assert (container["command"], container["args"]) == (job["command"], job["args"])


def test_no_image_no_job(evaluate):
    assert evaluate()["with_job"] == 0
    assert evaluate(image="x")["with_job"] == 1


@pytest.mark.parametrize("variables, said", [
    ({"scope": "organizations/example.com"}, "organizations/NUMBER"),
    ({"scope": "project/x"}, "organizations/NUMBER"),
    ({"scope": "folders/2"}, "organization_id is needed"),
    ({"scope": "organizations/1", "organization_id": "2"}, "another organization"),
    ({"organization_id": "organizations/1"}, "The organization is a number"),
    ({"kms_key": "my-key"}, "without a version"),
    ({"kms_key": "projects/k/locations/us/keyRings/r/cryptoKeys/k"}, "in the region"),
    ({"task_count": 0}, "1 to 10000"),
    ({"task_count": 1.5}, "1 to 10000"),
    ({"kubernetes_service_account": "cmekscan"}, "NAMESPACE/NAME"),
    ({"federated_principals": ["allUsers"]}, "Identities are"),
])
def test_wrong_variables_are_refused(evaluate, variables, said):
    with pytest.raises(AssertionError) as refused:
        evaluate(**variables)
    assert said in re.sub(r"\s+[│╷╵]?\s*", " ", str(refused.value))


def test_the_example_names_variables(evaluate):
    example = plain(hcl2.loads((MODULE / "terraform.tfvars.example").read_text(encoding="utf-8")))
    assert evaluate(**example)["with_job"] == 1
