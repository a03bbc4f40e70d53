"""Stack files as people write them: deployed, deployed again, updated, rolled back, removed, deployed once more.

Native swarm mode is the judge: what it makes of each file is recorded in stacks/expected, by
`SWARMWARD_RECORD=1 pytest … --target native`, and every other run is compared with that.
"""
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import cli as clis
from harness import stack_diff
from harness.services import label
from harness.stack_life import Life
from harness.stacks import BY_OLD_CLI, NAMESPACE, SOCKET, Stack, StackCli, idents
from harness.targets import NODES
from harness.waiting import wait_until
from lablib import host as lab_hosts

RECORD = os.environ.get("SWARMWARD_RECORD") == "1"
AT_ONCE = 5
ZONES = {"h1": {"zone": "a", "rack": "r1"}, "h2": {"zone": "b", "rack": "r2"}, "h3": {"zone": "c", "rack": "r2"}}


def prepare_hosts(target):
    """The engine's socket where agents look for it, and labels on the nodes."""
    for host in target.hosts:
        subprocess.run(lab_hosts.enter(host, ["ln", "-sfn", str(host.socket), SOCKET]), check=True)
    for name in NODES:
        label(target.api, name, **ZONES[name])


@pytest.fixture(scope="module")
def cli_of(hosts, tmp_path_factory):
    """The CLI that deploys a stack."""
    paths = clis.find_clis()
    newest = paths["path"] or paths["debian"]
    made = {path: clis.Cli(path, hosts.url, tmp_path_factory.mktemp("docker-config"))
            for path in {newest, paths["debian"]} if path}
    return lambda ident: made.get(paths["debian"] if ident in BY_OLD_CLI else newest)


def make_outside(api, stack):
    """What the file calls external."""
    for name in stack.outside("networks"):
        api.post("/networks/create", {"Name": name, "Driver": "overlay", "Attachable": True})
    for kind in ("secrets", "configs"):
        for name in stack.outside(kind):
            api.post(f"/{kind}/create", {"Name": name, "Data": "b3V0c2lkZQ=="})


def remove_outside(api, stack):
    for kind in ("networks", "secrets", "configs"):
        for name in stack.outside(kind):
            assert api.request("DELETE", f"/{kind}/{name}").status == 204, f"the stack left {name} alone"


def live(target, ident, docker):
    stack = Stack(ident)
    make_outside(target.api, stack)
    life = Life(target, stack, docker)
    try:
        seen = life.run()
        remove_outside(target.api, stack)
        return seen
    except BaseException:
        life.cli.remove(code=None)  # Nobody else shall suffer from its ports and its load.
        raise


@pytest.fixture(scope="module")
def lives(request, village, cli_of):
    """The lives of all stacks that this run is about, several at once: {ident: future}."""
    prepare_hosts(village)
    chosen = [item.callspec.params["ident"] for item in request.session.items
              if item.originalname == "test_stack" and item.fspath == request.fspath]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {ident: pool.submit(live, village, ident, cli_of(ident)) for ident in chosen if cli_of(ident)}


@pytest.mark.parametrize("ident", idents())
def test_stack(lives, request, ident):
    if ident not in lives:
        pytest.skip("the docker CLI for it is not installed")
    seen, record = lives[ident].result(), Stack(ident).record
    if RECORD:
        assert request.config.getoption("--target") == "native", "only native swarm mode is recorded"
        record.parent.mkdir(exist_ok=True)
        record.write_text(stack_diff.dump(seen))
    expected = stack_diff.load(record.read_text())
    wrong = stack_diff.differences(expected, seen)
    assert not wrong, f"{len(wrong)} places differ from native:\n" + "\n".join(wrong)


def test_what_the_file_demands_must_be_given(village, cli_of):
    stack = Stack("19-interpolation")
    stack.variables = lambda updated: {}
    refused = StackCli(stack, cli_of(stack.ident)).deploy(code=1)
    assert "DEMANDED" in refused.err and "must" in refused.err
    assert village.api.get("/services", label=f"{NAMESPACE}=interpolation") == []


@pytest.mark.parametrize("label_of_cli", ["debian", "path"])
def test_waiting_for_a_stack(village, label_of_cli, tmp_path):
    """Newer CLIs wait for the tasks, of a deployment as of a removal; with older ones this is one more round."""
    if clis.find_clis()[label_of_cli] is None:
        pytest.skip(clis.ABSENT[label_of_cli])
    docker = clis.Cli(clis.find_clis()[label_of_cli], village.url, tmp_path)
    stack = Stack("18-no-version") if docker.major >= 27 else Stack("16-compose-habits")
    cli = StackCli(stack, docker, "waited-for")
    cli.detach = ["--detach=false"] if cli.detach else []
    cli.deploy()
    count = len(village.api.get("/services", label=f"{NAMESPACE}=waited-for"))
    assert count == len(cli.table("services", "Name"))
    if cli.detach:
        assert all(village.api.running(row) for row in cli.table("services", "Name")), "it has waited for tasks that run"
    cli.detach = ["--detach=true"] if cli.detach else []
    wait_until(lambda: cli.remove(code=None).code == 0, "the stack can be removed")
    assert "waited-for" not in docker("stack", "ls").out
    wait_until(lambda: "nothing found in stack" in docker("stack", "ps", "waited-for", code=None).err.lower(),
               "its tasks are gone too")
