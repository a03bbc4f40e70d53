"""docker-compose (version 1) where containers, volumes and networks are those of all nodes."""
import json
import re
import time

import pytest

from harness.attached import reaches
from harness.compose import INSTALLED, Project, nodes_of, sweep
from harness.targets import NODES
from harness.waiting import wait_until

pytestmark = [pytest.mark.swarmward_only("native knows containers of one host only"),
              pytest.mark.skipif(not INSTALLED, reason="docker-compose is not installed")]

SHOP = """
version: '2.4'
services:
  web:
    image: nginx
    depends_on: [db]
    environment: {DB: db}
    ports: ["8090:80"]
  db:
    image: redis
    volumes: [data:/data]
  tool:
    image: alpine
    command: sh -c 'echo working; sleep 1000'
    networks: {back: {aliases: [spanner]}, default: {}}
networks: {back: {}}
volumes: {data: {}}
"""


@pytest.fixture
def docker(members, cli):
    sweep(members)
    yield cli("h1").at(members.daemons["h1"].cluster_url)
    sweep(members)


@pytest.fixture
def shop(members, docker, tmp_path):
    project = Project(docker, tmp_path, SHOP)
    project("up", "-d")
    yield project
    project("down", "-v", "--remove-orphans")


def hosts(members, project):
    return nodes_of(members, f"com.docker.compose.project={project.name}")


def test_a_project_spreads_and_is_whole(members, docker, shop):
    assert set(hosts(members, shop)) == {"shop_web_1", "shop_db_1", "shop_tool_1"}
    assert len(set(hosts(members, shop).values())) > 1
    table = shop("ps")
    assert table.count(" Up ") == 3 and "shop_web_1" in table
    for name in ("db", "web", "shop_db_1"):
        wait_until(lambda: reaches(docker, "shop_tool_1", name), f"{name} is reached by its name")
    assert reaches(docker, "shop_tool_1", "spanner")
    assert {network["Driver"] for network in members.api.get("/networks", name=["shop_"])
            if network["Name"].startswith("shop_")} == {"overlay"}


def test_up_again_changes_nothing(members, shop):
    before = hosts(members, shop)
    told = shop("up", "-d")
    assert told.count("up-to-date") == 3 and "Recreating" not in told
    assert hosts(members, shop) == before


def test_scale_spreads(members, shop):
    shop.write(SHOP.replace('    ports: ["8090:80"]\n', ""))
    shop("up", "-d", "--scale", "web=6")
    web = [host for name, host in hosts(members, shop).items() if "_web_" in name]
    assert sorted(web) == sorted(NODES * 2)
    shop("up", "-d", "--scale", "web=1")
    assert len([name for name in hosts(members, shop) if "_web_" in name]) == 1


def test_a_change_makes_anew_what_changed_and_keeps_its_volume(members, docker, shop):
    before = hosts(members, shop)
    docker("exec", "shop_db_1", "sh", "-c", "echo kept > /data/file")
    shop.write(SHOP.replace("image: redis", "image: redis\n    environment: {MODE: new}"))
    told = shop("up", "-d")
    assert "Recreating shop_db_1" in told
    after = hosts(members, shop)
    assert set(after) == set(before) and after["shop_db_1"] == before["shop_db_1"]
    assert docker("exec", "shop_db_1", "cat", "/data/file").out == "kept"
    assert docker("exec", "shop_db_1", "sh", "-c", "echo $MODE").out == "new"


def test_exec_logs_run_stop_and_start(members, docker, shop):
    assert shop("exec", "-T", "db", "hostname").strip() == docker(
        "inspect", "--format", "{{.Config.Hostname}}", "shop_db_1").out
    shop("run", "--rm", "-T", "tool", "true")
    assert "ran" in shop("run", "--rm", "-T", "tool", "echo", "ran")
    shop("stop", "-t", "0")
    assert shop("ps").count("Exit") == 3
    shop("start")
    wait_until(lambda: shop("ps").count(" Up ") == 3, "all run again")
    assert len(re.findall(r"tool_1 +\| working", shop("logs", "--no-color"))) == 2


def test_down_leaves_nothing(members, docker, tmp_path):
    project = Project(docker, tmp_path, SHOP)
    project("up", "-d")
    project("down", "-v")
    assert hosts(members, project) == {}
    wait_until(lambda: [n for n in members.api.get("/networks") if n["Name"].startswith("shop_")] == [],
               "no network is left")
    for engine in members.engines.values():
        assert [v for v in engine.get("/volumes")["Volumes"] or [] if v["Name"].startswith("shop_")] == []
    project("up", "-d")
    project("down", "-v")


def test_up_in_the_foreground_shows_the_output_of_all_nodes(members, docker, tmp_path):
    lines = "\n".join(f"  {host}:\n    image: alpine\n    command: sh -c 'echo hello from {host}; sleep 1000'\n"
                      f"    labels: ['ward.constraint=node.hostname=={host}']" for host in NODES)
    project = Project(docker, tmp_path, f"version: '2.4'\nservices:\n{lines}\n")
    up = project.popen("up", "--no-color")
    try:
        seen, until = "", time.monotonic() + 90
        while len(set(re.findall(r"hello from (h\d)", seen))) < 3 and time.monotonic() < until:
            seen += up.stdout.readline()
        assert set(re.findall(r"(h\d)_1 +\| hello from (h\d)", seen)) == {(host, host) for host in NODES}
        assert set(hosts(members, project).values()) == set(NODES)
    finally:
        up.terminate()
        up.wait()
        project("down", "-v")


def test_built_images_run_on_other_nodes(members, docker, cli, tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM alpine\nRUN echo built > /made\n")
    project = Project(docker, tmp_path, "version: '2.4'\nservices:\n  app:\n    build: .\n    command: sleep 1000\n"
                                        "    labels: ['ward.constraint=node.hostname==h3']\n")
    project("up", "-d", "--build")
    assert hosts(members, project) == {"shop_app_1": "h3"}
    assert docker("exec", "shop_app_1", "cat", "/made").out == "built"
    project.write("version: '2.4'\nservices:\n  app:\n    build: .\n    command: sleep 1000\n"
                  "    volumes: ['.:/src']\n")
    refused = project("up", "-d", code=1)
    assert f"the container mounts {tmp_path}, a path of one host" in refused
    project("down", "-v", "--rmi", "local")
    cli("h3")("rmi", "-f", "shop_app", code=None)


def test_file_formats_3_and_their_named_volumes(members, docker, tmp_path):
    project = Project(docker, tmp_path, """
version: '3.8'
x-common: &common
  image: alpine
  command: sleep 1000
  restart: unless-stopped
services:
  one: {<<: *common, volumes: [a:/a, b:/b]}
  two: {<<: *common, volumes: [b:/b]}
volumes: {a: {}, b: {labels: {tier: data}}}
""")
    project("up", "-d")
    assert len(set(hosts(members, project).values())) == 1
    shown = json.loads(docker("volume", "inspect", "shop_b").out)[0]
    assert shown["Labels"]["tier"] == "data"
    project("down", "-v")
