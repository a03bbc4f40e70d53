"""Updates that fail, roll back or are refused: rows 80 to 90 of the conformance table."""
import re
import uuid

from harness.refusals import check, rpc
from harness.rows import (Film, live_ids, on_node, post_update, rollback, set_version, update_state, version_of,
                          wait_live, wait_state)
from harness.services import SECOND, create, shell
from harness.waiting import stays, wait_until

QUICK = {"Parallelism": 1, "Monitor": SECOND, "FailureAction": "pause", "Order": "stop-first"}
BROKEN = shell("exit 1")
# Failed tasks stay as they are while a case looks at them.
PATIENT = {"RestartPolicy": {"Delay": 60 * SECOND}}


def versions(api, name):
    return sorted(version_of(t) for t in api.running(name))


def failing_update(api, name, replicas, **config):
    """A service whose update to version 1 fails at once; returns the tasks from before."""
    create(api, name, {"Env": ["V=0"]}, replicas=replicas, **PATIENT)
    wait_live(api, **{name: replicas})
    before = live_ids(api, name)
    api.update(name, set_version(1, BROKEN, UpdateConfig={**QUICK, **config}, RollbackConfig=QUICK))
    return before


def task_in(message, text):
    found = re.fullmatch(text + r" due to failure or early termination of task (\w{25})", message)
    assert found, message
    return found[1]


def test_row_080_failing_update_pauses(swarm, api):
    before = failing_update(api, "risky", 4)
    status = wait_state(api, "risky", "paused")
    culprit = api.get(f"/tasks/{task_in(status['Message'], 'update paused')}")
    assert version_of(culprit) == "1" and culprit["Status"]["State"] == "failed"
    # Native may be at its second slot when the first one's failure is noticed.
    left = live_ids(api, "risky")
    assert left < before and len(left) >= {"native": 2, "swarmward": 3}[swarm.name]
    stays(lambda: live_ids(api, "risky") == left and update_state(api, "risky") == "paused", "the rest is left alone")


def test_row_080_the_cli_tells_of_the_pause(swarm, api, any_docker):
    create(api, "risky", replicas=2, UpdateConfig=QUICK, **PATIENT)
    wait_live(api, risky=2)
    told = any_docker("service", "update", "--args", "false", "risky", code=1)
    text = told.out + told.err
    assert "service update paused: update paused due to failure or early termination of task " in text, told


def test_row_081_a_fixed_spec_goes_on(swarm, api):
    failing_update(api, "risky", 3)
    wait_state(api, "risky", "paused")
    with Film(api) as film:
        api.update("risky", set_version(2, {"Args": ["sleep", "100000"]}))
        wait_state(api, "risky", "completed")
    states = film.states("risky")
    assert states[-2:] == ["updating", "completed"], states
    wait_until(lambda: versions(api, "risky") == ["2"] * 3, "all have the fixed spec")


def test_row_082_failing_update_rolls_back(swarm, api):
    create(api, "back", {"Env": ["V=0"]}, replicas=3, RestartPolicy={"Delay": 2 * SECOND})
    wait_live(api, back=3)
    with Film(api) as film:
        api.update("back", set_version(1, BROKEN, RollbackConfig=QUICK,
                                       UpdateConfig={**QUICK, "FailureAction": "rollback", "MaxFailureRatio": 0}))
        # The rollback follows the RollbackConfig of the spec that is restored, which is the default one.
        status = wait_state(api, "back", "rollback_completed")
    assert status["Message"] == "rollback completed"
    # Native may pass through "updating" so fast that no frame shows it.
    seen = [s for s in film.statuses["back"] if s[0]]
    assert [state for state, _ in seen if state != "updating"] == ["rollback_started", "rollback_completed"]
    task_in(dict(seen)["rollback_started"], "update rolled back")
    wait_until(lambda: versions(api, "back") == ["0"] * 3, "the old spec runs")
    shown = api.service("back")
    assert shown["Spec"]["TaskTemplate"]["ContainerSpec"]["Env"] == ["V=0"] and "UpdateConfig" not in shown["Spec"]
    # Native forgets the spec that failed.
    assert ("PreviousSpec" in shown) == {"native": False, "swarmward": True}[swarm.name]


def test_row_083_some_failures_are_allowed(swarm, api):
    # Whoever makes the folder fails; it is there for the three others and for the one that follows.
    names = {"half": 0.5, "fifth": 0.2}
    for name in names:
        create(api, name, replicas=4, Placement=on_node("h2"), RestartPolicy={"Delay": SECOND})
    wait_live(api, half=4, fifth=4)
    for name, ratio in names.items():
        mount = {"Type": "volume", "Source": f"v{uuid.uuid4().hex[:12]}", "Target": "/v"}
        once = shell("mkdir /v/first 2>/dev/null && exit 1; exec sleep 100000", Mounts=[mount])
        api.update(name, set_version(1, once, UpdateConfig={**QUICK, "MaxFailureRatio": ratio}))
    assert wait_state(api, "half", "completed", "paused")["State"] == "completed", "one of four is not more than half"
    assert wait_state(api, "fifth", "completed", "paused")["State"] == "paused", "but it is more than a fifth"
    wait_until(lambda: versions(api, "half") == ["1"] * 4, "all four run")


def test_row_084_manual_rollback_swaps_the_specs(swarm, api):
    create(api, "swap", {"Env": ["V=0"]}, replicas=2, UpdateConfig=QUICK, RollbackConfig=QUICK)
    wait_live(api, swap=2)
    api.update("swap", set_version(1))
    wait_state(api, "swap", "completed")
    before = api.service("swap")
    for wanted in ("0", "1"):
        rollback(api, "swap")
        status = api.service("swap")["UpdateStatus"]
        assert (status["State"], status["Message"]) == ("rollback_started", "manually requested rollback")
        assert wait_state(api, "swap", "rollback_completed")["Message"] == "rollback completed"
        wait_until(lambda: versions(api, "swap") == [wanted] * 2, f"version {wanted} runs")
        after = api.service("swap")
        assert (after["Spec"], after["PreviousSpec"]) == (before["PreviousSpec"], before["Spec"])
        before = after


def test_row_084_rollback_by_the_cli(swarm, api, any_docker):
    create(api, "swap", {"Env": ["V=0"]}, replicas=2, UpdateConfig=QUICK, RollbackConfig=QUICK)
    wait_live(api, swap=2)
    told = any_docker("service", "update", "--env-add", "V=1", "swap")
    assert "converged" in told.out and versions(api, "swap") == ["1"] * 2, told
    told = any_docker("service", "rollback", "swap")
    assert "rollback" in told.out and versions(api, "swap") == ["0"] * 2, told


def test_row_085_rollback_without_a_previous_spec(swarm, api):
    create(api, "fresh", replicas=0)
    check(post_update(api, "fresh", query="&rollback=previous"), 400,
          rpc("FailedPrecondition", f"service {api.service('fresh')['ID']} does not have a previous spec"))


def test_row_086_update_then_scale_then_rollback(swarm, api):
    create(api, "scaled", {"Env": ["V=0"]}, replicas=1, UpdateConfig=QUICK, RollbackConfig=QUICK)
    wait_live(api, scaled=1)
    api.update("scaled", set_version(1))
    wait_state(api, "scaled", "completed")
    api.update("scaled", lambda spec: spec["Mode"]["Replicated"].update(Replicas=2))
    wait_live(api, scaled=2)
    rollback(api, "scaled")
    # Natively the scaling has replaced the spec that one wants back.
    if swarm.name == "native":
        wait_until(lambda: versions(api, "scaled") == ["1"], "only the scaling is undone")
        stays(lambda: versions(api, "scaled") == ["1"], "the update is not")
    else:
        wait_until(lambda: set(versions(api, "scaled")) == {"0"}, "the update is undone")


def test_row_087_second_update_takes_over(swarm, api):
    create(api, "twice", replicas=4, UpdateConfig={**QUICK, "Delay": 2 * SECOND})
    wait_live(api, twice=4)
    api.update("twice", set_version(1))
    wait_until(lambda: versions(api, "twice").count("1") >= 1, "the first update has begun")
    first = api.service("twice")["UpdateStatus"]
    assert first["State"] == "updating"
    api.update("twice", set_version(2))
    with Film(api) as film:
        last = wait_state(api, "twice", "completed", patience=120)
    assert [s for s in film.states("twice") if s] == ["updating", "completed"]
    assert last["StartedAt"] > first["StartedAt"]
    wait_until(lambda: versions(api, "twice") == ["2"] * 4, "all have the last spec")
    slots = [sorted({version_of(t) for t in api.tasks("twice") if t["Slot"] == slot}) for slot in range(1, 5)]
    assert ["", "2"] in slots, f"the first update was given up before it reached every slot: {slots}"


def test_row_088_stale_version(swarm, api):
    create(api, "kept", replicas=0)
    now = api.service("kept")
    api.update("kept", lambda spec: spec["Labels"].update(x="y"))
    check(api.request("POST", f"/services/{now['ID']}/update?version={now['Version']['Index']}", now["Spec"]),
          500, rpc("Unknown", "update out of sequence"))


def test_row_089_renaming_and_another_mode(swarm, api):
    create(api, "kept", replicas=0)
    check(post_update(api, "kept", lambda spec: spec.update(Name="other")),
          501, rpc("Unimplemented", "renaming services is not supported"))
    for mode in ({"Global": {}}, {"ReplicatedJob": {}}, {"GlobalJob": {}}):
        check(post_update(api, "kept", lambda spec: spec.update(Mode=mode)),
              501, rpc("Unimplemented", "service mode change is not allowed"))


def test_row_090_names_are_taken_in_any_case(swarm, api):
    create(api, "Kept", replicas=0)
    for name in ("Kept", "kept", "KEPT"):
        reply = api.request("POST", "/services/create", {"Name": name, "TaskTemplate": {
            "ContainerSpec": {"Image": "alpine"}}})
        text = f"name conflicts with an existing object: service {name} already exists"
        check(reply, 409, rpc("AlreadyExists", text))
