"""The API over TCP with TLS, as dockerd offers it: `-H tcp://…:2376 --tlsverify …`."""
import hashlib
import os
import subprocess

import pytest

from harness.certificates import make_ca, sign
from harness.services import create, shell, wait_running
from lablib import host as lab_hosts

pytestmark = pytest.mark.swarmward_only("dockerd's own front is not what is tested")

PORT = 2376
BLOB = os.urandom(50_000_000)


@pytest.fixture(scope="module")
def folder(target, tmp_path_factory):
    made = tmp_path_factory.mktemp("front-tls")
    for ca, names in (("ca", ("server", "alice")), ("other-ca", ("mallory",))):
        make_ca(made, ca)
        for name in names:
            server = name == "server"
            sign(made, ca, name, f"subjectAltName=IP:{target.address}\nextendedKeyUsage=serverAuth" if server
                 else "extendedKeyUsage=clientAuth")
    return made


@pytest.fixture(scope="module")
def front(gallery, folder):
    """The swarm, its daemon on a TCP port of h1 for whoever has a certificate of the CA."""
    gallery.daemon.stop()
    gallery.daemon.start([*gallery.default_flags, "-H", f"tcp://{gallery.address}:{PORT}", "--tlsverify",
                          "--tlscacert", str(folder / "ca.pem"), "--tlscert", str(folder / "server.pem"),
                          "--tlskey", str(folder / "server.key")])
    gallery.wait_for_nodes()
    yield gallery
    gallery.clear()
    gallery.daemon.stop()
    gallery.start()


@pytest.fixture
def remote(front, folder, any_docker):
    """The CLI on h2: `remote("alice", "ps")`."""
    def call(who, *args, stdin=b"", code=0):
        tls = [] if who is None else ["--tlsverify", "--tlscacert", str(folder / "ca.pem"), "--tlscert",
                                      str(folder / f"{who}.pem"), "--tlskey", str(folder / f"{who}.key")]
        command = [any_docker.path, "-H", f"tcp://{front.address}:{PORT}", *tls, *args]
        done = subprocess.run(lab_hosts.enter(front.hosts[1], command), env=any_docker.env, input=stdin,
                              capture_output=True, timeout=120)
        assert done.returncode == code, done.stdout + done.stderr
        return done
    return call


@pytest.fixture(scope="module")
def task(front):
    """A container of the swarm, on h3."""
    create(front.api, "far", shell("sleep 100000"), Placement={"Constraints": ["node.hostname==h3"]})
    wait_running(front, "far", 1)
    return f"far.1.{front.api.running('far')[0]['ID']}"


def test_swarm_commands(remote, task):
    assert b"h3" in remote("alice", "node", "ls", "--format", "{{.Hostname}}").stdout
    assert remote("alice", "service", "ps", "far", "--format", "{{.Node}}", "-f",
                  "desired-state=running").stdout.strip() == b"h3"


def test_stdin_ends_where_it_ends(remote, task):
    """The end of what is piped in must get through TLS while the answer is still to come."""
    out = remote("alice", "exec", "-i", task, "sh", "-c", "cat; echo end", stdin=b"line\n" * 10000).stdout
    assert out == b"line\n" * 10000 + b"end\n"


def test_large_copy(remote, task, tmp_path):
    (tmp_path / "blob").write_bytes(BLOB)
    remote("alice", "cp", str(tmp_path / "blob"), f"{task}:/blob")
    told = remote("alice", "exec", task, "sha256sum", "/blob").stdout.split()[0]
    assert told.decode() == hashlib.sha256(BLOB).hexdigest()
    remote("alice", "cp", f"{task}:/blob", str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == BLOB


def test_nobody_else(remote, front):
    before = len(front.api.get("/services"))
    for who in ("mallory", None):
        remote(who, "service", "create", "--name", "evil", "alpine", code=1)
    assert len(front.api.get("/services")) == before
    plain = subprocess.run(lab_hosts.enter(front.hosts[1], ["python3", "-c", f"""
import socket, ssl
context = ssl._create_unverified_context()
try:
    with context.wrap_socket(socket.create_connection(("{front.address}", {PORT}), 5)) as s:
        s.sendall(b"GET /info HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
        print(s.recv(100))
except OSError as error:
    print("refused", type(error).__name__)
"""]), capture_output=True, text=True, timeout=30).stdout
    assert "refused" in plain or plain.strip() == "b''", plain


def test_the_log_tells_who(remote, front):
    remote("alice", "service", "create", "--detach", "--no-resolve-image", "--name", "audited", "alpine")
    remote("alice", "service", "rm", "audited")
    with open(front.daemon.log) as log:
        lines = [line for line in log if " audit " in line and "/services/create" in line]
    assert any('who="alice"' in line and f'from="{front.hosts[1].address}:' in line for line in lines), lines
