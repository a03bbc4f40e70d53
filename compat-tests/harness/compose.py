"""docker-compose on the hosts of a swarm as on one."""
import os
import pathlib
import subprocess

from .mesh import remove_networks

COMPOSE = "/usr/bin/docker-compose"
INSTALLED = os.path.exists(COMPOSE)
# Of the newest version that the engine speaks version 1 of compose asks otherwise, and from 1.45 on images have no
# ContainerConfig, without which it replaces no container: it fails so on any engine of version 26 or newer.
API_VERSION = {"COMPOSE_API_VERSION": "1.44"}


class Project:
    """A compose file in a folder of its own, and the CLI where containers are those of all nodes."""

    def __init__(self, docker, folder, text, name="shop"):
        self.docker, self.folder, self.name = docker, pathlib.Path(folder), name
        self.env = {**docker.env, **API_VERSION}
        self.write(text)

    def write(self, text):
        (self.folder / "docker-compose.yml").write_text(text)

    def __call__(self, *args, code=0):
        done = subprocess.run([COMPOSE, "-p", self.name, *args], cwd=self.folder, env=self.env, text=True,
                              capture_output=True, timeout=180, stdin=subprocess.DEVNULL)
        assert code is None or done.returncode == code, f"{args}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def popen(self, *args):
        return subprocess.Popen([COMPOSE, "-p", self.name, *args], cwd=self.folder, env=self.env, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def container(self, service, number=1):
        return f"{self.name}_{service}_{number}"


def nodes_of(members, label):
    """{name: host} of the containers with that label, as the engines say."""
    found = {}
    for host, engine in members.engines.items():
        for container in engine.get("/containers/json?all=1", label=[label]):
            found[container["Names"][0].lstrip("/")] = host
    return found


def sweep(members):
    """Nothing of compose or docker run is left of an earlier case."""
    members.scrub()
    remove_networks(members)
