#requires -Version 7.6
<#
.SYNOPSIS
    Creates a network on each VLAN of a rack's trunk, from a table that is kept with the rack's other documents.
.DESCRIPTION
    The table is a CSV file with the columns Name, VlanId, Subnet, Gateway and Kind (macvlan or ipvlan). Existing networks
    stay unchanged, so you can add rows and run the script again. Networks that aren't in the table are reported.
.PARAMETER Path
    The table.
.PARAMETER Trunk
    The link to the switch, on which these VLANs are tagged.
.EXAMPLE
    ./vlan-trunk.ps1 rack7.csv -Trunk eth0 -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [string] $Path,
    [Parameter(Mandatory)] [string] $Trunk
)
$ErrorActionPreference = 'Stop'
$known = @(Get-ContainerNetwork)
$rows = @(Import-Csv $Path)
foreach ($row in $rows) {
    $network = $known | Where-Object Name -EQ $row.Name
    if ($network) {
        if ("$($network.Subnets)" -ne $row.Subnet) { Write-Warning "$($row.Name) has $($network.Subnets), not $($row.Subnet)." }
        continue
    }
    $wanted = @{ Name = $row.Name; Parent = $Trunk; VlanId = $row.VlanId; Subnet = $row.Subnet }
    if ($row.Gateway) { $wanted.Gateway = $row.Gateway }
    if ($row.Kind -eq 'ipvlan') { New-IpvlanNetwork @wanted } else { New-MacvlanNetwork @wanted }
}
foreach ($network in $known | Where-Object Name -NotIn $rows.Name) { Write-Warning "$network is on the host, and not in $Path." }
