"""What tutorials do with published ports and names, by the docker CLI; requests go on while services change."""
import contextlib

import pytest

from harness.mesh import client_place, container, host_of, lan_address, remove_networks
from harness.requests import ask_from, constant_requests
from harness.services import availability
from harness.targets import NODES
from harness.waiting import wait_until

# Native shares connections by IPVS, which kernels of test machines often lack.
pytestmark = pytest.mark.swarmward_only("native needs IPVS in the kernel")


@pytest.fixture
def swarm_cli(members, cli):
    """The CLI at the manager; nothing is left of earlier cases."""
    remove_networks(members)
    return cli("h1")


def everywhere(members, port, bodies):
    """Waits until every host shows so many different pages, and asks each from every host and from outside."""
    places = [client_place(members)]
    for host in NODES:
        url = f"http://{lan_address(members, host)}:{port}/"
        for place in places:
            wait_until(lambda: len(set(ask_from(place, url, 9)) - {None}) == bodies, f"{host} shows {bodies} pages")
            assert None not in ask_from(place, url, 9), host


@pytest.mark.parametrize("image, replicas, port, inner", [
    ("nginx", 2, 8080, 80), ("flask_image_hello_world", 3, 5001, 5001)])
def test_a_published_service_answers_on_all_hosts(members, swarm_cli, image, replicas, port, inner):
    swarm_cli("service", "create", "-q", "--name", "web", "--replicas", str(replicas), "-p", f"{port}:{inner}", image)
    everywhere(members, port, replicas)


def test_web_reaches_db_by_name_on_another_host(members, swarm_cli):
    swarm_cli("network", "create", "-d", "overlay", "backend")
    swarm_cli("service", "create", "-q", "--name", "db", "--network", "backend", "--constraint", "node.hostname==h3",
              "nginx")
    swarm_cli("service", "create", "-q", "--name", "web", "--network", "backend", "--constraint", "node.hostname==h2",
              "nginx")
    web, db = members.api.running("web")[0], members.api.running("db")[0]
    assert (host_of(members, web), host_of(members, db)) == ("h2", "h3")

    def page():
        return swarm_cli("exec", container(web), "wget", "-q", "-O", "-", "http://db/", code=None, timeout=30).out
    wait_until(lambda: page() == container(db)[:12], "web gets the page of db")


@contextlib.contextmanager
def requests_all_the_time(members, swarm_cli, *more):
    """Ten requests a second from h1 to h3 for three tasks of `web`; none may fail.

    Tasks are asked when they are healthy: on a busy machine a process may listen only seconds after its start.
    """
    healthy = ["--health-cmd", "wget -q -O /dev/null http://127.0.0.1/", "--health-interval", "500ms"]
    swarm_cli("service", "create", "-q", "--name", "web", "--replicas", "3", "-p", "8080:80", *healthy, *more, "nginx")
    host, url = members.lab.host("h1"), f"http://{lan_address(members, 'h3')}:8080/"
    wait_until(lambda: None not in ask_from(client_place(members), url, 6), "h3 answers")
    with constant_requests(host, url) as load:
        yield load
    assert load.failed == 0, load
    print(load)


@pytest.mark.parametrize("order", ["stop-first", "start-first"])
def test_a_rolling_update_of_image_and_environment(members, swarm_cli, order):
    with requests_all_the_time(members, swarm_cli, "--update-order", order, "--update-monitor", "1s"):
        swarm_cli("service", "update", "-q", "--env-add", "VERSION=2", "web")
        swarm_cli("service", "update", "-q", "--image", "nginx:1.25", "--env-add", "VERSION=3", "web")
    images = {task["Spec"]["ContainerSpec"]["Image"].split("@")[0] for task in members.api.running("web")}
    assert images == {"nginx:1.25"}


def test_a_drain_while_requests_go_on(members, swarm_cli):
    with requests_all_the_time(members, swarm_cli):
        for host in ("h2", "h3"):
            swarm_cli("node", "update", "--availability", "drain", members.node_id(host))
            wait_until(lambda: not members.running_on(host, "web") and len(members.api.running("web")) == 3,
                       f"{host} is empty", 90)
            availability(members.api, host, "active")


def test_scaling_while_requests_go_on(members, swarm_cli):
    with requests_all_the_time(members, swarm_cli):
        for replicas in (9, 3):
            swarm_cli("service", "scale", f"web={replicas}")
            wait_until(lambda: len(members.api.running("web")) == len(members.lives("web")) == replicas,
                       f"{replicas} tasks are left", 90)


def test_a_rollback_while_requests_go_on(members, swarm_cli):
    with requests_all_the_time(members, swarm_cli, "--update-monitor", "1s", "--rollback-monitor", "1s"):
        swarm_cli("service", "update", "-q", "--image", "nginx:1.25", "web")
        swarm_cli("service", "rollback", "-q", "web")
