# SPDX-License-Identifier: Apache-2.0
"""The files under deploy/ as tests read them, the tools that check such files, and stand-ins for other programs."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
import yaml
from scanning import PROGRAM, ROOT, environment

DEPLOY = ROOT / "deploy"
# What a manifest leaves to its user, in capitals, and what a test puts there.
PLACEHOLDERS = {"KEY_PROJECT": "my-keys", "PROJECT": "my-audit-project", "REGION": "europe-west3", "RING": "audit",
                "KEY": "reports", "REPORTS_BUCKET": "my-reports", "ORGANIZATION_NUMBER": "123456789012"}


def tool(name):
    """A program of the tests' own Python environment (requirements.txt)."""
    path = pathlib.Path(sys.executable).parent / name
    assert path.exists(), f"{name} is missing: see tests/system/requirements.txt"
    return str(path)


def optional(name):
    path = shutil.which(name)
    return path or pytest.skip(f"{name} is not installed, and comes from no registry that tests may rely on")


def accepts(*command, **options):
    """The tool has nothing to say against."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, check=False, **options)
    assert done.returncode == 0, f"{command[0]}:\n{done.stdout}{done.stderr}"
    return done.stdout


def fill(text, **values):
    """A manifest as its user would leave it."""
    for name, value in {**PLACEHOLDERS, **values}.items():
        text = re.sub(rf"\b{name}\b", value, text)
    return text


def manifest(path, **values):
    lines = (DEPLOY / path).read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    filled = fill(text, **values)
    assert not re.findall(r"\b[A-Z]+_(?:PROJECT|NUMBER|BUCKET|KEY)\b", re.sub(r"CMEKSCAN_\w+", "", filled))
    return yaml.safe_load(filled)


def literal_environment(container):
    """Variables of a container that its manifest gives a value."""
    return {each["name"]: each["value"] for each in container.get("env", ()) if "value" in each}


class Workspace:
    """A folder in which a CI step or a container runs, with programs of the test's own in its PATH."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder) / "workspace"
        self.programs = pathlib.Path(folder) / "programs"
        self.temporary = pathlib.Path(folder) / "temporary"
        for each in (self.folder, self.programs, self.temporary):
            each.mkdir()
        (self.programs / "cmekscan").symlink_to(pathlib.Path(PROGRAM).resolve())
        self.calls = pathlib.Path(folder) / "calls"

    def program(self, name, script):
        """A stand-in that notes its arguments and runs @p script."""
        path = self.programs / name
        path.write_text(f"#!/bin/sh\nprintf '%s\\n' \"{name} $*\" >>'{self.calls}'\n{script}\n")
        path.chmod(0o755)

    def terraform(self, plan):
        """`terraform`, which plans whatever @p plan says."""
        planned = self.temporary / "planned.json"
        planned.write_text(plan if isinstance(plan, str) else json.dumps(plan))
        self.program("terraform", f"case $* in *show*) cat '{planned}' ;; *-out=*) for each; do\n"
                                  "case $each in -out=*) : >\"${each#-out=}\" ;; esac; done ;; esac")

    def called(self):
        return self.calls.read_text().splitlines() if self.calls.exists() else []

    def environment(self, **variables):
        path = f"{self.programs}{os.pathsep}{os.environ['PATH']}"
        return environment(**{"PATH": path, "HOME": self.temporary, "TMPDIR": self.temporary,
                              "CHECKPOINT_DISABLE": 1, **variables})  # Terraform would ask for a newer one

    def run(self, *command, env=None):
        return subprocess.run(list(map(str, command)), cwd=self.folder, env=env or self.environment(), timeout=120,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)
