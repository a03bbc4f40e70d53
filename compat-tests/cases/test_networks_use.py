"""The swarm's networks in use, by services, containers, the CLI and stacks. Only the last case needs a running task."""
import ipaddress
import json
import time

from harness.networks import allocated, in_network, make, names, nets, subnet  # noqa: F401
from harness.services import create, inspect_task, wait_running
from harness.waiting import wait_until


def test_a_service_in_a_network(nets):
    ident = make(nets.api, "back", Labels={"tier": "db"})
    net = allocated(nets.api, "back")
    create(nets.api, "web", **in_network(ident[:12], Aliases=["al"]))
    assert nets.api.service("web")["Spec"]["TaskTemplate"]["Networks"] == [{"Target": ident, "Aliases": ["al"]}]
    wait_until(lambda: nets.api.service("web")["Endpoint"].get("VirtualIPs"), "web has a virtual address")
    endpoint = nets.api.service("web")["Endpoint"]
    assert [v["NetworkID"] for v in endpoint["VirtualIPs"]] == [ident]
    vip = ipaddress.ip_interface(endpoint["VirtualIPs"][0]["Addr"])
    assert vip.network == subnet(net)
    wait_until(lambda: all(t.get("NetworksAttachments") for t in nets.api.tasks("web")) and nets.api.tasks("web"),
               "the task has an address")
    task = nets.api.tasks("web")[0]
    attachment, = task["NetworksAttachments"]
    shown = attachment["Network"]
    assert shown["ID"] == ident
    assert shown["Spec"] == {"Name": "back", "Labels": {"tier": "db"}, "DriverConfiguration": {"Name": "overlay"},
                             "Scope": "swarm"}
    assert shown["DriverState"] == {"Name": "overlay", "Options": net["Options"]}
    assert shown["IPAMOptions"] == {"Driver": {"Name": "default"}, "Configs": net["IPAM"]["Config"]}
    address = ipaddress.ip_interface(attachment["Addresses"][0])
    assert address.network == subnet(net) and address.ip not in (vip.ip, subnet(net)[1])
    assert nets.api.get(f"/tasks/{task['ID']}")["NetworksAttachments"] == task["NetworksAttachments"]


def test_dnsrr_has_no_virtual_address(nets):
    ident = make(nets.api, "back")
    create(nets.api, "web", EndpointSpec={"Mode": "dnsrr"}, **in_network("back"))
    wait_until(lambda: [t for t in nets.api.tasks("web") if t.get("NetworksAttachments")], "the task has an address")
    assert "VirtualIPs" not in nets.api.service("web")["Endpoint"]
    assert nets.api.service("web")["Spec"]["TaskTemplate"]["Networks"] == [{"Target": ident}]


def test_networks_that_services_cannot_have(nets):
    nets.engines["h1"].request("POST", "/networks/create", {"Name": "mine", "Driver": "bridge"})
    rows = [("nope", 500, "network nope not found"),
            ("mine", 403, "The network mine cannot be used with services. Only networks scoped to the swarm can be "
                          "used, such as those created with the overlay driver.")]
    for target, status, message in rows:
        spec = {"Name": "web", "TaskTemplate": {"ContainerSpec": {"Image": "alpine"}, "Networks": [{"Target": target}]}}
        reply = nets.api.request("POST", "/services/create", spec)
        assert (reply.status, reply.message) == (status, message)


def test_containers_stay_out_of_networks_that_are_not_attachable(nets):
    make(nets.api, "back")
    made = nets.api.post("/containers/create?name=outside", {"Image": "alpine", "Cmd": ["sleep", "1000"]})
    nets.api.post(f"/containers/{made['Id']}/start")
    try:
        reply = nets.api.request("POST", "/networks/back/connect", {"Container": "outside"})
        assert (reply.status, reply.message) == (
            500, "Could not attach to network back: rpc error: code = PermissionDenied desc = network back not manually "
                 "attachable")
        reply = nets.api.request("POST", "/networks/back/connect", {"Container": "nope"})
        assert (reply.status, reply.message) == (404, "No such container: nope")
        reply = nets.api.request("POST", "/networks/back/disconnect", {"Container": "outside"})
        assert (reply.status, reply.message) == (404, "network back not found")
    finally:
        nets.api.delete(f"/containers/{made['Id']}?force=1")


def test_the_cli(nets, docker):
    ident = docker("network", "create", "-d", "overlay", "--label", "a=b", "--subnet", "10.77.0.0/24", "back").out.strip()
    allocated(nets.api, "back")
    assert f"{ident[:12]}" in docker("network", "ls", "--filter", "name=back", "-q").out
    shown = json.loads(docker("network", "inspect", "back").out)[0]
    assert (shown["Id"], shown["Labels"], shown["IPAM"]["Config"][0]["Subnet"]) == (ident, {"a": "b"}, "10.77.0.0/24")
    docker("service", "create", "-d", "--name", "web", "--network", "name=back,alias=al", "--constraint",
           "node.labels.nowhere==here", "alpine")
    target = nets.api.service("web")["Spec"]["TaskTemplate"]["Networks"]
    assert target == [{"Target": ident, "Aliases": ["al"]}]
    assert "is in use by service" in docker("network", "rm", "back", code=1).err
    docker("network", "create", "-d", "overlay", "more")
    docker("service", "update", "-d", "--network-add", "more", "web")
    assert len(nets.api.service("web")["Spec"]["TaskTemplate"]["Networks"]) == 2
    docker("service", "rm", "web")
    assert docker("network", "rm", "back").out.strip() == "back"
    docker("network", "prune", "-f")
    assert names(nets.api, scope="swarm") == []


def test_the_networks_of_a_stack(nets, docker, tmp_path):
    (tmp_path / "stack.yml").write_text(
        "version: '3.8'\nservices:\n  web:\n    image: alpine\n    networks: [front, default]\n    deploy:\n"
        "      placement: {constraints: [node.labels.nowhere==here]}\nnetworks:\n  front: {labels: {tier: web}}\n")
    docker("stack", "deploy", "-c", str(tmp_path / "stack.yml"), "stk")
    label = "com.docker.stack.namespace=stk"
    assert names(nets.api, label=label) == ["stk_default", "stk_front"]
    assert nets.api.get("/networks/stk_front")["Labels"] == {"tier": "web", "com.docker.stack.namespace": "stk"}
    attached = nets.api.service("stk_web")["Spec"]["TaskTemplate"]["Networks"]
    assert {n["Target"] for n in attached} == {n["Id"] for n in nets.api.get("/networks", label=label)}
    docker("stack", "deploy", "-c", str(tmp_path / "stack.yml"), "stk")
    docker("stack", "rm", "stk")
    wait_until(lambda: names(nets.api, label=label) == [], "the networks of the stack are gone")


def test_events(nets, any_docker):
    since = f"{time.time():.9f}"
    ident = make(nets.api, "told")
    allocated(nets.api, "told")
    nets.api.delete("/networks/told")
    time.sleep(0.3)
    out = any_docker("events", "--since", since, "--until", f"{time.time():.9f}", "--filter", "type=network",
                     "--filter", "scope=swarm", "--format", "{{json .}}", timeout=30)
    told = [json.loads(line) for line in out.lines]
    assert [e["Action"] for e in told] == ["create", "update", "remove"]
    assert all(e["Actor"] == {"ID": ident, "Attributes": {"name": "told"}} for e in told)


def test_engines_without_an_agent_have_networks_of_their_own(nets):
    ident = make(nets.api, "yard", Driver="bridge", Scope="swarm")
    create(nets.api, "web", replicas=1, Networks=[{"Target": "yard"}],
           Placement={"Constraints": ["node.hostname==h2"]})
    wait_running(nets, "web", 1)
    task = nets.api.running("web")[0]
    assert [a["Network"]["ID"] for a in task["NetworksAttachments"]] == [ident]
    assert list(inspect_task(nets, task)["NetworkSettings"]["Networks"]) == ["yard"]
