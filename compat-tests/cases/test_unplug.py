"""Hosts and engines that go away and come back; a daemon that does."""
import signal

import pytest

from harness.services import SLOW, create, ids, shell, wait_running
from harness.targets import start_engine, stop_engine
from harness.waiting import stays, wait_until
from lablib.network import set_link

QUICK = {"RestartPolicy": {"Delay": 0}}


@pytest.fixture
def h3(swarm):
    """The host that things happen to; whole again afterwards."""
    host = swarm.hosts[2]
    yield host
    set_link(host, "up")
    if not host.pid("dockerd"):
        start_engine(host)
    swarm.wait_for_nodes()


def on(swarm, host, name):
    """The running containers of a service on one host, as its engine says."""
    label = f"com.docker.swarm.service.name={name}"
    return swarm.engines[host].get("/containers/json", label=label)


def node_state(swarm, host):
    return swarm.api.nodes()[host]["Status"]["State"]


def test_unplugged_host(swarm, api, h3):
    create(api, "web", replicas=6, **QUICK)
    create(api, "everywhere", Mode={"Global": {}}, **QUICK)
    wait_running(swarm, "web", 6)
    wait_running(swarm, "everywhere", 3)
    lost = {t["ID"] for t in api.running("web") if t["NodeID"] == api.nodes()["h3"]["ID"]}
    assert len(lost) == 2

    set_link(h3, "down")
    wait_until(lambda: node_state(swarm, "h3") == "down", "the node is down after the grace")
    wait_until(lambda: sum(len(on(swarm, host, "web")) for host in ("h1", "h2")) == 6, "the tasks are replaced")
    assert len(on(swarm, "h3", "web")) == 2, "what nobody can reach goes on"
    wait_until(lambda: all(api.get(f"/tasks/{i}")["DesiredState"] == "shutdown" for i in lost), "the old shall stop")

    set_link(h3, "up")
    wait_until(lambda: node_state(swarm, "h3") == "ready", "the node is back")
    wait_until(lambda: len(on(swarm, "h3", "web")) == 0, "the leftovers are stopped")
    wait_until(lambda: len(on(swarm, "h3", "everywhere")) == 1, "the global service is back")
    wait_running(swarm, "web", 6)
    assert len(ids(swarm, service_name="web")) == 6
    stays(lambda: len(on(swarm, "h3", "web")) == 0, "nothing moves back by itself", 2)


def test_short_unplug_moves_nothing(swarm, api, h3):
    create(api, "web", replicas=3, **QUICK)
    wait_running(swarm, "web", 3)
    before = ids(swarm, service_name="web")
    set_link(h3, "down")
    stays(lambda: ids(swarm, service_name="web") == before, "within the grace nothing is replaced", 5)
    set_link(h3, "up")
    stays(lambda: ids(swarm, service_name="web") == before, "nor afterwards", 5)
    wait_running(swarm, "web", 3)


def test_changes_while_a_host_is_away(swarm, api, h3):
    create(api, "gone", replicas=3, **QUICK)
    wait_running(swarm, "gone", 3)
    set_link(h3, "down")
    wait_until(lambda: node_state(swarm, "h3") == "down", "the node is down")
    api.delete("/services/gone")
    wait_until(lambda: not on(swarm, "h1", "gone") and not on(swarm, "h2", "gone"), "gone where it can be")
    assert on(swarm, "h3", "gone")
    set_link(h3, "up")
    wait_until(lambda: not any(swarm.containers().values()), "gone everywhere")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_engine_goes_and_comes_back(swarm, api, h3, how):
    create(api, "web", replicas=3, **QUICK)
    wait_running(swarm, "web", 3)
    stop_engine(h3, how=how)
    wait_until(lambda: sum(len(on(swarm, host, "web")) for host in ("h1", "h2")) == 3, "its task is replaced", 90)
    start_engine(h3)
    swarm.wait_for_nodes()
    wait_running(swarm, "web", 3)
    wait_until(lambda: len(ids(swarm, service_name="web")) == 3, "three containers, not four")


ENDS_WELL = shell("trap 'exit 0' TERM; while :; do sleep 0.1; done")


@pytest.mark.swarmward_only("each time uses up an attempt there")
@pytest.mark.parametrize("daemon_too", [False, True], ids=["engine", "engine-and-daemon"])
def test_what_an_engine_took_along_is_no_success(swarm, api, h3, daemon_too):
    """Its shutdown stops the containers, which end with 0: a service that is restarted only after failures, one that
    has a single attempt, and a job."""
    here = {"Placement": {"Constraints": ["node.hostname==h3"]}}
    create(api, "careful", ENDS_WELL, RestartPolicy={"Condition": "on-failure", "Delay": 0}, **here)
    create(api, "once", ENDS_WELL, RestartPolicy={"Condition": "any", "Delay": 0, "MaxAttempts": 1}, **here)
    create(api, "backup", ENDS_WELL, Mode={"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 1}},
           RestartPolicy={"Condition": "on-failure", "Delay": 0, "MaxAttempts": 1}, **here)

    def all_run():
        return all([task["Status"]["State"] for task in api.tasks(name)].count("running") == 1 ==
                   len(on(swarm, "h3", name)) for name in ("careful", "once", "backup"))

    wait_until(all_run, "all of them run")
    for _ in range(2):
        if daemon_too:
            swarm.daemon.stop()
        stop_engine(h3)
        start_engine(h3)
        if daemon_too:
            swarm.daemon.start()
        swarm.wait_for_nodes()
        wait_until(all_run, "all of them run again", 60)
        stays(all_run, "and go on", 3)
    assert not [task for task in api.tasks("backup") if task["Status"]["State"] == "complete"]


@pytest.mark.swarmward_only("its agent ends with its engine")
def test_an_engine_that_goes_down_tells_what_it_takes_along(swarm, api, h3):
    """Each of its tasks, although it has long closed whatever else was open; some engines do that at once."""
    create(api, "web", SLOW, replicas=6, RestartPolicy={"Condition": "none", "Delay": 0})
    wait_running(swarm, "web", 6)
    lost = [t["ID"] for t in api.running("web") if t["NodeID"] == api.nodes()["h3"]["ID"]]
    assert len(lost) == 2
    stop_engine(h3)

    def said():
        ends = [api.get(f"/tasks/{each}")["Status"] for each in lost]
        return [(end["State"], end.get("Err")) for end in ends] == [("shutdown", "its engine was shut down")] * 2
    wait_until(said, "they say why they ended")
    wait_until(lambda: sum(len(on(swarm, host, "web")) for host in ("h1", "h2")) == 6, "both are replaced", 90)


@pytest.mark.swarmward_only("it cannot combine live-restore and swarm mode")
def test_engine_with_live_restore(swarm, api, h3):
    stop_engine(h3)
    start_engine(h3, "--live-restore")
    swarm.wait_for_nodes()
    create(api, "web", replicas=3, **QUICK)
    wait_running(swarm, "web", 3)
    before = ids(swarm, service_name="web")
    stop_engine(h3)
    start_engine(h3, "--live-restore")
    stays(lambda: ids(swarm, service_name="web") == before, "no container was touched", 5)
    wait_running(swarm, "web", 3)


@pytest.mark.swarmward_only("its manager is the engine itself")
@pytest.mark.parametrize("end", ["stop", "kill"])
def test_daemon_restart_touches_no_container(swarm, api, end):
    create(api, "web", replicas=5, **QUICK)
    create(api, "everywhere", Mode={"Global": {}}, **QUICK)
    wait_running(swarm, "web", 5)
    wait_running(swarm, "everywhere", 3)
    before, tasks = ids(swarm), {t["ID"] for t in api.get("/tasks")}
    getattr(swarm.daemon, end)()
    assert ids(swarm) == before, "containers do not need the daemon"
    swarm.daemon.start()
    swarm.wait_for_nodes()
    stays(lambda: ids(swarm) == before, "no container was touched", 4)
    assert {t["ID"] for t in api.get("/tasks")} == tasks
    wait_running(swarm, "web", 5)


@pytest.mark.swarmward_only("its manager is the engine itself")
def test_what_happened_while_the_daemon_was_away(swarm, api):
    create(api, "web", replicas=3, **QUICK)
    wait_running(swarm, "web", 3)
    swarm.daemon.kill()
    for container in on(swarm, "h2", "web"):
        swarm.engines["h2"].delete(f"/containers/{container['Id']}?force=1")
    for container in on(swarm, "h3", "web"):
        swarm.engines["h3"].post(f"/containers/{container['Id']}/kill")
    swarm.daemon.start()
    wait_until(lambda: len(ids(swarm, service_name="web")) == 3, "both are replaced")
    wait_running(swarm, "web", 3)
