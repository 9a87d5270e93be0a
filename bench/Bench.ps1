<#
.SYNOPSIS
Builds what the bench needs in addition to the module, and runs it: ./build.sh bench. See README.md for what it measures.
#>
param(
    # The command that runs a script in its own namespaces, up to the script's path.
    [Parameter(Mandatory)] [string[]] $Launcher,
    [int] $Rounds = 5,
    # Runs only the micro benchmarks, with BenchmarkDotNet.
    [switch] $Micro,
    # Measures only how long it takes from the start of a container to its NIC.
    [switch] $Start,
    # Measures only the throughput of NICs with limits.
    [switch] $Bandwidth
)
$ErrorActionPreference = 'Stop'
$project = Join-Path $PSScriptRoot 'MacIpvlan.Benchmarks'
$floor = Join-Path $PSScriptRoot '../out/floor'
if ((id -u) -ne '0') { throw 'The bench creates network namespaces, so it must run as root.' }

dotnet build $project --configuration Release --nologo --verbosity quiet
if ($LASTEXITCODE) { throw "The C# part of the bench doesn't build." }
if ($Micro) {
    dotnet run --project $project --configuration Release --no-build
    exit $LASTEXITCODE
}

Remove-Item $floor -ErrorAction Ignore
if (Get-Command gcc -ErrorAction Ignore) {
    gcc -O2 -Wall -Wextra -Werror -pthread -o $floor (Join-Path $PSScriptRoot 'floor.c')
    if ($LASTEXITCODE) { throw "The floor doesn't compile." }
}
$script = $Start ? @('Start.ps1') : $Bandwidth ? @('Bandwidth.ps1') : @('Measure.ps1', '-Rounds', $Rounds)
$program, $options = $Launcher + (Join-Path $PSScriptRoot $script[0]) + ($script | Select-Object -Skip 1)
& $program @options
exit $LASTEXITCODE
