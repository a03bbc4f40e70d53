"""Hosts that join: one swarmward a host, each with its host's engine; or native swarm mode on the same."""
from concurrent.futures import ThreadPoolExecutor

from .api import Api
from .daemon import Daemon
from .targets import NODES, Target
from .waiting import wait_until

PORT = 2377
AGENT_PORT = 7946


class Members(Target):
    """`daemons`, `members` (clients of it) and `urls` by host; `api` and `url` are those of h1."""

    name = "swarmward"

    def __init__(self, lab, binary, logs):
        self.daemons = {host.name: Daemon(host, binary, logs / f"member-{host.name}.log", "member")
                        for host in lab.hosts()}
        super().__init__(lab, self.daemons["h1"].url)
        self.urls = {name: daemon.url for name, daemon in self.daemons.items()}
        self.members = {name: Api(url) for name, url in self.urls.items()}

    def start(self):
        with ThreadPoolExecutor(len(self.daemons)) as pool:
            list(pool.map(self._start, self.hosts))

    def _start(self, host):
        daemon = self.daemons[host.name]
        daemon.start(["--engine", host.url, "--cluster-host", daemon.cluster_url])

    def stop(self):
        for daemon in self.daemons.values():
            daemon.stop()

    def remove(self):
        for daemon in self.daemons.values():
            daemon.remove()

    def tails(self):
        return "".join(f"--- {name}\n{daemon.tail(20)}" for name, daemon in self.daemons.items())

    def state(self, host):
        return self.members[host].get("/info")["Swarm"]["LocalNodeState"]

    def join_request(self, host, token=None):
        return {"ListenAddr": f"0.0.0.0:{PORT}", "RemoteAddrs": [f"{self.address}:{PORT}"],
                "JoinToken": token or self.token("Worker"), "AdvertiseAddr": "", "DataPathAddr": ""}

    def token(self, role):
        return self.api.get("/swarm")["JoinTokens"][role]

    def join(self, host):
        self.members[host].post("/swarm/join", self.join_request(host))

    def form(self):
        self.api.post("/swarm/init", self.init_request())
        for host in NODES[1:]:
            self.join(host)
        self.wait_for_nodes()

    def whole(self):
        """Do all hosts belong to the one swarm, and nobody else?"""
        if {self.state(host) for host in NODES} != {"active"} or "Cluster" not in self.api.get("/info")["Swarm"]:
            return False
        nodes = self.api.get("/nodes")
        own = {self.members[host].get("/info")["Swarm"]["NodeID"] for host in NODES}
        return {node["ID"] for node in nodes} == own

    def dissolve(self):
        for api in reversed(self.members.values()):
            api.request("POST", "/swarm/leave?force=true")

    def node(self, host):
        """The node object of a host, found by the id that the host itself tells."""
        return self.api.get(f"/nodes/{self.node_id(host)}")

    def node_id(self, host):
        return self.members[host].get("/info")["Swarm"]["NodeID"]

    def wait_for_state(self, node_id, state, seconds=60):
        wait_until(lambda: self.api.get(f"/nodes/{node_id}")["Status"]["State"] == state, f"{node_id} is {state}",
                   seconds, 0.05)

    def running_on(self, host, service):
        """The running containers of a service on one host, as its engine says."""
        return self.engines[host].get("/containers/json", label=f"com.docker.swarm.service.name={service}")

    def lives(self, service):
        """{container id: time of its start}, over all engines, of what runs."""
        found = {}
        for host, engine in self.engines.items():
            for container in self.running_on(host, service):
                found[container["Id"]] = engine.get(f"/containers/{container['Id']}/json")["State"]["StartedAt"]
        return found


class NativeMembers(Members):
    """The same with the swarm mode of the engines themselves: what the cases must expect."""

    name = "native"

    def __init__(self, lab, binary, logs):
        Target.__init__(self, lab, lab.hosts()[0].url)
        self.daemons = {}
        self.urls, self.members = self.engine_urls, self.engines

    def start(self):
        pass


def joined(hosts):
    """A swarm of h1 (the manager) and h2 and h3, which joined; that of the case before if it is whole."""
    if not hosts.whole():
        hosts.dissolve()
        hosts.scrub()
        hosts.form()
    hosts.wait_for_nodes()
    hosts.clear()
    return hosts
