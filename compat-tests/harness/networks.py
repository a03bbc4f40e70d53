"""Networks of the swarm, made through the API."""
import ipaddress

import pytest

from .waiting import wait_until

# Services in a network whose tasks find no node: they have addresses, and need no engine.
NOWHERE = {"Placement": {"Constraints": ["node.labels.nowhere==here"]}}


def own(api):
    """The networks that cases made: those of the swarm but for the ingress network, and the engine's custom ones."""
    mine = [n for n in api.get("/networks", type_=["custom"]) if not n["Ingress"]]
    return [n for n in mine if n["Name"] != "docker_gwbridge"]


@pytest.fixture
def nets(swarm):
    """The swarm without networks of earlier cases."""
    def sweep():
        for network in own(swarm.api):
            swarm.api.request("DELETE", f"/networks/{network['Id']}")
        return not own(swarm.api)
    wait_until(sweep, "the networks of earlier cases are gone", 60)
    yield swarm
    swarm.clear()
    wait_until(sweep, "the networks of this case are gone", 60)


def make(api, name, **parts):
    return api.post("/networks/create", {"Name": name, "Driver": "overlay", **parts})["Id"]


def allocated(api, name):
    wait_until(lambda: api.get(f"/networks/{name}")["IPAM"]["Config"], f"{name} has addresses")
    return api.get(f"/networks/{name}")


def subnet(network):
    return ipaddress.ip_network(network["IPAM"]["Config"][0]["Subnet"])


def in_network(name, **more):
    return {"Networks": [{"Target": name, **more}], **NOWHERE}


def names(api, **filters):
    return sorted(n["Name"] for n in api.get("/networks", **filters) if not n["Ingress"])
