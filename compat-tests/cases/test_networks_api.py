"""The swarm's networks in the API: made, shown, listed and removed."""
import ipaddress
import json

import pytest

from harness.networks import allocated, in_network, make, names, nets, subnet  # noqa: F401
from harness.services import create

INVALID = "rpc error: code = InvalidArgument desc = "
IN_USE = "rpc error: code = FailedPrecondition desc = "


def test_a_network_is_shown(nets):
    ident = make(nets.api, "back", Labels={"tier": "db"}, Attachable=True, Internal=True)
    assert len(ident) == 25
    shown = allocated(nets.api, "back")
    assert (shown["Id"], shown["Name"], shown["Scope"], shown["Driver"]) == (ident, "back", "swarm", "overlay")
    assert (shown["Attachable"], shown["Internal"], shown["Ingress"], shown["ConfigOnly"]) == (True, True, False, False)
    assert shown["Labels"] == {"tier": "db"} and shown["ConfigFrom"] == {"Network": ""}
    assert shown["Containers"] in (None, {}) and not shown["EnableIPv6"]
    vni = shown["Options"]["com.docker.network.driver.overlay.vxlanid_list"]
    assert int(vni) >= 4096
    config = shown["IPAM"]["Config"][0]
    assert shown["IPAM"]["Driver"] == "default" and config["Gateway"] == str(subnet(shown)[1])
    listed = [n for n in nets.api.get("/networks") if n["Name"] == "back"]
    assert listed == [shown]
    for target in (ident, ident[:10], "back?scope=swarm", ident + "?scope=swarm", "back?verbose=true"):
        assert nets.api.get(f"/networks/{target}")["Id"] == ident


def test_what_was_asked_for_comes_back(nets):
    make(nets.api, "planned", EnableIPv6=True, Options={"com.docker.network.driver.mtu": "1400"}, IPAM={
        "Driver": "default", "Options": {"foo": "bar"},
        "Config": [{"Subnet": "10.88.0.0/24", "IPRange": "10.88.0.128/25", "Gateway": "10.88.0.9"}]})
    shown = allocated(nets.api, "planned")
    assert shown["IPAM"]["Config"] == [{"Subnet": "10.88.0.0/24", "IPRange": "10.88.0.128/25", "Gateway": "10.88.0.9"}]
    assert shown["IPAM"]["Options"]["foo"] == "bar"
    assert shown["EnableIPv6"] and shown["Options"]["com.docker.network.driver.mtu"] == "1400"


def test_subnets_follow_one_another(nets):
    first, second = (allocated(nets.api, name) for name in [make(nets.api, n) for n in ("one", "two")])
    assert subnet(first).prefixlen == subnet(second).prefixlen == 24
    assert int(subnet(second)[0]) - int(subnet(first)[0]) == 256
    ingress = [n for n in nets.api.get("/networks", scope="swarm") if n["Ingress"]]
    assert all(str(subnet(n)) == "10.0.0.0/24" for n in ingress)
    assert subnet(first).subnet_of(ipaddress.ip_network("10.0.0.0/8"))


@pytest.mark.parametrize("body, status, message", [
    ({"Name": "none"}, 403, "operation is not permitted on predefined none network "),
    ({"Name": "default"}, 403, "operation is not permitted on predefined default network "),
    ({"Name": "host"}, 409, "network with name host already exists"),
    ({"Name": "bridge", "Driver": "bridge"}, 409, "network with name bridge already exists"),
    ({"Name": "a.b"}, 400, INVALID + "name must be valid as a DNS name component"),
    ({"Name": "x" * 64}, 400, INVALID + "name must be 63 characters or fewer"),
    ({"Name": "x", "Ingress": True, "Attachable": True}, 400, INVALID + "ingress network cannot be attachable"),
    ({"Name": "x", "Scope": "local"}, 403, "cannot downgrade network scope for overlay networks"),
    ({"Name": "x", "Scope": "swarm", "Driver": ""}, 400,
     INVALID + "driver name: if driver is specified name is required"),
    ({"Name": "x", "Scope": "swarm", "Driver": "zz"}, 404, 'plugin "zz" not found'),
    ({"Name": "x", "Driver": "zz"}, 404, 'plugin "zz" not found'),
    ({"Name": "x", "Labels": {"com.docker.swarm.predefined": "true"}}, 403,
     "rpc error: code = PermissionDenied desc = label com.docker.swarm.predefined is for internally created predefined "
     "networks and cannot be applied by users"),
    ({"Name": "x", "IPAM": {"Driver": "nope"}}, 400, INVALID + "error during lookup of plugin nope"),
    ({"Name": "x", "IPAM": {"Config": [{"Subnet": "10.8.0.0/24", "Gateway": "10.7.0.1"}]}}, 400,
     INVALID + "ipam configuration: subnet 10.8.0.0/24 does not contain gateway 10.7.0.1"),
    ({"Name": "x", "IPAM": {"Config": [{"Subnet": "10.8.0.0/24", "IPRange": "10.7.0.0/25"}]}}, 400,
     INVALID + "ipam configuration: subnet 10.8.0.0/24 does not contain range 10.7.0.0/25"),
], ids=lambda value: json.dumps(value)[:50] if isinstance(value, dict) else "")
def test_bad_requests(nets, body, status, message):
    reply = nets.api.request("POST", "/networks/create", {"Driver": "overlay", **body})
    assert (reply.status, reply.message) == (status, message)


@pytest.mark.swarmward_only("native finds out when a task starts")
@pytest.mark.parametrize("mtu", ["abc", "-5", "50", "1500x", ""])
def test_bad_mtu(nets, mtu):
    reply = nets.api.request("POST", "/networks/create", {"Name": "x", "Driver": "overlay", "Options": {
        "com.docker.network.driver.mtu": mtu}})
    assert (reply.status, reply.message) == (400, f"invalid MTU value: {mtu}: give a number from 576 to 65485")
    assert "x" not in {n["Name"] for n in nets.api.get("/networks")}


def test_names_are_taken_once(nets):
    make(nets.api, "back")
    nets.api.post("/networks/create", {"Name": "mine", "Driver": "bridge"})
    for body in ({"Name": "back"}, {"Name": "back", "Driver": "bridge"}, {"Name": "mine", "CheckDuplicate": True}):
        reply = nets.api.request("POST", "/networks/create", {"Driver": "overlay", **body})
        assert (reply.status, reply.message) == (409, f"network with name {body['Name']} already exists")
    reply = nets.api.request("POST", "/networks/create", {"Name": "BACK", "Driver": "overlay"})
    assert (reply.status, reply.message) == (
        500, "rpc error: code = Unknown desc = name conflicts with an existing object")
    assert nets.api.request("GET", "/networks/BACK").status == 404


@pytest.mark.differs("subnets with bits beyond their prefix: engines before 25 take them")
def test_subnets_are_masked(nets):
    reply = nets.api.request("POST", "/networks/create", {
        "Name": "x", "Driver": "overlay", "IPAM": {"Config": [{"Subnet": "10.0.0.1/24"}]}})
    assert (reply.status, reply.message) == (
        400, "invalid network config:\ninvalid subnet 10.0.0.1/24: it should be 10.0.0.0/24")


@pytest.mark.differs("networks of the swarm that this version does not have")
def test_what_is_not_there_is_refused(nets):
    reply = nets.api.request("POST", "/networks/create", {
        "Name": "x", "Driver": "overlay", "EnableIPv6": True, "IPAM": {"Config": [{"Subnet": "fd00:1::/64"}]}})
    assert reply.status == 400 and "this version" in reply.message


def test_filters(nets):
    front = make(nets.api, "front", Labels={"tier": "web", "x": ""})
    make(nets.api, "rear", Labels={"tier": "db"})
    nets.api.post("/networks/create", {"Name": "mine", "Driver": "bridge", "Labels": {"tier": "db"}})
    for name in ("front", "rear"):
        allocated(nets.api, name)
    assert names(nets.api, driver="overlay") == ["front", "rear"]
    assert names(nets.api, scope="swarm") == ["front", "rear"]
    assert {"front", "rear"}.isdisjoint(names(nets.api, scope="local"))
    assert {"front", "rear", "mine"} <= set(names(nets.api, type_=["custom"]))
    assert names(nets.api, type_=["builtin"]) == ["bridge", "host", "none"]
    assert names(nets.api, name="front") == ["front"]
    assert names(nets.api, id=front[:12]) == ["front"]
    assert names(nets.api, label="tier=db") == ["mine", "rear"]
    assert names(nets.api, label=["tier", "x"]) == ["front"]
    assert names(nets.api, scope="zz") == []
    reply = nets.api.request("GET", '/networks?filters={"foo":["x"]}')
    assert (reply.status, reply.message.lower()) == (400, "invalid filter 'foo'")
    reply = nets.api.request("GET", '/networks?filters={"type":["zz"]}')
    assert (reply.status, reply.message) == (500, "invalid filter: 'type'='zz'")


def test_the_swarms_come_first(nets):
    make(nets.api, "back")
    scopes = [n["Scope"] for n in nets.api.get("/networks")]
    assert scopes == sorted(scopes, reverse=True) and "local" in scopes
    listed = [n["Name"] for n in nets.api.get("/networks")]
    assert len(listed) == len(set(listed))


def test_hidden_networks(nets):
    for name in ("host", "bridge"):
        shown = nets.api.get(f"/networks/{name}?scope=swarm")
        assert (shown["Name"], shown["Driver"], shown["Scope"]) == (name, name, "swarm")
        assert nets.api.get(f"/networks/{name}")["Scope"] == "local"
    for target in ("none?scope=swarm", "nope", "docker0?scope=local"):
        reply = nets.api.request("GET", f"/networks/{target}")
        assert (reply.status, reply.message) == (404, f"network {target.split('?')[0]} not found")
    make(nets.api, "back")
    assert nets.api.request("GET", "/networks/back?scope=local").status == 404
    reply = nets.api.request("GET", "/networks/back?verbose=zz")
    assert reply.status == 400 and reply.message.startswith("invalid value for verbose: zz")


def test_removal(nets):
    ident = make(nets.api, "back")
    reply = nets.api.request("DELETE", "/networks/back")
    assert (reply.status, reply.body) == (204, b"")
    for method, target in (("DELETE", "back"), ("GET", ident), ("DELETE", ident)):
        reply = nets.api.request(method, f"/networks/{target}")
        assert (reply.status, reply.message) == (404, f"network {target} not found")
    reply = nets.api.request("DELETE", "/networks/host")
    assert (reply.status, reply.message) == (403, "host is a pre-defined network and cannot be removed")


def test_one_in_use_stays(nets):
    ident = make(nets.api, "back")
    service = create(nets.api, "web", **in_network("back"))
    reply = nets.api.request("DELETE", "/networks/back")
    assert (reply.status, reply.message) == (400, f"{IN_USE}network {ident} is in use by service {service}")
    assert "back" not in (nets.api.post("/networks/prune")["NetworksDeleted"] or [])
    # The service's tasks may still be there, which does not matter.
    nets.api.delete("/services/web")
    assert nets.api.request("DELETE", "/networks/back").status == 204


def test_prune(nets):
    make(nets.api, "old", Labels={"keep": "no"})
    make(nets.api, "new", Labels={"keep": "yes"})
    nets.api.post("/networks/create", {"Name": "mine", "Driver": "bridge", "Labels": {"keep": "no"}})

    def prune(filters):
        query = json.dumps(filters).replace(" ", "")
        pruned = nets.api.post(f"/networks/prune?filters={query}")["NetworksDeleted"] or []
        return sorted(name for name in pruned if name != "docker_gwbridge")  # Left by a swarm of the engine itself.
    assert prune({"until": ["1h"]}) == []
    assert prune({"label!": ["keep"]}) == []
    assert prune({"label": ["keep=no"]}) == ["mine", "old"]
    assert prune({}) == ["new"]
    reply = nets.api.request("POST", '/networks/prune?filters={"foo":["x"]}')
    assert (reply.status, reply.message.lower()) == (400, "invalid filter 'foo'")
