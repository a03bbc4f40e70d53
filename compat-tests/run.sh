#!/bin/bash
# Builds Swarmward and runs every test: units, sanitizers, and the black-box suites on a lab of real dockerds.
#
#   sudo compat-tests/run.sh [--quick] [--only PATTERN] [--no-sanitizers] [--within MINUTES] [--binary PATH]
#                            [--target native] [--list]
#
# The unit tests run once: with sanitizers in the suite asan, or where that is left out in the suite unit.
#
#   --quick          fewer rounds of the long loops, five seconds for each fuzz target, no sanitizers
#   --only PATTERN   only the suites whose name matches this regular expression
#   --no-sanitizers  leave out the asan and tsan suites (also: SWARMWARD_SKIP_SANITIZERS=1)
#   --within MINUTES what has not begun by then is skipped, and a build ended
#   --binary PATH    test this daemon instead of building one
#   --target native  run the black-box suites against dockerd's own swarm mode, to check what they expect
#   --list           print the names of the suites
# Rows of the conformance table that were run land in build/compat/rows-TARGET.json; compat-tests/rows.py shows them.
# The last line is always "N passed, N failed, N skipped"; the exit status is 1 if anything failed.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1
here=$root/compat-tests
work=$root/build/compat
only=. target=swarmward binary=$root/build/release/bin/swarmward given_binary=no
sanitizers=yes skip_reason="SWARMWARD_SKIP_SANITIZERS=1"
deadline=$(($(date +%s) + 1000000))
[ "${SWARMWARD_SKIP_SANITIZERS:-}" != 1 ] || sanitizers=no
exec </dev/null

. "$here/lib/suites.sh"

# Each file of cases/ and consumers/*/ is a suite: its name without "test_", and where it is.
declare -A case_files=()
cases=()
for file in "$here"/cases/test_*.py "$here"/consumers/*/test_*.py; do
  name=$(basename "$file" .py)
  name=${name#test_}
  cases+=("$name")
  case_files[$name]=$file
done

while [ $# -gt 0 ]; do
  case "$1" in
    --quick) export SWARMWARD_QUICK=1 SWARMWARD_FUZZ_SECONDS="${SWARMWARD_FUZZ_SECONDS:-5}"; sanitizers=no skip_reason="--quick" ;;
    --only) only=${2:?--only needs a pattern}; shift ;;
    --no-sanitizers) sanitizers=no skip_reason="--no-sanitizers" ;;
    --sanitizers) sanitizers=yes ;;
    --within) deadline=$(($(date +%s) + 60 * ${2:?--within needs minutes})); shift ;;
    --binary) binary=$(realpath "${2:?--binary needs a path}"); given_binary=yes; shift ;;
    --target) target=${2:?--target needs swarmward or native}; shift ;;
    --list) printf '%s\n' unit asan tsan fuzz "${cases[@]}"; exit 0 ;;
    *) sed -n '2,18s/^# \?//p' "$0"; exit 2 ;;
  esac
  shift
done

[ "$(id -u)" = 0 ] || { echo "The lab makes network namespaces and starts dockerds: run this as root (sudo)." >&2; exit 1; }

mkdir -p "$work"
# The table of rows outlives a run: it lays two of them, one per target, side by side.
find "$work" -mindepth 1 -maxdepth 1 ! -name 'rows-*.json' -exec rm -rf {} +
[ "$only" != . ] || rm -f "$work/rows-$target.json"
lab_name=t$(($$ % 100000))
export SWARMWARD_LAB_NAME=$lab_name
trap 'clean_up' EXIT
trap 'exit 130' INT TERM HUP

say "logs are in $work"
"$root/tools/install-deps.sh" --tests || { result packages 0 1 0 "tools/install-deps.sh failed"; finish; }

if [ "$target" = native ] || [ "$given_binary" = yes ]; then
  [ "$target" = native ] || [ -x "$binary" ] || { echo "There is no program at $binary." >&2; exit 2; }
else
  if ! wanted unit; then
    build release "${black_box_programs[@]}" || result build 0 1 0 "see $work/build-release.log"
  elif [ "$sanitizers" = yes ] && wanted asan; then
    build release "${black_box_programs[@]}" || result build 0 1 0 "see $work/build-release.log"
    result unit 0 0 0 "the unit tests run in the suite asan"
  else
    unit_suite release
  fi
fi
# The longest one first, so that nothing waits for it at the end.
chosen=()
for name in vm "${cases[@]}"; do
  [[ " ${chosen[*]-} " == *" $name "* ]] || ! wanted "$name" || chosen+=("$name")
done
later=()
if [ "$target" != native ] && [ "$given_binary" = no ] && command -v clang++ >/dev/null; then
  if wanted fuzz || { [ "$sanitizers" = yes ] && wanted asan; }; then later+=(asan); fi
  if [ "$sanitizers" = yes ] && wanted tsan; then later+=(tsan); fi
fi
if [ ${#chosen[@]} != 0 ]; then
  build_ahead "${later[@]}"
  case_suites "${chosen[@]}"
  stop_building_ahead
fi
if [ "$target" != native ] && [ "$given_binary" = no ]; then
  for suite in asan fuzz tsan; do
    wanted "$suite" || continue
    if ! command -v clang++ >/dev/null; then
      result "$suite" 0 0 1 "1 skipped: clang is not installed (tools/install-deps.sh --tests)"
    elif [ "$suite" = fuzz ]; then
      fuzz_suite
    elif [ "$sanitizers" = no ]; then
      result "$suite" 0 0 1 "1 skipped: $skip_reason"
    else
      unit_suite "$suite"
    fi
  done
fi
finish
