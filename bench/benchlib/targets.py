"""What is measured: swarmward in front of one engine, native swarm mode on another, haproxy as the peer of the front."""
import contextlib
import fcntl
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from .engineapi import Api, Events

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "compat-tests/lab"))
from lablib import host as lab_hosts  # noqa: E402
from lablib.names import Lab  # noqa: E402

LAB = str(ROOT / "compat-tests/lab/lab")
SERVICE = "com.docker.swarm.service.name"

HAPROXY = """
global
  nbthread 1
defaults
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  timeout tunnel 1h
frontend http_in
  mode http
  bind unix@{run}/ha-http.sock
  default_backend http_out
backend http_out
  mode http
  http-reuse always
  server engine unix@{engine}
frontend tcp_in
  mode tcp
  bind unix@{run}/ha-tcp.sock
  default_backend tcp_out
backend tcp_out
  mode tcp
  server engine unix@{engine}
"""


def wait_for(check, what, seconds=60, pause=0.02):
    deadline = time.monotonic() + seconds
    while not check():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not within {seconds} s: {what}")
        time.sleep(pause)


class Swarm:
    """A swarm API at `socket`, its only engine at `host`. `pid` is the process that makes it a swarm."""

    def __init__(self, name, host, socket, pid):
        self.name, self.host, self.socket, self.pid = name, host, socket, pid
        self.api, self.engine, self.events = Api(socket), Api(host.socket), Events(host.socket)

    def form(self):
        self.api("POST", "/swarm/init", {"ListenAddr": "0.0.0.0:2377", "AdvertiseAddr": self.host.address, "Spec": {}})
        wait_for(lambda: [n["Status"]["State"] for n in self.api("GET", "/nodes")] == ["ready"], "the node is ready")

    def containers(self, service):
        """As the engine itself tells it, ended ones included."""
        return self.engine.list("/containers/json?all=1", label=[f"{SERVICE}={service}"])

    def check_running(self, service, count):
        states = [c["State"] for c in self.containers(service)]
        if states.count("running") != count:
            raise RuntimeError(f"{self.name}: the engine runs {states.count('running')} of {count} of {service}")

    def clear(self):
        for service in self.api("GET", "/services"):
            self.api("DELETE", f"/services/{service['ID']}")
        wait_for(lambda: not self.engine.list("/containers/json?all=1", label=["com.docker.swarm.service.id"]),
                 f"{self.name}: the containers of removed services are gone")


class Bench:
    """The lab `name` of two hosts: h1 under swarmward and the floor, h2 in native swarm mode."""

    def __init__(self, name, binary, results, log_level):
        self.name, self.binary, self.results, self.log_level = name, binary, results, log_level
        self.cleanup = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as undo:
            undo.callback(self.cleanup.close)
            self._start()
            undo.pop_all()
        return self

    def __exit__(self, *failure):
        self.cleanup.close()

    def _start(self):
        lock = self.cleanup.enter_context(open(f"/run/swarmward-bench-{self.name}.lock", "w"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f"another bench uses the lab {self.name!r}; name another one with --lab") from None
        if not Lab(self.name).exists:
            subprocess.run([LAB, "up", "--name", self.name, "--hosts", "2"], check=True, stdout=subprocess.DEVNULL)
            self.cleanup.callback(subprocess.run, [LAB, "down", "--name", self.name], stdout=subprocess.DEVNULL)
        self.h1, self.h2 = Lab(self.name).hosts()[:2]
        self.engine = Api(self.h1.socket)
        self.scrub()
        self.ours = self._start_ours()
        with contextlib.suppress(RuntimeError):
            Api(self.h2.socket)("POST", "/swarm/leave?force=true")
        self.native = Swarm("native", self.h2, self.h2.socket, self.h2.pid("dockerd"))
        self.native.form()

    def _start_ours(self):
        data = tempfile.mkdtemp(prefix="bench-", dir=self.h1.data)
        self.cleanup.callback(shutil.rmtree, data, ignore_errors=True)
        socket, self.log = self.h1.run / "bench.sock", self.results / "swarmward.log"
        with open(self.log, "w") as log:
            daemon = subprocess.Popen(
                lab_hosts.enter(self.h1, [str(self.binary), "-H", f"unix://{socket}", "--data-root", data, "--pidfile",
                                          str(self.h1.run / "bench.pid"), "--log-level", self.log_level,
                                          "--engine", self.h1.url]),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.cleanup.callback(self._stop, daemon)

        def answers():
            if daemon.poll() is not None:
                raise RuntimeError(f"swarmward ended with {daemon.returncode}; see {self.log}")
            with contextlib.suppress(OSError):
                return Api(socket)("GET", "/version")
        wait_for(answers, f"swarmward answers; see {self.log}", 30)
        ours = Swarm("ours", self.h1, socket, daemon.pid)
        ours.form()
        return ours

    @staticmethod
    def _stop(process):
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def start_haproxy(self):
        """{mode: socket} and its pid; nothing if it is not installed."""
        if shutil.which("haproxy") is None:
            return {}, None
        config = self.h1.run / "haproxy.cfg"
        config.write_text(HAPROXY.format(run=self.h1.run, engine=self.h1.socket))
        sockets = {mode: self.h1.run / f"ha-{mode}.sock" for mode in ("tcp", "http")}
        process = subprocess.Popen(["haproxy", "-f", str(config), "-db"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.cleanup.callback(self._stop, process)
        wait_for(lambda: all(s.exists() for s in sockets.values()), "haproxy listens")
        return sockets, process.pid

    def scrub(self):
        """What a killed run left on the engine of h1."""
        for container in self.engine("GET", "/containers/json?all=1"):
            self.engine("DELETE", f"/containers/{container['Id']}?force=1")

    def versions(self):
        return {"ours": self.ours.api("GET", "/version")["Version"], "engine": self.engine("GET", "/version")["Version"],
                "binary": str(self.binary)}


class Results:
    """Raw measurements and summaries, one JSON object a line."""

    def __init__(self, path):
        self.file = open(path, "w")

    def add(self, **fields):
        self.file.write(json.dumps(fields) + "\n")
        self.file.flush()
