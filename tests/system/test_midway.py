# SPDX-License-Identifier: Apache-2.0
"""What changes for the worse while a scan runs: nothing that can still be had is lost, the rest is said."""
import json
import re
import threading

import pytest
from between import Between
from scanning import TOKEN, Direct, assert_refused, assert_same_findings, gaps_of, report_of
from test_faults import ASSETS, CRM, DEMO_ASSETS, ORGANIZATION, SCOPE, assert_honest, scan


@pytest.fixture(scope="module")
def offline():
    return report_of("--assets", DEMO_ASSETS)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with Direct(tmp_path_factory.mktemp("cloud"), faults="few-locations") as cloud:
        yield cloud


@pytest.fixture(scope="module")
def paged(tmp_path_factory):
    with Direct(tmp_path_factory.mktemp("paged"), faults="few-locations,page-size=1") as cloud:
        yield cloud


def error(status, word, message, **details):
    return status, details, json.dumps({"error": {"code": status, "message": message, "status": word}}).encode()


DENIED = error(403, "PERMISSION_DENIED", "Permission denied on resource (or it may not exist).")
ABSENT = error(404, "NOT_FOUND", "Not found.")
EXPIRED = error(400, "INVALID_ARGUMENT", "The page token is not valid any more.")
UNAUTHENTICATED = error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")


def new_operations(report, truth, words):
    """Of the gaps that the truth does not have; each has one of these words."""
    new = [gap for gap in report["coverage"] if (gap["scope"], gap["operation"], gap["error"]) not in gaps_of(truth)]
    assert new and {gap["error"] for gap in new} <= set(words), new
    return {gap["operation"] for gap in new}


# Errors that pass


@pytest.mark.parametrize("answer", [error(500, "INTERNAL", "Internal error."), (500, {}, b""),
                                    (502, {"Content-Type": "text/html"}, b"<html>Bad gateway</html>"),
                                    error(504, "DEADLINE_EXCEEDED", "Deadline exceeded."),
                                    error(408, "CANCELLED", "Timeout.")],
                         ids=lambda each: f"{each[0]} {len(each[2])}")
def test_every_ninth_answer_is_an_error(answer, cloud, offline):
    with Between(cloud, lambda request: answer if request.number % 9 == 0 else None) as between:
        _, live = scan(cloud, env=between.environment())
    assert_same_findings(live, offline)
    assert gaps_of(live) == gaps_of(offline)
    assert len(between.seen) > 150


# Page tokens that expire


class Expiring:
    """The first time that each listing comes to its `page`th page, the token is too old; `always`: each time."""

    def __init__(self, page, always=False):
        self.page, self.always = page, always
        self.expired, self.pages, self.lock = set(), {}, threading.Lock()

    def __call__(self, request):
        if "pageToken" not in request.params:
            return None
        listing = (request.path, *(value for name, value in sorted(request.params.items()) if name != "pageToken"))
        with self.lock:
            pages = self.pages.setdefault(listing, set())
            pages.add(request.params["pageToken"])
            if len(pages) < self.page or (listing in self.expired and not self.always):
                return None
            self.expired.add(listing)
        return EXPIRED


@pytest.mark.parametrize("page", [1, 2, 4])
def test_a_listing_whose_page_token_expires_begins_anew(page, paged, offline, tmp_path):
    expiring = Expiring(page)
    with Between(paged, expiring) as between:
        _, live = scan(paged, env=between.environment())
        assert expiring.expired, "no listing has so many pages"
        assert_same_findings(live, offline)
        assert gaps_of(live) == gaps_of(offline)
        assert live["summary"] == offline["summary"], "nothing is counted twice"
        collected = tmp_path / "collected.ndjson"
        expiring.expired.clear()
        assert paged.run("collect", *SCOPE, "-o", collected, env=between.environment()).status == 3
    assert_same_findings(report_of("--assets", collected), offline)


def test_page_tokens_that_always_expire_leave_gaps(paged, offline):
    with Between(paged, Expiring(3, always=True)) as between:
        status, live = scan(paged, env=between.environment())
    assert_honest(status, live, offline, new_operations(live, offline, ["invalid-request"]))


# Projects and permissions that go


def names_of(project_id):
    number = next(each["resource"]["data"]["projectNumber"] for each in ASSETS if each["asset_type"] == CRM + "Project"
                  and each["resource"]["data"]["projectId"] == project_id)
    return project_id, number


@pytest.mark.parametrize("answer, word", [(ABSENT, "not-found"), (DENIED, "permission-denied")], ids=["404", "403"])
def test_a_project_that_disappears_costs_no_other_project(answer, word, cloud, offline):
    """It is listed, and gone by the time that its own APIs are asked."""
    gone = names_of("nordwind-shop-web")
    about = re.compile(rf"projects/({'|'.join(gone)})(/|$)")

    def disappear(request):
        return answer if about.search(request.path) or request.params.get("project") in gone else None

    with Between(cloud, disappear) as between:
        status, live = scan(cloud, env=between.environment())
    operations = new_operations(live, offline, [word])
    assert_honest(status, live, offline, operations)
    assert "storage.buckets.list" in operations
    assert {gap[0] for gap in gaps_of(live) if gap not in gaps_of(offline)} <= {f"projects/{name}" for name in gone}
    elsewhere = [each["finding_id"] for each in offline["findings"] if each["project_id"] not in ("", gone[0])]
    assert set(elsewhere) <= {each["finding_id"] for each in live["findings"]}


@pytest.mark.parametrize("after", [2, 12, 60, 130])
@pytest.mark.parametrize("answer, word", [(DENIED, "permission-denied"), (UNAUTHENTICATED, "unauthenticated")],
                         ids=["permission", "token"])
def test_what_is_lost_midway_is_a_gap(answer, word, after, cloud, offline):
    """From some request on all are refused: the account lost its role, or its token was revoked."""
    with Between(cloud, lambda request: answer if request.number > after else None) as between:
        status, live = scan(cloud, env=between.environment())
    assert_honest(status, live, offline, new_operations(live, offline, [word]))


def test_a_token_that_cannot_be_renewed_midway_is_a_gap(offline, tmp_path):
    """The key is deleted while the scan runs: the token it has serves until it expires."""
    given = []

    def deleted(request):
        if not request.path.endswith("/token"):
            return None
        given.append(request.number)
        return (400, {}, b'{"error": "invalid_grant", "error_description": "Invalid JWT Signature."}') \
            if len(given) > 1 else None

    with Direct(tmp_path, faults="few-locations,token-ttl=2,latency=250ms") as cloud, Between(cloud, deleted) as between:
        env = between.environment(CLOUDSDK_AUTH_ACCESS_TOKEN=None,
                                  GOOGLE_APPLICATION_CREDENTIALS=between.key_file(tmp_path / "moved.json"))
        status, live = scan(cloud, env=env)
    assert len(given) > 1
    assert_honest(status, live, offline, new_operations(live, offline, ["unauthenticated"]))
    assert "Invalid JWT Signature" in str(live["coverage"])


# The wrong time


def test_a_wrong_clock_is_said(cloud, tmp_path):
    """Google refuses what a machine signs whose clock is off, and says why."""
    def refuse(request):
        return (400, {}, json.dumps({
            "error": "invalid_grant",
            "error_description": "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable "
                                 "timeframe. Check your iat and exp values in the JWT claim.",
        }).encode()) if request.path.endswith("/token") else None

    with Between(cloud, refuse) as between:
        key_file = between.key_file(tmp_path / "key.json")
        run = cloud.run("scan", *SCOPE, env=between.environment(CLOUDSDK_AUTH_ACCESS_TOKEN=None,
                                                                GOOGLE_APPLICATION_CREDENTIALS=key_file))
    assert_refused(run, 4, "Check your iat and exp", "clock")
    assert TOKEN not in run.stderr and ORGANIZATION not in run.stdout
