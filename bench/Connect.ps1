<#
.SYNOPSIS
Connects NICs in one pipeline, after others that warm up the compiler and the caches. For calls.sh.
#>
param([int] $Count)
$ErrorActionPreference = 'Stop'
$env:MACIPVLAN_STATE = "$PSScriptRoot/../out/bench-state/state.db"
$names = 1..$Count | ForEach-Object { "n$_" }
try {
    ip link add p0 type veth peer name p1
    ip link set p0 up
    ip link set p1 up
    $null = New-NetworkNamespace @(1..200 | ForEach-Object { "n$_" })
    $null = New-MacvlanNetwork few p0 -Subnet 10.98.0.0/16
    foreach ($i in 1..3) { 1..200 | ForEach-Object { "n$_" } | Connect-ContainerNic few | Disconnect-ContainerNic }
    $null = $names | Connect-ContainerNic few
}
finally { Remove-Item (Split-Path $env:MACIPVLAN_STATE) -Recurse -Force -ErrorAction Ignore }
