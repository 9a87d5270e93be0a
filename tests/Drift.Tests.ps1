# Test-ContainerNetwork tells each difference between state and kernel once, Repair-ContainerNetwork puts it right, and neither
# takes away what others added.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $null = New-NetworkNamespace web1, web2, web3

    function Format-Difference($difference) { "$($difference.Kind) $($difference.Network) $($difference.Name): $($difference.Expected) -> $($difference.Actual)" }

    function Compare-All { Test-ContainerNetwork @args 3>$null | ForEach-Object { Format-Difference $_ } }

    function Assert-Told([string[]]$Expected, [switch]$Thorough) {
        # That these differences are told, and settled by a repair; if thorough, that telling changes nothing. More may be
        # told than is repaired one by one: what one repair settles as well needs none of its own.
        if ($Thorough) {
            $text = Get-KernelText
            $rows = Get-StateRow
            Test-ContainerNetwork -Quiet | Should -BeFalse
            Repair-ContainerNetwork -WhatIf | ForEach-Object { Format-Difference $_ } | Should -Be $Expected
        }
        Compare-All | Should -Be $Expected
        if ($Thorough) {
            Get-KernelText | Should -Be $text
            Get-StateRow | Should -Be $rows
        }
        $repaired = Repair-ContainerNetwork -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
        Format-Difference $repaired[0] | Should -Be $Expected[0]
        $repaired.IsRepaired | Should -Not -Contain $false
        Compare-All | Should -BeNullOrEmpty
        if ($Thorough) { Test-ContainerNetwork -Quiet | Should -BeTrue }
    }

    function Get-Answer([string[]]$Pair) {
        # Of pairs 'NAMESPACE ADDRESS' those where a ping is answered.
        $answers = Test-PingMany ($Pair | ForEach-Object { [pscustomobject]@{ From = ($_ -split ' ')[0]; To = ($_ -split ' ')[1] } }) -Attempts 2
        $Pair | Where-Object { $answers[$_] }
    }
}

AfterAll { Clear-TestHost }

Describe 'Test-ContainerNetwork of macvlan networks' -Tag Native, Once {
    BeforeAll {
        ip -n wire address add 10.1.0.1/24 dev eth0
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 -Route 'blackhole 10.8.0.0/16', '10.9.0.0/16 via 10.1.0.9 metric 3'
        $null = New-MacvlanNetwork plain eth0 -Subnet 10.2.0.0/24 -NoDefaultRoute
        $null = Connect-ContainerNic lan web1, web2
        $null = Connect-ContainerNic plain web2, web3
        $web1 = Get-NicText web1
        $all = Get-NicText web1, web3
    }

    AfterAll {
        Remove-MacvlanNetwork * -Force
        ip -n wire address flush dev eth0
    }

    It 'says nothing when all is well, and nothing of what is others''' {
        ip -n web1 address add 10.99.0.1/24 dev eth0
        ip -n web1 route add 10.98.0.0/24 via 10.1.0.8
        ip -n web1 link add eth5 type veth peer name eth6
        ip -n web1 address add 10.1.0.98/24 dev eth5
        ip link add mv0 link eth0 type macvlan
        ip link set mv0 alias 'macipvlan: not really'
        Compare-All | Should -BeNullOrEmpty
        Test-ContainerNetwork -Quiet | Should -BeTrue
        $text = Get-KernelText
        Repair-ContainerNetwork -RemoveForeignAddress | Should -BeNullOrEmpty
        Get-KernelText | Should -Be $text
        ip link delete mv0
        ip -n web1 link delete eth5
        ip -n web1 route delete 10.98.0.0/24
        ip -n web1 address delete 10.99.0.1/24 dev eth0
    }

    It 'tells and repairs: <Case>' -ForEach @(
        @{ Case = 'an interface deleted'; Thorough = $true; Do = { ip -n web1 link delete eth0 }; Says = 'LinkMissing lan web1/eth0: eth0 -> none' }
        @{ Case = 'set down'; Do = { ip -n web3 link set eth0 down }; Says = 'LinkDown plain web3/eth0: up -> down' }
        @{ Case = 'set down, with what goes with it'; Do = { ip -n web1 link set eth0 down }; Says = @(
                'LinkDown lan web1/eth0: up -> down', 'AddressMissing lan web1/eth0: fd01::1/64 -> none'
                'RouteMissing lan web1/eth0: default via 10.1.0.1 dev eth0 proto static -> none'
                'RouteMissing lan web1/eth0: 10.9.0.0/16 via 10.1.0.9 dev eth0 proto static metric 3 -> none') }
        @{ Case = 'renamed'; Do = { 'link set eth0 down', 'link set eth0 name lan0', 'link set lan0 up' | ip -n web3 -batch - }
            Says = 'NameChanged plain web3/eth0: eth0 -> lan0' }
        @{ Case = 'another MAC address'; Do = { ip -n web1 link set eth0 address 02:00:00:00:00:01 }
            Says = { "MacAddressChanged lan web1/eth0: $(($web1[0] -split ' ')[4]) -> 02:00:00:00:00:01" } }
        @{ Case = 'another MTU'; Do = { ip -n web1 link set eth0 mtu 1400 }; Says = 'MtuChanged lan web1/eth0: 1500 -> 1400' }
        @{ Case = 'an address deleted'; Do = { ip -n web3 address delete 10.2.0.3/24 dev eth0 }; Says = 'AddressMissing plain web3/eth0: 10.2.0.3/24 -> none' }
        @{ Case = 'an IPv6 address deleted'; Do = { ip -n web1 address delete fd01::1/64 dev eth0 }; Says = 'AddressMissing lan web1/eth0: fd01::1/64 -> none' }
        @{ Case = 'IPv6 switched off'; Thorough = $true; Do = { Set-IPv6Setting web1 eth0 disable_ipv6 1 }; Says = @(
                'SysctlChanged lan web1/eth0: disable_ipv6=0 -> disable_ipv6=1', 'AddressMissing lan web1/eth0: fd01::1/64 -> none') }
        @{ Case = 'router advertisements accepted'; Do = { Set-IPv6Setting web1 eth0 accept_ra 1; Set-IPv6Setting web1 eth0 autoconf 1 }; Says = @(
                'SysctlChanged lan web1/eth0: accept_ra=0 -> accept_ra=1', 'SysctlChanged lan web1/eth0: autoconf=0 -> autoconf=1') }
        @{ Case = 'IPv6 switched on'; Do = { Set-IPv6Setting web3 eth0 disable_ipv6 0 }; Says = 'SysctlChanged plain web3/eth0: disable_ipv6=1 -> disable_ipv6=0' }
        @{ Case = 'the default route deleted'; Do = { ip -n web1 route delete default }
            Says = 'RouteMissing lan web1/eth0: default via 10.1.0.1 dev eth0 proto static -> none' }
        @{ Case = 'a route to nowhere deleted'; Do = { ip -n web1 route delete blackhole 10.8.0.0/16 }
            Says = 'RouteMissing lan web1/eth0: blackhole 10.8.0.0/16 proto static -> none' }
        @{ Case = 'a route bent'; Do = { ip -n web1 route replace 10.9.0.0/16 via 10.1.0.7 metric 3 }
            Says = 'RouteMissing lan web1/eth0: 10.9.0.0/16 via 10.1.0.9 dev eth0 proto static metric 3 -> none' }
        @{ Case = 'another mode'; Do = { ip -n web1 link set eth0 type macvlan mode private }; Says = 'ModeChanged lan web1/eth0: macvlan mode bridge -> macvlan mode private bcqueuelen 1000' }
        @{ Case = 'another broadcast queue'; Do = { ip -n web1 link set eth0 type macvlan bcqueuelen 5 }
            Says = 'OptionChanged lan web1/eth0: macvlan mode bridge -> macvlan mode bridge bcqueuelen 5' }
        @{ Case = 'moved elsewhere'; Do = { ip -n web1 link set eth0 netns web3 name lan7 }
            Says = 'NicWithoutLease lan web3/lan7: none -> {0}', 'LinkMissing lan web1/eth0: eth0 -> none' }
    ) {
        $alias = (Get-IpLink eth0 -Namespace web1).ifalias
        . $Do
        $expected = if ($Says -is [scriptblock]) { . $Says } else { $Says }
        Assert-Told ($expected -replace '\{0\}', $alias) -Thorough:([bool]$Thorough)
        Get-NicText web1, web3 | Should -Be $all
        $pairs = 'web1 10.1.0.1', 'web1 10.1.0.3', 'web1 fd01::2', 'web3 10.2.0.2'
        Get-Answer $pairs | Should -Be $pairs
    }

    It 'reports a default route that one of two NICs had once, and gives it back to that one' {
        $null = New-MacvlanNetwork area eth0 -Subnet 10.3.0.0/24
        $null = Connect-ContainerNic area web1
        ip -n web1 route delete default
        Assert-Told 'RouteMissing lan web1/eth0: default via 10.1.0.1 dev eth0 proto static -> none'
        ip -n web1 link delete eth0
        Assert-Told 'LinkMissing lan web1/eth0: eth0 -> none'
        (Get-IpFact web1).web1.Defaults.dev | Should -Be eth0
        Remove-MacvlanNetwork area -Force
        # Its next hop is on a link that the other NIC has not.
        $null = New-MacvlanNetwork area eth0 -Subnet 10.3.0.0/24 -RouteMetric 50
        $null = Connect-ContainerNic area web1
        ip -n web1 route delete default metric 50
        Assert-Told 'RouteMissing area web1/eth1: default via 10.3.0.1 dev eth1 proto static metric 50 -> none'
        Remove-MacvlanNetwork area -Force
        Get-NicText web1 | Should -Be $web1
    }

    It 'takes an interface for ours whose alias an administrator overwrote' {
        $null = New-NetworkNamespace web4
        $nic = Connect-ContainerNic plain web4
        ip -n web4 link set eth0 alias 'uplink of web4'
        Compare-All | Should -BeNullOrEmpty
        $nic | Disconnect-ContainerNic
        (Get-IpLink -Namespace web4).ifname | Should -Be lo
        Remove-NetworkNamespace web4
    }

    It 'reports an interface on no record, and takes it away' {
        $null = New-NetworkNamespace web4
        $nic = Connect-ContainerNic plain web4 -NoIPAddress
        Set-StateRow "DELETE FROM nics WHERE id = '$($nic.Id)'"
        $alias = (Get-IpLink eth0 -Namespace web4).ifalias
        Assert-Told "NicWithoutLease plain web4/eth0: none -> $alias"
        (Get-IpLink -Namespace web4).ifname | Should -Be lo
        Remove-NetworkNamespace web4
    }

    It 'reports a NIC whose namespace is gone, and releases its addresses' {
        $null = New-NetworkNamespace web4
        $null = Connect-ContainerNic plain web4 -IPAddress 10.2.0.44
        ip netns delete web4
        Assert-Told 'LeaseWithoutNic plain web4/eth0: 10.2.0.44/24 -> its namespace is gone'
        Get-ContainerNic -Namespace web4 | Should -BeNullOrEmpty
    }

    It 'reports what a command that died left, and undoes it' {
        $null = New-NetworkNamespace web4
        $nic = Connect-ContainerNic plain web4
        Set-StateRow "UPDATE nics SET state = 'Reserved', worker = 999999 WHERE id = '$($nic.Id)'"
        Assert-Told 'Interrupted plain web4/eth0: Attached -> Reserved'
        (Get-IpLink -Namespace web4).ifname | Should -Be lo
        Remove-NetworkNamespace web4
    }

    It 'tells what it could not repair, and why' {
        ip link set eth0 mtu 1400
        Compare-All lan | Should -Be 'MtuChanged lan web1/eth0: 1500 -> 1400', 'MtuChanged lan web2/eth0: 1500 -> 1400'
        $left = Repair-ContainerNetwork lan -WarningVariable warnings 3>$null
        $left.IsRepaired | Should -Be $false, $false
        "$($warnings[0])" | Should -BeLike 'web1/eth0 isn''t repaired: *EINVAL*'
        ip link set eth0 mtu 1500
        (Repair-ContainerNetwork).IsRepaired | Should -Not -Contain $false
        Get-NicText web1 | Should -Be $web1
    }

    It 'leaves a NIC as it is while another interface has its name: <Case>' -ForEach @(
        @{ Case = 'renamed'; Kinds = 'NameChanged' }
        @{ Case = 'moved elsewhere'; Kinds = 'LinkMissing NicWithoutLease'; Do = { ip -n web3 link set wan0 netns web1 } }
    ) {
        'link set eth0 down', 'link set eth0 name wan0', 'link set wan0 up', 'link add eth0 type veth peer name eth9' | ip -n web3 -batch -
        if ($Do) { . $Do }
        $place = if (Get-IpLink wan0 -Namespace web3) { 'web3' } else { 'web1' }
        $before = Get-IpLink wan0 -Namespace $place
        $left = Repair-ContainerNetwork -WarningVariable warnings 3>$null
        $left.IsRepaired | Should -Not -Contain $true
        "$($left.Kind | ForEach-Object ToString | Sort-Object)" | Should -Be $Kinds
        $warnings | ForEach-Object { "$_" | Should -BeLike '* isn''t repaired: web3 already has an interface named eth0.' }
        (Get-IpLink wan0 -Namespace $place).address | Should -Be $before.address
        if ($place -eq 'web3') { Get-IpAddress web3 wan0 | Should -Be 10.2.0.3/24 }
        ip -n web3 link delete eth0
        (Repair-ContainerNetwork -WarningVariable warnings).IsRepaired | Should -Not -Contain $false
        $warnings | Should -BeNullOrEmpty
        Get-NicText web1, web3 | Should -Be $all
    }

    It 'renames an interface, and its routes and addresses stay' {
        'link set eth0 down', 'link set eth0 name wan0', 'link set wan0 up', 'address add 10.99.0.1/24 dev wan0', 'route add 10.98.0.0/24 via 10.99.0.8',
        'link set wan0 alias still' | ip -n web1 -batch -
        $index = (Get-IpLink wan0 -Namespace web1).ifindex
        $kinds = (Repair-ContainerNetwork).Kind
        $kinds[0] | Should -Be NameChanged
        $kinds | Should -Contain RouteMissing
        $link = Get-IpLink eth0 -Namespace web1
        "$($link.ifindex) $($link.ifalias)" | Should -Be "$index still" -Because 'it is the same link'
        (Get-IpRoute web1 | Where-Object dst -EQ 10.98.0.0/24).gateway | Should -Be 10.99.0.8
        'route delete 10.98.0.0/24', 'address delete 10.99.0.1/24 dev eth0' | ip -n web1 -batch -
        Get-NicText web1, web3 | Should -Be $all
    }

    It 'reports an address that the host has got too, and leaves it' {
        'address add 10.2.0.3/24 dev eth0', 'address add 10.2.0.99/24 dev eth0', 'address add fd01::2/64 dev eth0 nodad' | ip -batch -
        $expected = 'AddressOnHost lan web2/eth0: fd01::2 only on the NIC -> fd01::2 on eth0 too', 'AddressOnHost plain web3/eth0: 10.2.0.3 only on the NIC -> 10.2.0.3 on eth0 too'
        Compare-All | Should -Be $expected
        Test-ContainerNetwork -Quiet | Should -BeFalse
        (Test-ContainerNetwork plain).RecommendedAction | Should -Be 'Remove 10.2.0.3 from eth0 with ip address delete, or connect the NIC again with another address.'
        $left = Repair-ContainerNetwork
        $left | ForEach-Object { Format-Difference $_ } | Should -Be $expected
        $left.IsRepaired | Should -Be $false, $false
        Get-NicText web1, web3 | Should -Be $all
        ip address flush dev eth0 scope global
        Compare-All | Should -BeNullOrEmpty
    }

    It 'keeps to the networks that are named, or come down the pipeline' {
        ip -n web1 link set eth0 mtu 1400
        ip -n web3 link set eth0 mtu 1400
        Compare-All p* | Should -Be 'MtuChanged plain web3/eth0: 1500 -> 1400'
        Get-MacvlanNetwork lan | Test-ContainerNetwork | ForEach-Object Network | Should -Be lan
        (Get-Failure { Test-ContainerNetwork none }).What | Should -Be "NetworkNotFound ObjectNotFound 'none'"
        (Get-Failure { Repair-ContainerNetwork none }).What | Should -Be "NetworkNotFound ObjectNotFound 'none'"
        (Repair-ContainerNetwork p*).Network | Should -Be plain
        (Get-MacvlanNetwork lan | Repair-ContainerNetwork).Network | Should -Be lan
        'lan', 'plain' | Repair-ContainerNetwork | Should -BeNullOrEmpty
        Test-ContainerNetwork -Quiet | Should -BeTrue
    }

    It 'reports a parent that is gone, with its NICs' {
        ip link add p0 type veth peer name p1
        ip link set p0 up
        $null = New-MacvlanNetwork gone p0 -Subnet 10.4.0.0/24
        $null = Connect-ContainerNic gone web3
        ip link delete p0
        $expected = 'ParentMissing gone p0: a link -> none', 'LinkMissing gone web3/eth1: eth1 -> none'
        Compare-All gone | Should -Be $expected
        (Repair-ContainerNetwork gone 3>$null).IsRepaired | Should -Be $false, $false
        ip link add p0 type veth peer name p1
        ip link set p0 up
        Assert-Told $expected[1]
        Remove-MacvlanNetwork gone -Force
        ip link delete p0
    }

    It 'knows a parent that got another name by the NICs on it, and records the name' {
        ip link add p0 type veth peer name p1
        ip link set p0 up
        $null = New-MacvlanNetwork moved p0 -Subnet 10.4.0.0/24
        $null = Connect-ContainerNic moved web3
        'link set p0 down', 'link set p0 name p2', 'link set p2 up' | ip -batch -
        { New-MacvlanNetwork other p2 -Subnet 10.4.0.0/24 -ErrorAction Stop } | Should -Throw 'p2 is the parent of network ''moved'', which has the link on record as p0*' -ErrorId 'ParentInUse,*'
        { Connect-ContainerNic moved web1 -ErrorAction Stop } | Should -Throw '*p0 of network ''moved'' has the name p2 now.' -ErrorId 'ParentNotFound,*'
        # Another link has the name.
        'link add p0 type veth peer name p3', 'link set p0 up' | ip -batch -
        { Connect-ContainerNic moved web1 -ErrorAction Stop } | Should -Throw 'NICs of network ''moved'' sit on p2, and p0 is another link now.' -ErrorId 'ParentInUse,*'
        Compare-All moved | Should -Be 'ParentChanged moved web3/eth1: p0 -> p2'
        ip link delete p0
        Assert-Told 'ParentChanged moved p0: p0 -> p2'
        (Get-ContainerNetwork moved).Parent | Should -Be p2
        # Under any of its names, the networks of a link have the same addresses.
        ip link set p2 down
        ip link set p2 name p5
        ip link property add dev p5 altname p2
        ip link set p5 up
        (New-MacvlanNetwork other p5 -Subnet 10.4.0.0/24 | Connect-ContainerNic -Namespace web1).IPAddress | Should -Be 10.4.0.3/24
        'moved', 'other' | Remove-MacvlanNetwork -Force
        ip link delete p5
    }
}

Describe 'What others added to a NIC' -Tag Native, Once {
    BeforeAll {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 -Route '10.9.0.0/16 via 10.1.0.9'
        $null = Connect-ContainerNic lan web1
        $null = Connect-ContainerNic lan web2 -NoIPAddress
        $web1 = Get-NicText web1

        function Add-LikeDhcp([string]$Namespace) {
            # As a DHCP client does; the address expires.
            'address add 10.1.0.77/24 dev eth0 valid_lft 3600 preferred_lft 1800', 'route add default via 10.1.0.1', 'route add 10.7.0.0/16 via 10.1.0.3 metric 9' |
                ip -n $Namespace -batch -
        }

        function Get-Others([string]$Namespace) {
            Get-IpAddress $Namespace eth0
            Get-IpRoute $Namespace | Where-Object { (Get-Text $_ gateway) } | ForEach-Object { "$($_.dst) $($_.gateway)" }
        }
    }

    AfterAll { Remove-MacvlanNetwork * -Force }

    It 'is neither told nor taken away if the module gave the NIC no address' {
        Add-LikeDhcp web2
        'address add 10.1.0.50/32 dev eth0', 'address add fd01::50/64 dev eth0 nodad' | ip -n web2 -batch -
        $others = Get-Others web2
        $others | Should -Be 10.1.0.77/24, 10.1.0.50/32, fd01::50/64, 'default 10.1.0.1', '10.7.0.0/16 10.1.0.3'
        Compare-All | Should -BeNullOrEmpty
        Test-ContainerNetwork -Quiet | Should -BeTrue
        Repair-ContainerNetwork | Should -BeNullOrEmpty
        Repair-ContainerNetwork -RemoveForeignAddress | Should -BeNullOrEmpty
        Restore-ContainerNetwork | Where-Object Result -NE InPlace | Should -BeNullOrEmpty
        Get-Others web2 | Should -Be $others
    }

    It 'is there again after a repair that needs another interface' {
        $others = Get-Others web2
        'link add lan0 type veth peer name lan1', 'link set lan0 up' | ip -batch -
        foreach ($parent in 'lan0', 'eth0') {
            Set-StateRow "UPDATE networks SET parent = '$parent'; UPDATE pools SET parent = '$parent'"
            (Repair-ContainerNetwork).Kind | Sort-Object -Unique | Should -Be ParentChanged
            (Get-IpLink eth0 -Namespace web2).link_index | Should -Be (Get-IpLink $parent).ifindex
            Get-Others web2 | Should -Be $others
            (ip -n web2 address show dev eth0) -match 'valid_lft (\d{4})sec' | Should -Not -BeNullOrEmpty
        }
        ip link delete lan0
    }

    It 'is told, but no fault, and taken away only on request: <Case>' -ForEach @(
        @{ Case = 'a floating address'; Do = { ip -n web1 address add 10.1.0.99/32 dev eth0 }; Says = '10.1.0.99/32' }
        @{ Case = 'an address that expires'; Do = { ip -n web1 address add 10.1.0.99/24 dev eth0 valid_lft 900 preferred_lft 900 }; Says = '10.1.0.99/24' }
        @{ Case = 'one by autoconfiguration'; Do = { ip -n web1 address add fd01::a:b/64 dev eth0 nodad valid_lft 900 preferred_lft 900 }; Says = 'fd01::a:b/64' }
        @{ Case = 'an address before its own'; Says = '10.1.0.99/24'; Do = {
                'address delete 10.1.0.2/24 dev eth0', 'address add 10.1.0.99/24 dev eth0', 'address add 10.1.0.2/24 dev eth0', 'route replace default via 10.1.0.1 proto static',
                'route replace 10.9.0.0/16 via 10.1.0.9 proto static' | ip -n web1 -batch - } }
    ) {
        . $Do
        $text = Get-NicText web1
        Compare-All | Should -Be "AddressWithoutLease lan web1/eth0: none -> $Says"
        (Test-ContainerNetwork).IsForeign | Should -BeTrue
        Test-ContainerNetwork -Quiet | Should -BeTrue
        Repair-ContainerNetwork | Should -BeNullOrEmpty
        Get-NicText web1 | Should -Be $text
        $removed = Repair-ContainerNetwork lan -RemoveForeignAddress
        "$(Format-Difference $removed) $($removed.IsRepaired)" | Should -Be "AddressWithoutLease lan web1/eth0: none -> $Says True"
        Compare-All | Should -BeNullOrEmpty
        Get-NicText web1 | Should -Be $web1
    }

    It 'stays while what the module made is repaired' {
        'address delete 10.1.0.2/24 dev eth0', 'address add 10.1.0.99/24 dev eth0' | ip -n web1 -batch -
        $told = Test-ContainerNetwork
        "$($told.Kind)" | Should -Be 'AddressMissing AddressWithoutLease RouteMissing RouteMissing'
        "$($told.IsForeign)" | Should -Be 'False True False False'
        Test-ContainerNetwork -Quiet | Should -BeFalse
        "$((Repair-ContainerNetwork).Kind)" | Should -Be 'AddressMissing RouteMissing RouteMissing'
        Get-IpAddress web1 eth0 | Sort-Object | Should -Be 10.1.0.2/24, 10.1.0.99/24, fd01::1/64
        Test-ContainerNetwork -Quiet | Should -BeTrue
        $null = Repair-ContainerNetwork -RemoveForeignAddress
        Get-NicText web1 | Should -Be $web1
    }

    It 'is a route that leads elsewhere, in the place of one of the network' {
        'link add tun0 type veth peer name tun1', 'link set tun0 up', 'address add 10.66.0.1/24 dev tun0', 'route replace 10.9.0.0/16 via 10.66.0.9 dev tun0' | ip -n web1 -batch -
        Compare-All | Should -Be 'RouteMissing lan web1/eth0: 10.9.0.0/16 via 10.1.0.9 dev eth0 proto static -> 10.9.0.0/16 via 10.66.0.9 dev tun0'
        Test-ContainerNetwork -Quiet | Should -BeTrue
        Repair-ContainerNetwork -RemoveForeignAddress | Should -BeNullOrEmpty
        Restore-ContainerNetwork | Where-Object Result -NE InPlace | Should -BeNullOrEmpty
        (Get-IpRoute web1 | Where-Object dst -EQ 10.9.0.0/16).dev | Should -Be tun0
        ip -n web1 link delete tun0
        (Repair-ContainerNetwork).Kind | Should -Be RouteMissing
        Get-NicText web1 | Should -Be $web1
    }
}

Describe 'Test-ContainerNetwork of ipvlan networks' {
    It 'reports the mode of a parent''s links, flipped by another, and flips it back' {
        $null = New-IpvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $null = Connect-ContainerNic lan web1, web2
        $before = Get-NicText web1
        ip -n web2 link set eth0 type ipvlan mode l3 vepa
        Assert-Told 'ModeChanged lan web1/eth0: ipvlan mode l2 bridge -> ipvlan mode l3 vepa', 'ModeChanged lan web2/eth0: ipvlan mode l2 bridge -> ipvlan mode l3 vepa'
        Get-NicText web1 | Should -Be $before
        Test-Ping web1 10.1.0.3 | Should -BeTrue
        ip -n web1 link set eth0 netns web3 name lan7
        $null = Repair-ContainerNetwork
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Test-Ping web1 10.1.0.3 | Should -BeTrue
        Remove-IpvlanNetwork lan -Force
    }
}

Describe 'Test-ContainerNetwork of parents' {
    BeforeAll {
        $null = New-MacvlanNetwork lan eth0.10.20 -Subnet 10.1.0.0/24
        $null = New-MacvlanNetwork alone -Subnet 10.2.0.0/24 -Mtu 1300
        $null = Add-VlanSubInterface eth0 60 -Name office -Mtu 1400
        $null = Connect-ContainerNic lan web1, web2
        $null = Connect-ContainerNic alone web1, web2
        $dummy = (Get-ContainerNetwork alone).Parent
        $web1 = Get-NicText web1 | Sort-Object
    }

    AfterAll {
        Remove-MacvlanNetwork * -Force
        Remove-VlanSubInterface office
    }

    It 'tells and repairs: <Case>' -ForEach @(
        @{ Case = 'a sub-interface deleted'; Do = { ip link delete office }; Says = 'ParentMissing  office: vlan id 60 -> none' }
        @{ Case = 'another MTU'; Do = { ip link set office mtu 1300 }; Says = 'MtuChanged  office: 1400 -> 1300' }
        @{ Case = 'a VLAN set down'; Do = { ip link set eth0.10.20 down }; Says = 'ParentChanged lan eth0.10.20: vlan id 20 on eth0.10, up -> vlan id 20 on eth0.10, down' }
        @{ Case = 'a dummy set down'; Do = { ip link set $dummy down }; Says = { "ParentChanged alone ${dummy}: dummy, up -> dummy, down" } }
        @{ Case = 'a dummy deleted'; Do = { ip link delete $dummy }; Says = {
                "ParentMissing alone ${dummy}: dummy -> none", 'LinkMissing alone web1/eth1: eth1 -> none', 'LinkMissing alone web2/eth1: eth1 -> none' } }
        @{ Case = 'VLANs deleted'; Do = { ip link delete eth0.10 }; Says = 'ParentMissing  eth0.10: vlan id 10 -> none', 'ParentMissing lan eth0.10.20: vlan id 20 -> none'
            And = 'LinkMissing lan web1/eth0: eth0 -> none', 'LinkMissing lan web2/eth0: eth0 -> none' }
    ) {
        . $Do
        $expected = if ($Says -is [scriptblock]) { . $Says } else { $Says }
        Assert-Told (@($expected) + $And | Where-Object { $_ })
        Get-NicText web1 | Sort-Object | Should -Be $web1
        Get-PingReply web1 10.1.0.3, 10.2.0.3 | Should -HaveCount 2
    }
}

Describe 'Test-ContainerNetwork of parents that got another name' {
    BeforeAll {
        'link add up0 type dummy', 'link set up0 up', 'link add up1 type dummy', 'link set up1 up' | ip -batch -
        $null = New-MacvlanNetwork vl up0.30 -Subnet 10.30.0.0/24
        $null = New-MacvlanNetwork direct up0 -Subnet 10.31.0.0/24
        $null = Connect-ContainerNic vl web1
        $null = Connect-ContainerNic direct web1

        function Rename-Link([string]$From, [string]$To) { "link set $From down", "link set $From name $To", "link set $To up", 'link set up0.30 up' | ip -batch - }
    }

    AfterAll {
        Remove-MacvlanNetwork * -Force
        'link delete up0', 'link delete up1' | ip -batch -
    }

    It 'names both, says what to do, and records the new name if that is wanted' {
        Rename-Link up0 enp3s0
        $differences = Test-ContainerNetwork
        $differences | ForEach-Object { Format-Difference $_ } | Should -Be @(
            'ParentChanged vl up0.30: vlan id 30 on up0, up -> vlan id 30 on enp3s0, up', 'ParentChanged direct up0: up0 -> enp3s0')
        Get-ContainerNic | Where-Object Network -EQ direct | Disconnect-ContainerNic
        # The sub-interface on it tells the name as well.
        Test-ContainerNetwork direct | ForEach-Object { Format-Difference $_ } | Should -Be 'ParentChanged direct up0: up0 -> enp3s0'
        $differences[1].RecommendedAction | Should -BeLike '*ip link property add dev enp3s0 altname up0*'
        # The sub-interface is there, and nothing needs to be made.
        (Restore-ContainerNetwork vl).Result | Should -Be InPlace, InPlace, InPlace
        ip link property add dev enp3s0 altname up0
        Test-ContainerNetwork | Should -BeNullOrEmpty
        ip link property del dev enp3s0 altname up0
        (Repair-ContainerNetwork vl).IsRepaired | Should -BeTrue
        Test-ContainerNetwork vl | Should -BeNullOrEmpty
        (ConvertFrom-Json (Export-ContainerNetwork vl)).vlans.parent | Should -Be enp3s0
        Rename-Link enp3s0 up0
        $null = Repair-ContainerNetwork
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'tells a link from another one that has its name now' {
        Rename-Link up0 spare
        Rename-Link up1 up0
        $differences = Test-ContainerNetwork
        $differences | ForEach-Object { "$($_.Kind) $($_.Name) $($_.Expected) -> $($_.Actual)" } | Select-Object -First 1 |
            Should -Be 'ParentChanged up0.30 vlan id 30 on up0, up -> vlan id 30 on spare, up'
        $differences | Where-Object { $_.Expected -eq $_.Actual } | Should -BeNullOrEmpty
        $left = Repair-ContainerNetwork vl -WarningVariable warnings 3>$null
        $left.IsRepaired | Should -BeFalse
        "$warnings" | Should -BeLike '*up0.30 isn''t repaired*it sits on spare, and up0 is another link now*'
        Rename-Link up0 up1
        Rename-Link spare up0
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'knows a VLAN by its id, under any name' {
        function Rename-Vlan([string]$From, [string]$To) { "link set $From down", "link set $From name $To", "link set $To up" | ip -batch - }
        Rename-Vlan up0.30 vlan30
        Assert-Told 'ParentChanged vl up0.30: up0.30 -> vlan30'
        (Get-ContainerNetwork vl).Parent | Should -Be vlan30
        $null = Connect-ContainerNic vl web2
        Rename-Vlan vlan30 vlan31
        { Connect-ContainerNic vl web3 -ErrorAction Stop } | Should -Throw '*vlan30 of network ''vl'' has the name vlan31 now.'
        (Restore-ContainerNetwork vl).Result | Should -Be Failed, Failed, InPlace, InPlace
        Get-VlanSubInterface vlan31 | ForEach-Object { "$($_.IsOwned) $($_.Networks)" } | Should -Be 'True vl'
        Remove-MacvlanNetwork vl -Force
        Get-VlanSubInterface | Where-Object Parent -EQ up0 | Should -BeNullOrEmpty
        # One that another program made in the place of the module's stays.
        $null = New-MacvlanNetwork vl up0.30 -Subnet 10.30.0.0/24
        'link delete up0.30', 'link add link up0 name mine type vlan id 30', 'link set mine up' | ip -batch -
        (Repair-ContainerNetwork vl).IsRepaired | Should -BeTrue
        Remove-MacvlanNetwork vl -Force
        Get-VlanSubInterface mine | ForEach-Object { "$($_.IsOwned) $($_.Networks)" } | Should -Be 'False '
        ip link delete mine
        # So does one that was added in its place.
        $null = New-MacvlanNetwork vl up0.30 -Subnet 10.30.0.0/24
        ip link delete up0.30
        $null = Add-VlanSubInterface up0 30 -Name office
        (Repair-ContainerNetwork vl).IsRepaired | Should -BeTrue
        Get-VlanSubInterface office | ForEach-Object { "$($_.IsOwned) $($_.Networks)" } | Should -Be 'True vl'
        Remove-MacvlanNetwork vl -Force
        Get-VlanSubInterface office | Remove-VlanSubInterface
        Get-VlanSubInterface | Where-Object Parent -EQ up0 | Should -BeNullOrEmpty
    }
}
