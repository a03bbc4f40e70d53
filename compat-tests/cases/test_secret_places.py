"""Where tasks with secrets can run among engines that were listed: the manager reaches the files of its own host."""
import base64

import pytest

from harness.services import create, pending_error
from harness.waiting import wait_until

VALUE = base64.b64encode(b"open sesame").decode()


@pytest.fixture
def secret(swarm):
    made = swarm.api.post("/secrets/create", {"Name": "key", "Data": VALUE})["ID"]
    yield {"SecretID": made, "SecretName": "key", "File": {"Name": "key", "UID": "0", "GID": "0", "Mode": 0o444}}
    swarm.clear()
    swarm.api.request("DELETE", f"/secrets/{made}")


@pytest.mark.swarmward_only("native nodes are all alike")
def test_engines_without_an_agent_are_passed_over(swarm, secret):
    create(swarm.api, "web", {"Secrets": [secret]}, replicas=3)
    wait_until(lambda: len(swarm.names("web")["h1"]) == 3, "all tasks run on the manager's host")
    assert not swarm.names("web")["h2"] and not swarm.names("web")["h3"]


@pytest.mark.swarmward_only("native nodes are all alike")
def test_a_task_that_must_run_there_says_why_it_cannot(swarm, secret):
    create(swarm.api, "web", {"Secrets": [secret]}, Placement={"Constraints": ["node.hostname==h2"]})
    pending_error(swarm.api, "web", "no suitable node (missing plugin on 2 nodes; "
                                    "scheduling constraints not satisfied on 1 node)")
    said = swarm.api.get(f"/ward/explain/{swarm.api.tasks('web')[0]['ID']}")
    assert "has no agent of Swarmward, which the task's secrets and configs need" in str(said)
