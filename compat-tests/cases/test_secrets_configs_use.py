"""Secrets and configs that services name."""
import json

import pytest

from harness.networks import NOWHERE
from harness.payloads import KINDS, make, payloads, reference  # noqa: F401
from harness.services import create

INVALID = "rpc error: code = InvalidArgument desc = "
both = pytest.mark.parametrize("kind", KINDS)


def container(kind, *references):
    return {f"{kind.capitalize()}s": list(references)}


@both
def test_row_106_what_services_use_stays(payloads, kind):
    api = payloads.api
    ident = make(api, kind, "A.b")
    ref = reference(kind, ident, "A.b", "/x")
    create(api, "web", container(kind, ref), **NOWHERE)
    refused = INVALID + f"{kind} 'A.b' is in use by the following service"
    reply = api.request("DELETE", f"/{kind}s/a.b")
    assert (reply.status, reply.message) == (400, refused + ": web")
    create(api, "api", container(kind, ref), **NOWHERE)
    reply = api.request("DELETE", f"/{kind}s/a.b")
    assert reply.status == 400 and reply.message in (refused + "s: web, api", refused + "s: api, web")
    api.delete("/services/api")
    api.update("web", lambda spec: spec["TaskTemplate"]["ContainerSpec"].pop(f"{kind.capitalize()}s"))
    assert api.request("DELETE", f"/{kind}s/a.b").status == 204, "a previous spec does not keep it"


@both
def test_services_name_what_is_there(payloads, kind):
    api = payloads.api
    ident, other = make(api, kind, "A.b"), make(api, kind, "c")

    def refused(*references):
        spec = {"Name": "web", "TaskTemplate": {**NOWHERE, "ContainerSpec": {
            "Image": "alpine", **container(kind, *references)}}}
        reply = api.request("POST", "/services/create", spec)
        assert reply.status == 400, reply
        return reply.message.removeprefix(INVALID)

    good = reference(kind, ident, "A.b", "x")
    assert refused(reference(kind, ident, "a.b", "x")) == f"{kind} not found: a.b"
    assert refused(reference(kind, ident[:9], "A.b", "x")) == f"{kind} not found: A.b"
    assert refused(good, reference(kind, "zz", "b", "y"), reference(kind, other, "d", "z")) == f"{kind}s not found: b, d"
    assert refused(reference(kind, "", "A.b", "x")) == f"malformed {kind} reference"
    assert refused(reference(kind, ident, "", "x")) == f"malformed {kind} reference"
    assert refused(reference(kind, ident, "A.b", "")) == (
        f"malformed file {kind} reference, invalid target file name provided")
    assert refused(good, reference(kind, other, "c", "x")) == (
        f"{kind} references 'A.b' and 'c' have a conflicting target: 'x'")
    create(api, "web", container(kind, good), **NOWHERE)
    assert api.service("web")["Spec"]["TaskTemplate"]["ContainerSpec"][f"{kind.capitalize()}s"] == [good]
    now = api.service("web")
    now["Spec"]["TaskTemplate"]["ContainerSpec"].update(container(kind, reference(kind, "zz", "gone", "y")))
    reply = api.request("POST", f"/services/{now['ID']}/update?version={now['Version']['Index']}", now["Spec"])
    assert (reply.status, reply.message) == (400, INVALID + f"{kind} not found: gone")


def test_references_without_a_target(payloads):
    api = payloads.api
    secret, config = make(api, "secret", "s"), make(api, "config", "c")

    def refused(**parts):
        reply = api.request("POST", "/services/create", {
            "Name": "web", "TaskTemplate": {**NOWHERE, "ContainerSpec": {"Image": "alpine", **parts}}})
        assert reply.status == 400, reply
        return reply.message
    assert refused(Secrets=[{"SecretID": secret, "SecretName": "s"}]) == (
        INVALID + "malformed secret reference, no target provided")
    bare = {"ConfigID": config, "ConfigName": "c"}
    assert refused(Configs=[bare]) == "invalid Config: either File or Runtime should be set"
    assert refused(Configs=[{**bare, "Runtime": {}, "File": {"Name": "x"}}]) == (
        "invalid Config: cannot specify both File and Runtime")
    wanted = {"CredentialSpec": {"Config": config}}
    assert refused(Privileges=wanted, Configs=[reference("config", config, "c", "x")]) == (
        INVALID + f"CredentialSpec references config '{config}', but that config isn't in config references with "
                  "RuntimeTarget")
    create(api, "web", {"Privileges": wanted, "Configs": [{**bare, "Runtime": {}}]}, **NOWHERE)
    assert api.service("web")["Spec"]["TaskTemplate"]["ContainerSpec"]["Configs"] == [{**bare, "Runtime": {}}]
    assert "is in use" in api.request("DELETE", "/configs/c").message


@both
def test_cli(payloads, docker, kind, tmp_path):
    (tmp_path / "data").write_bytes(b"from a file\n\0")
    ident = docker(kind, "create", "--label", "tier=db", "one", str(tmp_path / "data")).out
    assert len(ident) == 25
    assert len(docker(kind, "create", "--template-driver", "golang", "two", "-", stdin="{{.Task.Slot}}").out) == 25
    assert sorted(docker(kind, "ls", "--format", "{{.Name}}").lines) == ["one", "two"]
    assert docker(kind, "ls", "-q", "--filter", "label=tier=db").out == ident
    assert docker(kind, "ls", "--format", "{{.Labels}}", "--filter", "name=one").out == "tier=db"
    shown = json.loads(docker(kind, "inspect", "two").out)[0]["Spec"]
    assert shown["Templating"] == {"Name": "golang"} and ("Data" in shown) == (kind == "config")
    pretty = docker(kind, "inspect", "--pretty", "one").out
    assert "tier=db" in pretty and ("from a file" in pretty) == (kind == "config")
    assert "already exists" in docker(kind, "create", "ONE", "-", stdin="x", code=1).err
    docker("service", "create", "-d", "--name", "web", "--constraint", "node.labels.nowhere==here", f"--{kind}", "one",
           f"--{kind}", "source=two,target=/etc/two,uid=5,gid=6,mode=0400", "alpine", "sleep", "1000")
    refs = payloads.api.service("web")["Spec"]["TaskTemplate"]["ContainerSpec"][f"{kind.capitalize()}s"]
    files = {ref[f"{kind.capitalize()}Name"]: ref["File"] for ref in refs}
    assert files["one"] == {"Name": "one", "UID": "0", "GID": "0", "Mode": 0o444}
    assert files["two"] == {"Name": "/etc/two", "UID": "5", "GID": "6", "Mode": 0o400}
    assert f"{kind} 'one' is in use by the following service: web" in docker(kind, "rm", "one", code=1).err
    assert f"{kind} not found: three" in docker("service", "update", "-d", f"--{kind}-add", "three", "web", code=1).err
    docker("service", "update", "-d", f"--{kind}-rm", "one", "web")
    assert docker(kind, "rm", "one").out == "one"
    docker("service", "rm", "web")
    assert docker(kind, "rm", "two").out == "two"
