#!/usr/bin/env bash
# Uses the packages as somebody else would: a fresh application outside the tree restores them from a
# folder, runs, is published for .NET 8, and trimmed and self-contained, and runs again. The tool is installed from there and runs.
# Nor may they say where they were built.
#
#   tests/consumer/run.sh PACKAGES CACHE [STATIC]
#
# PACKAGES holds the .nupkg files. CACHE keeps what the publishing restores, so that a second run needs no network.
# STATIC is librecurrent.a, which NativeAOT puts into a program.
# Prints a line "passed NAME", "failed NAME" or "skipped NAME: reason" for each step.
set -uo pipefail

packages="$(cd "$1" && pwd)"
mkdir -p "$2"
cache="$(cd "$2" && pwd)"
static_library="${3:+$(realpath "$3")}"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

tree="$(cd "$here/../.." && pwd)"

application="$(mktemp -d)" paths="$(mktemp -d)"
trap 'rm -rf "$application" "$paths"' EXIT
cp "$here/paths/MachinePaths.cs" "$paths/"
cp "$here/Consumer.csproj" "$here/Program.cs" "$application/"
cd "$application" || exit 1

source "$here/support.sh"
use_packages "$packages" "$cache"

step "no paths of the building machine" dotnet run --file "$paths/MachinePaths.cs" -- "$tree" "$packages"/*.*nupkg

# Only the folder is a source here: nobody else's package can be taken for ours.
step "restore from a folder" dotnet restore "${options[@]}" -p:RestoreSources="$packages" || exit 1
step "build" dotnet build -c Release --no-restore "${options[@]}" -o built || exit 1
capture="$tree/src/Recurrent.Demo/data/nam/BossLSTM-1x16.nam"
step "run" dotnet built/Consumer.dll "$capture"

# A platform that the package has nothing for is told when an application is built for it, and not when it runs.
warns_of_platform() {
  local other=(-r freebsd-x64 --self-contained false -p:UseAppHost=false "${options[@]}")
  dotnet build -c Release "${other[@]}" -p:RestoreSources="$packages" -o other >other.log 2>&1
  grep -q 'RECURRENT001: The package Recurrent has no native library for freebsd-x64, it has those for ' other.log || { cat other.log; return 1; }
}
step "warn of a platform without a library" warns_of_platform

# .NET 8: no runtime of it need be here, the application brings its own.
on_net8() {
  local older=(-p:TargetFramework=net8.0 -r "$runtime" -p:SelfContained=true "${options[@]}")
  if ! dotnet restore "${older[@]}"; then
    echo "skipped publish for net8.0: its packs for $runtime cannot be restored here"
    echo "skipped run on net8.0: it was not published"
    return
  fi
  step "publish for net8.0" dotnet publish -c Release --no-restore "${older[@]}" -o older &&
    step "run on net8.0" runs_on 8
}
runs_on() { ./older/Consumer "$capture" | tee older.log && grep -q " on .NET $1\." older.log; }
runtime="$(dotnet msbuild -getProperty:NETCoreSdkPortableRuntimeIdentifier "${options[@]}")"
on_net8

# The tool, as somebody installs it; the packages that it needs are inside.
tool() { (cd / && env -u RECURRENT_LIBRARY "$application/tool/recurrent" "$@"); }
# Every assembly that is not ours belongs to a package that the notices name.
tool_notices() {
  local notices assembly name missing=0
  notices="$(find tool -name THIRD-PARTY-NOTICES.txt -not -path '*/notices/*' | head -1)"
  [[ -n "$notices" ]] || { echo "the tool's package has no THIRD-PARTY-NOTICES.txt"; return 1; }
  while read -r assembly; do
    name="$(basename "$assembly" .dll)"
    [[ "$name" == Recurrent* ]] || grep -qx "$name" "$notices" || { echo "$name is not named in $notices"; missing=1; }
  done < <(find tool -name '*.dll')
  return "$missing"
}
rm -rf "$cache/recurrent.cli"
step "install the tool" dotnet tool install Recurrent.Cli --version "$version" --tool-path tool --source "$packages" &&
  step "notices in the tool's package" tool_notices &&
  step "run the tool" tool compare "$capture" --reference --tolerance 0

trimmed() {
  local publish=(-r "$runtime" -p:SelfContained=true -p:PublishTrimmed=true "${options[@]}")
  if ! dotnet restore "${publish[@]}"; then
    echo "skipped publish trimmed and self-contained: the runtime pack for $runtime cannot be restored here"
    echo "skipped run trimmed and self-contained: it was not published"
    return
  fi
  step "publish trimmed and self-contained" dotnet publish -c Release --no-restore "${publish[@]}" -o published &&
    step "run trimmed and self-contained" ./published/Consumer "$capture"
}
trimmed

# NativeAOT, with the library beside the program and inside it.
native() {
  local aot=(-r "$runtime" -p:PublishAot=true "${options[@]}")
  if ! dotnet restore "${aot[@]}"; then
    echo "skipped publish with NativeAOT: the compiler for $runtime cannot be restored here"
    echo "skipped run with NativeAOT: it was not published"
    return
  fi
  step "publish with NativeAOT" dotnet publish -c Release --no-restore "${aot[@]}" -o native &&
    step "run with NativeAOT" ./native/Consumer "$capture"
  if [[ -z "$static_library" ]]; then
    echo "skipped link statically: no static library was given"
    return
  fi
  rm -rf obj/Release
  step "link statically" dotnet publish -c Release --no-restore "${aot[@]}" -p:RecurrentStaticLibrary="$static_library" -o linked &&
    step "run what is linked statically" runs_alone
}
# Away from everything: no library lies beside it or where it was built.
runs_alone() {
  [[ ! -e linked/librecurrent.so ]] && mkdir -p alone && cp linked/Consumer alone/ &&
    (cd / && env -u RECURRENT_LIBRARY "$application/alone/Consumer" "$capture")
}
native
exit "$failed"
