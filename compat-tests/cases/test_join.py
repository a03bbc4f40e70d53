"""Hosts that join a swarm, one daemon a host: the flow of the tutorials, with the docker CLI."""
import re
import time

import pytest

from harness.refusals import check, rpc
from harness.services import create, wait_running
from harness.targets import NODES
from harness.waiting import stays, wait_until

WORKER = ("This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. Please run "
          "this command on a manager node or promote the current node to a manager.")
MEMBER = ('This node is already part of a swarm. Use "docker swarm leave" to leave this swarm and join another one.')

# The CLI writes the tag when it changes a service; one without it would be updated by a mere scaling.
PLAIN = {"Image": "alpine:latest"}


def took(what, since):
    print(f"{what}: {time.monotonic() - since:.2f} s")


def init(apart, cli):
    out = cli("h1")("swarm", "init", "--advertise-addr", apart.address).out
    assert re.search(r"Swarm initialized: current node \(\w{25}\) is now a manager\.", out)
    assert re.search(rf"docker swarm join --token SWMTKN-1-\w{{50}}-\w{{25}} {apart.address}:2377", out)
    return cli("h1")("swarm", "join-token", "-q", "worker").out


def join(cli, host, token, address):
    begun = time.monotonic()
    out = cli(host)("swarm", "join", "--token", token, f"{address}:2377").out
    took(f"join of {host}", begun)
    return out


def by_node(members, service):
    return {host: len(members.running_on(host, service)) for host in NODES}


def test_tutorial(apart, cli):
    token = init(apart, cli)
    for host in ("h2", "h3"):
        assert join(cli, host, token, apart.address) == "This node joined a swarm as a worker."
    joined = time.monotonic()
    apart.wait_for_nodes()
    took("all ready after the last join", joined)
    table = cli("h1")("node", "ls").out
    for host in NODES:
        assert re.search(rf"\s{host}\s+Ready\s+Active\s", table), table
    assert re.search(r"\*\s+h1\s+Ready\s+Active\s+Leader", table), table
    for host in ("h2", "h3"):
        node = apart.node(host)
        assert node["Description"]["Hostname"] == host and node["Spec"]["Role"] == "worker"
        assert node["Status"] == {"State": "ready", "Addr": apart.lab.host(host).address}
        assert "ManagerStatus" not in node
    created = cli("h1")("service", "create", "--no-resolve-image", "--name", "helloworld", "--replicas", "6",
                        "--stop-grace-period", "1s", "alpine", "ping", "127.0.0.1").out
    assert re.search(r"verify: Service( \S+)? converged", created), created
    assert by_node(apart, "helloworld") == {"h1": 2, "h2": 2, "h3": 2}
    for host in NODES:
        names = cli(host)("ps", "--format", "{{.Names}}").lines
        assert len([name for name in names if name.startswith("helloworld.")]) == 2, (host, names)
    assert set(cli("h1")("service", "ps", "-f", "desired-state=running", "--format", "{{.Node}}",
                         "helloworld").lines) == set(NODES)
    cli("h1")("service", "rm", "helloworld")
    wait_until(lambda: not any(apart.containers().values()), "all are gone")


@pytest.mark.parametrize("command, message", [
    (["node", "ls"], WORKER), (["node", "inspect", "self"], WORKER),
    (["node", "update", "--availability", "drain", "h2"], WORKER),
    (["service", "ls"], WORKER), (["service", "create", "--no-resolve-image", "alpine"], WORKER),
    (["service", "ps", "x"], WORKER), (["swarm", "update", "--task-history-limit", "3"], WORKER),
    (["swarm", "join-token", "worker"], WORKER), (["swarm", "unlock-key"], WORKER), (["secret", "ls"], WORKER),
    (["config", "ls"], WORKER), (["stack", "ls"], WORKER), (["swarm", "init"], MEMBER),
    (["swarm", "join", "--token", "SWMTKN-1-" + 50 * "1" + "-" + 25 * "1", "127.0.0.1:2377"], MEMBER),
], ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "")
def test_worker_refuses(members, cli, command, message):
    assert message in cli("h2")(*command, code=1).err


@pytest.mark.differs("cluster volumes are not supported here")
def test_worker_refuses_cluster_volumes(members):
    reply = members.members["h2"].request("POST", "/volumes/create", {"Name": "shared", "ClusterVolumeSpec": {}})
    assert (reply.status, "cluster volumes (CSI)" in reply.message) == (501, True), reply.message
    assert members.engines["h2"].request("GET", "/volumes/shared").status == 404


def test_worker_info(members, cli):
    manager, worker = (members.members[host].get("/info")["Swarm"] for host in ("h1", "h2"))
    assert set(worker) - {"Warnings"} == {"NodeID", "NodeAddr", "LocalNodeState", "ControlAvailable", "Error",
                                          "RemoteManagers"}
    assert worker["NodeID"] in {node["ID"] for node in members.api.get("/nodes")}
    assert worker["NodeAddr"] == members.lab.host("h2").address
    assert (worker["LocalNodeState"], worker["ControlAvailable"], worker["Error"]) == ("active", False, "")
    assert worker["RemoteManagers"] == [{"NodeID": manager["NodeID"], "Addr": f"{members.address}:2377"}]
    assert (manager["Nodes"], manager["Managers"], manager["ControlAvailable"]) == (3, 1, True)
    shown = cli("h2")("info").out
    assert "Swarm: active" in shown and "Is Manager: false" in shown and f"{members.address}:2377" in shown


def test_ping_tells_the_role(members):
    roles = {host: api.request("GET", "/_ping").headers["Swarm"] for host, api in members.members.items()}
    assert roles == {"h1": "active/manager", "h2": "active/worker", "h3": "active/worker"}


def test_containers_of_a_worker_are_its_own(members, cli):
    """The worker's socket still is an engine of its own for all that is not the swarm's."""
    out = cli("h2")("run", "--rm", "alpine", "hostname").out
    assert re.fullmatch(r"[0-9a-f]{12}", out)
    create(members.api, "web", replicas=3)
    wait_running(members, "web", 3)
    name = cli("h2")("ps", "--format", "{{.Names}}").out
    assert name.startswith("web.")
    assert cli("h2")("exec", name, "echo", "here").out == "here"


def test_global_and_logs(members, cli):
    create(members.api, "everywhere", {"Args": ["sh", "-c", "hostname; sleep 1000"],
                                       "Hostname": "{{.Node.Hostname}}"}, Mode={"Global": {}})
    wait_running(members, "everywhere", 3)
    assert by_node(members, "everywhere") == {"h1": 1, "h2": 1, "h3": 1}

    def told():
        lines = cli("h1")("service", "logs", "everywhere").lines
        return {(line.split("@")[1].split()[0], line.split("|")[1].strip()) for line in lines}
    wait_until(lambda: told() == {(host, host) for host in NODES}, "the logs of all hosts come to the manager")


def test_drain_and_active(members, cli):
    create(members.api, "web", PLAIN, replicas=6)
    wait_running(members, "web", 6)
    begun = time.monotonic()
    assert cli("h1")("node", "update", "--availability", "drain", "h2").out == "h2"
    wait_until(lambda: by_node(members, "web") == {"h1": 3, "h2": 0, "h3": 3}, "h2 is empty")
    took("drained", begun)
    cli("h1")("node", "update", "--availability", "active", "h2")
    stays(lambda: by_node(members, "web") == {"h1": 3, "h2": 0, "h3": 3}, "nothing moves back by itself", 2)
    cli("h1")("service", "scale", "web=9")
    assert by_node(members, "web")["h2"] == 3


def test_join_drained(apart, cli):
    token = init(apart, cli)
    cli("h2")("swarm", "join", "--availability", "drain", "--token", token, f"{apart.address}:2377")
    assert apart.node("h2")["Spec"]["Availability"] == "drain"
    create(apart.api, "web", replicas=4)
    wait_running(apart, "web", 4)
    assert by_node(apart, "web") == {"h1": 4, "h2": 0, "h3": 0}


def test_a_worker_leaves_and_joins_again(members, cli):
    create(members.api, "web", PLAIN, replicas=6)
    wait_running(members, "web", 6)
    own = cli("h2")("run", "-d", "alpine", "sleep", "1000").out
    old = members.node_id("h2")
    check(members.api.request("DELETE", f"/nodes/{old}"), 400,
          rpc("FailedPrecondition", f"node {old} is not down and can't be removed"))
    assert f"node {old} is not down and can't be removed" in cli("h1")("node", "rm", "h2", code=1).err

    begun = time.monotonic()
    assert cli("h2")("swarm", "leave").out == "Node left the swarm."
    took("leave", begun)
    wait_until(lambda: not members.containers()["h2"], "its containers go")
    assert [c["Id"] for c in members.engines["h2"].get("/containers/json")] == [own], "others stay"
    assert members.members["h2"].get("/info")["Swarm"] == {
        "NodeID": "", "NodeAddr": "", "LocalNodeState": "inactive", "ControlAvailable": False, "Error": "",
        "RemoteManagers": None}
    assert "Swarm: inactive" in cli("h2")("info").out
    members.wait_for_state(old, "down")
    took("down", begun)
    wait_until(lambda: by_node(members, "web") == {"h1": 3, "h2": 0, "h3": 3}, "the others take over")
    took("replaced", begun)
    assert "This node is not part of a swarm" in cli("h2")("swarm", "leave", code=1).err
    assert re.search(r"h2\s+Down\s+Active", cli("h1")("node", "ls").out)

    join(cli, "h2", members.token("Worker"), members.address)
    fresh = members.node_id("h2")
    assert fresh != old, "who joins again is a new node"
    members.wait_for_state(fresh, "ready")
    assert len([n for n in members.api.get("/nodes") if n["Description"]["Hostname"] == "h2"]) == 2
    assert "node h2 is ambiguous (2 matches found)" in cli("h1")("node", "inspect", "h2", code=1).err
    assert cli("h1")("node", "rm", old).out == old
    cli("h1")("service", "scale", "web=9")
    assert by_node(members, "web") == {"h1": 3, "h2": 3, "h3": 3}
    members.engines["h2"].delete(f"/containers/{own}?force=1")


def test_removed_by_force(members, cli):
    create(members.api, "web", PLAIN, replicas=6)
    wait_running(members, "web", 6)
    old = members.node_id("h3")
    assert cli("h1")("node", "rm", "--force", old).out == old
    assert old not in {node["ID"] for node in members.api.get("/nodes")}
    wait_until(lambda: len([t for t in members.api.running("web") if t["NodeID"] != old]) == 6, "it is replaced")
    if members.name == "swarmward":
        wait_until(lambda: "was removed from the swarm" in members.members["h3"].get("/info")["Swarm"]["Error"],
                   "the host knows why it is alone")
    cli("h3")("swarm", "leave", "--force")
    wait_until(lambda: not members.containers()["h3"], "its containers go when it leaves")
    assert join(cli, "h3", members.token("Worker"), members.address).startswith("This node joined a swarm")
    members.wait_for_nodes()


def test_row_120_rotating_the_root(members, cli):
    create(members.api, "web", PLAIN, replicas=3)
    wait_running(members, "web", 3)
    before, lives, nodes = members.api.get("/swarm"), members.lives("web"), {h: members.node_id(h) for h in NODES}
    begun = time.monotonic()
    printed = cli("h1")("swarm", "ca", "--rotate").out
    took("rotation of the root", begun)
    after = members.api.get("/swarm")
    root = after["TLSInfo"]["TrustRoot"]
    assert root != before["TLSInfo"]["TrustRoot"] and root.strip() in printed
    assert not after["RootRotationInProgress"]
    for role in ("Worker", "Manager"):
        old, new = before["JoinTokens"][role], after["JoinTokens"][role]
        assert old.split("-")[2] != new.split("-")[2], "the digest of the root is a new one"
    for host in NODES:
        assert members.node(host)["Description"]["TLSInfo"]["TrustRoot"] == root
    refused = members.api.request("POST", f"/swarm/update?version={before['Version']['Index']}", before["Spec"])
    assert refused.status == 500 and "update out of sequence" in refused.message
    stays(lambda: members.lives("web") == lives, "no container was touched", 3)
    assert {h: members.node_id(h) for h in NODES} == nodes
    members.wait_for_nodes()


def test_rotated_token(members, cli):
    cli("h3")("swarm", "leave")
    old = members.token("Worker")
    new = cli("h1")("swarm", "join-token", "--rotate", "-q", "worker").out
    refused = cli("h3")("swarm", "join", "--token", old, f"{members.address}:2377", code=1)
    assert "A valid join token is necessary to join this cluster" in refused.err
    assert members.state("h3") != "active"
    if members.state("h3") != "inactive":
        cli("h3")("swarm", "leave", "--force")
    assert join(cli, "h3", new, members.address) == "This node joined a swarm as a worker."
    assert members.node("h2")["Status"]["State"] == "ready", "who is in stays in"


def test_the_manager_leaves(members, cli):
    create(members.api, "web", replicas=3)
    wait_running(members, "web", 3)
    assert "Use `--force` to ignore this message." in cli("h1")("swarm", "leave", code=1).err
    first = members.api.get("/swarm")["ID"]
    assert cli("h1")("swarm", "leave", "--force").out == "Node left the swarm."
    wait_until(lambda: not members.containers()["h1"], "the containers of the manager are gone")
    assert members.state("h1") == "inactive"
    for host in ("h2", "h3"):
        cli(host)("swarm", "leave", "--force")
    wait_until(lambda: not any(members.containers().values()), "nothing is left")
    token = init(members, cli)
    assert members.api.get("/swarm")["ID"] != first and members.api.get("/services") == []
    for host in ("h2", "h3"):
        join(cli, host, token, members.address)
    members.wait_for_nodes()
    assert len(members.api.get("/nodes")) == 3


@pytest.mark.swarmward_only("a manager cannot leave its workers for a new swarm of the same address there")
def test_a_new_swarm_at_the_old_address(members, cli):
    """The workers of the old swarm must not take the new manager for theirs, nor it them."""
    cli("h1")("swarm", "leave", "--force")
    init(members, cli)
    stays(lambda: len(members.api.get("/nodes")) == 1, "strangers stay strangers", 3)
    create(members.api, "web", replicas=3)
    wait_running(members, "web", 3)
    assert by_node(members, "web") == {"h1": 3, "h2": 0, "h3": 0}
    for host in ("h2", "h3"):
        cli(host)("swarm", "leave", "--force")
        assert members.state(host) == "inactive"
