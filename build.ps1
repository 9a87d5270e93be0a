<#
.SYNOPSIS
Builds, tests and installs MacIpvlan, in pwsh 7.6 or later. If there is no pwsh, ./build.sh makes one.
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Soak', 'Bench', 'Demo', 'Docs', 'Package', 'Install', 'Clean')]
    [string[]] $Task = 'Build',
    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',
    # Install: the modules folder. The default is the folder for all users for root, and the user's own folder otherwise.
    [string] $Destination,
    # Test: the version of Pester, and whether to test the package that is already in out/package.
    [ValidateSet(5, 6)]
    [int] $Pester = 6,
    [switch] $Package,
    # Bench: how often each part is measured, and whether to run only the micro benchmarks, only starts of containers, or only the
    # throughput of limits.
    [int] $Rounds = 5,
    [switch] $Micro,
    [switch] $Start,
    [switch] $Bandwidth
)
$ErrorActionPreference = 'Stop'
# The output of dotnet test is parsed below.
$env:DOTNET_CLI_UI_LANGUAGE = 'en'
$solution = Join-Path $PSScriptRoot 'MacIpvlan.slnx'
$out = Join-Path $PSScriptRoot 'out'
$module = Join-Path $out 'MacIpvlan'
$tests = Join-Path $PSScriptRoot 'tests'
$results = Join-Path $out 'TestResults'
$runner = Join-Path $tests 'Invoke-Tests.ps1'
$kernel = Join-Path $tests 'kernel/run.sh'
$isolated = Join-Path $tests 'isolate.sh'
# Other PowerShell processes are started with the program that started this one.
$shell = [Environment]::ProcessPath, '-NoProfile', '-NonInteractive', '-File'
$total = @{ passed = 0; failed = 0; skipped = 0 }
# Lines about failed and skipped tests, printed again at the end.
$told = [System.Collections.Generic.List[string]]::new()
# Lines about what each part of the test run took.
$took = [System.Collections.Generic.List[string]]::new()

function Invoke-Build {
    dotnet build $solution --configuration $Configuration --nologo --verbosity quiet
    if ($LASTEXITCODE) { throw 'The build failed.' }
}

function Invoke-Package {
    & (Join-Path $PSScriptRoot 'tools/Package.ps1') $module (Join-Path $out 'package')
    Get-Content (Join-Path $out 'package/SHA256SUMS')
}

# Adds the results of a stage: the numbers of tests passed, failed and skipped. A stage that broke off or ran no test adds
# one failure.
function Add-Result([string] $Stage, [int[]] $Counts, [bool] $IsComplete) {
    if (-not $IsComplete -or -not ($Counts[0] + $Counts[1])) {
        $told.Add("[-] ${Stage}: broke off or ran no test, which counts as failed.")
        Write-Host $told[-1]
        $total.failed++
    }
    for ($i = 0; $i -lt $Counts.Count; $i++) { $total[@('passed', 'failed', 'skipped')[$i]] += $Counts[$i] }
}

# Reads the result of Invoke-Tests.ps1: returns the numbers and keeps the other lines.
function Read-Result([string] $Path) {
    $numbers, $lines = @(Get-Content $Path)
    foreach ($line in $lines) { $told.Add($line) }
    return $numbers -split ' '
}

# Runs a part of the test run and notes what it took: the rule is ten minutes for the whole on two processors.
function Measure-Part([string] $Name, [scriptblock] $Part) {
    $clock, $before = [Diagnostics.Stopwatch]::StartNew(), (Get-ProcessorTime)
    & $Part
    $took.Add(('{0}: {1:n0} s, {2:n0} s of processor' -f $Name, $clock.Elapsed.TotalSeconds, ((Get-ProcessorTime) - $before)))
}

# Seconds that this process and those that it has waited for have used: fields 14 to 17 of its stat, in ticks of 10 ms. Field 2 can
# contain spaces.
function Get-ProcessorTime {
    (([IO.File]::ReadAllText('/proc/self/stat') -replace '^.*\) ' -split ' ')[11..14] | Measure-Object -Sum).Sum / 100
}

function Invoke-UnitTest {
    Write-Host "`n=== Unit tests`n"
    $found = @{}
    $isTold = $false
    # Many tests have a database of their own, and wait for the disk to have it.
    $temporary, $disk = (mktemp -d -p ((Test-Path /dev/shm) ? '/dev/shm' : '/tmp')), $env:TMPDIR
    $env:TMPDIR = $temporary
    timeout --kill-after=10 900 dotnet test --solution $solution --configuration $Configuration --no-build 2>&1 | ForEach-Object {
        Write-Host $_
        if ($_ -match '^\s+(succeeded|failed|skipped): (\d+)$') { $found[$Matches[1]] = $Matches[2] }
        # A failed or skipped test, and the indented lines that follow it.
        $isTold = $_ -match '^(failed|skipped) ' -or ($isTold -and $_ -match '^\s')
        if ($isTold) { $told.Add(($_ -replace '^failed ', '[-] ' -replace '^skipped ', '[!] ')) }
    }
    $isEnded = -not $LASTEXITCODE
    $env:TMPDIR = $disk
    Remove-Item $temporary -Recurse -Force
    Add-Result 'Unit tests' $found.succeeded, $found.failed, $found.skipped ($isEnded -or $found.failed -gt 0)
}

# The arguments of Invoke-Tests.ps1 that all stages share.
function Get-TestOption {
    $folder = Get-Item (Join-Path $out "Pester/$Pester.*")
    '-Pester', (Join-Path $folder 'Pester.psd1'), '-EndProcesses'
}

# Runs the acceptance tests through a command, in processes that divide the files.
function Invoke-AcceptanceTest([string] $Stage, [string] $Name, [int] $Processes, [string[]] $Command, [string[]] $Filter) {
    Write-Host "`n=== $Stage"
    $share = (New-Item (Join-Path $results "$Name-share") -ItemType Directory).FullName
    # The pipe ends a test that writes endlessly.
    $limited = 'bash', '-c', 'set -o pipefail; "$@" 2>&1 | head -c 50000000', 'bash'
    $options = $shell + $runner + '-Path' + $tests + '-Share' + $share + (Get-TestOption) + $Filter
    $counts, $isComplete = @(0, 0, 0), $true
    # Those that this process can use: 0-3,8
    $processors = @((taskset -cp $PID) -replace '.*: ' -split ',' | ForEach-Object { $first, $last = $_ -split '-'; [int]$first..[int]($last ?? $first) })
    1..$Processes | ForEach-Object -Parallel {
        $result = "$using:results/$using:Name$_"
        # A kernel runs on one processor: each on another one, as far as there are.
        $processor = @(if (($using:Command)[0] -eq $using:kernel) { '--processor', ($using:processors)[($_ - 1) % ($using:processors).Count] })
        $program, $arguments = $using:limited + ($using:Command)[0] + $processor + ($using:Command | Select-Object -Skip 1) + $using:options + '-Result' + $result
        $text = & $program @arguments 2>&1
        @{ Name = "$using:Name $_"; Text = $text; ExitCode = $LASTEXITCODE; Result = $result }
    } | ForEach-Object {
        Write-Host "`n--- $($_.Name)"
        $_.Text | ForEach-Object { Write-Host $_ }
        if ($_.ExitCode) { $isComplete = $false }
        if (-not (Test-Path $_.Result)) { $isComplete = $false; return }
        $numbers = Read-Result $_.Result
        foreach ($i in 0..2) { $counts[$i] += $numbers[$i] }
    }
    Add-Result $Stage $counts $isComplete
}

# Runs test files in another process. Command is the command that starts it, or empty; Arguments precede the common
# options.
function Invoke-TestFile([string] $Stage, [string[]] $Command, [string[]] $Arguments) {
    Write-Host "`n=== $Stage"
    $result = Join-Path $results ($Stage -replace '\W')
    $program, $options = $Command + $shell + $runner + $Arguments + (Get-TestOption) + '-Result' + $result
    & $program @options
    $isComplete = -not $LASTEXITCODE -and (Test-Path $result)
    Add-Result $Stage ((Test-Path $result) ? (Read-Result $result) : @(0, 0, 0)) $isComplete
}

# Whether this kernel can create links in isolated namespaces. Command lists the arguments of ip link add.
function Test-Link([string[]] $Command) {
    & $isolated bash -c (($Command -replace '^', 'ip link add ') -join ' && ') *> $null
    -not $LASTEXITCODE
}

# Runs the acceptance tests on this kernel, as far as it can run them, and in throw-away kernels.
function Invoke-AllAcceptanceTest {
    $macvlan = 'v0 type veth peer name v1', 'm0 link v0 type macvlan'
    $canMacvlan = Test-Link $macvlan
    $canAll = $canMacvlan -and (Test-Link ($macvlan + 'i0 link v1 type ipvlan' + 'v5 link v0 type vlan id 5' + 'd0 type dummy'))
    $filter = @()
    if ($canMacvlan) {
        # Many tests wait: for leases to end, or for somebody who doesn't answer.
        Measure-Part 'This kernel' {
            Invoke-AcceptanceTest 'Acceptance tests on this kernel, in four processes' 'native' 4 $isolated ($canAll ? @() : @('-TagFilter', 'Native'))
        }
        # Throw-away kernels are slower, so tests with the same result in any kernel aren't repeated there.
        $filter = '-ExcludeTagFilter', 'Once'
    }
    else { Write-Host "`n=== Acceptance tests on this kernel: left out, because it doesn't support namespaces, veth or macvlan here" }

    $missing = & $kernel --missing
    if ($canAll -and $missing) {
        $told.Add("[!] Acceptance tests in throw-away kernels: skipped, because these packages are missing: $missing")
        return $total.skipped++
    }
    Measure-Part 'Throw-away kernels' {
        Invoke-AcceptanceTest 'Acceptance tests, in two throw-away kernels' 'kernel' 2 ($kernel, '--timeout', 1800, '--rw', $results) $filter
    }
}

# Installs the module from out/package with Save-PSResource, or from the zip if that cmdlet is missing. Returns the path of
# the manifest.
function Install-Package {
    $source, $modules = (Convert-Path (Join-Path $out 'package')), (Join-Path $results 'modules')
    $null = New-Item $modules -ItemType Directory
    if (Get-Command Save-PSResource -ErrorAction Ignore) {
        $repository = "MacIpvlan.$PID"
        Register-PSResourceRepository $repository $source -Trusted
        try { Save-PSResource MacIpvlan -Repository $repository -Path $modules }
        finally { Unregister-PSResourceRepository $repository }
    }
    else { [IO.Compression.ZipFile]::ExtractToDirectory((Convert-Path "$source/MacIpvlan.*.zip"), $modules) }
    $manifest = Convert-Path "$modules/MacIpvlan/*/MacIpvlan.psd1"
    Write-Host "`n=== Testing the module from the package, in $manifest"
    $manifest
}

function Invoke-Test {
    Remove-Item $results -Recurse -Force -ErrorAction Ignore
    $null = New-Item $results -ItemType Directory
    if ($Package) { $env:MACIPVLAN_MODULE = Install-Package }
    Measure-Part 'Unit tests' { Invoke-UnitTest }
    Invoke-AllAcceptanceTest
    if ($told.Count) { Write-Host "`n=== Failed [-] and skipped [!]`n`n$($told -join "`n")" }
    Write-Host "`n=== What it took`n`n$($took -join "`n")"
    Write-Host "`n$($total.passed) passed, $($total.failed) failed, $($total.skipped) skipped"
    if ($total.failed) { exit 1 }
}

# Runs tests that take too long for a test run: mutated answers, kill -9 at every step, many processes, many NICs in one
# process, leases for half an hour, a whole fleet while its servers fail.
function Invoke-Soak {
    $env:MACIPVLAN_FUZZ_COUNT, $env:MACIPVLAN_SOAK = 1000000, 1
    $null = New-Item $results -ItemType Directory -Force
    $program, $options = $shell + (Join-Path $tests 'Soak.ps1')
    dotnet run --project (Join-Path $tests 'MacIpvlan.Tests') -c $Configuration --no-build -- -namespace MacIpvlan.Tests.Fuzz &&
        & $isolated $program @options &&
        & $isolated $program @($options | Select-Object -SkipLast 1) (Join-Path $tests 'DhcpSoak.ps1') &&
        & $isolated $program @($options | Select-Object -SkipLast 1) (Join-Path $tests 'FleetSoak.ps1') &&
        & $isolated $program @($options | Select-Object -SkipLast 1) (Join-Path $tests 'FleetKernels.ps1')
    if ($LASTEXITCODE) { throw 'The soak failed.' }
    Invoke-TestFile 'Kills' ($kernel, '--timeout', 1800, '--rw', $results) '-Path', (Join-Path $tests 'Kill.Tests.ps1')
    Invoke-TestFile 'Processes' $isolated '-Path', (Join-Path $tests 'Concurrency.Tests.ps1')
    Invoke-TestFile 'Stops' $isolated '-Path', (Join-Path $tests 'Stop.Tests.ps1')
    if ($total.failed) { exit 1 }
    Write-Host "`n=== Both commands of the README, on a bare machine"
    & (Join-Path $tests 'bare.sh')
    if ($LASTEXITCODE) { throw 'The build or the tests failed on a bare machine.' }
}

foreach ($name in $Task) {
    switch ($name) {
        Build { Invoke-Build }
        Test {
            Measure-Part 'Build' { Invoke-Build }
            if (-not $Package) { Measure-Part 'Package' { Invoke-Package } }
            # Until build.sh has what the tests need.
            Measure-Part 'Waiting for what the tests need' { flock (Join-Path $out 'prepared.lock') true }
            Invoke-Test
        }
        Soak { Invoke-Build; Invoke-Soak }
        Bench { Invoke-Build; & (Join-Path $PSScriptRoot 'bench/Bench.ps1') (@($isolated) + $shell) -Rounds $Rounds -Micro:$Micro -Start:$Start -Bandwidth:$Bandwidth }
        Package { Invoke-Build; Invoke-Package }
        Install { Invoke-Build; & (Join-Path $PSScriptRoot 'tools/Install.ps1') $module $Destination }
        Docs { & (Join-Path $PSScriptRoot 'tools/Build-Help.ps1') }
        { $_ -in 'Demo', 'Clean' } {
            & (Join-Path $PSScriptRoot 'build.sh') $name.ToLowerInvariant()
            if ($LASTEXITCODE) { exit $LASTEXITCODE }
        }
    }
}
