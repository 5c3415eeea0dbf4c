#!/usr/bin/env bash
# Makes sure that a restore finds the package librdkafka.redist, the native half of Confluent.Kafka.
#
# Where a configured NuGet source (or NuGet's own cache) has it, nothing happens. Where none has, the same
# package is built once from librdkafka's source into the git-ignored folder .feed/, which
# Directory.Build.props adds to the restore sources whenever it is there. See docs/adr/0008-local-librdkafka-feed.md.
#
#   eng/librdkafka.sh            make it if it is needed
#   eng/librdkafka.sh --force    make it in any case
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$ROOT/eng/say.sh"
. "$ROOT/eng/apt.sh"

VERSION=$(sed -n "s|.*<LibrdkafkaVersion>\(.*\)</LibrdkafkaVersion>.*|\1|p" "$ROOT/Directory.Packages.props")
NPM_PACKAGE=@confluentinc/kafka-javascript@1.10.1 # carries the source of just that librdkafka in deps/librdkafka
NPM_SHA512=29578f5019f6d44a8254ff667f1cc4b8cdd26091c7105ed7fa2882d9ee374108034b211a92c2279821a8a13df0e6af9c340764482acaef58f42027eaa12a992f
DEBIAN_PACKAGES=(gcc g++ make libc6-dev pkg-config python3-minimal
  libssl-dev libzstd-dev liblz4-dev zlib1g-dev libsasl2-dev libcurl4-openssl-dev)

FEED=$ROOT/.feed
NUPKG=$FEED/librdkafka.redist.$VERSION.nupkg
CACHED=${NUGET_PACKAGES:-$HOME/.nuget/packages}/librdkafka.redist/$VERSION

already_made() { [ -s "$NUPKG" ]; }
in_nuget_cache() { [ -f "$CACHED/.nupkg.metadata" ]; }
in_nuget_source() {
  dotnet restore "$ROOT/eng/librdkafka.redist/probe.proj" -nodeReuse:false -v q >"$ROOT/artifacts/logs/librdkafka-probe.log" 2>&1
}

# Only "no such package" and "no such version" mean that we have to build; a network that is down does not.
explain_probe() {
  grep -qE 'NU110[123]' "$ROOT/artifacts/logs/librdkafka-probe.log" && return 0
  tail -n 5 "$ROOT/artifacts/logs/librdkafka-probe.log" >&2
  fail "NuGet could not be asked for librdkafka.redist $VERSION; see the lines above, and 'dotnet nuget list source'"
}

require_tools() {
  have npm || missing "npm is missing: librdkafka's source comes from the npm package $NPM_PACKAGE," \
    "because no NuGet source offers librdkafka.redist - remedy: install Node.js with npm"
  if have apt-get && have dpkg-query; then apt_install "${DEBIAN_PACKAGES[@]}"; fi
  local tool
  for tool in gcc g++ make; do
    have "$tool" || missing "no $tool on this machine - remedy: install what Debian calls ${DEBIAN_PACKAGES[*]}"
  done
}

rid() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) echo linux-x64 ;;
    Linux-aarch64) echo linux-arm64 ;;
    *) missing "librdkafka.redist can be made here on Linux x86-64 and arm64 only, this is $(uname -sm)" \
         "- remedy: add a NuGet source that offers librdkafka.redist $VERSION" ;;
  esac
}

make_package() {
  local rid source
  rid=$(rid)
  work=$(mktemp -d) # global, so that the trap still sees it
  trap 'rm -rf "$work"' EXIT
  source=$work/package/deps/librdkafka

  say "fetching librdkafka $VERSION's source (npm pack $NPM_PACKAGE)"
  (cd "$work" && quietly "$ROOT/artifacts/logs/librdkafka-npm.log" npm pack --ignore-scripts "$NPM_PACKAGE")
  echo "$NPM_SHA512  $(echo "$work"/*.tgz)" | sha512sum --check --status ||
    fail "$NPM_PACKAGE is not the file that this script was written for (its SHA-512 differs)"
  tar -xzf "$work"/*.tgz -C "$work"

  say "building librdkafka for $rid (about a minute)"
  (cd "$source" && quietly "$ROOT/artifacts/logs/librdkafka-configure.log" ./configure --disable-debug-symbols)
  quietly "$ROOT/artifacts/logs/librdkafka-make.log" make -C "$source/src" -j "$(nproc)"

  say "packing $NUPKG"
  cp "$source/src/librdkafka.so.1" "$work/librdkafka.so"
  quietly "$ROOT/artifacts/logs/librdkafka-pack.log" dotnet pack "$ROOT/eng/librdkafka.redist/librdkafka.redist.csproj" \
    -nodeReuse:false -p:LibrdkafkaFile="$work/librdkafka.so" -p:LibrdkafkaLicenses="$source/LICENSES.txt" \
    -p:LibrdkafkaRid="$rid" -p:Version="$VERSION" -p:BaseIntermediateOutputPath="$work/obj/" -o "$work/out"
  mkdir -p "$FEED"
  mv "$work/out/librdkafka.redist.$VERSION.nupkg" "$NUPKG"
}

mkdir -p "$ROOT/artifacts/logs"
if [ "${1:-}" != --force ]; then
  if already_made || in_nuget_cache || in_nuget_source; then exit 0; fi
  explain_probe
  say "no NuGet source offers librdkafka.redist $VERSION: making it once, into .feed/"
fi
require_tools
make_package
