#!/usr/bin/env bash
# Gets what tests/Arm64.Tests.ps1 needs on an x64 machine into a folder: QEMU, which runs single arm64 programs, the
# libraries of an arm64 Debian, and PowerShell with .NET for arm64. Installs nothing. Needs root.
#
#   unpack.sh FOLDER
set -euo pipefail

folder=$(realpath -m "$1")
root=$(realpath "$(dirname "$(realpath "$0")")/../..")
[[ $(uname -m) == x86_64 ]] || exit 0
rm -rf "$folder"
mkdir -p "$folder"/{packages,lists}/partial
cd "$folder/packages"
apt-get update
apt-get download qemu-user-static
dpkg --fsys-tarfile qemu-user-static_*.deb | tar -x -C "$folder" --strip-components 3 ./usr/bin/qemu-aarch64-static

# apt-get for another machine: an arm64 machine without any installed packages.
touch "$folder/status"
arm64=(apt-get -o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o APT::Sandbox::User=root
    -o Dir::State::lists="$folder/lists" -o Dir::State::status="$folder/status" -o Dir::Cache::archives="$folder/packages"
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
# Package sources other than Debian's may have nothing for arm64.
"${arm64[@]}" update || true
"${arm64[@]}" install --download-only --yes --no-install-recommends libc6 libgcc-s1 libssl3 libstdc++6
for package in *_arm64.deb; do
    dpkg --extract "$package" "$folder/root"
done

# Its one test compiles what it needs in half the time that compiling all of it beforehand would take.
dotnet publish "$root/tools/pwsh" -c Release -r linux-arm64 --self-contained true --nologo -p:PublishReadyToRun=false \
    --artifacts-path "$folder/obj" -o "$folder/pwsh"
rm -r "$folder"/{packages,lists,obj}
touch "$folder/complete"
