<#
.SYNOPSIS
Keeps many short leases for a while, and kills the keeper every minute. Fails if a NIC asks anew, has an address that the
server doesn't lease to it, or loses its address; or if the keeper takes too much memory or processor time, or grows. For a
network namespace that is thrown away.
#>
param(
    [int] $Leases = 200,
    [int] $Minutes = 30,
    # T1 is half of it: twice a minute, unless the keeper is killed then.
    [int] $LeaseSeconds = 60,
    [string] $Module = (Join-Path $PSScriptRoot '../out/MacIpvlan/MacIpvlan.psd1')
)
$ErrorActionPreference = 'Stop'
& $PSScriptRoot/Assert-Isolated.ps1
$env:MACIPVLAN_MODULE = $Module
. $PSScriptRoot/Support.ps1
. $PSScriptRoot/dhcp/Servers.ps1

function Start-Keeper {
    $start = [Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
    foreach ($word in '-NoProfile', '-NonInteractive', '-Command', "Import-Module '$Module'; Watch-ContainerNic | Out-Null") { $start.ArgumentList.Add($word) }
    [Diagnostics.Process]::Start($start)
}

# What is on the links, by namespace. The kernel is asked in one go.
function Get-Addresses {
    $found = @{}
    foreach ($name in $names) { $found[$name] = @(ip -n $name -j address show dev eth0 | ConvertFrom-Json | ForEach-Object addr_info | Where-Object family -EQ inet) }
    $found
}

$clock = [Diagnostics.Stopwatch]::StartNew()
$problems = [Collections.Generic.List[string]]::new()
$samples = [Collections.Generic.List[object]]::new()
$keeper = $null
Initialize-TestHost
try {
    $server = Start-DhcpServer Isc -Address 10.1.0.1/16 -Range 10.1.1.0, 10.1.255.254 -LeaseSeconds $LeaseSeconds
    $names = 1..$Leases | ForEach-Object { "soak$_" }
    $null = New-NetworkNamespace $names
    $null = New-MacvlanNetwork lan eth0 -Dhcp -ProbeAddress:$false
    $nics = @($names | Connect-ContainerNic lan)
    if ($nics.Count -ne $Leases) { throw "Of $Leases NICs, $($nics.Count) were connected." }
    $first = @{}
    foreach ($nic in $nics) { $first[$nic.Namespace] = "$($nic.IPAddress)" }
    while ($clock.Elapsed.TotalMinutes -lt $Minutes) {
        $keeper = Start-Keeper
        $until = $clock.Elapsed.TotalSeconds + 60
        while ($clock.Elapsed.TotalSeconds -lt $until) {
            Start-Sleep 10
            $seconds = [int]$clock.Elapsed.TotalSeconds
            if ($keeper.HasExited) { $problems.Add("$seconds s: the keeper ended with the exit code $($keeper.ExitCode)"); break }
            $addresses = Get-Addresses
            foreach ($name in $names) {
                $has = @($addresses[$name] | ForEach-Object { "$($_.local)/$($_.prefixlen)" })
                if ("$has" -ne $first[$name]) { $problems.Add("$seconds s: $name has '$has', not $($first[$name])") }
                elseif ($addresses[$name][0].valid_life_time -gt $LeaseSeconds) { $problems.Add("$seconds s: $name has its address for longer than its lease") }
            }
        }
        if ($keeper.HasExited) { break }
        $keeper.Refresh()
        $samples.Add([pscustomobject]@{
            Minute = [int]$clock.Elapsed.TotalMinutes; ResidentMB = [int]($keeper.WorkingSet64 / 1MB); Threads = $keeper.Threads.Count
            Descriptors = [IO.Directory]::GetFileSystemEntries("/proc/$($keeper.Id)/fd").Count
            ProcessorSeconds = [Math]::Round($keeper.TotalProcessorTime.TotalSeconds, 2)
        })
        '{0,3} min: {1,4} MB resident, {2,3} threads, {3,4} descriptors, {4,6} s of processor time; {5} problems' -f (
            @($samples[-1].PSObject.Properties.Value) + $problems.Count)
        $keeper.Kill()
        $keeper.WaitForExit()
    }
    $log = Get-DhcpServerLog $server
    $discovers = @($log | Where-Object Type -EQ DISCOVER | Group-Object Mac)
    if (@($discovers | Where-Object Count -GT 1).Count -or $discovers.Count -ne $Leases) {
        $problems.Add("there were DHCPDISCOVERs of $($discovers.Count) NICs, of some up to $(($discovers.Count | Measure-Object -Maximum).Maximum)")
    }
    if (@($log | Where-Object Type -EQ NAK)) { $problems.Add('the server refused a lease') }
    "$(@($log | Where-Object Type -EQ ACK).Count) leases granted and renewed, $(@($log | Where-Object Type -EQ DISCOVER).Count) DHCPDISCOVERs"
    Get-ContainerNic lan | Disconnect-ContainerNic
    $released = @(Get-DhcpServerLog $server | Where-Object Type -EQ RELEASE).Count
    if ($released -ne $Leases) { $problems.Add("of $Leases addresses, $released were given back") }
}
finally {
    if ($keeper -and -not $keeper.HasExited) { $keeper.Kill() }
    Stop-DhcpServer
    Clear-TestHost
}

$late = $samples | Select-Object -Last 1
if ($late.Descriptors -gt $samples[0].Descriptors + 5) { $problems.Add("descriptors: $($samples[0].Descriptors) to $($late.Descriptors)") }
if ($late.ResidentMB -gt $samples[0].ResidentMB * 1.5) { $problems.Add("resident memory: $($samples[0].ResidentMB) to $($late.ResidentMB) MB") }
if ($problems) { throw "$($problems.Count) problems: $(($problems | Select-Object -First 10) -join '; ')" }
