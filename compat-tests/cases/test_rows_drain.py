"""Rows 52 to 58 of the conformance table: nodes that are drained, paused and active again."""
from harness.clock import between
from harness.services import SECOND, SLOW, availability, by_host, create, hosts_by_id, inspect_task, wait_running
from harness.waiting import stays, wait_until

LONG_DELAY = {"Delay": 600 * SECOND}


def drain_host_of(api, task):
    host = hosts_by_id(api)[task["NodeID"]]
    availability(api, host, "drain")
    return host


def start_and_end_of_move(swarm, name, **parts):
    """Drains the node of a slow task: when its replacement's container started, and when its own ended."""
    create(swarm.api, name, SLOW, **parts)
    wait_running(swarm, name, parts.get("replicas", 1))
    old = swarm.api.running(name)[0]
    host = drain_host_of(swarm.api, old)
    wait_running(swarm, name, parts.get("replicas", 1))
    new = wait_until(lambda: [t for t in swarm.api.running(name) if t["Slot"] == old["Slot"] and t["ID"] != old["ID"]],
                     "it is replaced")[0]
    wait_until(lambda: not swarm.names(name)[host], "the old one stopped")
    return inspect_task(swarm, new)["State"]["StartedAt"], inspect_task(swarm, old)["State"]["FinishedAt"]


def test_row_052_a_global_service_and_a_drained_node(swarm, api):
    create(api, "each", Mode={"Global": {}}, RestartPolicy={"Delay": 0})
    wait_running(swarm, "each", 3)
    old = next(t["ID"] for t in api.running("each") if hosts_by_id(api)[t["NodeID"]] == "h3")
    availability(api, "h3", "drain")
    wait_until(lambda: api.get(f"/tasks/{old}")["Status"]["State"] == "shutdown", "its task is shut down")
    assert api.get(f"/tasks/{old}")["DesiredState"] == "shutdown"
    stays(lambda: by_host(api, "each") == {"h1": 1, "h2": 1} and len(api.tasks("each")) == 3, "no replacement", 2)
    availability(api, "h3", "active")
    wait_running(swarm, "each", 3)
    assert by_host(api, "each")["h3"] == 1 and old not in {t["ID"] for t in api.running("each")}


def test_row_053_a_global_service_and_a_paused_node(swarm, api):
    create(api, "before", Mode={"Global": {}})
    wait_running(swarm, "before", 3)
    tasks = {t["ID"] for t in api.tasks("before")}
    availability(api, "h3", "pause")
    create(api, "after", Mode={"Global": {}})
    wait_running(swarm, "after", 2)
    stays(lambda: {t["ID"] for t in api.running("before")} == tasks, "the task there stays", 2)
    assert by_host(api, "after") == {"h1": 1, "h2": 1} and len(api.tasks("after")) == 2


def test_row_054_tasks_on_a_paused_node_run_on(swarm, api):
    create(api, "calm", replicas=3)
    wait_running(swarm, "calm", 3)
    tasks = {t["ID"] for t in api.tasks("calm")}
    availability(api, "h3", "pause")
    stays(lambda: {t["ID"] for t in api.running("calm")} == tasks and len(api.tasks("calm")) == 3, "all run on")


def test_row_055_drained_tasks_are_replaced_without_delay(swarm, api):
    create(api, "moves", replicas=6, RestartPolicy=LONG_DELAY)
    wait_running(swarm, "moves", 6)
    old = {t["ID"] for t in api.running("moves") if hosts_by_id(api)[t["NodeID"]] == "h3"}
    availability(api, "h3", "drain")
    wait_running(swarm, "moves", 6)
    wait_until(lambda: by_host(api, "moves") == {"h1": 3, "h2": 3}, "all are elsewhere")
    assert {api.get(f"/tasks/{each}")["DesiredState"] for each in old} == {"shutdown"}
    wait_until(lambda: not swarm.names("moves")["h3"], "the drained node is empty")


def test_row_056_the_replacement_waits_for_the_stop(swarm):
    started, ended = start_and_end_of_move(swarm, "slow", replicas=2, RestartPolicy=LONG_DELAY)
    assert between(ended, started) >= 0


def test_row_056_start_first_holds_when_draining_too(swarm):
    started, ended = start_and_end_of_move(swarm, "slow", UpdateConfig={"Parallelism": 1, "Order": "start-first"})
    if swarm.name == "native":
        assert between(ended, started) >= 0
    else:
        assert between(started, ended) >= 3, "it ran before the old one was asked to stop"


def test_row_056_a_single_replica_is_never_missed(swarm):
    started, ended = start_and_end_of_move(swarm, "single")
    if swarm.name == "native":
        assert between(ended, started) >= 0
    else:
        assert between(started, ended) >= 3, "it ran before the old one was asked to stop"


def test_row_057_draining_ignores_the_restart_condition(swarm, api):
    create(api, "once", replicas=3, RestartPolicy={"Condition": "none"})
    wait_running(swarm, "once", 3)
    availability(api, "h3", "drain")
    wait_until(lambda: not swarm.names("once")["h3"], "the drained node is empty")
    if swarm.name == "native":
        return stays(lambda: len(api.running("once")) == 2 and len(api.tasks("once")) == 3, "the replica is lost")
    wait_running(swarm, "once", 3)
    assert set(by_host(api, "once")) == {"h1", "h2"}


def test_row_057_draining_uses_up_no_attempts(swarm, api):
    create(api, "twice", RestartPolicy={"Delay": 0, "MaxAttempts": 1})
    wait_running(swarm, "twice", 1)
    first = drain_host_of(api, api.running("twice")[0])
    wait_until(lambda: by_host(api, "twice") and first not in by_host(api, "twice"), "it has moved")
    second = drain_host_of(api, api.running("twice")[0])
    wait_until(lambda: not swarm.names("twice")[second], "the second node is empty")
    if swarm.name == "native":
        return stays(lambda: not api.running("twice"), "it does not move twice")
    wait_until(lambda: by_host(api, "twice") and not {first, second} & set(by_host(api, "twice")), "it has moved again")


def test_row_058_nothing_moves_back(swarm, api):
    create(api, "settled", replicas=6, RestartPolicy={"Delay": 0})
    wait_running(swarm, "settled", 6)
    availability(api, "h3", "drain")
    wait_until(lambda: by_host(api, "settled") == {"h1": 3, "h2": 3}, "all are elsewhere")
    availability(api, "h3", "active")
    stays(lambda: by_host(api, "settled") == {"h1": 3, "h2": 3}, "all stay there", 5)
