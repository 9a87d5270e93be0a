#Requires -Version 7.6
#Requires -Modules MacIpvlan
<#
.SYNOPSIS
    Gives a busy container a limit of bandwidth, and watches it.
.DESCRIPTION
    Sets the limit on the container's NIC, which doesn't interrupt its connections. Then shows every second what goes through the NIC
    and what is dropped, and restores the limit if the container has changed it. The exit code is 0 if the limit was there all the
    time, and 1 otherwise.
.PARAMETER Target
    The container or namespace.
.PARAMETER Network
    The network of the NIC.
.PARAMETER Bandwidth
    The limit, in both directions, or unlimited.
.PARAMETER Seconds
    How long to watch.
.EXAMPLE
    pwsh ./limit-container.ps1 backup1 lan -Bandwidth 50Mbit
#>
param(
    [Parameter(Mandatory)] [string] $Target,
    [Parameter(Mandatory)] [string] $Network,
    [string] $Bandwidth = '50Mbit',
    [int] $Seconds = 60
)
$ErrorActionPreference = 'Stop'
$nic = Get-ContainerNic $Network | Where-Object { $Target -in $_.Container, $_.Namespace }
if (@($nic).Count -ne 1) { throw "$Target has $(@($nic).Count) NICs on '$Network', not one." }
if ($nic.MaximumBandwidthIn -ne $Bandwidth -or $nic.MaximumBandwidthOut -ne $Bandwidth) {
    $nic = $nic | Set-ContainerNic -MaximumBandwidth $Bandwidth -PassThru
}
"$nic, $($nic.IPAddress -join ', '): $($nic.MaximumBandwidthIn) in, $($nic.MaximumBandwidthOut) out"
$bad = 0
for ($second = 1; $second -le $Seconds; $second++) {
    $now = $nic | Get-ContainerNicStatistics -Interval 1
    '{0:HH:mm:ss} {1:n2} Mbit/s in, {2:n2} Mbit/s out' -f $now.Time, ($now.ReceivedBitsPerSecond / 1e6), ($now.SentBitsPerSecond / 1e6)
    foreach ($difference in Repair-ContainerNetwork $Network -Confirm:$false | Where-Object { $_.Kind -eq 'BandwidthChanged' -and $_.Name -eq "$nic" }) {
        "$(Get-Date -Format HH:mm:ss) $($difference.Name) had $($difference.Actual) instead of $($difference.Expected)"
        $bad++
    }
}
exit [int] ($bad -gt 0)
