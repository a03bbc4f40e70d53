"""Images that no registry gives come from the node that has them."""
import pytest

from harness.mesh import host_of
from harness.waiting import wait_until

pytestmark = pytest.mark.swarmward_only("native asks registries only")

IMAGE = "built/here:7"
COPY = ("--label", "ward.pull.from=nodes")


@pytest.fixture
def swarm_cli(members, cli):
    """The CLI at the manager. Only h2 has the image."""
    for host in ("h1", "h2", "h3"):
        cli(host)("rmi", IMAGE, code=None)
    cli("h2")("tag", "nginx", IMAGE)
    return cli("h1")


def create(swarm_cli, name, *more):
    swarm_cli("service", "create", "-d", "-q", "--name", name, "--restart-condition", "none", *more, IMAGE)


def ids(cli, host):
    return cli(host)("images", "-q", "--no-trunc", IMAGE).out.split()


def test_an_image_of_one_host_runs_on_all(members, cli, swarm_cli):
    create(swarm_cli, "web", *COPY, "--mode", "global")
    wait_until(lambda: len(members.api.running("web")) == 3, "a task runs on every host")
    assert {host_of(members, task) for task in members.api.running("web")} == {"h1", "h2", "h3"}
    assert ids(cli, "h1") == ids(cli, "h3") == ids(cli, "h2") != []
    log = members.daemons["h1"].tail(400)
    assert log.count(f"image.copied image={IMAGE}") == 2


def test_it_is_copied_only_where_the_label_says_so(members, cli, swarm_cli):
    create(swarm_cli, "web", "--constraint", "node.hostname==h3")
    task = wait_until(lambda: [t for t in members.api.tasks("web") if t["Status"]["State"] == "rejected"],
                      "the task is rejected")[0]
    assert "no other node" not in task["Status"]["Err"]
    assert ids(cli, "h3") == []


def test_an_image_that_nobody_has_is_told(members, cli, swarm_cli):
    cli("h2")("rmi", IMAGE)
    create(swarm_cli, "web", *COPY, "--constraint", "node.hostname==h3")
    task = wait_until(lambda: [t for t in members.api.tasks("web") if t["Status"]["State"] == "rejected"],
                      "the task is rejected")[0]
    assert task["Status"]["Err"].endswith("; no other node has the image")
