#!/bin/sh
# Chromium without the right to real-time priority. As root it would take it, and two of its threads that end at the same time
# can then wait for each other for ever, at the cost of every other process of a machine with two cores.
if [ "$(id -u)" = 0 ] && command -v setpriv > /dev/null; then
    exec setpriv --bounding-set=-sys_nice -- "$PLAIN_CHROMIUM" "$@"
fi
exec "$PLAIN_CHROMIUM" "$@"
