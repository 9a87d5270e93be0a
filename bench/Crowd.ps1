<#
.SYNOPSIS
One of several processes that connect NICs at the same time. Does what each line of the input says, and then writes when it
began and ended, in ticks of the stopwatch, which all processes share. For Measure.ps1.
#>
param([string] $Module, [string] $Prefix, [int] $Count, [string] $Subnet)
$ErrorActionPreference = 'Stop'
Import-Module $Module
$names = 1..$Count | ForEach-Object { "$Prefix$_" }
$network = "crowd-$Prefix"
$null = New-MacvlanNetwork $network p0 -Subnet $Subnet
while ($work = [Console]::In.ReadLine()) {
    $start = [Diagnostics.Stopwatch]::GetTimestamp()
    switch ($work) {
        'warm up' { foreach ($i in 1..10) { $names | Connect-ContainerNic $network | Disconnect-ContainerNic } }
        'connect' { $nics = $names | Connect-ContainerNic $network }
        'disconnect' { $nics | Disconnect-ContainerNic }
        'end' { Remove-MacvlanNetwork $network }
    }
    "$start $([Diagnostics.Stopwatch]::GetTimestamp())"
    if ($work -eq 'end') { break }
}
