# SPDX-License-Identifier: Apache-2.0
"""The C files that are ours."""

from pathlib import Path


def c_files(project, pattern="*.[ch]"):
    root = Path(project)
    return sorted(file for folder in ("include", "src", "tests") for file in (root / folder).rglob(pattern))
