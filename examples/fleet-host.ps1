#Requires -Version 7.6
#Requires -Modules MacIpvlan
<#
.SYNOPSIS
    Makes this host a member of a fleet: the address database, and a network on each segment of a table.
.DESCRIPTION
    The same table and command are for all hosts, and you can run it at any time. What exists stays as it is. The table is a CSV
    file with the columns Name, Parent, Segment, Subnet, Gateway, IPRange and Kind (macvlan or ipvlan). The first host that runs
    this defines the segments. Another host whose row differs from the segment reports that, and takes over nothing.

    Everything is restored, with the addresses that the database has for this host. Writes a line for each network: how many
    addresses this host and the others have, and how many are free. If the database can't be used, only what this host has on
    record is restored. The exit code is 1 then, and also if a network couldn't be created, or if something differs from the
    record.
.PARAMETER Path
    The table.
.PARAMETER ConnectionString
    The servers and the role of this host, as for Register-AddressDatabase. The default is what is registered already.
.PARAMETER PasswordFile
    A file with the password, if it isn't in a .pgpass file.
.PARAMETER Database
    The name of the address database on this host.
.EXAMPLE
    pwsh ./fleet-host.ps1 segments.csv -ConnectionString 'Host=db1,db2;Database=ipam;Username=node1'
#>
param(
    [Parameter(Mandatory)] [string] $Path,
    [string] $ConnectionString,
    [string] $PasswordFile,
    [string] $Database = 'fleet'
)
$ErrorActionPreference = 'Stop'
$rows = @(Import-Csv $Path)
if (-not (Get-AddressDatabase | Where-Object Name -EQ $Database)) {
    if (-not $ConnectionString) { throw "This host doesn't know the address database '$Database' yet: specify -ConnectionString." }
    $null = Register-AddressDatabase $Database $ConnectionString -PasswordFile $PasswordFile
}
$test = Test-AddressDatabase $Database
$isReady = $test.Status -eq 'Ready'
if (-not $isReady) { Write-Warning "$($test.Reason) $($test.RecommendedAction)" }
$known = @(Get-ContainerNetwork)
$bad = 0
foreach ($row in $isReady ? $rows : @()) {
    $there = $known | Where-Object Name -EQ $row.Name
    if ($there) {
        if ("$($there.AddressDatabase)/$($there.Segment)" -eq "$Database/$($row.Segment)") { continue }
        Write-Warning "The network $there exists already, and isn't on the segment $($row.Segment)."
        $bad++
        continue
    }
    $network = @{ Name = $row.Name; Parent = $row.Parent; AddressDatabase = $Database; Segment = $row.Segment }
    'Subnet', 'Gateway', 'IPRange' | Where-Object { $row.$_ } | ForEach-Object { $network[$_] = $row.$_ -split '[ ,]+' }
    $new = $row.Kind -eq 'ipvlan' ? 'New-IpvlanNetwork' : 'New-MacvlanNetwork'
    # An error with one doesn't keep the others from being created.
    $null = & $new @network -ErrorAction Continue -ErrorVariable +failures
}
$restored = Restore-ContainerNetwork | Where-Object Result -NotIn InPlace
$restored | ForEach-Object { "$($_.Result): $($_.Name) on $($_.Network). $($_.Reason)" }
$differences = @(if ($isReady) { Test-ContainerNetwork | Where-Object IsForeign -EQ $false })
$differences | ForEach-Object { "$($_.Kind): $($_.Name) on $($_.Network), expected $($_.Expected), found $($_.Actual)" }
foreach ($network in Get-ContainerNetwork | Where-Object { $isReady -and $_.AddressDatabase -eq $Database }) {
    $addresses = Get-ContainerNetworkAddress $network
    $free = $addresses | Where-Object Kind -EQ Free | ForEach-Object -Begin { $sum = [bigint]::Zero } { $sum += $_.Count } -End { $sum }
    $all = @($addresses | Where-Object Kind -EQ Nic)
    $here = @(Get-ContainerNic $network | Select-Object -ExpandProperty IPAddress)
    "${network}: segment $($network.Segment) with $($network.AddressSource), $($here.Count) addresses here, $($all.Count - $here.Count) on other hosts, $free free"
}
exit [int] ($bad + $failures.Count + $differences.Count -gt 0 -or -not $isReady -or $restored.Result -contains 'Failed')
