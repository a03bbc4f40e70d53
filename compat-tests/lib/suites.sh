# The suites of run.sh and how their results are counted. Sourced; uses its variables.
results=()

say() { printf '%s  %s\n' "$(date +%H:%M:%S)" "$*"; }

wanted() { [[ $1 =~ $only ]]; }

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

build() {
  local preset=$1 log=$work/build-$1.log
  configure_and_build() { cmake --preset "$1" && ninja -C "build/$1"; }
  long "build $preset" "$log" configure_and_build "$preset" && return 0
  grep -E -m 10 -A 6 'FAILED|error|Error' "$log" || tail -n 30 "$log"
  return 1
}

# A preset's unit tests; every GoogleTest case counts.
unit_suite() {
  local preset=$1 suite=$1 xml=$work/gtest-$1 run=(ctest --preset "$1" --output-junit "$work/ctest-$1.xml")
  [ "$preset" != release ] || suite=unit
  if ! build "$preset"; then
    result "$suite" 0 1 0 "the $preset build failed; see $work/build-$preset.log"
    return
  fi
  mkdir -p "$xml"
  # ThreadSanitizer of g++ 12 cannot stand the wide address randomisation of newer kernels.
  if [ "$preset" = tsan ] && setarch -R true 2>/dev/null; then run=(setarch -R "${run[@]}"); fi
  GTEST_OUTPUT="xml:$xml/" long "tests $preset" "$work/ctest-$preset.log" "${run[@]}"
  count "$suite" gtest "$work/ctest-$preset.xml" "$xml"
}

# One file of cases/, on a lab of its own.
case_suite() {
  local name=$1 log=$work/$1.log
  if [ "$target" != native ] && [ ! -x "$binary" ]; then
    result "$name" 0 1 0 "there is no daemon to test (the build failed)"
    return
  fi
  # No plugins but pytest's own: what else is installed here must not change the outcome.
  PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 PYTHONDONTWRITEBYTECODE=1 long "suite $name" "$log" \
    timeout --kill-after=60 "${SWARMWARD_SUITE_TIMEOUT:-1200}" \
    /usr/bin/python3 -u -m pytest "$here/cases/test_$name.py" -v -ra -p no:cacheprovider --color=no \
    --junitxml="$work/$name.xml" --target="$target" --binary="$binary"
  local status=$?
  [ $status -le 1 ] || tail -n 20 "$log"
  count "$name" pytest "$work/$name.xml" $status
  "$here/lab/lab" down --name "$lab_name" >/dev/null
}

# count SUITE KIND …: the first line that count.py prints is "P F S", the others are reasons.
count() {
  local suite=$1 out
  out=$(/usr/bin/python3 "$here/lib/count.py" "${@:2}")
  # shellcheck disable=SC2046
  result "$suite" $(head -n 1 <<<"$out") "$(tail -n +2 <<<"$out")"
}
