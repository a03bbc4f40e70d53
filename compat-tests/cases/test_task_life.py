"""Restarts, health, stops, history and rolling updates."""
import re

import pytest

from harness.services import create, only_container
from harness.waiting import stays, wait_until

SECOND = 10**9


def states(api, name):
    return sorted(t["Status"]["State"] for t in api.tasks(name))


def shell(text, **more):
    return {"Args": ["sh", "-c", text], **more}


def test_failed_process_is_replaced(swarm, api):
    create(api, "crash", shell("sleep 1; exit 7"), RestartPolicy={"Delay": 0})
    failed = wait_until(lambda: [t for t in api.tasks("crash") if t["Status"]["State"] == "failed"], "a failure")[0]
    assert failed["Status"]["Err"] == "task: non-zero exit (7)"
    assert failed["Status"]["ContainerStatus"]["ExitCode"] == 7
    assert failed["Status"]["Message"] == "started" and failed["DesiredState"] == "shutdown"
    wait_until(lambda: len(api.tasks("crash")) > 2, "it is replaced again and again")
    wait_until(lambda: len(api.tasks("crash")) == 5, "five are kept")
    stays(lambda: len(api.tasks("crash")) <= 6, "the history is bounded", 4)


@pytest.mark.parametrize("condition, code, final", [
    ("none", 1, ["failed"]), ("none", 0, ["complete"]), ("on-failure", 0, ["complete"])])
def test_no_restart(swarm, api, condition, code, final):
    create(api, "once", shell(f"exit {code}"), RestartPolicy={"Condition": condition, "Delay": 0})
    wait_until(lambda: states(api, "once") == final, "it ran once")
    stays(lambda: states(api, "once") == final, "it is not started again")


def test_on_failure_restarts(swarm, api):
    create(api, "retry", shell("exit 1"), RestartPolicy={"Condition": "on-failure", "Delay": 0})
    wait_until(lambda: len(api.tasks("retry")) >= 3, "it is started again")


def test_max_attempts(swarm, api):
    create(api, "thrice", shell("exit 1"), RestartPolicy={"Condition": "any", "Delay": 0, "MaxAttempts": 2})
    wait_until(lambda: states(api, "thrice") == ["failed"] * 3, "three tries")
    stays(lambda: len(api.tasks("thrice")) == 3, "no fourth try")
    api.update("thrice", lambda spec: spec["TaskTemplate"].update(ForceUpdate=1))
    wait_until(lambda: any(t["Spec"]["ForceUpdate"] == 1 for t in api.tasks("thrice")), "an update starts it anew")


def test_replacement_waits_for_the_delay(swarm, api):
    create(api, "calm", shell("exit 1"), RestartPolicy={"Delay": 60 * SECOND})
    wait_until(lambda: sorted((t["DesiredState"], t["Status"]["State"]) for t in api.tasks("calm")) == [
        ("ready", "ready"), ("shutdown", "failed")], "the replacement is prepared, not started")


def test_killed_and_removed_behind_our_back(swarm, api):
    create(api, "tough", RestartPolicy={"Delay": 0})
    made, host = only_container(swarm, "tough")
    swarm.engines[host].post(f"/containers/{made['Id']}/kill")
    wait_until(lambda: any(t["Status"].get("Err") == "task: non-zero exit (137)" for t in api.tasks("tough")), "failed")
    wait_until(lambda: api.running("tough"), "replaced")
    again, host = only_container(swarm, "tough")
    assert again["Id"] != made["Id"]
    swarm.engines[host].delete(f"/containers/{again['Id']}?force=1")
    wait_until(lambda: api.running("tough") and only_container(swarm, "tough")[0]["Id"] != again["Id"], "replaced again")


@pytest.mark.parametrize("container, state, message, error", [
    ({"Image": "nosuch:1"}, "rejected", "preparing", ""),
    ({"Command": ["/nope"]}, "failed", "starting", "starting container failed: "),
    ({"Mounts": [{"Type": "bind", "Source": "/nosuch", "Target": "/a"}]}, "rejected", "preparing",
     'invalid mount config for type "bind": bind source path does not exist: /nosuch'),
    ({"Mounts": [{"Type": "bind", "Source": "rel", "Target": "/a"}]}, "rejected", None,
     "invalid bind mount source, must be an absolute path: rel"),
], ids=["image", "command", "bind", "relative"])
def test_what_cannot_start(swarm, api, container, state, message, error):
    create(api, "broken", container, RestartPolicy={"Condition": "none"})
    task = wait_until(lambda: [t for t in api.tasks("broken") if t["Status"]["State"] == state], state)[0]
    assert error in task["Status"]["Err"], task["Status"]
    if "Image" in container:
        # Engines before 23.0 hide why the pull failed; newer ones, and we, say it.
        assert any(text in task["Status"]["Err"] for text in ("No such image: nosuch:1", "registry")), task["Status"]
    if message:
        assert task["Status"]["Message"] == message
    if message == "preparing":
        assert task["Status"]["ContainerStatus"] == {"ContainerID": "", "PID": 0, "ExitCode": 0}


def test_health_gates_running(swarm, api):
    check = {"Test": ["CMD", "test", "-e", "/tmp/fit"], "Interval": SECOND // 4, "Retries": 1000}
    create(api, "fit", {"Healthcheck": check})
    wait_until(lambda: states(api, "fit") == ["starting"], "it starts")
    stays(lambda: states(api, "fit") == ["starting"], "not running while it is not healthy", 2)
    for host, containers in swarm.containers(service_name="fit").items():
        for container in containers:
            run = swarm.engines[host].post(f"/containers/{container['Id']}/exec", {"Cmd": ["touch", "/tmp/fit"]})
            swarm.engines[host].post(f"/exec/{run['Id']}/start", {"Detach": True})
    wait_until(lambda: states(api, "fit") == ["running"], "healthy, hence running")


def test_unhealthy_is_replaced(swarm, api):
    check = {"Test": ["CMD", "false"], "Interval": SECOND // 4, "Retries": 2}
    create(api, "sick", {"Healthcheck": check}, RestartPolicy={"Delay": 0})
    sick = wait_until(lambda: [t for t in api.tasks("sick") if t["Status"]["State"] == "failed"], "it fails")[0]
    assert sick["Status"]["Err"] == "task: non-zero exit (137): dockerexec: unhealthy container"


def test_stop_grace(swarm, api):
    # The process writes to a volume when it is asked to stop, and takes its time.
    container = shell("trap 'sleep 2; touch /data/bye; exit 0' TERM; while :; do sleep 0.1; done",
                      StopGracePeriod=20 * SECOND, Mounts=[{"Type": "volume", "Source": "bye", "Target": "/data"}])
    create(api, "polite", container)
    made, host = only_container(swarm, "polite")
    api.delete("/services/polite")
    assert api.request("GET", "/services/polite").status == 404, "gone at once"
    wait_until(lambda: not swarm.containers()[host], "the container is gone")
    look = swarm.engines[host].post("/containers/create", {
        "Image": "alpine", "Cmd": ["ls", "/data/bye"], "HostConfig": {"Binds": ["bye:/data"], "NetworkMode": "none"}})
    swarm.engines[host].post(f"/containers/{look['Id']}/start")
    assert swarm.engines[host].post(f"/containers/{look['Id']}/wait")["StatusCode"] == 0, "it had time to say good-bye"
    swarm.engines[host].delete(f"/containers/{look['Id']}")


def test_history_in_service_ps(swarm, api, any_docker):
    create(api, "old", shell("exit 3"), RestartPolicy={"Delay": 0, "MaxAttempts": 2})
    wait_until(lambda: states(api, "old") == ["failed"] * 3, "three tries")
    lines = any_docker("service", "ps", "old").lines[1:]
    assert [bool(re.search(r" \\_ old\.1", line)) for line in lines] == [False, True, True]
    assert all('"task: non-zero exit (3)"' in line for line in lines)


def update_env(api, name, value, **config):
    def change(spec):
        spec["TaskTemplate"]["ContainerSpec"]["Env"] = [f"V={value}"]
        if config:
            spec["UpdateConfig"] = config
    api.update(name, change)


def versions(api, name):
    return [t["Spec"]["ContainerSpec"].get("Env", [""])[0] for t in api.running(name)]


def update_state(api, name):
    return api.service(name).get("UpdateStatus", {}).get("State")


def test_rolling_update(swarm, api):
    create(api, "roll", replicas=4)
    wait_until(lambda: len(api.running("roll")) == 4, "all run")
    update_env(api, "roll", 1, Parallelism=2, Delay=2 * SECOND, Monitor=SECOND // 2, Order="stop-first")
    most = []

    def done():
        up = len(api.running("roll"))
        live = sum(map(len, swarm.names("roll").values()))
        most.append((up, live))
        return update_state(api, "roll") == "completed"
    wait_until(done, "the update is complete")
    assert versions(api, "roll") == ["V=1"] * 4
    assert min(up for up, _ in most) >= 2, "never more than two at a time"
    assert max(live for _, live in most) <= 4, "the old one stops first"
    status = api.service("roll")["UpdateStatus"]
    assert status["Message"] == "update completed" and status["CompletedAt"] > status["StartedAt"]
    starts = sorted(t["Status"]["Timestamp"] for t in api.running("roll"))
    assert starts[2][:19] > starts[1][:19], "a delay between the pairs"


def test_update_of_what_needs_no_new_task(swarm, api):
    create(api, "same", replicas=2)
    wait_until(lambda: len(api.running("same")) == 2, "both run")
    before = {t["ID"] for t in api.running("same")}
    api.update("same", lambda spec: spec["Labels"].update(x="y"))
    api.update("same", lambda spec: spec["TaskTemplate"].update(Placement={"Constraints": ["node.platform.os==linux"]}))
    stays(lambda: {t["ID"] for t in api.running("same")} == before, "the tasks are left alone", 2)
    assert "PreviousSpec" in api.service("same")


def test_update_pauses_on_failure(swarm, api):
    create(api, "risky", replicas=3, RestartPolicy={"Delay": 0})
    wait_until(lambda: len(api.running("risky")) == 3, "all run")

    def break_it(spec):
        spec["TaskTemplate"]["ContainerSpec"]["Args"] = ["sh", "-c", "exit 1"]
        spec["UpdateConfig"] = {"Parallelism": 1, "Monitor": 5 * SECOND, "FailureAction": "pause"}
    api.update("risky", break_it)
    wait_until(lambda: update_state(api, "risky") == "paused", "paused")
    message = api.service("risky")["UpdateStatus"]["Message"]
    found = re.fullmatch(r"update paused due to failure or early termination of task (\w{25})", message)
    assert found, message
    assert api.get(f"/tasks/{found[1]}")["Spec"]["ContainerSpec"]["Args"] == ["sh", "-c", "exit 1"]
    assert len(api.running("risky")) >= 1, "the others are left alone"

    def repair(spec):
        spec["TaskTemplate"]["ContainerSpec"]["Args"] = ["sleep", "100000"]
        spec["UpdateConfig"]["Monitor"] = SECOND // 2
    api.update("risky", repair)
    wait_until(lambda: update_state(api, "risky") == "completed" and len(api.running("risky")) == 3, "repaired")


def test_scale_down_takes_the_highest_slots(swarm, api):
    create(api, "one", replicas=5, Placement={"Constraints": ["node.hostname==h2"]})
    wait_until(lambda: len(api.running("one")) == 5, "five run")
    for count in (2, 4, 0):
        api.update("one", lambda spec: spec["Mode"]["Replicated"].update(Replicas=count))
        wait_until(lambda: sorted(t["Slot"] for t in api.tasks("one")) == list(range(1, count + 1))
                   and len(api.running("one")) == count, f"slots 1 to {count}")
    assert "UpdateStatus" not in api.service("one"), "scaling is no update"
