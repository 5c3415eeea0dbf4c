#!/usr/bin/env bash
# StreamSegmenter's one command. Every sub-command first does whatever set-up it needs; running it again is harmless.
set -euo pipefail
CALLED_FROM=$PWD
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
                 membership changes and conversion metrics; compiles the program first where the sources are newer
                   ./build.sh demo --for 30s
  cli ARGS       run the engine's command, 'streamsegmenter'; compiles first where the sources are newer
                   ./build.sh cli validate --config samples/shop.yaml
  test [FILTER]  run every test, or those whose full name contains FILTER; further arguments go to 'dotnet test'
                   ./build.sh test CartAbandonment
  bench [ARGS]   run the benchmarks in perf/
                   ./build.sh bench
  chaos [ARGS]   run engines under load, kill, freeze and restart them, and compare what they wrote with a replay
                   ./build.sh chaos --brokers localhost:9092 --minutes 10
  release        make a release's files in artifacts/release: a folder and a single file that need no .NET, and the packages
                   ./build.sh release
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

# Standard output is the command's own, since it may be piped; what the build says goes to standard error. Started by dotnet
# itself: the executable beside the assembly looks for the runtime in the system's places only, not on the PATH.
cli() {
  [ "${1-}" != -- ] || shift # as 'dotnet run' and npm want it
  build_program >&2
  cd "$CALLED_FROM"
  STREAMSEGMENTER_COMMAND="${ROOT/#$PWD/.}/build.sh cli" exec dotnet "$ROOT/$PROGRAM" "$@"
}

run_tests() {
  build_solution
  offer_prometheus
  offer_chromium
  test_all "$@"
}

bench() {
  build_solution
  exec dotnet run --project perf/StreamSegmenter.Perf -c Release --no-build -- "$@"
}

# Not a test that everybody runs: it needs a cluster, and minutes.
chaos() {
  build_solution >&2
  exec dotnet tests/StreamSegmenter.Chaos/bin/Release/net10.0/StreamSegmenter.Chaos.dll "$@"
}

# Lock files hold what every machine restores; those of one platform's runtime are written beside the build, not over them.
release() {
  local out=$ROOT/artifacts/release version name
  version=$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' Directory.Build.props)
  name=streamsegmenter-$version-linux-x64
  build_solution
  rm -rf "$out"
  say "packing the libraries"
  quietly "$LOGS/pack.log" dotnet pack StreamSegmenter.sln -c Release --no-build -o "$out"
  say "publishing $name"
  quietly "$LOGS/publish.log" dotnet publish src/StreamSegmenter.Host -c Release -r linux-x64 --self-contained \
    -p:NuGetLockFilePath=obj/release.lock.json -o "$out/$name"
  tar -C "$out" -czf "$out/$name.tar.gz" "$name"
  rm -rf "${out:?}/$name"
  # One file, for a machine without anything: it unpacks its native libraries at its first start, to ~/.net or DOTNET_BUNDLE_EXTRACT_BASE_DIR.
  say "publishing $name as a single file"
  quietly "$LOGS/publish-single.log" dotnet publish src/StreamSegmenter.Host -c Release -r linux-x64 --self-contained \
    -p:NuGetLockFilePath=obj/release.lock.json -p:PublishSingleFile=true -p:IncludeNativeLibrariesForSelfExtract=true -o "$out/single"
  mv "$out/single/streamsegmenter" "$out/$name.bin"
  rm -rf "$out/single"
  (cd "$out" && sha256sum -- * | tee SHA256SUMS)
}

format() {
  restore_packages StreamSegmenter.sln
  say "formatting the sources (dotnet format)"
  dotnet format StreamSegmenter.sln --no-restore
}

check() {
  build_solution_if_changed
  # One of dotnet format's three parts: style and analyzers are what the build enforces already (and PredefinedTypeTests, what it cannot).
  say "checking the format (dotnet format whitespace --verify-no-changes)"
  dotnet format whitespace StreamSegmenter.sln --no-restore --verify-no-changes ||
    fail "the format check failed: run ./build.sh format and commit what it changed"
}

command=${1:-help}
[ $# -eq 0 ] || shift
case "$command" in
  demo) cli demo "$@" ;;
  cli) cli "$@" ;;
  test) run_tests "$@" ;;
  bench) bench "$@" ;;
  chaos) chaos "$@" ;;
  release) release ;;
  build) build_solution ;;
  format) format ;;
  check) check ;;
  help | -h | --help) usage ;;
  *)
    usage >&2
    missing "unknown command '$command'; the commands are demo, cli, test, bench, chaos, release, build, format, check and help"
    ;;
esac
