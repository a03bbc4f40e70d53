"""Waiting for something to become true. Deadlines are generous: the tests ask whether, not how fast."""
import time

PATIENCE = 60


def wait_until(check, what, seconds=PATIENCE, pause=0.1):
    """Calls `check` until it returns something true, and returns that. An AssertionError in it counts as not yet."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            last = check()
            if last:
                return last
        except AssertionError as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds} s still not: {what}; last seen: {last!r}"[:3000])
        time.sleep(pause)


def stays(check, what, seconds=3):
    """Fails when `check` stops being true within the time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert check(), f"it did not stay: {what}"
        time.sleep(0.2)
