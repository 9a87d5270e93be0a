<#
.SYNOPSIS
Measures how long it takes from the start of a container, as Docker tells it, until its NIC answers a ping, while Watch-ContainerNic
runs. Other containers run meanwhile. Run it only in throw-away network and mount namespaces, as Bench.ps1 does.
#>
param([int] $Starts = 100, [int] $Others = 100)
$ErrorActionPreference = 'Stop'
& $PSScriptRoot/../tests/Assert-Isolated.ps1
. $PSScriptRoot/../tests/Support.ps1
. $PSScriptRoot/../tests/runtimes/Runtimes.ps1
. $PSScriptRoot/Report.ps1
$env:MACIPVLAN_MODULE = [IO.Path]::GetFullPath("$PSScriptRoot/../out/MacIpvlan/MacIpvlan.psd1")

function Start-Program([string] $Program, [string[]] $Arguments) {
    # Starts a program that is written to and read from.
    $start = [Diagnostics.ProcessStartInfo]::new($Program, $Arguments)
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    [Diagnostics.Process]::Start($start)
}

# Restarts a container, and returns the milliseconds of docker start, and from the event to the reply.
function Measure-Start([string] $Name, [string] $Address) {
    Invoke-Runtime docker kill $Name
    # Until everybody has heard of its end.
    Start-Sleep -Milliseconds 200
    if ($Address) { $echo.StandardInput.WriteLine($Address) }
    $clock = [Diagnostics.Stopwatch]::StartNew()
    Invoke-Runtime docker start $Name
    $milliseconds = $clock.Elapsed.TotalMilliseconds
    $started = [long] $events.StandardOutput.ReadLine() / 1000
    if (-not $Address) { return $milliseconds }
    $reply = [long] $echo.StandardOutput.ReadLine()
    if ($reply -lt 0) { throw "$Name doesn't answer." }
    ($reply - $started) / 1000
}

Initialize-TestHost
$runtimes = Start-RuntimeHost
$programs = @()
try {
    if ($runtimes.Problem) { throw $runtimes.Problem }
    $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/16 -AllowLabel Network
    ip -n wire address add 10.1.255.254/16 dev eth0
    Write-Host "Starting $Others containers"
    1..$Others | ForEach-Object { Invoke-Runtime docker run -d --name "other$_" --network none --label macipvlan.network=lan busybox:test sleep 36000 }
    foreach ($name in 'empty', 'web1') { Invoke-Runtime docker run -d --name $name --network none busybox:test sleep 36000 }
    $nic = Connect-ContainerNic lan -Container web1
    $address = $nic.IPAddress[0] -replace '/.*'
    # The wire knows the way already, so that what is measured is the host.
    ip -n wire neighbor replace $address lladdr $nic.MacAddress dev eth0 nud permanent
    $events = Start-Program "$PSScriptRoot/../tests/runtimes/run.sh" ('docker', 'events', '--filter', 'event=start', '--format', '{{.TimeNano}}')
    $echo = Start-Program nsenter ('--net=/run/netns/wire', 'dotnet', "$PSScriptRoot/MacIpvlan.Benchmarks/bin/Release/net10.0/MacIpvlan.Benchmarks.dll", 'echo')
    $watch = Start-Program ([Environment]::ProcessPath) ('-NoProfile', '-Command', "Import-Module '$env:MACIPVLAN_MODULE'; Watch-ContainerNic | ForEach-Object { [Console]::WriteLine(`$_.Name) }")
    $programs = $events, $echo, $watch
    Write-Host "Connecting $Others containers"
    1..$Others | ForEach-Object { $null = $watch.StandardOutput.ReadLine() }
    foreach ($i in 1..5) { $null = Measure-Start web1 $address }
    $samples = @{}
    foreach ($i in 1..$Starts) {
        $samples['empty'] += @(Measure-Start empty)
        $samples['connected'] += @(Measure-Start web1 $address)
    }
    "start of a container to the reply of its NIC, beside $Others others: $Starts starts"
    '  median {0:0.0} ms, least {1:0.0} ms, most {2:0.0} ms' -f (Get-Median $samples.connected), ($samples.connected | Measure-Object -Minimum).Minimum, ($samples.connected | Measure-Object -Maximum).Maximum
    '  ratio to docker start of one without a NIC: {0:0.00} ({1:0.0} ms)' -f ((Get-Median $samples.connected) / (Get-Median $samples.empty)), (Get-Median $samples.empty)
}
finally {
    foreach ($program in $programs) { $program.Kill($true) }
    Stop-RuntimeHost $runtimes
    Clear-TestHost
}
