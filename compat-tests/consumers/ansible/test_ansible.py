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
                     "docker_node", "docker_node_info", "docker_secret", "docker_config")},
                 # docker_stack calls the docker CLI.
                 "environment": {"DOCKER_HOST": target.url, "DOCKER_CONFIG": str(tmp_path)}, "tasks": list(tasks)}]
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


@pytest.mark.parametrize("kind", ["secret", "config"])
def test_secrets_and_configs(swarm, play, kind):
    def given(**more):
        return module(f"docker_{kind}", name="key", **more)
    try:
        twice(play, given(data="one", labels={"tier": "front"}))
        first, = swarm.api.get(f"/{kind}s", name="key")
        assert first["Spec"]["Labels"]["tier"] == "front"
        twice(play, given(data="dHdv", data_is_b64=True, labels={"tier": "front"}))
        second, = swarm.api.get(f"/{kind}s", name="key")
        assert second["ID"] != first["ID"], "other data makes another object"
        twice(play, given(data="two", labels={"tier": "back"}))
        changed, _ = play(given(data="two", labels={"tier": "back"}, force=True))
        assert changed["changed"] == 1
        twice(play, given(state="absent"))
        assert swarm.api.get(f"/{kind}s", name="key") == []
    finally:
        sweep(swarm.api, kind)


@pytest.mark.parametrize("kind", ["secret", "config"])
def test_rolling_versions(swarm, play, kind):
    """Each change of the data makes a new version; old ones go, but for those that a service uses."""
    def version(data):
        return module(f"docker_{kind}", name="key", data=data, rolling_versions=True, versions_to_keep=2)
    try:
        for number, data in enumerate(("one", "two", "three"), 1):
            results = twice(play, version(data))
            assert results[0][f"{kind}_name"] == f"key_v{number}"
        assert sorted(each["Spec"]["Name"] for each in swarm.api.get(f"/{kind}s")) == ["key_v2", "key_v3"]
    finally:
        sweep(swarm.api, kind)


def test_a_service_with_a_secret_and_a_config(swarm, play):
    tasks = [module("docker_secret", name="key", data="hidden"), module("docker_config", name="settings", data="a=b")]
    try:
        _, made = play(*tasks)
        service = module(
            "docker_swarm_service", name="web", image="redis", stop_grace_period="1s",
            secrets=[{"secret_id": made[0]["secret_id"], "secret_name": "key", "filename": "the-key", "mode": 0o400}],
            configs=[{"config_id": made[1]["config_id"], "config_name": "settings", "filename": "/etc/settings"}])
        twice(play, service)
        wait_until(lambda: swarm.api.running("web"), "a task of web runs")
        container = swarm.api.service("web")["Spec"]["TaskTemplate"]["ContainerSpec"]
        assert [s["File"]["Name"] for s in container["Secrets"]] == ["the-key"]
        assert [c["File"]["Name"] for c in container["Configs"]] == ["/etc/settings"]
    finally:
        swarm.clear()
        sweep(swarm.api, "secret")
        sweep(swarm.api, "config")


def sweep(api, kind):
    for each in api.get(f"/{kind}s"):
        api.request("DELETE", f"/{kind}s/{each['ID']}")


def test_stack(swarm, play, tmp_path):
    pytest.importorskip("jsondiff", reason="Debian's package python3-jsondiff is not installed")
    # Without networks, for the swarm of this suite has a mesh on one host only.
    def stack(**environment):
        return module("docker_stack", name="shop", resolve_image="never", compose=[{
            "version": "3.8", "networks": {"host": {"external": True, "name": "host"}},
            "services": {"web": {"image": "redis", "networks": ["host"], "environment": environment,
                                 "deploy": {"replicas": 2, "update_config": {"monitor": "1s"}}}}}])
    twice(play, stack(A="1"))
    wait_until(lambda: len(swarm.api.running("shop_web")) == 2, "two tasks of the stack run")
    before = {t["ID"] for t in swarm.api.running("shop_web")}
    _, results = play(stack(A="1"))
    assert results[0]["changed"] is False and {t["ID"] for t in swarm.api.running("shop_web")} == before
    twice(play, stack(A="2"))
    wait_until(lambda: [t["Spec"]["ContainerSpec"]["Env"] for t in swarm.api.running("shop_web")] == [["A=2"]] * 2,
               "both tasks have the new environment")
    twice(play, module("docker_stack", name="shop", state="absent", absent_retries=30))
