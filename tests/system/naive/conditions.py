# SPDX-License-Identifier: Apache-2.0
"""Conditions of rules: the grammar, and what an expression can come out as under the tags that a file shows."""

import re

TAG_TYPES = {f"cloudresourcemanager.googleapis.com/{kind}": kind for kind in ("TagKey", "TagValue", "TagBinding")}
BOTH = {True, False}
TOKEN = re.compile(r"""[ \t\r\n]*(?:(resource(?:[ \t\r\n]*)\.(?:[ \t\r\n]*)
                       (?:matchTagId|matchTag|hasTagKeyId|hasTagKey)(?![A-Za-z0-9_]))
                       |('[^'\\\r\n]*'|"[^"\\\r\n]*")|(&&|\|\||[!(),]))""", re.VERBOSE)
ARGUMENTS = {"matchTag": 2, "matchTagId": 2, "hasTagKey": 1, "hasTagKeyId": 1}


class Junk(Exception):
    """Anything outside the grammar."""


class Parser:
    def __init__(self, text):
        self.tokens, at = [], 0
        text = text.rstrip(" \t\r\n")
        while at < len(text):
            found = TOKEN.match(text, at)
            if not found:
                raise Junk(text[at:])
            self.tokens.append(found.group().strip())
            at = found.end()

    def take(self, *expected):
        if self.tokens and self.tokens[0] in expected:
            return self.tokens.pop(0)
        return None

    def need(self, expected):
        if not self.take(expected):
            raise Junk(expected)

    def joined(self, operator, part):
        parts = [part()]
        while self.take(operator):
            parts.append(part())
        return (operator, parts) if len(parts) > 1 else parts[0]

    def either(self):
        return self.joined("||", self.both)

    def both(self):
        return self.joined("&&", self.single)

    def single(self):
        if self.take("!"):
            return ("!", [self.single()])
        if self.take("("):
            inner = self.either()
            self.need(")")
            return inner
        return self.call()

    def string(self):
        if not self.tokens or self.tokens[0][0] not in "'\"":
            raise Junk("a string")
        return self.tokens.pop(0)[1:-1]

    def call(self):
        if not self.tokens or not self.tokens[0].startswith("resource"):
            raise Junk("a call")
        function = self.tokens.pop(0).rpartition(".")[2].strip()
        self.need("(")
        arguments = [self.string()]
        while self.take(","):
            arguments.append(self.string())
        self.need(")")
        if len(arguments) != ARGUMENTS[function]:
            raise Junk("arguments")
        return (function, arguments)


def parse(text):
    """A tree of (operator or function, operands); Junk for what is outside the grammar."""
    parser = Parser(text)
    tree = parser.either()
    if parser.tokens:
        raise Junk(parser.tokens[0])
    return tree


class Binding:
    """A tag bound at a node, as far as the file tells what it is."""

    def __init__(self, value_id, short, key_names, key_id=None, of_organization=False):
        self.value_id, self.short = value_id, short
        self.key_names, self.key_id, self.of_organization = key_names, key_id, of_organization


class Tags:
    def __init__(self, file):
        found = {kind: [a for a in file.assets.values() if a.type == name and isinstance(a.data, dict)]
                 for name, kind in TAG_TYPES.items()}
        self.known = any(asset.type in TAG_TYPES for asset in file.lines)
        self.hierarchy = file.hierarchy
        self.values = {asset.data["name"]: asset.data for asset in found["TagValue"]}
        self.keys = {asset.data["name"]: asset.data for asset in found["TagKey"]}
        self.bindings = {}
        for asset in found["TagBinding"]:
            node = self.hierarchy.canonical(asset.data["parent"].removeprefix("//cloudresourcemanager.googleapis.com/"))
            self.bindings.setdefault(node, []).append(self.read_binding({"tagValue": None, **asset.data}))

    def names_of_key(self, key_id):
        """A project's key goes by the project's id and number: one is in its name, the other its parent."""
        key = self.keys[key_id]
        return [key["namespacedName"], f"{key['parent'].rpartition('/')[2]}/{key['shortName']}"]

    def read_binding(self, data):
        value = self.values.get(data["tagValue"])
        if not value:
            name, _, short = data.get("tagValueNamespacedName", "").rpartition("/")
            return Binding(data["tagValue"], short, [name] if name else [])
        key_id = value["parent"]
        names = [value["namespacedName"].rpartition("/")[0]] if key_id not in self.keys else self.names_of_key(key_id)
        of_organization = self.keys.get(key_id, {}).get("parent", "").startswith("organizations/")
        return Binding(data["tagValue"], value["shortName"], names, key_id, of_organization)

    def same_name(self, one, other):
        """Names are SCOPE/SHORT; a project's id and number are the same scope."""
        (scope, _, short), (other_scope, _, other_short) = one.partition("/"), other.partition("/")
        if short != other_short:
            return {False}
        return {True} if scope == other_scope else self.hierarchy.same(f"projects/{scope}", f"projects/{other_scope}")

    def is_of_key(self, binding, key):
        """Whether a binding is of that key, an id or a name: the set of possible answers."""
        by_id = key.startswith("tagKeys/")
        if by_id and binding.key_id is not None:
            return {binding.key_id == key}
        if not binding.key_names or (by_id and key not in self.keys):
            return BOTH
        if binding.of_organization:
            return {key in binding.key_names}
        names = self.names_of_key(key) if by_id else [key]
        answers = [self.same_name(one, other) for one in binding.key_names for other in names]
        return {True} if {True} in answers else set().union(*answers)

    def atom(self, function, arguments, chain, complete):
        """The set of what one call can come out as for a target with that chain of nodes: the nearest binding decides."""
        key, wanted = arguments[0], arguments[-1]
        for node in chain:
            if node not in self.bindings and any(self.hierarchy.may_be_same(node, other) for other in self.bindings):
                return BOTH
            bound = [(binding, self.is_of_key(binding, key)) for binding in self.bindings.get(node, [])]
            for binding, relation in bound:
                if relation == {True} or (relation == BOTH and function == "matchTagId" and binding.value_id == wanted):
                    return self.value_of(function, binding, wanted)
            if any(relation == BOTH for _, relation in bound):
                return BOTH
        return {False} if complete else BOTH

    @staticmethod
    def value_of(function, binding, wanted):
        if function.startswith("has"):
            return {True}
        if function == "matchTagId":
            return {binding.value_id == wanted}
        return {binding.short == wanted}

    def possible(self, tree, chain, complete):
        operator, operands = tree
        if operator in ARGUMENTS:
            return self.atom(operator, operands, chain, complete)
        parts = [self.possible(operand, chain, complete) for operand in operands]
        if operator == "!":
            return {not value for value in parts[0]}
        whole = parts[0]
        for part in parts[1:]:
            whole = {(one and other) if operator == "&&" else (one or other) for one in whole for other in part}
        return whole

    def evaluate(self, text, chain, complete):
        """The set of what a condition can come out as."""
        try:
            tree = parse(text)
        except Junk:
            return BOTH
        return self.possible(tree, chain, complete) if self.known else BOTH
