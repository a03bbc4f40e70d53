"""What a task becomes on its engine: every field of a service, placeholders, and labels that reach further."""
import pytest

from harness.services import create, only_container
from harness.waiting import wait_until

SECOND = 10**9
MIB = 2**20
ON_H2 = {"Placement": {"Constraints": ["node.hostname==h2"]}}


def on_h2(swarm, api, name, container=None, **parts):
    """Creates a service on h2 and returns its container as h2's engine shows it."""
    create(api, name, container, **{"RestartPolicy": {"Condition": "none"}, **ON_H2, **parts})

    def started():
        bad = [t["Status"] for t in api.tasks(name) if t["Status"]["State"] in ("failed", "rejected")]
        return bad or api.running(name)
    first = wait_until(started, f"{name} runs or says why not")[0]
    assert "Status" in first, first
    made, host = only_container(swarm, name)
    assert host == "h2"
    return made


def error_of(api, name, state):
    tasks = wait_until(lambda: [t for t in api.tasks(name) if t["Status"]["State"] == state], f"{name} is {state}")
    return tasks[0]["Status"]


def test_process(swarm, api):
    made = on_h2(swarm, api, "process", {
        "Command": ["/bin/sleep"], "Args": ["1000"], "Hostname": "box", "Env": ["A=1", "B=x=y"], "Dir": "/tmp",
        "User": "1:1", "Groups": ["4", "20"], "TTY": True, "OpenStdin": True, "StopSignal": "SIGINT", "Init": False,
        "Labels": {"mine": "1", "com.docker.swarm.task.id": "forged"}})
    config, host = made["Config"], made["HostConfig"]
    assert (config["Entrypoint"], config["Cmd"]) == (["/bin/sleep"], ["1000"])
    assert (config["Hostname"], config["WorkingDir"], config["User"]) == ("box", "/tmp", "1:1")
    assert (config["Tty"], config["OpenStdin"], config["StopSignal"]) == (True, True, "SIGINT")
    assert [e for e in config["Env"] if not e.startswith("PATH=")] == ["A=1", "B=x=y"]
    assert config["Image"] == "alpine:latest" and "StopTimeout" not in config
    assert (host["GroupAdd"], host["Init"]) == (["4", "20"], False)
    assert host["RestartPolicy"]["Name"] in ("", "no")
    task = api.running("process")[0]
    name = f"process.1.{task['ID']}"
    assert made["Name"] == "/" + name
    image = swarm.engines["h2"].get("/images/alpine:latest/json")["Config"]["Labels"] or {}
    assert config["Labels"] == {
        **image,
        "mine": "1", "com.docker.swarm.task": "", "com.docker.swarm.task.id": task["ID"],
        "com.docker.swarm.task.name": name, "com.docker.swarm.node.id": task["NodeID"],
        "com.docker.swarm.service.id": task["ServiceID"], "com.docker.swarm.service.name": "process"}
    assert task["Status"]["ContainerStatus"]["ContainerID"] == made["Id"]
    assert task["Status"]["ContainerStatus"]["PID"] == made["State"]["Pid"]


def test_image_defaults_stand(swarm, api):
    made = on_h2(swarm, api, "plain", {"Args": ["sleep", "1000"]})
    assert made["Config"]["Entrypoint"] is None
    assert made["Config"]["Hostname"] == made["Id"][:12]
    assert made["HostConfig"]["LogConfig"] == {"Type": "json-file", "Config": {}}


def test_isolation_and_limits(swarm, api):
    made = on_h2(swarm, api, "limits", {
        "ReadOnly": True, "Sysctls": {"net.core.somaxconn": "99"}, "CapabilityAdd": ["CAP_NET_ADMIN"],
        "CapabilityDrop": ["CAP_CHOWN"], "Isolation": "default",
        "Ulimits": [{"Name": "nofile", "Soft": 100, "Hard": 200}],
        "Hosts": ["10.0.0.1 db alias", "10.0.0.2 web"],
        "DNSConfig": {"Nameservers": ["10.9.9.9"], "Search": ["lan"], "Options": ["ndots:2"]}},
        Resources={"Limits": {"NanoCPUs": SECOND // 2, "MemoryBytes": 64 * MIB, "Pids": 50},
                   "Reservations": {"NanoCPUs": SECOND // 10, "MemoryBytes": 8 * MIB}},
        LogDriver={"Name": "json-file", "Options": {"max-size": "1m"}})
    host = made["HostConfig"]
    assert host["ReadonlyRootfs"] is True and host["Sysctls"] == {"net.core.somaxconn": "99"}
    assert host["CapAdd"] == ["CAP_NET_ADMIN"] and host["CapDrop"] == ["CAP_CHOWN"]
    assert host["Ulimits"] == [{"Name": "nofile", "Soft": 100, "Hard": 200}]
    assert host["ExtraHosts"] == ["db:10.0.0.1", "web:10.0.0.2"], "aliases are dropped"
    assert (host["Dns"], host["DnsSearch"], host["DnsOptions"]) == (["10.9.9.9"], ["lan"], ["ndots:2"])
    assert (host["NanoCpus"], host["Memory"], host["PidsLimit"]) == (SECOND // 2, 64 * MIB, 50)
    assert host["MemoryReservation"] == 0, "reservations are for placement only"
    assert host["LogConfig"] == {"Type": "json-file", "Config": {"max-size": "1m"}}


def test_mounts(swarm, api):
    made = on_h2(swarm, api, "mounts", {"Mounts": [
        {"Type": "bind", "Source": "/etc", "Target": "/a", "ReadOnly": True,
         "BindOptions": {"Propagation": "private"}},
        {"Type": "volume", "Source": "spec-data", "Target": "/b",
         "VolumeOptions": {"NoCopy": True, "Labels": {"l": "v"},
                           "DriverConfig": {"Name": "local", "Options": {"type": "tmpfs", "device": "tmpfs"}}}},
        {"Type": "volume", "Target": "/anonymous"},
        {"Type": "tmpfs", "Target": "/c", "TmpfsOptions": {"SizeBytes": MIB, "Mode": 0o1770}}]})
    mounts = {m["Target"]: m for m in made["HostConfig"]["Mounts"]}
    assert mounts["/a"]["ReadOnly"] and mounts["/a"]["BindOptions"]["Propagation"] == "private"
    assert mounts["/b"]["VolumeOptions"]["NoCopy"] is True
    assert mounts["/c"]["TmpfsOptions"] == {"SizeBytes": MIB, "Mode": 0o1770}
    volume = swarm.engines["h2"].get("/volumes/spec-data")
    assert volume["Labels"] == {"l": "v"} and volume["Options"] == {"type": "tmpfs", "device": "tmpfs"}
    anonymous = [m["Name"] for m in made["Mounts"] if m["Destination"] == "/anonymous"]
    api.delete("/services/mounts")
    wait_until(lambda: swarm.engines["h2"].request("GET", f"/volumes/{anonymous[0]}").status == 404,
               "the anonymous volume goes with the task")
    assert swarm.engines["h2"].request("GET", "/volumes/spec-data").status == 200, "the named one stays"


def test_healthcheck_override(swarm, api):
    check = {"Test": ["CMD-SHELL", "true"], "Interval": SECOND, "Timeout": 2 * SECOND, "StartPeriod": SECOND,
             "Retries": 4}
    made = on_h2(swarm, api, "checked", {"Healthcheck": check})
    assert made["Config"]["Healthcheck"] == check


def test_host_ports(swarm, api):
    made = on_h2(swarm, api, "ports", EndpointSpec={"Ports": [
        {"TargetPort": 80, "PublishedPort": 18080, "PublishMode": "host"},
        {"TargetPort": 53, "Protocol": "udp", "PublishMode": "host"}]})
    bindings = made["HostConfig"]["PortBindings"]
    assert bindings["80/tcp"] == [{"HostIp": "", "HostPort": "18080"}]
    assert [b["HostIp"] for b in bindings["53/udp"]] == [""]
    chosen = int(made["NetworkSettings"]["Ports"]["53/udp"][0]["HostPort"])

    def reported():
        ports = api.running("ports")[0]["Status"]["PortStatus"].get("Ports", [])
        return {(p["Protocol"], p["TargetPort"], p["PublishedPort"]) for p in ports}
    assert reported() == {("tcp", 80, 18080), ("udp", 53, chosen)}


@pytest.mark.swarmward_only("the lab's engines are older than these fields; we map them for any engine")
def test_newer_fields(swarm, api):
    made = on_h2(swarm, api, "newer", {
        "Privileges": {"CredentialSpec": None, "SELinuxContext": {"Disable": True}, "NoNewPrivileges": True,
                       "Seccomp": {"Mode": "unconfined"}, "AppArmor": {"Mode": "disabled"}}},
        Resources={"Limits": {"MemoryBytes": 64 * MIB}})
    assert set(made["HostConfig"]["SecurityOpt"]) == {
        "label=disable", "seccomp=unconfined", "apparmor=unconfined", "no-new-privileges=true"}


def test_placeholders(swarm, api):
    made = on_h2(swarm, api, "words", {
        "Hostname": "{{.Service.Name}}-{{.Task.Slot}}",
        "Env": ["NODE={{.Node.Hostname}}", "OS={{.Node.Platform.OS}}/{{.Node.Platform.Architecture}}",
                "TASK={{.Task.ID}} {{.Task.Name}}", "L={{index .Service.Labels \"tier\"}}",
                "J={{join \"-\" .Service.Name .Task.Slot}}", "{{.Task.ID}}=name",
                "IF={{if eq .Task.Slot \"1\"}}first{{else}}other{{end}}"],
        "Dir": "/{{.Task.Slot}}", "Labels": {"l": "{{.Task.Slot}}"}, "User": "0",
        "Mounts": [{"Type": "volume", "Source": "words-{{.Task.Slot}}", "Target": "/{{.Service.Name}}",
                    "VolumeOptions": {"Labels": {"node": "{{.Node.ID}}"}, "DriverConfig": {"Name": "local"}}}]},
        Labels={"tier": "front"})
    task = api.running("words")[0]
    config = made["Config"]
    assert config["Hostname"] == "words-1"
    expected = {"NODE=h2", f"TASK={task['ID']} words.1.{task['ID']}", "L=front", "J=words-1", "IF=first",
                "{{.Task.ID}}=name"}
    assert expected <= set(config["Env"])
    assert [e for e in config["Env"] if e.startswith("OS=linux/")]
    assert config["WorkingDir"] == "/{{.Task.Slot}}" and config["Labels"]["l"] == "{{.Task.Slot}}"
    mount = made["HostConfig"]["Mounts"][0]
    assert (mount["Source"], mount["Target"]) == ("words-1", "/words")
    assert swarm.engines["h2"].get("/volumes/words-1")["Labels"] == {"node": task["NodeID"]}


@pytest.mark.differs("native checks templates without the service's labels, so it refuses those that name one")
def test_labels_by_name_in_placeholders(swarm, api):
    made = on_h2(swarm, api, "tiers", {"Hostname": "{{.Service.Labels.tier}}"}, Labels={"tier": "front"})
    assert made["Config"]["Hostname"] == "front"
    reply = api.request("POST", "/services/create", {"Name": "none", "TaskTemplate": {
        "ContainerSpec": {"Image": "alpine", "Hostname": "{{.Service.Labels.tier}}"}}})
    assert (reply.status, reply.message) == (400, (
        "rpc error: code = InvalidArgument desc = expanding hostname failed: template: expansion:1:10: executing "
        '"expansion" at <.Service.Labels.tier>: map has no entry for key "tier"'))


def test_global_tasks_have_the_node_as_slot(swarm, api):
    create(api, "each", {"Env": ["SLOT={{.Task.Slot}}"]}, Mode={"Global": {}})
    wait_until(lambda: len(api.running("each")) == 3, "one on each node")
    for task in api.running("each"):
        found = [c for each in swarm.containers(task_id=task["ID"]).values() for c in each]
        assert found[0]["Names"] == [f"/each.{task['NodeID']}.{task['ID']}"]


@pytest.mark.parametrize("mount, error", [
    ({"Type": "bind", "Source": "/etc", "Target": "rel"}, "invalid mount target, must be an absolute path: rel"),
    ({"Type": "bind", "Source": "rel", "Target": "/a"}, "invalid bind mount source, must be an absolute path: rel"),
    ({"Type": "volume", "Source": "/abs", "Target": "/a"},
     "invalid volume mount source, must not be an absolute path: /abs"),
    ({"Type": "tmpfs", "Source": "x", "Target": "/a"}, "invalid tmpfs source, source must be empty"),
], ids=["target", "bind", "volume", "tmpfs"])
def test_mounts_that_cannot_be(swarm, api, mount, error):
    create(api, "mounted", {"Mounts": [mount]}, RestartPolicy={"Condition": "none"})
    status = error_of(api, "mounted", "rejected")
    assert (status["Message"], status["Err"]) == ("resolving controller failed", error)


def test_port_in_use(swarm, api):
    """The engine's words are kept: placement and people read them."""
    engine = swarm.engines["h2"]
    rival = engine.post("/containers/create", {
        "Image": "alpine", "Cmd": ["sleep", "1000"], "ExposedPorts": {"80/tcp": {}},
        "HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": "18081"}]}}})
    engine.post(f"/containers/{rival['Id']}/start")
    try:
        create(api, "late", RestartPolicy={"Condition": "none"}, **ON_H2, EndpointSpec={"Ports": [
            {"TargetPort": 80, "PublishedPort": 18081, "PublishMode": "host"}]})
        status = error_of(api, "late", "failed")
        assert status["Message"] == "starting"
        assert status["Err"].startswith("starting container failed: ") and "port is already allocated" in status["Err"]
    finally:
        engine.delete(f"/containers/{rival['Id']}?force=1")


@pytest.mark.differs("native calls a task complete that was stopped for its health and then exits with 0")
def test_unhealthy_and_exit_zero_is_a_failure(swarm, api):
    create(api, "sick", {"Args": ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"],
                         "Healthcheck": {"Test": ["CMD", "false"], "Interval": SECOND // 4, "Retries": 1}},
           RestartPolicy={"Condition": "none"})
    status = error_of(api, "sick", "failed")
    assert status["Err"] == "task: non-zero exit (0): dockerexec: unhealthy container"
    assert status["ContainerStatus"]["ExitCode"] == 0


@pytest.mark.swarmward_only("our labels")
class TestLabels:
    def test_harmless_ones(self, swarm, api):
        made = on_h2(swarm, api, "labelled", {"Labels": {"ward.shm-size": "1m", "ward.cpuset-cpus": "0"}},
                     Labels={"ward.shm-size": "32m", "ward.memory-reservation": "16m", "ward.ipc": "shareable",
                             "ward.pull": "never"})
        host = made["HostConfig"]
        assert (host["ShmSize"], host["MemoryReservation"]) == (32 * MIB, 16 * MIB)
        assert (host["CpusetCpus"], host["IpcMode"]) == ("0", "shareable")
        assert "ward.pull" not in made["Config"]["Labels"], "labels of the service stay there"

    @pytest.mark.parametrize("label, words", [
        ("ward.privileged=true", "is not allowed here: remove it, or start swarmward with --allow-label ward.privileged"),
        ("ward.pid=host", "--allow-label ward.pid"),
        ("ward.shm-size=lots", "cannot be used: the value must be a size like 64m or 1g"),
    ])
    def test_refused_ones(self, swarm, api, label, words):
        name, value = label.split("=")
        create(api, "refused", RestartPolicy={"Condition": "none"}, Labels={name: value})
        status = error_of(api, "refused", "rejected")
        assert status["Message"] == "resolving controller failed"
        assert status["Err"].startswith(f"label {label} ") and words in status["Err"]

    def test_pull_never(self, swarm, api):
        create(api, "absent", {"Image": "nosuch:1"}, RestartPolicy={"Condition": "none"},
               Labels={"ward.pull": "never"})
        assert error_of(api, "absent", "rejected")["Err"] == "No such image: nosuch:1 (and label ward.pull=never)"

    def test_allowed_ones(self, swarm, api):
        swarm.daemon.stop()
        flags = swarm.daemon.flags
        swarm.daemon.start([*flags, "--allow-label", "all"])
        try:
            swarm.wait_for_nodes()
            # Whether this machine may run it is another question: what was asked of the engine counts.
            create(api, "mighty", RestartPolicy={"Condition": "none"}, **ON_H2, Labels={
                "ward.privileged": "true", "ward.devices": "/dev/null:/dev/zilch:r", "ward.pid": "host",
                "ward.ipc": "host", "ward.uts": "host", "ward.userns": "host",
                "ward.security-opt": "label=disable"})
            engine = swarm.engines["h2"]

            def asked_for():
                found = engine.get("/containers/json?all=1", label=["com.docker.swarm.service.name=mighty"])
                return found and engine.get(f"/containers/{found[0]['Id']}/json")["HostConfig"]
            # It may be there for a moment only, where such a container cannot start.
            host = wait_until(asked_for, "a container is made", pause=0.01)
            assert host["Privileged"] is True
            assert host["Devices"] == [
                {"PathOnHost": "/dev/null", "PathInContainer": "/dev/zilch", "CgroupPermissions": "r"}]
            assert (host["PidMode"], host["IpcMode"], host["UTSMode"], host["UsernsMode"]) == ("host",) * 4
            assert "label=disable" in host["SecurityOpt"]
            api.delete("/services/mighty")
            wait_until(lambda: not any(swarm.containers(service_name="mighty").values()), "it is gone")
        finally:
            swarm.daemon.stop()
            swarm.daemon.start(flags)
            swarm.wait_for_nodes()
