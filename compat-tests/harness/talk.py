"""Servers and clients of TCP and UDP in any network namespace, which tell each other whom they see.

A place is the beginning of a command line: that of a task (mesh.enter), a host (lablib's enter) or the lab's client.
"""
import contextlib
import json
import pathlib
import subprocess

PROGRAM = pathlib.Path(__file__).with_name("talker.py")


def _command(place, *words):
    return [*place, "/usr/bin/python3", str(PROGRAM), *map(str, words)]


@contextlib.contextmanager
def server(place, protocol, port, name="", address="0.0.0.0"):
    """Answers each request with what it was asked, its own name and the client's address."""
    process = subprocess.Popen(_command(place, "serve", protocol, address, port, name), stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "ready\n", f"no server on port {port}"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


@contextlib.contextmanager
def servers(places, protocol, port):
    """One each of {name: place}."""
    with contextlib.ExitStack() as stack:
        for name, place in places.items():
            stack.enter_context(server(place, protocol, port, name))
        yield


def ask(place, protocol, address, port, count=1, timeout=3, source_port=0):
    """`count` requests, each of a new connection or socket: what the server said, or None.

    An answer is an object with `server`, its name, and `client`, the address and port that it saw.
    """
    done = subprocess.run(_command(place, "ask", protocol, address, port, count, timeout, source_port),
                          capture_output=True, text=True, timeout=60 + count * timeout)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


class Conversation:
    """One connection, or one socket of UDP, over which many requests go."""

    def __init__(self, place, protocol, address, port):
        self.process = subprocess.Popen(_command(place, "keep", protocol, address, port), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def ask(self):
        """One request; None if there is no answer within two seconds or the connection is broken."""
        try:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return None
        return json.loads(self.process.stdout.readline() or "null")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()
