<#
.SYNOPSIS
Has several kernels on one bridge use one segment: each is a host of its own, with macvlan or ipvlan NICs. Fails if an address is
used twice, lost or outside, if one doesn't answer another kernel, or if the database doesn't have what the kernels have in the end.
For a network namespace that is thrown away.
#>
param(
    [int] $Kernels = 4,
    [int] $Processes = 2,
    [int] $Nics = 8,
    [double] $Minutes = 2,
    [string] $Module = (Join-Path $PSScriptRoot '../out/MacIpvlan/MacIpvlan.psd1')
)
$ErrorActionPreference = 'Stop'
& $PSScriptRoot/Assert-Isolated.ps1
$env:MACIPVLAN_MODULE = $Module
. $PSScriptRoot/Support.ps1
. $PSScriptRoot/fleet/Servers.ps1
. $PSScriptRoot/fleet/Hosts.ps1
Initialize-TestHost

# What the kernels and this script tell each other is in a folder that all of them write to.
$folder = New-HostFolder

function Wait-Kernel([string] $What, [double] $Seconds) {
    # Waits until each kernel has written such a file, or has ended.
    for ($clock = [Diagnostics.Stopwatch]::StartNew(); $clock.Elapsed.TotalSeconds -lt $Seconds; Start-Sleep -Milliseconds 200) {
        if (-not (1..$Kernels | Where-Object { -not (Test-Path "$folder/$What$_") -and -not $machines[$_ - 1].HasExited })) { return }
    }
    throw "Not all kernels have come to: $What"
}

function Start-Kernel([int] $Number) {
    ip tuntap add "tap$Number" mode tap
    ip link set "tap$Number" master br0 up
    New-HostRole $server "k$Number" "secret$Number"
    Set-PrivateContent "$folder/password$Number" "secret$Number"
    $start = [Diagnostics.ProcessStartInfo]::new("$PSScriptRoot/kernel/run.sh")
    foreach ($word in '--timeout', [int]($Minutes * 60 + 300), '--rw', $folder, '--tap', "tap$Number", [Environment]::ProcessPath, '-NoProfile',
        '-NonInteractive', '-File', "$PSScriptRoot/fleet/Kernel.ps1", $Number, $Processes, $Nics, ($Minutes * 60), (Get-FleetConnection @{ Name = "k$Number" } $server $folder), $Module) {
        $start.ArgumentList.Add("$word")
    }
    [Diagnostics.Process]::Start($start)
}

$problems = try {
    New-FleetWire
    $server = Start-PostgresServer -Address $fleetAddress
    Initialize-FleetDatabase $server
    $machines = @(1..$Kernels | ForEach-Object { Start-Kernel $_ })
    Wait-Kernel made ($Minutes * 60 + 240)
    # KERNEL/NAMESPACE ADDRESS of each NIC, as the kernels have them.
    $kernel = @(Get-Content $folder/made* | Sort-Object)
    $book = @(Invoke-PostgresSql $server "SELECT h.role || '/' || a.holder || ' ' || host(a.address) FROM macipvlan.addresses a
        JOIN macipvlan.members m ON m.id = a.member_id JOIN macipvlan.hosts h ON h.number = m.host_number" | Sort-Object)
    if (-not $kernel) { 'nothing is connected' }
    Compare-Object $kernel $book | ForEach-Object { "$($_.InputObject) only $($_.SideIndicator -eq '<=' ? 'in the kernels' : 'in the database')" }
    ($kernel -replace '.* ') | Group-Object | Where-Object Count -GT 1 | ForEach-Object { "$($_.Name) is there twice" }
    $kernel -replace '.* ' | Set-Content $folder/all.new
    Move-Item $folder/all.new $folder/all
    Wait-Kernel told 240
    Set-Content $folder/over ''
    Get-Content $folder/told*
    $machines | ForEach-Object {
        if (-not $_.WaitForExit(30000)) { 'a kernel does not end'; $_.Kill() }
        elseif ($_.ExitCode) { "a kernel ended with $($_.ExitCode)" }
    }
}
finally {
    $machines | Where-Object { -not $_.HasExited } | ForEach-Object { $_.Kill() }
    Stop-PostgresServer
    Clear-TestHost
}
"$Kernels kernels with $Processes processes: $($kernel.Count) NICs in the end, $(@($problems).Count) problems"
$problems
if ($problems) { exit 1 }
