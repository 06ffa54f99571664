#!/usr/bin/env bash
# Says what is missing before anything starts.   scripts/need.sh python PYTHON | scripts/need.sh node
set -euo pipefail

stop() {
    printf 'Frontdesk: %s\n' "$@" >&2
    exit 1
}

case "${1:-}" in
    python)
        python=${2:-python3}
        command -v "$python" >/dev/null 2>&1 ||
            stop "$python was not found. Install Python 3.11 or newer, or name one: make setup PYTHON=python3.12"
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
            stop "$python is $("$python" -V 2>&1), but 3.11 or newer is needed. Name another: make setup PYTHON=python3.12"
        "$python" -c 'import ensurepip, venv' 2>/dev/null ||
            stop "$python cannot make environments. On Debian and Ubuntu: apt-get install python3-venv"
        ;;
    node)
        command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 ||
            stop "node and npm are needed to build the front end. Install Node.js 20 or newer."
        major=$(node -p 'process.versions.node.split(".")[0]')
        [ "$major" -ge 20 ] ||
            stop "node is $(node -v), but 20 or newer is needed to build the front end."
        ;;
    *)
        stop "usage: scripts/need.sh python PYTHON | node"
        ;;
esac
