#Requires -Version 7.6
#Requires -Modules MacIpvlan
<#
.SYNOPSIS
    Grows the ranges of networks that are nearly full.
.DESCRIPTION
    In each subnet with a range and fewer free addresses than -Free, the last range ends -Count addresses later, but within the
    subnet. NICs keep their addresses and aren't touched. Make sure that nothing else on the wire, such as a DHCP server, hands out the
    addresses that are added; exclude those that it does (Set-MacvlanNetwork -ExcludeAddress). A subnet that can't grow is reported,
    and the exit code is 1. You can run the script at any time.
.PARAMETER Name
    Names or patterns of networks. Those on segments are left out, because their ranges are the segment's.
.PARAMETER Free
    How many addresses a subnet must have free.
.PARAMETER Count
    How many addresses a range grows by.
.EXAMPLE
    pwsh ./grow-range.ps1 lan -Free 16 -Count 64 -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [string[]] $Name = '*',
    [ValidateRange(1, 65536)] [int] $Free = 8,
    [ValidateRange(1, 65536)] [int] $Count = 32
)
$ErrorActionPreference = 'Stop'
function ConvertTo-Number([ipaddress] $Address) { [bigint]::new($Address.GetAddressBytes(), $true, $true) }
function ConvertTo-Address([bigint] $Number, [int] $Bytes) {
    $digits = $Number.ToByteArray($true, $true)
    [ipaddress]::new([byte[]](@(0) * ($Bytes - $digits.Count) + $digits))
}
$full = 0
foreach ($network in Get-ContainerNetwork $Name | Where-Object Segment -EQ $null) {
    $ranges = @($network.IPRange | ForEach-Object { "$_" })
    $grown = $false
    foreach ($subnet in $network.Subnets | Where-Object { $_.Free -lt $Free }) {
        $own = @($subnet.IPRange | ForEach-Object { "$_" })
        $prefix = [Net.IPNetwork]"$($subnet.Subnet)"
        $bytes = $prefix.BaseAddress.GetAddressBytes().Count
        $end = (ConvertTo-Number $prefix.BaseAddress) + [bigint]::Pow(2, 8 * $bytes - $prefix.PrefixLength) - 1
        $last = if ($own) { ConvertTo-Number ($own[-1] -split '-')[-1] } else { $end }
        if ($last -ge $end) {
            "full: $subnet of $network has $($subnet.Free) addresses left. Add a subnet: Set-$($network.GetType().Name) $network -AddSubnet"
            $full++
            continue
        }
        $to = ConvertTo-Address ([bigint]::Min($last + $Count, $end)) $bytes
        $ranges[$ranges.IndexOf($own[-1])] = "$(($own[-1] -split '-')[0])-$to"
        $grown = $true
    }
    if (-not $grown) { continue }
    $changed = if ($network.Kind -eq 'macvlan') { Set-MacvlanNetwork $network.Name -IPRange $ranges -PassThru } else { Set-IpvlanNetwork $network.Name -IPRange $ranges -PassThru }
    if ($changed) { "$network has the range $($changed.IPRange) now, with $(($changed.Subnets.Free | Measure-Object -Sum).Sum) free addresses" }
}
exit [int] ($full -gt 0)
