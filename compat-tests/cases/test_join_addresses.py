"""The addresses that `swarm init` and `swarm join` are given: ports, interfaces, both versions of IP, ways for data."""
import contextlib

import pytest

from harness.network_doctor import in_network
from harness.services import create, wait_running
from harness.waiting import wait_until
from lablib.network import ip

pytestmark = pytest.mark.swarmward_only("where native differs is said in its reference")


@contextlib.contextmanager
def also_at(hosts, address_of):
    """The hosts have one more address each."""
    for host in hosts:
        # nodad: usable at once.
        ip("-n", host.netns, "addr", "add", address_of(host), "dev", "eth0", *(["nodad"] if ":" in address_of(host) else []))
    try:
        yield
    finally:
        for host in hosts:
            ip("-n", host.netns, "addr", "del", address_of(host), "dev", "eth0")


def found(cli, *flags):
    cli("h1")("swarm", "init", *flags)
    return cli("h1")("swarm", "join-token", "-q", "worker").out


def data_address(host):
    return host.address.rsplit(".", 1)[0] + f".{host.number + 200}"


def reach_each_other(swarm, cli):
    """Tasks on two hosts, by an overlay network. Returns where h1 sends what is for h2's."""
    back = swarm.api.post("/networks/create", {"Name": "back", "Driver": "overlay"})["Id"]
    create(swarm.api, "web", Mode={"Global": {}}, Networks=[{"Target": back}])
    wait_running(swarm, "web", 2)
    far, = [task["NetworksAttachments"][0]["Addresses"][0].split("/")[0] for task in swarm.api.running("web")
            if task["NodeID"] == swarm.node("h2")["ID"]]
    near, = swarm.running_on("h1", "web")
    wait_until(lambda: cli("h1")("exec", near["Id"], "ping", "-c", "1", "-W", "2", far, code=None).code == 0, "they reach")
    return in_network(swarm, "h1", "back", "bridge fdb show dev vxlan0")


def test_data_goes_to_the_address_that_is_named(apart, cli):
    hosts = [apart.lab.host(name) for name in ("h1", "h2")]
    one, two = (data_address(host) for host in hosts)
    with also_at(hosts, lambda host: data_address(host) + "/24"):
        token = found(cli, "--advertise-addr", hosts[0].address, "--data-path-addr", one)
        cli("h2")("swarm", "join", "--token", token, "--data-path-addr", two, f"{hosts[0].address}:2377")
        apart.wait_for_nodes(("h1", "h2"))
        assert apart.node("h2")["Status"]["Addr"] == hosts[1].address
        sent = reach_each_other(apart, cli)
        assert f"dst {two} " in sent and f"dst {hosts[1].address} " not in sent, sent
        back = in_network(apart, "h2", "back", "bridge fdb show dev vxlan0")
        assert f"dst {one} " in back and f"dst {hosts[0].address} " not in back, back
        apart.clear()


def test_hosts_that_know_each_other_by_ipv6(apart, cli):
    hosts = [apart.lab.host(name) for name in ("h1", "h2")]
    with also_at(hosts, lambda host: f"fd00:61::{host.number}/64"):
        token = found(cli, "--advertise-addr", "fd00:61::1", "--data-path-addr", hosts[0].address)
        assert apart.node("h1")["ManagerStatus"]["Addr"] == "[fd00:61::1]:2377"
        cli("h2")("swarm", "join", "--token", token, "--data-path-addr", hosts[1].address, "[fd00:61::1]:2377")
        apart.wait_for_nodes(("h1", "h2"))
        assert apart.node("h2")["Status"]["Addr"] == "fd00:61::2"
        assert f"dst {hosts[1].address} " in reach_each_other(apart, cli)
        apart.daemons["h2"].kill()
        apart.daemons["h2"].start()
        apart.wait_for_nodes(("h1", "h2"))
        # The other version of IP is as good.
        cli("h3")("swarm", "join", "--token", token, f"{hosts[0].address}:2377")
        apart.wait_for_nodes()
        assert apart.node("h3")["Status"]["Addr"] == apart.lab.host("h3").address
        apart.clear()


def test_others_may_reach_the_manager_by_another_port(apart, cli):
    host = apart.lab.host("h1")
    out = cli("h1")("swarm", "init", "--advertise-addr", f"{host.address}:4444").out
    assert f"{host.address}:4444" in out
    assert apart.node("h1")["ManagerStatus"]["Addr"] == f"{host.address}:4444"


def test_an_interface_may_be_named(apart, cli):
    cli("h1")("swarm", "init", "--advertise-addr", "lo")
    assert apart.node("h1")["ManagerStatus"]["Addr"] == "127.0.0.1:2377"


@pytest.mark.parametrize("flags", [["--listen-addr", "0.0.0.0:99999"], ["--advertise-addr", "eth0:0x10"]], ids=" ".join)
def test_ports_that_are_none(apart, cli, flags):
    assert "invalid port" in cli("h1")("swarm", "init", *flags, code=1).err
    assert apart.engines["h1"].get("/info")["Swarm"]["LocalNodeState"] == "inactive"
