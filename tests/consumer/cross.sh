#!/usr/bin/env bash
# The packages in an application for another platform: restored from a folder, published self-contained, and run by an
# emulator where there is one.
#
#   tests/consumer/cross.sh PACKAGES CACHE RID [EMULATOR…]
#
# PACKAGES holds the .nupkg files with the libraries of all platforms. CACHE keeps what publishing restores. Prints a line
# "passed NAME", "failed NAME" or "skipped NAME: reason" for each step.
set -uo pipefail

packages="$(cd "$1" && pwd)"
mkdir -p "$2"
cache="$(cd "$2" && pwd)"
runtime="$3"
emulator=("${@:4}")
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
capture="$here/../../src/Recurrent.Demo/data/nam/BossLSTM-1x16.nam"

application="$(mktemp -d)"
trap 'rm -rf "$application"' EXIT
cp "$here/Consumer.csproj" "$here/Program.cs" "$capture" "$application/"
cd "$application" || exit 1

source "$here/support.sh"
use_packages "$packages" "$cache"

# The packages come from the folder, .NET for the platform from where everything else does.
step "restore from a folder" dotnet restore "${options[@]}" -p:RestoreSources="$packages" || exit 1
if ! dotnet restore -r "$runtime" -p:SelfContained=true "${options[@]}"; then
  echo "skipped publish for $runtime: its runtime pack cannot be restored here"
  exit "$failed"
fi
step "publish for $runtime" dotnet publish -c Release -r "$runtime" --self-contained --no-restore "${options[@]}" -o published ||
  exit 1

takes_its_library() {
  local library
  library="$(find published -name 'librecurrent.*')"
  [[ "$(wc -l <<<"$library")" == 1 ]] || { echo "expected one library, found: $library"; return 1; }
  case "$runtime" in
    win-*) [[ "$library" == *.dll ]] ;;
    linux-arm64) readelf -h "$library" | grep AArch64 ;;
    linux-musl-*) ! objdump -T "$library" | grep GLIBC_ ;;
    *) true ;;
  esac
}
step "the library of $runtime" takes_its_library

if ((${#emulator[@]} == 0)); then
  echo "skipped run on $runtime: nothing here runs .NET for it"
  exit "$failed"
fi
program=published/Consumer
[[ -e "$program" ]] || program+=.exe
run() { "${emulator[@]}" "$program" "$(basename "$capture")" | tee run.log && grep -q 'equal the reference' run.log; }
runs() {
  # .NET under qemu aborts now and then, which is emulation's.
  run || { [[ "${emulator[*]}" == *qemu* ]] && echo "once more" && run; }
}
step "run on $runtime" runs
exit "$failed"
