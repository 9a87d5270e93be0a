# Enable-HostAccess and Disable-HostAccess: the host itself on a network, with routes to its containers.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $null = New-NetworkNamespace web1, web2, web3

    function Test-HostPing([string]$Destination) {
        # From the host. The kernel uses an IPv6 address only a moment after it was added.
        foreach ($attempt in 1, 2) {
            if (Test-Ping '' $Destination -TimeoutSeconds 1) { return $true }
        }
        $false
    }

    function Get-HostRoute {
        # The routes that lead to containers, of both families, as "DESTINATION INTERFACE".
        foreach ($family in 4, 6) {
            Get-IpRoute -Family $family | Where-Object { $_.protocol -eq 'static' } | ForEach-Object { "$($_.dst) $($_.dev)" }
        }
    }

    function Set-HostAddress([string]$Parent = 'eth0', [int]$Number = 200, [string]$Do = 'add') {
        # Gives the host addresses of its own on a parent.
        "address $Do 10.1.0.$Number/24 dev $Parent", "address $Do fd01::$Number/64 dev $Parent$(if ($Do -eq 'add') { ' nodad' })" | ip -batch -
    }

    function Clear-Network {
        # What each test leaves: the host's access has gone with its network.
        '10.1.0.200/24', '10.1.0.201/24', 'fd01::200/64', 'fd01::201/64' | ForEach-Object { "address delete $_ dev eth0" } | ip -force -batch - 2>$null
        Remove-MacvlanNetwork * -Force
        Remove-IpvlanNetwork * -Force
        Get-StateRow | Should -BeNullOrEmpty
        (Get-IpLink).ifname | Should -Be lo, eth0
    }

    function Test-BothWays([string]$Namespace) {
        # The host and the NIC of a namespace reach each other, by all addresses that they have: the host also by its own on the parent,
        # whichever address it sends from.
        $network = Get-ContainerNetwork lan
        $own = (Get-IpAddress -Interface $network.Parent) -replace '/.*'
        foreach ($address in (Get-ContainerNic -Namespace $Namespace).IPAddress -replace '/.*') {
            Test-HostPing $address | Should -BeTrue -Because $address
            foreach ($from in $own | Where-Object { ($_ -match ':') -eq ($address -match ':') }) {
                busybox ping -I $from -c 1 -W 5 $address | Should -Contain '1 packets transmitted, 1 packets received, 0% packet loss' -Because "$from $address"
            }
        }
        foreach ($address in @($network.HostAddress) + $own) { Test-Ping $Namespace $address | Should -BeTrue -Because $address }
    }

    function Get-RouteToHost([string[]]$Namespace) {
        # The routes of namespaces to single addresses, of both families, as "DESTINATION GATEWAY".
        foreach ($name in $Namespace) { foreach ($family in 4, 6) {
            Get-IpRoute $name -Family $family | Where-Object { $_.protocol -eq 'static' -and $_.dst -notmatch 'default|/' } |
                ForEach-Object { "$($_.dst) $(Get-Text $_ gateway)".Trim() }
        } }
    }
}

AfterAll { Clear-TestHost }

Describe 'The host on a macvlan network' -Tag Native, Once {
    AfterEach { Clear-Network }

    BeforeEach {
        $lan = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64
        $name = "hm-$($lan.Id.Substring(0, 12))"
    }

    It 'reaches its containers, and they it, also those that come later' {
        Set-HostAddress
        $null = Connect-ContainerNic lan web1
        Test-HostPing 10.1.0.2 | Should -BeFalse -Because 'this is what the kernel keeps apart'
        $access = Enable-HostAccess lan
        "$($access.Network) $($access.InterfaceName) $($access.Parent) $($access.State)" | Should -Be "lan $name eth0 Up"
        "$($access.IPAddress)" | Should -Be '10.1.0.3/32 fd01::2/128'
        Get-RouteToHost web1 | Should -Be '10.1.0.200 10.1.0.3', 'fd01::200 fd01::2'
        Get-IpAddress -Interface $name | Should -Be 10.1.0.3/32, fd01::2/128
        (Get-IpLink $name).linkinfo.info_data.mode | Should -Be bridge
        $null = Connect-ContainerNic lan web2
        Get-RouteToHost web2 | Should -Be '10.1.0.200 10.1.0.3', 'fd01::200 fd01::2'
        Test-BothWays web1
        Test-BothWays web2
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Disable-HostAccess lan
        Get-RouteToHost web1, web2 | Should -BeNullOrEmpty
    }

    It 'has routes from containers also where they have none besides, and from the first of two NICs' {
        Set-HostAddress
        $null = New-MacvlanNetwork beside eth0 -Subnet 10.1.0.0/24 -NoDefaultRoute
        $null = New-MacvlanNetwork far eth0 -Subnet 10.2.0.0/24 -NoGateway -Route 10.9.0.0/16
        $null = Connect-ContainerNic beside web1 -WarningAction Ignore
        $null = Connect-ContainerNic far web1
        $null = Enable-HostAccess beside, far
        ip -n web1 route show proto static | ForEach-Object Trim | Should -Be '10.1.0.200 via 10.1.0.3 dev eth0', '10.9.0.0/16 dev eth1 scope link'
        Test-Ping web1 10.1.0.200 | Should -BeTrue
        Disable-HostAccess beside
        ip -n web1 route show 10.1.0.200 | ForEach-Object Trim | Should -Be '10.1.0.200 via 10.2.0.2 dev eth1 proto static'
        Test-ContainerNetwork | Should -BeNullOrEmpty
        $null = Enable-HostAccess beside -IPAddress 10.1.0.9/24
        ip -n web1 route show 10.1.0.200 | ForEach-Object Trim | Should -Be '10.1.0.200 via 10.1.0.9 dev eth0 proto static'
        Disconnect-ContainerNic beside web1
        ip -n web1 route show 10.1.0.200 | ForEach-Object Trim | Should -Be '10.1.0.200 via 10.2.0.2 dev eth1 proto static'
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'is the router of its containers at its own address' {
        ip address add 10.1.0.1/24 dev eth0
        $null = Connect-ContainerNic lan web1
        $null = Enable-HostAccess lan
        ip -n web1 route show default | ForEach-Object Trim | Should -Be 'default via 10.1.0.3 dev eth0 proto static'
        # Of several NICs that are made at a time, the first has it.
        $null = New-MacvlanNetwork beside eth0 -Subnet 10.2.0.0/24
        $null = 'lan', 'beside', 'lan' | Connect-ContainerNic -Namespace web2 -WarningVariable said -WarningAction SilentlyContinue
        $said | ForEach-Object { ($_ -split ' ')[0..3] -join ' ' } | Should -Be "web2/eth1 doesn't get the", 'web2/eth2 is in the', "web2/eth2 doesn't get the"
        ip -n web2 route show default | ForEach-Object Trim | Should -Be 'default via 10.1.0.3 dev eth0 proto static'
        Test-Ping web2 10.1.0.1 | Should -BeTrue
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Disable-HostAccess lan
        ip -n web1 route show default | ForEach-Object Trim | Should -Be 'default via 10.1.0.1 dev eth0 proto static'
        Test-ContainerNetwork | Should -BeNullOrEmpty
        ip address delete 10.1.0.1/24 dev eth0
    }

    It 'has routes to the addresses that it has now' {
        Set-HostAddress
        $null = Connect-ContainerNic lan web1
        $null = Enable-HostAccess lan
        Set-HostAddress -Do delete
        Set-HostAddress -Number 201
        $told = Test-ContainerNetwork
        "$($told.Kind) $($told.Name) $($told.Network): $($told.Expected) -> $($told.Actual)" |
            Should -Be 'HostAddressChanged eth0 lan: 10.1.0.201, fd01::201 -> 10.1.0.200, fd01::200'
        (Repair-ContainerNetwork).IsRepaired | Should -BeTrue
        Get-RouteToHost web1 | Should -Be '10.1.0.201 10.1.0.3', 'fd01::201 fd01::2'
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Test-BothWays web1
        ip -n web1 route delete 10.1.0.201
        Repair-ContainerNetwork | ForEach-Object { "$($_.Kind) $($_.Name) $($_.Expected) $($_.IsRepaired)" } |
            Should -Be 'RouteMissing web1/eth0 10.1.0.201/32 via 10.1.0.3 dev eth0 proto static True'
        Get-RouteToHost web1 | Should -Be '10.1.0.201 10.1.0.3', 'fd01::201 fd01::2'
    }

    It 'has routes to the addresses that it has when it is restored' {
        Set-HostAddress
        $null = Connect-ContainerNic lan web1, web2
        $null = Enable-HostAccess lan
        Set-HostAddress -Do delete
        Set-HostAddress -Number 201
        "$((Restore-ContainerNetwork -WhatIf).Result)" | Should -Be 'InPlace InPlace InPlace InPlace'
        Get-RouteToHost web1 | Should -Be '10.1.0.200 10.1.0.4', 'fd01::200 fd01::3'
        Restore-ContainerNetwork | Where-Object Result -EQ Restored | ForEach-Object { "$($_.Kind) $($_.Network)" } | Should -Be 'Nic lan'
        Get-RouteToHost web1 | Should -Be '10.1.0.201 10.1.0.4', 'fd01::201 fd01::3'
        Test-ContainerNetwork | Should -BeNullOrEmpty
        (Restore-ContainerNetwork).Result | Should -Be InPlace, InPlace, InPlace, InPlace
    }

    It 'has a route to each address of a container, and none besides' {
        $null = Connect-ContainerNic lan web1
        $null = Enable-HostAccess lan
        Get-HostRoute | Should -Be "10.1.0.2 $name", "fd01::1 $name"
        $null = Connect-ContainerNic lan web2 -IPAddress 10.1.0.77, 10.1.0.78
        $null = Connect-ContainerNic lan web3 -NoIPAddress
        Get-HostRoute | Should -Be "10.1.0.2 $name", "10.1.0.77 $name", "10.1.0.78 $name", "fd01::1 $name", "fd01::3 $name"
        Get-ContainerNic -Namespace web2 | Disconnect-ContainerNic
        Get-HostRoute | Should -Be "10.1.0.2 $name", "fd01::1 $name"
        Get-ContainerNic | Disconnect-ContainerNic
        Get-HostRoute | Should -BeNullOrEmpty
    }

    It 'answers for its address on that interface alone, and takes no router''s word' {
        $null = Enable-HostAccess lan
        Get-Content "/proc/sys/net/ipv4/conf/$name/arp_ignore", "/proc/sys/net/ipv6/conf/$name/accept_ra", "/proc/sys/net/ipv6/conf/$name/autoconf" |
            Should -Be 1, 0, 0
        $null = Connect-ContainerNic lan web1
        # Without a route through that interface, nothing answers for the host's own address.
        Set-HostAddress
        Test-Ping web1 10.1.0.200 -TimeoutSeconds 1 | Should -BeFalse
    }

    It 'has the lowest free address if that which is asked for is null' {
        "$((Enable-HostAccess lan -IPAddress $null).IPAddress)" | Should -Be '10.1.0.2/32 fd01::1/128'
        Disable-HostAccess lan
    }

    It 'has the addresses and the name that are asked for' {
        $access = $lan | Enable-HostAccess -IPAddress 10.1.0.50, fd01::50 -InterfaceName lan0
        "$($access.InterfaceName) $($access.IPAddress)" | Should -Be 'lan0 10.1.0.50/32 fd01::50/128'
        Get-IpAddress -Interface lan0 | Should -Be 10.1.0.50/32, fd01::50/128
        Get-Failure { Connect-ContainerNic lan web1 -IPAddress 10.1.0.50 } | ForEach-Object What | Should -Be "AddressInUse ResourceBusy 'web1'"
        Get-ContainerNic | Should -BeNullOrEmpty
    }

    It 'is no container: it shows with the network, and is not counted' {
        $null = Enable-HostAccess lan
        Get-ContainerNic | Should -BeNullOrEmpty
        $network = Get-ContainerNetwork lan
        "$($network.NicCount) $($network.HostAddress) $($network.Subnets.InUse)" | Should -Be '0 10.1.0.2 fd01::1 1 1'
        Remove-MacvlanNetwork lan
    }

    It 'stays as it is when it is enabled again, and when it is disabled again' {
        $first = Enable-HostAccess lan
        $index = (Get-IpLink $name).ifindex
        "$(Enable-HostAccess lan)" | Should -Be "$first"
        "$(Enable-HostAccess lan -IPAddress 10.1.0.2)" | Should -Be "$first"
        (Get-IpLink $name).ifindex | Should -Be $index
        $problem = Get-Failure { Enable-HostAccess lan -IPAddress 10.1.0.9 }
        $problem.What | Should -Be "HostAccessExists ResourceExists 'lan'"
        $problem.Message | Should -Be "The host already has access to network 'lan': $name, 10.1.0.2/32, fd01::1/128."
        Disable-HostAccess lan, lan
        (Get-IpLink).ifname | Should -Be lo, eth0
        (Get-ContainerNetwork lan).HostAddress | Should -BeNullOrEmpty
        Disable-HostAccess lan
    }

    It 'is an error for a network that there is not, but not for a pattern' {
        (Get-Failure { Enable-HostAccess nix }).What | Should -Be "NetworkNotFound ObjectNotFound 'nix'"
        (Get-Failure { Disable-HostAccess nix }).What | Should -Be "NetworkNotFound ObjectNotFound 'nix'"
        Enable-HostAccess nix* | Should -BeNullOrEmpty
    }

    It 'is refused in mode <Mode>, with the reason' -ForEach @(
        @{ Mode = 'Private'; Reason = '*interfaces of the parent can''t reach each other*' }
        @{ Mode = 'Vepa'; Reason = '*goes to the switch*' }
        @{ Mode = 'Passthru'; Reason = '*only one interface*' }
        @{ Mode = 'Source'; Reason = '*only to the wire*' }
    ) {
        Remove-MacvlanNetwork lan
        $senders = $Mode -eq 'Source' ? @{ AllowedMacAddress = '02-00-00-00-00-07' } : @{}
        $null = New-MacvlanNetwork lan eth0 -Mode $Mode @senders -Subnet 10.1.0.0/24
        foreach ($block in { Enable-HostAccess lan }, { Enable-HostAccess lan -WhatIf }) {
            $problem = Get-Failure $block
            $problem.What | Should -Be "HostAccessUnsuitable InvalidArgument 'lan'"
            $problem.Message | Should -BeLike $Reason
        }
    }

    It 'changes nothing with -WhatIf' {
        $null = Connect-ContainerNic lan web1
        $before = Get-Snapshot
        Enable-HostAccess lan -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot | Should -Be $before
        $null = Enable-HostAccess lan
        $before = Get-Snapshot
        Disable-HostAccess lan -WhatIf
        Get-Snapshot | Should -Be $before
    }

    It 'comes back after a reboot, with its address and routes' {
        Set-HostAddress
        $null = Connect-ContainerNic lan web1
        $null = Enable-HostAccess lan -IPAddress 10.1.0.50
        $null = Connect-ContainerNic lan web2
        $before = Get-HostRoute
        Restart-TestHost web1, web2, web3
        # The host gets another address than it had.
        Set-HostAddress -Number 201
        (Restore-ContainerNetwork lan).Result | Should -Be InPlace, Restored, Restored, Restored
        Get-IpAddress -Interface $name | Should -Be 10.1.0.50/32, fd01::2/128
        Get-HostRoute | Should -Be $before
        Get-RouteToHost web1 | Should -Be '10.1.0.201 10.1.0.50', 'fd01::201 fd01::2'
        Get-RouteToHost web2 | Should -Be '10.1.0.201 10.1.0.50', 'fd01::201 fd01::2'
        Test-BothWays web2
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'is compared and repaired like a NIC' {
        $null = Connect-ContainerNic lan web1
        $null = Enable-HostAccess lan
        ip route delete 10.1.0.2 dev $name
        Repair-ContainerNetwork | ForEach-Object { "$($_.Kind) $($_.Name) $($_.IsRepaired)" } | Should -Be "RouteMissing host/$name True"
        ip link delete $name
        Repair-ContainerNetwork | ForEach-Object { "$($_.Kind) $($_.Name) $($_.IsRepaired)" } | Should -Be "LinkMissing host/$name True"
        Get-HostRoute | Should -Be "10.1.0.2 $name", "fd01::1 $name"
        Test-BothWays web1
    }

    It 'has no route to a container that is gone' {
        $null = Enable-HostAccess lan
        ip netns add gone
        $null = Connect-ContainerNic lan gone
        Get-HostRoute | Should -HaveCount 2
        ip netns delete gone
        $null = Restore-ContainerNetwork
        Get-HostRoute | Should -BeNullOrEmpty
    }
}

Describe 'The host on <Kind>' -ForEach @(
    @{ Kind = 'an ipvlan network of mode L2'; Make = { New-IpvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 } }
    @{ Kind = 'an ipvlan network of mode L3'; Make = { New-IpvlanNetwork lan eth0 -Mode L3 -Subnet 10.1.0.0/24, fd01::/64 } }
    @{ Kind = 'an ipvlan network of mode L3S'; Make = { New-IpvlanNetwork lan eth0 -Mode L3S -Subnet 10.1.0.0/24, fd01::/64 } }
    @{ Kind = 'a macvlan network of its own'; Make = { New-MacvlanNetwork lan -Subnet 10.1.0.0/24, fd01::/64 } }
    @{ Kind = 'an ipvlan network on a VLAN'; Make = { New-IpvlanNetwork lan eth0.10 -Subnet 10.1.0.0/24, fd01::/64 } }
) {
    AfterEach { Clear-Network }

    It 'reaches its containers, and they it' {
        $network = & $Make
        Set-HostAddress $network.Parent
        $null = Connect-ContainerNic lan web1
        $null = Enable-HostAccess lan
        $null = Connect-ContainerNic lan web2
        Get-RouteToHost web1 | Should -HaveCount 2
        Get-RouteToHost web2 | Should -Be (Get-RouteToHost web1)
        Test-BothWays web1
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }
}

Describe 'The host on an ipvlan network' {
    AfterEach { Clear-Network }

    It 'is refused with flag <Flag>' -ForEach @{ Flag = 'Private' }, @{ Flag = 'Vepa' } {
        $null = New-IpvlanNetwork lan eth0 -Flag $Flag -Subnet 10.1.0.0/24
        (Get-Failure { Enable-HostAccess lan }).What | Should -Be "HostAccessUnsuitable InvalidArgument 'lan'"
    }
}
