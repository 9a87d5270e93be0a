<#
.SYNOPSIS
Builds what the bench needs beside the module, and runs it: ./build.sh bench. README.md says what is measured and how.
#>
param(
    # What runs a script in namespaces of its own, up to the script's path.
    [Parameter(Mandatory)] [string[]] $Launcher,
    [int] $Rounds = 5,
    # Only the micro parts, by BenchmarkDotNet.
    [switch] $Micro
)
$ErrorActionPreference = 'Stop'
$project = Join-Path $PSScriptRoot 'MacIpvlan.Benchmarks'
$floor = Join-Path $PSScriptRoot '../out/floor'
if ((id -u) -ne '0') { throw 'The bench makes network namespaces, so it must be run by root.' }

dotnet build $project --configuration Release --nologo --verbosity quiet
if ($LASTEXITCODE) { throw 'The C# part of the bench does not build.' }
if ($Micro) {
    dotnet run --project $project --configuration Release --no-build
    exit $LASTEXITCODE
}

Remove-Item $floor -ErrorAction Ignore
if (Get-Command gcc -ErrorAction Ignore) {
    gcc -O2 -Wall -Wextra -Werror -pthread -o $floor (Join-Path $PSScriptRoot 'floor.c')
    if ($LASTEXITCODE) { throw 'The floor does not compile.' }
}
$program, $options = $Launcher + (Join-Path $PSScriptRoot 'Measure.ps1') + '-Rounds' + $Rounds
& $program @options
exit $LASTEXITCODE
