# SPDX-License-Identifier: Apache-2.0
"""Prints what ctest ran, from its JUnit files, counting the single checks inside too. Fails if a file is missing."""

import re
import sys
import xml.etree.ElementTree as ElementTree

CHECK_LINE = re.compile(r"^\d+%: Checks: (\d+), Failures: \d+, Errors: \d+$", re.M)
PYTEST_LINE = re.compile(r"(\d+) (passed|failed|skipped|error)")


def describe(path):
    cases = list(ElementTree.parse(path).getroot().iter("testcase"))
    output = "\n".join(case.findtext("system-out") or "" for case in cases)
    statuses = [case.get("status") for case in cases]
    failed = sum(status == "fail" for status in statuses)
    skipped = sum(status in ("disabled", "notrun") for status in statuses)
    unit = sum(int(count) for count in CHECK_LINE.findall(output))
    system = {}
    for line in output.splitlines():
        if re.search(r" in [\d.]+s", line):
            for count, word in PYTEST_LINE.findall(line):
                system[word] = system.get(word, 0) + int(count)
    parts = [f"{len(cases)} tests, {failed} failed, {skipped} skipped"]
    if unit:
        parts.append(f"{unit} unit checks")
    if system:
        parts.append("pytest: " + ", ".join(f"{count} {word}" for word, count in sorted(system.items())))
    return "; ".join(parts)


def main(paths):
    status = 0
    for path in paths:
        try:
            print(f"{path}: {describe(path)}")
        except (OSError, ElementTree.ParseError) as error:
            print(f"{path}: no result ({error})")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
