"""Hosts whose clocks differ from the manager's."""
import pathlib

import pytest

from harness.daemon import Daemon
from harness.services import create
from harness.waiting import stays, wait_until

pytestmark = pytest.mark.swarmward_only("changes the clock of our daemon alone")

FAKETIME = pathlib.Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")


class ElsewhereInTime(Daemon):
    """A daemon whose wall clock is so many minutes off; its timers go on as they are."""

    def __init__(self, host, binary, log, minutes):
        super().__init__(host, binary, log, f"clock{minutes}")
        self.minutes = minutes

    def command(self, flags):
        plain = super().command(flags)
        at = plain.index(str(self.binary))
        return [*plain[:at], "env", f"LD_PRELOAD={FAKETIME}", f"FAKETIME={self.minutes:+d}m",
                "FAKETIME_DONT_FAKE_MONOTONIC=1", *plain[at:]]


@pytest.fixture
def late(apart, binary, logs, request):
    """A swarm of h1, and on h3 a daemon with another time, in no swarm."""
    if not FAKETIME.exists():
        pytest.skip("libfaketime is not installed")
    apart.api.post("/swarm/init", apart.init_request())
    apart.daemons["h3"].stop()
    own = apart.daemons["h3"]
    apart.daemons["h3"] = daemon = ElsewhereInTime(apart.hosts[2], binary, logs / "clock.log", request.param)
    daemon.socket = own.socket
    daemon.url = own.url
    daemon.start(["--engine", apart.hosts[2].url])
    yield apart
    apart.dissolve()
    daemon.stop()
    daemon.remove()
    apart.daemons["h3"] = own
    own.start()


@pytest.mark.parametrize("late", [-59, 59], indirect=True, ids="{:+d} min".format)
def test_an_hour_is_forgiven(late):
    late.join("h3")
    late.wait_for_nodes(("h1", "h3"))
    create(late.api, "web", replicas=4)
    wait_until(lambda: len(late.running_on("h3", "web")) == 2, "it takes its share")
    stays(lambda: late.node("h3")["Status"]["State"] == "ready", "it stays", 4)


@pytest.mark.parametrize("late", [-180], indirect=True, ids="{:+d} min".format)
def test_more_is_named(late):
    """Certificates that are not valid yet over there: who wants to join is told what to look at."""
    refused = late.members["h3"].request("POST", "/swarm/join", late.join_request("h3"))
    assert refused.status >= 400 and "clock" in refused.message, refused
    assert late.state("h3") != "active"
    assert {n["Description"]["Hostname"] for n in late.api.get("/nodes")
            if n["Status"]["State"] == "ready"} == {"h1"}
