#!/usr/bin/env bash
# Makes this machine ready: Debian packages through apt, Python packages (pinned, with hashes) into .venv.
# Does nothing where everything is in place. Not root and a package missing: prints the command and stops.
# `docker/setup.sh test` installs what the tests need, too: servers, which are not started here.
set -euo pipefail
cd "$(dirname "$0")/.."

have_package() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

python=${PYTHON:-python3}
if command -v "$python" >/dev/null && "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    own_python=yes # another Python than Debian's brings its own venv
else
    own_python=no
fi

missing=()
if command -v dpkg-query >/dev/null; then
    while read -r package; do
        case $package in
            '' | '#'*) continue ;;
            python3-venv) [ $own_python = yes ] && continue ;;
        esac
        have_package "$package" || missing+=("$package")
    done < <(cat docker/packages.txt ${1:+"docker/packages-$1.txt"})
elif ! command -v tesseract >/dev/null; then
    echo "samnao needs Tesseract 5 with the data for tha, eng and osd. This is no Debian system:" >&2
    echo "install them with your package manager, then run make again." >&2
    exit 1
fi

if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" != 0 ]; then
        echo "samnao needs Debian packages that are not installed. Run this, then make again:" >&2
        echo >&2
        echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
        exit 1
    fi
    echo "Installing ${missing[*]}"
    log=$(mktemp)
    policy=/usr/sbin/policy-rc.d # apt asks it whether to start the servers it installs
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' >$policy
        chmod 755 $policy
        trap 'rm -f "$policy"' EXIT
    fi
    if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        "${missing[@]}"; } >"$log" 2>&1; then
        cat "$log" >&2
        echo "apt could not install ${missing[*]}: see above." >&2
        exit 1
    fi
    rm -f "$log"
fi

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "samnao needs Python 3.11 or later; $python is $("$python" --version 2>&1)." >&2
    echo "Name another one: make PYTHON=/path/to/python3.11" >&2
    exit 1
fi

want=$(cat requirements.lock pyproject.toml | sha256sum | cut -d' ' -f1)
if [ "$(cat .venv/samnao-installed 2>/dev/null)" != "$want" ]; then
    echo "Installing the Python packages of requirements.lock into .venv"
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
    echo "$want" >.venv/samnao-installed
fi
