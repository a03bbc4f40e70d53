"""Notes what tasks go through, by asking for them all the time."""
import collections
import copy
import threading
import time

Sighting = collections.namedtuple("Sighting", "at state message desired err task")


class Recorder:
    """While entered, a thread reads the task list and keeps every change of a task's states, message or error.

    Short states may be missed; a sighting is proof, its absence is not. `at` is the monotonic clock, in seconds.
    """

    def __init__(self, api, pause=0.02):
        self.api, self.pause = copy.copy(api), pause
        self.api.watchers = ()  # The cases' own calls are checked closely enough; this one must be quick.
        self.by_task = collections.defaultdict(list)
        self.gone = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _run(self):
        while not self._stop.wait(self.pause):
            try:
                self._look()
            except (OSError, AssertionError):
                continue  # The manager may be away for a moment; what counts is what is seen afterwards.

    def _look(self):
        tasks, now = self.api.get("/tasks"), time.monotonic()
        for task in tasks:
            status, seen = task["Status"], self.by_task[task["ID"]]
            new = Sighting(now, status["State"], status.get("Message", ""), task["DesiredState"],
                           status.get("Err", ""), task)
            if not seen or seen[-1][1:5] != new[1:5]:
                seen.append(new)
        for gone in self.by_task.keys() - {task["ID"] for task in tasks} - self.gone.keys():
            self.gone[gone] = now

    def of(self, service_id):
        """The sightings of each task of a service, gone ones included: a list per task, oldest task first."""
        mine = [seen for seen in list(self.by_task.values()) if seen and seen[0].task["ServiceID"] == service_id]
        return sorted(mine, key=lambda seen: (seen[0].task["CreatedAt"], seen[0].task.get("Slot", 0)))

    def first(self, service_id, **wanted):
        """The first sighting, of any task of the service, with these values (state=…, desired=…); or None."""
        every = sorted((s for seen in self.of(service_id) for s in seen), key=lambda s: s.at)
        return next((s for s in every if all(getattr(s, key) == value for key, value in wanted.items())), None)
