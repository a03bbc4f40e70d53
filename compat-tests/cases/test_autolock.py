"""A manager whose secrets on disk need a key: rows 118 of the conformance table, and what native lacks a text for."""
import pathlib
import re

import pytest

from harness.refusals import check
from harness.services import create, wait_running
from harness.targets import NODES, start_engine, stop_engine
from harness.waiting import stays, wait_until

LOCKED = ("Swarm is encrypted and needs to be unlocked before it can be used. "
          'Please use "docker swarm unlock" to unlock it.')
LEAVE = "Swarm is encrypted and locked. Please unlock it first or use `--force` to ignore this message."
KEY = re.compile(r"SWMKEY-1-[A-Za-z0-9+/]{43}")
OTHER_KEY = "SWMKEY-1-" + "A" * 43


def restart(hosts):
    """The manager's host comes up again."""
    if hosts.name == "native":
        stop_engine(hosts.hosts[0])
        start_engine(hosts.hosts[0])
    else:
        hosts.daemons["h1"].stop()
        hosts.daemons["h1"].start()


def unlock(hosts, key):
    return hosts.api.request("POST", "/swarm/unlock", {"UnlockKey": key})


def wait_locked(hosts):
    wait_until(lambda: hosts.state("h1") == "locked", "h1 is locked")


def init(hosts, cli):
    out = cli("h1")("swarm", "init", "--autolock", "--advertise-addr", hosts.address).out
    for host in NODES[1:]:
        hosts.join(host)
    hosts.wait_for_nodes()
    return KEY.search(out).group()


def test_row_118_autolock(apart, cli):
    key = init(apart, cli)
    assert cli("h1")("swarm", "unlock-key", "-q").out == key
    create(apart.api, "web", replicas=3)
    wait_running(apart, "web", 3)
    check(unlock(apart, key), 409, "swarm is not locked")
    restart(apart)
    wait_locked(apart)
    section = apart.api.get("/info")["Swarm"]
    assert (section["Error"], section["NodeID"], section["ControlAvailable"]) == (LOCKED, "", False)
    for path in ("/swarm", "/nodes", "/services", "/tasks", "/swarm/unlockkey"):
        check(apart.api.request("GET", path), 503, LOCKED)
    assert LOCKED in cli("h1")("service", "ls", code=1).err
    check(apart.api.request("POST", "/swarm/leave"), 503, LEAVE)
    check(unlock(apart, "nonsense"), 400, "invalid key string")
    check(unlock(apart, OTHER_KEY), 401, "swarm could not be unlocked: invalid key provided")
    cli("h1")("swarm", "unlock", stdin=key + "\n")
    assert apart.state("h1") == "active"
    apart.wait_for_nodes()
    wait_running(apart, "web", 3)
    check(unlock(apart, key), 409, "swarm is not locked")


def test_another_key_and_none(apart, cli):
    first = init(apart, cli)
    second = KEY.search(cli("h1")("swarm", "unlock-key", "--rotate").out).group()
    assert second != first
    restart(apart)
    wait_locked(apart)
    check(unlock(apart, first), 401, "swarm could not be unlocked: invalid key provided")
    assert unlock(apart, second).status == 200
    apart.wait_for_nodes()
    cli("h1")("swarm", "update", "--autolock=false")
    assert apart.api.get("/swarm/unlockkey") == {"UnlockKey": ""}
    restart(apart)
    wait_until(lambda: apart.state("h1") == "active", "no key is asked for")
    third = KEY.search(cli("h1")("swarm", "update", "--autolock=true").out).group()
    assert third not in (first, second)
    restart(apart)
    wait_locked(apart)
    assert unlock(apart, third).status == 200


@pytest.mark.swarmward_only("its containers end with the engine that is its manager")
def test_what_runs_does_not_mind(apart, cli):
    key = init(apart, cli)
    create(apart.api, "web", replicas=6)
    wait_running(apart, "web", 6)
    before = apart.lives("web")
    restart(apart)
    wait_locked(apart)
    assert apart.api.request("GET", "/containers/json").status == 200, "the engine is there as ever"
    stays(lambda: apart.lives("web") == before, "no container was touched", 6)
    check(apart.api.request("POST", "/swarm/init", {"ListenAddr": "0.0.0.0:2377", "Spec": {}}), 503,
          'This node is already part of a swarm. Use "docker swarm leave" to leave this swarm and join another one.')
    assert unlock(apart, key).status == 200
    apart.wait_for_nodes()
    stays(lambda: apart.lives("web") == before, "nor after it was unlocked", 3)


@pytest.mark.swarmward_only("looks at our files")
def test_nothing_is_readable_on_disk(apart, cli):
    key = init(apart, cli)
    create(apart.api, "web", {"Env": ["PASSWORD=hunter2"]})
    wait_running(apart, "web", 1)
    token = apart.token("Worker").rsplit("-", 1)[1]
    restart(apart)
    wait_locked(apart)
    root = pathlib.Path(apart.daemons["h1"].data_root)
    files = [path for path in root.rglob("*") if path.is_file()]
    assert {"state.db", "state.key", "swarm-node.key"} <= {path.name for path in files}
    for path in files:
        content = path.read_bytes()
        for secret in (b"hunter2", token.encode(), key.removeprefix("SWMKEY-1-").encode(), b"PRIVATE KEY"):
            assert secret not in content, (path, secret)
        if path.suffix == ".key":
            assert path.stat().st_mode & 0o777 == 0o600
    assert unlock(apart, key).status == 200


@pytest.mark.swarmward_only("native stops its containers with its engine")
def test_leaving_without_the_key(apart, cli):
    init(apart, cli)
    create(apart.api, "web", replicas=3)
    wait_running(apart, "web", 3)
    restart(apart)
    wait_locked(apart)
    assert cli("h1")("swarm", "leave", "--force").out == "Node left the swarm."
    assert apart.state("h1") == "inactive"
    assert apart.running_on("h1", "web") == []
    apart.api.post("/swarm/init", apart.init_request())
    assert apart.api.get("/services") == []
    restart(apart)
    assert apart.state("h1") == "active", "the new swarm has no lock"
