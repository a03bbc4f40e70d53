"""A small client of the Engine API over a unix socket, standard library only."""
import http.client
import json
import socket
import urllib.parse


class Reply:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body) if self.body else None

    @property
    def message(self):
        """The text of an error, or the whole body if it has another form."""
        try:
            return self.json["message"]
        except (ValueError, TypeError, KeyError):
            return self.text

    def __repr__(self):
        return f"<{self.status} {self.text[:500]}>"


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout=60):
        super().__init__("docker", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Api:
    """Every call opens its own connection, so that a killed daemon leaves nothing stale here."""

    watchers = []  # Each is called with method, path and reply of every call.

    def __init__(self, url, version=""):
        self.path = url.removeprefix("unix://")
        self.prefix = f"/v{version}" if version else ""

    def request(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        connection = UnixConnection(self.path)
        try:
            connection.request(method, self.prefix + path, body, headers)
            reply = Reply(connection.getresponse())
        finally:
            connection.close()
        for watch in self.watchers:
            watch(method, self.prefix + path, reply)
        return reply

    def ok(self, method, path, body=None):
        reply = self.request(method, path, body)
        assert reply.status < 400, f"{method} {path}: {reply!r}"
        return reply.json if reply.body[:1] in (b"{", b"[", b'"') else reply.text

    def get(self, path, **filters):
        """A GET that must succeed; keyword arguments become `filters`."""
        if filters:
            values = {key.strip("_").replace("_", "-"): value if isinstance(value, list) else [value]
                      for key, value in filters.items()}
            path += ("&" if "?" in path else "?") + "filters=" + urllib.parse.quote(json.dumps(values))
        return self.ok("GET", path)

    def post(self, path, body=None):
        return self.ok("POST", path, body)

    def delete(self, path):
        return self.ok("DELETE", path)

    # What the cases ask for all the time.
    def service(self, name):
        return self.get(f"/services/{name}")

    def tasks(self, service, **filters):
        return self.get("/tasks", service=service, **filters)

    def running(self, service):
        """The tasks that run and shall run."""
        return [t for t in self.tasks(service)
                if t["Status"]["State"] == "running" and t["DesiredState"] == "running"]

    def nodes(self):
        """Nodes by host name."""
        return {n["Description"].get("Hostname", n["ID"]): n for n in self.get("/nodes")}

    def update(self, service, change):
        """Reads a service, lets `change` edit its spec in place, and posts it back; again if somebody was quicker."""
        for _ in range(20):
            now = self.service(service)
            change(now["Spec"])
            reply = self.request("POST", f"/services/{now['ID']}/update?version={now['Version']['Index']}", now["Spec"])
            if "out of sequence" not in reply.message:
                break
        assert reply.status == 200, reply
        return reply.json

    def update_node(self, name, change):
        for _ in range(20):
            node = self.nodes()[name]
            change(node["Spec"])
            reply = self.request("POST", f"/nodes/{node['ID']}/update?version={node['Version']['Index']}", node["Spec"])
            if "out of sequence" not in reply.message:
                break
        assert reply.status == 200, reply
