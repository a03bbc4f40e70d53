"""Services that run by a schedule."""
import pytest

from harness.waiting import wait_until

pytestmark = pytest.mark.swarmward_only("natively nothing runs by itself; swarm-cronjob is a program of its own")

EVERY_TWO_SECONDS = "*/2 * * * * *"


def completed(members, name):
    return [t for t in members.api.tasks(name) if t["Status"]["State"] == "complete"]


def test_a_job_runs_again_and_again(members, cli):
    docker = cli("h1")
    docker("service", "create", "-d", "-q", "--mode", "replicated-job", "--name", "backup",
           "--label", f"ward.schedule={EVERY_TWO_SECONDS}", "busybox", "true")
    wait_until(lambda: members.api.get("/services/backup")["JobStatus"]["JobIteration"].get("Index", 0) >= 3, "three runs")
    wait_until(lambda: len(completed(members, "backup")) >= 2, "runs end well")
    docker("service", "update", "-d", "-q", "--label-rm", "ward.schedule", "backup")
    index = members.api.get("/services/backup")["JobStatus"]["JobIteration"].get("Index", 0)
    with pytest.raises(AssertionError):
        wait_until(lambda: members.api.get("/services/backup")["JobStatus"]["JobIteration"].get("Index", 0) > index, "", 5)


def test_labels_of_swarm_cronjob_and_a_service_of_no_replicas(members, cli):
    docker = cli("h1")
    docker("service", "create", "-d", "-q", "--replicas", "0", "--restart-condition", "none", "--name", "report",
           "--label", "swarm.cronjob.enable=true", "--label", f"swarm.cronjob.schedule={EVERY_TWO_SECONDS}",
           "--label", "swarm.cronjob.skip-running=true", "--label", "swarm.cronjob.replicas=2", "busybox", "sleep", "1")
    wait_until(lambda: len(completed(members, "report")) >= 4, "two tasks ran twice")
    service = members.api.get("/services/report")
    assert service["Spec"]["Mode"]["Replicated"]["Replicas"] == 2
    assert service["Spec"]["TaskTemplate"]["ForceUpdate"] >= 2
    assert not any(t["Status"]["State"] == "failed" for t in members.api.tasks("report"))
