"""P12: what the front end adds to calls that are not ours, against the bare engine and haproxy."""
import io
import json
import os
import subprocess
import tarfile

from .engineapi import Api
from .process import cpu_seconds, pinned
from .report import Target, at_least, at_most
from .services import Floor

BULK_IMAGE = "swarmward-bench-bulk"
CONTAINERS = 20  # In the list whose throughput is measured.


def ukload(binary, socket, path, connections=1, seconds=1.0, core=None):
    pin = ["taskset", "-c", str(core)] if core is not None else []
    done = subprocess.run([*pin, str(binary), str(socket), path, str(connections), str(seconds)],
                          capture_output=True, text=True, check=True)
    result = json.loads(done.stdout)
    if result["bad"]:
        raise RuntimeError(f"{result['bad']} of {result['n']} answers to {path} at {socket} were bad")
    return result


class Front:
    def __init__(self, bench, report, loader, seconds):
        self.bench, self.report, self.loader, self.seconds = bench, report, loader, seconds
        haproxy, pid = bench.start_haproxy()
        self.ways = {"direct": (bench.h1.socket, None), "ours": (bench.ours.socket, bench.ours.pid)}
        if pid:
            self.ways |= {"ha-tcp": (haproxy["tcp"], pid), "ha-http": (haproxy["http"], pid)}

    def latencies(self, path, label, rounds):
        """One connection; loader on one core, proxies on the other, so that the scheduler plays no part."""
        two = len(os.sched_getaffinity(0)) > 1
        with pinned([pid for _, pid in self.ways.values() if pid], {0} if two else set()):
            for _ in range(rounds):
                p50 = {}
                for who, (socket, pid) in self.ways.items():
                    before = cpu_seconds(pid) if pid else 0
                    got = ukload(self.loader, socket, path, 1, self.seconds, 1 if two else None)
                    p50[who] = got["p50"]
                    if pid:
                        used = (cpu_seconds(pid) - before) / got["n"] * 1e6
                        self.report.measure(f"{label} CPU/request", who, used)
                for who, value in p50.items():
                    self.report.measure(f"{label} p50", who, value, p50=p50)
                    if who != "direct":
                        self.report.measure(f"{label} added", who, value - p50["direct"])
        self.report.row(f"{label} p50", "us", "direct", None)
        bound = Target("<= 1.00x,50", lambda ours, peer: ours <= peer and ours <= 50)
        self.report.row(f"{label} added", "us", "ha-tcp", bound)
        self.report.row(f"{label} CPU/request", "us", "ha-http", at_most(0.8))

    def timed(self, label, who, path, connections, seconds):
        """One turn; besides what is returned it notes the proxy's CPU, which says more on a loaded machine."""
        socket, pid = self.ways[who]
        before = cpu_seconds(pid) if pid else 0
        got = ukload(self.loader, socket, path, connections, seconds)
        if pid:
            self.report.measure(f"{label} CPU", who, (cpu_seconds(pid) - before) / got["n"] * 1e6)
        return got

    def throughput(self, rounds):
        floor = Floor(self.bench.h1.socket)
        made = floor.start(CONTAINERS, 4)[1]
        try:
            for connections in (1, 4):
                label = f"list of {CONTAINERS} c={connections}"
                for _ in range(2 * rounds):  # Short turns: foreign load hits all ways alike.
                    for who in self.ways:
                        got = self.timed(label, who, "/containers/json", connections, self.seconds / 2)
                        self.report.measure(label, who, got["n"] / got["seconds"])
                self.report.row(label, "rps", "direct", at_least(0.95))
                self.report.row(f"{label} CPU", "us", "ha-tcp", None)
        finally:
            floor.remove(made, 4)

    def bulk(self, rounds, megabytes):
        """Like `docker save`: an image of random bytes, all of it, from the engine's disk cache."""
        import_image(self.bench.h1.socket, megabytes)
        label, path = f"save {megabytes} MB", f"/images/{BULK_IMAGE}/get"
        try:
            sizes = {ukload(self.loader, socket, path, 1, 0)["bytes"] for socket, _ in self.ways.values()}
            if len(sizes) != 1 or sizes.pop() < megabytes << 20:
                raise RuntimeError("the ways disagree about the size of the image")
            for _ in range(rounds):
                for who in self.ways:
                    got = self.timed(label, who, path, 1, 0)
                    self.report.measure(label, who, got["bytes"] / got["seconds"] / 1e6)
            self.report.row(label, "MB/s", "direct", at_least(0.9))
            self.report.row(f"{label} CPU", "us", "ha-tcp", None)
        finally:
            self.bench.engine("DELETE", f"/images/{BULK_IMAGE}")


def import_image(socket, megabytes):
    def tar():
        entry = tarfile.TarInfo("blob")
        entry.size = megabytes << 20
        yield entry.tobuf()
        for _ in range(megabytes):
            yield os.urandom(1 << 20)
        yield bytes(io.DEFAULT_BUFFER_SIZE)
    # http.client sends what it cannot measure in chunks.
    Api(socket)("POST", f"/images/create?fromSrc=-&repo={BULK_IMAGE}", tar(),
                {"Content-Type": "application/x-tar"})


def measure_front(bench, report, loader, rounds, seconds, megabytes):
    front = Front(bench, report, loader, seconds)
    front.latencies("/_ping", "/_ping", rounds)
    front.latencies("/containers/json", "/containers/json", rounds)
    front.throughput(rounds)
    front.bulk(rounds, megabytes)
