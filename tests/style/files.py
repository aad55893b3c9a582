# SPDX-License-Identifier: Apache-2.0
"""Each C file: a licence line first, no more than 500 lines, a guard made of its path in a module's header.

usage: files.py PROJECT_FOLDER
"""

import re
import sys
from pathlib import Path

from sources import c_files

LICENCE = "/* SPDX-License-Identifier: Apache-2.0 */"
MOST_LINES = 500


def guard_of(path):
    parts = re.sub(r"[^A-Za-z0-9/]", "_", path).upper().split("/")
    if parts[0] == "SRC":
        return "_".join(["CMEK", *parts[1:]])
    return "_".join(parts[1:])


def complaints(project):
    for file in c_files(project):
        path = file.relative_to(project).as_posix()
        lines = file.read_text(encoding="utf-8").splitlines()
        if not lines or lines[0] != LICENCE:
            yield f"{path}: does not begin with the line {LICENCE}"
        if len(lines) > MOST_LINES:
            yield f"{path}: {len(lines)} lines; split it, {MOST_LINES} is the most"
        if path.endswith(".h") and not path.startswith("tests/") and f"#ifndef {guard_of(path)}" not in lines:
            yield f"{path}: its guard should be {guard_of(path)}"


def main(project):
    found = list(complaints(Path(project)))
    print("\n".join(found) or "all files are in order")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
