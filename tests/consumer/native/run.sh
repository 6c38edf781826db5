#!/usr/bin/env bash
# Uses the library as somebody else's C and C++ projects would: installed, by find_package and by pkg-config, and as a
# sub-project.
#
#   tests/consumer/native/run.sh BUILD
#
# BUILD is a configured and built CMake folder of the library. Prints a line "passed NAME", "failed NAME" or
# "skipped NAME: reason" for each step.
set -uo pipefail

build="$(cd "$1" && pwd)"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
tree="$(cd "$here/../../.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

source "$here/../support.sh"

make_programs() {
  local folder="$work/$1"
  shift
  cmake -S "$here" -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release "$@" && cmake --build "$folder"
}

step "install" cmake --install "$build" --prefix "$work/installed" || exit 1
# What is installed has to work wherever it lies.
mv "$work/installed" "$work/moved"
export LD_LIBRARY_PATH="$work/moved/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"

if step "find_package" make_programs package "-DCMAKE_PREFIX_PATH=$work/moved"; then
  for program in c_recurrent c_static cpp_recurrent cpp_static cpp_without_exceptions; do
    step "$program" "$work/package/$program"
  done
fi

if command -v pkg-config >/dev/null; then
  export PKG_CONFIG_PATH="$work/moved/lib/pkgconfig"
  by_pkg_config() {
    # Options of several words.
    # shellcheck disable=SC2046
    cc -o "$work/$1" "$here/step.c" $(pkg-config --cflags --libs "$1") && "$work/$1"
  }
  step "pkg-config" by_pkg_config recurrent
  step "pkg-config, static" by_pkg_config recurrent-static
  # A plug-in's core over one file, sample by sample what the reference computed.
  recording="$tree/tests/golden/container/amplifier"
  amplifier() {
    # shellcheck disable=SC2046
    cc -std=c99 -Wall -Wextra -Werror -o "$work/amplifier" "$tree/samples/amplifier/amplifier.c" \
      $(pkg-config --cflags --libs recurrent) &&
      "$work/amplifier" "$recording.recurrent" <"$recording.in.f32" >"$work/out.f32" && cmp "$work/out.f32" "$recording.out.f32"
  }
  step "sample: amplifier.c" amplifier
else
  echo "skipped pkg-config: there is none"
  echo "skipped sample amplifier.c: there is no pkg-config"
fi

python=""
for candidate in python3 /usr/bin/python3; do
  [[ -n "$python" ]] || ! "$candidate" -c "import numpy" 2>/dev/null || python="$candidate"
done
if [[ -n "$python" ]]; then
  step "sample: stream.py" "$python" "$tree/samples/python/stream.py" "$work/moved/lib/librecurrent.so" \
    "$tree/tests/golden/container/amplifier.recurrent"
else
  echo "skipped sample stream.py: there is no python3 with numpy"
fi

if step "sub-project" make_programs below "-DRECURRENT_SOURCE=$tree"; then
  step "c_static of a sub-project" "$work/below/c_static"
fi
exit "$failed"
