<#
.SYNOPSIS
Runs *.Tests.ps1 files with Pester, and writes a result file. Its first line has the numbers of tests passed, failed and
skipped; the other lines name the failed and skipped tests, with the reasons.
#>
param(
    [Parameter(Mandatory)] [string] $Path,
    [Parameter(Mandatory)] [string] $Result,
    # The Pester to use: the path of its manifest, or a module name.
    [string] $Pester = 'Pester',
    [string[]] $TagFilter = @(),
    [string[]] $ExcludeTagFilter = @(),
    # A folder through which several processes divide the files. The first process that creates a folder with a file's name
    # here runs that file.
    [string] $Share,
    # A file that takes longer counts as hanging: the processes that it waits for are named and ended, and the next file
    # starts.
    [int] $TimeoutSeconds = 600,
    # Ends processes that a file left running. Use it only in a separate process namespace or kernel.
    [switch] $EndProcesses
)
$ErrorActionPreference = 'Stop'
# What takes long first, so that no process is left alone with it at the end: files that say so, then the largest ones.
$files = Get-ChildItem $Path -Filter *.Tests.ps1 |
    Sort-Object { [bool](Select-String '^# Starts first' $_ -Quiet) }, Length -Descending
$counts = 0, 0, 0
$told = @()

# Creates a runspace for Pester, so that this one can stop a file that hangs.
function New-Worker {
    $runspace = [Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace($Host)
    $runspace.Open()
    $worker = [PowerShell]::Create($runspace)
    $null = $worker.AddScript('Import-Module $args[0] -ErrorAction Stop; Get-Module Pester').AddArgument($Pester)
    @{ Runspace = $runspace; Module = $worker.Invoke()[-1] }
    $worker.Dispose()
}

# When a process started, in ticks of 10 ms since boot: field 22 of its stat. Field 2 can contain spaces.
function Get-StartTime([int] $Id) { [long](([IO.File]::ReadAllText("/proc/$Id/stat") -replace '^.*\) ') -split ' ')[19] }

# Processes that started after this one, as "ID: command line". Kernel threads have no command line.
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

# Writes the results so far. Pending are lines for tests that count as failed for now.
function Save-Result([string[]] $Pending = @()) {
    Set-Content $Result (@("$($counts[0]) $($counts[1] + $Pending.Count) $($counts[2])") + $told + $Pending)
}

# Lines for failed or skipped items: the name and the reason.
function Get-Account([string] $Mark, $File, $Items) {
    foreach ($item in $Items) {
        "$Mark $($File.Name): $($item.ExpandedPath)"
        $item.ErrorRecord | ForEach-Object { "    $($_.Exception.Message)" -split '\r?\n' -replace '^(?=\S)', '    ' }
    }
}

# Lines for a file that hangs: the current test, if Pester knows it, and the processes that it can be waiting for.
function Get-HangAccount($File, $Worker) {
    $state = $Worker.Module.SessionState.PSVariable.GetValue('state')
    $test = if ($state.CurrentTest) { $state.CurrentTest.ExpandedPath } else { $state.CurrentBlock.ExpandedPath }
    "[-] $($File.Name): hangs, and was ended after $TimeoutSeconds seconds$(if ($test) { " in: $test" })"
    if ($EndProcesses) { Get-Descendant | ForEach-Object { "    running: $($_.Text)" } }
}

$worker = New-Worker
foreach ($file in $files) {
    if ($Share) {
        # Not New-Item: it checks before it creates, so two processes could both succeed.
        mkdir (Join-Path $Share $file.Name) 2>$null
        if ($LASTEXITCODE) { continue }
    }
    # The file counts as failed until it ends, in case this process ends first.
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
        # Failures outside tests count too: a file that can't be read, a BeforeAll, an AfterAll.
        $failed = @($run.Failed) + @($run.FailedBlocks) + @($run.FailedContainers) + @($run.Inconclusive) | Where-Object { $_ }
        $counts[0] += $run.PassedCount
        $counts[1] += @($failed).Count
        $counts[2] += $run.SkippedCount
        $told += Get-Account '[-]' $file $failed
        $told += Get-Account '[!]' $file $run.Skipped
        if (-not $run.TotalCount -and -not $failed) {
            $counts[1]++
            $told += "[-] $($file.Name): has no test, or exited before the first one"
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
        # Without the processes that it waits for, it stops. If it doesn't, another process must run the other files.
        if (-not $shell.BeginStop($null, $null).AsyncWaitHandle.WaitOne(30000)) { [Environment]::Exit(1) }
        $worker = New-Worker
    }
}
