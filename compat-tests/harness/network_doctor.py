"""The networks of a swarm as `docker ward doctor --network` and `docker ward trace` see them, and ways to break them."""
import json
import os
import subprocess

import pytest

from lablib import host as lab_host

from harness.services import create, wait_running
from harness.targets import NODES
from harness.waiting import wait_until

WEB = {"Image": "nginx", "Args": None}


class Ward:
    """The plugin, run as the docker CLI runs it, against one host's daemon."""

    def __init__(self, plugin, hosts):
        self.plugin, self.hosts = plugin, hosts

    def __call__(self, *words, at="h1"):
        env = {**os.environ, "DOCKER_HOST": self.hosts.urls[at], "DOCKER_CONTEXT": ""}
        return subprocess.run([str(self.plugin), "ward", *words], env=env, capture_output=True, text=True, timeout=90)

    def doctor(self, *words):
        """(exit status, document)"""
        done = self("doctor", "--network", "--json", *words)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def trace(self, *words, code=0):
        done = self("trace", "--json", *words)
        assert done.returncode == code and done.stdout, (done.returncode, done.stdout, done.stderr)
        return json.loads(done.stdout)


@pytest.fixture
def ward(hosts, binary):
    plugin = binary.parent / "docker-ward"
    if not plugin.exists():
        pytest.fail(f"there is no plugin at {plugin}", pytrace=False)
    return Ward(plugin, hosts)


def remove(members, *names):
    for name in names:
        wait_until(lambda: members.api.request("DELETE", f"/networks/{name}").status in (204, 404), f"{name} is gone")


@pytest.fixture
def web(members):
    """A service with a task on each host, in the network `back` and with port 8080."""
    remove(members, "back")
    back = members.api.post("/networks/create", {"Name": "back", "Driver": "overlay"})["Id"]
    create(members.api, "web", WEB, Mode={"Global": {}}, Networks=[{"Target": back}], EndpointSpec=ports())
    wait_running(members, "web", len(NODES))
    yield back
    members.clear()
    remove(members, "back")


def ports(mode="ingress"):
    return {"Mode": "vip", "Ports": [{"Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8080,
                                      "PublishMode": mode}]}


def healthy(ward):
    return ward.doctor()[0] == 0


def found(document, host):
    """What a host's part of the document names: {(kind, network)}."""
    node = next(node for node in document["Nodes"] if node["Name"] == host)
    return {(finding["Kind"], finding["Network"]) for finding in node["Findings"]}


def on_host(members, host, *command):
    return subprocess.run(lab_host.enter(members.lab.host(host), list(command)), capture_output=True, text=True)


def in_network(members, host, name, command):
    """What a command of the shell says in the namespace that a network has on a host."""
    network = members.api.get(f"/networks/{name}")
    vni = network["Options"]["com.docker.network.driver.overlay.vxlanid_list"]
    driver = next(each["Driver"] for each in members.engines[host].get("/networks") if each["Driver"].startswith("ward-"))
    script = (f"for file in /run/swarmward/{driver}/netns/ov-*; do "
              f"if nsenter --net=$file ip -d link show vxlan0 | grep -q 'id {vni} '; then "
              f"nsenter --net=$file sh -c \"{command}\"; exit $?; fi; done; exit 99")
    done = on_host(members, host, "sh", "-c", script)
    assert done.returncode == 0, (command, done)
    return done.stdout


def breaks(members, ward, host, expected, broken, *words):
    """Breaks something, looks at once, and again where the agent was faster; the others are fine. Then it heals.

    Returns what was seen of it.
    """
    wait_until(lambda: healthy(ward), "all is well before")
    for _ in range(5):
        broken()
        code, document = ward.doctor(*words)
        if expected in found(document, host):
            break
    else:
        raise AssertionError(f"{expected} was never found on {host}: {document}")
    assert code == 1 and document["Differences"] >= 1
    for finding in (each for node in document["Nodes"] for each in node["Findings"]):
        assert finding["What"] and finding["Cause"] and finding["Cure"], finding
    others = {node["Name"] for node in document["Nodes"] if node["Status"] != "ok"} - {host}
    assert not others, document
    wait_until(lambda: healthy(ward), "it has healed")
    return document
