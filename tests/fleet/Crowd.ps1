# Connects and disconnects NICs for a while, as one of many processes on one of many hosts: through tests/fleet/Hosts.ps1. Writes a
# line for each thing that must not happen. What an address database that is away causes may happen. With a gate, a folder, it waits
# there for the others: a first connect costs a hundred times as much as the next ones, and none would be in time if all began at once.
param([string]$Me, [int]$Nics, [double]$Seconds, [int]$Seed, [string]$Gate)
$random = [Random]::new($Seed)
$connected = [Collections.Generic.HashSet[int]]::new()
if ($Gate) {
    $null = Connect-ContainerNic lan "${Me}x0" -AnnounceCount 0
    Disconnect-ContainerNic -Namespace "${Me}x0"
    $null = New-Item $Gate/$Me
    while (-not (Test-Path $Gate/open)) { Start-Sleep -Milliseconds 500 }
}
$clock = [Diagnostics.Stopwatch]::StartNew()
$tries = 0
while ($clock.Elapsed.TotalSeconds -lt $Seconds) {
    $tries++
    $i = $random.Next($Nics)
    $name = "${Me}x$i"
    $failure = $null
    if ($connected.Contains($i)) {
        Disconnect-ContainerNic -Namespace $name -ErrorVariable failure -ErrorAction SilentlyContinue -WarningAction Ignore
        if (-not $failure) { $null = $connected.Remove($i) }
    }
    else {
        $nic = Connect-ContainerNic lan $name -AnnounceCount 0 -ErrorVariable failure -ErrorAction SilentlyContinue -WarningAction Ignore
        if ($nic) { $null = $connected.Add($i) }
        elseif (-not $failure) { "${name}: neither a NIC nor an error" }
    }
    foreach ($one in $failure | Where-Object { $_.FullyQualifiedErrorId -notmatch "AddressDatabaseUnavailable" }) { "${name}: $one" }
}
"tried $tries"
