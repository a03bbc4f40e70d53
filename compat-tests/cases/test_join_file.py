"""A host that joins by a file that its daemon finds at the start, as a script of a first boot leaves it."""
import json

import pytest

from harness.waiting import stays, wait_until
from lablib.network import set_link

pytestmark = pytest.mark.swarmward_only("native has no file to join by")


@pytest.fixture
def newcomer(founded, tmp_path):
    """The daemon of h3, in no swarm, and the file by which it shall join."""
    daemon, host = founded.daemons["h3"], founded.hosts[2]
    daemon.stop()
    file = tmp_path / "join.json"
    yield daemon, file, lambda: daemon.start(["--engine", host.url, "--join-file", str(file)])
    set_link(host, "up")
    daemon.stop()
    daemon.start(["--engine", host.url])


def write(file, **parts):
    file.write_text(json.dumps(parts))
    file.chmod(0o600)


def new_log(daemon, since):
    return daemon.log.read_text()[since:]


def test_it_joins_and_the_file_goes(founded, newcomer):
    daemon, file, start = newcomer
    seen = len(daemon.log.read_text())
    write(file, JoinToken=founded.token("Worker"), RemoteAddrs=[f"{founded.address}:2377"], Hostname="edge")
    start()
    founded.wait_for_nodes(("edge",))
    assert not file.exists()
    assert founded.api.nodes()["edge"]["Spec"]["Role"] == "worker"
    assert "SWMTKN" not in new_log(daemon, seen)
    count = len(founded.api.nodes())
    daemon.kill()
    write(file, JoinToken=founded.token("Worker"), RemoteAddrs=[f"{founded.address}:2377"])
    start()
    wait_until(lambda: not file.exists(), "a member needs it no more")
    founded.wait_for_nodes(("edge",))
    assert len(founded.api.nodes()) == count, "it has not joined twice"


def test_it_waits_for_the_network(founded, newcomer):
    daemon, file, start = newcomer
    seen = len(daemon.log.read_text())
    write(file, JoinToken=founded.token("Worker"), RemoteAddrs=[f"{founded.address}:2377"], Hostname="late")
    set_link(founded.hosts[2], "down")
    start()
    wait_until(lambda: "swarm.not_joined" in new_log(daemon, seen), "it tries")
    assert file.exists()
    set_link(founded.hosts[2], "up")
    founded.wait_for_nodes(("late",))
    assert not file.exists()


def test_what_a_manager_refuses_is_not_tried_again(founded, newcomer):
    daemon, file, start = newcomer
    seen = len(daemon.log.read_text())
    token = founded.token("Worker")
    write(file, JoinToken=token[:-25] + "0" * 25, RemoteAddrs=[f"{founded.address}:2377"])
    start()
    wait_until(lambda: "swarm.not_joined retry_s=0" in new_log(daemon, seen), "it says so")
    stays(lambda: new_log(daemon, seen).count("swarm.not_joined") == 1, "once is enough")
    assert file.exists() and "SWMTKN" not in new_log(daemon, seen)
