"""History and jobs: rows 91 to 97 of the conformance table."""
import signal
import uuid

import pytest

from harness.refusals import check, invalid
from harness.rows import Film, on_node, seconds
from harness.services import SECOND, create, hosts_by_id, shell
from harness.targets import start_engine, stop_engine
from harness.waiting import stays, wait_until


def crashes(times):
    """A container that exits with 1 so often, counted in a volume, and then runs."""
    mount = {"Type": "volume", "Source": f"v{uuid.uuid4().hex[:12]}", "Target": "/v"}
    return shell(f"echo >> /v/runs; [ $(wc -l < /v/runs) -gt {times} ] || exit 1; exec sleep 100000", Mounts=[mount])


@pytest.fixture
def history_limit(swarm, api):
    """Sets the swarm's limit of kept tasks, and the default of 5 again afterwards."""
    def set_limit(value):
        now = api.get("/swarm")
        now["Spec"]["Orchestration"]["TaskHistoryRetentionLimit"] = value
        api.post(f"/swarm/update?version={now['Version']['Index']}", now["Spec"])
    yield set_limit
    set_limit(5)


def kept_after(api, name, times):
    """Runs a service that crashes so often; returns the Film of it once it runs."""
    with Film(api) as film:
        sid = create(api, name, crashes(times), Placement=on_node("h2"), RestartPolicy={"Delay": 0})
        # A replacement runs for a moment before it crashes.
        wait_until(lambda: len({i for tasks in film.of(sid) for i in tasks}) > times and api.running(name),
                   f"{name} runs at last", 120)
    return film.of(sid)


def test_row_091_history_is_bounded(swarm, api):
    frames = kept_after(api, "crashy", 8)
    assert len({i for tasks in frames for i in tasks}) == 9, "eight crashed, the ninth runs"
    wait_until(lambda: sorted(t["Status"]["State"] for t in api.tasks("crashy")) == ["failed"] * 4 + ["running"],
               "five are kept, the live one among them")
    # The reaper follows each new task within moments.
    assert max(len(tasks) for tasks in frames) <= 6


def test_row_092_no_history(swarm, api, history_limit):
    history_limit(0)
    kept_after(api, "crashy", 3)
    wait_until(lambda: [t["Status"]["State"] for t in api.tasks("crashy")] == ["running"], "only the live one is kept")


@pytest.fixture
def jobs(formed):
    """The swarm, tidied. Native 20.10 never deletes the tasks of a removed job, so there the swarm goes instead."""
    formed.clear()
    yield formed
    if formed.name == "native":
        formed.dissolve()
        formed.scrub()
    else:
        formed.clear()


def create_job(api, name, mode, command="sleep 1", **parts):
    return create(api, name, shell(command), Mode=mode, **parts)


def by_slot(tasks, state="complete"):
    # Slot 0 is omitted, as every zero is.
    return sorted(t.get("Slot", 0) for t in tasks if t["Status"]["State"] == state)


def status_of(api, name):
    [service] = [s for s in api.get("/services?status=true") if s["Spec"]["Name"] == name]
    return service["ServiceStatus"]


def two_by_five(api, name):
    return create_job(api, name, {"ReplicatedJob": {"MaxConcurrent": 2, "TotalCompletions": 5}})


def test_row_093_replicated_job(jobs, api, any_docker):
    with Film(api) as film:
        sid = two_by_five(api, "batch")
        wait_until(lambda: by_slot(api.tasks("batch")) == [0, 1, 2, 3, 4], "five complete")
    most = max(sum(t["DesiredState"] == "complete" and t["Status"]["State"] != "complete" for t in tasks.values())
               for tasks in film.of(sid))
    assert most == 2, "two at a time"
    assert len(api.tasks("batch")) == 5
    assert all(t["DesiredState"] == "complete" and t["JobIteration"] == {} for t in api.tasks("batch"))
    assert status_of(api, "batch") == {"RunningTasks": 0, "DesiredTasks": 2, "CompletedTasks": 5}
    assert any_docker("service", "ls", "--format", "{{.Replicas}}").out == "0/2 (5/5 completed)"
    shown = api.service("batch")
    assert shown["JobStatus"]["JobIteration"] == {}
    assert abs(seconds(shown["JobStatus"]["LastExecution"]) - seconds(shown["CreatedAt"])) < 2
    stays(lambda: len(api.tasks("batch")) == 5, "it is over", 2)


def test_row_093_the_cli_waits_for_the_job(jobs, api, any_docker):
    any_docker("service", "create", "--mode", "replicated-job", "--replicas", "3", "--max-concurrent", "2",
               "--name", "cli", "alpine", "sh", "-c", "sleep 1")
    assert by_slot(api.tasks("cli")) == [0, 1, 2], "it came back when all were complete"
    # Slot 0 goes by the name of its node, natively too.
    names = sorted(name.split(".")[0] for name in any_docker("service", "ps", "--format", "{{.Name}}", "cli").lines)
    assert names == ["cli"] * 3
    any_docker("service", "update", "--force", "cli")
    again = [t for t in api.tasks("cli") if t["JobIteration"] == {"Index": 1}]
    assert by_slot(again) == [0, 1, 2], "and once more after an update"


def test_row_094_an_update_runs_the_job_again(jobs, api):
    two_by_five(api, "batch")
    wait_until(lambda: len(by_slot(api.tasks("batch"))) == 5, "five complete")
    first = api.service("batch")["JobStatus"]
    api.update("batch", lambda spec: spec["Labels"].update(x="y"))
    again = api.service("batch")["JobStatus"]
    assert again["JobIteration"] == {"Index": 1} and again["LastExecution"] > first["LastExecution"]

    def second():
        return [t for t in api.tasks("batch") if t["JobIteration"] == {"Index": 1}]
    wait_until(lambda: by_slot(second()) == [0, 1, 2, 3, 4], "five complete once more")
    assert status_of(api, "batch")["CompletedTasks"] == 5


def test_row_095_job_with_update_config(formed, api):
    for mode in ({"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 1}}, {"GlobalJob": {}}):
        check(api.request("POST", "/services/create", {
            "Name": "job", "Mode": mode, "UpdateConfig": {"Parallelism": 1},
            "TaskTemplate": {"ContainerSpec": {"Image": "alpine"}}}), *invalid("Jobs may not have an update config"))


def test_row_096_global_job(jobs, api):
    create_job(api, "each", {"GlobalJob": {}})
    policy = {"Condition": "on-failure", "Delay": 0, "MaxAttempts": 1}
    create_job(api, "failing", {"GlobalJob": {}}, "exit 1", RestartPolicy=policy)

    def finished():
        tasks = api.tasks("each")
        assert all(t["Status"]["State"] == "complete" for t in tasks), tasks
        return sorted(hosts_by_id(api)[t["NodeID"]] for t in tasks) == ["h1", "h2", "h3"]
    wait_until(finished, "one complete on each node")
    assert all("Slot" not in t for t in api.tasks("each"))
    # Native forgets the attempts of global jobs and goes on for ever.
    if jobs.name == "native":
        with Film(api) as film:
            wait_until(lambda: len({i for tasks in film.of(api.service("failing")["ID"]) for i in tasks}) > 9, "no end")
    else:
        def twice():
            per_node = [[t for t in api.tasks("failing") if t["NodeID"] == node] for node in hosts_by_id(api)]
            return [[t["Status"]["State"] for t in tasks] for tasks in per_node] == [["failed"] * 2] * 3
        wait_until(twice, "two tries on each node")
        stays(twice, "and no third", 3)


@pytest.fixture
def h3(jobs):
    """The host that things happen to; whole again afterwards."""
    host = jobs.hosts[2]
    yield host
    if not host.pid("dockerd"):
        start_engine(host)
    jobs.wait_for_nodes()


def unfinished(api, name):
    """Where the tasks of a job are that shall go on, by host name."""
    names = hosts_by_id(api)
    return sorted(names[t["NodeID"]] for t in api.tasks(name)
                  if t["DesiredState"] == "complete" and t["Status"]["State"] == "running")


def long_job(api, name):
    """A job with one task, on h3 but free to go elsewhere."""
    for host in ("h1", "h2"):
        api.update_node(host, lambda spec: spec.update(Availability="pause"))
    create_job(api, name, {"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 1}}, "exec sleep 100000",
               RestartPolicy={"Condition": "on-failure", "Delay": SECOND})
    wait_until(lambda: unfinished(api, name) == ["h3"], f"{name} runs on h3")
    for host in ("h1", "h2"):
        api.update_node(host, lambda spec: spec.update(Availability="active"))


def moves_away(jobs, name):
    """Native leaves a job alone whatever becomes of its node."""
    if jobs.name == "native":
        stays(lambda: unfinished(jobs.api, name) == ["h3"], "native does not react", 5)
    else:
        wait_until(lambda: len(unfinished(jobs.api, name)) == 1 and unfinished(jobs.api, name) != ["h3"],
                   "the job goes on elsewhere", 90)


def test_row_097_job_on_a_drained_node(jobs, api):
    long_job(api, "long")
    api.update_node("h3", lambda spec: spec.update(Availability="drain"))
    moves_away(jobs, "long")


def test_row_097_job_on_a_killed_node(jobs, api, h3):
    long_job(api, "long")
    stop_engine(h3, how=signal.SIGKILL)
    wait_until(lambda: api.nodes()["h3"]["Status"]["State"] == "down", "the node is down")
    moves_away(jobs, "long")
