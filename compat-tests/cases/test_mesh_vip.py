"""Virtual addresses of services: rows 35 and 37 to 40 of the networks' conformance list."""
import contextlib

import pytest

from harness.mesh import (WEB, address, addresses, attach, enter, everywhere, inside, make, on, pings,
                          resolved, several, virtual_ip)
from harness.requests import ask_from
from harness.services import create, label, scale, wait_running
from harness.talk import Conversation, ask, server, servers
from harness.targets import NODES
from harness.waiting import stays, wait_until

# Native shares connections by IPVS, which kernels of test machines often lack.
pytestmark = pytest.mark.swarmward_only("native needs IPVS in the kernel")

PORT = 5678


class Town:
    """One network; `web` and `client` with a task on each host."""

    def __init__(self, members):
        self.members = members
        self.network = make(members, "back")
        everywhere(members, "web", self.network)
        everywhere(members, "client", self.network, container={})
        self.vip = virtual_ip(members, "web", self.network)
        wait_until(lambda: pings(members, self.client("h1"), self.vip), "the virtual address answers")

    def client(self, host):
        return on(self.members, "client", host)

    def place(self, service, host):
        return enter(self.members, on(self.members, service, host))

    def address(self, service, host):
        return address(on(self.members, service, host), self.network)


@pytest.fixture(scope="module")
def town(village):
    return Town(village)


@pytest.fixture(params=["tcp", "udp"])
def speaking(request, town):
    """A server in each task of `web`, on a port that no spec names."""
    with servers({host: town.place("web", host) for host in NODES}, request.param, PORT):
        yield request.param


def test_row_n35_any_port_of_a_virtual_address(town, speaking):
    for host in NODES:
        answers = ask(town.place("client", host), speaking, town.vip, PORT, 12)
        assert None not in answers and {a["server"] for a in answers} == set(NODES), (host, answers)


def test_row_n35_a_closed_port_is_refused(town):
    code, text = inside(town.members, town.client("h1"), "busybox", "nc", "-w", "3", town.vip, "4321")
    assert code != 0 and "refused" in text


def test_row_n36_every_host_answers_ping_of_the_virtual_address(town):
    assert all(pings(town.members, town.client(host), town.vip) for host in NODES)


def test_row_n38_tasks_see_the_client(town, speaking):
    for host in NODES:
        answers = ask(town.place("client", host), speaking, town.vip, PORT, 6)
        assert {a["client"][0] for a in answers} == {town.address("client", host)}, (host, answers)


def test_row_n37_a_task_reaches_itself_through_the_virtual_address(town):
    """One task, so that there is nobody else to answer; then each of three."""
    several(town.members, "lonely", 1, town.network)
    task = town.members.api.running("lonely")[0]
    vip = virtual_ip(town.members, "lonely", town.network)
    for protocol in ("tcp", "udp"):
        with server(enter(town.members, task), protocol, PORT, "me"):
            wait_until(lambda: ask(enter(town.members, task), protocol, vip, PORT)[0], "it reaches itself", 20)
            assert None not in ask(enter(town.members, task), protocol, vip, PORT, 5)
    town.members.api.delete("/services/lonely")


def test_row_n37_each_of_three_reaches_all_three(town, speaking):
    for host in NODES:
        answers = ask(town.place("web", host), speaking, town.vip, PORT, 12)
        assert None not in answers and {a["server"] for a in answers} == set(NODES), (host, answers)


def test_row_n34_a_client_is_shared_evenly(town):
    with servers({host: town.place("web", host) for host in NODES}, "tcp", PORT):
        answers = [a["server"] for a in ask(town.place("client", "h2"), "tcp", town.vip, PORT, 90) if a]
    counts = {host: answers.count(host) for host in NODES}
    assert sum(counts.values()) == 90 and all(27 <= count <= 33 for count in counts.values()), counts


def test_row_n39_the_virtual_address_stays(town):
    members = town.members
    several(members, "steady", 2, town.network)
    vip = virtual_ip(members, "steady", town.network)
    client = town.client("h1")

    def serves():
        return ask_from(enter(members, client), f"http://{vip}/") != [None]
    wait_until(serves, "it answers")
    scale(members.api, "steady", 0)
    wait_until(lambda: not members.api.running("steady"), "no task is left")
    assert virtual_ip(members, "steady", town.network) == vip
    assert resolved(members, client, "steady") == [vip], "the name stands for it still"
    assert not serves()
    scale(members.api, "steady", 2)
    wait_running(members, "steady", 2)
    wait_until(serves, "it answers again")
    old = {task["ID"] for task in members.api.running("steady")}
    newer = {"Env": ["V=2"], "Image": "nginx:1.25"}
    members.api.update("steady", lambda spec: spec["TaskTemplate"]["ContainerSpec"].update(newer))
    wait_until(lambda: len({t["ID"] for t in members.api.running("steady")} - old) == 2, "it is updated", 90)
    assert virtual_ip(members, "steady", town.network) == vip
    wait_until(serves, "the new tasks answer")
    members.api.delete("/services/steady")


def labelled(members, *hosts):
    for host in NODES:
        label(members.api, host, **({"chosen": "yes"} if host in hosts else {}))


@pytest.fixture
def choosy(town):
    """A service that has a task on each host with a label; h2 alone has it."""
    members = town.members
    labelled(members, "h2")
    create(members.api, "choosy", WEB, Mode={"Global": {}}, **attach(town.network),
           Placement={"Constraints": ["node.labels.chosen==yes"]})
    wait_running(members, "choosy", 1)
    yield "choosy"
    members.api.delete("/services/choosy")
    labelled(members)


@pytest.mark.parametrize("protocol", ["tcp", "udp"])
def test_row_n40_a_connection_outlives_other_tasks(town, choosy, protocol):
    members, vip = town.members, virtual_ip(town.members, choosy, town.network)
    with contextlib.ExitStack() as stack:
        stack.enter_context(server(town.place(choosy, "h2"), protocol, PORT, "h2"))
        wait_until(lambda: ask(town.place("client", "h1"), protocol, vip, PORT)[0], "the first task answers")
        talk = stack.enter_context(Conversation(town.place("client", "h1"), protocol, vip, PORT))
        assert talk.ask()["server"] == "h2"
        labelled(members, *NODES)
        wait_running(members, choosy, 3)
        for host in ("h1", "h3"):
            stack.enter_context(server(town.place(choosy, host), protocol, PORT, host))
        client = town.place("client", "h1")
        wait_until(lambda: {a["server"] for a in ask(client, protocol, vip, PORT, 6) if a} == set(NODES),
                   "new connections go everywhere")
        assert talk.ask()["server"] == "h2"
        labelled(members, "h2")
        wait_until(lambda: not any(members.running_on(host, choosy) for host in ("h1", "h3")), "the others are gone")
        assert len(addresses(members, choosy, town.network)) == 1
        stays(lambda: (talk.ask() or {}).get("server") == "h2", "the connection", 2)
