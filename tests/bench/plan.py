# SPDX-License-Identifier: Apache-2.0
"""Scans of Terraform plans, beside other ways to read the same bytes, and beside Checkov where it is installed."""

import json
import shutil
import sys

import measure as bench

KEY = "projects/keys/locations/us/keyRings/ring/cryptoKeys/key"
PYTHON_LOOP = "import json, sys\nfor c in json.load(open(sys.argv[1], 'rb'))['resource_changes']: c['change'].get('after')"
MOST_FOR_CHECKOV = 10_000  # which takes a minute there, and 1.4 GB


def _bucket(number, key):
    return {"name": f"data-{number}", "location": "US", "encryption": [{"default_kms_key_name": key}] if key else [],
            "labels": {"team": f"team-{number % 40}"}, "storage_class": "STANDARD", "uniform_bucket_level_access": True}


def _topic(number, key):
    return {"name": f"news-{number}", "kms_key_name": key, "labels": {"team": f"team-{number % 40}"}}


def _repository(number, key):
    return {"repository_id": f"images-{number}", "location": "us", "format": "DOCKER", "kms_key_name": key}


def _instance(number, key):
    return {"name": f"db-{number}", "region": "us-east1", "encryption_key_name": key, "clone": [],
            "database_version": "POSTGRES_15", "settings": [{"tier": "db-f1-micro", "user_labels": {}}]}


def _secret(number, key):
    replicas = [{"location": place, "customer_managed_encryption": [{"kms_key_name": key}] if key else []}
                for place in ("us-east1", "us-west1")]
    return {"secret_id": f"secret-{number}", "replication": [{"auto": [], "user_managed": [{"replicas": replicas}]}]}


DEFAULT = {"google_storage_bucket": _bucket, "google_pubsub_topic": _topic,
           "google_artifact_registry_repository": _repository}
MORE = {**DEFAULT, "google_sql_database_instance": _instance, "google_secret_manager_secret": _secret}


def _write(path, resources, types):
    """A plan as Terraform writes it: each resource among the changes and the planned values, and as a block."""
    changes, values, blocks = [], [], []
    for number in range(resources):
        kind, make = list(types.items())[number % len(types)]
        what = {"address": f"{kind}.r{number}", "mode": "managed", "type": kind, "name": f"r{number}",
                "provider_name": "registry.terraform.io/hashicorp/google"}
        after = make(number, None if number % 50 == 0 else KEY)
        changes.append({**what, "change": {"actions": ["create"], "before": None, "after": after,
                                           "after_unknown": {"id": True, "project": True, "self_link": True},
                                           "before_sensitive": False, "after_sensitive": {}}})
        values.append({**what, "schema_version": 1, "values": after, "sensitive_values": {}})
        expressions = {name: {"constant_value": value} for name, value in after.items() if isinstance(value, (str, bool))}
        blocks.append({**what, "provider_config_key": "google", "expressions": expressions, "schema_version": 1})
    provider = {"google": {"name": "google", "expressions": {"project": {"constant_value": "app-one"}}}}
    path.write_text(json.dumps({
        "format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {"resources": values}},
        "resource_changes": changes,
        "configuration": {"provider_config": provider, "root_module": {"resources": blocks}}}), encoding="utf-8")


def _row(title, cost, megabytes):
    return [title, cost.wall, cost.cpu, megabytes / cost.wall, cost.peak_mb]


def _checkov(options, path, megabytes, resources):
    program = options.checkov or shutil.which("checkov")
    if not program or resources > MOST_FOR_CHECKOV:
        return []
    command = [program, "-f", path, "--framework", "terraform_plan", "--quiet", "--compact", "-o", "json"]
    return [_row("Checkov", bench.run(command, statuses=(0, 1)), megabytes)]


def _measure(options, folder, resources, types, services):
    path = folder / f"plan-{resources}-{len(types)}.json"
    if not path.exists():
        _write(path, resources, types)
    megabytes = path.stat().st_size / 1e6
    scan = [options.binary, "scan", "--quiet", "--fail-on", "none", "--allow-incomplete", "--services", services,
            "--plan", path, "--report", "json=/dev/null"]
    rows = [_row("cmekscan", bench.best(options.runs, scan), megabytes),
            _row("Python json loop", bench.best(options.runs, [sys.executable, "-c", PYTHON_LOOP, path]), megabytes)]
    if shutil.which("jq"):
        command = ["jq", "[.resource_changes[] | .change.after] | length", path]
        rows.append(_row("jq", bench.best(options.runs, command), megabytes))
    rows += _checkov(options, path, megabytes, resources)
    bench.table(f"A plan of {resources:,} resources of {len(types)} types: {megabytes:.0f} MB",
                ["", "wall s", "CPU s", "MB/s", "peak MB"], rows)


def measure(options, folder):
    for resources in options.plans:
        _measure(options, folder, resources, DEFAULT, "storage,pubsub,artifactregistry")
        _measure(options, folder, resources, MORE, "all")
