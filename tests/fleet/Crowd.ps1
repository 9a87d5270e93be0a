# Connects and disconnects NICs for a while, as one of many processes on one of many hosts: through tests/fleet/Hosts.ps1. Writes a
# line for each thing that must not happen. What an address database that is away causes may happen.
param([string]$Me, [int]$Nics, [double]$Seconds, [int]$Seed)
$random = [Random]::new($Seed)
$connected = [Collections.Generic.HashSet[int]]::new()
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
