"""Nodes are told what changes in their networks, change by change: after any of them, and after losses, all know the same."""
import os
import random
import time

import pytest

from harness.mesh import make, publish, remove_networks
from harness.network_doctor import ward, WEB  # noqa: F401
from harness.services import create
from harness.targets import NODES
from harness.waiting import wait_until

pytestmark = pytest.mark.swarmward_only("native has no docker ward to compare nodes with")

CHANGES = int(os.environ.get("SWARMWARD_MESH_CHANGES", 40))
SERVICES = 5
NETWORKS = 3


class Changes:
    """Changes services and networks at random, and now and then kills a daemon."""

    def __init__(self, members, seed):
        self.members, self.api, self.random = members, members.api, random.Random(seed)
        self.networks = {f"n{i}": make(members, f"n{i}") for i in range(NETWORKS)}
        self.services = {}
        self.serve()
        self.serve()

    def step(self):
        self.random.choice([self.serve, self.scale, self.scale, self.move, self.redo, self.end, self.network])()

    def some(self):
        return self.random.sample(sorted(self.networks), self.random.randint(1, len(self.networks)))

    def serve(self):
        free = [i for i in range(SERVICES) if f"s{i}" not in self.services]
        if not free:
            return
        number = self.random.choice(free)
        networks = self.some()
        create(self.api, f"s{number}", {**WEB, "StopGracePeriod": 0}, replicas=self.random.randint(0, 4),
               EndpointSpec=publish(80, 9100 + number),
               Networks=[{"Target": self.networks[each], "Aliases": [f"alias-{number % 2}"]} for each in networks])
        self.services[f"s{number}"] = networks

    def one(self):
        return self.random.choice(sorted(self.services)) if self.services else None

    def scale(self):
        if name := self.one():
            replicas = self.random.randint(0, 5)
            self.api.update(name, lambda spec: spec["Mode"]["Replicated"].update(Replicas=replicas))

    def move(self):
        if name := self.one():
            networks = self.some()
            self.api.update(name, lambda spec: spec["TaskTemplate"].update(
                Networks=[{"Target": self.networks[each]} for each in networks]))
            self.services[name] = networks

    def redo(self):
        if name := self.one():
            self.api.update(name, lambda spec: spec["TaskTemplate"].update(
                ForceUpdate=spec["TaskTemplate"].get("ForceUpdate", 0) + 1))

    def end(self):
        if name := self.one():
            self.api.delete(f"/services/{name}")
            del self.services[name]

    def network(self):
        used = {network for networks in self.services.values() for network in networks}
        if unused := sorted(set(self.networks) - used):
            name = self.random.choice(unused)
            if self.api.request("DELETE", f"/networks/{self.networks[name]}").status == 204:
                self.networks[name] = make(self.members, name)

    def kill(self, host):
        self.members.daemons[host].kill()
        time.sleep(self.random.uniform(0, 0.3))
        self.members.daemons[host].start()
        wait_until(lambda: self.api.request("GET", "/services").status == 200, "the manager answers")


def settled(members, changes):
    """All tasks are what their services want, so that nothing changes any more."""
    tasks = members.api.get("/tasks")
    busy = [task for task in tasks if task["Status"]["State"] != task["DesiredState"]
            and task["Status"]["State"] not in ("complete", "failed", "shutdown", "rejected", "orphaned")]
    updating = [service for service in members.api.get("/services")
                if service.get("UpdateStatus", {}).get("State") == "updating"]
    return not busy and not updating


def agree(ward):
    """No node has what the manager did not plan, nor lacks what it did."""
    differ = []
    for node in ward.doctor()[1]["Nodes"]:
        differ += [f"{node['Name']}: {finding['Kind']} {finding['Network']}: {finding['What']}"
                   for finding in node.get("Findings") or []]
        if node["Status"] != "ok" or node["Plan"] != node["NodePlan"]:
            differ.append(f"{node['Name']}: {node['Status']}, plan {node['NodePlan']} for {node['Plan']}")
    assert not differ, "; ".join(differ)
    return True


def test_all_nodes_know_the_same_after_any_changes(members, ward):
    seed = os.environ.get("SWARMWARD_SEED", str(random.randrange(10**6)))
    print(f"seed {seed}; again with SWARMWARD_SEED={seed}")
    remove_networks(members)
    changes = Changes(members, seed)
    for done in range(CHANGES):
        changes.step()
        if done % 10 == 9:
            changes.kill(NODES[done // 10 % len(NODES)])
        if done % 20 == 19:
            members.wait_for_nodes()
            wait_until(lambda: settled(members, changes), "nothing changes any more", 60)
            wait_until(lambda: agree(ward), "nodes know what the manager knows", 20)
            print(f"{done + 1} of {CHANGES}: {changes.services}", flush=True)
    members.clear()
    remove_networks(members)
