"""What is under test: swarmward in front of the lab's engines, or the swarm mode of those engines themselves."""
import contextlib
import json
import subprocess

from lablib import host as lab_hosts

from .api import Api
from .daemon import Daemon
from .waiting import wait_until

NODES = ("h1", "h2", "h3")
SWARM_LABEL = "com.docker.swarm.task.id"


class Target:
    """The common part. `url` is the socket that users talk to, `engines` are the plain dockerds behind."""

    def __init__(self, lab, url):
        self.lab, self.hosts, self.url = lab, lab.hosts(), url
        self.engines = {host.name: Api(host.url) for host in self.hosts}
        self.engine_urls = {host.name: host.url for host in self.hosts}
        self.api = Api(url)

    @property
    def address(self):
        return self.hosts[0].address

    def init_request(self):
        return {"ListenAddr": "0.0.0.0:2377", "AdvertiseAddr": self.address, "Spec": {}}

    def wait_for_nodes(self, names=NODES):
        def ready():
            nodes = self.api.nodes()
            return set(names) <= set(nodes) and all(nodes[n]["Status"]["State"] == "ready" for n in names)
        wait_until(ready, f"nodes {names} are ready")

    def containers(self, everything=True, label=SWARM_LABEL, **labels):
        """{host: [container]} of the tasks on each engine, as the engine itself tells it."""
        wanted = [label, *(f"com.docker.swarm.{key.replace('_', '.')}={value}" for key, value in labels.items())]
        query = f"/containers/json?all={int(everything)}"
        return {name: engine.get(query, label=wanted) for name, engine in self.engines.items()}

    def names(self, service):
        """The names of the service's running containers, by host."""
        found = self.containers(everything=False, service_name=service)
        return {host: [c["Names"][0].lstrip("/") for c in each] for host, each in found.items()}

    def clear(self):
        """No services, all nodes active and unlabelled: what each case starts from."""
        for service in self.api.get("/services"):
            self.api.request("DELETE", f"/services/{service['ID']}")
        for name in self.api.nodes():
            def plain(spec):
                spec["Labels"] = {}
                spec["Availability"] = "active"
            spec = self.api.nodes()[name]["Spec"]
            if spec.get("Labels") or spec["Availability"] != "active":
                self.api.update_node(name, plain)
        wait_until(lambda: not any(self.containers().values()), "the containers of removed services are gone", 90)

    def scrub(self):
        """Removes every container and volume from the engines, whoever made them."""
        for engine in self.engines.values():
            for container in engine.get("/containers/json?all=1"):
                engine.request("DELETE", f"/containers/{container['Id']}?force=1&v=1")
            for volume in engine.get("/volumes")["Volumes"] or []:
                engine.request("DELETE", f"/volumes/{volume['Name']}?force=1")


class Swarmward(Target):
    name = "swarmward"

    def __init__(self, lab, binary, logs):
        self.daemon = Daemon(lab.hosts()[0], binary, logs / "swarmward.log")
        super().__init__(lab, self.daemon.url)
        self.default_flags = ["--engine", self.hosts[0].url]
        for other in self.hosts[1:]:
            self.default_flags += ["--engine", f"{other.name}={other.tcp_url}"]

    def start(self):
        self.daemon.start(self.default_flags)

    def stop(self):
        self.daemon.stop()

    def form(self):
        """The local node is a manager, the listed engines its nodes."""
        self.api.post("/swarm/init", self.init_request())
        self.wait_for_nodes()

    def dissolve(self):
        self.api.request("POST", "/swarm/leave?force=true")


class Native(Target):
    name = "native"

    def __init__(self, lab, binary, logs):
        super().__init__(lab, lab.hosts()[0].url)

    def start(self):
        pass

    def stop(self):
        pass

    def form(self):
        self.api.post("/swarm/init", self.init_request())
        token = self.api.get("/swarm")["JoinTokens"]["Worker"]
        for host in self.hosts[1:]:
            self.engines[host.name].post("/swarm/join", {
                "ListenAddr": "0.0.0.0:2377", "AdvertiseAddr": host.address, "RemoteAddrs": [f"{self.address}:2377"],
                "JoinToken": token})
        self.wait_for_nodes()

    def dissolve(self):
        for engine in reversed(self.engines.values()):
            engine.request("POST", "/swarm/leave?force=true")


@contextlib.contextmanager
def running(it):
    """A target or hosts, started, in no swarm; stopped afterwards."""
    it.start()
    it.dissolve()
    it.scrub()
    yield it
    it.dissolve()
    it.stop()


KINDS = {"swarmward": Swarmward, "native": Native}


def run_lab(root, *args):
    return subprocess.run([str(root / "lab/lab"), *args], check=True, capture_output=True, text=True).stdout


def stop_engine(host, **how):
    lab_hosts.stop_engine(host, **how)


def start_engine(host, *flags):
    lab_hosts.start_engine(host, flags)
    lab_hosts.wait_for_engine(host)


def labels_of(container):
    return json.dumps(container["Labels"], sort_keys=True)
