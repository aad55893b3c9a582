# SPDX-License-Identifier: Apache-2.0
"""Scans of large organizations, from a file and through Cloud Asset Inventory."""

import json

import live
import measure as bench
import organization

EACH = {"storage.googleapis.com/Bucket": 1, "pubsub.googleapis.com/Topic": 1,
        "artifactregistry.googleapis.com/Repository": 1}
# The aim for peak memory.
AIM_MB, AIM_BYTES_EACH = 64, 250


def _scan(options, source, folder, environment=None):
    report = folder / "inventory.json"
    cost = bench.best(options.runs, [options.binary, "scan", "--quiet", "--fail-on", "none", *map(str, source),
                                     "--report", f"json={report}"], env=environment)
    return cost, json.loads(report.read_text(encoding="utf-8"))


def _row(title, projects, cost, document):
    resources = projects * sum(EACH.values())
    assert sum(part["total"] for part in document["summary"]["resources"]) == resources
    aim = AIM_MB + AIM_BYTES_EACH * resources / 2**20
    calls = document["scan"].get("api_calls", {})
    return [title, sum(calls.values()), cost.wall, cost.cpu, cost.peak_mb, aim, cost.peak_mb / aim], calls


def measure(options, folder):
    rows, methods = [], []
    for projects in options.inventory:
        assets = folder / f"inventory-{projects}.ndjson"
        if not assets.exists():
            organization.write(assets, organization.node_lines(projects), organization.policy_lines(),
                               organization.resource_lines(projects, EACH))
        row, _ = _row(f"{projects:,}, from a file", projects, *_scan(options, ["--assets", assets], folder))
        rows.append(row)
        with live.demo_cloud(options, assets, []) as (_, environment):
            source = ["--organization", organization.ORGANIZATION, "--via", "inventory"]
            row, calls = _row(f"{projects:,}, through the inventory", projects,
                              *_scan(options, source, folder, environment))
            rows.append(row)
            methods += [[f"{projects:,}", method, count] for method, count in sorted(calls.items())]
    bench.table(f"Cloud Asset Inventory, {sum(EACH.values())} resources a project",
                ["projects", "requests", "wall s", "CPU s", "peak MB", "aim MB", "peak/aim"], rows)
    bench.table("… its calls", ["projects", "method", "calls"], methods)
