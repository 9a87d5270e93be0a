# What is seen of each type at the prompt: nothing cut off, and whole addresses in lines, on a terminal of 80 columns, which
# has 79 for text. What leaves as JSON, CSV or XML is in RoundTrip.Tests.ps1.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost

    $long = 'a-very-long-name-of-a-container-in-a-project'
    $full = '2001:db8:1234:5678:abcd:ef12:3456:789a'
    $other = '2001:db8:1234:5678:abcd:ef12:3456:789b'
    'link add eth1 type veth peer name eth1 netns wire', 'link set eth1 up' | ip -batch -
    $null = New-NetworkNamespace web1, $long
    $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, 2001:db8:1234:5678::/64 -Route 'blackhole 10.8.0.0/16' -ExcludeAddress 10.1.0.9
    $null = New-MacvlanNetwork $long eth1 -Subnet 10.2.0.0/24, 10.3.0.0/24, 10.4.0.0/24, 10.5.0.0/24, 10.6.0.0/24
    $null = Connect-ContainerNic lan $long -IPAddress 10.1.0.2, $full -InterfaceName interface-of-15
    $null = Connect-ContainerNic $long web1
    $null = Connect-ContainerNic lan web1
    # Nobody answers there.
    $null = 'away', $long | ForEach-Object { Register-AddressDatabase $_ 'Host=127.0.0.1:1;Username=node1' -TimeoutSeconds 1 }

    function Get-Line($Objects, [int]$Width = 79, [string]$As = 'Format-Table') {
        ($Objects | & $As | Out-String -Width $Width) -split '\r?\n' | ForEach-Object TrimEnd
    }

    function Get-Event {
        # One of each kind, of changes that go on until all are told.
        $changes = 'link set eth1 mtu 1400', 'link set eth1 mtu 1500', 'address add 10.1.0.77/24 dev eth1', 'address delete 10.1.0.77/24 dev eth1',
            'route add 10.9.0.0/16 via 10.1.0.1', 'route delete 10.9.0.0/16', "neighbor add $other lladdr 02:00:00:00:00:07 dev eth1", "neighbor delete $other dev eth1"
        Set-Content $TestDrive/changes $changes
        Set-Content $TestDrive/changing.sh "while sleep 0.05; do ip -n web1 -force -batch $TestDrive/changes; done"
        $changing = Start-Process sh "$TestDrive/changing.sh" -PassThru
        try { foreach ($kind in 'Link', 'Address', 'Route', 'Neighbor') { Watch-ContainerNetwork lan -Kind $kind -Timeout 20 | Where-Object { $_.Action -eq ($kind -eq "Link" ? "Changed" : "Added") } | Select-Object -First 1 } }
        finally { Stop-Sleeper $changing }
    }
}

AfterAll { Clear-TestHost }

Describe 'Views' -Tag Native, Once {
    It 'cut nothing off: <Case>' -ForEach @(
        @{ Case = 'networks'; Get = { Get-ContainerNetwork }; Whole = '2001:db8:1234:5678::/64', '10.6.0.0/24', ' eth0 ' }
        @{ Case = 'subnets'; Get = { (Get-ContainerNetwork lan).Subnets }; Whole = '10.1.0.0/24', '18446744073709551613' }
        @{ Case = 'NICs'; Get = { Get-ContainerNic }; Whole = "$full/64", '10.1.0.2/24', '10.2.0.2/24', ' Up ' }
        @{ Case = 'statistics of NICs'; Get = { Get-ContainerNicStatistics }; Whole = ' B ', ' 0 / 0', ' Up ' }
        @{ Case = 'rates of NICs'; Get = { Get-ContainerNicStatistics -Interval 0.1 }; Whole = 'bit/s ', ' 0 / 0', ' Up ' }
        @{ Case = 'access of the host'; Get = { Enable-HostAccess lan -IPAddress 2001:db8:1234:5678:abcd:ef12:3456:7aaa }
            Whole = '2001:db8:1234:5678:abcd:ef12:3456:7aaa/128', 'hm-' }
        @{ Case = 'namespaces'; Get = { Get-NetworkNamespace }; Whole = '/run/netns/web1', '/run/netns/wire' }
        @{ Case = 'what was restored'; Get = { Restore-ContainerNetwork }; Whole = 'InPlace', ' lan ', 'web1/eth0' }
        @{ Case = 'what differs'; Get = { Test-ContainerNetwork }; Whole = '10.1.0.99/24', "$full/64", 'AddressWithoutLease', 'AddressMissing' }
        @{ Case = 'tests'; Get = { Test-ContainerNic lan web1 $long -Count 1 -TimeoutSeconds 0.2 }; Whole = 'web1/eth1 on network lan', 'ICMPv6' }
        @{ Case = 'address databases'; Get = { Get-AddressDatabase }; Whole = 'Host=127.0.0.1:1;Username=node1', 'away ' }
        @{ Case = 'tests of address databases'; Get = { Test-AddressDatabase away }; Whole = ' Unavailable ', 'The address database' }
        @{ Case = 'events'; Get = { Get-Event }; Whole = ' web1/eth1 ', "$other lladdr 02:00:00:00:00:07", '10.9.0.0/16 via 10.1.0.1' }
    ) {
        if ($Case -eq 'what differs') {
            ip -n web1 address add 10.1.0.99/24 dev eth1
            ip -n $long address del $full/64 dev interface-of-15
        }
        $found = & $Get
        $found | Should -Not -BeNullOrEmpty
        foreach ($width in 79, 119) {
            $lines = Get-Line $found $width
            $lines | Where-Object Length -GT $width | Should -BeNullOrEmpty
            $lines -join "`n" | Should -Not -Match '…|\.\.\.'
            foreach ($text in $Whole) { @($lines -like "*$text*").Count | Should -BeGreaterThan 0 -Because "$text is whole at $width columns" }
        }
        $list = Get-Line $found 60 Format-List
        $list | Where-Object Length -GT 60 | Should -BeNullOrEmpty
        $list -join "`n" | Should -Not -Match '…|\.\.\.|System\.'
        $list -match '^\w+ +: ' | Should -Not -BeNullOrEmpty
    }

    It 'show the MAC address of a NIC beside its first address, and one line for each other address' {
        $lines = Get-Line (Get-ContainerNic lan -Namespace web1)
        $nic = Get-ContainerNic lan -Namespace web1
        $row = @($lines -match '^web1 ')
        $row | Should -HaveCount 1
        $row[0] | Should -Match "$([regex]::Escape("$($nic.IPAddress[0])")) +$($nic.MacAddress)$"
        $lines[$lines.IndexOf($row[0]) + 1].Trim() | Should -Be "$($nic.IPAddress[1])"
    }

    It 'show addresses alone as they are' {
        (Get-ContainerNic lan -Namespace $long).IPAddress | Out-String | ForEach-Object { $_ -split '\r?\n' } | Where-Object { $_ } | Should -Be '10.1.0.2/24', "$full/64"
    }

    It 'group NICs by network, whatever the order they were made in' {
        (Get-Line (Get-ContainerNic)) -match 'Network:' | ForEach-Object { $_ -replace ' *Network: ' } | Should -Be $long, lan
    }

    It 'tell where a parent is down or missing' {
        ip link set eth1 down
        @(Get-Line (Get-ContainerNetwork $long)) -match 'eth1|\(down\)' | Should -HaveCount 2
        ip link set eth1 up
        @(Get-Line (Get-ContainerNetwork)) -match '\(' | Should -BeNullOrEmpty
    }

    It 'have in their lists what events are about' {
        $events = Get-Event
        Get-Line $events[2] -As Format-List | Where-Object { $_ -and $_ -notlike 'Time *' } | Should -Be @(
            'Kind        : Route', 'Action      : Added', 'Network     : lan', 'Namespace   : web1', 'Interface   : eth1'
            'Summary     : 10.9.0.0/16 via 10.1.0.1', 'Destination : 10.9.0.0/16', 'Gateway     : 10.1.0.1', 'Metric      : 0', 'Table       : 254', 'Type        : Unicast')
        $neighbor = Get-Line $events[3] -As Format-List
        $neighbor | Should -Contain "IPAddress  : $other"
        $neighbor | Should -Contain 'MacAddress : 02:00:00:00:00:07'
        $link = Get-Line $events[0] -As Format-List
        $link -match '^IsUp +: True$' | Should -HaveCount 1
        $link -match '^MacAddress +: ([0-9a-f]{2}:){5}[0-9a-f]{2}$' | Should -HaveCount 1
    }

    It 'have in their lists every address, and where a NIC is' {
        $list = Get-Line (Get-ContainerNic lan -Namespace $long) -As Format-List
        $list | Should -Contain 'IPAddress     : 10.1.0.2/24'
        $list | Should -Contain "                $full/64"
        $list -match '^Container|^ProcessId|^Image' | Should -BeNullOrEmpty -Because 'it is in a namespace'
        $subnets = Get-Line (Get-ContainerNetwork $long) -As Format-List
        10, 2, 3, 4, 5, 6 | Select-Object -Skip 1 | ForEach-Object { @($subnets -like "*10.$_.0.0/24") | Should -HaveCount 1 }
    }
}

Describe 'Views of VLAN sub-interfaces' {
    It 'cut nothing off' {
        $vlan = Add-VlanSubInterface eth0 4094 -Name name-of-15-byte -EgressPriorityMap @{ 0 = 3; 1 = 4 } -Gvrp
        $null = New-IpvlanNetwork one $vlan.Name -Subnet 10.7.0.0/24
        $null = New-IpvlanNetwork "the-other-$long" $vlan.Name -Subnet 10.8.0.0/24
        $lines = Get-Line (Get-VlanSubInterface)
        $lines | Where-Object Length -GT 79 | Should -BeNullOrEmpty
        @($lines -match "^$($vlan.Name) +eth0 +4094 +1500 +True +True +one$") | Should -HaveCount 1
        $list = Get-Line (Get-VlanSubInterface) -As Format-List
        $list | Should -Contain 'EgressPriorityMap  : 0:3'
        $list | Should -Contain '                     1:4'
    }
}
