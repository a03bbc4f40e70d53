"""A private registry: who may pull, what is recorded of an image, and what people read when it cannot be had."""
import pytest

from harness.mesh import host_of
from harness.registry import PASSWORD, USER, forget, push, registry_for
from harness.waiting import wait_until

HOSTS = ("h1", "h2", "h3")


@pytest.fixture(scope="module")
def registry(hosts, tmp_path_factory):
    with registry_for(hosts, tmp_path_factory.mktemp("registry")) as made:
        yield made


@pytest.fixture
def shop(members, cli, registry):
    """The CLI at the manager, logged in; app:1 and app:2 are in the registry and on no host."""
    manager = cli("h1")
    manager("login", "-u", USER, "--password-stdin", registry.name, stdin=PASSWORD)
    push(manager, registry, "1", "2")
    forget(cli, registry, HOSTS)
    yield manager
    manager("logout", registry.name, code=None)


def create(manager, name, image, *more):
    return manager("service", "create", "-d", "--name", name, "--restart-condition", "none", *more, image, "sleep", "600")


def image_of(manager, name):
    return manager("service", "inspect", name, "--format", "{{.Spec.TaskTemplate.ContainerSpec.Image}}").out


def failed(members, name):
    def tasks():
        return [t for t in members.api.tasks(name) if t["Status"]["State"] in ("rejected", "failed")]
    return wait_until(tasks, f"a task of {name} fails")


def test_all_nodes_pull_with_the_users_credentials(members, registry, shop):
    create(shop, "app", f"{registry.name}/app:2", "--with-registry-auth", "--mode", "global")
    wait_until(lambda: len(members.api.running("app")) == 3, "a task runs on every host")
    assert image_of(shop, "app").startswith(f"{registry.name}/app:2@sha256:")


def test_without_them_other_nodes_may_not(members, registry, shop):
    said = create(shop, "app", f"{registry.name}/app:2", "--constraint", "node.hostname==h2")
    assert f"image {registry.name}/app:2 could not be accessed on a registry to record" in said.err
    err = failed(members, "app")[0]["Status"]["Err"]
    assert "no basic auth credentials" in err or "No such image" in err, err
    assert image_of(shop, "app") == f"{registry.name}/app:2"


def test_an_update_and_a_rollback_keep_the_credentials(members, cli, registry, shop):
    create(shop, "app", f"{registry.name}/app:2", "--with-registry-auth", "--constraint", "node.hostname==h2",
           "--update-monitor", "100ms", "--rollback-monitor", "100ms")
    wait_until(lambda: members.api.running("app"), "it runs")
    shop("service", "update", "-d", "--image", f"{registry.name}/app:1", "app")
    wait_until(lambda: [t for t in members.api.running("app") if "/app:1" in t["Spec"]["ContainerSpec"]["Image"]],
               "the new image runs")
    cli("h2")("rmi", "-f", f"{registry.name}/app:2", code=None)
    shop("service", "rollback", "-d", "app")
    wait_until(lambda: [t for t in members.api.running("app") if "/app:2" in t["Spec"]["ContainerSpec"]["Image"]],
               "the old image runs again")


def test_a_wrong_password(members, registry, shop):
    refused = shop("login", "-u", USER, "--password-stdin", registry.name, stdin="wrong", code=None)
    assert refused.code != 0 and "401 Unauthorized" in refused.err, refused


def test_an_image_that_is_not_there(members, registry, shop):
    said = create(shop, "app", f"{registry.name}/app:none", "--with-registry-auth")
    assert f"image {registry.name}/app:none could not be accessed on a registry to record" in said.err
    err = failed(members, "app")[0]["Status"]["Err"]
    assert f"No such image: {registry.name}/app:none" in err or "manifest unknown" in err, err


STACK = """
version: "3.8"
services:
  app:
    image: {image}
    command: sleep 600
    stop_grace_period: 1s
    deploy: {{replicas: {replicas}, restart_policy: {{condition: none}}}}
"""


@pytest.mark.parametrize("resolve, pinned", [("always", True), ("changed", True), ("never", False)])
def test_what_a_stack_records_of_its_images(members, registry, shop, tmp_path, resolve, pinned):
    file = tmp_path / "stack.yml"
    file.write_text(STACK.format(image=f"{registry.name}/app:2", replicas=3))
    shop("stack", "deploy", "--with-registry-auth", "--resolve-image", resolve, "-c", str(file), "shop")
    try:
        wait_until(lambda: len(members.api.running("shop_app")) == 3, "the stack runs")
        assert ("@sha256:" in image_of(shop, "shop_app")) == pinned
        before = {t["ID"] for t in members.api.running("shop_app")}
        shop("stack", "deploy", "--with-registry-auth", "--resolve-image", resolve, "-c", str(file), "shop")
        assert {t["ID"] for t in members.api.running("shop_app")} == before
    finally:
        shop("stack", "rm", "shop")


TUTORIAL = """
version: "3.8"
services:
  db:
    image: {image}:1
    command: sh -c 'mkdir -p /www && cat /run/secrets/password > /www/index.html && httpd -f -p 3306 -h /www'
    secrets: [password]
    volumes: [data:/var/lib/mysql]
    deploy:
      placement: {{constraints: [node.hostname == h3]}}
      restart_policy: {{condition: on-failure, delay: 1s, max_attempts: 3, window: 60s}}
  web:
    image: {image}:2
    command: sh -c 'until wget -q -O /tmp/seen http://db:3306/; do sleep 0.2; done; sleep 600'
    stop_grace_period: 1s
    deploy:
      replicas: 2
      placement: {{constraints: [node.hostname != h3]}}
secrets: {{password: {{file: ./password.txt}}}}
volumes: {{data: {{}}}}
"""


@pytest.mark.swarmward_only("native needs IPVS in the kernel")
def test_the_tutorials_stack_of_a_database_and_a_web_server(members, cli, registry, shop, tmp_path):
    (tmp_path / "password.txt").write_text("root-password")
    file = tmp_path / "stack.yml"
    file.write_text(TUTORIAL.format(image=f"{registry.name}/app"))
    shop("stack", "deploy", "--with-registry-auth", "-c", str(file), "blog")
    try:
        wait_until(lambda: len(members.api.running("blog_web")) == 2, "the web servers run")
        for task in members.api.running("blog_web"):
            host = host_of(members, task)
            name = f"blog_web.{task['Slot']}.{task['ID']}"
            wait_until(lambda: cli(host)("exec", name, "cat", "/tmp/seen", code=None).out == "root-password",
                       f"the web server on {host} has reached the database by its name")
        assert {host_of(members, task) for task in members.api.running("blog_web")} <= {"h1", "h2"}
        assert [host_of(members, task) for task in members.api.running("blog_db")] == ["h3"]
    finally:
        shop("stack", "rm", "blog")
