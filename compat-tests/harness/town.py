"""A service in an overlay network with a task on each host, also published, while engines and daemons stop."""
import signal

from lablib import host as lab_host

from .mesh import address, everywhere, lan_address, make, on, publish, reaches
from .requests import ask
from .services import wait_running
from .targets import NODES
from .waiting import wait_until


class Town:
    """`web` with a task on each host, in a network and published."""

    def __init__(self, members):
        self.members = members
        self.network = make(members, "back")
        everywhere(members, "web", self.network, EndpointSpec=publish())
        self.wait()

    def wait(self):
        """Until all tasks reach each other, and all ports answer."""
        wait_running(self.members, "web", len(NODES))
        for host in NODES:
            reaches(self.members, self.task("h1"), self.address(host))
            wait_until(lambda: None not in ask(self.members.lab.host("h1"), self.url(host), 3), f"{host} answers")

    def task(self, host):
        return on(self.members, "web", host)

    def address(self, host):
        return address(self.task(host), self.network)

    def url(self, host):
        return f"http://{lan_address(self.members, host)}:8080/"


def restart_engine(members, name, how=signal.SIGTERM, flags=()):
    host = members.lab.host(name)
    lab_host.stop_engine(host, how)
    lab_host.start_engine(host, list(flags))
    lab_host.wait_for_engine(host)
    members.wait_for_nodes()
