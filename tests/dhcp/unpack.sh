#!/usr/bin/env bash
# Unpacks DHCP servers, radvd and tcpdump from Debian packages into a folder, for tests/dhcp/Servers.ps1. Installs nothing, and
# starts or touches no daemon of the machine. Needs root.
#
#   unpack.sh FOLDER
set -euo pipefail

folder=$(realpath -m "$1")
rm -rf "$folder"
mkdir -p "$folder/packages"
cd "$folder/packages"
apt-get update
# A release can lack some of them.
mapfile -t wanted < <(apt-cache pkgnames |
    grep -xE 'dnsmasq-base|isc-dhcp-server|kea-common|kea-dhcp4-server|libsystemd-shared|radvd|tcpdump')
# Dependencies that are missing. Installed ones are marked with a version in brackets.
mapfile -t missing < <(apt-get install --simulate --no-install-recommends "${wanted[@]}" |
    awk '$1 == "Inst" && $3 !~ /^\[/ { print $2 }')
# Of systemd, only systemd-networkd is needed, and that needs only the library of its own version.
mapfile -t packages < <(printf '%s\n' systemd "${wanted[@]}" "${missing[@]}" | sort -u)
apt-get download "${packages[@]}"
for package in *.deb; do
    dpkg --extract "$package" "$folder"
done
# Files that packages have in /lib belong in /usr/lib, because /lib is a link to it.
[[ ! -d $folder/lib ]] || { cp -a "$folder/lib/." "$folder/usr/lib/" && rm -r "$folder/lib"; }
rm -r "$folder/packages"
touch "$folder/complete"
