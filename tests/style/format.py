# SPDX-License-Identifier: Apache-2.0
"""Each C file is as clang-format writes it. Another version formats differently, so only the pinned one counts.

usage: format.py PROJECT_FOLDER CLANG_FORMAT
"""

import subprocess
import sys
from pathlib import Path

from sources import c_files

SKIPPED = 77


def pinned_version():
    requirement = (Path(__file__).parent / "requirements.txt").read_text(encoding="utf-8").strip()
    return requirement.removeprefix("clang-format==")


def main(project, clang_format):
    try:
        version = subprocess.run([clang_format, "--version"], capture_output=True, text=True, check=True).stdout
    except OSError:
        print(f"no {clang_format}: scripts/setup --tests installs it")
        return SKIPPED
    if f"version {pinned_version()}" not in version:
        print(f"{version.strip()} is not {pinned_version()}")
        return SKIPPED
    files = [str(file) for file in c_files(project)]
    check = subprocess.run([clang_format, "--dry-run", "-Werror", *files], cwd=project, capture_output=True, text=True,
                           check=False)
    for line in check.stderr.splitlines():
        if " error: " in line:
            print(line)
    if check.returncode != 0:
        print(f"mend with: {clang_format} -i FILE…")
    return check.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
