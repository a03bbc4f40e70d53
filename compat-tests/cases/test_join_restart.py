"""What members keep when their daemons are stopped and started, and several daemons on one host."""
import signal
import time

import pytest

from harness.api import Api
from harness.daemon import Daemon
from harness.services import create, wait_running
from harness.targets import NODES
from harness.waiting import stays, wait_until


def took(what, since):
    print(f"{what}: {time.monotonic() - since:.2f} s")


@pytest.mark.swarmward_only("its containers end with the engine that is its manager")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["int", "term"])
def test_state_is_kept(members, how):
    create(members.api, "web", replicas=6)
    wait_running(members, "web", 6)
    members.api.update_node("h2", lambda spec: spec.update(Labels={"rack": "7"}))
    before, nodes = members.lives("web"), {host: members.node_id(host) for host in NODES}
    swarm, tasks = members.api.get("/swarm")["ID"], {t["ID"] for t in members.api.get("/tasks")}
    for host in ("h2", "h3", "h1"):
        daemon = members.daemons[host]
        daemon.process.send_signal(how)
        begun = time.monotonic()
        assert daemon.process.wait(30) == 0
        took(f"{host} stopped", begun)
    assert members.lives("web") == before
    begun = time.monotonic()
    for host in ("h1", "h2", "h3"):
        members.daemons[host].start()
    members.wait_for_nodes()
    took("all up and ready", begun)
    assert {host: members.node_id(host) for host in NODES} == nodes
    assert members.api.get("/swarm")["ID"] == swarm
    assert members.node("h2")["Spec"]["Labels"] == {"rack": "7"}
    stays(lambda: members.lives("web") == before, "no container was touched", 3)
    assert {t["ID"] for t in members.api.get("/tasks")} == tasks
    wait_running(members, "web", 6)


@pytest.mark.swarmward_only("natively a daemon is its engine")
def test_one_engine_is_in_one_swarm(members, binary, logs):
    host, api = members.hosts[1], members.members["h2"]
    other = Daemon(host, binary, logs / "other.log", "other")
    other.start(["--engine", host.url, "--agent-port", "0"])
    stranger = Api(other.url)
    try:
        init = {"ListenAddr": "127.0.0.1:23779", "AdvertiseAddr": "127.0.0.1", "Spec": {}}
        join = members.join_request("h2") | {"ListenAddr": "127.0.0.1:23779"}
        for path, body in (("init", init), ("join", join)):
            refused = stranger.request("POST", f"/swarm/{path}", body)
            assert refused.status == 409 and "for another swarmward of this host" in refused.json["message"], refused
        assert stranger.get("/info")["Swarm"]["LocalNodeState"] == "inactive"
        members.daemons["h2"].kill()
        members.daemons["h2"].start()
        members.wait_for_nodes()
        assert stranger.request("POST", "/swarm/init", init).status == 409
        api.post("/swarm/leave?force=true")
        stranger.post("/swarm/init", init)
        assert api.request("POST", "/swarm/join", members.join_request("h2")).status == 409
    finally:
        stranger.request("POST", "/swarm/leave?force=true")
        other.stop()
        other.remove()


@pytest.fixture
def three(hosts, binary, logs):
    """Three daemons on h1, each with an engine of its own, that know each other over the loopback."""
    daemons = [Daemon(hosts.hosts[0], binary, logs / f"loop{n}.log", f"loop{n}") for n in (1, 2, 3)]
    hosts.dissolve()
    hosts.scrub()
    for daemon, host in zip(daemons, hosts.hosts):
        daemon.start(["--engine", host.url, "--agent-port", "0"])
    yield daemons
    for daemon in daemons:
        if daemon.process.poll() is None:
            Api(daemon.url).request("POST", "/swarm/leave?force=true")
            daemon.stop()
        daemon.remove()
    hosts.scrub()


@pytest.mark.swarmward_only("two engines do not fit on one host")
def test_three_on_one_host(three):
    apis = [Api(daemon.url) for daemon in three]
    ports = [23770 + n for n in range(3)]
    apis[0].post("/swarm/init", {"ListenAddr": f"127.0.0.1:{ports[0]}", "AdvertiseAddr": "127.0.0.1", "Spec": {}})
    token = apis[0].get("/swarm")["JoinTokens"]["Worker"]
    for api, port in zip(apis[1:], ports[1:]):
        api.post("/swarm/join", {"ListenAddr": f"127.0.0.1:{port}", "AdvertiseAddr": "127.0.0.1",
                                 "RemoteAddrs": [f"127.0.0.1:{ports[0]}"], "JoinToken": token})

    def ready():
        states = [node["Status"]["State"] for node in apis[0].get("/nodes")]
        return states == ["ready"] * 3
    wait_until(ready, "three nodes are ready")
    create(apis[0], "web", replicas=6)

    def placed():
        nodes = [task["NodeID"] for task in apis[0].running("web")]
        return len(nodes) == 6 and {nodes.count(node) for node in nodes} == {2}
    wait_until(placed, "two run on each")
    before = {task["ID"] for task in apis[0].running("web")}
    for daemon in three:
        daemon.process.send_signal(signal.SIGINT)
        assert daemon.process.wait(30) == 0
    for daemon in three:
        daemon.start()
    wait_until(ready, "three nodes are ready again")
    stays(lambda: {task["ID"] for task in apis[0].running("web")} == before, "no task is replaced", 3)
