"""Checks replies against the published API schemas, where a copy of those is at hand.

The schemas are Swagger 2.0 documents named v1.NN.yaml. SWARMWARD_REFERENCE names their folder; without it, or without
the folder, nothing is checked.
"""
import functools
import os
import pathlib
import re

import jsonschema
import yaml

OURS = ("swarm", "nodes", "services", "tasks", "secrets", "configs")
BESIDE = pathlib.Path(__file__).resolve().parents[3] / "shared/reference/docker-api"

# Where the published schema is wrong about native swarm mode itself: (definition path in the error, why).
KNOWN_TO_BE_WRONG = (
    (r"CredentialSpec|SELinuxContext", "native writes null for an absent credential spec and SELinux context"),
    (r"\bVolumes\b", "native writes null for a task without cluster volumes from engine 23.0 on"),
    (r"Warnings: None", "native writes null where there are no warnings"),
    (r"UpdateStatus/State: 'rollback_", "native reports its rollbacks there, of which the schema knows no state"),
    (r"POST /(secrets|configs)/create 201.*'Id' is a required", "native calls the id of what it made ID"),
    (r"DefaultAddrPool: None", "native writes null after `docker swarm init`, which sends an empty list"),
)


def folder():
    path = pathlib.Path(os.environ.get("SWARMWARD_REFERENCE", BESIDE))
    return path if any(path.glob("v1.*.yaml")) else None


def version_of(text):
    return tuple(int(part) for part in text.split("."))


def nullable(node):
    """Swagger says `x-nullable` where JSON schema lists the type null."""
    if isinstance(node, list):
        return [nullable(each) for each in node]
    if not isinstance(node, dict):
        return node
    node = {key: nullable(value) for key, value in node.items() if key not in ("example", "examples", "description")}
    if node.get("x-nullable") and isinstance(node.get("type"), str):
        node["type"] = [node["type"], "null"]
        if "enum" in node:
            node["enum"] = [*node["enum"], None]
    return node


@functools.lru_cache(maxsize=None)
def document(path):
    return nullable(yaml.load(path.read_text(), Loader=yaml.CSafeLoader))


def schema_file(version):
    """The published schema of this version, or the newest one before it."""
    known = sorted((version_of(file.stem[1:]), file) for file in folder().glob("v1.*.yaml"))
    older = [file for number, file in known if number <= version_of(version)]
    return older[-1] if older else None


def response_schema(api, method, path, status):
    """What the schema says of one reply: its schema, None if it says nothing."""
    parts = path.strip("/").split("/")
    for template, verbs in api["paths"].items():
        expected = template.strip("/").split("/")
        same = len(parts) == len(expected) and all(e.startswith("{") or e == p for e, p in zip(expected, parts))
        if same and method.lower() in verbs and not ("{" in template and path in api["paths"]):
            return verbs[method.lower()]["responses"].get(status, {}).get("schema")
    return None


def problems(method, path, reply):
    """What is wrong with a reply, as lines of text."""
    asked = re.match(r"/v([0-9.]+)(/.*)", path)
    version, path = (asked[1], asked[2]) if asked else (reply.headers.get("Api-Version", ""), path)
    path = path.split("?")[0]
    if path.strip("/").split("/")[0] not in OURS or path.endswith("/logs") or not version or not folder():
        return []
    file = schema_file(version)
    if not file:
        return []
    api = document(file)
    schema = response_schema(api, method, path, reply.status)
    if schema is None or schema.get("format") == "binary":
        return []
    resolver = jsonschema.RefResolver(file.as_uri(), api)
    found = []
    for error in jsonschema.Draft4Validator(schema, resolver=resolver).iter_errors(reply.json):
        where = "/".join(map(str, error.absolute_path))
        line = f"{method} {path} {reply.status}, schema {file.stem}: {where}: {error.instance!r:.200}: {error.message:.300}"
        if not any(re.search(pattern, line) for pattern, _ in KNOWN_TO_BE_WRONG):
            found.append(line)
    return found
