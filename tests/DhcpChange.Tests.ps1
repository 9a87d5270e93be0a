# Changes of DHCP networks and of their NICs, with real servers on two wires: what happens to leases. Checked with ip and captured
# packets.

BeforeDiscovery {
    . $PSScriptRoot/dhcp/Servers.ps1
    $one = @{ Problem = Get-DhcpProblem Isc, Dnsmasq, Tcpdump }
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    . $PSScriptRoot/dhcp/Servers.ps1
    . $PSScriptRoot/dhcp/Nics.ps1
    Initialize-TestHost

    function Get-LeaseRow {
        # Without the time of day of its end, which follows from that since boot.
        Get-StateRow | Where-Object { $_ -like 'dhcp_leases *' } | ForEach-Object { $_ -replace '\|\d+$' }
    }
}

AfterAll {
    Stop-DhcpServer -Kill
    Clear-TestHost
}

Describe 'NICs with a lease' -Tag Native, Once -ForEach $one {
    BeforeEach {
        if ($Problem) { Set-ItResult -Skipped -Because $Problem }
        Add-Wire eth1
        $near = Start-DhcpServer Isc -Option @{ 3 = '10.1.0.1'; 26 = 1400 }
        $null = New-NetworkNamespace web1, web2
        $null = New-DhcpNetwork -DhcpTimeoutSeconds 5
        $nic = Connect-ContainerNic lan web1
        $before = Get-NicText web1
        $lease = Get-LeaseRow
        $mac = (Get-IpLink eth0 -Namespace web1).address
    }

    AfterEach { Reset-DhcpTest }

    It 'ask anew on another parent, whose server gives another address' {
        $null = Start-DhcpServer Dnsmasq -Namespace eth1 -Address 10.2.0.1/24 -Range 10.2.0.100, 10.2.0.199 -Option @{ 3 = '10.2.0.1' }
        Set-MacvlanNetwork lan -Parent eth1
        Get-IpAddress web1 eth0 | Should -Match '^10\.2\.0\.1\d\d/24$'
        $link = Get-IpLink eth0 -Namespace web1
        "$($link.address) $($link.mtu) $($link.link_index)" | Should -Be "$mac 1500 $((Get-IpLink eth1).ifindex)"
        Get-RouteText web1 | Should -Be 'default 10.2.0.1'
        Test-Ping web1 10.2.0.1 | Should -BeTrue
        "$((Get-ContainerNic).Lease)" | Should -BeLike '10.2.0.1* from 10.2.0.1 until *'
        Test-ContainerNetwork | Should -BeNullOrEmpty
        # By the same identifier, as a lease that is given back shows.
        Set-MacvlanNetwork lan -Parent eth0
        Get-NicText web1 | Should -Be $before
    }

    It 'keep their address on another parent that leads to the same server' {
        Stop-DhcpServer -Server $near
        ip -n wire address delete 10.1.0.1/24 dev eth0
        $null = Start-DhcpServer Isc -Namespace eth1 -Option @{ 3 = '10.1.0.1'; 26 = 1400 } -Folder $near.Folder
        $capture = Start-DhcpCapture -Namespace eth1
        Set-MacvlanNetwork lan -Parent eth1
        Get-NicText web1 | Should -Be $before
        (Get-DhcpCapture $capture).Type | Should -Be DISCOVER, OFFER, REQUEST, ACK
        Test-Ping web1 10.1.0.1 | Should -BeTrue
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'are as before if no server answers on the other parent' {
        $index = (Get-IpLink eth0).ifindex
        $failure = Get-Failure { Set-MacvlanNetwork lan -Parent eth1 }
        "$($failure.What) $($failure.Message)" | Should -BeLike 'DhcpTimeout *web1/eth0*'
        Get-NicText web1 | Should -Be $before
        (Get-IpLink eth0 -Namespace web1).link_index | Should -Be $index
        Get-LeaseRow | Should -Be $lease
        Test-Ping web1 10.1.0.1 | Should -BeTrue
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'keep it without a word where the parent only has another name, and where other settings change' {
        $capture = Start-DhcpCapture
        ip link set eth0 down
        'link set eth0 name uplink', 'link set uplink up' | ip -batch -
        Set-MacvlanNetwork lan -Parent uplink
        Set-MacvlanNetwork lan -Mtu 1300 -Route '10.9.0.0/16 via 10.1.0.9'
        (Get-IpLink eth0 -Namespace web1).mtu | Should -Be 1300
        Get-RouteText web1 | Sort-Object | Should -Be '10.9.0.0/16 10.1.0.9', 'default 10.1.0.1'
        Set-MacvlanNetwork lan -Mtu $null -Route $null
        Get-NicText web1 | Should -Be $before
        Set-ContainerNic lan web1 -NewName wan0
        Get-IpLease web1 wan0 | ForEach-Object local | Should -Be ("$($nic.IPAddress)" -replace '/.*')
        Get-RouteText web1 wan0 | Should -Be 'default 10.1.0.1'
        Set-ContainerNic lan web1 -Mtu 1280
        Set-ContainerNic lan web1 -NewName eth0 -Mtu $null
        Get-NicText web1 | Should -Be $before
        Get-LeaseRow | Should -Be $lease
        Get-DhcpCapture $capture | Should -BeNullOrEmpty
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'take other addresses only from the subnets, and none away from the server' {
        Set-MacvlanNetwork lan -AddSubnet fd01::/64
        (Set-ContainerNic lan web1 -AddAddressFamily IPv6 -PassThru).IPAddress[1] | Should -Be fd01::1/64
        Get-IpAddress web1 eth0 | Should -Be "$($nic.IPAddress)", fd01::1/64
        (Get-Failure { Set-ContainerNic lan web1 -IPAddress 10.1.0.50 }).Message | Should -BeLike '*10.1.0.50 can''t be requested on ''lan'': a DHCP server assigns its IPv4 addresses.'
        (Get-Failure { Set-ContainerNic lan web1 -AddAddressFamily IPv4 }).Message | Should -BeLike '*because a DHCP server assigns its IPv4 addresses.'
        (Get-Failure { Set-ContainerNic lan web1 -RemoveIPAddress ($nic.IPAddress[0]) }).Message | Should -BeLike "*can't be removed: a DHCP server has assigned it."
        (Get-Failure { Set-MacvlanNetwork lan -Dhcp:$false -Subnet 10.1.0.0/24 }).Message | Should -BeLike '*web1/eth0*another address.'
        Set-ContainerNic lan web1 -RemoveIPAddress fd01::1
        Get-NicText web1 | Should -Be $before
    }

    It 'move to another wire and back, to a network with subnets and back, and to another container' {
        $null = Start-DhcpServer Dnsmasq -Namespace eth1 -Address 10.2.0.1/24 -Range 10.2.0.100, 10.2.0.199 -Option @{ 3 = '10.2.0.1' }
        $null = New-DhcpNetwork far eth1
        $null = New-MacvlanNetwork plain eth0 -Mode Private -Subnet 10.7.0.0/24
        (Move-ContainerNic lan web1 -DestinationNetwork far -PassThru).IPAddress | Should -BeLike 10.2.0.1*/24
        Get-IpAddress web1 eth0 | Should -Match '^10\.2\.0\.1\d\d/24$'
        Get-RouteText web1 | Should -Be 'default 10.2.0.1'
        Test-Ping web1 10.2.0.1 | Should -BeTrue
        (Move-ContainerNic far web1 -DestinationNetwork plain -PassThru).IPAddress | Should -Be 10.7.0.2/24
        Get-IpAddress web1 eth0 | Should -Be 10.7.0.2/24
        (Get-ContainerNic).Lease | Should -BeNullOrEmpty
        (Move-ContainerNic plain web1 -DestinationNetwork lan -PassThru).IPAddress | Should -BeLike 10.1.0.1*/24
        (Move-ContainerNic lan web1 -Destination web2 -PassThru).IPAddress | Should -BeLike 10.1.0.1*/24
        (Get-IpLink -Namespace web1).ifname | Should -Be lo
        Get-RouteText web2 | Should -Be 'default 10.1.0.1'
        Test-Ping web2 10.1.0.1 | Should -BeTrue
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }
}
