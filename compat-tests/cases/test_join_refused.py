"""Joins that must fail: what they answer, and that a later one works."""
import re
import subprocess
import sys
import time

import pytest

from harness.api import Api
from harness.members import AGENT_PORT, PORT
from harness.refusals import check, rpc
from lablib.host import enter

MEMBER = ('This node is already part of a swarm. Use "docker swarm leave" to leave this swarm and join another one.')
ours = pytest.mark.swarmward_only("it speaks another protocol at this port")


def tried(members, **changes):
    return members.members["h3"].request("POST", "/swarm/join", {**members.join_request("h3"), **changes})


def untouched(members):
    """Nobody came in, and h3 can still join."""
    assert len([n for n in members.api.get("/nodes") if n["Status"]["State"] == "ready"]) == 2
    if members.state("h3") != "inactive":  # Native goes on trying in the background.
        members.members["h3"].request("POST", "/swarm/leave?force=true")
    members.join("h3")


def test_wrong_secret(founded):
    token = re.sub(r"-\w{25}$", "-" + 25 * "1", founded.token("Worker"))
    check(tried(founded, JoinToken=token), 400, rpc("InvalidArgument",
                                                    "A valid join token is necessary to join this cluster"))
    untouched(founded)


@ours
def test_token_of_another_swarm(founded, stranger):
    """Its digest is of another root: we turn away before any secret is sent."""
    token = Api(stranger.url).get("/swarm")["JoinTokens"]["Worker"]
    reply = tried(founded, JoinToken=token)
    assert "remote CA does not match fingerprint. Expected: " in reply.message and reply.status >= 400
    untouched(founded)


@pytest.mark.parametrize("token", ["", "x", "SWMTKN-1-x-y", "SWMTKN-9-" + 50 * "1" + "-" + 25 * "1",
                                   "SWMTKN-1-" + 50 * "!" + "-" + 25 * "1", "SWMTKN-1-" + 50 * "z" + "-" + 25 * "z"])
def test_malformed_token(founded, token):
    check(tried(founded, JoinToken=token), 500, "invalid join token")


def test_no_such_manager(founded):
    begun = time.monotonic()
    reply = tried(founded, RemoteAddrs=[f"{founded.lab.host('h2').address}:2399"])
    print(f"refused after {time.monotonic() - begun:.2f} s")
    assert reply.status == 503
    assert re.search(r'connection error: desc = "transport: Error while dialing.* dial tcp \S+:2399: connect: '
                     r'connection refused"', reply.message), reply


@ours
def test_manager_that_is_silent(founded):
    """An address where nobody is."""
    begun = time.monotonic()
    reply = tried(founded, RemoteAddrs=[founded.lab.host("h2").address.rsplit(".", 1)[0] + ".77:2377"])
    print(f"refused after {time.monotonic() - begun:.2f} s")
    assert reply.status == 503 and time.monotonic() - begun < 25, reply
    untouched(founded)


@ours
def test_second_address_is_tried(founded):
    silent = f"{founded.lab.host('h2').address}:2399"
    assert tried(founded, RemoteAddrs=[silent, f"{founded.address}:{PORT}"]).status == 200


@pytest.mark.parametrize("changes, status, message", [
    ({"RemoteAddrs": []}, 400, "at least 1 RemoteAddr is required to join"),
    ({"RemoteAddrs": None}, 400, "at least 1 RemoteAddr is required to join"),
    ({"ListenAddr": ""}, 400, 'invalid ListenAddr "": invalid empty address'),
    ({"ListenAddr": "nohost:2377"}, 400,
     "listen address must be an IP address or network interface (with optional port number)"),
    ({"AdvertiseAddr": "nosuch"}, 400,
     "advertise address must be a non-zero IP address or network interface (with optional port number)"),
    ({"AdvertiseAddr": "0.0.0.0"}, 400,
     "advertise address must be a non-zero IP address or network interface (with optional port number)"),
    ({"DataPathAddr": "nosuch"}, 400,
     "data path address must be a non-zero IP address or network interface (without a port number)"),
    ({"Availability": "zz"}, 500, 'invalid Availability: "zz"'),
], ids=["no-remote", "null-remote", "no-listen", "bad-listen", "bad-advertise", "zero-advertise", "bad-data-path",
        "bad-availability"])
def test_bad_request(founded, changes, status, message):
    check(tried(founded, **changes), status, message)
    assert founded.state("h3") == "inactive"


def test_members_do_not_join_or_found(members):
    for host in ("h1", "h2"):
        check(members.members[host].request("POST", "/swarm/init", members.init_request()), 503, MEMBER)
        check(members.members[host].request("POST", "/swarm/join", members.join_request(host)), 503, MEMBER)


def test_agent_port_in_use(founded):
    if founded.name == "native":
        pytest.skip("native has no such port")
    with subprocess.Popen(enter(founded.lab.host("h3"), [
            sys.executable, "-c", f"import socket,time; s=socket.create_server(('0.0.0.0',{AGENT_PORT})); print(1,"
                                  "flush=True); time.sleep(60)"]), stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        reply = tried(founded)
        other.kill()
    assert reply.status >= 400 and "--agent-port" in reply.message
    untouched(founded)
