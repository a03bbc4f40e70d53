"""Containers that are no tasks in networks of the swarm, made by the docker CLI."""
import json
import re

from .waiting import wait_until


def sweep(members):
    """No containers and networks of an earlier case."""
    for engine in members.engines.values():
        for container in engine.get("/containers/json?all=1"):
            engine.request("DELETE", f"/containers/{container['Id']}?force=1&v=1")
    for name in ("open", "more", "shut", "inner"):
        wait_until(lambda name=name: members.api.request("DELETE", f"/networks/{name}").status in (204, 404),
                   f"{name} is gone")


def make(members, name, **more):
    return members.api.post("/networks/create", {"Name": name, "Driver": "overlay", "Attachable": True, **more})["Id"]


def start(docker, name, *options, network="open", command=("sleep", "1000"), code=0):
    return docker("run", "-d", "--name", name, "--network", network, *options, "alpine", *command, code=code).out


def endpoint(docker, name, network="open"):
    return json.loads(docker("inspect", name).out)[0]["NetworkSettings"]["Networks"][network]


def address(docker, name, network="open"):
    return endpoint(docker, name, network)["IPAddress"]


def reaches(docker, name, there):
    return "1 packets received" in docker("exec", name, "ping", "-c", "1", "-W", "2", there, code=None).out


def resolved(docker, name, asked):
    """All addresses of a name, as a container gets them."""
    out = docker("exec", name, "nslookup", asked, code=None).out
    answer = out.split("\n\n", 1)[1] if "\n\n" in out else ""
    return set(re.findall(r"Address(?: \d+)?: ([0-9.]+)", answer))


def attachments(members):
    return members.api.get("/tasks", runtime="attachment")
