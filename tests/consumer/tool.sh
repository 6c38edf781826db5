#!/usr/bin/env bash
# The tool compiled to one program that needs no .NET: without a warning, and it works.
#
#   tests/consumer/tool.sh FOLDER
#
# FOLDER keeps what is built. Prints a line "passed NAME", "failed NAME" or "skipped NAME: reason" for each step.
set -uo pipefail

mkdir -p "$1"
folder="$(cd "$1" && pwd)"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
tree="$(cd "$here/../.." && pwd)"
capture="$tree/src/Recurrent.Demo/data/nam/BossLSTM-1x16.nam"

source "$here/support.sh"
cd "$tree" || exit 1

runtime="$(dotnet msbuild src/Recurrent.Cli -getProperty:NETCoreSdkPortableRuntimeIdentifier)"
# Analyzers have seen the sources when they were built; the compiler warns of what it cannot compile.
options=(-r "$runtime" -p:PublishAot=true -p:RecurrentRuntime="$runtime" -p:ArtifactsPath="$folder/build" -p:RunAnalyzers=false)
if ! dotnet restore src/Recurrent.Cli "${options[@]}"; then
  echo "skipped publish the tool with NativeAOT: the compiler for $runtime cannot be restored here"
  echo "skipped run the tool without .NET: it was not published"
  exit "$failed"
fi
publishes() {
  dotnet publish src/Recurrent.Cli -c Release --no-restore "${options[@]}" -o "$folder/tool" | tee "$folder/publish.log" &&
    ! grep ': warning ' "$folder/publish.log"
}
step "publish the tool with NativeAOT" publishes || exit 1

# Away from the tree and from .NET.
tool() { (cd / && env -u RECURRENT_LIBRARY DOTNET_ROOT=/nowhere "$folder/tool/Recurrent.Cli" "$@"); }
inspects() { tool inspect "$capture" --no-measure | tee "$folder/inspect.log" && grep -q LSTM "$folder/inspect.log"; }
verifies() { tool verify "$capture" | tee "$folder/verify.log" && grep -qE '^[1-9][0-9]* passed, 0 failed$' "$folder/verify.log"; }
step "inspect without .NET" inspects
step "verify without .NET" verifies
exit "$failed"
