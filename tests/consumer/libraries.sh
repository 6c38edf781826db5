#!/usr/bin/env bash
# The native libraries of a package for all platforms, as they are packed: for which processor, what they need of the
# system, that they have no symbols but the interface's, and are stripped.
#
#   tests/consumer/libraries.sh PACKAGES NEWEST_GLIBC
#
# Prints a line "passed NAME" or "failed NAME" for each step.
set -uo pipefail

packages="$(cd "$1" && pwd)"
newest_glibc="$2"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/support.sh"

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
package="$(find "$packages" -name 'Recurrent.[0-9]*.nupkg' | head -1)"
step "unpack" python3 -m zipfile -e "$package" "$folder" || exit 1
cd "$folder/runtimes" || exit 1

# What it has and nothing else: what is missing here would fail on somebody's machine.
has_all_platforms() {
  local found
  found="$(find . -type f | sort | tr '\n' ' ')"
  [[ "$found" == "./linux-arm64/native/librecurrent.so ./linux-musl-x64/native/librecurrent.so ./linux-x64/native/librecurrent.so ./win-x64/native/librecurrent.dll " ]] ||
    { echo "found: $found"; return 1; }
}
step "all platforms" has_all_platforms

needs_old_glibc() {
  local newest
  newest="$(objdump -T "$1" | grep -oE 'GLIBC_[0-9.]+' | sort -uV | tail -1)"
  [[ -n "$newest" && "$(printf '%s\n' "$newest" "GLIBC_$newest_glibc" | sort -V | tail -1)" == "GLIBC_$newest_glibc" ]] ||
    { echo "$1 needs ${newest:-no glibc}, expected at most GLIBC_$newest_glibc"; return 1; }
}
needs_no_glibc() { ! objdump -T "$1" | grep GLIBC_; }
is_for() { readelf -h "$1" | grep "Machine:.*$2"; }
is_stripped() { ! readelf -SW "$1" | grep -F .symtab; }
# The C interface, and of it every function that the header declares.
exports_the_interface() {
  local found expected
  found="$(nm -D --defined-only "$1" | awk '{ print $3 }' | sort)"
  expected="$(sed -nE 's/^ *"(recurrent_[a-z0-9_]+)",$/\1/p' "$here/../../src/Recurrent/Interop/Generated/NativeContract.g.cs" | sort -u)"
  [[ -n "$expected" && "$found" == "$expected" ]] || { diff <(echo "$expected") <(echo "$found"); return 1; }
}
for platform in linux-x64 linux-arm64 linux-musl-x64; do
  library="$platform/native/librecurrent.so"
  case "$platform" in
    linux-arm64) processor=AArch64 ;;
    *) processor=X86-64 ;;
  esac
  step "$platform: processor" is_for "$library" "$processor"
  case "$platform" in
    *musl*) step "$platform: no glibc" needs_no_glibc "$library" ;;
    *) step "$platform: glibc $newest_glibc" needs_old_glibc "$library" ;;
  esac
  step "$platform: stripped" is_stripped "$library"
  step "$platform: the interface alone" exports_the_interface "$library"
done

# Nothing of the compiler's runtime has to lie beside it.
needs_windows_alone() {
  ! x86_64-w64-mingw32-objdump -p win-x64/native/librecurrent.dll | awk '/DLL Name:/ { print tolower($3) }' |
    grep -vE '^(kernel32|advapi32|msvcrt|api-ms-win-core-[a-z0-9-]+)\.dll$'
}
step "win-x64: Windows alone" needs_windows_alone
exit "$failed"
