#!/usr/bin/env bash
# Puts prometheus and promtool into .tools/bin, taken out of Debian's package prometheus without installing that package:
# installing it would also start a service.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$ROOT/eng/say.sh"
. "$ROOT/eng/apt.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# apt-get drops to the user _apt for downloads, who has to be able to write here.
chmod 755 "$work"
[ "$(id -u)" -ne 0 ] || chown _apt "$work" 2>/dev/null || true

# A fresh machine has no package lists; refreshing them needs root, downloading does not.
apt-get download prometheus || { as_root apt-get update && apt-get download prometheus; }
dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/prometheus ./usr/bin/promtool
mkdir -p "$ROOT/.tools/bin"
mv usr/bin/prometheus usr/bin/promtool "$ROOT/.tools/bin/"
