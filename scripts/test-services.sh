#!/usr/bin/env bash
# Sees to it that the programs the tests start for themselves are on this machine: PostgreSQL 15 or newer, Redis 7 or
# newer, Chromium. Installs Debian's packages where it may; otherwise says what to install. Starts nothing.
set -euo pipefail

has_postgres() {
    local initdb
    for initdb in ${FRONTDESK_TEST_POSTGRES_BIN:+"$FRONTDESK_TEST_POSTGRES_BIN/initdb"} \
        /usr/lib/postgresql/*/bin/initdb /opt/homebrew/opt/postgresql*/bin/initdb /usr/local/opt/postgresql*/bin/initdb \
        "$(command -v initdb || true)"; do
        [ -x "$initdb" ] || continue
        [ "$("$initdb" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')" -ge 15 ] && return 0
    done
    return 1
}

has_redis() {
    command -v redis-server >/dev/null 2>&1 || return 1
    [ "$(redis-server --version | sed -E 's/.*v=([0-9]+).*/\1/')" -ge 7 ]
}

has_chromium() {
    [ -n "${FRONTDESK_TEST_CHROMIUM:-}" ] && [ -x "$FRONTDESK_TEST_CHROMIUM" ] && return 0
    command -v chromium >/dev/null 2>&1 && return 0
    command -v chromium-browser >/dev/null 2>&1 && return 0
    command -v google-chrome >/dev/null 2>&1 && return 0
    [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ] && return 0
    [ -x "/Applications/Chromium.app/Contents/MacOS/Chromium" ]
}

missing() {
    has_postgres || echo postgresql
    has_redis || echo redis-server
    has_chromium || echo chromium
}

packages=$(missing | tr '\n' ' ')
[ -n "$packages" ] || exit 0

as_root=unable
if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
fi

if [ "$as_root" != unable ] && command -v apt-get >/dev/null 2>&1; then
    echo "The tests need ${packages}: installing Debian's packages…"
    # The tests start servers of their own: the packages' services stay off.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
        $as_root chmod +x "$policy"
        trap '$as_root rm -f "$policy"' EXIT
    fi
    $as_root apt-get update -qq
    # shellcheck disable=SC2086 # both are lists of words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
    packages=$(missing | tr '\n' ' ')
    [ -n "$packages" ] || exit 0
fi

cat >&2 <<TEXT
The tests need programs that are not on this machine: ${packages}
  Debian, Ubuntu:  sudo apt-get install ${packages}
  macOS:           brew install postgresql@16 redis, and Chromium or Google Chrome
Programs in unusual places are named by FRONTDESK_TEST_POSTGRES_BIN (a folder) and FRONTDESK_TEST_CHROMIUM (a file).
TEXT
exit 1
