# Test-ContainerNic: what reaches what is judged by ping as well; why something does not, by what was done to it.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost

    # For those who will not answer.
    $quick = @{ Count = 1; TimeoutSeconds = 0.5 }

    function Get-Verdict([Parameter(ValueFromPipeline)] $Result) {
        # A result in one line.
        process { "$($Result.Source) $($Result.Destination) $($Result.Protocol) $($Result.Status)" }
    }
}

AfterAll { Clear-TestHost }

Describe 'Test-ContainerNic' -Tag Native, Once {
    BeforeAll {
        # The router: it answers on the link, and knows where not to send.
        'address add 10.1.0.1/24 dev eth0', 'route add prohibit 10.9.0.0/16' | ip -n wire -batch -
        'address add fd18::1/64 dev eth0 nodad', 'route add prohibit fd99::/64' | ip -n wire -6 -batch -
        ip netns exec wire busybox sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
        ip address add 10.1.0.77/24 dev eth0
        $null = New-NetworkNamespace web1, web2, web3
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd18::/64 -Gateway 10.1.0.1, fd18::1 -Route 'blackhole 10.8.0.0/16',
            'unreachable 10.7.0.0/16', 'blackhole fd88::/64'
        $null = Connect-ContainerNic lan web1, web2, web3
    }

    AfterAll {
        Remove-MacvlanNetwork * -Force
        Remove-NetworkNamespace web* -Force
        ip address flush dev eth0
        ip -n wire address flush dev eth0
    }

    It 'asks for the gateways of both families' {
        $results = Test-ContainerNic lan
        $results | Get-Verdict | Should -Be (1..3 | ForEach-Object {
                "web$_/eth0 10.1.0.1 ICMP Reachable", "web$_/eth0 fd18::1 ICMPv6 Reachable" })
        $first = $results[0]
        "$($first.Network) $($first.SourceAddress) $($first.DestinationAddress) $($first.Reachable) $($first.Sent) $($first.Received) <$($first.Reason)>" |
            Should -Be 'lan 10.1.0.2 10.1.0.1 True 4 4 <>'
        $results.RoundtripTime | ForEach-Object { $_ | Should -BeGreaterThan 0; $_ | Should -BeLessThan 1000 }
    }

    It 'asks for NICs by object, name, namespace and pattern, and for addresses in any type' {
        $both = 'web1/eth0 web2/eth0 ICMP Reachable', 'web1/eth0 web2/eth0 ICMPv6 Reachable'
        Test-ContainerNic -Namespace web1 -Destination (Get-ContainerNic -Namespace web2) @quick | Get-Verdict | Should -Be $both
        Get-ContainerNic -Namespace web1 | Test-ContainerNic -Destination web2 | Get-Verdict | Should -Be $both
        Get-MacvlanNetwork lan | Test-ContainerNic -Namespace web1 -Destination web2/eth0 | Get-Verdict | Should -Be $both
        Test-ContainerNic lan -Destination web[12] -Namespace web1 | Get-Verdict | Should -Be $both
        Test-ContainerNic -Namespace web1 -Destination 10.1.0.3, ([ipaddress]'fd18::3'), (Get-ContainerNic -Namespace web3).IPAddress[0] |
            Get-Verdict | Should -Be 'web1/eth0 10.1.0.3 ICMP Reachable', 'web1/eth0 fd18::3 ICMPv6 Reachable', 'web1/eth0 10.1.0.4 ICMP Reachable'
    }

    It 'says what ping says' {
        ip netns exec web3 busybox sysctl -qw net.ipv4.icmp_echo_ignore_all=1
        $destinations = '10.1.0.1', 'fd18::1', '10.1.0.3', 'fd18::3', '10.1.0.4', '10.1.0.77', '10.1.0.99', 'fd18::99', '10.8.0.1', '10.9.0.1', 'fd99::1'
        $results = Test-ContainerNic -Namespace web1 -Destination $destinations @quick
        ($results | Where-Object Reachable).Destination | Should -Be (Get-PingReply web1 $destinations)
        ($results | Where-Object Reachable).Destination | Should -Be '10.1.0.1', 'fd18::1', '10.1.0.3', 'fd18::3'
        ip netns exec web3 busybox sysctl -qw net.ipv4.icmp_echo_ignore_all=0
    }

    It 'tells why there is no answer' {
        # Neither dropped nor refused: told by the one who does it.
        ip netns exec web2 busybox sysctl -qw net.ipv4.icmp_echo_ignore_all=1 net.ipv6.icmp.echo_ignore_all=1
        $mac = (Get-IpLink eth0 -Namespace web2).address
        $results = Test-ContainerNic -Namespace web1 -Destination 10.1.0.99, fd18::99, web2, 10.1.0.77, 10.8.0.1, 10.7.0.1, fd88::1, 10.9.0.1, fd99::1 @quick
        $results | ForEach-Object { "$($_.Destination) $($_.Status): $($_.Reason)" } | Should -Be @(
            '10.1.0.99 NeighborSilent: 10.1.0.99 did not answer ARP'
            'fd18::99 NeighborSilent: fd18::99 did not answer the neighbor solicitation'
            "web2/eth0 EchoSilent: the echo request wasn't answered, but 10.1.0.3 answers ARP as ${mac}: a firewall drops it, or echo replies are turned off there"
            "web2/eth0 EchoSilent: the echo request wasn't answered, but fd18::3 answers the neighbor solicitation as ${mac}: a firewall drops it, or echo replies are turned off there"
            "10.1.0.77 HostIsolation: 10.1.0.77 is an address of the host itself, on eth0: by design, NICs reach it only after Enable-HostAccess"
            '10.8.0.1 NoRoute: the route there is a blackhole'
            '10.7.0.1 NoRoute: no route through eth0: No route to host (EHOSTUNREACH)'
            'fd88::1 NoRoute: the route there is a blackhole'
            '10.9.0.1 IcmpError: 10.1.0.1 reports: communication prohibited (type 3, code 13)'
            'fd99::1 IcmpError: fd18::1 reports: communication prohibited (type 1, code 1)')
        $results.Reachable | Should -Not -Contain $true
        $results | Where-Object { $null -ne $_.RoundtripTime } | Should -BeNullOrEmpty
        ip netns exec web2 busybox sysctl -qw net.ipv4.icmp_echo_ignore_all=0 net.ipv6.icmp.echo_ignore_all=0
    }

    It 'reaches the host where it has access, and nowhere else' {
        $access = Enable-HostAccess lan
        $own = ($access.IPAddress[0] -split '/')[0]
        Test-ContainerNic -Namespace web1 -Destination $own, 10.1.0.77 @quick | ForEach-Object Status | Should -Be Reachable, Reachable
        ip link set $access.InterfaceName down
        # Not by design.
        Test-ContainerNic -Namespace web1 -Destination $own, 10.1.0.77 @quick | ForEach-Object Status | Should -Be NeighborSilent, NeighborSilent
        Disable-HostAccess lan
    }

    It 'reports a gateway that is there, and of one that is not' {
        ip netns exec wire busybox sysctl -qw net.ipv4.ip_forward=0
        (Test-ContainerNic -Namespace web1 -Destination 192.0.2.1 @quick).Reason | Should -BeLike 'the echo request wasn''t answered, but the gateway 10.1.0.1 answers ARP as *'
        ip netns exec wire busybox sysctl -qw net.ipv4.ip_forward=1
        ip -n wire address delete 10.1.0.1/24 dev eth0
        (Test-ContainerNic -Namespace web1 -Destination 192.0.2.1 @quick).Reason | Should -Be 'the gateway 10.1.0.1 did not answer ARP'
        'address add 10.1.0.1/24 dev eth0' | ip -n wire -batch -
    }

    It 'asks on the link with -LinkLayer, also where echo is off' {
        ip netns exec web2 busybox sysctl -qw net.ipv4.icmp_echo_ignore_all=1
        $results = Test-ContainerNic -Namespace web1 -Destination web2, 10.1.0.99, fd18::99, 192.0.2.1 -LinkLayer -Count 2 -TimeoutSeconds 0.5
        ip netns exec web2 busybox sysctl -qw net.ipv4.icmp_echo_ignore_all=0
        $results | Get-Verdict | Should -Be 'web1/eth0 web2/eth0 ARP Reachable', 'web1/eth0 web2/eth0 NDP Reachable',
            'web1/eth0 10.1.0.99 ARP NeighborSilent', 'web1/eth0 fd18::99 NDP NeighborSilent', 'web1/eth0 192.0.2.1 ARP NotOnLink'
        $mac = (Get-ContainerNic -Namespace web2).MacAddress
        $results[0..1].MacAddress | Should -Be $mac, $mac
        $results.Received | Should -Be 2, 2, 0, 0, 0
    }

    It 'asks for link-local addresses' {
        $local = (Invoke-Ip wire address show dev eth0 | ForEach-Object addr_info | Where-Object scope -EQ link).local
        Test-ContainerNic -Namespace web1 -Destination $local | Get-Verdict | Should -Be "web1/eth0 $local ICMPv6 Reachable"
    }

    It 'counts what is lost' {
        # The kernel lets six replies pass at once, then one in a second.
        ip netns exec wire busybox sysctl -qw net.ipv4.icmp_ratelimit=1000 net.ipv4.icmp_ratemask=1
        $result = Test-ContainerNic -Namespace web3 -Destination 10.1.0.1 -Count 10 -TimeoutSeconds 0.3
        ip netns exec wire busybox sysctl -qw net.ipv4.icmp_ratemask=6168
        $result.Reachable | Should -BeTrue
        $result.Sent | Should -Be 10
        $result.Received | Should -BeLessThan 10
        $result.Reason | Should -Be "$(10 - $result.Received) of 10 weren't answered"
    }

    It 'writes one boolean with -Quiet' {
        Test-ContainerNic lan -Quiet -TimeoutSeconds 10 | Should -BeTrue
        Test-ContainerNic lan -Full -Quiet -TimeoutSeconds 10 | Should -BeTrue
        Test-ContainerNic lan -Destination 10.1.0.1, 10.8.0.1 -Quiet | Should -BeFalse
        Test-ContainerNic none -Quiet -ErrorAction Ignore | Should -BeFalse
        Test-ContainerNic lan -Destination nobody -Quiet -ErrorAction Ignore | Should -BeFalse
    }

    It 'refuses what cannot be asked for' {
        Get-Failure { Test-ContainerNic lan -Destination nobody, 10.1.0.1 -Namespace web1 } | ForEach-Object What | Should -Be "NicNotFound ObjectNotFound 'nobody'"
        Get-Failure { Test-ContainerNic none } | ForEach-Object What | Should -Be "NetworkNotFound ObjectNotFound 'none'"
        Get-Failure { Test-ContainerNic lan -Destination 10.1.0.1 -Full } | ForEach-Object What | Should -Be "InvalidParameter InvalidArgument ''"
        Get-Failure { Test-ContainerNic lan -Namespace web1 -Full } | ForEach-Object What | Should -Be "InvalidParameter InvalidArgument 'web1/eth0'"
        foreach ($address in '0.0.0.0', '255.255.255.255', '224.0.0.1', '127.0.0.1', '::', '::1', 'ff02::1') {
            Get-Failure { Test-ContainerNic lan -Destination $address } | ForEach-Object What | Should -BeLike 'ParameterArgumentTransformationError *'
        }
        Get-Failure { Test-ContainerNic lan -Count 0 } | ForEach-Object What | Should -BeLike 'ParameterArgumentValidationError *'
        # A broadcast address is one by its subnet: the kernel knows it.
        (Test-ContainerNic -Namespace web1 -Destination 10.1.0.255 @quick).Reason |
            Should -Be 'the kernel refused to send: Permission denied (EACCES), typically because it is a broadcast address'
        Test-ContainerNic lan -Destination 'nobody*' | Should -BeNullOrEmpty
    }

    It 'shows a table of 80 columns' {
        $lines = (Test-ContainerNic -Namespace web1 -Destination web2, 10.8.0.1 | Out-String -Width 80) -split "`n" | ForEach-Object TrimEnd
        $lines | Should -Contain '   Source: web1/eth0 on network lan'
        $lines | Should -Contain 'Destination                Proto  Time(ms) Status, reason'
        $lines -match '^web2/eth0 +ICMP +\d+\.\d{3} Reachable$' | Should -HaveCount 1
        $lines -match '^ +the route there is a blackhole$' | Should -HaveCount 1
    }
}

Describe 'Test-ContainerNic where something is broken' -Tag Native, Once {
    BeforeEach {
        # A second parent, whose other end is in no switch.
        'link add eth1 type veth peer name eth1 netns wire', 'link set eth1 up' | ip -batch -
        ip -n wire link set eth1 up
        $null = New-NetworkNamespace web1, web2, web3
    }

    AfterEach {
        Remove-MacvlanNetwork * -Force
        Remove-NetworkNamespace web* -Force
        ip link delete eth1 2>$null
    }

    It 'reports parents that are down, without carrier, or gone' {
        $null = New-MacvlanNetwork lan eth1 -Subnet 10.1.0.0/24
        $null = Connect-ContainerNic lan web1, web2
        ip link set eth1 down
        $reasons = @(Test-ContainerNic -Namespace web1 -Destination web2 @quick)
        ip link set eth1 up
        ip -n wire link set eth1 down
        # The kernel passes it on to the NICs a moment later.
        while ((Get-IpLink eth0 -Namespace web1).flags -contains 'LOWER_UP') { Start-Sleep -Milliseconds 20 }
        $reasons += Test-ContainerNic -Namespace web1 -Destination web2 @quick
        ip link delete eth1
        $reasons += Test-ContainerNic -Namespace web1 -Destination web2 @quick
        $reasons | ForEach-Object { "$($_.Status): $($_.Reason)" } | Should -Be 'ParentDown: the parent eth1 is down',
            'ParentDown: the parent eth1 has no carrier', 'ParentMissing: the parent eth1 is not on the host'
    }

    It 'reports interfaces and namespaces that are down or gone' {
        $null = New-MacvlanNetwork lan eth1 -Subnet 10.1.0.0/24 -Gateway 10.1.0.1
        $null = Connect-ContainerNic lan web1, web2
        $tests = @(Connect-ContainerNic lan web3)
        ip -n web3 address flush dev eth0
        $results = @(Test-ContainerNic -Namespace web3 -Destination web1 @quick
            Test-ContainerNic -Namespace web1 -Destination web3 @quick)
        ip -n web3 link set eth0 down
        $results += $tests | Test-ContainerNic -Destination web1
        $results += Test-ContainerNic -Namespace web1 -Destination web3 @quick
        ip -n web3 link delete eth0
        $results += $tests | Test-ContainerNic -Destination web1
        ip netns delete web2
        # The kernel takes it apart a moment later.
        for ($i = 0; $i -lt 100 -and (Test-Ping web1 10.1.0.3 -TimeoutSeconds 1); $i++) { Start-Sleep -Milliseconds 20 }
        $results += Test-ContainerNic -Namespace web1 -Destination web3, web2 @quick
        $results += Test-ContainerNic -Namespace web2 -Destination web1
        Set-StateRow "UPDATE nics SET boot_id = 'an earlier one'"
        $results += Test-ContainerNic -Namespace web1 -Destination web3
        $results | ForEach-Object { "$($_.Source) $($_.Destination) $($_.Status): $($_.Reason)" } | Should -Be @(
            'web3/eth0 web1/eth0 NoRoute: no route through eth0: Network is unreachable (ENETUNREACH)'
            'web1/eth0 web3/eth0 DestinationDown: web3/eth0: eth0 is missing an address'
            'web3/eth0 web1/eth0 NicDown: eth0 is down'
            'web1/eth0 web3/eth0 DestinationDown: web3/eth0: eth0 is down'
            'web3/eth0 web1/eth0 NicMissing: its interface is gone'
            'web1/eth0 web3/eth0 DestinationDown: web3/eth0: its interface is gone'
            'web1/eth0 web2/eth0 DestinationDown: web2/eth0: its namespace is gone'
            'web2/eth0 web1/eth0 NicMissing: its namespace is gone'
            'web1/eth0 web3/eth0 NicMissing: its namespace was created again; see Restore-ContainerNetwork')
    }

    It 'reports modes that keep NICs apart, and of other parents' {
        $null = New-MacvlanNetwork private eth1 -Mode Private -Subnet 10.1.0.0/24
        $null = New-MacvlanNetwork vepa eth1 -Mode Vepa -Subnet 10.2.0.0/24
        $null = New-MacvlanNetwork source eth1 -Mode Source -AllowedMacAddress 02-00-00-00-00-07 -Subnet 10.3.0.0/24
        $null = New-MacvlanNetwork here eth1 -Subnet 10.4.0.0/24
        $null = New-MacvlanNetwork there eth0 -Subnet 10.4.0.0/24
        $null = 'private', 'vepa', 'source' | ForEach-Object { Connect-ContainerNic $_ web1, web2 }
        $null = Connect-ContainerNic here web1 -IPAddress 10.4.0.2
        $null = Connect-ContainerNic there web2 -IPAddress 10.4.0.3
        $mac = (Get-IpLink eth2 -Namespace web1).address
        $results = @(Test-ContainerNic private, vepa, source -Destination web2 -Namespace web1 @quick
            Test-ContainerNic here -Destination web2/eth3 @quick
            Test-ContainerNic here -Destination 10.4.0.3 @quick)
        $results | ForEach-Object { "$($_.Destination) $($_.Status): $($_.Reason)" } | Should -Be @(
            'web2/eth0 ModeIsolation: mode Private isolates the NICs of a parent from each other'
            'web2/eth1 ModeIsolation: mode Vepa needs a switch that sends frames back; this switch doesn''t'
            "web2/eth2 ModeIsolation: mode Source: $mac isn't one of the allowed MAC addresses"
            'web2/eth3 OtherParent: web2/eth3 is on eth0, web1/eth3 on eth1: only a router can connect them'
            '10.4.0.3 OtherParent: web2/eth3 is on eth0, web1/eth3 on eth1: only a router can connect them')
    }

    It 'reports NICs without addresses, gateways and routes' {
        $null = New-MacvlanNetwork four eth1 -Subnet 10.1.0.0/24 -NoDefaultRoute
        $null = New-MacvlanNetwork six eth1 -Subnet fd18::/64
        $null = Connect-ContainerNic four web1
        $null = Connect-ContainerNic six web2
        $null = Connect-ContainerNic four web3 -NoIPAddress
        Test-ContainerNic four -Destination 192.0.2.1 -Namespace web1 | ForEach-Object Reason | Should -Be 'no route through eth0: Network is unreachable (ENETUNREACH)'
        Test-ContainerNic four -Destination web2, fd18::1 -Namespace web1 | ForEach-Object { "$($_.Status): $($_.Reason)" } | Should -Be @(
            'NoAddress: web1/eth0 and web2/eth0 have no addresses of the same family', 'NoAddress: web1/eth0 has no IPv6 address')
        Test-ContainerNic four -Destination web1, 10.1.0.2 -Namespace web3 | ForEach-Object Reason | Should -Be 'web3/eth0 has no address', 'web3/eth0 has no address'
        $failure = Get-Failure { Test-ContainerNic six }
        $failure.What | Should -Be "InvalidParameter InvalidArgument 'web2/eth0'"
        $failure.Message | Should -Be "web2/eth0 has no gateway on network 'six' to be tested with."
    }

    It 'tests each NIC of a namespace by itself' {
        # Both networks would answer: what is asked by one NIC does not leave by the other.
        'address add 10.5.0.1/24 dev eth0', 'address add 10.6.0.1/24 dev eth1' | ip -n wire -batch -
        $null = New-MacvlanNetwork one eth0 -Subnet 10.5.0.0/24 -Gateway 10.5.0.1
        $null = New-MacvlanNetwork two eth1 -Subnet 10.6.0.0/24 -Gateway 10.6.0.1
        $null = 'one', 'two' | ForEach-Object { Connect-ContainerNic $_ web1 }
        Test-ContainerNic one, two | Get-Verdict | Should -Be 'web1/eth0 10.5.0.1 ICMP Reachable', 'web1/eth1 10.6.0.1 ICMP Reachable'
        Test-ContainerNic two -Destination 10.5.0.1 | ForEach-Object Status | Should -Be NoRoute
        ip -n wire link set eth1 down
        while ((Get-IpLink eth1 -Namespace web1).flags -contains 'LOWER_UP') { Start-Sleep -Milliseconds 20 }
        Test-ContainerNic one, two @quick | ForEach-Object Status | Should -Be Reachable, ParentDown
        ip -n wire address delete 10.5.0.1/24 dev eth0
    }

    It 'tests every pair of twenty NICs' {
        $names = 1..20 | ForEach-Object { "many$_" }
        $names | New-NetworkNamespace | Out-Null
        $null = New-MacvlanNetwork lan eth1 -Subnet 10.1.0.0/24
        $null = $names | Connect-ContainerNic lan
        $results = Test-ContainerNic lan -Full
        $results.Count | Should -Be 380
        $results.Status | Sort-Object -Unique | Should -Be Reachable
        ($results | ForEach-Object { "$($_.Source) $($_.Destination)" } | Sort-Object -Unique).Count | Should -Be 380
        Remove-NetworkNamespace many* -Force
    }
}

Describe 'Test-ContainerNic on VLANs and ipvlan' {
    BeforeAll { $null = New-NetworkNamespace web1, web2 }

    BeforeEach { $connect = { $null = Connect-ContainerNic $args[0] web1, web2 } }

    AfterEach {
        Remove-MacvlanNetwork * -Force
        Remove-IpvlanNetwork * -Force
    }

    It 'reports another VLAN, and of one that is down' {
        $null = New-MacvlanNetwork fifty eth0.50 -Subnet 10.1.0.0/24
        $null = New-MacvlanNetwork sixty eth0.60 -Subnet 10.1.0.0/24
        $null = Connect-ContainerNic fifty web1 -IPAddress 10.1.0.2
        $null = Connect-ContainerNic sixty web2 -IPAddress 10.1.0.3
        $results = @(Test-ContainerNic fifty -Destination web2 @quick)
        ip link set eth0.50 down
        $results += Test-ContainerNic fifty -Destination web2 @quick
        $results | ForEach-Object { "$($_.Status): $($_.Reason)" } | Should -Be @(
            'OtherParent: web2/eth0 is on eth0.60 (VLAN 60), web1/eth0 on eth0.50 (VLAN 50): only a router can connect them'
            'ParentDown: the parent eth0.50 is down')
    }

    It 'tests ipvlan NICs of mode <Mode>' -ForEach @(
        @{ Mode = 'L2'; LinkLayer = 'Reachable', 'Reachable' }
        @{ Mode = 'L3'; LinkLayer = 'NotOnLink', 'NotOnLink' }
        @{ Mode = 'L3S'; LinkLayer = 'NotOnLink', 'NotOnLink' }
    ) {
        $null = New-IpvlanNetwork own eth0 -Mode $Mode -Subnet 10.1.0.0/24, fd18::/64
        ip address add 10.1.0.77/24 dev eth0
        & $connect own
        Test-ContainerNic own -Full | Get-Verdict | Should -Be @(
            'web1/eth0 web2/eth0 ICMP Reachable', 'web1/eth0 web2/eth0 ICMPv6 Reachable'
            'web2/eth0 web1/eth0 ICMP Reachable', 'web2/eth0 web1/eth0 ICMPv6 Reachable')
        (Test-ContainerNic own -Destination web2 -Namespace web1 -LinkLayer).Status | Should -Be $LinkLayer
        $silent = Test-ContainerNic own -Destination 10.1.0.77, 10.1.0.99, fd18::99 -Namespace web1 @quick
        # In the l3 modes the host routes: for IPv6, only where it has a route.
        $expected = if ($Mode -eq 'L2') { 'NeighborSilent', 'NeighborSilent' } else { 'EchoSilent', 'SendRefused' }
        $silent.Status | Should -Be (@('HostIsolation') + $expected)
        $silent[2].Reason | Should -BeLike $(if ($Mode -eq 'L2') { '*did not answer*' } else { '*because the host, which routes for the l3 modes, has no route through eth0' })
        Get-PingReply web1 $silent.Destination | Should -BeNullOrEmpty
        ip address delete 10.1.0.77/24 dev eth0
    }

    It 'reports ipvlan flags that keep NICs apart' {
        $null = New-IpvlanNetwork own eth0 -Flag Private -Subnet 10.1.0.0/24
        & $connect own
        $reasons = (Test-ContainerNic own -Full @quick).Reason
        Remove-IpvlanNetwork own -Force
        $null = New-IpvlanNetwork own eth0 -Flag Vepa -Subnet 10.1.0.0/24
        & $connect own
        $reasons + (Test-ContainerNic own -Destination web2 -Namespace web1 @quick).Reason | Should -Be @(
            @('flag Private isolates the NICs of a parent from each other') * 2 + 'flag Vepa needs a switch that sends frames back; this switch doesn''t')
    }

    It 'tests NICs of a network without a parent with each other' {
        $null = New-MacvlanNetwork -Name dark -Subnet 10.1.0.0/24
        & $connect dark
        Test-ContainerNic dark -Full -Quiet | Should -BeTrue
        Test-ContainerNic dark -Destination 192.0.2.1 -Namespace web1 | ForEach-Object Status | Should -Be NoRoute
    }
}
