#!/usr/bin/env bash
# Runs systemd-networkd with the *.network files of a folder, and none of the machine's, in a mount namespace of its own. There it
# finds the user that it becomes, and a read-only /sys, so it doesn't wait for udev.
#
#   networkd.sh PROGRAM FOLDER
set -euo pipefail

# shellcheck disable=SC2016  # The other bash's variables.
exec unshare --mount bash -euc '
    program=$1 folder=$2
    mount -t tmpfs tmpfs /run/systemd 2>/dev/null || { mkdir -p /run/systemd && mount -t tmpfs tmpfs /run/systemd; }
    mkdir /run/systemd/network
    cp "$folder"/*.network /run/systemd/network/
    for settings in /etc/systemd/network /usr/lib/systemd/network; do
        [[ ! -d $settings ]] || mount -t tmpfs tmpfs "$settings"
    done
    if ! grep -q ^systemd-network: /etc/passwd; then
        { cat /etc/passwd; echo systemd-network:x:998:998::/:/usr/sbin/nologin; } >"$folder/passwd"
        mount --bind "$folder/passwd" /etc/passwd
    fi
    mount -o remount,bind,ro /sys
    exec "$program"' bash "$@"
