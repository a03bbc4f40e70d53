"""The unit file, and what the daemon tells systemd."""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess

import pytest

from harness.daemon import Daemon

pytestmark = pytest.mark.swarmward_only("it is about our daemon")
DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy/systemd"


class Manager:
    """The end that systemd holds of the notification socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.settimeout(20)

    def next(self):
        return self.socket.recv(4096).decode()


@pytest.fixture
def daemon(lab, binary, logs):
    it = Daemon(lab.hosts()[1], binary, logs / "notify.log", name="notify")
    yield it
    it.remove()


def test_ready_watchdog_stopping(daemon, tmp_path, monkeypatch):
    manager = Manager(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", "400000")
    daemon.start(["--engine", daemon.host.url])
    assert [manager.next() for _ in range(4)] == ["READY=1", *["WATCHDOG=1"] * 3]
    daemon.process.send_signal(signal.SIGTERM)
    said = manager.next()
    while said == "WATCHDOG=1":
        said = manager.next()
    assert said == "STOPPING=1"
    assert daemon.process.wait(20) == 0


def test_a_hung_daemon_is_silent(daemon, tmp_path, monkeypatch):
    manager = Manager(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", "200000")
    daemon.start(["--engine", daemon.host.url])
    assert manager.next() == "READY=1"
    pid = int(daemon.pidfile.read_text())
    os.kill(pid, signal.SIGSTOP)
    try:
        manager.socket.settimeout(1)
        with pytest.raises(TimeoutError):
            for _ in range(100):
                manager.next()
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.fixture
def units(tmp_path, binary):
    """A file system with our files where the README puts them, and a plain docker.socket."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    folder = tmp_path / "units"
    shutil.copytree(DEPLOY / "takeover/docker.socket.d", folder / "docker.socket.d")
    text = (DEPLOY / "swarmward.service").read_text().replace("/usr/local/bin/swarmward", str(binary))
    (folder / "swarmward.service").write_text(text)
    (folder / "docker.socket").write_text("[Socket]\nListenStream=/run/docker.sock\n")
    (folder / "docker.service").write_text("[Service]\nExecStart=/bin/true\n")
    return folder


def test_the_units_are_sound(units):
    env = {**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"}
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=one",
                           str(units / "swarmward.service"), str(units / "docker.socket")],
                          env=env, capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if re.search(r"swarmward|docker\.socket", line)]
    assert done.returncode == 0 and not ours, done.stderr


def test_the_takeover_fits_together(units):
    """Where dockerd goes is where swarmward looks for it, and swarmward listens where dockerd was."""
    moved = (units / "docker.socket.d/swarmward.conf").read_text()
    config = (DEPLOY / "takeover/swarmward.json").read_text()
    address = re.findall(r"^ListenStream=(.+)$", moved, re.M)
    assert address == ["/run/dockerd/docker.sock"]
    assert f'"engine": ["unix://{address[0]}"]' in config
    assert "unix:///var/run/docker.sock" in config


def test_the_config_of_the_takeover_is_understood(daemon):
    """The daemon reads it; no engine is there, which is the only thing it minds."""
    done = daemon.run(["--config-file", str(DEPLOY / "takeover/swarmward.json"), "--engine", "unix:///nonexistent"])
    assert done.returncode == 1 and "cannot reach the engine at unix:///nonexistent" in done.stderr, done.stderr
