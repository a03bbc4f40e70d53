"""Published ports beside the firewalls of hosts: rows 46 to 49 of the networks' conformance list."""
import contextlib

import pytest

from lablib import host as lab_host

from harness.mesh import (client_place, enter, everywhere, inside, lan_address, make, on, on_host, publish,
                          virtual_ip)
from harness.requests import ask_from
from harness.targets import NODES
from harness.waiting import stays, wait_until

# Native shares connections by IPVS, which kernels of test machines often lack.
pytestmark = pytest.mark.swarmward_only("native needs IPVS in the kernel")

# What is lost comes back within five seconds on a machine that does nothing else.
HEALED = 30


class Town:
    """`web` with a task on each host, published and in a network."""

    def __init__(self, members):
        self.members = members
        self.network = make(members, "back")
        everywhere(members, "web", self.network, EndpointSpec=publish())
        self.vip = virtual_ip(members, "web", self.network)
        for host in NODES:
            wait_until(lambda: self.answers(host, 3), f"{host} answers")

    def answers(self, host, count=1):
        """Does the port of a host answer the lab's client each time?"""
        url = f"http://{lan_address(self.members, host)}:8080/"
        return None not in ask_from(client_place(self.members), url, count, 1)

    def run(self, host, *command):
        code, text = on_host(self.members, host, *command)
        assert code == 0, text
        return text


@pytest.fixture(scope="module")
def town(village):
    return Town(village)


@contextlib.contextmanager
def dropping(town, program):
    """The firewalls of all hosts drop what they forward, unless a rule accepts it."""
    before = {host: town.run(host, program, "-S", "FORWARD").splitlines()[0].split()[-1] for host in NODES}
    for host in NODES:
        town.run(host, program, "-P", "FORWARD", "DROP")
    try:
        yield
    finally:
        for host, policy in before.items():
            town.run(host, program, "-P", "FORWARD", policy)


@pytest.mark.parametrize("flavour", ["nft", "legacy"])
def test_row_n46_n47_a_firewall_that_drops_what_it_forwards(town, flavour):
    program = f"iptables-{flavour}"
    if on_host(town.members, "h1", program, "-S")[0] != 0:
        pytest.skip(f"the kernel has no {program}")
    with dropping(town, program):
        for host in NODES:
            wait_until(lambda: town.answers(host, 6), f"{host} answers", HEALED)
        stays(lambda: all(town.answers(host) for host in NODES), "they answer", 2)


def test_row_n48_rules_of_the_administrator_count(town):
    rule = ["DOCKER-USER", "-s", town.members.lab.host("h1").gateway, "-p", "tcp", "--dport", "8080", "-j", "DROP"]
    town.run("h2", "iptables", "-I", *rule)
    try:
        stays(lambda: not town.answers("h2"), "the client is kept out", 7)
        assert town.answers("h1", 3) and town.answers("h3", 3), "the other hosts do not mind"
        url = f"http://{lan_address(town.members, 'h2')}:8080/"
        assert None not in ask_from(lab_host.enter(town.members.lab.host("h1"), []), url, 3), "nor h2 about others"
    finally:
        town.run("h2", "iptables", "-D", *rule)
    wait_until(lambda: town.answers("h2"), "the client is let in again")


def namespaces(town, host):
    """The files of the network namespaces that the daemon of a host keeps."""
    folder = f"/run/swarmward/ward-{town.members.node_id(host)[:12]}/netns"
    return [f"{folder}/{name}" for name in town.run(host, "ls", folder).split()]


@pytest.fixture
def flushed(town):
    """A host whose firewall a case flushes. The rules of its engine come back with the next start of that."""
    host = town.members.lab.host("h2")
    yield "h2"
    lab_host.stop_engine(host)
    lab_host.start_engine(host)
    lab_host.wait_for_engine(host)


def test_row_n49_everything_flushed_comes_back(town, flushed):
    """On the host and in all of its networks."""
    spaces = namespaces(town, flushed)
    assert len(spaces) == 2, spaces
    task = on(town.members, "web", flushed)
    other = on(town.members, "web", "h1")
    for _ in range(5):  # The agent may look in the very moment.
        for space in spaces:
            town.run(flushed, "nsenter", f"--net={space}", "nft", "flush", "ruleset")
        town.run(flushed, "nft", "flush", "ruleset")
        if not town.answers(flushed):
            break
    else:
        raise AssertionError("nothing was lost")
    wait_until(lambda: town.answers(flushed, 6), "the port answers", HEALED)
    place = enter(town.members, task)
    wait_until(lambda: None not in ask_from(place, f"http://{town.vip}/", 3), "so does the virtual address", HEALED)
    assert inside(town.members, other, "busybox", "ping", "-c", "1", town.vip)[0] == 0
