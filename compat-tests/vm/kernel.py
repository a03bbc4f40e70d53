"""Debian's cloud kernel, unpacked and never installed."""
import pathlib
import re
import subprocess

PACKAGE = "linux-image-cloud-amd64"


class NoKernel(Exception):
    """Why there is none here; for a person to read."""


def _output(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    return done.stdout if done.returncode == 0 else ""


def _newest():
    """The package that holds the image: the other one only names it."""
    found = re.search(r"Depends: (linux-image-\S+)", _output("apt-cache", "depends", PACKAGE))
    return found and found.group(1)


class Kernel:
    """`image` boots; `modules` is the folder that its modprobe looks into."""

    def __init__(self, folder):
        self.image = next((folder / "boot").glob("vmlinuz-*"))
        self.modules = next((folder / "lib/modules").iterdir())
        self.version = self.modules.name

    def files(self, parts):
        """The modules in these folders or files of kernel/, and the lists that modprobe reads."""
        found = set(self.modules.glob("modules.*"))
        for part in parts:
            place = self.modules / "kernel" / part
            found.update(place.rglob("*.ko") if place.is_dir() else [place])
        return sorted(found)


def unpack(cache: pathlib.Path) -> Kernel:
    """The newest kernel that the packages of this machine know, kept in `cache`."""
    package = _newest()
    if not package:
        raise NoKernel(f"no package {PACKAGE} is known to apt here")
    folder = cache / package
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["apt-get", "download", package], cwd=folder, capture_output=True, text=True, timeout=600)
        archive = next(folder.glob("*.deb"), None)
        if done.returncode != 0 or not archive:
            raise NoKernel(f"apt-get download {package}: {done.stderr.strip()[-200:]}")
        subprocess.run(["dpkg", "-x", archive, folder], check=True, timeout=300)
        archive.unlink()
        version = next((folder / "lib/modules").iterdir()).name
        # Newer kernels come with modules that the small modprobe inside cannot unpack.
        for packed in folder.rglob("*.ko.xz"):
            subprocess.run(["xz", "-d", packed], check=True, timeout=60)
        subprocess.run(["depmod", "-b", folder, version], check=True, timeout=300)
        (folder / "complete").touch()
    return Kernel(folder)
