"""Secrets and configs as files: in the containers that show them, and on the hosts where they lie."""
import subprocess

from lablib import host as lab_hosts

from .waiting import wait_until

ROOT = "/run/swarmward/task-files"


def make(docker, kind, name, value):
    """A secret or config of that value, made anew."""
    docker(kind, "rm", name, code=None)
    docker(kind, "create", name, "-", stdin=value)
    return name


def run(members, docker, name, host, *options):
    """A service of one task on that host, and the id of its container."""
    docker("service", "create", "-q", "--detach", "--name", name, "--constraint", f"node.hostname=={host}", *options,
           "alpine", "sleep", "100000")
    return container_of(members, host, name)


def container_of(members, host, name, other_than=None):
    def found():
        running = [each["Id"] for each in members.running_on(host, name)]
        states = [task["Status"]["State"] for task in members.api.running(name)]
        return len(running) == 1 and running[0] != other_than and len(states) == 1 and running[0]
    return wait_until(found, f"{name} runs on {host}")


def seen(docker, container, path):
    """uid:gid, mode and content of a file, as a process in the container sees it."""
    owner = docker("exec", container, "stat", "-L", "-c", "%u:%g %a", path).out
    return (*owner.split(), docker("exec", container, "cat", path).out)


def on_host(members, host, *command):
    machine = next(each for each in members.hosts if each.name == host)
    return subprocess.run(lab_hosts.enter(machine, list(command)), capture_output=True, text=True)


def folder_of(members, host):
    return f"{ROOT}/{members.node_id(host)}"


def lying(members, host):
    """The files that lie on the host for its node."""
    return on_host(members, host, "find", folder_of(members, host), "-type", "f").stdout.split()


def nothing_lies(members, host):
    wait_until(lambda: not lying(members, host), f"no file is left on {host}")
