<#
.SYNOPSIS
Runs *.Tests.ps1 files with Pester and writes a file with three numbers, passed, failed, skipped, and then lines that name
what failed and what was skipped, and why.
#>
param(
    [Parameter(Mandatory)] [string] $Path,
    [Parameter(Mandatory)] [string] $Result,
    # The Pester to use: a manifest, or the name under which PowerShell finds one.
    [string] $Pester = 'Pester',
    [string[]] $TagFilter = @(),
    [string[]] $ExcludeTagFilter = @(),
    # Several processes share the files: each file is run by the one that is first to make a folder of its name here.
    [string] $Share,
    # A file that takes longer hangs: what it waits for is named and ended, and the next one starts.
    [int] $TimeoutSeconds = 420,
    # Ends what a file has started and left running. For a process namespace, or a kernel, of the tests' own.
    [switch] $EndProcesses
)
$ErrorActionPreference = 'Stop'
# The longest first, or a process would be alone with it at the end.
$files = Get-ChildItem $Path -Filter *.Tests.ps1 | Sort-Object { $_.Name -like 'ManualMatrix*' }, Length -Descending
$counts = 0, 0, 0
$told = @()

# A runspace for Pester, so that a file that hangs can be stopped from this one.
function New-Worker {
    $runspace = [Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace($Host)
    $runspace.Open()
    $worker = [PowerShell]::Create($runspace)
    $null = $worker.AddScript('Import-Module $args[0] -ErrorAction Stop; Get-Module Pester').AddArgument($Pester)
    @{ Runspace = $runspace; Module = $worker.Invoke()[-1] }
    $worker.Dispose()
}

# When a process started, in ticks of 10 ms since the boot: field 22 of its stat, of which the second has blanks of its own.
function Get-StartTime([int] $Id) { [long](([IO.File]::ReadAllText("/proc/$Id/stat") -replace '^.*\) ') -split ' ')[19] }

# Processes that are younger than this one, as "ID: command line". Threads of the kernel have no command line.
function Get-Descendant {
    $own = Get-StartTime $PID
    foreach ($folder in [IO.Directory]::GetDirectories('/proc') -match '/\d+$') {
        $id = [int](Split-Path $folder -Leaf)
        try {
            $text = ([IO.File]::ReadAllText("$folder/cmdline") -replace '\0', ' ').Trim()
            $start = Get-StartTime $id
            if ($text -and ($start -gt $own -or ($start -eq $own -and $id -gt $PID))) { [pscustomobject]@{ Id = $id; Text = "${id}: $text" } }
        }
        catch [IO.IOException], [UnauthorizedAccessException] { Write-Debug "$id has ended" }
    }
}

function Stop-Descendant {
    foreach ($process in Get-Descendant) {
        try { [Diagnostics.Process]::GetProcessById($process.Id).Kill() }
        catch { Write-Debug "$($process.Id) has ended" }
    }
}

# Writes what there is by now, and lines for what counts as failed at the moment.
function Save-Result([string[]] $Pending = @()) {
    Set-Content $Result (@("$($counts[0]) $($counts[1] + $Pending.Count) $($counts[2])") + $told + $Pending)
}

# Lines for what failed or was skipped: its name, and why.
function Get-Account([string] $Mark, $File, $Items) {
    foreach ($item in $Items) {
        "$Mark $($File.Name): $($item.ExpandedPath)"
        $item.ErrorRecord | ForEach-Object { "    $($_.Exception.Message)" -split '\r?\n' -replace '^(?=\S)', '    ' }
    }
}

# Lines for a file that hangs: the test it is in, as far as Pester tells it, and the processes that it may wait for.
function Get-HangAccount($File, $Worker) {
    $state = $Worker.Module.SessionState.PSVariable.GetValue('state')
    $test = if ($state.CurrentTest) { $state.CurrentTest.ExpandedPath } else { $state.CurrentBlock.ExpandedPath }
    "[-] $($File.Name): hangs, and was ended after $TimeoutSeconds seconds$(if ($test) { " in: $test" })"
    if ($EndProcesses) { Get-Descendant | ForEach-Object { "    running: $($_.Text)" } }
}

$worker = New-Worker
foreach ($file in $files) {
    if ($Share) {
        # New-Item looks first and makes then, which two processes may do at the same time.
        mkdir (Join-Path $Share $file.Name) 2>$null
        if ($LASTEXITCODE) { continue }
    }
    # Counted as failed until its end: should this process end before, that is what remains.
    Save-Result @('[-] {0}: broke off: the process that ran it ended' -f $file.Name)
    $shell = [PowerShell]::Create($worker.Runspace)
    $null = $shell.AddCommand('Invoke-Pester').AddParameter('Configuration', @{
            Run = @{ Path = $file.FullName; PassThru = $true }
            Filter = @{ Tag = $TagFilter; ExcludeTag = $ExcludeTagFilter }
            Output = @{ Verbosity = 'Detailed'; RenderMode = [Console]::IsOutputRedirected ? 'Plaintext' : 'Auto' }
        })
    $running = $shell.BeginInvoke()
    $isDone = $running.AsyncWaitHandle.WaitOne([timespan]::FromSeconds($TimeoutSeconds))
    if ($isDone) {
        $run = $shell.EndInvoke($running) | Select-Object -Last 1
        # What fails outside of a test counts as well: a file that cannot be read, a BeforeAll, an AfterAll.
        $failed = @($run.Failed) + @($run.FailedBlocks) + @($run.FailedContainers) + @($run.Inconclusive) | Where-Object { $_ }
        $counts[0] += $run.PassedCount
        $counts[1] += @($failed).Count
        $counts[2] += $run.SkippedCount
        $told += Get-Account '[-]' $file $failed
        $told += Get-Account '[!]' $file $run.Skipped
        if (-not $run.TotalCount -and -not $failed) {
            $counts[1]++
            $told += "[-] $($file.Name): has no test, or left before the first one"
        }
        $shell.Dispose()
    }
    else {
        $counts[1]++
        $lines = Get-HangAccount $file $worker
        $lines | ForEach-Object { Write-Host $_ }
        $told += $lines
    }
    if ($EndProcesses) { Stop-Descendant }
    Save-Result
    if (-not $isDone) {
        # Without the processes that it waits for, it stops; where it does not, another process has to run the other files.
        if (-not $shell.BeginStop($null, $null).AsyncWaitHandle.WaitOne(30000)) { [Environment]::Exit(1) }
        $worker = New-Worker
    }
}
