#!/bin/sh
# Writes frontend/shared/src/api.ts, or the file that is named, from the server's OpenAPI document; needs no server and no network.
set -eu
cd "$(dirname "$0")/.."
# The same bytes wherever it runs: sorted, and without the address of a server.
${PYTHON:-.venv/bin/python} -c '
import sys, orjson
from api.openapi import describe_all
sys.stdout.buffer.write(orjson.dumps(describe_all(server="/"), option=orjson.OPT_SORT_KEYS))
' | (cd frontend/contract && node generate.mjs "$@")
