<#
.SYNOPSIS
Runs *.Tests.ps1 files with Pester, or what tools/EmbeddedHost has of it, and writes a file with three
numbers: passed, failed, skipped.
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
}
Set-Content $Result "$counts"
