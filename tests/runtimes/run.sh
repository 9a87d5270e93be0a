#!/usr/bin/env bash
# Runs a command with what unpack.sh has unpacked as if it were installed: over /usr, in a mount namespace of its own.
set -euo pipefail

# shellcheck disable=SC2016  # The other bash's variables.
exec unshare --mount bash -euc '
    usr=$1/../../out/runtimes/usr
    shift
    [[ ! -d $usr ]] || mount -t overlay -o "lowerdir=$(realpath "$usr"):/usr" overlay /usr
    exec "$@"' bash "$(dirname "$(realpath "$0")")" "$@"
