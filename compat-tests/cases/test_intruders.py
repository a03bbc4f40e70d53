"""People on the LAN who try to get in at the manager's and the agents' port; they stand on h3."""
import contextlib
import json
import re
import subprocess
import sys
import time

import pytest

from harness.intruder import attempt, forge, openssl, request
from harness.members import AGENT_PORT, PORT
from harness.services import create, wait_running
from harness.waiting import stays
from lablib.host import enter

pytestmark = pytest.mark.swarmward_only("it speaks another protocol at these ports")


@pytest.fixture(scope="module")
def forged(tmp_path_factory):
    """Certificates that nobody of the swarm has issued."""
    folder = tmp_path_factory.mktemp("forged")
    ca = forge(folder, "ca", "/CN=swarm-ca")
    return {"self-signed": forge(folder, "self"), "same-named CA": forge(folder, "leaf", issuer=ca), "CA itself": ca}


def certificate(daemon):
    """That of a daemon of the lab, as a thief of the files would have it."""
    folder = f"{daemon.data_root}/certificates"
    return f"{folder}/swarm-node.crt", f"{folder}/swarm-node.key"


def everybody(members, stranger, forged):
    yield "none", None
    yield from forged.items()
    yield "manager of another swarm", certificate(stranger)


def of_worker(members, tmp_path, subject, host="h2"):
    """A certificate signed with a worker's key, as if that were a CA."""
    chain, key = certificate(members.daemons[host])
    own = forge(tmp_path, "child", subject)
    openssl("req", "-new", "-key", own[1], "-subj", subject, "-out", tmp_path / "child.csr")
    openssl("x509", "-req", "-in", tmp_path / "child.csr", "-CA", chain, "-CAkey", key, "-CAcreateserial",
            "-CAserial", tmp_path / "serial", "-days", 30, "-out", own[0])
    own[0].write_text(own[0].read_text() + open(chain).read())
    return own


CALLS = ["/member/heartbeat", "/member/renew", "/member/goodbye"]
GUESSES = [("GET", "/containers/json"), ("GET", "/v1.41/services"), ("GET", "/info"), ("POST", "/swarm/leave?force=1"),
           ("GET", "/swarm"), ("POST", "/member/promote"), ("GET", "//containers/json"), ("PUT", "/member/join"),
           ("POST", "/member/../containers/create"), ("GET", "/member/ca/../../info"), ("GET", "/metrics")]


def at_manager(members, method, path, body=None, **how):
    return attempt(members.lab.host("h3"), members.address, PORT, request(method, path, body), **how)


def test_manager_port_wants_certificates(members, stranger, forged):
    for name, own in everybody(members, stranger, forged):
        for path in CALLS:
            body = {"AgentPort": 1, "Reason": "leave", "Request": "x"}
            result = at_manager(members, "POST", path, body, certificate=own)
            print(f"2377 {path} with certificate: {name}: {result}")
            assert result.refused and result.status in (None, 401, 403), (name, path, result)
    stays(lambda: all(n["Status"]["State"] == "ready" for n in members.api.get("/nodes")), "nobody is harmed", 2)


def test_manager_port_offers_nothing_else(members):
    for own in (None, certificate(members.daemons["h2"])):
        for method, path in GUESSES:
            result = at_manager(members, method, path, {} if method != "GET" else None, certificate=own)
            print(f"2377 {method} {path} {'as a worker' if own else 'without certificate'}: {result}")
            # A redirection only tells the path without its double slashes, as dockerd does.
            assert result.status in (301, 400, 404, 405, 401, 403), (path, result)


@pytest.mark.parametrize("port, host", [(PORT, "h1"), (AGENT_PORT, "h2")])
@pytest.mark.parametrize("tls, send", [
    ("TLSv1_2", ""), ("", request("GET", "/_ping")), ("", request("GET", "/member/ca")),
    ("", "\x16\x03\x01\xff\xff" + 600 * "A"),
    ("", "\x00" * 5000), ("", "garbage\r\n\r\n"), ("", "SSH-2.0-x\r\n")],
    ids=["tls1.2", "http-ping", "http-ca", "broken-hello", "zeros", "words", "ssh"])
def test_other_protocols(members, port, host, tls, send):
    result = attempt(members.lab.host("h3"), members.lab.host(host).address, port, send, tls=tls, timeout=15)
    print(f"{port} {tls or 'plain'} {send[:20]!r}: {result}")
    assert not result.handshake and result.refused, result
    members.wait_for_nodes()


def test_agent_port_is_for_managers(members, stranger, forged, tmp_path):
    h2 = members.lab.host("h2").address
    subject = f"/O={members.api.get('/swarm')['ID']}/OU=swarm-manager/CN={members.node_id('h1')}"
    thieves = [*everybody(members, stranger, forged), ("worker h3", certificate(members.daemons["h3"])),
               ("the worker itself", certificate(members.daemons["h2"])),
               ("manager's name, signed by a worker", of_worker(members, tmp_path, subject, "h3"))]
    for name, own in thieves:
        result = attempt(members.lab.host("h3"), h2, AGENT_PORT, request("GET", "/containers/json"), certificate=own)
        print(f"7946 /containers/json with certificate: {name}: {result}")
        assert result.status is None and not result.body, (name, result)
    result = attempt(members.lab.host("h3"), h2, AGENT_PORT, request("GET", "/_ping"),
                     certificate=certificate(members.daemons["h1"]))
    assert result.status == 200, f"the manager's certificate opens it: this test can fail; {result}"


def test_a_worker_is_no_ca(members, tmp_path):
    subject = f"/O={members.api.get('/swarm')['ID']}/OU=swarm-manager/CN={members.node_id('h1')}"
    own = of_worker(members, tmp_path, subject)
    result = at_manager(members, "POST", "/member/renew", {"Request": "x"}, certificate=own)
    print(f"2377 /member/renew, signed by a worker: {result}")
    assert result.refused and result.status in (None, 401, 403)


def request_for(tmp_path, subject):
    forge(tmp_path, "ask", subject)
    openssl("req", "-new", "-key", tmp_path / "ask.key", "-subj", subject, "-out", tmp_path / "ask.csr")
    return (tmp_path / "ask.csr").read_text()


def subject_in(result, tmp_path):
    """The subject of the certificate in an answer."""
    document = json.loads(result.body.split("\r\n\r\n", 1)[1])
    (tmp_path / "got.crt").write_text(document["Certificate"])
    return subprocess.run(["openssl", "x509", "-in", tmp_path / "got.crt", "-noout", "-subject"], check=True,
                          capture_output=True, text=True).stdout


def test_a_request_does_not_name_its_subject(members, tmp_path):
    """Role and id come from the token and the certificate, not from what is asked for."""
    manager = members.node_id("h1")
    wish = request_for(tmp_path, f"/O={members.api.get('/swarm')['ID']}/OU=swarm-manager/CN={manager}")
    result = at_manager(members, "POST", "/member/renew", {"Request": wish, "Role": "manager", "Node": manager},
                        certificate=certificate(members.daemons["h2"]))
    print(f"2377 /member/renew for the manager's name: {result.status}")
    if result.status == 200:
        subject = subject_in(result, tmp_path)
        assert "swarm-worker" in subject and members.node_id("h2") in subject and manager not in subject, subject
    result = at_manager(members, "POST", "/member/join", {
        "Token": members.token("Worker"), "Request": wish, "Hostname": "evil", "AgentPort": 1, "Role": "manager"})
    print(f"2377 /member/join for the manager's name: {result.status}")
    if result.status == 200:
        subject = subject_in(result, tmp_path)
        assert "swarm-worker" in subject and manager not in subject, subject
        evil = [n for n in members.api.get("/nodes") if n["Description"].get("Hostname") == "evil"]
        assert len(evil) == 1 and evil[0]["Spec"]["Role"] == "worker" and evil[0]["Status"]["State"] != "ready"
        members.api.delete(f"/nodes/{evil[0]['ID']}?force=1")


def test_nobody_speaks_for_another(members):
    """h3's certificate, h2's name in the message."""
    own, h2 = certificate(members.daemons["h3"]), members.node_id("h2")
    for path in ("/member/goodbye", "/member/heartbeat"):
        body = {"Node": h2, "NodeID": h2, "Reason": "leave", "AgentPort": AGENT_PORT}
        result = at_manager(members, "POST", path, body, certificate=own)
        print(f"2377 {path} for another: {result}")
    stays(lambda: members.node("h2")["Status"]["State"] == "ready", "h2 is not harmed", 3)
    members.wait_for_nodes()


def test_removed_worker_is_forbidden(members):
    chain, key = certificate(members.daemons["h2"])
    old = members.node_id("h2")
    assert at_manager(members, "POST", "/member/heartbeat", {"AgentPort": AGENT_PORT},
                      certificate=(chain, key)).status == 200, "this test can fail"
    members.api.delete(f"/nodes/{old}?force=1")
    for path in ("/member/heartbeat", "/member/renew"):
        result = at_manager(members, "POST", path, {"AgentPort": AGENT_PORT, "Request": "x"}, certificate=(chain, key))
        print(f"2377 {path} of a removed worker: {result}")
        assert result.status == 403 and "was removed from the swarm" in result.body
    stays(lambda: old not in {n["ID"] for n in members.api.get("/nodes")}, "it does not come back", 2)


def test_huge_bodies(members):
    process = members.daemons["h1"].process.pid

    def resident():
        with open(f"/proc/{process}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1])
    before = resident()
    body = '{"Token":"' + 20_000_000 * "x" + '"}'
    result = at_manager(members, "POST", "/member/join", body, timeout=30)
    print(f"2377 body of 20 MB: {result}; resident {before} -> {resident()} kB")
    assert result.refused
    deep = at_manager(members, "POST", "/member/join", 500_000 * "[" + 500_000 * "]", timeout=30)
    print(f"2377 deeply nested: {deep}")
    assert deep.refused
    heads = attempt(members.lab.host("h3"), members.address, PORT, "GET /member/ca HTTP/1.1\r\nX: " + 2_000_000 * "y")
    print(f"2377 head without end: {heads}")
    assert heads.refused
    claims = attempt(members.lab.host("h3"), members.address, PORT,
                     "POST /member/join HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999\r\n\r\n{")
    print(f"2377 a length of 100 TB: {claims}")
    assert claims.refused
    members.wait_for_nodes()
    assert resident() < before + 200_000


IDLERS = """
import socket, sys, time
held = []
for _ in range({count}):
    held.append(socket.create_connection(("{address}", {port}), 10))
print(len(held), flush=True)
time.sleep(120)
"""


@contextlib.contextmanager
def idlers(host, address, port, count=300):
    script = IDLERS.format(count=count, address=address, port=port)
    with subprocess.Popen(enter(host, [sys.executable, "-c", script]), stdout=subprocess.PIPE, text=True) as them:
        try:
            assert them.stdout.readline().strip() == str(count)
            yield
        finally:
            them.kill()


def test_idle_connections_do_not_shut_the_door(founded):
    with idlers(founded.lab.host("h2"), founded.address, PORT):
        begun = time.monotonic()
        founded.join("h3")
        print(f"join with 300 idle connections at {PORT}: {time.monotonic() - begun:.2f} s")
        founded.wait_for_state(founded.node_id("h3"), "ready")
        stays(lambda: {n["Status"]["State"] for n in founded.api.get("/nodes")
                       if n["ID"] in map(founded.node_id, ("h1", "h2", "h3"))} == {"ready"}, "all stay", 4)


def test_idle_connections_at_an_agent(members):
    with idlers(members.lab.host("h3"), members.lab.host("h2").address, AGENT_PORT):
        begun = time.monotonic()
        create(members.api, "web", replicas=3)
        wait_running(members, "web", 3)
        print(f"three tasks with 300 idle connections at {AGENT_PORT}: {time.monotonic() - begun:.2f} s")
        assert len(members.running_on("h2", "web")) == 1
        stays(lambda: members.node("h2")["Status"]["State"] == "ready", "h2 stays", 4)


STRANGERS = """
import socket, ssl, sys, time
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
held = []
for _ in range({count}):
    try:
        wire = socket.create_connection(("{address}", {port}), 10)
        held.append(context.wrap_socket(wire))
        held[-1].sendall(b"GET /member/ca HTTP/1.1\\r\\nHost: x\\r\\nX: ")
    except OSError:
        pass  # Turned away: what this is about.
print(len(held), flush=True)
sys.stdin.read(1)
left = 0
for each in held:
    each.settimeout(0.2)
    try:
        left += each.recv(1) != b""
    except TimeoutError:
        left += 1
    except OSError:
        pass
print(left, flush=True)
"""


def test_who_shows_no_certificate_cannot_stay(founded):
    """Slow heads over finished handshakes: few at a time from one address, and none for long."""
    script = STRANGERS.format(count=300, address=founded.address, port=PORT)
    command = enter(founded.lab.host("h2"), [sys.executable, "-c", script])
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as them:
        try:
            held = int(them.stdout.readline())
            assert 0 < held <= 130, held
            founded.join("h3")
            founded.wait_for_state(founded.node_id("h3"), "ready")
            time.sleep(31)
            them.stdin.write("x")
            them.stdin.flush()
            assert int(them.stdout.readline()) == 0, "all were closed"
        finally:
            them.kill()
    founded.wait_for_state(founded.node_id("h2"), "ready")
