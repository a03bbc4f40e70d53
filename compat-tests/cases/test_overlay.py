"""Overlay networks: tasks on different hosts reach each other, by address and by name. Rows of the networks' list."""
import re
import subprocess

import pytest

from lablib import host as lab_host

from harness.services import create, wait_running
from harness.targets import NODES
from harness.waiting import wait_until

# Native shares connections by IPVS, which kernels of test machines often lack.
pytestmark = pytest.mark.swarmward_only("native needs IPVS in the kernel")

WEB = {"Image": "nginx", "Args": None}


@pytest.fixture
def back(members):
    """The id of an overlay network; what is left of one of an earlier case is removed first."""
    for name in ("back", "front"):
        wait_until(lambda: members.api.request("DELETE", f"/networks/{name}").status in (204, 404), f"{name} is gone")
    yield make(members, "back")
    members.clear()
    for name in ("back", "front"):
        wait_until(lambda: members.api.request("DELETE", f"/networks/{name}").status in (204, 404), f"{name} is gone")


def make(members, name, **more):
    return members.api.post("/networks/create", {"Name": name, "Driver": "overlay", **more})["Id"]


def run(cli, task, *command, code=0):
    """Runs a command in the task's container, wherever that is."""
    return cli("h1")("exec", task["Status"]["ContainerStatus"]["ContainerID"], *command, code=code, timeout=60)


def on(members, service, host):
    return next(task for task in members.api.running(service) if task["NodeID"] == members.node_id(host))


def address(task, network):
    for attachment in task["NetworksAttachments"]:
        if attachment["Network"]["ID"] == network:
            return attachment["Addresses"][0].split("/")[0]
    raise AssertionError(f"no address in {network}: {task['NetworksAttachments']}")


def everywhere(members, name, *networks, **more):
    """A service with one task on each host."""
    create(members.api, name, more.pop("container", WEB), Mode={"Global": {}},
           Networks=[{"Target": network} for network in networks], **more)
    wait_running(members, name, len(NODES))


def resolved(cli, task, name):
    """All addresses of a name, as the C library of the container gets them; an empty set if there are none."""
    out = run(cli, task, "nslookup", name, code=None).out
    answer = out.split("\n\n", 1)[1] if "\n\n" in out else ""
    return set(re.findall(r"Address(?: \d+)?: ([0-9.]+)", answer))


def virtual_ip(members, service, network):
    for entry in members.api.get(f"/services/{service}")["Endpoint"]["VirtualIPs"]:
        if entry["NetworkID"] == network:
            return entry["Addr"].split("/")[0]
    raise AssertionError("no virtual address")


def test_row_n01_tasks_on_different_hosts_reach_each_other(members, cli, back):
    everywhere(members, "web", back)
    here, there = on(members, "web", "h1"), on(members, "web", "h3")
    wait_until(lambda: "1 packets received" in run(cli, here, "ping", "-c", "1", "-W", "2", address(there, back),
                                                   code=None).out, "h1 reaches h3")
    page = run(cli, here, "wget", "-q", "-O", "-", f"http://{address(there, back)}/").out
    assert page == there["Status"]["ContainerStatus"]["ContainerID"][:12]


def test_row_n03_inspect_shows_the_address(members, cli, back):
    everywhere(members, "web", back)
    task = on(members, "web", "h2")
    container = members.engines["h2"].get(f"/containers/{task['Status']['ContainerStatus']['ContainerID']}/json")
    endpoint = container["NetworkSettings"]["Networks"]["back"]
    assert endpoint["IPAddress"] == address(task, back) and endpoint["IPPrefixLen"] == 24
    assert "docker_gwbridge" not in container["NetworkSettings"]["Networks"]


def test_row_n10_n22_networks_are_apart(members, cli, back):
    front = make(members, "front")
    everywhere(members, "web", back)
    everywhere(members, "other", front)
    asking, asked = on(members, "other", "h1"), on(members, "web", "h1")
    assert resolved(cli, asking, "web") == set()
    assert "1 packets received" not in run(cli, asking, "ping", "-c", "1", "-W", "1", address(asked, back), code=None).out


def test_row_n11_a_task_in_two_networks_reaches_both(members, cli, back):
    front = make(members, "front")
    everywhere(members, "web", back)
    everywhere(members, "shop", front)
    everywhere(members, "proxy", back, front)
    proxy = on(members, "proxy", "h2")
    for name in ("web", "shop"):
        wait_until(lambda: run(cli, proxy, "wget", "-q", "-O", "-", f"http://{name}/", code=None).code == 0,
                   f"the proxy reaches {name}")


def test_row_n21_n24_n26_names(members, cli, back):
    everywhere(members, "web", back)
    asking = on(members, "web", "h1")
    vip = virtual_ip(members, "web", back)
    tasks = {address(task, back) for task in members.api.running("web")}
    wait_until(lambda: resolved(cli, asking, "web") == {vip}, "the service's name is its virtual address")
    wait_until(lambda: resolved(cli, asking, "tasks.web") == tasks, "tasks.web are the tasks")
    assert resolved(cli, asking, "web.back") == {vip}
    assert resolved(cli, asking, "WEB") == {vip}
    other = on(members, "web", "h3")
    name = f"web.{other['NodeID']}.{other['ID']}"
    assert resolved(cli, asking, name) == {address(other, back)}


def test_row_n25_dnsrr(members, cli, back):
    everywhere(members, "web", back, EndpointSpec={"Mode": "dnsrr"})
    tasks = {address(task, back) for task in members.api.running("web")}
    asking = on(members, "web", "h2")
    wait_until(lambda: resolved(cli, asking, "web") == tasks, "the name stands for the tasks")


def test_row_n34_n36_the_virtual_address_is_shared(members, cli, back):
    everywhere(members, "web", back)
    create(members.api, "client", Networks=[{"Target": back}])
    wait_running(members, "client", 1)
    client = members.api.running("client")[0]
    wait_until(lambda: "1 packets received" in run(cli, client, "ping", "-c", "1", "-W", "2", "web", code=None).out,
               "the virtual address answers")
    script = "for i in $(seq 30); do wget -q -O - http://web/ || echo -; done"
    lines = run(cli, client, "sh", "-c", script).lines
    counts = {line: lines.count(line) for line in lines}
    assert len(counts) == 3 and "-" not in counts and max(counts.values()) <= 15, counts


def test_row_n12_an_internal_network_leads_nowhere_else(members, cli, back):
    front = make(members, "front", Internal=True)
    everywhere(members, "web", front)
    task = on(members, "web", "h1")
    assert "default" not in run(cli, task, "ip", "route").out
    wait_until(lambda: resolved(cli, task, "web") == {virtual_ip(members, "web", front)}, "but names are known")


def leftovers(host):
    """Devices and rules that only overlays make, on the host itself; and networks that its engine still has."""
    links = subprocess.run(lab_host.enter(host, ["ip", "-br", "link"]), capture_output=True, text=True, check=True).stdout
    return [line.split()[0] for line in links.splitlines() if re.match(r"(vx|mv|mc)", line)]


def test_row_n17_a_network_goes_when_nobody_needs_it(members, cli, back):
    everywhere(members, "web", back)
    refused = members.api.request("DELETE", "/networks/back")
    service = members.api.get("/services/web")["ID"]
    assert refused.status == 400 and refused.message.endswith(f"network {back} is in use by service {service}")
    for host in NODES:
        assert any(n["Name"] == "back" for n in members.engines[host].get("/networks"))
    members.api.delete("/services/web")
    wait_until(lambda: not any(n["Name"] == "back" for host in NODES for n in members.engines[host].get("/networks")),
               "no engine has the network any more")
    wait_until(lambda: members.api.request("DELETE", "/networks/back").status == 204, "it can be removed")
    for host in NODES:
        wait_until(lambda: not leftovers(members.lab.host(host)), f"nothing is left on {host}")


def test_row_n18_a_host_that_leaves_takes_its_networks_along(members, cli, back):
    everywhere(members, "web", back)
    members.members["h3"].request("POST", "/swarm/leave?force=true")
    wait_until(lambda: not any(n["Driver"].startswith("ward-") for n in members.engines["h3"].get("/networks")),
               "its engine has none of the swarm's networks")
    wait_until(lambda: not leftovers(members.lab.host("h3")), "nothing is left on h3")
    members.join("h3")
