"""The load generator wrk, from any network, for as long as something happens."""
import contextlib
import re
import signal
import subprocess


class Load:
    """What wrk counted: `requests` answered, and `failed`, those with an error or another status than 2xx."""

    def __init__(self):
        self.requests = self.failed = None
        self.report = ""

    def read(self, report):
        self.report = report
        self.requests = int(re.search(r"(\d+) requests in", report)[1])
        errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", report)
        other = re.search(r"Non-2xx or 3xx responses: (\d+)", report)
        self.failed = sum(map(int, errors.groups())) if errors else 0
        self.failed += int(other[1]) if other else 0

    def __str__(self):
        return f"{self.failed} failed, {self.requests} answered"

    __repr__ = __str__


@contextlib.contextmanager
def load(place, url, connections=4):
    """Runs wrk until the block ends; the object has its counts after that.

    A busy machine answers late, which is no failure here: a request may take as long as a connection needs that
    sends its first packet again twice.
    """
    result = Load()
    process = subprocess.Popen([*place, "wrk", "-t", "1", "-c", str(connections), "-d", "1h", "--timeout", "10s", url],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield result
    finally:
        process.send_signal(signal.SIGINT)
        result.read(process.communicate(timeout=60)[0])
