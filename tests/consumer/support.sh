# What the scripts of consumers share. They are sourced from bash with `set -uo pipefail`.

# A step: prints "passed NAME", or what the command has printed and "failed NAME".
failed=0
step() {
  local name="$1" log status=0
  shift
  log="$(mktemp)"
  "$@" >"$log" 2>&1 || status=1
  if ((status == 0)); then echo "passed $name"; else cat "$log"; echo "failed $name"; failed=1; fi
  rm -f "$log"
  return "$status"
}

# Takes the packages of a folder, with what publishing restores in a cache. Sets `version`, and `options` for dotnet.
#
# The user's own packages are read, but ours are never left among them: a package of the same version
# that was built yesterday must not answer for today's.
use_packages() {
  local packages="$1" cache="$2" fallback="${HOME:-/}/.nuget/packages"
  version="$(basename "$(find "$packages" -name 'Recurrent.[0-9]*.nupkg' | head -1)" .nupkg)"
  version="${version#Recurrent.}"
  export NUGET_PACKAGES="$cache"
  rm -rf "$cache/recurrent" "$cache/recurrent.formats"
  options=(-p:RecurrentVersion="$version" -v minimal)
  [[ -d "$fallback" ]] && options+=(-p:RestoreFallbackFolders="$fallback")
  # Applications find MKL by themselves or do without.
  unset RECURRENT_MKL
}
