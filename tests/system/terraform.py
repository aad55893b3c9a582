# SPDX-License-Identifier: Apache-2.0
"""Plans as `terraform show -json` prints them, put together from the parts a test cares about."""
import json

KEY = "projects/keys/locations/us/keyRings/ring/cryptoKeys/key"
SERVICE, KEY_PROJECT = "gcp.restrictNonCmekServices", "gcp.restrictCmekCryptoKeyProjects"


def change(address, after, *actions, unknown=None, sensitive=None, before=None, **more):
    """A resource change; `address` may have modules and an index, as Terraform writes them."""
    module, _, last = address.rpartition("module.")
    if module or address.startswith("module."):
        name, _, last = last.partition(".") if "[" not in last.split(".")[0] else last.partition("].")
        more["module_address"] = f"{module}module.{name}" + ("]" if "[" in name else "")
    kind, _, rest = last.partition(".")
    name, bracket, index = rest.partition("[")
    if bracket:
        more["index"] = json.loads(index[:-1])
    return {"address": address, "mode": "managed", "type": kind, "name": name,
            "provider_name": "registry.terraform.io/hashicorp/google", **more,
            "change": {"actions": list(actions) or ["create"], "before": before, "after": after,
                       "after_unknown": unknown or {}, "before_sensitive": False, "after_sensitive": sensitive or {}}}


def block(address, **expressions):
    """A resource block of the configuration."""
    kind, _, name = address.partition(".")
    return {"address": address, "mode": "managed", "type": kind, "name": name, "provider_config_key": "google",
            "expressions": expressions, "schema_version": 0}


def refer(*references):
    return {"references": list(references)}


def plan(*changes, blocks=(), modules=None, project="app-one", **more):
    written = {b["address"] for b in blocks}
    others = sorted({f"{c['type']}.{c['name']}" for c in changes} - written)
    root = {"resources": [*blocks, *map(block, others)], **({"module_calls": modules} if modules else {})}
    provider = {"google": {"name": "google", "expressions": {"project": {"constant_value": project}}}}
    return {"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": list(changes),
            "configuration": {"provider_config": provider if project else {}, "root_module": root}, **more}


def bucket(address="google_storage_bucket.b", key=None, *actions, name="data", **more):
    after = {"name": name, "location": "US", "encryption": [{"default_kms_key_name": key}] if key else []}
    return change(address, after, *actions, unknown={"project": True, **more.pop("unknown", {})}, **more)


def topic(address="google_pubsub_topic.t", key=None, *actions, name="news", project="app-one", **more):
    return change(address, {"name": name, "project": project, "kms_key_name": key}, *actions, **more)


def repository(address="google_artifact_registry_repository.r", key=None, *actions, **more):
    after = {"repository_id": "images", "location": "us", "project": "app-one", "format": "DOCKER", "kms_key_name": key}
    return change(address, after, *actions, **more)


def policy(node, constraint, address="google_org_policy_policy.p", *actions, denied=None, allowed=None, inherit=None,
           **more):
    rules = [{"allow_all": None, "deny_all": None, "condition": [],
              "values": [{"allowed_values": allowed, "denied_values": denied}]}]
    after = {"name": f"{node}/policies/{constraint}", "parent": node, "dry_run_spec": [],
             "spec": [{"inherit_from_parent": inherit, "reset": None, "rules": rules}]}
    return change(address, after, *actions, **more)


def deny(node, *services, **more):
    return policy(node, SERVICE, denied=[f"{service}.googleapis.com" for service in services], **more)


def plan_writer(tmp_path):
    """Writes plans of the changes and parts that it is called with."""
    def write_plan(*changes, **more):
        path = tmp_path / "plan.json"
        path.write_text(json.dumps(plan(*changes, **more)))
        return path
    return write_plan
