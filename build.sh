#!/usr/bin/env bash
# StreamSegmenter's one command. Every sub-command first does whatever set-up it needs; running it again is harmless.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$ROOT"
. eng/say.sh
. eng/apt.sh
. eng/setup.sh
. eng/tests.sh

usage() {
  cat <<'EOF'
usage: ./build.sh COMMAND [ARGUMENTS]

  demo [ARGS]    watch generated storefront traffic go through an in-process Kafka and come out as triggers,
                 membership changes and conversion metrics
                   ./build.sh demo --for 30s
  test [FILTER]  run every test, or those whose full name contains FILTER; further arguments go to 'dotnet test'
                   ./build.sh test CartAbandonment
  bench [ARGS]   run the benchmarks in perf/
                   ./build.sh bench
  build          restore and compile everything in Release, warnings are errors
                   ./build.sh build
  format         rewrite the sources in the style of .editorconfig
                   ./build.sh format
  check          compile, and fail if 'format' would change anything
                   ./build.sh check
  help           this text
                   ./build.sh help

Exit codes: 0 fine, 1 failed, 2 wrong usage or a prerequisite is missing.
EOF
}

demo() {
  build_solution
  exec dotnet run --project src/StreamSegmenter.Host -c Release --no-build -- demo "$@"
}

run_tests() {
  build_solution
  offer_promtool
  test_all "$@"
}

bench() {
  build_solution
  exec dotnet run --project perf/StreamSegmenter.Perf -c Release --no-build -- "$@"
}

format() {
  restore_packages
  say "formatting the sources (dotnet format)"
  dotnet format StreamSegmenter.sln --no-restore
}

check() {
  build_solution
  say "checking the format (dotnet format --verify-no-changes)"
  dotnet format StreamSegmenter.sln --no-restore --verify-no-changes ||
    fail "the format check failed: run ./build.sh format and commit what it changed"
}

command=${1:-help}
[ $# -eq 0 ] || shift
case "$command" in
  demo) demo "$@" ;;
  test) run_tests "$@" ;;
  bench) bench "$@" ;;
  build) build_solution ;;
  format) format ;;
  check) check ;;
  help | -h | --help) usage ;;
  *)
    usage >&2
    missing "unknown command '$command'; the commands are demo, test, bench, build, format, check and help"
    ;;
esac
