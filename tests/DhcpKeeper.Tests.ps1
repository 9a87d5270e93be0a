# Watch-ContainerNic keeps the leases of NICs, with real servers whose leases take seconds. Several wires live through the same
# time, and what happened there is checked afterwards.
# Starts first, because it takes long.

BeforeDiscovery {
    . $PSScriptRoot/dhcp/Servers.ps1
    $one = @{ Problem = Get-DhcpProblem Isc, Kea, Tcpdump }
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    . $PSScriptRoot/dhcp/Servers.ps1
    . $PSScriptRoot/dhcp/Nics.ps1
    Initialize-TestHost

    function Wait-Line([object]$Keeper, [string]$Like, [double]$TimeoutSeconds = 15) {
        try { Wait-Until { (Get-Content $Keeper.File) -like $Like } $TimeoutSeconds }
        catch { throw "No line '$Like' within $TimeoutSeconds seconds, but: $((Get-Content $Keeper.File) -join '; ')" }
    }

    function Get-Seconds([object]$Packet, [object]$Since) { ($Packet.Time - $Since.Time).TotalSeconds }
}

AfterAll {
    Stop-DhcpServer -Kill
    Clear-TestHost
}

Describe 'Watch-ContainerNic and leases of seconds' -Tag Native, Once -ForEach $one {
    BeforeAll {
        if ($Problem) { return }
        'eth1', 'eth2', 'eth3', 'eth4' | ForEach-Object { Add-Wire $_ }
        $null = New-NetworkNamespace steady, changing, moving, waiting, ending
        # T1 after 5 seconds, T2 after 8.75.
        $steadyServer = Start-DhcpServer Isc -LeaseSeconds 10 -Option @{ 3 = '10.1.0.1' }
        $changing = @{ Kind = 'Isc'; Namespace = 'eth1'; Address = '10.2.0.1/24'; Range = '10.2.0.100', '10.2.0.199'; LeaseSeconds = 10 }
        $changingServer = Start-DhcpServer @changing -Option @{ 3 = '10.2.0.1'; 26 = 1400; 6 = '10.2.0.1' }
        $moving = @{ Kind = 'Kea'; Namespace = 'eth2'; Address = '10.3.0.1/24'; Range = '10.3.0.100', '10.3.0.199'; LeaseSeconds = 10; Option = @{ 3 = '10.3.0.1' } }
        $movingServer = Start-DhcpServer @moving
        $endingServer = Start-DhcpServer Isc -Namespace eth4 -Address 10.5.0.1/24 -Range 10.5.0.100, 10.5.0.199
        $steadyCapture, $changingCapture, $movingCapture, $waitingCapture, $endingCapture =
            'wire', 'eth1', 'eth2', 'eth3', 'eth4' | ForEach-Object { Start-DhcpCapture -Namespace $_ }
        $null = New-DhcpNetwork steady
        $null = New-DhcpNetwork changing eth1
        $null = New-DhcpNetwork moving eth2
        $null = New-DhcpNetwork waiting eth3 -DhcpTimeoutSeconds 1 -DhcpFallback 10.4.0.0/24
        $null = New-DhcpNetwork ending eth4
        # A namespace that isn't there any more. With that, it's known when the keeper is at work.
        $null = Connect-ContainerNic ending ending
        ip netns delete ending
        $first, $second = (Start-Keeper), (Start-Keeper -Ready)
        Wait-Line $first 'Nic ending/eth0 Released*' 60
        Wait-Until { Test-Path "$($second.Folder)/ready" } 60
        $null = Connect-ContainerNic waiting waiting -WarningAction Ignore
        $fallback = Get-IpAddress waiting eth0
        $null = 'moving', 'changing', 'steady' | ForEach-Object { Connect-ContainerNic $_ $_ }
        $names = 'steady', 'changing', 'moving', 'waiting'
        $before = @{}
        foreach ($name in $names) { $before[$name] = @{ Address = Get-IpAddress $name eth0; Index = (Get-IpLink eth0 -Namespace $name).ifindex } }
        # Other options, other addresses, a server at all.
        Stop-DhcpServer $changingServer, $movingServer -Kill
        $changingServer = Start-DhcpServer @changing -Folder $changingServer.Folder -Option @{
            3 = '10.2.0.8'; 26 = 1300; 6 = '10.2.0.3'; 121 = '10.9.0.0/16 10.2.0.2', '0.0.0.0/0 10.2.0.9'
        }
        # Kea refuses only leases that it knows.
        $movingServer = Start-DhcpServer @moving -Folder $movingServer.Folder -Reservation @{ "$((Get-IpLink eth0 -Namespace moving).address)" = '10.3.0.25' }
        $waitingServer = Start-DhcpServer Isc -Namespace eth3 -Address 10.4.0.254/24 -Range 10.4.0.100, 10.4.0.199 -LeaseSeconds 10
        Wait-Line $first 'Lease steady/eth0 Renewed*'
        Wait-Line $first 'Lease changing/eth0 Changed*'
        Wait-Line $first 'Lease moving/eth0 Obtained*'
        Wait-Line $first 'Lease waiting/eth0 Obtained*'
        $after = @{}
        foreach ($name in $names) {
            $after[$name] = @{
                Address = Get-IpAddress $name eth0; Routes = Get-RouteText $name; Link = Get-IpLink eth0 -Namespace $name
                Lease = (Get-ContainerNic $name).Lease
            }
        }
        $drift = @(Test-ContainerNetwork)
        # Suddenly, and another one goes on.
        Stop-Keeper $first
        $killed = [DateTimeOffset]::Now
        Resume-Keeper $second
        Wait-Line $second 'Lease steady/eth0 Renewed*'
        Wait-Line $second 'Lease changing/eth0 Renewed*'
        Wait-Line $second 'Lease moving/eth0 Renewed*'
        # The server doesn't answer until the lease has ended.
        Suspend-DhcpServer $steadyServer
        $suspended = [DateTimeOffset]::Now
        Wait-Line $second 'Lease steady/eth0 Expired*'
        $ended = @{ Address = Get-IpAddress steady eth0; Routes = Get-IpRoute steady; Link = Get-IpLink eth0 -Namespace steady }
        Resume-DhcpServer $steadyServer
        Wait-Line $second 'Lease steady/eth0 Obtained*'
        $again = @{ Address = Get-IpAddress steady eth0; Routes = Get-RouteText steady; Link = Get-IpLink eth0 -Namespace steady }
        Send-Signal INT $second.Process
        $second.Process.WaitForExit(5000) | Should -BeTrue
        $steady = Get-DhcpCapture $steadyCapture
    }

    AfterAll {
        if ($Problem) { return }
        Stop-Keeper $first
        Stop-Keeper $second
        Reset-DhcpTest
    }

    BeforeEach { if ($Problem) { Set-ItResult -Skipped -Because $Problem } }

    It 'renew by unicast at T1' {
        $requests = $steady | Where-Object { $_.Type -eq 'REQUEST' -and $_.Time -lt $killed }
        $address = $before.steady.Address -replace '/.*'
        $requests[0].State, $requests[1].State | Should -Be Selecting, Renewing
        Get-Seconds $requests[1] $requests[0] | Should -BeGreaterThan 4.7
        Get-Seconds $requests[1] $requests[0] | Should -BeLessThan 7
        $requests[1].Source, $requests[1].ClientAddress, $requests[1].Destination | Should -Be $address, $address, 10.1.0.1
        $requests[1].ServerId, $requests[1].RequestedAddress, $requests[1].BroadcastFlag | Should -Be $null, $null, $false
        $requests[1].DestinationMac | Should -Be (Get-IpLink eth0 -Namespace wire).address
        $requests[1].ClientId | Should -Be $requests[0].ClientId
        Get-KeeperLine $first steady/ | Sort-Object -Unique | Should -Be "Lease steady/eth0 Renewed $address/24 from 10.1.0.1"
        $after.steady.Address | Should -Be $before.steady.Address
        $after.steady.Routes | Should -Be 'default 10.1.0.1'
    }

    It 'go on where a killed process was, without a DISCOVER and in time' {
        Get-KeeperLine $second | Where-Object { $_ -match '^Nic ' } | Should -BeNullOrEmpty
        $later = $steady | Where-Object { $_.Type -eq 'REQUEST' -and $_.Time -gt $killed -and $_.Time -lt $suspended }
        $last = ($steady | Where-Object { $_.Type -eq 'REQUEST' -and $_.Time -lt $killed })[-1]
        $later[0].State | Should -Be Renewing
        Get-Seconds $later[0] $last | Should -BeLessThan 8 -Because 'T2 isn''t reached'
        $steady | Where-Object { $_.Type -eq 'DISCOVER' -and $_.Time -lt $suspended } | Should -HaveCount 1
        Get-DhcpCapture $changingCapture DISCOVER | Should -HaveCount 1
        Get-DhcpCapture $movingCapture DISCOVER | Where-Object Time -GT $killed | Should -BeNullOrEmpty
        Get-DhcpCapture $changingCapture REQUEST | Select-Object -Skip 1 | ForEach-Object State | Sort-Object -Unique | Should -Be Renewing
    }

    It 'ask every server after T2, and take the address away at the end' {
        $asked = $steady | Where-Object { $_.Type -in 'REQUEST', 'DISCOVER' -and $_.Time -gt $suspended }
        $last = ($steady | Where-Object { $_.Type -eq 'REQUEST' -and $_.Time -lt $suspended })[-1]
        $asked | Select-Object -First 3 | ForEach-Object { "$($_.Type) $($_.State)" } | Should -Be 'REQUEST Renewing', 'REQUEST Rebinding', 'DISCOVER '
        Get-Seconds $asked[0] $last | Should -BeGreaterThan 4.7
        Get-Seconds $asked[1] $last | Should -BeGreaterThan 8
        Get-Seconds $asked[1] $last | Should -BeLessThan 10
        Get-Seconds $asked[2] $last | Should -BeGreaterThan 9.9
        Get-Seconds $asked[2] $last | Should -BeLessThan 12
        $address = $before.steady.Address -replace '/.*'
        $asked[1].Source, $asked[1].ClientAddress, $asked[1].Destination, $asked[1].ServerId | Should -Be $address, $address, 255.255.255.255, $null
        $asked[2].Source, $asked[2].ClientAddress | Should -Be 0.0.0.0, 0.0.0.0
        $ended.Address, $ended.Routes | Should -BeNullOrEmpty
        $ended.Link.flags | Should -Contain UP
    }

    It 'obtain an address when the server is back, on the same link' {
        $again.Address | Should -Be $before.steady.Address
        $again.Routes | Should -Be 'default 10.1.0.1'
        $again.Link.ifindex, $ended.Link.ifindex | Should -Be $before.steady.Index, $before.steady.Index
        $lines = Get-KeeperLine $second steady/ | Where-Object { $_ -cnotlike '* Renewed *' }
        $lines | Should -Be "Lease steady/eth0 Expired $($before.steady.Address) not renewed by 10.1.0.1", "Lease steady/eth0 Obtained $($before.steady.Address) from 10.1.0.1"
        (Get-DhcpServerLog $steadyServer DISCOVER).Count | Should -BeGreaterOrEqual 2
    }

    It 'put changed options on the link' {
        $now = $after.changing
        $now.Address | Should -Be $before.changing.Address
        $now.Link.ifindex, $now.Link.mtu | Should -Be $before.changing.Index, 1300
        $now.Routes | Sort-Object | Should -Be '10.9.0.0/16 10.2.0.2', 'default 10.2.0.9'
        "$($now.Lease.DnsServer)" | Should -Be 10.2.0.3
        $packets = Get-DhcpCapture $changingCapture | Where-Object Time -LT $killed
        $packets.Type | Select-Object -First 6 | Should -Be DISCOVER, OFFER, REQUEST, ACK, REQUEST, ACK
    }

    It 'take another address on the same link if the server refuses the old one' {
        $before.moving.Address | Should -Match '^10\.3\.0\.1\d\d/24$'
        $after.moving.Address | Should -Be 10.3.0.25/24
        $after.moving.Link.ifindex | Should -Be $before.moving.Index
        $after.moving.Routes | Should -Be 'default 10.3.0.1'
        $packets = Get-DhcpCapture $movingCapture
        # A server that takes long to start is asked again.
        "$($packets.Type)" -replace '(REQUEST )+NAK', 'REQUEST NAK' | Should -BeLike 'DISCOVER OFFER REQUEST ACK REQUEST NAK DISCOVER OFFER REQUEST ACK*'
        $packets[4].State, $packets[4].Source | Should -Be Renewing, ($before.moving.Address -replace '/.*')
        Get-KeeperLine $first moving/ | Select-Object -First 2 | Should -Be "Lease moving/eth0 Lost $($before.moving.Address) refused by 10.3.0.1", "Lease moving/eth0 Obtained $($after.moving.Address) from 10.3.0.1"
    }

    It 'replace an address of the fallback as soon as a server answers' {
        $fallback | Should -Be 10.4.0.1/24
        $before.waiting.Address | Should -Be $fallback
        $after.waiting.Address | Should -Match '^10\.4\.0\.1\d\d/24$'
        $after.waiting.Link.ifindex | Should -Be $before.waiting.Index
        Get-KeeperLine $first waiting/ | Select-Object -First 1 | Should -Be "Lease waiting/eth0 Obtained $($after.waiting.Address) from 10.4.0.254"
        Get-StateRow | Where-Object { $_ -like '*DhcpFallback*' } | Should -BeNullOrEmpty
    }

    It 'are no drift' { $drift | Should -BeNullOrEmpty }

    It 'give back what a namespace had that is gone' {
        Get-KeeperLine $first ending/ | Should -Be 'Nic ending/eth0 Released Its namespace has ended.'
        $release = Get-DhcpCapture $endingCapture RELEASE
        $release.Source, $release.Destination | Should -Be $release.ClientAddress, 10.5.0.1
        Get-DhcpServerLog $endingServer RELEASE | Should -HaveCount 1
    }
}

Describe 'Watch-ContainerNic beside another, and with trouble' -Tag Native, Once -ForEach $one {
    BeforeEach { if ($Problem) { Set-ItResult -Skipped -Because $Problem } }

    AfterEach {
        $first, $second | ForEach-Object { Stop-Keeper $_ }
        Reset-DhcpTest
    }

    It 'takes the answer, although the other asks at the same time' {
        $null = New-NetworkNamespace web1
        $null = Start-DhcpServer Kea -LeaseSeconds 6 -RenewSeconds 2 -RebindSeconds 4
        $capture = Start-DhcpCapture
        $null = New-DhcpNetwork
        $first, $second = (Start-Keeper -Ready), (Start-Keeper -Ready)
        Wait-Until { (Test-Path "$($first.Folder)/ready") -and (Test-Path "$($second.Folder)/ready") } 60
        $null = Connect-ContainerNic lan web1
        $first, $second | ForEach-Object { Resume-Keeper $_ }
        $null = Wait-DhcpPacket $capture REQUEST -Count 13 -TimeoutSeconds 30
        (Get-DhcpCapture $capture REQUEST).State | Sort-Object -Unique | Should -Be Renewing, Selecting
    }

    It 'renews a lease although it may not use the port of DHCP clients: servers read what is sent to all stations' {
        $null = New-NetworkNamespace web1
        $null = Start-DhcpServer Kea -LeaseSeconds 60 -RenewSeconds 2 -RebindSeconds 50
        $null = New-DhcpNetwork
        $null = Connect-ContainerNic lan web1
        $capture = Start-DhcpCapture
        $watch = Start-Shell 'Watch-ContainerNic | ForEach-Object { [Console]::WriteLine("$($_.Result)") }' -Through setpriv, --bounding-set=-net_bind_service
        try {
            $line = $watch.StandardOutput.ReadLineAsync()
            $line.Wait(20000) | Should -BeTrue
            $line.Result | Should -Be Renewed
            $request = (Wait-DhcpPacket $capture REQUEST)[0]
            "$($request.State) $($request.Destination) $($request.DestinationMac)" | Should -Be 'Renewing 10.1.0.1 ff:ff:ff:ff:ff:ff'
        }
        finally { Stop-Sleeper $watch }
    }

    It 'warns of a lease that it can''t keep as soon as it knows' {
        $null = New-NetworkNamespace web1
        $null = Start-DhcpServer Kea -LeaseSeconds 60 -RenewSeconds 2 -RebindSeconds 50
        $null = New-DhcpNetwork
        $null = Connect-ContainerNic lan web1
        $watch = Start-Shell 'Watch-ContainerNic 3>&1 | ForEach-Object { [Console]::WriteLine("$($_.Result) $_") }'
        try {
            $watch.StandardOutput.ReadLine() | Should -BeLike 'Renewed *'
            ip -n web1 link delete eth0
            do {
                $line = $watch.StandardOutput.ReadLineAsync()
                $line.Wait(20000) | Should -BeTrue
            } while ($line.Result -like 'Renewed *')
            $line.Result | Should -BeLike ' The lease of web1/eth0 can''t be kept: *'
        }
        finally { Stop-Sleeper $watch }
    }
}

Describe 'Watch-ContainerNic after a reboot' -Tag Native, Once -ForEach $one {
    BeforeAll {
        if ($Problem) { return }
        Add-Wire eth1
        $null = New-NetworkNamespace web1, web2
        $server = Start-DhcpServer Isc -Option @{ 3 = '10.1.0.1' }
        $other = Start-DhcpServer Isc -Namespace eth1 -Address 10.2.0.1/24 -Range 10.2.0.100, 10.2.0.199
        $null = New-DhcpNetwork
        $null = New-DhcpNetwork silent eth1
        $null = Connect-ContainerNic lan web1
        $null = Connect-ContainerNic silent web2
        $before = (Get-IpAddress web1 eth0), (Get-IpAddress web2 eth0)
        Stop-DhcpServer -Kill
        Restart-TestHost web1, web2
        Add-Wire eth1
        $server = Start-DhcpServer Isc -Option @{ 3 = '10.1.0.1' } -Folder $server.Folder
        $capture, $silentCapture = 'wire', 'eth1' | ForEach-Object { Start-DhcpCapture -Namespace $_ }
        $keeper = Start-Keeper
        Wait-Line $keeper 'Lease web1/eth0 Obtained*'
        $duringWait = Get-IpAddress web2 eth0
        Wait-Line $keeper 'Lease web2/eth0 Obtained*' 20
    }

    AfterAll {
        if ($Problem) { return }
        Stop-Keeper $keeper
        Reset-DhcpTest
    }

    BeforeEach { if ($Problem) { Set-ItResult -Skipped -Because $Problem } }

    It 'asks for the address that each NIC had' {
        Get-KeeperLine $keeper web1/ | Should -Be 'Nic web1/eth0 Restored ', "Lease web1/eth0 Obtained $($before[0]) from 10.1.0.1"
        $packets = Get-DhcpCapture $capture
        $packets.Type | Should -Be REQUEST, ACK
        $packets[0].State, "$($packets[0].RequestedAddress)/24" | Should -Be InitReboot, $before[0]
        Get-IpAddress web1 eth0 | Should -Be $before[0]
        Get-RouteText web1 | Should -Be 'default 10.1.0.1'
    }

    It 'uses the rest of a lease if no server answers' {
        $duringWait | Should -BeNullOrEmpty
        $packets = Get-DhcpCapture $silentCapture
        $packets | ForEach-Object { "$($_.Type) $($_.State)" } | Should -Be 'REQUEST InitReboot', 'REQUEST InitReboot'
        Get-IpAddress web2 eth0 | Should -Be $before[1]
        (Get-IpLease web2).valid_life_time | Should -BeLessThan 115
    }
}
