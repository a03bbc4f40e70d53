"""Encrypted networks: what the API says of them, and that nothing runs in them where the kernel cannot encrypt."""
import pytest

from harness.networks import allocated, in_network, make, nets  # noqa: F401
from harness.services import create
from harness.waiting import wait_until

VXLAN = "com.docker.network.driver.overlay.vxlanid_list"
REASON = "no encryption of networks (ESP) in the kernel on "


def test_the_option_is_shown_and_no_key(nets):
    make(nets.api, "sealed", Options={"encrypted": ""})
    shown = allocated(nets.api, "sealed")
    assert shown["Driver"] == "overlay" and shown["Scope"] == "swarm"
    assert shown["Options"] == {VXLAN: shown["Options"][VXLAN], "encrypted": ""}
    swarm = nets.api.get("/swarm")
    assert not [key for key in swarm if "key" in key.lower()]


@pytest.mark.swarmward_only("native starts tasks, which then fail")
def test_tasks_run_encrypted_or_wait_with_the_reason(nets):
    make(nets.api, "sealed", Options={"encrypted": ""})
    create(nets.api, "web", **in_network("sealed"))

    def settled():
        for task in nets.api.tasks("web"):
            status = task["Status"]
            if status["State"] == "running" or REASON in status.get("Err", ""):
                return status
        return None

    status = wait_until(settled, "the task runs, or says why it does not")
    if status["State"] != "running":
        assert status["State"] == "pending" and status["Err"].startswith("no suitable node (")
        # On the same nodes an open network is no obstacle.
        make(nets.api, "open")
        create(nets.api, "db", **in_network("open"))
        wait_until(lambda: all(REASON not in t["Status"].get("Err", "") for t in nets.api.tasks("db"))
                   and nets.api.tasks("db"), "a task of an open network does not wait for encryption")


@pytest.mark.differs("an encrypted ingress network")
def test_the_ingress_network_cannot_be_encrypted(nets):
    reply = nets.api.request("POST", "/networks/create", {
        "Name": "x", "Driver": "overlay", "Ingress": True, "Options": {"encrypted": ""}})
    assert reply.status == 501 and "this version" in reply.message
