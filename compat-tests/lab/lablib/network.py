"""The LAN: a bridge in a namespace of its own, one cable to each host and one to a client."""
import subprocess

from .names import CLIENT_OCTET, NETNS


def ip(*args, check=True):
    return subprocess.run(["ip", *args], check=check, capture_output=True, text=True)


def in_netns(name, *command):
    # Not `ip netns exec`: it mounts a new /sys, without the cgroups.
    return subprocess.run(["nsenter", f"--net={NETNS / name}", *command], check=True, capture_output=True, text=True)


def build(lab, network, count):
    ip("netns", "add", lab.lan)
    ip("-n", lab.lan, "link", "add", "lan", "type", "bridge")
    ip("-n", lab.lan, "link", "set", "lan", "up")
    # The switch is a switch: the packet filter of some host has no say in what it forwards.
    subprocess.run(["nsenter", f"--net={NETNS / lab.lan}", "sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=0",
                    "net.bridge.bridge-nf-call-ip6tables=0", "net.bridge.bridge-nf-call-arptables=0"],
                   capture_output=True, check=False)  # The keys are missing while br_netfilter is not loaded.
    gateway = f"10.{network}.0.{CLIENT_OCTET}"
    _plug_in(lab, "cl", f"{gateway}/24")
    # The client refuses look-ups (nobody serves DNS there). Unthrottled, else every second one times out after 5 s.
    in_netns(lab.client, "sysctl", "-qw", "net.ipv4.icmp_ratelimit=0")
    for number in range(1, count + 1):
        _plug_in(lab, f"h{number}", f"10.{network}.0.{number}/24")
        # There is nothing beyond the client; the route only gives the host a default, as real ones have.
        ip("-n", f"{lab.name}-h{number}", "route", "add", "default", "via", gateway)


def _plug_in(lab, short, address):
    netns = f"{lab.name}-{short}"
    ip("netns", "add", netns)
    ip("link", "add", short, "netns", lab.lan, "type", "veth", "peer", "name", "eth0", "netns", netns)
    ip("-n", lab.lan, "link", "set", short, "master", "lan", "up")
    ip("-n", netns, "link", "set", "lo", "up")
    ip("-n", netns, "addr", "add", address, "dev", "eth0")
    ip("-n", netns, "link", "set", "eth0", "up")


def set_link(host, state):
    """Pulls the host's cable out of the switch (`down`) or puts it back (`up`)."""
    ip("-n", host.lab.lan, "link", "set", host.name, state)


def link_is_up(host):
    shown = ip("-n", host.lab.lan, "link", "show", host.name, check=False).stdout
    return ",UP" in shown


def destroy(lab):
    for name in lab.netns_names():
        ip("netns", "delete", name, check=False)
