# Sourced. Debian packages, installed only when one is missing and only when this machine lets us.

# Prints the given packages that are not installed, one per line.
apt_missing() {
  local package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || echo "$package"
  done
}

# Prints "sudo" or nothing, whichever makes us root; fails when neither does.
apt_root() {
  if [ "$(id -u)" -eq 0 ]; then echo ""
  elif have sudo && sudo -n true 2>/dev/null; then echo "sudo"
  else return 1
  fi
}

# Succeeds when apt_install can be expected to work here.
apt_usable() { have apt-get && have dpkg-query && apt_root >/dev/null; }

# Installs what is missing of the given packages. Services that a package brings are not started.
apt_install() {
  local wanted root policy
  wanted=$(apt_missing "$@")
  [ -n "$wanted" ] || return 0
  root=$(apt_root) || missing "these Debian packages are missing and this user cannot become root:" $wanted \
    "- remedy: sudo apt-get install -y --no-install-recommends" $wanted
  say "installing Debian packages:" $wanted
  # The package lists of a fresh machine or container are often empty or stale; refresh once.
  quietly "$ROOT/artifacts/logs/apt-update.log" $root apt-get update -qq
  quietly "$ROOT/artifacts/logs/apt-install.log" $root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get install -y -qq --no-install-recommends $wanted
}
