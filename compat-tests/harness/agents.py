"""A host that is adopted with an agent, and what is on it then."""
import io
import subprocess
import tarfile

from harness.adopting import over_tls
from harness.services import create, wait_running
from lablib import host as lab_hosts

QUICK = {"RestartPolicy": {"Delay": 0}}
NAME = "swarmward-agent"


def request(swarm, tls, **parts):
    return over_tls(swarm, tls, WithAgent=True, **{"EngineSocket": str(swarm.hosts[1].socket), **parts})


def adopt(swarm, tls, **parts):
    made = swarm.api.post("/ward/nodes/adopt", request(swarm, tls, **parts))
    assert swarm.api.nodes()["far2"]["Status"]["State"] == "ready", "adopted means ready"
    return made


def refused(swarm, body):
    reply = swarm.api.request("POST", "/ward/nodes/adopt", body)
    assert reply.status >= 400, reply
    return f"{reply.status} {reply.message}"


def left_on(engine):
    """What an agent has on that host."""
    names = [n for c in engine.get("/containers/json?all=1") for n in c["Names"] if NAME in n]
    images = [i["Id"] for i in engine.get("/images/json", label=["ward.agent"])]
    volumes = [v["Name"] for v in engine.get("/volumes")["Volumes"] or [] if v["Name"] == NAME]
    return names + images + volumes


def agent(engine):
    return engine.get(f"/containers/{NAME}/json")


def data_of_agent(engine):
    """The files of its data root, by name, as the engine itself hands them out."""
    reply = engine.request("GET", f"/containers/{NAME}/archive?path=/var/lib/swarmward")
    with tarfile.open(fileobj=io.BytesIO(reply.body)) as archive:
        return {member.name: archive.extractfile(member).read() if member.isfile() else b""
                for member in archive.getmembers()}


def there(swarm, replicas=1):
    create(swarm.api, "there", replicas=replicas, Placement={"Constraints": ["node.hostname==far2"]}, **QUICK)
    wait_running(swarm, "there", replicas)


def restart_engine(host, flags=()):
    lab_hosts.stop_engine(host)
    lab_hosts.start_engine(host, flags)
    lab_hosts.wait_for_engine(host)


class blocked:
    """Nothing that comes to this port of the host is let in."""

    def __init__(self, host, port):
        self.host, self.port = host, port

    def rule(self, how):
        subprocess.run(lab_hosts.enter(self.host, [
            "iptables", how, "INPUT", "-p", "tcp", "--dport", str(self.port), "-j", "REJECT",
            "--reject-with", "tcp-reset"]), check=True, capture_output=True)

    def __enter__(self):
        self.rule("-I")

    def __exit__(self, *_):
        self.rule("-D")


def on_h2(swarm, *command):
    return subprocess.run(lab_hosts.enter(swarm.hosts[1], list(command)), capture_output=True, text=True)
