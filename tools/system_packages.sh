#!/bin/sh
# Chromium for the browser tests, PostgreSQL for the tests of shared queues, nginx and Caddy for those of the guide to a
# login in front, strace for the one that nothing leaves the machine, where they are missing and can be installed without
# asking: on Debian and Ubuntu, as root. Elsewhere it says what is missing; those tests are skipped.
set -eu

missing=""
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || missing="chromium"
command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
command -v nginx >/dev/null 2>&1 || [ -x /usr/sbin/nginx ] || missing="$missing nginx-light openssl"
command -v caddy >/dev/null 2>&1 || missing="$missing caddy openssl"
command -v strace >/dev/null 2>&1 || missing="$missing strace"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing$(printf ' %s' $missing) for the tests."
    export DEBIAN_FRONTEND=noninteractive
    apt-get update --quiet --quiet && apt-get install --quiet --quiet --yes --no-install-recommends $missing >/dev/null && exit 0
    echo "That did not work; the tests that need$(printf ' %s' $missing) are skipped." >&2
else
    echo "Not on this machine:$(printf ' %s' $missing). The tests that need it are skipped; on Debian: sudo apt install$(printf ' %s' $missing)" >&2
fi
[ "${CI:-}" != true ]
