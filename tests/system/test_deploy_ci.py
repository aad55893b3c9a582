# SPDX-License-Identifier: Apache-2.0
"""deploy/ci/: gates for Terraform plans. Their steps are taken out of the files and run on sample plans."""
import json
import re
import subprocess

import discovery
import pytest
import yaml
from deployment import DEPLOY, Workspace, accepts, optional, tool, workspace
from google.auth import identity_pool
from scanning import ROOT, Cloud
from terraform import KEY, bucket, plan
from test_deploy import ORGANIZATION

CI = DEPLOY / "ci"
WORKFLOW, GITLAB, CLOUD_BUILD = (CI / name for name in ("github-workflow.yml", "gitlab-ci.yml", "cloudbuild.yaml"))
HOOK = CI / "pre-commit-terraform"

# exit status: the plan, and the cmekscan.yaml beside it
OUTCOMES = {
    0: (plan(bucket(key=KEY)), None),
    1: (plan(bucket()), None),
    2: (plan(bucket()), "fail-no: high\n"),
    3: (plan(bucket(unknown={"encryption": [{"default_kms_key_name": True}]})), None),
}
EACH_OUTCOME = pytest.mark.parametrize("status", OUTCOMES)


def prepare(workspace, status):
    planned, configuration = OUTCOMES[status]
    workspace.terraform(planned)
    if configuration:
        (workspace.folder / "cmekscan.yaml").write_text(configuration)
    (workspace.folder / "main.tf").write_text('resource "google_storage_bucket" "b" {\n  name = "data"\n}\n')


def load(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


# GitHub

def workflow_step(name):
    steps = [step for step in load(WORKFLOW)["jobs"]["plan"]["steps"] if step.get("name") == name]
    assert len(steps) == 1
    return steps[0]


def run_github(workspace, **variables):
    """The steps that make and scan the plan, as a runner runs them: bash -e."""
    (workspace.folder / ".cmekscan").mkdir()
    env = workspace.environment(RUNNER_TEMP=workspace.temporary, GITHUB_ACTIONS="true",
                                GITHUB_STEP_SUMMARY=workspace.temporary / "summary.md", **variables)
    done = workspace.run("bash", "-e", "-c", workflow_step("Plan")["run"], env=env)
    assert done.returncode == 0, done.stderr
    return workspace.run("bash", "-e", "-c", workflow_step("Scan the plan")["run"], env=env)


def test_github_accepts_the_workflow():
    accepts(tool("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", WORKFLOW)


def test_actionlint_accepts_the_workflow():
    accepts(optional("actionlint"), WORKFLOW)


def test_actions_are_pinned_and_rights_are_few():
    workflow = load(WORKFLOW)
    uses = re.findall(r"uses: (\S+)(.*)", WORKFLOW.read_text())
    assert len(uses) >= 5
    for action, comment in uses:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action) and re.fullmatch(r" # v[\d.]+", comment), action
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job["permissions"]["contents"] == "read"
    # What an author of a pull request can choose reaches no shell: values go through the environment.
    assert not any("${{" in step.get("run", "") for job in workflow["jobs"].values() for step in job["steps"])


@EACH_OUTCOME
def test_the_github_step_ends_with_the_status_of_the_scan(workspace, status):
    prepare(workspace, status)
    done = run_github(workspace)
    assert done.returncode == status, done.stderr
    sarif = workspace.folder / workflow_step("Upload alerts")["with"]["sarif_file"]
    assert sarif.exists() == (status != 2)
    assert str(sarif.relative_to(workspace.folder)) in workflow_step("Upload alerts")["if"]
    if status == 1:
        assert re.search(r"^::error .*file=main.tf,line=1\b", done.stdout, re.M), done.stdout
        assert "google_storage_bucket.b" in (workspace.temporary / "summary.md").read_text()
        location = json.loads(sarif.read_text())["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
        assert location["artifactLocation"]["uri"] == "main.tf"


def test_the_github_step_judges_by_the_policies_in_force(workspace, tmp_path):
    prepare(workspace, 1)
    with Cloud(tmp_path / "cloud") as cloud:
        live = {name: value for name, value in cloud.environment().items() if name not in workspace.environment()}
        done = run_github(workspace, CMEKSCAN_ORGANIZATION=ORGANIZATION, **live)
        assert any(request["operation"].startswith(("orgpolicy.", "cloudasset.")) for request in cloud.requests())
    assert done.returncode in (1, 3), done.stderr
    assert "simulated" not in (workspace.folder / ".cmekscan" / "cmekscan.sarif").read_text()


def test_the_github_build_is_that_of_the_scripts(workspace):
    """Its commands, on a source whose build is played."""
    (workspace.folder / "scripts").mkdir()
    setup = workspace.folder / "scripts" / "setup"
    setup.write_text("#!/bin/sh\n")
    setup.chmod(0o755)
    workspace.program("cmake", "")
    path = workspace.temporary / "path"
    step = workflow_step("Build cmekscan")
    done = workspace.run("bash", "-e", "-c", step["run"], env=workspace.environment(GITHUB_PATH=path))
    assert done.returncode == 0, done.stderr
    assert path.read_text() == f"{workspace.folder}/build/release\n"
    presets = {each["name"]: each for each in json.loads((ROOT / "CMakePresets.json").read_text())["configurePresets"]}
    assert "release" in presets and presets["base"]["binaryDir"].endswith("/build/${presetName}")
    assert [call.split()[1:3] for call in workspace.called()] == [["--preset", "release"], ["--build", "--preset"]]


# GitLab

def gitlab_job(name):
    """A job with what it extends."""
    jobs = load(GITLAB)
    job = dict(jobs[name])
    base = job.pop("extends", None)
    return {**gitlab_job(base), **job} if base else job


def run_gitlab(workspace, name, **variables):
    job = gitlab_job(name)
    script = "\n".join([*job.get("before_script", ()), *job["script"]])
    project = {"CMEK_WORKLOAD_IDENTITY_PROVIDER": "projects/1/locations/global/workloadIdentityPools/p/providers/gitlab",
               "CMEK_SERVICE_ACCOUNT": "cmekscan@my-audit-project.iam.gserviceaccount.com", "CMEK_ID_TOKEN": "a.b.c"}
    return workspace.run("sh", "-e", "-c", script, env=workspace.environment(**project, **variables))


def test_gitlab_accepts_the_template():
    accepts(tool("check-jsonschema"), "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", GITLAB)


@EACH_OUTCOME
def test_the_gitlab_jobs_end_with_the_status_of_the_scan(workspace, status):
    prepare(workspace, status)
    assert run_gitlab(workspace, "cmekscan-plan").returncode == 0
    assert (workspace.folder / gitlab_job("cmekscan-plan")["artifacts"]["paths"][0]).exists()
    done = run_gitlab(workspace, "cmekscan")
    assert done.returncode == status, done.stderr
    job = gitlab_job("cmekscan")
    assert "allow_failure" not in job and job["artifacts"]["when"] == "always"
    report = workspace.folder / job["artifacts"]["reports"]["codequality"]
    assert report.exists() == (status != 2)
    if status == 1:
        issue = json.loads(report.read_text())[0]
        assert issue["location"] == {"path": "main.tf", "lines": {"begin": 1}}


def test_the_gitlab_credentials_are_some_that_google_auth_understands(workspace):
    prepare(workspace, 0)
    (workspace.programs / "cmekscan").unlink()
    workspace.program("cmekscan", 'cp "$GOOGLE_APPLICATION_CREDENTIALS" credentials.json')
    assert run_gitlab(workspace, "cmekscan").returncode == 0
    credentials = identity_pool.Credentials.from_file(str(workspace.folder / "credentials.json"))
    assert credentials.service_account_email == "cmekscan@my-audit-project.iam.gserviceaccount.com"
    assert credentials.info["audience"].startswith("//iam.googleapis.com/projects/1/locations/global/")
    assert credentials.retrieve_subject_token(None) == "a.b.c"
    assert gitlab_job("cmekscan")["id_tokens"]["CMEK_ID_TOKEN"]["aud"].endswith("/$CMEK_WORKLOAD_IDENTITY_PROVIDER")


# Cloud Build

def test_cloud_build_accepts_the_build():
    accepts(tool("check-jsonschema"), "--builtin-schema", "vendor.cloudbuild", CLOUD_BUILD)
    methods = {method.id: method for method in discovery.load("cloudbuild.v1").methods}
    assert methods["cloudbuild.projects.builds.get"].check_body(load(CLOUD_BUILD)) == []


def run_cloud_build(workspace):
    """Its steps in their order, in one folder, until one fails."""
    build = load(CLOUD_BUILD)
    values = {**build["substitutions"], "BUILD_ID": "b-1"}
    workspace.program("gcloud", "")
    for step in build["steps"]:
        pairs = (re.sub(r"\$(\w+)", lambda match: values[match.group(1)], each) for each in step.get("env", ()))
        script = workspace.temporary / step["id"]
        script.write_text(step["script"])
        script.chmod(0o755)
        done = workspace.run(script, env=workspace.environment(**dict(pair.split("=", 1) for pair in pairs)))
        if done.returncode != 0:
            return step["id"], done
    return step["id"], done


@EACH_OUTCOME
def test_the_build_ends_with_the_status_of_the_scan_and_keeps_the_reports(workspace, status):
    prepare(workspace, status)
    step, done = run_cloud_build(workspace)
    assert (step, done.returncode) == ("gate", status), done.stderr
    kept = {call.split()[3] for call in workspace.called() if call.startswith("gcloud storage cp")}
    reports = {"cmekscan-reports/cmekscan.sarif", "cmekscan-reports/cmekscan.json"}
    assert kept == (set() if status == 2 else reports)


def test_a_build_without_a_plan_fails(workspace):
    workspace.program("terraform", "exit 1")
    assert run_cloud_build(workspace)[0] == "plan"


# pre-commit

@pytest.fixture
def repository(tmp_path):
    """A repository with one root module and the hook installed, which comes from another repository, as usual."""
    hooks = tmp_path / "hooks"
    (hooks / "deploy").mkdir(parents=True)
    accepts("cp", "-R", CI, hooks / "deploy" / "ci")
    accepts("cp", ROOT / ".pre-commit-hooks.yaml", hooks)
    space = Workspace(tmp_path)
    (space.folder / "infra" / ".terraform").mkdir(parents=True)
    (space.folder / ".gitignore").write_text(".terraform\n")
    (space.folder / "infra" / "main.tf").write_text('resource "google_storage_bucket" "b" {\n  name = "data"\n}\n')

    def git(folder, *args):
        env = space.environment(GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_NOSYSTEM=1, GIT_AUTHOR_NAME="a",
                                GIT_AUTHOR_EMAIL="a@example.com", GIT_COMMITTER_NAME="a",
                                GIT_COMMITTER_EMAIL="a@example.com", PRE_COMMIT_HOME=tmp_path / "pre-commit")
        return subprocess.run(["git", *args], cwd=folder, env=env, capture_output=True, text=True, check=False)

    space.git = lambda *args: git(space.folder, *args)
    for folder in (hooks, space.folder):
        assert git(folder, "init", "-q").returncode == 0
    git(hooks, "add", "-A")
    assert git(hooks, "commit", "-q", "-m", "hooks").returncode == 0
    revision = git(hooks, "rev-parse", "HEAD").stdout.strip()
    space.configuration = {"repos": [{"repo": str(hooks), "rev": revision, "hooks": [{"id": "cmekscan-terraform"}]}]}

    def install():
        (space.folder / ".pre-commit-config.yaml").write_text(json.dumps(space.configuration))
        accepts(tool("pre-commit"), "install", cwd=space.folder,
                env=space.environment(PRE_COMMIT_HOME=tmp_path / "pre-commit"))
        space.git("add", "-A")

    space.install = install
    return space


def test_pre_commit_accepts_the_manifest(repository):
    accepts(tool("pre-commit"), "validate-manifest", ROOT / ".pre-commit-hooks.yaml", env=repository.environment())


def test_shellcheck_accepts_all_scripts(tmp_path):
    scripts = {step["id"]: step["script"] for step in load(CLOUD_BUILD)["steps"]}
    scripts |= {name: "#!/bin/bash -e\n" + workflow_step(name)["run"] for name in ("Plan", "Scan the plan", "Build cmekscan")}
    scripts |= {name: "#!/bin/sh -e\n" + "\n".join([*gitlab_job(name)["before_script"], *gitlab_job(name)["script"]])
                for name in ("cmekscan", "cmekscan-plan")}
    for name, text in scripts.items():
        path = tmp_path / name
        path.write_text(text)
        # SC2155: a failing mktemp leaves a folder that does not exist, and the next line fails.
        accepts(tool("shellcheck"), "--exclude=SC2155", path)
    accepts(tool("shellcheck"), HOOK)


@EACH_OUTCOME
def test_the_hook_stops_a_commit(repository, status):
    planned, configuration = OUTCOMES[status]
    repository.terraform(planned)
    if configuration:
        (repository.folder / "cmekscan.yaml").write_text(configuration)
    repository.install()
    done = repository.git("commit", "-q", "-m", "infra")
    said = done.stdout + done.stderr
    assert (done.returncode == 0) == (status == 0), said
    assert status == 0 or f"exit code: {status}" in said
    assert status != 1 or "bucket data has no customer-managed key" in re.sub(r"\s+", " ", said)
    assert list(repository.temporary.glob("tmp.*")) == []


def test_the_hook_takes_options_of_scan(repository):
    repository.terraform(OUTCOMES[1][0])
    repository.configuration["repos"][0]["hooks"][0]["args"] = ["--fail-on=none", "--report=text", "--color=never"]
    repository.install()
    done = repository.git("commit", "-q", "-m", "infra")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_hook_looks_at_root_modules_only(repository):
    (repository.folder / "modules" / "odd name").mkdir(parents=True)
    (repository.folder / "modules" / "odd name" / "main.tf").write_text("")
    repository.terraform(OUTCOMES[0][0])
    repository.install()
    done = repository.git("commit", "-q", "-m", "infra")
    assert done.returncode == 0, done.stdout + done.stderr
    planned = [call for call in repository.called() if " plan " in call]
    assert [call.split()[1] for call in planned] == ["-chdir=infra"]


def run_hook(repository, *args):
    return repository.run(HOOK, *args)


def test_the_hook_speaks_of_each_module(repository):
    (repository.folder / "odd name" / ".terraform").mkdir(parents=True)
    (repository.folder / "module").mkdir()
    repository.terraform(OUTCOMES[1][0])
    done = run_hook(repository, "--fail-on=high", "infra/main.tf", "odd name/a.tf", "odd name/b.tf", "module/m.tf")
    assert done.returncode == 1, done.stderr
    assert "module is not initialized" in done.stdout
    assert [call.split(" plan")[0] for call in repository.called() if " plan " in call] == [
        "terraform -chdir=infra", "terraform -chdir=odd name"]


def test_a_plan_that_fails_stops_the_commit_with_what_terraform_said(repository):
    repository.program("terraform", "echo 'Error: no such thing' >&2; exit 1")
    done = run_hook(repository, "infra/main.tf")
    assert done.returncode == 4
    assert "Error: no such thing" in done.stderr and "infra cannot be planned" in done.stderr


def test_the_hook_needs_its_programs(repository):
    (repository.programs / "cmekscan").unlink()
    repository.terraform(OUTCOMES[0][0])
    env = repository.environment(PATH=f"{repository.programs}:/usr/bin:/bin")
    done = repository.run(HOOK, "infra/main.tf", env=env)
    assert done.returncode == 2 and "needs cmekscan" in done.stderr


def test_the_hook_with_the_real_terraform(repository):
    """Without a provider: terraform_data is part of Terraform itself."""
    optional("terraform")
    (repository.folder / "infra" / "main.tf").write_text('resource "terraform_data" "nothing" {}\n')
    (repository.folder / "infra" / ".terraform").rmdir()
    initialized = repository.run("terraform", "-chdir=infra", "init", "-input=false")
    assert initialized.returncode == 0, initialized.stderr
    (repository.folder / "infra" / ".terraform").mkdir(exist_ok=True)
    done = run_hook(repository, "infra/main.tf")
    assert done.returncode == 0, done.stdout + done.stderr
