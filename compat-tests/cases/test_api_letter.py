"""The swarm API to the letter: what the rows of the conformance table leave out. Nothing here needs a running task,
but for the logs."""
import json
import re
import time
import urllib.parse

import pytest

from harness.api import Api
from harness.refusals import check, invalid, rpc
from harness.services import create, shell
from harness.waiting import wait_until

OPEN = {"TargetPort": 80}


def idle(api, name, **parts):
    """A service without tasks."""
    return create(api, name, replicas=0, **parts)


def publish(*ports, mode=None):
    return {"Ports": list(ports), **({"Mode": mode} if mode else {})}


def published(api, name):
    """The ports of the service's endpoint, once it has them."""
    wanted = len(api.service(name)["Spec"]["EndpointSpec"].get("Ports", []))

    def known():
        ports = api.service(name)["Endpoint"].get("Ports", [])
        return len(ports) == wanted and all(p.get("PublishedPort") or p["PublishMode"] == "host" for p in ports)
    wait_until(known, f"{name} has its ports")
    return [p.get("PublishedPort", 0) for p in api.service(name)["Endpoint"]["Ports"]]


def test_an_open_port_is_chosen_and_stays(swarm, api):
    idle(api, "open", EndpointSpec=publish(OPEN, {**OPEN, "Protocol": "udp"}))
    first = published(api, "open")
    assert all(30000 <= port <= 32767 for port in first)
    assert "PublishedPort" not in api.service("open")["Spec"]["EndpointSpec"]["Ports"][0]
    api.update("open", lambda spec: spec.update(Labels={"a": "b"}))
    assert published(api, "open") == first
    idle(api, "other", EndpointSpec=publish(OPEN))
    assert published(api, "other") != first[:1]
    made = api.service("open")["ID"]
    check(api.request("POST", "/services/create", {
        "Name": "late", "TaskTemplate": {"ContainerSpec": {"Image": "alpine"}},
        "EndpointSpec": publish({**OPEN, "PublishedPort": first[0]})}),
        *invalid(f"port '{first[0]}' is already in use by service 'open' ({made}) as an ingress port"))


@pytest.mark.differs("native renumbers open ports when one is added")
def test_a_new_port_renumbers_no_other(swarm, api):
    idle(api, "open", EndpointSpec=publish(OPEN))
    first = published(api, "open")
    api.update("open", lambda spec: spec.update(EndpointSpec=publish({"TargetPort": 90}, OPEN)))
    assert published(api, "open")[1:] == first


def test_a_named_port_of_the_range_is_passed_over(swarm, api):
    idle(api, "first", EndpointSpec=publish(OPEN))
    port = published(api, "first")[0]
    idle(api, "named", EndpointSpec=publish({**OPEN, "PublishedPort": port + 1}))
    idle(api, "second", EndpointSpec=publish(OPEN))
    assert published(api, "second")[0] not in (port, port + 1)


def test_the_endpoint_says_only_what_is_allocated(swarm, api):
    idle(api, "plain")
    idle(api, "dns", EndpointSpec={"Mode": "dnsrr"})
    host = {"Protocol": "tcp", "TargetPort": 80, "PublishMode": "host"}
    idle(api, "host", EndpointSpec=publish(host, mode="dnsrr"))
    published(api, "host")
    assert api.service("plain")["Endpoint"] == {"Spec": {}} == api.service("dns")["Endpoint"]
    assert api.service("host")["Endpoint"] == {"Spec": {"Mode": "dnsrr", "Ports": [host]}, "Ports": [host]}
    api.update("host", lambda spec: spec.pop("EndpointSpec"))
    wait_until(lambda: api.service("host")["Endpoint"] == {"Spec": {}}, "the endpoint is given up")


@pytest.mark.differs("native takes such ports in and leaves the tasks in new for ever")
@pytest.mark.parametrize("port", [{"TargetPort": 70000}, {**OPEN, "PublishedPort": 70000}])
def test_a_port_out_of_range_is_refused(swarm, api, port):
    reply = api.request("POST", "/services/create", {
        "Name": "far", "TaskTemplate": {"ContainerSpec": {"Image": "alpine"}}, "EndpointSpec": publish(port)})
    assert reply.status == 400 and "70000 is out of range" in reply.message


@pytest.mark.differs("native makes tasks until there is no memory left, and again at each start")
@pytest.mark.parametrize("mode", [{"Replicated": {"Replicas": 10**12}}, {"ReplicatedJob": {"TotalCompletions": 10**12}}])
def test_more_tasks_than_a_manager_can_record(swarm, api, mode):
    reply = api.request("POST", "/services/create", {
        "Name": "many", "TaskTemplate": {"ContainerSpec": {"Image": "alpine"}}, "Mode": mode})
    check(reply, *invalid("a service may have at most 1000000 tasks"))


def test_a_spec_that_is_too_large_changes_nothing(swarm, api):
    reply = api.request("POST", "/services/create", {
        "Name": "huge", "Labels": {"a": "x" * 1_600_000}, "TaskTemplate": {"ContainerSpec": {"Image": "alpine"}}})
    assert reply.status == (400 if swarm.name == "swarmward" else 500), reply
    assert "too large" in reply.message and api.get("/services") == []


@pytest.mark.differs("native meets both specs in one transaction, which is then too large")
def test_a_large_spec_can_be_updated(swarm, api):
    idle(api, "large", Labels={"a": "x" * 900_000})
    api.update("large", lambda spec: spec.update(Labels={"a": "y" * 900_000}))


def test_jobs_have_defaults_and_iterations(swarm, api):
    for mode, shown in (({"ReplicatedJob": {}}, {"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 1}}),
                        ({"ReplicatedJob": {"MaxConcurrent": 3}},
                         {"ReplicatedJob": {"MaxConcurrent": 3, "TotalCompletions": 3}}),
                        ({"GlobalJob": {}}, {"GlobalJob": {}})):
        create(api, "job", Mode=mode, Placement={"Constraints": ["node.labels.no==where"]})
        made = api.service("job")
        assert made["Spec"]["Mode"] == shown
        assert made["JobStatus"]["JobIteration"] == {} and made["JobStatus"]["LastExecution"] > "2"
        api.update("job", lambda spec: spec.update(Labels={"a": "b"}))
        again = api.service("job")["JobStatus"]
        assert again["JobIteration"] == {"Index": 1} and again["LastExecution"] > made["JobStatus"]["LastExecution"]
        word = "global-job" if "GlobalJob" in mode else "replicated-job"
        assert [s["Spec"]["Name"] for s in api.get("/services", mode=word)] == ["job"]
        api.delete("/services/job")


def test_old_clients_know_no_jobs(swarm):
    old = Api(swarm.url, "1.40")
    old.post("/services/create", {
        "Name": "job", "Mode": {"ReplicatedJob": {"MaxConcurrent": 5}},
        "TaskTemplate": {"ContainerSpec": {"Image": "alpine", "Sysctls": {"a": "b"}, "CapabilityAdd": ["CAP_CHOWN"]},
                         "Placement": {"Constraints": ["node.labels.no==where"], "MaxReplicas": 3}}})
    made = swarm.api.service("job")
    assert made["Spec"]["Mode"] == {"Replicated": {"Replicas": 1}} and "JobStatus" not in made
    container = made["Spec"]["TaskTemplate"]["ContainerSpec"]
    assert "CapabilityAdd" not in container and container["Sysctls"] == {"a": "b"}
    assert "ServiceStatus" not in old.get("/services?status=true")[0]
    assert "ServiceStatus" in swarm.api.get("/services?status=true")[0]


def test_local_networks_are_not_for_services(swarm, api):
    swarm.engines["h1"].request("DELETE", "/networks/own")
    swarm.engines["h1"].post("/networks/create", {"Name": "own", "Driver": "bridge"})
    rows = [("own", 403, "The network own cannot be used with services. Only networks scoped to the swarm can be used, "
                         "such as those created with the overlay driver."),
            ("none", 404, "could not find the corresponding predefined swarm network: network none not found"),
            ("ingress", *invalid('Service cannot be explicitly attached to the ingress network "ingress"'))]
    try:
        for target, status, message in rows:
            spec = {"Name": "net", "TaskTemplate": {"ContainerSpec": {"Image": "alpine"}, "Networks": [{"Target": target}]}}
            check(api.request("POST", "/services/create", spec), status, message)
    finally:
        swarm.engines["h1"].delete("/networks/own")


@pytest.mark.parametrize("name", ["host", "bridge"])
def test_networks_of_the_engine_by_id_stand_for_those_of_the_swarm(swarm, api, name):
    own = swarm.engines["h1"].get(f"/networks/{name}?scope=local")["Id"]
    by_name = api.service(idle(api, "name", Networks=[{"Target": name}]))["Spec"]["TaskTemplate"]["Networks"]
    by_id = api.service(idle(api, "id", Networks=[{"Target": own}]))["Spec"]["TaskTemplate"]["Networks"]
    assert by_id == by_name


def names(documents):
    return sorted(d["Spec"]["Name"] for d in documents)


def test_filters_of_services(swarm, api):
    idle(api, "web", Labels={"tier": "front", "team": "a"})
    idle(api, "worker", Labels={"tier": "back"})

    def found(filters):
        return names(api.get("/services?filters=" + urllib.parse.quote(json.dumps(filters))))
    assert found({"name": {"w": False}}) == ["web", "worker"]
    assert found({"name": ["we", "zz"]}) == ["web"] and found({"name": ["WEB"]}) == []
    assert found({"label": ["tier", "team=a"]}) == ["web"] and found({"label": ["tier=a"]}) == []
    assert found({"name": [], "id": [], "label": [], "mode": []}) == ["web", "worker"]
    assert found({"runtime": ["container"]}) == ["web", "worker"] and found({"runtime": ["plugin"]}) == []
    assert found({"mode": ["replicated", "global"]}) == ["web", "worker"]


def test_filters_of_nodes(swarm, api):
    h1, h2 = api.nodes()["h1"], api.nodes()["h2"]
    assert {n["ID"] for n in api.get("/nodes", role=["Manager"])} == {h1["ID"]}
    assert {n["ID"] for n in api.get("/nodes", name=["h"], role=["worker"])} >= {h2["ID"]}
    assert [n["ID"] for n in api.get("/nodes", id=[h2["ID"][:12]])] == [h2["ID"]]
    assert len(api.get("/nodes", role=[""], membership=[""])) == len(api.nodes())
    query = urllib.parse.quote(json.dumps({"node.label": ["no.such"]}))
    assert api.get("/nodes?filters=" + query) == []


def test_node_updates_replace_the_spec(swarm, api):
    node = api.nodes()["h2"]

    def update(body, version=None):
        version = version or api.get(f"/nodes/{node['ID']}")["Version"]["Index"]
        return api.request("POST", f"/nodes/{node['ID']}/update?version={version}", body)
    check(update({"Availability": "active"}), 400, 'invalid Role: ""')
    check(update({"Role": "worker"}), 400, 'invalid Availability: ""')
    check(update({"Role": "worker", "Availability": "zz"}), 400, 'invalid Availability: "zz"')
    check(update({"Role": "worker", "Availability": "active"}, version=1), 500, rpc("Unknown", "update out of sequence"))
    assert update({"Role": "WORKER", "Availability": "Active", "Labels": {"a": "b"}, "Name": "nick"}).status == 200
    assert api.get(f"/nodes/{node['ID']}")["Spec"] == {
        "Name": "nick", "Labels": {"a": "b"}, "Role": "worker", "Availability": "active"}
    check(api.request("GET", "/nodes/nick"), 404, "node nick not found")
    assert update({"Role": "worker", "Availability": "active"}).status == 200
    assert api.get(f"/nodes/{node['ID']}")["Spec"] == {"Labels": {}, "Role": "worker", "Availability": "active"}


def test_swarm_update_zeroes_what_is_left_out(swarm, api):
    before = api.get("/swarm")["Spec"]

    def update(spec, query=""):
        version = api.get("/swarm")["Version"]["Index"]
        return api.request("POST", f"/swarm/update?version={version}{query}", spec)
    try:
        assert update({"Orchestration": {"TaskHistoryRetentionLimit": 3}}).status == 200
        now = api.get("/swarm")["Spec"]
        assert now["Orchestration"] == {"TaskHistoryRetentionLimit": 3} and now["CAConfig"] == {}
        assert now["Raft"]["ElectionTick"] == 0 and now["Name"] == "default" and now["TaskDefaults"] == {}
        check(update({"Name": "zz"}), 400, 'swarm spec must be named "default"')
    finally:
        assert update(before).status == 200


def test_tokens_and_keys_are_rotated(swarm, api):
    def update(query, **encryption):
        now = api.get("/swarm")
        now["Spec"]["EncryptionConfig"].update(encryption)
        reply = api.request("POST", f"/swarm/update?version={now['Version']['Index']}{query}", now["Spec"])
        assert reply.status == 200, reply
        return now["JoinTokens"], api.get("/swarm")["JoinTokens"]
    before, after = update("&rotateWorkerToken=true")
    assert before["Worker"] != after["Worker"] and before["Manager"] == after["Manager"]
    assert before["Worker"].split("-")[:3] == after["Worker"].split("-")[:3]
    assert api.get("/swarm/unlockkey") == {"UnlockKey": ""}
    try:
        update("", AutoLockManagers=True)
        key = api.get("/swarm/unlockkey")["UnlockKey"]
        assert re.fullmatch(r"SWMKEY-1-[A-Za-z0-9+/]{43}", key)
        update("&rotateManagerUnlockKey=1")
        assert api.get("/swarm/unlockkey")["UnlockKey"] not in ("", key)
        check(api.request("POST", "/swarm/unlock", {"UnlockKey": key}), 409, "swarm is not locked")
    finally:
        update("", AutoLockManagers=False)
    assert api.get("/swarm/unlockkey") == {"UnlockKey": ""}


def frames(body):
    found = []
    while body:
        size = int.from_bytes(body[4:8], "big")
        found.append((body[0], body[8:8 + size].decode()))
        body = body[8 + size:]
    return found


def test_logs(swarm, api):
    text = "for i in 1 2 3; do echo out$i; sleep 0.1; echo err$i >&2; sleep 0.1; done; exec sleep 100000"
    sid = create(api, "talker", shell(text, StopSignal="SIGKILL"))

    def log(query, path="/services/talker"):
        reply = api.request("GET", f"{path}/logs?{query}")
        assert reply.status == 200 and reply.headers["Transfer-Encoding"] == "chunked", reply
        return frames(reply.body)
    wait_until(lambda: api.running("talker") and len(log("stdout=1&stderr=1")) == 6, "it has said all")
    task = api.running("talker")[0]
    out, err = [(1, f"out{i}\n") for i in (1, 2, 3)], [(2, f"err{i}\n") for i in (1, 2, 3)]
    assert sorted(log("stdout=1&stderr=True")) == out + err
    assert log("stdout=yes&stderr=no") == out == log("stdout=1&tail=all") == log("stdout=1&since=-5")
    # The tail is cut before the streams are chosen.
    assert log("stdout=1&tail=1") == [] and log("stderr=1&tail=1") == err[2:] and log("stdout=1&tail=2") == out[2:]
    assert log("stdout=1&tail=0") == [] == log(f"stdout=1&since={int(time.time()) + 1000}")
    ids = (f"com.docker.swarm.node.id={task['NodeID']},com.docker.swarm.service.id={sid},"
           f"com.docker.swarm.task.id={task['ID']}")
    assert log("stdout=1&tail=2&details=1", f"/tasks/{task['ID']}") == [(1, f"{ids} out3\n")]
    stamped = log("stdout=1&tail=2&details=1&timestamps=1")[0][1]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z " + re.escape(ids) + " out3\n", stamped)


@pytest.mark.parametrize("query, status, message", [
    ("", 500, "Bad parameters: you must choose at least one stream"),
    ("stdout=0&stderr=none", 500, "Bad parameters: you must choose at least one stream"),
    ("stdout=1&tail=zz", 500, 'tail value must be a positive integer or "all"'),
    ("stdout=1&tail=-1", 500, "negative tail values not supported"),
    ("stdout=1&since=zz", 500, 'could not parse since timestamp: strconv.ParseInt: parsing "zz": invalid syntax'),
])
def test_log_requests_that_make_no_sense(swarm, api, query, status, message):
    idle(api, "quiet")
    check(api.request("GET", f"/services/quiet/logs?{query}"), status, message)
