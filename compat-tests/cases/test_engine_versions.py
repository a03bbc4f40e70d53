"""Engines of two versions in one swarm and one overlay network: row 20 of the networks' conformance list.

h1 and h2 have this machine's dockerd, h3 that of the tree which lab/trixie makes; SWARMWARD_NEW_ENGINE names another.
"""
import os
import pathlib

import pytest

from harness import engines
from harness.engines import NEW_HOST
from harness.leftovers import same, settled, snapshot
from harness.members import Members
from harness.mesh import (WEB, address, addresses, attach, container, everywhere, lan_address, make, on, pings, publish,
                          reaches, remove_networks, resolved, several, virtual_ip)
from harness.requests import ask, constant_requests
from harness.services import availability, by_host, create, shell, wait_running
from harness.targets import NODES, running
from harness.town import Town, restart_engine
from harness.waiting import stays, wait_until

pytestmark = [
    pytest.mark.swarmward_only("native needs IPVS in the kernel"),
    pytest.mark.skipif(engines.new_engine() is None, reason="no second engine: compat-tests/lab/trixie makes one in two "
                                                            "minutes (SWARMWARD_NEW_ENGINE names its folder)")]

HERE = pathlib.Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def hosts(binary, logs):
    """Takes the place of the hosts that other suites share: those of a lab with two kinds of engines."""
    folder = logs / "engines"
    folder.mkdir(exist_ok=True)
    with engines.mixed_lab(HERE, os.environ.get("SWARMWARD_LAB_NAME", "t0")) as lab:
        with running(Members(lab, binary, folder)) as it:
            yield it
        it.remove()


@pytest.fixture
def town(members):
    remove_networks(members)
    yield Town(members)
    for daemon in members.daemons.values():
        if daemon.process.poll() is not None:
            daemon.start()


def url(members, host):
    return f"http://{lan_address(members, host)}:8080/"


def test_row_n20_nodes_show_their_engines(members, cli):
    own = {host: engine.get("/version")["Version"] for host, engine in members.engines.items()}
    assert own["h1"] == own["h2"] != own[NEW_HOST]
    assert int(own["h1"].split(".")[0]) < int(own[NEW_HOST].split(".")[0])
    shown = cli("h1")("node", "ls", "--format", "{{.Hostname}} {{.EngineVersion}}").lines
    assert sorted(shown) == [f"{host} {own[host]}" for host in NODES]


def test_row_n20_tasks_spread_over_both_versions(members):
    several(members, "web", 3)
    assert by_host(members.api, "web") == {host: 1 for host in NODES}


def test_row_n20_tasks_reach_each_other_in_both_directions(members, cli):
    """By address, by name, by the virtual address and by the names of tasks."""
    remove_networks(members)
    net = make(members, "back")
    everywhere(members, "web", net)
    everywhere(members, "rep", net, EndpointSpec={"Mode": "dnsrr"})
    vip, each = virtual_ip(members, "web", net), addresses(members, "web", net)
    names = {container(on(members, "web", host))[:12] for host in NODES}
    for host in NODES:
        asking = on(members, "web", host)
        for other in NODES:
            task = on(members, "web", other)
            reaches(members, asking, address(task, net))
            wait_until(lambda: resolved(members, asking, f"web.{task['NodeID']}.{task['ID']}") == [address(task, net)],
                       f"{host} knows the task on {other}")
        wait_until(lambda: resolved(members, asking, "web") == [vip], f"{host} knows the service")
        wait_until(lambda: set(resolved(members, asking, "tasks.web")) == each, f"{host} knows its tasks")
        wait_until(lambda: set(resolved(members, asking, "rep")) == addresses(members, "rep", net), "and those of rep")
        for name in ("web", vip, "tasks.web"):
            fetch = f"for i in $(seq 30); do timeout 5 wget -q -O - http://{name}/ || echo failed; done"
            bodies = set(cli("h1")("exec", container(asking), "sh", "-c", fetch).lines)
            # Of several addresses the C library may always prefer the same.
            assert bodies <= names if name == "tasks.web" else bodies == names, (host, name, bodies)


def test_row_n20_a_published_port_answers_everywhere(members):
    """With one task, on an old engine and on the new one, and with tasks on all."""
    for place in ("h1", NEW_HOST):
        create(members.api, "web", WEB, EndpointSpec=publish(), Placement={"Constraints": [f"node.hostname=={place}"]})
        wait_running(members, "web", 1)
        for asking in NODES:
            for asked in (*(lan_address(members, host) for host in NODES), "127.0.0.1"):
                answers = lambda: None not in ask(members.lab.host(asking), f"http://{asked}:8080/", 3)  # noqa: E731
                wait_until(answers, f"{asking} is answered by {asked}")
        members.clear()
    everywhere(members, "web", EndpointSpec=publish())
    for asked in NODES:
        wait_until(lambda: len(set(ask(members.lab.host("h1"), url(members, asked), 12)) - {None}) == 3,
                   f"{asked} shares among all tasks")


def test_row_n20_containers_of_the_new_engine_from_the_manager(members, cli):
    create(members.api, "far", shell("trap 'exit 0' TERM; echo here I am; while :; do sleep 0.1; done"),
           Placement={"Constraints": [f"node.hostname=={NEW_HOST}"]})
    wait_running(members, "far", 1)
    ident = container(members.api.running("far")[0])
    docker = cli("h1")
    assert docker("exec", ident, "hostname").out == ident[:12]
    assert docker("exec", ident, "ls", "/serve").out == "/serve", "exec is inside, where the image's files are"
    assert docker.bytes("exec", "-i", ident, "cat", stdin=b"through\0it all") == b"through\0it all"
    docker("exec", ident, "sh", "-c", "exit 7", code=7)
    assert docker("logs", ident).out == "here I am"
    wait_until(lambda: "here I am" in docker("service", "logs", "--raw", "far").out, "so says the log of the service")
    assert docker("inspect", "--format", "{{.Id}} {{.State.Status}}", ident).out == f"{ident} running"


@pytest.fixture
def loads(members):
    """h1 asks h3 and h3 asks h1 all the time."""
    several(members, "web", 3, container=WEB, EndpointSpec=publish(),
            UpdateConfig={"Parallelism": 1, "Order": "stop-first", "Monitor": 10**8})
    ways = [("h1", NEW_HOST), (NEW_HOST, "h1")]
    for asking, asked in ways:
        wait_until(lambda: None not in ask(members.lab.host(asking), url(members, asked), 3), f"{asked} answers")
    first, second = ((members.lab.host(asking), url(members, asked)) for asking, asked in ways)
    with constant_requests(*first) as one, constant_requests(*second) as other:
        yield one, other


def none_failed(loads):
    for load in loads:
        load.finish()
    assert [load.failed for load in loads] == [0, 0], loads


def test_row_n20_a_rolling_update_fails_no_request(members, loads):
    for number in (1, 2):
        members.api.update("web", lambda spec: spec["TaskTemplate"].update(ForceUpdate=number))
        wait_until(lambda: members.api.get("/services/web").get("UpdateStatus", {}).get("State") == "completed",
                   "the update is complete", 120)
    none_failed(loads)


def test_row_n20_draining_the_new_engine_fails_no_request(members, loads):
    availability(members.api, NEW_HOST, "drain")
    wait_until(lambda: not members.running_on(NEW_HOST, "web") and len(members.api.running("web")) == 3, "it is empty")
    none_failed(loads)


@pytest.mark.parametrize("flags", [[], ["--live-restore"]], ids=["plain", "live-restore"])
def test_row_n20_the_new_engine_starts_anew(town, flags):
    members = town.members
    if flags:
        restart_engine(members, NEW_HOST, flags=flags)
        town.wait()
    before = members.lives("web")
    restart_engine(members, NEW_HOST, flags=flags)
    wait_until(lambda: members.running_on(NEW_HOST, "web"), "it has a task again")
    town.wait()
    for host in NODES:
        reaches(members, town.task(NEW_HOST), town.address(host))
    assert (members.lives("web") == before) is bool(flags), "only live-restore keeps the container"
    if flags:
        restart_engine(members, NEW_HOST)


def test_row_n20_the_agent_there_starts_anew(town):
    """Traffic goes on without it. A manager that missed it has replaced the task, as of any global service."""
    members = town.members
    here, there, target = town.task("h1"), town.address(NEW_HOST), town.task(NEW_HOST)
    others = {host: town.address(host) for host in NODES if host != NEW_HOST}
    members.daemons[NEW_HOST].kill()
    stays(lambda: pings(members, here, there), "h1 reaches the task of h3", 3)
    for address_there in others.values():
        assert pings(members, target, address_there), "and the other way round"
    members.daemons[NEW_HOST].start()
    members.wait_for_nodes()
    town.wait()
    wait_until(lambda: len(members.running_on(NEW_HOST, "web")) == 1, "one task runs there, not two")
    wait_until(lambda: set(resolved(members, town.task(NEW_HOST), "tasks.web")) == {town.address(h) for h in NODES},
               "names are known")


def come_and_go(members):
    create(members.api, "web", WEB, Mode={"Global": {}}, EndpointSpec=publish(), **attach(make(members, "back")))
    wait_running(members, "web", len(NODES))
    members.api.delete("/services/web")
    remove_networks(members)
    members.clear()


def test_row_n20_nothing_is_left_on_the_new_engine(members):
    remove_networks(members)
    come_and_go(members)  # The engine makes docker_gwbridge at the first network and keeps it.
    was, sockets = settled(members, NEW_HOST)
    come_and_go(members)
    wait_until(lambda: same(was, sockets, *snapshot(members, NEW_HOST)), "it is as before")
