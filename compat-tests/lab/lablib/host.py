"""Starting and stopping what runs on one host."""
import http.client
import json
import os
import signal
import socket
import subprocess
import time

from .engines import engine_of
from .names import NETNS, LabError

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def boot(host):
    """Starts the keeper, in mount and UTS namespaces of the host's own that live as long as it."""
    host.run.mkdir(parents=True, exist_ok=True)
    host.data.mkdir(parents=True, exist_ok=True)
    # Nobody answers there, and says so at once: look-ups of registries fail in no time.
    (host.run / "resolv.conf").write_text(f"nameserver {host.gateway}\n")
    setup = engine_of(host.engine).setup(host)
    with open(host.run / "boot.log", "w") as log:
        keeper = subprocess.Popen(
            ["nsenter", f"--net={NETNS / host.netns}", "unshare", "--mount", "--uts", "sh", "-c", setup],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    (host.run / "keeper.pid").write_text(str(keeper.pid))
    while not (host.run / "keeper.sock").exists():
        if keeper.poll() is not None:
            raise LabError(f"host {host.name} did not boot: {(host.run / 'boot.log').read_text().strip()}")
        time.sleep(0.01)


def enter(host, command):
    """The command line that runs `command` on the host: its network, mounts and host name."""
    keeper = host.pid("keeper")
    if keeper is None:
        raise LabError(f"host {host.name} is not up; run: lab down --name {host.lab.name}, then lab up")
    return ["nsenter", "-t", str(keeper), "-m", "-u", "-n", *command]


def start_engine(host, extra=()):
    """Starts the engine without waiting for it."""
    if host.pid("dockerd"):
        return
    (host.run / "dockerd.pid").unlink(missing_ok=True)
    request = {"command": engine_of(host.engine).command(host, list(extra)), "log": str(host.log),
               "env": {"PATH": PATH, "HOME": "/root"}}
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(host.run / "keeper.sock"))
        with connection.makefile("rw") as stream:
            stream.write(json.dumps(request) + "\n")
            stream.flush()
            answer = json.loads(stream.readline())
    if not isinstance(answer, int):
        raise LabError(f"the engine of {host.name} could not be started: {answer}")


def wait_for_engine(host, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answers(host):
            return
        time.sleep(0.05)
    raise LabError(f"the engine of {host.name} did not answer within {seconds} s; the end of {host.log}:\n"
                   + "".join(open(host.log).readlines()[-15:]))


def answers(host):
    try:
        return get(host, "/_ping", timeout=2).status == 200
    except (OSError, http.client.HTTPException):
        return False


def get(host, path, timeout=30, method="GET", body=None, headers=None):
    """One request to the engine of the host; the reply is read by the caller."""
    connection = http.client.HTTPConnection("engine", timeout=timeout)
    connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.sock.settimeout(timeout)
    connection.sock.connect(str(host.socket))
    connection.request(method, path, body, headers or {})
    return connection.getresponse()


def stop_engine(host, how=signal.SIGTERM, seconds=60):
    """Ends the engine: SIGTERM stops its containers too, SIGKILL leaves them as a crash would."""
    pid = host.pid("dockerd")
    if pid is None:
        return
    os.kill(pid, how)
    deadline = time.monotonic() + seconds
    while host.pid("dockerd") == pid and not _is_zombie(pid):
        if time.monotonic() > deadline:
            raise LabError(f"the engine of {host.name} (pid {pid}) did not stop within {seconds} s")
        time.sleep(0.05)
    (host.run / "dockerd.pid").unlink(missing_ok=True)
    if how == signal.SIGTERM and not _has_containers(host):
        _unmount_leftovers(host)


def _has_containers(host):
    """Does a container outlive the engine (live-restore)?"""
    processes = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return any("containerd-shim" in line and f"{host.run}/" in line for line in processes.splitlines())


def _unmount_leftovers(host):
    """A dockerd that stops while a container ends may leave its root mounted, and can never remove it then
    ("device or resource busy"). On a real host a reboot mends that; here it would fail whatever comes next."""
    place = host.pid("tree") or host.pid("keeper")
    if place is None:
        return
    with open(f"/proc/{place}/mounts") as mounts:
        left = [line.split()[1] for line in mounts if f"{host.data}/docker/overlay2/" in line]
    for path in left:
        subprocess.run(["nsenter", "-t", str(place), "-m", "umount", "--lazy", path], capture_output=True, check=False)


def _is_zombie(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True
