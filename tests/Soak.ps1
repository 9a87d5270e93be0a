<#
.SYNOPSIS
Connects and disconnects many NICs in one process, and tells what that leaves behind in it: descriptors, threads,
memory. Fails if any of them grows after the first thousand. For a network namespace that is thrown away.
#>
param(
    [int] $Count = 50000,
    # So many in each command.
    [int] $Batch = 100,
    [string] $Module = (Join-Path $PSScriptRoot '../out/MacIpvlan/MacIpvlan.psd1')
)
$ErrorActionPreference = 'Stop'
& $PSScriptRoot/Assert-Isolated.ps1
Import-Module $Module
$env:MACIPVLAN_STATE = "$([IO.Path]::GetTempPath())/macipvlan-soak.$PID/state.db"

function Measure-Process([int] $Nics) {
    [GC]::Collect()
    [GC]::WaitForPendingFinalizers()
    [GC]::Collect()
    $status = @{}
    foreach ($line in Get-Content /proc/self/status) { $name, $value = $line -split ':\s*', 2; $status[$name] = $value }
    [pscustomobject]@{
        NICs = $Nics
        Descriptors = [IO.Directory]::GetFileSystemEntries('/proc/self/fd').Count
        Threads = [int]$status.Threads
        ManagedKB = [long]([GC]::GetTotalMemory($true) / 1KB)
        ResidentKB = [long]($status.VmRSS -replace '\D')
        Seconds = [Math]::Round($clock.Elapsed.TotalSeconds, 1)
    }
}

$clock = [Diagnostics.Stopwatch]::StartNew()
$samples = [Collections.Generic.List[object]]::new()
try {
    ip link add eth0 type veth peer name wire0
    ip link set eth0 up
    ip link set wire0 up
    $names = 1..$Batch | ForEach-Object { "soak$_" }
    $null = New-NetworkNamespace $names
    $null = New-MacvlanNetwork soak eth0 -Subnet 10.64.0.0/16
    for ($done = 0; $done -lt $Count; $done += $Batch) {
        $nics = @($names | Connect-ContainerNic soak)
        if ($nics.Count -ne $Batch) { throw "Of $Batch NICs, $($nics.Count) were connected." }
        $nics | Disconnect-ContainerNic
        $sum = $done + $Batch
        if ($sum -eq 1000 -or $sum % 5000 -eq 0) {
            $samples.Add((Measure-Process $sum))
            '{0,7} NICs: {1,4} descriptors, {2,3} threads, {3,7} kB managed, {4,7} kB resident, {5,7} s' -f @(
                $samples[-1].PSObject.Properties.Value)
        }
    }
    $left = @(Get-ContainerNic).Count + @(ip -n soak1 -o link show type macvlan).Count
    Remove-MacvlanNetwork soak
    $names | Remove-NetworkNamespace
}
finally { Remove-Item (Split-Path $env:MACIPVLAN_STATE) -Recurse -Force -ErrorAction Ignore }

# A pool of threads comes and goes, and so does memory that the collector keeps at hand.
$first, $last = $samples[0], $samples[-1]
$grown = @(
    if ($left) { "$left NICs are left" }
    if ($last.Descriptors -gt $first.Descriptors + 5) { "descriptors: $($first.Descriptors) to $($last.Descriptors)" }
    if ($last.Threads -gt $first.Threads + 5) { "threads: $($first.Threads) to $($last.Threads)" }
    if ($last.ManagedKB -gt $first.ManagedKB * 1.5) { "managed memory: $($first.ManagedKB) to $($last.ManagedKB) kB" }
    if ($last.ResidentKB -gt $first.ResidentKB * 1.5) { "resident memory: $($first.ResidentKB) to $($last.ResidentKB) kB" })
if ($grown) { throw "After 1,000 NICs these have grown: $($grown -join '; ')." }
