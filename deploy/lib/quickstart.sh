# The steps of quickstart.sh. Sourced; uses its variables.

say() { printf '  %s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }

# fail CAUSE CURE
fail() {
  printf '\nerror: %s\n       %s\n' "$1" "$2" >&2
  exit 1
}

# Whatever DOCKER_HOST or context the caller has set, these two talk to the engine and to swarmward.
plain() { env -u DOCKER_CONTEXT DOCKER_HOST="$engine" docker "$@"; }
front() { env -u DOCKER_CONTEXT DOCKER_HOST="unix://$socket" docker "$@"; }

answers() { env -u DOCKER_CONTEXT DOCKER_HOST="$1" timeout 10 docker version >/dev/null 2>&1; }

# wait_for PID LOG URL NAME: until the daemon answers, or has died.
wait_for() {
  local i
  for i in $(seq 300); do
    ! answers "$3" || return 0
    kill -0 "$1" 2>/dev/null || break
    [ $((i % 25)) != 0 ] || say "still waiting for $4 …"
    sleep 0.2
  done
  tail -n 5 "$2" >&2
  fail "$4 did not start." "its log is $2; the end of it is above"
}

start_engine() {
  if ! answers "$engine"; then
    "$root/deploy/lib/mount-cgroups.sh" || fail "The cgroups could not be mounted." "run this on a machine or VM of your own, or in a privileged container"
    if command -v systemctl >/dev/null && [ -d /run/systemd/system ]; then
      say "starting docker.service"
      systemctl start docker || fail "docker.service does not start." "see: journalctl -u docker"
    else
      say "starting dockerd"
      # A pid file of an engine that was killed would keep the new one from starting.
      pgrep -x dockerd >/dev/null || rm -f /var/run/docker.pid
      setsid dockerd >"$logs/dockerd.log" 2>&1 </dev/null &
      echo $! >"$run/quickstart-dockerd.pid"
      wait_for $! "$logs/dockerd.log" "$engine" dockerd
    fi
  fi
  answers "$engine" || fail "No engine answers at $engine." "start your dockerd, then run this again"
  say "$(plain version --format 'dockerd {{.Server.Version}} answers') at $engine"
  if [ "$(plain info --format '{{.Swarm.LocalNodeState}}')" != inactive ]; then
    fail "The engine's own swarm mode is on." "swarmward takes its place; leave it with: docker swarm leave --force"
  fi
}

start_swarmward() {
  if answers "unix://$socket"; then
    say "it runs already, on $socket"
    return
  fi
  getent group docker >/dev/null || groupadd -r docker
  setsid "$binary" -H "unix://$socket" --data-root /var/lib/swarmward --engine "$engine" --log-level info \
    --pidfile "$run/swarmward.pid" >>"$logs/swarmward.log" 2>&1 </dev/null &
  wait_for $! "$logs/swarmward.log" "unix://$socket" swarmward
  say "listening on $socket"
}

form_swarm() {
  if [ "$(front info --format '{{.Swarm.LocalNodeState}}')" = active ]; then
    say "the swarm is there already"
    return
  fi
  front swarm init --advertise-addr "$(own_address)" || fail "The swarm could not be formed." "see $logs/swarmward.log"
}

# A link, so that it is always the plugin of the last build. Somebody else's file of that name is left alone.
install_plugin() {
  if [ -e "$plugin" ] && [ ! -L "$plugin" ]; then
    say "docker ward is installed already: $plugin"
    return
  fi
  mkdir -p "$(dirname "$plugin")"
  ln -sfn "$root/build/release/bin/docker-ward" "$plugin"
  say "docker ward: $plugin"
}

remove_plugin() {
  [ "$(readlink "$plugin")" != "$root/build/release/bin/docker-ward" ] || rm -f "$plugin"
}

# The address that other hosts would reach this one at, as far as one can tell from here.
own_address() {
  local found
  found=$(ip -4 route get 192.0.2.1 2>/dev/null | sed -n 's/.* src \([0-9.]*\).*/\1/p' | head -n 1)
  [ -n "$found" ] || found=$(ip -4 -o addr show scope global | awk '{ sub("/.*", "", $4); print $4; exit }')
  echo "${found:-127.0.0.1}"
}

# Made on the spot from busybox, so that no registry is needed.
demo_image() {
  if plain image inspect "$image" >/dev/null 2>&1; then
    say "image $image is there"
    return
  fi
  local tree
  tree=$(mktemp -d)
  mkdir -p "$tree/bin" "$tree/tmp" "$tree/www"
  cp "$(command -v busybox)" "$tree/bin/busybox"
  for applet in sh sleep hostname httpd wget ping ls cat ps env; do ln -s busybox "$tree/bin/$applet"; done
  cat >"$tree/serve" <<'END'
#!/bin/sh
hostname > /www/index.html
httpd -f -p 80 -h /www & server=$!
trap 'kill $server; exit 0' TERM
wait $server
END
  chmod 755 "$tree/serve"
  tar -C "$tree" -c . | plain import --change 'ENV PATH=/bin' --change 'CMD ["/serve"]' - "$image" >/dev/null ||
    fail "The demo image could not be made." "see the message above"
  rm -rf "$tree"
  say "made the image $image from busybox"
}

demo_service() {
  if front service inspect "$service" >/dev/null 2>&1; then
    say "the service $service is there already"
    return
  fi
  front service create --quiet --no-resolve-image --name "$service" --replicas 3 "$image" >/dev/null ||
    fail "The service could not be created." "see $logs/swarmward.log"
}

# stop_by_pidfile FILE PROGRAM: only if that pid still is that program.
stop_by_pidfile() {
  local pid i
  pid=$(cat "$1" 2>/dev/null) || return 0
  if [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$2" ]; then
    say "stopping $2 (pid $pid)"
    kill "$pid"
    for i in $(seq 300); do
      grep -qs '^State:[[:space:]]*[^Z]' "/proc/$pid/status" || break
      sleep 0.1
    done
  fi
  rm -f "$1"
}
