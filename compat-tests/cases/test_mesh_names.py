"""Names in overlay networks: rows 23 to 25 and 27 to 30 of the networks' conformance list."""
import os
import re

import pytest

from harness.mesh import (WEB, address, addresses, dig, everywhere, make, on, resolved, several, virtual_ip)
from harness.services import scale
from harness.targets import NODES
from harness.waiting import wait_until

# Native shares connections by IPVS, which kernels of test machines often lack.
pytestmark = pytest.mark.swarmward_only("native needs IPVS in the kernel")

MANY = 40 if os.environ.get("SWARMWARD_QUICK") else 120


class Town:
    """`web`, known as `shop` too, and `rep` in one network; `client` looks them up on each host."""

    def __init__(self, members):
        self.members = members
        self.network = make(members, "back")
        everywhere(members, "client", self.network, container={})
        several(members, "rep", 3, self.network)
        several(members, "web", 3, container=WEB, Networks=[{"Target": self.network, "Aliases": ["shop"]}])
        for host in NODES:
            wait_until(lambda: self.resolved(host, "web") == [self.vip("web")], f"{host} knows the name")

    def vip(self, service):
        return virtual_ip(self.members, service, self.network)

    def resolved(self, host, name):
        return resolved(self.members, on(self.members, "client", host), name)

    def dig(self, host, *question):
        return dig(self.members, on(self.members, "client", host), *question)

    def addresses(self, service):
        return addresses(self.members, service, self.network)


@pytest.fixture(scope="module")
def town(village):
    return Town(village)


def test_row_n23_an_alias_is_the_virtual_address(town):
    for host in NODES:
        assert town.resolved(host, "shop") == town.resolved(host, "shop.back") == [town.vip("web")]
        assert set(town.resolved(host, "tasks.shop")) == town.addresses("web")


def test_row_n24_tasks_follow_the_scale(town):
    """Within two seconds of the moment when the tasks run, or no longer do."""
    for replicas in (5, 2, 3):
        scale(town.members.api, "rep", replicas)
        wait_until(lambda: len(town.members.api.running("rep")) == replicas, f"{replicas} tasks run")
        for host in NODES:
            wait_until(lambda: set(town.resolved(host, "tasks.rep")) == town.addresses("rep"), f"{host} knows them", 2)


def test_row_n25_dnsrr_is_rotated(town):
    several(town.members, "each", 3, town.network, EndpointSpec={"Mode": "dnsrr"})
    wait_until(lambda: set(town.resolved("h1", "each")) == town.addresses("each"), "the name stands for the tasks")
    for name in ("each", "tasks.each", "tasks.web"):
        answers = [town.resolved("h1", name) for _ in range(12)]
        assert {len(answer) for answer in answers} == {3}
        assert len({answer[0] for answer in answers}) == 3, answers
    town.members.api.delete("/services/each")


def task_name(task, service):
    return f"{service}.{task.get('Slot') or task['NodeID']}.{task['ID']}"


def test_row_n27_names_of_containers_are_known_on_every_host(town):
    for service in ("rep", "client"):
        for task in town.members.api.running(service):
            for host in NODES:
                for name in (task_name(task, service), task_name(task, service) + ".back"):
                    assert town.resolved(host, name) == [address(task, town.network)], (host, name)


def test_row_n27_short_ids_of_containers_too(town):
    for task in town.members.api.running("rep"):
        for host in NODES:
            short = task["Status"]["ContainerStatus"]["ContainerID"][:12]
            assert town.resolved(host, short) == [address(task, town.network)], host


def test_row_n28_addresses_have_names(town):
    expected = {town.vip(service): f"{service}.back." for service in ("rep", "web")}
    for service in ("rep", "client"):
        for task in town.members.api.running(service):
            expected[address(task, town.network)] = f"{task_name(task, service)}.back."
    for host in NODES:
        assert {ip: town.dig(host, "+short", "-x", ip).strip() for ip in expected} == expected, host


@pytest.mark.parametrize("kind", ["AAAA", "MX", "TXT"])
def test_row_n29_other_types_are_empty(town, kind):
    task = town.members.api.running("rep")[0]
    for name in ("web", "shop", "tasks.web", "web.back", task_name(task, "rep")):
        answer = town.dig("h2", name, kind)
        assert "status: NOERROR" in answer and "ANSWER: 0" in answer, answer


def test_row_n30_many_tasks(town):
    """They do not fit in one datagram: the first answer is cut, the next comes by TCP."""
    several(town.members, "many", MANY, town.network, container={"StopSignal": "SIGKILL"})
    wait_until(lambda: len(town.dig("h3", "+short", "+tcp", "tasks.many").split()) == MANY, "all are known")
    assert set(town.dig("h3", "+short", "+tcp", "tasks.many").split()) == town.addresses("many")
    cut = town.dig("h3", "+noedns", "+ignore", "tasks.many")
    assert re.search(r"flags: [a-z ]*\btc\b", cut), cut
    whole = set(town.dig("h3", "+noedns", "+short", "tasks.many").split())
    assert whole >= town.addresses("many"), "dig asks by TCP then"
    town.members.api.delete("/services/many")
