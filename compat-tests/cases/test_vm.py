"""What needs kernels that not every host has (ESP, SCTP): mesh_kernel_test on Debian's own kernel, in a virtual machine.

The cases are GoogleTest's; here they are run once, and rows of the list of network behaviour are read off the result.
"""
import os
import pathlib

import pytest

from vm import kernel, machine

pytestmark = pytest.mark.swarmward_only("tests Swarmward's own use of the kernel")

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Overlays as such behave alike on all kernels; what is sensitive to them is here. The other backends are tried out on the
# machine's own kernel, with the unit tests.
CHOSEN = os.environ.get("SWARMWARD_VM_FILTER", "*Encryption*:NetNamespaceTest.*:NetlinkTest.*:OverlayTest.*:"
                        "VipBalancerTest.*/ipvs:BackendSwitchTest.*:IngressTest.Sctp*:IngressTest.*/ipvs:"
                        "InspectBackendsTest.*/ipvs")
BACKENDS = ["nftables", "ipvs", "iptables_nft", "iptables_legacy"]
# What they may skip, with the reason that the test itself gives.
NOT_BY_ALL = ("VipBalancerTest.WithoutBridgeNetfilterTasksSeeTheNode", "IngressTest.Elements",
              "IngressTest.OnePortOfAClientMayComeByTwoNodes")


@pytest.fixture(scope="module")
def machine_run(request, logs):
    """Runs mesh_kernel_test there: as machine.run, without what is the same for all."""
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
    return lambda chosen, **more: machine.run(found, str(program), logs, chosen, seconds=1500, **more)


@pytest.fixture(scope="module")
def result(machine_run):
    return machine_run(CHOSEN)


def passed(result, *names):
    assert {name: result.cases.get(name, "was not run") for name in names} == dict.fromkeys(names)


def test_all_of_them_pass_on_this_kernel(result):
    assert result.cases, "no result: " + result.console[-2000:]
    assert {name: outcome for name, outcome in result.cases.items()
            if outcome and not (outcome.startswith("skipped") and name.startswith(NOT_BY_ALL))} == {}


def test_row_n43_sctp_by_published_ports(result):
    passed(result, *(f"IngressTest.SctpIsSharedLikeTheOthers/{backend}" for backend in BACKENDS))


def test_row_n64_all_backends_give_the_same_answers(result):
    passed(result, "BackendSwitchTest.VipsAnswerAlikeByAllBackendsOneAfterAnother",
           "BackendSwitchTest.PublishedPortsAnswerAlikeByAllBackendsOneAfterAnother",
           *(f"VipBalancerTest.{case}/ipvs" for case in (
               "TakesTurns", "ATaskReachesItselfAndSeesTheNode", "AChangeLeadsNewConnectionsElsewhere",
               "AConnectionOutlivesItsTasksTurn",
               "AFlowOfUdpRecoversWhenItsTaskGoes", "WhatOthersFlushedComesBack", "NothingIsLeftAfterwards")))


def test_row_n64_published_ports_by_ipvs(result):
    passed(result, *(f"IngressTest.{case}/ipvs" for case in (
        "EveryHostAnswersAndTakesTurns", "TasksSeeTheClientWhereItIsKept", "TheHostReachesItselfByAllItsAddresses",
        "ARemovedTaskGetsNoRequestAndNoneFails", "AFlowOfUdpRecoversWhenItsTaskGoes",
        "WhatOthersFlushedComesBack", "TasksReachNobodyByTheIngressNetwork", "NothingIsLeftAfterwards")))


def test_doctor_and_trace_read_the_lists_of_ipvs(result):
    passed(result, *(f"InspectBackendsTest.{case}/ipvs" for case in (
        "WhatTheAgentMadeIsAsPlanned", "LookingChangesNothing", "FlushedRules", "OneBackendOfAPublishedPortIsMissing",
        "OneBackendOfAVirtualAddressIsMissing", "AnotherWeight", "ServersThatKeepTheirConnectionsAreAsTheyMustBe",
        "APortThatTheHostDoesNotHandOver", "ARuleThatLeadsIntoOurChainsIsGone", "PathsComeFromTheKernel")))


def test_row_n64_ipvs_can_be_asked_for(result):
    passed(result, "BackendSwitchTest.WhatIsAskedForIsChosenOrRefusedWithItsCure")


@pytest.mark.parametrize("expected, without", [("ipvs", ["nf_tables"]), ("iptables", ["nf_tables", "ip_vs"])])
def test_row_n64_kernels_without_nftables(machine_run, expected, without):
    found = machine_run("BackendSwitchTest.TheFirst*", without=without, environment={"SWARMWARD_EXPECTED_BACKEND": expected})
    passed(found, "BackendSwitchTest.TheFirstThatTheKernelHasIsChosenAndWorks")


def test_row_n65_only_esp_is_on_the_wire(result):
    passed(result, "EncryptionTest.OnlyEspIsOnTheWire", "EncryptionTest.NothingLeavesInClearWithoutKeys",
           "EncryptionTest.AnotherNetworkStaysInClear")


def test_row_n66_what_comes_in_clear_is_dropped(result):
    passed(result, "EncryptionTest.WhatComesInClearIsDropped")


def test_row_n67_keys_change_without_loss(result):
    passed(result, "EncryptionTest.KeysChangeWithoutLoss")


def test_row_n68_mtu_1424(result):
    passed(result, "EncryptionTest.TheLargestPacketsFitInOne")
