"""What a service spec asks for is what the containers get."""
import json

import pytest

from harness.services import create, only_container
from harness.waiting import wait_until
from lablib.network import in_netns

def test_everything_a_container_can_be_told(swarm, api):
    sid = create(api, "full", {
        "Command": ["/bin/sh", "-c"], "Args": ["sleep 100000"], "Hostname": "box", "Dir": "/tmp", "User": "guest",
        "Env": ["A=1", "B=2"],
        "Labels": {"own": "label"}, "StopSignal": "SIGINT", "Init": True, "ReadOnly": True, "Groups": ["100"],
        "Hosts": ["10.9.8.7 friend"], "Sysctls": {"net.ipv4.ip_unprivileged_port_start": "1"},
        "CapabilityAdd": ["CAP_NET_ADMIN"], "CapabilityDrop": ["CAP_CHOWN"],
        "Ulimits": [{"Name": "nofile", "Soft": 100, "Hard": 200}],
        "DNSConfig": {"Nameservers": ["10.1.1.1"], "Search": ["example.com"]},
        "Mounts": [{"Type": "tmpfs", "Target": "/scratch", "TmpfsOptions": {"SizeBytes": 1 << 20}},
                   {"Type": "bind", "Source": "/etc", "Target": "/outside", "ReadOnly": True},
                   {"Type": "volume", "Source": "kept", "Target": "/kept"}]},
        Labels={"team": "a"},
        Resources={"Limits": {"NanoCPUs": 500_000_000, "MemoryBytes": 64 << 20, "Pids": 50}},
        LogDriver={"Name": "json-file", "Options": {"max-size": "1m"}})
    made, _ = only_container(swarm, "full")
    task = api.running("full")[0]
    config, hosted = made["Config"], made["HostConfig"]
    assert made["Name"] == f"/full.1.{task['ID']}"
    assert config["Entrypoint"] == ["/bin/sh", "-c"] and config["Cmd"] == ["sleep 100000"]
    assert (config["Hostname"], config["WorkingDir"], config["User"]) == ("box", "/tmp", "guest")
    assert {"A=1", "B=2"} <= set(config["Env"])
    assert config["StopSignal"] == "SIGINT"
    own = {k: v for k, v in config["Labels"].items() if not k.startswith(("ward.", "lab."))}
    assert own == {
        "own": "label", "com.docker.swarm.task": "", "com.docker.swarm.task.id": task["ID"],
        "com.docker.swarm.task.name": f"full.1.{task['ID']}", "com.docker.swarm.node.id": task["NodeID"],
        "com.docker.swarm.service.id": sid, "com.docker.swarm.service.name": "full"}
    assert (hosted["NanoCpus"], hosted["Memory"], hosted["PidsLimit"]) == (500_000_000, 64 << 20, 50)
    assert hosted["Init"] is True and hosted["ReadonlyRootfs"] is True and hosted["GroupAdd"] == ["100"]
    assert hosted["ExtraHosts"] == ["friend:10.9.8.7"]
    assert hosted["Sysctls"] == {"net.ipv4.ip_unprivileged_port_start": "1"}
    assert "CAP_NET_ADMIN" in hosted["CapAdd"] and "CAP_CHOWN" in hosted["CapDrop"]
    assert hosted["Ulimits"] == [{"Name": "nofile", "Hard": 200, "Soft": 100}]
    assert (hosted["Dns"], hosted["DnsSearch"]) == (["10.1.1.1"], ["example.com"])
    assert hosted["LogConfig"] == {"Type": "json-file", "Config": {"max-size": "1m"}}
    assert hosted["RestartPolicy"]["Name"] in ("", "no")
    assert {(m["Type"], m["Destination"], m["RW"]) for m in made["Mounts"]} == {
        ("tmpfs", "/scratch", True), ("bind", "/outside", False), ("volume", "/kept", True)}


def test_every_field_comes_back(swarm, api):
    spec = {
        "Name": "round", "Labels": {"a": "b"}, "Mode": {"Replicated": {"Replicas": 0}},
        "UpdateConfig": {"Parallelism": 2, "Delay": 1000000, "FailureAction": "rollback", "Monitor": 2000000,
                         "MaxFailureRatio": 0.5, "Order": "start-first"},
        "RollbackConfig": {"Parallelism": 3, "FailureAction": "continue", "MaxFailureRatio": 0, "Order": "stop-first"},
        "EndpointSpec": {"Mode": "vip", "Ports": [{"Protocol": "udp", "TargetPort": 53, "PublishedPort": 15353,
                                                   "PublishMode": "host"}]},
        "TaskTemplate": {
            "ContainerSpec": {
                "Image": "alpine", "Labels": {"c": "d"}, "Command": ["sh"], "Args": ["-c", "sleep 1"], "Env": ["X=1"],
                "Privileges": {"CredentialSpec": None, "SELinuxContext": {
                    "Disable": True, "User": "u", "Role": "r", "Type": "t", "Level": "l"}},
                "Init": False, "TTY": True, "OpenStdin": True, "ReadOnly": True, "StopGracePeriod": 0,
                "Healthcheck": {"Test": ["CMD", "true"], "Interval": 1000000, "Timeout": 2000000, "Retries": 3},
                "Hosts": ["1.2.3.4 a b"], "DNSConfig": {"Options": ["ndots:1"]}, "Isolation": "default",
                "Mounts": [{"Type": "volume", "Source": "v", "Target": "/v", "VolumeOptions": {
                    "NoCopy": True, "Labels": {"l": "m"}, "DriverConfig": {"Name": "local", "Options": {"o": "x"}}}},
                    {"Type": "bind", "Source": "/a", "Target": "/a",
                     "BindOptions": {"Propagation": "rslave", "NonRecursive": True}}]},
            "Resources": {"Limits": {"NanoCPUs": 10**9, "MemoryBytes": 1 << 30, "Pids": 5},
                          "Reservations": {"NanoCPUs": 10**8, "MemoryBytes": 1 << 25, "GenericResources": [
                              {"DiscreteResourceSpec": {"Kind": "SSD", "Value": 3}}]}},
            "RestartPolicy": {"Condition": "on-failure", "Delay": 10**9, "MaxAttempts": 3, "Window": 10**10},
            "Placement": {"Constraints": ["node.role==manager"], "MaxReplicas": 2,
                          "Preferences": [{"Spread": {"SpreadDescriptor": "node.labels.zone"}}],
                          "Platforms": [{"Architecture": "amd64", "OS": "linux"}]},
            "LogDriver": {"Name": "json-file", "Options": {"max-size": "1m"}}, "ForceUpdate": 4, "Runtime": "container"}}
    api.post("/services/create", spec)
    shown = api.service("round")["Spec"]
    # Engines from 25.0 on always show this one.
    shown["TaskTemplate"]["ContainerSpec"]["Privileges"].pop("NoNewPrivileges", None)
    assert shown == spec


def test_defaults(swarm, api):
    api.post("/services/create", {"Name": "min", "TaskTemplate": {"ContainerSpec": {
        "Image": "alpine", "Command": ["sleep", "1000"]}}})
    shown = api.service("min")
    assert shown["Spec"] == {
        "Name": "min", "Labels": {}, "Mode": {"Replicated": {"Replicas": 1}},
        "TaskTemplate": {"ContainerSpec": {"Image": "alpine", "Command": ["sleep", "1000"], "Isolation": "default"},
                         "ForceUpdate": 0, "Runtime": "container"}}
    assert shown["Endpoint"] == {"Spec": {}} and "UpdateStatus" not in shown and "PreviousSpec" not in shown
    filled = api.get("/services/min?insertDefaults=true")["Spec"]
    assert filled["TaskTemplate"]["ContainerSpec"]["StopGracePeriod"] == 10**10
    assert filled["TaskTemplate"]["RestartPolicy"] == {"Condition": "any", "Delay": 5 * 10**9, "MaxAttempts": 0}
    defaults = {"Parallelism": 1, "FailureAction": "pause", "Monitor": 5 * 10**9, "MaxFailureRatio": 0,
                "Order": "stop-first"}
    assert filled["UpdateConfig"] == filled["RollbackConfig"] == defaults
    wait_until(lambda: api.running("min"), "it runs")
    task = api.running("min")[0]
    assert (task["Slot"], task["DesiredState"], task["Status"]["Message"]) == (1, "running", "started")
    assert task["Status"]["ContainerStatus"]["PID"] > 0 and "Runtime" not in task["Spec"]
    status = api.get("/services?status=true")[0]["ServiceStatus"]
    assert (status["RunningTasks"], status["DesiredTasks"]) == (1, 1)


def test_host_mode_port(swarm, api):
    create(api, "web", {"Image": "nginx", "Args": []}, replicas=3, EndpointSpec={"Ports": [
        {"TargetPort": 80, "PublishedPort": 18081, "PublishMode": "host"}]})
    wait_until(lambda: len(api.running("web")) == 3, "one on each node, for the port is taken there")
    assert len({t["NodeID"] for t in api.running("web")}) == 3
    ports = api.running("web")[0]["Status"]["PortStatus"]["Ports"]
    # Engines list a port once per address family.
    assert {(p["TargetPort"], p["PublishedPort"], p["PublishMode"]) for p in ports} == {(80, 18081, "host")}
    for host in swarm.hosts:
        body = in_netns(swarm.lab.client, "busybox", "wget", "-qO-", f"http://{host.address}:18081").stdout
        assert len(body.strip()) == 12, "the id of the container that answered"
    api.update("web", lambda spec: spec["Mode"]["Replicated"].update(Replicas=4))
    expect_pending(api, "web", "no suitable node (host-mode port already in use on 3 nodes)")


def expect_pending(api, name, error):
    def check():
        waiting = [t for t in api.tasks(name) if t["Status"]["State"] == "pending"]
        assert [t["Status"].get("Err", "") for t in waiting] == [error], waiting
        return True
    wait_until(check, f"a pending task of {name} says: {error}")


GB = 1 << 30


@pytest.mark.parametrize("template, error", [
    ({"Placement": {"Constraints": ["node.labels.z==a"]}}, "scheduling constraints not satisfied on 3 nodes"),
    ({"Placement": {"Constraints": ["node.nosuch==a"]}}, "scheduling constraints not satisfied on 3 nodes"),
    ({"Placement": {"Platforms": [{"Architecture": "s390x", "OS": "linux"}]}}, "unsupported platform on 3 nodes"),
    ({"Resources": {"Reservations": {"MemoryBytes": 1 << 45}}}, "insufficient resources on 3 nodes"),
    ({"Resources": {"Reservations": {"NanoCPUs": 10**15}}}, "insufficient resources on 3 nodes"),
    ({"LogDriver": {"Name": "nosuch"}}, "missing plugin on 3 nodes"),
], ids=lambda value: json.dumps(value)[:40] if isinstance(value, dict) else "")
def test_why_it_is_pending(swarm, api, template, error):
    create(api, "pending", **template)
    expect_pending(api, "pending", f"no suitable node ({error})")


def test_reasons_are_joined(swarm, api):
    swarm.api.update_node("h3", lambda spec: spec.update(Availability="pause"))
    create(api, "pending", Placement={"Constraints": ["node.labels.z==a"]})
    expect_pending(api, "pending", "no suitable node (scheduling constraints not satisfied on 2 nodes; "
                                   "1 node not available for new tasks)")
    # What was missing arrives, and the task with it.
    swarm.api.update_node("h2", lambda spec: spec["Labels"].update(z="A"))
    wait_until(lambda: swarm.names("pending")["h2"], "the task is placed on the node that fits now")


def test_max_replicas_per_node(swarm, api):
    create(api, "few", replicas=4, Placement={"MaxReplicas": 1})
    wait_until(lambda: len(api.running("few")) == 3, "one each")
    expect_pending(api, "few", "no suitable node (max replicas per node limit exceed)")


def test_spread(swarm, api):
    create(api, "six", replicas=6)
    wait_until(lambda: sorted(map(len, swarm.names("six").values())) == [2, 2, 2], "two on each node")


def test_global_follows_constraints(swarm, api):
    for name in ("h1", "h2"):
        api.update_node(name, lambda spec: spec["Labels"].update(disk="ssd"))
    create(api, "agent", Mode={"Global": {}}, Placement={"Constraints": ["node.labels.disk==ssd"]})

    def on():
        return {host for host, names in swarm.names("agent").items() if names}
    wait_until(lambda: on() == {"h1", "h2"}, "where the label is")
    assert all("Slot" not in t for t in api.tasks("agent"))
    api.update_node("h3", lambda spec: spec["Labels"].update(disk="ssd"))
    wait_until(lambda: on() == {"h1", "h2", "h3"}, "on the node that got the label")
    api.update_node("h1", lambda spec: spec["Labels"].clear())
    wait_until(lambda: on() == {"h2", "h3"}, "no longer on the one that lost it")


def test_a_lost_label_moves_the_task(swarm, api):
    api.update_node("h2", lambda spec: spec["Labels"].update(zone="x"))
    create(api, "bound", Placement={"Constraints": ["node.labels.zone==x"]}, RestartPolicy={"Delay": 0})
    wait_until(lambda: swarm.names("bound")["h2"], "it runs on h2")
    api.update_node("h2", lambda spec: spec["Labels"].clear())
    api.update_node("h3", lambda spec: spec["Labels"].update(zone="x"))
    wait_until(lambda: swarm.names("bound") == {"h1": [], "h2": [], "h3": swarm.names("bound")["h3"]}
               and len(api.running("bound")) == 1, "it moved to h3")
    gone = [t["Status"] for t in api.tasks("bound") if t["DesiredState"] == "shutdown"]
    assert "assigned node no longer meets constraints" in [status.get("Err") for status in gone], gone
