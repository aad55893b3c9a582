# SPDX-License-Identifier: Apache-2.0
"""Asking a demo cloud, each question and each answer held against Google's Discovery documents."""
import urllib.parse

import discovery
import requests
from conftest import TOKEN

CRM = "cloudresourcemanager.googleapis.com/"


def get(cloud, path, token=TOKEN, **params):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.get(cloud.url + path, params=params, headers=headers, timeout=30)


def checked(cloud, path, **params):
    """The answer to a request that is fine by Google's Discovery document, as is the answer."""
    method = discovery.match("GET", urllib.parse.urlsplit(path).path)
    assert method, f"Google has no GET {path}"
    pairs = [(name, str(value)) for name, values in params.items()
             for value in (values if isinstance(values, list) else [values])]
    assert method.check_params(pairs) == []
    answer = get(cloud, path, **params)
    assert answer.status_code == 200, answer.text
    assert method.check_body(answer.json(), params.get("fields")) == []
    return answer.json()


def pages(cloud, path, member, **params):
    items, token = [], None
    for _ in range(1000):
        page = checked(cloud, path, **params, **({"pageToken": token} if token else {}))
        items += page.get(member, [])
        token = page.get("nextPageToken")
        if not token:
            return items
    raise AssertionError("the listing has no end")


def project_ids(assets):
    return [asset["resource"]["data"]["projectId"] for asset in assets[CRM + "Project"]]
