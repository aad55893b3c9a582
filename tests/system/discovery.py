# SPDX-License-Identifier: Apache-2.0
"""Requests and answers held against Google's own description of its APIs.

The Discovery documents come with the PyPI package google-api-python-client, so nothing here is our idea of
the API. Each check returns a list of complaints, empty when all is well:

    method = discovery.match("GET", "/pubsub/v1/projects/p/topics")
    method.check_params([("pageSize", "10")])
    method.check_fields("nextPageToken,topics(name,kmsKeyName)")
    method.check_body({"topics": [...]}, fields="...")
"""
import functools
import json
import pathlib
import re
import urllib.parse

import googleapiclient.discovery_cache

# The prefix under which the demo cloud serves an API, and the documents that describe it.
APIS = {
    "artifactregistry": ["artifactregistry.v1"],
    "cloudasset": ["cloudasset.v1"],
    "cloudkms": ["cloudkms.v1"],
    "cloudresourcemanager": ["cloudresourcemanager.v3", "cloudresourcemanager.v1"],
    "orgpolicy": ["orgpolicy.v2"],
    "pubsub": ["pubsub.v1"],
    "serviceusage": ["serviceusage.v1"],
    "storage": ["storage.v1"],
}
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def _documents_folder():
    return pathlib.Path(googleapiclient.discovery_cache.__file__).parent / "documents"


class Document:
    def __init__(self, name):
        self.name = name
        self.json = json.loads((_documents_folder() / f"{name}.json").read_text(encoding="utf-8"))
        self.schemas = self.json["schemas"]
        self.methods = sorted((Method(self, method) for method in self._walk(self.json)),
                              key=lambda method: -len(method.literal))

    def _walk(self, resource):
        yield from resource.get("methods", {}).values()
        for child in resource.get("resources", {}).values():
            yield from self._walk(child)

    def resolve(self, schema):
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"]]
        return schema


class Method:
    def __init__(self, document, description):
        self.document = document
        self.description = description
        self.id = description["id"]
        self.params = {**document.json.get("parameters", {}), **description.get("parameters", {})}
        template = document.json["servicePath"] + description["path"]
        self.literal = re.sub(r"\{[^}]*\}", "", template)
        self.regex = re.compile("".join(self._piece(piece) for piece in re.split(r"(\{[^}]*\})", template)))

    def _piece(self, piece):
        if not piece.startswith("{"):
            return re.escape(piece)
        name = piece.strip("{}+")
        pattern = self.params[name].get("pattern", "").strip("^$")
        if not piece.startswith("{+"):
            return "[^/]+"
        return pattern or ".+"

    def matches(self, http_method, path):
        return http_method == self.description["httpMethod"] and self.regex.fullmatch(path)

    # Parameters

    def check_params(self, pairs):
        complaints = []
        seen = set()
        for name, value in pairs:
            param = self.params.get(name)
            if not param or param.get("location") == "path":
                if not (name.startswith("$") and name != "$.xgafv"):
                    complaints.append(f"{self.id}: unknown parameter '{name}'")
                continue
            if name in seen and not param.get("repeated"):
                complaints.append(f"{self.id}: parameter '{name}' given twice")
            seen.add(name)
            complaints += self._check_param(name, value, param)
        for name, param in self.params.items():
            if param.get("required") and param.get("location") == "query" and name not in seen:
                complaints.append(f"{self.id}: parameter '{name}' is missing")
        fields = dict(pairs).get("fields")
        return complaints + (self.check_fields(fields) if fields else [])

    def _check_param(self, name, value, param):
        where = f"{self.id}: parameter '{name}'"
        if param["type"] == "integer" and not re.fullmatch(r"-?\d+", value):
            return [f"{where} is no integer: '{value}'"]
        if param["type"] == "integer" and not (
                int(param.get("minimum", value)) <= int(value) <= int(param.get("maximum", value))):
            return [f"{where} is out of range: {value}"]
        if param["type"] == "boolean" and value not in ("true", "false"):
            return [f"{where} is no boolean: '{value}'"]
        if "enum" in param and value not in param["enum"]:
            return [f"{where} is '{value}', not one of {param['enum']}"]
        if "pattern" in param and not re.fullmatch(param["pattern"], value):
            return [f"{where} does not match {param['pattern']}: '{value}'"]
        return []

    # Field masks

    def check_fields(self, mask):
        tree = parse_mask(mask)
        if tree is None:
            return [f"{self.id}: '{mask}' is no field mask"]
        return self._check_mask(tree, self.description["response"], "")

    def _check_mask(self, tree, schema, path):
        schema = self.document.resolve(schema)
        while schema.get("type") == "array":
            schema = self.document.resolve(schema["items"])
        complaints = []
        for name, below in tree.items():
            here = f"{path}/{name}" if path else name
            if name == "*":
                continue
            if schema.get("type") != "object":
                complaints.append(f"{self.id}: fields: '{path}' has no members, so no '{name}'")
            elif name in schema.get("properties", {}):
                complaints += self._check_mask(below, schema["properties"][name], here)
            elif "additionalProperties" not in schema:
                complaints.append(f"{self.id}: fields: there is no '{here}'")
        return complaints

    # Bodies

    def check_body(self, body, fields=None):
        complaints = self._check_value(body, self.description["response"], "")
        if fields:
            complaints += [f"{self.id}: '{path}' was not asked for"
                           for path in _beyond_mask(body, parse_mask(fields), "")]
        return complaints

    def _check_value(self, value, schema, path):
        schema = self.document.resolve(schema)
        kind = schema.get("type")
        where = f"{self.id}: {path or 'the answer'}"
        if kind == "any":
            return []
        expected = {"object": dict, "array": list, "string": str, "boolean": bool, "number": (int, float),
                    "integer": int}[kind]
        if not isinstance(value, expected) or (isinstance(value, bool) and kind != "boolean"):
            return [f"{where} is {json.dumps(value)[:80]}, expected a {kind}"]
        if kind == "array":
            return [complaint for index, item in enumerate(value)
                    for complaint in self._check_value(item, schema["items"], f"{path}[{index}]")]
        if kind == "object":
            return self._check_object(value, schema, path)
        return self._check_scalar(value, schema, where)

    def _check_object(self, value, schema, path):
        complaints = []
        for name, member in value.items():
            below = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
            here = f"{path}.{name}" if path else name
            if below is None:
                complaints.append(f"{self.id}: the API knows no '{here}'")
            else:
                complaints += self._check_value(member, below, here)
        return complaints

    @staticmethod
    def _check_scalar(value, schema, where):
        if "enum" in schema and value not in schema["enum"]:
            return [f"{where} is '{value}', not one of {schema['enum']}"]
        pattern = {"int64": r"-?\d+", "uint64": r"\d+", "google-duration": r"-?\d+(\.\d+)?s"}.get(
            schema.get("format"))
        if schema["type"] == "string" and pattern and not re.fullmatch(pattern, value):
            return [f"{where} is '{value}', not of format {schema['format']}"]
        if schema.get("format") in ("date-time", "google-datetime") and not DATE_TIME.fullmatch(value):
            return [f"{where} is '{value}', no time"]
        return []


def parse_mask(text):
    """A tree of names; None when @p text is no field mask."""
    def level(at):
        tree = {}
        while True:
            match = re.compile(r"[A-Za-z0-9_$*-]+").match(text, at)
            if not match:
                return None, at
            here, at = tree.setdefault(match.group(), {}), match.end()
            while text[at:at + 1] == "/":
                match = re.compile(r"[A-Za-z0-9_$*-]+").match(text, at + 1)
                if not match:
                    return None, at
                here, at = here.setdefault(match.group(), {}), match.end()
            if text[at:at + 1] == "(":
                below, at = level(at + 1)
                if below is None or text[at:at + 1] != ")":
                    return None, at
                here.update(below)
                at += 1
            if text[at:at + 1] != ",":
                return tree, at
            at += 1

    tree, end = level(0)
    return tree if end == len(text) else None


def _beyond_mask(value, tree, path):
    if isinstance(value, list):
        for item in value:
            yield from _beyond_mask(item, tree, path)
    elif isinstance(value, dict) and tree and "*" not in tree:
        for name, member in value.items():
            here = f"{path}/{name}" if path else name
            if name not in tree:
                yield here
            else:
                yield from _beyond_mask(member, tree[name], here)


@functools.lru_cache(maxsize=None)
def load(name):
    return Document(name)


def match(http_method, path):
    """The method that a request to the demo cloud means, by its path with the API's prefix; None without one."""
    prefix, _, rest = path.lstrip("/").partition("/")
    full = path.lstrip("/") if prefix == "storage" else rest
    for name in APIS.get(prefix, ()):
        for method in load(name).methods:
            if method.matches(http_method, full):
                return method
    return None


def check_exchange(exchange):
    """Complaints about one line of the demo cloud's request log: what was asked, and what was answered."""
    method = match(exchange["method"], exchange["path"])
    if method is None:
        return [f"Google has no {exchange['method']} {exchange['path']}"]
    pairs = urllib.parse.parse_qsl(exchange["query"], keep_blank_values=True)
    complaints = method.check_params(pairs)
    if exchange["status"] == 200:
        complaints += method.check_body(exchange["body"], dict(pairs).get("fields"))
    return complaints
