#!/usr/bin/env bash
# Unpacks the PostgreSQL of this release, server and client, and PgBouncer from Debian packages into a folder, for
# tests/fleet/Servers.ps1. Installs nothing, and starts or touches no server of the machine. Needs root.
#
#   unpack.sh FOLDER
set -euo pipefail

folder=$(realpath -m "$1")
rm -rf "$folder"
mkdir -p "$folder/packages"
cd "$folder/packages"
apt-get update
# The package without a number depends on the release's current version.
server=$(apt-cache depends postgresql | grep -oE 'postgresql-[0-9]+$' | head -n 1)
# Always unpacked, even if they are installed: programs and library of one version, and the time zones.
wanted=("$server" "postgresql-client-${server#*-}" libpq5 pgbouncer tzdata)
# Dependencies that are missing. Installed ones are marked with a version in brackets. Left out are the compiler for queries,
# which the servers are told not to use, and scripts that manage installed servers.
mapfile -t missing < <(apt-get install --simulate --no-install-recommends "${wanted[@]}" |
    awk '$1 == "Inst" && $3 !~ /^\[/ { print $2 }' |
    grep -vE '^(libllvm|libz3-|perl|libperl|libgdbm|lib.*-perl$|postgresql-(client-)?common$|ssl-cert$|openssl$|locales|ucf$|sensible-utils$)')
mapfile -t packages < <(printf '%s\n' "${wanted[@]}" "${missing[@]}" | sort -u)
apt-get download "${packages[@]}"
for package in *.deb; do
    dpkg --extract "$package" "$folder"
done
# Files that packages have in /lib belong in /usr/lib, because /lib is a link to it.
[[ ! -d $folder/lib ]] || { cp -a "$folder/lib/." "$folder/usr/lib/" && rm -r "$folder/lib"; }
rm -rf "$folder/packages" "$folder"/usr/lib/postgresql/*/lib/bitcode
touch "$folder/complete"
# What each new server begins with, which takes seconds to make, and many more in a throw-away kernel. If it can't be made here, each
# server makes its own.
scripts=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
chown 65534:65534 "$work"
if "$scripts/run.sh" "$work" initdb -D "$work/data" -U postgres --encoding UTF8 --locale C --no-sync >/dev/null 2>&1; then
    mv "$work/data" "$folder/data"
fi
rm -rf "$work"
