"""kill -9 of the daemon at any instant: nothing acknowledged is lost, nothing runs twice."""
import http.client
import os
import random
import threading
import time

import pytest

from harness.waiting import wait_until

pytestmark = pytest.mark.swarmward_only("it is about swarmward's own state and task runners")

ROUNDS = int(os.environ.get("SWARMWARD_KILL_ROUNDS", "5" if os.environ.get("SWARMWARD_QUICK") else "50"))
SERVICES = 6


class Client(threading.Thread):
    """Creates, scales and removes one service over and over and remembers what was acknowledged.

    `known` is the number of replicas that the cluster must have: 0 for no service, or a set of two numbers when the
    last request got no answer (it may have happened or not).
    """

    def __init__(self, api, name, seed):
        super().__init__(daemon=True)
        self.api, self.name, self.random = api, name, random.Random(f"{seed}-{name}")
        self.known, self.acknowledged, self.halt = {None}, 0, threading.Event()
        self.wrong = []

    def run(self):
        while not self.halt.is_set():
            self.step()
            time.sleep(self.random.uniform(0, 0.05))

    def step(self):
        if len(self.known) > 1 and not self.ask():
            return
        now = next(iter(self.known))
        if now is None:
            self.attempt(self.random.randint(1, 4), "POST", "/services/create", lambda n: self.spec(n))
        elif self.random.random() < 0.3:
            self.attempt(None, "DELETE", f"/services/{self.name}", lambda n: None)
        else:
            self.scale(self.random.randint(1, 4))

    def spec(self, replicas):
        return {"Name": self.name, "Mode": {"Replicated": {"Replicas": replicas}}, "TaskTemplate": {
            "ContainerSpec": {"Image": "alpine", "Args": ["sleep", "100000"], "StopSignal": "SIGKILL"},
            "RestartPolicy": {"Delay": 0}}}

    def ask(self):
        """After a request without an answer: which of the two is it? Both are right, a third is not."""
        try:
            reply = self.api.request("GET", f"/services/{self.name}")
        except (OSError, http.client.HTTPException):
            return False
        if reply.status not in (200, 404):
            return False
        now = reply.json["Spec"]["Mode"]["Replicated"]["Replicas"] if reply.status == 200 else None
        if now not in self.known:
            self.wrong.append(f"{self.name} has {now} replicas, which is none of {self.known}")
        self.known = {now}
        return True

    def scale(self, replicas):
        try:
            now = self.api.request("GET", f"/services/{self.name}")
        except (OSError, http.client.HTTPException):
            return
        if now.status == 404:
            self.wrong.append(f"{self.name} is lost; it had {self.known} replicas")
            self.known = {None}
        if now.status != 200:
            return
        path = f"/services/{now.json['ID']}/update?version={now.json['Version']['Index']}"
        self.attempt(replicas, "POST", path, self.spec)

    def attempt(self, wanted, method, path, body):
        before = set(self.known)
        self.known = before | {wanted}
        try:
            reply = self.api.request(method, path, body(wanted))
        except ConnectionRefusedError:
            self.known = before  # It never left.
            return
        except FileNotFoundError:
            self.known = before
            return
        except (OSError, http.client.HTTPException):
            return
        self.known = {wanted} if reply.status < 300 else before
        self.acknowledged += reply.status < 300
        if reply.status >= 400 and reply.status != 503 and "out of sequence" not in reply.message:
            self.wrong.append(f"{method} {path}: {reply!r}")


def test_kill_loop(swarm, api):
    seed = os.environ.get("SWARMWARD_SEED", str(random.randrange(10**6)))
    print(f"seed {seed}; again with SWARMWARD_SEED={seed}")
    dice = random.Random(seed)
    # No name may be the beginning of an id, for services are found by that too.
    clients = [Client(api, f"kill-{i}", seed) for i in range(SERVICES)]
    for client in clients:
        client.start()
    for round_ in range(ROUNDS):
        time.sleep(dice.uniform(0.05, 1.0))
        swarm.daemon.kill()
        swarm.daemon.start()
        if round_ % 10 == 9:
            print(f"round {round_ + 1} of {ROUNDS}", flush=True)
    time.sleep(1)
    for client in clients:
        client.halt.set()
    for client in clients:
        client.join(70)
        assert not client.is_alive()
        wait_until(lambda: len(client.known) == 1 or client.ask(), "the last request is cleared up")
    assert [w for client in clients for w in client.wrong] == []
    assert sum(client.acknowledged for client in clients) > ROUNDS, "the clients got something done"

    wanted = {c.name: next(iter(c.known)) for c in clients if c.known != {None}}
    listed = {s["Spec"]["Name"]: s["Spec"]["Mode"]["Replicated"]["Replicas"] for s in api.get("/services")}
    assert listed == wanted, "exactly what was acknowledged"

    def exactly():
        # Any slots: scaling down takes those whose tasks do not run yet before higher ones that do.
        found = sorted(c["Names"][0].lstrip("/").rsplit(".", 1)[0]
                       for each in swarm.containers(everything=False).values() for c in each)
        counts = {name: sum(slot.startswith(f"{name}.") for slot in found) for name in wanted}
        assert counts == wanted and len(set(found)) == len(found) == sum(counts.values()), f"want {wanted}, found {found}"
        return True
    wait_until(exactly, "one container per slot", 120)
    owned = {t["ID"] for t in api.get("/tasks")}

    def no_strays():
        strays = [c["Names"] for each in swarm.containers().values() for c in each
                  if c["Labels"]["com.docker.swarm.task.id"] not in owned | {t["ID"] for t in api.get("/tasks")}]
        assert not strays
        return True
    wait_until(no_strays, "every container, also a stopped one, belongs to a task")
