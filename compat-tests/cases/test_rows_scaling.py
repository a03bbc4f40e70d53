"""Rows 24 to 29 of the conformance table: scaling."""
import pytest

from harness.recorder import Recorder
from harness.services import availability, by_host, create, hosts_by_id, label, scale, spread_over, wait_running
from harness.waiting import stays, wait_until


def slots(api, name):
    return sorted(t["Slot"] for t in api.tasks(name))


def test_row_024_scaling_down_takes_the_highest_slots(swarm, api):
    with Recorder(api) as recorder:
        sid = create(api, "one", replicas=5, Placement={"Constraints": ["node.hostname==h2"]})
        wait_running(swarm, "one", 5)
        kept = {t["ID"] for t in api.running("one") if t["Slot"] < 3}
        scale(api, "one", 2)
        wait_until(lambda: slots(api, "one") == [1, 2], "the others are gone")
        seen = recorder.of(sid)
    assert {t["ID"] for t in api.running("one")} == kept
    removed = {s[0].task["Slot"] for s in seen if any(x.desired == "remove" for x in s)}
    assert removed == {3, 4, 5}


def test_row_025_scaling_up_fills_the_free_slots(swarm, api):
    create(api, "one", replicas=5, Placement={"Constraints": ["node.hostname==h2"]})
    wait_running(swarm, "one", 5)
    scale(api, "one", 2)
    wait_until(lambda: slots(api, "one") == [1, 2], "the others are gone")
    kept = {t["ID"] for t in api.running("one")}
    scale(api, "one", 4)
    wait_running(swarm, "one", 4)
    assert sorted(t["Slot"] for t in api.running("one") if t["ID"] not in kept) == [3, 4]
    assert kept < {t["ID"] for t in api.running("one")}


def test_row_026_a_pending_task_goes_first(swarm, api):
    port = {"Protocol": "tcp", "TargetPort": 80, "PublishedPort": 18081, "PublishMode": "host"}
    create(api, "web", replicas=3, EndpointSpec={"Ports": [port]}, RestartPolicy={"Delay": 0})
    wait_running(swarm, "web", 3)
    # The node of slot 1 closes, and the others have their one already.
    lowest = next(t for t in api.running("web") if t["Slot"] == 1)
    availability(api, hosts_by_id(api)[lowest["NodeID"]], "drain")
    wait_until(lambda: any(t["Slot"] == 1 and t["Status"]["State"] == "pending" for t in api.tasks("web")),
               "the replacement finds no place")
    scale(api, "web", 2)
    # Native keeps the drained task of slot 1 as history until its next look at the service.
    wait_until(lambda: sorted(t["Slot"] for t in api.tasks("web") if t["DesiredState"] != "shutdown") == [2, 3],
               "slot 1 is gone")
    assert sorted(t["Slot"] for t in api.running("web")) == [2, 3]


def test_row_027_scaling_down_empties_the_fullest(swarm, api):
    def only(host):
        for each in ("h1", "h2", "h3"):
            availability(api, each, "active" if each == host else "pause")
    # The fuller node first, lest lower slots explain the outcome.
    only("h3")
    create(api, "uneven", replicas=3)
    wait_running(swarm, "uneven", 3)
    for host, count in (("h2", 5), ("h1", 6)):
        only(host)
        scale(api, "uneven", count)
        wait_running(swarm, "uneven", count)
    for host in ("h2", "h3"):
        availability(api, host, "active")
    assert by_host(api, "uneven") == {"h1": 1, "h2": 2, "h3": 3}
    scale(api, "uneven", 4)
    wait_running(swarm, "uneven", 4)
    assert by_host(api, "uneven") in ({"h1": 1, "h2": 1, "h3": 2}, {"h1": 1, "h2": 2, "h3": 1})


@pytest.mark.differs("it forgets the preferences when it scales down")
def test_row_027_scaling_down_keeps_zones_even(swarm, api):
    for host, zone in {"h1": "a", "h2": "b", "h3": "b"}.items():
        label(api, host, zone=zone)
    create(api, "zones", replicas=6, Placement=spread_over("zone"))
    wait_running(swarm, "zones", 6)
    for count in (4, 2):
        scale(api, "zones", count)
        wait_running(swarm, "zones", count)
        assert by_host(api, "zones")["h1"] == count // 2, by_host(api, "zones")


@pytest.mark.differs("it takes from the fullest node, whatever runs there")
def test_row_027_scaling_down_takes_what_has_ended(swarm, api):
    """Two of four are let end, on one node or on two: the two that run are left in any case."""
    script = "case $SLOT in 1) exit 0;; 3) exit 1;; esac; exec sleep 100000"
    create(api, "ended", {"Args": ["sh", "-c", script], "Env": ["SLOT={{.Task.Slot}}"]}, replicas=4,
           RestartPolicy={"Condition": "none"}, Placement={"Constraints": ["node.hostname!=h1"]})

    def slots_now():
        return sorted((t["Slot"], t["Status"]["State"]) for t in api.tasks("ended"))
    wait_until(lambda: slots_now() == [(1, "complete"), (2, "running"), (3, "failed"), (4, "running")], "two have ended")
    scale(api, "ended", 3)
    wait_until(lambda: slots_now() == [(1, "complete"), (2, "running"), (4, "running")], "one of these has gone")
    scale(api, "ended", 2)
    wait_until(lambda: slots_now() == [(2, "running"), (4, "running")], "the other one has gone")


def test_row_028_scaling_to_0(swarm, api, any_docker):
    create(api, "empty", replicas=3)
    wait_running(swarm, "empty", 3)
    scale(api, "empty", 0)
    wait_until(lambda: not api.tasks("empty") and not any(swarm.containers().values()), "all are gone")
    assert any_docker("service", "ls", "--filter", "name=empty", "--format", "{{.Replicas}}").out == "0/0"


def test_row_029_no_mode_is_one_replica(swarm, api):
    api.post("/services/create", {"Name": "plain", "TaskTemplate": {"ContainerSpec": {
        "Image": "alpine", "Args": ["sleep", "100000"], "StopGracePeriod": 10**9}}})
    assert api.service("plain")["Spec"]["Mode"] == {"Replicated": {"Replicas": 1}}
    wait_running(swarm, "plain", 1)
    stays(lambda: len(api.tasks("plain")) == 1, "there is one task", 1)
