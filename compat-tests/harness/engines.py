"""Which engines the hosts of a lab have, and a lab with engines of two versions."""
import contextlib
import os
import pathlib

from lablib.names import Lab

from .targets import run_lab

NEW_HOST = "h3"


def flags():
    """What SWARMWARD_LAB_ENGINE says to `lab up`: KIND for all hosts, or HOST=KIND; several are separated by blanks."""
    return [word for kind in os.environ.get("SWARMWARD_LAB_ENGINE", "").split() for word in ("--engine", kind)]


def new_engine():
    """The tree with a newer engine than this machine's, or None."""
    root = pathlib.Path(os.environ.get("SWARMWARD_NEW_ENGINE", "/srv/trixie"))
    found = any((root / folder / "dockerd").exists() for folder in ("usr/sbin", "usr/bin", "usr/local/bin"))
    return root if found else None


@contextlib.contextmanager
def mixed_lab(root, name):
    """A lab whose h3 has the newer engine: the one of this name if it is up and mixed, else one of its own."""
    if Lab(name).exists:
        if len(set(Lab(name).config()["engines"])) > 1:
            yield Lab(name)
            return
        name = name[:11] + "v"
    run_lab(root, "up", "--name", name, "--engine", f"{NEW_HOST}=chroot:{new_engine()}")
    try:
        yield Lab(name)
    finally:
        run_lab(root, "down", "--name", name)
