# Connect-, Get- and Disconnect-ContainerNic: NICs of namespaces and processes, on macvlan networks that share eth0.
# What is particular to ipvlan is in IpvlanNetwork.Tests.ps1.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $null = New-NetworkNamespace web1, web2, web3
    'address add 192.168.50.1/24 dev eth0', 'address add fd18::1/64 dev eth0 nodad' | ip -n wire -batch -
    $null = New-MacvlanNetwork front eth0 -Subnet 192.168.50.0/24
    $null = New-MacvlanNetwork dual eth0 -Subnet 192.168.60.0/24, fd18::/64 -Gateway fd18::1

    function Disconnect-All { Get-ContainerNic | Disconnect-ContainerNic }
}

AfterAll { Clear-TestHost }

Describe 'Connect-ContainerNic' -Tag Native {
    AfterEach { Disconnect-All }

    It 'makes a NIC in the namespace that is up, has address and default route, and reaches the wire' {
        $nic = Connect-ContainerNic front web1
        $link = Invoke-Ip web1 address show dev eth0
        "$($link.linkinfo.info_kind) $($link.linkinfo.info_data.mode) $($link.addr_info.Where({ $_.family -eq 'inet' }).local)" |
            Should -Be 'macvlan bridge 192.168.50.2'
        $link.flags | Should -Contain UP
        $route = Get-IpRoute web1 | Where-Object dst -EQ default
        "$($route.gateway) $($route.dev)" | Should -Be '192.168.50.1 eth0'
        $nic | Should -BeOfType MacIpvlan.ContainerNic
        "$nic $($nic.Network) $($nic.Namespace) $($nic.InterfaceName) $($nic.IPAddress) $($nic.Mtu) $($nic.Parent) $($nic.State)" |
            Should -Be 'web1/eth0 front web1 eth0 192.168.50.2/24 1500 eth0 Up'
        $nic.InterfaceIndex | Should -Be $link.ifindex
        $nic.MacAddress | Should -Be $link.address
        $nic.Id | Should -Match '^[0-9a-f]{16}$'
        $nic.ProcessId | Should -BeNullOrEmpty
        Test-Ping web1 192.168.50.1 | Should -BeTrue
        (Get-IpLink).ifname | Should -Be lo, eth0 -Because 'nothing of it is in the namespace of the host'
    }

    It 'lets NICs of one network reach each other in both families' {
        $null = Connect-ContainerNic dual web1, web2
        Get-PingReply web1 192.168.60.3, fd18::3, fd18::1 -Attempts 2 | Should -HaveCount 3
    }

    It 'takes a namespace by <Form>' -Tag Once -ForEach @(
        @{ Form = 'name'; Target = { 'web1' }; Name = 'web1' }
        @{ Form = 'path'; Target = { '/run/netns/web1' }; Name = '/run/netns/web1' }
        @{ Form = 'object'; Target = { Get-NetworkNamespace web1 }; Name = 'web1' }
    ) {
        (Connect-ContainerNic -Network front -Namespace (& $Target)).Namespace | Should -Be $Name
        Get-IpAddress web1 eth0 | Should -Be 192.168.50.2/24
    }

    It 'takes a network by <Form>' -Tag Once -ForEach @(
        @{ Form = 'name in any case'; Given = { 'FRONT' } }, @{ Form = 'object'; Given = { Get-MacvlanNetwork front } }
    ) {
        (Connect-ContainerNic (& $Given) web1).Network | Should -Be front
    }

    It 'takes a process in a named namespace' {
        $sleeper = Start-Sleeper 'ip netns exec web1'
        $nic = Connect-ContainerNic front -ProcessId $sleeper.Id
        "$($nic.ProcessId) $($nic.Namespace)" | Should -Be "$($sleeper.Id) /proc/$($sleeper.Id)/ns/net"
        Get-IpAddress web1 eth0 | Should -Be 192.168.50.2/24
        Stop-Sleeper $sleeper
        $nic | Disconnect-ContainerNic
        (Get-IpLink -Namespace web1).ifname | Should -Be lo -Because 'the namespace outlives the process'
    }

    It 'takes processes down the pipeline, and a path below /proc' -Tag Once {
        $one = Start-Sleeper 'unshare -n'
        $two = Start-Sleeper 'unshare -n'
        $null = Get-Process -Id $one.Id | Connect-ContainerNic -Network front
        $null = [pscustomobject]@{ ProcessId = $two.Id; InterfaceName = 'lan0' } | Connect-ContainerNic -Network front
        $null = Connect-ContainerNic front -Namespace "/proc/$($two.Id)/ns/net"
        $lines = foreach ($id in $one.Id, $two.Id) { nsenter -t $id -n ip -o -4 address show up }
        $lines -match 'inet 192' -replace '^\d+: (\S+) +inet (\S+) .*', '$1 $2' |
            Should -Be 'eth0 192.168.50.2/24', 'lan0 192.168.50.3/24', 'eth0 192.168.50.4/24'
        Disconnect-All
        $one, $two | ForEach-Object { Stop-Sleeper $_ }
    }

    It 'connects each of several namespaces to each of several networks' {
        Connect-ContainerNic front, dual web1, web2 | ForEach-Object { "$($_.Network) $_ $($_.IPAddress)" } | Should -Be @(
            'front web1/eth0 192.168.50.2/24', 'front web2/eth0 192.168.50.3/24'
            'dual web1/eth1 192.168.60.2/24 fd18::2/64', 'dual web2/eth1 192.168.60.3/24 fd18::3/64')
        $links = Get-IpLink -Namespace web2
        $links.ifname | Should -Be lo, eth0, eth1
        Get-IpAddress web2 eth1 | Should -Be 192.168.60.3/24, fd18::3/64
    }

    It 'keeps the default route of the first NIC, for each family' {
        $null = Connect-ContainerNic front, dual web1
        (Get-IpFact web1).web1.Defaults | ForEach-Object { "$($_.gateway) $($_.dev)" } |
            Should -Be '192.168.50.1 eth0', 'fd18::1 eth1'
    }

    It 'names NICs eth0, eth1 and so on, whatever else is there, and uses a name again' {
        ip -n web1 link add eth1 type bridge
        (Connect-ContainerNic front, dual, front web1).InterfaceName | Should -Be eth0, eth2, eth3
        Disconnect-ContainerNic -Namespace web1 -InterfaceName eth0
        (Connect-ContainerNic front web1).InterfaceName | Should -Be eth0
        Disconnect-All
        (Get-IpLink -Namespace web1).ifname | Should -Be lo, eth1
        ip -n web1 link delete dev eth1
    }

    It 'names a NIC <Name>' -ForEach @{ Name = 'wan' }, @{ Name = 'eth7' }, @{ Name = 'a-long.name_015' }, @{ Name = 'wän0' } {
        (Connect-ContainerNic front web1 -InterfaceName $Name).InterfaceName | Should -BeExactly $Name
        (Get-IpLink -Namespace web1).ifname | Should -BeExactly lo, $Name
    }

    It 'gives static addresses: <Case>' -Tag Once -ForEach @(
        @{ Case = 'of IPv4'; Network = 'front'; IPAddress = '192.168.50.77'; Has = , '192.168.50.77/24' }
        @{ Case = 'of both families'; Network = 'dual'; IPAddress = 'fd18::77', '192.168.60.77'
            Has = '192.168.60.77/24', 'fd18::77/64' }
        @{ Case = 'of IPv6, with the lowest of IPv4'; Network = 'dual'; IPAddress = 'fd18::77'
            Has = '192.168.60.2/24', 'fd18::77/64' }
        @{ Case = 'two of one subnet'; Network = 'front'; IPAddress = '192.168.50.8', '192.168.50.7'
            Has = '192.168.50.8/24', '192.168.50.7/24' }
        @{ Case = 'the lowest that is free, asked for by number'; Network = 'front'; IPAddress = '192.168.50.2'
            Has = , '192.168.50.2/24' }
    ) {
        $nic = Connect-ContainerNic $Network web1 -IPAddress $IPAddress
        $nic.IPAddress | ForEach-Object { "$_" } | Sort-Object | Should -Be ($Has | Sort-Object)
        Get-IpAddress web1 eth0 | Should -Be $Has
    }

    It 'takes an address as <Form>' -Tag Once -ForEach @(
        @{ Form = 'text'; Given = '192.168.50.77' }
        @{ Form = 'IPAddress'; Given = [ipaddress]'192.168.50.77' }
        @{ Form = 'part of a subnet'; Given = { [MacIpvlan.Addressing.IPPrefix]::Parse('192.168.50.77/32').First } }
        @{ Form = 'that of a NIC'; Given = { $nic = Connect-ContainerNic front web2 -IPAddress 192.168.50.77; Disconnect-All; $nic.IPAddress } }
    ) {
        $address = if ($Given -is [scriptblock]) { & $Given } else { $Given }
        "$((Connect-ContainerNic front web1 -IPAddress $address).IPAddress)" | Should -Be 192.168.50.77/24
    }

    It 'refuses to bind <_> as an address' -Tag Once -ForEach '192.168.50', '3232248397', '0xC0A8324D', '192.168.50.077', '', 'fd18::7%eth0' {
        $given = $_
        $problem = Get-Failure { Connect-ContainerNic dual web1 -IPAddress $given }
        $problem.What | Should -BeLike 'ParameterArgumentTransformationError *'
        $problem.Message | Should -BeLike "*'IPAddress'. '$given' is not an IPv4 or IPv6 address."
        Get-ContainerNic | Should -BeNullOrEmpty
    }

    It 'reports addresses as lists whose properties can be asked for' -Tag Once {
        $nic = Connect-ContainerNic dual web1
        $nic.IPAddress | Should -Be 192.168.60.2/24, fd18::2/64
        $nic.IPAddress[1] | Should -Be fd18::2/64
    }

    It 'gives a static address outside the range, and passes over it when the range comes there' -Tag Once {
        $null = New-MacvlanNetwork ranged eth0 -Subnet 192.168.70.0/24 -IPRange 192.168.70.10-192.168.70.20
        $null = Connect-ContainerNic ranged web1 -IPAddress 192.168.70.200
        $null = Connect-ContainerNic ranged web2 -IPAddress 192.168.70.11
        (Connect-ContainerNic ranged web1, web2).IPAddress | ForEach-Object { "$_" } |
            Should -Be 192.168.70.10/24, 192.168.70.12/24
        Remove-MacvlanNetwork ranged -Force
    }

    It 'hands out the lowest free address, those that were released included' -Tag Once {
        (Connect-ContainerNic front web1, web2, web3).IPAddress | ForEach-Object { "$_" } |
            Should -Be 192.168.50.2/24, 192.168.50.3/24, 192.168.50.4/24
        Disconnect-ContainerNic -Namespace web2, web1
        (Connect-ContainerNic front web2, web1, web3).IPAddress | ForEach-Object { "$_" } |
            Should -Be 192.168.50.2/24, 192.168.50.3/24, 192.168.50.5/24
        'web1', 'web2' | ForEach-Object { Get-IpAddress $_ eth0 } | Should -Be 192.168.50.3/24, 192.168.50.2/24
    }

    It 'sets -MacAddress as <Given>' -Tag Once -ForEach @{ Given = '02-42-C0-A8-32-09' }, @{ Given = '02:42:c0:a8:32:09' } {
        $null = Connect-ContainerNic front web1 -MacAddress $Given
        (Get-IpLink eth0 -Namespace web1).address | Should -Be 02:42:c0:a8:32:09
    }

    It 'derives the MAC address of network and address: local, unicast, the same when the address comes back' -Tag Once {
        $first, $second = (Connect-ContainerNic front web1, web2).MacAddress
        $first | Should -Match '^.[26ae]:'
        $second | Should -Not -Be $first
        Disconnect-All
        $null = Connect-ContainerNic front web3
        (Get-IpLink eth0 -Namespace web3).address | Should -Be $first
        Disconnect-All
        $null = Connect-ContainerNic dual web3 -InterfaceName lan0
        (Get-IpLink lan0 -Namespace web3).address | Should -Not -Be $first
    }

    It 'connects on a parent that is down, and reaches the wire when it is up' {
        ip link set eth0 down
        $nic = Connect-ContainerNic front web1
        ip link set eth0 up
        $nic.State | Should -Be LowerLayerDown
        Test-Ping web1 192.168.50.1 | Should -BeTrue
    }

    It 'sets -Mtu on the NIC alone' {
        (Connect-ContainerNic front web1 -Mtu 1300).Mtu | Should -Be 1300
        $null = Connect-ContainerNic front web2
        'web1', 'web2' | ForEach-Object { (Get-IpLink eth0 -Namespace $_).mtu } | Should -Be 1300, 1500
    }

    It 'turns IPv6 off where the network has none, and waits for no duplicate where it has' {
        $null = Connect-ContainerNic front, dual web1
        $addresses = Invoke-Ip web1 -6 address show
        ($addresses | Where-Object ifname -EQ eth0).addr_info | Should -BeNullOrEmpty
        $address = ($addresses | Where-Object ifname -EQ eth1).addr_info | Where-Object local -EQ fd18::2
        "$(Get-Text $address nodad) $(Get-Text $address tentative)" | Should -Be 'True '
    }

    Context 'in a pipeline' -Tag Once {
        AfterEach {
            Remove-MacvlanNetwork lan* -Force
            Remove-NetworkNamespace new* -Force
        }

        It 'takes names of namespaces' {
            'web1', 'web2' | Connect-ContainerNic -Network front | ForEach-Object { "$_" } |
                Should -Be web1/eth0, web2/eth0
        }

        It 'takes networks' {
            Get-MacvlanNetwork | Connect-ContainerNic -Namespace web1 | ForEach-Object { "$($_.Network) $_" } |
                Should -Be 'dual web1/eth0', 'front web1/eth1'
        }

        It 'takes namespaces' {
            Get-NetworkNamespace web* | Connect-ContainerNic front | ForEach-Object Namespace |
                Should -Be web1, web2, web3
        }

        It 'takes networks and namespaces as they are made' {
            New-NetworkNamespace new1, new2 | Connect-ContainerNic front | Should -HaveCount 2
            'lan1', 'lan2' | ForEach-Object { New-MacvlanNetwork $_ eth0 -Subnet "192.168.9$($_[3]).0/24" } |
                Connect-ContainerNic -Namespace web1 | ForEach-Object { "$($_.Network) $($_.IPAddress)" } |
                Should -Be 'lan1 192.168.91.2/24', 'lan2 192.168.92.2/24'
        }

        It 'goes on behind one that cannot be connected' {
            $problem = Get-Failure { 'web1', 'nosuch', 'lo/eth0', 'web2' | Connect-ContainerNic -Network front }
            $problem.What | Should -Be "NamespaceNotFound ObjectNotFound 'nosuch'", "NamespaceNotFound ObjectNotFound 'lo/eth0'"
            Get-ContainerNic | ForEach-Object { "$_ $($_.IPAddress)" } |
                Should -Be 'web1/eth0 192.168.50.2/24', 'web2/eth0 192.168.50.3/24'
        }
    }

    It 'changes nothing with -WhatIf' -Tag Once {
        $before = Get-Snapshot
        $textBefore = Get-KernelText
        Connect-ContainerNic front, dual web1, web2 -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot | Should -Be $before
        Get-KernelText | Should -Be $textBefore
    }

    It 'asks nothing with -Confirm:$false' -Tag Once {
        $ConfirmPreference = 'Low'
        Connect-ContainerNic front web1 -Confirm:$false | Disconnect-ContainerNic -Confirm:$false
        Get-ContainerNic | Should -BeNullOrEmpty
    }

    It 'shows each step with -Verbose' {
        $nic, $steps = (Connect-ContainerNic front web1 -Verbose 4>&1).Where({ $_ -is [MacIpvlan.ContainerNic] }, 'Split')
        $text = $steps -join "`n"
        $text | Should -BeLike "*ip link add link eth0 name * address $($nic[0].MacAddress) index * netns web1 type macvlan mode bridge*"
        $text | Should -BeLike '*ip -n web1 address add 192.168.50.2/24 * dev eth0*ip -n web1 link set dev eth0 * up*'
        $text | Should -BeLike '*ip -n web1 route * default via 192.168.50.1 dev eth0*'
        $nic | Disconnect-ContainerNic -Verbose 4>&1 | ForEach-Object { "$_" } |
            Should -Contain 'ip -n web1 link delete dev eth0'
    }
}

Describe 'Connect-ContainerNic, asked for what cannot be' -Tag Native, Once {
    BeforeAll {
        $null = New-MacvlanNetwork tight eth0 -Subnet 192.168.70.0/24 -IPRange 192.168.70.8-192.168.70.8
        $null = New-IpvlanNetwork layer2 eth0 -Subnet 192.168.80.0/24 -WarningAction Ignore
        ip netns attach this-host $PID
        $null = Connect-ContainerNic front web2
        $null = Connect-ContainerNic tight web2
        ip link add link eth0 name hand netns web3 address 02:00:00:00:00:77 type macvlan mode bridge
        ip -n web3 link set dev hand up
        $before = Get-Snapshot
        $textBefore = Get-KernelText
    }

    AfterAll {
        Disconnect-All
        Remove-MacvlanNetwork tight
        Remove-IpvlanNetwork layer2
        ip -n web3 link delete dev hand
        ip netns delete this-host
    }

    AfterEach { Get-Snapshot | Should -Be $before }

    It 'refuses <Case>' -ForEach @(
        @{ Case = 'an unknown network'; With = @{ Network = 'nosuch' }; What = "NetworkNotFound ObjectNotFound 'nosuch'" }
        @{ Case = 'a pattern for a network'; With = @{ Network = 'fron*' }; What = "NetworkNotFound ObjectNotFound 'fron?'" }
        @{ Case = 'an unknown namespace'; With = @{ Namespace = 'nosuch' }
            What = "NamespaceNotFound ObjectNotFound 'nosuch'" }
        @{ Case = 'a path that leads nowhere'; With = @{ Namespace = '/run/netns/nosuch' }
            What = "NamespaceNotFound ObjectNotFound '/run/netns/nosuch'" }
        @{ Case = 'a file that is no namespace'; With = @{ Namespace = '/etc/passwd' }
            What = "NamespaceNotFound ObjectNotFound '/etc/passwd'" }
        @{ Case = 'a namespace of another kind'; With = @{ Namespace = '/proc/self/ns/mnt' }
            What = "NamespaceNotFound ObjectNotFound '/proc/self/ns/mnt'" }
        @{ Case = 'a folder for a namespace'; With = @{ Namespace = '..' }; What = "InvalidName InvalidArgument '..'" }
        @{ Case = 'an unknown process'; With = @{ ProcessId = 2147483647 }
            What = "ProcessNotFound ObjectNotFound '2147483647'" }
        @{ Case = 'the host by path'; With = @{ Namespace = '/proc/self/ns/net' }
            What = "HostNamespace InvalidArgument '/proc/self/ns/net'" }
        @{ Case = 'the host by a name that was given to it'; With = @{ Namespace = 'this-host' }
            What = "HostNamespace InvalidArgument 'this-host'" }
        @{ Case = 'a MAC address on ipvlan'; With = @{ Network = 'layer2'; MacAddress = '02-42-C0-A8-32-09' }
            What = "InvalidParameter InvalidArgument 'web1'" }
        @{ Case = 'an exhausted range'; With = @{ Network = 'tight' }
            What = "AddressesExhausted ResourceUnavailable 'web1'" }
        @{ Case = 'an address in use'; With = @{ IPAddress = '192.168.50.2' }; What = "AddressInUse ResourceBusy 'web1'" }
        @{ Case = 'an address in use, after a free one'; With = @{ IPAddress = '192.168.50.99', '192.168.50.2' }
            What = "AddressInUse ResourceBusy 'web1'" }
        @{ Case = 'an address twice'; With = @{ IPAddress = '192.168.50.9', '192.168.50.9' }
            What = "AddressInUse ResourceBusy 'web1'" }
        @{ Case = 'an address in no subnet'; With = @{ IPAddress = '192.168.51.9' }
            What = "InvalidAddress InvalidArgument 'web1'" }
        @{ Case = 'an address of a family that the network lacks'; With = @{ IPAddress = 'fd18::9' }
            What = "InvalidAddress InvalidArgument 'web1'" }
        @{ Case = 'the network address'; With = @{ IPAddress = '192.168.50.0' }
            What = "InvalidAddress InvalidArgument 'web1'" }
        @{ Case = 'the broadcast address'; With = @{ IPAddress = '192.168.50.255' }
            What = "InvalidAddress InvalidArgument 'web1'" }
        @{ Case = 'the prefix length of another subnet'; With = @{ IPAddress = '192.168.50.99/16' }
            What = "InvalidAddress InvalidArgument 'web1'" }
        @{ Case = 'no prefix length but that of the address'; With = @{ Network = 'dual'; IPAddress = 'fd18::99/128' }
            What = "InvalidAddress InvalidArgument 'web1'" }
        @{ Case = 'the subnet-router anycast address'; With = @{ Network = 'dual'; IPAddress = 'fd18::' }
            What = "InvalidAddress InvalidArgument 'web1'" }
        @{ Case = 'an address in no subnet, after a free one'; With = @{ IPAddress = '192.168.50.99', '10.0.0.1' }
            What = "InvalidAddress InvalidArgument 'web1'" }
        @{ Case = 'a negative MTU'; With = @{ Mtu = -1 }; What = "InvalidParameter InvalidArgument 'web1'" }
        @{ Case = 'an MTU above the parent''s'; With = @{ Mtu = 9000 }; What = "InvalidParameter InvalidArgument 'web1'" }
        @{ Case = 'an MTU too small for IPv6'; With = @{ Network = 'dual'; Mtu = 1000 }
            What = "InvalidParameter InvalidArgument 'web1'" }
        @{ Case = 'a multicast MAC address'; With = @{ MacAddress = '01-00-5E-00-00-01' }
            What = "InvalidParameter InvalidArgument 'web1'" }
        @{ Case = 'a MAC address of zeros'; With = @{ MacAddress = '00-00-00-00-00-00' }
            What = "InvalidParameter InvalidArgument 'web1'" }
        @{ Case = 'a MAC address of four bytes'; With = @{ MacAddress = '02-42-C0-A8' }
            What = "InvalidParameter InvalidArgument 'web1'" }
    ) {
        $all = @{ Network = 'front' }
        if (-not $With.ProcessId) { $all.Namespace = 'web1' }
        foreach ($key in $With.Keys) { $all[$key] = $With[$key] }
        $problem = Get-Failure { Connect-ContainerNic @all }
        $problem | Should -HaveCount 1
        $problem.What | Should -BeLike $What
    }

    It 'refuses an object whose address doesn''t agree with the subnet' {
        $nic = [pscustomobject]@{ Network = 'front'; Namespace = 'web1'; InterfaceName = 'eth0'; IPAddress = '192.168.50.99/16' }
        $problem = Get-Failure { $nic | Connect-ContainerNic }
        "$($problem.What): $($problem.Message) $($problem.Action)" | Should -Be ("InvalidAddress InvalidArgument 'web1/eth0': " +
            "The address 192.168.50.99/16 doesn't agree with the subnet 192.168.50.0/24 of 'front': the prefix length there is 24, not 16. " +
            'Specify 192.168.50.99 or 192.168.50.99/24.')
    }

    It 'refuses the host by process id' {
        (Get-Failure { Connect-ContainerNic front -ProcessId $PID }).What |
            Should -Be "HostNamespace InvalidArgument '$PID'"
    }

    It "refuses the interface name '<Name>'" -ForEach @(
        @{ Name = '' }, @{ Name = '.' }, @{ Name = '..' }, @{ Name = 'a/b' }, @{ Name = 'a:1' }, @{ Name = 'eth%d' }, @{ Name = 'a b' }
        @{ Name = "a`tb" }, @{ Name = ' eth0' }, @{ Name = 'sixteen-bytes-xx' }, @{ Name = 'fünfzehn-zeiche' }
    ) {
        (Get-Failure { Connect-ContainerNic front web1 -InterfaceName $Name }).What |
            Should -Be "InvalidName InvalidArgument 'web1'"
    }

    It 'says who holds an address' {
        (Get-Failure { Connect-ContainerNic front web1 -IPAddress 192.168.50.2 }).Message |
            Should -BeLike "*192.168.50.2*'front'*web2*"
    }

    It 'takes all back when the name is taken by <Case>' -ForEach @(
        @{ Case = 'another NIC'; Namespace = 'web2'; Name = 'eth0' }, @{ Case = 'loopback'; Namespace = 'web1'; Name = 'lo' }
    ) {
        $problem = Get-Failure { Connect-ContainerNic front $Namespace -InterfaceName $Name }
        $problem.What | Should -Be "InterfaceExists ResourceExists '$Namespace'"
        $problem.Message | Should -BeLike "*$Namespace*$Name*"
    }

    It 'takes all back when the MAC address is that of <Whose>' -ForEach @(
        @{ Whose = 'the parent'; Link = { Get-IpLink eth0 } }
        @{ Whose = 'a NIC of the network'; Link = { Get-IpLink eth0 -Namespace web2 } }
        @{ Whose = 'a link that was made by hand'; Link = { Get-IpLink hand -Namespace web3 } }
    ) {
        $problem = Get-Failure { Connect-ContainerNic front web1 -MacAddress (& $Link).address }
        $problem.What | Should -Match "^(MacAddressInUse ResourceBusy|EADDRINUSE ResourceExists) 'web1'$"
        $problem.Action | Should -BeLike '*another*address*'
    }

    It 'takes all back for a second NIC on a network of mode Passthru, and names the first' {
        ip link add br0 type bridge
        $null = New-MacvlanNetwork alone br0 -Subnet 192.168.90.0/24 -Mode Passthru
        $null = Connect-ContainerNic alone web1 -InterfaceName pass0
        $rows = Get-StateRow
        $problem = Get-Failure { Connect-ContainerNic alone web3 -InterfaceName pass0 }
        $rowsAfter = Get-StateRow
        Remove-MacvlanNetwork alone -Force
        ip link delete dev br0
        $rowsAfter | Should -Be $rows
        $problem.What | Should -Be "ParentInUse ResourceBusy 'web3'"
        $problem.Message | Should -BeLike '*br0*web1/pass0*'
    }

    It 'has left links, addresses and routes as they were, and the lowest address free' {
        Get-KernelText | Should -Be $textBefore
        $nic = Connect-ContainerNic front web1
        "$($nic.IPAddress)" | Should -Be 192.168.50.3/24
        $nic | Disconnect-ContainerNic
    }
}

Describe 'Get-ContainerNic' -Tag Native, Once {
    BeforeAll {
        $sleeper = Start-Sleeper 'ip netns exec web3'
        $null = Connect-ContainerNic front web1, web2
        $null = Connect-ContainerNic dual web1
        $null = Connect-ContainerNic dual -ProcessId $sleeper.Id -InterfaceName lan0
    }

    AfterAll {
        Disconnect-All
        Stop-Sleeper $sleeper
    }

    It 'lists all NICs by network, those of each by namespace and interface' {
        Get-ContainerNic | ForEach-Object { "$($_.Network) $($_.InterfaceName) $($_.IPAddress)" } | Should -Be @(
            'dual lan0 192.168.60.3/24 fd18::3/64', 'dual eth1 192.168.60.2/24 fd18::2/64'
            'front eth0 192.168.50.2/24', 'front eth0 192.168.50.3/24')
    }

    It 'finds NICs by <Case>' -ForEach @(
        @{ Case = 'network'; With = @{ Network = 'FRONT' }; Found = 'front web1/eth0, front web2/eth0' }
        @{ Case = 'networks by pattern'; With = @{ Network = 'd*', 'f*'; InterfaceName = 'eth*' }
            Found = 'dual web1/eth1, front web1/eth0, front web2/eth0' }
        @{ Case = 'namespace'; With = @{ Namespace = 'web1' }; Found = 'dual web1/eth1, front web1/eth0' }
        @{ Case = 'namespaces by pattern'; With = @{ Namespace = 'w*2', 'z*' }; Found = 'front web2/eth0' }
        @{ Case = 'interface'; With = @{ InterfaceName = 'eth1' }; Found = 'dual web1/eth1' }
        @{ Case = 'all together'; With = @{ Network = '*'; Namespace = 'web*'; InterfaceName = '*0' }
            Found = 'front web1/eth0, front web2/eth0' }
        @{ Case = 'what none has'; With = @{ Namespace = 'nosuch' }; Found = '' }
    ) {
        (Get-ContainerNic @With | ForEach-Object { "$($_.Network) $_" }) -join ', ' | Should -Be $Found
    }

    It 'finds NICs by any path of their namespace: <_>' -ForEach '/run/netns/web1', '/var/run/netns/web1', '/proc/self/root/run/netns/web1' {
        Get-ContainerNic -Namespace $_ | Should -HaveCount 2
        Get-ContainerNic -Namespace '/run/netns/*' | Should -HaveCount 3
    }

    It 'finds NICs by the name of their namespace, and by its path, whatever they were connected by' {
        $null = New-NetworkNamespace web4
        $nics = @(
            Connect-ContainerNic front /var/run/netns/web4
            Connect-ContainerNic front web4)
        foreach ($name in 'web4', '/run/netns/web4', '/var/run/netns/web4') {
            Get-ContainerNic -Namespace $name | ForEach-Object Id | Should -Be $nics.Id
        }
        (Get-ContainerNic -Namespace web3).InterfaceName | Should -Be lan0
        Disconnect-ContainerNic -Namespace web4
        Get-ContainerNic | Should -HaveCount 4
        # Where the namespace is gone, what is remembered of it has to do.
        $null = Connect-ContainerNic front web4
        ip netns delete web4
        Disconnect-ContainerNic -Namespace /run/netns/web4
        Get-ContainerNic | Should -HaveCount 4
    }

    It 'finds NICs by process' {
        (Get-ContainerNic -ProcessId $sleeper.Id).InterfaceName | Should -Be lan0
    }

    It 'takes networks from the pipeline; text there is a target' {
        Get-MacvlanNetwork dual | Get-ContainerNic | ForEach-Object InterfaceName | Should -Be lan0, eth1
        Get-ContainerNetwork front, dual | Get-ContainerNic | Should -HaveCount 4
        'front', 'dual' | Get-ContainerNic | Should -BeNullOrEmpty
    }

    It 'reports a network that is unknown, and goes on' {
        (Get-Failure { Get-ContainerNic nosuch, front }).What |
            Should -Be "NetworkNotFound ObjectNotFound 'nosuch'"
        Get-ContainerNic nosuch, front -ErrorAction Ignore | Should -HaveCount 2
    }

    It 'shows a table that fits 80 columns' {
        $text = Get-ContainerNic | Out-String -Width 80
        $lines = ($text -split '\r?\n').Where({ $_.Trim() }) | ForEach-Object TrimEnd
        $lines -match 'Network:|^Name' -replace ' +', ' ' -replace 'IPAddress.*', 'IPAddress' | Should -Be @(
            ' Network: dual', 'Namespace Interface State IPAddress', ' Network: front', 'Namespace Interface State IPAddress')
        $text -split '\r?\n' | Where-Object { $_.Length -gt 80 } | Should -BeNullOrEmpty
        $text | Should -Not -Match '…|\.\.\.'
        $lines -match '^web1 +eth0 +Up +192\.168\.50\.2/24' | Should -HaveCount 1
        '192.168.60.2/24', 'fd18::2/64', '192.168.60.3/24', 'fd18::3/64' | ForEach-Object { $text | Should -BeLike "*$_*" }
    }
}

Describe 'Disconnect-ContainerNic' -Tag Native, Once {
    BeforeEach {
        $null = Connect-ContainerNic front web1, web2
        $null = Connect-ContainerNic dual web1
    }

    AfterEach { Disconnect-All }

    It 'takes the link and frees the addresses, of that NIC alone' {
        Get-ContainerNic dual | Disconnect-ContainerNic | Should -BeNullOrEmpty
        (Get-IpLink -Namespace web1).ifname | Should -Be lo, eth0
        Get-ContainerNic | ForEach-Object { "$_" } | Should -Be web1/eth0, web2/eth0
        Get-StateRow | Where-Object { $_ -like 'leases*' } | Should -HaveCount 2
        Test-Ping web1 192.168.50.3 | Should -BeTrue
    }

    It 'takes NICs by <Case>' -ForEach @(
        @{ Case = 'network'; With = @{ Network = 'Front' }; Left = 'web1/eth1' }
        @{ Case = 'networks by pattern'; With = @{ Network = 'd*' }; Left = 'web1/eth0 web2/eth0' }
        @{ Case = 'namespace'; With = @{ Namespace = 'web1' }; Left = 'web2/eth0' }
        @{ Case = 'namespaces by pattern'; With = @{ Namespace = 'web*' }; Left = '' }
        @{ Case = 'interface in a namespace'
            With = @{ Namespace = 'web1'; InterfaceName = 'eth1' }; Left = 'web1/eth0 web2/eth0' }
        @{ Case = 'network and namespace'; With = @{ Network = 'front'; Namespace = 'web1' }; Left = 'web1/eth1 web2/eth0' }
        @{ Case = 'a pattern that matches none'; With = @{ Namespace = 'z*' }; Left = 'web1/eth1 web1/eth0 web2/eth0' }
    ) {
        Disconnect-ContainerNic @With
        "$(Get-ContainerNic)" | Should -Be $Left
        $links = foreach ($name in 'web1', 'web2') { ip -n $name -br link | ForEach-Object { "$name/$(($_ -split '[@ ]')[0])" } }
        $links | Where-Object { $_ -notlike '*/lo' } | Sort-Object |
            Should -Be ($Left -split ' ' | Where-Object { $_ } | Sort-Object)
    }

    It 'takes NICs by process' {
        $sleeper = Start-Sleeper 'ip netns exec web3'
        $null = Connect-ContainerNic front -ProcessId $sleeper.Id
        Disconnect-ContainerNic -ProcessId $sleeper.Id
        (Get-IpLink -Namespace web3).ifname | Should -Be lo
        Get-ContainerNic | Should -HaveCount 3
        Stop-Sleeper $sleeper
    }

    It 'takes names of namespaces, and namespaces, from the pipeline' {
        'web2' | Disconnect-ContainerNic
        Get-NetworkNamespace web1 | Disconnect-ContainerNic
        Get-ContainerNic | Should -BeNullOrEmpty
    }

    It 'succeeds twice' {
        $nics = Get-ContainerNic
        $nics | Disconnect-ContainerNic
        $nics | Disconnect-ContainerNic -ErrorAction Stop
        Get-ContainerNic | Should -BeNullOrEmpty
    }

    It 'succeeds for an interface that is gone, and for one that was renamed' {
        ip -n web1 link delete dev eth0
        'link set dev eth0 down', 'link set dev eth0 name other' | ip -n web2 -batch -
        Get-ContainerNic front | Disconnect-ContainerNic -ErrorAction Stop
        (Get-IpLink -Namespace web2).ifname | Should -Be lo
        Get-ContainerNic | ForEach-Object { "$_" } | Should -Be web1/eth1
    }

    It 'succeeds for a namespace that is gone, and leaves another of that name alone' {
        $address = "$((Get-ContainerNic -Namespace web2).IPAddress)"
        ip netns delete web2
        ip netns add web2
        ip -n web2 link add eth0 type bridge
        Disconnect-ContainerNic -Namespace web2 -ErrorAction Stop
        (Get-IpLink -Namespace web2).ifname | Should -Be lo, eth0
        ip -n web2 link delete dev eth0
        "$((Connect-ContainerNic front web2).IPAddress)" | Should -Be $address -Because 'it was freed'
    }

    It 'leaves the NIC of a new process alone whose namespace has the number of a dead one''s' {
        # The kernel gives the lowest inode number that is free, so the next namespace tends to have the last one's.
        Disconnect-All
        $old = Start-Sleeper 'unshare -n'
        $nic = Connect-ContainerNic front -ProcessId $old.Id
        $number = readlink "/proc/$($old.Id)/ns/net"
        Stop-Sleeper $old
        foreach ($attempt in 1..10) {
            $new = Start-Sleeper 'unshare -n'
            if ((readlink "/proc/$($new.Id)/ns/net") -eq $number) { break }
            if ($attempt -lt 10) { Stop-Sleeper $new }
        }
        $null = Connect-ContainerNic front -ProcessId $new.Id
        $nic | Disconnect-ContainerNic
        $links = nsenter -t $new.Id -n ip -br link | ForEach-Object { ($_ -split '[@ ]')[0] }
        $left = Get-ContainerNic | ForEach-Object { "$($_.ProcessId) $($_.IPAddress)" }
        Disconnect-All
        Stop-Sleeper $new
        $links | Should -Be lo, eth0
        $left | Should -Be "$($new.Id) 192.168.50.3/24"
    }

    It 'leaves another interface alone that has the index of its own' {
        $index = (Get-ContainerNic -Namespace web2).InterfaceIndex
        'link delete dev eth0', "link add other index $index type bridge" | ip -n web2 -batch -
        Disconnect-ContainerNic -Namespace web2 -ErrorAction Stop
        (Get-IpLink -Namespace web2).ifname | Should -Be lo, other
        ip -n web2 link delete dev other
    }

    It 'reports a network that is unknown, and of a namespace that has no NIC' {
        (Get-Failure { Disconnect-ContainerNic -Network nosuch }).What |
            Should -Be "NetworkNotFound ObjectNotFound 'nosuch'"
        (Get-Failure { 'nosuch', 'web2' | Disconnect-ContainerNic }).What |
            Should -Be "NicNotFound ObjectNotFound 'nosuch'"
        Get-ContainerNic | ForEach-Object { "$_" } | Should -Be web1/eth1, web1/eth0
    }

    It 'changes nothing with -WhatIf' {
        $before = Get-Snapshot
        $textBefore = Get-KernelText
        Get-ContainerNic | Disconnect-ContainerNic -WhatIf
        Get-Snapshot | Should -Be $before
        Get-KernelText | Should -Be $textBefore
    }
}

Describe 'Container NICs whose process has just died' -Tag Native, Once {
    It 'give address and MAC address to the next NIC, though the kernel still clears up behind them' {
        # The kernel takes links away some time after the last process of their namespace.
        foreach ($attempt in 1..3) {
            $sleeper = Start-Sleeper 'unshare -n'
            $nic = Connect-ContainerNic front -ProcessId $sleeper.Id
            Stop-Sleeper $sleeper
            $nic | Disconnect-ContainerNic -ErrorAction Stop
            $next = Connect-ContainerNic front web1 -ErrorAction Stop
            "$($next.IPAddress) $($next.MacAddress)" | Should -Be "192.168.50.2/24 $($nic.MacAddress)"
            $next | Disconnect-ContainerNic
        }
    }
}

Describe 'Container NICs, disconnected' -Tag Native, Once {
    It 'have left nothing in the kernel or the state' {
        Remove-MacvlanNetwork front, dual
        Get-StateRow | Should -BeNullOrEmpty
        (Get-IpLink).ifname | Should -Be lo, eth0
        'web1', 'web2', 'web3' | ForEach-Object { Get-IpLink -Namespace $_ } | ForEach-Object ifname |
            Should -Be lo, lo, lo
    }
}
