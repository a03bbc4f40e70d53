"""Rows 1 to 17 of the conformance table: what tasks go through. All services are made at once and then looked at."""
import types

import pytest

from harness.clock import between
from harness.recorder import Recorder
from harness.services import SECOND, create, inspect_task, shell
from harness.waiting import stays, wait_until

NEVER = {"Condition": "none"}
# Our delays grow with every failure unless this is said; native ignores it.
FIXED = {"ward.restart.backoff": "off"}
CHECK = {"Interval": SECOND // 4, "Retries": 3}


def failing(seconds=0, **policy):
    return {"container": shell(f"sleep {seconds}; exit 1"), "RestartPolicy": policy, "Labels": FIXED}


SERVICES = {
    "three": {"replicas": 3},
    "fresh": {"replicas": 4, "Placement": {"Constraints": ["node.labels.open==yes"]}},
    "everywhere": {"Mode": {"Global": {}}},
    "seven": {"container": shell("sleep 1; exit 7"), "RestartPolicy": NEVER},
    "any": {"container": shell("sleep 1; exit 0"), "RestartPolicy": {"Condition": "any", "Delay": 2 * SECOND}},
    "growing": {"container": shell("exit 1"), "RestartPolicy": {"Delay": SECOND}},
    "fine": {"container": shell("exit 0"), "RestartPolicy": {"Condition": "on-failure", "Delay": 0}},
    "nomore": {"container": shell("exit 1"), "RestartPolicy": NEVER},
    "thrice": failing(Condition="any", Delay=0, MaxAttempts=2),
    "closed": failing(Delay=3 * SECOND, MaxAttempts=2),
    "window": failing(Delay=3 * SECOND, MaxAttempts=2, Window=2 * SECOND),
    "noimage": {"container": {"Image": "nosuch:1"}, "RestartPolicy": {"Delay": 2 * SECOND}, "Labels": FIXED},
    "nocommand": {"container": {"Command": ["/nope"]}, "RestartPolicy": NEVER},
    "nosource": {"container": {"Mounts": [{"Type": "bind", "Source": "/nosuch", "Target": "/a"}]},
                 "RestartPolicy": NEVER},
    "relative": {"container": {"Mounts": [{"Type": "volume", "Source": "v", "Target": "a/b"}]},
                 "RestartPolicy": NEVER},
    "patient": failing(Delay=5 * SECOND),
    "fit": {"container": shell("sleep 4; touch /tmp/fit; sleep 100000",
                               Healthcheck={**CHECK, "Test": ["CMD", "test", "-e", "/tmp/fit"], "Retries": 1000})},
    "sick": {"container": {"Healthcheck": {**CHECK, "Test": ["CMD", "false"]}}, "RestartPolicy": NEVER},
}


@pytest.fixture(scope="module")
def tasks(gallery):
    """`.ids` of the services by name, `.recorder` of what their tasks went through."""
    with Recorder(gallery.api) as recorder:
        ids = {name: create(gallery.api, name, **dict(parts)) for name, parts in SERVICES.items()}
        yield types.SimpleNamespace(ids=ids, recorder=recorder, target=gallery, api=gallery.api,
                                    seen=lambda name: recorder.of(ids[name]))


def ended(tasks, name, state, count=1):
    """The service's first `count` tasks once they are in that state, as last seen."""
    def check():
        last = [seen[-1] for seen in tasks.seen(name)][:count]
        return last if len(last) == count and all(s.state == state for s in last) else None
    return wait_until(check, f"{count} tasks of {name} are {state}")


def test_row_001_three_replicas_run_in_slots_1_to_3(tasks):
    wait_until(lambda: len(tasks.api.running("three")) == 3, "three run")
    listed = tasks.api.tasks("three")
    assert sorted(t["Slot"] for t in listed) == [1, 2, 3]
    assert {t["DesiredState"] for t in listed} == {"running"}
    names = [name for each in tasks.target.names("three").values() for name in each]
    assert sorted(names) == sorted(f"three.{t['Slot']}.{t['ID']}" for t in listed)


def assigned_messages(tasks, name):
    """What the tasks said while they were assigned. With us that state is over at once, so nobody may see it."""
    found = {s.message for seen in tasks.seen(name) for s in seen if s.state == "assigned"}
    assert found or tasks.target.name != "native"
    return found


def test_row_002_a_fresh_task_passes_through_the_states(tasks):
    ended(tasks, "fresh", "pending", 4)
    tasks.api.update_node("h2", lambda spec: spec.update(Labels={"open": "yes"}))
    wait_until(lambda: len(tasks.api.running("fresh")) == 4, "all run")
    passed = {(s.state, s.message) for seen in tasks.seen("fresh") for s in seen}
    assert {("pending", "pending task scheduling"), ("running", "started")} <= passed
    assert assigned_messages(tasks, "fresh") <= {"scheduler assigned task to node"}


def test_row_003_a_global_task_is_confirmed_on_its_node(tasks):
    wait_until(lambda: len(tasks.api.running("everywhere")) == 3, "one runs on each node")
    assert assigned_messages(tasks, "everywhere") <= {"scheduler confirmed task can run on preassigned node"}
    assert all(t.get("Slot", 0) == 0 for t in tasks.api.tasks("everywhere"))


def test_row_004_exit_7_fails(tasks):
    failed = ended(tasks, "seven", "failed")[0]
    assert (failed.err, failed.message) == ("task: non-zero exit (7)", "started")
    assert failed.task["Status"]["ContainerStatus"]["ExitCode"] == 7


def test_row_005_exit_0_is_restarted_after_the_delay(tasks):
    wait_until(lambda: len(tasks.seen("any")) > 1 and any(s.state == "running" for s in tasks.seen("any")[1]),
               "the second one runs")
    old, new = tasks.seen("any")[:2]
    assert (old[-1].state, old[-1].message, old[-1].desired) == ("complete", "finished", "shutdown")
    assert new[0].desired == "ready" and new[0].state != "running"
    running = next(s for s in new if s.state == "running")
    assert running.desired == "running"
    assert between(old[-1].task["Status"], running.task["Status"]) >= 2


@pytest.mark.differs("it waits as long each time")
def test_row_005_delays_grow_with_the_failures(tasks):
    failed = ended(tasks, "growing", "failed", 4)
    waits = [between(old.task["Status"], new.task["Status"]) for old, new in zip(failed, failed[1:])]
    assert waits[0] >= 1 and waits[1] >= 2 and waits[2] >= 4, waits


def test_row_006_exit_0_is_final_on_failure(tasks, any_docker):
    ended(tasks, "fine", "complete")
    stays(lambda: len(tasks.seen("fine")) == 1, "there is no other task")
    assert any_docker("service", "ls", "--filter", "name=fine", "--format", "{{.Replicas}}").out == "0/1"


def test_row_007_exit_1_is_final_with_condition_none(tasks):
    ended(tasks, "nomore", "failed")
    stays(lambda: len(tasks.seen("nomore")) == 1, "there is no other task")


def test_row_008_max_attempts_2_makes_three_tasks(tasks):
    ended(tasks, "thrice", "failed", 3)
    stays(lambda: len(tasks.seen("thrice")) == 3, "there is no fourth task")


def test_row_009_an_update_resets_the_attempts(tasks):
    ended(tasks, "thrice", "failed", 3)
    tasks.api.update("thrice", lambda spec: spec["TaskTemplate"].update(ForceUpdate=1))
    ended(tasks, "thrice", "failed", 6)
    stays(lambda: len(tasks.seen("thrice")) == 6, "there is no seventh task")


def test_row_010_attempts_before_the_window_do_not_count(tasks):
    ended(tasks, "closed", "failed", 3)
    ended(tasks, "window", "failed", 5)
    assert len(tasks.seen("closed")) == 3


def test_row_011_a_missing_image_is_rejected_again_and_again(tasks):
    rejected = ended(tasks, "noimage", "rejected", 4)
    for each in rejected:
        assert each.message == "preparing"
        assert "No such image: nosuch:1" in each.err or "registry" in each.err, each.err
    # The first replacement is prepared during the delay and rejected too, so the pace shows from the third on. A delay
    # counts from the decision to replace a task, and a busy manager stamps the new one a moment later.
    created = [each.task for each in rejected]
    assert all(between(a, b, "CreatedAt") >= 1.9 for a, b in zip(created[1:], created[2:])), created


def test_row_012_a_missing_command_fails_to_start(tasks):
    failed = ended(tasks, "nocommand", "failed")[0]
    assert failed.message == "starting" and failed.err.startswith("starting container failed: ")


def test_row_013_a_missing_bind_source_is_rejected(tasks):
    rejected = ended(tasks, "nosource", "rejected")[0]
    assert rejected.err == 'invalid mount config for type "bind": bind source path does not exist: /nosuch'


def test_row_014_a_relative_mount_target_is_rejected(tasks):
    rejected = ended(tasks, "relative", "rejected")[0]
    assert rejected.message == "resolving controller failed"
    assert rejected.err == "invalid mount target, must be an absolute path: a/b"


def test_row_015_a_replacement_is_prepared_and_waits(tasks):
    old, new = ended(tasks, "patient", "failed", 2) and tasks.seen("patient")[:2]
    waiting = [s for s in new if s.desired == "ready"]
    assert (waiting[-1].state, waiting[-1].message) == ("ready", "prepared")
    assert between(old[-1].task["Status"], new[-1].task["Status"]) >= 5


def test_row_016_a_task_is_starting_until_it_is_healthy(tasks):
    wait_until(lambda: tasks.api.running("fit"), "it runs")
    seen = tasks.seen("fit")[0]
    assert "starting" in [s.state for s in seen]
    running = seen[-1].task
    started = inspect_task(tasks.target, running)["State"]["StartedAt"]
    assert between(started, running["Status"]) >= 3, "a second less, for the engine may note the start late"


def test_row_017_never_healthy_and_killed(tasks):
    failed = ended(tasks, "sick", "failed")[0]
    assert failed.err == "task: non-zero exit (137): dockerexec: unhealthy container"
    assert "running" not in [s.state for s in tasks.seen("sick")[0]]
