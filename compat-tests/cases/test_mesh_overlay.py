"""What overlay networks carry and beside what they live: rows 2, 14 and 19 of the networks' conformance list."""
import contextlib
import ipaddress

import pytest

from lablib import network

from harness.mesh import (PYTHON, address, enter, everywhere, inside, lan_address, make, on, on_host, reaches,
                          remove_networks, resolved, virtual_ip)
from harness.overlay import WHOLE_PING
from harness.requests import ask_from
from harness.targets import NODES
from harness.waiting import wait_until

# Native shares connections by IPVS, which kernels of test machines often lack.
pytestmark = pytest.mark.swarmward_only("native needs IPVS in the kernel")

HEADS = 28  # Bytes of a packet before the payload of an echo request.


@pytest.fixture
def own(village):
    """The swarm without networks of earlier cases."""
    village.clear()
    remove_networks(village)
    return village


def everybody_reaches_everybody(members, service, net):
    tasks = {host: on(members, service, host) for host in NODES}
    for host in NODES:
        for other in NODES:
            reaches(members, tasks[host], address(tasks[other], net))
        place = enter(members, tasks[host])
        vip = virtual_ip(members, service, net)
        wait_until(lambda: len(set(ask_from(place, f"http://{vip}/", 6)) - {None}) == 3, f"{host} gets to all three")


def whole(members, task, target, size):
    """Does a packet of so many bytes get there and back in one piece?"""
    return inside(members, task, PYTHON, "-c", WHOLE_PING, target, str(size - HEADS))[0] == 0


def test_row_n02_packets_of_1450_bytes(own):
    net = make(own, "back")
    everywhere(own, "web", net)
    task, other = on(own, "web", "h1"), on(own, "web", "h3")
    reaches(own, task, address(other, net))
    assert "mtu 1450" in inside(own, task, "ip", "link", "show", "eth0")[1]
    for target in (address(other, net), address(on(own, "web", "h2"), net)):
        assert whole(own, task, target, 1450)
        assert not whole(own, task, target, 1451)


def test_row_n02_another_mtu(own):
    net = make(own, "back", Options={"com.docker.network.driver.mtu": "1300"})
    everywhere(own, "web", net)
    task, other = on(own, "web", "h1"), on(own, "web", "h3")
    reaches(own, task, address(other, net))
    assert whole(own, task, address(other, net), 1300)
    assert not whole(own, task, address(other, net), 1301)


def test_a_network_that_asks_for_ipv6_has_ipv4(own):
    net = make(own, "both", EnableIPv6=True)
    everywhere(own, "web", net)
    reaches(own, on(own, "web", "h2"), address(on(own, "web", "h3"), net))


def test_several_subnets(own):
    """Each of them has room for a few only: tasks, their service and the hosts are spread over all."""
    subnets = ["10.40.0.0/29", "10.41.7.0/29", "192.168.77.0/28"]
    net = make(own, "wide", IPAM={"Config": [{"Subnet": subnet} for subnet in subnets]})
    shown = own.api.get("/networks/wide")["IPAM"]["Config"]
    assert sorted(config["Subnet"] for config in shown) == subnets and all(config["Gateway"] for config in shown)
    everywhere(own, "first", net)
    everywhere(own, "second", net)
    everywhere(own, "web", net)
    tasks = [on(own, service, host) for service in ("first", "second", "web") for host in NODES]
    found = {ipaddress.ip_interface(task["NetworksAttachments"][0]["Addresses"][0]).network for task in tasks}
    assert len(found) > 1, "one subnet would not have been enough"
    for task in tasks:
        for other in tasks:
            reaches(own, task, address(other, net))
    everybody_reaches_everybody(own, "web", net)
    for task in tasks:
        assert resolved(own, task, "web") == [virtual_ip(own, "web", net)], "names are known in all of them"


def test_a_host_has_a_network_of_that_name(own):
    """Made by compose on a worker, say; both are there, and tasks are in the swarm's."""
    engine = own.engines["h2"]
    mine = engine.post("/networks/create", {"Name": "app_default", "Driver": "bridge"})["Id"]
    try:
        net = make(own, "app_default")
        everywhere(own, "web", net)
        everybody_reaches_everybody(own, "web", net)
        assert engine.get(f"/networks/{mine}")["Name"] == "app_default"
        assert not engine.get(f"/networks/{mine}")["Containers"]
    finally:
        own.clear()
        engine.delete(f"/networks/{mine}")


@pytest.mark.parametrize("like", ["lan", "docker0"])
def test_row_n14_a_subnet_that_a_host_has_too(own, like):
    """That of the hosts' LAN, and of the engines' default network."""
    subnet = {"lan": own.lab.host("h1").address.rsplit(".", 1)[0] + ".0/24", "docker0": "172.17.0.0/24"}[like]
    net = make(own, "back", IPAM={"Config": [{"Subnet": subnet}]})
    everywhere(own, "web", net)
    everybody_reaches_everybody(own, "web", net)
    for host in NODES:
        for other in NODES:
            assert on_host(own, host, "busybox", "ping", "-c", "1", lan_address(own, other))[0] == 0, "hosts meet too"


def test_row_n14_a_network_of_the_engine_with_the_same_subnet(own):
    engine, same = own.engines["h2"], {"IPAM": {"Config": [{"Subnet": "10.0.1.0/24"}]}}
    engine.post("/networks/create", {"Name": "mine", "Driver": "bridge", **same})
    made = engine.post("/containers/create", {"Image": "alpine", "Cmd": ["sleep", "1000"], "StopSignal": "SIGKILL",
                                              "HostConfig": {"NetworkMode": "mine"}})
    engine.post(f"/containers/{made['Id']}/start")
    try:
        net = make(own, "back", **same)
        everywhere(own, "web", net)
        everybody_reaches_everybody(own, "web", net)
    finally:
        engine.delete(f"/containers/{made['Id']}?force=1")
        engine.delete("/networks/mine")


@contextlib.contextmanager
def moved(members, name):
    """A host with another address in its LAN, as after a new lease; its daemon starts anew, as after a boot."""
    host = members.lab.host(name)
    old, new = host.address, host.address.rsplit(".", 1)[0] + f".{100 + host.number}"

    def change(gone, come):
        network.ip("-n", host.netns, "address", "del", f"{gone}/24", "dev", "eth0")
        network.ip("-n", host.netns, "address", "add", f"{come}/24", "dev", "eth0")
        network.ip("-n", host.netns, "route", "replace", "default", "via", host.gateway)
        members.daemons[name].stop()
        members.daemons[name].start()
        members.wait_for_nodes()
    change(old, new)
    try:
        yield new
    finally:
        change(new, old)


def test_row_n19_a_host_with_a_new_address(own):
    """Its tasks may have been replaced; those of everybody reach each other."""
    net = make(own, "back")
    everywhere(own, "web", net)
    everybody_reaches_everybody(own, "web", net)
    with moved(own, "h3") as new:
        wait_until(lambda: own.node("h3")["Status"]["Addr"] == new, "the manager knows the new address")
        wait_until(lambda: len(own.api.running("web")) == 3, "three tasks run")
        everybody_reaches_everybody(own, "web", net)
    wait_until(lambda: own.node("h3")["Status"]["Addr"] == lan_address(own, "h3"), "the manager knows the old one")
    wait_until(lambda: len(own.api.running("web")) == 3, "three tasks run")
    everybody_reaches_everybody(own, "web", net)
