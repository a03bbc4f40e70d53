"""Tasks in overlay networks: where they run, what their addresses are, and programs in their network namespaces."""
import subprocess

from lablib import host as lab_host
from lablib.names import NETNS

from .services import create, wait_running
from .targets import NODES
from .waiting import wait_until

WEB = {"Image": "nginx", "Args": None}
PYTHON = "/usr/bin/python3"


def make(members, name, **more):
    """The id of a new overlay network."""
    return members.api.post("/networks/create", {"Name": name, "Driver": "overlay", **more})["Id"]


def remove_networks(members):
    """Removes all overlay networks but the ingress network; waits for those that tasks still leave."""
    def sweep():
        left = [n for n in members.api.get("/networks", scope=["swarm"]) if not n["Ingress"]]
        return all(members.api.request("DELETE", f"/networks/{n['Id']}").status in (204, 404) for n in left)
    wait_until(sweep, "the networks of earlier cases are gone")


def attach(*networks):
    return {"Networks": [{"Target": network} for network in networks]}


def everywhere(members, name, *networks, container=None, **more):
    """A service with one task on each host; without a container part: one that answers HTTP with its host name."""
    create(members.api, name, container or WEB, Mode={"Global": {}}, **{**attach(*networks), **more})
    wait_running(members, name, len(NODES))


def several(members, name, replicas, *networks, container=None, **more):
    create(members.api, name, container or WEB, replicas=replicas, **{**attach(*networks), **more})
    wait_running(members, name, replicas)


def publish(target=80, published=8080, protocol="tcp", mode="ingress"):
    """The endpoint part of a service with one published port; 0 lets the swarm choose the number."""
    return {"Mode": "vip", "Ports": [{"Protocol": protocol, "TargetPort": target, "PublishMode": mode,
                                      **({"PublishedPort": published} if published else {})}]}


def on(members, service, host):
    """The service's task on a host."""
    found = [task for task in members.api.running(service) if host_of(members, task) == host]
    assert found, f"no task of {service} runs on {host}"
    return found[0]


def address(task, network):
    for attachment in task["NetworksAttachments"]:
        if attachment["Network"]["ID"] == network:
            return attachment["Addresses"][0].split("/")[0]
    raise AssertionError(f"no address in {network}: {task['NetworksAttachments']}")


def addresses(members, service, network):
    """Those of all tasks that run."""
    return {address(task, network) for task in members.api.running(service)}


def virtual_ip(members, service, network):
    for entry in members.api.get(f"/services/{service}")["Endpoint"]["VirtualIPs"]:
        if entry["NetworkID"] == network:
            return entry["Addr"].split("/")[0]
    raise AssertionError("no virtual address")


def container(task):
    return task["Status"]["ContainerStatus"]["ContainerID"]


def host_of(members, task):
    """As the manager knows it, so that the daemon there need not run."""
    return members.api.get(f"/nodes/{task['NodeID']}")["Description"]["Hostname"]


def enter(members, task):
    """The beginning of a command line that runs a program of this machine in the network of a task."""
    inspected = members.engines[host_of(members, task)].get(f"/containers/{container(task)}/json")
    return ["nsenter", "-t", str(inspected["State"]["Pid"]), "-n", "--"]


def inside(members, task, *command):
    """The exit status and the output of a program of this machine in the network of a task."""
    return _finished([*enter(members, task), *command])


def on_host(members, host, *command):
    """The same on a host."""
    return _finished(lab_host.enter(members.lab.host(host), list(command)))


def host_place(members, host):
    """The beginning of a command line that runs something on a host."""
    return lab_host.enter(members.lab.host(host), [])


def client_place(members):
    """The same on the machine of the lab's LAN that is no host; its address is `gateway` of each host."""
    return ["nsenter", f"--net={NETNS / members.lab.client}", "--"]


def lan_address(members, host):
    return members.lab.host(host).address


def _finished(line):
    done = subprocess.run(line, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def pings(members, task, target):
    return inside(members, task, "busybox", "ping", "-c", "1", "-W", "2", target)[0] == 0


def reaches(members, task, target):
    wait_until(lambda: pings(members, task, target), f"the task on {host_of(members, task)} reaches {target}", 20)


def dig(members, task, *question):
    """What a query by the resolver of the task's container (127.0.0.11) brings."""
    return inside(members, task, "dig", "+time=3", "+tries=1", "@127.0.0.11", *question)[1]


def resolved(members, task, name):
    """The IPv4 addresses of a name in the order of the answer."""
    return [line for line in dig(members, task, "+short", name, "A").splitlines() if line[:1].isdigit()]
