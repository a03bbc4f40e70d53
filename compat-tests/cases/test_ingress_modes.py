"""Published ports whose tasks see the client, or that only some addresses answer. Rows of the networks' conformance list."""
import collections
import subprocess

import pytest

from lablib import host as lab_host

from harness.requests import ask, constant_requests
from harness.services import create, wait_running
from harness.targets import NODES
from harness.waiting import wait_until

pytestmark = pytest.mark.swarmward_only("labels of our own")

# Says which container answers, and whom it takes for the client.
TELL = r"""mkdir -p /w/cgi-bin
printf '#!/bin/sh\necho\necho $(hostname) $REMOTE_ADDR\n' > /w/cgi-bin/who
chmod +x /w/cgi-bin/who
httpd -f -p 80 -h /w & server=$!
trap 'kill $server; exit 0' TERM
wait $server"""
TELLING = {"Image": "nginx", "Command": ["/bin/sh", "-c", TELL], "Args": None}
PATH = "/cgi-bin/who"


def telling(members, replicas, labels=None, ports=((8080, 80),), **parts):
    endpoint = {"Mode": "vip", "Ports": [{"Protocol": "tcp", "TargetPort": target, "PublishedPort": published,
                                          "PublishMode": "ingress"} for published, target in ports]}
    create(members.api, "who", TELLING, replicas=replicas, EndpointSpec=endpoint, Labels=labels or {}, **parts)
    wait_running(members, "who", replicas)


def url(members, host, port=8080):
    return f"http://{members.lab.host(host).address}:{port}{PATH}"


def seen(members, asking, asked, count):
    """How often which container answered, and which clients they saw."""
    answers = ask(members.lab.host(asking), url(members, asked), count)
    assert None not in answers, answers
    # httpd listens for both versions of IP and writes addresses of version 4 so: [::ffff:10.64.0.1]
    parts = [answer.replace("[::ffff:", "").replace("]", "").split() for answer in answers]
    return collections.Counter(part[0] for part in parts), {part[1] for part in parts}


def wait_for_all(members, asking, asked, tasks):
    wait_until(lambda: len({answer and answer.split()[0] for answer in ask(members.lab.host(asking), url(members, asked), 9)}
                           - {None}) == tasks, f"{tasks} tasks answer at {asked}", 60)


def test_by_default_tasks_see_the_node_that_was_asked(members):
    telling(members, 3)
    wait_for_all(members, "h1", "h2", 3)
    assert seen(members, "h1", "h2", 6)[1].isdisjoint({members.lab.host(host).address for host in NODES})


def test_row_n55_preserve_shows_the_client_whatever_node_it_asks(members):
    telling(members, 3, {"ward.ingress": "preserve"})
    for asking, asked in (("h1", "h2"), ("h3", "h1"), ("h2", "h3")):
        wait_for_all(members, asking, asked, 3)
        containers, clients = seen(members, asking, asked, 12)
        assert len(containers) == 3 and set(containers.values()) == {4}, containers
        assert clients == {members.lab.host(asking).address}, clients
    for host in NODES:
        assert None not in ask(members.lab.host(host), f"http://127.0.0.1:8080{PATH}", 6)


SAME_PORT = """
import http.client, sys
for port in range(43000, 43010):
    for host in sys.argv[1:]:
        asking = http.client.HTTPConnection(host, 8080, timeout=5, source_address=("", port))
        asking.request("GET", "/cgi-bin/who")
        print(asking.getresponse().read().decode().split()[1].removeprefix("[::ffff:").removesuffix("]"))
        asking.close()
"""


def test_row_n56_one_port_of_a_client_by_three_nodes_to_one_task(members):
    telling(members, 1, {"ward.ingress": "preserve"})
    for host in NODES:
        wait_for_all(members, "h1", host, 1)
    others = [members.lab.host(host).address for host in ("h2", "h3")]
    told = subprocess.run(lab_host.enter(members.lab.host("h1"), ["/usr/bin/python3", "-c", SAME_PORT, *others]),
                          capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stderr
    assert told.stdout.split() == [members.lab.host("h1").address] * 20


def test_row_n57_local_answers_only_where_a_task_is(members):
    telling(members, 1, {"ward.ingress": "local"})
    home = next(host for host in NODES if members.running_on(host, "who"))
    asking = next(host for host in NODES if host != home)
    wait_for_all(members, asking, home, 1)
    assert seen(members, asking, home, 3)[1] == {members.lab.host(asking).address}
    for host in NODES:
        if host != home:
            assert ask(members.lab.host(home), url(members, host), 1) == [None]


def test_the_mode_changes_without_new_tasks(members):
    telling(members, 2)
    wait_for_all(members, "h1", "h2", 2)
    before = {task["ID"] for task in members.api.running("who")}
    members.api.update("who", lambda spec: spec["Labels"].update({"ward.ingress": "preserve"}))
    wait_until(lambda: seen(members, "h1", "h2", 4)[1] == {members.lab.host("h1").address}, "the client is kept")
    members.api.update("who", lambda spec: spec["Labels"].update({"ward.ingress": "snat"}))
    wait_until(lambda: seen(members, "h1", "h2", 4)[1] != {members.lab.host("h1").address}, "the client is hidden")
    assert {task["ID"] for task in members.api.running("who")} == before


def test_kept_clients_survive_a_rolling_update(members):
    telling(members, 3, {"ward.ingress": "preserve"}, UpdateConfig={"Parallelism": 1, "Monitor": 10**8})
    wait_for_all(members, "h1", "h3", 3)
    with constant_requests(members.lab.host("h1"), url(members, "h3")) as load:
        members.api.update("who", lambda spec: spec["TaskTemplate"].update(ForceUpdate=1))
        wait_until(lambda: members.api.get("/services/who").get("UpdateStatus", {}).get("State") == "completed",
                   "the update is complete", 120)
        load.finish()
    assert load.failed == 0, load


def test_a_port_may_be_answered_at_some_addresses_only(members):
    telling(members, 1, {"ward.publish.9001.ip": "127.0.0.1"}, ports=((8080, 80), (9001, 80)))
    for host in NODES:
        wait_for_all(members, "h1", host, 1)
        local = lambda: ask(members.lab.host(host), f"http://127.0.0.1:9001{PATH}", 1)
        wait_until(lambda: local() != [None], f"{host} answers itself")
    assert ask(members.lab.host("h1"), url(members, "h2", 9001), 1) == [None]
    assert ask(members.lab.host("h2"), url(members, "h2", 9001), 1) == [None]


def test_a_drain_delay_lets_open_connections_end(members):
    telling(members, 1, {"ward.drain-delay": "4s"})
    wait_for_all(members, "h1", "h1", 1)
    members.api.update("who", lambda spec: spec["Mode"]["Replicated"].update(Replicas=0))
    wait_until(lambda: ask(members.lab.host("h1"), url(members, "h1"), 1) == [None], "nobody is sent there any more", 3)
    assert any(members.running_on(host, "who") for host in NODES), "its container still runs"
    wait_until(lambda: not any(members.running_on(host, "who") for host in NODES), "it has stopped", 30)
