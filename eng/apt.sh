# shellcheck shell=bash
# Sourced. Debian packages, installed only when one is missing and only when this machine lets us.

# Prints the given packages that are not installed, one per line.
apt_missing() {
  local package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || echo "$package"
  done
}

# Runs a command as root: directly, or through sudo where that asks for no password. Fails where neither works.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif have sudo && sudo -n true 2>/dev/null; then sudo "$@"
  else return 1
  fi
}

# Installs what is missing of the given packages.
apt_install() {
  local -a wanted
  mapfile -t wanted < <(apt_missing "$@")
  [ "${#wanted[@]}" -gt 0 ] || return 0
  as_root true || missing "these Debian packages are missing and this user can become root neither directly nor by sudo:" \
    "${wanted[*]} - remedy: as root, apt-get install -y --no-install-recommends ${wanted[*]}"
  say "installing Debian packages: ${wanted[*]}"
  # The package lists of a fresh machine or container are often empty or stale; refresh once.
  quietly "$ROOT/artifacts/logs/apt-update.log" as_root apt-get update -qq
  quietly "$ROOT/artifacts/logs/apt-install.log" as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${wanted[@]}"
}
