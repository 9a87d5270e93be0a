#Requires -Version 7.6
#Requires -Modules MacIpvlan
<#
.SYNOPSIS
    Makes the networks on a rack's trunk match a table that is kept with the rack's other documents.
.DESCRIPTION
    The table is a CSV file with the columns Name, VlanId, Subnet, Gateway and Kind (macvlan or ipvlan). You can change it
    and run the script again. Networks that are missing are created. Networks that differ are changed, with their NICs, or, if that
    would harm NICs, stay unchanged and cause an error. Networks on VLANs of this trunk that aren't in the table are reported. Other
    networks don't matter. The exit code is 1 if a network couldn't be brought in line.
.PARAMETER Path
    The table.
.PARAMETER Trunk
    The link to the switch, on which these VLANs are tagged.
.EXAMPLE
    pwsh ./vlan-trunk.ps1 rack7.csv -Trunk eth0 -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [string] $Path,
    [Parameter(Mandatory)] [string] $Trunk
)
$ErrorActionPreference = 'Stop'
$rows = @(Import-Csv $Path)
$networks = foreach ($row in $rows) {
    $network = @{ name = $row.Name; kind = $row.Kind; parent = "$Trunk.$($row.VlanId)"; subnet = $row.Subnet }
    if ($row.Gateway) { $network.gateway = $row.Gateway }
    $network
}
# Errors don't keep the other networks from being created.
@{ format = 'macipvlan'; version = 1; networks = @($networks) } | ConvertTo-Json -Depth 4 |
    Import-ContainerNetwork -ErrorAction Continue -ErrorVariable failures
$vlans = @(Get-VlanSubInterface -Parent $Trunk)
foreach ($network in Get-ContainerNetwork | Where-Object { $_.Parent -in $vlans.Name -and $_.Name -notin $rows.Name }) {
    Write-Warning "$network is on $($network.Parent), and not in $Path."
}
exit [int] ($failures.Count -gt 0)
