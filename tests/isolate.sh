#!/usr/bin/env bash
# Runs a command, as root, in network, mount and process namespaces of its own: links, named namespaces, temporary files and
# processes that it leaves behind are gone with it.
#
#   isolate.sh COMMAND [ARGUMENT...]
set -euo pipefail

# /run is a new one, as names of namespaces live there. The first process of the namespace has to wait for orphans, which
# bash does; hence no exec.
exec unshare --net --mount --pid --fork --kill-child --mount-proc bash -c '
    mount -t tmpfs tmpfs /run && mkdir -m 1777 /run/tmp || exit
    export TMPDIR=/run/tmp ISOLATED_NETWORK=$(readlink /proc/self/ns/net)
    "$@"
    exit' bash "$@"
