"""New values for secrets and configs that services use, and the way back."""
import pytest

from harness.waiting import wait_until

pytestmark = pytest.mark.swarmward_only("natively a secret's data never changes")

STACK = """
version: "3.8"
services:
  app:
    image: busybox
    command: sleep 600
    stop_grace_period: 0s
    secrets: [key]
    deploy:
      replicas: 2
      update_config: {monitor: 100ms, order: stop-first}
      rollback_config: {monitor: 100ms}
secrets:
  key:
    file: ./key
    labels: [ward.rotate=services]
"""


@pytest.fixture
def stack(members, cli, tmp_path):
    """Deploys with a value of the secret."""
    docker = cli("h1")
    (tmp_path / "stack.yml").write_text(STACK)

    def deploy(value, code=0):
        (tmp_path / "key").write_text(value)
        return docker("stack", "deploy", "-c", str(tmp_path / "stack.yml"), "shop", code=code)
    yield deploy
    docker("stack", "rm", "shop")
    for name in docker("secret", "ls", "-q").lines:
        docker("secret", "rm", name, code=None)


def values(members, docker):
    tasks = members.api.running("shop_app")
    return [docker("exec", f"shop_app.{t['Slot']}.{t['ID']}", "cat", "/run/secrets/key", code=None).out for t in tasks]


def shows(members, docker, value):
    wait_until(lambda: values(members, docker) == [value, value], f"both tasks have {value}")


def test_a_stack_with_other_content_rolls_its_users(members, cli, stack):
    docker = cli("h1")
    stack("first")
    shows(members, docker, "first")
    before = {t["ID"] for t in members.api.running("shop_app")}
    stack("second")
    shows(members, docker, "second")
    assert not before & {t["ID"] for t in members.api.running("shop_app")}
    assert sorted(docker("secret", "ls", "--format", "{{.Name}}").lines) == ["shop_key", "shop_key.1"]
    docker("service", "rollback", "-d", "shop_app")
    shows(members, docker, "first")
    docker("service", "scale", "-d", "shop_app=1")
    wait_until(lambda: values(members, docker) == ["first"], "it goes on with the old value")


def test_the_same_content_changes_nothing(members, cli, stack):
    docker = cli("h1")
    stack("first")
    shows(members, docker, "first")
    before = {t["ID"] for t in members.api.running("shop_app")}
    stack("first")
    assert docker("secret", "ls", "--format", "{{.Name}}").lines == ["shop_key"]
    assert {t["ID"] for t in members.api.running("shop_app")} == before
