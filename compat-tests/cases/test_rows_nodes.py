"""Rows 59 to 65 of the conformance table: nodes that fail, and nodes that are removed."""
import os
import signal
import time

import pytest

from harness.refusals import check, rpc
from harness.services import SECOND, by_host, create, hosts_by_id, ids, wait_running
from harness.waiting import stays, wait_until
from lablib.network import set_link


@pytest.fixture
def h3(swarm):
    """The host that things happen to; plugged in again afterwards."""
    host = swarm.hosts[2]
    yield host
    set_link(host, "up")
    swarm.wait_for_nodes()


def six(swarm):
    """A service with two tasks on each node; returns the ids of those on h3."""
    create(swarm.api, "web", replicas=6)
    wait_running(swarm, "web", 6)
    assert by_host(swarm.api, "web") == {"h1": 2, "h2": 2, "h3": 2}
    return {t["ID"] for t in swarm.api.running("web") if hosts_by_id(swarm.api)[t["NodeID"]] == "h3"}


def lose(swarm, host):
    set_link(host, "down")
    wait_until(lambda: swarm.api.nodes()[host.name]["Status"]["State"] == "down", "the node is down")


def of_h3(swarm):
    return swarm.engines["h3"].get("/containers/json", label="com.docker.swarm.service.name=web")


def test_row_059_a_lost_node(swarm, api, h3):
    lost = six(swarm)
    pulled = time.monotonic()
    lose(swarm, h3)
    assert time.monotonic() - pulled >= 8, "a short silence is forgiven"
    assert api.nodes()["h3"]["Status"]["Message"] == "heartbeat failure"

    def replaced():
        return sum(len(each) for host, each in swarm.names("web").items() if host != "h3") == 6
    wait_until(replaced, "its tasks run elsewhere")
    tasks = [api.get(f"/tasks/{each}") for each in lost]
    assert {(t["DesiredState"], t["Status"]["State"]) for t in tasks} == {("shutdown", "running")}
    assert len(of_h3(swarm)) == 2, "nobody could stop them"


def test_row_059_lost_tasks_are_replaced_without_delay(swarm, api, h3):
    create(api, "web", replicas=3, RestartPolicy={"Delay": 600 * SECOND})
    wait_running(swarm, "web", 3)
    lose(swarm, h3)
    if swarm.name == "native":
        wait_until(lambda: [t["Status"]["State"] for t in api.tasks("web") if t["DesiredState"] == "ready"] == ["ready"],
                   "the replacement is prepared")
        return stays(lambda: len(api.running("web")) == 2, "and waits")
    wait_until(lambda: by_host(api, "web") in ({"h1": 2, "h2": 1}, {"h1": 1, "h2": 2}), "it is replaced")


def test_row_060_a_lost_node_returns(swarm, api, h3):
    lost = six(swarm)
    lose(swarm, h3)
    set_link(h3, "up")
    wait_until(lambda: api.nodes()["h3"]["Status"]["State"] == "ready", "the node is back")
    wait_until(lambda: not of_h3(swarm), "the old containers are stopped")
    wait_until(lambda: {api.get(f"/tasks/{each}")["Status"]["State"] for each in lost} == {"shutdown"}, "as are its tasks")
    wait_running(swarm, "web", 6)
    assert len(ids(swarm, service_name="web")) == 6


def test_row_061_a_frozen_node(swarm, api, h3):
    six(swarm)
    before, tasks = ids(swarm, service_name="web"), {t["ID"] for t in api.tasks("web")}
    engine = h3.pid("dockerd")
    os.kill(engine, signal.SIGSTOP)
    try:
        stays(lambda: {t["ID"] for t in api.tasks("web")} == tasks, "nothing is rescheduled", 8)
    finally:
        os.kill(engine, signal.SIGCONT)
    stays(lambda: {t["ID"] for t in api.tasks("web")} == tasks, "nor afterwards")
    swarm.wait_for_nodes()
    assert ids(swarm, service_name="web") == before
    wait_running(swarm, "web", 6)


def test_row_062_a_ready_worker_is_not_removed(swarm, api):
    worker = api.nodes()["h3"]["ID"]
    check(api.request("DELETE", f"/nodes/{worker}"), 400,
          rpc("FailedPrecondition", f"node {worker} is not down and can't be removed"))


def test_row_064_a_manager_is_not_removed(swarm, api):
    manager = api.nodes()["h1"]["ID"]
    check(api.request("DELETE", f"/nodes/{manager}"), 400, rpc(
        "FailedPrecondition", f"node {manager} is a cluster manager and is a member of the raft cluster. "
                              "It must be demoted to worker before removal"))


def test_row_065_the_last_manager_is_not_demoted(swarm, api):
    node = api.nodes()["h1"]
    reply = api.request("POST", f"/nodes/{node['ID']}/update?version={node['Version']['Index']}",
                        {**node["Spec"], "Role": "worker"})
    check(reply, 400, rpc("FailedPrecondition", "attempting to demote the last manager of the swarm"))
    assert api.nodes()["h1"]["Spec"]["Role"] == "manager"


@pytest.fixture
def swarm_to_spoil(formed):
    """A swarm that is given up afterwards: one of its nodes is no member any more."""
    formed.clear()
    yield formed
    formed.dissolve()
    formed.scrub()


def test_row_063_a_removed_node_orphans_its_tasks(swarm_to_spoil, api):
    lost = six(swarm_to_spoil)
    node = api.nodes()["h3"]["ID"]
    assert api.request("DELETE", f"/nodes/{node}?force=1").status == 200
    assert node not in {n["ID"] for n in api.get("/nodes")}

    def orphaned():
        return {(t["Status"]["State"], t["Status"]["Message"]) for t in (api.get(f"/tasks/{each}") for each in lost)}
    wait_until(lambda: orphaned() == {("orphaned", "Task belonged to a node that has been deleted")}, "orphaned")

    def replaced():
        running = [t for t in api.running("web") if t["ID"] not in lost]
        return len(running) == 6
    wait_until(replaced, "its tasks run elsewhere")
