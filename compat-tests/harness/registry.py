"""A private registry on a host of the lab: TLS by a CA of its own, one user with a password."""
import json
import subprocess

from lablib import host as lab_hosts

from .certificates import make_ca, sign
from .waiting import wait_until

PORT = 5000
USER, PASSWORD = "shop", "open sesame"
HASH = "$2b$04$6APbc30Pllw9b1i0.nWmM.QYKq5wyF9FF67HfYfZS6Fqb54HtPhme"  # Of the password, by bcrypt.


class Registry:
    """`name` is what images of it are called by: ADDRESS:PORT."""

    def __init__(self, host, folder):
        self.host, self.folder, self.process = host, folder, None
        self.name = f"{host.address}:{PORT}"
        make_ca(folder, "ca")
        sign(folder, "ca", "registry", f"subjectAltName=IP:{host.address}\nextendedKeyUsage=serverAuth\n")
        (folder / "users").write_text(f"{USER}:{HASH}\n")
        (folder / "config.yml").write_text(json.dumps({  # JSON is YAML.
            "version": 0.1, "log": {"level": "warn"},
            "storage": {"filesystem": {"rootdirectory": str(folder / "images")}, "delete": {"enabled": True}},
            "auth": {"htpasswd": {"realm": "lab", "path": str(folder / "users")}},
            "http": {"addr": self.name, "tls": {"certificate": str(folder / "registry.pem"),
                                                "key": str(folder / "registry.key")}}}))

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
        for host in hosts:
            script = f"mkdir -p /etc/docker && mount -t tmpfs lab /etc/docker && mkdir -p {place} && cp {self.folder}/ca.pem {place}/ca.crt"
            subprocess.run(lab_hosts.enter(host, ["sh", "-ec", script]), check=True, capture_output=True)

    def distrust_on(self, hosts):
        for host in hosts:
            subprocess.run(lab_hosts.enter(host, ["umount", "/etc/docker"]), check=False, capture_output=True)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.process = None
