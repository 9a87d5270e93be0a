#Requires -Version 7.6
#Requires -Modules MacIpvlan
<#
.SYNOPSIS
    Moves all networks of one link of the host to another one, for example to a new network card.
.DESCRIPTION
    Networks on the link move to the other link. Networks on VLANs of the link move to the same VLANs of the other link, which are
    created. NICs are made again there, with their addresses, MAC addresses and names, so containers keep running and lose a few
    packets. A network that can't be moved stays as it is, and causes an error. If the script is stopped on the way, run it again.
    The exit code is 1 if a network couldn't be moved, or a NIC isn't up afterwards.
.PARAMETER From
    The link that the networks are on. It can be gone already.
.PARAMETER To
    The link that they move to. It must be up, and lead to the same wire.
.EXAMPLE
    pwsh ./move-network.ps1 -From eth0 -To eth1 -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [string] $From,
    [Parameter(Mandatory)] [string] $To
)
$ErrorActionPreference = 'Stop'
$vlans = @{}
Get-VlanSubInterface | Where-Object Parent -EQ $From | ForEach-Object { $vlans[$_.Name] = $_.VlanId }
# Those that have gone with the link have its name and their id.
(Get-ContainerNetwork).Parent | Where-Object { $_ -match "^$([regex]::Escape($From))\.(\d+)$" -and -not $vlans.ContainsKey($_) } |
    ForEach-Object { $vlans[$_] = [int]($_ -split '\.')[-1] }
$networks = @(Get-ContainerNetwork | Where-Object { $_.Parent -eq $From -or $vlans.ContainsKey($_.Parent) })
if (-not $networks) { Write-Warning "There is no network on $From." }
# Errors don't keep the other networks from being moved.
$moved = foreach ($network in $networks) {
    $settings = @{ Name = $network.Name; Parent = $To; PassThru = $true; ErrorAction = 'Continue'; ErrorVariable = '+failures' }
    if ($vlans.ContainsKey($network.Parent)) { $settings.VlanId = $vlans[$network.Parent] }
    if ($network.Kind -eq 'macvlan') { Set-MacvlanNetwork @settings } else { Set-IpvlanNetwork @settings }
}
$moved | ForEach-Object { "$_ is on $($_.Parent): $($_.NicUpCount) of $($_.NicCount) NICs are up" }
exit [int] ($failures.Count -gt 0 -or @($moved | Where-Object { $_.NicUpCount -lt $_.NicCount -and -not $WhatIfPreference }).Count -gt 0)
