#!/usr/bin/python3
"""A manager with many engines: a fleet of played dockerds, real HTTP on both sides, swarmward in between.

Per fleet size: the time to connect, services created until all containers run (against what the fleet takes without a
manager), memory per engine and task, CPU of the settled cluster, CPU per container that dies.
"""
import argparse
import contextlib
import ctypes
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from benchlib.engineapi import Api  # noqa: E402
from benchlib.process import cpu_seconds, load  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[1]


def rss_kb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    raise RuntimeError("no VmRSS")


def wait_for(check, what, seconds=1800, pause=0.1):
    deadline = time.monotonic() + seconds
    while not (found := check()):
        if time.monotonic() > deadline:
            raise RuntimeError(f"not within {seconds} s: {what}")
        time.sleep(pause)
    return found


class Fleet:
    """`count` played engines, in as many processes as their descriptors need."""

    IN_ONE_PROCESS = 4000  # Each listens, has a stream of events, and a few connections for requests.

    def __init__(self, binaries, folder, count, cleanup):
        self.folder, self.count = pathlib.Path(folder), count
        # A manager may hold as many connections as one process may have: they are spread over two at least.
        self.in_one_process = min(self.IN_ONE_PROCESS, (count + 1) // 2)
        firsts = range(0, count, self.in_one_process)
        self.processes = [self._start(binaries, first, cleanup) for first in firsts]
        for process in self.processes:
            if process.stdout.readline() != "ready\n":
                raise RuntimeError("fake_fleet did not start; is the limit of open files too low?")
        self.controls = [Api(self.folder / f"fleet-{first}.sock") for first in firsts]

    def _start(self, binaries, first, cleanup):
        count = min(self.in_one_process, self.count - first)
        process = subprocess.Popen([binaries / "fake_fleet", self.folder, str(first), str(count)],
                                   stdout=subprocess.PIPE, text=True)
        cleanup.callback(stop, process)
        return process

    def counters(self):
        each = [control("GET", "/") for control in self.controls]
        return {key: sum(counters[key] for counters in each) for key in each[0]}


def stop(process):
    process.terminate()
    process.wait(60)


def ceiling(binaries, count, containers):
    """Containers a second that the fleet takes from a bare loader."""
    with contextlib.ExitStack() as cleanup:
        folder = cleanup.enter_context(tempfile.TemporaryDirectory(prefix="fleet-"))
        Fleet(binaries, folder, count, cleanup)
        done = subprocess.run([binaries / "fleet_load", folder, str(count), str(containers)], check=True,
                              capture_output=True, text=True)
        return float(done.stdout)


def ping_floor(binaries, count):
    """CPU of a ping of an idle engine, in a bare loop that asks those that are due together: microseconds."""
    with contextlib.ExitStack() as cleanup:
        folder = cleanup.enter_context(tempfile.TemporaryDirectory(prefix="fleet-"))
        Fleet(binaries, folder, count, cleanup)
        done = subprocess.run([binaries / "ping_floor", folder, str(count), "5000", "100", "10"], check=True,
                              capture_output=True, text=True)
        return float(done.stdout)


class Manager:
    """Swarmward with a fleet behind it."""

    def __init__(self, binaries, fleet, folder, cleanup, listed):
        folder = pathlib.Path(folder)
        config = folder / "config.json"
        sockets = [f"{fleet.folder}/{index}.sock" for index in range(listed)]
        engines = [f"unix://{sockets[0]}", *(f"n{i}=unix://{path}" for i, path in enumerate(sockets) if i)]
        config.write_text(json.dumps({"engines": engines}))
        self.log = open(folder / "log", "w")
        self.process = subprocess.Popen(
            [binaries / "swarmward", "-H", f"unix://{folder}/api.sock", "--data-root", folder / "data", "--pidfile",
             folder / "pid", "--config-file", config, "--log-level", "warning"], stdout=self.log, stderr=self.log)
        cleanup.callback(stop, self.process)
        self.pid = self.process.pid
        wait_for((folder / "api.sock").exists, "the manager listens", 60)
        self.api = Api(folder / "api.sock", 600)

    def cpu(self):
        return cpu_seconds(self.pid)

    def init(self):
        self.api("POST", "/swarm/init", {"ListenAddr": "127.0.0.1:2377", "AdvertiseAddr": "127.0.0.1", "Spec": {}})

    def wait_for_nodes(self, count):
        wait_for(lambda: sum(n["Status"]["State"] == "ready" for n in self.api("GET", "/nodes")) == count,
                 "all nodes are ready")

    def create(self, name, replicas):
        self.api("POST", "/services/create", {
            "Name": name, "Mode": {"Replicated": {"Replicas": replicas}},
            "TaskTemplate": {"ContainerSpec": {"Image": "app:1"}, "RestartPolicy": {"Condition": "any", "Delay": 0}}})


class Members:
    """Workers in one process, one for each engine of the fleet but the manager's own."""

    def __init__(self, binaries, fleet, manager, cleanup):
        # Engine 0 is the manager's.
        folder = pathlib.Path(tempfile.mkdtemp(prefix="members-", dir=fleet.folder))
        for index in range(1, fleet.count):
            os.symlink(fleet.folder / f"{index}.sock", folder / f"{index - 1}.sock")
        token = manager.api("GET", "/swarm")["JoinTokens"]["Worker"]
        self.process = subprocess.Popen(
            [binaries / "fake_members", folder, str(fleet.count - 1), "127.0.0.1:2377", token],
            stdout=subprocess.PIPE, text=True)
        cleanup.callback(stop, self.process)
        if self.process.stdout.readline() != "joined\n":
            raise RuntimeError("not all have joined")


def settled(fleet, total):
    counters = fleet.counters()
    return counters["running"] == total and counters


def measure(binaries, engines, tasks, services, joined):
    row = {"engines": engines, "joined": joined, "tasks": tasks, "services": services, "load": load()}
    if tasks:
        row["ceiling_per_s"] = ceiling(binaries, engines, min(tasks, 50000))
    with contextlib.ExitStack() as cleanup:
        folder = cleanup.enter_context(tempfile.TemporaryDirectory(prefix="fleet-"))
        fleet = Fleet(binaries, folder, engines, cleanup)
        manager = Manager(binaries, fleet, tempfile.mkdtemp(prefix="manager-", dir=folder), cleanup,
                          1 if joined else engines)
        empty = rss_kb(manager.pid)
        begun = time.monotonic()
        manager.init()
        if joined:
            Members(binaries, fleet, manager, cleanup)
        manager.wait_for_nodes(engines)
        row["connect_s"] = time.monotonic() - begun
        connected = rss_kb(manager.pid)
        row["kb_per_engine"] = (connected - empty) / engines

        begun, cpu = time.monotonic(), manager.cpu()
        for index in range(services):
            manager.create(f"s{index}", tasks // services + (index < tasks % services))
        if tasks:
            wait_for(lambda: settled(fleet, tasks), "all containers run")
            row["tasks_per_s"] = tasks / (time.monotonic() - begun)
            row["us_cpu_per_task"] = (manager.cpu() - cpu) / tasks * 1e6
            row["of_ceiling"] = row["tasks_per_s"] / row["ceiling_per_s"]
            wait_for(lambda: len(running(manager)) == tasks, "the API says that all run")
            row["bytes_per_task"] = (rss_kb(manager.pid) - connected) * 1024 / tasks

        time.sleep(5)
        cpu, asked = manager.cpu(), fleet.counters()["requests"]
        time.sleep(10)
        idle, asked = manager.cpu() - cpu, fleet.counters()["requests"] - asked
        row["idle_core_percent"] = idle * 10
        if not joined:
            row["us_cpu_per_ping"] = idle / asked * 1e6
            row["of_ping_floor"] = row["us_cpu_per_ping"] / ping_floor(binaries, engines)
        if tasks:
            row["us_cpu_per_death"] = deaths(fleet, manager, tasks)
            check_spread(fleet, manager, engines, tasks)
    return row


def running(manager):
    return [t for t in manager.api("GET", "/tasks") if t["Status"]["State"] == "running"]


def deaths(fleet, manager, tasks, count=200):
    """CPU of the manager per container that ends and is replaced, beyond that of a settled cluster."""
    victims = running(manager)[:count]
    engine = {n["ID"]: n["Description"]["Hostname"] for n in manager.api("GET", "/nodes")}
    created, cpu, begun = fleet.counters()["created"], manager.cpu(), time.monotonic()
    for task in victims:
        index = int(engine[task["NodeID"]].lstrip("node"))
        Api(fleet.folder / f"{index}.sock")(
            "POST", f"/containers/{task['Status']['ContainerStatus']['ContainerID']}/kill")
    wait_for(lambda: fleet.counters()["created"] >= created + len(victims) and settled(fleet, tasks), "all are replaced")
    took, used = time.monotonic() - begun, manager.cpu() - cpu
    cpu = manager.cpu()
    time.sleep(took)
    return (used - (manager.cpu() - cpu)) / len(victims) * 1e6


def check_spread(fleet, manager, engines, tasks):
    """No engine may have more than its share and one, for each service is spread evenly."""
    load_of = {}
    for task in running(manager):
        load_of[task["NodeID"]] = load_of.get(task["NodeID"], 0) + 1
    if max(load_of.values()) > tasks // engines + 2:
        raise RuntimeError(f"a node has {max(load_of.values())} of {tasks} tasks on {engines} engines")


def stay_apart():
    """A network of its own, for the manager's ports and devices; and what was started ends with the bench."""
    clone_newnet = 0x40000000
    if ctypes.CDLL(None, use_errno=True).unshare(clone_newnet) != 0:
        raise OSError(ctypes.get_errno(), "a network namespace of its own (needs root)")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="100x2000,1000x20000", help="engines x tasks (default: %(default)s)")
    parser.add_argument("--services", type=int, default=100)
    parser.add_argument("--joined", action="store_true", help="engines of workers that joined, over mutual TLS")
    parser.add_argument("--binaries", type=pathlib.Path, default=ROOT / "build/release/bin")
    args = parser.parse_args()
    stay_apart()
    out = ROOT / "build/bench/fleet.jsonl"
    os.makedirs(out.parent, exist_ok=True)
    with open(out, "a") as file:
        for size in args.sizes.split(","):
            engines, tasks = map(int, size.split("x"))
            row = measure(args.binaries, engines, tasks, min(args.services, tasks), args.joined)
            file.write(json.dumps(row) + "\n")
            print("  ".join(f"{key} {value:.4g}" for key, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
