"""The images of the lab: busybox under the names that tutorials use, so that no registry is needed.

They are written straight as one `docker load` archive: a single layer that all share, one config per image.
"""
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import tarfile

from .names import CACHE, LabError

SERVE = """#!/bin/sh
# Answers HTTP on the port given with the name of the host. The trap makes it stop at once, as nginx does.
mkdir -p /www && hostname > /www/index.html
httpd -f -p "$1" -h /www & server=$!
trap 'kill $server; exit 0' TERM INT QUIT
wait $server
"""
HELLO = """#!/bin/sh
echo
echo 'Hello from Docker!'
echo 'This message shows that your installation appears to be working correctly.'
"""
IDLE = """#!/bin/sh
trap 'exit 0' TERM INT
sleep infinity & wait $!
"""

IMAGES = {
    "alpine:latest": {"Cmd": ["/bin/sh"]},
    "alpine:3.18": {"Cmd": ["/bin/sh"]},
    "busybox:latest": {"Cmd": ["sh"]},
    "nginx:latest": {"Cmd": ["/serve", "80"], "ExposedPorts": {"80/tcp": {}}},
    "nginx:1.25": {"Cmd": ["/serve", "80"], "ExposedPorts": {"80/tcp": {}}},
    "flask_image_hello_world:latest": {"Cmd": ["/serve", "5001"], "ExposedPorts": {"5001/tcp": {}}},
    "hello-world:latest": {"Cmd": ["/hello"]},
    "redis:latest": {"Cmd": ["/idle"], "ExposedPorts": {"6379/tcp": {}}},
}


def archive():
    """The path of the archive, made at first use and again when busybox or this file changes."""
    busybox = shutil.which("busybox", path="/bin:/usr/bin")
    if busybox is None:
        raise LabError("busybox is not installed; run tools/install-deps.sh --tests")
    binary = pathlib.Path(busybox).read_bytes()
    key = hashlib.sha256(binary + pathlib.Path(__file__).read_bytes()).hexdigest()[:16]
    path = CACHE / f"images-{key}.tar"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        for old in CACHE.glob("images-*.tar"):
            old.unlink()
        part = path.with_suffix(f".{os.getpid()}")
        _write(part, binary)
        part.rename(path)
    return path


def _write(path, binary):
    layer = _layer(binary)
    digest = hashlib.sha256(layer).hexdigest()
    manifest = []
    with tarfile.open(path, "w") as out:
        _add(out, f"{digest}/layer.tar", layer)
        for day, (name, config) in enumerate(IMAGES.items(), 1):
            text = json.dumps(_image(name, config, digest, day)).encode()
            file = hashlib.sha256(text).hexdigest() + ".json"
            _add(out, file, text)
            manifest.append({"Config": file, "RepoTags": [name], "Layers": [f"{digest}/layer.tar"]})
        _add(out, "manifest.json", json.dumps(manifest).encode())


def _image(name, config, digest, day):
    # The label gives each name an image id of its own, the day each its place in lists.
    config = {"Env": ["PATH=/bin:/sbin:/usr/bin:/usr/sbin"], "WorkingDir": "/", "Labels": {"lab.image": name}, **config}
    created = f"2024-01-{day:02}T00:00:00Z"
    return {"architecture": _architecture(), "os": "linux", "config": config, "created": created,
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
            "history": [{"created": created, "created_by": "lab"}]}


def _architecture():
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)


def _layer(binary):
    applets = subprocess.run(["busybox", "--list"], check=True, capture_output=True, text=True).stdout.split()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as layer:
        for folder, mode in (("bin", 0o755), ("etc", 0o755), ("root", 0o700), ("tmp", 0o1777), ("var", 0o755),
                             ("www", 0o777), ("usr", 0o755), ("usr/bin", 0o755)):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, mode
            layer.addfile(entry)
        _add(layer, "bin/busybox", binary, 0o755)
        for applet in applets:
            if applet != "busybox":
                entry = tarfile.TarInfo(f"bin/{applet}")
                entry.type, entry.linkname = tarfile.SYMTYPE, "busybox"
                layer.addfile(entry)
        _add(layer, "etc/passwd", b"root:x:0:0:root:/root:/bin/sh\nguest:x:405:100:guest:/tmp:/bin/sh\n")
        _add(layer, "etc/group", b"root:x:0:\nusers:x:100:\n")
        for name, text in (("serve", SERVE), ("hello", HELLO), ("idle", IDLE)):
            _add(layer, name, text.encode(), 0o755)
    return buffer.getvalue()


def _add(tar, name, data, mode=0o644):
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), mode
    tar.addfile(entry, io.BytesIO(data))
