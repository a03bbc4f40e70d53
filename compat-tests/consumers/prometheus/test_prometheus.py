"""Prometheus (Debian's) finds services, tasks and nodes with dockerswarm_sd_configs."""
import json
import shutil
import socket
import subprocess
import urllib.request

import pytest
import yaml

from harness.services import create, wait_running
from harness.waiting import wait_until

pytestmark = pytest.mark.skipif(not shutil.which("prometheus"), reason="Debian's package prometheus is not installed")

ROLES = ("services", "tasks", "nodes")
# Discovery lists services, tasks and nodes by their addresses or ports; every node needs one.
PORTS = {"EndpointSpec": {"Ports": [{"TargetPort": 9100, "PublishedPort": 19100, "PublishMode": "host"}]}}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def discovered(target, tmp_path):
    """Runs Prometheus on the target; returns a function that gives the discovered labels of a role."""
    config = tmp_path / "prometheus.yml"
    config.write_text(yaml.safe_dump({"scrape_configs": [
        {"job_name": role, "dockerswarm_sd_configs": [
            {"host": target.url, "role": role, "refresh_interval": "1s"}]} for role in ROLES]}))
    port = free_port()
    with open(tmp_path / "log", "w") as log:
        daemon = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={tmp_path}/data",
             f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)

    def labels(role):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/targets?state=any", timeout=5) as reply:
                found = json.load(reply)["data"]
        except OSError:
            return []
        return [t["discoveredLabels"] for t in found["activeTargets"] + found["droppedTargets"]
                if t["discoveredLabels"]["job"] == role]
    yield labels
    daemon.terminate()
    daemon.wait(20)


def test_all_three_roles(swarm, discovered):
    create(swarm.api, "web", replicas=2, Labels={"tier": "front"}, **PORTS)
    wait_running(swarm, "web", 2)

    def names(role, label):
        return sorted(found[f"__meta_dockerswarm_{label}"] for found in discovered(role)
                      if f"__meta_dockerswarm_{label}" in found)
    wait_until(lambda: names("nodes", "node_hostname") == ["h1", "h2", "h3"], "the nodes are discovered")
    wait_until(lambda: set(names("tasks", "service_name")) == {"web"}, "the tasks are discovered")
    running = [t for t in discovered("tasks") if t["__meta_dockerswarm_task_state"] == "running"]
    assert {t["__meta_dockerswarm_task_id"] for t in running} == {t["ID"] for t in swarm.api.running("web")}
    assert {t["__meta_dockerswarm_task_port_publish_mode"] for t in running if
            "__meta_dockerswarm_task_port_publish_mode" in t} == {"host"}
    node = next(n for n in discovered("nodes") if n["__meta_dockerswarm_node_hostname"] == "h1")
    assert node["__meta_dockerswarm_node_role"] == "manager"
    assert node["__meta_dockerswarm_node_status"] == "ready"
    assert node["__meta_dockerswarm_node_manager_leader"] == "true"
