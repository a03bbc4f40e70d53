"""Containers of tasks on other hosts, worked with from the manager as if they were there."""
import fcntl
import hashlib
import json
import os
import pty
import struct
import subprocess
import termios
import threading

import pytest

from harness.services import create, inspect_task, shell, wait_running
from harness.waiting import wait_until
from lablib import host as lab_hosts

pytestmark = pytest.mark.swarmward_only("native reaches the containers of its own host alone")

TCP = "tcp://127.0.0.1:23760"
COUNTING = shell("trap 'exit 0' TERM; i=0; while true; do i=$((i+1)); echo line $i; sleep 0.2; done")
ON_H2 = {"Placement": {"Constraints": ["node.hostname==h2"]},
         "RestartPolicy": {"Condition": "any", "Delay": 10**8}}
BLOB = os.urandom(20_000_000)


class Far:
    """A task on h2: what its container is called."""

    def __init__(self, swarm, service):
        self.swarm, self.service = swarm, service
        create(swarm.api, service, COUNTING, **ON_H2)
        wait_running(swarm, service, 1)
        self.task = swarm.api.running(service)[0]
        self.name = f"{service}.1.{self.task['ID']}"
        self.id = inspect_task(swarm, self.task)["Id"]

    def successor(self):
        """Waits until another task has replaced it, and returns that one."""
        def replaced():
            running = self.swarm.api.running(self.service)
            return running and running[0]["ID"] != self.task["ID"] and running[0]
        return wait_until(replaced, f"{self.name} is replaced")


@pytest.fixture(scope="module")
def listening(gallery):
    """The swarm, with the daemon listening on a TCP port of h1 too."""
    gallery.daemon.stop()
    gallery.daemon.start([*gallery.default_flags, "-H", TCP])
    gallery.wait_for_nodes()
    yield gallery
    gallery.clear()
    gallery.daemon.stop()
    gallery.start()


@pytest.fixture(scope="module")
def far(listening):
    return Far(listening, "far")


class Terminal:
    """`docker …` on a terminal whose window can change its size."""

    def __init__(self, docker, *args):
        self.ours, theirs = pty.openpty()
        self.shown = ""
        self.resize(33, 77)

        def make_it_ours():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        self.process = docker.popen(*args, stdin=theirs, stdout=theirs, stderr=theirs, preexec_fn=make_it_ours)
        os.close(theirs)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        try:
            while more := os.read(self.ours, 4096):
                self.shown += more.decode(errors="replace")
        except OSError:
            pass  # The other side is closed.

    def resize(self, rows, columns):
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, text):
        os.write(self.ours, text.encode())

    def close(self):
        self.process.kill()
        self.process.wait(20)
        os.close(self.ours)


def first_lines(docker, args, count):
    process = docker.popen(*args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        return [process.stdout.readline().strip() for _ in range(count)]
    finally:
        process.kill()
        process.wait(20)


def at_h1(swarm, docker, url, *args, code=0):
    """The CLI, run on h1: its loopback is where the daemon listens."""
    done = subprocess.run(lab_hosts.enter(swarm.hosts[0], [docker.path, "-H", url, *args]), env=docker.env,
                          capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout.strip() if code == 0 else done.stderr.strip()


def test_exec(docker, far):
    assert docker("exec", far.name, "hostname").out == far.id[:12]
    docker("exec", far.name, "sh", "-c", "exit 7", code=7)
    assert "no-such-program" in docker("exec", far.name, "no-such-program", code=126).out


def test_exec_with_piped_stdin(docker, far):
    got = docker.bytes("exec", "-i", far.name, "md5sum", stdin=BLOB)
    assert got.split()[0].decode() == hashlib.md5(BLOB).hexdigest()


def test_exec_on_a_terminal(docker, far):
    terminal = Terminal(docker, "exec", "-it", far.name, "sh", "-c", "while read x; do stty size; done")

    def shows(size):
        terminal.type("\r")
        return size in terminal.shown
    try:
        wait_until(lambda: shows("33 77"), "the container knows the size", 20, 0.3)
        terminal.resize(44, 88)
        wait_until(lambda: shows("44 88"), "the container learns the new size", 20, 0.3)
        terminal.type("\x04")
        assert terminal.process.wait(20) == 0
    finally:
        terminal.close()


def test_exec_in_the_background(docker, far):
    docker("exec", "-d", far.name, "sh", "-c", "touch /made-by-exec")
    wait_until(lambda: docker("exec", far.name, "ls", "/made-by-exec", code=None).code == 0, "it has run")
    docker("exec", far.name, "rm", "/made-by-exec")


def test_logs_and_attach(docker, far):
    assert first_lines(docker, ["logs", "-f", far.name], 3) == ["line 1", "line 2", "line 3"]
    assert docker("logs", "--tail", "1", far.id[:12]).out.startswith("line ")
    attach = ["attach", "--no-stdin", "--sig-proxy=false", far.name]
    assert first_lines(docker, attach, 1)[0].startswith("line ")


def test_cp_both_ways(docker, far, tmp_path):
    (tmp_path / "blob").write_bytes(BLOB)
    docker("cp", str(tmp_path / "blob"), f"{far.name}:/copied")
    assert docker("exec", far.name, "md5sum", "/copied").out.split()[0] == hashlib.md5(BLOB).hexdigest()
    docker("cp", f"{far.name}:/copied", str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == BLOB
    assert "A /copied" in docker("diff", far.name).lines
    docker("exec", far.name, "rm", "/copied")


def test_top_stats_inspect(docker, far):
    assert "sleep 0.2" in docker("top", far.name).out or "sh -c" in docker("top", far.name).out
    assert docker("stats", "--no-stream", "--format", "{{.Name}}", far.name).out == far.name
    for called in (far.name, far.id[:12], far.id):
        seen = json.loads(docker("inspect", called).out)[0]
        assert (seen["Id"], seen["Name"]) == (far.id, f"/{far.name}")


def test_pause_and_export(any_docker, far):
    any_docker("pause", far.name)
    assert any_docker("inspect", "-f", "{{.State.Status}}", far.name).out == "paused"
    any_docker("unpause", far.name)
    names = subprocess.run(["tar", "-t"], input=any_docker.bytes("export", far.name), capture_output=True).stdout
    assert b"bin/sh" in names.split()


def test_unknown_containers_are_the_local_engines(any_docker, listening):
    missing = any_docker("inspect", "--type", "container", "nosuch.1." + "a" * 25, code=1).err
    assert "No such container: nosuch.1." in missing
    any_docker("run", "-d", "--name", "cafe", "--network", "none", "alpine", "sleep", "1000")
    try:
        assert any_docker("exec", "cafe", "echo", "here").out == "here"
    finally:
        any_docker("rm", "-f", "cafe")


@pytest.mark.parametrize("called", ["name", "short", "full"])
def test_kill(any_docker, listening, called):
    killed = Far(listening, f"killed-{called}")
    waiting = any_docker.popen("wait", killed.name, stdout=subprocess.PIPE, text=True)
    any_docker("kill", {"name": killed.name, "short": killed.id[:12], "full": killed.id}[called])
    assert waiting.communicate(timeout=20)[0].strip() == "137"
    killed.successor()
    ended = listening.api.get(f"/tasks/{killed.task['ID']}")
    assert ended["Status"]["State"] == "failed" and ended["Status"]["ContainerStatus"]["ExitCode"] == 137


@pytest.mark.parametrize("words", [["stop"], ["restart"], ["rm", "-f"]], ids=" ".join)
def test_the_end_of_a_container_is_the_end_of_its_task(any_docker, listening, words):
    ended = Far(listening, "ended-" + words[0])
    any_docker(*words, ended.name)
    assert ended.successor()["Slot"] == 1
    wait_until(lambda: len(listening.names(ended.service)["h2"]) == 1, "one container runs")


def test_a_path_to_one_node(any_docker, far):
    swarm = far.swarm
    for node in ("h2", far.task["NodeID"]):
        assert f"{far.name}" in at_h1(swarm, any_docker, f"{TCP}/nodes/{node}", "ps", "--format", "{{.Names}}")
    assert at_h1(swarm, any_docker, f"{TCP}/nodes/h3", "info", "--format", "{{.Name}}") == "h3"
    assert at_h1(swarm, any_docker, f"{TCP}/nodes/h1", "info", "--format", "{{.Name}}") == "h1"
    assert at_h1(swarm, any_docker, f"{TCP}/nodes/h2", "exec", far.name, "hostname") == far.id[:12]
    at_h1(swarm, any_docker, f"{TCP}/nodes/h3", "inspect", "--type", "container", far.name, code=1)
    assert "node h9 not found" in at_h1(swarm, any_docker, f"{TCP}/nodes/h9", "ps", code=1)
    unknown = swarm.api.request("GET", "/nodes/h9/v1.41/containers/json")
    assert (unknown.status, unknown.message) == (404, "node h9 not found")


def test_ps_of_nodes(docker, far):
    swarm = far.swarm
    direct = docker.at(swarm.engine_urls["h3"])
    direct("run", "-d", "--name", "plain", "--network", "none", "alpine", "sleep", "1000")
    try:
        def ps(*args):
            return docker("ps", "--no-trunc", *args, "--format", '{{.Names}} {{.Label "ward.node"}}').lines
        everywhere = ps("--filter", "node=all")
        # Which comes first is the unit tests' matter: engines tell full seconds only.
        assert {"h3/plain h3", f"h2/{far.name} h2"} <= set(everywhere), everywhere
        assert ps("--filter", "node=h2", "--filter", "name=far") == [f"h2/{far.name} h2"]
        assert ps("--filter", "node=h3", "--filter", "node=h1", "-n", "1") == ["h3/plain h3"]
        assert ps("--filter", "node=h1") == []
        assert "node h9 not found" in docker("ps", "--filter", "node=h9", code=1).err
    finally:
        direct("rm", "-f", "plain")


def test_ps_tells_tasks_from_others(docker, far):
    swarm = far.swarm
    direct = docker.at(swarm.engine_urls["h2"])
    direct("run", "-d", "--name", "plain", "--network", "none", "alpine", "sleep", "1000")
    try:
        def names(*args):
            return docker("ps", "--filter", "node=h2", "--filter", "status=running", *args, "--format", "{{.Names}}", "--no-trunc").lines
        tasks = names("--filter", "is-task=true")
        assert f"h2/{far.name}" in tasks and "h2/plain" not in tasks
        assert names("--filter", "is-task=false") == ["h2/plain"]
        here = docker("ps", "--filter", "is-task=true", "--format", "{{.Names}}").lines
        assert here == docker("ps", "--filter", "label=com.docker.swarm.task", "--format", "{{.Names}}").lines
        assert "is-task" in docker("ps", "--filter", "is-task=maybe", code=1).err
    finally:
        direct("rm", "-f", "plain")


def test_a_path_to_one_node_is_no_way_into_a_swarm_of_its_own(far):
    swarm = far.swarm
    for path in ("/swarm/init", "/v1.41/swarm/init", "/swarm/join"):
        refused = swarm.api.request("POST", f"/nodes/h2{path}", {"ListenAddr": "0.0.0.0:2377"})
        assert refused.status == 503 and "/nodes/NAME" in refused.message
    assert swarm.engines["h2"].get("/info")["Swarm"]["LocalNodeState"] == "inactive"


def test_the_daemon_knows_them_after_a_restart(any_docker, far):
    far.swarm.daemon.stop()
    far.swarm.daemon.start()
    assert any_docker("exec", far.id[:12], "echo", "there").out == "there"
    assert any_docker("inspect", "-f", "{{.Id}}", far.id).out == far.id
