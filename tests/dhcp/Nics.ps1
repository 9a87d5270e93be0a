# What the tests of DHCP networks share. Dot-source it after Support.ps1 and Servers.ps1.

function Reset-DhcpTest {
    # Everything anew, and quickly: servers aren't asked to end.
    Stop-DhcpServer -Kill
    Clear-TestHost
    Add-TestWire
}

function Add-Wire([string]$Name) {
    # One more wire: an interface of the host, and a namespace of the same name for its other end, eth0.
    "netns add $Name", "link add $Name type veth peer name eth0 netns $Name", "link set $Name up" | ip -batch -
    ip -n $Name link set eth0 up
}

function Add-Station([string]$Address, [string]$Wire = 'wire') {
    # Another station on a wire, with an address that its servers don't know of.
    $name = "station$(Get-Random)"
    ip netns add $name
    ip -n $Wire link add link eth0 name eth0 netns $name type macvlan
    "address add $Address dev eth0", 'link set eth0 up' | ip -n $name -batch -
}

function New-DhcpNetwork([string]$Name = 'lan', [string]$Parent = 'eth0') {
    # With short probes, because nobody answers most of them.
    New-MacvlanNetwork $Name $Parent -Dhcp -ProbeCount 1 -ProbeTimeoutMilliseconds 100 @args
}

function Wait-Until([scriptblock]$IsSo, [double]$TimeoutSeconds = 10) {
    # Throws if it doesn't become so.
    for ($clock = [Diagnostics.Stopwatch]::StartNew(); -not (& $IsSo); Start-Sleep -Milliseconds 50) {
        if ($clock.Elapsed.TotalSeconds -ge $TimeoutSeconds) { throw "Not within $TimeoutSeconds seconds: $IsSo" }
    }
}

function Get-IpLease {
    # The IPv4 addresses of a link, as ip reports them, with valid_life_time.
    param([string]$Namespace, [string]$Interface = 'eth0')
    Invoke-Ip $Namespace -4 address show dev $Interface | ForEach-Object addr_info
}

function Get-RouteText {
    # The routes of a link that the kernel didn't make itself, as 'DESTINATION GATEWAY'.
    param([string]$Namespace, [string]$Interface = 'eth0', [int]$Family = 4)
    Get-IpRoute $Namespace $Family | Where-Object { $_.dev -eq $Interface -and $_.protocol -eq 'static' } |
        ForEach-Object { "$($_.dst) $(Get-Text $_ gateway)".Trim() }
}

function Start-Keeper {
    # Starts Watch-ContainerNic, or with Ready a process that begins with it as soon as Resume-Keeper says so. Its lines are read
    # by Get-KeeperLine.
    param([switch]$Ready)
    $folder = New-DaemonFolder keeper
    $null = New-Item $folder/lines
    $process = Start-Shell @"
        `$null = Get-Command Watch-ContainerNic
        [IO.File]::WriteAllText('$folder/ready', '')
        while (-not [IO.File]::Exists('$folder/go')) { Start-Sleep -Milliseconds 20 }
        Watch-ContainerNic -WarningAction Ignore | ForEach-Object { [IO.File]::AppendAllText('$folder/lines', "`$(`$_.Kind) `$(`$_.Name) `$(`$_.Result) `$(`$_.Reason)``n") }
"@
    $keeper = [pscustomobject]@{ Process = $process; Folder = $folder; File = "$folder/lines" }
    if (-not $Ready) { Resume-Keeper $keeper }
    $keeper
}

function Resume-Keeper([object]$Keeper) { $null = New-Item "$($Keeper.Folder)/go" }

function Get-KeeperLine {
    # What a keeper has told so far, without that of other NICs.
    param([object]$Keeper, [string]$Nic = '')
    Get-Content $Keeper.File | Where-Object { $_ -like "* $Nic*" }
}

function Stop-Keeper([object]$Keeper) { if ($Keeper -and -not $Keeper.Process.HasExited) { Stop-Sleeper $Keeper.Process } }

function Wait-Arp([object]$Capture, [scriptblock]$Where) {
    # Waits for an ARP packet, and returns all.
    Wait-Until { Get-ArpCapture $Capture | Where-Object $Where }
    Get-ArpCapture $Capture
}
