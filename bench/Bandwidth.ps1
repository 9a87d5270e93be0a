<#
.SYNOPSIS
Measures one TCP stream at a time through a NIC with a limit, both ways. Run it only in throw-away network and mount namespaces,
as Bench.ps1 does, or in the kernel of tests/kernel, which has ipvlan.
#>
param(
    [ValidateSet('macvlan', 'ipvlan')] [string] $Kind = 'macvlan',
    [string[]] $Limit = ('1Mbit', '10Mbit', '100Mbit', '1Gbit'),
    [int] $Seconds = 20
)
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
& $PSScriptRoot/../tests/Assert-Isolated.ps1
. $PSScriptRoot/../tests/Support.ps1

# A number that a program tells, and when. Of several attempts, the one counts that the machine let run through.
function Get-Sample([scriptblock] $Read) {
    $best = $null
    for ($i = 0; $i -lt 30 -and -not ($best.Doubt -lt 0.02 -and $best); $i++) {
        $start = [Diagnostics.Stopwatch]::GetTimestamp()
        $number = & $Read
        $end = [Diagnostics.Stopwatch]::GetTimestamp()
        $sample = @{ Number = $number; Time = ($start + $end) / 2; Doubt = ($end - $start) / [Diagnostics.Stopwatch]::Frequency }
        if (-not $best -or $sample.Doubt -lt $best.Doubt) { $best = $sample }
    }
    $best
}

function Start-Stream([string] $Script) { [Diagnostics.Process]::Start([Diagnostics.ProcessStartInfo]::new('sh', [string[]]('-c', $Script))) }

function Measure-Way([string] $Link, [string] $From, [string] $To, [string] $Address) {
    $receiver = Start-Stream "exec nsenter --net=/run/netns/$To busybox nc -l -p 5001 -e dd bs=1M of=/dev/null status=none"
    Start-Sleep -Milliseconds 500
    $sender = Start-Stream "exec nsenter --net=/run/netns/$From bash -c 'exec dd if=/dev/zero bs=1M status=none >/dev/tcp/$Address/5001'"
    try {
        # TCP finds its rate.
        Start-Sleep -Seconds 2
        # What the qdisc of the limit has let pass, with headers, and what the receiver has got, in bytes.
        $reads = { [long]((tc -n box1 -s -j qdisc show dev $Link | ConvertFrom-Json | Where-Object kind -EQ tbf).bytes) },
        { [long](("$(nsenter "--net=/run/netns/$To" ss -Htin state established 'sport = :5001')" -split 'bytes_received:')[1] -replace ' .*') }
        $first = $reads | ForEach-Object { Get-Sample $_ }
        Start-Sleep -Seconds $Seconds
        $last = $reads | ForEach-Object { Get-Sample $_ }
    }
    finally { $sender, $receiver | ForEach-Object { $_.Kill() } }
    foreach ($i in 0, 1) { ($last[$i].Number - $first[$i].Number) * 8 / 1e6 / (($last[$i].Time - $first[$i].Time) / [Diagnostics.Stopwatch]::Frequency) }
}

Initialize-TestHost
try {
    ip -n wire address add 10.1.0.250/24 dev eth0
    $null = New-NetworkNamespace box1
    $null = & "New-${Kind}Network" lan eth0 -Subnet 10.1.0.0/24
    '{0,-8} {1,-8} {2,-4} {3,12} {4,8} {5,12}' -f 'kind', 'limit', 'way', 'Mbit/s', 'of it', 'payload'
    foreach ($rate in $Limit) {
        $nic = Connect-ContainerNic lan box1 -MaximumBandwidth $rate
        $most = @(tc -n box1 -j qdisc show dev eth0 | ConvertFrom-Json | Where-Object kind -EQ tbf)[0].options.rate * 8 / 1e6
        $ways = ('out', 'eth0', 'box1', 'wire', '10.1.0.250'), ('in', (Get-IpLink -Namespace box1).ifname[-1], 'wire', 'box1', ($nic.IPAddress[0] -replace '/.*'))
        foreach ($way in $ways) {
            $wire, $payload = Measure-Way $way[1] $way[2] $way[3] $way[4]
            '{0,-8} {1,-8} {2,-4} {3,12:0.000} {4,8:0.0%} {5,12:0.000}' -f $Kind, $rate, $way[0], $wire, ($wire / $most), $payload
        }
        $nic | Disconnect-ContainerNic
    }
}
# A link can be gone with the one it sat on, which ip reports.
finally { $PSNativeCommandUseErrorActionPreference = $false; Clear-TestHost }
