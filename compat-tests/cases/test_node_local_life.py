"""Networks that are each host's own, while hosts drain, leave and lose their daemons, and services change."""
import pytest

from harness.mesh import attach, everywhere, on, several
from harness.network_doctor import ward  # noqa: F401
from harness.node_local import OWN_SUBNETS, configure, configured_after, endpoint, is_in, make, own_subnet, sweep
from harness.services import availability, inspect_task, wait_running
from harness.targets import NODES
from harness.waiting import stays, wait_until


@pytest.fixture
def yards(members):
    """The id of a network of bridges, another on each host."""
    sweep(members)
    configure(members, "yard-config", own_subnet)
    yield make(members, "yard", **configured_after("yard-config"))
    members.clear()
    sweep(members)


def bridges(members, host):
    """The names of the swarm's bridges on the engine of a host."""
    return [n["Name"] for n in members.engines[host].get("/networks", driver=["bridge"])
            if n["Name"].startswith("yard") and not n["ConfigOnly"]]


def test_a_drained_host_gives_it_up(members, yards):
    several(members, "web", 3, "yard")
    wait_until(lambda: all(bridges(members, host) == ["yard"] for host in NODES), "each host has it")
    availability(members.api, "h2", "drain")
    wait_until(lambda: not members.running_on("h2", "web") and bridges(members, "h2") == [], "h2 has it no more")
    wait_running(members, "web", 3)
    availability(members.api, "h2", "active")


def test_a_service_joins_and_leaves_it(members, yards):
    several(members, "web", 2)
    members.api.update("web", lambda spec: spec["TaskTemplate"].update(attach("yard")))
    wait_until(lambda: [a["Network"]["ID"] for t in members.api.running("web")
                        for a in t.get("NetworksAttachments", [])]
               == [yards] * 2, "both tasks are in it")
    assert members.api.service("web")["Endpoint"]["VirtualIPs"] == [{"NetworkID": yards}]
    members.api.update("web", lambda spec: spec["TaskTemplate"].pop("Networks"))
    wait_until(lambda: len(members.api.running("web")) == 2 and not any(
        t.get("NetworksAttachments") for t in members.api.running("web")), "both tasks have left it")


@pytest.mark.swarmward_only("native gives both the same name")
def test_a_network_of_the_hosts_own_has_its_name(members, yards):
    members.engines["h2"].post("/networks/create", {"Name": "yard"})
    everywhere(members, "web", "yard")
    joined = inspect_task(members, on(members, "web", "h2"))["NetworkSettings"]["Networks"]
    assert list(joined) == [f"yard.{yards[:12]}"]
    assert is_in(joined[f"yard.{yards[:12]}"]["IPAddress"], OWN_SUBNETS["h2"])
    assert members.engines["h2"].get("/networks/yard")["Labels"] == {}


@pytest.mark.swarmward_only("there is no daemon to kill beside the engine")
def test_killed_daemons_leave_it_as_it_is(members, yards):
    everywhere(members, "web", "yard")
    before = {task["ID"] for task in members.api.running("web")}
    ids = {host: members.engines[host].get("/networks/yard")["Id"] for host in NODES}
    for daemon in members.daemons.values():
        daemon.kill()
    for daemon in members.daemons.values():
        daemon.start()
    members.wait_for_nodes()
    stays(lambda: {task["ID"] for task in members.api.running("web")} == before, "the same tasks run", 5)
    assert {host: members.engines[host].get("/networks/yard")["Id"] for host in NODES} == ids
    members.api.update("web", lambda spec: spec["TaskTemplate"].update(ForceUpdate=1))
    wait_until(lambda: len({t["ID"] for t in members.api.running("web")} - before) == 3, "all tasks are new")
    assert is_in(endpoint(members, "web", "h2", "yard")["IPAddress"], OWN_SUBNETS["h2"])


def test_who_leaves_has_it_no_more(members, yards):
    everywhere(members, "web", "yard")
    old = members.node_id("h3")
    members.members["h3"].post("/swarm/leave?force=true")
    wait_until(lambda: bridges(members, "h3") == [], "h3 has it no more")
    members.api.delete(f"/nodes/{old}?force=true")
    members.join("h3")
    members.wait_for_nodes()
    wait_until(lambda: bridges(members, "h3") == ["yard"], "h3 has it again")


@pytest.mark.swarmward_only("native has no doctor")
def test_the_doctor_finds_nothing(members, yards, ward):
    overlay = members.api.post("/networks/create", {"Name": "back", "Driver": "overlay"})["Id"]
    everywhere(members, "web", "yard", overlay)
    wait_until(lambda: ward.doctor()[0] == 0, "all is well")
    refused = ward("doctor", "--network", "yard")
    assert "nodes share nothing of it" in refused.stderr
    assert "is in no overlay network" not in ward("trace", "web").stderr
