# SPDX-License-Identifier: Apache-2.0
"""JSON as nobody writes it but everybody may: shuffled keys, blanks, escapes that need not be."""

import json
import re

TOP_LEVEL = ("asset_type", "update_time", "asset_exceptions", "exception_type", "org_policy", "iam_policy", "list_policy",
             "all_values", "allowed_values", "denied_values", "inherit_from_parent", "restore_default", "boolean_policy")


def camel_case(line):
    """The same line with camelCase keys, as the REST API answers; resource.data has that case anyway."""
    if isinstance(line, list):
        return [camel_case(one) for one in line]
    if not isinstance(line, dict):
        return line
    return {re.sub(r"_([a-z])", lambda found: found.group(1).upper(), key) if key in TOP_LEVEL else key:
            value if key == "resource" else camel_case(value) for key, value in line.items()}


def string(text, random):
    plain = json.dumps(text, ensure_ascii=random.random() < 0.5)
    style = random.random()
    if style < 0.1:
        return plain.replace("/", "\\/")
    if style < 0.13:
        return '"' + "".join(f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 and random.random() < 0.3 else
                             json.dumps(letter)[1:-1] for letter in text) + '"'
    return plain


def encode(value, random):
    blank = "" if random.random() < 0.8 else random.choice((" ", "  ", "\t"))
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        inside = ",".join(f"{blank}{string(key, random)}{blank}:{encode(value[key], random)}" for key in keys)
        return "{" + inside + blank + "}"
    if isinstance(value, list):
        return "[" + ",".join(blank + encode(one, random) for one in value) + blank + "]"
    return string(value, random) if isinstance(value, str) else json.dumps(value)


def as_text(lines, random):
    """An asset file of these lines (dictionaries), each in a spelling of its own."""
    return "".join(encode(camel_case(line) if random.random() < 0.3 else line, random) + "\n" for line in lines)
