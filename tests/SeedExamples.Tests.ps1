# Every example of the driver notes, in their order, said in cmdlets, with the outcome that the notes print.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    ip address add 192.168.1.251/24 dev eth0

    function Start-Container([string]$Network, [string[]]$Name, [hashtable]$With = @{}) {
        # docker run --net=NETWORK --name NAME
        New-NetworkNamespace $Name | Connect-ContainerNic -Network $Network @With
    }

    function Get-RouteText([string]$Container) {
        # What 'ip route' prints in the container, without the words that name who made a route.
        ip -n $Container route | ForEach-Object { ($_ -replace ' proto \w+| scope \w+', '').Trim() }
    }
}

AfterAll { Clear-TestHost }

Describe 'Notes of the macvlan and ipvlan drivers' {
    AfterEach {
        Get-ContainerNetwork | ForEach-Object { & "Remove-$($_.Kind)Network" $_.Name -Force }
        Get-NetworkNamespace | Where-Object Name -NE wire | Remove-NetworkNamespace
    }

    It 'macvlan bridge mode: macnet100, mode <_>' -ForEach 'by default', 'Bridge' -Tag Native, Once {
        $mode = if ($_ -eq 'Bridge') { @{ Mode = 'Bridge' } } else { @{} }
        $null = New-MacvlanNetwork macnet100 -Subnet 192.168.1.0/24 -Gateway 192.168.1.1 -Parent eth0 @mode
        $nics = Start-Container macnet100 a, b
        "$($nics.IPAddress)" | Should -Be '192.168.1.2/24 192.168.1.3/24'
        (Get-IpLink eth0 -Namespace a).linkinfo.info_data.mode | Should -Be bridge
        Test-Ping a 192.168.1.3 | Should -BeTrue
        Test-Ping a 192.168.1.251 -TimeoutSeconds 1 | Should -BeFalse -Because 'the host is not reachable by design'
    }

    It 'ipvlan l2 mode: ipnet100' {
        $null = New-IpvlanNetwork ipnet100 -Subnet 192.168.1.0/24 -Gateway 192.168.1.1 -Parent eth0
        $null = Start-Container ipnet100 a, b
        (Get-IpLink eth0 -Namespace a).linkinfo.info_data.mode | Should -Be l2
        Test-Ping a 192.168.1.3 | Should -BeTrue
        Test-Ping a 192.168.1.251 -TimeoutSeconds 1 | Should -BeFalse -Because 'the host is not reachable by design'
    }

    It 'macvlan and ipvlan: networks side by side on one parent, but not their containers' {
        $null = New-MacvlanNetwork macnet100 -Subnet 192.168.1.0/24 -Parent eth0
        $null = New-IpvlanNetwork ipnet100 -Subnet 192.168.1.0/24 -Parent eth0 -WarningVariable warnings -WarningAction SilentlyContinue
        "$warnings" | Should -BeLike '*macnet100*'
        $null = Start-Container macnet100 a
        $null = New-NetworkNamespace b
        { Connect-ContainerNic ipnet100 b -ErrorAction Stop } | Should -Throw -ErrorId 'ParentInUse,*'
        Disconnect-ContainerNic -Namespace a
        (Connect-ContainerNic ipnet100 b).IPAddress | Should -Be '192.168.1.2/24'
    }

    It 'macvlan 802.1q trunk: macvlan50 and macvlan60' {
        $null = New-MacvlanNetwork macvlan50 -Subnet 192.168.50.0/24 -Gateway 192.168.50.1 -Parent eth0.50
        $null = New-MacvlanNetwork macvlan60 -Subnet 192.168.60.0/24 -Gateway 192.168.60.1 -Parent eth0.60 -Mode Bridge
        $null = Start-Container macvlan50 macvlan_test5, macvlan_test6
        $null = Start-Container macvlan60 macvlan_test7, macvlan_test8
        $trunk = Get-IpLink | Where-Object ifname -Like 'eth0.*'
        $trunk | ForEach-Object { "$($_.ifname) on $($_.link) id $($_.linkinfo.info_data.id)" } |
            Should -Be 'eth0.50 on eth0 id 50', 'eth0.60 on eth0 id 60'
        Test-Ping macvlan_test5 192.168.50.3 | Should -BeTrue
        Test-Ping macvlan_test7 192.168.60.3 | Should -BeTrue
        Test-Ping macvlan_test5 192.168.60.2 -TimeoutSeconds 1 | Should -BeFalse -Because 'no router joins the VLANs'
        Remove-MacvlanNetwork macvlan* -Force
        (Get-IpLink).ifname | Should -Be 'lo', 'eth0' -Because 'sub-interfaces go with their network, eth0 stays'
    }

    It 'ipvlan 802.1q trunk, l2: ipvlan20 and ipvlan30 (<Form>)' -ForEach @{ Form = 'eth0.20' }, @{ Form = 'eth0:20' } {
        $null = New-IpvlanNetwork ipvlan20 -Subnet 192.168.20.0/24 -Gateway 192.168.20.1 -Parent $Form
        $null = New-IpvlanNetwork ipvlan30 -Subnet 192.168.30.0/24 -Gateway 192.168.30.1 -Parent eth0.30 -Mode L2
        $null = Start-Container ipvlan20 ivlan_test1, ivlan_test2
        $null = Start-Container ipvlan30 ivlan_test3, ivlan_test4
        (Get-IpLink eth0.20).linkinfo.info_data.id | Should -Be 20
        Test-Ping ivlan_test1 192.168.20.3 | Should -BeTrue
        Test-Ping ivlan_test3 192.168.30.3 | Should -BeTrue
        Test-Ping ivlan_test1 192.168.30.2 -TimeoutSeconds 1 | Should -BeFalse -Because 'different VLANs need a router between them'
        Get-RouteText ivlan_test3 | Should -Be 'default via 192.168.30.1 dev eth0', '192.168.30.0/24 dev eth0 src 192.168.30.2'
    }

    It 'ipvlan l3 mode: ipvlan120 and its route table' {
        $null = New-IpvlanNetwork ipvlan120 -Subnet 192.168.120.0/24 -Parent eth0 -Mode L3
        $null = Start-Container ipvlan120 a
        $null = Start-Container ipvlan120 b @{ IPAddress = '192.168.120.10' }
        Get-RouteText a | Should -Be 'default dev eth0', '192.168.120.0/24 dev eth0 src 192.168.120.2'
        Test-Ping a 192.168.120.10 | Should -BeTrue
        Test-Ping b 192.168.120.2 | Should -BeTrue
    }

    It 'ipvlan l3 mode: networks of one parent reach each other' {
        $null = New-IpvlanNetwork ipvlan120 -Subnet 192.168.120.0/24 -Parent eth0 -Mode L3
        $null = New-IpvlanNetwork ipvlan140 -Subnet 192.168.140.0/24 -Parent eth0 -Mode L3
        $null = Start-Container ipvlan120 a
        $null = Start-Container ipvlan140 b
        Test-Ping a 192.168.140.2 | Should -BeTrue
        Test-Ping b 192.168.120.2 | Should -BeTrue
    }

    It 'ipvlan l3 mode: two hosts with a route between them' {
        # Here the test's host is Host1, and the far end of eth0 is Host2.
        ip address flush dev eth0
        ip address add 192.168.1.249/24 dev eth0
        ip -n wire address add 192.168.1.251/24 dev eth0
        $null = New-IpvlanNetwork ipvlan130 -Subnet 192.168.130.0/24 -Parent eth0 -Mode L3
        $null = Start-Container ipvlan130 a
        Test-Ping wire 192.168.130.2 -TimeoutSeconds 1 | Should -BeFalse -Because 'Host2 has no route yet'
        ip -n wire route add 192.168.130.0/24 via 192.168.1.249
        Test-Ping wire 192.168.130.2 | Should -BeTrue
        Test-Ping a 192.168.1.251 | Should -BeTrue
        ip -n wire address flush dev eth0
        ip address flush dev eth0
        ip address add 192.168.1.251/24 dev eth0
    }

    It 'IPv6: macnetv6' -Tag Native, Once {
        $null = New-MacvlanNetwork macnetv6 -Subnet fe90::/64 -Gateway fe90::22 -Parent eth0
        $nics = Start-Container macnetv6 a, b
        "$($nics.IPAddress)" | Should -Be 'fe90::1/64 fe90::2/64'
        ip -n a -6 address show dev eth0 | Out-String | Should -BeLike '*inet6 fe90::1/64 scope link*'
        Test-Ping b fe90::1 | Should -BeTrue
    }

    It 'dummy parent: macnet242 without a parent, macnet246 internal' {
        $one = New-MacvlanNetwork macnet242 -Subnet 192.168.242.0/24
        $two = New-MacvlanNetwork macnet246 -Subnet 192.168.246.0/24 -Internal
        $one.Parent, $two.Parent | Should -Be "dm-$($one.Id.Substring(0, 12))", "dm-$($two.Id.Substring(0, 12))"
        (Get-IpLink $one.Parent).linkinfo.info_kind | Should -Be dummy
        $null = Start-Container macnet242 a, b
        $null = Start-Container macnet246 c, d
        Test-Ping a 192.168.242.3 | Should -BeTrue
        Test-Ping c 192.168.246.3 | Should -BeTrue
        Get-RouteText a | Should -Be '192.168.242.0/24 dev eth0 src 192.168.242.2' -Because 'they reach nothing but each other'
        Test-Ping a 192.168.246.2 -TimeoutSeconds 1 | Should -BeFalse
    }

    It 'dual stack, ranges and exclusions: macnet222' {
        $null = New-MacvlanNetwork macnet222 -Subnet 192.168.222.0/24, 192.168.224.0/24, fd18::/64 -Mode Bridge `
            -ExcludeAddress fd18::2, 192.168.222.2, 192.168.224.2 -IPRange 192.168.222.0/25, 192.168.224.0/25
        $nics = @(
            Start-Container macnet222 a
            Start-Container macnet222 b @{ IPAddress = '192.168.222.10', 'fd18::10' }
            Start-Container macnet222 c @{ IPAddress = 'fd18::11' })
        $nics | ForEach-Object { "$($_.IPAddress)" } |
            Should -Be '192.168.222.3/24 fd18::1/64', '192.168.222.10/24 fd18::10/64', 'fd18::11/64 192.168.222.4/24'
        Test-Ping a 192.168.222.10 | Should -BeTrue
        Test-Ping a fd18::11 | Should -BeTrue
    }

    It 'advanced options: ipnet131' {
        # The notes give the gateways as two more subnets by mistake.
        $null = New-IpvlanNetwork ipnet131 -Subnet 192.168.131.0/24, 192.168.133.0/24, fd14::/64 -Parent eth0 -Mode L3 `
            -Gateway 192.168.131.1, 192.168.133.1 -ExcludeAddress fd14::2, 192.168.131.254, 192.168.133.254 `
            -IPRange 192.168.131.0/25, 192.168.133.0/25 -WarningAction Ignore
        $null = Start-Container ipnet131 a
        $null = Start-Container ipnet131 b @{ IPAddress = '192.168.133.10' }
        Get-IpAddress a eth0 | Should -Be '192.168.131.2/24', 'fd14::1/64'
        Get-IpAddress b eth0 | Should -Be '192.168.133.10/24', 'fd14::3/64' -Because 'fd14::2 is excluded'
        Test-Ping a 192.168.133.10 | Should -BeTrue
        Test-Ping a fd14::3 | Should -BeTrue
    }

    It 'a VLAN made by hand: eth0.40' {
        ip link add link eth0 name eth0.40 type vlan id 40
        ip link set eth0.40 up
        $null = New-IpvlanNetwork ipvlan40 -Subnet 192.168.40.0/24 -Gateway 192.168.40.1 -Parent eth0.40
        $null = Start-Container ipvlan40 ivlan_test5, ivlan_test6
        Test-Ping ivlan_test5 192.168.40.3 | Should -BeTrue
        Remove-IpvlanNetwork ipvlan40 -Force
        (Get-IpLink).ifname | Should -Contain 'eth0.40' -Because 'what existed before is never removed'
        ip link delete eth0.40
    }
}
