#Requires -Version 7.6
#Requires -Modules MacIpvlan
<#
.SYNOPSIS
    Gives a busy container a limit of bandwidth, and watches that it keeps it.
.DESCRIPTION
    Connects the container's NIC on a network again, with its addresses and the limit, which interrupts its connections for a moment,
    unless it has the limit already. Then looks every second whether the limit is still there, and restores it if the container
    has changed it. The exit code is 0 if the limit was there all the time, and 1 otherwise.
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
    $nic | Disconnect-ContainerNic -Confirm:$false
    try { $nic = Connect-ContainerNic -InputObject $nic -Network $Network -MaximumBandwidth $Bandwidth }
    catch {
        $null = Connect-ContainerNic -InputObject $nic -Network $Network
        throw
    }
}
"$nic, $($nic.IPAddress -join ', '): $($nic.MaximumBandwidthIn) in, $($nic.MaximumBandwidthOut) out"
$bad = 0
for ($second = 1; $second -le $Seconds; $second++) {
    Start-Sleep -Seconds 1
    foreach ($difference in Repair-ContainerNetwork $Network -Confirm:$false | Where-Object { $_.Kind -eq 'BandwidthChanged' -and $_.Name -eq "$nic" }) {
        "$(Get-Date -Format HH:mm:ss) $($difference.Name) had $($difference.Actual) instead of $($difference.Expected)"
        $bad++
    }
}
exit [int] ($bad -gt 0)
