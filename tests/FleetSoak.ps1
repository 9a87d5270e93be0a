<#
.SYNOPSIS
Has many processes on many hosts use one segment for a while, while connections are cut, and servers are killed, restarted and
promoted. Fails if an address is used twice, lost or outside, or if the database doesn't have what the kernels have in the end. For
a network namespace that is thrown away.
#>
param(
    [int] $Hosts = 8,
    [int] $Processes = 16,
    [int] $Nics = 30,
    [double] $Minutes = 10,
    [string] $Module = (Join-Path $PSScriptRoot '../out/MacIpvlan/MacIpvlan.psd1')
)
$ErrorActionPreference = 'Stop'
& $PSScriptRoot/Assert-Isolated.ps1
$env:MACIPVLAN_MODULE = $Module
. $PSScriptRoot/Support.ps1
. $PSScriptRoot/fleet/Servers.ps1
. $PSScriptRoot/fleet/Hosts.ps1
. $PSScriptRoot/fleet/Fleet.ps1
Initialize-TestHost
try {
    $fleet = Start-Fleet -Hosts $Hosts
    $problems = @(Invoke-FleetCrowd $fleet -Processes $Processes -Nics $Nics -Seconds ($Minutes * 60) -Pause 5) + @(Compare-Fleet $fleet)
    "$Hosts hosts with $Processes processes: $(@(Get-KernelAddress).Count) NICs in the end, $($problems.Count) problems"
    $problems
}
finally {
    Stop-PostgresServer
    Clear-TestHost
}
if ($problems) { exit 1 }
