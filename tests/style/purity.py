# SPDX-License-Identifier: Apache-2.0
"""The policy engine touches neither files, network, clock nor environment: what it calls is on this list.

usage: purity.py PROJECT_FOLDER NM ARCHIVE
"""

import re
import subprocess
import sys

ALLOWED = re.compile(
    r"""^(
    mem(chr|cmp|cpy|move|set) | str(chr|cmp|cspn|len|ncmp|nlen|pbrk|rchr|spn|str|tol+|toul+)
    | __isoc23_strto(l|ll|ul|ull) | free | qsort | bsearch | abort | __assert_fail | __errno_location | snprintf
    | __(memcpy|memmove|memset|snprintf)_chk | __stack_chk_fail | __(asan|ubsan)_\w+ | _GLOBAL_OFFSET_TABLE_
    | cmek_\w+
    )$""",
    re.X,
)
# Of our own: whatever of base reaches outside.
FORBIDDEN = re.compile(r"^cmek_(file|output|http|auth|secret|json|yaml)_|^cmek_(time_now|monotonic_ms)$")


def symbols(nm, option, archive):
    output = subprocess.run([nm, option, archive], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1] for line in output.splitlines() if len(line.split()) >= 2 and not line.endswith(":")}


def main(_project, nm, archive):
    used = symbols(nm, "--undefined-only", archive) - symbols(nm, "--defined-only", archive)
    bad = sorted(name for name in used if not ALLOWED.match(name) or FORBIDDEN.match(name))
    print("\n".join(f"the policy engine calls {name}" for name in bad) or f"{len(used)} outside symbols, all harmless")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
