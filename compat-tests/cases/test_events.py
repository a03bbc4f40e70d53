"""GET /events: what happens in the swarm and on the host's engine, in one stream."""
import json
import os
import subprocess
import threading
import time
import urllib.parse

import pytest

from harness.api import UnixConnection
from harness.services import create, wait_running
from harness.waiting import wait_until

ALPINE = ("--network", "none", "alpine")


class Listener:
    """Collects the events that one client is told, as they come."""

    def __init__(self, docker, *args):
        self.process = docker.popen("events", "--format", "{{json .}}", *args, stdout=subprocess.PIPE,
                                    stderr=subprocess.DEVNULL, text=True)
        self.events = []
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        for line in self.process.stdout:
            self.events.append(json.loads(line))

    def find(self, kind, action, **attributes):
        """Events of a type and an action (a dot in an attribute is written as `__`)."""
        wanted = {key.replace("__", "."): value for key, value in attributes.items()}
        return [e for e in list(self.events) if (e["Type"], e["Action"]) == (kind, action)
                and wanted.items() <= e["Actor"]["Attributes"].items()]

    def wait(self, kind, action, **attributes):
        wait_until(lambda: self.find(kind, action, **attributes), f"{kind} {action} {attributes} is told", 60)
        return self.find(kind, action, **attributes)[0]

    def close(self):
        self.process.kill()
        self.process.wait()
        self.thread.join(10)


@pytest.fixture
def listen(docker, target):
    """Starts `docker events`. It asks from now on, and may be slow to start."""
    started = []

    def start(*filters):
        args = [word for each in filters for word in ("--filter", each)]
        listener = Listener(docker, "--since", f"{time.time():.9f}", *args)
        started.append(listener)
        return listener

    yield start
    for listener in started:
        listener.close()


def stamp():
    """A moment on the clock of the hosts, which is ours."""
    return f"{time.time():.9f}"


def past(docker, since, until, *filters):
    args = [word for each in filters for word in ("--filter", each)]
    out = docker("events", "--since", since, "--until", until, "--format", "{{json .}}", *args, timeout=30)
    return [json.loads(line) for line in out.lines]


def names(events, kind):
    return [(e["Action"], e["Actor"]["Attributes"]["name"]) for e in events if e["Type"] == kind]


def test_life_of_a_service(swarm, listen):
    events = listen("type=service")
    ident = create(swarm.api, "life", replicas=1)
    created = events.wait("service", "create", name="life")
    assert created["scope"] == "swarm" and created["Actor"] == {"ID": ident, "Attributes": {"name": "life"}}
    assert created["time"] == created["timeNano"] // 10**9
    assert not {"status", "id", "from"} & set(created)
    swarm.api.update("life", lambda spec: spec["Mode"]["Replicated"].update(Replicas=2))
    scaled = events.wait("service", "update", replicas__old="1", replicas__new="2")
    assert scaled["Actor"]["Attributes"] == {"name": "life", "replicas.old": "1", "replicas.new": "2"}
    swarm.api.delete("/services/life")
    events.wait("service", "remove", name="life")
    assert {e["Type"] for e in events.events} == {"service"}


def test_update_tells_its_states(swarm, listen):
    create(swarm.api, "rolled", replicas=1, UpdateConfig={"Monitor": 10**8})
    wait_running(swarm, "rolled", 1)
    events = listen("type=service", "service=rolled")
    swarm.api.update("rolled", lambda spec: spec["TaskTemplate"]["ContainerSpec"].update(Args=["sleep", "99999"]))
    events.wait("service", "update", updatestate__new="updating")
    done = events.wait("service", "update", updatestate__new="completed")
    assert done["Actor"]["Attributes"]["updatestate.old"] == "updating"


def test_image_change(swarm, listen):
    create(swarm.api, "pictured", replicas=0)
    events = listen("type=service")
    swarm.api.update("pictured", lambda spec: spec["TaskTemplate"]["ContainerSpec"].update(Image="alpine:latest"))
    changed = events.wait("service", "update", image__new="alpine:latest")
    assert changed["Actor"]["Attributes"]["image.old"] == "alpine"


def test_node_availability(swarm, listen):
    events = listen("type=node")
    swarm.api.update_node("h2", lambda spec: spec.update(Availability="drain"))
    told = events.wait("node", "update", availability__old="active", availability__new="drain")
    assert told["Actor"] == {"ID": swarm.api.nodes()["h2"]["ID"],
                             "Attributes": {"name": "h2", "availability.old": "active", "availability.new": "drain"}}
    swarm.api.update_node("h2", lambda spec: spec.update(Availability="active"))
    events.wait("node", "update", availability__new="active")


def test_containers_and_services_in_one_stream(swarm, docker, listen):
    events = listen()
    docker("run", "--rm", "--name", "beside", *ALPINE, "true")
    create(swarm.api, "among", replicas=3)
    events.wait("service", "create", name="among")
    for action in ("create", "start", "die", "destroy"):
        assert events.wait("container", action, name="beside")["scope"] == "local"
    task = events.wait("container", "start", **{"com__docker__swarm__service__name": "among"})
    assert task["Actor"]["Attributes"]["name"].startswith("among.")
    assert not [e for e in events.events if e["Type"] == "task"]


def test_names_are_beginnings_and_types_do_not_matter(swarm, docker, listen):
    events = listen("service=pre")
    create(swarm.api, "prefixed", replicas=0)
    create(swarm.api, "another", replicas=0)
    docker("run", "--rm", "--name", "prebuilt", *ALPINE, "true")
    events.wait("service", "create", name="prefixed")
    events.wait("container", "destroy", name="prebuilt")
    assert not events.find("service", "create", name="another")


@pytest.mark.parametrize("filters, heard", [
    (["scope=swarm"], True), (["scope=local"], False), (["event=create"], True), (["event=remove"], False),
    (["label=name=heard"], True), (["label=name=other"], False), (["nonsense=x"], True), (["type=serv"], False)])
def test_filters(swarm, any_docker, filters, heard):
    since = stamp()
    create(swarm.api, "heard", replicas=0)
    time.sleep(0.3)
    found = past(any_docker, since, stamp(), *filters)
    assert (("create", "heard") in names(found, "service")) == heard


def test_the_past_in_order(swarm, docker):
    since = stamp()
    create(swarm.api, "first", replicas=0)
    docker("run", "--rm", "--name", "second", *ALPINE, "true")
    create(swarm.api, "third", replicas=0)
    time.sleep(0.3)
    until = stamp()
    create(swarm.api, "late", replicas=0)
    found = past(docker, since, until)
    times = [e["timeNano"] for e in found]
    assert times == sorted(times)
    ours = [n for n in (e["Actor"]["Attributes"].get("name") for e in found if e["Action"] == "create")
            if n in ("first", "second", "third", "late")]
    assert ours == ["first", "second", "third"]
    assert not [e for e in past(docker, until, stamp()) if e["Actor"]["Attributes"].get("name") == "first"]


def test_since_goes_on_with_the_present(swarm, docker):
    since = stamp()
    create(swarm.api, "before", replicas=0)
    docker("run", "--rm", "--name", "old", *ALPINE, "true")
    listener = Listener(docker, "--since", since)
    try:
        listener.wait("service", "create", name="before")
        create(swarm.api, "after", replicas=0)
        docker("run", "--rm", "--name", "new", *ALPINE, "true")
        listener.wait("service", "create", name="after")
        listener.wait("container", "destroy", name="new")
        for kind, name in (("service", "before"), ("service", "after"), ("container", "old"), ("container", "new")):
            assert len(listener.find(kind, "create", name=name)) == 1
    finally:
        listener.close()


def test_until_ends_the_stream(swarm, any_docker):
    began = time.time()
    any_docker("events", "--until", f"{began + 2:.9f}", timeout=30)
    assert 1.5 < time.time() - began < 10


def test_headers_come_at_once(swarm):
    connection = UnixConnection(swarm.api.path, timeout=10)
    connection.request("GET", "/v1.41/events?filters=" + urllib.parse.quote('{"type":["config"]}'))
    reply = connection.getresponse()
    assert reply.status == 200 and reply.headers["Content-Type"] == "application/json"
    assert reply.headers["Transfer-Encoding"] == "chunked"
    connection.close()


def test_bad_requests(swarm):
    reply = swarm.api.request("GET", "/events?since=20&until=10")
    assert (reply.status, reply.message) == (400, "`since` time (20) cannot be after `until` time (10)")
    reply = swarm.api.request("GET", "/events?since=abc")
    assert (reply.status, reply.message) == (500, 'strconv.ParseInt: parsing "abc": invalid syntax')


def test_container_lines_keep_their_old_members(swarm, docker):
    since = stamp()
    docker("run", "--rm", "--name", "lined", *ALPINE, "true")
    time.sleep(0.3)
    query = f"/v1.41/events?since={since}&until={stamp()}"
    lines = [json.loads(line) for line in swarm.api.request("GET", query).text.splitlines()]
    started = [e for e in lines if e["Type"] == "container" and e["Action"] == "start"]
    assert started and started[0]["status"] == "start" and started[0]["from"] == "alpine"


def test_engine_alone_without_a_swarm(no_swarm, docker):
    since = f"{time.time():.9f}"
    docker("run", "--rm", "--name", "alone", *ALPINE, "true")
    time.sleep(0.3)
    found = past(docker, since, f"{time.time():.9f}", "container=alone")
    assert [e["Action"] for e in found if e["Type"] == "container"][:2] == ["create", "attach"]
    assert {e["scope"] for e in found} == {"local"}


@pytest.mark.swarmward_only("native tells nothing of tasks")
def test_tasks_on_request(swarm, listen):
    events = listen("type=task")
    create(swarm.api, "watched", replicas=1)
    running = events.wait("task", "update", state__new="running")
    task = swarm.api.running("watched")[0]
    assert running["Actor"]["ID"] == task["ID"] and running["scope"] == "swarm"
    assert running["Actor"]["Attributes"]["name"] == f"watched.1.{task['ID']}"


@pytest.mark.swarmward_only("looks into the engine's connections")
def test_clients_that_go_leave_nothing_behind(swarm, any_docker):
    def descriptors():
        return len(os.listdir(f"/proc/{daemon_pid(swarm)}/fd"))

    before = descriptors()
    listeners = [Listener(any_docker) for _ in range(10)]
    wait_until(lambda: descriptors() >= before + 20, "ten clients and ten streams of the engine are open")
    for listener in listeners:
        listener.close()
    wait_until(lambda: descriptors() <= before + 2, "all of them are closed again")


def daemon_pid(swarm):
    return int(swarm.daemon.pidfile.read_text())
