# NICs of DHCP networks, with real servers on the wire: what a NIC gets, and gives back. For what happens to it later, see
# DhcpKeeper.Tests.ps1. Checked with ip, the servers' logs and captured packets.
# Starts first, because it takes long.

BeforeDiscovery {
    . $PSScriptRoot/dhcp/Servers.ps1
    $kinds = 'Dnsmasq', 'Isc', 'Kea', 'Networkd' | ForEach-Object { @{ Kind = $_; Problem = Get-DhcpProblem $_, Tcpdump } }
    $one = @{ Problem = Get-DhcpProblem Dnsmasq, Isc, Kea, Tcpdump }
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    . $PSScriptRoot/dhcp/Servers.ps1
    . $PSScriptRoot/dhcp/Nics.ps1
    Initialize-TestHost
}

AfterAll {
    Stop-DhcpServer -Kill
    Clear-TestHost
}

Describe 'Connect-ContainerNic with <Kind>' -Tag Native, Once -ForEach $kinds {
    BeforeAll {
        if ($Problem) { return }
        $options = @{
            3 = '10.1.0.9'; 6 = '10.1.0.2', '10.1.0.3'; 15 = 'lan.example'; 26 = 1400; 28 = '10.1.0.255'
            33 = '10.7.0.1 10.1.0.3'; 42 = '10.1.0.4'; 119 = 'a.example', 'b.example.org'
            121 = '10.2.0.0/16 10.1.0.2', '192.0.2.1/32 0.0.0.0', '0.0.0.0/0 192.0.2.1'; 252 = 'http://wpad.lan.example/'
        }
        if ($Kind -notin 'Dnsmasq', 'Kea') { $options[12] = 'named-by-server' }
        $times = $Kind -eq 'Networkd' ? @{} : @{ RenewSeconds = 30; RebindSeconds = 50 }
        $server = Start-DhcpServer $Kind -Option $options @times
        $capture = Start-DhcpCapture
        $null = New-NetworkNamespace web1, web2
        $null = New-DhcpNetwork -DhcpClass 'MacIpvlan.Test' -DhcpRequestOption 252
        $start = [DateTimeOffset]::Now
        $nic = Connect-ContainerNic lan web1
        $address = "$($nic.IPAddress)" -replace '/.*'
    }

    AfterAll { Reset-DhcpTest }

    BeforeEach { if ($Problem) { Set-ItResult -Skipped -Because $Problem } }

    It 'puts the address, the routes of option 121 and the MTU on the link' {
        $leased = Get-IpLease web1
        @($leased).Count | Should -Be 1
        $leased.local | Should -Match '^10\.1\.0\.1\d\d$'
        "$($leased.local)/$($leased.prefixlen)" | Should -Be "$($nic.IPAddress)"
        $leased.broadcast | Should -Be 10.1.0.255
        $leased.valid_life_time | Should -BeGreaterThan 100
        $leased.valid_life_time | Should -BeLessOrEqual 120
        $leased.preferred_life_time | Should -BeLessOrEqual $leased.valid_life_time
        # Only those of option 121: neither the router of option 3 nor the route of option 33.
        Get-RouteText web1 | Sort-Object | Should -Be '10.2.0.0/16 10.1.0.2', '192.0.2.1', 'default 192.0.2.1'
        $link = Get-IpLink eth0 -Namespace web1
        $link.mtu, $link.linkinfo.info_kind | Should -Be 1400, macvlan
        $link.flags | Should -Contain UP
        Test-Ping web1 10.1.0.1 | Should -BeTrue
        Test-Ping wire $address | Should -BeTrue
    }

    It 'reports server, times and options under Lease' {
        $lease = (Get-ContainerNic lan).Lease
        "$($lease.IPAddress)", "$($lease.Server)", "$($lease.State)" | Should -Be "$($nic.IPAddress)", 10.1.0.1, Bound
        $t1, $t2 = $times.Count ? (30, 50) : (60, 105)
        # T1 and T2 come up to a twentieth earlier.
        ($lease.RenewTime - $start).TotalSeconds | Should -BeGreaterThan ($t1 * 0.95 - 1)
        ($lease.RenewTime - $start).TotalSeconds | Should -BeLessThan ($t1 + 3)
        ($lease.RebindTime - $start).TotalSeconds | Should -BeGreaterThan ($t2 * 0.95 - 1)
        ($lease.RebindTime - $start).TotalSeconds | Should -BeLessThan ($t2 + 3)
        ($lease.ExpiryTime - $start).TotalSeconds | Should -BeGreaterThan 119
        ($lease.ExpiryTime - $start).TotalSeconds | Should -BeLessThan 123
        $lease.TimeLeft.TotalSeconds | Should -BeLessThan 120
        "$($lease.DnsServer)", $lease.DomainName, "$($lease.SearchDomain)", "$($lease.NtpServer)", "$($lease.BroadcastAddress)", $lease.Mtu |
            Should -Be '10.1.0.2 10.1.0.3', lan.example, 'a.example b.example.org', 10.1.0.4, 10.1.0.255, 1400
        # dnsmasq and Kea take the client's word.
        $lease.HostName | Should -Be ($options[12] ?? 'web1')
        "$($lease.Option)" | Should -Be "252:$([Convert]::ToHexString([Text.Encoding]::ASCII.GetBytes($options[252])).ToLowerInvariant())"
        $lease.Route | Should -Be '192.0.2.1/32', '10.2.0.0/16 via 10.1.0.2', 'default via 192.0.2.1'
    }

    It 'asks as a container of its own, with a stable identifier, a name and a class' {
        $packets = Get-DhcpCapture $capture
        $packets.Type | Should -Be DISCOVER, OFFER, REQUEST, ACK
        $packets.Mac | Select-Object -Unique | Should -Be (Get-IpLink eth0 -Namespace web1).address
        $packets[2].State, $packets[2].RequestedAddress, $packets[2].ServerId | Should -Be Selecting, $address, 10.1.0.1
        foreach ($packet in $packets[0, 2]) {
            # Type 255, an IAID, and a DUID of a UUID (RFC 4361, RFC 6355).
            $packet.ClientId | Should -Match '^ff(:[\da-f]{2}){4}:00:04(:[\da-f]{2}){16}$'
            $packet.ClientId -replace ':' | Should -Be (Get-ContainerNic lan).Lease.ClientIdentifier
            $packet.HostName, [Text.Encoding]::ASCII.GetString($packet.Options[60]) | Should -Be web1, MacIpvlan.Test
            $packet.Source, $packet.Destination, $packet.BroadcastFlag, $packet.Checksum | Should -Be 0.0.0.0, 255.255.255.255, $false, Valid
            $packet.Options[55] | Should -Contain 252
            [array]::IndexOf($packet.Options[55], [byte]121) | Should -BeLessThan ([array]::IndexOf($packet.Options[55], [byte]3))
        }
        # The address was probed before it was taken, and announced after.
        $arp = Wait-Arp $capture { $_.IsAnnouncement -and $_.SenderAddress -eq $address }
        ($arp | Where-Object { $_.IsProbe -and $_.TargetAddress -eq $address })[0].Time | Should -BeLessThan ($arp | Where-Object IsAnnouncement)[0].Time
        (Get-DhcpServerLog $server).Type | Should -Be $packets.Type
        if ($Kind -eq 'Networkd') { return }
        $onServer = Get-DhcpServerLease $server
        $onServer.Address, $onServer.ClientId, $onServer.Mac | Should -Be $address, $packets[0].ClientId, $packets[0].Mac
        if ($Kind -ne 'Kea') { $onServer.HostName | Should -Be web1 }
    }

    It 'gives the address back from it, and gets the same one again under the same name' {
        $mac = (Get-IpLink eth0 -Namespace web1).address
        Disconnect-ContainerNic lan web1
        $release = Wait-DhcpPacket $capture RELEASE
        $release.Source, $release.ClientAddress, $release.Destination, $release.ServerId, $release.Mac | Should -Be $address, $address, 10.1.0.1, 10.1.0.1, $mac
        $release.DestinationMac | Should -Be (Get-IpLink eth0 -Namespace wire).address
        Wait-Until { Get-DhcpServerLog $server RELEASE }
        (Get-IpLink -Namespace web1).ifname | Should -Be lo
        # Others come in between, and the container's namespace is another one.
        $other = Connect-ContainerNic lan web2
        ip netns delete web1
        $null = New-NetworkNamespace web1
        $again = Connect-ContainerNic lan web1
        $macs = (Get-IpLink eth0 -Namespace web1).address, (Get-IpLink eth0 -Namespace web2).address
        $macs[0] | Should -Be $mac
        $macs[1] | Should -Not -Be $mac
        "$($other.IPAddress)" | Should -Not -Be "$($again.IPAddress)"
        # Kea forgets released addresses.
        if ($Kind -ne 'Kea') { "$($again.IPAddress)" | Should -Be "$($nic.IPAddress)" }
        $ids = (Get-DhcpCapture $capture DISCOVER).ClientId
        $ids[2] | Should -Be $ids[0]
        $ids[1] | Should -Not -Be $ids[0]
    }

    It 'gives a second NIC of the container another address and identity' {
        $second = Connect-ContainerNic lan web1 -WarningVariable warnings -WarningAction SilentlyContinue -ErrorAction Stop
        "$second" | Should -Be web1/eth1
        (Get-IpLease web1 eth1).local | Should -Not -Be (Get-IpLease web1).local
        "$warnings" | Should -BeLike '*web1/eth1 doesn''t get the IPv4 default route*'
        (Get-IpLink eth1 -Namespace web1).address | Should -Not -Be (Get-IpLink eth0 -Namespace web1).address
        $ids = (Get-DhcpCapture $capture DISCOVER)[-1, -2].ClientId
        $ids[0] | Should -Not -Be $ids[1]
        # One host, two interfaces.
        $ids[0].Substring(15) | Should -Be $ids[1].Substring(15)
        Get-ContainerNic lan -Namespace web1 | Disconnect-ContainerNic
        $null = Wait-DhcpPacket $capture RELEASE -Count 3
    }
}

Describe 'NICs of DHCP networks' -Tag Native, Once -ForEach $one {
    BeforeEach { if ($Problem) { Set-ItResult -Skipped -Because $Problem } }

    AfterEach { Reset-DhcpTest }

    It 'have the routes of options 33 and 3 without option 121, and no MTU that is too small or chosen otherwise' {
        $server = Start-DhcpServer Isc -Option @{ 3 = '10.1.0.1', '10.1.0.9'; 33 = '10.7.0.1 10.1.0.3 172.20.0.0 10.1.0.3'; 26 = 575 }
        $null = New-NetworkNamespace web1, web2, web3
        $null = New-DhcpNetwork
        $null = New-DhcpNetwork chosen -Mtu 1300
        $null = Connect-ContainerNic lan web1
        Get-RouteText web1 | Sort-Object | Should -Be '10.7.0.1 10.1.0.3', '172.20.0.0/16 10.1.0.3', 'default 10.1.0.1'
        (Get-IpLink eth0 -Namespace web1).mtu | Should -Be 1500
        (Get-ContainerNic lan).Lease.Mtu | Should -BeNullOrEmpty
        Stop-DhcpServer -Kill
        $null = Start-DhcpServer Isc -Option @{ 26 = 9000 } -Folder $server.Folder
        $null = Connect-ContainerNic lan web2
        $null = Connect-ContainerNic chosen web3
        (Get-IpLink eth0 -Namespace web2).mtu | Should -Be 1500 -Because 'the parent has no more'
        (Get-IpLink eth0 -Namespace web3).mtu | Should -Be 1300
    }

    It 'have a default route as the network and the command say' {
        $null = Start-DhcpServer Isc -Option @{ 3 = '10.1.0.1'; 33 = '10.7.0.1 10.1.0.3' }
        $null = New-NetworkNamespace web1, web2, web3, web4, web5
        $null = New-DhcpNetwork
        $null = New-DhcpNetwork inner -Internal
        $null = New-DhcpNetwork quiet -NoDefaultRoute
        $null = New-DhcpNetwork metric -RouteMetric 50
        $null = Connect-ContainerNic inner web1
        $null = Connect-ContainerNic quiet web2
        $null = Connect-ContainerNic quiet web3 -DefaultRoute
        $null = Connect-ContainerNic lan web4 -DefaultRoute:$false
        $null = Connect-ContainerNic metric web5
        foreach ($name in 'web1', 'web2', 'web4') { Get-RouteText $name | Should -Be '10.7.0.1 10.1.0.3' -Because $name }
        foreach ($name in 'web3', 'web5') { Get-RouteText $name | Sort-Object | Should -Be '10.7.0.1 10.1.0.3', 'default 10.1.0.1' -Because $name }
        (Get-IpRoute web5 | Where-Object dst -EQ default).metric | Should -Be 50
        Get-Text (Get-IpRoute web5 | Where-Object dst -EQ 10.7.0.1) metric | Should -BeNullOrEmpty
        Test-ContainerNetwork | Where-Object Kind -Like *Route* | Should -BeNullOrEmpty
    }

    It 'of two networks keep the default route of the first, and pass it on' {
        Add-Wire eth1
        $null = Start-DhcpServer Isc -Option @{ 3 = '10.1.0.1' }
        $null = Start-DhcpServer Isc -Namespace eth1 -Address 10.2.0.1/24 -Range 10.2.0.100, 10.2.0.199 -Option @{ 3 = '10.2.0.1' }
        $null = New-NetworkNamespace web1
        $null = New-DhcpNetwork
        $null = New-DhcpNetwork back eth1
        $null = New-MacvlanNetwork plain eth1 -Subnet 10.9.0.0/24 -Internal
        $nics = 'lan', 'back', 'plain' | Connect-ContainerNic -Namespace web1 -WarningVariable warnings -WarningAction SilentlyContinue
        $nics | ForEach-Object { "$($_.Network) $($_.InterfaceName)" } | Should -Be 'lan eth0', 'back eth1', 'plain eth2'
        "$warnings" | Should -BeLike 'web1/eth1 doesn''t get the IPv4 default route, because web1/eth0 has it.*'
        Get-RouteText web1 | Should -Be 'default 10.1.0.1'
        Get-RouteText web1 eth1 | Should -BeNullOrEmpty
        Test-Ping web1 10.1.0.1 | Should -BeTrue
        Test-Ping web1 10.2.0.1 | Should -BeTrue
        Disconnect-ContainerNic lan web1
        Get-RouteText web1 eth1 | Should -Be 'default 10.2.0.1'
        $null = Connect-ContainerNic lan web1 -DefaultRoute
        Get-RouteText web1 | Should -Be 'default 10.1.0.1'
        Get-RouteText web1 eth1 | Should -BeNullOrEmpty
        Disconnect-ContainerNic lan web1
        Get-RouteText web1 eth1 | Should -Be 'default 10.2.0.1'
    }

    It 'have addresses of the network''s IPv6 subnets beside' {
        $null = Start-DhcpServer Isc -Option @{ 3 = '10.1.0.1' }
        ip -n wire address add fd01::1/64 dev eth0 nodad
        $null = New-NetworkNamespace web1, web2
        $null = New-DhcpNetwork lan eth0 -Subnet fd01::/64 -Gateway fd01::1
        $nics = Connect-ContainerNic lan web1, web2
        "$($nics[0].IPAddress)" | Should -Match '^10\.1\.0\.1\d\d/24 fd01::2/64$'
        $addresses = Invoke-Ip web1 address show dev eth0 | ForEach-Object addr_info | Where-Object scope -EQ global
        ($addresses | Where-Object family -EQ inet).valid_life_time | Should -BeLessOrEqual 120
        ($addresses | Where-Object family -EQ inet6).valid_life_time | Should -Be ([uint32]::MaxValue)
        Get-RouteText web1 | Should -Be 'default 10.1.0.1'
        Get-RouteText web1 -Family 6 | Should -Be 'default fd01::1'
        Get-PingReply web1 10.1.0.1, fd01::1, fd01::3 -Attempts 2 | Should -HaveCount 3
        $nics | Disconnect-ContainerNic
        (Connect-ContainerNic lan web2).IPAddress[1].ToString() | Should -Be fd01::2/64
    }

    It 'ask at the same time if they come in one pipeline' {
        $server = Start-DhcpServer Isc
        $capture = Start-DhcpCapture
        $names = 1..20 | ForEach-Object { "many$_" }
        $null = New-NetworkNamespace $names
        $null = New-DhcpNetwork
        # Nobody answers for a second.
        Suspend-DhcpServer $server
        $wake = [Diagnostics.Process]::Start('sh', [string[]]('-c', "sleep 1.5; kill -CONT $($server.Id)"))
        $nics = $names | Connect-ContainerNic lan
        $wake.WaitForExit()
        $asked = (Get-DhcpCapture $capture DISCOVER | Group-Object Mac | ForEach-Object { $_.Group[0].Time }) | Sort-Object
        $asked.Count | Should -Be 20
        ($asked[-1] - $asked[0]).TotalSeconds | Should -BeLessThan 1
        $nics.Namespace | Should -Be $names
        $leased = (Get-IpFact $names).Values.Addresses
        $leased | Sort-Object -Unique | Should -HaveCount 20
        ($nics | ForEach-Object { "$($_.IPAddress)" } | Sort-Object) | Should -Be ($leased | Sort-Object)
        $nics | Disconnect-ContainerNic
        Wait-Until { @(Get-DhcpServerLog $server RELEASE).Count -ge 20 }
        Get-DhcpServerLog $server RELEASE | ForEach-Object Address | Sort-Object -Unique | Should -HaveCount 20
        Get-StateRow | Where-Object { $_ -match '^(nics|leases|dhcp_leases|runs) ' } | Should -BeNullOrEmpty
    }

    It 'are not left behind if no server answers, or the only one refuses' {
        $null = New-NetworkNamespace web1, web2
        $null = New-DhcpNetwork -DhcpTimeoutSeconds 1
        $before = Get-Snapshot
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $failures = @(Get-Failure { Connect-ContainerNic lan web1, web2 })
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 3
        $failures.What | Should -Be 'DhcpTimeout OperationTimeout ''web1''', 'DhcpTimeout OperationTimeout ''web2'''
        $failures.Message | Should -Be 'No DHCP server answered web1/eth0 within 1 second.', 'No DHCP server answered web2/eth0 within 1 second.'
        Get-Snapshot | Should -Be $before
        foreach ($name in 'web1', 'web2') { (Get-IpLink -Namespace $name).ifname | Should -Be lo }
        # The server has nothing left to give.
        $null = Start-DhcpServer Isc -Range 10.1.0.100, 10.1.0.100
        $null = Connect-ContainerNic lan web1
        (Get-Failure { Connect-ContainerNic lan web2 }).What | Should -Be 'DhcpTimeout OperationTimeout ''web2'''
        (Get-IpLink -Namespace web2).ifname | Should -Be lo
        @(Get-ContainerNic).Count | Should -Be 1
    }

    It 'have an address of the fallback if no server answers' {
        $null = New-NetworkNamespace web1, web2, web3
        $null = New-DhcpNetwork -DhcpTimeoutSeconds 1 -DhcpFallback 10.1.0.200-10.1.0.201/24
        $before = Get-Snapshot
        $failures = @(Get-Failure { $script:nics = Connect-ContainerNic lan web1, web2, web3 -WarningVariable script:warnings })
        $nics | ForEach-Object { "$($_.IPAddress)" } | Sort-Object | Should -Be 10.1.0.200/24, 10.1.0.201/24
        $failures.What | Should -BeLike 'AddressesExhausted *'
        $warnings[0] | Should -BeLike 'No DHCP server answered web?/eth0 within 1 second. It takes 10.1.0.20?/24 from 10.1.0.200-10.1.0.201/24 instead.'
        foreach ($nic in $nics) {
            $leased = Get-IpLease $nic.Namespace
            "$($leased.local)/$($leased.prefixlen)" | Should -Be "$($nic.IPAddress)"
            $leased.valid_life_time | Should -Be ([uint32]::MaxValue)
            $nic.Lease | Should -BeNullOrEmpty
        }
        $nics | Disconnect-ContainerNic
        Get-Snapshot | Should -Be $before
        # Another station has the lowest one by now.
        Add-Station 10.1.0.200/24
        "$((Connect-ContainerNic lan web3 -WarningVariable warnings -WarningAction SilentlyContinue).IPAddress)" | Should -Be 10.1.0.201/24
        $warnings[0] | Should -BeLike 'The address 10.1.0.200 is in use on the wire by *. Trying the next free address.'
        Get-IpAddress web3 eth0 | Should -Be 10.1.0.201/24
        # It stays.
        ip netns delete web3
        $null = New-NetworkNamespace web3
        (Restore-ContainerNetwork -WarningAction SilentlyContinue | Where-Object Kind -EQ Nic).Result | Should -Be Restored
        Get-IpAddress web3 eth0 | Should -Be 10.1.0.201/24
        # With a server, it's used at once.
        $null = Start-DhcpServer Isc
        "$((Update-ContainerNic lan).IPAddress)" | Should -Match '^10\.1\.0\.1\d\d/24$'
        (Get-IpLease web3).local | Should -Match '^10\.1\.0\.1\d\d$'
    }

    It 'leave nothing after Ctrl+C during the wait' {
        $null = New-NetworkNamespace web1, web2
        $null = New-DhcpNetwork -DhcpTimeoutSeconds 60
        $before = Get-Snapshot
        $capture = Start-DhcpCapture
        $process = Start-Shell "try { Connect-ContainerNic lan web1, web2; 'not reached' } finally { [Console]::WriteLine('stopped') }"
        $null = Wait-DhcpPacket $capture DISCOVER -Count 2
        $clock = [Diagnostics.Stopwatch]::StartNew()
        Send-Signal INT $process
        $process.StandardOutput.ReadToEnd().Trim() | Should -Be stopped
        $process.WaitForExit()
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 3
        Get-Snapshot | Should -Be $before
        foreach ($name in 'web1', 'web2') { (Get-IpLink -Namespace $name).ifname | Should -Be lo }
    }

    It 'don''t get the address that the host has on their parent' {
        ip address add 10.1.0.100/24 dev eth0
        $null = Start-DhcpServer Isc -Range 10.1.0.100, 10.1.0.100
        $null = New-NetworkNamespace web1
        $null = New-DhcpNetwork -DhcpTimeoutSeconds 2
        (Get-Failure { Connect-ContainerNic lan web1 }).Message |
            Should -Be 'web1/eth0 got no address by DHCP within 2 seconds: another station has the address 10.1.0.100.'
        (Get-IpLink -Namespace web1).ifname | Should -Be lo
    }

    It 'don''t divert what the host sends, with host access' {
        $null = Start-DhcpServer Isc
        $null = New-NetworkNamespace web1
        $null = New-DhcpNetwork -Subnet fd00::/64
        $null = Enable-HostAccess lan
        $nic = Connect-ContainerNic lan web1
        $own, $other = @($nic.IPAddress) -replace '/.*'
        $own | Should -BeLike '10.1.0.*'
        (Get-IpRoute).dst | Should -Not -Contain $own
        (Get-IpRoute -Family 6).dst | Should -Contain $other
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'are renewed while a program of the container has the port' {
        $null = Start-DhcpServer Isc
        $capture = Start-DhcpCapture
        $null = New-NetworkNamespace web1
        $null = New-DhcpNetwork -DhcpTimeoutSeconds 5
        $null = Connect-ContainerNic lan web1
        # .NET's sockets share a port, unless SO_REUSEADDR and SO_REUSEPORT are off.
        $script = '$socket = [Net.Sockets.Socket]::new("InterNetwork", "Dgram", "Udp"); 2, 15 | ForEach-Object { $socket.SetRawSocketOption(1, $_, [byte[]]::new(4)) }; ' +
            '$socket.Bind([Net.IPEndPoint]::new([ipaddress]::Any, 68)); [Console]::WriteLine("ready"); Start-Sleep 60'
        $program = Start-Shell $script -Through ip, netns, exec, web1
        try {
            $program.StandardOutput.ReadLine() | Should -Be ready
            "$((Update-ContainerNic lan).IPAddress)" | Should -Match '^10\.1\.0\.1\d\d/24$'
            (Get-DhcpCapture $capture REQUEST)[-1].DestinationMac | Should -Be ff:ff:ff:ff:ff:ff
        }
        finally { Stop-Sleeper $program }
    }

    It 'are renewed by Update-ContainerNic, and end with their lease if nobody does' {
        $server = Start-DhcpServer Kea -LeaseSeconds 3 -Option @{ 3 = '10.1.0.1' }
        $capture = Start-DhcpCapture
        $null = New-NetworkNamespace web1
        $null = New-DhcpNetwork
        $address = "$((Connect-ContainerNic lan web1).IPAddress)" -replace '/.*'
        $index = (Get-IpLink eth0 -Namespace web1).ifindex
        Start-Sleep 1
        "$((Update-ContainerNic lan).IPAddress)" | Should -Be "$address/24"
        $request = (Get-DhcpCapture $capture REQUEST)[-1]
        $request.State, $request.Source, $request.Destination, $request.ClientAddress | Should -Be Renewing, $address, 10.1.0.1, $address
        (Get-IpLease web1).valid_life_time | Should -BeGreaterThan 1
        $ended = [DateTimeOffset]::Now.AddSeconds(3.5)
        Wait-Until { -not (Get-IpLease web1) }
        [DateTimeOffset]::Now | Should -BeLessThan $ended
        Get-IpRoute web1 | Should -BeNullOrEmpty
        # The kernel counts whole seconds, so its end is up to a second before the lease's.
        Start-Sleep 1
        (Get-ContainerNic lan).Lease | Should -BeNullOrEmpty
        # Neither the address nor the route is missing.
        (Test-ContainerNetwork).Kind | Should -Be LeaseMissing
        (Restore-ContainerNetwork | Where-Object Kind -EQ Nic).Result | Should -Be InPlace
        "$((Update-ContainerNic lan).IPAddress)" | Should -Be "$address/24"
        (Get-IpLease web1).local | Should -Be $address
        Get-RouteText web1 | Should -Be 'default 10.1.0.1'
        (Get-IpLink eth0 -Namespace web1).ifindex | Should -Be $index
        (Get-DhcpServerLog $server).Type | Should -Be DISCOVER, OFFER, REQUEST, ACK, REQUEST, ACK, DISCOVER, OFFER, REQUEST, ACK
    }

    It 'decline an address that another station has, and take it if they don''t look' {
        $server = Start-DhcpServer Isc
        $capture = Start-DhcpCapture
        $null = New-NetworkNamespace web1
        $null = New-DhcpNetwork
        $taken = "$((Connect-ContainerNic lan web1).IPAddress)" -replace '/.*'
        Disconnect-ContainerNic lan web1
        Add-Station $taken/24
        "$((Connect-ContainerNic lan web1 -ProbeAddress:$false).IPAddress)" | Should -Be "$taken/24"
        Disconnect-ContainerNic lan web1
        Get-DhcpServerLog $server DECLINE | Should -BeNullOrEmpty
        $start = [DateTimeOffset]::Now
        $nic = Connect-ContainerNic lan web1
        (Get-IpLease web1).local | Should -Not -Be $taken
        "$((Get-IpLease web1).local)/24" | Should -Be "$($nic.IPAddress)"
        $packets = Get-DhcpCapture $capture | Where-Object Time -GE $start
        $packets.Type | Should -Be DISCOVER, OFFER, REQUEST, ACK, DECLINE, DISCOVER, OFFER, REQUEST, ACK
        $decline = $packets[4]
        $decline.RequestedAddress, $decline.ServerId, $decline.Source, $decline.Destination | Should -Be $taken, 10.1.0.1, 0.0.0.0, 255.255.255.255
        ($packets[5].Time - $decline.Time).TotalSeconds | Should -BeGreaterOrEqual 10
        ($packets[5].Time - $decline.Time).TotalSeconds | Should -BeLessThan 12
        (Get-DhcpServerLog $server DECLINE).Address | Should -Be $taken
        (Get-DhcpServerLease $server | Where-Object IsDeclined).Address | Should -Be $taken
        $claims = Get-ArpCapture $capture | Where-Object { $_.Time -GE $start -and $_.SenderAddress -eq $taken -and $_.SenderMac -eq $decline.Mac }
        $claims | Should -BeNullOrEmpty
    }

    It 'have addresses that other networks on the parent can neither be asked for nor choose' {
        $null = Start-DhcpServer Isc -Range 10.1.0.2, 10.1.0.2
        $null = New-DhcpNetwork
        $null = New-MacvlanNetwork fixed eth0 -Subnet 10.1.0.0/24
        $null = New-NetworkNamespace web1, web2
        "$((Connect-ContainerNic lan web1).IPAddress)" | Should -Be '10.1.0.2/24'
        $failure = Get-Failure { Connect-ContainerNic fixed web2 -IPAddress 10.1.0.2 }
        $failure.What | Should -Be "AddressInUse ResourceBusy 'web2'"
        $failure.Message | Should -BeLike '*has assigned it to web1/eth0*'
        "$((Connect-ContainerNic fixed web2).IPAddress)" | Should -Be '10.1.0.3/24'
    }

    It 'are renewed at the same time by Update-ContainerNic' {
        $server = Start-DhcpServer Isc
        $capture = Start-DhcpCapture
        $null = New-DhcpNetwork -DhcpTimeoutSeconds 2
        $null = New-NetworkNamespace web1, web2, web3
        $nics = 'web1', 'web2', 'web3' | Connect-ContainerNic lan
        Suspend-DhcpServer $server
        $null = Update-ContainerNic lan -ErrorVariable failures -ErrorAction SilentlyContinue
        $failures | Should -HaveCount 3
        $asked = Get-DhcpCapture $capture -Type REQUEST | Where-Object State -EQ Renewing
        $asked.Mac | Sort-Object -Unique | Should -HaveCount 3
        # One after the other, they would take as long as the timeout each.
        (($asked | Measure-Object Time -Maximum).Maximum - ($asked | Measure-Object Time -Minimum).Minimum).TotalSeconds | Should -BeLessThan 2
        Resume-DhcpServer $server
    }
}

Describe 'Restore-ContainerNetwork of NICs with a lease' -Tag Native, Once -ForEach $one {
    BeforeEach {
        if ($Problem) { Set-ItResult -Skipped -Because $Problem }
        $server = Start-DhcpServer Isc -Option @{ 3 = '10.1.0.1' }
        $capture = Start-DhcpCapture
        $null = New-NetworkNamespace web1, web2
        $null = New-DhcpNetwork -DhcpTimeoutSeconds 10
        $nic = Connect-ContainerNic lan web1
        $before = Get-NicText web1
        $address = "$($nic.IPAddress)" -replace '/.*'
    }

    AfterEach { Reset-DhcpTest }

    It 'makes them again within the lease, without a word to the server' {
        ip netns delete web1
        $null = New-NetworkNamespace web1
        $packets = @(Get-DhcpCapture $capture).Count
        (Restore-ContainerNetwork | Where-Object Kind -EQ Nic).Result | Should -Be Restored
        Get-NicText web1 | Should -Be $before
        (Get-IpLease web1).valid_life_time | Should -BeLessOrEqual 120
        Test-Ping web1 10.1.0.1 | Should -BeTrue
        @(Get-DhcpCapture $capture).Count | Should -Be $packets
        (Restore-ContainerNetwork | Where-Object Kind -EQ Nic).Result | Should -Be InPlace
    }

    It 'asks for the same address after a reboot, and for any after the lease' {
        Stop-DhcpServer -Kill
        Restart-TestHost web1
        $server = Start-DhcpServer Isc -Option @{ 3 = '10.1.0.1' } -Folder $server.Folder
        $capture = Start-DhcpCapture
        "$((Get-ContainerNic).Lease.State)" | Should -Be Rebooting
        (Restore-ContainerNetwork | Where-Object Kind -EQ Nic).Result | Should -Be Restored
        Get-NicText web1 | Should -Be $before
        $packets = Get-DhcpCapture $capture
        $packets.Type | Should -Be REQUEST, ACK
        $packets[0].State, $packets[0].RequestedAddress, $packets[0].Source | Should -Be InitReboot, $address, 0.0.0.0
        (Get-IpLease web1).valid_life_time | Should -BeGreaterThan 115
        # The second time, the lease has ended meanwhile.
        Stop-DhcpServer -Kill
        Restart-TestHost web1
        Set-StateRow 'UPDATE dhcp_leases SET expires_on = 1'
        $server = Start-DhcpServer Isc -Option @{ 3 = '10.1.0.1' } -Folder $server.Folder
        $capture = Start-DhcpCapture
        (Restore-ContainerNetwork | Where-Object Kind -EQ Nic).Result | Should -Be Restored
        (Get-DhcpCapture $capture).Type | Should -Be DISCOVER, OFFER, REQUEST, ACK
        Get-NicText web1 | Should -Be $before
    }

    It 'takes another address if the server refuses the one before the reboot' {
        Stop-DhcpServer -Kill
        Restart-TestHost web1
        $server = Start-DhcpServer Kea -Address 10.3.0.1/24 -Range 10.3.0.20, 10.3.0.29
        $capture = Start-DhcpCapture
        (Restore-ContainerNetwork | Where-Object Kind -EQ Nic).Result | Should -Be Restored
        (Get-DhcpCapture $capture).Type | Should -Be REQUEST, NAK, DISCOVER, OFFER, REQUEST, ACK
        Get-IpAddress web1 eth0 | Should -Match '^10\.3\.0\.2\d/24$'
        "$((Get-ContainerNic).IPAddress)" | Should -Be (Get-IpAddress web1 eth0)
    }

    It 'gives the address of a container that is gone back to the server' {
        $mac = (Get-IpLink eth0 -Namespace web1).address
        ip netns delete web1
        (Restore-ContainerNetwork | Where-Object Kind -EQ Nic).Result | Should -Be Released
        $release = Wait-DhcpPacket $capture RELEASE
        $release.Source, $release.ClientAddress, $release.Destination, $release.Mac, $release.Checksum | Should -Be $address, $address, 10.1.0.1, $mac, Valid
        $release.DestinationMac | Should -Be (Get-IpLink eth0 -Namespace wire).address
        Wait-Until { Get-DhcpServerLog $server RELEASE }
        Wait-Until { -not (Get-DhcpServerLease $server) }
        Get-StateRow | Where-Object { $_ -match '^(nics|leases|dhcp_leases|runs) ' } | Should -BeNullOrEmpty
    }
}

Describe 'A server that answers with nonsense' -Tag Native, Once {
    BeforeAll {
        # Broadcasts go out there.
        'address add 10.1.0.1/24 dev eth0', 'route add 255.255.255.255 dev eth0' | ip -n wire -batch -
        $start = [Diagnostics.ProcessStartInfo]::new('ip')
        'netns', 'exec', 'wire', [Environment]::ProcessPath, '-NoProfile', '-File', "$PSScriptRoot/dhcp/HostileServer.ps1" | ForEach-Object { $start.ArgumentList.Add($_) }
        $start.RedirectStandardOutput = $true
        $server = [Diagnostics.Process]::Start($start)
        $server.StandardOutput.ReadLine() | Should -Be listening
        $bearable = 'times-reversed', 'times-beyond', 'times-zero', 'infinite', 'router-outside', 'router-multicast', 'mask-none', 'mask-host', 'mtu-tiny', 'mtu-huge', 'mtu-long',
            'routes-broken', 'routes-loopback', 'names-evil', 'other-address', 'refused-by-other', 'refused-later', 'second'
        $refused = 'lease-zero', 'lease-none', 'server-none', 'mask-holes', 'address-none', 'address-loopback', 'address-multicast', 'address-network',
            'address-broadcast', 'address-server', 'address-router', 'id-wrong', 'mac-wrong', 'cookie-wrong', 'options-cut', 'client-other', 'refused'
        $null = New-NetworkNamespace ($bearable + $refused)
        $null = New-DhcpNetwork -DhcpTimeoutSeconds 4
        $failures = Get-Failure { $script:nics = $bearable + $refused | Connect-ContainerNic lan -WarningAction Ignore }
        $found = @{}
        foreach ($nic in Get-ContainerNic lan) { $found[$nic.Namespace] = $nic }
    }

    AfterAll {
        Stop-Sleeper $server
        Reset-DhcpTest
    }

    It 'gives no address with what a host can''t use, and leaves nothing' {
        $failures.What | Sort-Object | Should -Be ($refused | ForEach-Object { "DhcpTimeout OperationTimeout '$_'" } | Sort-Object)
        foreach ($name in $refused) { (Get-IpLink -Namespace $name).ifname | Should -Be lo -Because $name }
        $reasons = @{}
        $failures | ForEach-Object { $reasons[($_.What -split "'")[1]] = $_.Message -replace '^.* within 4 seconds(: |\.)' }
        $reasons['lease-zero'], $reasons['lease-none'] | Should -Be (@('the lease has no duration.') * 2)
        $reasons['server-none'], $reasons['mask-holes'] | Should -Be 'the server doesn''t identify itself.', 'the subnet mask isn''t one.'
        $reasons['address-loopback'], $reasons['address-multicast'] | Should -Be 'a host can''t have the address 127.0.0.2.', 'a host can''t have the address 224.0.0.5.'
        $reasons['address-network'] | Should -Be '10.1.0.0/24 is the network or broadcast address of its subnet.'
        $reasons['address-server'] | Should -Be '10.1.0.1 is the server''s own address.'
        $reasons['refused'] | Should -BeLike 'the server 10.1.0.1 refused the address: No*way.'
        # What isn't a reply to it at all.
        foreach ($name in 'id-wrong', 'mac-wrong', 'cookie-wrong', 'options-cut', 'client-other') { $reasons[$name] | Should -Be '' -Because $name }
        ($failures.Message -join '') -match '\x1b' | Should -BeFalse
    }

    It 'is bearable in what a host can do without' {
        $nics.Namespace | Should -Be $bearable
        foreach ($name in $bearable | Where-Object { $_ -ne 'second' }) {
            $leased = Get-IpLease $name
            "$($leased.local)/$($leased.prefixlen)" | Should -Be "$($found[$name].IPAddress)" -Because $name
            if ($name -ne 'infinite') { $leased.valid_life_time | Should -BeLessOrEqual 60 -Because $name }
        }
        foreach ($name in 'times-reversed', 'times-beyond', 'times-zero') {
            $lease = $found[$name].Lease
            $lease.RenewTime | Should -BeLessThan $lease.RebindTime -Because $name
            $lease.RebindTime | Should -BeLessThan $lease.ExpiryTime -Because $name
            ($lease.RenewTime - [DateTimeOffset]::Now).TotalSeconds | Should -BeGreaterThan 10 -Because $name
        }
        (Get-IpLease infinite).valid_life_time | Should -Be ([uint32]::MaxValue)
        $lease = $found.infinite.Lease
        $lease.RenewTime, $lease.RebindTime, $lease.ExpiryTime, $lease.TimeLeft | Should -Be $null, $null, $null, $null
        Get-RouteText router-outside | Sort-Object | Should -Be 192.0.2.1, 'default 192.0.2.1'
        Get-RouteText router-multicast | Should -BeNullOrEmpty
        (Get-IpLease mask-none).prefixlen, (Get-IpLease mask-host).prefixlen | Should -Be 8, 32
        Get-RouteText mask-host | Sort-Object | Should -Be 10.1.0.1, 'default 10.1.0.1'
        foreach ($name in 'mtu-tiny', 'mtu-huge', 'mtu-long') { (Get-IpLink eth0 -Namespace $name).mtu | Should -Be 1500 -Because $name }
        Get-RouteText routes-broken | Should -Be 'default 10.1.0.1'
        Get-RouteText routes-loopback | Should -Be '10.9.0.0/16 10.1.0.1'
        $lease = $found['names-evil'].Lease
        $lease.DomainName, $lease.HostName, @($lease.SearchDomain).Count | Should -Be $null, $null, 0
        (Get-IpLease other-address).local | Should -Be 10.1.0.99
    }

    It 'takes an address away by a refusal, even if no other follows' {
        (Get-Failure { Update-ContainerNic lan refused-later }).Message | Should -BeLike '*: the server 10.1.0.1 refused the address.'
        Get-IpLease refused-later | Should -BeNullOrEmpty
        (Get-ContainerNic lan refused-later).Lease | Should -BeNullOrEmpty
        (Test-ContainerNetwork | Where-Object Name -EQ refused-later/eth0).Kind | Should -Be LeaseMissing
    }

    It 'can give an address for a second, which ends' {
        Wait-Until { -not (Get-IpLease second) }
        $found.second.Lease.TimeLeft.TotalSeconds | Should -BeLessOrEqual 1
    }
}

# The kernel of these tests is user-mode Linux, where ipvlan always exists.
Describe 'NICs of ipvlan networks with DHCP' -ForEach $one {
    BeforeEach { if ($Problem) { Set-ItResult -Skipped -Because $Problem } }

    AfterEach { Reset-DhcpTest }

    It 'are told apart by their identifiers, as all have one MAC address' {
        $server = Start-DhcpServer Isc -Option @{ 3 = '10.1.0.1' }
        $capture = Start-DhcpCapture
        $null = New-NetworkNamespace web1, web2
        $null = New-IpvlanNetwork lan eth0 -Dhcp
        $nics = 'web1', 'web2' | Connect-ContainerNic lan
        $mac = (Get-IpLink eth0).address
        foreach ($name in 'web1', 'web2') {
            $link = Get-IpLink eth0 -Namespace $name
            $link.linkinfo.info_kind, $link.address | Should -Be ipvlan, $mac
            Get-RouteText $name | Should -Be 'default 10.1.0.1'
        }
        $addresses = 'web1', 'web2' | ForEach-Object { (Get-IpLease $_).local }
        $nics | ForEach-Object { "$($_.IPAddress)" } | Should -Be ($addresses -replace '$', '/24')
        $addresses[0] | Should -Not -Be $addresses[1]
        $asked = Get-DhcpCapture $capture DISCOVER, REQUEST
        $asked.Mac | Sort-Object -Unique | Should -Be $mac
        $asked.BroadcastFlag | Sort-Object -Unique | Should -Be $true
        $asked | Group-Object ClientId | ForEach-Object Count | Should -Be 2, 2
        Get-DhcpCapture $capture OFFER, ACK | ForEach-Object IsBroadcast | Sort-Object -Unique | Should -Be $true
        Get-DhcpServerLease $server | ForEach-Object Address | Sort-Object | Should -Be ($addresses | Sort-Object)
        Get-PingReply web1 10.1.0.1, $addresses[1] -Attempts 3 | Should -HaveCount 2
        Get-PingReply web2 10.1.0.1, $addresses[0] -Attempts 3 | Should -HaveCount 2
        # With an address, it can receive what is sent to it alone.
        $null = Update-ContainerNic lan -Namespace web1
        # dhcpd doesn't extend a young lease.
        $left, $granted = (Get-IpLease web1).valid_life_time, (Get-DhcpCapture $capture ACK)[-1].LeaseSeconds
        $left | Should -BeLessOrEqual $granted
        $left | Should -BeGreaterThan ($granted - 10)
        $request = (Get-DhcpCapture $capture REQUEST)[-1]
        $request.State, $request.Source, $request.Destination, $request.BroadcastFlag | Should -Be Renewing, $addresses[0], 10.1.0.1, $false
        (Get-DhcpCapture $capture ACK)[-1].Destination | Should -Be $addresses[0]
        Disconnect-ContainerNic lan web1
        $release = Wait-DhcpPacket $capture RELEASE
        $release.Source, $release.ClientId | Should -Be $addresses[0], $request.ClientId
        Wait-Until { (@(Get-DhcpServerLease $server) | ForEach-Object Address) -eq $addresses[1] }
        Test-Ping web2 10.1.0.1 | Should -BeTrue
        "$((Connect-ContainerNic lan web1).IPAddress)" | Should -Be "$($addresses[0])/24"
    }
}
