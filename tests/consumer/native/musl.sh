#!/usr/bin/env bash
# The library for musl in programs of C, on musl: what it needs, and that it computes what the one for glibc does.
#
#   tests/consumer/native/musl.sh BUILD
#
# BUILD is a CMake folder with librecurrent.so, and musl/librecurrent.so in it. Prints a line "passed NAME", "failed NAME" or
# "skipped NAME: reason" for each step.
set -uo pipefail

build="$(cd "$1" && pwd)"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
tree="$(cd "$here/../../.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

source "$here/../support.sh"

needs_musl_alone() {
  local needed
  needed="$(objdump -p "$build/musl/librecurrent.so" | awk '$1 == "NEEDED" { print $2 }')"
  [[ "$needed" == libc.so ]] || { echo "expected NEEDED libc.so alone, found: $needed"; return 1; }
  ! objdump -T "$build/musl/librecurrent.so" | grep GLIBC_
}

runs() {
  musl-gcc -std=c99 -Wall -Wextra -Werror -I"$tree/native/include" "$here/$1.c" -o "$work/$1" \
    -L"$build/musl" -lrecurrent -Wl,-rpath,"$build/musl" && "$work/$1" >"$work/$1.musl" && cat "$work/$1.musl"
}

same_bits() {
  cc -std=c99 -I"$tree/native/include" "$here/bits.c" -o "$work/glibc" -L"$build" -lrecurrent -Wl,-rpath,"$build" -pthread &&
    "$work/glibc" >"$work/bits.glibc" && diff "$work/bits.glibc" "$work/bits.musl"
}

step "needs musl alone" needs_musl_alone
step "steps on musl" runs step
step "threads, errors and every instruction set on musl" runs bits && step "the bits of glibc on musl" same_bits
echo "skipped .NET on musl: it needs a C++ library for musl, which Debian does not have"
exit "$failed"
