#!/bin/bash
# Mounts the cgroup hierarchies where nothing has done it (no systemd: a bare chroot, container or small VM).
# dockerd cannot start a container without them. Does nothing on a machine that has them.
set -euo pipefail

root=/sys/fs/cgroup
grep -qE " $root(/[^ ]+)? cgroup2? " /proc/mounts && exit 0

mkdir -p "$root"
# A kernel whose controllers are not bound to version 1 offers them in version 2: one mount is all.
if mount -t cgroup2 cgroup2 "$root" 2>/dev/null; then
  grep -qw memory "$root/cgroup.controllers" && exit 0
  umount "$root"
fi
mount -t tmpfs -o mode=755 cgroup "$root"
for controller in $(awk '!/^#/ && $4 == 1 { print $1 }' /proc/cgroups); do
  mkdir -p "$root/$controller"
  mount -t cgroup -o "$controller" cgroup "$root/$controller" || rmdir "$root/$controller"
done
