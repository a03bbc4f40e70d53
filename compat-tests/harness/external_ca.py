"""An external CA on a host of the lab, with a root that nobody else has the key of."""
import json
import pathlib
import subprocess
import sys

from lablib import host as lab_hosts

from .certificates import run
from .waiting import wait_until

PORT = 8888


def make_root(folder, name):
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "800",
        "-subj", f"/CN={name}", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
        "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.pem")


def make_server(folder, root, address):
    (folder / "names").write_text(f"subjectAltName=IP:{address}\nextendedKeyUsage=serverAuth\n")
    run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=outside",
        "-keyout", f"{folder}/server.key", "-out", f"{folder}/server.csr")
    run("openssl", "x509", "-req", "-days", "2", "-in", f"{folder}/server.csr", "-CA", f"{folder}/{root}.pem",
        "-CAkey", f"{folder}/{root}.key", "-CAcreateserial", "-extfile", f"{folder}/names",
        "-out", f"{folder}/server.pem")


class ExternalCa:
    """`pem` is the file of its root; the files of another root, with which it has nothing to do, are `stranger.*`."""

    def __init__(self, host, folder, signs=("outside", None)):
        """`signs`: the name of a root to be made, or a name and the PEM texts of certificate and key."""
        self.host, self.folder, self.process = host, pathlib.Path(folder), None
        self.root, given = signs
        if given:
            for suffix, text in zip(("pem", "key"), given):
                (self.folder / f"{self.root}.{suffix}").write_text(text)
        else:
            make_root(self.folder, self.root)
        make_root(self.folder, "stranger")
        make_server(self.folder, self.root, host.address)
        self.pem = self.folder / f"{self.root}.pem"
        self.url = f"https://{host.address}:{PORT}/api/v1/cfssl/sign"
        self.misbehave("")

    def flag(self, cacert=None):
        return f"protocol=cfssl,url={self.url},cacert={cacert or self.pem}"

    def misbehave(self, mode):
        (self.folder / "mode").write_text(mode)

    def start(self, *trusted):
        """`trusted`: PEM texts of roots whose managers are clients, besides its own root."""
        (self.folder / "trusted").write_text(self.pem.read_text() + "".join(trusted))
        plan = {"address": self.host.address, "port": PORT, "certificate": "server.pem", "key": "server.key",
                "trusted": "trusted", "ca": f"{self.root}.pem", "ca_key": f"{self.root}.key",
                "stranger": "stranger.pem", "stranger_key": "stranger.key", "log": "log", "mode": "mode"}
        files = set(plan) - {"address", "port"}
        (self.folder / "plan").write_text(json.dumps(
            {key: str(self.folder / value) if key in files else value for key, value in plan.items()}))
        script = pathlib.Path(__file__).with_name("cfssl_server.py")
        with open(self.folder / "output", "a") as output:
            self.process = subprocess.Popen(
                lab_hosts.enter(self.host, [sys.executable, str(script), str(self.folder / "plan")]),
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        wait_until(self._listens, f"the external CA listens; see {self.folder}/output", 20)

    def _listens(self):
        assert self.process.poll() is None, (self.folder / "output").read_text()
        shown = subprocess.run(lab_hosts.enter(self.host, ["ss", "-Hltn", f"sport = :{PORT}"]), capture_output=True,
                               text=True, check=True).stdout
        return bool(shown.strip())

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def asked(self):
        """What it was asked, oldest first: client, question."""
        log = self.folder / "log"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    def issued_for(self):
        """{node id: OU} of all that it was asked to sign for, but roots."""
        found = {}
        for request in self.asked():
            subject = request["question"]["subject"]
            if request["question"].get("profile") != "CA":
                found[subject["CN"]] = subject["names"][0]["OU"]
        return found
