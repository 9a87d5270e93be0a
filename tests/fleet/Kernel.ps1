# One of several kernels on a bridge, as a host of a fleet: runs processes that connect and disconnect NICs, and tells what it has in
# the end, what must not happen, and which addresses of others don't answer. FleetKernels.ps1 starts it.
param([int]$Number, [int]$Processes, [int]$Nics, [double]$Seconds, [string]$Connection, [string]$Module)
$ErrorActionPreference = 'Stop'
. $PSScriptRoot/../Support.ps1
$folder = $env:KERNEL_RW
$TestDrive = [IO.Path]::GetTempPath()
'link set vec0 up', "address add 10.9.0.$(10 + $Number)/24 dev vec0" | ip -batch -
Import-Module $Module
$null = Register-AddressDatabase fleet $Connection -PasswordFile "$folder/password$Number" -TimeoutSeconds 30
# Kinds that are alike on the wire, so that they are one segment.
$network = @{ Name = 'lan'; Parent = 'vec0'; Subnet = '10.64.0.0/20'; NoGateway = $true; AddressDatabase = 'fleet'; Segment = 'vlan50' }
$null = $Number % 2 ? (New-MacvlanNetwork @network) : (New-IpvlanNetwork @network)

function Wait-File([string]$Name) { for ($i = 0; $i -lt 1200 -and -not (Test-Path "$folder/$Name"); $i++) { Start-Sleep -Milliseconds 200 } }

$problems = [Collections.Generic.List[string]]::new()
$jobs = foreach ($p in 1..$Processes) {
    $me = "k${Number}c$p"
    $null = New-NetworkNamespace @(0..($Nics - 1) | ForEach-Object { "${me}x$_" })
    $text = "`$ErrorActionPreference = 'Continue'; Import-Module '$Module'; & '$PSScriptRoot/Crowd.ps1' -Me $me -Nics $Nics -Seconds $Seconds -Seed $($Number * 100 + $p)"
    $start = [Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
    '-NoProfile', '-NonInteractive', '-Command', $text | ForEach-Object { $start.ArgumentList.Add($_) }
    $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    @{ Process = $process; Output = $process.StandardOutput.ReadToEndAsync(); Problem = $process.StandardError.ReadToEndAsync() }
}
foreach ($job in $jobs) {
    $job.Process.WaitForExit()
    ($job.Output.Result + $job.Problem.Result) -split '\n' | Where-Object { $_ -and $_ -notmatch '^tried \d+$' } | ForEach-Object { $problems.Add($_) }
}
Restore-ContainerNetwork | Where-Object Result -EQ Failed | ForEach-Object { $problems.Add("$($_.Name) $($_.Reason)") }
Test-ContainerNetwork | ForEach-Object { $problems.Add("$($_.Kind) $($_.Name) $($_.Expected) $($_.Actual)") }
$pending = (Get-AddressDatabase fleet).PendingNoticeCount
if ($pending) { $problems.Add("notices: $pending") }
$made = foreach ($namespace in (Get-NetworkNamespace).Name | Sort-Object) {
    ip -n $namespace -4 -o address show dev eth0 2>$null | ForEach-Object { "k$Number/$namespace $(($_ -replace '.* inet ' -split '/')[0])" }
}
Set-Content "$folder/made$Number.new" $made
Move-Item "$folder/made$Number.new" "$folder/made$Number"
Wait-File all
if ($made) {
    $from = ($made[0] -split '[/ ]')[1]
    $others = Get-Content "$folder/all"
    $answered = @(Get-PingReply $from $others -Attempts 5)
    $others | Where-Object { $_ -notin $answered } | ForEach-Object { $problems.Add("$_ doesn't answer $from of kernel $Number") }
}
Set-Content "$folder/told$Number.new" ($problems -replace '^', "kernel ${Number}: ")
Move-Item "$folder/told$Number.new" "$folder/told$Number"
# Others still ping this one.
Wait-File over
