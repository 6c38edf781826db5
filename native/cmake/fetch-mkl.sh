#!/usr/bin/env bash
# Finds Intel MKL for the large products, or fetches it without touching the system.
#
#   native/cmake/fetch-mkl.sh [DESTINATION [PACKAGE…]]        (default: artifacts/mkl of this tree)
#
# Looks in RECURRENT_MKL, MKLROOT, the loader's library path and DESTINATION/lib. If none has it, asks the
# machine's NuGet sources for Intel's redistributable, once. If they have none either and the machine is a
# Debian or one of its kin, downloads the distribution's own MKL packages (component
# non-free; multiverse on Ubuntu) and unpacks them under DESTINATION. Package sources, lists, caches and hooks are
# private to that folder: nothing of the system's configuration is read into it by copy or changed.
#
# MKL is optional, so this never fails: its last line says what it found or why there is none.
# Whatever else brings the same files (a company mirror) joins by placing them, or a link to them, at
# DESTINATION/lib.

set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
destination="${1:-$root/artifacts/mkl}"

# The dispatcher, its core, the 32-bit-integer interface, the sequential layer, and the code paths of the
# processors the kernels are written for with the one that runs everywhere; then what the caller names.
packages=(libmkl-rt libmkl-core libmkl-intel-lp64 libmkl-sequential libmkl-avx2 libmkl-avx512 libmkl-def "${@:2}")

found() { echo "MKL: $1"; exit 0; }
absent() { echo "MKL: none; the built-in product does everything ($1)"; exit 0; }

holds_mkl() { compgen -G "$1/libmkl_rt.so*" >/dev/null; }

look_for_installed() {
  if [[ -n "${RECURRENT_MKL:-}" ]]; then
    if [[ -f "$RECURRENT_MKL" ]] || holds_mkl "$RECURRENT_MKL"; then
      found "RECURRENT_MKL=$RECURRENT_MKL"
    fi
    # The library takes the user's word too and looks nowhere else.
    absent "RECURRENT_MKL=$RECURRENT_MKL holds no libmkl_rt.so"
  fi
  if [[ -n "${MKLROOT:-}" ]]; then
    local folder
    for folder in "$MKLROOT/lib" "$MKLROOT/lib/intel64" "$MKLROOT"; do
      if holds_mkl "$folder"; then found "MKLROOT, $folder"; fi
    done
  fi
  local cached
  cached="$( (ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null || true) |
    awk '/libmkl_rt\.so/ { print $NF; exit }')"
  if [[ -n "$cached" ]]; then found "the system's library path, $cached"; fi
  if holds_mkl "$destination/lib"; then found "fetched before, $destination/lib"; fi
}

# Relative, so that the tree can be moved.
link_libraries() { ln -sfn "$(realpath --relative-to="$destination" "$(dirname "$1")")" "$destination/lib"; }

# A project of its own that references the redistributable: the sources and the credentials are those that
# restore everything else. The tree's properties and lock files are not for it.
restore_from_nuget() {
  local id=intelmkl.redist.linux-x64 folder="$destination/nuget" log="$destination/nuget.log" library
  local refused="$destination/nuget-has-none"
  [[ "$(uname -sm)" == "Linux x86_64" && ! -e "$refused" ]] && command -v dotnet >/dev/null || return 0
  mkdir -p "$folder"
  cat >"$folder/mkl.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="$id" Version="2025.*" /></ItemGroup>
</Project>
PROJECT
  timeout 20 dotnet restore "$folder/mkl.csproj" --packages "$folder/packages" -p:ImportDirectoryBuildProps=false \
    -p:ImportDirectoryBuildTargets=false -p:ImportDirectoryPackagesProps=false >"$log" 2>&1 || true
  library="$(find "$folder/packages" -path '*/runtimes/*' -name 'libmkl_rt.so*' -print -quit 2>/dev/null || true)"
  if [[ -n "$library" ]]; then
    link_libraries "$library"
    found "restored from NuGet, $destination/lib"
  fi
  rm -rf "$folder"
  : >"$refused"
  echo "MKL: $id cannot be restored from this machine's NuGet sources, see $log (asked once)"
}

# Writes the distribution's own sources, the component swapped, in the formats in which they stand.
write_sources() {
  local codename="$1" component="$2" folder="$3" file
  mkdir -p "$folder"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [[ -r "$file" ]] || continue
    # deb [options] uri suite component…
    awk -v codename="$codename" -v component="$component" '
      $1 != "deb" { next }
      {
        at = 2; head = "deb"
        if ($2 ~ /^\[/) { do { head = head " " $at } while ($(at++) !~ /\]$/) }
        for (i = at + 2; i <= NF && $i !~ /^#/; i++)
          if ($i == "main" && $(at + 1) == codename) { print head, $at, $(at + 1), component; next }
      }' "$file" >>"$folder/distribution.list"
  done
  for file in /etc/apt/sources.list.d/*.sources; do
    [[ -r "$file" ]] || continue
    # Stanzas of "Field: value"; a continued value (an embedded key) begins with a space.
    awk -v codename="$codename" -v component="$component" '
      function flush(   i, n, words, mine) {
        n = split(suites, words, " ")
        for (i = 1; i <= n; i++) if (words[i] == codename) mine = 1
        if (mine && (" " components " ") ~ / main / && (" " types " ") ~ / deb / && !disabled)
          print "Types: deb\n" kept "Suites: " codename "\nComponents: " component "\n"
        suites = components = types = kept = ""; disabled = keep = 0
      }
      /^#/ { next }
      /^[ \t]*$/ { flush(); next }
      /^[ \t]/ { if (keep) kept = kept $0 "\n"; next }
      {
        field = tolower($1); value = $0; sub(/^[^:]*:[ \t]*/, "", value); keep = 0
        if (field == "types:") types = value
        else if (field == "suites:") suites = value
        else if (field == "components:") components = value
        else if (field == "enabled:") disabled = (tolower(value) == "no")
        else { kept = kept $0 "\n"; keep = 1 }
      }
      END { flush() }' "$file" >>"$folder/distribution.sources"
  done
  find "$folder" -type f -empty -delete
  [[ -n "$(ls -A "$folder")" ]]
}

# A configuration that takes over the system's transport settings (by link) but not its hooks, which
# would act on the system's own caches.
write_configuration() {
  local apt="$1" file
  mkdir -p "$apt"/{conf.d,state/lists/partial,cache/archives/partial,packages}
  : >"$apt/status"
  for file in /etc/apt/apt.conf.d/*; do
    [[ -r "$file" ]] || continue
    grep -q 'Invoke' "$file" || ln -sf "$file" "$apt/conf.d/$(basename "$file")"
  done
  cat >"$apt/apt.conf" <<CONF
Dir::Etc::Parts "$apt/conf.d";
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "$apt/sources";
Dir::State "$apt/state";
Dir::State::Status "$apt/status";
Dir::Cache "$apt/cache";
APT::Sandbox::User "$(id -un)";
APT::Architecture "amd64";
APT::Architectures "amd64";
Acquire::Languages "none";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::Retries "2";
CONF
}

fetch() {
  [[ "$(uname -sm)" == "Linux x86_64" ]] || absent "MKL packages are for Linux on x86-64"
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || absent "no apt-get on this system"

  local codename distribution component=non-free
  codename="$(. /etc/os-release && echo "${VERSION_CODENAME:-}")"
  distribution="$(. /etc/os-release && echo "${ID:-} ${ID_LIKE:-}")"
  [[ " $distribution " == *" ubuntu "* ]] && component=multiverse

  local apt="$destination/apt" log="$destination/fetch.log"
  rm -rf "$apt" "$destination/root"
  mkdir -p "$apt"
  write_sources "$codename" "$component" "$apt/sources" ||
    absent "no package source of ${codename:-this distribution} found under /etc/apt"
  write_configuration "$apt"

  export APT_CONFIG="$apt/apt.conf"
  apt-get update >"$log" 2>&1 || true
  (cd "$apt/packages" && apt-get download "${packages[@]}") >>"$log" 2>&1 ||
    absent "component $component of $codename could not be fetched, see $log"
  local package
  for package in "$apt"/packages/*.deb; do dpkg-deb -x "$package" "$destination/root"; done

  local library
  library="$(find "$destination/root" -name 'libmkl_rt.so*' -print -quit)"
  [[ -n "$library" ]] || absent "the fetched packages hold no libmkl_rt.so"
  link_libraries "$library"
  rm -rf "$apt"
  found "fetched from $codename $component, $destination/lib"
}

look_for_installed
# Standard output is for what was found.
echo "MKL: none is here; fetching it into $destination (Intel Simplified Software License, about 60 MB of packages)" >&2
restore_from_nuget
fetch
