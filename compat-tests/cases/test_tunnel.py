"""Containers of hosts that joined, from the manager: everything goes through the tunnel of mutual TLS."""
import hashlib
import os

import pytest

from harness.services import create, shell, wait_running

pytestmark = pytest.mark.swarmward_only("native reaches the containers of its own host alone")

LARGE = os.urandom(1_000_000) * 200


@pytest.fixture
def far(members):
    """The name of a container on h2."""
    create(members.api, "far", shell("while true; do echo tick; sleep 0.2; done"),
           Placement={"Constraints": ["node.hostname==h2"]})
    wait_running(members, "far", 1)
    return f"far.1.{members.api.running('far')[0]['ID']}"


def test_200_mb_both_ways(far, cli, tmp_path):
    docker, wanted = cli("h1"), hashlib.sha256(LARGE).hexdigest()
    (tmp_path / "blob").write_bytes(LARGE)
    docker("cp", str(tmp_path / "blob"), f"{far}:/copied")
    assert docker("exec", far, "sha256sum", "/copied").out.split()[0] == wanted
    docker("cp", f"{far}:/copied", str(tmp_path / "back"))
    assert hashlib.sha256((tmp_path / "back").read_bytes()).hexdigest() == wanted


def test_streams(far, members, cli):
    docker = cli("h1")
    assert docker("logs", "--tail", "1", far).out == "tick"
    assert docker.bytes("exec", "-i", far, "sh", "-c", "cat; echo end", stdin=b"x" * 300_000) == b"x" * 300_000 + b"end\n"
    assert docker("exec", far, "sh", "-c", "exit 7", code=7).code == 7
    names = docker("ps", "--filter", "node=h2", "--format", "{{.Names}}").lines
    assert names == [f"h2/{far}"]
    assert members.running_on("h1", "far") == []
