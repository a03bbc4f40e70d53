"""Engines on hosts without a daemon of ours: taken in as nodes over TLS and over ssh, and let go again."""
import concurrent.futures

import pytest

from harness.adopting import SSH_PORT, TLS_PORT, known, lone, over_ssh, over_tls, ssh, ssh_folder, tls  # noqa: F401
from harness.api import Api
from harness.daemon import Daemon
from harness.services import create, wait_running
from harness.waiting import wait_until
from lablib.network import set_link

pytestmark = pytest.mark.swarmward_only("native cannot take in an engine without its help")

QUICK = {"RestartPolicy": {"Delay": 0}}


@pytest.fixture
def swarm(lone):
    yield lone
    for host in lone.hosts:
        set_link(host, "up")
    for service in lone.api.get("/services"):
        lone.api.delete(f"/services/{service['ID']}")
    for name in set(lone.api.nodes()) - {"h1"}:
        lone.api.post(f"/ward/nodes/{name}/release?force=1")
    wait_until(lambda: not any(lone.containers().values()), "nothing is left")


def adopt(swarm, body):
    adopted = swarm.api.post("/ward/nodes/adopt", body)
    swarm.wait_for_nodes((body["Name"],))
    return adopted


def refused(swarm, body):
    reply = swarm.api.request("POST", "/ward/nodes/adopt", body)
    assert set(swarm.api.nodes()) == {"h1"} or body["Name"] in ("h1", "again"), "nothing is made of it"
    return f"{reply.status} {reply.message}"


def only_on(node):
    return {"Placement": {"Constraints": [f"node.hostname=={node}"]}, **QUICK}


def lives(swarm, docker, node, host):
    """Tasks run there, and the CLI reaches into them."""
    create(swarm.api, "there", replicas=3, **only_on(node))
    wait_running(swarm, "there", 3)
    found = swarm.engines[host].get("/containers/json", label="com.docker.swarm.service.name=there")
    assert len(found) == 3, "the engine itself runs them"
    container = found[0]["Id"]
    assert docker("exec", container, "echo", "hello").out == "hello"
    assert docker("inspect", "--format", "{{.State.Running}}", container).out == "true"
    swarm.engines[host].delete(f"/containers/{container}?force=1")
    wait_until(lambda: container not in [t["Status"]["ContainerStatus"]["ContainerID"]
                                         for t in swarm.api.running("there")], "its end is noticed")
    wait_running(swarm, "there", 3)


def test_over_tls(swarm, tls, any_docker):
    made = adopt(swarm, over_tls(swarm, tls))
    assert set(made) == {"ID"}, "no warning"
    line, = [n for n in swarm.api.get("/ward/nodes") if n["Name"] == "far2"]
    assert (line["ID"], line["Kind"], line["State"]) == (made["ID"], "adopted", "ready")
    assert line["Address"] == f"tcp://{swarm.hosts[1].address}:{TLS_PORT}"
    node = swarm.api.nodes()["far2"]
    assert node["Spec"]["Role"] == "worker" and node["Status"]["Addr"] == swarm.hosts[1].address
    assert "PRIVATE KEY" not in str(swarm.api.get("/nodes"))
    lives(swarm, any_docker, "far2", "h2")


def test_over_ssh(swarm, ssh, known, any_docker):
    made = adopt(swarm, over_ssh(swarm, ssh))
    assert swarm.api.nodes()["far3"]["ID"] == made["ID"]
    lives(swarm, any_docker, "far3", "h3")
    keys = list(ssh_folder(swarm).glob("key-*"))
    assert len(keys) == 1 and keys[0].stat().st_mode & 0o777 == 0o600
    swarm.api.delete("/services/there")
    swarm.api.post("/ward/nodes/far3/release?force=1")
    wait_until(lambda: not list(ssh_folder(swarm).glob("key-*")), "the key goes with the node")


def test_survives_a_restart_of_the_daemon(swarm, ssh, tls, known):
    adopt(swarm, over_ssh(swarm, ssh))
    adopt(swarm, over_tls(swarm, tls))
    create(swarm.api, "web", replicas=4, **QUICK, Placement={"Constraints": ["node.role==worker"]})
    wait_running(swarm, "web", 4)
    before = {c["Id"] for each in swarm.containers().values() for c in each}
    swarm.daemon.kill()
    swarm.daemon.start()
    swarm.wait_for_nodes(("h1", "far2", "far3"))
    wait_running(swarm, "web", 4)
    assert {c["Id"] for each in swarm.containers().values() for c in each} == before


@pytest.mark.parametrize("way", ["tls", "ssh"])
def test_unplugged(swarm, tls, ssh, known, way):
    body, host = (over_tls(swarm, tls), swarm.hosts[1]) if way == "tls" else (over_ssh(swarm, ssh), swarm.hosts[2])
    adopt(swarm, body)
    create(swarm.api, "web", replicas=2, **QUICK)
    wait_running(swarm, "web", 2)
    set_link(host, "down")
    wait_until(lambda: swarm.api.nodes()[body["Name"]]["Status"]["State"] == "down", "it is down", 60)
    wait_until(lambda: len(swarm.names("web")["h1"]) == 2, "its task is replaced", 60)
    set_link(host, "up")
    swarm.wait_for_nodes((body["Name"],))
    wait_until(lambda: not swarm.names("web")[host.name], "the leftover is stopped", 60)


def test_release(swarm, tls):
    adopt(swarm, over_tls(swarm, tls))
    create(swarm.api, "there", replicas=1, **only_on("far2"))
    wait_running(swarm, "there", 1)
    reply = swarm.api.request("POST", "/ward/nodes/far2/release?force=0")
    assert reply.status == 409 and "drain it first" in reply.message
    assert swarm.api.request("POST", "/ward/nodes/h1/release").status == 400, "that one was not adopted"
    assert swarm.api.request("POST", "/ward/nodes/nobody/release").status == 404
    swarm.api.request("DELETE", "/services/there")
    wait_until(lambda: not swarm.names("there")["h2"], "nothing runs there any more")
    wait_until(lambda: swarm.api.request("POST", "/ward/nodes/far2/release").status == 200, "it is let go")
    assert set(swarm.api.nodes()) == {"h1"}
    wait_until(lambda: not swarm.containers()["h2"], "its containers go with it")


def test_what_is_wrong_with_tls(swarm, tls):
    said = refused(swarm, over_tls(swarm, tls, ca="other"))
    assert said.startswith("503 ") and "TLS handshake" in said and "--tls-ca must be the CA" in said
    said = refused(swarm, {**over_tls(swarm, tls), "TLS": {"CA": (tls / "ca.pem").read_text()}})
    assert said.startswith("503 "), said
    said = refused(swarm, {"Name": "far2", "Address": f"tcp://{swarm.hosts[1].address}:{TLS_PORT}"})
    assert said.startswith("503 ") and "--tls-ca" in said
    said = refused(swarm, {**over_tls(swarm, tls), "TLS": {"CA": "nonsense"}})
    assert said.startswith("400 "), said


def test_what_is_wrong_with_ssh(swarm, ssh):
    said = refused(swarm, over_ssh(swarm, ssh))
    assert said.startswith("503 ") and "Host key verification failed" in said
    assert f"ssh-keyscan -p {SSH_PORT} {swarm.hosts[2].address} >> {ssh_folder(swarm)}/known_hosts" in said


def test_a_key_that_is_not_let_in(swarm, ssh, known):
    said = refused(swarm, over_ssh(swarm, ssh, key="stranger"))
    assert said.startswith("503 ") and "Permission denied" in said and "--ssh-identity" in said
    assert not list(ssh_folder(swarm).glob("key-*"))


def test_what_cannot_be_adopted(swarm, tls):
    plain = {"Name": "far2", "Address": swarm.hosts[1].tcp_url}
    assert refused(swarm, {**plain, "Name": "h1"}).startswith("409 the name h1 is taken")
    assert refused(swarm, {**plain, "Name": "no spaces"}).startswith("400 ")
    assert refused(swarm, {**plain, "Address": "http://h"}).startswith("400 ")
    said = refused(swarm, {**plain, "Address": f"tcp://{swarm.hosts[1].address}:1"})
    assert said.startswith("503 ") and "refused" in said and "firewall" in said
    assert "is the one of node h1" in refused(swarm, {**plain, "Address": swarm.hosts[0].tcp_url})
    made = adopt(swarm, plain)
    assert "without TLS" in made["Warning"]
    assert "is the one of node far2" in refused(swarm, over_tls(swarm, tls, Name="again"))


def test_an_engine_is_adopted_once_only(swarm, tls):
    bodies = [{**over_tls(swarm, tls), "Name": name} for name in ("one", "two", "three")]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        replies = list(pool.map(lambda body: swarm.api.request("POST", "/ward/nodes/adopt", body), bodies))
    assert sorted(reply.status for reply in replies) == [201, 409, 409], replies
    assert len(swarm.api.nodes()) == 2
    assert "node=all" in swarm.api.request("POST", "/ward/nodes/adopt", {**bodies[0], "Name": "all"}).message


def test_a_host_whose_engine_was_adopted_joins_only_after_its_release(swarm, tls, binary, logs):
    """Else one engine would be two nodes, and have the tasks of both."""
    adopt(swarm, over_tls(swarm, tls))
    daemon = Daemon(swarm.hosts[1], binary, logs / "adopted-joins.log", "late")
    daemon.start(["--engine", swarm.hosts[1].url])
    host = Api(daemon.url)
    join = {"ListenAddr": "0.0.0.0:2377", "RemoteAddrs": [f"{swarm.hosts[0].address}:2377"],
            "JoinToken": swarm.api.get("/swarm")["JoinTokens"]["Worker"]}
    try:
        reply = host.request("POST", "/swarm/join", join)
        assert reply.status == 409 and "docker ward node release far2" in reply.message, reply
        assert host.get("/info")["Swarm"]["LocalNodeState"] == "inactive" and len(swarm.api.nodes()) == 2
        swarm.api.post("/ward/nodes/far2/release")
        host.post("/swarm/join", join)
        swarm.wait_for_nodes((host.get("/info")["Name"],))
        assert "is the one of node" in refused(swarm, over_tls(swarm, tls, Name="again"))
        node = host.get("/info")["Swarm"]["NodeID"]
        host.post("/swarm/leave?force=true")
        swarm.api.delete(f"/nodes/{node}?force=true")
    finally:
        host.request("POST", "/swarm/leave?force=true")
        daemon.stop()
        daemon.remove()
