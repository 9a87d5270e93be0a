#requires -Version 7.6
<#
.SYNOPSIS
    A lab for an ordinary user: two hosts on one wire, in namespaces of the user's own, nothing of it on the real host.
.DESCRIPTION
    Where the kernel lets ordinary users make user namespaces, this starts itself anew in some, and is root there and
    nowhere else. All that it makes is gone when it ends.
.EXAMPLE
    pwsh ./lab-without-root.ps1
#>
param([switch] $Inside)
$ErrorActionPreference = 'Stop'
if (-not $Inside) {
    # This PowerShell again, as root of user, network and mount namespaces that are new.
    $module = Join-Path (Get-Module MacIpvlan).ModuleBase MacIpvlan.psd1
    $shell = @([Environment]::ProcessPath)
    if ($shell[0] -like '*/dotnet') { $shell += [Environment]::GetCommandLineArgs()[0] }
    $program, $arguments = 'unshare', '--user', '--map-root-user', '--net', '--mount' + $shell
    & $program @arguments -NoProfile -Command "Import-Module '$module'; & '$PSCommandPath' -Inside"
    exit $LASTEXITCODE
}

# Names of namespaces, and the state, live in folders that nobody else sees.
mount -t tmpfs tmpfs /run
$env:MACIPVLAN_STATE = '/run/lab/state.db'

# One end of the wire is the host's, the other one a router's.
$null = New-NetworkNamespace router, one, two
ip link add eth0 type veth peer name eth0 netns router
ip link set eth0 up
ip -n router address add 10.9.0.1/24 dev eth0
ip -n router link set eth0 up

$null = New-MacvlanNetwork lab -Parent eth0 -Subnet 10.9.0.0/24 -Gateway 10.9.0.1
$null = 'one', 'two' | Connect-ContainerNic lab
Get-ContainerNic | Format-Table
Test-ContainerNic | Format-Table
Test-ContainerNic lab -Full | Format-Table
exit [int] -not ((Test-ContainerNic -Quiet) -and (Test-ContainerNic lab -Full -Quiet))
