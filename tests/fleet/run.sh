#!/usr/bin/env bash
# Runs a program that unpack.sh has unpacked as an ordinary user, because PostgreSQL refuses root. In mount and IPC namespaces of
# its own, where the unpacked files are in a place that this user can enter, the machine's time zones and PostgreSQL are hidden,
# and shared memory ends with the program.
#
#   run.sh FOLDER PROGRAM [ARGUMENT...]
#
# FOLDER belongs to the user.
set -euo pipefail

tree=$(realpath "$(dirname "$(realpath "$0")")/../../out/fleet")
# shellcheck disable=SC2016  # The other bash's variables.
exec unshare --mount --ipc bash -euc '
    tree=$1 place=$2/programs
    shift 2
    mkdir -p "$place"
    mount --bind "$tree" "$place"
    mount --bind "$tree/usr/share" /usr/share
    # PostgreSQL finds its other files from where the program is.
    programs=$(echo "$place"/usr/lib/postgresql/*/bin)
    libraries=$(echo "$place"/usr/lib/*-linux-gnu)
    exec setpriv --reuid 65534 --regid 65534 --clear-groups env -i "PATH=$programs:$place/usr/sbin:/usr/bin:/bin" LC_ALL=C \
        "LD_LIBRARY_PATH=$libraries" "$@"' bash "$tree" "$@"
