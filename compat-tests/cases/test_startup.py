"""Starting and ending swarmward: flags, the config file, clear errors, a graceful stop."""
import json
import os
import stat
import subprocess

import pytest

from harness.api import Api
from harness.daemon import Daemon
from harness.services import create, ids, wait_running
from harness.waiting import wait_until

pytestmark = pytest.mark.swarmward_only("it has no swarmward to start")


@pytest.fixture
def other(target, binary, logs):
    """A second daemon on h1, not started."""
    daemon = Daemon(target.hosts[0], binary, logs / "second.log", "second")
    yield daemon
    daemon.remove()


@pytest.fixture
def engine(target):
    return ["--engine", target.hosts[0].url]


def refused(daemon, flags, *words):
    """It ends by itself, not with 0, and says why in one plain error."""
    done = daemon.run(flags)
    said = done.stdout + done.stderr
    assert done.returncode not in (0, None) and done.returncode > 0, said
    for word in words:
        assert word.lower() in said.lower(), said
    assert "terminate called" not in said and "Traceback" not in said
    return said


def test_help_and_version(binary):
    told = subprocess.run([binary, "--help"], capture_output=True, text=True)
    assert told.returncode == 0
    for flag in ("-H", "--data-root", "--engine", "--log-level", "--pidfile", "--config-file", "--version",
                 "--insecure-tcp"):
        assert flag in told.stdout, f"--help does not mention {flag}"
    told = subprocess.run([binary, "--version"], capture_output=True, text=True)
    assert told.returncode == 0 and "swarmward" in told.stdout.lower()


def test_unknown_flag(binary):
    told = subprocess.run([binary, "--nosuch"], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=20)
    assert told.returncode != 0 and "--nosuch" in told.stdout + told.stderr


def test_engine_that_is_not_there(other):
    refused(other, ["--engine", "unix:///nosuch/docker.sock"], "/nosuch/docker.sock")


def test_socket_in_use(other, engine, target):
    flags = [*engine, "-H", target.url]
    refused(other, flags, str(target.daemon.socket))
    assert target.api.request("GET", "/_ping").status == 200, "the one that runs is not disturbed"


def test_stale_socket_is_no_obstacle(other, engine):
    other.start(engine)
    other.kill()
    assert other.socket.exists()
    other.start(engine)
    assert Api(other.url).request("GET", "/_ping").status == 200


def test_data_root_in_use(other, engine, target):
    own, other.data_root = other.data_root, target.daemon.data_root
    try:
        refused(other, engine, other.data_root)
    finally:
        other.data_root = own


def test_tcp_without_tls(other, engine, target):
    refused(other, [*engine, "-H", f"tcp://{target.address}:23750"], "--insecure-tcp")
    other.start([*engine, "-H", f"tcp://{target.address}:23750", "--insecure-tcp"])
    assert answers_on_tcp(target, f"http://{target.address}:23750/_ping")


def test_tcp_on_loopback(other, engine, target):
    other.start([*engine, "-H", "tcp://127.0.0.1:23751"])
    assert answers_on_tcp(target, "http://127.0.0.1:23751/_ping")


def answers_on_tcp(target, url):
    from lablib.host import enter
    done = subprocess.run(enter(target.hosts[0], ["busybox", "wget", "-qO-", url]), capture_output=True, text=True)
    return done.stdout == "OK"


def test_config_file(other, target):
    """Its keys are the long names of the flags; a flag on the command line wins."""
    path = target.hosts[0].run / "second.json"
    path.write_text(json.dumps({"engine": [target.hosts[0].url], "log-level": "warn"}))
    other.start(["--config-file", str(path)])
    assert Api(other.url).get("/info")["Name"] == "h1"
    other.stop()
    path.write_text(json.dumps({"engine": [target.hosts[0].url], "nosuch-key": 1}))
    refused(other, ["--config-file", str(path)], "nosuch-key")
    path.write_text("{")
    refused(other, ["--config-file", str(path)], str(path))
    refused(other, ["--config-file", "/nosuch/swarmward.json"], "/nosuch/swarmward.json")


def test_socket_permissions(other, engine):
    other.start(engine)
    mode = os.stat(other.socket)
    assert stat.S_IMODE(mode.st_mode) == 0o660 and mode.st_uid == 0


def test_graceful_stop(swarm, api):
    create(api, "stays", replicas=3)
    wait_running(swarm, "stays", 3)
    before = ids(swarm)
    follower = subprocess.Popen(["/usr/bin/docker", "-H", swarm.url, "events"], stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
    try:
        assert swarm.daemon.stop() == 0, swarm.daemon.tail()
    finally:
        follower.kill()
        follower.wait()
    assert not swarm.daemon.socket.exists(), "the socket is removed"
    assert not swarm.daemon.pidfile.exists(), "the pid file is removed"
    assert ids(swarm) == before, "the containers go on"
    swarm.daemon.start()
    wait_until(lambda: len(api.running("stays")) == 3 and ids(swarm) == before, "and are still ours afterwards")


def test_pidfile(target):
    # The daemon lives in a UTS and mount namespace of its own, not in a pid namespace.
    assert int(target.daemon.pidfile.read_text()) == target.daemon.process.pid
