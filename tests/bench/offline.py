# SPDX-License-Identifier: Apache-2.0
"""Scans of asset files, beside other ways to read the same bytes."""

import gzip
import json
import shutil
import sys

import measure as bench
import organization

EACH = {"storage.googleapis.com/Bucket": 50, "pubsub.googleapis.com/Topic": 40,
        "artifactregistry.googleapis.com/Repository": 10}
PYTHON_LOOP = "import json, sys\nfor line in open(sys.argv[1], 'rb'): json.loads(line)"
BASELINE_LINES = 100_000


def _generate(folder, resources):
    """The files by name; resources.ndjson holds nothing but resources."""
    projects = max(1, resources // sum(EACH.values()))
    parts = {"nodes": lambda: [organization.node_lines(projects)],
             "policies": lambda: [organization.policy_lines()],
             "resources": lambda: [organization.resource_lines(projects, EACH)],
             "others": lambda: [organization.other_lines(resources)]}
    files = {}
    for name, lines in parts.items():
        files[name] = folder / f"{name}-{resources}.ndjson"
        if not files[name].exists():
            organization.write(files[name], *lines())
    files["gzip"] = folder / f"resources-{resources}.ndjson.gz"
    if not files["gzip"].exists():
        with open(files["resources"], "rb") as plain, gzip.open(files["gzip"], "wb", compresslevel=1) as packed:
            shutil.copyfileobj(plain, packed, 1 << 20)
    return files, projects * sum(EACH.values())


def _scan(options, files, *extra):
    command = [options.binary, "scan", "--quiet", "--fail-on", "none", "--allow-incomplete"]
    for file in files:
        command += ["--assets", file]
    return bench.best(options.runs, [*command, *extra])


def _scans(options, files, count):
    nodes = [files["nodes"], files["policies"]]
    report = files["nodes"].with_name("report.json")
    rows = []
    for title, inputs, read in (("plain", nodes + [files["resources"]], "resources"),
                                ("gzip", nodes + [files["gzip"]], "resources"),
                                ("other types only", nodes + [files["others"]], "others"),
                                ("half of them other types", nodes + [files["resources"], files["others"]], None)):
        megabytes = sum(files[name].stat().st_size for name in ([read] if read else ["resources", "others"])) / 1e6
        cost = _scan(options, inputs, "--report", f"json={report}")
        kept = 0 if read == "others" else count
        rows.append([title, megabytes, cost.wall, cost.cpu, megabytes / cost.wall, cost.peak_mb,
                     64 + 250 * kept / 2**20])
        tool_report = json.loads(report.read_text(encoding="utf-8"))
        assert sum(part["total"] for part in tool_report["summary"]["resources"]) == kept, title
    bench.table(f"Offline: {count:,} resources", ["asset file", "MB", "wall s", "CPU s", "MB/s", "peak MB", "aim MB"],
                rows)
    return rows[0]


def _many_projects(options, folder):
    """Projects cost memory too, and a chain of ancestors each: as many as there are resources."""
    projects = max(1, options.resources // 10)
    nodes, buckets = folder / f"many-nodes-{projects}.ndjson", folder / f"many-buckets-{projects}.ndjson"
    if not buckets.exists():
        organization.write(nodes, organization.node_lines(projects), organization.policy_lines())
        organization.write(buckets, organization.resource_lines(projects, {"storage.googleapis.com/Bucket": 1}))
    cost = bench.best(options.runs, [options.binary, "scan", "--quiet", "--fail-on", "none", "--allow-incomplete",
                                     "--assets", nodes, "--assets", buckets, "--report", "json=/dev/null"])
    megabytes = sum(file.stat().st_size for file in (nodes, buckets)) / 1e6
    bench.table(f"Offline: {projects:,} projects with a bucket each",
                ["MB", "wall s", "CPU s", "MB/s", "peak MB", "aim MB"],
                [[megabytes, cost.wall, cost.cpu, megabytes / cost.wall, cost.peak_mb,
                  64 + 250 * 2 * projects / 2**20]])


def _baselines(files, rate):
    """Others get the first lines only: they are here for the ratio."""
    sample = files["resources"].with_name("sample.ndjson")
    with open(files["resources"], "rb") as whole, open(sample, "wb") as part:
        for line, _ in zip(whole, range(BASELINE_LINES)):
            part.write(line)
    megabytes = sample.stat().st_size / 1e6
    commands = [("python json.loads", [sys.executable, "-c", PYTHON_LOOP, sample]),
                ("wc -l", ["wc", "-l", sample])]
    if shutil.which("jq"):
        commands.append(("jq -c .name", ["jq", "-c", ".name", sample]))
    rows = [["cmekscan scan", rate, 1.0]]
    for title, command in commands:
        other = megabytes / bench.best(2, command).wall
        rows.append([title, other, rate / other])
    bench.table("Beside others", ["", "MB/s", "cmekscan is × as fast"], rows)


def _evaluation(options, files, count):
    """Nothing is listed, so the difference is the judging alone (twice: once to count, once to report)."""
    inputs = [files["nodes"], files["resources"]]
    without = _scan(options, inputs, "--status", "waived")
    governed = _scan(options, inputs + [files["policies"]], "--status", "waived")
    everything = _scan(options, inputs + [files["policies"]], "--status", "all", "--report", "jsonl=/dev/null")
    rows = [["without policies", without.wall, without.cpu, 0.0],
            ["both constraints, enforced and dry run", governed.wall, governed.cpu,
             (governed.cpu - without.cpu) / count * 1e9],
            ["… and every finding written", everything.wall, everything.cpu,
             (everything.cpu - without.cpu) / count * 1e9]]
    bench.table("Evaluation", ["", "wall s", "CPU s", "ns a resource"], rows)


def measure(options, folder):
    files, count = _generate(folder, options.resources)
    plain = _scans(options, files, count)
    _many_projects(options, folder)
    _baselines(files, plain[4])
    _evaluation(options, files, count)
