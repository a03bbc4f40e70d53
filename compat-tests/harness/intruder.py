"""Somebody on the LAN who tries to get in: TLS connections with whatever certificate, from inside a host of the lab."""
import json
import subprocess
import sys

from lablib.host import enter

# Runs on a host of the lab: reads a plan, prints what came of it.
SCRIPT = r"""
import json, socket, ssl, sys, time
plan = json.load(sys.stdin)
result = {"handshake": False, "status": None, "body": "", "error": ""}
try:
    sock = socket.create_connection((plan["address"], plan["port"]), plan["timeout"])
    sock.settimeout(plan["timeout"])
    if plan["tls"]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, plan["tls"])
        if plan["certificate"]:
            context.load_cert_chain(*plan["certificate"])
        sock = context.wrap_socket(sock)
        result["handshake"] = True
    if plan["send"] is not None:
        sock.sendall(plan["send"].encode("latin-1") * plan["times"])
        answer = b""
        while len(answer) < 100000:
            part = sock.recv(65536)
            if not part:
                break
            answer += part
        result["body"] = answer.decode("latin-1")
        words = result["body"].split(" ", 2)
        if words[0].startswith("HTTP/"):
            result["status"] = int(words[1])
except Exception as error:
    result["error"] = type(error).__name__ + ": " + str(error)
json.dump(result, sys.stdout)
"""


class Attempt:
    def __init__(self, result):
        self.handshake, self.status, self.body, self.error = (
            result[key] for key in ("handshake", "status", "body", "error"))

    @property
    def refused(self):
        """Nothing of worth came back: no answer at all, an alert of TLS, or one that says no."""
        if self.status is None:
            return not self.body or self.body.startswith("\x15\x03") and len(self.body) == 7
        return self.status >= 400

    def __repr__(self):
        return f"<handshake={self.handshake} status={self.status} error={self.error!r} body={self.body[:300]!r}>"


def request(method, path, body=None, headers=""):
    text = "" if body is None else body if isinstance(body, str) else json.dumps(body)
    return (f"{method} {path} HTTP/1.1\r\nHost: swarm\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(text)}\r\nConnection: close\r\n{headers}\r\n{text}")


def attempt(host, address, port, send=None, certificate=None, tls="TLSv1_3", times=1, timeout=8):
    """One try from `host`. `certificate` is (chain file, key file); `tls` a version, or "" for plain TCP."""
    plan = {"address": address, "port": port, "send": send, "tls": tls, "times": times, "timeout": timeout,
            "certificate": [str(each) for each in certificate] if certificate else None}
    done = subprocess.run(enter(host, [sys.executable, "-c", SCRIPT]), input=json.dumps(plan), capture_output=True,
                          text=True, timeout=timeout * 4)
    assert done.returncode == 0, done.stderr
    return Attempt(json.loads(done.stdout))


def openssl(*args):
    subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True)


def forge(folder, name, subject="/CN=swarm-node-00000000000000000/OU=swarm-manager/O=cluster", issuer=None):
    """A certificate that looks like one of the swarm: self-signed, or by `issuer`, an earlier result that is a CA."""
    key, chain, ask = folder / f"{name}.key", folder / f"{name}.crt", folder / f"{name}.csr"
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    if issuer is None:
        openssl("req", "-x509", "-new", "-key", key, "-days", 30, "-subj", subject, "-out", chain)
        return chain, key
    openssl("req", "-new", "-key", key, "-subj", subject, "-out", ask)
    openssl("x509", "-req", "-in", ask, "-CA", issuer[0], "-CAkey", issuer[1], "-CAcreateserial", "-days", 30,
            "-out", chain)
    chain.write_text(chain.read_text() + issuer[0].read_text())
    return chain, key
