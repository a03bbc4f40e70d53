"""Fixtures: one lab of three hosts per run, the target on it, the docker CLIs."""
import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "lab")]

from harness import cli as clis  # noqa: E402
from harness import engines  # noqa: E402
from harness import schema  # noqa: E402
from harness import targets  # noqa: E402
from harness.targets import running  # noqa: E402
from harness.daemon import Daemon  # noqa: E402
from harness.members import Members, NativeMembers, joined  # noqa: E402
from harness.mesh import remove_networks  # noqa: E402
from harness.api import Api  # noqa: E402
from harness.rowlog import RowLog  # noqa: E402
from lablib.names import Lab  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--target", choices=sorted(targets.KINDS), default="swarmward")
    parser.addoption("--binary", default=str(HERE.parent / "build/release/bin/swarmward"), help="the daemon to test")
    parser.addoption("--keep-lab", action="store_true", help="leave the lab up afterwards, to look around")


def pytest_configure(config):
    config.addinivalue_line("markers", "swarmward_only(reason): says nothing about native swarm mode")
    config.addinivalue_line("markers", "differs(reason): native answers otherwise, and we do on purpose")
    target = config.getoption("--target")
    config.pluginmanager.register(RowLog(HERE.parent / f"build/compat/rows-{target}.json"), "rowlog")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--target") != "native":
        return
    for item in items:
        for name in ("swarmward_only", "differs"):
            mark = item.get_closest_marker(name)
            if mark:
                item.add_marker(pytest.mark.skip(reason=f"native: {mark.args[0]}"))


@pytest.fixture(scope="session")
def logs():
    folder = HERE.parent / "build/compat/logs" / os.environ.get("SWARMWARD_LAB_NAME", "t0")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def lab(request):
    """Three hosts, up for the whole run. A lab of this name that is up already is used and left alone."""
    name = os.environ.get("SWARMWARD_LAB_NAME", "t0")
    found = Lab(name).exists
    if not found:
        targets.run_lab(HERE, "up", "--name", name, *engines.flags())
    yield Lab(name)
    if not found and not request.config.getoption("--keep-lab"):
        targets.run_lab(HERE, "down", "--name", name)


@pytest.fixture(scope="session")
def binary(request):
    path = pathlib.Path(request.config.getoption("--binary"))
    if request.config.getoption("--target") == "swarmward" and not path.exists():
        pytest.fail(f"there is no daemon at {path}; build it or name it with --binary", pytrace=False)
    return path.resolve()


@pytest.fixture(scope="session")
def target(request, lab, binary, logs):
    """What is under test, started, not yet in a swarm."""
    with running(targets.KINDS[request.config.getoption("--target")](lab, binary, logs)) as it:
        yield it
    it.scrub()


@pytest.fixture(autouse=True)
def published_schema():
    """Every reply that a case sees has the form that its API version publishes."""
    wrong = []

    def watch(*call):
        wrong.extend(schema.problems(*call))
    Api.watchers.append(watch)
    yield
    Api.watchers.remove(watch)
    assert not wrong, "replies that do not fit the published schema:\n" + "\n".join(dict.fromkeys(wrong))


@pytest.fixture
def formed(target):
    """A swarm of h1 (the manager), h2 and h3; that of the case before if it left one."""
    if target.api.get("/info")["Swarm"]["LocalNodeState"] != "active":
        target.form()
    return target


@pytest.fixture
def swarm(formed):
    """The swarm, tidied: no services, all nodes active and without labels."""
    formed.clear()
    yield formed
    formed.clear()


@pytest.fixture(scope="module")
def gallery(target):
    """The swarm, tidied once, for a file that makes many services at once and looks at each in a case."""
    if target.api.get("/info")["Swarm"]["LocalNodeState"] != "active":
        target.form()
    target.clear()
    yield target
    target.clear()


@pytest.fixture
def no_swarm(target):
    """The target outside of any swarm."""
    target.dissolve()
    target.scrub()
    yield target
    target.dissolve()


@pytest.fixture
def api(target):
    return target.api


@pytest.fixture(scope="session")
def hosts(request, lab, binary, logs):
    """One swarmward a host, started, none in a swarm yet; for suites about hosts that join."""
    kind = NativeMembers if request.config.getoption("--target") == "native" else Members
    with running(kind(lab, binary, logs)) as it:
        yield it
    it.remove()
    it.scrub()


@pytest.fixture
def apart(hosts):
    """The hosts outside of any swarm, without containers."""
    hosts.dissolve()
    hosts.scrub()
    yield hosts


@pytest.fixture
def members(hosts):
    """The swarm of joined hosts, tidied."""
    yield joined(hosts)


@pytest.fixture(scope="module")
def village(hosts):
    """The swarm of joined hosts, tidied once and without networks, for a file whose cases share services."""
    remove_networks(joined(hosts))
    yield hosts
    hosts.clear()
    remove_networks(hosts)


@pytest.fixture
def founded(members):
    """A swarm that h3 has left, so that it may join or try to."""
    members.members["h3"].request("POST", "/swarm/leave?force=true")
    yield members
    members.members["h3"].request("POST", "/swarm/leave?force=true")


@pytest.fixture(scope="module")
def stranger(hosts, binary, logs):
    """A swarm of somebody else's, on h3. It knows the engine by another address: by the same it would be refused."""
    daemon = Daemon(hosts.hosts[2], binary, logs / "stranger.log", "stranger")
    daemon.start(["--engine", hosts.hosts[2].tcp_url, "--agent-port", "0"])
    Api(daemon.url).post("/swarm/init", {"ListenAddr": "127.0.0.1:23790", "AdvertiseAddr": "127.0.0.1", "Spec": {}})
    yield daemon
    Api(daemon.url).request("POST", "/swarm/leave?force=true")
    daemon.stop()
    daemon.remove()


@pytest.fixture
def cli(hosts, tmp_path_factory):
    """The newest docker CLI there is, by host: `cli("h2")("node", "ls")`."""
    path = clis.find_clis()["path"] or clis.find_clis()["debian"]
    if path is None:
        pytest.skip(clis.ABSENT["debian"])
    first = clis.Cli(path, hosts.url, tmp_path_factory.mktemp("docker-config"))
    return lambda host: first.at(hosts.urls[host])


def _cli(label, target, tmp_path_factory):
    path = clis.find_clis()[label]
    if path is None:
        pytest.skip(clis.ABSENT[label])
    return clis.Cli(path, target.url, tmp_path_factory.mktemp("docker-config"))


@pytest.fixture(params=["debian", "path"])
def docker(request, target, tmp_path_factory):
    """Each docker CLI of this machine in turn."""
    return _cli(request.param, target, tmp_path_factory)


@pytest.fixture
def any_docker(target, tmp_path_factory):
    """One docker CLI: the newest there is. For cases that are about the daemon."""
    label = "path" if clis.find_clis()["path"] else "debian"
    return _cli(label, target, tmp_path_factory)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed case shows the end of the daemon's log."""
    outcome = yield
    report = outcome.get_result()
    target = getattr(item, "funcargs", {}).get("target") or getattr(item, "funcargs", {}).get("swarm")
    if report.failed and hasattr(target, "daemon"):
        report.sections.append(("swarmward log", target.daemon.tail()))
    hosts = getattr(item, "funcargs", {}).get("hosts")
    if report.failed and hosts is not None:
        report.sections.append(("swarmward logs", hosts.tails()))
