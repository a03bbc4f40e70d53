"""The followed log of a service goes on when a worker's daemon was away, with each line once."""
import signal
import subprocess

import pytest

from harness.services import create, wait_running
from harness.waiting import wait_until

# Numbers each line, and says every third of them on the other stream.
COUNT = ("i=0; while true; do i=$((i+1)); if [ $((i%3)) = 0 ]; then echo n $i >&2; else echo n $i; fi; "
         "sleep 0.01; done")


@pytest.fixture
def follow(cli, tmp_path):
    """Follows a log and returns a function that gives its lines so far."""
    running = []

    def begin(*args):
        path = tmp_path / f"log{len(running)}"
        with open(path, "wb") as file:
            running.append(cli("h1").popen("service", "logs", "-f", *args, stdin=subprocess.DEVNULL, stdout=file,
                                           stderr=subprocess.STDOUT))
        return lambda: path.read_text(errors="replace").splitlines()
    yield begin
    for process in running:
        process.kill()
        process.wait()


def numbers(lines):
    found = [line.split() for line in lines[:-1]]  # The last one may be half written.
    assert all(words[0] == "n" for words in found), found
    return [int(words[1]) for words in found]


def kill(daemon):
    daemon.kill()


def terminate(daemon):
    daemon.process.send_signal(signal.SIGTERM)
    daemon.process.wait(30)


@pytest.mark.swarmward_only("a daemon that ends takes its containers along")
@pytest.mark.parametrize("end", [kill, terminate])
@pytest.mark.parametrize("tty", [False, True], ids=["frames", "tty"])
def test_a_worker_that_restarts(members, follow, tty, end):
    create(members.api, "count", {"Args": ["sh", "-c", COUNT], "TTY": tty},
           Placement={"Constraints": ["node.hostname==h2"]})
    wait_running(members, "count", 1)
    task = members.api.running("count")[0]["ID"]
    followed = {"service": follow("--raw", "count"), "task": follow("--raw", task),
                "tail": follow("--raw", "--tail", "1", "count")}
    for each in followed.values():
        wait_until(lambda: len(each()) > 20, "lines come")
    for _ in range(3):
        end(members.daemons["h2"])
        seen = {name: len(each()) for name, each in followed.items()}
        members.daemons["h2"].start()
        for name, each in followed.items():
            wait_until(lambda: len(each()) > seen[name] + 300, f"the log of the {name} goes on")
    assert [each["ID"] for each in members.api.running("count")] == [task], "the container went on"
    for name, each in followed.items():
        got = sorted(numbers(each()))
        assert got == list(range(got[0], got[0] + len(got))), (name, [b for a, b in zip(got, got[1:]) if b != a + 1])
        assert name == "tail" or got[0] == 1


@pytest.mark.parametrize("tty", [False, True], ids=["frames", "tty"])
def test_long_lines_are_whole(members, follow, tty):
    """Engines keep them in parts of 16 KiB, each with a time of its own."""
    create(members.api, "long", {"Args": ["sh", "-c", "head -c 40000 /dev/zero | tr '\\0' x; echo; echo end; sleep 1000"],
                                 "TTY": tty})
    lines = follow("--raw", "long")
    wait_until(lambda: [line.rstrip() for line in lines()] == ["x" * 40000, "end"], "two lines")
