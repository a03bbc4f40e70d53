"""How long the lists of swarm objects take, against native swarm mode with the same number of tasks."""
from .front import ukload
from .process import cpu_seconds
from .report import at_most
from .services import create, remove

PATHS = ("/services", "/tasks", "/nodes")


def measure_lists(report, loader, swarms, tasks, rounds, seconds):
    made = [create(swarm, tasks) for swarm in swarms]
    for swarm in swarms:
        counts = [len(swarm.api("GET", path)) for path in PATHS]
        if counts != [1, tasks, 1]:
            raise RuntimeError(f"{swarm.name}: {dict(zip(PATHS, counts))}")
    for path in PATHS:
        metric = f"GET {path}, {tasks} tasks"
        for _ in range(rounds):
            for swarm in swarms:
                before = cpu_seconds(swarm.pid)
                got = ukload(loader, swarm.socket, path, 1, seconds)
                used = (cpu_seconds(swarm.pid) - before) / got["n"] * 1e6
                report.measure(metric, swarm.name, got["p50"], cpu_us=used, bytes=got["bytes"] // got["n"])
        report.row(metric, "us", "native", at_most(1.0))
    for swarm, (name, service) in zip(swarms, made):
        remove(swarm, name, service)
