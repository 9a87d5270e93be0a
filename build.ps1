<#
.SYNOPSIS
Builds, tests and installs MacIpvlan, in pwsh 7.6 or later. Where there is none, ./build.sh makes one.
#>
param(
    [ValidateSet('Build', 'Test', 'Soak', 'Bench', 'Demo', 'Docs', 'Package', 'Install', 'Clean')]
    [string[]] $Task = 'Build',
    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',
    # The folder of modules that Install puts this one in; by default, everybody's for root, and the user's own for others.
    [string] $Destination,
    # Test: the version of Pester.
    [ValidateSet(5, 6)]
    [int] $Pester = 6,
    # Bench: how often each is measured; or only the micro parts.
    [int] $Rounds = 5,
    [switch] $Micro
)
$ErrorActionPreference = 'Stop'
$solution = Join-Path $PSScriptRoot 'MacIpvlan.slnx'
$out = Join-Path $PSScriptRoot 'out'
$module = Join-Path $out 'MacIpvlan'
$tests = Join-Path $PSScriptRoot 'tests'
$results = Join-Path $out 'TestResults'
$runner = Join-Path $tests 'Invoke-Tests.ps1'
$kernel = Join-Path $tests 'kernel/run.sh'
$isolated = Join-Path $tests 'isolate.sh'
# The program that started this PowerShell starts the others.
$shell = [Environment]::ProcessPath, '-NoProfile', '-NonInteractive', '-File'
$done = 'None'
$total = @{ passed = 0; failed = 0; skipped = 0 }
# What failed and what was skipped, in lines, to be told again at the end.
$told = [System.Collections.Generic.List[string]]::new()

function Invoke-Build {
    dotnet build $solution --configuration $Configuration --nologo --verbosity quiet
    if ($LASTEXITCODE) { throw 'The build failed.' }
}

function Invoke-Package {
    & (Join-Path $PSScriptRoot 'tools/Package.ps1') $module (Join-Path $out 'package')
    Get-Content (Join-Path $out 'package/SHA256SUMS')
}

# What a stage is worth: its numbers of tests passed, failed and skipped; one failure if it broke off or ran none.
function Add-Result([string] $Stage, [int[]] $Counts, [bool] $IsComplete) {
    if (-not $IsComplete -or -not ($Counts[0] + $Counts[1])) {
        $told.Add("[-] ${Stage}: broke off, or ran no test; that counts as failed.")
        Write-Host $told[-1]
        $total.failed++
    }
    for ($i = 0; $i -lt $Counts.Count; $i++) { $total[@('passed', 'failed', 'skipped')[$i]] += $Counts[$i] }
}

# What Invoke-Tests.ps1 wrote: the numbers are returned, the rest is kept.
function Read-Result([string] $Path) {
    $numbers, $lines = @(Get-Content $Path)
    foreach ($line in $lines) { $told.Add($line) }
    return $numbers -split ' '
}

function Invoke-UnitTest {
    Write-Host "`n=== Unit tests`n"
    $found = @{}
    $isTold = $false
    dotnet test --solution $solution --configuration $Configuration --no-build 2>&1 | ForEach-Object {
        Write-Host $_
        if ($_ -match '^\s+(succeeded|failed|skipped): (\d+)$') { $found[$Matches[1]] = $Matches[2] }
        # A test that failed or was skipped, and its own lines, which are indented.
        $isTold = $_ -match '^(failed|skipped) ' -or ($isTold -and $_ -match '^\s')
        if ($isTold) { $told.Add($_ -replace '^failed ', '[-] ' -replace '^skipped ', '[!] ') }
    }
    Add-Result 'Unit tests' $found.succeeded, $found.failed, $found.skipped (-not $LASTEXITCODE -or $found.failed -gt 0)
}

# The arguments of Invoke-Tests.ps1 that are the same for all.
function Get-TestOption {
    $folder = Get-Item (Join-Path $out "Pester/$Pester.*")
    '-Pester', (Join-Path $folder 'Pester.psd1'), '-EndProcesses'
}

# Runs the acceptance tests through a command, in two processes that share the files.
function Invoke-AcceptanceTest([string] $Stage, [string] $Name, [string[]] $Command, [string[]] $Filter) {
    Write-Host "`n=== $Stage"
    $share = (New-Item (Join-Path $results "$Name-share") -ItemType Directory).FullName
    $program, $options = $Command + $shell + $runner + '-Path' + $tests + '-Share' + $share + (Get-TestOption) + $Filter
    $counts, $isComplete = @(0, 0, 0), $true
    1, 2 | ForEach-Object -Parallel {
        $result = "$using:results/$using:Name$_"
        $arguments = $using:options + '-Result' + $result
        $text = & $using:program @arguments 2>&1
        @{ Name = "$using:Name $_"; Text = $text; ExitCode = $LASTEXITCODE; Result = $result }
    } | ForEach-Object {
        Write-Host "`n--- $($_.Name)"
        $_.Text | ForEach-Object { Write-Host $_ }
        if ($_.ExitCode -or -not (Test-Path $_.Result)) { $isComplete = $false; return }
        $numbers = Read-Result $_.Result
        foreach ($i in 0..2) { $counts[$i] += $numbers[$i] }
    }
    Add-Result $Stage $counts $isComplete
}

# Runs test files in another process: a command, or none, and what it gets before its last arguments.
function Invoke-TestFile([string] $Stage, [string[]] $Command, [string[]] $Arguments) {
    Write-Host "`n=== $Stage"
    $result = Join-Path $results ($Stage -replace '\W')
    $program, $options = $Command + $shell + $runner + $Arguments + (Get-TestOption) + '-Result' + $result
    & $program @options
    $isComplete = -not $LASTEXITCODE -and (Test-Path $result)
    Add-Result $Stage ($isComplete ? (Read-Result $result) : @()) $isComplete
}

function Invoke-NativeTest {
    $probe = 'ip link add v0 type veth peer name v1 && ip link add m0 link v0 type macvlan'
    & $isolated bash -c $probe *> $null
    if ($LASTEXITCODE) {
        return Write-Host "`n=== Acceptance tests on this kernel: left out, as it gives no namespaces, veth or macvlan here"
    }
    # What would be the same in any kernel: the throw-away one, where all takes ten times as long, need not repeat it.
    $script:done = 'Once'
    Invoke-AcceptanceTest 'Acceptance tests on this kernel, in two processes' 'native' $isolated '-TagFilter', 'Native'
}

function Invoke-Test {
    Remove-Item $results -Recurse -Force -ErrorAction Ignore
    $null = New-Item $results -ItemType Directory
    Invoke-UnitTest
    Invoke-NativeTest
    Invoke-AcceptanceTest 'Acceptance tests, in two kernels (each has one processor)' 'kernel' ($kernel, '--timeout', 1800, '--rw', $results) (
        '-ExcludeTagFilter', $done)
    if ($told.Count) { Write-Host "`n=== What failed [-], what was skipped [!]`n`n$($told -join "`n")" }
    Write-Host "`n$($total.passed) passed, $($total.failed) failed, $($total.skipped) skipped"
    if ($total.failed) { exit 1 }
}

# What takes longer than a test run may: mutated answers, kill -9 everywhere, many processes, many NICs in one.
function Invoke-Soak {
    $env:MACIPVLAN_FUZZ_COUNT, $env:MACIPVLAN_SOAK = 1000000, 1
    $null = New-Item $results -ItemType Directory -Force
    $program, $options = $shell + (Join-Path $tests 'Soak.ps1')
    dotnet run --project (Join-Path $tests 'MacIpvlan.Tests') -c $Configuration --no-build -- -namespace MacIpvlan.Tests.Fuzz &&
        & $isolated $program @options
    if ($LASTEXITCODE) { throw 'The soak failed.' }
    Invoke-TestFile 'Kills' ($kernel, '--timeout', 1800, '--rw', $results) '-Path', (Join-Path $tests 'Kill.Tests.ps1')
    Invoke-TestFile 'Processes' $isolated '-Path', (Join-Path $tests 'Concurrency.Tests.ps1')
    if ($total.failed) { exit 1 }
}

foreach ($name in $Task) {
    switch ($name) {
        Build { Invoke-Build }
        Test { Invoke-Build; Invoke-Package; Invoke-Test }
        Soak { Invoke-Build; Invoke-Soak }
        Bench { Invoke-Build; & (Join-Path $PSScriptRoot 'bench/Bench.ps1') (@($isolated) + $shell) -Rounds $Rounds -Micro:$Micro }
        Package { Invoke-Build; Invoke-Package }
        Install { Invoke-Build; & (Join-Path $PSScriptRoot 'tools/Install.ps1') $module $Destination }
        Docs { & (Join-Path $PSScriptRoot 'tools/Build-Help.ps1') }
        { $_ -in 'Demo', 'Clean' } {
            & (Join-Path $PSScriptRoot 'build.sh') $name.ToLowerInvariant()
            if ($LASTEXITCODE) { exit $LASTEXITCODE }
        }
    }
}
