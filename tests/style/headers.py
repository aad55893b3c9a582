# SPDX-License-Identifier: Apache-2.0
"""Each header compiles alone: whoever includes it needs to know of nothing else.

usage: headers.py PROJECT_FOLDER COMPILER GENERATED_INCLUDE_FOLDER
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sources import c_files


def compile_alone(project, compiler, generated, header):
    command = [compiler, "-std=c17", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-D_POSIX_C_SOURCE=200809L",
               "-D_DEFAULT_SOURCE", f"-I{project}/src", f"-I{project}/include", f"-I{generated}",
               f"-I{project}/tests/unit", "-x", "c", "-"]
    # Twice, to see that its guard works; as an include, since a main file is warned about other things.
    source = f'#include "{header}"\n#include "{header}"\n'
    return subprocess.run(command, input=source, capture_output=True, text=True, check=False)


def main(project, compiler, generated):
    project = Path(project)
    headers = [file.resolve() for file in c_files(project, "*.h")]
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(lambda header: compile_alone(project, compiler, generated, header), headers))
    failures = [result.stderr for result in results if result.returncode != 0]
    print("\n".join(failures) or f"{len(headers)} headers compile alone")
    return 1 if failures or not headers else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
