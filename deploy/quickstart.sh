#!/bin/bash
# From a bare Debian machine to a running swarm service in one command.
#
#   sudo deploy/quickstart.sh          install, build, start, run a service, say what to do next
#   sudo deploy/quickstart.sh --down   stop and remove what the above started
#
# Running it again changes nothing that is there already.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
binary=$root/build/release/bin/swarmward
run=/run/swarmward
logs=/var/log/swarmward
socket=$run/docker.sock
engine=unix:///var/run/docker.sock
image=swarmward-demo:latest
plugin=/usr/local/libexec/docker/cli-plugins/docker-ward
service=hello

. "$root/deploy/lib/quickstart.sh"

up() {
  step "Packages"
  "$root/tools/install-deps.sh"

  step "Build (the first time takes some minutes)"
  cmake --preset release >"$logs/configure.log" 2>&1 ||
    fail "cmake could not configure the build: $(tail -n 3 "$logs/configure.log")" "see $logs/configure.log"
  ninja -C build/release bin/swarmward bin/docker-ward || fail "The build failed." "see the compiler's message above"

  step "Engine"
  start_engine

  step "Swarmward"
  start_swarmward
  form_swarm
  install_plugin

  step "A service of three replicas"
  demo_image
  demo_service
  show_and_tell
}

show_and_tell() {
  front service ls
  front service ps "$service"
  cat <<END

It runs. To go on from here, in any shell of root or of the group docker:

  export DOCKER_HOST=unix://$socket
  docker node ls
  docker service scale $service=5
  docker service ps $service
  docker ward doctor

To stop and remove it all:  sudo deploy/quickstart.sh --down
Logs:                       $logs
END
}

down() {
  if answers "unix://$socket"; then
    say "leaving the swarm (its containers are removed)"
    front swarm leave --force >/dev/null 2>&1 || true
  fi
  stop_by_pidfile "$run/swarmward.pid" swarmward
  if answers "$engine"; then
    # Normally there are none left; swarmward may have been killed before it could remove them.
    mapfile -t left < <(plain ps -aq --filter label=com.docker.swarm.service.name="$service")
    [ ${#left[@]} = 0 ] || plain rm -f "${left[@]}" >/dev/null
    plain image rm "$image" >/dev/null 2>&1 || true
  fi
  stop_by_pidfile "$run/quickstart-dockerd.pid" dockerd
  remove_plugin
  rm -f "$socket"
  rmdir "$run" 2>/dev/null || true
  say "stopped. The build stays in build/, the state in /var/lib/swarmward, the logs in $logs."
}

[ "$(id -u)" = 0 ] || fail "This needs root: it starts daemons." "run: sudo $0 $*"
mkdir -p "$run" "$logs"
case "${1:-}" in
  "") up ;;
  --down) down ;;
  *) sed -n '2,7s/^# \?//p' "$0"; exit 2 ;;
esac
