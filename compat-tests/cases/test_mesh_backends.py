"""Row 64 of the networks' conformance list: what shares connections is each host's own matter, and nobody sees which it is.

IPVS is missing in the kernels of many test machines: all three are compared in a virtual machine, by test_vm.py.
"""
import pytest

from harness.mesh import (address, attach, client_place, enter, everywhere, host_place, lan_address, make, on, on_host,
                          pings, publish, virtual_ip)
from harness.services import create, wait_running
from harness.talk import ask, servers
from harness.targets import NODES
from harness.waiting import wait_until

pytestmark = pytest.mark.swarmward_only("native has IPVS only")

PORT = 7000
PUBLISHED = 7200
# The rules by which a host hands published ports over; nobody else's contain these words.
SEEN_BY = {"nftables": "table ip ward_published", "iptables": ":WARD-PUB-ALL"}


def kinds_of_rules(members, host):
    """The backends of which a host has rules."""
    _, text = on_host(members, host, "sh", "-c",
                      "nft list tables; { iptables-nft-save; iptables-legacy-save; } 2>/dev/null")
    return {backend for backend, words in SEEN_BY.items() if words in text}


def start_with(members, flags):
    """All daemons anew, each with its own engine, and with these flags by host."""
    for host in members.hosts:
        daemon = members.daemons[host.name]
        daemon.stop()
        daemon.start(["--engine", host.url, *flags[host.name]])
    members.wait_for_nodes()


@pytest.fixture(scope="module")
def town(village):
    """`web` with a published port for TCP and UDP, and `client`; a task of each on each host, in one network."""
    network = make(village, "back")
    ports = [*publish(PORT, PUBLISHED, "tcp")["Ports"], *publish(PORT, PUBLISHED, "udp")["Ports"]]
    create(village.api, "web", Mode={"Global": {}}, EndpointSpec={"Mode": "vip", "Ports": ports}, **attach(network))
    wait_running(village, "web", len(NODES))
    everywhere(village, "client", network, container={})
    village.network = network
    yield village
    start_with(village, {host: [] for host in NODES})


def answers(members, protocol):
    """Who answers a container, the task itself, the LAN and the host itself, on each host; and whom tasks see."""
    vip = virtual_ip(members, "web", members.network)
    with servers({host: enter(members, on(members, "web", host)) for host in NODES}, protocol, PORT):
        found = {}
        for host in NODES:
            client = on(members, "client", host)
            wait_until(lambda: None not in ask(enter(members, client), protocol, vip, PORT, 3), f"{vip} answers {host}", 30)
            by_vip = ask(enter(members, client), protocol, vip, PORT, 9)
            itself = ask(enter(members, on(members, "web", host)), protocol, vip, PORT, 6)
            outside = ask(client_place(members), protocol, lan_address(members, host), PUBLISHED, 9)
            local = ask(host_place(members, host), protocol, "127.0.0.1", PUBLISHED, 6)
            found[host] = {
                **{name: sorted(a["server"] if a else "-" for a in some) for name, some in (
                    ("vip", by_vip), ("itself", itself), ("outside", outside), ("local", local))},
                "client": {a["client"][0] for a in by_vip if a} == {address(client, members.network)},
                "ping": pings(members, client, vip)}
        return found


@pytest.mark.parametrize("flags", [
    {host: ["--mesh-backend", "iptables"] for host in NODES},
    {host: ["--mesh-backend", "nftables"] for host in NODES},
    {"h1": ["--mesh-backend", "iptables"], "h2": ["--mesh-backend", "auto"], "h3": ["--mesh-backend", "iptables"]},
], ids=["iptables", "nftables", "mixed"])
def test_net_row_64_backends_answer_alike(town, flags):
    start_with(town, flags)
    for host in NODES:
        backend = "iptables" if "iptables" in flags[host] else "nftables"
        wait_until(lambda: kinds_of_rules(town, host) == {backend}, f"{host} has rules of {backend} alone", 30)
    each_thrice, each_twice = sorted(NODES * 3), sorted(NODES * 2)
    expected = {"vip": each_thrice, "itself": each_twice, "outside": each_thrice, "local": each_twice, "client": True,
                "ping": True}
    for protocol in ("tcp", "udp"):
        assert answers(town, protocol) == {host: expected for host in NODES}, protocol


def test_net_row_64_a_backend_of_another_name_is_refused(town):
    daemon = town.daemons["h3"]
    done = daemon.run(["--mesh-backend", "ebtables"])
    assert done.returncode == 1
    assert "--mesh-backend ebtables: must be auto, nftables, ipvs or iptables" in done.stdout + done.stderr
