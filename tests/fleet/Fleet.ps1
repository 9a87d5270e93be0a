# A whole fleet at work: many processes on many hosts connect and disconnect NICs on one segment while servers and connections
# fail. Dot-source it after Hosts.ps1.

function Start-Fleet {
    # Makes hosts with the network lan on one segment of two servers, of which the second has each commit of the first. Hosts reach
    # the first through a proxy.
    param([int]$Hosts)
    New-FleetWire
    # Each process has a connection. The default is 100.
    $first = Start-PostgresServer -Address $script:fleetAddress -Setting @{ max_connections = 400 }
    Initialize-FleetDatabase $first
    $members = 1..$Hosts | ForEach-Object { New-FleetHost $first $_ }
    $second = Start-PostgresServer -Address $script:fleetAddress -Standby $first -Synchronous
    $proxy = Start-TcpProxy $first -Address $script:fleetAddress
    foreach ($member in $members) {
        $connection = Get-FleetConnection $member $proxy, $second
        $told = Invoke-FleetHost $member "`$null = Register-AddressDatabase fleet '$connection' -PasswordFile '$($member.PasswordFile)' -TimeoutSeconds 20
            `$null = New-MacvlanNetwork lan eth0 -AddressDatabase fleet -Segment vlan50 -Subnet 10.64.0.0/20 -NoGateway"
        if ($told) { throw "$($member.Name): $told" }
    }
    @{ First = $first; Second = $second; Proxy = $proxy; Hosts = $members; Primary = $first }
}

function Invoke-FleetCrowd {
    # Has processes on each host work for a while, and fails what they depend on once in so many seconds. Returns what must not
    # happen, as lines.
    param([hashtable]$Fleet, [int]$Processes, [int]$Nics, [double]$Seconds, [double]$Pause = 2)
    $random = [Random]::new(1)
    $names = foreach ($member in $Fleet.Hosts) { foreach ($p in 1..$Processes) { 0..($Nics - 1) | ForEach-Object { "$($member.Name)c${p}x$_" } } }
    $names -replace '^', 'netns add ' | ip -batch -
    $gate = New-HostFolder
    $shells = foreach ($member in $Fleet.Hosts) {
        foreach ($p in 1..$Processes) {
            $me = "$($member.Name)c$p"
            $shell = Start-FleetShell $member "& '$PSScriptRoot/Crowd.ps1' -Me $me -Nics $Nics -Seconds $Seconds -Seed $($member.Number * 100 + $p) -Gate '$gate'"
            $shell
            # A few at a time, because what a hundred at once start doesn't end within its time limits.
            if ($p % 4 -eq 0 -or $p -eq $Processes) { while (-not (Test-Path $gate/$me) -and -not $shell.Process.HasExited) { Start-Sleep -Milliseconds 100 } }
        }
    }
    while ([IO.Directory]::GetFiles($gate).Count -lt @($shells | Where-Object { -not $_.Process.HasExited }).Count) { Start-Sleep -Milliseconds 200 }
    $null = New-Item $gate/open
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $isOver = $false
    $patience = $Seconds + 60 + $shells.Count
    while (-not $isOver -and $clock.Elapsed.TotalSeconds -lt $patience) {
        Start-Sleep -Milliseconds ([int]($Pause * 1000))
        $isOver = -not ($shells | Where-Object { -not $_.Process.HasExited })
        if ($isOver) { break }
        switch ($random.Next(5)) {
            0 { Disconnect-TcpProxy $Fleet.Proxy }
            # In the middle of a question or an answer.
            1 { Disconnect-TcpProxy $Fleet.Proxy -AfterBytes $random.Next(1, 4000) }
            2 { $null = Invoke-PostgresSql $Fleet.Primary "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'MacIpvlan'" }
            3 { if ($Fleet.Primary -eq $Fleet.First) { Restart-PostgresServer $Fleet.First -Kill } else { Restart-PostgresServer $Fleet.Second -Immediate } }
            4 {
                # Once, the second server takes the place of the first for good.
                if ($Fleet.Primary -eq $Fleet.First -and $clock.Elapsed.TotalSeconds -gt $Seconds / 2) {
                    Stop-PostgresServer $Fleet.First -Kill
                    Stop-TcpProxy $Fleet.Proxy
                    Invoke-PostgresPromotion $Fleet.Second
                    $Fleet.Primary = $Fleet.Second
                }
                else { Suspend-TcpProxy $Fleet.Proxy; Start-Sleep -Milliseconds 500; Resume-TcpProxy $Fleet.Proxy }
            }
        }
    }
    foreach ($shell in $shells) { $shell | Wait-FleetShell | Where-Object { $_ -notmatch '^tried \d+$' } }
}

function Compare-Fleet([hashtable]$Fleet) {
    # What the kernels, the hosts and the database have differently when nothing goes on, as lines.
    foreach ($member in $Fleet.Hosts) {
        $lines = Invoke-FleetHost $member 'Restore-ContainerNetwork | Where-Object Result -EQ Failed | ForEach-Object { "$($_.Name) $($_.Reason)" }
            Test-ContainerNetwork | ForEach-Object { "$($_.Kind) $($_.Name) $($_.Expected) $($_.Actual)" }
            Get-AddressDatabase | Where-Object PendingNoticeCount | ForEach-Object { "notices: $($_.PendingNoticeCount)" }'
        $lines | ForEach-Object { "$($member.Name): $_" }
    }
    $kernel, $book = @(Get-KernelAddress | Sort-Object), @(Get-BookAddress $Fleet.Primary | Sort-Object)
    if (-not $kernel) { 'nothing is connected' }
    Compare-Object $kernel $book | ForEach-Object { "$($_.InputObject) only $($_.SideIndicator -eq '<=' ? 'in the kernels' : 'in the database')" }
    ($kernel -replace '.* ') | Group-Object | Where-Object Count -GT 1 | ForEach-Object { "$($_.Name) is there twice" }
}
