"""What somebody on a host, or outside, gets from a published port."""
import contextlib
import json
import subprocess

from lablib import host as lab_host

# One request after another; each line of the output is a body, or "-" where there was none.
ASK = """
import sys, urllib.request
url, count, timeout = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
for _ in range(count):
    try:
        print(urllib.request.urlopen(url, timeout=timeout).read().decode().strip(), flush=True)
    except OSError:
        print("-", flush=True)
"""


def ask(host, url, count=1, timeout=3):
    """The bodies of `count` requests made on that host; None for each that failed."""
    return ask_from(lab_host.enter(host, []), url, count, timeout)


def ask_from(place, url, count=1, timeout=3):
    """The same from any place: the beginning of a command line that leads to some network."""
    command = [*place, "/usr/bin/python3", "-c", ASK, url, str(count), str(timeout)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60 + count * timeout).stdout
    return [None if line == "-" else line for line in lines.splitlines()]


# Asks ten times a second until its input says how many there must be at least; then tells how many it asked and which
# failed.
KEEP_ASKING = """
import json, select, sys, time, urllib.request
asked, failures, least = 0, [], None
while least is None or asked < least:
    if least is None and select.select([sys.stdin], [], [], 0.1)[0]:
        least = int(sys.stdin.readline() or 0)
    asked += 1
    begun = time.time()
    try:
        urllib.request.urlopen(sys.argv[1], timeout=5).read()
    except OSError as error:
        failures.append(f"{begun:.3f} {error}")
print(json.dumps([asked, failures]))
"""


class ConstantRequests:
    """Requests made on a host all the time, from now until finish()."""

    def __init__(self, host, url):
        command = lab_host.enter(host, ["/usr/bin/python3", "-c", KEEP_ASKING, url])
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.asked, self.failures = None, []

    @property
    def failed(self):
        return len(self.failures)

    def finish(self, least=30):
        if self.asked is None:
            self.asked, self.failures = json.loads(self.process.communicate(f"{least}\n", timeout=120)[0])

    def __str__(self):
        return f"{self.failed} of {self.asked} failed: {self.failures[:5]}"

    __repr__ = __str__


@contextlib.contextmanager
def constant_requests(host, url):
    running = ConstantRequests(host, url)
    try:
        yield running
    finally:
        running.finish()
