#!/bin/bash
# Installs the Debian packages that Swarmward needs.
#   tools/install-deps.sh           to build and run it
#   tools/install-deps.sh --tests   also to run every test
set -euo pipefail

build=(g++ cmake ninja-build ccache mold pkg-config python3
       libboost1.81-dev libspdlog-dev nlohmann-json3-dev libcli11-dev libsqlite3-dev libssl-dev
       libcurl4-openssl-dev libmimalloc-dev libldns-dev libmnl-dev libnftables-dev libcpp-httplib-dev
       libgtest-dev libgmock-dev)
# What the quick start runs: an engine, its CLI and what both need on a bare machine.
run=(docker.io busybox-static iptables iproute2 util-linux procps ca-certificates)
tests=(docker-compose python3-pytest python3-docker haproxy kmod python3-jsonschema python3-jsondiff python3-yaml
       ansible prometheus clang libclang-rt-dev openssh-server libfaketime bind9-dnsutils nftables wrk
       qemu-system-x86 docker-registry)
# Commands that may be there without Debian's package, and the package that brings them otherwise.
commands=(node:nodejs npm:npm)

wanted=("${build[@]}" "${run[@]}")
case "${1:-}" in
  "") ;;
  --tests)
    wanted+=("${tests[@]}")
    for pair in "${commands[@]}"; do
      command -v "${pair%%:*}" >/dev/null || wanted+=("${pair##*:}")
    done ;;
  *) sed -n '2,4s/^# \?//p' "$0"; exit 2 ;;
esac

say() { printf '%s  %s\n' "$(date +%H:%M:%S)" "$*"; }

command -v dpkg-query >/dev/null || {
  echo "This script knows Debian and Ubuntu only (dpkg-query was not found)." >&2
  echo "Install these packages, or their like, by hand: ${wanted[*]}" >&2
  exit 1
}

missing=()
for package in "${wanted[@]}"; do
  state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [ "$state" = "install ok installed" ] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  say "packages: all ${#wanted[@]} are there"
  exit 0
fi

[ "$(id -u)" = 0 ] || { echo "Missing packages: ${missing[*]}. Run this as root (sudo) to install them." >&2; exit 1; }
export DEBIAN_FRONTEND=noninteractive

# Services that packages bring (dockerd, haproxy) stay off: the tests and the quick start run their own.
# Where an administrator has put a policy already, theirs stands.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi

say "packages: installing ${missing[*]}"
say "packages: apt-get update"
apt-get -qq update </dev/null
# Dpkg prints one line per package, which is all the progress one needs.
apt-get install -y --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" </dev/null |
  grep --line-buffered -E '^(Setting up|Need to get|[0-9]+ upgraded)' || true
for package in "${missing[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || {
    echo "The package $package could not be installed; run 'apt-get install $package' to see why." >&2
    exit 1
  }
done
say "packages: done"
