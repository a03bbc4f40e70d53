"""Hosts that joined, and what can befall them: cables, engines and daemons that go away, addresses that change."""
import contextlib
import signal
import time

import pytest

from harness.services import create, wait_running
from harness.targets import NODES, start_engine, stop_engine
from harness.waiting import stays, wait_until
from lablib.network import ip, set_link

pytestmark = pytest.mark.swarmward_only("its timing and its restarts are other ones; test_unplug has what both do")
QUICK = {"RestartPolicy": {"Delay": 0}}


class Watch:
    """Prints when each step of a sequence came about."""

    def __init__(self):
        self.begun = time.monotonic()

    def until(self, check, what, seconds=60):
        wait_until(check, what, seconds, 0.05)
        print(f"{what}: {time.monotonic() - self.begun:.2f} s")


@pytest.fixture
def web(members):
    """Two tasks on each host, and one of a global service; the hosts are whole again afterwards."""
    create(members.api, "web", replicas=6, **QUICK)
    create(members.api, "everywhere", Mode={"Global": {}}, **QUICK)
    wait_running(members, "web", 6)
    wait_running(members, "everywhere", 3)
    assert by_host(members, "web") == {"h1": 2, "h2": 2, "h3": 2}
    yield members
    for host in members.hosts:
        set_link(host, "up")
        if not host.pid("dockerd"):
            start_engine(host)
        if members.daemons[host.name].process.poll() is not None:
            members.daemons[host.name].start()


def by_host(members, service):
    return {host: len(members.running_on(host, service)) for host in NODES}


def state(members, node_id):
    return members.api.get(f"/nodes/{node_id}")["Status"]["State"]


def living(members, hosts, service="web"):
    """{container id: start time} of the hosts named."""
    ids = {c["Id"] for host in hosts for c in members.running_on(host, service)}
    return {each: begun for each, begun in members.lives(service).items() if each in ids}


def test_cable_of_a_worker(web):
    node, lost = web.node_id("h2"), {t["ID"] for t in web.api.running("web") if t["NodeID"] == web.node_id("h2")}
    elsewhere = living(web, ("h1", "h3"))
    watch = Watch()
    set_link(web.lab.host("h2"), "down")
    watch.until(lambda: state(web, node) == "down", "down after the cable was pulled")
    assert web.api.get(f"/nodes/{node}")["Status"]["Message"] == "heartbeat failure"
    watch.until(lambda: sum(by_host(web, "web")[host] for host in ("h1", "h3")) == 6, "six run elsewhere")
    assert time.monotonic() - watch.begun < 60
    assert by_host(web, "web")["h2"] == 2, "what nobody can reach goes on"
    assert {web.api.get(f"/tasks/{each}")["DesiredState"] for each in lost} == {"shutdown"}
    before = living(web, ("h1", "h3"))
    assert elsewhere.items() <= before.items(), "the others were not touched"

    watch = Watch()
    set_link(web.lab.host("h2"), "up")
    watch.until(lambda: state(web, node) == "ready", "ready after the cable is back")
    watch.until(lambda: by_host(web, "web")["h2"] == 0, "the leftovers are gone")
    watch.until(lambda: by_host(web, "everywhere")["h2"] == 1, "the global service is back")
    wait_running(web, "web", 6)
    stays(lambda: web.lives("web") == before, "nothing that runs is restarted or moved", 3)
    assert {web.api.get(f"/tasks/{each}")["Status"]["State"] for each in lost} == {"shutdown"}


def test_cable_of_the_manager(web):
    """All others look lost to it; what runs there must be in order again when the cable is back."""
    watch = Watch()
    set_link(web.lab.host("h1"), "down")
    watch.until(lambda: {state(web, web.node_id(host)) for host in ("h2", "h3")} == {"down"}, "both are down")
    watch.until(lambda: by_host(web, "web")["h1"] == 6, "all run at the manager's host")
    watch = Watch()
    set_link(web.lab.host("h1"), "up")
    watch.until(lambda: {state(web, web.node_id(host)) for host in ("h2", "h3")} == {"ready"}, "both are back")
    watch.until(lambda: by_host(web, "web") == {"h1": 6, "h2": 0, "h3": 0}, "the leftovers are gone")
    watch.until(lambda: by_host(web, "everywhere") == {"h1": 1, "h2": 1, "h3": 1}, "the global service is everywhere")


def test_short_unplug(web):
    """Shorter than half the grace."""
    before = web.lives("web")
    set_link(web.lab.host("h2"), "down")
    time.sleep(1)
    set_link(web.lab.host("h2"), "up")
    stays(lambda: web.lives("web") == before, "nothing is replaced", 6)
    web.wait_for_nodes()


def test_engine_of_a_worker_is_killed(web):
    h2, node = web.lab.host("h2"), web.node_id("h2")
    elsewhere = living(web, ("h1", "h3"))
    watch = Watch()
    stop_engine(h2, how=signal.SIGKILL)

    def counted():
        return sum(len(web.running_on(host, "web")) for host in ("h1", "h3"))
    watch.until(lambda: state(web, node) == "down", "down after kill -9 of its dockerd")
    watch.until(lambda: counted() == 6, "six run elsewhere")
    before = living_without(web, "h2")
    assert elsewhere.items() <= before.items(), "the others were not touched"
    watch = Watch()
    start_engine(h2)
    watch.until(lambda: state(web, node) == "ready", "ready after the engine is back")
    watch.until(lambda: by_host(web, "everywhere")["h2"] == 1, "the global service is back")
    watch.until(lambda: by_host(web, "web")["h2"] == 0, "the leftovers are gone")
    assert web.lives("web") == before
    wait_running(web, "web", 6)


def living_without(members, gone):
    found = {}
    for host in NODES:
        if host != gone:
            for container in members.running_on(host, "web"):
                full = members.engines[host].get(f"/containers/{container['Id']}/json")
                found[container["Id"]] = full["State"]["StartedAt"]
    return found


@pytest.mark.parametrize("host", ["h2", "h3", "h1"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["kill9", "term"])
def test_daemon_is_started_again(web, host, how):
    """Within a moment: no container is touched and no task replaced."""
    before, tasks = web.lives("web"), {t["ID"] for t in web.api.get("/tasks")}
    node, daemon = web.node_id(host), web.daemons[host]
    watch = Watch()
    daemon.process.send_signal(how)
    daemon.process.wait(30)
    print(f"ended: {time.monotonic() - watch.begun:.2f} s")
    daemon.start()
    print(f"answers again: {time.monotonic() - watch.begun:.2f} s")
    watch.until(lambda: state(web, node) == "ready", "ready again")
    stays(lambda: web.lives("web") == before, "no container was touched", 4)
    assert {t["ID"] for t in web.api.get("/tasks")} == tasks, "no task was replaced"
    assert web.node_id(host) == node
    web.wait_for_nodes()


def test_daemon_of_a_worker_stays_away(web):
    node = web.node_id("h2")
    daemon = web.daemons["h2"]
    watch = Watch()
    daemon.kill()
    watch.until(lambda: state(web, node) == "down", "down after kill -9 of its swarmward")
    watch.until(lambda: sum(by_host(web, "web")[host] for host in ("h1", "h3")) == 6, "six run elsewhere")
    watch = Watch()
    daemon.start()
    watch.until(lambda: state(web, node) == "ready", "ready after its start")
    watch.until(lambda: by_host(web, "web")["h2"] == 0, "the leftovers are gone")
    wait_running(web, "web", 6)


def test_all_daemons_are_killed(web):
    before, tasks = web.lives("web"), {t["ID"] for t in web.api.get("/tasks")}
    for daemon in web.daemons.values():
        daemon.kill()
    watch = Watch()
    for host in reversed(NODES):
        web.daemons[host].start()
    web.wait_for_nodes()
    print(f"all ready: {time.monotonic() - watch.begun:.2f} s")
    stays(lambda: web.lives("web") == before, "no container was touched", 4)
    assert {t["ID"] for t in web.api.get("/tasks")} == tasks


@contextlib.contextmanager
def moved(host):
    """The host has another address, in the same network; it has its own again afterwards."""
    other = host.address.rsplit(".", 1)[0] + f".{host.number + 100}"

    def change(old, new):
        # In this order: with the first address of a network the kernel removes the others, too.
        ip("-n", host.netns, "addr", "del", f"{old}/24", "dev", "eth0")
        ip("-n", host.netns, "addr", "add", f"{new}/24", "dev", "eth0")
        if not ip("-n", host.netns, "route", "show", "default").stdout:
            ip("-n", host.netns, "route", "add", "default", "via", host.gateway)
    change(host.address, other)
    try:
        yield other
    finally:
        change(other, host.address)


def works_everywhere(members):
    """New tasks come up on each node, whatever moved where before."""
    create(members.api, "new", replicas=6, **QUICK)
    wait_until(lambda: by_host(members, "new") == {"h1": 2, "h2": 2, "h3": 2}, "two on each node")
    members.api.request("DELETE", "/services/new")
    wait_until(lambda: by_host(members, "new") == {"h1": 0, "h2": 0, "h3": 0}, "and gone again")


def all_know(web, host, address):
    """Everybody knows the host by this address, and the nodes have been ready for a while."""
    node, watch = web.node_id(host), Watch()
    watch.until(lambda: web.api.get(f"/nodes/{node}")["Status"]["Addr"] == address, f"node inspect shows {address}")
    if host == "h1":
        watch.until(lambda: web.api.get(f"/nodes/{node}")["ManagerStatus"]["Addr"] == f"{address}:2377",
                    "the manager's address too")
        for other in ("h2", "h3"):
            watch.until(lambda: [m["Addr"] for m in web.members[other].get("/info")["Swarm"]["RemoteManagers"]]
                        == [f"{address}:2377"], f"{other} knows it")

    def steady():
        stays(lambda: {state(web, web.node_id(each)) for each in NODES} == {"ready"}, "all are ready", 3)
        return True
    watch.until(steady, "all have been ready for 3 s")
    watch.until(lambda: sum(by_host(web, "web").values()) == 6, "six run")
    watch.until(lambda: by_host(web, "everywhere") == {"h1": 1, "h2": 1, "h3": 1}, "the global service is everywhere")


@pytest.mark.parametrize("host", ["h2", "h1"], ids=["worker", "manager"])
def test_address_changes(web, host):
    with moved(web.lab.host(host)) as address:
        all_know(web, host, address)
        works_everywhere(web)
    all_know(web, host, web.lab.host(host).address)
    works_everywhere(web)


def test_the_managers_address_changes_while_it_is_off(web):
    """As with a host that comes up with another lease."""
    daemon, host = web.daemons["h1"], web.lab.host("h1")
    daemon.stop()
    with moved(host) as address:
        daemon.start()
        all_know(web, "h1", address)
        works_everywhere(web)
        daemon.stop()
    daemon.start()
    all_know(web, "h1", host.address)
    works_everywhere(web)
