"""What the cases about updates, jobs and endpoints share: films of the tasks, updates by request, and times."""
import base64
import json
import threading
import time

from .clock import parse
from .waiting import wait_until

STUBBORN = ["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"]


def on_node(host):
    return {"Constraints": [f"node.hostname=={host}"]}


def seconds(timestamp):
    """A time of the API as seconds since 1970."""
    return parse(timestamp).timestamp()


def version_of(task):
    """The value of the variable V that `set_version` writes; empty before the first update."""
    return next((e[2:] for e in task["Spec"]["ContainerSpec"].get("Env", []) if e.startswith("V=")), "")


def set_version(value, container=None, **parts):
    """A change for Api.update: an environment that tells the versions of a service apart, and `parts` of its spec."""
    def change(spec):
        spec["TaskTemplate"]["ContainerSpec"].update({"Env": [f"V={value}"], **(container or {})})
        spec.update(parts)
    return change


def post_update(api, name, change=lambda spec: None, query="", headers=None):
    """One update as `Api.update` does it, with a query and headers, and whatever the answer is."""
    now = api.service(name)
    change(now["Spec"])
    path = f"/services/{now['ID']}/update?version={now['Version']['Index']}{query}"
    return api.request("POST", path, now["Spec"], headers)


def rollback(api, name):
    def accepted():
        reply = post_update(api, name, query="&rollback=previous")
        assert reply.status == 200, reply
        return True
    wait_until(accepted, f"{name} is asked to roll back", 10)


def registry_auth(user):
    text = json.dumps({"username": user, "password": "secret", "serveraddress": "registry.example"})
    return {"X-Registry-Auth": base64.urlsafe_b64encode(text.encode()).decode()}


def update_state(api, name):
    return api.service(name).get("UpdateStatus", {}).get("State")


def wait_state(api, name, *states, patience=90):
    """Waits until the update of the service is in one of the states and returns its UpdateStatus."""
    wait_until(lambda: update_state(api, name) in states, f"the update of {name} is {' or '.join(states)}", patience)
    return api.service(name)["UpdateStatus"]


def live_ids(api, name):
    return {t["ID"] for t in api.running(name)}


def wait_live(api, **by_name):
    """wait_live(api, web=2, db=1): so many tasks of each run."""
    for name, count in by_name.items():
        wait_until(lambda: len(api.running(name)) == count, f"{count} tasks of {name} run", 90)


class Film:
    """Photographs tasks and services in the background, so that a case can judge afterwards what was ever seen.

    `frames` are lists of tasks, oldest first; `statuses` the distinct UpdateStatus values of each service, in order.
    """

    def __init__(self, api, pause=0.05):
        self.api, self.pause, self.frames, self.statuses = api, pause, [], {}
        self._ended, self._error = threading.Event(), None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._shoot()
        self._thread.start()
        return self

    def __exit__(self, kind, *_):
        self._ended.set()
        self._thread.join(30)
        if self._error and kind is None:
            raise self._error  # A film that broke off proves nothing.

    def _run(self):
        try:
            while not self._ended.is_set():
                self._shoot()
                time.sleep(self.pause)
            self._shoot()
        except (OSError, AssertionError) as error:
            self._error = error

    def _shoot(self):
        self.frames.append(self.api.get("/tasks"))
        for service in self.api.get("/services"):
            seen = self.statuses.setdefault(service["Spec"]["Name"], [])
            status = service.get("UpdateStatus", {})
            key = (status.get("State"), status.get("Message"))
            if not seen or seen[-1] != key:
                seen.append(key)

    def of(self, service_id):
        """The frames with the tasks of one service only, by id."""
        return [{t["ID"]: t for t in frame if t["ServiceID"] == service_id} for frame in self.frames]

    def states(self, service_name):
        return [state for state, _ in self.statuses.get(service_name, [])]
