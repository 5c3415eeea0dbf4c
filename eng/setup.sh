# shellcheck shell=bash
# Sourced by build.sh: from a fresh clone to compiled assemblies, each step done only if it is still to do.

# One build leaves no compiler server and no MSBuild node behind, and says nothing about telemetry. The projects of one build share a
# compiler, which is warm after the first: half the time. It listens on a pipe of this build alone, and ends with it.
export MSBUILDDISABLENODEREUSE=1 UseRazorBuildServer=false DOTNET_CLI_USE_MSBUILD_SERVER=0
export UseSharedCompilation=true SharedCompilationId=streamsegmenter-$$
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

LOGS=$ROOT/artifacts/logs

require_dotnet() {
  have dotnet || missing "the .NET SDK is missing - remedy: install the .NET 10 SDK, https://dotnet.microsoft.com/download/dotnet/10.0"
  dotnet --list-sdks | grep -q '^10\.' ||
    missing "no .NET 10 SDK here, only: $(dotnet --list-sdks | cut -d' ' -f1 | tr '\n' ' ')" \
      "- remedy: install it, https://dotnet.microsoft.com/download/dotnet/10.0"
}

#   restore_packages WHAT: the solution or one project
restore_packages() {
  local what=$1
  require_dotnet
  require_writable
  mkdir -p "$LOGS"
  if ! during "restoring packages (dotnet restore --locked-mode)" "$LOGS/restore.log" \
    dotnet restore "$what" --locked-mode -v q; then
    tail -n 15 "$LOGS/restore.log" >&2
    grep -q NU1004 "$LOGS/restore.log" &&
      fail "a packages.lock.json is older than its project: run 'dotnet restore StreamSegmenter.sln' and commit the lock files"
    fail "the packages could not be restored; the whole output is in $LOGS/restore.log"
  fi
}

# Ends the compiler that this build started; harmless where there is none.
end_compiler() {
  local sdk
  sdk=$(dotnet --info | sed -n 's/^ *Base Path: *//p')
  dotnet "$sdk/Roslyn/bincore/VBCSCompiler.dll" "-pipename:$SharedCompilationId" -shutdown >/dev/null 2>&1 || true
}

#   build WHAT
build() {
  local what=$1
  restore_packages "$what"
  trap end_compiler EXIT
  if ! during "building (dotnet build -c Release, warnings are errors)" "$LOGS/build.log" \
    dotnet build "$what" -c Release --no-restore -warnaserror -v q; then
    grep -E 'error' "$LOGS/build.log" | sort -u | head -n 30 >&2
    fail "the build failed; the whole output is in $LOGS/build.log"
  fi
  trap - EXIT
  end_compiler
}

# Of everything that is compiled: what is newer than the stamp of the last build, or removed since, which its folder remembers.
#   newer_than STAMP PATH...
newer_than() {
  local stamp=$1; shift
  find "$@" \( -name bin -o -name obj \) -prune -o -newer "$stamp" -print -quit
}

SOLUTION_BUILT=$ROOT/artifacts/solution-built

build_solution() {
  build StreamSegmenter.sln
  touch "$SOLUTION_BUILT"
}

# For what follows a build that just ended.
build_solution_if_changed() {
  [ -f "$SOLUTION_BUILT" ] && [ -z "$(newer_than "$SOLUTION_BUILT" src tests perf samples schemas Directory.* *.sln .editorconfig *.txt global.json)" ] ||
    build_solution
}

PROGRAM=src/StreamSegmenter.Host/bin/Release/net10.0/StreamSegmenter.Host.dll

# The program alone, without tests and benchmarks: a third of the packages. Only where a source is newer than the last build, or was
# removed, which its folder remembers. Where another user may not build, what is built runs.
build_program() {
  local stamp=$ROOT/artifacts/program-built newer
  if [ -f "$PROGRAM" ]; then
    [ -f "$stamp" ] || stamp=$PROGRAM
    newer=$(newer_than "$stamp" src schemas samples/demo.yaml Directory.* global.json)
    [ -n "$newer" ] || return 0
    if [ ! -w "$(dirname "$PROGRAM")" ] || [ ! -w "$ROOT" ]; then
      say "running what is built, which is older than $newer: this user ($(id -un)) may not write to $ROOT"
      return 0
    fi
  else
    say "the first start compiles the program: about a minute, and 200 MB of packages to download where they are not there yet"
  fi
  build src/StreamSegmenter.Host
  touch "$ROOT/artifacts/program-built"
}

require_writable() {
  local folder
  for folder in "$ROOT" "$LOGS" src/*/obj src/*/bin; do
    [ ! -e "$folder" ] || [ -w "$folder" ] ||
      missing "this user ($(id -un)) may not write to $folder, where the build puts its files - remedy: build as its owner" \
        "($(stat -c %U "$folder")), or work in a copy or clone of your own"
  done
}
