"""Rows 30 to 43 and 47 of the conformance table: which node, and why none. And more of row 11."""
import pytest

from harness.services import SECOND, availability, by_host, create, label, pending_error, scale, spread_over, wait_running
from harness.waiting import stays, wait_until

ON_H2 = {"Constraints": ["node.hostname==h2"]}
TOO_MUCH = {"Reservations": {"NanoCPUs": 10**12}}


def host_port(port):
    return {"Ports": [{"Protocol": "tcp", "TargetPort": 80, "PublishedPort": port, "PublishMode": "host"}]}


def all_cpus(api):
    """A reservation of all that one node has."""
    return {"Reservations": {"NanoCPUs": min(n["Description"]["Resources"]["NanoCPUs"] for n in api.nodes().values())}}


@pytest.mark.differs("it may try the same node again and again")
def test_row_011_another_node_is_tried_at_once(swarm, api):
    swarm.engines["h3"].post("/images/alpine/tag?repo=only-on-h3&tag=1")
    try:
        for number in range(3):
            name = f"seeks{number}"
            create(api, name, {"Image": "only-on-h3:1"}, RestartPolicy={"Delay": SECOND // 10})
            wait_until(lambda: by_host(api, name) == {"h3": 1}, "it has found the one")
            assert len(api.tasks(name)) <= 3, "each node was tried once"
    finally:
        swarm.engines["h3"].delete("/images/only-on-h3:1")


def test_row_030_six_replicas_on_three_nodes(swarm, api):
    create(api, "even", replicas=6)
    wait_running(swarm, "even", 6)
    assert by_host(api, "even") == {"h1": 2, "h2": 2, "h3": 2}


def test_row_030_again_after_scaling(swarm, api):
    create(api, "even", replicas=1)
    wait_running(swarm, "even", 1)
    scale(api, "even", 3)
    wait_running(swarm, "even", 3)
    assert by_host(api, "even") == {"h1": 1, "h2": 1, "h3": 1}


def test_row_031_a_new_service_goes_where_least_runs(swarm, api):
    for host in ("h1", "h3"):
        create(api, f"at-{host}", Placement={"Constraints": [f"node.hostname=={host}"]})
        wait_running(swarm, f"at-{host}", 1)
    create(api, "new")
    wait_running(swarm, "new", 1)
    assert by_host(api, "new") == {"h2": 1}


@pytest.mark.differs("it takes any of equally many tasks")
def test_row_031_a_tie_goes_where_least_is_reserved(swarm, api):
    for host, share in (("h1", 2), ("h2", 0), ("h3", 1)):
        create(api, f"at-{host}", Placement={"Constraints": [f"node.hostname=={host}"]},
               Resources={"Reservations": {"NanoCPUs": share * 10**8}})
        wait_running(swarm, f"at-{host}", 1)
    create(api, "new")
    wait_running(swarm, "new", 1)
    assert by_host(api, "new") == {"h2": 1}


def test_row_032_spread_over_zones(swarm, api):
    for host, zone in {"h1": "a", "h2": "b", "h3": "b"}.items():
        label(api, host, zone=zone)
    create(api, "zones", replicas=6, Placement=spread_over("zone"))
    wait_running(swarm, "zones", 6)
    found = by_host(api, "zones")
    assert found["h1"] == 3 and found["h2"] + found["h3"] == 3


def test_row_033_nodes_without_the_label_are_one_branch(swarm, api):
    label(api, "h1", zone="a")
    create(api, "zones", replicas=6, Placement=spread_over("zone"))
    wait_running(swarm, "zones", 6)
    found = by_host(api, "zones")
    assert found["h1"] == 3 and found["h2"] + found["h3"] == 3


def test_row_034_more_than_any_node_has(swarm, api):
    create(api, "big", Resources=TOO_MUCH)
    pending_error(api, "big", "no suitable node (insufficient resources on 3 nodes)")


def test_row_035_freed_resources_are_used(swarm, api):
    create(api, "hog", Mode={"Global": {}}, Resources=all_cpus(api))
    wait_running(swarm, "hog", 3)
    create(api, "waits", Resources=all_cpus(api))
    pending_error(api, "waits", "no suitable node (insufficient resources on 3 nodes)")
    api.delete("/services/hog")
    wait_running(swarm, "waits", 1)


def test_row_036_a_pending_task_outlives_an_update_of_labels(swarm, api):
    create(api, "hog", Mode={"Global": {}}, Resources=all_cpus(api))
    wait_running(swarm, "hog", 3)
    create(api, "waits", Resources=all_cpus(api))
    pending_error(api, "waits", "no suitable node (insufficient resources on 3 nodes)")
    api.update("waits", lambda spec: spec.update(Labels={"some": "label"}))
    label(api, "h1", some="label")
    # Native drops the task from its queue at the tick that follows.
    stays(lambda: not api.running("waits"), "there is no place yet", 2)
    api.delete("/services/hog")
    wait_until(lambda: not any(swarm.containers(service_name="hog").values()), "the place is free")
    if swarm.name == "native":
        return stays(lambda: not api.running("waits"), "it is forgotten")
    wait_running(swarm, "waits", 1)


def test_row_037_no_node_meets_the_constraint(swarm, api):
    create(api, "picky", Placement={"Constraints": ["node.labels.none==such"]})
    pending_error(api, "picky", "no suitable node (scheduling constraints not satisfied on 3 nodes)")
    # One node is left when the others are closed, which is looked at first.
    for host in ("h2", "h3"):
        availability(api, host, "drain")
    pending_error(api, "picky", "no suitable node (2 nodes not available for new tasks; "
                                "scheduling constraints not satisfied on 1 node)")


def test_row_038_no_node_of_the_platform(swarm, api):
    placement = {**ON_H2, "Platforms": [{"Architecture": "s390x", "OS": "linux"}]}
    create(api, "foreign", Placement=placement)
    pending_error(api, "foreign", "no suitable node (scheduling constraints not satisfied on 2 nodes; "
                                  "unsupported platform on 1 node)")


def test_row_039_max_replicas_per_node(swarm, api):
    create(api, "few", replicas=3, Placement={**ON_H2, "MaxReplicas": 1})
    wait_running(swarm, "few", 1)
    pending_error(api, "few", "no suitable node (scheduling constraints not satisfied on 2 nodes; "
                              "max replicas per node limit exceed)", 2)
    assert len(api.running("few")) == 1


def test_row_040_a_host_port_is_free_once_per_node(swarm, api):
    create(api, "web", replicas=2, Placement=ON_H2, EndpointSpec=host_port(18080))
    wait_running(swarm, "web", 1)
    pending_error(api, "web", "no suitable node (scheduling constraints not satisfied on 2 nodes; "
                              "host-mode port already in use on 1 node)")
    assert len(api.running("web")) == 1


@pytest.mark.parametrize("parts", [
    {"LogDriver": {"Name": "nosuchlog"}},
    {"container": {"Mounts": [{"Type": "volume", "Source": "v", "Target": "/v",
                               "VolumeOptions": {"DriverConfig": {"Name": "nosuchvolume"}}}]}},
], ids=["log", "volume"])
def test_row_041_no_node_has_the_plugin(swarm, api, parts):
    create(api, "plugged", **parts)
    pending_error(api, "plugged", "no suitable node (missing plugin on 3 nodes)")


def test_row_042_all_nodes_are_paused(swarm, api):
    for host in swarm.api.nodes():
        availability(api, host, "pause")
    create(api, "late")
    pending_error(api, "late", "no suitable node (3 nodes not available for new tasks)")
    availability(api, "h1", "active")
    wait_running(swarm, "late", 1)


def test_row_043_several_reasons_the_commonest_first(swarm, api):
    availability(api, "h3", "pause")
    create(api, "picky", Placement={"Constraints": ["node.labels.none==such"]})
    pending_error(api, "picky", "no suitable node (scheduling constraints not satisfied on 2 nodes; "
                                "1 node not available for new tasks)")


def test_row_047_an_unknown_key_is_accepted_and_never_met(swarm, api):
    for name, operator in (("equal", "=="), ("unequal", "!=")):
        create(api, name, Placement={"Constraints": [f"node.foo{operator}x"]})
        pending_error(api, name, "no suitable node (scheduling constraints not satisfied on 3 nodes)")
    stays(lambda: not api.running("equal") and not api.running("unequal"), "no node is chosen", 2)
