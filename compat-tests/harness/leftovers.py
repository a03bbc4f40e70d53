"""What a host has because of networks, in its kernel, its files and its daemon, to compare before and after."""
import collections
import os
import pathlib
import re
import time

from .mesh import on_host
from .waiting import wait_until

# Connections to engines and among daemons come and go.
SPARE_SOCKETS = 12


def _lines(members, host, *command):
    return on_host(members, host, *command)[1].splitlines()


def _links(lines):
    """How many devices there are of each kind; their names are random."""
    names = [line.split()[0].split("@")[0] for line in lines]
    return dict(collections.Counter(re.sub(r"^(veth|mv|mc|vx)\w+$", r"\1*", name) for name in names))


def _kernel(members, host, *place):
    """Devices, addresses, rules and elements of one network namespace, of engine and agent alike."""
    # Handles, counters and indexes of devices say nothing; neither do addresses of IPv6 that the kernel makes up.
    ruleset = _lines(members, host, *place, "nft", "-s", "list", "ruleset")
    addresses = [line.split()[3] for line in _lines(members, host, *place, "ip", "-4", "-o", "address")]
    return {"links": _links(_lines(members, host, *place, "ip", "-br", "link")),
            "addresses": sorted(addresses),
            "policy rules": len(_lines(members, host, *place, "ip", "rule")),
            "routes": len(_lines(members, host, *place, "ip", "route", "show", "table", "all", "type", "unicast")),
            "nftables": len([line for line in ruleset if not re.search(r"[{}]\s*$|^table|^#", line)]),
            "elements": sum(line.count(" : ") + line.count(" . ") for line in ruleset),
            "iptables": sum(len(_lines(members, host, *place, "iptables", "-t", table, "-S"))
                            for table in ("filter", "nat", "mangle", "raw"))}


def _descriptors(pid):
    """How many of each kind a process has open."""
    kinds = collections.Counter()
    for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            kinds[re.sub(r"[\d\[\]()]+.*", "", os.readlink(entry))] += 1
        except OSError:
            pass  # It was closed meanwhile.
    return kinds


def memory(members, host):
    """Bytes that the daemon of a host occupies."""
    text = pathlib.Path(f"/proc/{members.daemons[host].process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) * 1024


def snapshot(members, host):
    """Everything that must be as before, as an object that can be compared; and the number of open sockets."""
    folder = f"/run/swarmward/ward-{members.node_id(host)[:12]}"
    spaces = _lines(members, host, "ls", f"{folder}/netns")
    open_files = _descriptors(members.daemons[host].process.pid)
    sockets = open_files.pop("socket:", 0)
    engine = members.engines[host]
    shown = {"host": _kernel(members, host),
             "spaces": sorted((_kernel(members, host, "nsenter", f"--net={folder}/netns/{space}") for space in spaces),
                              key=str),
             "files": len(_lines(members, host, "find", folder)),
             "data": len(_lines(members, host, "find", f"{members.daemons[host].data_root}/networks")),
             "descriptors": dict(open_files),
             "networks": sorted(network["Name"] for network in engine.get("/networks")),
             "containers": len(engine.get("/containers/json?all=1"))}
    return shown, sockets


def differences(before, after, path=""):
    """Texts that say what is not the same."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [text for key in sorted(set(before) | set(after))
                for text in differences(before.get(key), after.get(key), f"{path}/{key}")]
    return [] if before == after else [f"{path}: {before} -> {after}"]


def settled(members, host):
    """A snapshot that is the same twice, half a second apart."""
    def twice():
        first, _ = snapshot(members, host)
        time.sleep(0.5)
        second, sockets = snapshot(members, host)
        return (second, sockets) if first == second else None
    return wait_until(twice, f"{host} is at rest", 120)


def same(was, sockets, now, sockets_now):
    changed = differences(was, now)
    assert changed == [], changed
    assert sockets_now <= sockets + SPARE_SOCKETS, f"sockets: {sockets} -> {sockets_now}"
    return True


def miscounted(members, host, before):
    """Networks that its engine keeps for containers that it does not have: engines lose count of them now and then when
    many go at once, and count anew when they start."""
    engine = members.engines[host]
    kept = [network for network in engine.get("/networks") if network["Name"] not in before["networks"]]

    def refused(network):
        answer = engine.request("DELETE", f"/networks/{network['Id']}")
        return answer.status == 403 and "has active endpoints" in str(answer.json)
    return [network["Name"] for network in kept
            if not engine.get(f"/networks/{network['Id']}")["Containers"] and refused(network)]
