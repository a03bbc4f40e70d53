"""A CA outside of the swarm that issues its certificates: CFSSL's API, as native asks it."""
import re
import threading

import pytest

from harness.external_ca import ExternalCa
from harness.refusals import check, invalid
from harness.waiting import stays, wait_until

HOSTS = ("h1", "h2")
UNREACHABLE = "there must be at least one valid, reachable external CA corresponding to the {} CA certificate"


def root_of(hosts):
    return hosts.api.get("/swarm")["TLSInfo"]["TrustRoot"]


@pytest.fixture
def pair(apart):
    """A swarm of h1 and h2; h3 is the host of the external CA, and joins later if at all."""
    apart.api.post("/swarm/init", apart.init_request())
    apart.join("h2")
    apart.wait_for_nodes(HOSTS)
    yield apart
    apart.dissolve()


@pytest.fixture
def outside(pair, tmp_path):
    ca = ExternalCa(pair.hosts[2], tmp_path)
    ca.start(root_of(pair))
    yield ca
    ca.stop()


def rotate(hosts, cli, ca):
    return cli("h1")("swarm", "ca", "--rotate", "--ca-cert", str(ca.pem), "--external-ca", ca.flag())


@pytest.fixture
def moved(pair, outside, cli):
    """The swarm's root is one whose key only the external CA has."""
    rotate(pair, cli, outside)
    return pair


def statuses(cli):
    return dict(line.split(" ", 1) for line in cli("h1")("node", "ls", "--format", "{{.Hostname}} {{.TLSStatus}}").lines)


def active(hosts, host):
    return hosts.state(host) == "active"


def change(hosts, **config):
    """An update of the swarm that changes the CA; the reply."""
    swarm = hosts.api.get("/swarm")
    spec = swarm["Spec"]
    spec["CAConfig"] = {**spec["CAConfig"], **config}
    return hosts.api.request("POST", f"/swarm/update?version={swarm['Version']['Index']}", spec)


def test_rotation_to_a_root_of_somebody_else(pair, outside, cli):
    ids = {host: pair.node_id(host) for host in HOSTS}
    printed = rotate(pair, cli, outside).out
    assert outside.pem.read_text().strip() in printed
    assert root_of(pair).strip() == outside.pem.read_text().strip()
    assert statuses(cli) == {"h1": "Ready", "h2": "Ready"}
    assert outside.issued_for() == {ids["h1"]: "swarm-manager", ids["h2"]: "swarm-worker"}
    for host in HOSTS:
        info = pair.node(host)["Description"]["TLSInfo"]
        assert info == pair.api.get("/swarm")["TLSInfo"]
    cluster = pair.api.get("/swarm")["ID"]
    for request in outside.asked():
        question, client = request["question"], request["client"]
        assert {"hosts", "certificate_request", "subject", "profile"} <= set(question)
        assert question["subject"]["names"][0]["O"] == cluster and question["profile"] == ""
        role, node = question["subject"]["names"][0]["OU"], question["subject"]["CN"]
        assert question["hosts"] == [role, node] + (["swarm-ca"] if role == "swarm-manager" else [])
        assert (client["commonName"], client["organizationalUnitName"]) == (ids["h1"], "swarm-manager")
        assert request["path"] == "/api/v1/cfssl/sign"


def test_a_host_joins(moved, outside, cli):
    out = cli("h3")("swarm", "join", "--token", moved.token("Worker"), f"{moved.address}:2377").out
    assert out == "This node joined a swarm as a worker."
    moved.wait_for_nodes()
    assert outside.issued_for()[moved.node_id("h3")] == "swarm-worker"
    assert statuses(cli) == {"h1": "Ready", "h2": "Ready", "h3": "Ready"}


def test_a_join_waits_for_the_external_ca(moved, outside):
    outside.stop()
    token = moved.token("Worker")
    joining = threading.Thread(target=moved.members["h3"].request,
                               args=("POST", "/swarm/join", moved.join_request("h3", token)))
    joining.start()
    stays(lambda: not active(moved, "h3"), "no certificate, no member", 3)
    outside.start(root_of(moved))
    wait_until(lambda: active(moved, "h3"), "h3 has joined", 60)
    joining.join()
    moved.wait_for_nodes()


@pytest.mark.differs("native takes the host in and goes on in the background")
def test_a_join_says_why_it_failed(moved, outside, cli):
    outside.stop()
    join = ["swarm", "join", "--token", moved.token("Worker"), f"{moved.address}:2377"]
    said = cli("h3")(*join, code=1).err
    assert "the swarm's external CA does not sign: unable to perform certificate signing request" in said
    assert f'external_ca.failed url={outside.url} reason="unable to perform' in moved.daemons["h1"].tail(500)
    assert set(moved.api.nodes()) == set(HOSTS)
    outside.start(root_of(moved))
    cli("h3")(*join)
    moved.wait_for_nodes()


@pytest.mark.differs("native believes what the external CA gives it, so that the host joins in vain")
@pytest.mark.parametrize("mode, cause", [
    ("stranger", "is not what was asked for: the swarm's root did not sign it"),
    ("thief", "is not what was asked for: it names another node or another role"),
    ("no", "response errors: [{5100 Invalid policy}]"),
    ("page", "unable to parse JSON response"),
    ("busy", "unexpected status code in CSR response: 503 - come back later"),
])
def test_an_external_ca_that_misbehaves(moved, outside, cli, mode, cause):
    outside.misbehave(mode)
    said = cli("h3")("swarm", "join", "--token", moved.token("Worker"), f"{moved.address}:2377", code=1).err
    assert cause in said
    assert set(moved.api.nodes()) == set(HOSTS)


def test_a_rotation_waits_for_the_external_ca(pair, outside, cli):
    """It answers, so the rotation begins; it signs later."""
    outside.misbehave("busy")
    cli("h1")("swarm", "ca", "--rotate", "--detach", "--ca-cert", str(outside.pem), "--external-ca", outside.flag())
    wait_until(lambda: len(outside.asked()) >= 2, "it is asked again")
    assert statuses(cli) == {"h1": "Needs Rotation", "h2": "Needs Rotation"}
    assert pair.api.get("/swarm")["RootRotationInProgress"]
    outside.misbehave("")
    wait_until(lambda: statuses(cli) == {"h1": "Ready", "h2": "Ready"}, "both have certificates of the new root", 120)
    wait_until(lambda: not pair.api.get("/swarm")["RootRotationInProgress"], "the root is the new one")
    assert root_of(pair).strip() == outside.pem.read_text().strip()


def test_unreachable_ones_are_refused(pair, outside, cli):
    stranger = outside.folder / "stranger.pem"

    def refused(cert, flag):
        err = cli("h1")("swarm", "ca", "--rotate", "--ca-cert", str(cert), "--external-ca", flag, code=1).err
        assert UNREACHABLE.format("desired") in err
    refused(outside.pem, outside.flag(stranger))  # None signs for the root that is wanted.
    refused(stranger, outside.flag(stranger))  # It has another one's certificate.
    refused(outside.pem, outside.flag().replace("https://", "http://"))
    outside.stop()
    refused(outside.pem, outside.flag())
    assert not pair.api.get("/swarm")["RootRotationInProgress"]
    assert outside.issued_for() == {}
    # Only the rotation asks it: as a mere setting it is taken as it is.
    assert change(pair, ExternalCAs=[{"Protocol": "cfssl", "URL": outside.url, "CACert": stranger.read_text()}]
                  ).status == 200


def test_the_present_one_must_answer_any_update(moved, outside):
    check(change(moved, ExternalCAs=[]), *invalid(UNREACHABLE.format("current")))
    outside.stop()
    check(change(moved), *invalid(UNREACHABLE.format("current")))
    outside.start(root_of(moved))
    assert change(moved).status == 200


def test_from_one_external_ca_to_another(moved, outside):
    stranger = (outside.folder / "stranger.pem").read_text()
    reply = change(moved, SigningCACert=stranger, ForceRotate=7)
    check(reply, *invalid(UNREACHABLE.format("desired")))


def test_back_to_a_root_of_the_swarms_own(moved, outside, cli):
    """Nodes trust the external CA's root, so that CA has to vouch for the next one."""
    printed = cli("h1")("swarm", "ca", "--rotate").out
    assert "BEGIN CERTIFICATE" in printed and root_of(moved).strip() != outside.pem.read_text().strip()
    crossed = [request["question"] for request in outside.asked() if request["question"].get("profile") == "CA"]
    assert len(crossed) == 1
    assert crossed[0]["subject"]["CN"] == "swarm-ca" and crossed[0]["extensions"][0]["id"] == "2.5.29.19"
    assert statuses(cli) == {"h1": "Ready", "h2": "Ready"}
    outside.stop()
    moved.join("h3")
    moved.wait_for_nodes()


def test_its_key_may_be_given_to_the_swarm(moved, outside, cli):
    """Then nobody need be asked any more, and nothing is rotated."""
    outside.stop()
    before = moved.token("Worker")
    key = (outside.folder / "outside.key").read_text()
    reply = change(moved, SigningCACert=outside.pem.read_text(), SigningCAKey=key, ExternalCAs=[])
    assert reply.status == 200, reply.message
    assert moved.token("Worker") == before
    moved.join("h3")
    moved.wait_for_nodes()
    assert statuses(cli)["h3"] == "Ready"


def test_init_with_an_external_ca(apart, cli):
    """The swarm makes a root of its own all the same, and yet asks the external CA and nobody else."""
    url = f"https://{apart.hosts[2].address}:8888/sign"
    cli("h1")("swarm", "init", "--advertise-addr", apart.address, "--external-ca", f"protocol=cfssl,url={url}")
    shown = apart.api.get("/swarm")["Spec"]["CAConfig"]["ExternalCAs"]
    assert [(ca["Protocol"], ca["URL"]) for ca in shown] == [("cfssl", url)]
    assert re.search(r"BEGIN CERTIFICATE", root_of(apart))
    joining = threading.Thread(target=apart.members["h2"].request,
                               args=("POST", "/swarm/join", apart.join_request("h2")))
    joining.start()
    stays(lambda: not active(apart, "h2"), "the swarm's own key does not stand in", 4)
    assert change(apart, ExternalCAs=[]).status == 200
    wait_until(lambda: active(apart, "h2"), "h2 has joined", 60)
    joining.join()
    apart.wait_for_nodes(HOSTS)
    apart.dissolve()


@pytest.mark.swarmward_only("starts the daemon anew, which in native is the engine")
def test_a_manager_comes_back(moved, outside):
    """Its certificate is kept; nothing is asked of anybody at a start."""
    outside.stop()
    asked = len(outside.asked())
    moved.daemons["h1"].stop()
    moved.daemons["h1"].start()
    moved.wait_for_nodes(HOSTS)
    assert len(outside.asked()) == asked
