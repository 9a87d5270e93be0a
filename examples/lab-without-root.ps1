#Requires -Version 7.6
#Requires -Modules MacIpvlan
<#
.SYNOPSIS
    A lab for an ordinary user: two hosts on one wire, in the user's own namespaces. The real host stays unchanged.
.DESCRIPTION
    If the kernel lets ordinary users create user namespaces, the script restarts itself in new ones. It is root there
    and nowhere else. Everything that it creates disappears when it ends. The exit code is 1 if a test fails.
.EXAMPLE
    pwsh ./lab-without-root.ps1
#>
param([switch] $Inside)
$ErrorActionPreference = 'Stop'
if (-not $Inside) {
    # Starts this PowerShell again, as root in new user, network and mount namespaces.
    $module = Join-Path (Get-Module MacIpvlan).ModuleBase MacIpvlan.psd1
    $shell = @([Environment]::ProcessPath)
    if ($shell[0] -like '*/dotnet') { $shell += [Environment]::GetCommandLineArgs()[0] }
    unshare --user --map-root-user --net --mount @shell -NoProfile -CommandWithArgs `
        'Import-Module $args[0]; & $args[1] -Inside; exit $LASTEXITCODE' $module $PSCommandPath
    exit $LASTEXITCODE
}

$PSNativeCommandUseErrorActionPreference = $true
# The names of namespaces and the state are in folders that only this script sees.
mount -t tmpfs tmpfs /run
$env:MACIPVLAN_STATE = '/run/lab/state.db'

# One end of the wire belongs to the host, the other one to a router.
$null = New-NetworkNamespace router, one, two
ip link add eth0 type veth peer name eth0 netns router
ip link set eth0 up
ip -n router address add 10.9.0.1/24 dev eth0
ip -n router link set eth0 up

$null = New-MacvlanNetwork lab -Parent eth0 -Subnet 10.9.0.0/24 -Gateway 10.9.0.1
$null = 'one', 'two' | Connect-ContainerNic lab
Get-ContainerNic | Format-Table
$results = @(Test-ContainerNic) + @(Test-ContainerNic lab -Full)
$results | Format-Table
exit [int] ($results.Reachable -contains $false)
