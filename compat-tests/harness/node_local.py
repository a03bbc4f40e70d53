"""Networks of the swarm that each engine makes for itself, after a configuration network of its own."""
import ipaddress

from .mesh import on
from .services import inspect_task
from .targets import NODES
from .waiting import wait_until

# A LAN of the tests' own for each host, and its share of the lab's LAN, which no host has addresses of.
OWN_SUBNETS = {host: f"10.99.{number}.0/24" for number, host in enumerate(NODES, 1)}


def configure(members, name, parts):
    """A configuration network on each host; `parts` are of each host."""
    for host in NODES:
        members.engines[host].post("/networks/create", {"Name": name, "ConfigOnly": True, **parts(host)})


def own_subnet(host):
    return {"IPAM": {"Config": [{"Subnet": OWN_SUBNETS[host]}]}, "Labels": {"where": host}}


def make(members, name, driver="bridge", **more):
    return members.api.post("/networks/create", {"Name": name, "Driver": driver, "Scope": "swarm", **more})["Id"]


def configured_after(name):
    return {"ConfigFrom": {"Network": name}}


def sweep(members):
    """No networks of earlier cases, on the engines neither."""
    def networks():
        left = [n for n in members.api.get("/networks", scope=["swarm"]) if not n["Ingress"]]
        return all(members.api.request("DELETE", f"/networks/{n['Id']}").status in (204, 404) for n in left)
    wait_until(networks, "the swarm's networks are gone")

    def configurations():
        left = [(engine, n) for engine in members.engines.values() for n in engine.get("/networks", type_=["custom"])
                if n["Name"] != "docker_gwbridge" and not n["Ingress"]]
        return all(engine.request("DELETE", f"/networks/{n['Id']}").status in (204, 404) for engine, n in left)
    wait_until(configurations, "the engines' networks are gone")


def endpoint(members, service, host, network):
    """What the engine shows of the task's place in the network."""
    return inspect_task(members, on(members, service, host))["NetworkSettings"]["Networks"][network]


def is_in(text, subnet):
    return ipaddress.ip_address(text) in ipaddress.ip_network(subnet)
