<#
.SYNOPSIS
Measures the module, the floor and the installed peers, prints a table, and writes it to out/bench.json. Run it only in
throw-away network and mount namespaces, as Bench.ps1 does.
#>
param([int] $Rounds = 5)
$ErrorActionPreference = 'Stop'
$WarningPreference = 'SilentlyContinue'
& $PSScriptRoot/../tests/Assert-Isolated.ps1
. $PSScriptRoot/Report.ps1
. $PSScriptRoot/Segment.ps1

# The number of NICs, one in each of the namespaces n1, n2 and so on. Then the number of further namespaces, and of NICs in
# each of them, that share the parent in the second part.
$count, $fillers, $inFiller = 100, 39, 100
$names = 1..$count | ForEach-Object { "n$_" }
# Processes that connect at the same time have namespaces of their own: a1 and so on, b1 and so on.
$crowd = 'a', 'b', 'c'
# NICs whose counters are read: each in a namespace of its own, s1 and so on, or ten in each.
$counted, $each = 500, 10
$out = [IO.Path]::GetFullPath("$PSScriptRoot/../out")
$module = "$out/MacIpvlan/MacIpvlan.psd1"
$managed = 'dotnet', "$PSScriptRoot/MacIpvlan.Benchmarks/bin/Release/net10.0/MacIpvlan.Benchmarks.dll"
$floor = (Test-Path "$out/floor") ? @("$out/floor") : $managed
$shell = [Environment]::ProcessPath
$samples = @{}

function Add-Sample([string] $Name, [double] $Value) {
    if (-not $samples[$Name]) { $samples[$Name] = [Collections.Generic.List[double]]::new() }
    $samples[$Name].Add($Value)
}

function Measure-Work([scriptblock] $Work) {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $null = & $Work
    $clock.Elapsed.TotalMilliseconds
}

# The kernel is busy for a while with deleted links, which would slow down the next measurement.
function Wait-Kernel { Start-Sleep -Milliseconds 200 }

# Runs a program, and returns the numbers that it writes.
function Invoke-Program([string[]] $Command) {
    $program, $options = $Command
    $lines = & $program @options
    if ($LASTEXITCODE) { throw "$Command failed." }
    foreach ($line in $lines) { [double]::Parse($line, [cultureinfo]::InvariantCulture) }
}

# Floor and peers: programs that take the same arguments and write milliseconds.
function Get-Contestant {
    @{ Name = 'floor'; Command = $floor; Deletes = $true }
    if ($floor[0] -eq 'dotnet') { Write-Host 'Left out: the floor in C, because gcc is missing. Compared with the floor in C#, everything looks better than it is.' }
    $processes = "$PSScriptRoot/peers/processes.sh"
    @{ Name = 'one ip -batch a NIC'; Command = $processes, 'ip-batch'; Deletes = $true }
    # Deleting takes only one step.
    @{ Name = 'one ip a step'; Command = $processes, 'ip-steps'; Deletes = $false }
    $python = foreach ($program in 'python3', '/usr/bin/python3') {
        sh -c "$program -c 'from pyroute2 import IPRoute' 2>/dev/null"
        if (-not $LASTEXITCODE) { $program; break }
    }
    if ($python) { @{ Name = 'pyroute2 in one process'; Command = $python, "$PSScriptRoot/peers/pyroute2_nics.py"; Deletes = $true } }
    else { Write-Host 'Left out: pyroute2, because python3-pyroute2 is not installed.' }
    if (Test-Path /usr/lib/cni/macvlan) { @{ Name = 'CNI macvlan + host-local'; Command = $processes, 'cni'; Deletes = $true } }
    else { Write-Host 'Left out: CNI, because containernetworking-plugins is not installed.' }
}

function Measure-Contestant([hashtable] $Contestant, [string] $Where = '') {
    $name, $command = "$($Contestant.Name)$Where", $Contestant.Command
    Wait-Kernel
    Add-Sample "$name, create" ((Invoke-Program ($command + 'create' + 'p0' + 'n' + $count))[0] / $count)
    if (-not $Contestant.Deletes) { return Invoke-Program ($floor + 'delete' + 'n' + $count) | Out-Null }
    Add-Sample "$name, delete" ((Invoke-Program ($command + 'delete' + 'n' + $count))[0] / $count)
}

function Measure-Connect([string] $Network, [string] $Where = '', [hashtable] $Options = @{}) {
    Wait-Kernel
    $bytes = [GC]::GetTotalAllocatedBytes($true)
    Add-Sample "module$Where, create" ((Measure-Work { $script:nics = $names | Connect-ContainerNic $Network @Options }) / $count)
    Add-Sample "module$Where, kB" (([GC]::GetTotalAllocatedBytes($true) - $bytes) / 1KB / $count)
    if ($nics.Count -ne $count) { throw "Only $($nics.Count) of $count NICs were connected." }
}

function Measure-Disconnect([string] $Where = '') {
    Add-Sample "module$Where, delete" ((Measure-Work { $nics | Disconnect-ContainerNic }) / $count)
}

# Measures new processes: an empty one, one with the first commands, and one that lists 100 NICs. .NET reads the table of
# mounts at each start, so there are only a few named namespaces by now.
function Measure-Start {
    # Disturbances only lengthen a start, so the minimum is used.
    $starts = foreach ($i in 1..3) {
        $empty = Measure-Work { & $shell -NoProfile -Command 1 }
        $milliseconds, $methods = Invoke-Program ($shell, '-NoProfile', '-Command', @"
            `$clock = [Diagnostics.Stopwatch]::StartNew()
            `$before = [Runtime.JitInfo]::GetCompiledMethodCount(`$false)
            Import-Module '$module'
            `$null = New-MacvlanNetwork cold p0 -Subnet 10.99.0.0/24
            `$null = Connect-ContainerNic cold n11
            `$clock.Elapsed.TotalMilliseconds
            [Runtime.JitInfo]::GetCompiledMethodCount(`$false) - `$before
            Remove-MacvlanNetwork cold -Force
"@)
        # Without the import, as at a prompt: PowerShell finds the module.
        $listed = Measure-Work { & env "PSModulePath=$out" $shell -NoProfile -Command Get-ContainerNic }
        @{ Empty = $empty; First = $milliseconds; Methods = $methods; Listed = $listed }
    }
    Add-Sample 'empty start' ($starts.Empty | Measure-Object -Minimum).Minimum
    Add-Sample 'first commands' ($starts.First | Measure-Object -Minimum).Minimum
    Add-Sample 'methods compiled' ($starts.Methods | Measure-Object -Minimum).Minimum
    Add-Sample 'Get-ContainerNic in a new process' ($starts.Listed | Measure-Object -Minimum).Minimum
}

function Measure-NewProcess {
    Wait-Kernel
    $milliseconds = Invoke-Program ($shell, '-NoProfile', '-Command', @"
        Import-Module '$module'
        `$null = 'n1' | Connect-ContainerNic few
        `$clock = [Diagnostics.Stopwatch]::StartNew()
        `$null = 2..$count | ForEach-Object { "n`$_" } | Connect-ContainerNic few
        `$clock.Elapsed.TotalMilliseconds
        Disconnect-ContainerNic -Network few
"@)
    Add-Sample 'connect in a new process' ($milliseconds[0] / ($count - 1))
}

# Starts the processes, each with a network of its own. They are ready when they have connected often enough to be warm.
function Start-Crowd {
    foreach ($prefix in $crowd) {
        $subnet = "10.$(150 + $crowd.IndexOf($prefix)).0.0/24"
        $info = [Diagnostics.ProcessStartInfo]::new($shell)
        '-NoProfile', '-NonInteractive', '-File', "$PSScriptRoot/Crowd.ps1", $module, $prefix, $count, $subnet | ForEach-Object { $info.ArgumentList.Add($_) }
        $info.RedirectStandardInput = $info.RedirectStandardOutput = $true
        [Diagnostics.Process]::Start($info)
    }
}

# Has all of them do the same at the same time, and returns what each writes: when it began and ended.
function Invoke-Crowd([Diagnostics.Process[]] $Processes, [string] $Work) {
    foreach ($process in $Processes) { $process.StandardInput.WriteLine($Work) }
    foreach ($process in $Processes) {
        $line = $process.StandardOutput.ReadLine()
        if (-not $line) { throw 'One of the processes at once has failed.' }
        [long[]] $line.Split()
    }
}

function Measure-Crowd([Diagnostics.Process[]] $Processes) {
    Wait-Kernel
    $commands = $crowd | ForEach-Object { "$floor create p0 $_ $count &" }
    $lines = Invoke-Program @('sh', '-c', "$commands wait")
    Add-Sample 'floor at once, create' (($lines | Measure-Object -Maximum).Maximum / $count / $crowd.Count)
    foreach ($prefix in $crowd) { $null = Invoke-Program ($floor + 'delete' + $prefix + $count) }
    Wait-Kernel
    $times = Invoke-Crowd $Processes 'connect' | Measure-Object -Minimum -Maximum
    $milliseconds = ($times.Maximum - $times.Minimum) / [Diagnostics.Stopwatch]::Frequency * 1000
    Add-Sample 'module at once, create' ($milliseconds / $count / $crowd.Count)
    $null = Invoke-Crowd $Processes 'disconnect'
}

# Reads the counters of all NICs, in as many namespaces.
function Measure-Statistics([int] $Namespaces, [int] $Rounds) {
    $inside = 1..$Namespaces | ForEach-Object { "s$_" }
    foreach ($i in 1..($counted / $Namespaces)) { $null = $inside | Connect-ContainerNic counted -InterfaceName "nic$i" -DefaultRoute:($i -eq 1) -AnnounceCount 0 }
    Wait-Kernel
    # The first ones warm up the compiler.
    foreach ($i in 1..(10 + $Rounds)) {
        $time = Measure-Work { $script:read = Get-ContainerNicStatistics counted }
        if (@($read | Where-Object { $null -ne $_.SentBytes }).Count -ne $counted) { throw "Only some of $counted NICs have counters." }
        if ($i -gt 10) { Add-Sample "statistics, $Namespaces namespaces" $time }
    }
    Disconnect-ContainerNic -Network counted
}

function Measure-Network {
    $networks = 1..20
    Add-Sample 'New-MacvlanNetwork' ((Measure-Work {
                foreach ($i in $networks) { New-MacvlanNetwork "new$i" p0 -Subnet "10.$(100 + $i).0.0/24" }
            }) / $networks.Count)
    Add-Sample 'Remove-MacvlanNetwork' ((Measure-Work { foreach ($i in $networks) { Remove-MacvlanNetwork "new$i" } }) / $networks.Count)
}

# On a segment whose database is a server of its own.
function Measure-Segment {
    Measure-Connect shared ' on a segment'
    Measure-Disconnect ' on a segment'
    Add-Sample 'segment, minus local' ($samples['module on a segment, create'][-1] - $samples['module, create'][-1])
}

Import-Module $module
# On a disk, as on users' machines.
$env:MACIPVLAN_STATE = "$out/bench-state/state.db"
try {
    ip link set lo up
    ip link add p0 type veth peer name p1
    ip link set p0 up
    ip link set p1 up
    $null = New-MacvlanNetwork few p0 -Subnet 10.98.0.0/24
    $null = New-NetworkNamespace @(1..11 | ForEach-Object { "n$_" })
    foreach ($i in 1..10) { $null = 1..10 | ForEach-Object { "n$_" } | Connect-ContainerNic few -InterfaceName "nic$i" }
    foreach ($round in 1..$Rounds) {
        Write-Host "Round $round of $Rounds, new processes"
        Measure-Start
    }
    $started = $samples
    Disconnect-ContainerNic -Network few
    $null = New-NetworkNamespace @(12..($count + $fillers) | ForEach-Object { "n$_" })

    $contestants = @(Get-Contestant)
    $problem = Get-PostgresProblem
    if ($problem) { Write-Host "Left out: a segment, because $problem." } else { $server = Start-Segment }
    $samples = @{}
    # The first rounds warm up the compiler.
    foreach ($i in 1..10) {
        Measure-Connect few
        Measure-Disconnect
        if ($server) { Measure-Segment }
        Measure-Network
    }
    $samples = $started

    foreach ($round in 1..$Rounds) {
        Write-Host "Round $round of $Rounds, on an empty parent"
        $contestants | ForEach-Object { Measure-Contestant $_ }
        Measure-Connect few
        Measure-Disconnect
        if ($server) { Measure-Segment }
        Measure-Connect few ' unannounced' @{ AnnounceCount = 0 }
        Measure-Disconnect ' unannounced'
        Measure-Network
        Measure-NewProcess
    }

    if ($server) {
        [double[]] $times = Measure-Allocation $server $Rounds
        for ($i = 0; $i -lt $times.Count; $i += 2) { Add-Sample 'segment, allocation' ($times[$i + 1] / $times[$i]) }
        Stop-PostgresServer
    }

    $null = New-NetworkNamespace @(foreach ($prefix in $crowd) { 1..$count | ForEach-Object { "$prefix$_" } })
    Write-Host "Starting $($crowd.Count) processes"
    $processes = @(Start-Crowd)
    $null = Invoke-Crowd $processes 'warm up'
    foreach ($round in 1..$Rounds) {
        Write-Host "Round $round of $Rounds, $($crowd.Count) processes at once"
        Measure-Crowd $processes
    }

    $null = Invoke-Crowd $processes 'end'

    Write-Host "Reading the counters of $counted NICs"
    $null = New-NetworkNamespace @(1..$counted | ForEach-Object { "s$_" })
    $null = New-MacvlanNetwork counted p0 -Subnet 10.95.0.0/16
    Measure-Statistics $counted ($Rounds * 3)
    Measure-Statistics ($counted / $each) ($Rounds * 3)
    $null = Remove-NetworkNamespace @(1..$counted | ForEach-Object { "s$_" })

    $null = New-MacvlanNetwork many p0 -Subnet 10.97.0.0/16 -Gateway 10.97.0.1
    $many = $fillers * $inFiller
    Write-Host "Connecting $many NICs"
    $namespaces = ($count + 1)..($count + $fillers) | ForEach-Object { "n$_" }
    foreach ($i in 1..$inFiller) { $null = $namespaces | Connect-ContainerNic many -InterfaceName "nic$i" }
    foreach ($round in 1..$Rounds) {
        Write-Host "Round $round of $Rounds, beside $many NICs"
        Measure-Contestant $contestants[0] ' beside many'
        Measure-Connect many ' beside many, unannounced' @{ AnnounceCount = 0 }
        Measure-Disconnect ' beside many, unannounced'
        Measure-Connect many ' beside many'
        Add-Sample 'floor, dump' (Invoke-Program ($floor + 'dump' + 'n' + ($count + $fillers)))[0]
        Add-Sample 'Get-ContainerNic' (Measure-Work { $script:seen = Get-ContainerNic -State Up })
        if ($seen.Count -ne $many + $count) { throw "Only $($seen.Count) of $($many + $count) NICs are up." }
        Add-Sample 'Get-ContainerNic -Recorded' (Measure-Work { Get-ContainerNic -Recorded })
        Measure-Disconnect ' beside many'
    }
    foreach ($ratio in Invoke-Program ($managed + 'allocate' + 60000 + $Rounds)) { Add-Sample 'allocation' $ratio }
}
finally {
    Stop-PostgresServer
    Remove-Item (Split-Path $env:MACIPVLAN_STATE) -Recurse -Force -ErrorAction Ignore
}
Write-Report $samples $contestants "$out/bench.json"
