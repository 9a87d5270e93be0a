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

    It 'go through next hops, onto the link, or to nowhere' -Tag Native {
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

    It 'have the metric that is asked for' -Tag Native {
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway fd01::1 -RouteMetric 77
        $null = Connect-ContainerNic lan one
        Get-RouteText one | Should -Be 'default via 10.1.0.1 dev eth0 proto static metric 77', 'default via fd01::1 dev eth0 proto static metric 77'
    }

    It 'lack the default route with -NoDefaultRoute' -Tag Native {
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24 -NoDefaultRoute
        $null = Connect-ContainerNic lan one
        Get-RouteText one | Should -BeNullOrEmpty
    }

    It 'may have default routes of their own: with -NoDefaultRoute, and beside the other one with another metric' -Tag Native {
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

    It 'reach a gateway beside the subnet with -OnLinkGateway' -Tag Native {
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway 192.168.9.1, fe80::1 -OnLinkGateway
        ip -n wire address add 192.168.9.1/32 dev eth0
        ip -n wire route add 10.1.0.0/24 dev eth0
        $null = Connect-ContainerNic lan one
        Get-RouteText one | Should -Be 'default via 192.168.9.1 dev eth0 proto static onlink', 'default via fe80::1 dev eth0 proto static onlink'
        Test-Ping one 192.168.9.1 | Should -BeTrue
        ip -n wire address flush dev eth0
    }

    It 'leave the default route to the first NIC of a namespace' -Tag Native {
        $null = New-MacvlanNetwork lan -Parent eth0 -Subnet 10.1.0.0/24
        $null = New-MacvlanNetwork other -Parent eth0 -Subnet 10.2.0.0/24
        $null = 'lan', 'other' | Connect-ContainerNic -Namespace one
        Get-RouteText one | Should -Be 'default via 10.1.0.1 dev eth0 proto static'
        (Get-IpLink eth1 -Namespace one).ifname | Should -Be eth1
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

    It 'cannot be: <Why>' -Tag Native -ForEach @(
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
