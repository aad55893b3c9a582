# SPDX-License-Identifier: Apache-2.0
"""The evaluation alone, of organizations that are hard to judge."""

import json
import subprocess

import measure as bench
import organization

BUCKET = {"storage.googleapis.com/Bucket": 1}
SCENARIOS = {
    "100,000 projects, 1,000 policies, half conditional, 5,000 tags": lambda: [
        organization.node_lines(100_000), organization.conditional_policy_lines(1000), organization.tag_lines(5000),
        organization.resource_lines(100_000, BUCKET)],
    "1,000 undecided conditions above 2,000 projects": lambda: [
        organization.node_lines(2000), organization.undecided_policy_lines(1000),
        organization.resource_lines(2000, BUCKET)],
    "… each with a tag of its own, of an unknown key": lambda: [
        organization.node_lines(2000), organization.undecided_policy_lines(1000),
        organization.tag_lines(2000, values_known=False), organization.resource_lines(2000, BUCKET)],
}


def measure(options, folder):
    program = options.binary.parent / "tests/bench/bench_evaluation"
    if not program.is_file():
        print(f"\nNo {program}: build the target bench_evaluation to time the evaluation alone.")
        return
    rows = []
    for number, (title, parts) in enumerate(SCENARIOS.items()):
        file = folder / f"evaluation-{number}.ndjson"
        if not file.exists():
            organization.write(file, *parts())
        runs = [json.loads(subprocess.run([program, file], check=True, capture_output=True, text=True).stdout)
                for _ in range(options.runs)]
        best = min(runs, key=lambda run: run["first_s"] + run["second_s"])
        rows.append([title, best["chains"], best["policies_built"], best["first_s"], best["second_s"], best["wall_s"],
                     best["read_mb"], best["peak_mb"], best["fail"], best["pass"], best["unknown"]])
    bench.table("Evaluation alone, on one core",
                ["", "chains", "built", "1st run s", "2nd run s", "wall s", "read MB", "peak MB", "fail", "pass",
                 "unknown"], rows)
