"""Removes everything a lab left on the machine, whatever state it died in."""
import os
import pathlib
import shutil
import signal
import time

from . import network
from .names import CGROUP_PARENT, CGROUPS, DATA, NETNS, RUN


def destroy(lab):
    """Processes first, then the namespaces (their mounts go with them), cgroups and files."""
    _kill(lab)
    network.destroy(lab)
    _remove_cgroups(lab)
    for folder in (lab.run, lab.data):
        shutil.rmtree(folder, ignore_errors=True)
    for parent in (RUN, DATA):
        try:
            parent.rmdir()  # Only when this was the last lab.
        except OSError:
            pass


def _kill(lab, seconds=20):
    deadline = time.monotonic() + seconds
    while pids := _processes(lab):
        # The keepers last, so that they reap what the others leave.
        for pid in {p for p in pids if not _is_keeper(p)} or pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if time.monotonic() > deadline:
            raise RuntimeError(f"these processes of lab {lab.name} do not die: {sorted(pids)}")
        time.sleep(0.05)


def _processes(lab):
    """Whoever lives in the lab's network namespaces (engines, shims, helpers) or cgroups (containers)."""
    inodes = set()
    for name in lab.netns_names():
        try:
            inodes.add(os.stat(NETNS / name).st_ino)
        except OSError:
            pass
    found = set()
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if os.stat(process / "ns/net").st_ino in inodes and not _is_zombie(process):
                found.add(int(process.name))
        except OSError:
            pass
    for folder in _cgroup_folders(lab):
        for listing in folder.rglob("cgroup.procs"):
            try:
                found.update(int(pid) for pid in listing.read_text().split() if pid != "0")
            except OSError:
                pass
    return found - {os.getpid()}


def _is_keeper(pid):
    try:
        return b"keeper.py" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _is_zombie(process):
    return (process / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"


def _cgroup_folders(lab):
    """The lab's folder in each hierarchy: one of version 2, or one per controller of version 1."""
    places = [CGROUPS, *CGROUPS.iterdir()] if CGROUPS.is_dir() else []
    return [f for f in (place / CGROUP_PARENT / lab.name for place in places) if f.is_dir()]


def _remove_cgroups(lab):
    for folder in _cgroup_folders(lab):
        for path, _, _ in os.walk(folder, topdown=False):
            _rmdir(path)
        _rmdir(folder.parent)


def _rmdir(path):
    # A cgroup stays busy for a moment after its last process is gone.
    for _ in range(40):
        try:
            os.rmdir(path)
            return
        except FileNotFoundError:
            return
        except OSError:
            if any(p.is_dir() for p in pathlib.Path(path).iterdir()):
                return  # The parent of other labs.
            time.sleep(0.05)
