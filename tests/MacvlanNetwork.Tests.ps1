# New-, Get- and Remove-MacvlanNetwork: the definition, the parent that it sits on, the addresses it hands out.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $null = New-NetworkNamespace web1, web2

    function Get-Default($fact) {
        # The default routes of a fact of Get-IpFact, as ip writes them.
        $fact.Defaults | ForEach-Object {
            "via $(Get-Text $_ gateway) dev $($_.dev)" + $(if (Get-Text $_ metric) { " metric $($_.metric)" })
        }
    }

    function Get-LinkText {
        # The host's links but lo and eth0, each with what it is and what it sits on.
        foreach ($link in Get-IpLink | Where-Object ifname -NotIn lo, eth0) {
            $settings = Get-Text $link.linkinfo info_data
            $state = if ($link.flags -contains 'UP') { 'up' } else { 'down' }
            if ($settings) { "$($link.ifname) on $($link.link): $($settings.protocol) id $($settings.id) $state" }
            else { "$($link.ifname): $($link.linkinfo.info_kind) $state" }
        }
    }
}

AfterAll { Clear-TestHost }

Describe 'New-MacvlanNetwork' {
    AfterEach {
        Remove-MacvlanNetwork * -Force
        Remove-IpvlanNetwork * -Force
    }

    Context 'on a link that exists' -Tag Native, Once {
        It 'makes a bridge network with the first address as gateway, and no link' {
            $before = Get-KernelText
            $network = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24
            $network | Should -BeOfType MacIpvlan.MacvlanNetwork
            "$network $($network.Kind) $($network.Mode) $($network.Parent)" | Should -Be 'front macvlan Bridge eth0'
            "$($network.Subnets.Subnet) $($network.Subnets.Gateway)" | Should -Be '192.168.50.0/24 192.168.50.1'
            "$($network.Subnets.IPRange)$($network.Subnets.ExcludedAddress)$($network.Mtu)$($network.RouteMetric)" |
                Should -BeExactly ''
            $network.Internal | Should -BeFalse
            $network.NicCount | Should -Be 0
            $network.Id | Should -Match '^[0-9a-f]{64}$'
            Get-KernelText | Should -Be $before
            (Get-MacvlanNetwork).Id | Should -Be $network.Id
        }

        It 'makes NICs of mode <Mode> in the kernel' -ForEach @(
            @{ Mode = 'Private' }, @{ Mode = 'Vepa' }, @{ Mode = 'Bridge' }, @{ Mode = 'Passthru' }
        ) {
            $network = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24 -Mode $Mode
            $null = Connect-ContainerNic front web1
            "$($network.Mode)" | Should -BeExactly $Mode
            $link = Get-IpLink eth0 -Namespace web1
            "$($link.linkinfo.info_kind) $($link.linkinfo.info_data.mode)" | Should -Be "macvlan $Mode"
            $link.flags | Should -Contain UP
        }

        It 'lets siblings reach each other in mode Bridge, and not in mode Private' {
            $null = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24
            $null = New-MacvlanNetwork lonely eth0 -Subnet 192.168.60.0/24 -Mode Private
            'web1', 'web2' | Connect-ContainerNic -Network front, lonely | Should -HaveCount 4
            Get-PingReply web1 192.168.50.3, 192.168.60.3 | Should -Be 192.168.50.3
        }

        It 'hands out <Addresses> of <Case>' -ForEach @(
            @{ Case = 'a range in CIDR notation'; Addresses = '192.168.50.128/24 192.168.50.129/24'
                With = @{ Subnet = '192.168.50.0/24'; IPRange = '192.168.50.128/25' } }
            @{ Case = 'a range from start to end'; Addresses = '192.168.50.100/24 192.168.50.101/24'
                With = @{ Subnet = '192.168.50.0/24'; IPRange = '192.168.50.100-192.168.50.101' } }
            @{ Case = 'two ranges'; Addresses = '192.168.50.7/24 192.168.50.200/24'
                With = @{ Subnet = '192.168.50.0/24'; IPRange = '192.168.50.200/30', '192.168.50.7-192.168.50.7' } }
            @{ Case = 'a subnet less single addresses'; Addresses = '192.168.50.3/24 192.168.50.5/24'
                With = @{ Subnet = '192.168.50.0/24'; ExcludeAddress = '192.168.50.2', '192.168.50.4' } }
            @{ Case = 'a subnet less ranges'; Addresses = '192.168.50.20/24 192.168.50.32/24'
                With = @{ Subnet = '192.168.50.0/24'
                    ExcludeAddress = '192.168.50.0/28', '192.168.50.16-192.168.50.19', '192.168.50.21-192.168.50.31' }
            }
            @{ Case = 'a subnet whose gateway is in the middle'; Addresses = '192.168.50.1/24 192.168.50.3/24'
                With = @{ Subnet = '192.168.50.0/24'; Gateway = '192.168.50.2' } }
            @{ Case = 'a subnet without a gateway'; Addresses = '192.168.50.1/24 192.168.50.2/24'
                With = @{ Subnet = '192.168.50.0/24'; NoGateway = $true } }
            @{ Case = 'a /31'; Addresses = '10.0.0.6/31 10.0.0.7/31'; With = @{ Subnet = '10.0.0.6/31'; NoGateway = $true } }
            @{ Case = 'an IPv6 subnet'; Addresses = 'fd18::1/64 fd18::2/64'; With = @{ Subnet = 'fd18::/64' } }
            @{ Case = 'an IPv6 subnet with gateway, exclusion and range'; Addresses = 'fd18::101/64 fd18::103/64'
                With = @{ Subnet = 'fd18::/64'; Gateway = 'fd18::100'; IPRange = 'fd18::100/120'; ExcludeAddress = 'fd18::102' } }
            @{ Case = 'a /127'; Addresses = 'fd18::/127 fd18::1/127'; With = @{ Subnet = 'fd18::/127' } }
            @{ Case = 'the second subnet when the first is full'; Addresses = '10.0.0.2/30 10.9.0.2/24'
                With = @{ Subnet = '10.0.0.0/30', '10.9.0.0/24' } }
        ) {
            $null = New-MacvlanNetwork front eth0 @With
            $nics = Connect-ContainerNic front web1, web2
            $facts = Get-IpFact web1, web2
            "$($facts.web1.Addresses) $($facts.web2.Addresses)" | Should -Be $Addresses
            "$($nics.IPAddress)" | Should -Be $Addresses
        }

        It 'gives each NIC an address and a default route of each family' {
            $network = New-MacvlanNetwork dual eth0 -Subnet 192.168.50.0/24, fd18::/64, 192.168.60.0/24 -Gateway fd18::1, 192.168.60.9
            "$($network.Subnets.Gateway)" | Should -Be '192.168.50.1 fd18::1 192.168.60.9'
            $null = Connect-ContainerNic dual web1
            $fact = (Get-IpFact web1).web1
            $fact.Addresses | Should -Be '192.168.50.2/24', 'fd18::2/64'
            Get-Default $fact | Sort-Object | Should -Be 'via 192.168.50.1 dev eth0', 'via fd18::1 dev eth0 metric 1024'
        }

        It 'sets no default route with -NoGateway, nor for IPv6 without a gateway' {
            $null = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24, fd18::/64 -NoGateway
            $null = Connect-ContainerNic front web1
            $fact = (Get-IpFact web1).web1
            $fact.Addresses | Should -Be '192.168.50.1/24', 'fd18::1/64'
            $fact.Defaults | Should -BeNullOrEmpty
        }

        It 'keeps a gateway that is given beside -NoGateway' {
            $network = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24, 192.168.60.0/24 -Gateway 192.168.60.1 -NoGateway
            $network.Subnets.ForEach({ "$($_.Gateway)" }) | Should -Be '', '192.168.60.1'
        }

        It 'sets -Mtu and -RouteMetric on NICs, and leaves the parent alone' {
            $network = New-MacvlanNetwork slim eth0 -Subnet 192.168.50.0/24, fd18::/64 -Gateway fd18::1 -Mtu 1400 -RouteMetric 77
            $network.Mtu, $network.RouteMetric | Should -Be 1400, 77
            (Connect-ContainerNic slim web1).Mtu | Should -Be 1400
            (Get-IpLink eth0 -Namespace web1).mtu | Should -Be 1400
            Get-Default (Get-IpFact web1).web1 | Sort-Object |
                Should -Be 'via 192.168.50.1 dev eth0 metric 77', 'via fd18::1 dev eth0 metric 77'
            (Get-IpLink eth0).mtu | Should -Be 1500
        }

        It 'takes the parent by an alternative name' {
            ip link property add dev eth0 altname uplink-of-this-host
            (New-MacvlanNetwork front uplink-of-this-host -Subnet 192.168.50.0/24).Parent | Should -Be eth0
            ip link property del dev eth0 altname uplink-of-this-host
        }

        It 'takes networks from the pipeline by property name, each with its own settings' {
            $made = @(
                [pscustomobject]@{ Name = 'one'; Parent = 'eth0'; Subnet = '192.168.50.0/24', 'fd18::/64'; Gateway = 'fd18::9'
                    IPRange = '192.168.50.64/26'; ExcludeAddress = '192.168.50.64'; Mode = 'Vepa'; Mtu = '1400'; RouteMetric = '5' }
                [pscustomobject]@{ Name = 'two'; Parent = 'eth0'; Subnet = '192.168.60.0/24'; NoGateway = $true }
            ) | New-MacvlanNetwork
            $one, $two = $made
            "$one $($one.Subnets) $($one.Subnets.Gateway) $($one.Mode) $($one.Mtu) $($one.RouteMetric)" |
                Should -Be 'one 192.168.50.0/24 fd18::/64 192.168.50.1 fd18::9 Vepa 1400 5'
            "$($one.Subnets[0].IPRange) $($one.Subnets[0].ExcludedAddress)" |
                Should -Be '192.168.50.64-192.168.50.127 192.168.50.64'
            "$two $($two.Subnets) $($two.Subnets.Gateway) $($two.Mode) $($two.Mtu) $($two.RouteMetric)" |
                Should -Be 'two 192.168.60.0/24  Bridge  '
        }

        It 'takes a switch that is <Case> for one that is off' -ForEach @(
            @{ Case = 'an empty cell'; Value = '' }, @{ Case = 'null'; Value = $null }, @{ Case = 'false'; Value = 'False' }
        ) {
            $row = [ordered]@{ Name = 'one'; Parent = 'eth0'; Subnet = '192.168.50.0/24' }
            'Internal', 'NoGateway', 'NoDefaultRoute', 'ProbeAddress' | ForEach-Object { $row[$_] = $Value }
            [pscustomobject]$row | New-MacvlanNetwork | ForEach-Object { "$($_.Internal) $($_.NoGateway) $($_.NoDefaultRoute) $($_.ProbeAddress)" } |
                Should -Be 'False False False False'
        }

        It 'refuses a route that is a hashtable without a destination' {
            { New-MacvlanNetwork one eth0 -Subnet 192.168.50.0/24 -Route @{ NextHop = '192.168.50.2' } -ErrorAction Stop } | Should -Throw 'A route has no destination.*'
            { New-MacvlanNetwork one eth0 -Subnet 192.168.50.0/24 -Route @{} -ErrorAction Stop } | Should -Throw 'A route has no destination.*'
        }

        It 'has NICs that are up and in order on the subnet <_>, whose addresses are not global' -ForEach 'fe80::/64', 'fec0::/64' {
            $null = New-MacvlanNetwork one eth0 -Subnet $_
            "$((Connect-ContainerNic one web1 -IPAddress " $($_ -replace '/64', '5')").State)" | Should -Be Up
            "$((Get-ContainerNic one).State) $((Get-ContainerNic one).IPAddress)" | Should -Be "Up $($_ -replace '/64', '5/64')"
            Test-ContainerNetwork one | Should -BeNullOrEmpty
            Remove-MacvlanNetwork one -Force
        }

        It 'passes over no property of what is piped that it cannot read: <Property>' -ForEach @(
            @{ Property = 'Gateway' }, @{ Property = 'IPRange' }, @{ Property = 'ExcludeAddress' }, @{ Property = 'Route' }
            @{ Property = 'AllowedMacAddress' }, @{ Property = 'VlanId' }, @{ Property = 'Mtu' }
            @{ Property = 'BroadcastQueueLength' }, @{ Property = 'Mode' }
        ) {
            $wrong = [pscustomobject]@{ Name = 'one'; Parent = 'eth0'; Subnet = '192.168.50.0/24'; $Property = '192.168.x' }
            $empty = [pscustomobject]@{ Name = 'two'; Parent = 'eth0'; Subnet = '192.168.60.0/24'; $Property = $null }
            (Get-Failure { $wrong, $empty | New-MacvlanNetwork }).Message | Should -BeLike "*'$Property'*192.168.x*"
            (Get-ContainerNetwork).Name | Should -Be two
        }

        It 'goes on behind a network that cannot be made' {
            $networks = 'eth0', 'eth7', 'eth0' | ForEach-Object { $number = 50 } {
                [pscustomobject]@{ Name = "net$number"; Parent = $_; Subnet = "192.168.$number.0/24" }
                $number++
            }
            $problem = Get-Failure { $networks | New-MacvlanNetwork }
            $problem.What | Should -Be "ParentNotFound ObjectNotFound 'net51'"
            (Get-MacvlanNetwork).Name | Should -Be net50, net52
        }

        It 'changes nothing with -WhatIf' {
            $before = Get-Snapshot
            New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24 -WhatIf | Should -BeNullOrEmpty
            New-MacvlanNetwork trunk eth0.10.20 -Subnet 192.168.60.0/24 -WhatIf | Should -BeNullOrEmpty
            New-MacvlanNetwork alone -Subnet 192.168.70.0/24 -WhatIf | Should -BeNullOrEmpty
            Get-Snapshot | Should -Be $before
        }

        It 'asks nothing with -Confirm:$false' {
            $ConfirmPreference = 'Low'
            New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24 -Confirm:$false | Should -HaveCount 1
            Remove-MacvlanNetwork front -Confirm:$false
            Get-MacvlanNetwork | Should -BeNullOrEmpty
        }
    }

    Context 'beside another network' -Tag Native, Once {
        BeforeAll {
            ip link add br0 type bridge
            ip link set br0 up
        }

        AfterAll { ip link delete dev br0 }

        It 'shares the addresses of an equal subnet on the same parent' {
            $null = New-MacvlanNetwork one eth0 -Subnet 192.168.50.0/24 -ExcludeAddress 192.168.50.3
            $null = New-MacvlanNetwork two eth0 -Subnet 192.168.50.0/24 -Gateway 192.168.50.4
            "$((Connect-ContainerNic one web1).IPAddress)" | Should -Be '192.168.50.2/24'
            "$((Connect-ContainerNic two web2).IPAddress)" |
                Should -Be '192.168.50.5/24' -Because 'others are taken by network one'
            $problem = Get-Failure { Connect-ContainerNic two web2 -IPAddress 192.168.50.2 }
            $problem.What | Should -Be "AddressInUse ResourceBusy 'web2'"
            $problem.Message | Should -BeLike "*192.168.50.2*'one'*web1*"
        }

        It 'withholds the gateway of a network that shares its addresses' {
            $null = New-MacvlanNetwork one eth0 -Subnet 192.168.50.0/24
            $null = New-MacvlanNetwork two eth0 -Subnet 192.168.50.0/24 -Gateway 192.168.50.9
            $null = Connect-ContainerNic one web1 -IPAddress 192.168.50.2, 192.168.50.3, 192.168.50.4, 192.168.50.5, 192.168.50.6, 192.168.50.7, 192.168.50.8
            "$((Connect-ContainerNic one web2).IPAddress)" | Should -Be '192.168.50.10/24'
        }

        It 'keeps equal subnets on different parents apart' {
            $null = New-MacvlanNetwork one eth0 -Subnet 192.168.50.0/24
            $null = New-MacvlanNetwork two br0 -Subnet 192.168.50.0/24
            "$((Connect-ContainerNic one web1).IPAddress) $((Connect-ContainerNic two web2).IPAddress)" |
                Should -Be '192.168.50.2/24 192.168.50.2/24'
        }

        It 'refuses a subnet that partly overlaps <Other>' -ForEach @(
            @{ Other = '192.168.48.0/20'; Subnet = '192.168.50.0/24' }
            @{ Other = '192.168.50.128/25'; Subnet = '192.168.50.0/24' }
            @{ Other = 'fd18::/48'; Subnet = '192.168.50.0/24', 'fd18:0:0:5::/64' }
        ) {
            $null = New-MacvlanNetwork one eth0 -Subnet 10.1.0.0/16, $Other
            $before = Get-Snapshot
            $problem = Get-Failure { New-MacvlanNetwork two eth0 -Subnet $Subnet }
            $problem.What | Should -Be "SubnetOverlap InvalidArgument 'two'"
            $problem.Message | Should -BeLike "*'two'*$Other*'one'*eth0*"
            Get-Snapshot | Should -Be $before
            New-MacvlanNetwork two br0 -Subnet $Subnet | Should -HaveCount 1 -Because 'another parent is another wire'
        }

        It 'refuses a network beside one of mode Passthru' -ForEach @(
            @{ First = 'Passthru'; Second = 'Bridge' }, @{ First = 'Bridge'; Second = 'Passthru' }
            @{ First = 'Passthru'; Second = 'Passthru' }
        ) {
            $null = New-MacvlanNetwork one eth0 -Subnet 192.168.50.0/24 -Mode $First
            $before = Get-Snapshot
            $problem = Get-Failure { New-MacvlanNetwork two eth0 -Subnet 192.168.60.0/24 -Mode $Second }
            $problem.What | Should -Be "ParentInUse ResourceBusy 'two'"
            $problem.Message | Should -BeLike "*'two'*eth0*'one'*Passthru*"
            Get-Snapshot | Should -Be $before
        }

        It 'allows networks of modes that go together' {
            $networks = 'Private', 'Vepa', 'Bridge' | ForEach-Object { $number = 1 } {
                New-MacvlanNetwork $_ eth0 -Subnet "192.168.$number.0/24" -Mode $_
                $number++
            }
            $networks | Connect-ContainerNic -Namespace web1 | Should -HaveCount 3
        }

        It 'warns of an ipvlan network on the same parent, and makes the network' {
            $null = New-IpvlanNetwork other eth0 -Subnet 192.168.60.0/24
            $network = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24 -WarningVariable warnings -WarningAction SilentlyContinue
            $network.Parent | Should -Be eth0
            $warnings | Should -HaveCount 1
            "$warnings" | Should -BeLike "*eth0*ipvlan*'other'*'front'*"
        }
    }

    Context 'on a VLAN' {
        AfterEach {
            # What a failed test left would fail the next ones.
            Get-IpLink | Where-Object ifname -NotIn lo, eth0 | ForEach-Object { ip link delete dev $_.ifname 2>$null }
        }

        It 'makes it of <Form>, and removes it with the network' -ForEach @(
            @{ Form = 'eth0.50'; With = @{ Parent = 'eth0.50' } }
            @{ Form = 'eth0:50'; With = @{ Parent = 'eth0:50' } }
            @{ Form = 'eth0 and an id'; With = @{ Parent = 'eth0'; VlanId = 50 } }
        ) {
            (New-MacvlanNetwork front -Subnet 192.168.50.0/24 @With).Parent | Should -Be eth0.50
            Get-LinkText | Should -Be 'eth0.50 on eth0: 802.1Q id 50 up'
            Remove-MacvlanNetwork front
            Get-LinkText | Should -BeNullOrEmpty
        }

        It 'reaches the same VLAN on the wire, and no other' {
            'link add link eth0 name eth0.50 type vlan id 50', 'address add 192.168.50.1/24 dev eth0.50', 'link set eth0.50 up' |
                ip -n wire -batch -
            New-MacvlanNetwork right eth0.50 -Subnet 192.168.50.0/24 | Connect-ContainerNic -Namespace web1
            New-MacvlanNetwork wrong eth0.60 -Subnet 192.168.50.0/24 | Connect-ContainerNic -Namespace web2
            $answers = Test-PingMany ('web1', 'web2' | ForEach-Object { [pscustomobject]@{ From = $_; To = '192.168.50.1' } })
            $answers.Keys | Should -Be 'web1 192.168.50.1'
            ip -n wire link delete dev eth0.50
        }

        It 'uses one that exists under another name for <Form>, and leaves it' -ForEach @(
            @{ Form = 'eth0.50'; With = @{ Parent = 'eth0.50' } }
            @{ Form = 'eth0:50'; With = @{ Parent = 'eth0:50' } }
            @{ Form = 'eth0 and an id'; With = @{ Parent = 'eth0'; VlanId = 50 } }
            @{ Form = 'its name'; With = @{ Parent = 'storage' } }
        ) {
            ip link add link eth0 name storage type vlan id 50
            ip link set storage up
            (New-MacvlanNetwork front -Subnet 192.168.50.0/24 @With).Parent | Should -Be storage
            $null = Connect-ContainerNic front web1
            (Get-IpLink eth0 -Namespace web1).link_index | Should -Be (Get-IpLink storage).ifindex
            Remove-MacvlanNetwork front -Force
            Get-LinkText | Should -Be 'storage on eth0: 802.1Q id 50 up'
        }

        It 'tells VLANs of 802.1Q and 802.1ad with one id apart' {
            ip link add link eth0 name service type vlan protocol 802.1ad id 50
            (New-MacvlanNetwork front eth0:50 -Subnet 192.168.50.0/24).Parent | Should -Be eth0.50
            Get-LinkText | Should -Be 'service on eth0: 802.1ad id 50 down', 'eth0.50 on eth0: 802.1Q id 50 up'
        }

        It 'takes a link with a dot in its name for what it is' {
            ip link add lan.7 type dummy
            ip link set lan.7 up
            (New-MacvlanNetwork whole lan.7 -Subnet 192.168.7.0/24).Parent | Should -Be lan.7
            (New-MacvlanNetwork part lan.7.50 -Subnet 192.168.50.0/24).Parent | Should -Be lan.7.50
            Get-LinkText | Should -Be 'lan.7: dummy up', 'lan.7.50 on lan.7: 802.1Q id 50 up'
            Remove-MacvlanNetwork whole, part
            Get-LinkText | Should -Be 'lan.7: dummy up'
        }

        It 'makes a VLAN in a VLAN, up from the bottom, and removes both with the last network (<Form>)' -ForEach @(
            @{ Form = 'eth0.10.20'; With = @{ Parent = 'eth0.10.20' } }
            @{ Form = 'eth0.10:20'; With = @{ Parent = 'eth0.10:20' } }
            @{ Form = 'eth0.10 and an id'; With = @{ Parent = 'eth0.10'; VlanId = 20 } }
        ) {
            $steps = New-MacvlanNetwork front -Subnet 192.168.20.0/24 @With -Verbose -WarningVariable warnings 4>&1 3>$null |
                Where-Object { "$_" -like 'ip link add*' }
            $steps | ForEach-Object { "$_" } | Should -Be @(
                'ip link add link eth0 name eth0.10 group 7170422 type vlan id 10', 'ip link add link eth0.10 name eth0.10.20 group 7170422 type vlan id 20')
            Get-LinkText | Should -Be 'eth0.10 on eth0: 802.1Q id 10 up', 'eth0.10.20 on eth0.10: 802.1Q id 20 up'
            $warnings | Should -BeNullOrEmpty
            Remove-MacvlanNetwork front
            Get-LinkText | Should -BeNullOrEmpty
        }

        It 'removes VLANs with their last network when <First> is removed first' -ForEach @(
            @{ First = 'outer'; Then = 'eth0.10', 'eth0.10.20'; Second = 'inner' }
            @{ First = 'inner'; Then = , 'eth0.10'; Second = 'outer' }
        ) {
            $null = New-MacvlanNetwork inner eth0.10.20 -Subnet 192.168.20.0/24 -WarningAction Ignore
            $null = New-MacvlanNetwork outer eth0.10 -Subnet 192.168.10.0/24
            Remove-MacvlanNetwork $First
            Get-LinkText | ForEach-Object { ($_ -split ' ')[0] } | Should -Be $Then
            Remove-MacvlanNetwork $Second
            Get-LinkText | Should -BeNullOrEmpty
        }

        It 'keeps a VLAN until the last of its networks is gone, whatever their kind' {
            $null = New-MacvlanNetwork one eth0.50 -Subnet 192.168.50.0/24
            $null = New-IpvlanNetwork two eth0:50 -Subnet 192.168.60.0/24 -WarningAction Ignore
            Remove-MacvlanNetwork one
            Get-LinkText | Should -Be 'eth0.50 on eth0: 802.1Q id 50 up'
            Remove-IpvlanNetwork two
            Get-LinkText | Should -BeNullOrEmpty
        }

        It 'makes it down on a parent that is down, with a warning' {
            ip link set eth0 down
            $null = New-MacvlanNetwork front eth0.50 -Subnet 192.168.50.0/24 -WarningVariable warnings -WarningAction SilentlyContinue
            $links = Get-LinkText
            ip link set eth0 up
            $links | Should -Be 'eth0.50 on eth0: 802.1Q id 50 down'
            "$warnings" | Should -BeLike '*eth0.50*down*eth0 *down*'
        }

        It 'makes nothing where another link has the name' {
            ip link add eth0.50 type dummy
            $before = Get-Snapshot
            (Get-Failure { New-MacvlanNetwork front eth0:50 -Subnet 192.168.50.0/24 }).What |
                Should -Match "^(InterfaceExists|EEXIST) ResourceExists 'front'$"
            Get-Snapshot | Should -Be $before
        }

        It 'shows each step with -Verbose' {
            $steps = New-MacvlanNetwork front eth0.50 -Subnet 192.168.50.0/24 -Verbose 4>&1 |
                Where-Object { $_ -is [Management.Automation.VerboseRecord] } | ForEach-Object { "$_" }
            $steps | Should -Contain 'ip link add link eth0 name eth0.50 group 7170422 type vlan id 50'
            $steps | Where-Object { $_ -like 'ip link set dev eth0.50*up' } | Should -HaveCount 1
            $removal = Remove-MacvlanNetwork front -Verbose 4>&1 | ForEach-Object { "$_" }
            $removal | Should -Contain 'ip link delete dev eth0.50'
        }
    }

    Context 'without a parent' {
        It 'makes a dummy named after the network: <Case>' -ForEach @(
            @{ Case = 'no parent'; With = @{} }
            @{ Case = '-Internal'; With = @{ Internal = $true } }
        ) {
            $network = New-MacvlanNetwork alone -Subnet 192.168.50.0/24, fd18::/64 @With
            $network.Internal | Should -BeTrue
            $network.Parent | Should -Be "dm-$($network.Id.Substring(0, 12))"
            Get-LinkText | Should -Be "$($network.Parent): dummy up"
            Remove-MacvlanNetwork alone
            Get-LinkText | Should -BeNullOrEmpty
        }

        It 'makes one too small for IPv6' {
            $null = New-MacvlanNetwork small -Subnet 10.1.0.0/24 -Mtu 1000
            (Connect-ContainerNic small web1).Mtu | Should -Be 1000
            Remove-MacvlanNetwork small -Force
        }

        It 'joins its NICs, and nothing else: no default route' {
            ip -n wire address add 192.168.50.1/24 dev eth0
            $null = New-MacvlanNetwork alone -Internal -Subnet 192.168.50.0/24, fd18::/64 -Gateway fd18::1 -Mtu 9000
            $null = Connect-ContainerNic alone web1, web2
            $facts = Get-IpFact web1, web2
            $facts.web1.Addresses + $facts.web2.Addresses |
                Should -Be '192.168.50.2/24', 'fd18::2/64', '192.168.50.3/24', 'fd18::3/64'
            $facts.web1.Defaults | Should -BeNullOrEmpty
            (Get-IpLink eth0 -Namespace web1).mtu | Should -Be 9000
            Get-PingReply web1 192.168.50.3, fd18::3, 192.168.50.1 -Attempts 2 | Should -Be 192.168.50.3, fd18::3
            ip -n wire address flush dev eth0
            Remove-MacvlanNetwork alone -Force
        }
    }

    Context '-Internal with a parent' {
        It 'is on that parent, without a default route' {
            ip -n wire address add 192.168.50.1/24 dev eth0
            $network = New-MacvlanNetwork inside eth0 -Internal -Subnet 192.168.50.0/24, fd18::/64 -Gateway fd18::1
            "$($network.Parent) $($network.Internal) $($network.Gateway)" | Should -Be 'eth0 True 192.168.50.1 fd18::1'
            $null = Connect-ContainerNic inside web1, web2
            $facts = Get-IpFact web1, web2
            # Gateways are reserved, though no route leads to them: they are the wire's.
            $facts.web1.Addresses | Should -Be '192.168.50.2/24', 'fd18::2/64'
            $facts.web1.Defaults | Should -BeNullOrEmpty
            Get-PingReply web1 192.168.50.3, 192.168.50.1 -Attempts 2 | Should -Be 192.168.50.3, 192.168.50.1
            Test-ContainerNetwork inside | Should -BeNullOrEmpty
            $text = Export-ContainerNetwork inside
            ($text | Import-ContainerNetwork).Result | Should -Be InPlace
            Remove-MacvlanNetwork inside -Force
            Get-LinkText | Should -BeNullOrEmpty
            ($text | Import-ContainerNetwork).Result | Should -Be Created
            "$((Get-MacvlanNetwork inside).Parent) $((Get-MacvlanNetwork inside).Internal)" | Should -Be 'eth0 True'
            Remove-MacvlanNetwork inside
            ip -n wire address flush dev eth0
        }

        It 'makes the VLAN, and removes it' {
            (New-MacvlanNetwork inside eth0 -VlanId 50 -Internal -Subnet 192.168.50.0/24).Parent | Should -Be eth0.50
            Remove-MacvlanNetwork inside
            Get-LinkText | Should -BeNullOrEmpty
        }
    }
}

Describe 'New-MacvlanNetwork, asked for what cannot be' -Tag Native, Once {
    BeforeAll {
        'link add br0 type bridge', 'link add port0 type veth peer name port1', 'link set port0 master br0',
        'link add a-long-linkname type bridge', 'link add mv0 link port1 type macvlan' | ip -batch -
        $null = New-MacvlanNetwork Taken eth0 -Subnet 10.1.0.0/16
        $before = Get-Snapshot
        $textBefore = Get-KernelText
    }

    AfterAll {
        Remove-MacvlanNetwork Taken
        'link delete dev mv0', 'link delete dev port0', 'link delete dev br0', 'link delete dev a-long-linkname' | ip -batch -
    }

    AfterEach { Get-Snapshot | Should -Be $before }

    It 'refuses as parent <Case>: <Parent>' -ForEach @(
        @{ Case = 'a link that is not there'; Parent = 'eth7'; What = "ParentNotFound ObjectNotFound"; Says = "*'eth7'*" }
        @{ Case = 'a VLAN of a link that is not there'; Parent = 'eth7.50'
            What = 'ParentNotFound ObjectNotFound'; Says = "*'eth7'*" }
        @{ Case = 'a VLAN of a link that is not there'; Parent = 'eth7:50'
            What = 'ParentNotFound ObjectNotFound'; Says = "*'eth7:50'*'eth7'*" }
        @{ Case = 'a name too long for a link'; Parent = 'a-name-beyond-15'
            What = 'ParentNotFound ObjectNotFound'; Says = '*a-name-beyond-15*' }
        @{ Case = 'a VLAN of no link'; Parent = ':50'; What = 'ParentNotFound ObjectNotFound'; Says = '*no link*' }
        @{ Case = 'a VLAN of no link'; Parent = '.50'; What = 'ParentNotFound ObjectNotFound'; Says = "*'.50'*" }
        @{ Case = 'loopback'; Parent = 'lo'; What = 'ParentUnsuitable InvalidArgument'; Says = '*lo*loopback*' }
        @{ Case = 'a VLAN on loopback'; Parent = 'lo.50'; What = 'ParentUnsuitable InvalidArgument'; Says = '*lo*loopback*' }
        @{ Case = 'a bridge port'; Parent = 'port0'
            What = 'ParentUnsuitable InvalidArgument'; Says = '*port0*port*bridge*br0*' }
        @{ Case = 'a macvlan link'; Parent = 'mv0'; What = 'ParentUnsuitable InvalidArgument'; Says = '*mv0*macvlan*' }
        @{ Case = 'a VLAN without id'; Parent = 'eth0.'
            What = 'InvalidVlanId InvalidArgument'; Says = "*'eth0.'*1 to 4094*" }
        @{ Case = 'a VLAN with id 0'; Parent = 'eth0.0'
            What = 'InvalidVlanId InvalidArgument'; Says = "*'eth0.0'*1 to 4094*" }
        @{ Case = 'a VLAN with id 4095'; Parent = 'eth0.4095'
            What = 'InvalidVlanId InvalidArgument'; Says = "*4095*'eth0.4095'*1 to 4094*" }
        @{ Case = 'a VLAN with letters for an id'; Parent = 'eth0.abc'
            What = 'InvalidVlanId InvalidArgument'; Says = "*abc*'eth0.abc'*1 to 4094*" }
        @{ Case = 'a VLAN with id -5'; Parent = 'eth0.-5'; What = 'InvalidVlanId InvalidArgument'; Says = '*-5*1 to 4094*' }
        @{ Case = 'a VLAN without id'; Parent = 'eth0:'
            What = 'InvalidVlanId InvalidArgument'; Says = "*'eth0:'*1 to 4094*" }
        @{ Case = 'a VLAN with id 4095'; Parent = 'eth0:4095'
            What = 'InvalidVlanId InvalidArgument'; Says = '*4095*1 to 4094*' }
        @{ Case = 'a VLAN whose name would be too long'; Parent = 'a-long-linkname:50'
            What = 'InvalidName InvalidArgument'; Says = '*a-long-linkname.50*15*' }
    ) {
        $problem = Get-Failure { New-MacvlanNetwork bad $Parent -Subnet 192.168.50.0/24 }
        $problem.What | Should -Be "$What 'bad'"
        $problem.Message | Should -BeLike $Says
    }

    It 'says how to name a VLAN whose name would be too long' {
        (Get-Failure { New-MacvlanNetwork bad a-long-linkname:50 -Subnet 192.168.50.0/24 }).Action |
            Should -BeLike '*Add-VlanSubInterface -Parent a-long-linkname -VlanId 50 -Name*'
    }

    It 'refuses <Case>' -ForEach @(
        @{ Case = 'VLAN id 0'; What = 'InvalidVlanId InvalidArgument'; With = @{ Parent = 'eth0'; VlanId = 0 } }
        @{ Case = 'VLAN id 4095'; What = 'InvalidVlanId InvalidArgument'; With = @{ Parent = 'eth0'; VlanId = 4095 } }
        @{ Case = 'VLAN id -1'; What = 'InvalidVlanId InvalidArgument'; With = @{ Parent = 'eth0'; VlanId = -1 } }
        @{ Case = 'a VLAN id without a parent'; What = 'InvalidParameter InvalidArgument'; With = @{ VlanId = 50 } }
        @{ Case = 'a loopback subnet'; What = 'InvalidAddress InvalidArgument'; With = @{ Subnet = '127.0.0.0/24' } }
        @{ Case = 'a multicast subnet'; What = 'InvalidAddress InvalidArgument'; With = @{ Subnet = '224.1.0.0/16' } }
        @{ Case = 'an IPv6 multicast subnet'; What = 'InvalidAddress InvalidArgument'; With = @{ Subnet = 'ff02::/64' } }
        @{ Case = 'subnets that overlap'; What = 'SubnetOverlap InvalidArgument'
            With = @{ Subnet = '10.9.0.0/16', '10.9.9.0/24' } }
        @{ Case = 'the same subnet twice'
            What = 'SubnetOverlap InvalidArgument'; With = @{ Subnet = '10.9.0.0/16', '10.9.0.0/16' } }
        @{ Case = 'a gateway outside'; What = 'InvalidAddress InvalidArgument'; With = @{ Gateway = '192.168.51.1' } }
        @{ Case = 'a gateway of another family'; What = 'InvalidAddress InvalidArgument'; With = @{ Gateway = 'fd18::1' } }
        @{ Case = 'the network address as gateway'
            What = 'InvalidAddress InvalidArgument'; With = @{ Gateway = '192.168.50.0' } }
        @{ Case = 'the broadcast address as gateway'
            What = 'InvalidAddress InvalidArgument'; With = @{ Gateway = '192.168.50.255' } }
        @{ Case = 'two gateways for a subnet'
            What = 'InvalidAddress InvalidArgument'; With = @{ Gateway = '192.168.50.1', '192.168.50.2' } }
        @{ Case = 'a range outside'; What = 'InvalidAddress InvalidArgument'; With = @{ IPRange = '192.168.51.0/25' }; Says = '*192.168.51.0/25 *192.168.50.0/24*' }
        @{ Case = 'a range that is partly outside'
            What = 'InvalidAddress InvalidArgument'; With = @{ IPRange = '192.168.50.200-192.168.51.10' } }
        @{ Case = 'a range wider than the subnet'
            What = 'InvalidAddress InvalidArgument'; With = @{ IPRange = '192.168.0.0/16' } }
        @{ Case = 'an excluded address outside'
            What = 'InvalidAddress InvalidArgument'; With = @{ ExcludeAddress = '192.168.51.9' } }
        @{ Case = 'an excluded range outside'
            What = 'InvalidAddress InvalidArgument'; With = @{ ExcludeAddress = '192.168.49.250-192.168.50.3' } }
        @{ Case = 'an MTU below 68'; What = 'InvalidParameter InvalidArgument'; With = @{ Mtu = 67 } }
        @{ Case = 'an MTU below that of IPv6'
            What = 'InvalidParameter InvalidArgument'; With = @{ Subnet = 'fd18::/64'; Mtu = 1279 } }
        @{ Case = 'an MTU beyond 65535'; What = 'InvalidParameter InvalidArgument'; With = @{ Mtu = 65536 } }
        @{ Case = 'a subnet that overlaps that of a network'
            What = 'SubnetOverlap InvalidArgument'; With = @{ Parent = 'eth0'; Subnet = '10.1.2.0/24' } }
    ) {
        if (-not $With.Subnet) { $With.Subnet = '192.168.50.0/24' }
        (Get-Failure { New-MacvlanNetwork bad @With }).What | Should -Be "$What 'bad'"
    }

    It "refuses the name '<Name>'" -ForEach @(
        @{ Name = 'Taken'; What = 'NetworkExists ResourceExists' }
        @{ Name = 'tAKEN'; What = 'NetworkExists ResourceExists' }
        @{ Name = 'a b'; What = 'InvalidName InvalidArgument' }
        @{ Name = 'a/b'; What = 'InvalidName InvalidArgument' }
        @{ Name = '-a'; What = 'InvalidName InvalidArgument' }
        @{ Name = 'a*'; What = 'InvalidName InvalidArgument' }
        @{ Name = 'x' * 65; What = 'InvalidName InvalidArgument' }
    ) {
        (Get-Failure { New-MacvlanNetwork $Name eth0 -Subnet 192.168.50.0/24 }).What | Should -Be "$What '$Name'"
    }

    It 'refuses to bind <Case>, and says why' -ForEach @(
        @{ Case = 'a subnet with host bits'
            With = @{ Subnet = '192.168.50.7/24' }; Says = '*192.168.50.7/24*host bits*192.168.50.0/24*' }
        @{ Case = 'an IPv6 subnet with host bits'
            With = @{ Subnet = 'fd18::7/64' }; Says = '*fd18::7/64*host bits*fd18::/64*' }
        @{ Case = 'a subnet without a length'; With = @{ Subnet = '192.168.50.0' }; Says = '*192.168.50.0*prefix length*' }
        @{ Case = 'a subnet with a length beyond 32'; With = @{ Subnet = '192.168.50.0/33' }; Says = '*33*' }
        @{ Case = 'a subnet that is no address'
            With = @{ Subnet = '192.168.500.0/24' }; Says = '*192.168.500.0*not an IPv4 or IPv6 address*' }
        @{ Case = 'a range that ends before it starts'
            With = @{ Subnet = '192.168.50.0/24'; IPRange = '192.168.50.9-192.168.50.7' }; Says = '*ends before it starts*' }
        @{ Case = 'a gateway that is no address'
            With = @{ Subnet = '192.168.50.0/24'; Gateway = 'first' }; Says = "*'Gateway'*first*" }
        @{ Case = 'a gateway in less than four parts'
            With = @{ Subnet = '192.168.50.0/24'; Gateway = '192.168.50' }; Says = "*'Gateway'*'192.168.50' is not an IPv4 or IPv6 address*" }
        @{ Case = 'a gateway that is a number'
            With = @{ Subnet = '192.168.50.0/24'; Gateway = 3232248321 }; Says = '*3232248321*not an IPv4 or IPv6 address*' }
        @{ Case = 'a gateway with a scope'
            With = @{ Subnet = 'fd18::/64'; Gateway = [ipaddress]'fe80::1%3'; OnLinkGateway = $true }; Says = '*fe80::1%3*scope id*' }
        @{ Case = 'a list with nothing in it'
            With = @{ Subnet = '192.168.50.0/24'; Route = @($null) }; Says = "*'Route'*null*" }
        @{ Case = 'an unknown mode'; With = @{ Subnet = '192.168.50.0/24'; Mode = 'L2' }
            Says = '*L2*Private*Vepa*Bridge*Passthru*' }
        @{ Case = 'a negative metric'; With = @{ Subnet = '192.168.50.0/24'; RouteMetric = -1 }; Says = 'RouteMetric can''t be negative*' }
        @{ Case = 'an empty parent'; With = @{ Subnet = '192.168.50.0/24'; Parent = '' }; Says = "*'Parent'*empty*" }
    ) {
        $problem = Get-Failure { New-MacvlanNetwork bad @With }
        $problem.What | Should -Match '^(CannotConvertArgument|ParameterArgument|InvalidParameter)'
        $problem.Message | Should -BeLike $Says
    }

    It 'has left the kernel as it was' {
        Get-KernelText | Should -Be $textBefore
        (Get-MacvlanNetwork).Name | Should -Be Taken
    }
}

Describe 'Get-MacvlanNetwork' -Tag Native, Once {
    BeforeAll {
        $null = New-MacvlanNetwork Front eth0 -Subnet 192.168.50.0/24
        $null = New-MacvlanNetwork back eth0 -Subnet 192.168.51.0/24, 192.168.216.0/24, fd18:1234:5678:216::/64
        $null = New-IpvlanNetwork other eth0 -Subnet 192.168.52.0/24 -WarningAction Ignore
        $null = Connect-ContainerNic front web1
    }

    AfterAll {
        Remove-MacvlanNetwork * -Force
        Remove-IpvlanNetwork *
    }

    It 'lists macvlan networks alone, by name, with the number of their NICs' {
        Get-MacvlanNetwork | ForEach-Object { "$_ $($_.NicCount)" } | Should -Be 'back 0', 'Front 1'
    }

    It 'finds <Names> as <Found>' -ForEach @(
        @{ Names = 'front'; Found = 'Front' }
        @{ Names = 'BACK', 'front'; Found = 'back Front' }
        @{ Names = 'f*'; Found = 'Front' }
        @{ Names = '*', 'back'; Found = 'back Front' }
        @{ Names = 'z*'; Found = '' }
    ) {
        "$(Get-MacvlanNetwork $Names)" | Should -Be $Found
        "$($Names | Get-MacvlanNetwork | ForEach-Object Name | Select-Object -Unique)" | Should -Be $Found
    }

    It 'takes networks as objects and rows, but no other object that has a name' {
        [pscustomobject]@{ Name = 'back'; Subnet = '10.0.0.0/8' } | Get-MacvlanNetwork | Should -HaveCount 1
        Get-Failure { [pscustomobject]@{ Name = 'back'; Path = '/run/netns/back' } | Get-MacvlanNetwork } | ForEach-Object What |
            Should -BeLike 'InputObjectNotBound *'
        Get-ContainerNetwork Front | Get-MacvlanNetwork | ForEach-Object Name | Should -Be Front
    }

    It 'finds networks by parent' {
        Get-MacvlanNetwork -Parent e* | Should -HaveCount 2
        Get-MacvlanNetwork -Parent eth0.50 | Should -BeNullOrEmpty
    }

    It 'reports a name that no macvlan network has, and goes on' -ForEach @{ Name = 'nosuch' }, @{ Name = 'other' } {
        (Get-Failure { Get-MacvlanNetwork $Name }).What | Should -Be "NetworkNotFound ObjectNotFound '$Name'"
        (Get-MacvlanNetwork $Name, front -ErrorAction Ignore).Name | Should -Be Front
    }

    It 'shows a table that fits 80 columns' {
        $lines = (Get-MacvlanNetwork | Out-String -Width 80) -split '\r?\n'
        $lines | Where-Object { $_ } | Select-Object -First 1 | Should -Match '^Name +Kind +Mode +Parent +NICs +Subnets'
        $lines | Where-Object { $_.Length -gt 80 } | Should -BeNullOrEmpty
        $text = $lines -join "`n"
        $text | Should -Not -Match '…|\.\.\.'
        $text | Should -Match '(?m)^Front +macvlan +Bridge +eth0 +1 192\.168\.50\.0/24 *$'
        '192.168.51.0/24', '192.168.216.0/24', 'fd18:1234:5678:216::/64' | ForEach-Object { $text | Should -BeLike "*$_*" }
    }
}

Describe 'Remove-MacvlanNetwork' -Tag Native, Once {
    BeforeEach {
        $null = 'a1', 'a2', 'b1' | ForEach-Object { New-MacvlanNetwork $_ eth0 -Subnet "10.$([Convert]::ToInt32($_, 16)).0.0/16" }
    }

    AfterEach {
        Remove-MacvlanNetwork * -Force
        Remove-IpvlanNetwork * -Force
    }

    It 'removes by name, in any case, and returns nothing' {
        Remove-MacvlanNetwork A1, b1 | Should -BeNullOrEmpty
        (Get-MacvlanNetwork).Name | Should -Be a2
    }

    It 'removes by pattern, and takes a pattern that nothing matches' {
        Remove-MacvlanNetwork a*, z*
        (Get-MacvlanNetwork).Name | Should -Be b1
    }

    It 'removes what comes down the pipeline' {
        Get-MacvlanNetwork a* | Remove-MacvlanNetwork
        'b1' | Remove-MacvlanNetwork
        Get-MacvlanNetwork | Should -BeNullOrEmpty
    }

    It 'reports a name that is unknown, and removes the rest' {
        $null = New-IpvlanNetwork other eth0 -Subnet 192.168.52.0/24 -WarningAction Ignore
        (Get-Failure { 'nosuch', 'a1', 'other', 'a2' | Remove-MacvlanNetwork }).What |
            Should -Be "NetworkNotFound ObjectNotFound 'nosuch'", "NetworkNotFound ObjectNotFound 'other'"
        (Get-ContainerNetwork).Name | Should -Be b1, other
    }

    It 'takes a name that is gone with -Force' {
        Remove-MacvlanNetwork nosuch, a1 -Force -ErrorAction Stop
        (Get-MacvlanNetwork).Name | Should -Be a2, b1
    }

    It 'refuses a network that has NICs, names them, and removes the rest' {
        $null = Connect-ContainerNic a2 web1, web2
        $before = Get-Snapshot
        $problem = Get-Failure { Remove-MacvlanNetwork a2 }
        $problem.What | Should -Be "NetworkInUse ResourceBusy 'a2'"
        $problem.Message | Should -BeLike '*a2*web1/eth0*web2/eth0*'
        Get-Snapshot | Should -Be $before
        Remove-MacvlanNetwork * -ErrorAction SilentlyContinue
        (Get-MacvlanNetwork).Name | Should -Be a2
        (Get-IpLink -Namespace web1).ifname | Should -Be lo, eth0
    }

    It 'disconnects NICs with -Force, and frees their addresses' {
        $null = Connect-ContainerNic a2 web1, web2
        Remove-MacvlanNetwork a2 -Force
        Get-ContainerNic | Should -BeNullOrEmpty
        'web1', 'web2' | ForEach-Object { Get-IpLink -Namespace $_ } | ForEach-Object ifname | Should -Be lo, lo
        Get-StateRow | Where-Object { $_ -like 'leases*' -or $_ -like 'nics*' -or $_ -like 'runs*' } |
            Should -BeNullOrEmpty
    }

    It 'changes nothing with -WhatIf' {
        $null = Connect-ContainerNic a2 web1
        $before = Get-Snapshot
        Remove-MacvlanNetwork * -Force -WhatIf
        Get-Snapshot | Should -Be $before
        (Get-IpLink -Namespace web1).ifname | Should -Be lo, eth0
    }
}

Describe 'Macvlan networks, removed' -Tag Native, Once {
    It 'have left nothing but eth0' {
        (Get-IpLink).ifname | Should -Be lo, eth0
        Get-StateRow | Should -BeNullOrEmpty
    }
}
