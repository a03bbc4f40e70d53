"""Creating services through the API, and finding what became of them."""
import collections

from .waiting import wait_until

SECOND = 10**9
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


def shell(text, **more):
    """The container part that runs a line of shell."""
    return {"Args": ["sh", "-c", text], **more}


# The container part of a task that takes three seconds to stop.
SLOW = shell("trap 'sleep 3; exit 0' TERM; while :; do sleep 0.1; done", StopGracePeriod=30 * SECOND)


def scale(api, name, replicas):
    api.update(name, lambda spec: spec["Mode"]["Replicated"].update(Replicas=replicas))


def availability(api, host, value):
    """Sets a node active, paused or drained."""
    api.update_node(host, lambda spec: spec.update(Availability=value))


def spread_over(key):
    """A placement that spreads over the values of a node label."""
    return {"Preferences": [{"Spread": {"SpreadDescriptor": f"node.labels.{key}"}}]}


def label(api, host, **labels):
    """Gives a node these labels and no others."""
    api.update_node(host, lambda spec: spec.update(Labels=labels))


def pending_error(api, name, error, count=1):
    """Waits until `count` tasks of the service are pending, and all for this reason."""
    wait_until(lambda: [t["Status"].get("Err") for t in api.tasks(name)
                        if t["Status"]["State"] == "pending"] == [error] * count, f"{name} is pending: {error}")


def inspect_task(swarm, task):
    """The container of a task, inspected at its engine."""
    for containers in swarm.containers(task_id=task["ID"]).items():
        for container in containers[1]:
            return swarm.engines[containers[0]].get(f"/containers/{container['Id']}/json")
    raise AssertionError(f"task {task['ID']} has no container on any engine")


def by_host(api, name):
    """How many tasks of the service run on each host; hosts without any are left out."""
    hosts = hosts_by_id(api)
    return dict(collections.Counter(hosts[t["NodeID"]] for t in api.running(name)))


def hosts_by_id(api):
    return {node["ID"]: host for host, node in api.nodes().items()}


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
