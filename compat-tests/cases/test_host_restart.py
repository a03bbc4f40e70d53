"""A host that starts anew: its daemon and its engine stop and start in the order of their units, so that each engine
begins while there is nobody to serve its networks."""
import pytest

from lablib import host as lab_host

from harness.attached import make, reaches, start, sweep
from harness.mesh import address, attach, everywhere, on, pings
from harness.services import SLEEP, create, wait_running
from harness.waiting import wait_until

# Native's engine and swarm are one program.
pytestmark = pytest.mark.swarmward_only("there is no daemon beside native's engine")


@pytest.fixture
def network(members):
    sweep(members)
    yield make(members, "open")
    members.clear()
    sweep(members)


def reboot(members, name):
    host = members.lab.host(name)
    members.daemons[name].stop()
    lab_host.stop_engine(host)
    lab_host.start_engine(host)
    lab_host.wait_for_engine(host)
    members.daemons[name].start()
    members.wait_for_nodes()


def test_addresses_of_former_tasks_are_reached_where_they_are_now(members, cli, network):
    everywhere(members, "stays", network)
    create(members.api, "goes", SLEEP, replicas=2, **attach(network),
           Placement={"Constraints": ["node.hostname==h2"]})
    wait_running(members, "goes", 2)
    former = [address(task, network) for task in members.api.running("goes")]
    reboot(members, "h2")
    members.api.delete("/services/goes")
    wait_until(lambda: not any(members.containers(service_name="goes").values()), "its containers are gone")
    wait_running(members, "stays", 3)
    for number, each in enumerate(former):
        start(cli("h3"), f"new-{number}", "--ip", each)
    for each in former:
        wait_until(lambda there=each: pings(members, on(members, "stays", "h2"), there), f"h2 reaches {each} on h3", 20)


@pytest.mark.parametrize("host", ["h1", "h2"])
def test_containers_that_shall_always_run_do_so_again(members, cli, network, host):
    start(cli(host), "always", "--restart", "always")
    start(cli(host), "stopped", "--restart", "unless-stopped")
    start(cli(host), "once")
    cli(host)("stop", "-t", "0", "stopped")
    start(cli("h3"), "other")
    reboot(members, host)
    engine = members.engines[host]
    wait_until(lambda: engine.get("/containers/always/json")["State"]["Running"], "it runs again", 30)
    wait_until(lambda: reaches(cli("h3"), "other", "always"), "and is found by its name")
    assert not engine.get("/containers/stopped/json")["State"]["Running"]
    assert not engine.get("/containers/once/json")["State"]["Running"]


def test_names_of_others_are_found_while_the_daemon_is_away(members, cli, network):
    """The container asks the host's own servers then, as tasks do."""
    start(cli("h2"), "web")
    config = members.engines["h2"].get("/containers/web/json")["HostConfig"]
    create(members.api, "task", SLEEP, replicas=1, **attach(network),
           Placement={"Constraints": ["node.hostname==h2"]})
    wait_running(members, "task", 1)
    name, = members.names("task")["h2"]
    assert config["Dns"] == members.engines["h2"].get(f"/containers/{name}/json")["HostConfig"]["Dns"]
    assert len(config["Dns"]) > 1
