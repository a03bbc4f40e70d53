"""How an engine of some version is started inside a host. One class per place it comes from.

`setup` is shell run once in the host's fresh mount namespace (its last step becomes the keeper), `command` the
argument list that starts the engine in there. A Podman leg needs one more class and its name in `engine_of`.
"""
import pathlib
import shutil

from .names import DATA, LabError

KEEPER = pathlib.Path(__file__).with_name("keeper.py")


class SystemEngine:
    """The dockerd that is installed on this machine."""

    def setup(self, host):
        return own_paths(host) + become_keeper(host)

    def command(self, host, extra):
        if shutil.which("dockerd") is None:
            raise LabError("dockerd is not installed; run tools/install-deps.sh --tests")
        return ["dockerd", *dockerd_flags(host), *extra]


class ChrootEngine:
    """A dockerd of another version, inside the tree of another distribution (made with debootstrap)."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        if not any((self.root / path / "dockerd").exists() for path in ("usr/sbin", "usr/bin", "usr/local/bin")):
            raise LabError(f"there is no dockerd in {root}")

    def setup(self, host):
        root = self.root
        # Whoever else runs on the host stays outside of the tree, the keeper too: the tree needs no python. They see
        # what they would see beside any engine: the sockets of plugins, and what the engine mounts (containers'
        # network namespaces), hence shared.
        return own_paths(host) + f"""
mount --bind {root} {root}
mount -t proc proc {root}/proc
mount --rbind /sys {root}/sys
mount --rbind /dev {root}/dev
# Whatever the lab makes in the tree goes with it.
for own in /run {DATA}; do mkdir -p {root}$own; mount -t tmpfs lab-{host.netns} {root}$own; done
for shared in /run/docker /run/swarmward {host.lab.run} {host.data}; do
  mkdir -p $shared {root}$shared
  mount --bind $shared $shared
  mount --make-shared $shared
  mount --bind $shared {root}$shared
done
[ -e {root}/etc/resolv.conf ] || touch {root}/etc/resolv.conf
mount --bind {host.run}/resolv.conf {root}/etc/resolv.conf
# The tree is the root of a mount namespace, which this process keeps for the engines to come. A chroot would not do:
# whoever enters the namespace of a container (docker exec) would find himself outside of it.
unshare --mount --propagation unchanged sh -ec \
  'cd {root}; pivot_root . .; umount -l .; touch {host.run}/tree.ready; exec sleep infinity' &
echo $! >{host.run}/tree.pid
until [ -e {host.run}/tree.ready ]; do kill -0 $!; sleep 0.02; done
""" + become_keeper(host)

    def command(self, host, extra):
        return ["nsenter", "-t", str(host.pid("tree")), "-m", "dockerd", *dockerd_flags(host), *extra]


def own_paths(host):
    """Shell that gives the host its name, and its own, empty ones of the paths that dockerd and containerd fix."""
    return f"""
set -e
hostname {host.name}
mkdir -p /run/docker /run/containerd
mount -t tmpfs lab-{host.netns} /run/docker
mount -t tmpfs lab-{host.netns} /run/containerd
mkdir -p /run/docker/plugins /run/docker/netns
mount --bind {host.run}/resolv.conf /etc/resolv.conf
"""


def become_keeper(host):
    return f"exec /usr/bin/python3 {KEEPER} {host.run}/keeper.sock\n"


def dockerd_flags(host):
    return ["--data-root", f"{host.data}/docker", "--exec-root", f"{host.run}/exec", "-p", f"{host.run}/dockerd.pid",
            "-H", host.url, "-H", host.tcp_url,
            # Said aloud, else dockerd waits 15 s to make one think about a port without TLS. The LAN is ours alone.
            "--tls=false",
            "--cgroup-parent", host.cgroup_parent, "--exec-opt", "native.cgroupdriver=cgroupfs"]


def engine_of(text):
    if text == "system":
        return SystemEngine()
    if text.startswith("chroot:/"):
        return ChrootEngine(text.removeprefix("chroot:"))
    raise LabError(f"unknown engine {text!r}; known: system, chroot:/path/of/a/tree")
