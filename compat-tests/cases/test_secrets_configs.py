"""Secrets and configs as objects of the swarm: made, shown, listed, changed and removed."""
import json
import pathlib
import time

import pytest

from harness.api import Api
from harness.payloads import KINDS, b64, make, names, payloads, update  # noqa: F401
from harness.waiting import wait_until

INVALID = "rpc error: code = InvalidArgument desc = "
BAD_NAME = INVALID + ("invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end character must "
                      "be [a-zA-Z0-9]")
both = pytest.mark.parametrize("kind", KINDS)


def too_big(kind):
    limit = {"secret": 512000, "config": 1024000}[kind]
    return INVALID + f"{kind} data must be larger than 0 and less than {limit} bytes"


@both
def test_they_are_shown(payloads, kind):
    api = payloads.api
    ident = make(api, kind, "A.b", b"\0\xff" * 9, Labels={"tier": "db", "x": ""})
    assert len(ident) == 25
    shown = api.get(f"/{kind}s/{ident}")
    assert set(shown) == {"ID", "Version", "CreatedAt", "UpdatedAt", "Spec"}
    assert shown["ID"] == ident and shown["CreatedAt"] == shown["UpdatedAt"]
    data = {"Data": b64(b"\0\xff" * 9)} if kind == "config" else {}
    assert shown["Spec"] == {"Name": "A.b", "Labels": {"tier": "db", "x": ""}, **data}
    assert api.get(f"/{kind}s") == [shown]
    for target in ("A.b", "a.B", ident[:9]):
        assert api.get(f"/{kind}s/{target}") == shown
    other = make(api, kind, "plain")
    assert api.get(f"/{kind}s/{other}")["Spec"]["Labels"] == {}
    assert api.request("GET", f"/{kind}s/nope").message == f"{kind} nope not found"
    assert api.request("GET", f"/{kind}s/nope").status == 404


@both
def test_names_win_over_beginnings_of_ids(payloads, kind):
    first = make(payloads.api, kind, "one")
    second = make(payloads.api, kind, first[:3])
    assert payloads.api.get(f"/{kind}s/{first[:3]}")["ID"] == second
    made = {each["ID"] for each in payloads.api.get(f"/{kind}s")}
    for number in range(60):
        made.add(make(payloads.api, kind, f"many{number}"))
        if len({ident[0] for ident in made}) < len(made):
            break
    twice = next(c for c in sorted(i[0] for i in made) if sum(i.startswith(c) for i in made) > 1)
    count = sum(i.startswith(twice) for i in made)
    reply = payloads.api.request("GET", f"/{kind}s/{twice}")
    assert (reply.status, reply.message) == (400, f"{kind} {twice} is ambiguous ({count} matches found)")


@both
@pytest.mark.parametrize("body, message", [
    ({}, INVALID + "name must be provided"),
    ({"Name": "-a"}, BAD_NAME),
    ({"Name": "a."}, BAD_NAME),
    ({"Name": "a b"}, BAD_NAME),
    ({"Name": "ü"}, BAD_NAME),
    ({"Name": "x" * 65, "Data": "aGk="}, BAD_NAME),
], ids=lambda value: json.dumps(value)[:20] if isinstance(value, dict) else "")
def test_bad_names(payloads, kind, body, message):
    reply = payloads.api.request("POST", f"/{kind}s/create", body)
    assert (reply.status, reply.message) == (400, message)


@both
def test_row_108_sizes(payloads, kind):
    most = {"secret": 511999, "config": 1023999}[kind]
    for data in (None, "", b64("x" * (most + 1))):
        reply = payloads.api.request("POST", f"/{kind}s/create", {"Name": "big", "Data": data})
        assert (reply.status, reply.message) == (400, too_big(kind))
    make(payloads.api, kind, "big", "x" * most)
    make(payloads.api, kind, "x" * 64, "x")
    assert names(payloads.api, kind) == ["big", "x" * 64]


@both
def test_bodies_are_read_as_go_does(payloads, kind):
    word = kind.capitalize() + "Spec"
    for data, message in (("!!", "illegal base64 data at input byte 0"),
                          (5, f"json: cannot unmarshal number into Go struct field {word}.Data of type []uint8")):
        reply = payloads.api.request("POST", f"/{kind}s/create", {"Name": "a", "Data": data})
        assert reply.status == 400 and reply.message.removeprefix("invalid JSON: ") == message
    ident = payloads.api.post(f"/{kind}s/create", {"name": "a", "data": [104, 105]})["ID"]
    if kind == "config":
        assert payloads.api.get(f"/configs/{ident}")["Spec"]["Data"] == b64("hi")


@both
def test_names_are_taken_once(payloads, kind):
    make(payloads.api, kind, "A.b")
    for name in ("A.b", "a.B"):
        reply = payloads.api.request("POST", f"/{kind}s/create", {"Name": name, "Data": "aGk="})
        assert (reply.status, reply.message) == (
            409, f"rpc error: code = AlreadyExists desc = {kind} {name} already exists")
    other = {"secret": "config", "config": "secret"}[kind]
    make(payloads.api, other, "A.b")


def test_secret_drivers(payloads):
    for driver, status, message in (({}, 400, INVALID + "secret driver must have a name"),
                                    ({"Name": "nope"}, 500, 'rpc error: code = Unknown desc = plugin "nope" not found')):
        reply = payloads.api.request("POST", "/secrets/create", {"Name": "a", "Driver": driver})
        assert (reply.status, reply.message) == (status, message)


@both
def test_templating(payloads, kind):
    make(payloads.api, kind, "a", "{{.Service.Name}}", Templating={"Name": "golang"})
    assert payloads.api.get(f"/{kind}s/a")["Spec"]["Templating"] == {"Name": "golang"}
    make(payloads.api, kind, "b", Templating={"Name": "zz", "Options": {"x": "y"}})
    assert payloads.api.get(f"/{kind}s/b")["Spec"]["Templating"] == {"Name": "zz", "Options": {"x": "y"}}
    reply = Api(payloads.url, "1.36").request(
        "POST", f"/{kind}s/create", {"Name": "c", "Data": "aGk=", "Templating": {"Name": "golang"}})
    assert (reply.status, reply.message) == (
        400, f"{kind} templating is not supported on the specified API version: 1.36")


@pytest.mark.differs("engines before 29 answer every version")
def test_versions_that_have_them(payloads):
    for path, since, version in (("/secrets", "1.25", "1.24"), ("/configs", "1.30", "1.29")):
        reply = Api(payloads.url, version).request("GET", path)
        assert (reply.status, reply.message) == (400, f"GET {path} requires minimum API version {since}")
        assert Api(payloads.url, since).get(path) == []


@both
def test_filters(payloads, kind):
    api = payloads.api
    alpha = make(api, kind, "Alpha", Labels={"x": "1"})
    make(api, kind, "beta", Labels={"x": "2", "y": ""})
    assert names(api, kind) == ["Alpha", "beta"]
    assert names(api, kind, name="aL") == ["Alpha"]
    assert names(api, kind, name=["al", "BETA"]) == ["Alpha", "beta"]
    assert names(api, kind, id=alpha[:14]) == ["Alpha"]
    assert names(api, kind, id=alpha[:14], name="be") == ["Alpha", "beta"]
    assert names(api, kind, label="x") == ["Alpha", "beta"]
    assert names(api, kind, label="x=") == ["Alpha", "beta"]
    assert names(api, kind, label="x=2") == ["beta"]
    assert names(api, kind, label=["x", "y"]) == ["beta"]
    assert names(api, kind, label="z") == []
    assert names(api, kind, name="Alpha", label="x=2") == []
    if kind == "secret":
        assert names(api, kind, names="ALPHA") == ["Alpha"]
        assert names(api, kind, names="alph") == []
    for key in ("foo",) + (("names",) if kind == "config" else ()):
        reply = api.request("GET", f'/{kind}s?filters={{"{key}":["x"]}}')
        assert reply.status == 400 and reply.message.lower() == f"invalid filter '{key}'"


@both
def test_row_107_only_labels_change(payloads, kind):
    api = payloads.api
    make(api, kind, "a", Templating={"Name": "golang"}, Labels={"old": "1"})
    before = api.get(f"/{kind}s/a")
    assert update(api, kind, "a", Name="a", Labels={"n": "1"}).status == 200
    after = api.get(f"/{kind}s/a")
    assert after["Spec"] == {**before["Spec"], "Labels": {"n": "1"}}
    assert after["Version"]["Index"] > before["Version"]["Index"]
    assert after["CreatedAt"] == before["CreatedAt"] and after["UpdatedAt"] > before["UpdatedAt"]
    reply = update(api, kind, "a", Name="a", Data=b64("hi"))
    assert (reply.status, reply.body) == (200, b"")
    assert api.get(f"/{kind}s/a")["Spec"]["Labels"] == {}
    for spec in ({"Name": "A"}, {"Name": "a", "Data": b64("ho")}, {}):
        reply = update(api, kind, "a", **spec)
        assert (reply.status, reply.message) == (400, INVALID + "only updates to Labels are allowed")
    reply = update(api, kind, "a", version=before["Version"]["Index"], Name="a")
    assert (reply.status, reply.message) == (500, "rpc error: code = Unknown desc = update out of sequence")
    for version in ("", "zz", "-1"):
        reply = update(api, kind, "a", version=version, Name="a")
        assert (reply.status, reply.message) == (400, f"invalid {kind} version")
    assert update(api, kind, "nope", version=1, Name="a").message == f"{kind} nope not found"


@both
def test_removal(payloads, kind):
    ident = make(payloads.api, kind, "a")
    make(payloads.api, kind, "b")
    for target in ("A", "b"):
        reply = payloads.api.request("DELETE", f"/{kind}s/{target}")
        assert (reply.status, reply.body) == (204, b"")
    reply = payloads.api.request("DELETE", f"/{kind}s/{ident}")
    assert (reply.status, reply.message) == (404, f"{kind} {ident} not found")
    make(payloads.api, kind, "a")


@both
def test_events_are_told(payloads, kind):
    api, since = payloads.api, time.time()
    ident = make(api, kind, "a")
    update(api, kind, "a", Name="a", Labels={"x": "y"})
    api.delete(f"/{kind}s/a")

    def told():
        filters = json.dumps({"type": [kind]}).replace('"', "%22").replace(" ", "")
        text = api.request("GET", f"/events?since={since:.9f}&until={time.time():.9f}&filters={filters}").text
        lines = [json.loads(line) for line in text.splitlines()]
        return [e for e in lines if e["Actor"]["ID"] == ident]

    def all_told():
        return [e["Action"] for e in told()] == ["create", "update", "remove"]
    wait_until(all_told, "the events are told", 30)
    assert all(e["Actor"]["Attributes"] == {"name": "a"} and e["scope"] == "swarm" for e in told())


@pytest.mark.swarmward_only("where the state is kept")
def test_they_survive_the_daemon(payloads):
    secret = make(payloads.api, "secret", "key", "hush-hush-hush", Labels={"a": "b"})
    config = make(payloads.api, "config", "site", "data")
    before = [payloads.api.get(f"/secrets/{secret}"), payloads.api.get(f"/configs/{config}")]
    payloads.daemon.kill()
    payloads.daemon.start()
    assert [payloads.api.get(f"/secrets/{secret}"), payloads.api.get(f"/configs/{config}")] == before
    reply = update(payloads.api, "secret", "key", Name="key", Data=b64("another"))
    assert reply.message == INVALID + "only updates to Labels are allowed"
    assert update(payloads.api, "secret", "key", Name="key", Data=b64("hush-hush-hush")).status == 200


@pytest.mark.swarmward_only("where the state is kept")
def test_values_are_in_no_file_as_they_are(payloads):
    make(payloads.api, "secret", "key", "hush-hush-hush")
    for path in pathlib.Path(payloads.daemon.data_root).rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"hush-hush-hush" not in content and b64("hush-hush-hush").encode() not in content, path
    log = payloads.daemon.tail()
    assert "hush-hush" not in log and b64("hush-hush-hush") not in log


@both
def test_without_a_swarm(no_swarm, kind):
    wanted = ('This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node '
              "to swarm and try again.")
    for method, path, body in (("GET", f"/{kind}s", None), ("GET", f"/{kind}s/x", None),
                               ("POST", f"/{kind}s/create", {"Name": "x"}), ("DELETE", f"/{kind}s/x", None),
                               ("POST", f"/{kind}s/x/update?version=1", {"Name": "x"})):
        reply = no_swarm.api.request(method, path, body)
        assert (reply.status, reply.message) == (503, wanted)


@both
def test_they_go_with_the_swarm(payloads, kind):
    make(payloads.api, kind, "a")
    payloads.dissolve()
    payloads.form()
    assert names(payloads.api, kind) == []
