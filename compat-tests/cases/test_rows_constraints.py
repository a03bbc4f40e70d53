"""Rows 44 to 51 of the conformance table: constraints, and what becomes of tasks when nodes change."""
import pytest

from harness.clock import between
from harness.recorder import Recorder
from harness.refusals import rpc
from harness.services import SECOND, SLOW, by_host, create, inspect_task, label, pending_error, wait_running
from harness.waiting import stays, wait_until


def constrained(api, name, *constraints, **parts):
    return create(api, name, Placement={"Constraints": list(constraints)}, **parts)


def test_row_044_values_match_in_any_case(swarm, api):
    label(api, "h2", z="A")
    constrained(api, "low", "node.labels.z==a", replicas=2)
    wait_running(swarm, "low", 2)
    assert by_host(api, "low") == {"h2": 2}


def test_row_045_a_missing_label_is_unequal(swarm, api):
    label(api, "h2", z="a")
    constrained(api, "others", "node.labels.z!=a", replicas=4)
    wait_running(swarm, "others", 4)
    assert by_host(api, "others") == {"h1": 2, "h3": 2}


def test_row_046_addresses_match_a_subnet(swarm, api):
    address = api.nodes()["h2"]["Status"]["Addr"]
    constrained(api, "inside", f"node.ip=={address}/32", replicas=2)
    constrained(api, "outside", f"node.ip!={address}/32", replicas=2)
    constrained(api, "wide", f"node.ip=={address}/8", "node.role==worker", replicas=2)
    constrained(api, "nowhere", "node.ip==192.0.2.0/24")
    for name in ("inside", "outside", "wide"):
        wait_running(swarm, name, 2)
    assert by_host(api, "inside") == {"h2": 2}
    assert by_host(api, "outside") == {"h1": 1, "h3": 1}
    assert by_host(api, "wide") == {"h2": 1, "h3": 1}
    pending_error(api, "nowhere", "no suitable node (scheduling constraints not satisfied on 3 nodes)")


@pytest.mark.parametrize("constraint, message", [
    ("foo", "constraint expected one operator from ==, !="),
    ("node.labels.a=b", "constraint expected one operator from ==, !="),
    ("a==b", "key 'a' is invalid"),
    ("node.labels.a==b,c", "value 'b,c' is invalid"),
])
def test_row_048_malformed_constraints_are_refused(swarm, api, constraint, message):
    reply = api.request("POST", "/services/create", {"Name": "bad", "TaskTemplate": {
        "ContainerSpec": {"Image": "alpine"}, "Placement": {"Constraints": [constraint]}}})
    assert reply.message == rpc("Unknown", message)
    assert reply.status in {"native": (500,), "swarmward": (400, 500)}[swarm.name]


def test_row_049_a_new_label_lets_a_task_in(swarm, api):
    constrained(api, "waits", "node.labels.open==yes")
    pending_error(api, "waits", "no suitable node (scheduling constraints not satisfied on 3 nodes)")
    label(api, "h3", open="yes")
    wait_running(swarm, "waits", 1)
    assert by_host(api, "waits") == {"h3": 1}


def test_row_050_a_lost_label_throws_a_task_out(swarm, api):
    label(api, "h3", open="yes")
    constrained(api, "guest", "node.labels.open==yes", RestartPolicy={"Delay": 0})
    wait_running(swarm, "guest", 1)
    old = api.running("guest")[0]["ID"]
    label(api, "h3")
    thrown = wait_until(lambda: [t for t in api.tasks("guest") if t["ID"] == old
                                 and t["Status"]["State"] == "rejected"], "it is thrown out")[0]
    status = thrown["Status"]
    assert (thrown["DesiredState"], status["Message"], status["Err"]) == (
        "shutdown", "task rejected by constraint enforcer", "assigned node no longer meets constraints")
    pending_error(api, "guest", "no suitable node (scheduling constraints not satisfied on 3 nodes)")
    wait_until(lambda: not any(swarm.containers(everything=False).values()), "its container is stopped")


def leaves_h2(swarm, **parts):
    """A service on h2 whose constraint makes it move to h3: the old task and, if it is replaced, the new one."""
    label(swarm.api, "h2", open="yes")
    constrained(swarm.api, "guest", "node.labels.open==yes", container=SLOW, **parts)
    wait_running(swarm, "guest", parts.get("replicas", 1))
    old = swarm.api.running("guest")[0]
    label(swarm.api, "h3", open="yes")
    label(swarm.api, "h2")
    wait_until(lambda: not swarm.names("guest")["h2"], "h2 is empty")
    return old


def test_row_050_the_replacement_waits_for_the_stop(swarm, api):
    old = leaves_h2(swarm, replicas=2, RestartPolicy={"Delay": 0})
    wait_running(swarm, "guest", 2)
    new = next(t for t in api.running("guest") if t["Slot"] == old["Slot"])
    gap = between(inspect_task(swarm, old)["State"]["FinishedAt"], inspect_task(swarm, new)["State"]["StartedAt"])
    if swarm.name == "native":
        assert gap < 0, "for a while there are two"
    else:
        assert gap >= 0, "there are never two"


def test_row_050_the_restart_condition_does_not_matter(swarm, api):
    leaves_h2(swarm, RestartPolicy={"Condition": "none"})
    if swarm.name == "native":
        return stays(lambda: not api.running("guest"), "the replica is lost")
    wait_until(lambda: by_host(api, "guest") == {"h3": 1}, "it runs elsewhere")


def test_row_051_a_global_service_follows_a_label(swarm, api):
    with Recorder(api) as recorder:
        sid = constrained(api, "each", "node.labels.open==yes", Mode={"Global": {}}, RestartPolicy={"Delay": SECOND})
        label(api, "h2", open="yes")
        wait_running(swarm, "each", 1)
        assert by_host(api, "each") == {"h2": 1}
        first = api.running("each")[0]["ID"]
        label(api, "h2")
        wait_until(lambda: not any(swarm.containers(everything=False).values()), "it is stopped")
        wait_until(lambda: [t["DesiredState"] for t in api.tasks("each")] == ["shutdown"], "and shall stay so")
        label(api, "h2", open="yes")
        wait_running(swarm, "each", 1)
        assert api.running("each")[0]["ID"] != first
        assert recorder.first(sid, state="rejected", err="assigned node no longer meets constraints")
