"""Attachable networks: containers that are no tasks in networks of the swarm. Rows of the networks' list."""
import ipaddress
import json

import pytest

from harness.attached import address, attachments, endpoint, make, reaches, resolved, start, sweep
from harness.services import SECOND, create, wait_running
from harness.targets import NODES
from harness.waiting import wait_until

SUBNET = "10.88.0.0/24"
LABEL = "attached"
FAILED = "attaching to network failed, make sure your network options are correct and check manager logs: "
REFUSED = ("Could not attach to network shut: rpc error: code = PermissionDenied desc = network shut not manually "
           "attachable")


@pytest.fixture
def open_net(members):
    """The id of an attachable network."""
    sweep(members)
    yield make(members, "open", IPAM={"Config": [{"Subnet": SUBNET}]})
    members.clear()
    sweep(members)


def test_row_n01_n15_containers_on_different_hosts_reach_each_other(members, cli, open_net):
    for host in NODES:
        start(cli(host), f"on-{host}")
    addresses = {address(cli(host), f"on-{host}") for host in NODES}
    assert len(addresses) == len(NODES)
    assert all(ipaddress.ip_address(each) in ipaddress.ip_network(SUBNET) for each in addresses)
    for host in NODES:
        for there in addresses:
            wait_until(lambda: reaches(cli(host), f"on-{host}", there), f"{host} reaches {there}")


def test_row_n03_inspect_shows_network_and_container(members, cli, open_net):
    ident = start(cli("h1"), "web")
    seen = endpoint(cli("h1"), "web")
    assert seen["IPPrefixLen"] == 24 and seen["EndpointID"]
    assert seen["MacAddress"] == "02:42:" + ":".join(f"{int(part):02x}" for part in seen["IPAddress"].split("."))
    shown = json.loads(cli("h1")("network", "inspect", "open").out)[0]
    assert (shown["Id"], shown["Driver"], shown["Scope"], shown["Attachable"]) == (open_net, "overlay", "swarm", True)
    assert shown["Containers"][ident] == {"Name": "web", "EndpointID": seen["EndpointID"], "IPv6Address": "",
                                          "MacAddress": seen["MacAddress"], "IPv4Address": seen["IPAddress"] + "/24"}


def test_attachments_are_tasks_that_lists_hide(members, cli, open_net):
    ident = start(cli("h1"), "web")
    wait_until(lambda: [t["Status"]["State"] for t in attachments(members)] == ["running"], "the attachment runs")
    task = attachments(members)[0]
    assert task["Spec"]["NetworkAttachmentSpec"]["ContainerID"] == ident
    assert task["NodeID"] == members.node_id("h1") and "ServiceID" not in task
    assert task["NetworksAttachments"][0]["Addresses"] == [address(cli("h1"), "web") + "/24"]
    assert members.api.get("/tasks") == []
    assert cli("h1")("node", "ps", "self", "-q").out == ""
    cli("h1")("rm", "-f", "web")
    wait_until(lambda: attachments(members) == [], "the attachment has gone")


def test_row_n04_a_restart_keeps_the_address(members, cli, open_net):
    for host in ("h1", "h2"):
        docker = cli(host)
        start(docker, "web", "--ip", "10.88.0.50")
        start(docker, "other")
        before = address(docker, "web")
        docker("restart", "-t", "0", "web")
        assert address(docker, "web") == before == "10.88.0.50"
        wait_until(lambda: reaches(docker, "other", before), "it is reached as before")
        docker("rm", "-f", "web", "other")
        wait_until(lambda: attachments(members) == [], "the attachments have gone")


@pytest.mark.swarmward_only("a stopped container gives its address back there")
def test_row_n04_a_stopped_container_keeps_its_address(members, cli, open_net):
    start(cli("h2"), "web")
    before = address(cli("h2"), "web")
    cli("h2")("stop", "-t", "0", "web")
    start(cli("h1"), "other")
    assert address(cli("h1"), "other") != before
    cli("h2")("start", "web")
    assert address(cli("h2"), "web") == before
    wait_until(lambda: reaches(cli("h1"), "other", before), "it is reached as before")


def test_row_n09_connect_and_disconnect(members, cli, open_net):
    for host in ("h1", "h2"):
        docker = cli(host)
        docker("run", "-d", "--name", f"late-{host}", "alpine", "sleep", "1000")
        docker("network", "connect", "--ip", "10.88.0.60", "--alias", "store", "open", f"late-{host}")
        assert address(docker, f"late-{host}") == "10.88.0.60"
        start(cli("h3"), "asking")
        wait_until(lambda: reaches(cli("h3"), "asking", "10.88.0.60"), "the connected container is reached")
        wait_until(lambda: resolved(cli("h3"), "asking", "store") == {"10.88.0.60"}, "by its alias, too")
        again = docker("network", "connect", "open", f"late-{host}", code=1)
        assert f"late-{host} is already attached to network open" in again.err
        docker("network", "disconnect", "open", f"late-{host}")
        assert "open" not in json.loads(docker("inspect", f"late-{host}").out)[0]["NetworkSettings"]["Networks"]
        wait_until(lambda: not resolved(cli("h3"), "asking", "store"), "the alias has gone")
        gone = docker("network", "disconnect", "open", f"late-{host}", code=1)
        assert "is not connected to" in gone.err or "not found" in gone.err
        cli("h3")("rm", "-f", "asking")


def test_row_n12_an_internal_network_leads_nowhere_else(members, cli, open_net):
    make(members, "inner", Internal=True)
    start(cli("h1"), "web", network="inner")
    start(cli("h2"), "other", network="inner")
    assert "default" not in cli("h1")("exec", "web", "ip", "route").out
    wait_until(lambda: resolved(cli("h1"), "web", "other") == {address(cli("h2"), "other", "inner")}, "names are known")


def test_row_n13_others_lead_outside(members, cli, open_net):
    start(cli("h1"), "web")
    assert "default" in cli("h1")("exec", "web", "ip", "route").out
    other = members.hosts[1].address
    wait_until(lambda: reaches(cli("h1"), "web", other), "another host is reached from inside")


def test_row_n15_refused_when_not_attachable(members, cli, open_net):
    make(members, "shut", Attachable=False)
    for host in ("h1", "h2"):
        refused = cli(host)("run", "-d", "--name", "web", "--network", "shut", "alpine", "sleep", "1000", code=125)
        assert REFUSED in refused.err
        cli(host)("rm", "-f", "web", code=None)
        cli(host)("run", "-d", "--name", "late", "alpine", "sleep", "1000")
        assert REFUSED in cli(host)("network", "connect", "shut", "late", code=1).err
    reply = members.api.request("POST", "/networks/shut/connect", {"Container": "late"})
    assert (reply.status, reply.message) == (500, REFUSED)
    refused = cli("h1")("run", "-d", "--name", "web", "--network", "ingress", "alpine", "sleep", "1000", code=125)
    assert "network ingress not manually attachable" in refused.err


def test_row_n16_the_address_of_ones_choice(members, cli, open_net):
    start(cli("h2"), "web", "--ip", "10.88.0.77")
    assert address(cli("h2"), "web") == "10.88.0.77"
    for host, wanted in (("h1", "10.88.0.77"), ("h3", "10.99.0.77")):
        refused = cli(host)("run", "-d", "--name", "twin", "--network", "open", "--ip", wanted, "alpine", "sleep",
                            "1000", code=125)
        assert FAILED in refused.err
        cli(host)("rm", "-f", "twin", code=None)
    cli("h2")("rm", "-f", "web")
    wait_until(lambda: attachments(members) == [], "the address is free")
    start(cli("h1"), "heir", "--ip", "10.88.0.77")
    assert address(cli("h1"), "heir") == "10.88.0.77"


def test_names_across_hosts(members, cli, open_net):
    ident = start(cli("h1"), "web", "--network-alias", "shop")
    start(cli("h2"), "twin", "--network-alias", "shop")
    start(cli("h3"), "asking")
    one, two = address(cli("h1"), "web"), address(cli("h2"), "twin")
    for name in ("web", ident[:12], "WEB"):
        wait_until(lambda: resolved(cli("h3"), "asking", name) == {one}, f"{name} is known on h3")
    for host, asking in (("h3", "asking"), ("h1", "web"), ("h2", "twin")):
        wait_until(lambda: resolved(cli(host), asking, "shop") == {one, two}, f"the alias is both, on {host}")
    cli("h1")("stop", "-t", "0", "web")
    wait_until(lambda: resolved(cli("h3"), "asking", "shop") == {two}, "a stopped container is not named")


@pytest.mark.swarmward_only("older engines do not resolve host names there")
def test_host_names_across_hosts(members, cli, open_net):
    start(cli("h1"), "web", "--hostname", "inner-name")
    start(cli("h2"), "asking")
    wait_until(lambda: resolved(cli("h2"), "asking", "inner-name") == {address(cli("h1"), "web")}, "it is known")


@pytest.mark.swarmward_only("rename fails there, for the name is in use already")
def test_a_new_name_is_known(members, cli, open_net):
    start(cli("h1"), "web")
    start(cli("h2"), "asking")
    cli("h1")("rename", "web", "renamed")
    wait_until(lambda: resolved(cli("h2"), "asking", "renamed") == {address(cli("h1"), "renamed")}, "it is known")
    wait_until(lambda: not resolved(cli("h2"), "asking", "web"), "the old one is forgotten")


@pytest.mark.swarmward_only("native needs IPVS in the kernel")
def test_tasks_and_containers_know_each_other(members, cli, open_net):
    create(members.api, "web", {"Image": "nginx", "Args": None}, Mode={"Global": {}}, Networks=[{"Target": open_net}])
    wait_running(members, "web", len(NODES))
    start(cli("h2"), "plain")
    assert cli("h2")("exec", "plain", "wget", "-q", "-O", "-", "http://web/").out
    task = next(t for t in members.api.running("web") if t["NodeID"] == members.node_id("h3"))
    container = task["Status"]["ContainerStatus"]["ContainerID"]
    wait_until(lambda: reaches(cli("h1"), container, "plain"), "a task on h3 reaches the container by name")


def test_row_n17_a_network_with_a_running_container_stays(members, cli, open_net):
    start(cli("h2"), "web")
    wait_until(lambda: attachments(members) != [] and attachments(members)[0]["Status"]["State"] == "running", "it runs")
    reply = members.api.request("DELETE", "/networks/open")
    task = attachments(members)[0]["ID"]
    assert (reply.status, reply.message) == (
        400, f"rpc error: code = FailedPrecondition desc = network {open_net} is in use by task {task}")
    cli("h2")("rm", "-f", "web")
    assert cli("h1")("network", "rm", "open").out == "open"
    wait_until(lambda: not any(n["Name"] == "open" for host in NODES for n in members.engines[host].get("/networks")),
               "no engine has the network any more")


def test_a_stopped_container_does_not_keep_its_network(members, cli, open_net):
    start(cli("h1"), "web")
    cli("h1")("stop", "-t", "0", "web")
    assert cli("h1")("network", "rm", "open").out == "open"
    wait_until(lambda: attachments(members) == [], "the attachment has gone with it")


@pytest.mark.swarmward_only("native needs IPVS in the kernel")
def test_a_network_that_is_made_anew_at_once_has_its_name_everywhere(members, cli, open_net):
    """Though tasks of the one before still stop."""
    place = {"Mode": {"Global": {}}, "Networks": [{"Target": "open"}]}
    create(members.api, "slow", {"StopGracePeriod": 4 * SECOND}, **place)
    wait_running(members, "slow", len(NODES))
    members.api.delete("/services/slow")
    wait_until(lambda: members.api.request("DELETE", "/networks/open").status == 204, "the first one is gone")
    make(members, "open")
    create(members.api, "web", {"Image": "nginx", "Args": None}, **place)
    for host in NODES:
        start(cli(host), "late")
    wait_running(members, "web", len(NODES))
    for host in NODES:
        assert cli(host)("exec", "late", "wget", "-q", "-O", "-", "http://web/").out


def test_removed_by_itself_the_container_gives_its_address_back(members, cli, open_net):
    cli("h2")("run", "--rm", "--network", "open", "--ip", "10.88.0.90", "alpine", "true")
    wait_until(lambda: attachments(members) == [], "the attachment has gone")
    start(cli("h1"), "heir", "--ip", "10.88.0.90")


def test_several_networks(members, cli, open_net):
    make(members, "more")
    cli("h2")("create", "--name", "web", "--network", "open", "alpine", "sleep", "1000")
    cli("h2")("network", "connect", "more", "web")
    cli("h2")("start", "web")
    start(cli("h1"), "one")
    start(cli("h1"), "two", network="more")
    wait_until(lambda: reaches(cli("h1"), "one", address(cli("h2"), "web", "open")), "the first network reaches it")
    wait_until(lambda: reaches(cli("h1"), "two", address(cli("h2"), "web", "more")), "so does the second")
    assert len(attachments(members)) == 4


@pytest.mark.swarmward_only("older engines refuse several networks at once there")
def test_several_networks_at_once(members, cli, open_net):
    make(members, "more")
    cli("h2")("run", "-d", "--name", "web", "--network", "open", "--network", "more", "alpine", "sleep", "1000")
    assert address(cli("h2"), "web", "open") and address(cli("h2"), "web", "more")
    cli("h2")("rm", "-f", "web")
    wait_until(lambda: attachments(members) == [], "both attachments have gone")


def test_unknown_networks_are_the_engines_to_refuse(members, cli, open_net):
    for host in ("h1", "h2"):
        refused = cli(host)("run", "-d", "--name", "web", "--network", "nope", "alpine", "true", code=125)
        assert "network nope not found" in refused.err
        cli(host)("rm", "-f", "web")


@pytest.mark.swarmward_only("about the daemon's own restart")
def test_a_restarted_manager_knows_its_containers(members, cli, open_net):
    start(cli("h1"), "web", "--ip", "10.88.0.70")
    start(cli("h2"), "other")
    wait_until(lambda: len([t for t in attachments(members) if t["Status"]["State"] == "running"]) == 2, "both run")
    known = {t["ID"] for t in attachments(members)}
    daemon = members.daemons["h1"]
    daemon.stop()
    cli_gone = members.engines["h2"].request("DELETE", "/containers/other?force=1")
    assert cli_gone.status == 204
    daemon.start(["--engine", members.hosts[0].url])
    wait_until(lambda: len(attachments(members)) == 1, "the one that went meanwhile is gone", 90)
    assert attachments(members)[0]["ID"] in known
    cli("h1")("restart", "-t", "0", "web")
    assert address(cli("h1"), "web") == "10.88.0.70"
    start(cli("h3"), "asking")
    wait_until(lambda: resolved(cli("h3"), "asking", "web") == {"10.88.0.70"}, "its name is known")


@pytest.mark.swarmward_only("what native leaves behind is its own affair")
def test_a_host_that_leaves_takes_the_networks_from_its_containers(members, cli, open_net):
    start(cli("h3"), "web")
    members.members["h3"].post("/swarm/leave?force=true")
    shown = members.engines["h3"].get("/containers/web/json")
    assert "open" not in shown["NetworkSettings"]["Networks"] and shown["State"]["Running"]
    assert not any(n["Driver"].startswith("ward-") for n in members.engines["h3"].get("/networks"))
    members.api.delete(f"/nodes/{[n['ID'] for n in members.api.get('/nodes') if n['Description']['Hostname'] == 'h3'][0]}?force=true")
    wait_until(lambda: attachments(members) == [], "the attachment went with the node")
    members.join("h3")
    members.wait_for_nodes()
