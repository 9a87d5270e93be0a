# Set-, Disable- and Enable-ContainerNic: what the kernel has after them, by ip, and what is lost meanwhile, by pings.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    ip -n wire address add 10.1.0.1/24 dev eth0
    ip -n wire address add 10.2.0.1/24 dev eth0
    # Far away, behind both gateways.
    ip -n wire address add 192.0.2.9/32 dev lo
    ip -n wire link set lo up

    function Get-Default([string]$Namespace = 'web1', [int]$Family = 4) {
        (Get-IpRoute $Namespace $Family | Where-Object dst -EQ default | ForEach-Object { "$($_.gateway) $($_.dev)" }) -join ', '
    }

    function Get-RouteText([string]$Namespace = 'web1') {
        (@(ip -n $Namespace route) + @(ip -n $Namespace -6 route)) | Where-Object { $_ -notmatch 'proto kernel|^fe80|^multicast' } |
            ForEach-Object { ($_ -replace ' pref medium| metric 1024| dev lo', '').Trim() }
    }

    function Get-Loss([string]$Namespace, [string]$Destination, [scriptblock]$Change) {
        # Of 1,000 pings, one each millisecond, those without a reply.
        $file = Join-Path $TestDrive 'pings.txt'
        $script = Join-Path $TestDrive 'pings.sh'
        Set-Content $script "exec nsenter --net=/run/netns/$Namespace busybox ping -c 1000 -i 0.001 -W 2 $Destination > $file 2>&1"
        Remove-Item $file -ErrorAction Ignore
        $pings = Start-Process sh -ArgumentList $script -PassThru
        # The first ones have been answered before the change.
        while (-not (Test-Path $file) -or -not (Select-String -Path $file -Pattern 'seq=20 ' -Quiet)) { Start-Sleep -Milliseconds 5 }
        $null = & $Change
        $pings.WaitForExit()
        $text = Get-Content $file -Raw
        $text | Should -Match '1000 packets transmitted'
        # The change was over before the last ones.
        1000 - [int][regex]::Match($text, '(\d+) packets received').Groups[1].Value
    }
}

AfterAll { Clear-TestHost }

Describe 'Set-ContainerNic' {
    BeforeEach {
        $null = New-NetworkNamespace web1, web2
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 -Route '10.9.0.0/16 via 10.1.0.99'
        $null = New-MacvlanNetwork far eth0 -Subnet 10.2.0.0/24
        $null = Connect-ContainerNic lan web1
        $index = (Get-IpLink eth0 -Namespace web1).ifindex
    }

    AfterEach {
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Remove-ContainerNetwork * -Force
        Remove-NetworkNamespace web1, web2 -Force
    }

    It 'changes MTU and MAC address of the link that is there' -Tag Native, Once {
        $nic = Set-ContainerNic lan web1 -Mtu 1400 -MacAddress 02:00:00:00:00:77 -PassThru
        "$($nic.Mtu) $($nic.MacAddress) $($nic.State)" | Should -Be '1400 02:00:00:00:00:77 Up'
        $link = Get-IpLink eth0 -Namespace web1
        "$($link.ifindex) $($link.mtu) $($link.address)" | Should -Be "$index 1400 02:00:00:00:00:77"
        # At once, because the new MAC address was announced.
        Test-Ping wire 10.1.0.2 | Should -BeTrue
        Test-Ping web1 10.1.0.1 | Should -BeTrue
    }

    It 'writes nothing without -PassThru, and changes nothing with -WhatIf' -Tag Native, Once {
        Set-ContainerNic lan web1 -Mtu 1300 -WhatIf
        (Get-IpLink eth0 -Namespace web1).mtu | Should -Be 1500
        Set-ContainerNic lan web1 -Mtu 1300 | Should -BeNullOrEmpty
        (Get-IpLink eth0 -Namespace web1).mtu | Should -Be 1300
    }

    # Also in the throw-away kernel, which renames no interface that is up.
    It 'renames the interface, with its routes and addresses' -Tag Native {
        $routes = Get-RouteText
        Set-ContainerNic lan web1 -NewName wan0
        (Get-IpLink wan0 -Namespace web1).ifindex | Should -Be $index
        Get-RouteText | Should -Be ($routes -replace 'eth0', 'wan0')
        Get-IpAddress web1 wan0 | Should -Be 10.1.0.2/24, fd01::1/64
        Set-ContainerNic lan web1 -NewName 'a/b' -ErrorAction SilentlyContinue -ErrorVariable refused
        $refused.FullyQualifiedErrorId | Should -BeLike 'InvalidName,*'
        $null = Connect-ContainerNic far web1 -WarningAction Ignore
        (Get-Failure { Set-ContainerNic lan web1 -NewName eth0 }).What | Should -Be "InterfaceExists ResourceExists 'web1/wan0'"
        (Get-ContainerNic lan web1).InterfaceName | Should -Be wan0
    }

    It 'replaces the addresses of a family, and keeps the others, the routes and what others added' -Tag Native, Once {
        $routes = Get-RouteText
        ip -n web1 address add 198.51.100.7/32 dev eth0
        ip -n web1 route add 203.0.113.0/24 via 10.1.0.77
        (Set-ContainerNic lan web1 -IPAddress 10.1.0.50/24 -PassThru).IPAddress | Should -Be 10.1.0.50/24, fd01::1/64
        Get-IpAddress web1 eth0 | Sort-Object | Should -Be 10.1.0.50/24, 198.51.100.7/32, fd01::1/64
        Get-RouteText | Should -Be ($routes[0], $routes[1], '203.0.113.0/24 via 10.1.0.77 dev eth0')
        # The former one is free.
        (Connect-ContainerNic lan web2).IPAddress[0] | Should -Be 10.1.0.2/24
        # Its neighbors know where the new one is.
        Test-Ping wire 10.1.0.50 | Should -BeTrue
    }

    It 'adds addresses, requested and lowest ones, and removes the first one of a subnet alone' -Tag Native, Once {
        (Set-ContainerNic lan web1 -AddIPAddress 10.1.0.60, 10.1.0.2 -AddAddressFamily IPv4, IPv6 -PassThru).IPAddress |
            Should -Be 10.1.0.2/24, 10.1.0.60/24, 10.1.0.3/24, fd01::1/64, fd01::2/64
        Get-IpAddress web1 eth0 | Sort-Object | Should -Be 10.1.0.2/24, 10.1.0.3/24, 10.1.0.60/24, fd01::1/64, fd01::2/64
        # With it, the kernel would remove the others of its subnet.
        nsenter --net=/run/netns/web1 cat /proc/sys/net/ipv4/conf/all/promote_secondaries | Should -Be 0
        Set-ContainerNic lan web1 -RemoveIPAddress 10.1.0.2
        Get-IpAddress web1 eth0 | Sort-Object | Should -Be 10.1.0.3/24, 10.1.0.60/24, fd01::1/64, fd01::2/64
        nsenter --net=/run/netns/web1 cat /proc/sys/net/ipv4/conf/eth0/promote_secondaries | Should -Be 0
        Get-Default | Should -Be '10.1.0.1 eth0'
    }

    It 'refuses what hurts or is no address of the NIC, and leaves everything as it is' -Tag Native, Once {
        $before = Get-StateRow
        (Get-Failure { Set-ContainerNic lan web1 -IPAddress @() }).What | Should -Be "InvalidParameter InvalidArgument 'web1/eth0'"
        (Get-Failure { Set-ContainerNic lan web1 -RemoveIPAddress 10.1.0.9 }).Message | Should -BeLike "10.1.0.9 isn't an address of web1/eth0*"
        (Get-Failure { Set-ContainerNic lan web1 -IPAddress 10.7.0.1 }).What | Should -BeLike 'InvalidAddress *'
        (Get-Failure { Set-ContainerNic lan web1 -Mtu 9000 }).Message | Should -BeLike '*exceeds that of eth0*'
        (Get-Failure { Set-ContainerNic lan web1 -Mtu 1200 }).What | Should -BeLike 'InvalidParameter *'
        (Get-Failure { Set-ContainerNic lan web1 -MacAddress (Get-IpLink eth0).address }).What | Should -BeLike 'MacAddressInUse *'
        (Get-Failure { Set-ContainerNic lan web1 }).Message | Should -Be 'Nothing says what to change.'
        (Get-Failure { Set-ContainerNic -Mtu 1400 }).Message | Should -Be 'Nothing says which NICs to change.'
        (Get-Failure { Set-ContainerNic lan web7 -Mtu 1400 }).What | Should -BeLike 'NicNotFound *'
        $null = Connect-ContainerNic lan web2
        (Get-Failure { Set-ContainerNic lan web1 -IPAddress 10.1.0.3 }).What | Should -BeLike 'AddressInUse *'
        Disconnect-ContainerNic lan web2
        Get-StateRow | Should -Be $before
        Set-ContainerNic lan web1 -IPAddress @() -Force
        Get-IpAddress web1 eth0 | Should -BeNullOrEmpty
        Set-ContainerNic lan web1 -AddAddressFamily IPv4
        Get-IpAddress web1 eth0 | Should -Be 10.1.0.2/24
        Get-Default | Should -Be '10.1.0.1 eth0'
    }

    It 'gets back what it had if the kernel refuses a part' -Tag Native, Once {
        # Of no network, so that only the kernel knows it.
        ip link add other link eth0 type macvlan mode bridge
        ip link set other address 02:00:00:00:00:99 up
        $before = Get-StateRow
        $failure = Get-Failure { Set-ContainerNic lan web1 -Mtu 1400 -MacAddress 02:00:00:00:00:99 -IPAddress 10.1.0.70 -AddAddressFamily IPv6 }
        $failure.What | Should -BeLike 'EADDRINUSE *'
        $link = Get-IpLink eth0 -Namespace web1
        "$($link.ifindex) $($link.mtu)" | Should -Be "$index 1500"
        Get-IpAddress web1 eth0 | Should -Be 10.1.0.2/24, fd01::1/64
        # In the same order, whatever their numbers are.
        Get-StateRow | ForEach-Object { $_ -replace '^(leases .*)\|\d+(?=\|\d+\|Pool)', '$1' } |
            Should -Be ($before -replace '^(leases .*)\|\d+(?=\|\d+\|Pool)', '$1')
        ip link delete other
    }

    It 'gives the default route to another NIC, from one that had it by choice, and to the next one when it is given up' -Tag Native, Once {
        $null = Connect-ContainerNic far web1 -WarningAction Ignore
        Get-Default | Should -Be '10.1.0.1 eth0'
        Set-ContainerNic far web1 -DefaultRoute
        Get-Default | Should -Be '10.2.0.1 eth1'
        Set-ContainerNic lan web1 -DefaultRoute
        Get-Default | Should -Be '10.1.0.1 eth0'
        (Get-ContainerNic far web1).DefaultRoute | Should -BeNullOrEmpty
        Set-ContainerNic lan web1 -DefaultRoute:$false
        Get-Default | Should -Be '10.2.0.1 eth1'
        Set-ContainerNic far web1 -DefaultRoute:$false
        Get-Default | Should -BeNullOrEmpty
    }

    It 'takes the default route from one with a lower metric, and from another program' -Tag Native, Once {
        $null = New-MacvlanNetwork slow eth0 -Subnet 10.3.0.0/24 -RouteMetric 50
        $null = Connect-ContainerNic slow web1
        Set-ContainerNic slow web1 -DefaultRoute
        Get-Default | Should -Be '10.3.0.1 eth1'
        Set-ContainerNic slow web1 -DefaultRoute:$false
        Get-Default | Should -Be '10.1.0.1 eth0'
        ip -n web1 link add other type veth peer name end
        ip -n web1 link set end up
        ip -n web1 link set other up
        ip -n web1 route replace default dev other
        Set-ContainerNic lan web1 -Mtu 1450
        Get-Default | Should -Be ' other'
        Set-ContainerNic lan web1 -DefaultRoute
        Get-Default | Should -Be '10.1.0.1 eth0'
    }

    It 'loses none of 1,000 pings across <Case>' -Tag Native, Once -ForEach @(
        @{ Case = 'a change of the MTU'; Do = { Set-ContainerNic lan web1 -Mtu 1400 } }
        @{ Case = 'another address'; Do = { Set-ContainerNic lan web1 -AddIPAddress 10.1.0.60 -AddAddressFamily IPv6 } }
    ) {
        Get-Loss wire 10.1.0.2 $Do | Should -Be 0
    }

    It 'loses none of 1,000 pings across the removal of the first address of their subnet' -Tag Native, Once {
        Set-ContainerNic lan web1 -AddIPAddress 10.1.0.60
        Get-Loss wire 10.1.0.60 { Set-ContainerNic lan web1 -RemoveIPAddress 10.1.0.2 } | Should -Be 0
    }

    It 'loses none of 1,000 pings when another NIC takes the default route' -Tag Native, Once {
        $null = Connect-ContainerNic far web1 -WarningAction Ignore
        Get-Loss web1 192.0.2.9 { Set-ContainerNic far web1 -DefaultRoute } | Should -Be 0
        Get-Default | Should -Be '10.2.0.1 eth1'
        Get-Loss web1 192.0.2.9 { Set-ContainerNic far web1 -DefaultRoute:$false } | Should -Be 0
        Get-Default | Should -Be '10.1.0.1 eth0'
    }

    It 'changes the record alone while the namespace is gone, and a restore makes it so' -Tag Native, Once {
        Restart-TestHost
        ip -n wire address add 10.1.0.1/24 dev eth0
        Set-ContainerNic lan web1 -Mtu 1400 -NewName wan0 -IPAddress 10.1.0.50 -MacAddress 02:00:00:00:00:77
        $null = New-NetworkNamespace web1, web2
        (Restore-ContainerNetwork | Where-Object Kind -EQ Nic).Result | Should -Be Restored
        $link = Get-IpLink wan0 -Namespace web1
        "$($link.mtu) $($link.address)" | Should -Be '1400 02:00:00:00:00:77'
        Get-IpAddress web1 wan0 | Should -Be 10.1.0.50/24, fd01::1/64
    }

    It 'gives no NIC the name of another one, also while the namespace is gone' -Tag Native, Once {
        $null = Connect-ContainerNic far web1 -WarningAction Ignore
        (Get-Failure { Set-ContainerNic far web1 -NewName eth0 }).What | Should -BeLike 'InterfaceExists *'
        ip -n web1 link delete eth0
        (Get-Failure { Set-ContainerNic far web1 -NewName eth0 }).Message | Should -Be 'web1 already has a NIC named eth0.'
        Restart-TestHost
        ip -n wire address add 10.1.0.1/24 dev eth0
        (Get-Failure { Set-ContainerNic far web1 -NewName eth0 }).Message | Should -Be 'web1 already has a NIC named eth0.'
        Set-ContainerNic far web1 -NewName wan0
        $null = New-NetworkNamespace web1, web2
        (Restore-ContainerNetwork | Where-Object Kind -EQ Nic).Result | Should -Be Restored, Restored
        (Get-IpLink -Namespace web1).ifname | Sort-Object | Should -Be eth0, lo, wan0
    }

    It 'promises nothing with -WhatIf that it refuses: <Case>' -Tag Native, Once -ForEach @(
        @{ Case = 'an address of another NIC'; Change = { Set-ContainerNic lan web1 -AddIPAddress 10.1.0.3 -WhatIf }; Says = 'AddressInUse *web2*' }
        @{ Case = 'an MTU'; Change = { Set-ContainerNic lan web1 -Mtu 9000 -WhatIf }; Says = 'InvalidParameter *' }
        @{ Case = 'a name'; Change = { Set-ContainerNic lan web1 -NewName a/b -WhatIf }; Says = 'InvalidName *' }
        @{ Case = 'a MAC address'; Change = { Set-ContainerNic lan web1 -MacAddress 01:00:00:00:00:01 -WhatIf }; Says = 'InvalidParameter *group address*' }
        @{ Case = 'an address that comes and goes'; Change = { Set-ContainerNic lan web1 -AddIPAddress 10.1.0.9 -RemoveIPAddress 10.1.0.9 }; Says = 'InvalidParameter *both added and removed*' }
        @{ Case = 'the default route, disabled'; Change = { Disable-ContainerNic lan web1; Set-ContainerNic lan web1 -DefaultRoute }; Says = 'InvalidParameter *disabled*' }
    ) {
        $null = Connect-ContainerNic lan web2
        $failure = Get-Failure $Change
        "$($failure.What) $($failure.Message)" | Should -BeLike $Says
        Get-IpAddress web1 eth0 | Select-Object -First 1 | Should -Be 10.1.0.2/24
    }

    It 'needs names and values that are there: <Case>' -Tag Native, Once -ForEach @(
        @{ Case = 'no name'; Change = { '' | Set-ContainerNic -Mtu 1400 }; Says = "NicNotFound *There is no NIC of ''." }
        @{ Case = 'no address'; Change = { Set-ContainerNic lan web1 -Mtu 1400 -IPAddress $null }; Says = 'ParameterArgumentValidationError *' }
        @{ Case = 'no MAC address'; Change = { Set-ContainerNic lan web1 -Mtu 1400 -MacAddress $null }; Says = 'ParameterArgumentValidationError *' }
    ) {
        $failure = Get-Failure $Change
        "$($failure.What) $($failure.Message)" | Should -BeLike $Says
        (Get-IpLink eth0 -Namespace web1).mtu | Should -Be 1500
    }

    It 'leaves the MAC address of a NIC in mode Passthru, which is the host''s, and so does Connect-ContainerNic' -Tag Native, Once {
        'link add pt0 type veth peer name pt1', 'link set pt0 up', 'link set pt1 up' | ip -batch -
        $null = New-MacvlanNetwork sole pt0 -Mode Passthru -Subnet 10.4.0.0/24
        $mac = (Get-IpLink pt0).address
        $failure = Get-Failure { Connect-ContainerNic sole web2 -MacAddress 02:00:00:00:00:77 }
        "$($failure.What) $($failure.Message)" | Should -BeLike 'InvalidParameter *NICs of a network in mode Passthru use that of their parent.'
        $null = Connect-ContainerNic sole web2 -InterfaceName sole0 -WarningAction Ignore
        (Get-Failure { Set-ContainerNic sole web2 -MacAddress 02:00:00:00:00:77 -Force }).What | Should -BeLike 'InvalidParameter *'
        (Get-IpLink pt0).address, (Get-IpLink sole0 -Namespace web2).address | Should -Be $mac, $mac
        Remove-MacvlanNetwork sole -Force
        ip link delete pt0
    }

    It 'probes new addresses before the NIC takes them, and takes the next one instead of one that a station has' -Tag Native, Once {
        ip -n wire address add 10.1.0.3/24 dev eth0
        (Get-Failure { Set-ContainerNic lan web1 -AddIPAddress 10.1.0.3 -ProbeAddress }).What | Should -BeLike 'AddressConflict *'
        (Get-ContainerNic lan web1).IPAddress | Should -Be 10.1.0.2/24, fd01::1/64
        (Set-ContainerNic lan web1 -AddAddressFamily IPv4 -ProbeAddress -PassThru -WarningAction Ignore).IPAddress | Should -Be 10.1.0.2/24, 10.1.0.4/24, fd01::1/64
        ip -n wire address delete 10.1.0.3/24 dev eth0
    }

    It 'follows the host''s access to the network' -Tag Native, Once {
        $null = Enable-HostAccess lan
        Set-ContainerNic lan web1 -IPAddress 10.1.0.50
        Test-Ping '' 10.1.0.50 | Should -BeTrue
        (Get-IpRoute '' | Where-Object dst -Match '^10\.1\.0\.(2|50)$').dst | Should -Be 10.1.0.50
    }
}

Describe 'Disable- and Enable-ContainerNic' {
    BeforeEach {
        $null = New-NetworkNamespace web1
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64
        $null = New-MacvlanNetwork far eth0 -Subnet 10.2.0.0/24
        $null = Connect-ContainerNic lan web1
        $null = Connect-ContainerNic far web1 -WarningAction Ignore
    }

    AfterEach {
        Remove-ContainerNetwork * -Force
        Remove-NetworkNamespace web1 -Force
    }

    It 'set the link down and up, with addresses and routes' -Tag Native, Once {
        (Disable-ContainerNic lan web1 -PassThru).State | Should -Be Disabled
        (Get-IpLink eth0 -Namespace web1).flags | Should -Not -Contain UP
        Get-Default | Should -Be '10.2.0.1 eth1'
        (Get-ContainerNic lan web1).IPAddress | Should -Be 10.1.0.2/24, fd01::1/64
        (Get-ContainerNic -State Disabled).Network | Should -Be lan
        Test-ContainerNetwork | Should -BeNullOrEmpty
        (Restore-ContainerNetwork).Result | Sort-Object -Unique | Should -Be InPlace
        (Enable-ContainerNic lan web1 -PassThru).State | Should -Be Up
        Get-IpAddress web1 eth0 | Should -Be 10.1.0.2/24, fd01::1/64
        Get-Default | Should -Be '10.1.0.1 eth0'
        Test-Ping wire 10.1.0.2 | Should -BeTrue
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'are remembered by the objects of NICs, as are the families that a NIC has addresses of: <Case>' -Tag Native, Once -ForEach @(
        @{ Case = 'an object'; Keep = { param($n) $n } }
        @{ Case = 'what Disconnect-ContainerNic returns'; Keep = { param($n) $n | Disconnect-ContainerNic -PassThru } }
        @{ Case = 'a file'; Keep = { param($n) $n | Export-Csv $TestDrive/n.csv; Import-Csv $TestDrive/n.csv } }
    ) {
        Set-ContainerNic lan web1 -RemoveIPAddress fd01::1
        Disable-ContainerNic lan web1
        $nic = Get-ContainerNic lan web1
        $nic.Disabled, (Get-ContainerNic far web1).Disabled | Should -Be $true, $false
        $kept = & $Keep $nic
        if (Get-ContainerNic lan) { $nic | Disconnect-ContainerNic }
        ($kept | Connect-ContainerNic).State | Should -Be Disabled
        # A row that says nothing of addresses gets those that a new NIC gets.
        $row = [pscustomobject]@{ Network = 'far'; Namespace = 'web1'; InterfaceName = 'wan0' } | Connect-ContainerNic -WarningAction Ignore
        $row.IPAddress | Should -Be 10.2.0.3/24
        $row | Disconnect-ContainerNic
        (Get-IpLink eth0 -Namespace web1).flags | Should -Not -Contain UP
        Enable-ContainerNic lan web1
        Get-IpAddress web1 eth0 | Should -Be 10.1.0.2/24
        (Get-IpLink eth0 -Namespace web1).flags | Should -Contain UP
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'are respected by a restore, and what differs is drift' -Tag Native, Once {
        Disable-ContainerNic lan web1
        ip -n web1 link delete eth0
        (Restore-ContainerNetwork | Where-Object Name -EQ web1/eth0).Result | Should -Be Restored
        (Get-IpLink eth0 -Namespace web1).flags | Should -Not -Contain UP
        (Get-ContainerNic lan web1).State | Should -Be Disabled
        Test-ContainerNetwork | Should -BeNullOrEmpty
        ip -n web1 link set eth0 up
        (Test-ContainerNetwork | ForEach-Object { "$($_.Kind) $($_.Name): $($_.Expected) -> $($_.Actual)" }) | Should -Contain 'LinkUp web1/eth0: down -> up'
        (Repair-ContainerNetwork | Where-Object Kind -EQ LinkUp).IsRepaired | Should -BeTrue
        (Get-IpLink eth0 -Namespace web1).flags | Should -Not -Contain UP
        Set-ContainerNic lan web1 -Mtu 1400 -AddIPAddress 10.1.0.60
        Enable-ContainerNic lan web1
        Get-IpAddress web1 eth0 | Should -Be 10.1.0.2/24, 10.1.0.60/24, fd01::1/64
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }
}

Describe 'Set-ContainerNic on ipvlan' {
    BeforeEach { $null = New-NetworkNamespace web1, web2 }

    AfterEach {
        Remove-ContainerNetwork * -Force
        Remove-NetworkNamespace web1, web2 -Force
    }

    It 'changes addresses, MTU and name, and no MAC address, in mode <Mode>' -ForEach @{ Mode = 'L2' }, @{ Mode = 'L3' } {
        $null = New-IpvlanNetwork lan eth0 -Mode $Mode -Subnet 10.1.0.0/24, fd01::/64 -WarningAction Ignore
        $null = Connect-ContainerNic lan web1
        $default = Get-Default
        Set-ContainerNic lan web1 -IPAddress 10.1.0.50 -AddAddressFamily IPv6 -Mtu 1400
        Get-IpAddress web1 eth0 | Sort-Object | Should -Be 10.1.0.50/24, fd01::1/64, fd01::2/64
        (Get-IpLink eth0 -Namespace web1).mtu | Should -Be 1400
        Get-Default | Should -Be $default
        # Older kernels rename only links that are down.
        Set-ContainerNic lan web1 -NewName wan0
        Get-IpAddress web1 wan0 | Sort-Object | Should -Be 10.1.0.50/24, fd01::1/64, fd01::2/64
        (Get-Failure { Set-ContainerNic lan web1 -MacAddress 02:00:00:00:00:77 }).What | Should -BeLike 'InvalidParameter *'
        $null = Connect-ContainerNic lan web2
        Test-Ping web2 10.1.0.50 | Should -BeTrue
        Disable-ContainerNic lan web1
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Enable-ContainerNic lan web1
        Test-Ping web2 10.1.0.50 | Should -BeTrue
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }
}

Describe 'A difference that a NIC had before' -Tag Native, Once {
    BeforeEach {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $null = New-NetworkNamespace web1, web2, web3 | Connect-ContainerNic lan
    }

    AfterEach {
        Get-ContainerNetwork | Remove-ContainerNetwork -Force
        Remove-NetworkNamespace web* -Force
        ip link set eth0 mtu 1500
    }

    It 'stops no change, if the kernel refuses its repair: the parent has a lower MTU' {
        ip link set eth0 mtu 1400
        Disable-ContainerNic lan web1 -WarningVariable warnings 3>$null
        @($warnings).Message | Should -BeLike 'web1/eth0 differs from its record*MtuChanged: 1400 instead of 1500*'
        Enable-ContainerNic lan web1 3>$null
        (Set-ContainerNic lan web1 -AddIPAddress 10.1.0.50 -PassThru 3>$null).State | Should -Be Up
        Get-IpAddress web1 eth0 | Should -Contain 10.1.0.50/24
        Set-MacvlanNetwork lan -Mtu 1380
        foreach ($name in 'web1', 'web2', 'web3') { (Get-IpLink eth0 -Namespace $name).mtu | Should -Be 1380 }
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'stops no change of the network either, if a container has put another link in the place of its NIC' {
        ip -n web2 link set eth0 name mine
        ip -n web2 link add eth0 type veth peer name other
        Set-MacvlanNetwork lan -Mtu 1350 -WarningVariable warnings 3>$null
        @($warnings).Message | Should -BeLike 'web2/* differs from its record*NameChanged: mine instead of eth0*'
        (Get-IpLink eth0 -Namespace web1).mtu, (Get-IpLink mine -Namespace web2).mtu, (Get-IpLink eth0 -Namespace web3).mtu | Should -Be 1350, 1350, 1350
        Test-ContainerNetwork | ForEach-Object { "$($_.Kind) $($_.Actual)" } | Should -Be 'NameChanged mine'
        { Set-ContainerNic lan web2 -NewName other -ErrorAction Stop 3>$null } | Should -Throw '*already has an interface named other*'
        (Get-ContainerNic lan).State | Should -Be Up, Up, Up
    }

    It 'is found again after the change: the MTU of the NIC itself, and that of the network' {
        Set-ContainerNic lan web1 -Mtu 1300
        (Set-ContainerNic lan web1 -Mtu $null -PassThru).Mtu | Should -Be 1500
        Set-MacvlanNetwork lan -Mtu 1350
        (Get-IpLink eth0 -Namespace web1).mtu | Should -Be 1350
        # A NIC that is connected again has the MTU of its network, if it had it before.
        $nic = Get-ContainerNic lan web1
        $nic | Disconnect-ContainerNic -Confirm:$false
        $null = $nic | Connect-ContainerNic lan
        Set-MacvlanNetwork lan -Mtu 1400
        (Get-IpLink eth0 -Namespace web1).mtu | Should -Be 1400
    }

    It 'and a burst has room for packets, even with -Force' {
        { Set-MacvlanNetwork lan -MaximumBandwidth 5Mbit -BandwidthBurst 1000 -Force -ErrorAction Stop } | Should -Throw '*1000 bytes has no room for the packets of NICs of ''lan''*'
        tc -n web1 qdisc show dev eth0 | Should -Not -Match tbf
    }
}
