#!/usr/bin/env bash
# Runs the acceptance tests on the package in out/package as its users get it, installed by PowerShell's own client, with a
# real Pester. For CI: as root in a privileged container of the .NET SDK that belongs to the PowerShell, on a kernel with
# macvlan, ipvlan, 8021q, dummy, veth and bridge.
#
#   test-package.sh POWERSHELL PESTER      such as 7.6 5
set -euo pipefail

root=$(dirname "$(realpath "$0")")/..
export PATH=/opt/powershell:$PATH DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 POWERSHELL_TELEMETRY_OPTOUT=1
apt-get update
apt-get install --yes --no-install-recommends busybox-static iproute2
dotnet tool install PowerShell --tool-path /opt/powershell --version "$1.*"
pwsh -NoProfile -Command "
    \$ErrorActionPreference = 'Stop'
    Register-PSResourceRepository package '$root/out/package' -Trusted
    Install-PSResource MacIpvlan -Repository package -Scope AllUsers
    Install-PSResource Pester -Version '[$2.0,$2.999]' -Scope AllUsers -TrustRepository"
MACIPVLAN_MODULE=$(pwsh -NoProfile -Command '(Get-Module MacIpvlan -ListAvailable).Path')
export MACIPVLAN_MODULE
result=$(mktemp)
# /run is a new one, as names of namespaces live there.
unshare --net --mount sh -c 'mount -t tmpfs tmpfs /run && exec "$@"' sh \
    pwsh -NoProfile -NonInteractive -File "$root/tests/Invoke-Tests.ps1" -Path "$root/tests" -Result "$result"
read -r passed failed skipped <"$result"
echo "PowerShell $1, Pester $2: $passed passed, $failed failed, $skipped skipped"
((passed > 0 && failed == 0))
