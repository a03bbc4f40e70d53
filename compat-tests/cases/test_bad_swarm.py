"""Bad requests to /swarm and /nodes, and all of them where there is no swarm."""
import pytest

from harness.refusals import NOT_A_MANAGER, check, invalid, rpc

SPEC = {"Name": "x", "TaskTemplate": {"ContainerSpec": {"Image": "alpine"}}}


@pytest.mark.parametrize("role, availability, message", [
    ("", "active", 'invalid Role: ""'), ("zz", "active", 'invalid Role: "zz"'),
    ("manager", "", 'invalid Availability: ""'), ("manager", "zz", 'invalid Availability: "zz"')])
def test_node_spec(formed, api, role, availability, message):
    node = api.nodes()["h1"]
    path = f"/nodes/{node['ID']}/update?version={node['Version']['Index']}"
    check(api.request("POST", path, {"Role": role, "Availability": availability}), 400, message)


def test_node_roles_and_removal(formed, api):
    h1, h2 = api.nodes()["h1"], api.nodes()["h2"]
    path = f"/nodes/{h1['ID']}/update?version="
    check(api.request("POST", path + "x", h1["Spec"]), 400,
          "invalid node version 'x': strconv.ParseUint: parsing \"x\": invalid syntax")
    check(api.request("POST", f"{path}{h1['Version']['Index'] + 1000}", h1["Spec"]), 500,
          rpc("Unknown", "update out of sequence"))
    check(api.request("POST", f"{path}{h1['Version']['Index']}", {"Role": "worker", "Availability": "active"}), 400,
          rpc("FailedPrecondition", "attempting to demote the last manager of the swarm"))
    for force in ("", "?force=1"):
        check(api.request("DELETE", f"/nodes/{h1['ID']}{force}"), 400, rpc(
            "FailedPrecondition", f"node {h1['ID']} is a cluster manager and is a member of the raft cluster. "
                                  "It must be demoted to worker before removal"))
    check(api.request("DELETE", f"/nodes/{h2['ID']}"), 400,
          rpc("FailedPrecondition", f"node {h2['ID']} is not down and can't be removed"))


def test_swarm_update(formed, api):
    swarm = api.get("/swarm")
    path = f"/swarm/update?version={swarm['Version']['Index']}"
    check(api.request("POST", "/swarm/update?version=zz", swarm["Spec"]), 400,
          "invalid swarm version 'zz': strconv.ParseUint: parsing \"zz\": invalid syntax")
    check(api.request("POST", path + "&rotateWorkerToken=zz", swarm["Spec"]), 400,
          "invalid value for rotateWorkerToken: zz")
    check(api.request("POST", path, {**swarm["Spec"], "Name": "zz"}), 400, 'swarm spec must be named "default"')
    check(api.request("POST", path, {**swarm["Spec"], "CAConfig": {"NodeCertExpiry": 1}}),
          *invalid("minimum certificate expiry time is: 1h0m0s"))
    check(api.request("POST", path, {**swarm["Spec"], "Dispatcher": {"HeartbeatPeriod": -1}}),
          *invalid("heartbeat time period cannot be a negative duration"))


def test_swarm_twice_and_leave(formed, api):
    already = ('This node is already part of a swarm. Use "docker swarm leave" to leave this swarm and join another one.')
    check(api.request("POST", "/swarm/init", formed.init_request()), 503, already)
    check(api.request("POST", "/swarm/join", {"RemoteAddrs": ["127.0.0.1:1"], "ListenAddr": "0.0.0.0:2377"}), 503, already)
    check(api.request("POST", "/swarm/leave"), 503,
          "You are attempting to leave the swarm on a node that is participating as a manager. Removing the last "
          "manager erases all current state of the swarm. Use `--force` to ignore this message. ")


@pytest.mark.parametrize("method, path", [
    ("GET", "/swarm"), ("GET", "/services"), ("GET", "/services/x"), ("DELETE", "/services/x"), ("GET", "/nodes"),
    ("GET", "/nodes/x"), ("DELETE", "/nodes/x"), ("GET", "/tasks"), ("GET", "/tasks/x"), ("GET", "/swarm/unlockkey"),
    ("GET", "/secrets"), ("GET", "/configs"), ("GET", "/services/x/logs?stdout=1"), ("GET", "/tasks/x/logs?stdout=1")])
def test_outside_of_a_swarm(no_swarm, api, method, path):
    check(api.request(method, path), 503, NOT_A_MANAGER)


def test_writes_outside_of_a_swarm(no_swarm, api):
    check(api.request("POST", "/services/create", SPEC), 503, NOT_A_MANAGER)
    check(api.request("POST", "/services/x/update?version=1", SPEC), 503, NOT_A_MANAGER)
    check(api.request("POST", "/nodes/x/update?version=1", {"Role": "worker", "Availability": "active"}), 503, NOT_A_MANAGER)
    check(api.request("POST", "/swarm/leave"), 503, "This node is not part of a swarm")
    assert api.request("POST", "/services/create", "{").status == 400, "the body is read first"


@pytest.mark.parametrize("changes, status, message", [
    ({"ListenAddr": ""}, 400, 'invalid ListenAddr "": invalid empty address'),
    ({"ListenAddr": "nohost:2377"}, 400,
     "listen address must be an IP address or network interface (with optional port number)"),
    ({"AdvertiseAddr": "0.0.0.0"}, 400,
     "advertise address must be a non-zero IP address or network interface (with optional port number)"),
    ({"AdvertiseAddr": "nosuch"}, 400,
     "advertise address must be a non-zero IP address or network interface (with optional port number)"),
    ({"DataPathAddr": "nosuch"}, 400,
     "data path address must be a non-zero IP address or network interface (without a port number)"),
    ({"DataPathPort": 80}, 500, "Datapath port number is not in valid range (1024-49151) : 80"),
    ({"DefaultAddrPool": ["zz"]}, 500, "invalid base pool zz: invalid CIDR address: zz"),
    ({"DefaultAddrPool": ["10.0.0.0/8"], "SubnetSize": 30}, 500, "subnet size is out of range: 30"),
    ({"Spec": {"Name": "zz"}}, 400, 'swarm spec must be named "default"'),
    ({"Availability": "zz"}, 500, 'invalid Availability: "zz"'),
])
def test_init(no_swarm, api, changes, status, message):
    check(api.request("POST", "/swarm/init", {**no_swarm.init_request(), **changes}), status, message)
    assert api.get("/info")["Swarm"]["LocalNodeState"] == "inactive"


NO_CLUSTER_VOLUMES = "cluster volumes (CSI) are not part of this version of swarmward: "


@pytest.mark.differs("cluster volumes are not supported here")
def test_cluster_volumes_are_refused(swarm, api, any_docker):
    body = {"Name": "shared", "Driver": "csi", "ClusterVolumeSpec": {"AccessMode": {"Scope": "single", "MountVolume": {}}}}
    reply = api.request("POST", "/volumes/create", body)
    assert (reply.status, reply.message.startswith(NO_CLUSTER_VOLUMES + "leave out --type")) == (501, True), reply.message
    assert api.request("GET", "/volumes/shared").status == 404
    api.post("/volumes/create", {"Name": "plain", "ClusterVolumeSpec": None, "Labels": {"a": "b"}})
    reply = api.request("PUT", "/volumes/plain?version=1", {"Spec": {"Availability": "drain"}})
    assert (reply.status, reply.message.startswith(NO_CLUSTER_VOLUMES + "volume plain is none")) == (501, True), reply.message
    assert [volume["Labels"] for volume in api.get("/volumes", name="plain")["Volumes"]] == [{"a": "b"}]
    mounted = {"Image": "alpine", "Mounts": [{"Type": "cluster", "Source": "group:x", "Target": "/data"}]}
    reply = api.request("POST", "/services/create", {"Name": "x", "TaskTemplate": {"ContainerSpec": mounted}})
    assert (reply.status, "the mount at /data is of a cluster volume" in reply.message) == (501, True), reply.message
    if any_docker.major >= 23:
        assert NO_CLUSTER_VOLUMES in any_docker(
            "volume", "create", "--type", "mount", "--driver", "csi", "shared", code=1).err
        assert any_docker("volume", "ls", "--cluster", "-q").out == ""
        assert "an only update cluster volumes" in any_docker("volume", "update", "plain", code=1).err
    api.delete("/volumes/plain")
