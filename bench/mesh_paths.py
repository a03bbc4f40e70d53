#!/usr/bin/python3
"""Measures new connections and bulk transfer on every path through the mesh, as ratios to the direct path and to docker's -p.

Three hosts, each with swarmward; the ends are programs in the networks of tasks. Needs root (it starts a lab).
"""
import argparse
import contextlib
import json
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "compat-tests"), str(ROOT / "compat-tests/lab")]
from harness.members import Members  # noqa: E402
from harness.mesh import (address, attach, client_place, enter, host_place, lan_address, make, on,  # noqa: E402
                          publish, remove_networks, virtual_ip)
from harness.services import create, wait_running  # noqa: E402
from harness.waiting import wait_until  # noqa: E402
from lablib.names import Lab  # noqa: E402

PORT = 9000
# What each path is held against, and the most that its latency and the least that its bulk may be of that.
PATHS = {
    "direct, same host": (None, None, None),
    "VIP, same host": ("direct, same host", None, None),
    "direct, other host": ("direct, same host", None, None),
    "VIP, other host": ("direct, other host", None, None),
    "docker -p": (None, None, None),
    "published, task here": ("docker -p", 1.3, 0.9),
    "published, task elsewhere": ("direct, other host", 1.5, 0.9),
    "loopback, task here": ("docker -p", None, None),
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "build/release/bin/swarmward")
    parser.add_argument("--probe", type=pathlib.Path, help="the built path_probe (default: beside the binary)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=2000, help="a round and path (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=1.0, help="of bulk transfer a round and path")
    parser.add_argument("--lab", default="paths", help="name of the lab; one that is up already is used and kept")
    args = parser.parse_args()
    args.binary = args.binary.resolve()
    args.probe = (args.probe or args.binary.with_name("path_probe")).resolve()
    for path in (args.binary, args.probe):
        if not path.exists():
            parser.error(f"{path} is not there; build it: cmake --build build/release --target {path.name}")
    return args


@contextlib.contextmanager
def swarm(args, stack):
    lab = str(ROOT / "compat-tests/lab/lab")
    if not Lab(args.lab).exists:
        subprocess.run([lab, "up", "--name", args.lab], check=True, stdout=subprocess.DEVNULL)
        stack.callback(subprocess.run, [lab, "down", "--name", args.lab], stdout=subprocess.DEVNULL)
    logs = ROOT / "build/bench"
    logs.mkdir(parents=True, exist_ok=True)
    members = Members(Lab(args.lab), args.binary, logs)
    members.start()
    try:
        members.dissolve()
        members.scrub()
        members.form()
        yield members
        members.clear()
        remove_networks(members)
        members.dissolve()
    finally:
        members.stop()
        members.remove()


def pinned(members, name, host, network, published=None):
    more = {"EndpointSpec": publish(PORT, published)} if published else {}
    create(members.api, name, Placement={"Constraints": [f"node.hostname=={host}"]}, **attach(network), **more)
    wait_running(members, name, 1)
    return on(members, name, host)


@contextlib.contextmanager
def served(places, probe):
    """The serving end runs in each of these places."""
    servers = [subprocess.Popen([*place, str(probe), "serve", str(PORT)]) for place in places]
    try:
        yield
    finally:
        for server in servers:
            server.terminate()
            server.wait()


def plain_container(members):
    """A container of the engine of h1 alone, its port published by the engine as 9100; where it is."""
    engine = members.engines["h1"]
    made = engine.post("/containers/create", {
        "Image": "alpine", "Cmd": ["sleep", "100000"], "ExposedPorts": {f"{PORT}/tcp": {}},
        "HostConfig": {"PortBindings": {f"{PORT}/tcp": [{"HostPort": "9100"}]}}})["Id"]
    engine.post(f"/containers/{made}/start")
    pid = engine.get(f"/containers/{made}/json")["State"]["Pid"]
    return made, ["nsenter", "-t", str(pid), "-n", "--"]


def ways(members, network, asker, near, far):
    """Each path: the place of the asking end, and address and port."""
    inside, outside, h1 = enter(members, asker), client_place(members), lan_address(members, "h1")
    return {
        "direct, same host": (inside, address(near, network), PORT),
        "VIP, same host": (inside, virtual_ip(members, "near", network), PORT),
        "direct, other host": (inside, address(far, network), PORT),
        "VIP, other host": (inside, virtual_ip(members, "far", network), PORT),
        "docker -p": (outside, h1, 9100),
        "published, task here": (outside, h1, 9101),
        "published, task elsewhere": (outside, h1, 9102),
        "loopback, task here": (host_place(members, "h1"), "127.0.0.1", 9101),
    }


def ask(args, place, target, port, connections=None, seconds=None):
    line = [*place, str(args.probe), "ask", target, str(port), str(connections or args.connections),
            str(seconds or args.seconds)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=120)
    return json.loads(done.stdout) if done.returncode == 0 else None


def measure(args, all_ways):
    figures = {name: [] for name in all_ways}
    for name, way in all_ways.items():
        wait_until(lambda way=way: ask(args, *way, 100, 0.01), f"the path answers: {name}")
    for _ in range(args.rounds):  # Turn by turn, so that what disturbs the machine meets all of them.
        for name, way in all_ways.items():
            figures[name].append(ask(args, *way))
            print(f"  {name:28} {figures[name][-1]}   load {open('/proc/loadavg').read().split()[0]}", flush=True)
    assert all(all(found) for found in figures.values()), "a path stopped answering"
    return figures


def best(rounds):
    """The round that was disturbed least."""
    return min(each["p50"] for each in rounds), max(each["bulk"] for each in rounds)


def show(figures):
    print(f"\n{'path':28} {'p50':>8} {'spread':>7} {'Gbit/s':>7}   latency and bulk held against")
    for name, (floor, most, least) in PATHS.items():
        latency, bulk = best(figures[name])
        middle = statistics.median(each["p50"] for each in figures[name])
        line = f"{name:28} {latency:6.0f}us {middle / latency - 1:6.0%} {bulk * 8 / 1e9:7.2f}"
        if floor:
            floor_latency, floor_bulk = best(figures[floor])
            slower, faster = latency / floor_latency, bulk / floor_bulk
            line += f"   {slower:.2f}x and {faster:.2f}x of {floor}"
            if most:
                met = slower <= most and faster >= least
                line += f" (aim <= {most}x, >= {least}x: {'met' if met else 'MISSED'})"
        print(line)


def main():
    args, began = arguments(), time.monotonic()
    with contextlib.ExitStack() as stack, swarm(args, stack) as members:
        network = make(members, "paths")
        asker = pinned(members, "asker", "h1", network)
        near = pinned(members, "near", "h1", network, 9101)
        far = pinned(members, "far", "h2", network, 9102)
        made, plain = plain_container(members)
        try:
            with served([enter(members, near), enter(members, far), plain], args.probe):
                show(measure(args, ways(members, network, asker, near, far)))
        finally:
            members.engines["h1"].request("DELETE", f"/containers/{made}?force=true")
    print(f"\n{time.monotonic() - began:.0f} s; best of {args.rounds} rounds; spread: median of the rounds over the best")


if __name__ == "__main__":
    main()
