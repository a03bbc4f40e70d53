"""A keep-alive client of the Engine API over a unix socket, and a listener of its events."""
import http.client
import json
import socket
import threading
import time
import urllib.parse


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("docker", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Api:
    """Not to be shared between threads."""

    def __init__(self, path, timeout=120):
        self.path, self.timeout, self.connection = path, timeout, None

    def __call__(self, method, url, body=None, headers=None):
        if body is not None and headers is None:
            body, headers = json.dumps(body), {"Content-Type": "application/json"}
        for last in (False, True):
            try:
                if self.connection is None:
                    self.connection = UnixConnection(self.path, self.timeout)
                self.connection.request(method, url, body, headers or {})
                reply = self.connection.getresponse()
                data = reply.read()
                break
            except (BrokenPipeError, http.client.RemoteDisconnected, http.client.CannotSendRequest):
                self.connection = None  # The peer closed a connection that lay idle.
                if last:
                    raise
        if reply.status >= 400:
            raise RuntimeError(f"{method} {url}: {reply.status} {data[:300]!r}")
        return json.loads(data) if data[:1] in (b"{", b"[") and b"\r\n" not in data else None

    def list(self, path, **filters):
        values = {key.replace("_", "-"): value for key, value in filters.items()}
        glue = "&" if "?" in path else "?"
        return self("GET", f"{path}{glue}filters={urllib.parse.quote(json.dumps(values))}")


class Events:
    """Counts what the engine says about the containers of services, so that nobody has to poll while it works."""

    ACTIONS = ("create", "start", "die", "destroy")

    def __init__(self, path):
        filters = {"type": ["container"], "event": list(self.ACTIONS), "label": ["com.docker.swarm.service.id"]}
        connection = UnixConnection(path, None)
        connection.request("GET", "/events?filters=" + urllib.parse.quote(json.dumps(filters)))
        self.stream = connection.getresponse()
        self.heard, self.changed = [], threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()
        time.sleep(0.1)  # The engine answers just before it begins to listen.

    def _read(self):
        for line in iter(self.stream.readline, b""):
            event = json.loads(line)
            with self.changed:
                self.heard.append((event["Action"], event["timeNano"] / 1e9))
                self.changed.notify_all()

    def mark(self):
        with self.changed:
            return len(self.heard)

    def times(self, mark, action):
        return [at for what, at in self.heard[mark:] if what == action]

    def wait(self, mark, action, count, seconds=180):
        """Waits until `count` such events came since `mark`; returns the engine's own time of the last."""
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.times(mark, action)) >= count, seconds):
                raise RuntimeError(f"{len(self.times(mark, action))} of {count} '{action}' within {seconds} s")
            return self.times(mark, action)[count - 1]
