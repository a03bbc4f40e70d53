"""Updates that wait for jobs: `ward.pre-deploy`."""
import pytest

from harness.waiting import stays, wait_until

pytestmark = pytest.mark.swarmward_only("natively a job and a service know nothing of each other")

STACK = """
version: "3.8"
services:
  web:
    image: busybox
    command: sleep 600
    stop_grace_period: 0s
    environment: [VERSION={version}]
    deploy:
      replicas: 2
      labels: [ward.pre-deploy=migrate]
      update_config: {{monitor: 100ms, parallelism: 1}}
      rollback_config: {{monitor: 100ms}}
  migrate:
    image: busybox
    command: sh -c 'sleep 2; exit {code}'
    environment: [VERSION={version}]
    deploy:
      mode: replicated-job
      replicas: 1
      restart_policy: {{condition: none}}
"""


@pytest.fixture
def deploy(members, cli, tmp_path):
    """Deploys a version whose migration ends with `code`."""
    docker = cli("h1")
    file = tmp_path / "stack.yml"

    def run(version, code=0):
        file.write_text(STACK.format(version=version, code=code))
        docker("stack", "deploy", "-c", str(file), "shop")
    yield run
    docker("stack", "rm", "shop")


def of_version(members, service, version):
    return [t for t in members.api.tasks(service) if f"VERSION={version}" in t["Spec"]["ContainerSpec"]["Env"]]


def times(members, service, version, what):
    """When the containers of a version started or finished, as their engines say."""
    hosts = {members.node_id(host): host for host in members.engines}
    found = []
    for task in of_version(members, service, version):
        container = task["Status"].get("ContainerStatus", {}).get("ContainerID")
        if container:
            state = members.engines[hosts[task["NodeID"]]].get(f"/containers/{container}/json")["State"]
            found.append(comparable(state[what]))
    return found


def comparable(time):
    """The engine leaves out zeros at the end of a fraction."""
    whole, _, fraction = time.removesuffix("Z").partition(".")
    return whole, fraction.ljust(9, "0")


def runs(members, version):
    running = [t for t in members.api.running("shop_web") if t in of_version(members, "shop_web", version)]
    return len(running) == 2 == len(members.api.running("shop_web"))


def iteration(members):
    return members.api.service("shop_migrate")["JobStatus"]["JobIteration"].get("Index", 0)


def update_status(members):
    return members.api.service("shop_web").get("UpdateStatus", {})


def is_after_the_migration(members, version):
    ended = times(members, "shop_migrate", version, "FinishedAt")
    began = times(members, "shop_web", version, "StartedAt")
    assert len(began) == 2 and ended
    assert min(began) > max(ended), f"web began at {began}, its migration ended at {ended}"


def test_each_deployment_migrates_before_the_new_version_starts(members, deploy):
    deploy(1)
    wait_until(lambda: runs(members, 1), "the first version runs")
    is_after_the_migration(members, 1)
    for version in (2, 3):  # Quickly after each other: the run of the deployment before must not count.
        deploy(version)
        wait_until(lambda: update_status(members).get("Message") == "waiting for job migrate", "it says what it waits for")
        assert runs(members, version - 1), "the old version runs meanwhile"
        wait_until(lambda: runs(members, version), "the new version runs")
        wait_until(lambda: update_status(members)["State"] == "completed", "the update is complete")
        is_after_the_migration(members, version)
        assert iteration(members) == version - 1, "each deployment migrates once"


def test_a_migration_that_fails_keeps_the_old_version(members, cli, deploy):
    docker = cli("h1")
    deploy(1)
    wait_until(lambda: runs(members, 1), "the first version runs")
    lives = members.lives("shop_web")
    deploy(2, code=3)
    wait_until(lambda: update_status(members).get("State") == "paused", "the update is paused")
    assert update_status(members)["Message"] == "update paused due to failure of job migrate"
    stays(lambda: members.lives("shop_web") == lives, "the old version runs on")
    assert not of_version(members, "shop_web", 2), "nothing of the new version was made"
    shown = docker("service", "inspect", "--pretty", "shop_web").out
    assert "update paused due to failure of job migrate" in shown
    deploy(3)
    wait_until(lambda: runs(members, 3), "the mended version runs")
    wait_until(lambda: update_status(members)["State"] == "completed", "the update is complete")
    is_after_the_migration(members, 3)


def test_an_update_by_hand_runs_the_job_and_a_rollback_does_not(members, cli, deploy):
    docker = cli("h1")
    deploy(1)
    wait_until(lambda: runs(members, 1), "the first version runs")
    docker("service", "update", "-d", "-q", "--env-add", "VERSION=2", "shop_web")
    wait_until(lambda: runs(members, 2), "the second version runs")
    assert iteration(members) == 1, "nobody else has run it"
    ended = max(times(members, "shop_migrate", 1, "FinishedAt"))
    assert min(times(members, "shop_web", 2, "StartedAt")) > ended, "it waited for that run"
    wait_until(lambda: update_status(members)["State"] == "completed", "the update is complete")
    docker("service", "rollback", "-d", "shop_web")
    wait_until(lambda: runs(members, 1), "the first version is back")
    wait_until(lambda: update_status(members)["State"] == "rollback_completed", "the rollback is complete")
    docker("service", "scale", "-d", "shop_web=3")
    wait_until(lambda: len(members.api.running("shop_web")) == 3, "it scales")
    assert iteration(members) == 1
