"""Names of the outside, and the way there: rows 13, 31 and 32 of the networks' conformance list."""
import contextlib
import pathlib
import subprocess

import pytest

from harness.mesh import (PYTHON, attach, client_place, container, dig, enter, everywhere, host_of,
                          lan_address, make, on, resolved, several, virtual_ip)
from harness.services import create, wait_running
from harness.talk import ask, server
from harness.targets import NODES
from harness.waiting import stays, wait_until

# Native shares connections by IPVS, which kernels of test machines often lack.
pytestmark = pytest.mark.swarmward_only("native needs IPVS in the kernel")

PROGRAM = pathlib.Path(__file__).resolve().parent.parent / "harness/nameserver.py"


@contextlib.contextmanager
def name_server(members, address, **names):
    """One on the lab's client. Dots of names are written as double underscores."""
    pairs = [f"{name.replace('__', '.')}={ip}" for name, ip in names.items()]
    process = subprocess.Popen([*client_place(members), PYTHON, str(PROGRAM), address, *pairs],
                               stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "ready\n"
        yield
    finally:
        process.kill()
        process.communicate()


class Town:
    """`client` on each host. The hosts' resolv.conf names the server at `usual`; there is another one at `other`."""

    def __init__(self, members):
        self.members = members
        self.usual = members.lab.host("h1").gateway
        self.other = self.usual.rsplit(".", 1)[0] + ".253"
        self.network = make(members, "back")
        everywhere(members, "client", self.network, container={})

    def resolved(self, host, name, service="client"):
        return resolved(self.members, on(self.members, service, host), name)


@pytest.fixture(scope="module")
def town(village):
    town = Town(village)
    place = client_place(village)
    subprocess.run([*place, "ip", "address", "add", f"{town.other}/24", "dev", "eth0"], check=True)
    with name_server(village, town.usual, far__example="192.0.2.1", intra__corp__example="192.0.2.2"):
        with name_server(village, town.other, far__example="192.0.2.9"):
            for host in NODES:
                wait_until(lambda: town.resolved(host, "far.example") == ["192.0.2.1"], f"{host} resolves", 20)
            yield town
    subprocess.run([*place, "ip", "address", "del", f"{town.other}/24", "dev", "eth0"], check=True)


def test_row_n13_tasks_reach_the_outside_as_their_host(town):
    with server(client_place(town.members), "tcp", 6000, "outside"):
        for host in NODES:
            place = enter(town.members, on(town.members, "client", host))
            answers = ask(place, "tcp", town.usual, 6000, 2)
            assert {a["client"][0] for a in answers} == {lan_address(town.members, host)}, (host, answers)


def test_row_n12_an_internal_network_does_not(town):
    inner = make(town.members, "inner", Internal=True)
    everywhere(town.members, "monk", inner, container={})
    with server(client_place(town.members), "tcp", 6000, "outside"):
        for host in NODES:
            task = on(town.members, "monk", host)
            assert ask(enter(town.members, task), "tcp", town.usual, 6000, timeout=1) == [None]
            wait_until(lambda: resolved(town.members, task, "tasks.monk"), "names of the network are known", 20)
            assert not resolved(town.members, task, "far.example"), "a name of the outside would be a way out"
            node = town.members.engines[host].get(f"/containers/{container(task)}/json")["HostConfig"]["Dns"][0]
            assert "status: SERVFAIL" in dig(town.members, task, f"@{node}", "far.example")
    town.members.api.delete("/services/monk")


def test_row_n31_names_of_the_outside(town):
    for host in NODES:
        assert town.resolved(host, "far.example") == ["192.0.2.1"]
        task = on(town.members, "client", host)
        assert "status: NXDOMAIN" in dig(town.members, task, "nowhere.example")


def test_row_n31_name_servers_of_the_service(town):
    several(town.members, "picky", 1, town.network, container={"DNSConfig": {"Nameservers": [town.other]}})
    task = town.members.api.running("picky")[0]
    wait_until(lambda: resolved(town.members, task, "far.example") == ["192.0.2.9"], "the service's server answers", 20)
    wait_until(lambda: resolved(town.members, task, "tasks.picky"), "names of the network come first", 20)
    town.members.api.delete("/services/picky")


def test_names_of_one_word_in_spite_of_ndots(town):
    """An engine with that option answers itself that there are none."""
    several(town.members, "dotted", 1, town.network, container={"DNSConfig": {"Options": ["ndots:2", "timeout:3"]}})
    task = town.members.api.running("dotted")[0]
    wait_until(lambda: resolved(town.members, task, "client") == [virtual_ip(town.members, "client", town.network)],
               "services are known by their name", 20)
    engine = town.members.engines[host_of(town.members, task)]
    assert engine.get(f"/containers/{container(task)}/json")["HostConfig"]["DnsOptions"] == ["timeout:3"]
    town.members.api.delete("/services/dotted")


def test_row_n31_search_domains(town, cli):
    """As the C library of the container uses them."""
    create(town.members.api, "seeker", {"DNSConfig": {"Search": ["corp.example"]}}, **attach(town.network))
    wait_running(town.members, "seeker", 1)
    task = town.members.api.running("seeker")[0]
    said = cli("h1")("exec", container(task), "ping", "-c", "1", "-W", "1", "intra", code=None).out
    assert "192.0.2.2" in said, said
    town.members.api.delete("/services/seeker")


def test_row_n32_names_of_the_outside_without_the_daemon(town):
    wait_until(lambda: {host_of(town.members, task) for task in town.members.api.running("client")} == set(NODES),
               "a client runs on each node")
    task = on(town.members, "client", "h2")
    town.members.daemons["h2"].kill()
    try:
        # Asked without a pause: the kernel must not tire of saying that nobody serves there.
        stays(lambda: resolved(town.members, task, "far.example") == ["192.0.2.1"], "names of the outside resolve", 4)
    finally:
        town.members.daemons["h2"].start()
        town.members.wait_for_nodes()
    wait_until(lambda: len(town.resolved("h2", "tasks.client")) == len(NODES), "all names are there again")
