#!/usr/bin/env bash
# Runs a command, as root, in its own network, mount and process namespaces. Links, named namespaces, temporary files and
# processes that it leaves behind disappear with it.
#
#   isolate.sh COMMAND [ARGUMENT...]
set -euo pipefail

# /run is new, because it holds the names of namespaces. The first process of the namespace must wait for orphans. bash does
# that, hence no exec.
exec unshare --net --mount --pid --fork --kill-child --mount-proc bash -c '
    mount -t tmpfs tmpfs /run && mkdir -m 1777 /run/tmp || exit
    export TMPDIR=/run/tmp ISOLATED_NETWORK=$(readlink /proc/self/ns/net)
    "$@"
    exit' bash "$@"
