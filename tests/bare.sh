#!/usr/bin/env bash
# Runs a command in a clone of the last commit, on a machine that has only minimal Debian, git and the .NET SDK. The default
# commands are those from the README that a newcomer would try: ./build.sh demo and ./build.sh test. Needs root.
#
#   bare.sh [COMMAND [ARGUMENT...]]
#
# debootstrap creates the root file system once, in out/bare. What a command installs or downloads goes to a layer above it.
# The layer is discarded, so each run starts from scratch.
set -euo pipefail

project=$(realpath "$(dirname "$(realpath "$0")")/..")
folder=$project/out/bare
root=$folder/root
sdk=$(dirname "$(realpath "$(type -P dotnet)")")

mkdir -p "$project/out"
if [[ ! -e $folder/complete ]]; then
    echo "bare.sh: creating a minimal Debian in $root ..." >&2
    if ! type -P debootstrap >/dev/null; then
        apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends debootstrap
    fi >"$project/out/bare.log" 2>&1
    rm -rf "$folder"
    mkdir -p "$root"
    debootstrap --variant=minbase --include=ca-certificates,git,libicu72,libssl3,zlib1g bookworm "$root" >>"$project/out/bare.log"
    # Where no test mounts something over it: it is a mount itself, and would be hidden.
    mkdir -p "$root/srv/dotnet" "$root/machine"
    ln -sf /srv/dotnet/dotnet "$root/usr/bin/dotnet"
    touch "$folder/complete"
fi

# Copies the settings that this machine needs to reach package registries: the sources and the trusted certificates.
cp -aL /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/"
cp /etc/resolv.conf /etc/hosts "$root/etc/"
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
for settings in etc/apt/sources.list.d/debian.sources root/.nuget/NuGet; do
    [[ ! -e /$settings ]] || { mkdir -p "$root/$(dirname $settings)" && cp -a "/$settings" "$root/$(dirname $settings)/"; }
done
[[ ! -e $root/etc/apt/sources.list.d/debian.sources ]] || rm -f "$root/etc/apt/sources.list"

layer=$(mktemp -d "$folder/layer.XXXXXX")
trap 'rm -rf "$layer"' EXIT
mkdir -p "$layer/above/srv" "$layer/scratch" "$layer/merged"
git clone -q "$project" "$layer/above/srv/project"
(($#)) || set -- bash -c '
    for task in demo test; do
        start=$SECONDS
        echo; echo "##### ./build.sh $task"
        ./build.sh $task </dev/null || { code=$?; echo "##### ./build.sh $task has failed with $code"; exit "$code"; }
        echo "##### ./build.sh $task took $((SECONDS - start)) s"
    done'

# The root is a separate mount, as on a real machine, because programs look for it in the list of mounts.
# shellcheck disable=SC2016  # The other bash's variables.
unshare --mount --pid --fork --kill-child bash -euc '
    layer=$1 root=$2 sdk=$3
    shift 3
    mount --make-rprivate /
    mount -t overlay -o "lowerdir=$root,upperdir=$layer/above,workdir=$layer/scratch" overlay "$layer/merged"
    cd "$layer/merged"
    mount --bind "$sdk" srv/dotnet
    mount -t proc proc proc
    mount --rbind /sys sys
    mount --rbind /dev dev
    mount -t tmpfs tmpfs tmp
    mount -t tmpfs tmpfs run
    pivot_root . machine
    umount -l /machine
    cd /srv/project
    env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb LANG=C.UTF-8 CI=true \
        SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
        ${NUGET_CERT_REVOCATION_MODE:+NUGET_CERT_REVOCATION_MODE="$NUGET_CERT_REVOCATION_MODE"} "$@"
    exit' bash "$layer" "$root" "$sdk" "$@"
