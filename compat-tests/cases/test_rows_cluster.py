"""The swarm as a whole, lists and counts: rows 117 to 125 of the conformance table.

Left out: 115 and 116 (they need more managers than one). Row 118 is in test_autolock.py, row 120 in test_join.py; row 119
without the host that comes with the old token, which is in test_join.py too.
"""
import json
import threading
import urllib.parse

from harness.refusals import check, invalid, rpc
from harness.rows import STUBBORN, live_ids, on_node, set_version, version_of, wait_live, wait_state
from harness.services import SECOND, create, hosts_by_id, shell
from harness.waiting import stays, wait_until

LEAVE = ("You are attempting to leave the swarm on a node that is participating as a manager. "
         "Removing the last manager erases all current state of the swarm. Use `--force` to ignore this message. ")


def test_row_117_leaving_without_force(swarm, api):
    create(api, "web", replicas=0)
    check(api.request("POST", "/swarm/leave"), 503, LEAVE)
    check(api.request("POST", "/swarm/leave?force=0"), 503, LEAVE)
    assert api.get("/info")["Swarm"]["LocalNodeState"] == "active" and api.service("web")


def update_swarm(api, change=lambda spec: None, query=""):
    now = api.get("/swarm")
    change(now["Spec"])
    return api.request("POST", f"/swarm/update?version={now['Version']['Index']}{query}", now["Spec"])


def test_row_119_rotating_a_join_token(swarm, api):
    create(api, "web", replicas=3)
    wait_live(api, web=3)
    before, nodes, tasks = api.get("/swarm")["JoinTokens"], sorted(hosts_by_id(api)), live_ids(api, "web")
    assert update_swarm(api, query="&rotateWorkerToken=true").status == 200
    after = api.get("/swarm")["JoinTokens"]
    assert after["Worker"] != before["Worker"] and after["Manager"] == before["Manager"]
    assert after["Worker"].rsplit("-", 1)[0] == before["Worker"].rsplit("-", 1)[0], "the digest of the root stays"
    stays(lambda: all(n["Status"]["State"] == "ready" for n in api.nodes().values()) and live_ids(api, "web") == tasks,
          "who is in is not affected", 3)
    assert sorted(hosts_by_id(api)) == nodes


def test_row_121_certificates_that_expire_too_soon(formed, api):
    before = api.get("/swarm")
    check(update_swarm(api, lambda spec: spec["CAConfig"].update(NodeCertExpiry=600 * SECOND)),
          *invalid("minimum certificate expiry time is: 1h0m0s"))
    assert api.get("/swarm") == before
    hour = 3600 * SECOND
    assert update_swarm(api, lambda spec: spec["CAConfig"].update(NodeCertExpiry=hour)).status == 200
    assert api.get("/swarm")["Spec"]["CAConfig"]["NodeCertExpiry"] == hour
    expiry = before["Spec"]["CAConfig"]["NodeCertExpiry"]
    assert update_swarm(api, lambda spec: spec["CAConfig"].update(NodeCertExpiry=expiry)).status == 200


def test_row_122_spec_that_is_too_large(swarm, api):
    spec = {"Name": "large", "Labels": {"x": "y" * 1_600_000}, "Mode": {"Replicated": {"Replicas": 0}},
            "TaskTemplate": {"ContainerSpec": {"Image": "alpine"}}}
    reply = api.request("POST", "/services/create", spec)
    # Native has nothing better to say than that its log does not take it.
    assert reply.status == {"native": 500, "swarmward": 400}[swarm.name] and "too large" in reply.message, reply
    if swarm.name == "native":
        assert reply.message == rpc("Unknown", "raft: raft message is too large and can't be sent")
    assert api.get("/services") == []
    create(api, "large", replicas=1)
    wait_live(api, large=1)


def counts(api):
    return {s["Spec"]["Name"]: s["ServiceStatus"] for s in api.get("/services?status=true")}


def status(running, desired, completed=0):
    return {"RunningTasks": running, "DesiredTasks": desired, "CompletedTasks": completed}


def test_row_123_service_status(swarm, api):
    create(api, "two", replicas=2)
    create(api, "none", replicas=0)
    create(api, "waits", replicas=2, Placement={"Constraints": ["node.labels.z==a"]})
    create(api, "each", Mode={"Global": {}})
    create(api, "some", Mode={"Global": {}}, Placement={"Constraints": ["node.hostname!=h3"]})
    create(api, "broken", shell("exit 1"), RestartPolicy={"Condition": "none"})
    create(api, "slow", {"Args": STUBBORN, "StopGracePeriod": 6 * SECOND}, replicas=2)
    expected = {"two": status(2, 2), "none": status(0, 0), "waits": status(0, 2), "each": status(3, 3),
                "some": status(2, 2), "broken": status(0, 1), "slow": status(2, 2)}
    wait_until(lambda: counts(api) == expected, "the counts are right")
    assert "ServiceStatus" not in api.service("two") and "ServiceStatus" not in api.get("/services")[0]
    api.update("slow", lambda spec: spec["Mode"]["Replicated"].update(Replicas=1))
    wait_until(lambda: any(t["DesiredState"] == "remove" for t in api.tasks("slow")), "one is told to stop")
    assert counts(api)["slow"] == status(2, 1), "what is being stopped still runs"
    wait_until(lambda: counts(api)["slow"] == status(1, 1), "until it has stopped")


def test_row_123_status_of_a_drained_node(swarm, api):
    create(api, "each", Mode={"Global": {}})
    wait_until(lambda: counts(api)["each"] == status(3, 3), "one on each node")
    api.update_node("h3", lambda spec: spec.update(Availability="drain"))
    wait_until(lambda: counts(api)["each"] == status(2, 2), "only the tasks that shall run are wanted")


def found(api, filters):
    """The ids of the tasks that a filter finds."""
    return {t["ID"] for t in api.get("/tasks?filters=" + urllib.parse.quote(json.dumps(filters)))}


def test_row_124_task_filters(swarm, api):
    web = create(api, "web", replicas=2, Labels={"tier": "front", "x": ""}, Placement=on_node("h2"))
    create(api, "webdb", Labels={"tier": "back"}, Placement=on_node("h3"))
    wait_live(api, web=2, webdb=1)
    old = live_ids(api, "web")
    api.update("web", set_version(1, UpdateConfig={"Parallelism": 0, "Monitor": SECOND // 2}))
    wait_state(api, "web", "completed")
    new, db = live_ids(api, "web"), live_ids(api, "webdb")
    assert len(old | new) == 4
    wait_until(lambda: all(api.get(f"/tasks/{i}")["Status"]["State"] == "shutdown" for i in old), "the old have ended")
    nodes = {name: node["ID"] for name, node in api.nodes().items()}
    one = min(new)
    for filters, wanted in (
            ({}, old | new | db),
            ({"desired-state": ["running"]}, new | db), ({"desired-state": ["shutdown"]}, old),
            ({"desired-state": ["RUNNING", "Shutdown"]}, old | new | db), ({"desired-state": ["accepted"]}, set()),
            ({"service": ["web"]}, old | new), ({"service": [web]}, old | new), ({"service": [web[:12]]}, old | new),
            ({"service": ["web", "webdb"]}, old | new | db), ({"service": {"web": True}}, old | new),
            ({"node": ["h3"]}, db), ({"node": [nodes["h2"]]}, old | new), ({"node": ["h1"]}, set()),
            ({"name": ["web."]}, old | new), ({"name": ["web"]}, old | new | db), ({"name": ["eb"]}, set()),
            ({"name": [f"web.{api.get(f'/tasks/{one}')['Slot']}.{one}"]}, {one}),
            ({"id": [one]}, {one}), ({"id": [one[:10]]}, {one}),
            ({"label": ["tier"]}, old | new | db), ({"label": ["tier=back"]}, db),
            ({"label": ["tier=back", "x"]}, set()), ({"label": ["tier=front", "x"]}, old | new),
            ({"service": ["web"], "desired-state": ["running"]}, new), ({"service": ["web"], "node": ["h3"]}, set()),
            ({"_up-to-date": ["true"]}, new | db), ({"_up-to-date": ["true"], "service": ["web"]}, new)):
        assert found(api, filters) == wanted, filters


def test_row_124_up_to_date_hides_stale_tasks_that_run(swarm, api):
    create(api, "web", replicas=3, RestartPolicy={"Delay": 60 * SECOND})
    wait_live(api, web=3)
    api.update("web", set_version(1, shell("exit 1"), UpdateConfig={"Parallelism": 1, "Monitor": SECOND}))
    wait_state(api, "web", "paused")
    fresh = {t["ID"] for t in api.tasks("web") if version_of(t) == "1"}
    assert found(api, {"_up-to-date": ["true"], "service": ["web"]}) == fresh != set()
    api.update("web", lambda spec: spec["TaskTemplate"]["ContainerSpec"].update(Args=["sleep", "100000"], Env=None))
    # The first spec again: its tasks are current once more.
    stale = {t["ID"] for t in api.tasks("web") if version_of(t) == "1"}
    current = found(api, {"_up-to-date": ["any"]})
    assert not current & stale and live_ids(api, "web") <= current


def test_row_125_concurrent_creates_spread(swarm, api):
    names = ["left", "right"]
    makers = [threading.Thread(target=create, args=(api, name), kwargs={"replicas": 25}) for name in names]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()

    def placed(name):
        tasks = api.tasks(name)
        assert len(tasks) == 25 and all("NodeID" in t for t in tasks), f"{sum('NodeID' in t for t in tasks)} placed"
        hosts = [hosts_by_id(api)[t["NodeID"]] for t in tasks]
        return sorted(hosts.count(host) for host in ("h1", "h2", "h3"))
    for name in names:
        assert wait_until(lambda: placed(name), f"all of {name} are placed") == [8, 8, 9]
    wait_until(lambda: all(len(api.running(name)) == 25 for name in names), "all 50 run", 180)
