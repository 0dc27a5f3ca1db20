# SPDX-License-Identifier: Apache-2.0
# The steps that installer/run and installer/test share; sourced by both from the project's root.

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

packages() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' installer/dependencies; }

is_installed() { [ "$(dpkg-query -W -f '${Status}' "$1" 2>/dev/null)" = "install ok installed" ]; }

# Installs what is missing and nothing else: a second start needs no network.
install_missing() {
  command -v dpkg-query >/dev/null || fail "This installs with Debian's packages, and there is no dpkg here. Install the counterparts of installer/dependencies, then run: cmake --preset release && cmake --build --preset release"
  local missing=() package
  for package in $(packages); do
    is_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || { say "Everything that is needed is installed."; return; }
  say "Installing ${#missing[@]} packages: ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "Packages are missing and only root can install them. As root: apt-get install --no-install-recommends ${missing[*]}"
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -q || fail "The list of packages could not be fetched. Is there a network?"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" ||
    fail "The packages could not be installed; the lines above say why."
}

build_release() {
  local log
  log=$(mktemp)
  cmake --preset release >"$log" 2>&1 || { cat "$log" >&2; fail "The build could not be configured; the lines above say why."; }
  rm -f "$log"
  cmake --build --preset release || fail "The build failed; the lines above say where."
}
