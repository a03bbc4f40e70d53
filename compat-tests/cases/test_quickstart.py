"""deploy/quickstart.sh on a machine that has nothing running: up, up again, down."""
import os
import pathlib
import subprocess

import pytest

pytestmark = pytest.mark.swarmward_only("it starts swarmward")
ROOT = pathlib.Path(__file__).resolve().parents[2]

# A machine within the machine: its own network, and empty places where the script and dockerd keep their things.
MACHINE = """
set -e
hostname quick
ip link set lo up
ip link add eth0 type veth peer name cable
ip link set cable up
ip addr add 192.0.2.10/24 dev eth0
ip link set eth0 up
ip route add default via 192.0.2.1
mkdir -p /var/lib/docker /var/lib/swarmward /var/log/swarmward /usr/local/libexec
for place in /run /var/lib/docker /var/lib/swarmward /var/log/swarmward /usr/local/libexec; do mount -t tmpfs quickstart $place; done
mkdir -p /run/lock
export DOCKER_CONFIG=/run/docker-config
# Whatever happens, nothing is left running.
trap 'for f in /run/swarmward/*.pid; do [ -e "$f" ] && kill $(cat $f) 2>/dev/null && sleep 3; done; true' EXIT
"""


@pytest.fixture(scope="module")
def said(request):
    """What a whole session on that machine printed, cut at lines that start with ---."""
    if not (ROOT / "build/release/build.ninja").exists():
        pytest.skip("there is no release build, and making one is the business of run.sh")
    session = MACHINE + """
    deploy/quickstart.sh
    echo --- again
    deploy/quickstart.sh
    echo --- look
    export DOCKER_HOST=unix:///run/swarmward/docker.sock
    docker service ls --format '{{.Name}} {{.Replicas}}'
    docker node ls --format '{{.Hostname}} {{.Status}} {{.ManagerStatus}}'
    docker ward node ls --format json
    unset DOCKER_HOST
    docker info --format '{{.Swarm.LocalNodeState}}'
    echo --- down
    deploy/quickstart.sh --down
    echo --- left
    ls /run/swarmward /usr/local/libexec/docker/cli-plugins/docker-ward 2>/dev/null || true
    for p in swarmward dockerd; do pgrep -x --ns $$ --nslist net $p || true; done
    """
    done = subprocess.run(["unshare", "--mount", "--net", "--uts", "bash", "-c", session], cwd=ROOT, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=900,
                          env={k: v for k, v in os.environ.items() if not k.startswith("DOCKER_")})
    assert done.returncode == 0, done.stdout
    first, *rest = done.stdout.split("\n--- ")
    return {"first": first, **{part.split("\n", 1)[0]: part.split("\n", 1)[1] for part in rest}}


def test_it_runs_a_service(said):
    assert "export DOCKER_HOST=unix:///run/swarmward/docker.sock" in said["first"]
    assert said["first"].count("Running ") >= 3, said["first"]
    assert "deploy/quickstart.sh --down" in said["first"]


def test_again_changes_nothing(said):
    assert "the service hello is there already" in said["again"]
    assert "it runs already" in said["again"]


def test_what_runs(said):
    services, nodes, ward, native = said["look"].split("\n")[:4]
    assert (services, nodes, native) == ("hello 3/3", "quick Ready Leader", "inactive"), said["look"]
    assert '"Kind":"local"' in ward, said["look"]


def test_down(said):
    assert "stopping swarmward" in said["down"] and "stopping dockerd" in said["down"]
    assert said["left"].strip() == ""
