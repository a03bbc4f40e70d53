"""Engines of the lab with nothing of ours beside them, and the ways to them: h2 over TLS, h3 over ssh."""
import os
import pathlib
import shutil
import subprocess
import textwrap

import pytest

from lablib import host as lab_hosts

from .certificates import make_ca, run, sign
from .waiting import wait_until

TLS_PORT, SSH_PORT = 2376, 2222


class Helper:
    """A program on a host of the lab, for as long as the cases run."""

    def __init__(self, host, log, *command):
        self.host, self.log = host, log
        with open(log, "w") as output:
            self.process = subprocess.Popen(lab_hosts.enter(host, list(command)), stdin=subprocess.DEVNULL,
                                            stdout=output, stderr=output)

    def end(self):
        self.process.terminate()
        self.process.wait(20)


def answers(address, port, host):
    """Whether somebody listens there, as seen from the host itself."""
    command = ["python3", "-c", f"import socket; socket.create_connection(('{address}', {port}), 2)"]
    return subprocess.run(lab_hosts.enter(host, command), capture_output=True).returncode == 0


@pytest.fixture(scope="module")
def tls(target, tmp_path_factory):
    """The folder of certificates of h2's engine, which haproxy serves with TLS as `dockerd --tlsverify` would."""
    folder, h2 = tmp_path_factory.mktemp("tls"), target.hosts[1]
    make_ca(folder, "ca")
    make_ca(folder, "other")
    sign(folder, "ca", "server", f"subjectAltName=IP:{h2.address}")
    sign(folder, "ca", "client", "extendedKeyUsage=clientAuth")
    (folder / "both.pem").write_text((folder / "server.pem").read_text() + (folder / "server.key").read_text())
    (folder / "haproxy.cfg").write_text(textwrap.dedent(f"""
        defaults
          mode tcp
          timeout connect 5s
          timeout client 1h
          timeout server 1h
        listen engine
          bind {h2.address}:{TLS_PORT} ssl crt {folder}/both.pem ca-file {folder}/ca.pem verify required
          server engine unix@{h2.socket}
        """))
    proxy = Helper(h2, folder / "log", "haproxy", "-db", "-f", str(folder / "haproxy.cfg"))
    wait_until(lambda: answers(h2.address, TLS_PORT, h2), "haproxy listens")
    yield folder
    proxy.end()


@pytest.fixture(scope="module")
def ssh(target, tmp_path_factory):
    """The folder of keys of the sshd on h3."""
    folder, h3 = tmp_path_factory.mktemp("ssh"), target.hosts[2]
    for name in ("host", "user", "stranger"):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/{name}")
    (folder / "sshd_config").write_text(textwrap.dedent(f"""
        Port {SSH_PORT}
        ListenAddress {h3.address}
        HostKey {folder}/host
        AuthorizedKeysFile {folder}/user.pub
        PidFile none
        PermitRootLogin prohibit-password
        PasswordAuthentication no
        StrictModes no
        UsePAM no
        MaxSessions 100
        SetEnv DOCKER_HOST=unix://{h3.socket}
        """))
    os.makedirs("/run/sshd", exist_ok=True)
    server = Helper(h3, folder / "log", shutil.which("sshd") or "/usr/sbin/sshd", "-D", "-e", "-f",
                    str(folder / "sshd_config"))
    wait_until(lambda: "listening" in (folder / "log").read_text(), "sshd listens")
    yield folder
    server.end()


@pytest.fixture(scope="module")
def lone(target):
    """The target as the manager of a swarm of its own host alone."""
    target.dissolve()
    target.daemon.stop()
    target.daemon.start(["--engine", target.hosts[0].url])
    target.api.post("/swarm/init", target.init_request())
    target.wait_for_nodes(("h1",))
    yield target
    target.dissolve()
    target.daemon.stop()
    target.daemon.start(target.default_flags)


def over_tls(swarm, tls, ca="ca", **parts):
    return {"Name": "far2", "Address": f"tcp://{swarm.hosts[1].address}:{TLS_PORT}",
            "TLS": {"CA": (tls / f"{ca}.pem").read_text(), "Certificate": (tls / "client.pem").read_text(),
                    "Key": (tls / "client.key").read_text()}, **parts}


def over_ssh(swarm, ssh, key="user", **parts):
    return {"Name": "far3", "Address": f"ssh://root@{swarm.hosts[2].address}:{SSH_PORT}",
            "SshIdentity": (ssh / key).read_text(), **parts}


def ssh_folder(swarm):
    return pathlib.Path(swarm.daemon.data_root) / "ssh"


@pytest.fixture
def known(swarm, ssh):
    """The daemon knows the key of h3."""
    ssh_folder(swarm).mkdir(exist_ok=True)
    kind, key = (ssh / "host.pub").read_text().split()[:2]
    file = ssh_folder(swarm) / "known_hosts"
    file.write_text(f"[{swarm.hosts[2].address}]:{SSH_PORT} {kind} {key}\n")
    yield
    file.unlink()
