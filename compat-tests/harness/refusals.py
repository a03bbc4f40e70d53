"""The texts and statuses of refusals."""

NOT_A_MANAGER = ('This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node '
                 "to swarm and try again.")


def rpc(code, text):
    """The form of errors from behind swarm mode's inner API; clients see it."""
    return f"rpc error: code = {code} desc = {text}"


def invalid(text):
    return 400, rpc("InvalidArgument", text)


def check(reply, status, message):
    assert (reply.status, reply.message) == (status, message)
    assert reply.headers["Content-Type"] == "application/json" and reply.body.endswith(b"}\n")
