#!/usr/bin/env bash
# Unpacks Docker, Podman and the plugins of CNI from Debian's packages into a folder, for tests/Containers.Tests.ps1 and
# tests/Cni.Tests.ps1. Nothing is installed, and no daemon of the machine is started or touched. For root.
#
#   unpack.sh FOLDER
set -euo pipefail

folder=$(realpath -m "$1")
rm -rf "$folder"
mkdir -p "$folder/packages"
cd "$folder/packages"
apt-get update
# In some releases, the client is a package of its own.
read -ra clients <<<"$(apt-cache pkgnames docker-cli | grep -x docker-cli || true)"
# What is not there yet of them and of what they need; packages that are there would be marked with a version in brackets.
mapfile -t packages < <(apt-get install --simulate --no-install-recommends docker.io podman runc \
    containernetworking-plugins "${clients[@]}" |
    awk '$1 == "Inst" && $3 !~ /^\[/ { print $2 }')
((${#packages[@]} == 0)) || apt-get download "${packages[@]}"
for package in *.deb; do
    [[ ! -e $package ]] || dpkg --extract "$package" "$folder"
done
# What packages have in /lib is in /usr/lib today, as /lib is a link to it.
[[ ! -d $folder/lib ]] || { cp -a "$folder/lib/." "$folder/usr/lib/" && rm -r "$folder/lib"; }
rm -r "$folder/packages"
touch "$folder/complete"
