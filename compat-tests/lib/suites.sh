# The suites of run.sh and how their results are counted. Sourced; uses its variables.
results=()

say() { printf '%s  %s\n' "$(date +%H:%M:%S)" "$*"; }

wanted() { [[ $1 =~ $only ]]; }

# Is the time over that --within gave?
late() { [ "$(date +%s)" -ge "$deadline" ]; }

# result SUITE PASSED FAILED SKIPPED [reasons, one a line]
result() {
  results+=("$1 $2 $3 $4")
  say "suite $1: $2 passed, $3 failed, $4 skipped"
  [ -z "${5:-}" ] || sed 's/^/          /' <<<"$5"
  [ -z "${5:-}" ] || printf '%s\n' "$5" >"$work/reasons-$1.txt"
}

finish() {
  local passed=0 failed=0 skipped=0 line name p f s
  echo
  for line in "${results[@]}"; do
    read -r name p f s <<<"$line"
    printf '%-16s %4d passed  %4d failed  %4d skipped\n' "$name" "$p" "$f" "$s"
    [ ! -e "$work/reasons-$name.txt" ] || sed 's/^/    /' "$work/reasons-$name.txt"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  done
  if [ $((passed + failed + skipped)) = 0 ]; then
    failed=1
    echo "no suite matches: $only"
  fi
  clean_up
  echo "$passed passed, $failed failed, $skipped skipped"
  trap - EXIT
  [ "$failed" = 0 ]
  exit
}

clean_up() {
  if [ -n "${running:-}" ] && kill -0 "$running" 2>/dev/null; then
    kill "$running" 2>/dev/null
    wait "$running" 2>/dev/null
  fi
  running=
  stop_building_ahead
  "$here/lab/lab" down --name "$lab_name" >/dev/null 2>&1
}

# long NAME LOG COMMAND…: runs it with its output in a file and shows the last line of that now and then.
long() {
  local name=$1 log=$2 started=$SECONDS last='' next=15
  shift 2
  say "$name …"
  "$@" >"$log" 2>&1 &
  running=$!
  while kill -0 "$running" 2>/dev/null; do
    sleep 0.5
    if [ $((SECONDS - started)) -ge $next ]; then
      next=$((SECONDS - started + 15))
      last=$(tail -n 1 "$log" | tr -d '\r' | cut -c1-110)
      say "$name: $((SECONDS - started)) s  $last"
    fi
  done
  wait "$running"
  local status=$?
  running=
  say "$name: done in $((SECONDS - started)) s, status $status"
  return $status
}

# What the black-box suites run; deploy/quickstart.sh needs the first two.
black_box_programs=(bin/swarmward bin/docker-ward bin/mesh_agent bin/mesh_kernel_test)

# configure_and_build PRESET [TARGET…]: all of it without targets.
configure_and_build() {
  local preset=$1
  shift
  cmake --preset "$preset" && ninja -C "build/$preset" "$@"
}

# build_ahead PRESET…: builds with what others leave of the processor, until stop_building_ahead.
build_ahead() {
  [ $# != 0 ] || return 0
  export -f configure_and_build
  # A session of its own: the kernel groups processes by session, and this group must yield as a whole.
  setsid chrt --idle 0 bash -c 'echo 19 >/proc/self/autogroup; for preset; do configure_and_build "$preset"; done' \
    build_ahead "$@" >"$work/build-ahead.log" 2>&1 &
  building_ahead=$!
}

# Whatever is not built by now is built when its suite's turn comes.
stop_building_ahead() {
  [ -n "${building_ahead:-}" ] || return 0
  kill -- "-$building_ahead" 2>/dev/null
  wait "$building_ahead" 2>/dev/null
  building_ahead=
}

# build PRESET [TARGET…]: 2 if it was ended because the time was over.
build() {
  local preset=$1 log=$work/build-$1.log
  late && return 2
  export -f configure_and_build
  long "build $preset" "$log" timeout $((deadline - $(date +%s))) bash -c 'configure_and_build "$@"' build "$@" && return 0
  late && return 2
  grep -E -m 10 -A 6 'FAILED|error|Error' "$log" || tail -n 30 "$log"
  return 1
}

# not_built SUITE PRESET STATUS
not_built() {
  if [ "$3" = 2 ]; then
    result "$1" 0 0 1 "1 skipped: the time given was over before its programs were built"
  else
    result "$1" 0 1 0 "the $2 build failed; see $work/build-$2.log"
  fi
}

# A preset's unit tests; every GoogleTest case counts.
unit_suite() {
  local preset=$1 suite=$1 xml=$work/gtest-$1 run=(ctest --preset "$1" --output-junit "$work/ctest-$1.xml")
  [ "$preset" != release ] || suite=unit
  build "$preset" || { not_built "$suite" "$preset" $?; return; }
  mkdir -p "$xml"
  # ThreadSanitizer cannot stand the wide address randomisation of newer kernels.
  if [ "$preset" = tsan ] && setarch -R true 2>/dev/null; then run=(setarch -R "${run[@]}"); fi
  GTEST_OUTPUT="xml:$xml/" long "tests $preset" "$work/ctest-$preset.log" "${run[@]}"
  count "$suite" gtest "$work/ctest-$preset.xml" "$xml"
}

# Every fuzz target for SWARMWARD_FUZZ_SECONDS, two at a time; each counts as one case. What is
# found stays in build/compat/fuzz/TARGET/.
fuzz_suite() {
  local seconds=${SWARMWARD_FUZZ_SECONDS:-20} targets=() target passed=0 failed=0 reasons=''
  build asan fuzzers || { not_built fuzz asan $?; return; }
  for target in "$root"/build/asan/bin/*_fuzz; do targets+=("$(basename "$target")"); done
  for target in "${targets[@]}"; do mkdir -p "$work/fuzz/$target/corpus"; done
  export -f fuzz_one
  printf '%s\n' "${targets[@]}" >"$work/fuzz.txt"
  long "fuzz (${#targets[@]} targets, $seconds s each)" "$work/fuzz.log" \
    xargs -a "$work/fuzz.txt" -P 2 -I TARGET bash -c "fuzz_one '$root' '$work' TARGET $seconds"
  for target in "${targets[@]}"; do
    if [ "$(cat "$work/fuzz/$target/status" 2>/dev/null)" = 0 ]; then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
      reasons+="$target: $(grep -m1 -E 'SUMMARY|ERROR|deadly' "$work/fuzz/$target/log"), see $work/fuzz/$target"$'\n'
    fi
  done
  result fuzz "$passed" "$failed" 0 "${reasons%$'\n'}"
}

# fuzz_one ROOT WORK TARGET SECONDS
fuzz_one() {
  local folder=$2/fuzz/$3 seeds=$1/fuzz/seeds/$3
  [ -d "$seeds" ] || seeds=
  # A slow input is a finding too: nobody may stop the daemon with one request.
  timeout --kill-after=10 $(($4 + 60)) "$1/build/asan/bin/$3" -max_total_time="$4" -timeout=10 -rss_limit_mb=2048 \
    -max_len=8192 -print_final_stats=1 -artifact_prefix="$folder/" "$folder/corpus" $seeds >"$folder/log" 2>&1
  echo $? >"$folder/status"
  echo "$3: status $(cat "$folder/status"), $(grep -oE 'number_of_executed_units: +[0-9]+' "$folder/log" | tr -s ' ')"
}

# case_one NAME FILE: one file of cases/ or consumers/, on a lab of its own. Leaves its report and its status in $work.
case_one() {
  if late; then
    echo late >"$work/$1.status"
    return
  fi
  export SWARMWARD_LAB_NAME=t$$
  trap '"$here/lab/lab" down --name "$SWARMWARD_LAB_NAME" >/dev/null 2>&1' EXIT
  trap 'exit 130' INT TERM HUP
  # No plugins but pytest's own: what else is installed here must not change the outcome.
  PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 PYTHONDONTWRITEBYTECODE=1 \
    timeout --kill-after=60 "${SWARMWARD_SUITE_TIMEOUT:-1500}" \
    /usr/bin/python3 -u -m pytest "$2" -v -ra -p no:cacheprovider --color=no \
    --junitxml="$work/$1.xml" --target="$target" --binary="$binary" >"$work/$1.log" 2>&1
  echo $? >"$work/$1.status"
  echo "$1: $(tail -n 1 "$work/$1.log")"
}

# case_suites NAME…: two at a time, for they wait most of the time.
case_suites() {
  local name status
  if [ "$target" != native ] && [ ! -x "$binary" ]; then
    for name; do result "$name" 0 1 0 "there is no daemon to test (the build failed)"; done
    return
  fi
  "$here/lab/lab" up --name "$lab_name" >"$work/lab.log" 2>&1  # Makes what all labs share.
  "$here/lab/lab" down --name "$lab_name" >>"$work/lab.log" 2>&1
  export -f case_one late
  export here work target binary deadline
  # By a file: a command in the background has no standard input.
  for name; do echo "$name" "${case_files[$name]}"; done >"$work/cases.txt"
  long "black-box suites" "$work/cases.log" xargs -a "$work/cases.txt" -P 2 -L 1 bash -c 'case_one "$@"' case_one
  stop_building_ahead
  second_tries "$@"
  for name; do
    status=$(cat "$work/$name.status" 2>/dev/null || echo 2)
    if [ "$status" = late ]; then
      result "$name" 0 0 1 "1 skipped: the time given was over before its turn"
      continue
    fi
    case "$status" in 0 | 1) ;; *) tail -n 20 "$work/$name.log" ;; esac
    count "$name" pytest "$work/$name.xml" "$status"
  done
}

# second_tries NAME…: what failed beside others runs once more with the machine to itself, and its result is what
# counts; the failures of the first try are told. More than a few mean a fault, not a late machine.
second_tries() {
  local name failed=() file
  for name; do
    [ "$(cat "$work/$name.status" 2>/dev/null || echo 2)" != 1 ] || failed+=("$name")
  done
  [ ${#failed[@]} != 0 ] && [ ${#failed[@]} -le 4 ] || return 0
  for name in "${failed[@]}"; do
    late && return
    say "suite $name failed at the first try:"
    /usr/bin/python3 "$here/lib/count.py" pytest "$work/$name.xml" 1 | tail -n +2
    for file in xml log status; do mv "$work/$name.$file" "$work/$name.first.$file"; done
    long "$name once more" "$work/again.log" bash -c 'case_one "$@"' case_one "$name" "${case_files[$name]}"
  done
}

# count SUITE KIND …: the first line that count.py prints is "P F S", the others are reasons.
count() {
  local suite=$1 out
  out=$(/usr/bin/python3 "$here/lib/count.py" "${@:2}")
  # shellcheck disable=SC2046
  result "$suite" $(head -n 1 <<<"$out") "$(tail -n +2 <<<"$out")"
}
