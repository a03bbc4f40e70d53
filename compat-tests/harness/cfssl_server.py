"""A small external CA: CFSSL's signing API over HTTPS, clients with certificates only. Signs with the openssl program.

Usage: cfssl_server.py PLAN, a JSON file: address, port, certificate, key (its own), trusted (of its clients), ca, ca_key,
log (a JSON object per request), mode (a file; its text says how it misbehaves: see MODES).
"""
import http.server
import json
import pathlib
import ssl
import subprocess
import sys
import tempfile

# stranger: a root of its own signs. thief: names another node. page: no JSON. no: an error of CFSSL's. busy: status 503.
MODES = ("", "stranger", "thief", "page", "no", "busy")


def openssl(*words):
    return subprocess.run(("openssl", *words), check=True, capture_output=True, text=True).stdout


def sign(plan, question, mode):
    """The certificate, PEM, whose names are the question's and not the request's."""
    fields = {key: value for names in question["subject"]["names"] for key, value in names.items()}
    name = "".join(f"/{key}={fields[key]}" for key in ("C", "ST", "L", "O", "OU") if fields.get(key))
    node = "x" * 25 if mode == "thief" else question["subject"]["CN"]
    with tempfile.TemporaryDirectory() as folder:
        request, extensions = (pathlib.Path(folder) / part for part in ("csr", "extensions"))
        request.write_text(question["certificate_request"])
        constraints = [e for e in question.get("extensions") or [] if e["id"] == "2.5.29.19"]
        subject = ["-subj", f"{name}/CN={node}"]
        if question.get("profile") == "CA":
            # The name stays as the request encodes it: native compares names byte for byte.
            subject = []
            value = ":".join(constraints[0]["value"][at:at + 2] for at in range(0, len(constraints[0]["value"]), 2))
            extensions.write_text(f"basicConstraints=critical,DER:{value}\nkeyUsage=critical,keyCertSign,cRLSign\n"
                                  "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")
        else:
            extensions.write_text("basicConstraints=critical,CA:FALSE\n"
                                  "keyUsage=critical,digitalSignature,keyEncipherment\n"
                                  "extendedKeyUsage=serverAuth,clientAuth\n"
                                  "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
                                  "subjectAltName=" + ",".join(f"DNS:{host}" for host in question["hosts"]) + "\n")
        ca, key = ("stranger", "stranger_key") if mode == "stranger" else ("ca", "ca_key")
        return openssl("x509", "-req", "-days", "90", "-in", str(request), *subject, "-CA", plan[ca],
                       "-CAkey", plan[key], "-CAcreateserial", "-CAserial", f"{folder}/serial",
                       "-extfile", str(extensions))


def answer(plan, question, mode):
    if mode == "busy":
        return 503, "come back later"
    if mode == "page":
        return 200, "<html>welcome</html>"
    if mode == "no":
        return 200, json.dumps({"success": False, "result": None, "messages": [],
                                "errors": [{"code": 5100, "message": "Invalid policy"}]})
    return 200, json.dumps({"success": True, "errors": [], "messages": [],
                            "result": {"certificate": sign(plan, question, mode)}})


def handler(plan):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            mode = pathlib.Path(plan["mode"]).read_text()
            status, text = answer(plan, question, mode)
            client = dict(pair[0] for pair in self.connection.getpeercert()["subject"])
            with open(plan["log"], "a") as log:
                log.write(json.dumps({"client": client, "path": self.path, "question": question, "mode": mode}) + "\n")
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())
    return Handler


def main():
    plan = json.loads(pathlib.Path(sys.argv[1]).read_text())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(plan["certificate"], plan["key"])
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(plan["trusted"])
    server = http.server.ThreadingHTTPServer((plan["address"], plan["port"]), handler(plan))
    # Hands are shaken in the thread of the connection, so that one that stalls holds up nobody.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


if __name__ == "__main__":
    main()
