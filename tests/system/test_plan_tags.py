# SPDX-License-Identifier: Apache-2.0
"""Tags in plans: what a plan binds, and takes away, decides the conditions of policies."""
import json

import pytest
from scanning import report_of
from terraform import SERVICE, block, bucket, change, plan_writer, policy, refer

CRM = "//cloudresourcemanager.googleapis.com/"
CONDITION = "resource.matchTag('1/env', 'prod')"
FAIL = ("fail", None)


@pytest.fixture
def write(tmp_path):
    return plan_writer(tmp_path)


def tag_key(**more):
    return change("google_tags_tag_key.env", {"parent": "organizations/1", "short_name": "env"},
                  unknown={"id": True, "name": True, "namespaced_name": True}, **more)


def tag_value(short_name="prod", **more):
    return change(f"google_tags_tag_value.{short_name}", {"short_name": short_name},
                  unknown={"id": True, "name": True, "namespaced_name": True, "parent": True}, **more)


def binding(*actions, node="projects/11", value=None, **more):
    after = {"parent": CRM + node, **({"tag_value": value} if value else {})}
    return change("google_tags_tag_binding.b", after, *actions, unknown={} if value else {"tag_value": True}, **more)


def blocks(value="prod", parent=None):
    refers = {"parent": parent} if parent else {}
    return [block("google_tags_tag_key.env"),
            block(f"google_tags_tag_value.{value}", parent=refer("google_tags_tag_key.env.id", "google_tags_tag_key.env")),
            block("google_tags_tag_binding.b", **refers, tag_value=refer(f"google_tags_tag_value.{value}.id",
                                                                         f"google_tags_tag_value.{value}"))]


def conditional(node="organizations/1"):
    made = policy(node, SERVICE, denied=["storage.googleapis.com"])
    made["change"]["after"]["spec"][0]["rules"][0]["condition"] = [{"expression": CONDITION}]
    return made


def asset(kind, name, data, ancestors=("projects/11", "organizations/1")):
    return {"name": CRM + name, "asset_type": f"cloudresourcemanager.googleapis.com/{kind}", "ancestors": list(ancestors),
            "update_time": "2029-01-01T00:00:00Z", "resource": {"data": data}}


PROJECT = asset("Project", "projects/11", {"projectId": "app-one", "projectNumber": "11"})
KEY = asset("TagKey", "tagKeys/7", {"name": "tagKeys/7", "parent": "organizations/1", "shortName": "env",
                                    "namespacedName": "1/env"}, ("organizations/1",))
PROD, TEST = (asset("TagValue", f"tagValues/{number}", {"name": f"tagValues/{number}", "parent": "tagKeys/7",
                                                        "shortName": name, "namespacedName": f"1/env/{name}"},
                    ("organizations/1",)) for number, name in ((8, "prod"), (9, "test")))
BOUND = asset("TagBinding", "tagBindings/x", {"parent": CRM + "projects/11", "tagValue": "tagValues/8"})
POLICY = {"name": f"//orgpolicy.googleapis.com/organizations/1/policies/{SERVICE}",
          "asset_type": "orgpolicy.googleapis.com/Policy", "ancestors": ["organizations/1"],
          "resource": {"data": {"name": f"organizations/1/policies/{SERVICE}", "spec": {"rules": [
              {"values": {"deniedValues": ["storage.googleapis.com"]}, "condition": {"expression": CONDITION}}]}}}}


def required(*args):
    report = report_of("--status", "all", *args)
    found = {(f["status"], f["reason"]) for f in report["findings"] if f["rule_id"] == "cmek-required"}
    assert len(found) <= 1
    return found.pop() if found else None, [gap["error"] for gap in report["coverage"]]


@pytest.fixture
def assets(tmp_path):
    def write_assets(*lines):
        path = tmp_path / "assets.ndjson"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return path
    return write_assets


OVER = {
    "nothing is bound": ([], [], None),
    "a new tag": ([tag_key(), tag_value(), binding()], [], FAIL),
    "a new tag of another value": ([tag_key(), tag_value("test"), binding()], [], None),
    "an existing value is bound": ([binding(value="tagValues/8")], [], FAIL),
    "another existing value is bound": ([binding(value="tagValues/9")], [], None),
    "… to the organization": ([binding(node="organizations/1", value="tagValues/8")], [], FAIL),
    "… to another project": ([binding(node="projects/12", value="tagValues/8")], [], None),
    "what is bound stays": ([], [BOUND], FAIL),
    "what is bound is taken away": (
        [binding("delete", value="tagValues/8", before={"parent": CRM + "projects/11", "tag_value": "tagValues/8"})],
        [BOUND], None),
    "… by the project's id": (
        [binding("delete", value="tagValues/8", before={"parent": CRM + "projects/app-one", "tag_value": "tagValues/8"})],
        [BOUND], None),
    "… from another project": (
        [binding("delete", value="tagValues/8", before={"parent": CRM + "projects/12", "tag_value": "tagValues/8"})],
        [BOUND], FAIL),
    "one value takes the place of another": (
        [binding("delete", "create", value="tagValues/9", before={"parent": CRM + "projects/11",
                                                                  "tag_value": "tagValues/8"})], [BOUND], None),
    "a binding to a bucket": ([change("google_tags_location_tag_binding.b", {
        "parent": "//storage.googleapis.com/projects/_/buckets/data", "tag_value": "tagValues/8"})], [], None),
}


@pytest.mark.parametrize("label", OVER)
def test_over_what_exists(write, assets, label):
    changes, bound, verdict = OVER[label]
    made = next((c["name"] for c in changes if c["type"] == "google_tags_tag_value"), None)
    path = write(bucket(), *changes, blocks=blocks(made) if made else [])
    assert required("--plan", path, "--assets", assets(PROJECT, KEY, PROD, TEST, POLICY, *bound)) == (verdict, [])


def test_a_plan_alone(write):
    """What the plan binds is nearest, so it decides; what it does not bind may be bound all the same."""
    changes = [bucket(), conditional("projects/app-one"), tag_key(), tag_value()]
    assert required("--plan", write(*changes, binding(node="projects/app-one"), blocks=blocks()))[0] == FAIL
    assert required("--plan", write(*changes, blocks=blocks()))[0][0] == "unknown"
    other = [bucket(), conditional("projects/app-one"), tag_key(), tag_value("test")]
    assert required("--plan", write(*other, binding(node="projects/app-one"), blocks=blocks("test")))[0] is None


def test_a_project_that_is_new(write, assets):
    """Its parent is bound; nothing else is bound to it than what the plan says."""
    project = change("google_project.p", {"project_id": "app-one", "name": "p", "org_id": "1"}, unknown={"number": True})
    parent = refer("google_project.p.number", "google_project.p")
    made = binding()
    made["change"]["after"], made["change"]["after_unknown"] = {}, {"parent": True, "tag_value": True}
    path = write(bucket(), project, tag_key(), tag_value(), made, blocks=[block("google_project.p"), *blocks(parent=parent)])
    assert required("--plan", path, "--assets", assets(KEY, POLICY)) == (FAIL, [])


@pytest.mark.parametrize("unknown", ["parent", "tag_value"])
def test_what_is_not_known_is_a_gap(write, assets, unknown):
    made = change("google_tags_tag_binding.b", {"parent": CRM + "projects/11", "tag_value": "tagValues/8", unknown: None},
                  unknown={unknown: True})
    written = block("google_tags_tag_binding.b", **{unknown: refer("local.x")})
    path = write(bucket(), made, blocks=[written])
    assert required("--plan", path, "--assets", assets(PROJECT, KEY, PROD, POLICY)) == (None, ["unknown-until-apply"])
