"""docker ward doctor --network and docker ward trace: what is broken by hand on one host is named, with the host."""
import json
import os
import signal

import pytest

from harness.network_doctor import breaks, found, healthy, in_network, on_host, ports, remove, ward, WEB, web  # noqa: F401
from harness.services import create, wait_running
from harness.targets import NODES
from harness.waiting import wait_until

pytestmark = pytest.mark.swarmward_only("native has no docker ward")


def test_a_healthy_swarm_shows_nothing(members, ward, web):
    wait_until(lambda: healthy(ward), "nothing differs")
    document = ward.doctor()[1]
    assert [node["Name"] for node in document["Nodes"]] == list(NODES)
    for node in document["Nodes"]:
        assert node["Status"] == "ok" and set(node["Networks"]) == {"ingress", "back"} and node["LookedAt"] > 50, node
        assert node["Plan"] == node["NodePlan"], node
    shown = ward("doctor", "--network")
    assert shown.returncode == 0 and "h2: ok" in shown.stdout and "3 nodes, 0 differences" in shown.stdout, shown


def test_one_node_and_one_network(members, ward, web):
    wait_until(lambda: healthy(ward), "nothing differs")
    document = ward.doctor("--node", "h2", "back")[1]
    assert [(node["Name"], node["Networks"]) for node in document["Nodes"]] == [("h2", ["back"])]


@pytest.mark.parametrize("expected, network, command", [
    ("peer.no-way", "back", "for mac in \\$(bridge fdb show dev vxlan0 | grep dst | cut -d' ' -f1); do "
                            "bridge fdb del \\$mac dev vxlan0 self; done"),
    ("peer.neighbour", "back", "ip neigh flush nud permanent dev br0"),
    ("device.down", "back", "ip link set vxlan0 down"),
    ("table.missing", "back", "nft delete table ip ward_vip"),
    ("setting", "back", "echo 0 > /proc/sys/net/ipv4/ip_forward"),
    ("table.missing", "ingress", "nft delete table ip ward_ingress"),
    ("backend.missing", "ingress", "nft flush map ip ward_ingress backends"),
], ids=lambda value: value if "." in value or value == "setting" else "")
def test_what_is_broken_in_a_network_is_named(members, ward, web, expected, network, command):
    breaks(members, ward, "h2", (expected, network), lambda: in_network(members, "h2", network, command))


def test_a_virtual_address_that_is_gone(members, ward, web):
    vip = next(each["Addr"] for each in members.api.get("/services/web")["Endpoint"]["VirtualIPs"]
               if each["NetworkID"] == web).split("/")[0]
    # Already gone is as good: the agent may not have looked since the attempt before.
    command = f"ip addr del {vip}/32 dev br0; ip addr show dev br0 | grep -qv {vip}"
    breaks(members, ward, "h3", ("vip.address", "back"), lambda: in_network(members, "h3", "back", command))


@pytest.mark.parametrize("expected, command", [
    ("table.missing", ["nft", "flush", "ruleset"]),
    ("link.down", ["ip", "link", "set", "ward0", "down"]),
], ids=["flush", "link"])
def test_what_is_broken_on_the_host_is_named(members, ward, web, expected, command):
    breaks(members, ward, "h1", (expected, "ingress"), lambda: on_host(members, "h1", *command))


def test_a_container_that_was_taken_out_of_its_network(members, ward, web):
    """Behind the daemon's back: the task still runs. It is healed by replacing the task."""
    wait_until(lambda: healthy(ward), "nothing differs")
    task = next(task for task in members.api.running("web") if task["NodeID"] == members.node_id("h2"))
    container = task["Status"]["ContainerStatus"]["ContainerID"]
    members.engines["h2"].post("/networks/back/disconnect", {"Container": container, "Force": True})
    code, document = ward.doctor()
    assert code == 1 and ("member.missing", "back") in found(document, "h2"), document
    assert not found(document, "h1") and not found(document, "h3")
    members.api.update("web", lambda spec: spec["TaskTemplate"].update(ForceUpdate=1))
    wait_until(lambda: healthy(ward), "the new task is whole", 60)


def test_a_daemon_that_hangs_is_named(members, ward, web):
    wait_until(lambda: healthy(ward), "nothing differs")
    stopped = members.daemons["h3"].pidfile.read_text().strip()
    on_host(members, "h3", "kill", "-STOP", stopped)
    try:
        code, document = ward.doctor()
    finally:
        on_host(members, "h3", "kill", "-CONT", stopped)
    node = next(node for node in document["Nodes"] if node["Name"] == "h3")
    assert code == 1 and node["Status"] == "no answer" and node["Problem"] and node["Cure"], node
    assert {each["Status"] for each in document["Nodes"] if each["Name"] != "h3"} == {"ok"}, document
    members.wait_for_nodes()
    wait_until(lambda: healthy(ward), "it answers again", 60)


@pytest.mark.parametrize("words, text", [
    (["doctor", "--network", "nope"], "network nope not found"),
    (["doctor", "--network", "--node", "h9"], "node h9 not found"),
    (["doctor", "back"], "need --network"),
    (["trace", "nope:80"], "service nope not found"),
    (["trace", "web:99999"], "is no port"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_mistakes(members, ward, words, text):
    done = ward(*words)
    assert done.returncode == 1 and text in done.stderr, done


def test_a_worker_refers_to_the_manager(members, ward):
    for words in (["doctor", "--network"], ["trace", "web:80"]):
        done = ward(*words, at="h2")
        assert done.returncode == 1 and "not a swarm manager" in done.stderr, done


@pytest.fixture
def two(members, ward):
    """A service with two tasks, on h1 and h2, at port 8080 and in the network `back`."""
    remove(members, "back")
    back = members.api.post("/networks/create", {"Name": "back", "Driver": "overlay"})["Id"]
    create(members.api, "web", WEB, replicas=2, Networks=[{"Target": back}], EndpointSpec=ports(),
           Placement={"Constraints": ["node.hostname!=h3"], "MaxReplicas": 1})
    wait_running(members, "web", 2)
    wait_until(lambda: healthy(ward), "nothing differs")
    yield back
    members.clear()
    remove(members, "back")


@pytest.mark.parametrize("entry", ["h1", "h3"], ids=["with-a-task", "without"])
def test_trace_of_a_published_port(members, ward, two, entry):
    document = ward.trace("web:8080", "--from", entry)
    assert (document["Kind"], document["From"], document["MTU"]) == ("ingress", entry, 1450)
    backends = document["Backends"]
    assert {each["Node"] for each in backends} == {"h1", "h2"} and document["NextIsOneOf"] == 2
    assert all(each["InMap"] and each["Serves"] for each in backends), backends
    assert sorted(each["Turn"] for each in backends) == [1, 2]
    assert {each["Node"] for each in backends if each["OnEntryNode"]} == {entry} & {"h1"}
    shown = ward("trace", "web:8080", "--from", entry)
    assert shown.returncode == 0 and "2 backends in turns" in shown.stdout and "1 of 2" in shown.stdout, shown


def test_trace_of_a_virtual_address(members, ward, two):
    document = ward.trace("web", "--from", "h2")
    vips = {each["Addr"].split("/")[0] for each in members.api.get("/services/web")["Endpoint"]["VirtualIPs"]}
    assert document["Kind"] == "vip" and document["VirtualIP"] in vips and document["Network"] == "back"
    assert document["NextIsOneOf"] == 2 and not document["Warnings"]
    far = ward.trace("web", "--from", "h3", "--network", "back", code=1)
    assert any("no container on h3 is in network back" in warning for warning in far["Warnings"]), far


def test_trace_warns_of_what_is_broken(members, ward, two):
    for _ in range(5):
        in_network(members, "h1", "ingress", "nft flush map ip ward_ingress backends")
        done = ward("trace", "--json", "web:8080")
        document = json.loads(done.stdout)
        if document["Warnings"]:
            break
    assert done.returncode == 1 and any("does not lead to it" in warning for warning in document["Warnings"]), document
    wait_until(lambda: healthy(ward), "it has healed")


def test_trace_without_backends_and_without_the_port(members, ward, two):
    members.api.update("web", lambda spec: spec["Mode"]["Replicated"].update(Replicas=0))
    wait_until(lambda: not members.api.running("web") and healthy(ward), "nothing runs")
    document = ward.trace("web:8080", code=1)
    assert not document["NextIsOneOf"] and any("no backend" in warning for warning in document["Warnings"])
    done = ward("trace", "web:81")
    assert done.returncode == 1 and "it publishes 8080->80/tcp" in done.stderr, done


def test_trace_of_a_port_in_host_mode(members, ward):
    create(members.api, "local", WEB, replicas=1, EndpointSpec=ports("host"),
           Placement={"Constraints": ["node.hostname==h2"]})
    wait_running(members, "local", 1)
    document = ward.trace("local:8080", "--from", "h2")
    assert document["Kind"] == "host" and [each["Node"] for each in document["Backends"]] == ["h2"]
    away = ward.trace("local:8080", "--from", "h3", code=1)
    assert any("h3 does not answer" in warning for warning in away["Warnings"]), away
    members.clear()


def test_trace_from_a_node_that_hangs(members, ward, two):
    stopped = members.daemons["h3"].pidfile.read_text().strip()
    os.kill(int(stopped), 0)
    on_host(members, "h3", "kill", "-STOP", stopped)
    try:
        done = ward("trace", "web:8080", "--from", "h3")
    finally:
        on_host(members, "h3", "kill", f"-{signal.SIGCONT.value}", stopped)
    assert done.returncode == 1 and "node h3 does not tell" in done.stderr, done
    members.wait_for_nodes()


@pytest.fixture
def iptables(members):
    """h2 shares connections by iptables, the others by nftables."""
    daemon = members.daemons["h2"]
    flags = daemon.flags
    daemon.stop()
    daemon.start([*flags, "--mesh-backend", "iptables"])
    members.wait_for_nodes()
    yield members
    daemon.stop()
    daemon.start(flags)
    members.wait_for_nodes()


def said(document, host, kind):
    """What a host's findings of a kind say."""
    node = next(node for node in document["Nodes"] if node["Name"] == host)
    return " ".join(finding["What"] for finding in node["Findings"] if finding["Kind"] == kind)


def spoil(members, network, table, chain, change):
    """A command of the shell that changes h2's rules, in a network or, without one, on the host."""
    command = f"iptables-nft -t {table} {change} {chain}"
    if network:
        return in_network(members, "h2", network, command)
    done = on_host(members, "h2", *command.split())
    assert done.returncode == 0, done


@pytest.mark.parametrize("expected, network, spoilt, words", [
    (("backend.missing", "ingress"), "ingress", ("nat", "WARD-PORT-tcp-8080", "-F"), "port 8080/tcp does not lead to"),
    (("element.missing", "ingress"), None, ("nat", "WARD-PUB-ALL", "-F"), "published lacks port 8080/tcp"),
    (("table.chains", "back"), "back", ("nat", "PREROUTING -p tcp -j WARD-VIP-ALL", "-D"),
     "lacks the rule '-p tcp -j WARD-VIP-ALL'"),
    (("table.chains", "ingress"), "ingress", ("mangle", "WARD-PORT-STRANGERS", "-F"), "chain WARD-PORT-STRANGERS"),
], ids=["backend", "host", "jump", "strangers"])
def test_rules_of_iptables_that_are_broken_are_named(iptables, ward, web, expected, network, spoilt, words):
    document = breaks(iptables, ward, "h2", expected, lambda: spoil(iptables, network, *spoilt))
    assert words in said(document, "h2", expected[0]), document


def test_trace_follows_rules_of_iptables(iptables, ward, web):
    wait_until(lambda: healthy(ward), "all is well")
    document = ward.trace("web:8080", "--from", "h2")
    assert document["NextIsOneOf"] == len(NODES) and not document["Warnings"], document
    assert any("WARD-PORT-" in step for step in document["Steps"]), document["Steps"]
    assert sorted(each["Turn"] for each in document["Backends"]) == [1, 2, 3], document["Backends"]
    inner = ward.trace("web", "--from", "h2", "--network", "back")
    assert inner["NextIsOneOf"] == len(NODES) and not inner["Warnings"], inner
    for _ in range(5):
        spoil(iptables, "ingress", "nat", "WARD-PORT-tcp-8080", "-F")
        done = ward("trace", "--json", "web:8080", "--from", "h2")
        broken = json.loads(done.stdout)
        if broken["Warnings"]:
            break
    assert done.returncode == 1 and not broken["NextIsOneOf"], broken
    assert any("does not lead to it" in warning for warning in broken["Warnings"]), broken
    wait_until(lambda: healthy(ward), "it has healed")
