"""Rolling updates: rows 67 to 79 of the conformance table. How updates fail and roll back is in test_rows_rollback."""
import pytest

from harness.rows import (STUBBORN, Film, live_ids, on_node, post_update, registry_auth, seconds, set_version,
                          version_of, wait_live, wait_state)
from harness.services import SECOND, create, hosts_by_id
from harness.waiting import stays, wait_until

QUICK = {"Parallelism": 1, "Monitor": SECOND, "Order": "stop-first", "FailureAction": "pause"}


def started(task):
    """When a running task reached running."""
    assert task["Status"]["State"] == "running", task["Status"]
    return seconds(task["Status"]["Timestamp"])


def made(task):
    return seconds(task["CreatedAt"])


def by_creation(api, name, version="1"):
    """The running tasks of a version in the order in which the updater made them."""
    return sorted((t for t in api.running(name) if version_of(t) == version), key=made)


def test_row_067_update_goes_one_slot_at_a_time(swarm, api):
    sid = create(api, "web", replicas=2)
    wait_live(api, web=2)
    with Film(api) as film:
        api.update("web", set_version(1))
        status = wait_state(api, "web", "completed")
    assert [s for s in film.statuses["web"] if s[0]] == [
        ("updating", "update in progress"), ("completed", "update completed")]
    first, second = by_creation(api, "web")
    assert {first["Slot"], second["Slot"]} == {1, 2}
    # Native goes on as soon as the first one runs; here the monitor of 5 s must pass first.
    assert made(second) - started(first) >= {"native": 0, "swarmward": 4.9}[swarm.name]
    fewest = min(sum(t["Status"]["State"] == "running" and t["DesiredState"] == "running" for t in tasks.values())
                 for tasks in film.of(sid))
    assert fewest >= 1
    took = seconds(status["CompletedAt"]) - started(second)
    assert took >= 4, f"the last slot is watched for the default monitor of 5 s, not {took} s"
    assert seconds(status["StartedAt"]) <= made(first)


def test_row_067_the_gate_can_be_opened(swarm, api):
    # Native knows nothing of the label, and has no gate. A slot held back by these monitors would be seen.
    patient = {**QUICK, "Monitor": 300 * SECOND}
    create(api, "label", replicas=2, Labels={"ward.update.gate": "off"})
    create(api, "continue", replicas=2)
    wait_live(api, label=2)
    wait_live(api, **{"continue": 2})
    api.update("label", set_version(1, UpdateConfig=patient))
    api.update("continue", set_version(1, UpdateConfig={**patient, "FailureAction": "continue"}))
    for name in ("label", "continue"):
        wait_until(lambda: len(by_creation(api, name)) == 2, f"both slots of {name} are updated")


def test_row_068_new_task_waits_until_the_old_has_stopped(swarm, api):
    sid = create(api, "slow", {"Args": STUBBORN, "StopGracePeriod": 3 * SECOND})
    wait_live(api, slow=1)
    old = live_ids(api, "slow").pop()
    with Film(api) as film:
        api.update("slow", set_version(1, UpdateConfig=QUICK))
        wait_state(api, "slow", "completed")
    stopping = 0
    for tasks in film.of(sid):
        new = [t for t in tasks.values() if t["ID"] != old]
        if not new:
            continue
        assert tasks[old]["DesiredState"] == "shutdown", "the old one shall stop as soon as there is a new one"
        if tasks[old]["Status"]["State"] == "running":
            stopping += 1
            assert [t["DesiredState"] for t in new] == ["ready"], "the new one must not start yet"
            assert new[0]["Status"]["State"] != "running"
    assert stopping > 5, "the old task took its three seconds"
    assert api.get(f"/tasks/{old}")["Status"]["State"] == "shutdown"


def test_row_069_parallelism(swarm, api):
    create(api, "two", replicas=4)
    create(api, "all", replicas=4)
    wait_live(api, two=4, all=4)
    api.update("two", set_version(1, UpdateConfig={**QUICK, "Parallelism": 2}))
    api.update("all", set_version(1, UpdateConfig={**QUICK, "Parallelism": 0}))
    wait_state(api, "two", "completed")
    wait_state(api, "all", "completed")
    two, everyone = by_creation(api, "two"), by_creation(api, "all")
    assert len(two) == len(everyone) == 4
    first_start = min(started(t) for t in two)
    assert made(two[1]) < first_start <= made(two[2]), "two slots at once, not three"
    assert made(everyone[3]) < min(started(t) for t in everyone), "all slots at once"


def test_row_070_delay_between_slots(swarm, api):
    create(api, "calm", replicas=4)
    wait_live(api, calm=4)
    api.update("calm", set_version(1, UpdateConfig={**QUICK, "Delay": 3 * SECOND}))
    wait_state(api, "calm", "completed", patience=120)
    tasks = by_creation(api, "calm")
    assert len(tasks) == 4
    gaps = [made(after) - started(before) for before, after in zip(tasks, tasks[1:])]
    assert min(gaps) >= 2.9, gaps


def test_row_071_start_first(swarm, api):
    sid = create(api, "soft", replicas=2)
    wait_live(api, soft=2)
    old = live_ids(api, "soft")
    with Film(api) as film:
        api.update("soft", set_version(1, UpdateConfig={**QUICK, "Order": "start-first", "Monitor": 4 * SECOND}))
        wait_state(api, "soft", "completed")
    for tasks in film.of(sid):
        for slot in (1, 2):
            mine = [t for t in tasks.values() if t["Slot"] == slot]
            if any(t["ID"] in old and t["DesiredState"] == "shutdown" for t in mine):
                assert any(t["ID"] not in old and t["Status"]["State"] == "running" for t in mine), \
                    "the old one is told to stop when the new one runs"
    wait_until(lambda: all(api.get(f"/tasks/{i}")["Status"]["State"] == "shutdown" for i in old), "the old stopped")
    assert len(by_creation(api, "soft")) == 2
    for new in by_creation(api, "soft"):
        [stopped] = [t for t in api.tasks("soft") if t["ID"] in old and t["Slot"] == new["Slot"]]
        overlap = seconds(stopped["Status"]["Timestamp"]) - started(new)
        # Native trusts the new one at once; here it must have run for the monitor of 4 s.
        assert overlap >= {"native": 0, "swarmward": 3.9}[swarm.name]


NEVER_HEALTHY = {"Healthcheck": {"Test": ["CMD", "false"], "Interval": SECOND // 4, "Retries": 2}}


def test_row_072_start_first_never_healthy_pauses(swarm, api):
    create(api, "safe", RestartPolicy={"Delay": 60 * SECOND})
    wait_live(api, safe=1)
    old = live_ids(api, "safe")
    api.update("safe", set_version(1, NEVER_HEALTHY, UpdateConfig={**QUICK, "Order": "start-first"}))
    wait_state(api, "safe", "paused")
    stays(lambda: live_ids(api, "safe") == old and update_is(api, "safe", "paused"), "the old task runs on", 3)


def update_is(api, name, state):
    return api.service(name)["UpdateStatus"]["State"] == state


def test_row_073_start_first_never_healthy_continues(swarm, api):
    # Native "completes" the update and then shuts the good task down in favour of the sick one.
    kept = {"native": False, "swarmward": True}[swarm.name]
    create(api, "risk", RestartPolicy={"Delay": SECOND})
    wait_live(api, risk=1)
    old = live_ids(api, "risk")
    api.update("risk", set_version(1, NEVER_HEALTHY, UpdateConfig={
        **QUICK, "Order": "start-first", "FailureAction": "continue"}))
    wait_until(lambda: any(version_of(t) == "1" and t["Status"]["State"] == "failed" for t in api.tasks("risk")),
               "a new task failed")
    if kept:
        stays(lambda: old <= live_ids(api, "risk"), "the task that works is kept", 12)
    else:
        wait_until(lambda: not live_ids(api, "risk") & old, "the task that works is shut down")


def test_row_073_paused_start_first_goes_on(swarm, api):
    # What is still becoming healthy is no reason for native either to keep the task that works.
    kept = {"native": False, "swarmward": True}[swarm.name]
    create(api, "risk", RestartPolicy={"Delay": 2 * SECOND})
    wait_live(api, risk=1)
    old = live_ids(api, "risk")
    api.update("risk", set_version(1, NEVER_HEALTHY, UpdateConfig={**QUICK, "Order": "start-first"}))
    wait_state(api, "risk", "paused")
    api.update("risk", lambda spec: spec["Labels"].update(x="y"))
    if kept:
        stays(lambda: old <= live_ids(api, "risk"), "the task that works is kept", 6)
    else:
        wait_until(lambda: not live_ids(api, "risk") & old, "the task that works is shut down")


@pytest.fixture
def settled(swarm, api):
    """Makes services of two tasks each and returns a check that none of them was replaced since."""
    def make(*names, replicas=2, **parts):
        for name in names:
            create(api, name, replicas=replicas, **parts)
        wait_live(api, **{name: replicas for name in names})
        before = {name: live_ids(api, name) for name in names}
        return lambda: all(before[name] <= live_ids(api, name) for name in names)
    return make


def test_row_074_updates_that_touch_no_task(settled, api):
    untouched = settled("label", "scale", "config")
    api.update("label", lambda spec: spec["Labels"].update(x="y"))
    api.update("scale", lambda spec: spec["Mode"]["Replicated"].update(Replicas=3))
    api.update("config", lambda spec: spec.update(UpdateConfig=QUICK))
    wait_live(api, scale=3)
    stays(untouched, "no task is replaced", 3)
    for name in ("label", "scale", "config"):
        shown = api.service(name)
        assert "UpdateStatus" not in shown and "PreviousSpec" in shown, name


def test_row_075_constraint_that_the_nodes_satisfy(settled, api):
    untouched = settled("fits")
    api.update("fits", lambda spec: spec["TaskTemplate"].update(Placement={"Constraints": ["node.platform.os==linux"]}))
    stays(untouched, "no task is replaced", 3)
    assert "UpdateStatus" not in api.service("fits")


def test_row_076_constraint_that_excludes_the_node(swarm, api):
    create(api, "moves", Placement=on_node("h2"))
    wait_live(api, moves=1)
    api.update("moves", lambda spec: (spec["TaskTemplate"].update(Placement=on_node("h3")),
                                      spec.update(UpdateConfig=QUICK)))
    assert wait_state(api, "moves", "completed")["Message"] == "update completed"
    assert [hosts_by_id(api)[t["NodeID"]] for t in api.running("moves")] == ["h3"]


def replaced(api, before, *names):
    """Waits until updates of all these services are complete and no task from before runs."""
    for name in names:
        wait_state(api, name, "completed")
        wait_until(lambda: len(api.running(name)) == 2 and live_ids(api, name).isdisjoint(before[name]),
                   f"both tasks of {name} are replaced")


def test_row_077_force_update(settled, api):
    settled("forced")
    before = {"forced": live_ids(api, "forced")}
    api.update("forced", lambda spec: (spec["TaskTemplate"].update(ForceUpdate=1), spec.update(UpdateConfig=QUICK)))
    replaced(api, before, "forced")


def test_row_078_adding_a_port(settled, api):
    settled("host", "ingress")
    before = {name: live_ids(api, name) for name in ("host", "ingress")}
    for name, port in (("host", 18201), ("ingress", 18202)):
        api.update(name, lambda spec: spec.update(UpdateConfig=QUICK, EndpointSpec={"Ports": [
            {"TargetPort": 80, "PublishedPort": port, "PublishMode": name}]}))
    replaced(api, before, "host", "ingress")


def test_row_079_only_the_registry_credentials(settled, api):
    untouched = settled("private")
    reply = post_update(api, "private", query="&registryAuthFrom=spec", headers=registry_auth("somebody"))
    assert reply.status == 200, reply
    stays(untouched, "no task is replaced", 3)
    assert "UpdateStatus" not in api.service("private")
