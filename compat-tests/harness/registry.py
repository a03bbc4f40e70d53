"""A private registry on a host of the lab: TLS by a CA of its own, one user with a password."""
import contextlib
import json
import shutil
import subprocess

import pytest

from lablib import host as lab_hosts

from .certificates import make_ca, sign
from .waiting import wait_until

PORT = 5000
USER, PASSWORD = "shop", "open sesame"
OTHER_PASSWORD = "open barley"
HASHES = {  # By bcrypt.
    PASSWORD: "$2b$04$6APbc30Pllw9b1i0.nWmM.QYKq5wyF9FF67HfYfZS6Fqb54HtPhme",
    OTHER_PASSWORD: "$2b$04$6APbc30Pllw9b1i0.nWmM.W002jFscR.nUm8C.eKI1swvFAm/wk3C"}


def where_its_engine_is(host, command):
    """The command line that runs it with the files that the host's engine sees: those of another tree, if it has one."""
    return ["nsenter", "-t", str(host.pid("tree") or host.pid("keeper")), "-m", *command]


class Registry:
    """`name` is what images of it are called by: ADDRESS:PORT."""

    def __init__(self, host, folder):
        self.host, self.folder, self.process = host, folder, None
        self.name = f"{host.address}:{PORT}"
        make_ca(folder, "ca")
        sign(folder, "ca", "registry", f"subjectAltName=IP:{host.address}\nextendedKeyUsage=serverAuth\n")
        self.set_password(PASSWORD)
        (folder / "config.yml").write_text(json.dumps({  # JSON is YAML.
            "version": 0.1, "log": {"level": "warn"},
            "storage": {"filesystem": {"rootdirectory": str(folder / "images")}, "delete": {"enabled": True}},
            "auth": {"htpasswd": {"realm": "lab", "path": str(folder / "users")}},
            "http": {"addr": self.name, "tls": {"certificate": str(folder / "registry.pem"),
                                                "key": str(folder / "registry.key")}}}))

    def set_password(self, password):
        """From the next request on: the registry looks whether the file has changed."""
        (self.folder / "users").write_text(f"{USER}:{HASHES[password]}\n")

    def start(self):
        with open(self.folder / "log", "w") as log:
            self.process = subprocess.Popen(
                lab_hosts.enter(self.host, ["docker-registry", "serve", str(self.folder / "config.yml")]),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(self._listens, f"the registry listens; see {self.folder}/log", 20)

    def _listens(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()
        shown = subprocess.run(lab_hosts.enter(self.host, ["ss", "-Hltn", f"sport = :{PORT}"]), capture_output=True,
                               text=True, check=True).stdout
        return bool(shown.strip())

    def trust_on(self, hosts):
        """Their engines take its certificate, by a folder that only they see."""
        place = f"/etc/docker/certs.d/{self.name}"
        script = f"mkdir -p /etc/docker && mount -t tmpfs lab /etc/docker && mkdir -p {place} && cat >{place}/ca.crt"
        for host in hosts:
            subprocess.run(where_its_engine_is(host, ["sh", "-ec", script]), check=True, capture_output=True,
                           input=(self.folder / "ca.pem").read_bytes())

    def distrust_on(self, hosts):
        for host in hosts:
            subprocess.run(where_its_engine_is(host, ["umount", "/etc/docker"]), check=False, capture_output=True)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.process = None


@contextlib.contextmanager
def registry_for(hosts, folder):
    """One on the first host that the engines of all of them trust."""
    if shutil.which("docker-registry") is None:
        pytest.skip("docker-registry is not installed")
    made = Registry(hosts.hosts[0], folder)
    made.trust_on(hosts.hosts)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        made.distrust_on(hosts.hosts)


def push(manager, registry, *tags):
    """Images of these tags, made of busybox, by a CLI that is logged in."""
    for tag in tags:
        manager("build", "-q", "-t", f"{registry.name}/app:{tag}", "-", stdin=f"FROM busybox\nLABEL version={tag}\n")
        manager("push", "-q", f"{registry.name}/app:{tag}")


def forget(cli, registry, hosts):
    """By name: what they are made of is still there under others, but a name is looked up in the registry."""
    for host in hosts:
        local = cli(host)
        names = local("images", "--digests", "--format", "{{.Repository}}@{{.Digest}} {{.Repository}}:{{.Tag}}",
                      f"{registry.name}/app").out.split()
        local("rmi", "-f", *(name for name in names if "<none>" not in name), code=None)
        assert not local("images", "-q", f"{registry.name}/app").out
