"""The numbers of published ports: rows 51 to 54 and 63 of the networks' conformance list."""
import pytest

from harness.mesh import (PYTHON, WEB, client_place, enter, lan_address, on, on_host, publish, several)
from harness.requests import ask_from
from harness.services import create, wait_running
from harness.talk import ask, server
from harness.targets import NODES
from harness.waiting import wait_until

# Native shares connections by IPVS, which kernels of test machines often lack.
pytestmark = pytest.mark.swarmward_only("native needs IPVS in the kernel")

BIND = "import socket, sys; socket.socket(2, int(sys.argv[1])).bind(('0.0.0.0', int(sys.argv[2])))"
KINDS = {"tcp": "1", "udp": "2"}


def bound(members, host, protocol, port):
    """(0, "") if a program of the host can have the port; else another status, and why."""
    return on_host(members, host, PYTHON, "-c", BIND, KINDS[protocol], str(port))


@pytest.fixture(scope="module")
def town(village):
    """`web` has 8080/tcp and 7100 of both protocols."""
    parts = [publish(80, 8080), publish(7000, 7100, "tcp"), publish(7000, 7100, "udp")]
    ports = [port for part in parts for port in part["Ports"]]
    several(village, "web", 1, EndpointSpec={"Mode": "vip", "Ports": ports})
    for host in NODES:
        wait_until(lambda: None not in ask_from(client_place(village), f"http://{lan_address(village, host)}:8080/"),
                   f"{host} answers")
    return village


def test_row_n51_nobody_else_gets_the_port(town):
    for host in NODES:
        for protocol, port in (("tcp", 8080), ("tcp", 7100), ("udp", 7100)):
            code, text = bound(town, host, protocol, port)
            assert code != 0 and "Address already in use" in text, (host, protocol, port, text)
        assert bound(town, host, "udp", 8080) == (0, ""), "only of its protocol"


def test_row_n52_a_port_belongs_to_one_service(town):
    spec = {"Name": "thief", "TaskTemplate": {"ContainerSpec": {"Image": "alpine"}}, "EndpointSpec": publish(80, 8080)}
    reply = town.api.request("POST", "/services/create", spec)
    service = town.api.service("web")["ID"]
    assert reply.status == 400 and f"port '8080' is already in use by service 'web' ({service})" in reply.message
    spec["EndpointSpec"] = publish(80, 8080, "udp")
    town.api.post("/services/create", spec)
    town.api.delete("/services/thief")


def test_row_n53_a_port_of_the_swarms_choice(town):
    create(town.api, "auto", WEB, replicas=1, EndpointSpec=publish(80, 0))
    wait_running(town, "auto", 1)
    entry, = town.api.service("auto")["Endpoint"]["Ports"]
    assert 30000 <= entry["PublishedPort"] <= 32767
    for host in NODES:
        url = f"http://{lan_address(town, host)}:{entry['PublishedPort']}/"
        wait_until(lambda: None not in ask_from(client_place(town), url), f"{url} answers")
    town.api.delete("/services/auto")


def test_row_n54_a_port_of_the_host_shows_the_client(town):
    create(town.api, "direct", replicas=1, EndpointSpec=publish(7001, 7101, mode="host"),
           Placement={"Constraints": ["node.hostname==h2"]})
    wait_running(town, "direct", 1)
    with server(enter(town, on(town, "direct", "h2")), "tcp", 7001, "direct"):
        answers = ask(client_place(town), "tcp", lan_address(town, "h2"), 7101, 3)
        assert {a["client"][0] for a in answers} == {town.lab.host("h1").gateway}
        for host in ("h1", "h3"):
            assert ask(client_place(town), "tcp", lan_address(town, host), 7101) == [None]
    town.api.delete("/services/direct")


def test_row_n63_a_removed_service_frees_its_port_everywhere(town):
    several(town, "short", 1, EndpointSpec=publish(80, 8090))
    for host in NODES:
        wait_until(lambda: bound(town, host, "tcp", 8090)[0] != 0, "the port is taken")
    town.api.delete("/services/short")
    for host in NODES:
        wait_until(lambda: bound(town, host, "tcp", 8090)[0] == 0, "the port is free")
