BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
}

AfterAll { Clear-TestHost }

Describe 'Routes of NICs' {
    BeforeAll {
        function Get-RouteText([string]$Namespace) {
            # Both families, in the words of ip, without what the kernel adds by itself.
            (@(ip -n $Namespace route) + @(ip -n $Namespace -6 route)) | Where-Object { $_ -notmatch 'proto kernel|^fe80|^multicast' } |
                ForEach-Object { ($_ -replace ' pref medium| metric 1024| dev lo', '').Trim() }
        }
    }

    BeforeEach { $null = New-NetworkNamespace one, two }

    AfterEach {
        Remove-NetworkNamespace one, two -Force
        Remove-MacvlanNetwork * -Force
        Remove-IpvlanNetwork * -Force
    }

    It 'go through next hops, onto the link, or to nowhere' -Tag Native, Once {
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24, fd01::/64 -Route @(
            '10.9.0.0/16 via 10.1.0.254 metric 5'
            'blackhole 10.8.0.0/16'
            'unreachable 10.7.0.0/16'
            '172.16.0.0/12'
            @{ Destination = 'fd09::/64'; NextHop = 'fd01::99' })
        $null = Connect-ContainerNic lan one
        Get-RouteText one | Should -Be @(
            'default via 10.1.0.1 dev eth0 proto static'
            'unreachable 10.7.0.0/16 proto static'
            'blackhole 10.8.0.0/16 proto static'
            '10.9.0.0/16 via 10.1.0.254 dev eth0 proto static metric 5'
            '172.16.0.0/12 dev eth0 proto static scope link'
            'fd09::/64 via fd01::99 dev eth0 proto static')
    }

    It 'have the metric that is asked for' -Tag Native, Once {
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway fd01::1 -RouteMetric 77
        $null = Connect-ContainerNic lan one
        Get-RouteText one | Should -Be 'default via 10.1.0.1 dev eth0 proto static metric 77', 'default via fd01::1 dev eth0 proto static metric 77'
    }

    It 'lack the default route with -NoDefaultRoute' -Tag Native, Once {
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24 -NoDefaultRoute
        $null = Connect-ContainerNic lan one
        Get-RouteText one | Should -BeNullOrEmpty
    }

    It 'may have default routes of their own: with -NoDefaultRoute, and beside the other one with another metric' -Tag Native, Once {
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24 -NoDefaultRoute -Route '0.0.0.0/0 via 10.1.0.9'
        $null = New-MacvlanNetwork two -Parent eth0 -Subnet 10.2.0.0/24, fd02::/64 -Gateway fd02::1 -RouteMetric 5 `
            -Route '0.0.0.0/0 via 10.2.0.9', '::/0 via fd02::9'
        $null = Connect-ContainerNic lan one
        $null = Connect-ContainerNic two two
        Get-RouteText one | Should -Be 'default via 10.1.0.9 dev eth0 proto static'
        Get-RouteText two | Should -Be @(
            'default via 10.2.0.9 dev eth0 proto static', 'default via 10.2.0.1 dev eth0 proto static metric 5'
            'default via fd02::1 dev eth0 proto static metric 5', 'default via fd02::9 dev eth0 proto static')
    }

    It 'reach a link-local gateway and next hop, which are on the link anyhow' -Tag Native, Once {
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet fd01::/64 -Gateway fe80::1 -Route 'fd09::/64 via fe80::2'
        $null = Connect-ContainerNic lan one
        Get-RouteText one | Should -Be 'fd09::/64 via fe80::2 dev eth0 proto static', 'default via fe80::1 dev eth0 proto static'
        Test-ContainerNetwork lan | Should -BeNullOrEmpty
        ((Export-ContainerNetwork lan) | Import-ContainerNetwork).Result | Should -Be InPlace
    }

    It 'reach an IPv4 link-local next hop in the same way' -Tag Native, Once {
        $null = New-MacvlanNetwork local eth0 -Subnet 10.66.0.0/24 -NoGateway -Route '10.67.0.0/16 via 169.254.1.1'
        $null = Connect-ContainerNic local one
        (ip -n one route show 10.67.0.0/16) -replace ' proto.*' | Should -Be '10.67.0.0/16 via 169.254.1.1 dev eth0'
        Test-ContainerNetwork local | Should -BeNullOrEmpty
        Disconnect-ContainerNic local one
        Remove-MacvlanNetwork local
    }

    It 'reach a gateway beside the subnet with -OnLinkGateway' -Tag Native, Once {
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway 192.168.9.1, fe80::1 -OnLinkGateway
        ip -n wire address add 192.168.9.1/32 dev eth0
        ip -n wire route add 10.1.0.0/24 dev eth0
        $null = Connect-ContainerNic lan one
        Get-RouteText one | Should -Be 'default via 192.168.9.1 dev eth0 proto static onlink', 'default via fe80::1 dev eth0 proto static onlink'
        Test-Ping one 192.168.9.1 | Should -BeTrue
        ip -n wire address flush dev eth0
    }

    It 'leave the default route to the first NIC of a namespace, and say so' -Tag Native, Once {
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24
        $null = New-MacvlanNetwork other -Parent eth0 -Subnet 10.2.0.0/24
        $null = New-MacvlanNetwork quiet -Parent eth0 -Subnet 10.3.0.0/24 -NoDefaultRoute
        $nics = 'lan', 'other', 'quiet' | Connect-ContainerNic -Namespace one -WarningVariable said -WarningAction SilentlyContinue
        $nics | Should -HaveCount 3
        Get-RouteText one | Should -Be 'default via 10.1.0.1 dev eth0 proto static'
        (Get-IpLink eth1 -Namespace one).ifname | Should -Be eth1
        "$said" | Should -BeLike "one/eth1 doesn't get the IPv4 default route, because one/eth0 has it. *-DefaultRoute*-RouteMetric*"
        Get-ContainerNic -Target one | Sort-Object InterfaceName | ForEach-Object { "$($_.Gateway)" } | Should -Be 10.1.0.1, '', '' -Because 'the others have none'
        # Known, and no difference.
        Restart-TestHost one, two
        Restore-ContainerNetwork -WarningVariable again | ForEach-Object Result | Should -Be InPlace, InPlace, InPlace, Restored, Restored, Restored
        $again | Should -BeNullOrEmpty
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Disconnect-ContainerNic lan one
        Get-RouteText one | Should -Be 'default via 10.2.0.1 dev eth1 proto static'
    }

    It 'leave the default route to others that have it, and name them' -Tag Native, Once {
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway 10.1.0.1, fd01::1
        'link add up0 type veth peer name up1', 'link set up0 up', 'address add 10.5.0.2/24 dev up0', 'address add fd05::2/64 dev up0 nodad',
            'route add default via 10.5.0.1', '-6 route add default via fd05::1' | ForEach-Object { ip -n one $_.Split(' ') }
        $null = Connect-ContainerNic lan one -WarningVariable said -WarningAction SilentlyContinue
        "$said" | Should -BeLike "one/eth0 doesn't get the IPv4 and IPv6 default route, because one/up0 has it. *"
        $null = Disconnect-ContainerNic lan one
        $null = Connect-ContainerNic lan one -DefaultRoute:$false -WarningVariable said
        $said | Should -BeNullOrEmpty
        $null = Disconnect-ContainerNic lan one
        $null = Connect-ContainerNic lan one -DefaultRoute -WarningVariable said
        $said | Should -BeNullOrEmpty
        Get-RouteText one | Should -Be 'default via 10.1.0.1 dev eth0 proto static', 'default via fd01::1 dev eth0 proto static'
    }

    It 'are all there with other metrics, without a word' -Tag Native, Once {
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24
        $null = New-MacvlanNetwork other -Parent eth0 -Subnet 10.2.0.0/24 -RouteMetric 50
        $null = 'other', 'lan' | Connect-ContainerNic -Namespace one -WarningVariable said
        Get-RouteText one | Should -Be 'default via 10.1.0.1 dev eth1 proto static', 'default via 10.2.0.1 dev eth0 proto static metric 50'
        $said | Should -BeNullOrEmpty
    }

    It 'give the default route to the NIC that has to have it' -Tag Native, Once {
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24
        $null = New-MacvlanNetwork other -Parent eth0 -Subnet 10.2.0.0/24 -RouteMetric 50 -NoDefaultRoute
        $null = Connect-ContainerNic lan one
        $chosen = Connect-ContainerNic other one -DefaultRoute -WarningVariable said
        $said | Should -BeNullOrEmpty
        ($chosen | Format-List | Out-String) -split "`n" -match 'DefaultRoute' | Should -BeLike '*: *True*'
        $only = 'default via 10.2.0.1 dev eth1 proto static metric 50'
        Get-RouteText one | Should -Be $only
        # Neither a later NIC nor the first one, which comes back, takes it.
        Disconnect-ContainerNic lan one
        $null = Connect-ContainerNic lan one -WarningVariable said -WarningAction SilentlyContinue
        "$said" | Should -BeLike "one/eth0 doesn't get the IPv4 default route, because one/eth1 has it. *"
        Get-RouteText one | Should -Be $only
        Test-ContainerNetwork | Should -BeNullOrEmpty
        # Kept by Restore, and by Test, which doesn't take another NIC's for it.
        Restart-TestHost one, two
        $null = Restore-ContainerNetwork
        Get-RouteText one | Should -Be $only
        ip -n one route delete default
        ip -n one route add default via 10.1.0.9 metric 50
        Repair-ContainerNetwork | ForEach-Object { "$($_.Kind) $($_.Name) $($_.Expected) $($_.IsRepaired)" } |
            Should -Be "RouteMissing one/eth1 $only True"
        Get-RouteText one | Should -Be $only
        # Connected again with its settings, and gone for good.
        $nic = Get-ContainerNic other | ConvertTo-Json -Depth 3 | ConvertFrom-Json
        Disconnect-ContainerNic other one
        Get-RouteText one | Should -Be 'default via 10.1.0.1 dev eth0 proto static'
        ($nic | Connect-ContainerNic).DefaultRoute | Should -BeTrue
        Get-RouteText one | Should -Be $only
        Disconnect-ContainerNic other one
        Get-RouteText one | Should -Be 'default via 10.1.0.1 dev eth0 proto static'
    }

    It 'have no default route to give where there is none: <Why>' -Tag Native, Once -ForEach @(
        @{ Why = 'no gateway'; With = @{ NoGateway = $true }; And = @{} }
        @{ Why = 'no address'; With = @{}; And = @{ NoIPAddress = $true } }
    ) {
        $null = New-MacvlanNetwork lan -Parent eth0 @With -Subnet 10.1.0.0/24
        (Get-Failure { Connect-ContainerNic lan one -DefaultRoute @And }).What | Should -Be "InvalidParameter InvalidArgument 'one'"
        Get-ContainerNic | Should -BeNullOrEmpty
    }

    It 'lead to sibling subnets of an internal network in mode <_>' -ForEach 'L3', 'L3S' {
        $null = New-IpvlanNetwork lan -Internal -Mode $_ -Subnet 10.1.0.0/24, 10.2.0.0/24, fd01::/64, fd02::/64
        $null = Connect-ContainerNic lan one
        $null = Connect-ContainerNic lan two -IPAddress 10.2.0.5, fd02::5
        Get-RouteText one | Should -Be '10.2.0.0/24 dev eth0 proto static scope link', 'fd02::/64 dev eth0 proto static'
        Test-Ping one 10.2.0.5 | Should -BeTrue
        Test-Ping two 10.1.0.2 | Should -BeTrue
        Test-Ping one fd02::5 | Should -BeTrue
    }

    It 'lead to a router that is a container itself: <Why>' -Tag Native, Once -ForEach @(
        @{ Why = 'the gateway of its own network'; Network = 'lan'; Routes = @(); Says = "*10.1.0.2*network 'lan': two becomes*|*fd01::2*network 'lan': two becomes*" }
        @{ Why = 'the gateway of another network'; Network = 'beside'; Routes = 'default via 10.1.0.1 dev eth0 proto static', 'default via fd01::1 dev eth0 proto static'
            Says = "*10.1.0.2*network 'lan': two becomes*|*fd01::2*network 'lan': two becomes*" }
    ) {
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway 10.1.0.2, fd01::2 -Route '10.9.0.0/16 via 10.1.0.2'
        $null = New-MacvlanNetwork beside -Parent eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway 10.1.0.1, fd01::1
        $router = Connect-ContainerNic $Network two -IPAddress 10.1.0.2, fd01::2 -WarningVariable said -WarningAction SilentlyContinue
        $said | Should -HaveCount 2
        foreach ($i in 0, 1) { $said[$i] | Should -BeLike $Says.Split('|')[$i] }
        Get-RouteText two | Should -Be $Routes
        $null = Connect-ContainerNic lan one -WarningVariable said
        $said | Should -BeNullOrEmpty
        Test-ContainerNic lan -Namespace one | ForEach-Object Status | Should -Be Reachable, Reachable
        Test-ContainerNetwork | Should -BeNullOrEmpty
        # The host, another NIC and another station still keep theirs; once free, it's still nobody's by chance.
        (Get-Failure { Connect-ContainerNic lan one -IPAddress 10.1.0.2 }).What | Should -Be "AddressInUse ResourceBusy 'one'"
        $router | Disconnect-ContainerNic
        ip netns add three
        (Connect-ContainerNic beside three).IPAddress | Should -Be 10.1.0.4/24, fd01::4/64
        $null = $router | Connect-ContainerNic -WarningAction Ignore
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Get-ContainerNic beside -Namespace three | Disconnect-ContainerNic
        ip netns delete three
    }

    It 'lead to a container that was there before the network' -Tag Native, Once {
        $null = New-MacvlanNetwork beside -Parent eth0 -Subnet 10.1.0.0/24 -ExcludeAddress 10.1.0.9
        $null = Connect-ContainerNic beside two -IPAddress 10.1.0.9
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24 -Gateway 10.1.0.9 -WarningVariable said -WarningAction SilentlyContinue
        "$said" | Should -Be "The gateway 10.1.0.9 of 'lan' is the address of a NIC of network 'beside' in two, which becomes the router of its NICs."
        $null = Connect-ContainerNic lan one
        Test-Ping one 10.1.0.9 | Should -BeTrue
        # An address that a NIC got by chance isn't a router's.
        (Get-ContainerNic lan).IPAddress | Should -Be 10.1.0.2/24
        (Get-Failure { New-MacvlanNetwork third -Parent eth0 -Subnet 10.1.0.0/24 -Gateway 10.1.0.2 }).What | Should -Be "AddressInUse ResourceBusy 'third'"
    }

    It 'of two NICs in one subnet are a warning' -Tag Native, Once {
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24, fd01::/64 -NoDefaultRoute
        ip link add eth9 type veth peer name eth9p
        $null = New-MacvlanNetwork wide -Parent eth9 -Subnet 10.1.0.0/16 -NoDefaultRoute
        $null = New-MacvlanNetwork apart -Parent eth0 -Subnet 10.7.0.0/24 -NoDefaultRoute
        $null = 'apart', 'lan' | Connect-ContainerNic -Namespace one -WarningVariable said
        $said | Should -BeNullOrEmpty
        $null = 'lan', 'wide' | Connect-ContainerNic -Namespace one -WarningVariable said -WarningAction SilentlyContinue
        $said | Should -HaveCount 2
        $said[0] | Should -BeLike 'one/eth2 is in the same subnet as one/eth1: 10.1.0.0/24. *'
        $said[1] | Should -BeLike 'one/eth3 is in the same subnet as one/eth1, one/eth2: 10.1.0.0/16. *'
        $null = Connect-ContainerNic lan one -NoIPAddress -WarningVariable said
        $null = Connect-ContainerNic lan two -WarningVariable +said
        $said | Should -BeNullOrEmpty
        ip link delete eth9
    }

    It 'cannot be: <Why>' -Tag Native, Once -ForEach @(
        @{ Why = 'a next hop outside the subnets'; Id = 'InvalidAddress'; With = @{ Route = '10.9.0.0/16 via 10.5.0.1' } }
        @{ Why = 'a family that no subnet has'; Id = 'InvalidAddress'; With = @{ Route = 'fd09::/64 via fd01::1' } }
        @{ Why = 'a next hop to nowhere'; Id = 'InvalidAddress'; With = @{ Route = 'blackhole 10.9.0.0/16 via 10.1.0.9' } }
        @{ Why = 'a gateway outside the subnets'; Id = 'InvalidAddress'; With = @{ Gateway = '10.5.0.1' } }
        @{ Why = 'two gateways outside the subnets'; Id = 'InvalidAddress'; With = @{ Gateway = '10.5.0.1', '10.5.0.2'; OnLinkGateway = $true } }
        @{ Why = 'words that are no route'; Id = 'ParameterArgumentTransformationError'; With = @{ Route = '10.9.0.0/16 over there' } }
        @{ Why = 'the default route again'; Id = 'InvalidParameter'; With = @{ Route = '0.0.0.0/0 via 10.1.0.9' } }
        @{ Why = 'one destination twice'; Id = 'InvalidParameter'; With = @{ Route = '10.9.0.0/16 via 10.1.0.9', 'blackhole 10.9.0.0/16' } }
    ) {
        { New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24 @With -ErrorAction Stop } | Should -Throw -ErrorId "$Id,*"
        Get-ContainerNetwork | Should -BeNullOrEmpty
    }
}
