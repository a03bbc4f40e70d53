"""Published ports: every node answers, for tasks anywhere. Rows of the networks' conformance list."""
import collections
import subprocess

import pytest

from lablib import host as lab_host

from harness.requests import ask, constant_requests
from harness.services import create, wait_running
from harness.targets import NODES
from harness.waiting import wait_until

# Native shares connections by IPVS, which kernels of test machines often lack.
pytestmark = pytest.mark.swarmward_only("native needs IPVS in the kernel")

WEB = {"Image": "nginx", "Args": None}


def publish(target=80, published=8080, **more):
    return {"Mode": "vip", "Ports": [{"Protocol": "tcp", "TargetPort": target, "PublishedPort": published,
                                      "PublishMode": "ingress", **more}]}


def web(members, replicas, **parts):
    create(members.api, "web", WEB, replicas=replicas, EndpointSpec=publish(), **parts)
    wait_running(members, "web", replicas)


def answers(members, where, url, count=1):
    return ask(members.lab.host(where), url, count)


def wait_for_answers(members, where, url, seconds=30):
    wait_until(lambda: None not in answers(members, where, url, 3), f"{url} answers on {where}", seconds)


def test_row_n41_every_node_answers_also_without_a_task(members):
    web(members, 1)
    for asking in NODES:
        for asked in NODES:
            wait_for_answers(members, asking, f"http://{members.lab.host(asked).address}:8080/")


def test_row_n42_one_node_spreads_over_all_tasks(members):
    web(members, 3)
    url = f"http://{members.lab.host('h2').address}:8080/"
    wait_until(lambda: len(set(answers(members, "h1", url, 12))) == 3, "all three answer")
    bodies = collections.Counter(answers(members, "h1", url, 30))
    assert len(bodies) == 3 and None not in bodies and max(bodies.values()) <= 20, bodies


def test_row_n44_local_addresses_answer(members):
    web(members, 1)
    for host in NODES:
        wait_for_answers(members, host, "http://127.0.0.1:8080/")
        wait_for_answers(members, host, f"http://{members.lab.host(host).address}:8080/")


def test_row_n63_a_removed_service_frees_its_port(members):
    web(members, 1)
    wait_for_answers(members, "h1", "http://127.0.0.1:8080/")
    members.api.delete("/services/web")
    wait_until(lambda: answers(members, "h3", "http://127.0.0.1:8080/") == [None], "nobody answers any more")
    create(members.api, "other", WEB, EndpointSpec=publish())
    wait_running(members, "other", 1)
    wait_for_answers(members, "h3", "http://127.0.0.1:8080/")


def test_scaling_moves_the_traffic(members):
    web(members, 1)
    url = f"http://{members.lab.host('h3').address}:8080/"
    wait_for_answers(members, "h1", url)
    members.api.update("web", lambda spec: spec["Mode"]["Replicated"].update(Replicas=3))
    wait_until(lambda: len(set(answers(members, "h1", url, 12))) == 3, "three answer")
    members.api.update("web", lambda spec: spec["Mode"]["Replicated"].update(Replicas=1))
    wait_until(lambda: len(set(answers(members, "h1", url, 12))) == 1, "one answers")
    assert None not in answers(members, "h1", url, 12)


@pytest.fixture
def load(members):
    """Somebody on h1 asks h3 all the time; stops, and says how many requests there were and how many failed."""
    web(members, 3, UpdateConfig={"Parallelism": 1, "Order": "stop-first", "Monitor": 10**8})
    url = f"http://{members.lab.host('h3').address}:8080/"
    wait_for_answers(members, "h1", url)
    with constant_requests(members.lab.host("h1"), url) as running:
        yield running


def changed(members, number):
    members.api.update("web", lambda spec: spec["TaskTemplate"].update(ForceUpdate=number))
    wait_until(lambda: members.api.get("/services/web").get("UpdateStatus", {}).get("State") == "completed",
               "the update is complete", 120)


def test_row_n58_a_rolling_update_fails_no_request(members, load):
    for number in (1, 2):
        changed(members, number)
    load.finish()
    assert load.failed == 0, load


def test_draining_a_node_fails_no_request(members, load):
    members.api.update_node("h2", lambda spec: spec.update(Availability="drain"))
    wait_until(lambda: not members.running_on("h2", "web") and len(members.api.running("web")) == 3, "h2 is empty", 60)
    load.finish()
    members.api.update_node("h2", lambda spec: spec.update(Availability="active"))
    assert load.failed == 0, load


def test_row_n50_the_daemons_may_die(members, load):
    for host in NODES:
        members.daemons[host].kill()
    members.start()
    members.wait_for_nodes()
    load.finish()
    assert load.failed == 0, load


def tables(host):
    listing = subprocess.run(lab_host.enter(host, ["nft", "list", "tables"]), capture_output=True, text=True, check=True)
    return {line for line in listing.stdout.splitlines() if "ward" in line}


@pytest.fixture
def flushed(members):
    """h2, whose firewall a case flushes. The rules of its engine come back with the next start of that."""
    host = members.lab.host("h2")
    yield host
    lab_host.stop_engine(host)
    lab_host.start_engine(host)
    lab_host.wait_for_engine(host)


def test_row_n49_a_flushed_firewall_comes_back(members, flushed):
    web(members, 1)
    host = flushed
    url = f"http://{host.address}:8080/"
    wait_for_answers(members, "h1", url)
    before = tables(host)
    assert before
    subprocess.run(lab_host.enter(host, ["nft", "flush", "ruleset"]), check=True)
    wait_until(lambda: tables(host) == before, "our tables are back")
    wait_for_answers(members, "h1", url)
