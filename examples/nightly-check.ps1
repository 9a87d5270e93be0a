#Requires -Version 7.6
#Requires -Modules MacIpvlan
<#
.SYNOPSIS
    The nightly check: what differs from the record, what was repaired, and which NICs don't reach their gateways.
.DESCRIPTION
    Writes a line for each problem, for a log, and for each NIC that isn't up. The exit code, for systemd, cron or a monitor, is 0 if there is no problem
    or all were repaired, and 1 otherwise. Without -Repair, nothing is changed. Addresses and routes that others added to a
    NIC are no problem.
.PARAMETER Repair
    Repairs differences.
.EXAMPLE
    pwsh ./nightly-check.ps1 -Repair
#>
param([switch] $Repair)
$ErrorActionPreference = 'Stop'
$bad = 0
$differences = if ($Repair) { Repair-ContainerNetwork -Confirm:$false } else { Test-ContainerNetwork }
foreach ($difference in $differences | Where-Object IsForeign -EQ $false) {
    $outcome = $difference.IsRepaired ? 'repaired' : 'PROBLEM'
    "$outcome $($difference.Kind) $($difference.Name) of $($difference.Network): expected $($difference.Expected), found $($difference.Actual)"
    if (-not $difference.IsRepaired) { $bad++ }
}
foreach ($database in Get-AddressDatabase | Where-Object { $_.Network.Count -gt 0 } | Test-AddressDatabase | Where-Object Status -NE Ready) {
    "PROBLEM address database $($database.Name) is $($database.Status): $($database.Reason)"
    $bad++
}
foreach ($network in Get-ContainerNetwork) {
    foreach ($subnet in $network.Subnets | Where-Object { $_.Size -gt 0 }) {
        # How much of a segment is free, only its database knows.
        $free = $subnet.Free ?? (Get-ContainerNetworkAddress $network -Kind Free -WarningAction SilentlyContinue |
                Where-Object Subnet -EQ $subnet.Subnet | ForEach-Object -Begin { $sum = [bigint]::Zero } { $sum += $_.Count } -End { $sum })
        if ($free * 10 -lt $subnet.Size) { "nearly full: $subnet of $network has $free of $($subnet.Size) addresses left" }
    }
}
foreach ($nic in Get-ContainerNic | Where-Object State -NE Up) {
    "PROBLEM $nic on $($nic.Network) is $($nic.State)"
    $bad++
}
foreach ($result in Test-ContainerNic -ErrorAction SilentlyContinue -ErrorVariable failures | Where-Object Status -NE Reachable) {
    "PROBLEM $($result.Source) does not reach $($result.DestinationAddress): $($result.Status). $($result.Reason)"
    $bad++
}
# A NIC that has no gateway has nothing to be tested with.
foreach ($failure in $failures | Where-Object FullyQualifiedErrorId -NotLike 'InvalidParameter,*') {
    "PROBLEM $failure"
    $bad++
}
exit [int] ($bad -gt 0)
