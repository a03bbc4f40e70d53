"""Services and networks that come and go leave nothing behind: not in the kernel, not in files, not in the daemons.

SWARMWARD_MESH_CYCLES says how many of each (20).
"""
import os
import time

import pytest

from harness.leftovers import memory, miscounted, same, settled, snapshot
from harness.mesh import WEB, attach, make, publish, remove_networks
from harness.services import create, wait_running
from harness.targets import NODES
from harness.town import restart_engine
from harness.waiting import wait_until

# Native shares connections by IPVS, which kernels of test machines often lack.
pytestmark = pytest.mark.swarmward_only("native needs IPVS in the kernel")

CYCLES = int(os.environ.get("SWARMWARD_MESH_CYCLES", 20))
AT_ONCE = 5  # Networks, each with a service of two tasks.
WARM_UP = 10


def cycles(members, count, first):
    """So many networks and services come and go, a few at once; prints how it gets on."""
    begun = time.monotonic()
    for done in range(0, count, AT_ONCE):
        names = [f"n{first + done + each}" for each in range(min(AT_ONCE, count - done))]
        for number, name in enumerate(names):
            create(members.api, name, WEB, replicas=2, EndpointSpec=publish(80, 9000 + number),
                   **attach(make(members, name)))
        for name in names:
            wait_running(members, name, 2)
        for name in names:
            members.api.delete(f"/services/{name}")
        remove_networks(members)
        if done % 50 == 0:
            sizes = {host: f"{memory(members, host) / 2**20:.1f}" for host in NODES}
            print(f"{done + len(names)} of {count} after {time.monotonic() - begun:.0f} s, MiB: {sizes}", flush=True)


def test_nothing_is_left_of_services_and_networks(members):
    remove_networks(members)
    cycles(members, WARM_UP, 0)
    members.clear()
    before = {host: settled(members, host) for host in NODES}
    cycles(members, CYCLES, WARM_UP)
    members.clear()
    for host in NODES:
        was, sockets = before[host]

        def as_before():
            wait_until(lambda: same(was, sockets, *snapshot(members, host)), f"{host} is as before", 60)
        try:
            as_before()
        except AssertionError:
            networks = miscounted(members, host, was)
            if not networks:
                raise
            print(f"the engine of {host} keeps {networks} for nobody", flush=True)
            restart_engine(members, host)
            as_before()
