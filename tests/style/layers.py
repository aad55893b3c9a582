# SPDX-License-Identifier: Apache-2.0
"""Holds the #include graph of src/ to the architecture: dependencies point one way, downwards to base.

usage: layers.py PROJECT_FOLDER
"""

import re
import sys
from pathlib import Path

# Module: the modules whose headers it may include. A module may always include its own.
LAYERS = {
    "base": "",
    "json": "base",
    "yaml": "base",
    "http": "base",
    "auth": "http json base",
    "model": "base",
    "source": "model json http auth base",
    "policy": "model base",
    "rules": "policy model yaml base",
    "report": "json base",
    "demo": "source policy model json base",
    "scan": "rules report source policy model auth http json yaml base",
    "cli": "demo scan rules report source policy model auth http json yaml base",
}

# Single files that may include more than their module: reporters see findings alone, explanations are of nodes and policies.
FILES = {
    r"report/explanation_\w+\.c": "model",
}

# Third-party header: the modules or single files that may include it.
LIBRARIES = {
    r"json-c/": "json",
    r"curl/": "http",
    r"openssl/": "auth demo base/sha256.c",
    r"yaml\.h": "yaml",
    r"microhttpd\.h": "demo",
    r"zlib\.h": "source demo",
    r"ut(hash|list|array|string)\.h": "base/map.c",
    r"sqlite3\.h": "report scan",
}

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)


def complain_own(path, module, header):
    target = header.split("/")[0]
    if "/" not in header:
        return f'{path}: "{header}" needs its folder: "module/{header}"'
    if target in ("cmekscan", "embed", module):
        return None
    if target not in LAYERS:
        return f'{path}: "{header}" is of no module that layers.py knows'
    more = " ".join(modules for pattern, modules in FILES.items() if re.fullmatch(pattern, path))
    if target not in LAYERS[module].split() + more.split():
        return f'{path}: {module} may not depend on {target} ("{header}")'
    return None


def complain_library(path, module, header):
    for pattern, allowed in LIBRARIES.items():
        if re.match(pattern, header) and not {module, path} & set(allowed.split()):
            return f"{path}: only {allowed} may include <{header}>"
    return None


def complaints(source):
    for file in sorted(source.rglob("*.[ch]")):
        path = file.relative_to(source).as_posix()
        module = path.split("/")[0]
        if module not in LAYERS:
            yield f"{path}: layers.py does not know the module {module}"
            continue
        for kind, header in INCLUDE.findall(file.read_text(encoding="utf-8")):
            complain = complain_own if kind == '"' else complain_library
            complaint = complain(path, module, header)
            if complaint:
                yield complaint


def main(project):
    found = list(complaints(Path(project) / "src"))
    print("\n".join(found) or "the include graph keeps to the layers")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
