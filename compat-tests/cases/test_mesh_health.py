"""Only tasks that serve are found: row 33 of the networks' conformance list."""
import re

import pytest

from harness.mesh import (address, attach, container, enter, everywhere, host_of, lan_address, make, on, publish,
                          resolved, virtual_ip)
from harness.requests import ask
from harness.services import SECOND, create, scale, shell, wait_running
from harness.talk import ask as talk
from harness.talk import server
from harness.targets import NODES
from harness.waiting import stays, wait_until

# Native shares connections by IPVS, which kernels of test machines often lack.
pytestmark = pytest.mark.swarmward_only("native needs IPVS in the kernel")

# Healthy while there is a certain file; for a minute nobody minds that there is none.
CHECKED = {"Healthcheck": {"Test": ["CMD-SHELL", "test -e /tmp/well"], "Interval": SECOND // 5, "Timeout": SECOND,
                           "Retries": 1, "StartPeriod": 60 * SECOND}}
# Looks itself up when it is asked to stop, and tells.
FAREWELL = shell("trap 'echo asked; nslookup tasks.leaver; echo told; sleep 4; exit 0' TERM; "
                 "while :; do sleep 0.1; done", StopGracePeriod=20 * SECOND)


class Town:
    def __init__(self, members):
        self.members = members
        self.network = make(members, "back")
        everywhere(members, "client", self.network, container={})

    def resolved(self, name, host="h1"):
        return resolved(self.members, on(self.members, "client", host), name)

    def known(self, name):
        """What all hosts say, if they agree."""
        answers = {frozenset(self.resolved(name, host)) for host in NODES}
        return answers.pop() if len(answers) == 1 else None

    def in_container(self, task, *command):
        engine = self.members.engines[host_of(self.members, task)]
        made = engine.post(f"/containers/{container(task)}/exec", {"Cmd": command})
        engine.post(f"/exec/{made['Id']}/start", {"Detach": True})


@pytest.fixture(scope="module")
def town(village):
    return Town(village)


def test_row_n33_only_healthy_tasks_are_found(town):
    members = town.members
    create(members.api, "sick", CHECKED, replicas=1, EndpointSpec=publish(9000, 8095), **attach(town.network))
    wait_until(lambda: [t["Status"]["State"] for t in members.api.tasks("sick")] == ["starting"], "it starts")
    task = members.api.tasks("sick")[0]
    its = address(task, town.network)
    vip = virtual_ip(members, "sick", town.network)
    place = enter(members, on(members, "client", "h1"))
    with server(enter(members, task), "tcp", 9000, "sick"):
        stays(lambda: town.known("tasks.sick") == frozenset(), "nobody knows it", 1)
        assert talk(place, "tcp", vip, 9000, timeout=1) == [None]
        for host in NODES:
            assert talk(place, "tcp", lan_address(members, host), 8095, timeout=1) == [None]
        town.in_container(task, "touch", "/tmp/well")
        wait_running(members, "sick", 1)
        wait_until(lambda: town.known("tasks.sick") == {its}, "everybody knows it", 5)
        wait_until(lambda: talk(place, "tcp", vip, 9000)[0], "the virtual address leads to it", 5)
        for host in NODES:
            wait_until(lambda: talk(place, "tcp", lan_address(members, host), 8095)[0], f"so does {host}", 5)
        town.in_container(task, "rm", "/tmp/well")
        wait_until(lambda: all(its not in town.resolved("tasks.sick", host) for host in NODES), "nobody knows it", 20)
        assert talk(place, "tcp", vip, 9000, timeout=1) == [None]
    members.api.delete("/services/sick")


def logs(members, task):
    return members.engines[host_of(members, task)].request(
        "GET", f"/containers/{container(task)}/logs?stdout=1&stderr=1").body.decode(errors="replace")


def test_row_n33_a_task_is_not_found_when_it_is_asked_to_stop(town):
    members = town.members
    create(members.api, "leaver", FAREWELL, replicas=3, **attach(town.network))
    wait_running(members, "leaver", 3)
    tasks = members.api.running("leaver")
    everyone = {address(task, town.network) for task in tasks}
    wait_until(lambda: town.known("tasks.leaver") == everyone, "all are known")
    scale(members.api, "leaver", 2)
    asked = wait_until(lambda: next((t for t in tasks if "told" in logs(members, t)), None), "one is told", 30, 0.05)
    found = set(re.findall(r"10\.\d+\.\d+\.\d+", logs(members, asked)))
    assert found & everyone == everyone - {address(asked, town.network)}
    members.api.delete("/services/leaver")


def test_row_n33_nor_does_a_port_lead_to_it(town):
    """The port of a task that stops is not asked from the moment of its signal: requests find the others."""
    members = town.members
    serving = shell("httpd -p 80 -h /tmp; hostname > /tmp/index.html; trap 'killall httpd; sleep 4; exit 0' TERM; "
                    "while :; do sleep 0.1; done", StopGracePeriod=20 * SECOND)
    create(members.api, "server", serving, replicas=3, EndpointSpec=publish(80, 8096))
    wait_running(members, "server", 3)
    host, url = members.lab.host("h1"), f"http://{lan_address(members, 'h2')}:8096/"
    wait_until(lambda: len(set(ask(host, url, 9)) - {None}) == 3, "all three answer")
    scale(members.api, "server", 1)
    wait_until(lambda: len(members.api.running("server")) == 1, "two are to stop", pause=0.01)
    answers = []
    while len(members.lives("server")) > 1:
        answers += ask(host, url, 5)
    assert len(answers) >= 10 and None not in answers, answers
    members.api.delete("/services/server")
