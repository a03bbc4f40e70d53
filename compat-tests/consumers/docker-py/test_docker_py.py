"""docker-py (Debian's python3-docker) as its users write it: swarm, services, tasks, nodes, filters, logs."""
import docker
import pytest
from docker import types

from harness.waiting import wait_until


@pytest.fixture
def client(target):
    it = docker.DockerClient(base_url=target.url)
    yield it
    it.close()


@pytest.fixture
def web(swarm, client):
    """A service of two replicas that runs."""
    service = client.services.create(
        "alpine", ["sh", "-c", "echo hello from $NAME; exec sleep 100000"], name="web", env=["NAME=web"],
        labels={"tier": "front"}, container_labels={"inside": "yes"}, mode=types.ServiceMode("replicated", 2),
        stop_grace_period=10**9)
    wait_until(lambda: len(running(service)) == 2, "two tasks of web run")
    return service


def running(service):
    return [t for t in service.tasks(filters={"desired-state": "running"}) if t["Status"]["State"] == "running"]


def test_init_inspect_update_and_leave(no_swarm, client):
    node_id = client.swarm.init(advertise_addr=no_swarm.address, listen_addr="0.0.0.0:2377", snapshot_interval=5000,
                                task_history_retention_limit=3, labels={"env": "test"})
    assert client.nodes.get(node_id).attrs["ManagerStatus"]["Leader"] is True
    spec = client.swarm.attrs["Spec"]
    assert spec["Raft"]["SnapshotInterval"] == 5000
    assert spec["Orchestration"]["TaskHistoryRetentionLimit"] == 3
    assert spec["Labels"] == {"env": "test"}
    before = client.swarm.attrs["JoinTokens"]["Worker"]
    assert client.swarm.update(rotate_worker_token=True, task_history_retention_limit=4)
    client.swarm.reload()
    assert client.swarm.attrs["JoinTokens"]["Worker"] != before
    assert client.swarm.attrs["Spec"]["Orchestration"]["TaskHistoryRetentionLimit"] == 4
    assert client.swarm.get_unlock_key() == {"UnlockKey": ""}
    with pytest.raises(docker.errors.APIError) as refused:
        client.swarm.leave()
    assert refused.value.status_code == 503
    assert client.swarm.leave(force=True)
    with pytest.raises(docker.errors.APIError) as outside:
        client.services.list()
    assert outside.value.status_code == 503


def test_a_second_init_is_refused(formed, client):
    with pytest.raises(docker.errors.APIError) as refused:
        client.swarm.init(advertise_addr=formed.address)
    assert refused.value.status_code == 503
    assert "already part of a swarm" in refused.value.explanation


def test_everything_a_service_can_be_given_comes_back(swarm, client):
    service = client.services.create(
        "alpine", ["/bin/sh", "-c"], args=["exec sleep 100000"], name="full", hostname="box",
        env={"A": "1"}, workdir="/tmp", user="0", tty=True, open_stdin=True, read_only=True, stop_signal="SIGINT",
        stop_grace_period=2 * 10**9, groups=["100"], hosts={"db": "10.0.0.9"}, init=True, isolation="default",
        cap_add=["NET_ADMIN"], cap_drop=["CHOWN"],
        mounts=["/var/tmp:/mnt:ro", types.Mount("/scratch", None, type="tmpfs", tmpfs_size=1 << 20)],
        healthcheck=types.Healthcheck(test=["CMD", "true"], interval=10**9, timeout=10**9, retries=3),
        dns_config=types.DNSConfig(nameservers=["10.0.0.1"], search=["example.test"]),
        constraints=["node.role == manager"], preferences=[("spread", "node.labels.zone")], maxreplicas=4,
        platforms=[("x86_64", "linux"), ("aarch64", "linux")],
        resources=types.Resources(cpu_limit=500_000_000, mem_limit=64 << 20, cpu_reservation=1_000_000),
        restart_policy=types.RestartPolicy("on-failure", delay=10**9, max_attempts=5, window=10**9),
        update_config=types.UpdateConfig(2, 10**9, "rollback", monitor=10**9, max_failure_ratio=0.5, order="start-first"),
        log_driver="json-file",
        log_driver_options={"max-size": "1m"},
        endpoint_spec=types.EndpointSpec(ports={18333: (80, "tcp", "host")}))
    wait_until(lambda: len(running(service)) == 1, "the task of full runs")
    service.reload()
    spec = service.attrs["Spec"]
    container = spec["TaskTemplate"]["ContainerSpec"]
    assert container["Command"] == ["/bin/sh", "-c"] and container["Args"] == ["exec sleep 100000"]
    assert container["Hosts"] == ["10.0.0.9 db"]
    assert container["CapabilityAdd"] == ["NET_ADMIN"] and container["CapabilityDrop"] == ["CHOWN"]
    assert spec["TaskTemplate"]["Placement"]["MaxReplicas"] == 4
    assert spec["TaskTemplate"]["LogDriver"] == {"Name": "json-file", "Options": {"max-size": "1m"}}
    assert spec["UpdateConfig"]["Order"] == "start-first"
    assert spec["EndpointSpec"]["Ports"][0]["PublishMode"] == "host"
    task = running(service)[0]
    assert task["Status"]["PortStatus"]["Ports"][0]["PublishedPort"] == 18333


def test_services_are_found_by_name_id_and_filters(web, client):
    assert client.services.get("web").id == web.id
    assert client.services.get(web.short_id).name == "web"
    assert [s.name for s in client.services.list(filters={"name": "web"})] == ["web"]
    assert [s.name for s in client.services.list(filters={"label": ["tier=front"]})] == ["web"]
    assert client.services.list(filters={"mode": "global"}) == []
    with pytest.raises(docker.errors.NotFound):
        client.services.get("nope")
    with pytest.raises(docker.errors.APIError) as conflict:
        client.services.create("alpine", ["true"], name="web")
    assert conflict.value.status_code == 409


def test_scale_update_force_and_rollback(web, client):
    assert web.scale(3)
    wait_until(lambda: len(running(web)) == 3, "three tasks run")
    web.reload()
    assert web.update(env=["NAME=other"], fetch_current_spec=True)
    wait_until(lambda: {tuple(t["Spec"]["ContainerSpec"]["Env"]) for t in running(web)} == {("NAME=other",)}
               and len(running(web)) == 3, "all tasks have the new environment", 120)
    web.reload()
    assert web.attrs["Spec"]["TaskTemplate"]["ContainerSpec"]["Command"][0] == "sh"
    before = {t["ID"] for t in running(web)}
    assert web.force_update()
    wait_until(lambda: len(running(web)) == 3 and not before & {t["ID"] for t in running(web)}, "all are new", 120)


def test_tasks_of_a_service(web, client, swarm):
    low = client.api
    task = running(web)[0]
    assert low.inspect_task(task["ID"])["ServiceID"] == web.id
    nodes = {n.id for n in client.nodes.list()}
    assert {t["NodeID"] for t in running(web)} <= nodes
    on_node = low.tasks(filters={"service": "web", "node": task["NodeID"], "desired-state": "running"})
    assert task["ID"] in [t["ID"] for t in on_node]
    assert low.tasks(filters={"label": "tier=front"})
    assert low.tasks(filters={"name": "nope"}) == []


def test_logs_with_and_without_details(web, client):
    def logged(**how):
        return b"".join(web.logs(stdout=True, **how)).decode()
    wait_until(lambda: logged().count("hello from web\n") == 2, "both tasks' lines are there")
    assert f"com.docker.swarm.service.id={web.id}" in logged(details=True)
    assert logged(tail=0) == ""
    assert logged(timestamps=True).split("T")[0][:2] == "20"
    following = web.logs(stdout=True, follow=True, tail="all")
    assert "hello from web" in next(following).decode()


def test_nodes(swarm, client):
    listed = client.nodes.list(filters={"role": "manager"})
    assert [n.attrs["Spec"]["Role"] for n in listed] == ["manager"]
    worker = next(n for n in client.nodes.list() if n.attrs["Description"]["Hostname"] == "h2")
    spec = {**worker.attrs["Spec"], "Labels": {"zone": "b"}, "Availability": "drain"}
    assert worker.update(spec)
    worker.reload()
    assert worker.attrs["Spec"]["Labels"] == {"zone": "b"}
    assert [n.id for n in client.nodes.list(filters={"node.label": "zone=b"})] == [worker.id]
    with pytest.raises(docker.errors.APIError) as refused:
        client.api.remove_node(worker.id)
    assert refused.value.status_code == 400


def test_global_mode_and_removal(swarm, client):
    everywhere = client.services.create("alpine", ["sleep", "100000"], name="every", mode=types.ServiceMode("global"),
                                        stop_grace_period=10**9)
    wait_until(lambda: len(running(everywhere)) == 3, "one task a node runs")
    assert everywhere.attrs["Spec"]["Mode"] == {"Global": {}}
    assert everywhere.remove()
    with pytest.raises(docker.errors.NotFound):
        client.services.get("every")
    wait_until(lambda: not any(swarm.containers().values()), "its containers are gone")


def test_events_and_the_rest_of_the_engine(swarm, client):
    assert client.ping()
    assert client.info()["Swarm"]["LocalNodeState"] == "active"
    assert client.version()["ApiVersion"]
    name = client.containers.run("alpine", ["echo", "plain"], remove=True)
    assert name == b"plain\n"


@pytest.fixture(params=["secret", "config"])
def store(request, swarm, client):
    """The collection of secrets or configs, emptied afterwards."""
    collection = getattr(client, request.param + "s")
    collection.kind = request.param
    yield collection
    for each in collection.list():
        each.remove()


def make_given(store, name, data=b"data", **labels):
    """docker-py 5.0 trips over the answer to `create` of its high-level interface; users take the low-level one."""
    made = getattr(store.client.api, f"create_{store.kind}")(name, data, labels=labels)
    return store.get(made["ID"])


def test_secrets_and_configs_are_made_found_and_removed(store):
    one = make_given(store, "key-one", b"\x00binary\xff", tier="front")
    two = make_given(store, "key-two")
    assert one.name == "key-one" and one.attrs["Spec"]["Labels"] == {"tier": "front"}
    assert {each.id for each in store.list()} == {one.id, two.id}
    assert [each.id for each in store.list(filters={"name": "key-o"})] == [one.id], "the beginning of a name will do"
    assert [each.id for each in store.list(filters={"label": "tier=front"})] == [one.id]
    assert [each.id for each in store.list(filters={"id": two.id})] == [two.id]
    assert store.get("key-one").id == one.id and store.get("KEY-ONE").id == one.id
    if store.kind == "config":
        assert one.attrs["Spec"]["Data"] == "AGJpbmFyef8="
    else:
        assert "Data" not in one.attrs["Spec"]
    with pytest.raises(docker.errors.APIError) as taken:
        make_given(store, "key-one")
    assert taken.value.status_code == 409
    assert one.remove()
    with pytest.raises(docker.errors.NotFound):
        store.get("key-one")


def test_what_secrets_and_configs_cannot_be(store):
    for name, data in (("", b"x"), ("-wrong", b"x"), ("big", b"x" * (1 << 20))):
        with pytest.raises(docker.errors.APIError) as refused:
            make_given(store, name, data)
        assert refused.value.status_code == 400, name
    with pytest.raises(docker.errors.NotFound):
        store.get("nope")


def test_services_get_secrets_and_configs(swarm, client):
    low = client.api
    secret = low.create_secret("key", b"hidden")["ID"]
    config = low.create_config("settings", b"a=b")["ID"]
    service = client.services.create(
        "redis", name="app", stop_grace_period=10**9,
        secrets=[types.SecretReference(secret, "key", filename="the-key", uid="405", gid="100", mode=0o440)],
        configs=[types.ConfigReference(config, "settings", filename="/etc/settings.conf", mode=0o444)])
    wait_until(lambda: len(running(service)) == 1, "the task of app runs")
    host = next(h for h, each in swarm.containers(everything=False).items() if each)
    engine = docker.DockerClient(base_url=swarm.engine_urls[host])
    container = engine.containers.list(filters={"label": "com.docker.swarm.service.name=app"})[0]
    shown = container.exec_run(["sh", "-c", "stat -c '%a %u %g %n' \"$0\" \"$1\"; cat \"$0\" \"$1\"",
                                "/run/secrets/the-key", "/etc/settings.conf"]).output.decode()
    engine.close()
    assert shown == "440 405 100 /run/secrets/the-key\n444 0 0 /etc/settings.conf\nhiddena=b"
    for remove, ident, kind in ((low.remove_secret, secret, "secret"), (low.remove_config, config, "config")):
        with pytest.raises(docker.errors.APIError) as used:
            remove(ident)
        assert used.value.status_code == 400 and f"{kind} '" in used.value.explanation
    service.remove()
    assert low.remove_secret(secret) and low.remove_config(config)
