#!/usr/bin/env bash
# Runs a command as if the files from unpack.sh were installed: over /usr, in a separate mount namespace.
set -euo pipefail

# shellcheck disable=SC2016  # The other bash's variables.
exec unshare --mount bash -euc '
    usr=$1/../../out/runtimes/usr
    shift
    [[ ! -d $usr ]] || mount -t overlay -o "lowerdir=$(realpath "$usr"):/usr" overlay /usr
    exec "$@"' bash "$(dirname "$(realpath "$0")")" "$@"
