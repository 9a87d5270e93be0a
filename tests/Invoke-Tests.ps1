<#
.SYNOPSIS
Runs *.Tests.ps1 files with Pester, or what tools/EmbeddedHost has of it, and writes a file with three
numbers, passed, failed, skipped, and then lines that tell what failed and what was skipped, and why.
#>
param(
    [Parameter(Mandatory)] [string] $Path,
    [Parameter(Mandatory)] [string] $Result,
    [string[]] $TagFilter = @(),
    [string[]] $ExcludeTagFilter = @(),
    # Several processes share the files: each file is run by the one that is first to make a folder of its name here.
    [string] $Share
)
# The longest first, or a process would be alone with it at the end.
$files = Get-ChildItem $Path -Filter *.Tests.ps1 | Sort-Object { $_.Name -like 'ManualMatrix*' }, Length -Descending
$counts = 0, 0, 0
$told = @()

# Lines for what failed or was skipped: its name, and why.
function Get-Account([string] $Mark, $File, $Items) {
    foreach ($item in $Items) {
        "$Mark $($File.Name): $($item.ExpandedPath)"
        $item.ErrorRecord | ForEach-Object { "    $($_.Exception.Message)" -split '\r?\n' -replace '^(?=\S)', '    ' }
    }
}

foreach ($file in $files) {
    if ($Share) {
        # New-Item looks first and makes then, which two processes may do at the same time.
        mkdir (Join-Path $Share $file.Name) 2>$null
        if ($LASTEXITCODE) { continue }
    }
    $run = Invoke-Pester -Path $file.FullName -TagFilter $TagFilter -ExcludeTagFilter $ExcludeTagFilter -Output Detailed -PassThru
    $counts[0] += $run.PassedCount
    # What fails outside of a test counts as well: a file that cannot be read, a BeforeAll, an AfterAll.
    $counts[1] += $run.FailedCount + $run.FailedBlocksCount + $run.FailedContainersCount
    $counts[2] += $run.SkippedCount
    $told += Get-Account '[-]' $file (@($run.Failed) + @($run.FailedBlocks) + @($run.FailedContainers))
    $told += Get-Account '[!]' $file $run.Skipped
}
Set-Content $Result (@("$counts") + $told)
