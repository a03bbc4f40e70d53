"""docker ward: the plugin of the docker CLI, against the daemon and its engines."""
import http.server
import json
import os
import shutil
import ssl
import subprocess
import threading

import pytest

from harness.services import availability, by_host, create, pending_error, scale, wait_running
from harness.targets import start_engine, stop_engine
from harness.waiting import wait_until

pytestmark = pytest.mark.swarmward_only("native has no docker ward")


@pytest.fixture
def ward(any_docker, binary, target):
    """The CLI with our plugin in its folder of plugins."""
    plugin = binary.parent / "docker-ward"
    if not plugin.exists():
        pytest.fail(f"there is no plugin at {plugin}", pytrace=False)
    folder = os.path.join(any_docker.env["DOCKER_CONFIG"], "cli-plugins")
    os.makedirs(folder, exist_ok=True)
    shutil.copy(plugin, os.path.join(folder, "docker-ward"))
    return any_docker


def as_json(ward, *args, code=0):
    return json.loads(ward("ward", *args, "--format", "json", code=code).out)


def test_the_cli_finds_it(ward):
    assert "ward*" in ward("--help").out
    shown = json.loads(ward("info", "--format", "{{json .ClientInfo.Plugins}}").out)
    assert [(each["Name"], each["SchemaVersion"], each["Vendor"]) for each in shown] == [
        ("ward", "0.1.0", "Swarmward")], shown
    assert not shown[0].get("Err")


@pytest.mark.parametrize("words", [["ward"], ["ward", "--help"], ["help", "ward"]], ids=" ".join)
def test_help(ward, words):
    out = ward(*words).out
    assert out.startswith("Usage:  docker ward COMMAND") and "explain" in out and "Management Commands:" in out


@pytest.mark.parametrize("words, code, text", [
    (["explain"], 1, "'docker ward explain' requires 1 argument"),
    (["explain", "--nope", "x"], 125, "unknown flag: --nope"),
    (["mend"], 1, "unknown command: docker ward mend"),
    (["node", "adopt", "h9"], 1, "requires 2 arguments"),
    (["version", "--format", "xml"], 1, 'unknown format "xml"'),
])
def test_mistakes(ward, words, code, text):
    done = ward("ward", *words, code=code)
    assert text in done.err and not done.out


def test_completion(ward, swarm):
    create(swarm.api, "webshop", replicas=0)
    assert [line.split("\t")[0] for line in ward("__complete", "ward", "re").lines] == ["rebalance", "registry", ":4"]
    assert "webshop" in ward("__complete", "ward", "explain", "web").lines
    assert "h3" in ward("__complete", "ward", "node", "release", "").lines
    assert "--format" in ward("__complete", "ward", "explain", "--f").out


def test_version(ward, target):
    both = as_json(ward, "version")
    assert both["Client"]["Version"] == both["Server"]["Version"]
    assert both["Client"]["Host"] == target.url
    assert both["Server"]["EngineVersion"] == target.engines["h1"].get("/version")["Version"]
    assert "Server: swarmward" in ward("ward", "version").out


def test_somebody_else_answers(ward, swarm):
    done = ward.at(swarm.engine_urls["h1"])("ward", "explain", "x", code=1)
    assert "it is not swarmward" in done.err and "export DOCKER_HOST=unix:///run/swarmward/docker.sock" in done.err
    newer = ward("ward", "node", "adopt", "h9", "tcp://192.0.2.9:2375", code=None)
    assert "it is not swarmward" not in newer.err
    done = ward.at("unix:///nonexistent.sock")("ward", "doctor", code=1)
    assert "Cannot connect to the Docker daemon at unix:///nonexistent.sock" in done.out


def test_the_way_to_the_daemon(ward, target):
    """By the flag, by a context, by DOCKER_HOST."""
    env = {k: v for k, v in ward.env.items() if k != "DOCKER_HOST"}

    def host(*flags, **more):
        done = subprocess.run([ward.path, *flags, "ward", "version", "--format", "json"], env={**env, **more},
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["Client"]["Host"]

    assert host("-H", target.url) == target.url
    assert host(DOCKER_HOST=target.url) == target.url
    subprocess.run([ward.path, "context", "create", "mine", "--docker", f"host={target.url}"], env=env, check=True,
                   capture_output=True)
    assert host("--context", "mine") == target.url
    assert host(DOCKER_CONTEXT="mine") == target.url
    subprocess.run([ward.path, "context", "use", "mine"], env=env, check=True, capture_output=True)
    assert host() == target.url
    done = subprocess.run([ward.path, "--context", "none", "ward", "version"], env=env, capture_output=True, text=True)
    assert done.returncode == 1 and 'context "none"' in done.stderr


def test_nodes(ward, swarm):
    nodes = as_json(ward, "node", "ls")
    assert [(each["Name"], each["Kind"], each["State"]) for each in nodes] == [
        ("h1", "local", "ready"), ("h2", "listed", "ready"), ("h3", "listed", "ready")]
    assert nodes[1]["Address"] == swarm.hosts[1].tcp_url
    table = ward("ward", "node", "ls").lines
    assert table[0].split() == ["ID", "NAME", "KIND", "ADDRESS", "STATE", "ENGINE", "VERSION"] and len(table) == 4


def test_explain_a_task_that_fits_nowhere(ward, swarm, api):
    availability(api, "h3", "drain")
    create(api, "huge", Resources={"Reservations": {"NanoCPUs": 10**12}},
           Placement={"Constraints": ["node.role==worker"]})
    pending_error(api, "huge", "no suitable node (insufficient resources on 2 nodes; "
                               "1 node not available for new tasks)")
    task, = as_json(ward, "explain", "huge")["Tasks"]
    filters = {node["Name"]: (node["Filter"], node["Reason"]) for node in task["Nodes"]}
    assert filters["h3"] == ("ready", "is drained")
    assert filters["h2"][0] == "resource" and "the task reserves 1000 CPUs" in filters["h2"][1]
    assert task["State"] == "pending" and task["Explanation"]
    text = ward("ward", "explain", "huge").out
    assert "huge (replicated): 0 of 1 tasks run" in text and "NODE      FILTER" in text
    assert ward("ward", "explain", task["ID"]).out.count("huge.1") == 1


def test_explain_what_is_well_and_what_is_not_there(ward, swarm, api):
    create(api, "web", replicas=2)
    wait_running(swarm, "web", 2)
    assert ward("ward", "explain", "web").out == "web (replicated): 2 of 2 tasks run"
    running = api.running("web")[0]["ID"]
    assert "it runs on" in ward("ward", "explain", running).out
    done = ward("ward", "explain", "nobody", code=1)
    assert done.err == "Error response from daemon: no service or task nobody found"


def test_explain_a_paused_update(ward, swarm, api):
    create(api, "web", replicas=2, UpdateConfig={"Parallelism": 1, "Monitor": 10**9, "FailureAction": "pause"})
    wait_running(swarm, "web", 2)
    api.update("web", lambda spec: spec["TaskTemplate"]["ContainerSpec"].update(Args=["false"]))
    wait_until(lambda: api.service("web")["UpdateStatus"]["State"] == "paused", "the update is paused", 90)
    update = as_json(ward, "explain", "web")["Update"]
    assert update["State"] == "paused"
    assert any("non-zero exit (1)" in each for each in update["Explanation"]), update
    assert any("docker service rollback web" in each for each in update["Explanation"]), update


def uneven(swarm, api, **parts):
    """Six tasks on h1 and h2, none on h3, which is free again."""
    availability(api, "h3", "drain")
    create(api, "web", replicas=6, **parts)
    wait_running(swarm, "web", 6)
    availability(api, "h3", "active")


def test_rebalance(ward, swarm, api):
    uneven(swarm, api, UpdateConfig={"Parallelism": 1})
    planned = as_json(ward, "rebalance", "--dry-run", "web")
    assert [move["To"] for move in planned["Moves"]] == ["h3", "h3"] and planned["Notes"] == []
    assert by_host(api, "web") == {"h1": 3, "h2": 3}, "a dry run moves nothing"
    out = ward("ward", "rebalance", "web").out
    assert out.count("-> h3  running") == 2 and out.endswith("Moved 2 tasks"), out
    assert by_host(api, "web") == {"h1": 2, "h2": 2, "h3": 2}
    assert ward("ward", "rebalance").out == "Nothing to move"


def test_rebalance_makes_no_more_at_once_than_an_update(ward, swarm, api):
    uneven(swarm, api, UpdateConfig={"Parallelism": 1, "Order": "start-first"})
    moves = as_json(ward, "rebalance")["Moves"]
    assert len(moves) == 2 and [bool(move["NewTaskID"]) for move in moves] == [True, False]
    wait_until(lambda: by_host(api, "web").get("h3") == 1, "one has moved")
    wait_running(swarm, "web", 6)


def test_rebalance_leaves_updates_alone(ward, swarm, api):
    uneven(swarm, api, UpdateConfig={"Parallelism": 1, "Delay": 60 * 10**9, "Monitor": 10**9})
    api.update("web", lambda spec: spec["TaskTemplate"]["ContainerSpec"].update(Env=["A=1"]))
    done = ward("ward", "rebalance", "web")
    assert done.out == "Nothing to move" and "an update is under way" in done.err
    scale(api, "web", 0)


def test_doctor(ward, swarm):
    done = ward("ward", "doctor", code=None)
    assert done.lines[0].split() == ["STATUS", "CHECK", "OF", "FOUND"]
    checks = as_json(ward, "doctor", code=done.code)["Checks"]
    by_name = {(each["Check"], each["Subject"]): each for each in checks}
    for host in ("h1", "h2", "h3"):
        assert by_name[("engine", host)]["Status"] == "ok"
        assert by_name[("native swarm", host)]["Status"] == "ok"
        assert by_name[("live-restore", host)]["Status"] == "warn" and by_name[("live-restore", host)]["Cure"]
        assert by_name[("clock", host)]["Status"] == "ok"
    assert by_name[("certificate", "root CA")]["Status"] == "ok"
    assert by_name[("daemon", "this client")]["Status"] == "ok"
    assert {each["Check"] for each in checks} >= {"port", "disk", "kernel: nftables", "kernel: VXLAN", "listener"}
    assert all(each["Cure"] for each in checks if each["Status"] == "fail")
    assert done.code == int(any(each["Status"] == "fail" for each in checks))


def test_doctor_finds_an_engine_that_is_away(ward, swarm):
    host = swarm.hosts[2]
    stop_engine(host)
    try:
        checks = as_json(ward, "doctor", code=1)["Checks"]
        found, = [each for each in checks if each["Subject"] == "h3"]
        assert found["Status"] == "fail" and host.tcp_url in found["Detail"] and found["Cure"]
        assert "fail: engine of h3" in ward("ward", "doctor", code=1).out
    finally:
        start_engine(host)
        swarm.wait_for_nodes()


class TlsDaemon:
    """Says one thing over TLS, and remembers whether the client showed a certificate."""

    def __init__(self, folder):
        def openssl(*args):
            subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True)
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem",
                "-out", "cert.pem")
        shutil.copy(folder / "cert.pem", folder / "ca.pem")
        self.folder, self.clients = folder, []
        clients = self.clients

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                clients.append(bool(self.connection.getpeercert(True)))
                body = b'{"Version":"0.0.0"}'
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        context.load_verify_locations(folder / "ca.pem")
        context.verify_mode = ssl.CERT_OPTIONAL
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"tcp://127.0.0.1:{self.server.server_port}"


def test_tls(ward, tmp_path):
    (tmp_path / "certs").mkdir()
    far = TlsDaemon(tmp_path / "certs")
    base = {k: v for k, v in ward.env.items() if k != "DOCKER_HOST"}

    def ask(*flags, **more):
        return subprocess.run([ward.path, *flags, "ward", "version", "--format", "json"], env={**base, **more},
                              capture_output=True, text=True)
    try:
        named = ask("--tlsverify", "--tlscacert", str(far.folder / "ca.pem"), "-H", far.url)
        assert json.loads(named.stdout)["Server"] == {"Version": "0.0.0"}, named.stderr
        by_variables = ask(DOCKER_HOST=far.url, DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH=str(far.folder))
        assert by_variables.returncode == 0, by_variables.stderr
        assert far.clients == [False, True], "the certificate in the folder is shown"
        strange = ask("--tlsverify", "-H", far.url)
        assert strange.returncode == 1 and "error during connect" in strange.stderr
        assert ask("--tls", "-H", far.url).returncode == 0, "without verification anybody will do"
        subprocess.run([ward.path, "context", "create", "far", "--docker",
                        f"host={far.url},ca={far.folder}/ca.pem,cert={far.folder}/cert.pem,key={far.folder}/key.pem"],
                       env=base, check=True, capture_output=True)
        by_context = ask("--context", "far")
        assert by_context.returncode == 0, by_context.stderr
        assert far.clients[-1]
    finally:
        far.server.shutdown()
