#!/usr/bin/env bash
# Sets up what is missing: `tools/setup.sh run` for the service, `tools/setup.sh test` for its tests too.
# Looks first and changes nothing if all is there, so it is quick when repeated and needs no network then.
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:?run or test}

say() { printf '%s\n' "$*" >&2; }

usable_python() { # the first Python that is new enough and can make an environment
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    return 1
}

has_language() { tesseract --list-langs 2>/dev/null | grep -qx "$1"; }
has_library() { /sbin/ldconfig -p | grep -q "$1"; }
has_font() { compgen -G "/usr/share/fonts/truetype/$1" >/dev/null; }
has_command() { local name; for name in "$@"; do command -v "$name" >/dev/null && return; done; return 1; }
has_office() { compgen -G "/usr/lib/libreoffice/program/lib$(office_part "$1")lo.so" >/dev/null || compgen -G "/opt/libreoffice*/program/soffice" >/dev/null; }
office_part() { case $1 in writer) echo sw ;; calc) echo sc ;; impress) echo sd ;; esac; }
has_postgresql() { compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || has_command initdb; }

missing_for_run() { # Debian packages, one per line
    usable_python >/dev/null || { has_command python3 && echo python3.11-venv || echo python3-venv; }
    has_command tesseract || echo tesseract-ocr
    has_language deu || echo tesseract-ocr-deu
    has_language eng || echo tesseract-ocr-eng
    has_language frk || echo tesseract-ocr-frk
    has_office writer || echo libreoffice-writer-nogui
    has_office calc || echo libreoffice-calc-nogui
    has_office impress || echo libreoffice-impress-nogui
    has_library libmagic.so.1 || echo libmagic1
    has_font "dejavu/DejaVuSans.ttf" || echo fonts-dejavu-core
    has_font "liberation*/LiberationSans-Regular.ttf" || echo fonts-liberation
}

missing_for_test() {
    has_command git || echo git
    has_command chromium chromium-browser google-chrome || echo chromium
    has_postgresql || echo postgresql
    has_command openssl || echo openssl
    has_command pdftotext || echo poppler-utils
    [ -x /usr/sbin/slapd ] || has_command slapd || echo slapd
    has_command ldapadd || echo ldap-utils
    has_library libatomic.so.1 || echo libatomic1
    [ -x /usr/sbin/clamd ] || has_command clamd || echo clamav-daemon
    [ -x /usr/sbin/apache2 ] || has_command httpd || echo apache2-bin
    [ -x /usr/sbin/sshd ] || echo openssh-server
    [ -x /usr/sbin/dovecot ] || has_command dovecot || echo dovecot-imapd
}

missing() {
    missing_for_run
    if [ "$purpose" = test ]; then missing_for_test; fi
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

may_install() { has_command apt-get && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }

quietly() { # shows what a command said only if it failed
    local log
    log=$(mktemp)
    if "$@" </dev/null >"$log" 2>&1; then rm -f "$log"; else cat "$log" >&2; rm -f "$log"; return 1; fi
}

install_packages() { # servers serve the tests only as programs: no data of their own, nothing listening
    local no_start=/usr/sbin/policy-rc.d no_cluster=/etc/postgresql-common/createcluster.d/eakte-setup.conf
    say "Systempakete werden eingerichtet: $*"
    as_root mkdir -p "$(dirname "$no_cluster")"
    echo "create_main_cluster = false" | as_root tee "$no_cluster" >/dev/null
    if [ -e "$no_start" ]; then no_start=; else printf '#!/bin/sh\nexit 101\n' | as_root tee "$no_start" >/dev/null; as_root chmod 755 "$no_start"; fi
    trap "as_root rm -f $no_cluster $no_start" EXIT
    no_directory
    quietly as_root apt-get update
    quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get -y install --no-install-recommends "$@"
}

no_directory() { # answers the one question of the package: leave out the directory, so that there is nothing to start
    has_command debconf-set-selections || return 0
    echo "slapd slapd/no_configuration boolean true" | as_root debconf-set-selections
}

system_packages() {
    local packages
    mapfile -t packages < <(missing)
    if [ "${#packages[@]}" = 0 ]; then return; fi
    if may_install; then install_packages "${packages[@]}"; fi
    mapfile -t packages < <(missing)
    if [ "${#packages[@]}" -gt 0 ]; then
        say "Bitte zuerst diese Systempakete einrichten: sudo apt-get install --no-install-recommends ${packages[*]}"
        exit 1
    fi
}

python_packages() { # $1: lock file; a copy of it in the environment tells what was installed
    local done_mark=.venv/$1.installed
    if cmp -s "$1" "$done_mark"; then return; fi
    say "Python-Pakete werden eingerichtet ($1)"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes \
        --only-binary :all: --requirement "$1"
    cp "$1" "$done_mark"
}

python_environment() {
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        rm -rf .venv
        "$(usable_python)" -m venv .venv
    fi
    python_packages requirements.lock
    if [ "$purpose" = test ]; then python_packages requirements-dev.lock; fi
}

npm_ci() { # npm of the system, else the one from the Python package
    local npm=(npm)
    if ! has_command npm; then
        python_packages requirements-node.lock
        npm=(.venv/bin/python tools/npm.py)
    fi
    quietly "${npm[@]}" ci --omit=optional --ignore-scripts --no-audit --no-fund --no-update-notifier
}

front_end_packages() {
    if cmp -s package-lock.json node_modules/.installed; then return; fi
    say "Bausteine der Oberfläche werden eingerichtet"
    npm_ci
    cp package-lock.json node_modules/.installed
}

system_packages
python_environment
front_end_packages
