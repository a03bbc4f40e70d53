"""Hosts that are adopted with an agent: this daemon puts its own program there, which joins; and lets them go again."""
import base64
import concurrent.futures
import json
import os
import signal

import pytest

from harness.adopting import TLS_PORT, known, lone, over_ssh, ssh, tls  # noqa: F401
from harness.agents import (NAME, QUICK, adopt, agent, blocked, data_of_agent, left_on, on_h2, refused, request, restart_engine,
                            there)
from harness.services import create, wait_running
from harness.waiting import stays, wait_until
from lablib import host as lab_hosts

pytestmark = pytest.mark.swarmward_only("native cannot take in an engine without its help")


@pytest.fixture
def swarm(lone):
    yield lone
    for service in lone.api.get("/services"):
        lone.api.delete(f"/services/{service['ID']}")
    for name in set(lone.api.nodes()) - {"h1"}:
        lone.api.request("POST", f"/ward/nodes/{name}/release?force=1")
    wait_until(lambda: not any(lone.containers().values()), "nothing is left")
    lone.engines["h2"].request("DELETE", f"/containers/{NAME}?force=1&v=1")


def test_it_joins_as_a_worker(swarm, tls, any_docker):
    made = adopt(swarm, tls)
    assert set(made) == {"ID"}, "no warning"
    h2, engine = swarm.hosts[1], swarm.engines["h2"]
    line, = [n for n in swarm.api.get("/ward/nodes") if n["Name"] == "far2"]
    assert (line["ID"], line["Kind"], line["Address"]) == (made["ID"], "joined", f"{h2.address}:7946")
    table = any_docker("node", "ls").out
    row, = [row for row in table.splitlines() if " far2 " in row]
    assert "Ready" in row and "Active" in row and "Leader" not in row
    assert swarm.api.nodes()["far2"]["Spec"]["Role"] == "worker"
    there(swarm, 2)
    found = engine.get("/containers/json", label="com.docker.swarm.service.name=there")
    assert len(found) == 2, "the engine itself runs them"
    assert any_docker("exec", found[0]["Id"], "echo", "hello").out == "hello"


def test_the_token_is_nowhere(swarm, tls):
    adopt(swarm, tls)
    token, engine = swarm.api.get("/swarm")["JoinTokens"]["Worker"], swarm.engines["h2"]
    shown = json.dumps(agent(engine))
    assert token not in shown and "SWMTKN" not in shown
    argv = open(f"/proc/{agent(engine)['State']['Pid']}/cmdline").read()
    assert "--join-file" in argv and "SWMTKN" not in argv
    assert "SWMTKN" not in open(f"/proc/{agent(engine)['State']['Pid']}/environ").read()
    files = data_of_agent(engine)
    assert "swarmward/member.json" in files and "swarmward/join.json" not in files
    assert not [name for name, text in files.items() if b"SWMTKN" in text]
    log = engine.request("GET", f"/containers/{NAME}/logs?stdout=1&stderr=1").body
    assert b"swarm.joined" in log and b"SWMTKN" not in log


def test_over_ssh(swarm, ssh, known, any_docker):
    h3, engine = swarm.hosts[2], swarm.engines["h3"]
    swarm.api.post("/ward/nodes/adopt", over_ssh(swarm, ssh, WithAgent=True, EngineSocket=str(h3.socket)))
    create(swarm.api, "there", replicas=1, Placement={"Constraints": ["node.hostname==far3"]}, **QUICK)
    wait_running(swarm, "there", 1)
    line, = [n for n in swarm.api.get("/ward/nodes") if n["Name"] == "far3"]
    assert (line["Kind"], line["Address"]) == ("joined", f"{h3.address}:7946")
    assert swarm.api.request("POST", "/ward/nodes/far3/release?force=1").status == 200
    assert not left_on(engine) and not swarm.containers()["h3"]


def test_its_process_is_killed(swarm, tls):
    adopt(swarm, tls)
    there(swarm)
    before, = swarm.names("there")["h2"]
    pid = agent(swarm.engines["h2"])["State"]["Pid"]
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: agent(swarm.engines["h2"])["State"]["Pid"] not in (0, pid), "it is started again")
    swarm.wait_for_nodes(("far2",))
    wait_running(swarm, "there", 1)
    assert swarm.names("there")["h2"] == [before], "a moment without it costs no task"


def test_its_engine_is_restarted(swarm, tls):
    adopt(swarm, tls)
    there(swarm)
    h2 = swarm.hosts[1]
    lab_hosts.stop_engine(h2)
    wait_until(lambda: swarm.api.nodes()["far2"]["Status"]["State"] != "ready", "it is missed")
    lab_hosts.start_engine(h2)
    lab_hosts.wait_for_engine(h2)
    swarm.wait_for_nodes(("far2",))
    wait_running(swarm, "there", 1)


@pytest.fixture
def lasting(target):
    """h2's engine does not end its containers when it ends."""
    restart_engine(target.hosts[1], ["--live-restore"])
    yield target.hosts[1]
    restart_engine(target.hosts[1])


def test_its_engine_is_restarted_below_it(lasting, swarm, tls):
    """The agent goes on while its engine makes its socket anew."""
    adopt(swarm, tls)
    there(swarm)
    before, names = agent(swarm.engines["h2"])["State"]["Pid"], swarm.names("there")["h2"]
    restart_engine(lasting, ["--live-restore"])
    assert agent(swarm.engines["h2"])["State"]["Pid"] == before
    wait_until(lambda: swarm.api.request("GET", "/nodes/far2/_ping").status == 200, "its tunnel leads to the engine")
    swarm.wait_for_nodes(("far2",))
    assert swarm.names("there")["h2"] == names


def test_the_manager_is_killed(swarm, tls):
    adopt(swarm, tls)
    there(swarm)
    before = swarm.names("there")["h2"]
    swarm.daemon.kill()
    swarm.daemon.start()
    swarm.wait_for_nodes(("h1", "far2"))
    assert swarm.names("there")["h2"] == before
    assert swarm.api.request("POST", "/ward/nodes/far2/release?force=1").status == 200
    assert not left_on(swarm.engines["h2"]), "the way to remove it outlives the daemon"


def test_the_manager_is_killed_when_the_agent_has_just_joined(swarm, tls):
    """The same adoption again takes up what is there, whether the node was on the disk already or not."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        cut_short = pool.submit(swarm.api.request, "POST", "/ward/nodes/adopt", request(swarm, tls))
        wait_until(lambda: "far2" in swarm.api.nodes(), "it has joined", pause=0.01)
        swarm.daemon.kill()
        assert cut_short.exception(30) or cut_short.result().status == 201
    swarm.daemon.start()
    again = swarm.api.request("POST", "/ward/nodes/adopt", request(swarm, tls))
    assert again.status in (201, 409), again  # 409: it was noted in the last moment.
    swarm.wait_for_nodes(("far2",))
    there(swarm)
    assert swarm.api.request("POST", "/ward/nodes/far2/release?force=1").status == 200
    wait_until(lambda: not left_on(swarm.engines["h2"]), "nothing is left")


def test_release_leaves_nothing(swarm, tls):
    adopt(swarm, tls)
    there(swarm)
    reply = swarm.api.request("POST", "/ward/nodes/far2/release?force=0")
    assert reply.status == 409 and "drain it first" in reply.message
    assert len(left_on(swarm.engines["h2"])) == 3, "container, image and volume"
    reply = swarm.api.request("POST", "/ward/nodes/far2/release?force=1")
    assert (reply.status, reply.text) == (200, "")
    assert not left_on(swarm.engines["h2"])
    wait_until(lambda: not swarm.containers()["h2"], "the task's container, which the engine lists until it is removed", 10)
    assert set(swarm.api.nodes()) == {"h1"}
    assert adopt(swarm, tls)["ID"], "and again"


def test_node_rm_takes_it_away_too(swarm, tls, any_docker):
    adopt(swarm, tls)
    any_docker("node", "rm", "--force", "far2")
    wait_until(lambda: not left_on(swarm.engines["h2"]), "nothing is left there")


def test_the_end_of_the_swarm_takes_it_away(swarm, tls):
    adopt(swarm, tls)
    swarm.api.post("/swarm/leave?force=true")
    wait_until(lambda: not left_on(swarm.engines["h2"]), "nothing is left there")
    swarm.api.post("/swarm/init", swarm.init_request())
    swarm.wait_for_nodes(("h1",))


def test_the_way_to_it_is_lost(swarm, tls):
    """Its agent goes on; only its removal needs the way on which it was adopted."""
    adopt(swarm, tls)
    with blocked(swarm.hosts[1], TLS_PORT):
        stays(lambda: swarm.api.nodes()["far2"]["Status"]["State"] == "ready", "its own tunnel is enough", 2)
        reply = swarm.api.request("POST", "/ward/nodes/far2/release")
        assert reply.status == 503 and "--force" in reply.message, reply
        assert "far2" in swarm.api.nodes()
        reply = swarm.api.request("POST", "/ward/nodes/far2/release?force=1")
        assert reply.status == 200 and NAME in reply.json["Warning"], reply
    assert left_on(swarm.engines["h2"])
    adopt(swarm, tls)  # What is left of a node that is no more is cleared away.


def test_the_manager_is_not_reached(swarm, tls):
    with blocked(swarm.hosts[0], 2377):
        said = refused(swarm, request(swarm, tls))
    assert said.startswith("503 "), said
    assert "could not join" in said and "connection refused" in said and "has been removed" in said
    assert f"must reach this manager at {swarm.address}:2377" in said and "SWMTKN" not in said
    assert set(swarm.api.nodes()) == {"h1"} and not left_on(swarm.engines["h2"])


def test_the_agent_is_not_reached(swarm, tls):
    with blocked(swarm.hosts[1], 7946):
        said = refused(swarm, request(swarm, tls))
    assert said.startswith("503 "), said
    assert "has joined" in said and f"open {swarm.hosts[1].address}:7946/tcp" in said
    wait_until(lambda: set(swarm.api.nodes()) == {"h1"}, "no node is made of it")
    assert not left_on(swarm.engines["h2"])


def test_what_cannot_be_adopted(swarm, tls):
    engine = swarm.engines["h2"]
    said = refused(swarm, request(swarm, tls, EngineSocket="/nowhere/docker.sock"))
    assert "/nowhere" in said and not left_on(engine), said
    said = refused(swarm, request(swarm, tls, EngineSocket=f"{swarm.hosts[1].run}/other.sock"))
    assert said.startswith("503 ") and "--engine-socket" in said and not left_on(engine), said
    said = refused(swarm, request(swarm, tls, EngineSocket=str(swarm.hosts[2].socket)))
    assert "not the one at" in said and not left_on(engine), said
    assert set(swarm.api.nodes()) == {"h1"}
    said = refused(swarm, request(swarm, tls, EngineSocket="docker.sock"))
    assert said.startswith("400 "), said
    engine.post(f"/containers/create?name={NAME}", {"Image": "alpine:latest", "Cmd": ["true"]})
    said = refused(swarm, request(swarm, tls))
    assert said.startswith("409 ") and f"docker rm -f {NAME}" in said, said
    assert left_on(engine), "somebody else's is left alone"


FILES = "/run/swarmward/task-files"


@pytest.fixture
def secret(swarm):
    """The container part of a service with a secret."""
    made = swarm.api.post("/secrets/create", {"Name": "key", "Data": base64.b64encode(b"open sesame").decode()})["ID"]
    file = {"Name": "key", "UID": "0", "GID": "0", "Mode": 0o444}
    yield {"Secrets": [{"SecretID": made, "SecretName": "key", "File": file}]}
    for service in swarm.api.get("/services"):
        swarm.api.delete(f"/services/{service['ID']}")
    swarm.api.delete(f"/secrets/{made}")


def test_secrets_reach_its_tasks(swarm, tls, any_docker, secret):
    # As on a host of systemd, where all of /run is in memory.
    made = on_h2(swarm, "sh", "-c", f"mkdir -p {FILES} && mount -t tmpfs lab {FILES}")
    assert made.returncode == 0, made.stderr
    try:
        adopt(swarm, tls)
        create(swarm.api, "there", secret, Placement={"Constraints": ["node.hostname==far2"]}, **QUICK)
        wait_running(swarm, "there", 1)
        found, = swarm.engines["h2"].get("/containers/json", label="com.docker.swarm.service.name=there")
        assert any_docker("exec", found["Id"], "cat", "/run/secrets/key").out == "open sesame"
        any_docker("service", "rm", "there")
        wait_until(lambda: not on_h2(swarm, "find", FILES, "-type", "f").stdout, "no file is left")
    finally:
        on_h2(swarm, "umount", "-l", FILES)


def test_secrets_come_to_no_disk(swarm, tls, secret):
    if on_h2(swarm, "stat", "-f", "-c", "%T", "/run").stdout.strip() == "tmpfs":
        pytest.skip("all of /run is in memory here")
    adopt(swarm, tls)
    create(swarm.api, "there", secret, Placement={"Constraints": ["node.hostname==far2"]}, **QUICK)

    def rejected():
        return [task for task in swarm.api.tasks("there") if task["Status"]["State"] == "rejected"]
    wait_until(rejected, "the task is rejected")
    assert "mount a tmpfs at /run on that host" in rejected()[0]["Status"]["Err"]
    assert on_h2(swarm, "find", FILES, "-type", "f").stdout == ""
