# Networks change in place, and their connected NICs with them, as ip reports it: without being made again, unless the kernel changes
# no link so. What would harm a NIC is refused, and what the kernel refuses leaves all as it was.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost

    function Get-Route([string]$Namespace, [int]$Family = 4) {
        # Destination, gateway and metric of the routes that the module added.
        Get-IpRoute $Namespace $Family | Where-Object { (Get-Text $_ protocol) -eq 'static' } | ForEach-Object {
            "$(Get-Text $_ type) $($_.dst) $(Get-Text $_ gateway) $(Get-Text $_ metric)" -replace '^unicast ' -replace ' +', ' ' -replace ' $' } | Sort-Object
    }

    function Assert-Kept([string[]]$Namespace, [scriptblock]$Change) {
        # That the links of NICs outlive a change, and that nothing differs from the record afterwards. A link that is made again
        # doesn't get this name.
        foreach ($one in $Namespace) { ip -n $one link property add dev eth0 altname kept 2>$null }
        $null = & $Change
        foreach ($one in $Namespace) { (Get-IpLink eth0 -Namespace $one).altnames | Should -Be kept }
        Test-ContainerNetwork | ForEach-Object { "$($_.Kind) $($_.Name): $($_.Expected) -> $($_.Actual)" } | Should -BeNullOrEmpty
    }

    function Assert-NoneLost([string]$Namespace, [string]$Destination, [scriptblock]$Change) {
        # That all of 3,000 pings, one each millisecond, are answered while a change is made.
        $start = [Diagnostics.ProcessStartInfo]::new('nsenter')
        foreach ($argument in "--net=/run/netns/$Namespace", 'busybox', 'ping', '-q', '-c', '3000', '-i', '0.001', '-W', '5', $Destination) { $start.ArgumentList.Add($argument) }
        $start.RedirectStandardOutput = $true
        $ping = [Diagnostics.Process]::Start($start)
        Start-Sleep -Milliseconds 200
        $null = & $Change
        $ping.HasExited | Should -BeFalse -Because 'the change is made while pings are sent'
        $ping.StandardOutput.ReadToEnd() | Should -BeLike '*3000 packets transmitted, 3000 packets received*'
    }

    $null = New-NetworkNamespace web1, web2, web3
}

AfterAll { Clear-TestHost }

Describe 'Set-MacvlanNetwork' -Tag Native, Once {
    BeforeEach {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway 10.1.0.254, fd01::ff -Route '10.9.0.0/16 via 10.1.0.99'
        $null = Connect-ContainerNic lan web1, web2
        ip -n wire address add 10.1.0.254/24 dev eth0
    }

    AfterEach {
        Get-HostAccess | ForEach-Object { Disable-HostAccess $_.Network }
        Get-ContainerNetwork | Remove-ContainerNetwork -Force
        ip -n wire address flush dev eth0
        Get-VlanSubInterface | Remove-VlanSubInterface -Force
        Get-StateRow | Should -BeNullOrEmpty
        (Get-IpLink).ifname | Should -Be lo, eth0
    }

    It 'changes the MTU of NICs, and that of a NIC for which one was chosen not' {
        $null = Connect-ContainerNic lan web3 -Mtu 1300
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -Mtu 1400 }
        (Get-IpLink eth0 -Namespace web1).mtu, (Get-IpLink eth0 -Namespace web2).mtu, (Get-IpLink eth0 -Namespace web3).mtu | Should -Be 1400, 1400, 1300
        (Connect-ContainerNic lan web3 -InterfaceName eth1).Mtu | Should -Be 1400
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -Mtu $null }
        (Get-IpLink eth0 -Namespace web1).mtu | Should -Be 1500
    }

    It 'changes the routes of NICs: <Case>' -ForEach @(
        @{ Case = 'another gateway'; Change = { Set-MacvlanNetwork lan -Gateway 10.1.0.253, fd01::fe }
            IPv4 = '10.9.0.0/16 10.1.0.99', 'default 10.1.0.253'; IPv6 = 'default fd01::fe 1024' }
        @{ Case = 'no gateway'; Change = { Set-MacvlanNetwork lan -NoGateway }; IPv4 = '10.9.0.0/16 10.1.0.99'; IPv6 = 'default fd01::ff 1024' }
        @{ Case = 'the usual gateway'; Change = { Set-MacvlanNetwork lan -Gateway $null -Force -ErrorAction Stop }; Refused = 'AddressInUse*10.1.0.1 is taken by web1/eth0*' }
        @{ Case = 'a metric'; Change = { Set-MacvlanNetwork lan -RouteMetric 50 }; IPv4 = '10.9.0.0/16 10.1.0.99', 'default 10.1.0.254 50'; IPv6 = 'default fd01::ff 50' }
        @{ Case = 'no default route'; Change = { Set-MacvlanNetwork lan -NoDefaultRoute }; IPv4 = '10.9.0.0/16 10.1.0.99' }
        @{ Case = 'internal'; Change = { Set-MacvlanNetwork lan -Internal }; IPv4 = '10.9.0.0/16 10.1.0.99' }
        @{ Case = 'other routes'; Change = { Set-MacvlanNetwork lan -Route '10.8.0.0/16 via 10.1.0.98 metric 3', 'blackhole 10.7.0.0/16', '10.9.0.0/16 via 10.1.0.98' }
            IPv4 = '10.8.0.0/16 10.1.0.98 3', '10.9.0.0/16 10.1.0.98', 'blackhole 10.7.0.0/16', 'default 10.1.0.254'; IPv6 = 'default fd01::ff 1024' }
        @{ Case = 'a route of another type'; Change = { Set-MacvlanNetwork lan -Route 'unreachable 10.9.0.0/16' }
            IPv4 = 'default 10.1.0.254', 'unreachable 10.9.0.0/16'; IPv6 = 'default fd01::ff 1024' }
        @{ Case = 'no routes'; Change = { Set-MacvlanNetwork lan -Route @() }; IPv4 = 'default 10.1.0.254'; IPv6 = 'default fd01::ff 1024' }
        @{ Case = 'a gateway on the link'; Change = { Set-MacvlanNetwork lan -OnLinkGateway -Gateway 192.0.2.1 }; IPv4 = '10.9.0.0/16 10.1.0.99', 'default 192.0.2.1' }
    ) {
        if ($Refused) {
            $before = (Get-KernelText) + (Get-StateRow)
            $failure = Get-Failure $Change
            "$($failure.What) $($failure.Message)" | Should -BeLike $Refused
            (Get-KernelText) + (Get-StateRow) | Should -Be $before
            return
        }

        Assert-Kept web1, web2 $Change
        foreach ($namespace in 'web1', 'web2') {
            Get-Route $namespace | Should -Be $IPv4
            Get-Route $namespace 6 | Should -Be $IPv6
        }

        # As a new one has it.
        $null = Connect-ContainerNic lan web3
        Get-Route web3 | Should -Be $IPv4
        Get-Route web3 6 | Should -Be $IPv6
    }

    It 'gives the default route that a NIC no longer has to another NIC of the namespace' {
        $null = New-MacvlanNetwork area eth0 -Subnet 10.3.0.0/24
        $null = Connect-ContainerNic area web1 -WarningAction Ignore
        Get-Route web1 | Should -Contain 'default 10.1.0.254'
        Assert-Kept web1 { Set-MacvlanNetwork lan -NoDefaultRoute }
        Get-Route web1 | Should -Be '10.9.0.0/16 10.1.0.99', 'default 10.3.0.1'
        Assert-Kept web1 { Set-MacvlanNetwork lan -NoDefaultRoute:$false }
    }

    It 'changes the mode of NICs: <Mode>' -ForEach @{ Mode = 'Private' }, @{ Mode = 'Vepa' }, @{ Mode = 'Source' } {
        $more = if ($Mode -eq 'Source') { @{ AllowedMacAddress = '02:00:00:00:00:01', '02:00:00:00:00:02' } } else { @{} }
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -Mode $Mode @more }
        foreach ($namespace in 'web1', 'web2') { (Get-IpLink eth0 -Namespace $namespace).linkinfo.info_data.mode | Should -Be $Mode.ToLower() }
        if ($Mode -eq 'Source') {
            ip -n web1 -d link show dev eth0 | Out-String | Should -Match 'remotes \(2\) (02:00:00:00:00:0[12] ){2}'
            Assert-Kept web1, web2 { Set-MacvlanNetwork lan -AllowedMacAddress '02:00:00:00:00:03' }
            ip -n web1 -d link show dev eth0 | Out-String | Should -BeLike '*remotes (1) 02:00:00:00:00:03*'
        }

        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -Mode Bridge }
        (Get-IpLink eth0 -Namespace web1).linkinfo.info_data.mode | Should -Be bridge
        Test-Ping web1 10.1.0.2 | Should -BeTrue
    }

    It 'changes the broadcast queue of NICs' {
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -BroadcastQueueLength 3000 -BroadcastCutoff 1 }
        "$(ip -n web1 -d link show dev eth0)" | Should -BeLike '* bcqueuelen 3000 *'
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -BroadcastQueueLength $null -BroadcastCutoff $null }
        "$(ip -n web1 -d link show dev eth0)" | Should -BeLike '* bcqueuelen 1000 *'
    }

    It 'makes a NIC again for mode Passthru, with -Force, with its address, MAC address and name' {
        $mac = (Get-IpLink eth0 -Namespace web1).address
        $failure = Get-Failure { Set-MacvlanNetwork lan -Mode Passthru -Force }
        "$($failure.What) $($failure.Message)" | Should -BeLike "NetworkInUse*to mode Passthru*2 NICs: web1/eth0, web2/eth0*"
        Disconnect-ContainerNic lan web2
        (Get-Failure { Set-MacvlanNetwork lan -Mode Passthru }).Message | Should -BeLike '*to mode Passthru*1 NIC: web1/eth0*'
        Set-MacvlanNetwork lan -Mode Passthru -Force
        (Get-IpLink eth0 -Namespace web1).linkinfo.info_data.mode | Should -Be passthru
        (Get-IpAddress web1 eth0) | Should -Be 10.1.0.1/24, fd01::1/64
        Assert-Kept web1 { Set-MacvlanNetwork lan -NoPromiscuous }
        "$(ip -n web1 -d link show dev eth0)" | Should -BeLike '*passthru nopromisc*'
        Assert-Kept web1 { Set-MacvlanNetwork lan -NoPromiscuous:$false }
        "$(ip -n web1 -d link show dev eth0)" | Should -Not -BeLike '*nopromisc*'
        Set-MacvlanNetwork lan -Mode Bridge -Force
        (Get-IpLink eth0 -Namespace web1).linkinfo.info_data.mode | Should -Be bridge
        (Get-IpLink eth0 -Namespace web1).address | Should -Be $mac
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'changes ranges and exclusions for NICs to come, and refuses those that have a NIC''s address no longer' {
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -IPRange 10.1.0.0/28 -ExcludeAddress 10.1.0.3 }
        "$((Connect-ContainerNic lan web3).IPAddress[0])" | Should -Be 10.1.0.4/24
        $before = (Get-KernelText) + (Get-StateRow)
        $failure = Get-Failure { Set-MacvlanNetwork lan -IPRange 10.1.0.64/28 }
        $failure.What | Should -Be "NetworkInUse ResourceBusy 'lan'"
        $failure.Message | Should -BeLike '*web1/eth0 has 10.1.0.1, which is outside the ranges*web2/eth0 has 10.1.0.2*'
        (Get-Failure { Set-MacvlanNetwork lan -ExcludeAddress 10.1.0.4 }).Message | Should -BeLike '*web3/eth0 has 10.1.0.4, which is outside the ranges or excluded.'
        (Get-KernelText) + (Get-StateRow) | Should -Be $before
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -IPRange 10.1.0.64/28 -Force }
        Get-IpAddress web1 eth0 | Should -Be 10.1.0.1/24, fd01::1/64
        # What is outside already is no reason to refuse something else.
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -IPRange 10.1.0.64/27 -Mtu 1400 }
        "$((Connect-ContainerNic lan web3 -InterfaceName eth1).IPAddress[0])" | Should -Be 10.1.0.64/24
    }

    It 'adds subnets, and removes those without NICs' {
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -AddSubnet 10.2.0.0/24, fd02::/64 -Route $null }
        "$((Get-MacvlanNetwork lan).Subnets | ForEach-Object { "$_ $($_.Gateway)" })" | Should -Be '10.1.0.0/24 10.1.0.254 fd01::/64 fd01::ff 10.2.0.0/24 10.2.0.1 fd02::/64 '
        $null = Connect-ContainerNic lan web3 -IPAddress 10.2.0.7
        (Get-Failure { Set-MacvlanNetwork lan -RemoveSubnet 10.2.0.0/24 }).Message | Should -BeLike '*web3/eth0 has 10.2.0.7, which is in none of the subnets.'
        Assert-Kept web1, web2 { Get-MacvlanNetwork lan | Set-MacvlanNetwork -RemoveSubnet fd02::/64 }
        "$((Get-MacvlanNetwork lan).Subnet)" | Should -Be '10.1.0.0/24 fd01::/64 10.2.0.0/24'
        (Get-Failure { Set-MacvlanNetwork lan -RemoveSubnet fd02::/64 }).What | Should -Be "InvalidParameter InvalidArgument 'lan'"
    }

    It 'gives NICs another address in place of one in a subnet that goes, with -Force' {
        $null = Connect-ContainerNic lan web3 -IPAddress 10.1.0.77
        $mac = (Get-IpLink eth0 -Namespace web3).address
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -Subnet 10.5.0.0/24 -Gateway 10.5.0.254 -Route $null -Force }
        Get-IpAddress web1 eth0 | Should -Be 10.5.0.1/24
        Get-IpAddress web2 eth0 | Should -Be 10.5.0.2/24
        Get-IpAddress web3 eth0 | Should -Be 10.5.0.3/24
        (Get-IpLink eth0 -Namespace web3).address | Should -Be $mac
        Get-Route web1 | Should -Be 'default 10.5.0.254'
        Get-Route web1 6 | Should -BeNullOrEmpty
        (Get-StateRow | Where-Object { $_ -like 'pools *' }) | Should -HaveCount 1
        Test-Ping web1 10.5.0.3 | Should -BeTrue
    }

    It 'gives NICs an address of the other family if theirs goes, with -Force' {
        $null = Connect-ContainerNic lan web3 -IPAddress 10.1.0.77
        Set-ContainerNic lan web3 -RemoveIPAddress fd01::3
        Set-MacvlanNetwork lan -RemoveSubnet 10.1.0.0/24 -Route $null -Force
        Get-IpAddress web1 eth0 | Should -Be fd01::1/64
        Get-IpAddress web3 eth0 | Should -Be fd01::3/64
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'names what a NIC''s address is when it is refused as the next hop of a route' {
        (Get-Failure { Set-MacvlanNetwork lan -Route '10.9.0.0/16 via 10.1.0.2' }).Message | Should -BeLike '*web2/eth0 has 10.1.0.2, which is the next hop of a route.'
    }

    It 'refuses a route to a subnet of the network, which would replace the one through the interface: <Route>' -ForEach @(
        @{ Route = '10.1.0.0/24 via 10.1.0.9' }, @{ Route = '10.1.0.0/24' }, @{ Route = 'fd01::/64 via fd01::9' }
    ) {
        $failure = Get-Failure { Set-MacvlanNetwork lan -Route $Route }
        "$($failure.What) $($failure.Message)" | Should -BeLike "InvalidParameter *The route $Route goes to a subnet of the network*"
        (Get-Failure { New-MacvlanNetwork other eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway 10.1.0.254, fd01::ff -Route $Route }).What | Should -BeLike 'InvalidParameter *'
        Test-Ping web1 10.1.0.2 | Should -BeTrue
    }

    It 'keeps the settings of IPv6 where the MTU becomes too small for it and large enough again' {
        Set-MacvlanNetwork lan -RemoveSubnet fd01::/64 -Mtu 1000 -Force
        (Get-IpLink eth0 -Namespace web1).mtu | Should -Be 1000
        Get-IpAddress web1 eth0 | Should -Be 10.1.0.1/24
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -Mtu 1400 }
        Invoke-Ip web1 -6 address show dev eth0 | Should -BeNullOrEmpty
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -Mtu 1200 -MaximumBandwidth 50Mbit }
        Invoke-Ip web1 -6 address show | ForEach-Object addr_info | Where-Object local -Like 'fe80:*' | Should -BeNullOrEmpty
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -AddSubnet fd01::/64 -Mtu 1300 -MaximumBandwidth $null }
        ip netns exec web1 cat /proc/sys/net/ipv6/conf/eth0/disable_ipv6 | Should -Be 1
        $null = New-MacvlanNetwork v4 eth0 -Subnet 10.3.0.0/24 -Mtu 1200
        $null = Connect-ContainerNic lan web3
        Assert-Kept web3 { Move-ContainerNic lan web3 -DestinationNetwork v4 }
        (Get-IpLink eth0 -Namespace web3).mtu | Should -Be 1200
        Assert-Kept web3 { Move-ContainerNic v4 web3 -DestinationNetwork lan }
        Get-IpAddress web3 eth0 | Should -Be 10.1.0.3/24, fd01::1/64
        ip netns exec web3 cat /proc/sys/net/ipv6/conf/eth0/accept_ra /proc/sys/net/ipv6/conf/eth0/disable_ipv6 | Should -Be 0, 0
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'leaves MTUs alone that it isn''t asked to change, whatever the parent has now' {
        $null = Connect-ContainerNic lan web3 -Mtu 1450
        ip link set eth0 mtu 1400
        Set-MacvlanNetwork lan -RouteMetric 3 -WarningAction Ignore
        ip link set eth0 mtu 1500
        $null = Repair-ContainerNetwork
        (Get-IpLink eth0 -Namespace web1).mtu, (Get-IpLink eth0 -Namespace web3).mtu | Should -Be 1500, 1450
        (Get-MacvlanNetwork lan).RouteMetric | Should -Be 3
        Set-MacvlanNetwork lan -Mtu 1480
        ip link set eth0 mtu 1400
        Set-MacvlanNetwork lan -RouteMetric 4 -WarningAction Ignore
        ip link set eth0 mtu 1500
        $null = Repair-ContainerNetwork
        (Get-IpLink eth0 -Namespace web1).mtu | Should -Be 1480
        ($null | & { Get-MacvlanNetwork lan | Format-List | Out-String }) -replace '\s+', ' ' | Should -BeLike '*RouteMetric : 4 *'
    }

    It 'says which NICs it releases, because their namespaces are gone' {
        $null = New-NetworkNamespace gone
        $null = Connect-ContainerNic lan gone
        ip netns delete gone
        $failure = Get-Failure { Set-ContainerNic lan gone -Mtu 1400 }
        "$($failure.What) $($failure.Message)" | Should -BeLike 'NamespaceNotFound *gone/eth0 has ended with its namespace*'
        Set-MacvlanNetwork lan -Mtu 1400 -Verbose 4>&1 | Out-String | Should -BeLike '*and release NICs whose namespaces are gone: gone/eth0*'
        (Get-ContainerNic lan).Namespace | Should -Be web1, web2
    }

    It 'refuses one name for several networks' {
        $null = New-MacvlanNetwork other eth0 -Subnet 10.99.0.0/24
        (Get-Failure { Set-MacvlanNetwork lan, other -NewName same }).What | Should -BeLike 'InvalidParameter *'
        (Get-MacvlanNetwork).Name | Should -Be lan, other
    }

    It 'connects a NIC to a network that another command changes meanwhile, as the network is then' {
        $folder = Join-Path $TestDrive change
        $null = New-Item $folder -ItemType Directory
        $other = Start-Shell "1..30 | ForEach-Object { Set-MacvlanNetwork lan -RouteMetric (`$_ % 2 + 5) -Route '10.9.0.0/16 via 10.1.0.99' }; Set-Content $folder/done 1"
        $failures = Get-Failure {
            while (-not (Test-Path $folder/done) -and -not $other.HasExited) {
                $nic = Connect-ContainerNic lan web3 -ErrorAction Continue
                if ($nic) { $nic | Disconnect-ContainerNic }
            }
        }
        $failures.Message | Should -BeNullOrEmpty
        "$folder/done" | Should -Exist
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'changes nothing without a word where nothing says what to change' {
        (Get-Failure { Set-MacvlanNetwork lan }).What | Should -BeLike 'InvalidParameter *'
        (Get-Failure { Get-MacvlanNetwork lan | Set-MacvlanNetwork -Force -PassThru -Verbose:$false }).Message | Should -Be 'Nothing says what to change.'
    }

    It 'gives no limits whose burst no packet has room in, and New-MacvlanNetwork neither' {
        (Get-Failure { New-MacvlanNetwork b eth0 -Subnet 10.5.0.0/24 -MaximumBandwidth 8Kbit -BandwidthBurst 100 }).Message |
            Should -Be 'A burst of 100 bytes has no room for the packets of NICs of ''b'', which have up to 1514.'
        (Get-Failure { Set-MacvlanNetwork lan -MaximumBandwidth 8Kbit -BandwidthBurst 100 }).What | Should -BeLike 'InvalidParameter *'
    }

    It 'makes subnets larger and smaller around the addresses of NICs' {
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -Subnet 10.1.0.0/16, fd01::/48 }
        Get-IpAddress web1 eth0 | Should -Be 10.1.0.1/16, fd01::1/48
        Get-Route web1 | Should -Be '10.9.0.0/16 10.1.0.99', 'default 10.1.0.254'
        "$((Get-ContainerNic lan web1).IPAddress)" | Should -Be '10.1.0.1/16 fd01::1/48'
        Test-Ping web1 10.1.0.2 | Should -BeTrue
        # The next address is the lowest free one.
        "$((Connect-ContainerNic lan web3).IPAddress)" | Should -Be '10.1.0.3/16 fd01::3/48'
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -Subnet 10.1.0.0/25, fd01::/64 -Gateway 10.1.0.100, fd01::ff }
        Get-IpAddress web1 eth0 | Should -Be 10.1.0.1/25, fd01::1/64
        (Get-Failure { Set-MacvlanNetwork lan -Subnet 10.1.0.0/30, fd01::/64 -Gateway $null -NoGateway -Route $null }).Message | Should -BeLike '*web3/eth0 has 10.1.0.3, which is in none of the subnets.'
    }

    It 'changes router advertisements of NICs' {
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -RouterAdvertisement Accept -InterfaceIdentifier Eui64 }
        Get-IPv6Setting web1 eth0 | Should -Be '0 2 1'
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -InterfaceIdentifier StablePrivacy }
        (Get-IpLink eth0 -Namespace web1).inet6_addr_gen_mode | Should -Be stable_secret
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -RouterAdvertisement $null }
        Get-IPv6Setting web1 eth0 | Should -Be '0 0 0'
    }

    It 'changes what only connecting uses: labels, probes' {
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -AllowLabel IPAddress -ProbeAddress -ProbeCount 2 }
        $network = Get-MacvlanNetwork lan
        "$($network.AllowLabel); $($network.ProbeCount) $($network.ProbeTimeoutMilliseconds)" | Should -Be 'Network IPAddress; 2 600'
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -AllowLabel $null -ProbeAddress:$false }
        $network = Get-MacvlanNetwork lan
        "$($network.AllowLabel) $($network.ProbeAddress)" | Should -Be ' False'
    }

    It 'changes several settings and the name at once, and returns the network' {
        $changed = Set-MacvlanNetwork lan -NewName office -Mtu 1400 -RouteMetric 9 -PassThru
        "$changed $($changed.Mtu) $($changed.RouteMetric) $($changed.NicCount) $($changed.NicUpCount)" | Should -Be 'office 1400 9 2 2'
        $changed | Should -BeOfType MacIpvlan.MacvlanNetwork
        Get-ContainerNetwork lan -ErrorAction Ignore | Should -BeNullOrEmpty
        Test-ContainerNetwork | Should -BeNullOrEmpty
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.7.0.0/24
        (Get-Failure { Set-MacvlanNetwork lan -NewName OFFICE }).What | Should -Be "NetworkExists ResourceExists 'lan'"
        Set-MacvlanNetwork * -RouteMetric 3
        (Get-MacvlanNetwork).RouteMetric | Should -Be 3, 3
    }

    It 'says with -WhatIf what would change for which NICs, and changes nothing' {
        $before = (Get-KernelText) + (Get-StateRow)
        $said = Invoke-Shell 'Set-MacvlanNetwork lan -Mtu 1400 -IPRange 10.1.0.0/25 -WhatIf; Set-MacvlanNetwork lan -Mtu $null -WhatIf; Set-MacvlanNetwork lan -Parent eth0.7 -WhatIf'
        $said | Should -HaveCount 2
        $said[0] | Should -BeLike '*Change the macvlan network: IPRange: none -> 10.1.0.0-10.1.0.127; Mtu: none -> 1400, with its NICs: web1/eth0, web2/eth0*"lan"*'
        $said[1] | Should -BeLike '*Parent: eth0 -> eth0.7, making NICs again: web1/eth0, web2/eth0*'
        (Get-KernelText) + (Get-StateRow) | Should -Be $before
    }

    It 'changes nothing where nothing differs' {
        $before = (Get-KernelText) + (Get-StateRow)
        Set-MacvlanNetwork lan -Subnet 10.1.0.0/24, fd01::/64 -Mode Bridge -Parent eth0 -AddSubnet 10.1.0.0/24
        (Get-KernelText) + (Get-StateRow) | Should -Be $before
    }

    It 'refuses what New-MacvlanNetwork refuses: <Case>' -ForEach @(
        @{ Case = 'an MTU above the parent''s'; Change = { Set-MacvlanNetwork lan -Mtu 9000 -Force }; Says = 'InvalidParameter*1500*' }
        @{ Case = 'a gateway outside'; Change = { Set-MacvlanNetwork lan -Gateway 10.7.0.1 }; Says = 'InvalidAddress*' }
        @{ Case = 'a subnet of another network'; Change = { Set-MacvlanNetwork lan -AddSubnet 10.99.0.0/16 }; Says = 'SubnetOverlap*other*' }
        @{ Case = 'no subnet'; Change = { Set-MacvlanNetwork lan -Subnet $null -Route $null }; Says = 'InvalidParameter*' }
        @{ Case = 'a missing parent'; Change = { Set-MacvlanNetwork lan -Parent nosuch }; Says = 'ParentNotFound*' }
        @{ Case = 'a mode that needs more'; Change = { Set-MacvlanNetwork lan -Mode Source }; Says = 'InvalidParameter*AllowedMacAddress*' }
        @{ Case = 'addresses of DHCP for NICs'; Change = { Set-MacvlanNetwork lan -Dhcp -Subnet $null -Route $null -Force }; Says = 'NetworkInUse*web1/eth0, web2/eth0*another address*' }
        @{ Case = 'a setting of DHCP without it'; Change = { Set-MacvlanNetwork lan -DhcpClass a }; Says = 'InvalidParameter*DhcpClass*' }
        @{ Case = 'a network of the other kind'; Change = { Set-IpvlanNetwork lan -Mtu 1400 }; Says = 'NetworkNotFound*' }
        @{ Case = 'a network that does not exist'; Change = { Set-MacvlanNetwork lam -Mtu 1400 }; Says = 'NetworkNotFound*lan*' }
    ) {
        $null = New-MacvlanNetwork other eth0 -Subnet 10.99.0.0/24
        $before = (Get-KernelText) + (Get-StateRow)
        $failure = Get-Failure $Change
        "$($failure.What) $($failure.Message)" | Should -BeLike $Says
        (Get-KernelText) + (Get-StateRow) | Should -Be $before
    }

    It 'turns DHCP on and off while there is no NIC' {
        Get-ContainerNic | Disconnect-ContainerNic
        Set-MacvlanNetwork lan -Dhcp -DhcpClass office -DhcpTimeoutSeconds 2 -Subnet fd01::/64 -Route $null
        $network = Get-MacvlanNetwork lan
        "$($network.AddressSource); $($network.DhcpClass) $($network.DhcpTimeoutSeconds) $($network.ProbeAddress)" | Should -Be 'DHCP fd01::/64; office 2 True'
        Set-MacvlanNetwork lan -DhcpClass $null -DhcpFallback 192.168.9.0/24
        "$((Get-MacvlanNetwork lan).DhcpClass) $((Get-MacvlanNetwork lan).DhcpFallback)" | Should -Be ' 192.168.9.0/24'
        Set-MacvlanNetwork lan -Dhcp:$false -Subnet 10.1.0.0/24
        "$((Get-MacvlanNetwork lan).AddressSource)" | Should -Be 10.1.0.0/24
    }

    It 'keeps the host''s access, which follows' {
        $access = Enable-HostAccess lan
        $index = (Get-IpLink $access.InterfaceName).ifindex
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -Mtu 1400 -Subnet 10.1.0.0/20, fd01::/64 }
        $link = Get-IpLink $access.InterfaceName
        "$($link.mtu) $($link.ifindex)" | Should -Be "1400 $index"
        Get-IpAddress '' $access.InterfaceName | Should -Be 10.1.0.3/32, fd01::3/128
        Test-Ping '' 10.1.0.1 | Should -BeTrue
        $failure = Get-Failure { Set-MacvlanNetwork lan -Mode Private -Force }
        "$($failure.What) $($failure.Message)" | Should -BeLike 'HostAccessUnsuitable*mode Private*'
    }

    It 'lets the networks that share a subnet share it on' {
        $null = New-MacvlanNetwork beside eth0 -Subnet 10.1.0.0/24 -NoGateway
        $null = Connect-ContainerNic beside web3
        Set-MacvlanNetwork lan -Mtu 1400 -IPRange 10.1.0.0/25 -RemoveSubnet fd01::/64 -Force
        "$((Connect-ContainerNic lan web3 -InterfaceName eth1).IPAddress)" | Should -Be 10.1.0.4/24
        (Get-Failure { Set-MacvlanNetwork lan -Subnet 10.1.0.0/16 }).What | Should -Be "SubnetOverlap InvalidArgument 'lan'"
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'gives stopped containers the new settings when they start' {
        ip netns delete web2
        Set-StateRow "UPDATE nics SET boot_id = 'an earlier one' WHERE namespace_name = 'web2'"
        Set-MacvlanNetwork lan -Mtu 1400 -Subnet 10.1.0.0/16, fd01::/64
        $null = New-NetworkNamespace web2
        $null = Restore-ContainerNetwork
        (Get-IpLink eth0 -Namespace web2).mtu | Should -Be 1400
        Get-IpAddress web2 eth0 | Should -Be 10.1.0.2/16, fd01::2/64
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'leaves what containers added to their NICs' {
        ip -n web1 address add 10.99.0.1/24 dev eth0
        ip -n web1 route add 10.98.0.0/16 via 10.99.0.9
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -Mtu 1400 -RouteMetric 5 -Subnet 10.1.0.0/20, fd01::/64 -Route $null }
        Get-IpAddress web1 eth0 | Should -Contain 10.99.0.1/24
        (Get-IpRoute web1).dst | Should -Contain 10.98.0.0/16
    }

    It 'loses none of 3,000 pings: <Case>' -ForEach @(
        @{ Case = 'ranges'; Change = { Set-MacvlanNetwork lan -IPRange 10.1.0.0/25; Set-MacvlanNetwork lan -IPRange $null } }
        @{ Case = 'routes'; Change = { Set-MacvlanNetwork lan -Route '10.8.0.0/16 via 10.1.0.98', 'blackhole 10.7.0.0/16'; Set-MacvlanNetwork lan -Route $null } }
        @{ Case = 'the MTU'; Change = { Set-MacvlanNetwork lan -Mtu 1400; Set-MacvlanNetwork lan -Mtu $null } }
        @{ Case = 'subnets'; Change = { Set-MacvlanNetwork lan -AddSubnet 10.2.0.0/24; Set-MacvlanNetwork lan -Subnet 10.1.0.0/16, fd01::/64; Set-MacvlanNetwork lan -Subnet 10.1.0.0/24, fd01::/64 } }
        @{ Case = 'the metric'; Through = '10.50.0.1'; Change = { Set-MacvlanNetwork lan -RouteMetric 50; Set-MacvlanNetwork lan -RouteMetric $null } }
        @{ Case = 'the gateway'; Through = '10.50.0.1'; Change = { Set-MacvlanNetwork lan -Gateway 10.1.0.253; Set-MacvlanNetwork lan -Gateway 10.1.0.254 } }
        @{ Case = 'a route to the destination'; Through = '10.50.0.1'; Change = { Set-MacvlanNetwork lan -Route '10.50.0.0/16 via 10.1.0.253'; Set-MacvlanNetwork lan -Route $null } }
        @{ Case = 'router advertisements'; Change = { Set-MacvlanNetwork lan -RouterAdvertisement Accept; Set-MacvlanNetwork lan -RouterAdvertisement $null } }
    ) {
        # The wire is the router, and has both addresses.
        ip -n wire address add 10.1.0.253/24 dev eth0
        ip -n wire address add 10.50.0.1/32 dev lo
        ip -n wire link set lo up
        $destination = $Through ? $Through : '10.1.0.254'
        Test-Ping web1 $destination | Should -BeTrue
        Assert-NoneLost web1 $destination $Change
        ip -n wire address delete 10.50.0.1/32 dev lo
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }
}

Describe 'Set-MacvlanNetwork -Parent' -Tag Native, Once {
    BeforeEach {
        'link add lan0 type veth peer name lan0 netns wire', 'link set lan0 up' | ip -batch -
        ip -n wire link set lan0 up
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway 10.1.0.254 -Route '10.9.0.0/16 via 10.1.0.99'
        $null = Connect-ContainerNic lan web1, web2
        $null = Connect-ContainerNic lan web3 -MacAddress 02:00:00:00:00:77 -IPAddress 10.1.0.77 -InterfaceName lan7
        $macs = 'web1', 'web2' | ForEach-Object { (Get-IpLink eth0 -Namespace $_).address }
    }

    AfterEach {
        Get-HostAccess | ForEach-Object { Disable-HostAccess $_.Network }
        Get-ContainerNetwork | Remove-ContainerNetwork -Force
        foreach ($link in 'lan0', 'lan1') { ip link delete $link 2>$null }
        if (-not (Get-IpLink eth0)) { 'link set uplink down', 'link set uplink name eth0', 'link set eth0 up' | ip -batch - }
        Get-StateRow | Should -BeNullOrEmpty
        (Get-IpLink).ifname | Should -Be lo, eth0
    }

    It 'makes NICs again on another link, with addresses, MAC addresses and names' {
        ip -n web1 address add 10.99.0.1/24 dev eth0
        Set-MacvlanNetwork lan -Parent lan0
        $parent = (Get-IpLink lan0).ifindex
        foreach ($namespace in 'web1', 'web2') { (Get-IpLink eth0 -Namespace $namespace).link_index | Should -Be $parent }
        ('web1', 'web2' | ForEach-Object { (Get-IpLink eth0 -Namespace $_).address }) | Should -Be $macs
        "$((Get-IpLink lan7 -Namespace web3).address) $((Get-IpLink lan7 -Namespace web3).link_index)" | Should -Be "02:00:00:00:00:77 $parent"
        Get-IpAddress web1 eth0 | Should -Be 10.1.0.1/24, 10.99.0.1/24, fd01::1/64
        Get-IpAddress web3 lan7 | Should -Be 10.1.0.77/24, fd01::3/64
        Get-Route web1 | Should -Be '10.9.0.0/16 10.1.0.99', 'default 10.1.0.254'
        Test-Ping web2 10.1.0.77 | Should -BeTrue
        Test-ContainerNetwork | Should -BeNullOrEmpty
        (Get-ContainerNic).Parent | Should -Be lan0, lan0, lan0
        "$((Connect-ContainerNic lan web1 -InterfaceName eth1 -WarningAction Ignore).IPAddress[0])" | Should -Be 10.1.0.3/24
    }

    It 'takes the host''s access along' {
        ip address add 192.0.2.9/32 dev lan0
        $access = Enable-HostAccess lan
        Set-MacvlanNetwork lan -Parent lan0
        (Get-IpLink $access.InterfaceName).link | Should -Be lan0
        Test-Ping '' 10.1.0.77 | Should -BeTrue
        Test-Ping web1 192.0.2.9 | Should -BeTrue
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'records the name of a link that was renamed, for all networks on it, and leaves NICs alone' {
        $null = New-MacvlanNetwork beside eth0 -Subnet 10.1.0.0/24 -NoGateway
        ip link set eth0 down
        ip link set eth0 name uplink
        ip link set uplink up
        $said = Invoke-Shell 'Set-MacvlanNetwork lan -Parent uplink -Mtu 1400 -WhatIf'
        "$said" | Should -BeLike '*Parent: eth0 -> uplink; Mtu: none -> 1400, for all networks on eth0, which has that name now, with its NICs*'
        Assert-Kept web1, web2 { Set-MacvlanNetwork lan -Parent uplink -Mtu 1400 }
        (Get-ContainerNetwork).Parent | Should -Be uplink, uplink
        (Get-IpLink eth0 -Namespace web1).mtu | Should -Be 1400
        "$((Connect-ContainerNic beside web1 -InterfaceName eth1 -WarningAction Ignore).IPAddress[0])" | Should -Be 10.1.0.3/24
        'link set uplink down', 'link set uplink name eth0', 'link set eth0 up' | ip -batch -
        Set-MacvlanNetwork lan -Parent eth0
        (Get-ContainerNetwork).Parent | Should -Be eth0, eth0
    }

    It 'follows a link that was replaced' {
        ip link delete lan0
        'link add lan1 type veth peer name lan1 netns wire', 'link set lan1 up' | ip -batch -
        Set-MacvlanNetwork lan -Parent lan1
        ip link delete lan1
        (Get-IpLink -Namespace web1).ifname | Should -Be lo
        'link add lan0 type veth peer name lan0 netns wire', 'link set lan0 up' | ip -batch -
        Set-MacvlanNetwork lan -Parent lan0
        ('web1', 'web2' | ForEach-Object { (Get-IpLink eth0 -Namespace $_).address }) | Should -Be $macs
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'moves away from networks with which it shared addresses, and joins others' {
        $null = New-MacvlanNetwork beside eth0 -Subnet 10.1.0.0/24 -NoGateway
        $null = Connect-ContainerNic beside web1 -InterfaceName eth1 -WarningAction Ignore
        $null = New-MacvlanNetwork there lan0 -Subnet 10.1.0.0/24 -NoGateway
        $null = Connect-ContainerNic there web2 -InterfaceName eth1 -IPAddress 10.1.0.2 -WarningAction Ignore
        $before = (Get-KernelText) + (Get-StateRow)
        $failure = Get-Failure { Set-MacvlanNetwork lan -Parent lan0 }
        "$($failure.What) $($failure.Message)" | Should -BeLike "AddressInUse ResourceBusy 'lan'*10.1.0.2*there*web2*"
        (Get-KernelText) + (Get-StateRow) | Should -Be $before
        Disconnect-ContainerNic there web2
        Set-MacvlanNetwork lan -Parent lan0
        "$((Connect-ContainerNic there web2 -InterfaceName eth1 -WarningAction Ignore).IPAddress[0])" | Should -Be 10.1.0.3/24
        "$((Connect-ContainerNic beside web2 -InterfaceName eth2 -WarningAction Ignore).IPAddress[0])" | Should -Be 10.1.0.1/24
    }

    It 'is as before if the kernel refuses a NIC on the other link' {
        # The MAC address of another link there, which only the kernel knows.
        ip link add other link lan0 address 02:00:00:00:00:77 type macvlan mode bridge
        ip link set other up
        $failure = Get-Failure { Set-MacvlanNetwork lan -Parent lan0 }
        "$($failure.What) $($failure.Message)" | Should -BeLike "AddressConflict ResourceBusy 'lan' *02:00:00:00:00:77*lan0*"
        (Get-ContainerNetwork lan).Parent | Should -Be eth0
        $parent = (Get-IpLink eth0).ifindex
        foreach ($namespace in 'web1', 'web2') { (Get-IpLink eth0 -Namespace $namespace).link_index | Should -Be $parent }
        ('web1', 'web2' | ForEach-Object { (Get-IpLink eth0 -Namespace $_).address }) | Should -Be $macs
        (Get-IpLink lan7 -Namespace web3).link_index | Should -Be $parent
        Test-ContainerNetwork | Should -BeNullOrEmpty
        # With -Force, the NIC is left behind.
        Set-MacvlanNetwork lan -Parent lan0 -Force -WarningVariable warnings -WarningAction SilentlyContinue
        "$warnings" | Should -BeLike '*web3/lan7*'
        (Get-IpLink eth0 -Namespace web1).link_index | Should -Be (Get-IpLink lan0).ifindex
        (Get-IpLink -Namespace web3).ifname | Should -Be lo
        ip link delete other
        $null = Restore-ContainerNetwork
        (Get-IpLink lan7 -Namespace web3).link_index | Should -Be (Get-IpLink lan0).ifindex
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'refuses a link that has another one in mode Passthru, before any NIC is touched' {
        ip netns add foreign
        ip link add link lan0 name theirs netns foreign type macvlan mode passthru
        $before = Get-StateRow
        ip -n web1 link property add dev eth0 altname kept
        foreach ($whatIf in $true, $false) {
            $failure = Get-Failure { Set-MacvlanNetwork lan -Parent lan0 -WhatIf:$whatIf }
            $failure.What | Should -BeLike 'ParentInUse *'
        }
        (Get-IpLink eth0 -Namespace web1).altnames | Should -Be kept
        Get-StateRow | Should -Be $before
        Test-ContainerNetwork | Should -BeNullOrEmpty
        ip netns delete foreign
    }

    It 'refuses a NIC''s own MTU above that of the link, unless with -Force' {
        ip link set lan0 mtu 1400
        $null = Connect-ContainerNic lan web1 -InterfaceName eth1 -Mtu 1450 -WarningAction Ignore
        (Get-Failure { Set-MacvlanNetwork lan -Parent lan0 }).Message | Should -BeLike '*web1/eth1 has an MTU of 1450, which is more than the parent''s.'
        Set-MacvlanNetwork lan -Parent lan0 -Force
        (Get-IpLink eth0 -Namespace web1).mtu, (Get-IpLink eth1 -Namespace web1).mtu | Should -Be 1400, 1400
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }
}

Describe 'Set-IpvlanNetwork' {
    BeforeEach {
        $null = New-IpvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway 10.1.0.254, fd01::ff
        $null = New-IpvlanNetwork area eth0 -Subnet 10.2.0.0/24 -Gateway 10.2.0.254
        $null = Connect-ContainerNic lan web1, web2
        $null = Connect-ContainerNic area web3
        ip -n wire address add 10.1.0.254/24 dev eth0
    }

    AfterEach {
        Get-HostAccess | ForEach-Object { Disable-HostAccess $_.Network }
        Get-ContainerNetwork | Remove-ContainerNetwork -Force
        ip -n wire address flush dev eth0
        Get-VlanSubInterface | Remove-VlanSubInterface -Force
        Get-StateRow | Should -BeNullOrEmpty
        (Get-IpLink).ifname | Should -Be lo, eth0
    }

    It 'changes mode and flag of all networks on the parent, and their routes, and says so' {
        $said = Invoke-Shell 'Set-IpvlanNetwork lan -Mode L3 -WhatIf' 3>$null
        "$said" | Should -BeLike '*Mode: L2 -> L3, and with it the mode of area on eth0, with its NICs: web1/eth0, web2/eth0, web3/eth0*'
        Assert-Kept web1, web2, web3 { Set-IpvlanNetwork lan -Mode L3 -WarningAction Ignore }
        foreach ($namespace in 'web1', 'web2', 'web3') { (Get-IpLink eth0 -Namespace $namespace).linkinfo.info_data.mode | Should -Be l3 }
        (Get-IpvlanNetwork).Mode | Should -Be L3, L3
        Get-Route web1 | Should -Be 'default'
        Get-Route web3 | Should -Be 'default'
        Test-Ping web1 10.1.0.2 | Should -BeTrue
        Test-Ping web1 10.2.0.1 | Should -BeTrue
        Assert-Kept web1, web2, web3 { Set-IpvlanNetwork area -Flag Private -WarningAction Ignore }
        "$(ip -n web1 -d link show dev eth0)" | Should -BeLike '*ipvlan*mode l3 private*'
        Test-Ping web1 10.1.0.2 -TimeoutSeconds 1 | Should -BeFalse
        Assert-Kept web1, web2, web3 { Set-IpvlanNetwork lan -Mode L2 -Flag Bridge }
        Get-Route web1 | Should -Be 'default 10.1.0.254'
        Get-Route web3 | Should -Be 'default 10.2.0.254'
        Test-Ping web1 10.1.0.2 | Should -BeTrue
    }

    It 'refuses a parent that has macvlan links, before any NIC is touched' {
        'link add lan0 type dummy', 'link set lan0 up' | ip -batch -
        $null = New-MacvlanNetwork mac lan0 -Subnet 10.66.0.0/24
        $null = Connect-ContainerNic mac web3
        $null = Connect-ContainerNic lan web1
        ip -n web1 link property add dev eth0 altname kept
        (Get-Failure { Set-IpvlanNetwork lan -Parent lan0 }).What | Should -BeLike 'ParentInUse *'
        (Get-Failure { Set-IpvlanNetwork lan -Parent lan0 -WhatIf }).What | Should -BeLike 'ParentInUse *'
        (Get-IpLink eth0 -Namespace web1).altnames | Should -Be kept
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Remove-MacvlanNetwork mac -Force
        ip link delete lan0
    }

    It 'refuses a mode that another network on the parent can''t have, naming it, or links of others' {
        Set-IpvlanNetwork area -Route '10.9.0.0/16 via 10.2.0.9'
        $before = (Get-KernelText) + (Get-StateRow)
        (Get-Failure { Set-IpvlanNetwork lan -Mode L3 -Force }).Message | Should -BeLike "*'lan' is also that of 'area', because both are on eth0*next hop*"
        Set-IpvlanNetwork area -Route $null
        ip link add other link eth0 type ipvlan mode l2
        (Get-Failure { Set-IpvlanNetwork lan -Mode L3 -Force }).What | Should -Be "ParentInUse ResourceBusy 'lan'"
        ip link delete other
    }

    It 'adds routes to the other subnets in l3 modes' {
        Set-IpvlanNetwork lan -Mode L3 -NoDefaultRoute -WarningAction Ignore
        Assert-Kept web1, web2 { Set-IpvlanNetwork lan -AddSubnet 10.3.0.0/24 -WarningAction Ignore }
        Get-Route web1 | Should -Be 10.3.0.0/24
        Assert-Kept web1, web2 { Set-IpvlanNetwork lan -RemoveSubnet 10.3.0.0/24 -WarningAction Ignore }
        Get-Route web1 | Should -BeNullOrEmpty
        Assert-Kept web1, web2 { Set-IpvlanNetwork lan -NoDefaultRoute:$false -WarningAction Ignore }
        Get-Route web1 | Should -Be default
    }

    It 'changes subnets, routes and MTU, and loses no ping' {
        Assert-NoneLost web1 10.1.0.254 {
            Set-IpvlanNetwork lan -Mtu 1400 -Route '10.9.0.0/16 via 10.1.0.9' -RouteMetric 7 -AddSubnet 10.5.0.0/24
            Set-IpvlanNetwork lan -Subnet 10.1.0.0/16, fd01::/64
        }
        (Get-IpLink eth0 -Namespace web1).mtu | Should -Be 1400
        Get-IpAddress web1 eth0 | Should -Be 10.1.0.1/16, fd01::1/64
        Get-Route web1 | Should -Be '10.9.0.0/16 10.1.0.9', 'default 10.1.0.254 7'
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'moves to a VLAN that it makes, and takes away the one that it leaves' {
        Set-IpvlanNetwork lan -Parent eth0.50
        "$((Get-IpLink eth0.50).linkinfo.info_data.id) $((Get-IpLink eth0 -Namespace web1).link_index)" | Should -Be "50 $((Get-IpLink eth0.50).ifindex)"
        Get-IpAddress web1 eth0 | Should -Be 10.1.0.1/24, fd01::1/64
        Set-IpvlanNetwork lan -Parent eth0 -VlanId 60 -Mode L3 -WarningAction Ignore
        (Get-IpLink).ifname | Should -Be lo, eth0, eth0.60
        (Get-IpLink eth0 -Namespace web3).linkinfo.info_data.mode | Should -Be l2
        Test-Ping web1 10.1.0.2 | Should -BeTrue
        Test-ContainerNetwork | Should -BeNullOrEmpty
        # A VLAN that was made for the network is gone again if the network can't move.
        ip link set eth0.60 down
        $before = (Get-StateRow)
        (Get-Failure { Set-IpvlanNetwork area -Parent eth0.70 -Gateway 10.7.0.1 }).What | Should -Be "InvalidAddress InvalidArgument 'area'"
        Get-StateRow | Should -Be $before
        Set-IpvlanNetwork lan -Parent eth0 -Mode L2
        (Get-IpLink).ifname | Should -Be lo, eth0
    }

    It 'changes a network without a parent, with its dummy link' {
        $null = New-IpvlanNetwork quiet -Subnet 10.8.0.0/24
        $null = Connect-ContainerNic quiet web1 -InterfaceName eth1
        $dummy = (Get-IpLink | Where-Object ifname -Like di-*).ifname
        Set-IpvlanNetwork quiet -Mtu 9000
        (Get-IpLink $dummy).mtu, (Get-IpLink eth1 -Namespace web1).mtu | Should -Be 9000, 9000
        Set-IpvlanNetwork quiet -Mtu 1300
        (Get-IpLink $dummy).mtu, (Get-IpLink eth1 -Namespace web1).mtu | Should -Be 1300, 1300
        Set-IpvlanNetwork quiet -Mtu $null
        (Get-IpLink $dummy).mtu, (Get-IpLink eth1 -Namespace web1).mtu | Should -Be 1500, 1500
        Test-ContainerNetwork | Should -BeNullOrEmpty
        Set-IpvlanNetwork quiet -Parent eth0
        (Get-IpLink).ifname | Should -Be lo, eth0
        (Get-IpvlanNetwork quiet).Internal | Should -BeTrue
        Set-IpvlanNetwork quiet -Internal:$false
        Get-Route web1 | Should -Contain 'default 10.1.0.254'
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }
}
