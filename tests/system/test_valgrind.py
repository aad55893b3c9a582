# SPDX-License-Identifier: Apache-2.0
"""The demo, and the demo organization scanned offline into every format, under valgrind: no error, no leak.

valgrind sees what AddressSanitizer does not: reads of uninitialised memory. It needs the optimised build without
sanitizers, which is what system tests run against.
"""

import json
import os
import pathlib
import shutil
import subprocess

import pytest

CMEKSCAN = os.environ["CMEKSCAN"]
ORGANIZATION = pathlib.Path(__file__).parents[2] / "src/demo/assets/demo-organization.ndjson"
FORMATS = ("text", "json", "jsonl", "sarif", "junit")

pytestmark = pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")


def run(*args):
    command = ["valgrind", "--quiet", "--error-exitcode=99", "--leak-check=full",
               "--errors-for-leak-kinds=definite,indirect,possible", CMEKSCAN, *args]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert "Invalid" not in done.stderr and "uninitialised" not in done.stderr, done.stderr
    return done


def test_live_demo_is_clean(tmp_path):
    done = run("demo", "--report", f"json={tmp_path / 'live.json'}", "--status", "all")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "live.json").stat().st_size > 0


def test_offline_scan_into_every_format_is_clean(tmp_path):
    reports = [part for name in FORMATS for part in ("--report", f"{name}={tmp_path / name}")]
    done = run("scan", "--assets", str(ORGANIZATION), "--status", "all", *reports)
    assert done.returncode == 1, done.stderr
    assert all((tmp_path / name).stat().st_size > 0 for name in FORMATS)


def test_malformed_lines_are_clean(tmp_path):
    lines = ORGANIZATION.read_bytes().splitlines()
    damaged = [line[: len(line) * (i % 7) // 7] for i, line in enumerate(lines)] + [b"\xff\x00{", b"[]", b"{}"]
    file = tmp_path / "damaged.ndjson"
    file.write_bytes(b"\n".join(lines[:20] + damaged))
    done = run("scan", "--assets", str(file), "--fail-on", "none")
    assert done.returncode == 3, done.stderr


def test_explaining_is_clean(tmp_path):
    report = tmp_path / "report.json"
    run("scan", "--assets", str(ORGANIZATION), "--status", "all", "--report", f"json={report}")
    kinds = {(f["rule_id"], f["status"]): f["finding_id"] for f in json.loads(report.read_text())["findings"]}
    for i, finding in enumerate(kinds.values()):
        done = run("explain", finding, "--from", str(report), "--format", ["text", "json"][i % 2])
        assert done.returncode == 0 and done.stdout, done.stderr
