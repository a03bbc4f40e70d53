"""The check of replies against the published schemas can itself fail."""
import pytest

from harness import schema


class Reply:
    def __init__(self, status, document, version="1.41"):
        self.status, self.json, self.headers = status, document, {"Api-Version": version}


@pytest.fixture(autouse=True)
def reference():
    if not schema.folder():
        pytest.skip("the published API schemas are not here; SWARMWARD_REFERENCE names their folder")


def test_a_reply_of_the_right_form_passes():
    assert schema.problems("GET", "/services", Reply(200, [])) == []


@pytest.mark.parametrize("path, status, document", [
    ("/services", 200, {}),
    ("/v1.44/tasks", 200, [{"ID": 7}]),
    ("/nodes/x", 404, {"error": "no such node"}),
    ("/swarm", 200, {"JoinTokens": "SWMTKN"}),
])
def test_a_reply_of_another_form_is_found(path, status, document):
    assert schema.problems("GET", path, Reply(status, document))
