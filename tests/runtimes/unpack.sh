#!/usr/bin/env bash
# Unpacks Docker, Compose, Podman, the CNI plugins and rsvg-convert from Debian packages into a folder, for the tests of containers,
# tests/Cni.Tests.ps1 and tests/ShowContainerNetwork.Tests.ps1. Installs nothing, and starts or touches no daemon of the
# machine. Needs root.
#
#   unpack.sh FOLDER
set -euo pipefail

folder=$(realpath -m "$1")
rm -rf "$folder"
mkdir -p "$folder/packages"
cd "$folder/packages"
apt-get update
# In some releases, the client is a separate package.
read -ra clients <<<"$(apt-cache pkgnames docker-cli | grep -x docker-cli || true)"
# The packages and dependencies that are missing. Installed ones are marked with a version in brackets.
mapfile -t packages < <(apt-get install --simulate --no-install-recommends docker.io docker-compose podman runc \
    containernetworking-plugins librsvg2-bin fonts-dejavu-core "${clients[@]}" |
    awk '$1 == "Inst" && $3 !~ /^\[/ { print $2 }')
((${#packages[@]} == 0)) || apt-get download "${packages[@]}"
for package in *.deb; do
    [[ ! -e $package ]] || dpkg --extract "$package" "$folder"
done
# Files that packages have in /lib belong in /usr/lib, because /lib is a link to it.
[[ ! -d $folder/lib ]] || { cp -a "$folder/lib/." "$folder/usr/lib/" && rm -r "$folder/lib"; }
rm -r "$folder/packages"
touch "$folder/complete"
