# Writes the table of the bench and its JSON. Dot-source it.

function Get-Median([double[]] $Numbers) {
    $sorted = @($Numbers | Sort-Object)
    $middle = [Math]::Floor($sorted.Count / 2)
    $sorted.Count % 2 ? $sorted[$middle] : ($sorted[$middle - 1] + $sorted[$middle]) / 2
}

# A line of the table, if it has samples. Must and aim apply to the ratio, if there is one. The ratio is the median of the
# ratios of all rounds, because a machine's speed changes from minute to minute.
function Get-Row([string] $What, [string] $Unit, [double[]] $Numbers, [double[]] $Base, [double] $Must, [double] $Aim) {
    if (-not $Numbers) { return }
    $median = Get-Median $Numbers
    $ratio = if ($Base) { Get-Median @(0..($Numbers.Count - 1) | ForEach-Object { $Numbers[$_] / $Base[$_] }) }
    $figure = $ratio ?? $median
    [pscustomobject]@{
        What = $What
        Unit = $Unit
        Median = $median
        Min = ($Numbers | Measure-Object -Minimum).Minimum
        Max = ($Numbers | Measure-Object -Maximum).Maximum
        Ratio = $ratio
        Must = $Must ? $Must : $null
        Aim = $Aim ? $Aim : $null
        Met = if ($Must) { $figure -le $Aim ? 'aim' : $figure -le $Must ? 'must' : 'no' }
        Samples = $Numbers
    }
}

function Get-Table([hashtable] $Samples, [object[]] $Contestants) {
    $floor, $batch = $Samples['floor, create'], $Samples['one ip -batch a NIC, create']
    Get-Row 'create: module, in one pipeline' 'ms a NIC' $Samples['module, create'] $floor 1.7 1.4
    Get-Row '  ratio to one ip -batch a NIC' 'ms a NIC' $Samples['module, create'] $batch 0.16 0.12
    Get-Row '  with -AnnounceCount 0' 'ms a NIC' $Samples['module unannounced, create'] $floor
    Get-Row '  in a new process, after its first' 'ms a NIC' $Samples['connect in a new process'] $floor 2.5 1.8
    foreach ($name in $Contestants.Name) { Get-Row "create: $name" 'ms a NIC' $Samples["$name, create"] $floor }
    Get-Row 'create: module, 3 processes at once' 'ms a NIC' $Samples['module at once, create'] $Samples['floor at once, create'] 1.3 1.2
    Get-Row 'create: module, on a segment' 'ms a NIC' $Samples['module on a segment, create'] $floor
    Get-Row '  minus the one on no segment' 'ms a NIC' $Samples['segment, minus local'] $null 2.0 1.0
    Get-Row 'create: floor, 3 processes at once' 'ms a NIC' $Samples['floor at once, create']
    Get-Row 'delete: module, in one pipeline' 'ms a NIC' $Samples['module, delete'] $null 3.0 2.0
    foreach ($name in $Contestants.Name) { Get-Row "delete: $name" 'ms a NIC' $Samples["$name, delete"] $Samples['floor, delete'] }
    Get-Row 'create beside 3,900: module' 'ms a NIC' $Samples['module beside many, create'] $Samples['floor beside many, create'] 1.4 1.2
    Get-Row '  with -AnnounceCount 0' 'ms a NIC' $Samples['module beside many, unannounced, create'] $Samples['floor beside many, create']
    Get-Row 'create beside 3,900: floor' 'ms a NIC' $Samples['floor beside many, create']
    Get-Row 'delete beside 3,900: module' 'ms a NIC' $Samples['module beside many, delete'] $Samples['floor beside many, delete']
    Get-Row 'delete beside 3,900: floor' 'ms a NIC' $Samples['floor beside many, delete']
    Get-Row 'Get-ContainerNic, 4,000 NICs' 'ms' $Samples['Get-ContainerNic'] $Samples['floor, dump'] 5 3
    Get-Row '  with -Recorded' 'ms' $Samples['Get-ContainerNic -Recorded'] $Samples['floor, dump']
    Get-Row 'dump of 4,000 links: floor' 'ms' $Samples['floor, dump']
    Get-Row 'statistics of 500 NICs, one a namespace' 'ms' $Samples['statistics, 500 namespaces'] $null 50 25
    Get-Row '  ten a namespace' 'ms' $Samples['statistics, 50 namespaces'] $null 50 25
    Get-Row 'New-MacvlanNetwork' 'ms' $Samples['New-MacvlanNetwork'] $null 3 1
    Get-Row 'Remove-MacvlanNetwork' 'ms' $Samples['Remove-MacvlanNetwork'] $null 3 1
    Get-Row 'empty pwsh -NoProfile -Command 1' 'ms' $Samples['empty start']
    Get-Row 'new process: import, New, first Connect' 'ms' $Samples['first commands'] $Samples['empty start'] 0.4 0.25
    Get-Row '  methods compiled for these three' 'methods' $Samples['methods compiled'] $null 400 150
    Get-Row 'new process: Get-ContainerNic, 100 NICs' 'ms' $Samples['Get-ContainerNic in a new process'] $Samples['empty start'] 1.2 1.1
    Get-Row 'managed allocation, create' 'kB a NIC' $Samples['module, kB'] $null 60 20
    Get-Row 'allocation, 60,000th ÷ 1st of a /16' 'ratio' $Samples['allocation'] $null 2 1.2
    Get-Row '  the same on a segment' 'ratio' $Samples['segment, allocation'] $null 2 1.2
}

function Write-Report([hashtable] $Samples, [object[]] $Contestants, [string] $Path) {
    $table = @(Get-Table $Samples $Contestants)
    $format = '{0,-42} {1,-8} {2,8} {3,8} {4,8} {5,7} {6,5} {7,5} {8}'
    $format -f 'what', 'unit', 'median', 'min', 'max', 'ratio', 'must', 'aim', 'met'
    foreach ($row in $table) {
        $numbers = $row.Median, $row.Min, $row.Max | ForEach-Object { $_.ToString($_ -lt 10 ? '0.000' : '0.0') }
        $ratio = if ($null -ne $row.Ratio) { $row.Ratio.ToString('0.00') }
        ($format -f (@($row.What, $row.Unit) + $numbers + @($ratio, $row.Must, $row.Aim, $row.Met))).TrimEnd()
    }
    ConvertTo-Json $table -Depth 4 | Set-Content $Path
}
