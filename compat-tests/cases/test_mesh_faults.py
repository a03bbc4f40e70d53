"""Engines and daemons that stop while tasks talk: rows 5 to 8, 50 and 59 of the networks' conformance list."""
import contextlib
import signal
import time

import pytest

from lablib import host as lab_host

from harness.mesh import (WEB, address, addresses, container, everywhere, host_of, lan_address, make, on, on_host, pings,
                          publish, reaches, remove_networks, resolved, several)
from harness.requests import ask, constant_requests
from harness.services import create, wait_running
from harness.targets import NODES
from harness.town import Town, restart_engine
from harness.waiting import stays, wait_until

# Native shares connections by IPVS, which kernels of test machines often lack.
pytestmark = pytest.mark.swarmward_only("native needs IPVS in the kernel")


@pytest.fixture
def town(members):
    remove_networks(members)
    yield Town(members)
    for daemon in members.daemons.values():
        if daemon.process.poll() is not None:
            daemon.start()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_row_n05_an_engine_that_starts_anew(town, how):
    restart_engine(town.members, "h2", how)
    wait_until(lambda: town.members.running_on("h2", "web"), "h2 has a task again")
    town.wait()
    reaches(town.members, town.task("h2"), town.address("h3"))


@contextlib.contextmanager
def live_restore(members, name):
    """An engine whose containers outlive it."""
    restart_engine(members, name, flags=["--live-restore"])
    try:
        yield members.lab.host(name)
    finally:
        restart_engine(members, name)


def test_row_n06_traffic_flows_while_the_engine_is_down(town):
    """For as long as it takes the manager to see that, and to look for another host, which there is none; and after."""
    members = town.members
    with live_restore(members, "h2") as host:
        town.wait()
        there, here, back = town.address("h2"), town.task("h1"), town.address("h1")
        task = town.task("h2")
        place = members.engines["h2"].get(f"/containers/{container(task)}/json")["State"]["Pid"]
        lab_host.stop_engine(host)
        try:
            stays(lambda: pings(members, here, there), "h1 reaches the task of h2", 8)
            ping = ["nsenter", "-t", str(place), "-n", "busybox", "ping", "-c", "2", "-W", "2", back]
            assert on_host(members, "h2", *ping)[0] == 0
        finally:
            lab_host.start_engine(host, ["--live-restore"])
            lab_host.wait_for_engine(host)
            members.wait_for_nodes()
        town.wait()


def test_row_n07_traffic_flows_while_the_daemon_is_down(town):
    """And the manager knows that it is."""
    members, here, task = town.members, town.task("h1"), town.task("h2")
    addresses = {host: town.address(host) for host in NODES}
    members.daemons["h2"].kill()
    wait_until(lambda: members.api.nodes()["h2"]["Status"]["State"] != "ready", "the manager misses h2")
    stays(lambda: pings(members, here, addresses["h2"]), "h1 reaches the task of h2", 4)
    for target in addresses.values():
        assert pings(members, task, target), "the task of h2 reaches the others"
    members.daemons["h2"].start()
    members.wait_for_nodes()
    town.wait()


def spoil(members, name):
    """Takes away what the agent of a host made in the kernel: the members of networks, their rules and its own."""
    folder = f"/run/swarmward/ward-{members.node_id(name)[:12]}/netns"
    members.daemons[name].kill()
    for space in on_host(members, name, "ls", folder)[1].split():
        here = ["nsenter", f"--net={folder}/{space}", "sh", "-c"]
        on_host(members, name, *here, "bridge fdb show dev vxlan0 | awk '/ dst /{print $1}' | "
                                      "while read mac; do bridge fdb del $mac dev vxlan0 self; done; "
                                      "ip neigh flush nud permanent; nft flush ruleset; ip link set br0 mtu 1400")
    on_host(members, name, "nft", "delete", "table", "ip", "ward_published")


def test_row_n08_a_start_of_the_daemon_rebuilds_what_was_lost(town):
    members = town.members
    task = town.task("h2")
    spoil(members, "h2")
    there = town.address("h3")
    assert not pings(members, task, there), "nothing was lost"
    assert ask(members.lab.host("h1"), town.url("h2"), timeout=1) == [None], "nothing was lost"
    wait_until(lambda: members.api.nodes()["h2"]["Status"]["State"] != "ready", "the manager misses h2")
    members.daemons["h2"].start()
    members.wait_for_nodes()
    town.wait()
    reaches(members, town.task("h2"), there)
    wait_until(lambda: len(resolved(members, town.task("h2"), "tasks.web")) == 3, "names are known")


def test_row_n50_an_engine_without_tasks_starts_anew(members):
    """The port of its host goes on all the time: the tasks are elsewhere."""
    create(members.api, "web", WEB, replicas=2, EndpointSpec=publish(),
           Placement={"Constraints": ["node.hostname!=h3"]})
    wait_running(members, "web", 2)
    host, url = members.lab.host("h1"), f"http://{lan_address(members, 'h3')}:8080/"
    wait_until(lambda: None not in ask(host, url, 4), "h3 answers")
    with constant_requests(host, url) as load:
        restart_engine(members, "h3")
    assert load.failed == 0, load
    assert None not in ask(host, url, 4)


def test_addresses_of_an_engine_that_was_killed_are_reached_where_they_are_now(members):
    """From that host, too, although its engine keeps them for the containers that ended with it."""
    remove_networks(members)
    small = make(members, "small", IPAM={"Config": [{"Subnet": "10.89.0.0/28"}]})
    everywhere(members, "web", small)
    before = address(on(members, "web", "h3"), small)
    restart_engine(members, "h3", signal.SIGKILL)
    wait_until(lambda: len(members.api.running("web")) == len(NODES) and
               address(on(members, "web", "h3"), small) != before, "h3 has a new task")
    # As many as there are addresses: it is one of them.
    several(members, "more", 6, small, Placement={"Constraints": ["node.hostname==h1"]}, EndpointSpec={"Mode": "dnsrr"})
    assert before in addresses(members, "more", small)
    for host in ("h2", "h3"):
        reaches(members, on(members, "web", host), before)
    members.clear()
    remove_networks(members)


def test_row_n59_a_task_that_is_killed(members):
    """What was under way may fail; a second later nothing does."""
    several(members, "web", 3, container=WEB, EndpointSpec=publish())
    host, url = members.lab.host("h1"), f"http://{lan_address(members, 'h3')}:8080/"
    wait_until(lambda: len(set(ask(host, url, 9)) - {None}) == 3, "all three answer")
    task = members.api.running("web")[0]
    with constant_requests(host, url) as load:
        members.engines[host_of(members, task)].post(f"/containers/{container(task)}/kill")
        killed = time.time()
        wait_until(lambda: task["ID"] not in {t["ID"] for t in members.api.running("web")}, "it is missed")
        wait_running(members, "web", 3)
    late = [failure for failure in load.failures if float(failure.split()[0]) > killed + 1]
    assert not late, (killed, load)
