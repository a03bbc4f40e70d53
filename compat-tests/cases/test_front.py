"""Everything that is not swarm mode passes through to the host's engine, untouched: streams, tars, events, errors."""
import hashlib
import json
import os
import re
import socket
import subprocess
import time

import pytest

from harness.waiting import wait_until

ALPINE = ("--network", "none", "alpine")


@pytest.fixture
def counting(docker, target):
    """A container that prints `line 1`, `line 2`, … five times a second."""
    docker("rm", "-f", "counting", code=None)
    docker("run", "-d", "--name", "counting", *ALPINE, "sh", "-c",
           "trap 'exit 0' TERM; i=0; while true; do i=$((i+1)); echo line $i; sleep 0.2; done")
    yield docker
    docker("rm", "-f", "counting", code=None)


@pytest.fixture
def blob(tmp_path):
    path = tmp_path / "blob"
    path.write_bytes(os.urandom(20_000_000))
    return path


def digest(data):
    return hashlib.md5(data).hexdigest()


def on_terminal(docker, command, *typed, seconds=20):
    """Runs `docker COMMAND` on a terminal, as script(1) makes it, types, and returns what it showed."""
    line = f"{docker.path} {command}"
    with subprocess.Popen(["script", "-qec", line, "/dev/null"], env={**docker.env, "TERM": "dumb"},
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            for keys in typed:
                time.sleep(1)  # The CLI reads keys only once it is attached, and a detach cuts off what is on its way.
                process.stdin.write(keys)
                process.stdin.flush()
            return process.communicate(timeout=seconds)[0].decode(errors="replace"), process.returncode
        finally:
            process.kill()


def first_lines(docker, args, count, seconds=20):
    """The first lines of a command that would go on for ever."""
    process = docker.popen(*args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        return [process.stdout.readline().strip() for _ in range(count)]
    finally:
        process.kill()
        process.wait(seconds)


def test_run_on_terminal(docker):
    out, code = on_terminal(docker, "run --rm -it --network none alpine sh -c 'test -t 0 && echo TTY; exit 3'")
    assert "TTY" in out and code == 3


def test_exec(counting):
    assert counting("exec", "counting", "echo", "x").out == "x"
    counting("exec", "counting", "sh", "-c", "exit 7", code=7)


def test_exec_with_piped_stdin(counting):
    assert counting.bytes("exec", "-i", "counting", "wc", "-c", stdin=b"\0" * 20_000_000).strip() == b"20000000"


def test_exec_on_terminal(counting):
    assert "TTY" in on_terminal(counting, "exec -it counting sh -c 'test -t 0 && echo TTY'")[0]


def test_resize(counting):
    line = "exec -it counting sh -c 'sleep 1; stty size'"
    out = subprocess.run(["script", "-qec", f"stty rows 33 cols 77; {counting.path} {line}", "/dev/null"],
                         env=counting.env, capture_output=True, text=True, timeout=20).stdout
    assert "33 77" in out


def test_detach_keys(counting):
    counting("run", "-dit", "--name", "cat", "--rm", *ALPINE, "cat")
    try:
        out, _ = on_terminal(counting, "attach --detach-keys ctrl-x,q cat", b"hello\n", b"\x18q")
        assert "hello" in out and "read escape sequence" in out
        assert counting("inspect", "-f", "{{.State.Running}}", "cat").out == "true"
    finally:
        counting("rm", "-f", "cat")


def test_logs_follow(counting):
    assert first_lines(counting, ["logs", "-f", "counting"], 3) == ["line 1", "line 2", "line 3"]


def test_attach(counting):
    assert first_lines(counting, ["attach", "--no-stdin", "--sig-proxy=false", "counting"], 1)[0].startswith("line ")


def test_events(docker):
    since = str(time.time())
    process = docker.popen("events", "--since", since, "--filter", "type=container", "--format", "{{.Action}}",
                           stdout=subprocess.PIPE, text=True)
    try:
        docker("run", "--rm", *ALPINE, "true")
        seen = []
        while "destroy" not in seen:
            seen.append(process.stdout.readline().strip())
    finally:
        process.kill()
        process.wait()
    assert [a for a in seen if a in ("create", "start", "die", "destroy")] == ["create", "start", "die", "destroy"]


def test_build_save_load(docker, tmp_path, blob):
    context = tmp_path / "context"
    context.mkdir()
    (context / "blob").write_bytes(blob.read_bytes())
    (context / "Dockerfile").write_text("FROM alpine\nCOPY blob /blob\nRUN md5sum /blob\n")
    want = digest(blob.read_bytes())
    built = docker("build", "--network", "none", "-t", "built:1", str(context))
    assert want in built.out + built.err
    saved = docker.bytes("save", "built:1")
    docker("rmi", "-f", "built:1")
    docker.bytes("load", "-q", stdin=saved)
    assert docker("run", "--rm", "--network", "none", "built:1", "md5sum", "/blob").out.split()[0] == want
    docker("rmi", "-f", "built:1")


def test_cp_both_ways_and_export(counting, blob, tmp_path):
    counting("cp", str(blob), "counting:/copied")
    counting("cp", "counting:/copied", str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == blob.read_bytes()
    exported = subprocess.run(["tar", "-t"], input=counting.bytes("export", "counting"), capture_output=True).stdout
    assert b"copied" in exported.split()


def test_piped_stdin_ends(docker, blob):
    data = blob.read_bytes()[:5_000_000]
    out = docker.bytes("run", "--rm", "-i", *ALPINE, "md5sum", stdin=data)
    assert out.split()[0].decode() == digest(data)


def test_wait(counting):
    waiting = counting.popen("wait", "counting", stdout=subprocess.PIPE, text=True)
    time.sleep(0.5)
    counting("kill", "counting")
    assert waiting.communicate(timeout=20)[0].strip() == "137"


def test_stdout_and_stderr_stay_apart(docker):
    ran = docker("run", "--rm", *ALPINE, "sh", "-c", "echo e >&2; echo o")
    assert (ran.out, ran.err) == ("o", "e")


def test_attach_in_the_old_form(api):
    """Clients of old ask without Upgrade and get a plain 200, then raw bytes; their half-close ends stdin."""
    made = api.post("/containers/create", {
        "Image": "alpine", "Cmd": ["cat"], "OpenStdin": True, "StdinOnce": True,
        "HostConfig": {"NetworkMode": "none", "AutoRemove": True}})
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(20)
        raw.connect(api.path)
        raw.sendall(f"POST /containers/{made['Id']}/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\n"
                    "Host: docker\r\nContent-Length: 0\r\n\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += raw.recv(65536)
        api.post(f"/containers/{made['Id']}/start")
        raw.sendall(b"hello")
        raw.shutdown(socket.SHUT_WR)
        body = head.split(b"\r\n\r\n", 1)[1]
        while more := raw.recv(65536):
            body += more
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"application/vnd.docker.raw-stream" in head
    assert body == b"\1\0\0\0\0\0\0\5hello"


def test_upgrade_to_h2c(api):
    """BuildKit's session."""
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(20)
        raw.connect(api.path)
        raw.sendall(b"POST /session HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
                    b"X-Docker-Expose-Session-Uuid: abc\r\n\r\n")
        assert raw.recv(4096).startswith(b"HTTP/1.1 101 Switching Protocols\r\n")


def test_one_connection_for_many_requests(api):
    from harness.api import UnixConnection
    connection = UnixConnection(api.path)
    paths = ["/_ping", "/swarm", "/version", "/containers/json", "/nosuch", "/swarm", "/images/json"] * 50
    for path in paths + ["/info"]:
        connection.request("GET", path)
        reply = connection.getresponse()
        reply.read()
        assert reply.status == {"/swarm": 503, "/nosuch": 404}.get(path, 200), path
    connection.request("HEAD", "/_ping")
    assert connection.getresponse().read() == b""
    connection.close()


def test_stats_and_top(counting):
    stats = counting("stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}}", "counting").out
    assert re.match(r"counting \d+", stats)
    assert "sh -c" in counting("top", "counting").out


def test_pull_errors(docker, target):
    """No registry is reachable; what the engine says about it arrives as it is."""
    direct = docker.at(target.engine_urls["h1"])

    def error(cli):
        # Ports and counters in the text differ from call to call.
        return re.sub(r"\d+\.\d+\.\d+\.\d+:\d+", "ADDRESS", cli("pull", "nosuch/image:1", code=1).err)
    assert error(docker) == error(direct)
    missing = docker("run", "--rm", "--pull", "never", "nosuch:1", code=125).err
    assert "No such image: nosuch:1" in missing


@pytest.mark.parametrize("path", [
    "/containers/json?all=1", "/images/json", "/volumes", "/images/alpine/json", "/containers/nosuch/json",
    "/images/nosuch/json", "/volumes/nosuch", "/containers/json?filters=zz", "/containers/nosuch/logs?stdout=1",
    "/distribution/nosuch/json", "/plugins", "/exec/nosuch/json", "/v1.30/containers/json", "/images/alpine/history"])
def test_the_answers_are_the_engines(api, target, path):
    through, direct = api.request("GET", path), target.engines["h1"].request("GET", path)
    assert through.status == direct.status
    steady = re.compile(r"\d+\.\d+\.\d+\.\d+:\d+->|(?<=\")Status\":\"[^\"]*")
    assert steady.sub("", through.text) == steady.sub("", direct.text)
    for header in ("Content-Type", "Ostype"):
        assert through.headers.get(header) == direct.headers.get(header)


@pytest.mark.parametrize("version", ["1.24", "1.30", "1.40", "1.41"])
def test_versions(target, version):
    from harness.api import Api
    api = Api(target.url, version)
    assert api.request("GET", "/containers/json").status == 200
    assert json.loads(api.request("GET", "/info").text)["Swarm"]["LocalNodeState"] == "inactive"


def test_version_negotiation(api, docker):
    ping = api.request("GET", "/_ping")
    assert (ping.status, ping.text) == (200, "OK")
    version = api.get("/version")
    assert ping.headers["Api-Version"] == version["ApiVersion"]
    assert api.request("HEAD", "/_ping").headers["Api-Version"] == version["ApiVersion"]
    assert docker("version", "--format", "{{.Server.APIVersion}}").out == version["ApiVersion"]
    newest = tuple(map(int, version["ApiVersion"].split(".")))
    too_new = api.request("GET", "/v1.99/info")
    assert (too_new.status, too_new.message) == (
        400, f"client version 1.99 is too new. Maximum supported API version is {version['ApiVersion']}")
    assert newest >= (1, 41)


@pytest.mark.swarmward_only("an engine offers what it speaks")
def test_newer_clients_are_welcome(api):
    newest = tuple(map(int, api.get("/version")["ApiVersion"].split(".")))
    assert newest >= (1, 44)
    for version in ("1.24", "1.44"):
        assert api.request("GET", f"/v{version}/containers/json").status == 200
    assert api.request("HEAD", "/_ping").headers["Swarm"] == "inactive"


def test_compose_v1(docker, target, tmp_path):
    if not os.path.exists("/usr/bin/docker-compose"):
        pytest.skip("docker-compose is not installed")
    (tmp_path / "docker-compose.yml").write_text(
        "version: '2.4'\nservices:\n  web:\n    image: nginx\n    network_mode: none\n"
        "  db:\n    image: redis\n    network_mode: none\n    volumes: [data:/data]\nvolumes: {data: {}}\n")

    def compose(*args):
        done = subprocess.run(["/usr/bin/docker-compose", "-p", "shop", *args], cwd=tmp_path, env=docker.env,
                              capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr
    compose("up", "-d")
    wait_until(lambda: len(docker("ps", "-q", "--filter", "label=com.docker.compose.project=shop").lines) == 2,
               "both containers run")
    assert "Up" in compose("ps")
    compose("down", "-v")
    assert docker("ps", "-aq", "--filter", "label=com.docker.compose.project=shop").out == ""
