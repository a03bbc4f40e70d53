"""Secrets and configs, made through the API."""
import base64

import pytest

KINDS = ("secret", "config")


def b64(data):
    return base64.b64encode(data if isinstance(data, bytes) else data.encode()).decode()


def make(api, kind, name, data="hi", **parts):
    """Makes a secret or a config and returns its id."""
    return api.post(f"/{kind}s/create", {"Name": name, "Data": b64(data), **parts})["ID"]


def names(api, kind, **filters):
    return sorted(each["Spec"]["Name"] for each in api.get(f"/{kind}s", **filters))


def reference(kind, ident, name, target, **file):
    """What the spec of a container says of a secret or config that it wants as a file."""
    word = kind.capitalize()
    return {f"{word}ID": ident, f"{word}Name": name,
            "File": {"Name": target, "UID": "0", "GID": "0", "Mode": 0o444, **file}}


def update(api, kind, name, version=None, **spec):
    """Posts an update and returns the reply; the version is the present one unless another is given."""
    if version is None:
        version = api.get(f"/{kind}s/{name}")["Version"]["Index"]
    return api.request("POST", f"/{kind}s/{name}/update?version={version}", spec)


@pytest.fixture
def payloads(swarm):
    """The swarm without secrets and configs of earlier cases."""
    def sweep():
        for kind in KINDS:
            for each in swarm.api.get(f"/{kind}s"):
                swarm.api.ok("DELETE", f"/{kind}s/{each['ID']}")
    sweep()
    yield swarm
    swarm.clear()
    sweep()
