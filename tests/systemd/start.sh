#!/usr/bin/env bash
# Runs a real systemd as the first process of new namespaces, until it's killed. It shares the links and /run with the caller. Its
# units are those in /run/systemd/system alone. It has no journal.
#
#   start.sh GROUP MODULE PWSH STATE
#
# GROUP is a new control group for it. MODULE, the folder of pwsh and the folder of the state are where an installation has them.
set -euo pipefail

mkdir "$1"
echo $$ >"$1/cgroup.procs"
# Names of namespaces that the caller makes come here, as on a host, where all mounts are shared.
mount --make-shared /run
# shellcheck disable=SC2016  # The other bash's variables.
exec setpriv --bounding-set=-sys_boot,-sys_module,-sys_time,-syslog unshare --pid --fork --kill-child --mount --propagation unchanged \
    --uts --ipc --cgroup bash -euc '
    mount -t proc proc /proc
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    # The first process sets limits of the whole machine, if it can.
    mount --bind /proc/sys /proc/sys
    mount --bind /proc/sys/net /proc/sys/net
    mount -o remount,bind,ro /proc/sys
    mkdir /run/layers
    mount -t tmpfs tmpfs /run/layers
    for place in etc usr/local var; do
        mkdir -p "/run/layers/$place.upper" "/run/layers/$place.work"
        mount -t overlay overlay -o "lowerdir=/$place,upperdir=/run/layers/$place.upper,workdir=/run/layers/$place.work" "/$place"
    done
    module=/usr/local/share/powershell/Modules/MacIpvlan
    mkdir -p /usr/local/lib/pwsh "$module" /var/lib/macipvlan
    mount --bind "$1" "$module"
    mount --bind "$2" /usr/local/lib/pwsh
    mount --bind "$3" /var/lib/macipvlan
    ln -sf ../lib/pwsh/pwsh /usr/local/bin/pwsh
    # As on a host where root has never used PowerShell.
    mount -t tmpfs -o mode=700 tmpfs /root
    mount --make-shared /
    : >/run/console
    mount --bind /run/console /dev/console
    export container=test SYSTEMD_UNIT_PATH=/run/systemd/system
    exec /lib/systemd/systemd --system --unit=test.target --log-target=console --show-status=0' bash "${@:2}"
