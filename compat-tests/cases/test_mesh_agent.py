"""Overlay networks on plain engines: the agent of each host follows a plan, the engines make networks and containers.

Numbers in the names are rows of the list of network behaviour. The manager's part, who plans, is played by the case.
"""
import pathlib
import re
import signal

import pytest

from harness.overlay import Mesh
from harness.waiting import wait_until
from lablib import host as lab_hosts

pytestmark = pytest.mark.swarmward_only("native's overlays need its own swarm")


@pytest.fixture(scope="module")
def agents(lab, request, logs):
    program = pathlib.Path(request.config.getoption("--binary")).parent.resolve() / "mesh_agent"
    if not program.exists():
        pytest.fail(f"there is no {program}; build it", pytrace=False)
    mesh = Mesh(lab.hosts()[:2], program, logs)
    for host in mesh.hosts:
        host.start()
    yield mesh
    for host in mesh.hosts:
        host.remove()


@pytest.fixture
def mesh(agents):
    agents.clear()
    yield agents
    agents.clear()


@pytest.fixture
def pair(mesh):
    """One overlay with a container on each host: c1 has .5, c2 has .6."""
    network = mesh.network("pair", 4097, 1)
    first, second = mesh.hosts
    mesh.run(first, "c1", network, "10.0.1.5")
    mesh.run(second, "c2", network, "10.0.1.6")
    first.reaches("c1", "10.0.1.6")
    return first, second, network


def test_row_n01_containers_of_two_hosts_reach_each_other(pair):
    first, second, _ = pair
    assert second.pings("c2", "10.0.1.5")
    assert first.pings("c1", "10.0.1.102"), "the other host's own address"
    assert first.pings("c1", "10.0.1.101"), "the own host's address"


def test_row_n02_mtu_1450(pair):
    first, second, _ = pair
    assert "mtu 1450" in first.inside("c1", "ip", "link", "show", "eth0")[1]
    assert first.pings_whole("c1", "10.0.1.6", 1450)
    assert not first.pings_whole("c1", "10.0.1.6", 1451)


def test_row_n03_inspect_shows_address_prefix_and_mac(pair):
    first, _, network = pair
    endpoint = first.endpoint("c1", network)
    assert (endpoint["IPAddress"], endpoint["IPPrefixLen"]) == ("10.0.1.5", 24)
    assert endpoint["MacAddress"] == "02:42:0a:00:01:05"
    listed = first.api.get("/networks/pair")["Containers"]
    assert [c["IPv4Address"] for c in listed.values()] == ["10.0.1.5/24"]
    assert "02:42:0a:00:01:05" in first.inside("c1", "ip", "link", "show", "eth0")[1]


def test_row_n04_same_address_after_a_restart(pair):
    first, second, network = pair
    first.api.post("/containers/c1/restart")
    assert first.endpoint("c1", network)["IPAddress"] == "10.0.1.5"
    second.reaches("c2", "10.0.1.5")
    assert first.wires() == []


def test_row_n05_works_after_a_restart_of_the_engine(pair):
    first, second, network = pair
    lab_hosts.stop_engine(first.host)
    lab_hosts.start_engine(first.host)
    lab_hosts.wait_for_engine(first.host)
    first.api.post("/containers/c1/start")
    assert first.endpoint("c1", network)["IPAddress"] == "10.0.1.5"
    second.reaches("c2", "10.0.1.5")


def test_row_n05_works_after_the_engine_was_killed(pair):
    first, second, network = pair
    lab_hosts.stop_engine(first.host, signal.SIGKILL)
    lab_hosts.start_engine(first.host)
    lab_hosts.wait_for_engine(first.host)
    first.api.post("/containers/c1/start")
    assert first.endpoint("c1", network)["IPAddress"] == "10.0.1.5"
    second.reaches("c2", "10.0.1.5")


def test_row_n06_traffic_flows_while_the_engine_is_down(pair):
    first, second, _ = pair
    lab_hosts.stop_engine(first.host)
    lab_hosts.start_engine(first.host, ["--live-restore"])
    lab_hosts.wait_for_engine(first.host)
    first.api.post("/containers/c1/start")
    second.reaches("c2", "10.0.1.5")
    lab_hosts.stop_engine(first.host)
    assert second.pings("c2", "10.0.1.5", count=3)
    lab_hosts.start_engine(first.host)
    lab_hosts.wait_for_engine(first.host)
    first.api.post("/containers/c1/restart")
    second.reaches("c2", "10.0.1.5")


def test_row_n07_traffic_flows_while_the_agent_is_down(pair):
    first, second, _ = pair
    first.kill()
    assert second.pings("c2", "10.0.1.5", count=3)
    assert first.pings("c1", "10.0.1.6", count=3)
    first.start()
    assert second.pings("c2", "10.0.1.5")


def test_row_n08_a_start_of_the_agent_rebuilds_what_was_lost(pair):
    first, _, _ = pair
    known = first.forwarding()
    assert known["02:42:0a:00:01:06"]
    first.kill()
    for mac in known:
        first.in_overlay("bridge", "fdb", "del", mac, "dev", "vxlan0", "self")
    first.in_overlay("ip", "neigh", "flush", "nud", "permanent")
    assert not first.pings("c1", "10.0.1.6")
    first.start()
    assert first.forwarding() == known
    first.reaches("c1", "10.0.1.6")


def test_row_n08_a_start_of_the_agent_after_one_of_the_host(pair):
    """Namespaces are gone then, and containers too."""
    first, second, _ = pair
    first.api.post("/containers/c1/stop")
    first.kill()
    name, = first.namespaces()
    first.on_host("umount", f"{first.folder}/run/netns/{name}")
    first.start()
    first.api.post("/containers/c1/start")
    second.reaches("c2", "10.0.1.5")


def test_a_damaged_state_does_not_keep_the_agent_from_starting(pair):
    first, second, _ = pair
    first.kill()
    path = f"{first.folder}/state/mesh-state.json"
    with open(path) as file:
        whole = file.read()
    with open(path, "w") as file:
        file.write(whole[: len(whole) // 2])
    first.start()
    assert second.pings("c2", "10.0.1.5"), "what runs is left alone"
    assert "state.damaged" in first.log.read_text()
    with open(f"{path}.damaged") as file:
        assert file.read() == whole[: len(whole) // 2]
    # Put back by a person.
    first.kill()
    with open(path, "w") as file:
        file.write(whole)
    first.start()
    first.api.post("/containers/c1/restart")
    second.reaches("c2", "10.0.1.5")


def test_a_lost_state_lets_alone_what_runs(pair):
    first, second, network = pair
    first.kill()
    pathlib.Path(f"{first.folder}/state/mesh-state.json").unlink()
    first.start()
    assert second.pings("c2", "10.0.1.5"), "what runs is let alone"
    # The engine's next container makes the network known again.
    assert first.create("c3", network, "10.0.1.7").status == 201
    first.api.post("/containers/c3/start")
    first.reaches("c3", "10.0.1.5")
    first.kill()
    first.start()
    assert first.pings("c3", "10.0.1.5") and second.pings("c2", "10.0.1.5")
    for name in ("c1", "c3"):
        first.api.request("DELETE", f"/containers/{name}?force=1")
    first.api.request("DELETE", f"/networks/{network.name}")
    wait_until(lambda: not first.namespaces(), "it is removed once nobody is in it")


def test_a_namespace_that_somebody_unmounts_is_kept_again(pair, mesh):
    first, second, network = pair
    name, = first.namespaces()
    first.on_host("umount", "--lazy", f"{first.folder}/run/netns/{name}")
    mesh.run(first, "c3", network, "10.0.1.7")
    first.reaches("c3", "10.0.1.5")
    second.reaches("c2", "10.0.1.7")


def test_row_n09_connect_and_disconnect_a_running_container(mesh):
    network = mesh.network("late", 4098, 2)
    first, second = mesh.hosts
    mesh.run(second, "c2", network, "10.0.2.6")
    first.api.post("/containers/create?name=late1", {"Image": "busybox:latest", "Cmd": ["sleep", "100000"],
                                                 "StopSignal": "SIGKILL"})
    first.api.post("/containers/late1/start")
    network.members["10.0.2.5"] = first.name
    mesh.tell()
    first.api.post("/networks/late/connect", {"Container": "late1",
                                              "EndpointConfig": {"DriverOpts": {"ward.ip": "10.0.2.5"}}})
    second.reaches("c2", "10.0.2.5")
    first.api.post("/networks/late/disconnect", {"Container": "late1"})
    assert not second.pings("c2", "10.0.2.5")
    assert first.in_overlay("ip", "-o", "link").count(" mv") == 0


def test_row_n10_and_11_two_overlays(mesh):
    one, two = mesh.network("one", 4097, 1), mesh.network("two", 4098, 2)
    first, second = mesh.hosts
    mesh.run(first, "c1", one, "10.0.1.5")
    mesh.run(second, "c2", two, "10.0.2.6")
    mesh.run(first, "both", one, "10.0.1.7")
    two.members["10.0.2.7"] = first.name
    mesh.tell()
    first.api.post("/networks/two/connect", {"Container": "both",
                                             "EndpointConfig": {"DriverOpts": {"ward.ip": "10.0.2.7"}}})
    first.reaches("both", "10.0.1.5")
    first.reaches("both", "10.0.2.6")
    assert not first.pings("c1", "10.0.2.6")
    assert not first.pings("c1", "10.0.2.102")


def test_row_n12_an_internal_network_has_no_way_out(mesh):
    network = mesh.network("inner", 4099, 3, internal=True)
    first, second = mesh.hosts
    mesh.run(first, "c1", network, "10.0.3.5")
    mesh.run(second, "c2", network, "10.0.3.6")
    first.reaches("c1", "10.0.3.6")
    assert "default" not in first.inside("c1", "ip", "route")[1]
    assert "eth1" not in first.inside("c1", "ip", "-o", "link")[1]


def test_row_n13_another_network_has_one(pair):
    first, _, _ = pair
    assert re.search(r"^default via \S+ dev eth1", first.inside("c1", "ip", "route")[1], re.M)
    assert first.pings("c1", first.host.address)


def test_row_n16_an_address_that_is_in_use_is_refused(pair):
    first, _, network = pair
    first.create("twin", network, "10.0.1.5")
    reply = first.api.request("POST", "/containers/twin/start")
    assert reply.status >= 400 and "the address 10.0.1.5 is in use" in reply.message
    first.create("node", network, "10.0.1.101")
    reply = first.api.request("POST", "/containers/node/start")
    assert reply.status >= 400 and "not one for members" in reply.message
    assert first.pings("c1", "10.0.1.6")


def test_row_n17_removal_leaves_nothing(pair):
    first, _, _ = pair
    reply = first.api.request("DELETE", "/networks/pair")
    assert reply.status == 403, "it has a member"
    first.api.delete("/containers/c1?force=1")
    first.api.delete("/networks/pair")
    assert first.namespaces() == []
    assert first.wires() == []
    assert "vxlan" not in first.on_host("ip", "-o", "-d", "link")
    first.make_network(pair[2])  # The VNI is free at once.


def test_row_n18_and_19_peers_follow_the_plan(pair, mesh):
    first, second, network = pair
    network.members["10.0.1.9"] = second.name
    mesh.tell()
    assert first.forwarding()["02:42:0a:00:01:09"] == second.host.address
    other = first.host.address.rsplit(".", 1)[0] + ".77"
    plan = network.plan(first.host, mesh.lab_hosts)
    plan["Peers"] = [{"Address": peer["Address"], "Host": other} for peer in plan["Peers"]]
    first.follow({"Networks": [plan]})
    assert set(first.forwarding().values()) == {other}
    plan["Peers"] = []
    first.follow({"Networks": [plan]})
    assert first.forwarding() == {}
    mesh.tell()
    wait_until(lambda: first.pings("c1", "10.0.1.6"), "the peers are back", 10)
