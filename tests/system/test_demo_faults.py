# SPDX-License-Identifier: Apache-2.0
"""What the demo cloud does wrong on request."""
import concurrent.futures
import time
import zlib

import pytest
import requests
from demo_requests import checked, get, pages, project_ids

def statuses(cloud, count, path="/cloudresourcemanager/v3/organizations:search"):
    return [get(cloud, path).status_code for _ in range(count)]


def test_every_so_many_requests_fail(demo_cloud):
    cloud = demo_cloud(faults="429-every=3,503-every=5,401-every=7,retry-after=4")
    seen = statuses(cloud, 105)
    assert seen.count(429) == 35 and seen.count(503) in (20, 21) and seen.count(401) in (14, 15)
    assert seen[:3] == [200, 200, 429]
    limited = next(answer for answer in iter(lambda: get(cloud, "/storage/v1/b", project="nordwind-pay-core"), None)
                   if answer.status_code == 429)
    assert limited.headers["Retry-After"] == "4"
    assert limited.json()["error"]["errors"][0]["reason"] == "rateLimitExceeded"


def test_connections_are_reset(demo_cloud):
    cloud = demo_cloud(faults="reset-every=2")
    assert statuses(cloud, 1) == [200]
    with pytest.raises(requests.ConnectionError):
        statuses(cloud, 1)
    assert statuses(cloud, 1) == [200]


def test_bodies_are_truncated(demo_cloud):
    cloud = demo_cloud(faults="truncate-every=2")
    path = "/storage/v1/b?project=nordwind-pay-risk"
    whole = get(cloud, path).content
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError,
                        requests.exceptions.ContentDecodingError, zlib.error)):
        get(cloud, path)
    assert get(cloud, path).content == whole


def test_bodies_are_slow(demo_cloud):
    cloud = demo_cloud(faults="slow-body=50ms,slow-every=2")
    path = "/storage/v1/b?project=nordwind-pay-risk"
    whole = get(cloud, path).content
    began = time.monotonic()
    assert get(cloud, path).content == whole
    assert time.monotonic() - began > 0.3


def test_latency_holds_no_thread(demo_cloud):
    cloud = demo_cloud(faults="latency=300ms")
    with concurrent.futures.ThreadPoolExecutor(60) as pool:
        began = time.monotonic()
        answers = list(pool.map(lambda _: get(cloud, "/cloudresourcemanager/v3/organizations:search"), range(60)))
        took = time.monotonic() - began
    assert all(answer.status_code == 200 for answer in answers)
    assert 0.3 <= took < 3, "sixty at once take about as long as one"


def test_a_cloud_stops_while_requests_wait(demo_cloud):
    cloud = demo_cloud(faults="latency=60s")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lambda: get(cloud, "/cloudresourcemanager/v3/organizations:search"))
        time.sleep(0.3)
        cloud.process.terminate()
        assert cloud.process.wait(timeout=10) == 0
        assert waiting.exception(timeout=10) or waiting.result().status_code == 200


def test_projects_are_denied_and_apis_disabled(demo_cloud):
    cloud = demo_cloud(faults="deny=projects/nordwind-pay-core,deny=projects/nordwind-pay-risk:storage,"
                              "disable=projects/nordwind-shop-events:pubsub.topics.list,"
                              "deny=projects/nordwind.example:intranet:storage")
    assert get(cloud, "/storage/v1/b", project="nordwind-pay-core").status_code == 403
    assert get(cloud, "/pubsub/v1/projects/nordwind-pay-core/topics").status_code == 403
    assert get(cloud, "/cloudresourcemanager/v3/projects/nordwind-pay-core").status_code == 403
    assert get(cloud, "/storage/v1/b", project="nordwind-pay-risk").status_code == 403
    assert get(cloud, "/pubsub/v1/projects/nordwind-pay-risk/topics").status_code == 200
    assert get(cloud, "/storage/v1/b", project="nordwind.example:intranet").status_code == 403
    disabled = get(cloud, "/pubsub/v1/projects/nordwind-shop-events/topics")
    assert disabled.json()["error"]["details"][0]["reason"] == "SERVICE_DISABLED"
    assert get(cloud, "/pubsub/v1/projects/nordwind-shop-events/topics/gcr").status_code == 200


def test_pages_can_be_made_small(demo_cloud, assets):
    cloud = demo_cloud(faults="page-size=4")
    first = checked(cloud, "/cloudresourcemanager/v3/projects:search")
    assert len(first["projects"]) == 4
    found = pages(cloud, "/cloudresourcemanager/v3/projects:search", "projects")
    assert [p["projectId"] for p in found] == project_ids(assets)
