"""Ansible's community.docker modules: each play does its work once, and says changed=0 the second time."""
import json
import os
import shutil
import subprocess

import pytest
import yaml

from harness.waiting import wait_until

pytestmark = pytest.mark.skipif(not shutil.which("ansible-playbook"), reason="Debian's package ansible is not installed")


@pytest.fixture
def play(target, tmp_path):
    """Runs tasks as a playbook; returns the recap of localhost and what the tasks registered."""
    def run(*tasks, ok=True):
        book = [{"hosts": "localhost", "connection": "local", "gather_facts": False,
                 "vars": {"ansible_python_interpreter": "/usr/bin/python3"},
                 "module_defaults": {f"community.docker.{name}": {"docker_host": target.url} for name in (
                     "docker_swarm", "docker_swarm_service", "docker_swarm_service_info", "docker_swarm_info",
                     "docker_node", "docker_node_info")},
                 "tasks": list(tasks)}]
        file = tmp_path / "play.yml"
        file.write_text(yaml.safe_dump(book))
        done = subprocess.run(
            ["ansible-playbook", "-i", "localhost,", str(file)], capture_output=True, text=True, timeout=300,
            env={**os.environ, "ANSIBLE_STDOUT_CALLBACK": "json", "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local"),
                 "ANSIBLE_REMOTE_TEMP": str(tmp_path / "remote"), "ANSIBLE_DEPRECATION_WARNINGS": "0",
                 "LC_ALL": "C.UTF-8"})
        report = json.loads(done.stdout[done.stdout.index("{"):])
        results = [t["hosts"]["localhost"] for t in report["plays"][0]["tasks"]]
        assert not ok or done.returncode == 0, json.dumps(results, indent=1)[-3000:] + done.stderr[-1000:]
        return report["stats"]["localhost"], results
    return run


def module(name, /, **arguments):
    return {f"community.docker.{name}": arguments}


def twice(play, *tasks):
    """The first run changes something, the second nothing. Returns the results of the second."""
    first, _ = play(*tasks)
    assert first["changed"] > 0
    second, results = play(*tasks)
    assert second["changed"] == 0, results
    return results


def test_swarm_is_made_once_and_left_once(no_swarm, play):
    results = twice(play, module("docker_swarm", state="present", advertise_addr=no_swarm.address,
                                 task_history_retention_limit=3, labels={"env": "test"}))
    assert results[0]["swarm_facts"]["JoinTokens"]["Worker"].startswith("SWMTKN-1-")
    changed, _ = play(module("docker_swarm", state="present", task_history_retention_limit=4))
    assert changed["changed"] == 1
    twice(play, module("docker_swarm", state="absent", force=True))


def test_swarm_info(swarm, play):
    _, results = play(module("docker_swarm_info", nodes=True, tasks=True, services=True, unlock_key=True))
    assert results[0]["docker_swarm_manager"] is True
    assert sorted(n["Hostname"] for n in results[0]["nodes"]) == ["h1", "h2", "h3"]


def test_service_with_everything(swarm, play):
    task = module(
        "docker_swarm_service", name="web", image="alpine", command=["sleep"], args=["100000"], replicas=2,
        env={"A": "1"}, labels={"tier": "front"}, container_labels={"inside": "yes"}, hostname="box",
        limits={"cpus": 0.5, "memory": "64M"}, reservations={"cpus": 0.01, "memory": "8M"},
        placement={"constraints": ["node.role == manager"], "preferences": [{"spread": "node.labels.zone"}],
                   "replicas_max_per_node": 3},
        restart_config={"condition": "on-failure", "delay": "1s", "max_attempts": 3, "window": "30s"},
        update_config={"parallelism": 2, "delay": "1s", "order": "start-first", "failure_action": "rollback",
                       "monitor": "1s", "max_failure_ratio": 0.25},
        rollback_config={"parallelism": 1, "order": "stop-first"},
        healthcheck={"test": ["CMD", "true"], "interval": "1s", "timeout": "1s", "retries": 2, "start_period": "1s"},
        logging={"driver": "json-file", "options": {"max-size": "1m"}}, stop_grace_period="1s", stop_signal="SIGINT",
        mounts=[{"source": "", "target": "/scratch", "type": "tmpfs", "tmpfs_size": "1M"}], dns=["10.0.0.1"],
        dns_search=["example.test"], dns_options=["ndots:1"], groups=["100"], user="0", working_dir="/tmp",
        hosts={"db": "10.0.0.9"}, read_only=True, tty=True, init=True,
        publish=[{"published_port": 18444, "target_port": 80, "protocol": "tcp", "mode": "host"}])
    twice(play, task)
    wait_until(lambda: swarm.api.running("web"), "a task of web runs")


def test_scaling_updating_and_removing_a_service(swarm, play):
    def service(**more):
        return module("docker_swarm_service", name="web", image="alpine", args=["sleep", "100000"],
                      stop_grace_period="1s", **more)
    twice(play, service(replicas=1))
    twice(play, service(replicas=3))
    wait_until(lambda: len(swarm.api.running("web")) == 3, "three tasks run")
    twice(play, service(replicas=3, env={"NEW": "1"}))
    _, results = play(module("docker_swarm_service_info", name="web"))
    assert results[0]["exists"] and results[0]["service"]["Spec"]["Mode"] == {"Replicated": {"Replicas": 3}}
    twice(play, module("docker_swarm_service", name="web", image="alpine", state="absent"))


def test_global_service(swarm, play):
    twice(play, module("docker_swarm_service", name="every", image="alpine", args=["sleep", "100000"], mode="global",
                       stop_grace_period="1s"))
    wait_until(lambda: len(swarm.api.running("every")) == 3, "one task a node runs")


def test_node_labels_and_availability(swarm, play):
    twice(play, module("docker_node", hostname="h2", labels={"zone": "b"}, labels_state="replace"))
    twice(play, module("docker_node", hostname="h2", availability="drain"))
    twice(play, module("docker_node", hostname="h2", availability="active"))
    twice(play, module("docker_node", hostname="h2", labels_to_remove=["zone"]))
    _, results = play(module("docker_node_info", name="h2"))
    assert results[0]["nodes"][0]["Spec"]["Labels"] == {}
