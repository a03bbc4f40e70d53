"""docker run where containers, volumes and networks are those of all nodes: --cluster-host."""
import contextlib
import io
import json
import os
import signal
import subprocess
import tarfile
import time

import pytest

from harness.api import Api
from harness.attached import reaches
from harness.compose import nodes_of, sweep
from harness.targets import NODES
from harness.waiting import wait_until

pytestmark = pytest.mark.swarmward_only("native knows containers of one host only")

MARK = ("--label", "case=cluster")


@pytest.fixture
def docker(members, cli):
    """The CLI at the manager, with the containers of all nodes."""
    sweep(members)
    yield cli("h1").at(members.daemons["h1"].cluster_url)
    sweep(members)


def run(docker, name, *options, image="alpine", command=("sleep", "1000"), code=0):
    return docker("run", "-d", "--name", name, *MARK, *options, image, *command, code=code)


@contextlib.contextmanager
def frozen(members, host):
    """The host's dockerd holds its connections and says nothing."""
    engine = members.lab.host(host).pid("dockerd")
    os.kill(engine, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(engine, signal.SIGCONT)


def places(members):
    return nodes_of(members, "case=cluster")


def on(host):
    return ("--label", f"ward.constraint=node.hostname=={host}")


def test_containers_spread_over_the_nodes(members, docker):
    for number in range(6):
        run(docker, f"c{number}")
    assert sorted(places(members).values()) == sorted(NODES * 2)
    assert set(docker("ps", "--format", "{{.Names}}", "--filter", "label=case=cluster").lines) == {
        f"c{number}" for number in range(6)}
    marked = docker("ps", "--format", '{{.Names}} {{.Label "ward.node"}}', "--filter", "label=case=cluster").lines
    assert dict(line.split() for line in marked) == places(members)


def test_one_container_is_used_as_if_it_were_here(members, docker):
    for host in NODES:
        name = f"on-{host}"
        ident = run(docker, name, *on(host), command=("sh", "-c", "echo started; sleep 1000")).out
        assert places(members)[name] == host
        assert docker("exec", name, "hostname").out == ident[:12]
        assert docker("exec", "-i", ident[:12], "cat", stdin="there and back").out == "there and back"
        assert json.loads(docker("inspect", name).out)[0]["Id"] == ident
        wait_until(lambda: docker("logs", name).out == "started", f"the logs of {name} are read")
        docker("rename", name, f"new-{host}")
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            member = tarfile.TarInfo("note")
            member.size = 4
            tar.addfile(member, io.BytesIO(b"text"))
        docker.bytes("cp", "-", f"new-{host}:/tmp", stdin=archive.getvalue())
        assert docker("exec", f"new-{host}", "cat", "/tmp/note").out == "text"
        docker("stop", "-t", "0", f"new-{host}")
        docker("start", f"new-{host}")
        docker("rm", "-f", f"new-{host}")
        assert places(members) == {}


def test_run_in_the_foreground_ends_with_its_status(members, docker):
    done = docker("run", "--rm", *on("h3"), "alpine", "sh", "-c", "hostname; exit 7", code=7)
    assert len(done.out) == 12
    wait_until(lambda: docker("ps", "-aq").out == "", "--rm has removed it")


def test_a_name_is_taken_on_all_nodes(members, docker):
    ident = run(docker, "web", *on("h2")).out
    refused = run(docker, "web", *on("h3"), code=125)
    assert (f'Conflict. The container name "/web" is already in use by container "{ident}". You have to remove (or '
            "rename) that container to be able to reuse that name.") in refused.err
    docker("rm", "-f", "web")
    run(docker, "web", *on("h3"))


def test_renaming_meets_names_on_other_nodes(members, docker):
    run(docker, "one", *on("h2"))
    run(docker, "two", *on("h3"))
    assert 'The container name "/two" is already in use' in docker("rename", "one", "two", code=1).err
    docker("rename", "one", "three")
    assert set(places(members)) == {"three", "two"}


def test_the_beginning_of_several_ids_names_none(members, docker):
    idents = [run(docker, f"c{number}", *on(host)).out for number, host in enumerate(["h2", "h3"] * 9)]
    first = next(i[0] for i in idents if sum(other.startswith(i[0]) for other in idents) > 1)
    assert f"IDs found with provided prefix: {first}" in docker("rm", "-f", first, code=1).err
    assert len(places(members)) == len(idents)


def test_constraints_resources_and_nodes_that_do_not_fit(members, docker, cli):
    refused = run(docker, "web", *on("nowhere"), code=125)
    assert "no suitable node for the container: h1 (" in refused.err and "; h3 (" in refused.err
    refused = run(docker, "web", "--label", "ward.constraint=nonsense", code=125)
    assert 'label ward.constraint: "nonsense" is no constraint; write for example node.hostname==h1' in refused.err
    run(docker, "big", "--memory-reservation", "9000g", code=125)
    cli("h1")("node", "update", "--availability", "drain", "h2")
    try:
        for number in range(4):
            run(docker, f"c{number}")
        assert set(places(members).values()) == {"h1", "h3"}
    finally:
        cli("h1")("node", "update", "--availability", "active", "h2")


def test_paths_of_a_host_need_a_constraint(members, docker, tmp_path):
    refused = run(docker, "web", "-v", f"{tmp_path}:/site", code=125)
    assert f"the container mounts {tmp_path}, a path of one host: say of which by the label ward.constraint" in refused.err
    run(docker, "web", "-v", f"{tmp_path}:/site", *on("h2"))
    run(docker, "agent", "-v", "/proc:/host/proc:ro", "-v", "/var/run:/run/host")
    assert places(members)["web"] == "h2"


def test_a_volume_keeps_its_containers_on_its_node(members, docker):
    docker("volume", "create", "--label", "ward.constraint=node.hostname==h2", "data")
    assert [host for host, engine in members.engines.items()
            if [v for v in engine.get("/volumes")["Volumes"] or [] if v["Name"] == "data"]] == ["h2"]
    for number in range(3):
        run(docker, f"c{number}", "-v", "data:/data")
    assert set(places(members).values()) == {"h2"}
    docker("exec", "c0", "sh", "-c", "echo kept > /data/file")
    assert docker("exec", "c2", "cat", "/data/file").out == "kept"
    refused = run(docker, "far", "-v", "data:/data", *on("h3"), code=125)
    assert "h2 (" in refused.err and "volume data is elsewhere" in refused.err
    assert "data" in docker("volume", "ls", "-q").lines
    assert json.loads(docker("volume", "inspect", "data").out)[0]["Name"] == "data"
    assert "volume is in use" in docker("volume", "rm", "data", code=1).err
    docker("rm", "-f", "c0", "c1", "c2")
    docker("volume", "rm", "data")
    assert "data" not in docker("volume", "ls", "-q").lines
    assert "no such volume" in docker("volume", "inspect", "data", code=1).err.lower()


def test_a_volume_of_a_silent_node_is_not_made_anew(members, docker):
    run(docker, "db", *on("h2"), "-v", "data:/data")
    with frozen(members, "h2"):
        refused = run(docker, "again", "-v", "data:/data", code=125)
        assert "volume data may be on node h2, which does not answer" in refused.err
        run(docker, "again", "--label", "ward.constraint=node.hostname!=h2", "-v", "data:/data")
    assert places(members)["again"] != "h2"


def test_parallel_runs_share_a_new_volume(members, docker):
    running = [docker.popen("run", "-d", "--name", f"c{number}", *MARK, "-v", "fresh:/data", "alpine", "sleep", "1000",
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for number in range(5)]
    assert [each.wait(120) for each in running] == [0] * 5
    assert len(set(places(members).values())) == 1


def test_a_volume_on_a_server_is_made_where_it_is_needed(members, docker):
    docker("volume", "create", "-o", "type=nfs", "-o", "o=addr=192.0.2.1,rw", "-o", "device=:/share", "share")
    for host in NODES:  # Never started, and nothing is copied into it: nobody mounts it.
        docker("create", "--name", f"on-{host}", *on(host), *MARK, "-v", "share:/data:nocopy", "alpine", "true")
    made = [engine.get("/volumes/share")["Options"] for engine in members.engines.values()]
    assert made == [{"type": "nfs", "o": "addr=192.0.2.1,rw", "device": ":/share"}] * 3
    assert docker("volume", "ls", "-q").lines.count("share") == 1
    docker("rm", *(f"on-{host}" for host in NODES))
    docker("volume", "rm", "share")
    assert [engine.request("GET", "/volumes/share").status for engine in members.engines.values()] == [404] * 3


def test_containers_that_share_a_namespace_are_together(members, docker):
    run(docker, "web", *on("h3"))
    for number in range(2):
        run(docker, f"side{number}", "--network", "container:web")
    assert set(places(members).values()) == {"h3"}
    refused = run(docker, "lost", "--network", "container:nobody", code=125)
    assert "No such container: nobody" in refused.err


def test_a_network_of_docker_network_create_spans_the_nodes(members, docker):
    docker("network", "create", "shared")
    shown = json.loads(docker("network", "inspect", "shared").out)[0]
    assert (shown["Driver"], shown["Scope"], shown["Attachable"]) == ("overlay", "swarm", True)
    for host in NODES:
        run(docker, f"on-{host}", *on(host), "--network", "shared", "--network-alias", "all")
    for host in NODES:
        for other in NODES:
            wait_until(lambda: reaches(docker, f"on-{host}", f"on-{other}"), f"{host} reaches {other} by its name")
    run(docker, "late", *on("h2"))
    docker("network", "connect", "--alias", "tardy", "shared", "late")
    wait_until(lambda: reaches(docker, "on-h3", "tardy"), "one that was connected later is reached by its alias")
    docker("network", "disconnect", "shared", "late")
    assert not reaches(docker, "late", "on-h3")


def test_images_of_this_host_are_what_runs_there(members, docker, cli):
    for host in NODES:
        cli(host)("rmi", "-f", "mine:1", code=None)
    cli("h3")("tag", "redis", "mine:1")
    cli("h1")("tag", "alpine", "mine:1")
    for host in NODES:
        run(docker, f"on-{host}", *on(host), image="mine:1")
    ids = {cli(host)("images", "-q", "--no-trunc", "mine:1").out for host in NODES}
    assert ids == {cli("h1")("images", "-q", "--no-trunc", "alpine:latest").out}
    docker("rm", "-f", *(f"on-{host}" for host in NODES))
    for host in NODES:
        cli(host)("rmi", "-f", "mine:1")


def test_events_of_all_nodes_are_one_stream(members, docker):
    since = str(int(time.time()) - 1)
    listening = docker.popen("events", "--since", since, "--format", "{{.Action}} {{.Actor.Attributes.name}}", "--filter",
                             "label=case=cluster", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        for host in NODES:
            run(docker, f"told-{host}", *on(host))
        told = set()
        while len(told & {f"start told-{host}" for host in NODES}) < 3:
            told.add(listening.stdout.readline().strip())
    finally:
        listening.terminate()
        listening.wait()
    past = docker("events", "--since", since, "--until", str(int(time.time()) + 1), "--filter", "event=start", "--format",
                  "{{.Actor.Attributes.name}}", "--filter", "label=case=cluster", timeout=30).lines
    # The second before belongs to the case before.
    assert sorted(name for name in past if name.startswith("told-")) == [f"told-{host}" for host in NODES]


def test_after_a_restart_all_containers_are_found(members, docker):
    idents = {host: run(docker, f"on-{host}", *on(host)).out for host in NODES}
    members.daemons["h1"].kill()
    members.daemons["h1"].start()
    members.wait_for_nodes()
    for host, ident in idents.items():
        assert docker("exec", ident, "hostname").out == ident[:12]
        assert docker("exec", f"on-{host}", "hostname").out == ident[:12]
        assert docker("inspect", "--format", "{{.Name}}", ident[:6]).out == f"/on-{host}"


def test_bodies_that_nest_deeply_harm_nobody(members, docker):
    deep = '{"Name":"deep","Image":"alpine","HostConfig":{"NetworkMode":"none"},"X":' + "[" * 100000 + "]" * 100000 + "}"
    for url in (members.daemons["h1"].url, members.daemons["h1"].cluster_url):
        for path in ("/networks/create", "/containers/create", "/volumes/create", "/networks/bridge/connect"):
            assert Api(url).request("POST", path, deep).status >= 200
        assert Api(url).request("GET", "/_ping").status == 200


def test_a_stop_in_the_middle_of_creations(members, docker):
    daemon = members.daemons["h1"]
    with frozen(members, "h1"):
        waiting = [docker.popen("create", "--name", f"c{number}", *on("h1"), *MARK, "alpine", "true",
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for number in range(6)]
        time.sleep(1)
        assert daemon.stop() == 0
    for each in waiting:
        each.wait(60)
    daemon.start()
    members.wait_for_nodes()


def test_a_container_that_nobody_has(members, docker):
    assert "No such container: nobody" in docker("exec", "nobody", "true", code=1).err
    assert "no such object" in docker("inspect", "nobody", code=1).err.lower()


def test_a_worker_sends_to_a_manager(members, cli):
    there = cli("h2").at(members.daemons["h2"].cluster_url)
    refused = there("run", "-d", "alpine", "sleep", "1", code=125)
    assert "This node is not a swarm manager" in refused.err
