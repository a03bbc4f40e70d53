"""The walk of the usual swarm tutorials, command by command, as far as one manager and its nodes go."""
import re

import pytest

from harness.targets import NODES
from harness.waiting import wait_until

CONVERGED = re.compile(r"verify: Service( \S+)? converged")


@pytest.fixture
def walk(no_swarm, docker):
    """The CLI at the manager after `docker swarm init`; the other hosts are nodes already or join now."""
    target = no_swarm
    out = docker("swarm", "init", "--advertise-addr", target.address).out
    assert re.search(r"Swarm initialized: current node \(\w{25}\) is now a manager\.", out)
    assert re.search(rf"docker swarm join --token SWMTKN-1-\w{{50}}-\w{{25}} {target.address}:2377", out)
    if target.name == "native":
        token = docker("swarm", "join-token", "-q", "worker").out
        for host in NODES[1:]:
            joined = docker.at(target.engine_urls[host])("swarm", "join", "--token", token, f"{target.address}:2377")
            assert joined.out == "This node joined a swarm as a worker."
    target.wait_for_nodes()
    return docker


def rows(output):
    """Table cells by column: cells are two or more spaces apart."""
    return [re.split(r"\s{2,}", line) for line in output.lines[1:]]


def ping(walk, name, *more):
    """The service of the tutorials. It ignores SIGTERM, as ping does as the first process; hence the short grace."""
    return walk("service", "create", "--no-resolve-image", "--name", name, "--stop-grace-period", "1s", *more,
                "alpine", "ping", "127.0.0.1")


def where(target, service):
    return {host: names for host, names in target.names(service).items() if names}


def test_node_ls_and_info(walk):
    table = walk("node", "ls")
    assert len(table.lines) == 4
    manager = [line for line in table.lines if "*" in line]
    assert len(manager) == 1 and "h1" in manager[0] and "Leader" in manager[0]
    for host in NODES:
        assert re.search(rf"\s{host}\s+Ready\s+Active\s", table.out), table
    info = walk("info").out
    assert "Swarm: active" in info
    assert "Is Manager: true" in info
    assert "Managers: 1" in info and "Nodes: 3" in info


def test_init_twice_and_join_token(walk):
    again = walk("swarm", "init", code=1)
    assert "This node is already part of a swarm." in again.err
    for role in ("worker", "manager"):
        out = walk("swarm", "join-token", role).out
        assert f"To add a {role} to this swarm, run the following command:" in out
    old = walk("swarm", "join-token", "-q", "worker").out
    new = walk("swarm", "join-token", "--rotate", "-q", "worker").out
    assert old != new and new == walk("swarm", "join-token", "-q", "worker").out


def test_helloworld(walk, target):
    created = ping(walk, "helloworld", "--replicas", "1")
    assert CONVERGED.search(created.out), created
    assert re.match(r"\w{25}", created.lines[0])

    assert rows(walk("service", "ls"))[0][1:5] == ["helloworld", "replicated", "1/1", "alpine:latest"]
    pretty = walk("service", "inspect", "--pretty", "helloworld").out
    for line in ("Name:\t\thelloworld", "Service Mode:\tReplicated", " Replicas:\t1", "Placement:", "ContainerSpec:",
                 " Image:\t\talpine:latest", " Args:\t\tping 127.0.0.1"):
        assert line in pretty, pretty

    row = rows(walk("service", "ps", "helloworld"))[0]
    assert row[1:3] == ["helloworld.1", "alpine:latest"] and row[3] in NODES and row[4] == "Running"
    task = walk("service", "ps", "-q", "--no-trunc", "helloworld").out
    assert where(target, "helloworld") == {row[3]: [f"helloworld.1.{task}"]}
    listed = walk.at(target.engine_urls[row[3]])("ps", "--format", "{{.Names}}").lines
    assert listed == [f"helloworld.1.{task}"]

    assert walk("service", "rm", "helloworld").out == "helloworld"
    assert "no such service: helloworld" in walk("service", "inspect", "helloworld", code=1).err
    wait_until(lambda: not where(target, "helloworld"), "the containers are gone")


def test_scale(walk, target):
    ping(walk, "helloworld", "-d")
    out = walk("service", "scale", "helloworld=5").out
    assert out.startswith("helloworld scaled to 5")
    assert "overall progress: 5 out of 5 tasks" in out
    assert CONVERGED.search(out), out
    names = where(target, "helloworld")
    assert set(names) == set(NODES), "spread over all nodes"
    assert sorted(n.split(".")[1] for each in names.values() for n in each) == list("12345")
    walk("service", "scale", "-d", "helloworld=2")
    wait_until(lambda: sum(map(len, where(target, "helloworld").values())) == 2, "two are left")
    wait_until(lambda: rows(walk("service", "ls"))[0][3] == "2/2", "the list says so too")


def test_global(walk, target):
    assert CONVERGED.search(ping(walk, "everywhere", "--mode", "global").out)
    names = where(target, "everywhere")
    nodes = {n["Description"]["Hostname"]: n["ID"] for n in target.api.get("/nodes")}
    assert {h: [n.rsplit(".", 1)[0] for n in each] for h, each in names.items()} == {
        h: [f"everywhere.{i}"] for h, i in nodes.items()}
    assert rows(walk("service", "ls"))[0][2:4] == ["global", "3/3"]


def test_drain_and_active(walk, target):
    ping(walk, "helloworld", "--replicas", "3")
    assert walk("node", "update", "--availability", "drain", "h2").out == "h2"
    assert re.search(r"\sh2\s+Ready\s+Drain\s", walk("node", "ls").out)
    wait_until(lambda: set(where(target, "helloworld")) == {"h1", "h3"} and len(target.api.running("helloworld")) == 3,
               "the tasks moved away from h2")
    # As `docker ps -a` on the drained engine shows it.
    wait_until(lambda: "Exited" in walk.at(target.engine_urls["h2"])("ps", "-a", "--format", "{{.Status}}").out,
               "the old container is there as Exited")
    history = walk("service", "ps", "helloworld").out
    assert re.search(r"\\_ helloworld\.\d\s+alpine:latest\s+h2\s+Shutdown\s+Shutdown", history), history
    assert re.search(r"Availability:\s+Drain", walk("node", "inspect", "--pretty", "h2").out)

    walk("node", "update", "--availability", "active", "h2")
    walk("service", "scale", "-d", "helloworld=6")
    wait_until(lambda: "h2" in where(target, "helloworld"), "h2 takes tasks again")


def test_labels_and_constraints(walk, target):
    for host, os in (("h1", "windows"), ("h2", "linux"), ("h3", "windows")):
        walk("node", "update", "--label-add", f"os={os}", host)
    assert walk("node", "inspect", "-f", "{{.Spec.Labels.os}}", "h2").out == "linux"
    ping(walk, "placed", "--constraint", "node.labels.os == linux")
    assert set(where(target, "placed")) == {"h2"}

    walk("service", "update", "-d", "--constraint-rm", "node.labels.os == linux",
         "--constraint-add", "node.labels.os != linux", "--constraint-add", "node.hostname == h3", "placed")
    wait_until(lambda: set(where(target, "placed")) == {"h3"} and len(target.api.running("placed")) == 1,
               "the task moved")
    walk("service", "update", "-d", "--constraint-rm", "node.hostname == h3", "placed")
    assert set(where(target, "placed")) == {"h3"}, "a node that still fits keeps its task"


def test_update(walk, target):
    ping(walk, "app", "--replicas", "2", "--update-delay", "0s", "--update-monitor", "1s")

    def settled(image, *env):
        def check():
            service = target.api.service("app")
            tasks = target.api.running("app")
            specs = [t["Spec"]["ContainerSpec"] for t in tasks]
            return (service.get("UpdateStatus", {}).get("State") == "completed" and len(tasks) == 2
                    and all(s["Image"] == image and s.get("Env", []) == list(env) for s in specs))
        wait_until(check, f"two tasks of {image} {env}")
        return {t["ID"] for t in target.api.running("app")}

    out = walk("service", "update", "--no-resolve-image", "--image", "alpine:3.18", "app").out
    assert CONVERGED.search(out), out
    first = settled("alpine:3.18")
    walk("service", "update", "-d", "--env-add", "COLOR=blue", "app")
    second = settled("alpine:3.18", "COLOR=blue")
    walk("service", "update", "-d", "--force", "app")
    third = settled("alpine:3.18", "COLOR=blue")
    assert not first & second and not second & third
    history = walk("service", "ps", "app").out
    assert len(re.findall(r"\\_ app\.1", history)) == 3, history
    assert "Message:\tupdate completed" in walk("service", "inspect", "--pretty", "app").out


def test_volume_exec_and_logs(walk, target):
    ping(walk, "data", "--constraint", "node.hostname==h1", "--mount",
         "type=volume,source=scratch,target=/data,volume-driver=local,volume-opt=type=tmpfs,"
         "volume-opt=device=tmpfs,volume-opt=o=size=1m")
    volume = target.engines["h1"].get("/volumes/scratch")
    assert volume["Options"] == {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}

    container = "data.1." + walk("service", "ps", "-q", "--no-trunc", "data").out
    assert walk("exec", container, "sh", "-c", "echo hi >/data/file; cat /data/file").out == "hi"
    assert "tmpfs" in walk("exec", container, "df", "/data").out

    wait_until(lambda: "bytes from 127.0.0.1" in walk("service", "logs", "data").out, "the log of the service")
    line = walk("service", "logs", "--tail", "1", "data").lines[0]
    assert re.match(r"data\.1\.\w+@h1\s+\| \d+ bytes from 127\.0\.0\.1", line), line


def test_leave(walk, target):
    ping(walk, "app", "-d", "--replicas", "2")
    wait_until(lambda: len(target.api.running("app")) == 2, "both run")
    assert "Use `--force` to ignore this message." in walk("swarm", "leave", code=1).err
    assert walk("swarm", "leave", "--force").out == "Node left the swarm."
    assert "Swarm: inactive" in walk("info").out
    assert "This node is not a swarm manager." in walk("node", "ls", code=1).err
    wait_until(lambda: not target.containers()["h1"], "the containers of the manager are gone")
