# shellcheck shell=bash
# Sourced by build.sh: from a fresh clone to compiled assemblies, each step done only if it is still to do.

# One build leaves no compiler server and no MSBuild node behind, and says nothing about telemetry.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false UseRazorBuildServer=false DOTNET_CLI_USE_MSBUILD_SERVER=0
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

LOGS=$ROOT/artifacts/logs

require_dotnet() {
  have dotnet || missing "the .NET SDK is missing - remedy: install the .NET 10 SDK, https://dotnet.microsoft.com/download/dotnet/10.0"
  dotnet --list-sdks | grep -q '^10\.' ||
    missing "no .NET 10 SDK here, only: $(dotnet --list-sdks | cut -d' ' -f1 | tr '\n' ' ')" \
      "- remedy: install it, https://dotnet.microsoft.com/download/dotnet/10.0"
}

restore_packages() {
  require_dotnet
  mkdir -p "$LOGS"
  say "restoring packages (dotnet restore --locked-mode)"
  if ! dotnet restore StreamSegmenter.sln --locked-mode -v q >"$LOGS/restore.log" 2>&1; then
    tail -n 15 "$LOGS/restore.log" >&2
    grep -q NU1004 "$LOGS/restore.log" &&
      fail "a packages.lock.json is older than its project: run 'dotnet restore StreamSegmenter.sln' and commit the lock files"
    fail "the packages could not be restored; the whole output is in $LOGS/restore.log"
  fi
}

build_solution() {
  restore_packages
  say "building (dotnet build -c Release, warnings are errors)"
  if ! dotnet build StreamSegmenter.sln -c Release --no-restore -warnaserror -v q >"$LOGS/build.log" 2>&1; then
    grep -E 'error' "$LOGS/build.log" | sort -u | head -n 30 >&2
    fail "the build failed; the whole output is in $LOGS/build.log"
  fi
}
