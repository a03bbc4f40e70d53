"""Rows 18 to 23 of the conformance table: tasks that turn unhealthy, are killed or are to stop."""
import time

from harness.clock import between
from harness.recorder import Recorder
from harness.services import SECOND, create, inspect_task, only_container, shell
from harness.waiting import stays, wait_until

CHECK = {"Interval": SECOND // 4, "Retries": 2}
# Leaves a line in its log when it is asked to stop, and goes on.
STUBBORN = "trap 'echo asked' TERM; touch /tmp/fit; while :; do sleep 0.1; done"


def failed(api, name, count=1):
    """The failed tasks, oldest first, once there are that many."""
    def check():
        found = [t for t in api.tasks(name) if t["Status"]["State"] == "failed"]
        return sorted(found, key=lambda t: t["CreatedAt"]) if len(found) >= count else None
    return wait_until(check, f"{count} tasks of {name} failed")


def asked_to_stop_at(swarm, container):
    """When the process of a STUBBORN container said that it was asked."""
    for engine in swarm.engines.values():
        reply = engine.request("GET", f"/containers/{container['Id']}/logs?stdout=1&timestamps=1")
        if reply.status == 200:
            # Eight bytes before each line tell the stream and the length.
            return reply.body[8:].split(b" ")[0].decode()
    raise AssertionError("no engine has the container")


def test_row_018_unhealthy_with_exit_0(swarm, api):
    polite = shell("trap 'exit 0' TERM; while :; do sleep 0.1; done", Healthcheck={**CHECK, "Test": ["CMD", "false"]})
    create(api, "polite", polite, RestartPolicy={"Condition": "on-failure", "Delay": 0})
    if swarm.name == "native":
        wait_until(lambda: [t["Status"]["State"] for t in api.tasks("polite")] == ["complete"], "it counts as complete")
        return stays(lambda: len(api.tasks("polite")) == 1, "nobody restarts it")
    first = failed(api, "polite", 2)[0]
    assert first["Status"]["Err"] == "task: non-zero exit (0): dockerexec: unhealthy container"


def test_row_019_turning_unhealthy(swarm, api):
    ill = shell(STUBBORN, StopGracePeriod=3 * SECOND,
                Healthcheck={**CHECK, "Test": ["CMD", "test", "-e", "/tmp/fit"]})
    create(api, "ill", ill, RestartPolicy={"Condition": "none"})
    container, host = only_container(swarm, "ill")
    run = swarm.engines[host].post(f"/containers/{container['Id']}/exec", {"Cmd": ["rm", "/tmp/fit"]})
    swarm.engines[host].post(f"/exec/{run['Id']}/start", {"Detach": True})
    task = failed(api, "ill")[0]
    assert task["Status"]["Err"] == "task: non-zero exit (137): dockerexec: unhealthy container"
    ended = inspect_task(swarm, task)["State"]["FinishedAt"]
    assert between(asked_to_stop_at(swarm, container), ended) >= 2.5, "it had its grace; its log may be late"


def test_row_020_kill_behind_our_back(swarm, api):
    create(api, "tough", RestartPolicy={"Delay": 2 * SECOND})
    container, host = only_container(swarm, "tough")
    swarm.engines[host].post(f"/containers/{container['Id']}/kill")
    task = failed(api, "tough")[0]
    assert task["Status"]["Err"] == "task: non-zero exit (137)"
    assert task["Status"]["ContainerStatus"]["ExitCode"] == 137
    again = wait_until(lambda: api.running("tough"), "it is replaced")[0]
    assert between(task["Status"], again["Status"]) >= 2


def test_row_021_removal_behind_our_back(swarm, api):
    create(api, "gone", RestartPolicy={"Delay": 2 * SECOND})
    container, host = only_container(swarm, "gone")
    swarm.engines[host].delete(f"/containers/{container['Id']}?force=1")
    task = failed(api, "gone")[0]
    again = wait_until(lambda: api.running("gone"), "it is replaced")[0]
    assert again["ID"] != task["ID"]
    assert between(task["Status"], again["Status"]) >= 2


def test_row_022_removal_waits_for_the_grace(swarm, api):
    sid = create(api, "slow", shell(STUBBORN, StopGracePeriod=4 * SECOND))
    container, host = only_container(swarm, "slow")
    task = api.running("slow")[0]
    with Recorder(api) as recorder:
        wait_until(lambda: recorder.of(sid), "it is seen")
        asked = time.monotonic()
        api.delete("/services/slow")
        wait_until(lambda: task["ID"] in recorder.gone, "the task is gone")
        assert recorder.first(sid, desired="remove", state="running")
        assert recorder.gone[task["ID"]] - asked >= 4
    wait_until(lambda: swarm.engines[host].request("GET", f"/containers/{container['Id']}/json").status == 404,
               "the container is removed")


def test_row_023_a_removed_name_is_free_at_once(swarm, api):
    create(api, "name", shell(STUBBORN, StopGracePeriod=3 * SECOND))
    container = only_container(swarm, "name")[0]
    assert api.request("DELETE", "/services/name").status == 200
    assert api.request("GET", "/services/name").status == 404
    sid = create(api, "name", replicas=2)
    assert api.service("name")["ID"] == sid
    wait_until(lambda: len(api.running("name")) == 2, "the new one runs")
    assert container["Id"] not in {t["Status"]["ContainerStatus"]["ContainerID"] for t in api.tasks("name")}
