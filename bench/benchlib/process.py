"""Looking at processes: CPU used, and the cores they may run on."""
import contextlib
import os
import pathlib


def cpu_seconds(pid):
    """By the scheduler's own count, in nanoseconds: clock ticks are too coarse for a second of requests."""
    total = 0
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError):
            total += int(path.read_text().split()[0])
    return total / 1e9


def _pin(pid, cores):
    for task in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(OSError):
            os.sched_setaffinity(int(task), cores)


@contextlib.contextmanager
def pinned(pids, cores):
    """Keeps the processes on these cores for a while; no more than a wish where there is only one core."""
    everywhere = os.sched_getaffinity(0)
    for pid in pids:
        _pin(pid, cores & everywhere or everywhere)
    try:
        yield
    finally:
        for pid in pids:
            _pin(pid, everywhere)


def load():
    return round(os.getloadavg()[0], 2)
