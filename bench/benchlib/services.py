"""P9, P10, P11: services against the bare engine (the floor) and native swarm mode, in interleaved rounds."""
import itertools
import threading
import time

from .engineapi import Api
from .process import cpu_seconds
from .report import at_most, plus_at_most
from .targets import wait_for

CONTAINER = {"Image": "alpine", "Cmd": ["sleep", "1000000"], "StopSignal": "SIGKILL", "Labels": {"bench": "floor"}}
MS = 1e3


def spec(name, count, **update):
    task = {"ContainerSpec": {"Image": "alpine", "Command": ["sleep", "1000000"], "StopSignal": "SIGKILL", "Env": ["A=1"]},
            "RestartPolicy": {"Condition": "any", "Delay": 0}}
    body = {"Name": name, "TaskTemplate": task, "Mode": {"Replicated": {"Replicas": count}}}
    return {**body, "UpdateConfig": update} if update else body


class Floor:
    """The same containers straight through the engine's API, with so many requests in flight."""

    def __init__(self, socket):
        self.socket = socket

    def each(self, items, concurrency, work):
        """Seconds that `work` takes for all items, and its results in their order."""
        todo, lock, done, failed = iter(enumerate(items)), threading.Lock(), {}, []

        def run():
            api = Api(self.socket)
            while not failed:
                with lock:
                    number, item = next(todo, (None, None))
                if number is None:
                    return
                try:
                    done[number] = work(api, item)
                except (RuntimeError, OSError) as error:
                    failed.append(error)
        threads = [threading.Thread(target=run) for _ in range(concurrency)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - began
        if failed:
            raise failed[0]
        return took, [done[number] for number in sorted(done)]

    def start_one(self, api, env):
        made = api("POST", "/containers/create", {**CONTAINER, "Env": [env]})["Id"]
        api("POST", f"/containers/{made}/start")
        return made

    def start(self, count, concurrency):
        took, made = self.each(["A=1"] * count, concurrency, self.start_one)
        running = Api(self.socket).list("/containers/json", label=["bench=floor"])
        if len(running) != count:
            raise RuntimeError(f"the floor has {len(running)} of {count} containers")
        return took, made

    def remove(self, containers, concurrency):
        return self.each(containers, concurrency, lambda api, c: api("DELETE", f"/containers/{c}?force=1"))[0]

    def roll(self, containers, concurrency):
        """Stop and remove the old one, create and start its successor: the least an update must do."""
        def replace(api, old):
            api("POST", f"/containers/{old}/stop")
            api("DELETE", f"/containers/{old}")
            return self.start_one(api, "A=2")
        return self.each(containers, concurrency, replace)


_numbers = itertools.count(1)


def running(task):
    return task["Status"]["State"] == "running" and task["DesiredState"] == "running"


def wait_tasks(swarm, service, count, good=running):
    wait_for(lambda: sum(map(good, swarm.api.list("/tasks", service=[service]))) >= count,
             f"{swarm.name}: {count} tasks run", 120, 0.002)


def create(swarm, count, report=None, **update):
    """Creates a service and waits until its API and its engine agree that all runs. Measured by the later of the two."""
    name = f"b{next(_numbers)}"
    mark, cpu, clock, began = swarm.events.mark(), cpu_seconds(swarm.pid), time.time(), time.monotonic()
    service = swarm.api("POST", "/services/create", spec(name, count, **update))["ID"]
    answered = time.monotonic() - began
    last = swarm.events.wait(mark, "start", count)
    wait_tasks(swarm, service, count)
    took = time.monotonic() - began
    cpu = cpu_seconds(swarm.pid) - cpu
    swarm.check_running(name, count)
    if report:
        first = swarm.events.times(mark, "create")[0]
        report.measure(f"create n={count}", swarm.name, took * MS, answered_ms=answered * MS, cpu_ms=cpu * MS,
                       first_create_ms=(first - clock) * MS, last_start_ms=(last - clock) * MS)
    return name, service


def remove(swarm, name, service, report=None):
    count = len(swarm.containers(name))
    mark, clock, began = swarm.events.mark(), time.time(), time.monotonic()
    swarm.api("DELETE", f"/services/{service}")
    answered = time.monotonic() - began
    swarm.events.wait(mark, "destroy", count)
    took = time.monotonic() - began
    wait_for(lambda: not swarm.containers(name), f"{swarm.name}: {name} is gone")
    if report:
        first = swarm.events.times(mark, "die")[0]
        report.measure(f"rm n={count}", swarm.name, took * MS, answered_ms=answered * MS,
                       first_die_ms=(first - clock) * MS)


def roll(swarm, count, parallelism, report):
    name, service = create(swarm, count, Parallelism=parallelism, Delay=0, Monitor=1000000)
    now = swarm.api("GET", f"/services/{service}")
    body = now["Spec"]
    body["TaskTemplate"]["ContainerSpec"]["Env"] = ["A=2"]
    mark, cpu, began = swarm.events.mark(), cpu_seconds(swarm.pid), time.monotonic()
    swarm.api("POST", f"/services/{service}/update?version={now['Version']['Index']}", body)
    swarm.events.wait(mark, "start", count)
    wait_tasks(swarm, service, count,
               lambda task: running(task) and task["Spec"]["ContainerSpec"].get("Env") == ["A=2"])
    took = time.monotonic() - began
    cpu = cpu_seconds(swarm.pid) - cpu

    def completed():
        return (swarm.api("GET", f"/services/{service}").get("UpdateStatus") or {}).get("State") == "completed"
    wait_for(completed, f"{swarm.name}: the update is completed")
    swarm.check_running(name, count)
    report.measure(f"update n={count} p={parallelism}", swarm.name, took * MS, cpu_ms=cpu * MS,
                   completed_ms=(time.monotonic() - began) * MS)
    remove(swarm, name, service)


def measure_services(bench, report, sizes, rounds, swarms):
    floor = Floor(bench.h1.socket)
    for swarm in swarms:  # Warm: the first container of an engine is slower.
        remove(swarm, *create(swarm, 2))
    for count in sizes:
        concurrencies = [c for c in (1, 4) if c <= count]
        for _ in range(rounds):
            for concurrency in concurrencies:
                took, made = floor.start(count, concurrency)
                report.measure(f"create n={count}", f"floor c={concurrency}", took * MS)
                report.measure(f"rm n={count}", f"floor c={concurrency}", floor.remove(made, concurrency) * MS)
            for swarm in swarms:
                remove(swarm, *create(swarm, count, report), report)
        for what, target in (("create", plus_at_most(25, "ms") if count == 1 else at_most(1.10)), ("rm", at_most(1.20))):
            metric = f"{what} n={count}"
            report.row(metric, "ms", report.best(metric, [f"floor c={c}" for c in concurrencies]), target)


def measure_updates(bench, report, count, rounds, swarms):
    """Native takes half a minute for one: it is asked in the first two rounds only."""
    floor = Floor(bench.h1.socket)
    for turn in range(rounds):
        for parallelism in (1, 5):
            made = floor.start(count, 4)[1]
            took, made = floor.roll(made, parallelism)
            report.measure(f"update n={count} p={parallelism}", "floor", took * MS)
            floor.remove(made, 4)
            for swarm in swarms:
                if swarm.name == "ours" or turn < 2:
                    roll(swarm, count, parallelism, report)
    for parallelism in (1, 5):
        report.row(f"update n={count} p={parallelism}", "ms", "floor", at_most(1.25))
