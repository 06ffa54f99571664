#!/usr/bin/env bash
# Writes requirements/base.txt (what the server runs on, and what builds it), requirements/dev.txt (base and what the
# tests need) and requirements/bench.txt (base and what benchmarks measure against) from pyproject.toml, and
# requirements/pip.txt (what fetches them), and of the peers in bench/peers/ one each: exact versions with the hashes of
# every file, for every platform.
#   scripts/lock.sh            keeps the versions that still fit
#   scripts/lock.sh --upgrade  takes the newest that fit (any option of `uv pip compile` works)
set -euo pipefail
cd "$(dirname "$0")/.."

uv=${UV:-$(command -v uv || true)}
if [ -z "$uv" ] && [ -x .venv/bin/uv ]; then uv=.venv/bin/uv; fi
if [ -z "$uv" ]; then
    echo "scripts/lock.sh needs uv: install it (pip install uv), or name it: UV=/path/to/uv make lock" >&2
    exit 1
fi

# Local wheel folders would put their own hashes into the lock.
unset PIP_FIND_LINKS UV_FIND_LINKS UV_EXTRA_INDEX_URL UV_INDEX

compile() {
    "$uv" --quiet pip compile --universal --python-version "${python:-3.11}" --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --no-annotate "$@"
}

compile pyproject.toml --group build --output-file requirements/base.txt "${@}"
compile pyproject.toml --group build --group dev --constraints requirements/base.txt --output-file requirements/dev.txt "${@}"
compile pyproject.toml --group build --group bench --constraints requirements/base.txt --output-file requirements/bench.txt "${@}"
compile requirements/pip.in --output-file requirements/pip.txt "${@}"
for peer in aegra botbuilder langgraph_dev; do
    compile "bench/peers/$peer/requirements.in" --output-file "bench/peers/$peer/requirements.txt" "${@}"
done
python=3.10 compile bench/peers/rasa/requirements.in --output-file bench/peers/rasa/requirements.txt "${@}"

if grep -nE '://|^--|find-links' requirements/*.txt bench/peers/*/requirements.txt; then
    echo "scripts/lock.sh: the lines above name a place; locks must not" >&2
    exit 1
fi
