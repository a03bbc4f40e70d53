"""Bad requests, one a row: the status and the text are native's to the letter, for clients and tools match on them."""
import copy
import json
import urllib.parse

import pytest

from harness.refusals import check, invalid, rpc

IMAGE = {"Image": "alpine"}


def spec(**changes):
    """A good service spec with dotted paths replaced: spec(**{"TaskTemplate.ContainerSpec.Image": ""})."""
    made = {"Name": "bad", "TaskTemplate": {"ContainerSpec": {**IMAGE, "Args": ["sleep", "1000"]}}}
    for path, value in changes.items():
        *parents, last = path.split(".")
        place = made
        for key in parents:
            place = place.setdefault(key, {})
        place[last] = copy.deepcopy(value)
    return made


CONSTRAINT = object()  # The status of a bad constraint: 400, native's is 500.
CONTAINER, TASK = "TaskTemplate.ContainerSpec.", "TaskTemplate."
PORT = {"TargetPort": 80, "PublishedPort": 18080}

SPECS = {
    "name with a dot": ({"Name": "a.b"}, *invalid("name must be valid as a DNS name component")),
    "name that starts with a dash": ({"Name": "-a"}, *invalid("name must be valid as a DNS name component")),
    "name of 64": ({"Name": "a" * 64}, *invalid("name must be 63 characters or fewer")),
    "two modes": ({"Mode": {"Replicated": {"Replicas": 1}, "Global": {}}}, 400, "must specify only one service mode"),
    "replicas beyond int64": ({"Mode.Replicated.Replicas": 2**63},
                              *invalid("Number of replicas must be non-negative")),
    "no image": ({CONTAINER + "Image": ""}, *invalid("ContainerSpec: image reference must be provided")),
    "bad image": ({CONTAINER + "Image": "BAD Image"},
                  *invalid('ContainerSpec: "BAD Image" is not a valid repository/tag')),
    "no container spec": ({"TaskTemplate": {}}, 400, "mismatched Runtime and *Spec fields"),
    "unknown runtime": ({TASK + "Runtime": "zz"}, 400, "unsupported runtime"),
    "too little cpu": ({TASK + "Resources.Limits.NanoCPUs": 1000},
                       *invalid("invalid cpu value 1e-06: Must be at least 0.001")),
    "too little memory": ({TASK + "Resources.Limits.MemoryBytes": 1000},
                          *invalid("invalid memory value 1000: Must be at least 4MiB")),
    "too little reserved": ({TASK + "Resources.Reservations.MemoryBytes": 1000},
                            *invalid("invalid memory value 1000: Must be at least 4MiB")),
    "restart condition": ({TASK + "RestartPolicy.Condition": "zzz"}, 400, 'invalid RestartCondition: "zzz"'),
    "restart delay": ({TASK + "RestartPolicy.Delay": -1}, *invalid("TaskSpec: restart-delay cannot be negative")),
    "restart window": ({TASK + "RestartPolicy.Window": -1}, *invalid("TaskSpec: restart-window cannot be negative")),
    "update failure action": ({"UpdateConfig.FailureAction": "zz"}, 400, "unrecognized update failure action zz"),
    "update order": ({"UpdateConfig.Order": "zz"}, 400, "unrecognized update order zz"),
    "update delay": ({"UpdateConfig.Delay": -1}, *invalid("TaskSpec: update-delay cannot be negative")),
    "update monitor": ({"UpdateConfig.Monitor": -1}, *invalid("TaskSpec: update-monitor cannot be negative")),
    "update ratio": ({"UpdateConfig.MaxFailureRatio": 1.5},
                     *invalid("TaskSpec: update-maxfailureratio cannot be less than 0 or bigger than 1")),
    "rollback failure action": ({"RollbackConfig.FailureAction": "zz"}, 400, "unrecognized update failure action zz"),
    "rollback order": ({"RollbackConfig.Order": "zz"}, 400, "unrecognized update order zz"),
    "job with update config": ({"Mode": {"ReplicatedJob": {}}, "UpdateConfig": {"Parallelism": 1}},
                               *invalid("Jobs may not have an update config")),
    "resolution mode": ({"EndpointSpec.Mode": "VIP"}, 400, 'invalid resolution mode: "VIP"'),
    "dnsrr and ingress": ({"EndpointSpec": {"Mode": "dnsrr", "Ports": [PORT]}},
                          *invalid("EndpointSpec: port published with ingress mode can't be used with dnsrr mode")),
    "port twice": ({"EndpointSpec.Ports": [PORT, {**PORT, "TargetPort": 81}]},
                   *invalid("EndpointSpec: duplicate published ports provided")),
    "constraint without operator": ({TASK + "Placement.Constraints": ["foo"]},
                                    CONSTRAINT, rpc("Unknown", "constraint expected one operator from ==, !=")),
    "constraint with one =": ({TASK + "Placement.Constraints": ["node.labels.a=b"]},
                              CONSTRAINT, rpc("Unknown", "constraint expected one operator from ==, !=")),
    "constraint key": ({TASK + "Placement.Constraints": ["no de==a"]}, CONSTRAINT, rpc("Unknown", "key 'no de' is invalid")),
    "constraint value": ({TASK + "Placement.Constraints": ["node.labels.a==a,b"]},
                         CONSTRAINT, rpc("Unknown", "value 'a,b' is invalid")),
    "mount target twice": ({CONTAINER + "Mounts": [{"Type": "volume", "Target": "/a"}, {"Type": "tmpfs", "Target": "/a"}]},
                           *invalid("ContainerSpec: duplicate mount point: /a")),
    "mount type": ({CONTAINER + "Mounts": [{"Type": "zz", "Target": "/a"}]}, 400, 'invalid MountType: "zz"'),
    "mount propagation": ({CONTAINER + "Mounts": [{"Type": "bind", "Source": "/a", "Target": "/a",
                                                  "BindOptions": {"Propagation": "zz"}}]},
                          400, 'invalid MountPropagation: "zz"'),
    "health interval": ({CONTAINER + "Healthcheck.Interval": 1},
                        *invalid("ContainerSpec: Interval in HealthConfig cannot be less than 1ms")),
    "health timeout": ({CONTAINER + "Healthcheck.Timeout": 1},
                       *invalid("ContainerSpec: Timeout in HealthConfig cannot be less than 1ms")),
    "health start period": ({CONTAINER + "Healthcheck.StartPeriod": 1},
                            *invalid("ContainerSpec: StartPeriod in HealthConfig cannot be less than 1ms")),
    "health retries": ({CONTAINER + "Healthcheck.Retries": -1},
                       *invalid("ContainerSpec: Retries in HealthConfig cannot be negative")),
    "health retries beyond int32": ({CONTAINER + "Healthcheck.Retries": 2**31},
                                    *invalid("ContainerSpec: Retries in HealthConfig cannot be negative")),
    "unknown network": ({TASK + "Networks": [{"Target": "nope"}]}, 500, "network nope not found"),
    "secret without id": ({CONTAINER + "Secrets": [{"SecretName": "a", "File": {"Name": "a"}}]},
                          *invalid("malformed secret reference")),
    "secret that is not there": ({CONTAINER + "Secrets": [{"SecretName": "a", "SecretID": "x", "File": {"Name": "a"}}]},
                                 *invalid("secret not found: a")),
    "config without file": ({CONTAINER + "Configs": [{"ConfigName": "a", "ConfigID": "x"}]},
                            400, "invalid Config: either File or Runtime should be set"),
    "config that is not there": ({CONTAINER + "Configs": [{"ConfigName": "a", "ConfigID": "x", "File": {"Name": "a"}}]},
                                 *invalid("config not found: a")),
}


@pytest.mark.parametrize("case", SPECS)
def test_create(formed, api, case):
    changes, status, message = SPECS[case]
    if status is CONSTRAINT:
        status = 500 if formed.name == "native" else 400
    check(api.request("POST", "/services/create", spec(**changes)), status, message)
    assert api.get("/services") == []


@pytest.mark.parametrize("path, value, start", [
    (CONTAINER + "Env", ["A={{.Foo}}"], 'expanding env failed: expanding env "A={{.Foo}}": template: expansion:1:2: executing '
     '"expansion" at <.Foo>: can\'t evaluate field Foo in type *template.Context'),
    (CONTAINER + "Hostname", "{{.Foo}}", "expanding hostname failed: "),
    (CONTAINER + "Mounts", [{"Type": "volume", "Source": "{{.Foo}}", "Target": "/a"}], "expanding mounts failed: "),
    (CONTAINER + "Env", ["A={{"], "expanding env failed: "),
])
def test_templates_are_checked_at_create(formed, api, path, value, start):
    reply = api.request("POST", "/services/create", spec(**{path: value}))
    assert reply.status == 400 and reply.message.startswith(rpc("InvalidArgument", start)), reply


@pytest.fixture
def kept(swarm):
    """A service without tasks, to send bad updates to."""
    swarm.api.post("/services/create", spec(Name="kept", **{"Mode.Replicated.Replicas": 0}))
    return swarm.api


def updated(api, query="", **changes):
    now = api.service("kept")
    path = f"/services/{now['ID']}/update?version={now['Version']['Index']}{query}"
    return api.request("POST", path, {**now["Spec"], **changes})


def test_update(kept):
    now = kept.service("kept")
    base = f"/services/{now['ID']}/update"
    stale = now["Version"]["Index"] - 1
    rows = [
        (f"{base}?version={stale}", now["Spec"], 500, rpc("Unknown", "update out of sequence")),
        (f"{base}?version=", now["Spec"], 400,
         "invalid service version '': strconv.ParseUint: parsing \"\": invalid syntax"),
        (f"{base}?version=zz", now["Spec"], 400,
         "invalid service version 'zz': strconv.ParseUint: parsing \"zz\": invalid syntax"),
        ("/services/nope/update?version=1", now["Spec"], 404, "service nope not found"),
    ]
    for path, body, status, message in rows:
        check(kept.request("POST", path, body), status, message)
    check(updated(kept, Name="other"), 501, rpc("Unimplemented", "renaming services is not supported"))
    check(updated(kept, Mode={"Global": {}}), 501, rpc("Unimplemented", "service mode change is not allowed"))
    check(updated(kept, "&rollback=zz"), 500, "unrecognized rollback option zz")
    check(updated(kept, "&rollback=previous"), 400,
          rpc("FailedPrecondition", f"service {now['ID']} does not have a previous spec"))
    check(updated(kept, "&registryAuthFrom=previous-spec"), 500, "service does not have a previous spec")
    assert kept.service("kept") == now, "a refused update changes nothing"


def test_a_name_is_taken_whatever_its_case(kept):
    for name in ("kept", "KEPT"):
        check(kept.request("POST", "/services/create", spec(Name=name)), 409,
              rpc("AlreadyExists", f"name conflicts with an existing object: service {name} already exists"))


def test_a_published_port_is_taken(swarm, api):
    made = api.post("/services/create", spec(Name="first", **{"EndpointSpec.Ports": [PORT], "Mode.Replicated.Replicas": 0}))
    check(api.request("POST", "/services/create", spec(**{"EndpointSpec.Ports": [PORT]})),
          *invalid(f"port '18080' is already in use by service 'first' ({made['ID']}) as an ingress port"))
    check(api.request("POST", "/services/create", spec(**{"EndpointSpec.Ports": [{**PORT, "PublishMode": "host"}]})),
          *invalid(f"port '18080' is already in use by service 'first' ({made['ID']}) as an ingress port"))


def filters(**values):
    return "?filters=" + urllib.parse.quote(json.dumps({k: [v] for k, v in values.items()}))


@pytest.mark.parametrize("method, path, status, message", [
    ("GET", "/services/nope", 404, "service nope not found"),
    ("DELETE", "/services/nope", 404, "service nope not found"),
    ("GET", "/nodes/nope", 404, "node nope not found"),
    ("DELETE", "/nodes/nope", 404, "node nope not found"),
    ("GET", "/tasks/nope", 404, "task nope not found"),
    ("GET", "/services/nope/logs?stdout=1", 404, "service nope not found"),
    ("GET", "/tasks/nope/logs?stdout=1", 404, "task nope not found"),
    ("GET", "/services?status=zz", 400,
     'invalid value for status: zz: strconv.ParseBool: parsing "zz": invalid syntax'),
    ("GET", "/tasks" + filters(service="nope"), 404, "service nope not found"),
    ("GET", "/tasks" + filters(node="nope"), 404, "node nope not found"),
    ("GET", "/tasks" + filters(**{"desired-state": "zz"}), 500, "Invalid desired-state filter: 'zz'"),
    ("GET", "/nodes" + filters(role="zz"), 500, "Invalid role filter: 'zz'"),
    ("GET", "/nodes" + filters(membership="zz"), 500, "Invalid membership filter: 'zz'"),
    ("GET", "/services/", 404, "page not found"),
    ("PUT", "/services", 404, "page not found"),
    ("POST", "/services", 404, "page not found"),
    ("GET", "/swarm/nope", 404, "page not found"),
])
def test_paths_and_filters(formed, api, method, path, status, message):
    check(api.request(method, path), status, message)


@pytest.mark.parametrize("path", ["/services", "/nodes", "/tasks"])
def test_unknown_filter(formed, api, path):
    for key in ("foo", "up-to-date"):
        reply = api.request("GET", path + filters(**{key: "x"}))
        # A capital letter up to 20.10, a small one after.
        assert (reply.status, reply.message.lower()) == (400, f"invalid filter '{key}'")


def test_unknown_values_that_only_find_nothing(formed, api):
    assert api.get("/services", mode="zz") == []
    assert api.get("/services", name="nope") == []
    assert api.get("/nodes", name="nope") == []
    assert api.get("/tasks", id="nope") == []


def test_json_is_read_as_go_does(formed, api):
    # Keys match in any case, unknown ones are ignored, null is the default.
    odd = {"name": "odd", "LABELS": None, "nonsense": 1, "mode": {"replicated": {"replicas": 0}},
           "tasktemplate": {"containerspec": {"image": "alpine"}}}
    made = api.request("POST", "/services/create", odd)
    assert made.status == 201
    assert api.service("odd")["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"] == "alpine"
    api.delete("/services/odd")
    negative = api.request("POST", "/services/create", spec(**{"Mode.Replicated.Replicas": -1}))
    assert negative.status == 400
    assert negative.message.endswith("json: cannot unmarshal number -1 into Go struct field "
                                     "ReplicatedService.Mode.Replicated.Replicas of type uint64")
    for path, value, where in [
            ("EndpointSpec.Mode", 1, "number into Go struct field EndpointSpec.EndpointSpec.Mode of type swarm.ResolutionMode"),
            (CONTAINER + "Secrets", {}, "object into Go struct field ContainerSpec.TaskTemplate.ContainerSpec.Secrets "
                                        "of type []*swarm.SecretReference")]:
        wrong = api.request("POST", "/services/create", spec(**{path: value}))
        assert wrong.status == 400 and wrong.message.endswith("json: cannot unmarshal " + where), wrong
    assert api.request("POST", "/services/create", "{").status == 400


def test_ambiguous_prefix(swarm, api):
    # With 40 services, some two ids start alike.
    ids = [api.post("/services/create", spec(Name=f"s{i}", **{"Mode.Replicated.Replicas": 0}))["ID"] for i in range(40)]
    starts = [i[0] for i in ids]
    start, count = next((s, starts.count(s)) for s in starts if starts.count(s) > 1)
    check(api.request("GET", f"/services/{start}"), 400, f"service {start} is ambiguous ({count} matches found)")
