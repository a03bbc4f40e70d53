"""Secrets and configs in the containers of tasks: what is seen there, where it lies meanwhile, and that it goes."""
import base64
import pathlib
import secrets
import subprocess

import pytest

from harness import secret_files
from harness.secret_files import container_of, lying, make, nothing_lies, run, seen
from harness.waiting import wait_until

OURS = "natively the files lie elsewhere"


@pytest.fixture
def docker(members, cli):
    """The CLI at the manager; `docker.at(members.urls["h2"])` is that at a worker. No secrets and configs are left."""
    client = cli("h1")
    yield client
    members.clear()
    for kind in ("secret", "config"):
        for name in client(kind, "ls", "-q").lines:
            client(kind, "rm", name)


def patient(docker, host):
    """The node's tasks are not replaced however long its daemon is away."""
    docker("node", "update", "--label-add", "ward.node.grace=1h", host)


@pytest.mark.parametrize("host", ["h1", "h2"], ids=["manager", "worker"])
def test_row_105_files_with_owner_and_mode(members, docker, host):
    make(docker, "secret", "key", "open sesame")
    make(docker, "secret", "other", "abracadabra")
    make(docker, "config", "site", "server { }")
    make(docker, "config", "tool", "#!/bin/sh\necho tool")
    there = docker.at(members.urls[host])
    container = run(members, docker, "web", host, "--secret", "key",
                    "--secret", "source=other,target=db/pass,uid=1000,gid=2000,mode=0400",
                    "--secret", "source=other,target=/srv/absolute",
                    "--config", "site", "--config", "source=tool,target=/opt/tool,uid=7,gid=8,mode=0750")
    assert seen(there, container, "/run/secrets/key") == ("0:0", "444", "open sesame")
    assert seen(there, container, "/run/secrets/db/pass") == ("1000:2000", "400", "abracadabra")
    assert seen(there, container, "/srv/absolute") == ("0:0", "444", "abracadabra")
    assert seen(there, container, "/site") == ("0:0", "444", "server { }")
    assert seen(there, container, "/opt/tool") == ("7:8", "750", "#!/bin/sh\necho tool")
    for path in ("/run/secrets/key", "/srv/absolute", "/site", "/opt/tool"):
        refused = there("exec", container, "sh", "-c", f"echo changed >{path}", code=None)
        assert refused.code != 0 and "Read-only file system" in refused.err
        assert "tmpfs" in there("exec", container, "sh", "-c", f"grep ' {path} ' /proc/mounts").out


@pytest.mark.parametrize("mode", ["replicated-job", "global-job"])
def test_jobs_have_them_too(members, docker, mode):
    make(docker, "secret", "key", "open sesame")
    docker("service", "create", "-d", "-q", "--name", "job", "--mode", mode, "--restart-condition", "none",
           "--secret", "key", "busybox", "grep", "-q", "sesame", "/run/secrets/key")
    ended = wait_until(lambda: [t for t in members.api.tasks("job") if t["Status"]["State"] in ("complete", "failed")],
                       "a task of the job ends")
    assert {task["Status"]["State"] for task in ended} == {"complete"}


def test_bytes_of_the_largest_secret(members, docker, tmp_path):
    value = secrets.token_bytes(511_999)
    (tmp_path / "value").write_bytes(value)
    docker("secret", "create", "large", str(tmp_path / "value"))
    container = run(members, docker, "web", "h2", "--secret", "large")
    assert docker.at(members.urls["h2"]).bytes("exec", container, "cat", "/run/secrets/large") == value


def test_an_update_swaps_a_secret(members, docker):
    make(docker, "secret", "old", "the old one")
    make(docker, "secret", "new", "the new one")
    there = docker.at(members.urls["h2"])
    first = run(members, docker, "web", "h2", "--secret", "source=old,target=key")
    assert seen(there, first, "/run/secrets/key")[2] == "the old one"
    docker("service", "update", "-q", "--detach", "--secret-rm", "old", "--secret-add", "source=new,target=key", "web")
    second = container_of(members, "h2", "web", other_than=first)
    assert seen(there, second, "/run/secrets/key")[2] == "the new one"


@pytest.mark.swarmward_only(OURS)
@pytest.mark.parametrize("host", ["h1", "h2"], ids=["manager", "worker"])
def test_files_go_with_the_container(members, docker, host):
    make(docker, "secret", "key", "open sesame")
    nothing_lies(members, host)
    run(members, docker, "web", host, "--secret", "key", "--config", make(docker, "config", "site", "x"))
    files = lying(members, host)
    assert len(files) == 2
    folder = secret_files.folder_of(members, host)
    assert secret_files.on_host(members, host, "stat", "-f", "-c", "%T", folder).stdout.strip() == "tmpfs"
    assert secret_files.on_host(members, host, "stat", "-c", "%a %u", folder).stdout.split() == ["700", "0"]
    # Containers of history keep theirs as long as they are there.
    docker("service", "update", "-q", "--detach", "--force", "web")
    wait_until(lambda: len(lying(members, host)) == 4, "those of the second task lie beside them")
    docker("service", "rm", "web")
    nothing_lies(members, host)


@pytest.mark.swarmward_only(OURS)
def test_a_restart_of_the_daemons_keeps_them(members, docker):
    make(docker, "secret", "key", "open sesame")
    container = run(members, docker, "web", "h2", "--secret", "key")
    engine = docker.at(members.engine_urls["h2"])
    patient(docker, "h2")
    before = lying(members, "h2")
    members.daemons["h2"].kill()
    engine("restart", "-t", "0", container)
    assert seen(engine, container, "/run/secrets/key")[2] == "open sesame"
    members.daemons["h2"].start()
    members.daemons["h1"].kill()
    members.daemons["h1"].start()
    members.wait_for_nodes()
    assert lying(members, "h2") == before
    assert seen(engine, container, "/run/secrets/key")[2] == "open sesame"
    docker("service", "rm", "web")
    nothing_lies(members, "h2")


@pytest.mark.swarmward_only(OURS)
def test_what_vanished_is_laid_down_anew(members, docker):
    make(docker, "secret", "key", "open sesame")
    first = run(members, docker, "web", "h2", "--secret", "key")
    assert secret_files.on_host(members, "h2", "rm", "-r", lying(members, "h2")[0]).returncode == 0
    docker.at(members.engine_urls["h2"])("kill", first)
    second = container_of(members, "h2", "web", other_than=first)
    assert seen(docker.at(members.urls["h2"]), second, "/run/secrets/key")[2] == "open sesame"


@pytest.mark.swarmward_only(OURS)
def test_what_is_left_of_unknown_tasks_goes(members, docker):
    make(docker, "secret", "key", "open sesame")
    container = run(members, docker, "web", "h2", "--secret", "key")
    before, stray = lying(members, "h2"), f"{secret_files.folder_of(members, 'h2')}/abcdefghijklmnopqrstuvwxy"
    done = secret_files.on_host(members, "h2", "sh", "-c", f"mkdir {stray} && echo x >{stray}/0")
    assert done.returncode == 0, done.stderr
    patient(docker, "h2")
    members.daemons["h2"].kill()
    members.daemons["h2"].start()
    wait_until(lambda: lying(members, "h2") == before, "the stray file is gone")
    assert seen(docker.at(members.engine_urls["h2"]), container, "/run/secrets/key")[2] == "open sesame"


@pytest.mark.swarmward_only(OURS)
def test_the_value_is_nowhere_else(members, docker):
    value = secrets.token_hex(24)
    make(docker, "secret", "key", value)
    container = run(members, docker, "web", "h2", "--secret", "key")
    here = run(members, docker, "web1", "h1", "--secret", "key")
    engine = docker.at(members.engine_urls["h2"])
    assert seen(engine, container, "/run/secrets/key")[2] == value
    encoded = base64.b64encode(value.encode()).decode()
    texts = [engine("inspect", container).out, docker.at(members.engine_urls["h1"])("inspect", here).out,
             docker("service", "inspect", "web").out, docker("secret", "inspect", "key").out]
    texts += [daemon.log.read_text(errors="replace") for daemon in members.daemons.values()]
    texts += [host.log.read_text(errors="replace") for host in members.hosts]
    for text in texts:
        assert value not in text and encoded not in text
    # The engines' data, and that of the daemons, which the lab puts beside it.
    for host in members.hosts:
        assert pathlib.Path(members.daemons[host.name].data_root).is_relative_to(host.data)
        found = subprocess.run(["grep", "-rlF", "-e", value, "-e", encoded, str(host.data)], capture_output=True,
                               text=True)
        assert found.stdout == ""


@pytest.mark.swarmward_only(OURS)
def test_leaving_leaves_nothing(members, docker):
    make(docker, "secret", "key", "open sesame")
    run(members, docker, "web", "h3", "--secret", "key")
    folder = secret_files.folder_of(members, "h3")
    assert lying(members, "h3")
    members.members["h3"].request("POST", "/swarm/leave?force=true")
    assert secret_files.on_host(members, "h3", "test", "-e", folder).returncode == 1
    assert secret_files.on_host(members, "h3", "grep", folder, "/proc/mounts").stdout == ""
