"""Runs a test program of GoogleTest on a kernel of its own, in a virtual machine without acceleration."""
import os
import pathlib
import shutil
import subprocess
import xml.etree.ElementTree

from vm import initramfs

# Folders of modules; what a test needs of them the kernel asks for itself, as on any host.
MODULES = ["net/ipv4", "net/ipv6", "net/netfilter", "net/bridge", "net/802", "net/llc", "net/sctp", "net/xfrm",
           "net/packet", "crypto", "arch/x86/crypto", "lib",
           "drivers/net/vxlan", "drivers/net/veth.ko", "drivers/net/dummy.ko"]
# Nobody asks for the first; Swarmward's hosts have it from the engine. The second is there before its limit is set.
AT_START = ["br_netfilter", "nf_conntrack"]
# Connections that the kernel tracks. By itself a machine of this size has 8192, less than a test under load leaves behind in
# two minutes: then it drops what is new.
TRACKED = 262144
# What tests start.
PROGRAMS = ["ip", "nft", *(f"iptables-{flavour}{what}" for flavour in ("nft", "legacy") for what in ("", "-restore", "-save"))]
# Libraries that programs look for while they run: extensions of iptables.
PLUGINS = ["/usr/lib/x86_64-linux-gnu/xtables"]

BEGIN, END = "<<<result", "result>>>"

INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /tmp /run /var/run /usr/bin /usr/sbin /sbin
/bin/busybox --install -s
export PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin HOME=/ GTEST_COLOR=no
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
mount -t tmpfs run /run
modprobe -a {modules}
echo {tracked} > /proc/sys/net/netfilter/nf_conntrack_max
ip link set lo up
{environment}
{command} --gtest_output=xml:/tmp/result.xml
echo "the program ended with $?"
echo '{begin}'
cat /tmp/result.xml
echo '{end}'
reboot -f
"""


def missing():
    """Why no virtual machine can run here, or nothing."""
    for program in ("qemu-system-x86_64", "busybox", "depmod"):
        if not shutil.which(program):
            return f"{program} is not installed"
    return None


def _build(path, kernel, program, arguments, environment, without):
    archive = initramfs.Archive(path)
    archive.folder("dev")
    archive.program("busybox", "bin/busybox")
    # Busybox has a shell, too, but one that prefers its own `ip` to that of PATH.
    archive.program("dash", "bin/sh")
    for other in PROGRAMS:
        if shutil.which(other):
            archive.program(other)
    for folder in PLUGINS:
        for plugin in pathlib.Path(folder).glob("*.so"):
            archive.file(str(plugin).lstrip("/"), plugin)
    archive.program(program, "test/program")
    for file in kernel.files(MODULES):
        if file.stem in without:
            continue
        archive.file(f"lib/modules/{kernel.version}/{file.relative_to(kernel.modules)}", file)
    command = " ".join(["/test/program", *(f"'{argument}'" for argument in arguments)])
    variables = "\n".join(f"export {name}={value}" for name, value in environment.items())
    archive.text("init", INIT.format(modules=" ".join(AT_START), tracked=TRACKED, command=command, environment=variables,
                                     begin=BEGIN, end=END))
    archive.close()


class Result:
    """`cases`: "Suite.Name" -> None where it passed, else "failed: ..." or "skipped: ...". `console`: all text."""

    def __init__(self, console):
        self.console = console
        self.cases = {}
        _, _, rest = console.partition(BEGIN)
        text, end, _ = rest.partition(END)
        if not end:
            return
        for case in xml.etree.ElementTree.fromstring(text.strip()).iter("testcase"):
            outcome = None
            for kind, word in (("failure", "failed"), ("skipped", "skipped")):
                found = case.find(kind)
                if found is not None:
                    outcome = f"{word}: {found.get('message', '')}"
                    break
            self.cases[f"{case.get('classname')}.{case.get('name')}"] = outcome


def run(kernel, program, folder, test_filter="*", seconds=600, environment=None, without=()):
    """Starts the program in a machine with one processor and returns the Result; the console is kept in `folder`.

    `without` names modules that this kernel shall not have.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    initial, console = folder / f"initial-{os.getpid()}", folder / "console.log"
    _build(initial, kernel, program, [f"--gtest_filter={test_filter}"], environment or {}, without)
    command = ["qemu-system-x86_64", "-machine", "q35,accel=tcg", "-cpu", "max", "-smp", "1", "-m", "1024",
               # The machine's clock follows its instructions, and waiting takes no time: a busy host makes it
               # slow, but lets nothing inside time out.
               "-icount", "shift=0,sleep=off",
               "-display", "none", "-nodefaults", "-no-reboot", "-serial", "stdio",
               "-kernel", str(kernel.image), "-initrd", str(initial),
               "-append", "console=ttyS0 quiet loglevel=3 panic=-1 mitigations=off random.trust_cpu=on"]
    with open(console, "wb") as log:
        try:
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, timeout=seconds)
        except subprocess.TimeoutExpired:
            log.write(f"\nno end within {seconds} s\n".encode())
        finally:
            initial.unlink()
    return Result(console.read_text(errors="replace").replace("\r", ""))
