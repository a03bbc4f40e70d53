"""The life of a stack: deployed, deployed again, updated, rolled back, removed, deployed once more."""
import json
import re
import time

from .stack_view import View
from .stacks import StackCli
from .waiting import wait_until

PATIENCE = 120
BUSY = ("updating", "rollback_started")


def at_rest(view, after=()):
    """Nothing is left to do for any service of the stack. `after` names services whose rollback must be over."""
    services, tasks = view.services(), view.tasks()
    assert services, "there are services"
    for service in services:
        name = service["Spec"]["Name"]
        state = (service.get("UpdateStatus") or {}).get("State")
        assert state not in BUSY, f"{name} is {state}"
        assert name not in after or state == "rollback_completed", f"{name} is {state}"
        _runs(name, service, [t for t in tasks if t["ServiceID"] == service["ID"]])
    return True


def _runs(name, service, tasks):
    status, template = service["ServiceStatus"], service["Spec"]["TaskTemplate"]
    current = [t for t in tasks if all(t["Spec"].get(part) == template.get(part) for part in ("ContainerSpec", "Resources"))]
    if "JobStatus" in service:
        wanted = service["Spec"]["Mode"].get("ReplicatedJob", {}).get("TotalCompletions", len(_nodes(tasks)))
        latest = service["JobStatus"]["JobIteration"].get("Index", 0)
        done = [t for t in current if (t.get("JobIteration") or {}).get("Index", 0) == latest
                and t["Status"]["State"] == "complete"]
        assert wanted and len(done) == wanted, f"{name}: {len(done)} of {wanted} completed"
        return
    places = {(t.get("Slot"), t.get("NodeID") if not t.get("Slot") else "") for t in current
              if t["Status"]["State"] == "running" and t["DesiredState"] == "running"
              or t["Status"]["State"] == "complete" and template["RestartPolicy"]["Condition"] != "any"}
    wanted = service["Spec"]["Mode"].get("Replicated", {}).get("Replicas", status["DesiredTasks"])
    assert len(places) == wanted, f"{name}: {len(places)} of {wanted} run; " + str(
        [(t["Status"]["State"], t["Status"].get("Err")) for t in tasks])
    assert "Replicated" in service["Spec"]["Mode"] or wanted, f"{name} has no tasks yet"
    old = [t for t in tasks if t not in current and t["DesiredState"] == "running"]
    assert not old, f"{name}: old tasks are wanted still"


def _nodes(tasks):
    return {t.get("NodeID") for t in tasks}


class Life:
    """One stack from its first deployment to its end. Each step returns what there is to compare."""

    def __init__(self, swarm, stack, docker, name=None):
        self.swarm, self.docker = swarm, docker
        self.cli, self.view = StackCli(stack, docker, name), View(swarm, name or stack.name)

    def rest(self, what, **how):
        wait_until(lambda: at_rest(self.view, **how), f"{self.cli.name} is at rest {what}", PATIENCE, 0.2)

    def run(self):
        """All steps: {step: what was seen}."""
        seen = {"deployed": self.deploy(), "again": self.deploy_again()}
        seen["updated"] = self.update()
        seen["rolled back"] = self.roll_back()
        self.remove_and_return()
        return seen

    def deploy(self):
        self.cli.deploy()
        self.rest("after its deployment")
        seen = self.view.whole(self.docker)
        seen["containers"] = self.view.containers(self.docker)
        # The CLI makes services in any order, so a port that the swarm chooses may be another one each time.
        seen["stack services"] = [re.sub(r"\*:3\d{4}(-3\d{4})?->", "*:chosen->", row) for row in self.cli.table(
            "services", "Name", "Mode", "Replicas", "Image", "Ports")]
        seen["stack ps"] = sorted(self.view.plain(row) for row in self.cli.table(
            "ps", "Name", "Image", "DesiredState", more=("--no-trunc", "--filter", "desired-state=running")))
        listed = dict(row.split("|") for row in self.docker("stack", "ls", "--format", "{{.Name}}|{{.Services}}").lines)
        assert listed[self.cli.name] == str(len(seen["services"]))
        return seen

    def wanted_tasks(self):
        """Those of jobs are left out: every deployment runs jobs again."""
        return {t["ID"]: t["DesiredState"] for t in self.view.tasks() if "JobIteration" not in t
                and t["DesiredState"] not in ("shutdown", "remove")}

    def deploy_again(self):
        """Unchanged: no task is touched. How often each service was written."""
        before, started = self.wanted_tasks(), time.time()
        idents = {s["ID"]: s["Spec"]["Name"] for s in self.view.services()}
        self.cli.deploy()
        time.sleep(1.5)  # Whatever it sets off shall have begun.
        self.rest("after it was deployed again")
        after = self.wanted_tasks()
        assert after == before, f"an unchanged deployment replaces no task: {self.view.plain(before)} {after}"
        writes = dict.fromkeys(idents.values(), 0)
        told = self.swarm.api.request("GET", f"/events?since={started:.9f}&until={time.time():.9f}"
                                             "&filters=%7B%22type%22%3A%5B%22service%22%5D%7D").text
        for line in told.splitlines():
            event = json.loads(line)
            if event["Action"] == "update" and event["Actor"]["ID"] in idents:
                writes[idents[event["Actor"]["ID"]]] += 1
        seen = self.view.whole(self.docker)
        seen["writes"] = writes
        return seen

    def update(self):
        self.cli.deploy(updated=True)
        self.rest("after its update")
        return self.view.whole(self.docker)

    def roll_back(self):
        """Each service that was updated returns to what it was."""
        back = [s["Spec"]["Name"] for s in self.view.services() if (s.get("UpdateStatus") or {}).get("State") == "completed"
                and s["PreviousSpec"]["TaskTemplate"] != s["Spec"]["TaskTemplate"]]
        for name in back:
            self.docker("service", "rollback", "--detach", name)
        self.rest("after its rollback", after=back)
        return self.view.whole(self.docker)

    def gone(self):
        api, label = self.swarm.api, self.view.label
        assert not api.get("/services", label=label), "services are left"
        assert not api.get("/networks", label=label), "networks are left"
        running = self.swarm.containers(everything=True)
        left = [c["Names"] for each in running.values() for c in each if c["Labels"].get(label.split("=")[0]) == self.cli.name]
        assert not left, f"containers are left: {left}"
        listed = self.docker("stack", "ls", "--format", "{{.Name}}").lines
        assert self.cli.name not in listed
        tasks = [t for t in api.get("/tasks") if t["Spec"]["ContainerSpec"].get("Labels", {}).get(
            label.split("=")[0]) == self.cli.name and "JobIteration" not in t]
        assert not tasks, "tasks are left"
        return True

    def remove_and_return(self):
        """Gone without a trace, and there again when it is deployed right after its removal."""
        native = self.swarm.name == "native"
        jobs = [s["Spec"]["Name"] for s in self.view.services() if "JobStatus" in s]
        self.remove()
        if native:  # The network of the old tasks goes while the new services look for it.
            self._sweep(jobs)
            wait_until(self.gone, f"{self.cli.name} is gone", PATIENCE)
        self.cli.deploy()
        self.rest("after its return")
        self.remove()
        if native:
            self._sweep(jobs)
        wait_until(self.gone, f"{self.cli.name} is gone in the end", PATIENCE)



    def remove(self):
        """Natively the CLI may wait for ever for tasks that vanish between two looks, and networks may still be in use."""
        if self.swarm.name == "native":
            wait_until(lambda: self.cli.remove(code=None).code == 0, f"{self.cli.name} can be removed")
        else:
            self.cli.remove(wait=True)

    def _sweep(self, jobs):
        """Native 20.10 leaves the tasks and containers of removed jobs where they are."""
        for job in jobs:
            for host, left in self.swarm.containers(service_name=job).items():
                for container in left:
                    self.swarm.engines[host].request("DELETE", f"/containers/{container['Id']}?force=1")
