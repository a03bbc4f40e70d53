"""Credentials of registries that the managers keep: tasks pull with them where a service's own does not do."""
import base64
import fcntl
import json
import os
import pathlib
import pty
import select
import shutil
import subprocess
import termios
import time

import pytest

from harness.registry import OTHER_PASSWORD, PASSWORD, USER, forget, push, registry_for
from harness.waiting import wait_until

HOSTS = ("h1", "h2", "h3")
pytestmark = pytest.mark.swarmward_only("native has no docker ward")


@pytest.fixture(scope="module")
def registry(hosts, tmp_path_factory):
    with registry_for(hosts, tmp_path_factory.mktemp("registry")) as made:
        yield made


@pytest.fixture
def shop(members, cli, registry, binary):
    """The CLI with our plugin at the manager, not logged in. app:1 is in the registry and on no host; nothing is stored."""
    manager = cli("h1")
    folder = pathlib.Path(manager.env["DOCKER_CONFIG"]) / "cli-plugins"
    folder.mkdir()
    shutil.copy(binary.parent / "docker-ward", folder)
    registry.set_password(PASSWORD)
    manager("login", "-u", USER, "--password-stdin", registry.name, stdin=PASSWORD)
    push(manager, registry, "1")
    manager("logout", registry.name)
    forget(cli, registry, HOSTS)
    for each in stored(manager):
        manager("ward", "registry", "logout", each["ServerAddress"])
    return manager


def stored(manager):
    return json.loads(manager("ward", "registry", "ls", "--format", "json").out)


def login(manager, server, *flags, password=PASSWORD, code=0):
    return manager("ward", "registry", "login", "-u", USER, "--password-stdin", *flags, server, stdin=password + "\n",
                   code=code)


def create(manager, registry, *more):
    return manager("service", "create", "-d", "--name", "app", "--restart-condition", "none", *more,
                   f"{registry.name}/app:1", "sleep", "600")


def runs_everywhere(members):
    def everywhere():
        # A service's tasks start once: one that failed shows what is wrong sooner than the deadline.
        errors = [t["Status"].get("Err") for t in members.api.tasks("app") if t["Status"]["State"] in ("rejected", "failed")]
        assert not errors, errors
        return len(members.api.running("app")) == 3
    wait_until(everywhere, "a task runs on every host")


def error_on(members, host="h2"):
    """Why the task on that host failed."""
    node = members.node_id(host)

    def errors():
        return [t["Status"]["Err"] for t in members.api.tasks("app")
                if t.get("NodeID") == node and t["Status"]["State"] in ("rejected", "failed")]
    return wait_until(errors, f"a task fails on {host}")[0]


def test_a_service_without_a_credential_runs_on_all_nodes(members, registry, shop):
    assert login(shop, registry.name).out == "Login Succeeded"
    shown = stored(shop)
    assert [(each["ServerAddress"], each["Username"]) for each in shown] == [(registry.name, USER)]
    assert set(shown[0]) == {"ID", "Version", "CreatedAt", "UpdatedAt", "ServerAddress", "Username"}
    assert f"{registry.name}" in shop("ward", "registry", "ls").lines[1]
    said = create(shop, registry, "--mode", "global")
    assert "could not be accessed on a registry to record" in said.err, "the CLI itself has no credential"
    runs_everywhere(members)


def test_without_one_it_does_not(members, registry, shop):
    login(shop, registry.name)
    assert shop("ward", "registry", "logout", f"https://{registry.name}/v2/").out == registry.name
    assert stored(shop) == []
    create(shop, registry, "--constraint", "node.hostname==h2")
    assert "no basic auth credentials" in error_on(members)
    again = shop("ward", "registry", "logout", registry.name, code=1)
    assert f"no credential is stored for {registry.name}" in again.err


def test_a_service_with_an_expired_credential_runs(members, registry, shop):
    wrong = base64.b64encode(f"{USER}:expired".encode()).decode()
    config = pathlib.Path(shop.env["DOCKER_CONFIG"]) / "config.json"
    config.write_text(json.dumps({"auths": {registry.name: {"auth": wrong}}}))
    create(shop, registry, "--with-registry-auth", "--constraint", "node.hostname==h2")
    before = error_on(members)
    assert "unauthorized" in before and "stored credential" not in before
    shop("service", "rm", "app")
    members.clear()
    login(shop, registry.name)
    create(shop, registry, "--with-registry-auth", "--mode", "global")
    runs_everywhere(members)
    assert "image.pull_refused" in members.daemons["h1"].log.read_text(), "its own one was tried first"


def test_a_password_that_is_changed_at_the_registry(members, registry, shop):
    login(shop, registry.name)
    registry.set_password(OTHER_PASSWORD)
    create(shop, registry, "--constraint", "node.hostname==h2")
    error = error_on(members)
    assert "unauthorized" in error and f"with the stored credential for {registry.name}" in error, error
    assert PASSWORD not in error
    login(shop, registry.name, password=OTHER_PASSWORD)
    shop("service", "update", "-d", "--force", "app")
    wait_until(lambda: members.api.running("app"), "a new task pulls with the new password")
    assert len(stored(shop)) == 1


def test_both_credentials_refused(members, registry, shop):
    login(shop, registry.name)
    registry.set_password(OTHER_PASSWORD)
    config = pathlib.Path(shop.env["DOCKER_CONFIG"]) / "config.json"
    wrong = base64.b64encode(f"{USER}:expired".encode()).decode()
    config.write_text(json.dumps({"auths": {registry.name: {"auth": wrong}}}))
    create(shop, registry, "--with-registry-auth", "--constraint", "node.hostname==h2")
    error = error_on(members)
    assert "unauthorized" in error and f"the stored credential for {registry.name} was tried too" in error, error
    assert "expired" not in error and PASSWORD not in error


def test_an_image_that_is_not_there(members, registry, shop):
    login(shop, registry.name)
    shop("service", "create", "-d", "--name", "app", "--restart-condition", "none", "--constraint",
         "node.hostname==h2", f"{registry.name}/app:none", "sleep", "600")
    error = error_on(members)
    assert "manifest unknown" in error and "stored credential" not in error, error


def test_a_wrong_password_is_refused_with_the_engines_text(members, registry, shop):
    refused = login(shop, registry.name, password="wrong", code=1)
    said = members.engines["h1"].request("POST", "/auth", {"username": USER, "password": "wrong",
                                                           "serveraddress": registry.name})
    assert said.status >= 400 and "401 Unauthorized" in said.message
    assert f"Error response from daemon: {said.message}" in refused.err
    assert "Nothing was stored" in refused.err and stored(shop) == []
    login(shop, registry.name, "--no-check", password="wrong")
    assert len(stored(shop)) == 1


def test_it_survives_a_kill_of_the_daemon(members, registry, shop):
    login(shop, registry.name)
    before = stored(shop)
    members.daemons["h1"].kill()
    members.daemons["h1"].start()
    members.wait_for_nodes()
    assert stored(shop) == before
    create(shop, registry, "--mode", "global")
    runs_everywhere(members)


def forms_of(text):
    """The text, and all ways in which a longer one that contains it may show it in base64, in both alphabets."""
    forms = {text.encode()}
    for shift in range(3):
        encoded = base64.b64encode(b"x" * shift + text.encode())
        # The first and the last group depend on what stands beside it.
        inner = encoded[4 if shift else 0:-4]
        forms |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return forms


def found_in(folder, forms):
    patterns = [word for form in forms for word in ("-e", form)]
    return subprocess.run(["grep", "-rlF", *patterns, str(folder)], capture_output=True, text=True).stdout.split()


def test_the_password_is_nowhere_in_clear(members, registry, shop):
    login(shop, registry.name)
    create(shop, registry, "--mode", "global")
    runs_everywhere(members)
    forms = forms_of(PASSWORD)
    root = pathlib.Path(members.daemons["h1"].data_root)
    planted = root / "planted"
    for text in (PASSWORD, base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode(),
                 base64.urlsafe_b64encode(json.dumps({"username": USER, "password": PASSWORD}).encode()).decode()):
        planted.write_text(text)
        assert found_in(root, forms) == [str(planted)], "it would be found"
    planted.unlink()
    for host in members.hosts:  # The engines' data, and that of the daemons, which the lab puts beside it.
        assert pathlib.Path(members.daemons[host.name].data_root).is_relative_to(host.data)
        assert found_in(host.data, forms) == []
    logs = [daemon.log.read_bytes() for daemon in members.daemons.values()]
    assert b" debug " in logs[0]
    logs += [host.log.read_bytes() for host in members.hosts]
    answers = [members.api.request("GET", path).body
               for path in ("/ward/registries", "/services", "/tasks", "/swarm", "/info", "/nodes", "/ward/doctor")]
    for text in logs + answers:
        assert not [form for form in forms if form in text]


def test_the_audit_log_has_the_calls(members, registry, shop):
    login(shop, registry.name)
    shop("ward", "registry", "logout", registry.name)
    log = members.daemons["h1"].log.read_text()
    assert "method=POST path=/ward/registries status=200" in log
    assert "method=DELETE path=/ward/registries/" in log


def typed(shop, *words, answers):
    """What a person sees at a terminal who types these lines; the exit status; does the terminal echo afterwards?"""
    ours, theirs = pty.openpty()
    process = shop.popen(*words, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
                         preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
    seen = b""

    def more():
        nonlocal seen
        assert select.select([ours], [], [], 60)[0], f"it says nothing any more: {seen.decode()}"
        try:
            piece = os.read(ours, 1024)
        except OSError:  # The other side is closed.
            piece = b""
        seen += piece
        return piece
    try:
        for prompt, answer in answers:
            while prompt not in seen:
                assert more(), seen.decode()
            os.write(ours, answer)
        status = process.wait(60)
        while select.select([ours], [], [], 0)[0] and more():
            pass
        # The plugin may end a moment after the docker command that has started it.
        deadline = time.monotonic() + 5
        while not termios.tcgetattr(theirs)[3] & termios.ECHO and time.monotonic() < deadline:
            time.sleep(0.05)
        return seen.decode(), status, bool(termios.tcgetattr(theirs)[3] & termios.ECHO)
    finally:
        process.kill()
        os.close(ours)
        os.close(theirs)


def test_at_a_terminal_it_asks_without_echo(registry, shop):
    seen, status, echoes = typed(shop, "ward", "registry", "login", registry.name,
                                 answers=[(b"Username: ", f"{USER}\n".encode()), (b"Password: ", f"{PASSWORD}\n".encode())])
    assert status == 0 and "Login Succeeded" in seen and echoes, seen
    assert USER in seen and PASSWORD not in seen
    assert [each["Username"] for each in stored(shop)] == [USER]


def test_a_login_that_is_broken_off_leaves_the_terminal_as_it_was(registry, shop):
    seen, status, echoes = typed(shop, "ward", "registry", "login", "-u", USER, registry.name,
                                 answers=[(b"Password: ", b"half a passw\x03")])
    assert status != 0 and echoes and "half" not in seen, seen
    assert stored(shop) == []


@pytest.mark.parametrize("words, code, text", [
    (["login", "-u", USER, "SERVER"], 1, "use --password-stdin"),
    (["login", "--password-stdin", "SERVER"], 1, "--password-stdin needs --username"),
    (["login", "-u", USER, "--password-stdin", "a b"], 1, 'invalid registry "a b": use HOST or HOST:PORT'),
    (["login", "-u", USER, "--password-stdin", "SERVER"], 1, "the password is empty"),
    (["login", "-u", USER, "-p", "x", "SERVER"], 125, "unknown shorthand flag: 'p'"),
    (["login"], 1, "requires 1 argument"),
], ids=["no terminal", "no user", "no registry", "no password", "no -p", "nothing"])
def test_mistakes(registry, shop, words, code, text):
    done = shop("ward", "registry", *(registry.name if word == "SERVER" else word for word in words), code=code)
    assert text in done.err and not done.out
    assert stored(shop) == []


def test_the_names_of_docker_hub_are_one(shop):
    for name in ("docker.io", "index.docker.io", "https://index.docker.io/v1/"):
        login(shop, name, "--no-check")
    assert [each["ServerAddress"] for each in stored(shop)] == ["docker.io"]
    assert "docker.io" in shop("__complete", "ward", "registry", "logout", "").lines
    shop("ward", "registry", "logout", "index.docker.io")
    assert stored(shop) == []


def test_a_worker_has_none(members, shop):
    done = shop.at(members.urls["h2"])("ward", "registry", "ls", code=1)
    assert "This node is not a swarm manager" in done.err


def test_they_go_with_the_swarm(members, registry, shop):
    login(shop, registry.name)
    shop("swarm", "leave", "--force")
    members.api.post("/swarm/init", members.init_request())
    assert stored(shop) == []
