"""One swarmward process on a host of the lab."""
import shutil
import signal
import subprocess
import tempfile

from lablib import host as lab_hosts

from .api import Api
from .waiting import wait_until


class Daemon:
    """Runs on `host`: in its network, its mounts, under its host name."""

    def __init__(self, host, binary, log, name="swarmward"):
        self.host, self.binary, self.log = host, binary, log
        self.socket = host.run / f"{name}.sock"
        self.url = f"unix://{self.socket}"
        self.cluster_url = f"unix://{host.run / f'{name}-cluster.sock'}"
        self.pidfile = host.run / f"{name}.pid"
        self.data_root = tempfile.mkdtemp(prefix=f"{name}-", dir=host.data)
        self.process, self.flags = None, []
        log.unlink(missing_ok=True)

    def command(self, flags):
        return lab_hosts.enter(self.host, [
            str(self.binary), "-H", self.url, "--data-root", self.data_root, "--pidfile", str(self.pidfile),
            "--log-level", "debug", *flags])

    def start(self, flags=None):
        """Starts it and waits until it answers. Without flags: those of the last time."""
        self.flags = self.flags if flags is None else flags
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(self.command(self.flags), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(self._answers, f"swarmward answers on {self.url}; its log is {self.log}", 30, 0.02)

    def _answers(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"swarmward ended with {self.process.returncode}; the end of its log:\n{self.tail()}")
        try:
            return Api(self.url).request("GET", "/_ping").status == 200
        except OSError:
            return False

    def run(self, flags, seconds=30):
        """For starts that shall fail: runs it to its end and returns the finished process, output included."""
        return subprocess.run(self.command(flags), capture_output=True, text=True, timeout=seconds,
                              stdin=subprocess.DEVNULL)

    def kill(self):
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self, seconds=30):
        """Asks it to end and returns its exit status."""
        if self.process is None or self.process.poll() is not None:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"swarmward did not end within {seconds} s of SIGTERM")

    def tail(self, lines=30):
        with open(self.log) as log:
            return "".join(log.readlines()[-lines:])

    def remove(self):
        if self.process and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.data_root, ignore_errors=True)
