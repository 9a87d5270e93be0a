BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
}

AfterAll { Clear-TestHost }

Describe 'Options of links' {
    BeforeEach { $null = New-NetworkNamespace one, two }

    AfterEach {
        Remove-NetworkNamespace one, two -Force
        Remove-MacvlanNetwork * -Force
        Remove-IpvlanNetwork * -Force
    }

    Context 'macvlan' -Tag Native {
        It 'receives in mode Source only from allowed MAC addresses' {
            $wire = (Get-IpLink eth0 -Namespace wire).address
            ip -n wire address add 10.1.0.9/24 dev eth0
            $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24 -Mode Source -AllowedMacAddress $wire
            $null = Connect-ContainerNic lan one
            $null = New-MacvlanNetwork other -Parent eth0 -Subnet 10.1.0.0/24 -Mode Source -AllowedMacAddress 02:00:00:00:00:99
            $null = Connect-ContainerNic other two
            (Get-IpLink eth0 -Namespace one).linkinfo.info_data.mode | Should -Be source
            "$(ip -n one -d link show eth0)" | Should -BeLike "*$wire*"
            Test-Ping one 10.1.0.9 | Should -BeTrue
            Test-Ping two 10.1.0.9 -TimeoutSeconds 1 | Should -BeFalse
            ip -n wire address flush dev eth0
        }

        It 'has the broadcast queue that is asked for' {
            $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24 -BroadcastQueueLength 2345
            $null = Connect-ContainerNic lan one
            "$(ip -n one -d link show eth0)" | Should -BeLike '*bcqueuelen 2345*'
        }

        It 'has the broadcast cut-off, or says which kernel has it' {
            $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24 -BroadcastCutoff 3
            if ([version]((uname -r) -replace '[^\d.].*') -ge '6.4') {
                Connect-ContainerNic lan one | Should -HaveCount 1
            }
            else {
                { Connect-ContainerNic lan one -ErrorAction Stop } | Should -Throw '*BroadcastCutoff*6.4*' -ErrorId 'KernelTooOld,*'
                (Get-IpLink -Namespace one).ifname | Should -Be lo
                Get-ContainerNic | Should -BeNullOrEmpty
            }
        }

        It 'has the kernel''s own broadcast cut-off, which the kernel does not report' {
            $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24 -BroadcastCutoff 1
            Connect-ContainerNic lan one | Should -HaveCount 1
            Test-ContainerNetwork | Should -BeNullOrEmpty
        }

        It 'leaves the parent out of promiscuous mode with -NoPromiscuous: <Promiscuity>' -ForEach @(
            @{ With = @{ NoPromiscuous = $true }; Promiscuity = 0 }
            @{ With = @{}; Promiscuity = 1 }
        ) {
            $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24 -Mode Passthru @With
            $null = Connect-ContainerNic lan one
            (Get-IpLink eth0).promiscuity | Should -Be $Promiscuity
        }

        It 'cannot have <Why>' -Tag Once -ForEach @(
            @{ Why = 'allowed addresses in mode Bridge'; With = @{ AllowedMacAddress = '02:00:00:00:00:01' } }
            @{ Why = 'mode Source without allowed addresses'; With = @{ Mode = 'Source' } }
            @{ Why = 'NoPromiscuous in mode Bridge'; With = @{ NoPromiscuous = $true } }
            @{ Why = 'a negative queue'; With = @{ BroadcastQueueLength = -1 } }
            @{ Why = 'an MTU above the parent''s'; With = @{ Mtu = 1501 } }
            @{ Why = 'an MTU too small for IPv6'; With = @{ Mtu = 1279; Subnet = 'fd01::/64' } }
        ) {
            $parameters = if ($With.Subnet) { $With } else { @{ Subnet = '10.1.0.0/24' } + $With }
            { New-MacvlanNetwork lan -Parent eth0 @parameters -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidParameter,*'
            Get-ContainerNetwork | Should -BeNullOrEmpty
        }

        It 'refuses the MAC address <Why> before it makes anything' -Tag Once -ForEach @(
            @{ Why = 'of the parent'; Id = 'MacAddressInUse'; Mac = { (Get-IpLink eth0).address } }
            @{ Why = 'of a sibling'; Id = 'MacAddressInUse'; Mac = { (Get-IpLink eth0 -Namespace one).address } }
            @{ Why = 'of a group'; Id = 'InvalidParameter'; Mac = { '01:00:5e:00:00:01' } }
            @{ Why = 'zero'; Id = 'InvalidParameter'; Mac = { '00:00:00:00:00:00' } }
        ) {
            $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24
            $null = Connect-ContainerNic lan one
            { Connect-ContainerNic lan two -MacAddress (& $Mac) -ErrorAction Stop } | Should -Throw -ErrorId "$Id,*"
            (Get-IpLink -Namespace two).ifname | Should -Be lo
            Get-ContainerNic | Should -HaveCount 1
        }

        It 'can be left without addresses' {
            $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24, fd01::/64
            $nic = Connect-ContainerNic lan one -NoIPAddress
            $nic.IPAddress | Should -BeNullOrEmpty
            Get-IpAddress one eth0 | Should -BeNullOrEmpty
            (Get-IpLink eth0 -Namespace one).flags | Should -Contain UP
            (Get-ContainerNetwork lan).Subnets[0].InUse | Should -Be 0
        }

        It 'has IPv6 only on a network with IPv6' {
            $null = New-MacvlanNetwork four -Parent eth0 -Subnet 10.1.0.0/24
            $null = New-MacvlanNetwork six -Parent eth0 -Subnet fd01::/64
            $null = Connect-ContainerNic four one
            $null = Connect-ContainerNic six two
            ip netns exec one cat /proc/sys/net/ipv6/conf/eth0/disable_ipv6 | Should -Be 1
            ip netns exec two cat /proc/sys/net/ipv6/conf/eth0/disable_ipv6 | Should -Be 0
            $address = Invoke-Ip two address show dev eth0 | ForEach-Object addr_info | Where-Object local -EQ fd01::1
            $address.PSObject.Properties['tentative'] | Should -BeNullOrEmpty -Because 'nothing waits for duplicate address detection'
        }
    }

    Context 'ipvlan' {
        It 'has its IPv6 addresses at once in mode <_>' -ForEach 'L2', 'L3', 'L3S' {
            $null = New-IpvlanNetwork lan -Parent eth0 -Subnet fd01::/64 -Mode $_
            $null = New-NetworkNamespace three
            $null = 'one', 'two', 'three' | Connect-ContainerNic -Network lan
            # An address is reachable when the kernel routes it to itself.
            foreach ($name in 'one', 'two', 'three') { "$(ip -n $name -6 route show table local)" | Should -BeLike '*local fd01::* dev eth0*' }
            Remove-NetworkNamespace three -Force
        }

        It 'warns of an MTU above the parent''s, and sets it' {
            $null = New-IpvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24 -Mtu 1600 -WarningVariable warnings -WarningAction SilentlyContinue
            "$warnings" | Should -BeLike '*1600*eth0*1500*'
            (Connect-ContainerNic lan one -WarningAction Ignore).Mtu | Should -Be 1600
        }
    }

    Context 'VLAN' {
        It 'has the flags and priority maps that are asked for' {
            $null = Add-VlanSubInterface eth0 50 -ReorderHeader $false -Gvrp -Mvrp -LooseBinding -Mtu 1400 `
                -EgressPriorityMap @{ 1 = 2; 3 = 4 } -IngressPriorityMap @{ 5 = 6 }
            $link = Get-IpLink eth0.50
            $link.mtu | Should -Be 1400
            $link.linkinfo.info_data.flags | Should -Be GVRP, MVRP, LOOSE_BINDING
            $link.linkinfo.info_data.egress_qos | ForEach-Object { "$($_.from):$($_.to)" } | Should -Be '1:2', '3:4'
            $link.linkinfo.info_data.ingress_qos | ForEach-Object { "$($_.from):$($_.to)" } | Should -Be '5:6'
            Remove-VlanSubInterface eth0.50
        }

        It 'cannot have <Why>' -ForEach @(
            @{ Why = 'an MTU above the parent''s'; With = @{ Mtu = 1501 } }
            @{ Why = 'a tag priority above 7'; With = @{ EgressPriorityMap = @{ 1 = 8 } } }
            @{ Why = 'a priority that is no number'; With = @{ IngressPriorityMap = @{ 1 = 'high' } } }
        ) {
            { Add-VlanSubInterface eth0 50 @With -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidParameter,*'
            (Get-IpLink).ifname | Should -Be lo, eth0
        }

        It 'is set up on a parent that is down where the binding is loose, and by Restore-ContainerNetwork' {
            ip link set eth0 down
            $vlan = Add-VlanSubInterface eth0 50 -LooseBinding -WarningVariable warnings
            "$($vlan.IsUp) $warnings" | Should -Be 'True '
            ip link set eth0.50 down
            (Restore-ContainerNetwork | Where-Object Name -EQ eth0.50).Result | Should -Be Restored
            (Get-IpLink eth0.50).flags | Should -Contain UP
            Remove-VlanSubInterface eth0.50
            ip link set eth0 up
        }

        It 'is made on a parent that is down, left down, and warned of; NICs can be connected' {
            ip link set eth0 down
            $null = New-MacvlanNetwork lan -Parent eth0.50 -Subnet 10.1.0.0/24 -WarningVariable warnings -WarningAction SilentlyContinue
            "$warnings" | Should -BeLike '*eth0.50*down*'
            (Connect-ContainerNic lan one).IPAddress | Should -Be '10.1.0.2/24'
            ip link set eth0 up
        }
    }
}
