"""What needs kernels that not every host has (ESP, SCTP): mesh_kernel_test on Debian's own kernel, in a virtual machine.

The cases are GoogleTest's; here they are run once, and rows of the list of network behaviour are read off the result.
"""
import os
import pathlib

import pytest

from vm import kernel, machine

pytestmark = pytest.mark.swarmward_only("tests Swarmward's own use of the kernel")

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Overlays as such behave alike on all kernels; what is sensitive to them is here.
CHOSEN = os.environ.get("SWARMWARD_VM_FILTER", "*Encryption*:NetNamespaceTest.*:NetlinkTest.*:OverlayTest.*:VipTableTest.*:"
                        "IngressTest.Sctp*")


@pytest.fixture(scope="module")
def result(request, logs):
    reason = machine.missing()
    program = pathlib.Path(request.config.getoption("--binary")).parent.resolve() / "mesh_kernel_test"
    if not reason and not program.exists():
        pytest.fail(f"there is no {program}; build it", pytrace=False)
    try:
        found = None if reason else kernel.unpack(ROOT / "build/vm")
    except kernel.NoKernel as none:
        reason = str(none)
    if reason:
        pytest.skip(f"no virtual machine: {reason}")
    return machine.run(found, str(program), logs, CHOSEN, seconds=900)


def passed(result, *names):
    assert {name: result.cases.get(name, "was not run") for name in names} == dict.fromkeys(names)


def test_all_of_them_pass_on_this_kernel(result):
    assert result.cases, "no result: " + result.console[-2000:]
    assert {name: outcome for name, outcome in result.cases.items() if outcome} == {}


def test_net_row_43_sctp_by_published_ports(result):
    passed(result, "IngressTest.SctpIsSharedLikeTheOthers")


def test_net_row_65_only_esp_is_on_the_wire(result):
    passed(result, "EncryptionTest.OnlyEspIsOnTheWire", "EncryptionTest.NothingLeavesInClearWithoutKeys",
           "EncryptionTest.AnotherNetworkStaysInClear")


def test_net_row_66_what_comes_in_clear_is_dropped(result):
    passed(result, "EncryptionTest.WhatComesInClearIsDropped")


def test_net_row_67_keys_change_without_loss(result):
    passed(result, "EncryptionTest.KeysChangeWithoutLoss")


def test_net_row_68_mtu_1424(result):
    passed(result, "EncryptionTest.TheLargestPacketsFitInOne")
