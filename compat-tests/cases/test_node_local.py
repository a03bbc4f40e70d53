"""Networks of the swarm that each engine makes for itself: macvlan and bridges, after --config-only networks."""
import json

import pytest

from harness.mesh import (addresses, attach, client_place, container, everywhere, inside, lan_address, on, publish, reaches,
                          resolved, several, virtual_ip)
from harness.node_local import (OWN_SUBNETS, configure, configured_after, endpoint, is_in, make, own_subnet, sweep)
from harness.requests import ask_from
from harness.services import SECOND, create, inspect_task, shell, wait_running
from harness.targets import NODES
from harness.waiting import wait_until

INVALID = "rpc error: code = InvalidArgument desc = "


@pytest.fixture
def plain(members):
    sweep(members)
    yield members
    for engine in members.engines.values():
        for name in ("one", "two"):
            engine.request("DELETE", f"/containers/{name}?force=1")
    members.clear()
    sweep(members)


@pytest.fixture
def yards(plain):
    """The id of a network of bridges, another on each host."""
    configure(plain, "yard-config", own_subnet)
    return make(plain, "yard", Attachable=True, **configured_after("yard-config"))


def inspected(members, name, host="h1", query=""):
    return (members.api if host == "h1" else members.members[host]).get(f"/networks/{name}{query}")


def test_what_the_manager_shows_before_anybody_is_there(plain, yards):
    shown = inspected(plain, "yard")
    assert (shown["Id"], shown["Driver"], shown["Scope"]) == (yards, "bridge", "swarm")
    assert shown["ConfigFrom"] == {"Network": "yard-config"} and shown["Attachable"] and not shown["ConfigOnly"]
    assert shown["IPAM"] == {"Driver": "", "Options": None, "Config": []}
    assert shown["Options"] is None and shown["Labels"] is None and not shown["Containers"]
    assert [n["Id"] for n in plain.api.get("/networks", driver=["bridge"], scope=["swarm"])] == [yards]
    assert yards not in [n["Id"] for n in plain.api.get("/networks", driver=["overlay"])]


def test_each_task_is_in_the_network_of_its_host(plain, yards):
    everywhere(plain, "web", "yard")
    for host in NODES:
        place = endpoint(plain, "web", host, "yard")
        assert is_in(place["IPAddress"], OWN_SUBNETS[host])
    task = on(plain, "web", "h2")
    assert [a["Network"]["ID"] for a in task["NetworksAttachments"]] == [yards]
    attachment = task["NetworksAttachments"][0]
    assert "Addresses" not in attachment
    assert attachment["Network"]["DriverState"] == {"Name": "bridge"}
    assert attachment["Network"]["IPAMOptions"] == {"Driver": {}}
    assert attachment["Network"]["Spec"]["ConfigFrom"] == {"Network": "yard-config"}
    assert attachment["Network"]["Spec"]["DriverConfiguration"] == {"Name": "bridge"}
    assert plain.api.service("web")["Endpoint"] == {"Spec": {}, "VirtualIPs": [{"NetworkID": yards}]}


@pytest.mark.parametrize("host", ["h1", "h2"])
def test_what_a_host_with_a_task_shows(plain, yards, host):
    everywhere(plain, "web", "yard")
    shown = inspected(plain, "yard", host)
    assert (shown["Id"], shown["Driver"], shown["Scope"]) == (yards, "bridge", "swarm")
    assert shown["ConfigFrom"] == {"Network": "yard-config"} and shown["Attachable"]
    assert [config["Subnet"] for config in shown["IPAM"]["Config"]] == [OWN_SUBNETS[host]]
    assert shown["Labels"] == {"where": host}
    assert list(shown["Containers"]) == [container(on(plain, "web", host))]
    assert shown["Containers"][container(on(plain, "web", host))]["IPv4Address"].endswith("/24")


@pytest.mark.swarmward_only("native knows no services by name in bridges")
def test_tasks_of_one_host_find_each_other_by_name(plain, yards):
    here = {"Placement": {"Constraints": ["node.hostname==h2"]}}
    several(plain, "web", 2, **here, Networks=[{"Target": "yard", "Aliases": ["site"]}])
    several(plain, "client", 1, "yard", **here)
    own = {inspect_task(plain, task)["NetworkSettings"]["Networks"]["yard"]["IPAddress"]
           for task in plain.api.running("web")}
    client = on(plain, "client", "h2")
    for name in ("web", "tasks.web", "site", "tasks.site"):
        wait_until(lambda: set(resolved(plain, client, name)) == own, f"{name} leads to both tasks")
    reaches(plain, client, own.pop())


def test_options_of_the_place_reach_the_engine(plain, yards):
    overlay = plain.api.post("/networks/create", {"Name": "back", "Driver": "overlay"})["Id"]
    several(plain, "web", 1, Networks=[{"Target": name, "DriverOpts": {"some.option": name}} for name in (yards, overlay)])
    networks = inspect_task(plain, plain.api.running("web")[0])["NetworkSettings"]["Networks"]
    assert networks["yard"]["DriverOpts"]["some.option"] == yards
    assert networks["back"]["DriverOpts"]["some.option"] == overlay


def test_tasks_on_a_macvlan_are_on_the_lan(plain):
    lan = lan_address(plain, "h1").rsplit(".", 1)[0]
    configure(plain, "lan-config", lambda host: {"Options": {"parent": "eth0"}, "IPAM": {"Config": [
        {"Subnet": f"{lan}.0/24", "IPRange": f"{lan}.{64 + 16 * NODES.index(host)}/28", "Gateway": f"{lan}.253"}]}})
    make(plain, "lan", "macvlan", **configured_after("lan-config"))
    everywhere(plain, "web", "lan")
    own = {host: endpoint(plain, "web", host, "lan")["IPAddress"] for host in NODES}
    assert len(set(own.values())) == len(NODES) and all(is_in(each, f"{lan}.64/26") for each in own.values())
    for host in NODES:
        reaches(plain, on(plain, "web", "h1"), own[host])
        wait_until(lambda: ask_from(client_place(plain), f"http://{own[host]}/", 1) != [None], f"{host} answers the LAN")


def test_the_configuration_is_missing_until_it_is_there(plain):
    make(plain, "yard", **configured_after("late"))
    create(plain.api, "web", replicas=1, RestartPolicy={"Delay": SECOND}, **attach("yard"))
    wait_until(lambda: [t["Status"].get("Err") for t in plain.api.tasks("web") if t["Status"]["State"] == "rejected"],
               "a task is rejected")
    rejected = [t for t in plain.api.tasks("web") if t["Status"]["State"] == "rejected"]
    assert {t["Status"]["Err"] for t in rejected} == {'configuration network "late" does not exist'}
    configure(plain, "late", own_subnet)
    wait_running(plain, "web", 1)


def test_containers_of_users_join(plain, yards, cli):
    for host, name in (("h1", "one"), ("h2", "two")):
        cli(host)("run", "-d", "--name", name, "--network", "yard", "--network-alias", "mine", "alpine", "sleep", "900")
        shown = json.loads(cli(host)("inspect", name).out)[0]["NetworkSettings"]["Networks"]["yard"]
        assert is_in(shown["IPAddress"], OWN_SUBNETS[host]) and "mine" in shown["Aliases"]
    wait_until(lambda: len(plain.api.get("/tasks", runtime=["attachment"])) == 2, "both are known")
    assert plain.api.request("DELETE", "/networks/yard").status in (400, 403, 409)
    cli("h2")("rm", "-f", "two")
    cli("h1")("rm", "-f", "one")


@pytest.mark.swarmward_only("native gives another address")
def test_a_container_asks_for_an_address(plain, yards, cli):
    cli("h2")("run", "-d", "--name", "two", "--network", "yard", "--ip", "10.99.2.77", "alpine", "sleep", "900")
    shown = json.loads(cli("h2")("inspect", "two").out)[0]["NetworkSettings"]["Networks"]["yard"]
    assert shown["IPAddress"] == "10.99.2.77"


def test_a_container_is_connected_and_disconnected(plain, yards, cli):
    cli("h2")("run", "-d", "--name", "two", "alpine", "sleep", "900")
    cli("h2")("network", "connect", "yard", "two")
    networks = json.loads(cli("h2")("inspect", "two").out)[0]["NetworkSettings"]["Networks"]
    assert is_in(networks["yard"]["IPAddress"], OWN_SUBNETS["h2"])
    cli("h2")("network", "disconnect", "yard", "two")
    assert "yard" not in json.loads(cli("h2")("inspect", "two").out)[0]["NetworkSettings"]["Networks"]


def test_a_network_that_nobody_may_join(plain, cli):
    make(plain, "shut")
    refused = cli("h1")("run", "-d", "--name", "one", "--network", "shut", "alpine", "sleep", "900", code=125)
    assert "network shut not manually attachable" in refused.err


def test_it_goes_with_its_last_task(plain, yards):
    everywhere(plain, "web", "yard")
    refused = plain.api.request("DELETE", "/networks/yard")
    assert (refused.status, "is in use by service" in refused.message) == (400, True)
    plain.clear()
    wait_until(lambda: not [n for engine in plain.engines.values() for n in engine.get("/networks")
                            if n["Name"] == "yard" and n["Driver"] == "bridge" and n["Scope"] == "local"],
               "the engines have removed it")
    assert plain.api.request("DELETE", "/networks/yard").status == 204


def test_removed_and_made_again_under_the_same_name(plain, yards):
    several(plain, "web", 3, "yard")
    plain.clear()
    assert plain.api.request("DELETE", "/networks/yard").status == 204
    configure(plain, "other-config", lambda host: {"IPAM": {"Config": [{"Subnet": "10.97.0.0/24"}]}})
    make(plain, "yard", **configured_after("other-config"))
    everywhere(plain, "web", "yard")
    assert all(is_in(endpoint(plain, "web", host, "yard")["IPAddress"], "10.97.0.0/24") for host in NODES)


@pytest.mark.swarmward_only("native lets the first tasks fail, or not")
def test_made_again_while_old_tasks_stop(plain, yards):
    slow = shell("trap 'sleep 3; exit 0' TERM; while :; do sleep 0.1; done", StopGracePeriod=30 * SECOND)
    everywhere(plain, "web", "yard", container=slow)
    plain.api.delete("/services/web")
    plain.api.delete("/networks/yard")
    ident = make(plain, "yard", **configured_after("yard-config"))
    everywhere(plain, "next", "yard", RestartPolicy={"Condition": "none"})
    assert {a["Network"]["ID"] for t in plain.api.tasks("next") for a in t["NetworksAttachments"]} == {ident}
    assert len(plain.api.tasks("next")) == len(NODES)


@pytest.mark.swarmward_only("native does not let the configuration go")
def test_what_it_was_configured_after_may_go(plain, yards):
    everywhere(plain, "web", "yard")
    for host in NODES:
        plain.engines[host].delete("/networks/yard-config")
    for daemon in plain.daemons.values():
        daemon.kill()
        daemon.start()
    plain.wait_for_nodes()
    plain.api.update("web", lambda spec: spec["TaskTemplate"].update(ForceUpdate=1))
    wait_until(lambda: len(plain.api.tasks("web")) == 6, "each host has a second task")
    wait_running(plain, "web", 3)


def test_beside_an_overlay_network(plain, yards):
    overlay = plain.api.post("/networks/create", {"Name": "back", "Driver": "overlay"})["Id"]
    everywhere(plain, "web", "back", "yard")
    task = on(plain, "web", "h3")
    assert {a["Network"]["ID"] for a in task["NetworksAttachments"]} == {overlay, yards}
    inside_of = inspect_task(plain, task)["NetworkSettings"]["Networks"]
    assert is_in(inside_of["yard"]["IPAddress"], OWN_SUBNETS["h3"]) and "back" in inside_of


@pytest.mark.swarmward_only("native needs IPVS in the kernel")
def test_names_are_those_of_the_overlay_where_there_is_one(plain, yards):
    overlay = plain.api.post("/networks/create", {"Name": "back", "Driver": "overlay"})["Id"]
    everywhere(plain, "web", overlay, "yard")
    task = on(plain, "web", "h2")
    vip = virtual_ip(plain, "web", overlay)
    wait_until(lambda: resolved(plain, task, "web") == [vip], "the name leads to the virtual address")
    wait_until(lambda: set(resolved(plain, task, "tasks.web")) == addresses(plain, "web", overlay), "and to all hosts")


@pytest.mark.swarmward_only("native needs IPVS in the kernel")
def test_published_ports_answer(plain, yards):
    everywhere(plain, "web", "yard", EndpointSpec=publish())
    for host in NODES:
        wait_until(lambda: len(set(ask_from(client_place(plain), f"http://{lan_address(plain, host)}:8080/", 6))
                               - {None}) == len(NODES), f"{host} leads to all three")


@pytest.mark.swarmward_only("native forgets what is not said by a configuration network")
def test_options_and_subnet_of_the_network_itself(plain):
    options = {"com.docker.network.bridge.name": "yard0", "com.docker.network.driver.mtu": "1400"}
    make(plain, "yard", Options=options, Internal=True, Labels={"a": "b"},
         IPAM={"Config": [{"Subnet": "10.98.0.0/24", "Gateway": "10.98.0.9"}]})
    everywhere(plain, "web", "yard")
    for host in NODES:
        assert is_in(endpoint(plain, "web", host, "yard")["IPAddress"], "10.98.0.0/24")
    shown = inspected(plain, "yard")
    assert shown["Options"] == options and shown["Internal"] and shown["Labels"] == {"a": "b"}
    assert shown["IPAM"]["Config"] == [{"Subnet": "10.98.0.0/24", "Gateway": "10.98.0.9"}]
    assert "mtu 1400" in inside(plain, on(plain, "web", "h2"), "ip", "link", "show", "eth0")[1]


@pytest.mark.swarmward_only("native forgets the subnet")
def test_a_subnet_of_ipv6(plain):
    make(plain, "yard", EnableIPv6=True, IPAM={"Config": [{"Subnet": "fd00:77::/64"}]})
    everywhere(plain, "web", "yard")
    for host in NODES:
        assert is_in(endpoint(plain, "web", host, "yard")["GlobalIPv6Address"], "fd00:77::/64")


@pytest.mark.swarmward_only("native forgets the subnet")
def test_a_shared_wire_is_warned_of(plain):
    answer = plain.api.post("/networks/create", {"Name": "lan", "Driver": "macvlan", "Scope": "swarm",
                                                 "IPAM": {"Config": [{"Subnet": "10.98.0.0/24"}]}})
    assert "without asking the others" in answer["Warning"]


@pytest.mark.parametrize("parts, status, message", [
    ({"Driver": "nope"}, 404, 'plugin "nope" not found'),
    ({"Driver": "null"}, 400, INVALID + "error during lookup of plugin null"),
    ({"Driver": "bridge", "Ingress": True}, 403, "Ingress network can only be global scope network"),
    ({"Driver": "macvlan", "ConfigOnly": True}, 403,
     "configuration network can only contain network specific fields. Network operator fields like [ ingress | internal "
     "| attachable | scope ] are not supported."),
    *[({"Driver": "macvlan", "ConfigFrom": {"Network": "x"}, **part}, 403, "user specified configurations are not "
       "supported if the network depends on a configuration network")
      for part in ({"IPAM": {"Config": [{"Subnet": "10.5.0.0/24"}]}}, {"Labels": {"a": "b"}}, {"EnableIPv6": True})],
    ({"Driver": "macvlan", "ConfigFrom": {"Network": "x"}, "Options": {"parent": "eth0"}}, 403,
     "network driver options are not supported if the network depends on a configuration network"),
], ids=lambda value: json.dumps(value)[:60] if isinstance(value, dict) else "")
def test_bad_requests(plain, parts, status, message):
    reply = plain.api.request("POST", "/networks/create", {"Name": "bad", "Scope": "swarm", **parts})
    assert (reply.status, reply.message) == (status, message)
