"""Creating services through the API, and finding what became of them."""
from .waiting import wait_until

SLEEP = {"Image": "alpine", "Args": ["sleep", "100000"], "StopGracePeriod": 10**9}


def create(api, name, container=None, replicas=1, **parts):
    """Creates a service; `parts` go into the task template (Placement, Resources…) or, if known there, the spec."""
    spec = {"Name": name, "Mode": parts.pop("Mode", {"Replicated": {"Replicas": replicas}}),
            "Labels": parts.pop("Labels", {})}
    for key in ("EndpointSpec", "UpdateConfig", "RollbackConfig"):
        if key in parts:
            spec[key] = parts.pop(key)
    spec["TaskTemplate"] = {"ContainerSpec": {**SLEEP, **(container or {})}, **parts}
    return api.post("/services/create", spec)["ID"]


def only_container(swarm, name):
    """The container of the service's one running task, inspected at its engine, and the host."""
    wait_until(lambda: swarm.api.running(name), f"{name} runs")
    for host, containers in swarm.containers(everything=False, service_name=name).items():
        for container in containers:
            return swarm.engines[host].get(f"/containers/{container['Id']}/json"), host
    raise AssertionError(f"{name} has no container on any engine")


def ids(swarm, **labels):
    """The ids of the task containers that run, over all engines."""
    return {c["Id"] for each in swarm.containers(everything=False, **labels).values() for c in each}


def wait_running(swarm, name, count):
    wait_until(lambda: len(swarm.api.running(name)) == count, f"{count} tasks of {name} run", 90)
