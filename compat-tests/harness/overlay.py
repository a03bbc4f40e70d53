"""Hosts with the agent of overlay networks alone, and containers on them that the engines make."""
import json
import re
import shutil
import signal
import subprocess
import tempfile

from lablib import host as lab_hosts

from .api import Api
from .waiting import wait_until

DRIVER = "meshtest"

# One echo request that may not be fragmented; busybox's ping cannot ask for that. Arguments: address, bytes of payload.
WHOLE_PING = """
import socket, struct, sys, time
echo = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
echo.setsockopt(socket.IPPROTO_IP, 10, 2)  # IP_MTU_DISCOVER, IP_PMTUDISC_DO
echo.settimeout(2)
words = struct.pack("!BBHHH", 8, 0, 0, 77, 1) + bytes(int(sys.argv[2]))
total = sum(struct.unpack("!%dH" % (len(words) // 2), words[: len(words) // 2 * 2]))
total = (total >> 16) + (total & 0xffff)
echo.sendto(words[:2] + struct.pack("!H", ~(total + (total >> 16)) & 0xffff) + words[4:], (sys.argv[1], 0))
until = time.monotonic() + 2
while time.monotonic() < until:
    reply, sender = echo.recvfrom(70000)
    if sender[0] == sys.argv[1] and reply[20] == 0 and len(reply) == 20 + len(words):
        sys.exit(0)
sys.exit(1)
"""


class Network:
    """An overlay as a manager would plan it: node addresses .101, .102, …; members by host."""

    def __init__(self, name, vni, third, internal=False):
        self.name, self.vni, self.prefix, self.internal = name, vni, f"10.0.{third}", internal
        self.id = f"{name}id"
        self.members = {}  # address -> name of the host

    def node(self, host):
        return f"{self.prefix}.{100 + host.number}"

    def plan(self, host, hosts):
        peers = [{"Address": address, "Host": hosts[where].address} for address, where in self.members.items()
                 if where != host.name]
        peers += [{"Address": self.node(other), "Host": other.address} for other in hosts.values() if other is not host]
        return {"ID": self.id, "Name": self.name, "VNI": self.vni, "Subnet": f"{self.prefix}.0/24",
                "NodeAddress": self.node(host), "MTU": 1450, "Internal": self.internal,
                "Local": [a for a, where in self.members.items() if where == host.name],
                "Peers": sorted(peers, key=lambda peer: peer["Address"])}


class MeshHost:
    """One host: its engine, the agent beside it, and what both leave in the kernel."""

    def __init__(self, host, binary, logs):
        self.host, self.binary, self.name = host, binary, host.name
        self.api = Api(host.url)
        self.folder = None
        self.log = logs / f"mesh-{host.name}.log"
        self.process = None
        self.log.unlink(missing_ok=True)

    # The agent.
    def start(self):
        self.folder = self.folder or tempfile.mkdtemp(prefix="mesh-", dir=self.host.data)
        before = self._lines("start: done")
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(lab_hosts.enter(self.host, [
                str(self.binary), "--plugin", DRIVER, "--run", f"{self.folder}/run", "--state", f"{self.folder}/state",
                "--data-path-addr", self.host.address, "--plan", f"{self.folder}/plan.json"]),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(lambda: self._lines("start: done") > before, f"the agent serves; its log is {self.log}", 30, 0.02)

    def _lines(self, wanted):
        text = self.log.read_text() if self.log.exists() else ""
        assert "agent.rebuilt_in_part" not in text, text
        return text.count(wanted)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(30) == 0

    def follow(self, plan):
        with open(f"{self.folder}/plan.json", "w") as file:
            json.dump(plan, file)
        before = self._lines("plan: done")
        self.process.send_signal(signal.SIGHUP)
        wait_until(lambda: self._lines("plan: done") > before, f"{self.name} follows the plan; see {self.log}", 30, 0.02)

    # The engine.
    def make_network(self, network):
        return self.api.post("/networks/create", {
            "Name": network.name, "Driver": DRIVER, "IPAM": {"Driver": "null"}, "Internal": network.internal,
            "Options": {"ward.network": network.id, "ward.vni": str(network.vni), "ward.subnet": f"{network.prefix}.0/24",
                        "ward.node": network.node(self.host), "ward.mtu": "1450"}})

    def create(self, name, network, address, **host_config):
        return self.api.request("POST", f"/containers/create?name={name}", {
            "Image": "busybox:latest", "Cmd": ["sleep", "100000"], "StopSignal": "SIGKILL",
            "HostConfig": {"NetworkMode": network.name, **host_config},
            "NetworkingConfig": {"EndpointsConfig": {network.name: {"DriverOpts": {"ward.ip": address, "ward.network": network.id}}}}})

    def run(self, name, network, address, **host_config):
        reply = self.create(name, network, address, **host_config)
        assert reply.status == 201, reply
        self.api.post(f"/containers/{name}/start")

    def endpoint(self, container, network):
        return self.api.get(f"/containers/{container}/json")["NetworkSettings"]["Networks"][network.name]

    def inside(self, container, *command):
        """(exit status, output) of a command in a container."""
        pid = self.api.get(f"/containers/{container}/json")["State"]["Pid"]
        done = subprocess.run(["nsenter", "-t", str(pid), "-n", "--", *command], capture_output=True, text=True,
                              timeout=60)
        return done.returncode, done.stdout + done.stderr

    def pings(self, container, address, count=1):
        return self.inside(container, "busybox", "ping", "-c", str(count), "-W", "2", address)[0] == 0

    def pings_whole(self, container, address, packet):
        """Does a packet of that many bytes, heads included, get there in one piece?"""
        heads = 28
        return self.inside(container, "/usr/bin/python3", "-c", WHOLE_PING, address, str(packet - heads))[0] == 0

    def reaches(self, container, address):
        wait_until(lambda: self.pings(container, address), f"{container} on {self.name} reaches {address}", 20)

    # The kernel.
    def on_host(self, *command):
        return subprocess.run(lab_hosts.enter(self.host, list(command)), capture_output=True, text=True,
                              check=True).stdout

    def namespaces(self):
        return sorted(self.on_host("sh", "-c", f"ls {self.folder}/run/netns 2>/dev/null || true").split())

    def in_overlay(self, *command):
        """Runs something in the namespace of the only overlay there is."""
        name, = self.namespaces()
        return self.on_host("nsenter", f"--net={self.folder}/run/netns/{name}", "--", *command)

    def forwarding(self):
        """{hardware address: host} of the overlay."""
        text = self.in_overlay("bridge", "fdb", "show", "dev", "vxlan0")
        return dict(re.findall(r"^(\S+) dst (\S+)", text, re.M))

    def wires(self):
        """Names of our devices that lie in the host's own namespace."""
        return re.findall(r"\b((?:mc|mv)[0-9a-v]{12})\b", self.on_host("ip", "-o", "link"))

    def scrub(self):
        for container in self.api.get("/containers/json?all=1"):
            self.api.request("DELETE", f"/containers/{container['Id']}?force=1")
        for network in self.api.get("/networks", driver=[DRIVER]):
            self.api.request("DELETE", f"/networks/{network['Id']}")

    def remove(self):
        self.scrub()
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Mesh:
    """Two hosts and what a manager would tell them."""

    def __init__(self, hosts, binary, logs):
        self.hosts = [MeshHost(host, binary, logs) for host in hosts]
        self.lab_hosts = {host.name: host for host in hosts}
        self.networks = []

    def network(self, *args, **kwargs):
        network = Network(*args, **kwargs)
        self.networks.append(network)
        for host in self.hosts:
            host.make_network(network)
        return network

    def run(self, host, name, network, address, **host_config):
        """A container, planned and started."""
        network.members[address] = host.name
        self.tell()
        host.run(name, network, address, **host_config)

    def tell(self):
        for host in self.hosts:
            host.follow({"Networks": [network.plan(host.host, self.lab_hosts) for network in self.networks]})

    def clear(self):
        for host in self.hosts:
            host.scrub()
        self.networks = []
        self.tell()
