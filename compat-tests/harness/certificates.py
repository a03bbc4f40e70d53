"""Certificates as people make them for dockerd, with the openssl program."""
import subprocess


def run(*words):
    subprocess.run(words, check=True, capture_output=True, text=True)


def make_ca(folder, name):
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
        "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.pem")


def sign(folder, ca, name, extension):
    (folder / "extension").write_text(extension)
    run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", f"{folder}/{name}.key",
        "-out", f"{folder}/{name}.csr")
    run("openssl", "x509", "-req", "-days", "2", "-in", f"{folder}/{name}.csr", "-CA", f"{folder}/{ca}.pem",
        "-CAkey", f"{folder}/{ca}.key", "-CAcreateserial", "-extfile", f"{folder}/extension",
        "-out", f"{folder}/{name}.pem")
