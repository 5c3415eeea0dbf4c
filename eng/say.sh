# shellcheck shell=bash
# Sourced by every script here: how this repository talks to the person at the terminal.

# One line about what happens next.
say() { printf '\033[1m==>\033[0m %s\n' "$*" | if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi; }

# Ends with one sentence that names what is missing and one that names the remedy. Exit code 2: not a failed build.
missing() { printf 'error: %s\n' "$*" >&2; exit 2; }

# Ends because something that should have worked did not. Exit code 1.
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Runs a command with its output in a log. On a terminal the line counts the seconds, so that a long wait is seen to be one.
#   during LABEL LOG COMMAND...
during() {
  local label=$1 log=$2 status=0 started=$SECONDS worker; shift 2
  "$@" >"$log" 2>&1 </dev/null &
  worker=$!
  trap 'kill "$worker"; exit 130' INT TERM
  if [ -t 1 ]; then
    while kill -0 "$worker" 2>/dev/null; do
      printf '\r\033[1m==>\033[0m %s … %d s ' "$label" "$((SECONDS - started))"
      sleep 0.25
    done
    printf '\r\033[K'
  else
    say "$label"
  fi
  wait "$worker" || status=$?
  trap - INT TERM
  [ ! -t 1 ] || say "$label: $((SECONDS - started)) s"
  return "$status"
}

have() { command -v "$1" >/dev/null 2>&1; }

# Runs quietly; on failure shows the last lines of what the command said and where all of it is.
#   quietly LOG COMMAND...
quietly() {
  local log=$1; shift
  mkdir -p "$(dirname "$log")"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 25 "$log" >&2
    fail "'$*' failed; its whole output is in $log"
  fi
}
