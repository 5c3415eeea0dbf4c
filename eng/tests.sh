# shellcheck shell=bash
# Sourced by build.sh: runs the test projects and counts what the runner itself recorded.

RESULTS=$ROOT/artifacts/test-results

# promtool checks the text that /metrics serves, and a Prometheus scrapes it. The tests that need them are skipped where they are missing.
# Only the two programs are taken out of Debian's package, into .tools/: no service, nothing installed.
offer_prometheus() {
  export PATH="$ROOT/.tools/bin:$PATH"
  have promtool && have prometheus && return 0
  if ! have apt-get || ! have dpkg-deb; then
    say "prometheus is not here: the tests that need it will be skipped"
    return 0
  fi
  say "fetching prometheus and promtool (out of Debian's package prometheus, into .tools/)"
  eng/prometheus.sh >"$LOGS/prometheus.log" 2>&1 ||
    say "prometheus could not be fetched ($LOGS/prometheus.log): the tests that need it will be skipped"
}

# The console's pages are looked at in a real browser, Debian's. The tests that need it are skipped where it is missing.
offer_chromium() {
  ! have chromium || return 0
  if ! have apt-get || ! as_root true; then
    say "chromium is not here and this user may not install it: the tests of the console's pages will be skipped"
    return 0
  fi
  say "installing chromium (Debian's package)"
  { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-nanum; } \
    >"$LOGS/chromium.log" 2>&1 || say "chromium could not be installed ($LOGS/chromium.log): the tests of the console's pages will be skipped"
}

# This project's tests wait for Kafka's groups more than they compute, so it runs beside the others; those run one after the other.
BESIDE=StreamSegmenter.Integration

#   test_all [FILTER] [DOTNET-TEST-ARGUMENT...]
test_all() {
  local project name beside=
  local -a arguments=() projects=()
  if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then
    arguments+=(--filter "FullyQualifiedName~$1")
    shift
  fi
  arguments+=("$@")
  rm -rf "$RESULTS"
  mkdir -p "$RESULTS"
  for project in tests/*/*.csproj; do
    grep -q 'Microsoft.NET.Test.Sdk' "$project" || continue # a tool of the tests
    projects+=("$(basename "$project" .csproj)")
  done
  for name in "${projects[@]}"; do
    [ "$name" = "$BESIDE" ] || continue
    set -m # a process group of its own, to be ended as a whole: a script's background job does not hear Ctrl-C
    test_project "$name" "${arguments[@]}" >"$LOGS/beside.log" 2>&1 </dev/null &
    beside=$!
    set +m
    trap 'kill -- "-$beside"; exit 130' INT TERM
  done
  for name in "${projects[@]}"; do
    [ "$name" = "$BESIDE" ] || test_project "$name" "${arguments[@]}"
  done
  if [ -n "$beside" ]; then
    wait "$beside"
    trap - INT TERM
    cat "$LOGS/beside.log"
  fi
  skip_reasons
  test_summary
  if [ ! -f "$RESULTS/failed-projects" ] && grep -q '^0 passed, 0 failed, 0 skipped' "$RESULTS/summary"; then
    fail "no test was found${arguments[0]:+ by: ${arguments[*]}}"
  fi
  [ ! -f "$RESULTS/failed-projects" ]
}

#   test_project NAME [DOTNET-TEST-ARGUMENT...]: its results go into a .trx, its name into failed-projects where it failed
test_project() {
  local name=$1 started=$SECONDS; shift
  say "testing $name"
  dotnet test "tests/$name/$name.csproj" -c Release --no-build -nodeReuse:false \
    --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" --results-directory "$RESULTS" \
    --blame-hang-timeout 5m --blame-hang-dump-type none "$@" |
    tee "$LOGS/test-$name.log" | only_failures || echo "$name" >>"$RESULTS/failed-projects"
  say "testing $name took $((SECONDS - started)) s"
}

# Of what the runner says, what went wrong: failed tests as they fail. Skipped ones and totals are in the summary.
only_failures() {
  grep -v -E '^$|\[SKIP\]$|^ *Skipped |^(Passed|Failed|Skipped)! |^Test run for |^A total of |^Results File: |^VSTest version |^No test matches |^Starting test execution|^Data collector .Blame. message' || true
}

# Prints why tests were skipped, each reason with its number.
skip_reasons() {
  { cat "$RESULTS"/*.trx 2>/dev/null | tr '\n' ' ' | sed 's/<UnitTestResult /\n&/g' | grep 'outcome="NotExecuted"' |
    sed -n 's/.*<Message>\([^<]*\)<.*/\1/p' | sort | uniq -c | sort -rn | sed 's/^ *\([0-9]*\) /    \1 skipped: /'
  } || true # none skipped
}

# Prints "N passed, N failed, N skipped". A project that failed without a failed test (it crashed, or its results are
# missing) counts as one failure, so that a non-zero exit never stands beside "0 failed".
test_summary() {
  local project
  if [ -f "$RESULTS/failed-projects" ]; then
    while read -r project; do
      counters "$RESULTS/$project.trx" | awk '$2 > 0 { found = 1 } END { exit !found }' ||
        { say "$project failed as a whole: it crashed, hung or left no results"; echo "0 1 0" >>"$RESULTS/crashed"; }
    done <"$RESULTS/failed-projects"
  fi
  { for project in "$RESULTS"/*.trx; do counters "$project"; done
    cat "$RESULTS/crashed" 2>/dev/null || true
  } | awk '{ p += $1; f += $2; s += $3 } END { printf "%d passed, %d failed, %d skipped\n", p, f, s }' |
    tee "$RESULTS/summary"
}

# Prints "PASSED FAILED SKIPPED" out of a .trx file's own counters. What was neither passed nor failed was not executed.
counters() {
  [ -f "$1" ] || return 0
  tr '>' '\n' <"$1" | awk '
    function count(name,   text) {
      if (!match($0, " " name "=\"[0-9]+\"")) return 0
      text = substr($0, RSTART, RLENGTH); gsub(/[^0-9]/, "", text); return text + 0
    }
    /<Counters / {
      bad = count("failed") + count("error") + count("timeout") + count("aborted")
      print count("passed"), bad, count("total") - count("passed") - bad
    }'
}
