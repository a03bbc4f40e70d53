"""A load generator asks a published port without a pause while things happen; prints how many requests failed.

None may where the tasks that serve go on, or are replaced in order. Where something is torn away, what was under way is
lost, but not more. SWARMWARD_MESH_UPDATES says how many rolling updates there are (3).
"""
import os
import shutil
import time

import pytest

from lablib import host as lab_host

from harness.mesh import client_place, container, host_of, lan_address, on_host, publish, several
from harness.requests import ask_from
from harness.services import SECOND, scale, shell
from harness.waiting import wait_until
from harness.wrk import load

pytestmark = [pytest.mark.swarmward_only("native needs IPVS in the kernel"),
              pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed"),
              pytest.mark.skipif(os.environ.get("SWARMWARD_LONG") != "1",
                                 reason="takes all of the processor for four minutes; SWARMWARD_LONG=1 runs it")]

CONNECTIONS = 4
UPDATES = int(os.environ.get("SWARMWARD_MESH_UPDATES", 3))
# Finishes what it has begun when it is asked to stop. On a busy machine it listens only seconds after its start, so it
# says when it does.
GRACEFUL = shell("mkdir -p /www; hostname > /www/index.html; httpd -p 80 -h /www; "
                 "trap 'sleep 3; exit 0' TERM; sleep 100000 & wait", StopGracePeriod=20 * SECOND,
                 Healthcheck={"Test": ["CMD-SHELL", "wget -q -O /dev/null http://127.0.0.1/"],
                              "Interval": SECOND // 2, "Timeout": 10 * SECOND})
AFTER = 2  # Seconds that the load goes on after what happened.


@pytest.fixture
def web(members):
    """Three tasks on h1 and h2; the load comes from the lab's client and enters at h3, which has none."""
    several(members, "web", 3, container=GRACEFUL, EndpointSpec=publish(),
            Placement={"Constraints": ["node.hostname!=h3"]},
            UpdateConfig={"Parallelism": 1, "Order": "start-first", "Monitor": SECOND // 10})
    wait_until(lambda: len(set(ask_from(client_place(members), url(members), 9)) - {None}) == 3, "all three answer")
    return members


def url(members):
    return f"http://{lan_address(members, 'h3')}:8080/"


def under_load(members, what, happens):
    """Lets something happen under load, prints the figures and returns them."""
    with load(client_place(members), url(members), CONNECTIONS) as result:
        time.sleep(1)
        happens()
        time.sleep(AFTER)
    print(f"\n{what}: {result}", flush=True)
    assert result.requests > 10, result.report
    return result


def test_nothing_happens(web):
    assert under_load(web, "at rest", lambda: time.sleep(2)).failed == 0


@pytest.mark.parametrize("order", ["start-first", "stop-first"])
def test_rolling_updates(web, order):
    def update():
        for number in range(UPDATES):
            def change(spec):
                spec["TaskTemplate"]["ForceUpdate"] = number + 1
                spec["UpdateConfig"]["Order"] = order
            web.api.update("web", change)
            wait_until(lambda: web.api.service("web")["UpdateStatus"]["State"] == "completed", "it is complete", 120)
    assert under_load(web, f"{UPDATES} rolling updates, {order}", update).failed == 0


def test_scaling_up_and_down(web):
    def change():
        for replicas in (9, 3):
            scale(web.api, "web", replicas)
            wait_until(lambda: len(web.api.running("web")) == len(web.lives("web")) == replicas,
                       f"{replicas} tasks are left", 120)
    assert under_load(web, "3, 9, 3 tasks", change).failed == 0


def test_the_daemon_of_the_entry_is_killed(web):
    def kill():
        web.daemons["h3"].kill()
        time.sleep(3)
        web.daemons["h3"].start()
        web.wait_for_nodes()
    assert under_load(web, "daemon of the entry killed and started", kill).failed == 0


def test_the_engine_of_the_entry_starts_anew(web):
    def restart():
        lab_host.stop_engine(web.lab.host("h3"))
        lab_host.start_engine(web.lab.host("h3"))
        lab_host.wait_for_engine(web.lab.host("h3"))
        web.wait_for_nodes()
    assert under_load(web, "dockerd of the entry started anew", restart).failed == 0


def test_a_task_is_killed(web):
    """Lost is what was under way; who asks the dead task before its end is known is refused."""
    task = web.api.running("web")[0]

    def kill():
        web.engines[host_of(web, task)].post(f"/containers/{container(task)}/kill")
        wait_until(lambda: task["ID"] not in {t["ID"] for t in web.api.running("web")}, "it is missed")
        wait_until(lambda: len(web.api.running("web")) == 3, "it is replaced", 60)
    result = under_load(web, "a task killed", kill)
    assert result.failed < result.requests / 2, result.report
    assert None not in ask_from(client_place(web), url(web), 30)


def test_the_firewall_of_the_entry_is_flushed(web):
    """Connections that are open live on, new ones wait or are refused until the rules are back."""
    def flush():
        on_host(web, "h3", "nft", "flush", "ruleset")
        wait_until(lambda: ask_from(client_place(web), url(web)) != [None], "it answers again", 6)
    try:
        result = under_load(web, "nft flush ruleset at the entry", flush)
        assert result.requests > 10
        assert None not in ask_from(client_place(web), url(web), 30)
    finally:  # The engine makes its own rules at its start only.
        lab_host.stop_engine(web.lab.host("h3"))
        lab_host.start_engine(web.lab.host("h3"))
        lab_host.wait_for_engine(web.lab.host("h3"))
