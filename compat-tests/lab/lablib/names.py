"""Where a lab keeps its things and what they are called. All follows from the lab's name."""
import json
import pathlib
import re

RUN = pathlib.Path("/run/swarmward-lab")
DATA = pathlib.Path("/var/lib/swarmward-lab")
CACHE = pathlib.Path("/var/cache/swarmward-lab")
NETNS = pathlib.Path("/var/run/netns")
CGROUPS = pathlib.Path("/sys/fs/cgroup")
CGROUP_PARENT = "swarmward-lab"

NAME = re.compile(r"^[a-z][a-z0-9]{0,11}$")
# Swarm mode hands out subnets from 10.0.0.0 upwards, so the LANs start well above.
FIRST_NETWORK, LAST_NETWORK = 61, 250
CLIENT_OCTET = 254


class LabError(Exception):
    """Something the user can act on; shown without a traceback."""


class Lab:
    """The names of one lab. Holds no state but what `lab.json` says."""

    def __init__(self, name):
        if not NAME.match(name):
            raise LabError(f"the lab name {name!r} must be 1-12 lower-case letters and digits")
        self.name = name
        self.run = RUN / name
        self.data = DATA / name
        self.lan = f"{name}-lan"
        self.client = f"{name}-cl"

    @property
    def exists(self):
        return (self.run / "lab.json").exists()

    def config(self):
        if not self.exists:
            raise LabError(f"there is no lab {self.name!r}; start it with: lab up --name {self.name}")
        return json.loads((self.run / "lab.json").read_text())

    def hosts(self):
        config = self.config()
        return [Host(self, number, config["network"], config["engines"][number - 1])
                for number in range(1, config["hosts"] + 1)]

    def host(self, name):
        for host in self.hosts():
            if host.name == name:
                return host
        raise LabError(f"the lab {self.name!r} has no host {name!r}; it has "
                       + ", ".join(h.name for h in self.hosts()))

    def netns_names(self):
        """Every namespace that bears this lab's name, also those of a lab that died half-way."""
        mine = re.compile(rf"^{self.name}-(lan|cl|h\d+)$")
        return sorted(p.name for p in NETNS.glob(f"{self.name}-*") if mine.match(p.name))


class Host:
    """One host of a lab: its namespaces, paths and addresses."""

    def __init__(self, lab, number, network, engine):
        self.lab, self.number, self.engine = lab, number, engine
        self.name = f"h{number}"
        self.netns = f"{lab.name}-{self.name}"
        self.address = f"10.{network}.0.{number}"
        self.gateway = f"10.{network}.0.{CLIENT_OCTET}"
        self.run = lab.run / self.name
        self.data = lab.data / self.name
        self.socket = self.run / "docker.sock"
        self.url = f"unix://{self.socket}"
        self.tcp_url = f"tcp://{self.address}:2375"
        self.cgroup_parent = f"/{CGROUP_PARENT}/{lab.name}/{self.name}"
        self.log = self.run / "dockerd.log"

    def pid(self, what):
        """The pid in `<what>.pid` if that process is alive, else None."""
        try:
            pid = int((self.run / f"{what}.pid").read_text())
        except (OSError, ValueError):
            return None
        return pid if pathlib.Path(f"/proc/{pid}").is_dir() else None


def all_labs():
    return [Lab(p.parent.name) for p in sorted(RUN.glob("*/lab.json"))]


def free_network():
    taken = {lab.config()["network"] for lab in all_labs()}
    for network in range(FIRST_NETWORK, LAST_NETWORK):
        if network not in taken:
            return network
    raise LabError("too many labs are up; stop some with: lab down --name NAME")
