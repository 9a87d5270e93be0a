# Move-ContainerNic: to other networks and containers, judged by ip.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    function Get-Default([string]$Namespace = 'web1') {
        (Get-IpRoute $Namespace | Where-Object dst -EQ default | ForEach-Object { "$($_.gateway) $($_.dev)" }) -join ', '
    }
}

AfterAll { Clear-TestHost }

Describe 'Move-ContainerNic' {
    BeforeEach {
        $null = New-NetworkNamespace web1, web2
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $null = New-MacvlanNetwork dmz eth0 -Subnet 10.2.0.0/24, fd02::/64
        $null = New-MacvlanNetwork apart eth0 -Mode Private -Subnet 10.3.0.0/24
        $null = Connect-ContainerNic lan web1 -MacAddress 02:00:00:00:00:77
    }

    AfterEach {
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Remove-ContainerNetwork * -Force
        Remove-NetworkNamespace web1, web2 -Force
    }

    It 'changes the link in place if parent and mode are the same' -Tag Native, Once {
        $index = (Get-IpLink eth0 -Namespace web1).ifindex
        $moved = Move-ContainerNic lan web1 -DestinationNetwork dmz -PassThru
        "$moved $($moved.Network) $($moved.IPAddress) $($moved.MacAddress) $($moved.State)" |
            Should -Be 'web1/eth0 dmz 10.2.0.2/24 fd02::1/64 02:00:00:00:00:77 Up'
        (Get-IpLink eth0 -Namespace web1).ifindex | Should -Be $index
        Get-IpAddress web1 eth0 | Should -Be 10.2.0.2/24, fd02::1/64
        Get-Default | Should -Be '10.2.0.1 eth0'
        (Get-ContainerNic lan) | Should -BeNullOrEmpty
        # The address is free, and the mark is that of the other network.
        (Connect-ContainerNic lan web2).IPAddress | Should -Be 10.1.0.2/24
        (Get-IpLink eth0 -Namespace web1).ifalias | Should -Match "^macipvlan:$((Get-ContainerNetwork dmz).Id.Substring(0, 12)):"
        Remove-MacvlanNetwork lan -Force
        (Get-IpLink eth0 -Namespace web1).ifindex | Should -Be $index
    }

    It 'makes the link anew if the mode differs' -Tag Native, Once {
        $moved = Move-ContainerNic lan web1 -DestinationNetwork apart -PassThru
        "$moved $($moved.IPAddress) $($moved.MacAddress) $($moved.State)" | Should -Be 'web1/eth0 10.3.0.2/24 02:00:00:00:00:77 Up'
        $link = Get-IpLink eth0 -Namespace web1
        "$($link.linkinfo.info_data.mode) $($link.address)" | Should -Be 'private 02:00:00:00:00:77'
        Get-IpAddress web1 eth0 | Should -Be 10.3.0.2/24
    }

    It 'moves into another container with address and MAC address, and keeps the name if it is free' -Tag Native, Once {
        $moved = Move-ContainerNic lan web1 -Destination web2 -PassThru
        "$moved $($moved.IPAddress) $($moved.MacAddress) $($moved.State)" | Should -Be 'web2/eth0 10.1.0.2/24 02:00:00:00:00:77 Up'
        (Get-IpLink -Namespace web1).ifname | Should -Be lo
        Get-IpAddress web2 eth0 | Should -Be 10.1.0.2/24
        Get-Default web2 | Should -Be '10.1.0.1 eth0'
        $null = Connect-ContainerNic dmz web1
        (Move-ContainerNic lan web2 -Destination web1 -DestinationNetwork apart -PassThru -WarningAction Ignore).InterfaceName | Should -Be eth1
        Get-IpAddress web1 eth1 | Should -Be 10.3.0.2/24
        (Get-IpLink -Namespace web2).ifname | Should -Be lo
    }

    It 'leaves the NIC as it is where the destination is wrong or full' -Tag Native, Once {
        $null = New-MacvlanNetwork full eth0 -Mode Private -Subnet 10.4.0.0/30
        $null = Connect-ContainerNic full web2 -IPAddress 10.4.0.2
        $before = Get-StateRow | Where-Object { $_ -notmatch '^nics' }
        (Get-Failure { Move-ContainerNic lan web1 }).What | Should -BeLike 'InvalidParameter *'
        (Get-Failure { Move-ContainerNic lan web1 -DestinationNetwork none }).What | Should -BeLike 'NetworkNotFound *'
        (Get-Failure { Move-ContainerNic lan web1 -Destination none }).What | Should -BeLike 'NamespaceNotFound *'
        (Get-Failure { Move-ContainerNic lan web1 -Destination none -WhatIf }).What | Should -BeLike 'NamespaceNotFound *'
        foreach ($whatIf in $true, $false) {
            (Get-Failure { Move-ContainerNic lan web1 -Destination "/proc/$PID/ns/net" -WhatIf:$whatIf }).What | Should -BeLike 'HostNamespace *'
        }

        ip -n web1 address add 198.51.100.7/32 dev eth0
        (Get-Failure { Move-ContainerNic lan web1 -DestinationNetwork full }).What | Should -BeLike 'AddressesExhausted *'
        Get-IpAddress web1 eth0 | Should -Be 10.1.0.2/24, 198.51.100.7/32
        (Get-IpLink eth0 -Namespace web1).address | Should -Be 02:00:00:00:00:77
        Get-Default | Should -Be '10.1.0.1 eth0'
        (Get-ContainerNic lan web1).State | Should -Be Up
        Get-StateRow | Where-Object { $_ -notmatch '^nics' } | Should -Be $before
    }

    It 'keeps an address that is in the other network''s subnet and free' -Tag Native, Once {
        ip link add wide0 type veth peer name wide1
        ip link set wide0 up
        ip link set wide1 up
        $null = New-MacvlanNetwork wide wide0 -Subnet 10.1.0.0/16
        Set-ContainerNic lan web1 -IPAddress 10.1.0.9
        (Move-ContainerNic lan web1 -DestinationNetwork wide -PassThru).IPAddress | Should -Be 10.1.0.9/16
        Get-IpAddress web1 eth0 | Should -Be 10.1.0.9/16
        Move-ContainerNic wide web1 -DestinationNetwork lan
        Remove-MacvlanNetwork wide
        ip link delete wide0
    }

    It 'moves a NIC to a network of the other kind, and back' {
        ip link add other0 type dummy
        ip link set other0 up
        $null = New-IpvlanNetwork ip other0 -Subnet 10.5.0.0/24
        (Move-ContainerNic lan web1 -DestinationNetwork ip -PassThru).IPAddress | Should -Be 10.5.0.2/24
        (Get-IpLink eth0 -Namespace web1).linkinfo.info_kind | Should -Be ipvlan
        (Move-ContainerNic ip web1 -DestinationNetwork lan -PassThru).IPAddress | Should -Be 10.1.0.2/24
        (Get-IpLink eth0 -Namespace web1).linkinfo.info_kind | Should -Be macvlan
    }
}
