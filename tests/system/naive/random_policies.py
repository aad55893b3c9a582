# SPDX-License-Identifier: Apache-2.0
"""Random specs, rules, values and conditions of either constraint, in every shape the contract mentions."""

from .policies import SERVICE

SERVICES = ("storage.googleapis.com", "pubsub.googleapis.com", "artifactregistry.googleapis.com")
STRANGE_SERVICES = ("under:storage.googleapis.com", "in:storage.googleapis.com", "Storage.googleapis.com", "",
                    "is:is:storage.googleapis.com", "is:under:pubsub.googleapis.com", "bigquery.googleapis.com",
                    " storage.googleapis.com", "storage", "IS:pubsub.googleapis.com")
STRANGE_PREFIXES = ("in:", "is:is:", "is:under:", "under:is:", "IS:", " ", "x")
JUNK = ("", " ", "TRUE || {0}", "{0} ||", "|| {0}", "({0}", "{0})", "{0} & {0}", "{0} and {0}", "true", "{0} == true",
        "resource.matchTag('a/b')", "resource.hasTagKey('a/b', 'c')", "resource.matchTag(a, 'c')", "{0} {0}", "!",
        "resource.hasTagKeyIds('tagKeys/1')", "matchTag('a/b', 'c')", "resource.hasTagKey('a/b)", "{0} // all", "()",
        "resource.hasTagKey()", "resource.matchTag('1/e\\nv', 'prod')", "resource.matchTag('1/env', 'prod',)")
WRONG = ("text", 7, True, [], {}, [7], [None])


def entry(writer, organization, constraint):
    random = writer.random
    strange = writer.chance(writer.options.strange_entries)
    if constraint == SERVICE:
        return random.choice(STRANGE_SERVICES) if strange else random.choice(("", "is:")) + random.choice(SERVICES)
    node = random.choice(organization.nodes() if writer.chance(0.8) else random.choice(writer.organizations).nodes())
    if node.startswith("projects/") or writer.chance(0.4):
        node = f"projects/{writer.project_text(organization)}"
    if strange:
        return random.choice((random.choice(STRANGE_PREFIXES) + node, node.partition("/")[2], "is:" + node, "", node + "x"))
    if node.startswith("projects/"):
        return random.choice(("", "is:", "under:")) + node
    return ("" if writer.chance(0.05) else "under:") + node


def entries(writer, organization, constraint, most=3):
    return [entry(writer, organization, constraint) for _ in range(writer.random.randint(0, most))]


def atom(writer, organization):
    random = writer.random
    other = organization if writer.chance(0.95) else random.choice(writer.organizations)
    key, (parent, scope, short, values) = random.choice(list(other.keys.items()))
    if parent.startswith("projects/") and writer.chance(0.5):
        scope = parent.removeprefix("projects/")
    value = random.choice(list(values))
    if writer.chance(0.1):
        short, key = random.choice((("absent", key), (short, "tagKeys/9")))
    blank = "" if writer.chance(0.8) else random.choice((" ", "\n", " \t\r\n"))
    quote = random.choice("'\"")
    first, second = random.choice(((f"{scope}/{short}", values[value]), (key, value)))
    suffix = "Id" if first == key else ""
    if writer.chance(0.3):
        return f"resource.hasTagKey{suffix}({blank}{quote}{first}{quote}{blank})"
    return f"resource.matchTag{suffix}{blank}({blank}{quote}{first}{quote}{blank},{blank}{quote}{second}{quote})"


def expression(writer, organization, depth=2):
    random = writer.random
    shape = random.random()
    if depth == 0 or shape < 0.5:
        return ("!" if writer.chance(0.2) else "") + atom(writer, organization)
    if shape < 0.85:
        blank = random.choice(("", " ", "\n"))
        return (expression(writer, organization, depth - 1) + blank + random.choice(("&&", "||")) + blank +
                expression(writer, organization, depth - 1))
    return random.choice(("", "!", "!!")) + f"({expression(writer, organization, depth - 1)})"


def condition(writer, organization):
    text = expression(writer, organization)
    if writer.chance(writer.options.junk_conditions):
        text = writer.random.choice(JUNK).replace("{0}", text)
    if text == "" and writer.chance(0.5):
        return {"title": "no expression"}
    return {"expression": text, "title": "title"}


def rule(writer, organization, constraint):
    random = writer.random
    made = {}
    denies = (constraint == SERVICE) == writer.chance(0.75)
    part = random.random()
    if part < 0.75:
        values = {"deniedValues" if denies else "allowedValues": entries(writer, organization, constraint)}
        if writer.chance(0.1):
            values = {"deniedValues": entries(writer, organization, constraint),
                      "allowedValues": entries(writer, organization, constraint)}
        made["values"] = {} if writer.chance(0.04) else values
    elif part < 0.96:
        made[random.choice(("allowAll", "denyAll", "allowAll", "enforce"))] = True
    if writer.chance(0.08):
        made[random.choice(("allowAll", "denyAll"))] = writer.chance(0.5)
    if writer.chance(0.35):
        made["condition"] = condition(writer, organization)
    return made


def break_types(writer, made):
    """Puts a wrong JSON type somewhere into a spec; what is put there may happen to be right."""
    random = writer.random
    places = [(made, "rules"), (made, "inheritFromParent"), (made, "reset")]
    for one in made.get("rules", []):
        places += [(one, key) for key in ("values", "allowAll", "denyAll", "condition")]
        places += [(one[key], name) for key, name in (("values", "deniedValues"), ("values", "allowedValues"),
                                                      ("condition", "expression")) if key in one]
    container, key = random.choice(places)
    container[key] = random.choice(WRONG)


def spec(writer, organization, constraint):
    made = {"rules": [rule(writer, organization, constraint) for _ in range(writer.random.randint(0, 3))]}
    if writer.chance(0.5):
        made["inheritFromParent"] = True
    if writer.chance(0.07):
        made["reset"] = True
    if writer.chance(0.1) and not made["rules"]:
        del made["rules"]
    if writer.chance(writer.options.unreadable / 2):
        break_types(writer, made)
    return made


def dry_run_or_live(writer, organization, constraint):
    """What a v2 policy holds: mostly a live spec, sometimes a dry run beside it or alone, seldom neither."""
    kind = writer.random.random()
    made = {}
    if kind < 0.85:
        made["spec"] = spec(writer, organization, constraint)
    if 0.6 < kind < 0.97:
        made["dryRunSpec"] = spec(writer, organization, constraint)
    return made


def v1_policy(writer, organization, constraint):
    kind = writer.random.random()
    if kind < 0.1:
        return {"restore_default": {}}
    if kind < 0.15:
        return {}
    content = {}
    if writer.chance(0.5):
        content["inherit_from_parent"] = True
    if kind < 0.3:
        content["all_values"] = writer.random.choice(("ALLOW", "DENY", "ALL_VALUES_UNSPECIFIED"))
    else:
        denies = (constraint == SERVICE) == writer.chance(0.75)
        content["denied_values" if denies else "allowed_values"] = entries(writer, organization, constraint)
    return {"list_policy": content}
