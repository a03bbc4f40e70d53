"""Published ports from everywhere, by TCP and UDP: rows 42 to 45 and 60 to 62 of the networks' conformance list."""
import subprocess

import pytest

from harness.mesh import (PYTHON, WEB, address, client_place, container, enter, host_of, host_place, inside,
                          lan_address, on, publish, several)
from harness.requests import ask_from
from harness.services import create, scale, wait_running
from harness.talk import Conversation, ask, servers
from harness.targets import NODES
from harness.waiting import wait_until

# Native shares connections by IPVS, which kernels of test machines often lack.
pytestmark = pytest.mark.swarmward_only("native needs IPVS in the kernel")


@pytest.fixture(scope="module")
def town(village):
    """`web` on 8080 and `both`, one number for TCP and for UDP, with a task on each host; one task of `one` on 8081."""
    create(village.api, "web", WEB, Mode={"Global": {}}, EndpointSpec=publish(80, 8080))
    ports = [*publish(7000, 7100, "tcp")["Ports"], *publish(7000, 7100, "udp")["Ports"]]
    create(village.api, "both", Mode={"Global": {}}, EndpointSpec={"Mode": "vip", "Ports": ports})
    create(village.api, "one", WEB, replicas=1, EndpointSpec=publish(80, 8081))
    for name, count in (("web", 3), ("both", 3), ("one", 1)):
        wait_running(village, name, count)
    for host in NODES:
        url = f"http://{lan_address(village, host)}"
        wait_until(lambda: None not in ask_from(client_place(village), f"{url}:8080/", 3), f"8080 of {host} answers")
        wait_until(lambda: None not in ask_from(client_place(village), f"{url}:8081/"), f"8081 of {host} answers")
    return village


@pytest.fixture(params=["tcp", "udp"])
def speaking(request, town):
    """A server for one protocol in each task of `both`."""
    with servers({host: enter(town, on(town, "both", host)) for host in NODES}, request.param, 7000):
        yield request.param


def test_row_n43_both_protocols_through_every_host(town, speaking):
    for host in NODES:
        answers = ask(client_place(town), speaking, lan_address(town, host), 7100, 12)
        assert None not in answers and {a["server"] for a in answers} == set(NODES), (host, answers)


def test_row_n44_both_protocols_from_the_host_itself(town, speaking):
    for host in NODES:
        for target in ("127.0.0.1", lan_address(town, host), "172.17.0.1"):
            answers = ask(host_place(town, host), speaking, target, 7100, 6)
            assert None not in answers and {a["server"] for a in answers} == set(NODES), (host, target, answers)


@pytest.fixture(scope="module")
def lodger(town):
    """The place of a plain container on h2, which its engine put on docker0."""
    engine = town.engines["h2"]
    made = engine.post("/containers/create?name=lodger", {"Image": "alpine", "Cmd": ["sleep", "100000"],
                                                          "StopSignal": "SIGKILL"})
    engine.post(f"/containers/{made['Id']}/start")
    pid = engine.get(f"/containers/{made['Id']}/json")["State"]["Pid"]
    yield ["nsenter", "-t", str(pid), "-n", "--"]
    engine.delete(f"/containers/{made['Id']}?force=1")


def gateway(place):
    """Where the default route of a place leads."""
    text = subprocess.run([*place, "ip", "route", "show", "default"], capture_output=True, text=True, check=True).stdout
    return text.split()[2]


def test_row_n45_a_container_on_docker0_reaches_the_ports(town, lodger):
    for target in [gateway(lodger), *(lan_address(town, host) for host in NODES)]:
        assert None not in ask_from(lodger, f"http://{target}:8080/", 6), target
        assert None not in ask_from(lodger, f"http://{target}:8081/", 2), target


def test_row_n45_a_task_reaches_the_ports(town):
    """By docker_gwbridge, and a task of the service itself too."""
    for host in NODES:
        place = enter(town, on(town, "web", host))
        for target in [gateway(place), *(lan_address(town, each) for each in NODES)]:
            assert None not in ask_from(place, f"http://{target}:8080/", 6), (host, target)
            assert None not in ask_from(place, f"http://{target}:8081/", 2), (host, target)


def ingress_address(town, task):
    ident = next(n["Id"] for n in town.api.get("/networks", scope=["swarm"]) if n["Ingress"])
    return address(task, ident)


def test_row_n61_tasks_do_not_reach_each_other_by_the_ingress_network(town):
    """Neither tasks of other hosts nor of the same one, of the same service nor of others."""
    asking = on(town, "web", "h1")
    for target in (on(town, "web", "h2"), on(town, "both", "h1"), on(town, "both", "h3")):
        ip = ingress_address(town, target)
        assert inside(town, asking, "busybox", "ping", "-c", "1", "-W", "1", ip)[0] != 0, ip
        assert ask_from(enter(town, asking), f"http://{ip}:80/", timeout=1) == [None]


def test_row_n60_a_client_of_udp_finds_another_task(town):
    """Its socket stays, so that its flow is the same all the time."""
    create(town.api, "echo", replicas=3, EndpointSpec=publish(7002, 7102, "udp"))
    wait_running(town, "echo", 3)
    tasks = {host_of(town, task): task for task in town.api.running("echo")}
    with servers({host: enter(town, task) for host, task in tasks.items()}, "udp", 7002):
        with Conversation(client_place(town), "udp", lan_address(town, "h1"), 7102) as talk:
            first = wait_until(talk.ask, "a task answers")["server"]
            assert {talk.ask()["server"] for _ in range(5)} == {first}, "a flow keeps its task"
            town.engines[first].post(f"/containers/{container(tasks[first])}/kill")
            wait_until(lambda: (talk.ask() or {}).get("server", first) != first, "another task answers", 20)
    town.api.delete("/services/echo")


# Sends so many bytes of a pattern to a server that returns their hash, then reads as many and checks them.
SINK = """
import hashlib, socket, sys
server = socket.create_server(("0.0.0.0", int(sys.argv[1])))
print("ready", flush=True)
while True:
    connection, _ = server.accept()
    with connection, connection.makefile("rwb") as stream:
        size = int(stream.readline())
        stream.write(hashlib.sha256(stream.read(size)).hexdigest().encode() + b"\\n")
        stream.write(bytes(i % 251 for i in range(1000)) * (size // 1000))
"""
SOURCE = """
import hashlib, socket, sys
data = bytes(i % 251 for i in range(1000)) * (int(sys.argv[3]) // 1000)
with socket.create_connection((sys.argv[1], int(sys.argv[2])), 20) as connection, connection.makefile("rwb") as stream:
    stream.write(b"%d\\n" % len(data) + data)
    stream.flush()
    assert stream.readline().decode().strip() == hashlib.sha256(data).hexdigest(), "up"
    assert stream.read(len(data)) == data, "down"
"""


@pytest.mark.parametrize("entry", ["h1", "h2"])
def test_row_n62_twenty_megabytes_up_and_down(town, entry):
    several(town, "store", 1, EndpointSpec=publish(7003, 7103), container={},
            Placement={"Constraints": ["node.hostname==h2"]})
    sink = subprocess.Popen([*enter(town, on(town, "store", "h2")), PYTHON, "-c", SINK, "7003"],
                            stdout=subprocess.PIPE, text=True)
    try:
        assert sink.stdout.readline() == "ready\n"
        target = (lan_address(town, entry), "7103")
        done = subprocess.run([*client_place(town), PYTHON, "-c", SOURCE, *target, "20000000"], capture_output=True,
                              text=True, timeout=60)
        assert done.returncode == 0, done.stderr
    finally:
        sink.kill()
        sink.communicate()
        town.api.delete("/services/store")


def test_row_n42_scaling_reaches_the_balancer_of_every_host(town):
    scale(town.api, "one", 3)
    wait_running(town, "one", 3)
    for host in NODES:
        url = f"http://{lan_address(town, host)}:8081/"
        wait_until(lambda: len(set(ask_from(client_place(town), url, 9)) - {None}) == 3, f"{host} knows all three")
