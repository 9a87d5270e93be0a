#requires -Version 7.6
<#
.SYNOPSIS
    The nightly check: what differs from the record, what could be put right, who does not reach its gateway.
.DESCRIPTION
    Writes a line for each thing that is not well, for a log, and ends with 0 if all is well or was put right, else with 1,
    for systemd, cron or a monitor. Without -Repair nothing is changed.
.PARAMETER Repair
    Puts right what differs.
.EXAMPLE
    ./nightly-check.ps1 -Repair
#>
param([switch] $Repair)
$ErrorActionPreference = 'Stop'
$bad = 0
foreach ($difference in Test-ContainerNetwork -Repair:$Repair) {
    $outcome = $difference.IsRepaired ? 'repaired' : 'NOT WELL'
    "$outcome $($difference.Kind) $($difference.Name) of $($difference.Network): $($difference.Expected); it was: $($difference.Actual)"
    if (-not $difference.IsRepaired) { $bad++ }
}
foreach ($network in Get-ContainerNetwork) {
    foreach ($subnet in $network.Subnets | Where-Object { $_.Size -gt 0 -and $_.Free * 10 -lt $_.Size }) {
        "nearly full: $subnet of $network has $($subnet.Free) of $($subnet.Size) addresses left"
    }
}
foreach ($result in Test-ContainerNic | Where-Object Status -NE Reachable) {
    "NOT WELL $($result.Source) does not reach $($result.DestinationAddress): $($result.Status). $($result.Reason)"
    $bad++
}
exit [int] ($bad -gt 0)
