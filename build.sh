#!/usr/bin/env bash
# Builds, tests and runs Recurrent. See usage() below, or ./build.sh help.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
caller_directory="$PWD"
cd "$root"

native="$root/artifacts/native"
dotnet_output="$root/artifacts/dotnet"
packages="$root/artifacts/packages"
logs="$root/artifacts/logs"
jobs="$(nproc 2>/dev/null || echo 2)"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1
export DOTNET_CLI_UI_LANGUAGE=en

usage() {
  cat <<'TEXT'
./build.sh [--no-mkl] [TARGET] [ARGUMENTS]

  (none)      build the native library and everything managed
  test        build and run all tests: native, managed, and a consumer of the packed package
  demo        train a forecaster, stream models; `demo text`: a character model; `demo quality`: twenty seeds
  cli ARGS    run the `recurrent` tool
  bindings    regenerate the P/Invoke layer from the C header
  lint        formatting, clang-tidy, bindings against the header, no traces of a machine
  sanitize    the native tests under AddressSanitizer and UndefinedBehaviorSanitizer
  fuzz        random programs against the C interface under sanitizers, and damaged files of every format:
              --seconds N in all, 60 if nothing is said; --seed S where they begin, 1 or `random`
  accuracy    the exhaustive activation check: all 2^32 inputs
  bench ARGS  microbenchmarks of the public API; a filter such as '*Step*', then BenchmarkDotNet's options
  peers ARGS  Recurrent, other engines and the machine's limits in one interleaved run (--help)
  cross RIDS  other platforms from here, linux-arm64, win-x64 and linux-musl-x64 unless named: native tests and the tool under
              qemu and wine, programs of C on musl; --short: fewer of them, for the gate
  pack        make the NuGet packages and try them in a fresh application
  docs        the site: API reference, guides, plots; opened in a headless browser if there is one
  clean       remove artifacts/

  --no-mkl    neither look for Intel MKL nor fetch it
TEXT
}

say() { printf '== %s\n' "$*"; }
fail() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }

# ---- Tools -----------------------------------------------------------------------------------------

# Installs system packages, or stops with the line that does.
install_packages() {
  # In this runlevel Debian's packages start nothing of what they bring.
  local line="env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $*"
  command -v apt-get >/dev/null || fail "needs these tools (Debian's names): $*"
  if [[ "$(id -u)" == 0 ]]; then
    say "installing $*"
    apt-get update -q && $line
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    say "installing $*"
    sudo apt-get update -q && sudo $line
  else
    fail "system packages are missing; run this line once, then start again:
  sudo apt-get update && sudo $line"
  fi
}

# Installs what is missing. Arguments: "probe:package" pairs; a probe is a command, or, if it has a slash, a file's pattern.
require() {
  local pair probe missing=()
  for pair in "$@"; do
    probe="${pair%%:*}"
    if [[ "$probe" == */* ]]; then
      compgen -G "$probe" >/dev/null || missing+=("${pair#*:}")
    else
      command -v "$probe" >/dev/null || missing+=("${pair#*:}")
    fi
  done
  if ((${#missing[@]})); then install_packages "${missing[@]}"; fi
}

require_dotnet() {
  command -v dotnet >/dev/null || fail "needs the .NET 10 SDK: https://dotnet.microsoft.com/download"
  # Fails with the reason if no installed SDK satisfies global.json.
  dotnet --version >/dev/null || fail "needs the .NET 10 SDK named in global.json"
}

# The library alone, unless this distribution has it only with its headers.
libclang_package() {
  if apt-cache show libclang-dev >/dev/null 2>&1 && ! apt-cache show libclang1 >/dev/null 2>&1; then
    echo libclang-dev
  else
    echo libclang1
  fi
}

# Servers of stores, which tests start themselves; without one its tests are skipped. They are not to run on their own.
want_servers() {
  local missing=() service root=()
  command -v redis-server >/dev/null || missing+=(redis-server)
  compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null || missing+=(postgresql)
  ((${#missing[@]})) || return 0
  (install_packages "${missing[@]}") || { say "left out: ${missing[*]}"; return 0; }
  [[ "$(id -u)" == 0 ]] || root=(sudo)
  for service in "${missing[@]}"; do
    ${root[@]+"${root[@]}"} systemctl disable "$service" >/dev/null 2>&1 || true
  done
}

# Everything that a target and what it builds on need, asked for at once: one installation, or one line to run.
require_for() {
  local native=(c++:g++ cmake:cmake ninja:ninja-build /usr/include/gtest/gtest.h:libgtest-dev)
  # It has its version in its name; any will do.
  local libclang="/usr/lib/*/libclang-[0-9]*.so*:$(libclang_package)"
  case "$1" in
    build | demo | cli | accuracy | sanitize | fuzz | bench | docs) require "${native[@]}" ;;
    pack) require "${native[@]}" aarch64-linux-gnu-g++:g++-aarch64-linux-gnu x86_64-w64-mingw32-g++-posix:g++-mingw-w64-x86-64-posix musl-gcc:musl-tools ;;
    test) require "${native[@]}" "$libclang"; want_servers ;;
    lint) require "${native[@]}" "$libclang" clang-format:clang-format clang-tidy:clang-tidy clang++:clang \
        "/usr/lib/llvm-*/include/c++/v1:libc++-dev" /usr/include/x86_64-linux-musl:musl-dev ;;
    # GoogleTest is compiled for the platform from the sources that the package brings.
    cross)
      require "${native[@]}" aarch64-linux-gnu-g++:g++-aarch64-linux-gnu qemu-aarch64:qemu-user \
        x86_64-w64-mingw32-g++-posix:g++-mingw-w64-x86-64-posix wine:wine /usr/lib/wine/wine64:wine64 musl-gcc:musl-tools
      ;;
    bindings) require "$libclang" ;;
    peers) require "${native[@]}" python3:python3 ;;
  esac
  case "$1" in
    sanitize | accuracy | clean) ;;
    *) require_dotnet ;;
  esac
}

use_mkl=true
find_mkl() {
  if ! $use_mkl; then
    hide_mkl
    echo "MKL: not looked for (--no-mkl)"
    return
  fi
  local line
  line="$(native/cmake/fetch-mkl.sh "$root/artifacts/mkl")"
  echo "$line"
  # One that is found in the environment or the system goes before one that was fetched earlier.
  if [[ "$line" == *", $root/artifacts/mkl/lib" ]]; then export RECURRENT_MKL="$root/artifacts/mkl/lib"; fi
}

# Where RECURRENT_MKL points, and only there, the library looks: in an empty folder, whatever the system has.
hide_mkl() {
  unset MKLROOT
  export RECURRENT_MKL="$root/artifacts/no-mkl"
  mkdir -p "$RECURRENT_MKL"
}

# ---- Build -----------------------------------------------------------------------------------------

# Runs a command that may fail with its output in a log.
quietly_optional() {
  local log="$logs/$1.log"
  mkdir -p "$logs"
  "${@:2}" >"$log" 2>&1 || say "left out: $1, see $log"
}

# Runs a command with its output in a log, and shows the log if it fails.
quietly() {
  local name="$1" log="$logs/$1.log"
  shift
  mkdir -p "$logs"
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    fail "$name failed"
  fi
}

# Builds what a preset has, or the targets that follow it.
build_native() {
  local preset="$1"
  shift
  say "native ($preset)"
  quietly "configure-$preset" cmake --preset "$preset"
  quietly "build-$preset" cmake --build --preset "$preset" --parallel "$jobs" ${1:+--target "$@"}
}

build_managed() {
  say "managed"
  quietly build-managed dotnet build "${1:-Recurrent.sln}" -c Release -v minimal
}

build() {
  build_native release
  build_managed
}

application() { echo "$dotnet_output/bin/$1/release/$1.dll"; }

# ---- Test runners ----------------------------------------------------------------------------------

total_passed=0 total_failed=0 total_skipped=0

counts() { printf '%d passed, %d failed' "$1" "$2"; (($3 == 0)) || printf ', %d skipped' "$3"; }

# One line for a runner: name, passed, failed, skipped.
report() {
  printf '%-28s %s\n' "$1:" "$(counts "$2" "$3" "$4")"
  total_passed=$((total_passed + $2)) total_failed=$((total_failed + $3)) total_skipped=$((total_skipped + $4))
}

# The last line of a run; its status is whether everything passed.
report_totals() {
  echo "$(counts "$total_passed" "$total_failed" "$total_skipped")"
  ((total_failed == 0))
}

# The first number in a log's last line that matches a pattern, or 0.
number_in() { sed -nE "s/$2/\\1/p" "$1" | tail -1 | grep . || echo 0; }

# A runner that ends badly without a failing test (a crash, a sanitizer's finding) counts as one failure.
report_log() {
  local name="$1" status="$2" passed="$3" failed="$4" skipped="$5" log="$6"
  if ((status != 0 && failed == 0)); then failed=1; fi
  if ((passed + failed + skipped == 0)); then failed=1; fi
  if ((failed)); then cat "$log"; fi
  report "$name" "$passed" "$failed" "$skipped"
}

# The tests of a preset; what follows runs them: nothing, or an emulator.
run_native_tests() {
  local preset="$1" log="$logs/tests-native-$1.log" status=0 file="$native/$1/recurrent_native_tests"
  shift
  mkdir -p "$logs"
  [[ -e "$file" ]] || file+=.exe
  "$@" "$file" --gtest_color=no >"$log" 2>&1 || status=$?
  # Each skipped test with its reason: GoogleTest prints the reason before the name.
  awk '/: Skipped$/ { getline reason } /^\[  SKIPPED \] .*\(.* ms\)$/ { print "skipped " $4 ": " reason; reason = "" }' "$log"
  report_log "native ($preset)" "$status" \
    "$(number_in "$log" '^\[  PASSED  \] ([0-9]+) tests?\..*')" \
    "$(number_in "$log" '^\[  FAILED  \] ([0-9]+) tests?, listed below.*')" \
    "$(number_in "$log" '^\[  SKIPPED \] ([0-9]+) tests?, listed below.*')" "$log"
}

# What .NET itself asks for is the most that the library may: it has to load wherever .NET does.
newest_glibc=2.27
check_floor() {
  local newest
  newest="$(objdump -T "$native/$1/librecurrent.so" | grep -oE 'GLIBC_[0-9.]+' | sort -uV | tail -1)"
  [[ "$(printf '%s\n' "$newest" "GLIBC_$newest_glibc" | sort -V | tail -1)" == "GLIBC_$newest_glibc" ]] ||
    { echo "librecurrent.so ($1) needs $newest, expected at most GLIBC_$newest_glibc"; return 1; }
}

# Stripped, with the names of its functions in a file beside it that debuggers find.
check_symbols() {
  local library="$native/$1/librecurrent.so"
  ! readelf -SW "$library" | grep -F .symtab && readelf -SW "$library" | grep -F .gnu_debuglink >/dev/null &&
    nm "$library.debug" | grep ' t .*recurrent' >/dev/null &&
    [[ "$(readelf -n "$library" | grep 'Build ID')" == "$(readelf -n "$library.debug" | grep 'Build ID')" ]]
}

# A test project; further arguments choose tests.
run_managed_tests() {
  local name="$1" log="$logs/tests-$1.log" status=0
  mkdir -p "$logs"
  dotnet test --project "tests/$name" -c Release --no-build --no-ansi "${@:2}" >"$log" 2>&1 || status=$?
  awk '/^skipped / { name = $0; sub(/ \([0-9msh. ]*\)$/, "", name); getline; sub(/^ +/, ""); print name ": " $0 }' "$log"
  report_log "$name" "$status" "$(number_in "$log" '^ *succeeded: ([0-9]+).*')" \
    "$(number_in "$log" '^ *failed: ([0-9]+).*')" "$(number_in "$log" '^ *skipped: ([0-9]+).*')" "$log"
}

# Its own script: it stands for somebody else's project.
run_consumer_test() {
  run_steps "package consumer" tests/consumer/run.sh "$packages" "$root/artifacts/consumer" "$native/release/native/archive/librecurrent.a"
}

# A script that prints "passed", "failed" or "skipped" and a name for each of its steps.
run_steps() {
  local name="$1" log="$logs/tests-${1// /-}.log" status=0
  shift
  "$@" >"$log" 2>&1 || status=$?
  grep '^skipped ' "$log" || true
  report_log "$name" "$status" "$(grep -c '^passed ' "$log" || true)" \
    "$(grep -c '^failed ' "$log" || true)" "$(grep -c '^skipped ' "$log" || true)" "$log"
}

# ---- Other platforms -------------------------------------------------------------------------------

# What runs programs of a platform, in the array `emulator`; nothing where .NET cannot be run.
find_emulator() {
  case "$1" in
    linux-arm64) emulator=(env DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 qemu-aarch64 -L /usr/aarch64-linux-gnu) ;;
    win-x64) emulator=(env WINEDEBUG=-all WINEPREFIX="$root/artifacts/wine" wine) ;;
    *) emulator=() ;;
  esac
}

# Runs a program of a platform.
emulate() {
  local emulator
  find_emulator "$1"
  "${emulator[@]}" "${@:2}"
}

# An application of the packages, for each of the platforms; and what is in them.
run_consumers_of() {
  local rid project emulator folder="$root/artifacts/cross/packages"
  for rid in "${platforms[@]}"; do build_platform "$rid"; done
  build_managed src/Recurrent.Formats
  rm -rf "$folder"
  for project in Recurrent Recurrent.Formats; do
    quietly "pack-$project" dotnet pack "src/$project" -c Release --no-build -o "$folder" -v minimal -p:RecurrentAllPlatforms=true
  done
  run_steps "libraries in the package" tests/consumer/libraries.sh "$folder" "$newest_glibc"
  for rid in "$@"; do
    find_emulator "$rid"
    run_steps "package consumer ($rid)" tests/consumer/cross.sh "$folder" "$root/artifacts/consumer" "$rid" "${emulator[@]}"
  done
}

# What emulation cannot do, as a filter of GoogleTest; the names are printed with the reason.
beyond_emulation() {
  case "$1" in
    linux-arm64)
      echo "skipped *DeathTest.*: qemu cannot run a program that starts itself again" >&2
      echo "skipped FeaturesTest.*: the kernel's list is that of the machine, not of the emulated processor" >&2
      echo "*DeathTest.*:FeaturesTest.*"
      ;;
  esac
}

run_tests_of() {
  local rid="$1" short="$2" without
  without="$(beyond_emulation "$rid")"
  # Scalar code, and what is allocated and locked, tell nothing of another processor that the first platform has not told,
  # and take qemu minutes.
  if $short && [[ "$rid" == linux-arm64 ]]; then
    echo "skipped */scalar, *Hygiene*, *Team*: --short"
    without+="${without:+:}*/scalar:*Hygiene*:TeamTest.*:*TeamSizeTest*"
  fi
  GTEST_FILTER="*-$without" run_native_tests "$rid" emulate "$rid"
}

# The golden cases through the published tool.
run_tool_of() {
  local rid="$1" folder="$root/artifacts/cross/$1" log="$logs/cross-$1.log" status=0 name attempt
  shift
  # Analyzers have seen the sources when they were built for this machine.
  quietly "publish-$rid" dotnet publish src/Recurrent.Cli -c Release -r "$rid" --self-contained -v quiet -p:RunAnalyzers=false \
    -p:RecurrentRuntime="$rid" -p:ArtifactsPath="$folder" -p:RecurrentNativeDirectory="$native/$rid" -o "$folder/tool"
  local tool="$folder/tool/Recurrent.Cli"
  [[ -e "$tool" ]] || tool+=.exe
  for name in "$@"; do
    for attempt in 1 2; do
      status=0
      emulate "$rid" "$tool" verify "tests/golden/$name" >"$log" 2>&1 || status=$?
      # .NET under qemu aborts now and then, which is emulation's.
      ((status >= 128 && attempt == 1)) || break
      say "$rid: verify $name ended with status $status; once more"
    done
    grep '^skipped ' "$log" || true
    report_log "verify $name ($rid)" "$status" "$(number_in "$log" '^([0-9]+) passed, [0-9]+ failed.*')" \
      "$(number_in "$log" '^[0-9]+ passed, ([0-9]+) failed.*')" 0 "$log"
  done
}

# GCC bug 54412: a stack on Windows is aligned to 16 bytes, an aligned store of a longer vector may fault there.
check_spills() {
  ! x86_64-w64-mingw32-objdump -d --no-show-raw-insn "$native/win-x64/librecurrent.dll" |
    grep -E 'vmov(aps|apd|dqa|dqa32|dqa64) +%[yz]mm[0-9]+,[^%]*\(' | head -3 | grep .
}

platforms=(linux-arm64 win-x64 linux-musl-x64)

# The library of a platform and nothing else; musl's is made of the objects of this machine's.
build_platform() {
  if [[ "$1" == linux-musl-x64 ]]; then
    [[ "$(uname -sm)" == "Linux x86_64" ]] || fail "the library for musl is made on Linux on x86-64"
    build_native release recurrent recurrent_musl
  else
    build_native "$1" recurrent
  fi
}

target_cross() {
  local short=false rids=() rid golden=(torch variants onnxruntime keras)
  while (($#)); do
    case "$1" in
      --short) short=true golden=(torch) ;;
      linux-arm64 | win-x64 | linux-musl-x64) rids+=("$1") ;;
      *) fail "cross: expected linux-arm64, win-x64, linux-musl-x64 or --short, found '$1'" ;;
    esac
    shift
  done
  ((${#rids[@]})) || rids=("${platforms[@]}")
  for rid in "${rids[@]}"; do
    if [[ "$rid" == linux-musl-x64 ]]; then
      build_platform "$rid"
      run_steps "C on musl" tests/consumer/native/musl.sh "$native/release"
      continue
    fi
    build_native "$rid"
    case "$rid" in
      linux-arm64) check "glibc $newest_glibc ($rid)" check_floor "$rid" ;;
      win-x64) check "aligned spills" check_spills ;;
    esac
    run_tests_of "$rid" "$short"
    run_tool_of "$rid" "${golden[@]}"
  done
  if $short; then
    for rid in "${rids[@]}"; do
      echo "skipped package consumer ($rid): --short"
      report "package consumer ($rid)" 0 0 1
    done
  else
    run_consumers_of "${rids[@]}"
  fi
  report_totals
}

# ---- Lint ------------------------------------------------------------------------------------------

# Runs one check and counts it.
check() {
  local name="$1"
  shift
  if "$@"; then report "$name" 1 0 0; else report "$name" 0 1 0; fi
}

# What people write; native/generated belongs to the generator.
native_sources() {
  find native/include native/src native/checks native/floor native/tools tests/native tests/consumer bench -type f \
    \( -name '*.c' -o -name '*.cpp' -o -name '*.h' -o -name '*.hpp' -o -name '*.inl' -o -name '*.inc' \) | sort
}

check_native_format() { native_sources | xargs clang-format --dry-run -Werror; }

# Kernel files are left out: their intrinsics take the analyzer minutes and tell it nothing.
check_native_bugs() {
  find native/src -name '*.cpp' -not -path 'native/src/kernels/kernels_*' -not -path 'native/src/kernels/integers_*' | sort |
    xargs -P "$jobs" -n 1 clang-tidy --quiet -p "$native/release" 2>"$logs/clang-tidy.log"
}

# macOS from here: its branches, its data model and Clang's warnings, over libc++ and, in the place of the SDK that we
# do not have, musl's C headers with what native/checks/apple adds. What the SDK itself declares is not checked, nor is
# anything linked or run. On x86-64 only the files that name a system or a processor are looked at.
check_macos() {
  local target failed=0
  for target in arm64-apple-macos11 x86_64-apple-macos11; do
    if [[ "$target" == arm64* ]]; then
      find native/src -name '*.cpp' -not -path 'native/src/kernels/kernels_avx*' -not -path 'native/src/kernels/integers_avx*'
    else
      grep -lE '__APPLE__|__linux__|__x86_64__|RECURRENT_X86_64' -r native/src --include='*.cpp'
    fi | sort |
      xargs -P "$jobs" -n 8 clang++ --target="$target" -fsyntax-only -std=c++20 -nostdinc -nostdinc++ \
        -isystem "$(compgen -G '/usr/lib/llvm-*/include/c++/v1' | tail -1)" \
        -isystem "$(clang++ -print-resource-dir)/include" -isystem native/checks/apple \
        -isystem /usr/include/x86_64-linux-musl -D_GNU_SOURCE -Inative/include -Inative/src \
        -DRECURRENT_BUILD -DRECURRENT_VERSION='"0"' -ffp-contract=off -Wall -Wextra -Wpedantic -Wshadow \
        -Wconversion -Wsign-conversion -Werror || failed=1
  done
  return "$failed"
}

check_managed_format() { dotnet format Recurrent.sln --verify-no-changes --no-restore; }

check_bindings() { dotnet "$(application Recurrent.Bindgen)" --check; }

# The tree must not know where it was written nor which package source served it. (The brackets keep
# these patterns from finding themselves.)
check_traces() {
  local patterns='(^|[^A-Za-z0-9_.])/(wor[k]|roo[t]|home/[a-z]+|Users/[A-Za-z]+)/|v3/index[.]jso[n]|https?://[^ ]*(nuge[t]|artifactor[y]|pyp[i]|-registr[y]|pkg[s][.])'
  local files
  if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    files="$(git ls-files --cached --others --exclude-standard)"
  else
    files="$(find . -type f -not -path './artifacts/*' -not -path './.git/*')"
  fi
  ! xargs -d '\n' grep -nIE "$patterns" <<<"$files"
}

# One spelling and one name where a language has two: -ize, and size_t.
check_words() {
  local tree=(native src tests docs bench ./*.md)
  ! grep -rnIiE '\b[a-z]*(recogni|initiali|normali|speciali|quanti|optimi|organi|summari|synchroni|minimi|maximi)[s](e|es|ed|ing|er|ers|ation|ations)\b' \
      "${tree[@]}" --include='*.'{cs,h,cpp,inl,inc,c,md,py,sh} &&
    ! grep -rnE 'std::[s]ize_t' native bench tests/native --include='*.'{h,cpp,inl,c}
}

# ---- Targets ---------------------------------------------------------------------------------------

target_build() { find_mkl; build; }

target_test() {
  find_mkl
  build
  pack_packages
  if [[ "$(uname -s)" == Linux ]]; then
    check "glibc $newest_glibc" check_floor release
    check "symbols beside the library" check_symbols release
  fi
  run_native_tests release
  run_managed_tests Recurrent.Tests
  run_managed_tests Recurrent.Formats.Tests
  run_managed_tests Recurrent.Stores.Tests
  run_managed_tests Recurrent.Cli.Tests
  run_managed_tests Recurrent.Bindgen.Tests
  run_managed_tests Recurrent.Docs.Tests
  run_steps "C and C++ consumers" tests/consumer/native/run.sh "$native/release"
  run_consumer_test
  run_steps "tool without .NET" tests/consumer/tool.sh "$root/artifacts/tool"
  report_totals
}

target_demo() {
  find_mkl
  build_native release
  build_managed src/Recurrent.Demo
  # The plot's path is printed as one that the caller can open.
  cd "$caller_directory"
  case "${1:-}" in
    text | quality) dotnet "$(application Recurrent.Demo)" "$1" "${2:-$root/artifacts/demo}" ;;
    *) dotnet "$(application Recurrent.Demo)" "${1:-$root/artifacts/demo}" ;;
  esac
}

target_cli() {
  { find_mkl; build_native release; build_managed src/Recurrent.Cli; } >&2
  cd "$caller_directory"
  dotnet "$(application Recurrent.Cli)" "$@"
}

target_bindings() {
  build_managed src/Recurrent.Bindgen
  dotnet "$(application Recurrent.Bindgen)"
}

target_lint() {
  build
  check "clang-format" check_native_format
  check "clang-tidy" check_native_bugs
  if [[ "$(uname -m)" == x86_64 ]]; then
    check "macOS, syntax alone" check_macos
  else
    echo "skipped macOS, syntax alone: musl's headers are those of x86-64"
    report "macOS, syntax alone" 0 0 1
  fi
  check "dotnet format" check_managed_format
  check "bindings match the header" check_bindings
  check "no traces of a machine" check_traces
  check "one spelling" check_words
  report_totals
}

# Without MKL: its findings would not be ours.
target_sanitize() {
  hide_mkl
  build_native sanitize
  export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
  run_native_tests sanitize
  report_totals
}

# Runs one of the fuzzers; its last line says what it has done.
run_fuzzer() {
  local name="$1" log="$logs/fuzz-${1// /-}.log" status=0
  shift
  "$@" >"$log" 2>&1 || status=$?
  if ((status == 0)); then
    tail -1 "$log"
    report "$name" 1 0 0
  else
    cat "$log"
    report "$name" 0 1 0
  fi
}

target_fuzz() {
  local seconds=60 seed=1
  while (($#)); do
    case "$1" in
      --seconds) seconds="${2:?--seconds needs a number}" ;;
      --seed) seed="${2:?--seed needs a number or random}" ;;
      *) fail "fuzz knows --seconds N and --seed S, not '$1'" ;;
    esac
    shift 2
  done
  if [[ "$seed" == random ]]; then seed="$RANDOM$RANDOM"; fi
  hide_mkl
  build_native sanitize recurrent_fuzz
  build_native thread-sanitize recurrent_fuzz
  build_native release
  build_managed tests/Recurrent.Fuzz
  local each=(--seconds "$((seconds / 4))" --seed "$seed")
  run_fuzzer "programs, ASan and UBSan" "$native/sanitize/recurrent_fuzz" "${each[@]}"
  run_fuzzer "programs, TSan" "$native/thread-sanitize/recurrent_fuzz" "${each[@]}"
  run_fuzzer "memory refused" "$native/sanitize/recurrent_fuzz" --allocations "${each[@]}"
  run_fuzzer "damaged files" dotnet "$(application Recurrent.Fuzz)" "${each[@]}"
  report_totals
}

target_accuracy() {
  build_native release
  "$native/release/recurrent_accuracy" "$@"
}

# An engine to compare with is optional: without it the run says so and goes on.
want() { (require "$@") || say "left out: ${*##*:}"; }

# A peer that is a package of .NET. It is in no solution, so that nothing but the comparison fetches it.
build_dotnet_peer() {
  quietly_optional "peer-$1" dotnet build "bench/peers/$1" -c Release -v minimal
}

# MKL with its vector functions, which the library does not need: in a folder of its own.
fetch_mkl_for_peers() {
  local folder="$root/artifacts/bench/mkl"
  if ! $use_mkl; then hide_mkl; return; fi
  env -u RECURRENT_MKL -u MKLROOT native/cmake/fetch-mkl.sh "$folder" \
    libmkl-vml-{def,cmpt,avx2,avx512}
  if [[ -e "$folder/lib" ]]; then export RECURRENT_MKL="$folder/lib"; fi
}

target_bench() {
  find_mkl
  build_native release
  build_managed bench/Recurrent.Benchmarks
  local filter="${1:-*}"
  (($# == 0)) || shift
  dotnet "$(application Recurrent.Benchmarks)" --filter "$filter" --artifacts "$root/artifacts/bench/dotnet" "$@"
}

target_peers() {
  # Help is read before anything is installed.
  if [[ " $* " =~ " --help " || " $* " =~ " -h " ]]; then exec python3 bench/peers/run.py --help; fi
  want /usr/include/dnnl.hpp:libdnnl-dev
  want /usr/include/libxsmm.h:libxsmm-dev
  want /usr/include/eigen3/Eigen/Core:libeigen3-dev
  want /usr/lib/python3/dist-packages/torch:python3-torch
  # PyTorch takes the BLAS of the system, which without this is the slow reference.
  want /usr/lib/x86_64-linux-gnu/openblas-pthread:libopenblas0-pthread
  fetch_mkl_for_peers
  build_native release
  build_native bench
  build_managed bench/peers/Recurrent.Peers
  say "ONNX Runtime and TorchSharp from NuGet (MIT; the first time about 300 MB)"
  build_dotnet_peer OnnxRuntime.Peers
  build_dotnet_peer TorchSharp.Peers
  python3 bench/peers/run.py --shapes bench/shapes.json --native "$native/bench" \
    --managed "$(application Recurrent.Peers)" --dotnet-peers "$dotnet_output/bin" \
    --output artifacts/bench/peers.json "$@"
}

# Further arguments are those of dotnet pack.
pack_packages() {
  say "packages"
  rm -rf "$packages"
  quietly pack dotnet pack Recurrent.sln -c Release --no-build -o "$packages" -v minimal "$@"
}

target_pack() {
  find_mkl
  build
  for rid in "${platforms[@]}"; do build_platform "$rid"; done
  pack_packages -p:RecurrentAllPlatforms=true
  ls "$packages"
  run_steps "libraries in the package" tests/consumer/libraries.sh "$packages" "$newest_glibc"
  run_consumer_test
  report_totals
}

# docfx, in the tree's own folder; it is used for nothing else.
docfx_version=2.81.0
fetch_docfx() {
  local folder="$root/artifacts/tools"
  docfx="$folder/docfx"
  [[ -x "$docfx" ]] && return
  say "docfx $docfx_version from NuGet (MIT, 60 MB), into artifacts/tools"
  quietly docfx dotnet tool install docfx --version "$docfx_version" --tool-path "$folder"
}

# The pages and what they link to, with the same folders as in the tree: docfx wants all of it below one.
gather_site() {
  local folder="$root/artifacts/docs"
  rm -rf "$folder" "$root/artifacts/site"
  mkdir -p "$folder"
  cp --parents README.md CONTRIBUTING.md CHANGELOG.md SECURITY.md LICENSE bench/README.md docs/*.md docs/*.png docs/results/* \
    bench/shapes.json native/include/recurrent/recurrent.h src/Recurrent.Demo/*.cs "$folder"
  cp -r docs/site/* "$folder"
}

# A page that links to nowhere is a warning of docfx, and fails.
target_docs() {
  fetch_docfx
  build_native release
  local project
  for project in Recurrent.Formats Recurrent.Redis Recurrent.PostgreSql; do build_managed "src/$project"; done
  gather_site
  say "site"
  quietly docs-api "$docfx" metadata artifacts/docs/docfx.json --warningsAsErrors
  quietly docs-site "$docfx" build artifacts/docs/docfx.json --warningsAsErrors
  build_managed tests/Recurrent.Docs.Tests
  run_managed_tests Recurrent.Docs.Tests --filter-namespace Recurrent.Docs.Tests.Site
  say "artifacts/site/README.html"
  report_totals
}

target_clean() { rm -rf "$root/artifacts"; }

main() {
  if [[ "${1:-}" == --no-mkl ]]; then use_mkl=false; shift; fi
  local target="${1:-build}"
  (($# == 0)) || shift
  # Everywhere but before the tool's own arguments, the option may also stand behind the target.
  if [[ "$target" != cli && "${1:-}" == --no-mkl ]]; then use_mkl=false; shift; fi
  case "$target" in
    build | test | demo | cli | bindings | lint | sanitize | fuzz | accuracy | bench | peers | cross | pack | docs | clean)
      require_for "$target"
      "target_$target" "$@"
      ;;
    help | --help | -h) usage ;;
    *) usage >&2; fail "unknown target '$target'" ;;
  esac
}

main "$@"
