# New-, Get- and Remove-IpvlanNetwork: what sets ipvlan apart from macvlan. What both share of subnets, ranges and VLANs
# is tested with macvlan at length, and here once.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $null = New-NetworkNamespace web1, web2, web3

    function Get-Default($fact) {
        # The default routes of a fact of Get-IpFact, as ip writes them.
        $fact.Defaults | ForEach-Object {
            "$(if (Get-Text $_ gateway) { "via $($_.gateway) " })dev $($_.dev)" + $(if (Get-Text $_ metric) { " metric $($_.metric)" })
        }
    }

    function Remove-All {
        Remove-IpvlanNetwork * -Force
        Remove-MacvlanNetwork * -Force
    }
}

AfterAll { Clear-TestHost }

Describe 'New-IpvlanNetwork' {
    AfterEach { Remove-All }

    It 'makes a network of mode l2, bridge, with the first address as gateway, and no link' -Tag Native, Once {
        $before = Get-KernelText
        $network = New-IpvlanNetwork front eth0 -Subnet 192.168.50.0/24
        $network | Should -BeOfType MacIpvlan.IpvlanNetwork
        "$network $($network.Kind) $($network.Mode) $($network.Flag) $($network.Parent) $($network.Subnets) $($network.Subnets.Gateway)" |
            Should -Be 'front ipvlan L2 Bridge eth0 192.168.50.0/24 192.168.50.1'
        $network.Internal | Should -BeFalse
        $network.Id | Should -Match '^[0-9a-f]{64}$'
        Get-KernelText | Should -Be $before
        (Get-IpvlanNetwork).Id | Should -Be $network.Id
    }

    It 'makes NICs of mode <Mode>, <Flag> in the kernel, with the MAC address of the parent' -ForEach @(
        @{ Mode = 'L2'; Flag = 'Bridge' }, @{ Mode = 'L2'; Flag = 'Private' }, @{ Mode = 'L2'; Flag = 'Vepa' }
        @{ Mode = 'L3'; Flag = 'Bridge' }, @{ Mode = 'L3'; Flag = 'Private' }, @{ Mode = 'L3'; Flag = 'Vepa' }
        @{ Mode = 'L3S'; Flag = 'Bridge' }, @{ Mode = 'L3S'; Flag = 'Private' }, @{ Mode = 'L3S'; Flag = 'Vepa' }
    ) {
        $network = New-IpvlanNetwork front eth0 -Subnet 192.168.50.0/24 -Mode $Mode -Flag $Flag
        "$($network.Mode) $($network.Flag)" | Should -BeExactly "$Mode $Flag"
        $nic = Connect-ContainerNic front web1
        $link = Get-IpLink eth0 -Namespace web1
        "$($link.linkinfo.info_kind) $($link.linkinfo.info_data.mode) $(Get-Text $link.linkinfo.info_data $Flag)" |
            Should -Be "ipvlan $Mode True"
        $link.flags | Should -Contain UP
        $link.address | Should -Be (Get-Content /sys/class/net/eth0/address)
        $nic.MacAddress | Should -Be $link.address
    }

    It 'leads default routes through the gateways in l2, and reaches siblings and wire' {
        'address add 192.168.50.1/24 dev eth0', 'address add fd18::1/64 dev eth0 nodad' | ip -n wire -batch -
        $null = New-IpvlanNetwork front eth0 -Subnet 192.168.50.0/24, fd18::/64 -Gateway fd18::1 -RouteMetric 50
        $null = Connect-ContainerNic front web1, web2
        $facts = Get-IpFact web1, web2
        $facts.web1.Addresses + $facts.web2.Addresses |
            Should -Be '192.168.50.2/24', 'fd18::2/64', '192.168.50.3/24', 'fd18::3/64'
        Get-Default $facts.web1 | Sort-Object |
            Should -Be 'via 192.168.50.1 dev eth0 metric 50', 'via fd18::1 dev eth0 metric 50'
        Get-PingReply web1 192.168.50.1, 192.168.50.3, fd18::1, fd18::3 -Attempts 2 | Should -HaveCount 4
        ip -n wire address flush dev eth0
    }

    It 'leads default routes out of the NIC itself in <Mode>, and reaches other networks of the parent' -ForEach @(
        @{ Mode = 'L3' }, @{ Mode = 'L3S' }
    ) {
        $null = New-IpvlanNetwork one eth0 -Subnet 192.168.50.0/24, fd18::/64 -Mode $Mode
        $null = New-IpvlanNetwork two eth0 -Subnet 10.9.0.0/16 -Mode $Mode
        $null = Connect-ContainerNic one web1
        $null = Connect-ContainerNic two web2
        $facts = Get-IpFact web1, web2
        (Get-Default $facts.web1) -replace ' metric 1024' | Should -Be 'dev eth0', 'dev eth0'
        Get-Default $facts.web2 | Should -Be 'dev eth0'
        Test-Ping web1 10.9.0.2 | Should -BeTrue
    }

    It 'keeps siblings apart with the flag Private' {
        $null = New-IpvlanNetwork front eth0 -Subnet 192.168.50.0/24 -Flag Private
        $null = Connect-ContainerNic front web1, web2
        Test-Ping web1 192.168.50.3 -TimeoutSeconds 1 | Should -BeFalse
    }

    It 'sets -Mtu on NICs' {
        $null = New-IpvlanNetwork front eth0 -Subnet 192.168.50.0/24 -Mtu 1400
        $null = Connect-ContainerNic front web1
        $null = Connect-ContainerNic front web2 -Mtu 1300
        'web1', 'web2' | ForEach-Object { (Get-IpLink eth0 -Namespace $_).mtu } | Should -Be 1400, 1300
        (Get-IpLink eth0).mtu | Should -Be 1500
    }

    It 'makes a VLAN of eth0:50 that is not there, and removes it with the network' {
        (New-IpvlanNetwork front eth0:50 -Subnet 192.168.50.0/24).Parent | Should -Be eth0.50
        $link = Get-IpLink eth0.50
        "$($link.link) $($link.linkinfo.info_data.protocol) $($link.linkinfo.info_data.id)" |
            Should -Be 'eth0 802.1Q 50'
        $link.flags | Should -Contain UP
        Remove-IpvlanNetwork front
        (Get-IpLink).ifname | Should -Be lo, eth0
    }

    Context 'without a parent' {
        It 'makes a dummy named after the network: <Case>' -ForEach @(
            @{ Case = 'no parent'; With = @{} }
            @{ Case = '-Internal'; With = @{ Internal = $true } }
        ) {
            $network = New-IpvlanNetwork alone -Subnet 192.168.50.0/24 @With
            $network.Internal | Should -BeTrue
            $network.Parent | Should -Be "di-$($network.Id.Substring(0, 12))"
            $link = Get-IpLink | Where-Object ifname -NotIn lo, eth0
            "$($link.ifname) $($link.linkinfo.info_kind)" | Should -Be "$($network.Parent) dummy"
            $link.flags | Should -Contain UP
            Remove-IpvlanNetwork alone
            (Get-IpLink).ifname | Should -Be lo, eth0
        }

        It 'joins NICs of all its subnets in l3, with routes to each and no default route' {
            $null = New-IpvlanNetwork alone -Internal -Mode L3 -Subnet 192.168.50.0/24, 10.9.0.0/16, fd18::/64, fd19::/64
            $null = Connect-ContainerNic alone web1
            $null = Connect-ContainerNic alone web2 -IPAddress 10.9.0.7, fd19::7
            $facts = Get-IpFact web1, web2
            $facts.web1.Addresses + $facts.web2.Addresses |
                Should -Be '192.168.50.2/24', 'fd18::1/64', '10.9.0.7/16', 'fd19::7/64'
            $facts.web1.Defaults, $facts.web2.Defaults | ForEach-Object { $_ } | Should -BeNullOrEmpty
            (Get-IpRoute web1).dst | Sort-Object | Should -Be '10.9.0.0/16', '192.168.50.0/24'
            Get-PingReply web1 10.9.0.7, fd19::7 -Attempts 2 | Should -HaveCount 2
        }
    }

    It 'stays on its parent when it is internal' {
        $network = New-IpvlanNetwork inside eth0 -Internal -Mode L3 -Subnet 192.168.50.0/24, 10.9.0.0/16
        "$($network.Parent) $($network.Internal)" | Should -Be 'eth0 True'
        $null = Connect-ContainerNic inside web1
        (Get-IpRoute web1).dst | Sort-Object | Should -Be '10.9.0.0/16', '192.168.50.0/24'
        Remove-IpvlanNetwork inside -Force
    }

    Context 'beside other networks' {
        It 'shares a parent with an ipvlan network of the same mode and flag' -Tag Native, Once {
            $null = New-IpvlanNetwork one eth0 -Subnet 192.168.50.0/24 -Mode L3 -Flag Private
            New-IpvlanNetwork two eth0 -Subnet 192.168.60.0/24 -Mode L3 -Flag Private | Should -HaveCount 1
        }

        It 'refuses <Mode> <Flag> beside <OtherMode> <OtherFlag>, which the kernel would change' -Tag Native, Once -ForEach @(
            @{ Mode = 'L3'; Flag = 'Bridge'; OtherMode = 'L2'; OtherFlag = 'Bridge' }
            @{ Mode = 'L2'; Flag = 'Bridge'; OtherMode = 'L3'; OtherFlag = 'Bridge' }
            @{ Mode = 'L3S'; Flag = 'Bridge'; OtherMode = 'L3'; OtherFlag = 'Bridge' }
            @{ Mode = 'L2'; Flag = 'Private'; OtherMode = 'L2'; OtherFlag = 'Bridge' }
            @{ Mode = 'L2'; Flag = 'Private'; OtherMode = 'L2'; OtherFlag = 'Vepa' }
        ) {
            $null = New-IpvlanNetwork one eth0 -Subnet 192.168.50.0/24 -Mode $OtherMode -Flag $OtherFlag
            $before = Get-Snapshot
            $problem = Get-Failure { New-IpvlanNetwork two eth0 -Subnet 192.168.60.0/24 -Mode $Mode -Flag $Flag }
            $problem.What | Should -Be "ParentInUse ResourceBusy 'two'"
            $problem.Message | Should -BeLike "*'two'*eth0*'one'*$OtherMode*$OtherFlag*"
            Get-Snapshot | Should -Be $before
        }

        It 'allows another mode on another parent, a VLAN of the same link included' {
            $null = New-IpvlanNetwork one eth0 -Subnet 192.168.50.0/24 -Mode L2
            $null = New-IpvlanNetwork two eth0.60 -Subnet 192.168.60.0/24 -Mode L3
            $null = Connect-ContainerNic one, two web1
            'eth0', 'eth1' | ForEach-Object { (Get-IpLink $_ -Namespace web1).linkinfo.info_data.mode } |
                Should -Be l2, l3
        }

        It 'warns of a macvlan network on the same parent, and makes the network' -Tag Native, Once {
            $null = New-MacvlanNetwork other eth0 -Subnet 192.168.60.0/24
            New-IpvlanNetwork front eth0 -Subnet 192.168.50.0/24 -WarningVariable warnings -WarningAction SilentlyContinue |
                Should -HaveCount 1
            $warnings | Should -HaveCount 1
            "$warnings" | Should -BeLike "*eth0*macvlan*'other'*'front'*"
        }

        It 'cannot connect a NIC of <Second> while <First> has one on the same parent, and can afterwards' -ForEach @(
            @{ First = 'mac'; Second = 'ip'; Kind = 'macvlan' }, @{ First = 'ip'; Second = 'mac'; Kind = 'ipvlan' }
        ) {
            $null = New-MacvlanNetwork mac eth0 -Subnet 192.168.60.0/24
            $null = New-IpvlanNetwork ip eth0 -Subnet 192.168.50.0/24 -WarningAction Ignore
            $null = Connect-ContainerNic $First web1 -InterfaceName lan0
            $before = Get-Snapshot
            $problem = Get-Failure { Connect-ContainerNic $Second web2 }
            $problem.What | Should -Be "ParentInUse ResourceBusy 'web2'"
            '*eth0*', "*$Kind*", '*web1/lan0*' | ForEach-Object { $problem.Message | Should -BeLike $_ }
            Get-Snapshot | Should -Be $before
            (Get-IpLink -Namespace web2).ifname | Should -Be lo
            Disconnect-ContainerNic -Namespace web1
            Connect-ContainerNic $Second web2 | Should -HaveCount 1
        }
    }

    It 'warns of a gateway that <Mode> will not use' -Tag Native, Once -ForEach @{ Mode = 'L3' }, @{ Mode = 'L3S' } {
        $network = New-IpvlanNetwork front eth0 -Subnet 192.168.50.0/24 -Gateway 192.168.50.9 -Mode $Mode `
            -WarningVariable warnings -WarningAction SilentlyContinue
        "$($network.Subnets.Gateway)" | Should -Be 192.168.50.9
        $warnings | Should -HaveCount 1
        "$warnings" | Should -BeLike "*gateway*'front'*"
    }

    It 'warns of nothing where there is nothing to warn of' -Tag Native, Once {
        $null = New-IpvlanNetwork two eth0 -Subnet 192.168.50.0/24 -Gateway 192.168.50.9 -WarningVariable warnings
        $null = New-IpvlanNetwork three eth0 -Subnet 192.168.60.0/24 -WarningVariable +warnings
        $warnings | Should -BeNullOrEmpty
    }

    It 'takes networks from the pipeline by property name' -Tag Native, Once {
        $made = @(
            [pscustomobject]@{ Name = 'one'; Parent = 'eth0'; Subnet = '192.168.50.0/24'; Mode = 'L3'; Flag = 'Vepa' }
            [pscustomobject]@{ Name = 'two'; Parent = 'eth0'; Subnet = '192.168.60.0/24', 'fd18::/64'
                Mode = 'L3'; Flag = 'Vepa'; Mtu = 1400 }
        ) | New-IpvlanNetwork
        $made | ForEach-Object { "$_ $($_.Subnets) $($_.ModeText) $($_.Mtu)" } |
            Should -Be 'one 192.168.50.0/24 L3 Vepa ', 'two 192.168.60.0/24 fd18::/64 L3 Vepa 1400'
    }

    It 'changes nothing with -WhatIf' -Tag Native, Once {
        $before = Get-Snapshot
        New-IpvlanNetwork front eth0.50 -Subnet 192.168.50.0/24 -WhatIf | Should -BeNullOrEmpty
        New-IpvlanNetwork alone -Subnet 192.168.60.0/24 -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot | Should -Be $before
    }

    It 'shows each step with -Verbose' {
        $steps = New-IpvlanNetwork front eth0.50 -Subnet 192.168.50.0/24 -Mode L3 -Verbose 4>&1 | ForEach-Object { "$_" }
        $steps | Should -Contain 'ip link add link eth0 name eth0.50 group 7170422 type vlan id 50'
        $steps = Connect-ContainerNic front web1 -Verbose 4>&1 | ForEach-Object { "$_" }
        $text = $steps -join "`n"
        $text | Should -BeLike '*ip link add link eth0.50 name * netns web1 type ipvlan mode l3 bridge*'
        $text | Should -BeLike '*ip -n web1 route * default dev eth0*'
    }
}

Describe 'New-IpvlanNetwork, asked for what cannot be' -Tag Native, Once {
    BeforeAll {
        $null = New-MacvlanNetwork Taken eth0 -Subnet 10.1.0.0/16
        $before = Get-Snapshot
        $textBefore = Get-KernelText
    }

    AfterAll { Remove-All }

    AfterEach { Get-Snapshot | Should -Be $before }

    It 'refuses <Case>' -ForEach @(
        @{ Case = 'an unknown parent'; With = @{ Parent = 'eth7' }; What = 'ParentNotFound ObjectNotFound' }
        @{ Case = 'loopback as parent'; With = @{ Parent = 'lo' }; What = 'ParentUnsuitable InvalidArgument' }
        @{ Case = 'the parent eth0.'; With = @{ Parent = 'eth0.' }; What = 'InvalidVlanId InvalidArgument' }
        @{ Case = 'the parent eth0.0'; With = @{ Parent = 'eth0.0' }; What = 'InvalidVlanId InvalidArgument' }
        @{ Case = 'the parent eth0.4095'; With = @{ Parent = 'eth0.4095' }; What = 'InvalidVlanId InvalidArgument' }
        @{ Case = 'the parent eth0.abc'; With = @{ Parent = 'eth0.abc' }; What = 'InvalidVlanId InvalidArgument' }
        @{ Case = 'a VLAN id without a parent'; With = @{ Parent = $null; VlanId = 5 }
            What = 'InvalidParameter InvalidArgument' }
        @{ Case = 'a gateway outside'; With = @{ Gateway = '10.0.0.1' }; What = 'InvalidAddress InvalidArgument' }
        @{ Case = 'a range outside'; With = @{ IPRange = '10.0.0.0/28' }; What = 'InvalidAddress InvalidArgument' }
        @{ Case = 'an excluded address outside'; With = @{ ExcludeAddress = '10.0.0.1' }
            What = 'InvalidAddress InvalidArgument' }
        @{ Case = 'a subnet that overlaps that of a macvlan network'; With = @{ Subnet = '10.0.0.0/8' }
            What = 'SubnetOverlap InvalidArgument' }
        @{ Case = 'the name of a macvlan network'; With = @{ Name = 'taken' }; What = 'NetworkExists ResourceExists' }
        @{ Case = 'a name with a slash'; With = @{ Name = 'a/b' }; What = 'InvalidName InvalidArgument' }
    ) {
        $all = @{ Name = 'bad'; Parent = 'eth0'; Subnet = '192.168.50.0/24'; WarningAction = 'Ignore' }
        foreach ($key in $With.Keys) { if ($null -eq $With[$key]) { $all.Remove($key) } else { $all[$key] = $With[$key] } }
        (Get-Failure { New-IpvlanNetwork @all }).What | Should -Be "$What '$($all.Name)'"
    }

    It 'refuses to bind <Case>, and says why' -ForEach @(
        @{ Case = 'a subnet with host bits'
            With = @{ Subnet = '192.168.50.7/24' }; Says = '*192.168.50.7/24*host bits*192.168.50.0/24*' }
        @{ Case = 'a mode of macvlan'; With = @{ Subnet = '192.168.50.0/24'; Mode = 'Passthru' }
            Says = '*Passthru*L2*L3*L3S*' }
        @{ Case = 'an unknown flag'; With = @{ Subnet = '192.168.50.0/24'; Flag = 'L3' }; Says = '*L3*Bridge*Private*Vepa*' }
    ) {
        $problem = Get-Failure { New-IpvlanNetwork bad @With }
        $problem.What | Should -Match '^(CannotConvertArgument|ParameterArgument)'
        $problem.Message | Should -BeLike $Says
    }

    It 'has left the kernel as it was' {
        Get-KernelText | Should -Be $textBefore
        (Get-ContainerNetwork).Name | Should -Be Taken
    }
}

Describe 'Get-IpvlanNetwork and Remove-IpvlanNetwork' -Tag Native, Once {
    BeforeEach {
        $null = New-IpvlanNetwork Front eth0 -Subnet 192.168.50.0/24 -Mode L3 -Flag Private
        $null = New-IpvlanNetwork back eth0 -Subnet 192.168.60.0/24 -Mode L3 -Flag Private
        $null = New-MacvlanNetwork other eth0 -Subnet 192.168.70.0/24 -WarningAction Ignore
    }

    AfterEach { Remove-All }

    It 'lists ipvlan networks alone: by name, pattern, parent, pipeline' {
        (Get-IpvlanNetwork).Name | Should -Be back, Front
        (Get-IpvlanNetwork FRONT).Name | Should -Be Front
        (Get-IpvlanNetwork b*, z*).Name | Should -Be back
        (Get-IpvlanNetwork -Parent et*).Name | Should -Be back, Front
        Get-IpvlanNetwork -Parent eth1 | Should -BeNullOrEmpty
        'front', 'back' | Get-IpvlanNetwork | ForEach-Object Name | Should -Be Front, back
    }

    It 'reports a name that no ipvlan network has' -ForEach @{ Verb = 'Get' }, @{ Verb = 'Remove' } {
        $command = Get-Command "$Verb-IpvlanNetwork"
        (Get-Failure { & $command nosuch, other }).What |
            Should -Be "NetworkNotFound ObjectNotFound 'nosuch'", "NetworkNotFound ObjectNotFound 'other'"
        (Get-ContainerNetwork).Name | Should -Be back, Front, other
    }

    It 'shows a table that fits 80 columns' {
        $text = Get-IpvlanNetwork | Out-String -Width 80
        ($text -split '\r?\n').Where({ $_ })[0] | Should -Match '^Name +Kind +Mode +Parent +NICs +Subnets'
        $text -split '\r?\n' | Where-Object { $_.Length -gt 80 } | Should -BeNullOrEmpty
        $text | Should -Match '(?m)^back +ipvlan +L3 Private +eth0 +0 192\.168\.60\.0/24 *$'
        $text | Should -Not -Match '…|\.\.\.'
    }

    It 'removes by <Case>' -ForEach @(
        @{ Case = 'name'; How = { Remove-IpvlanNetwork FRONT }; Left = 'back', 'other' }
        @{ Case = 'pattern, and no macvlan network'; How = { Remove-IpvlanNetwork * }; Left = 'other' }
        @{ Case = 'pipeline'; How = { Get-IpvlanNetwork b* | Remove-IpvlanNetwork }; Left = 'Front', 'other' }
    ) {
        & $How | Should -BeNullOrEmpty
        (Get-ContainerNetwork).Name | Should -Be $Left
    }

    It 'changes nothing with -WhatIf' {
        $before = Get-Snapshot
        Remove-IpvlanNetwork * -Force -WhatIf
        Get-Snapshot | Should -Be $before
    }
}

Describe 'Remove-IpvlanNetwork, with NICs' {
    It 'refuses, names them, and disconnects them with -Force' {
        $null = New-IpvlanNetwork front eth0.50 -Subnet 192.168.50.0/24
        $null = Connect-ContainerNic front web1, web2
        $before = Get-Snapshot
        $problem = Get-Failure { Remove-IpvlanNetwork front }
        $problem.What | Should -Be "NetworkInUse ResourceBusy 'front'"
        $problem.Message | Should -BeLike '*front*web1/eth0*web2/eth0*'
        Get-Snapshot | Should -Be $before
        Remove-IpvlanNetwork front -Force
        'web1', 'web2' | ForEach-Object { Get-IpLink -Namespace $_ } | ForEach-Object ifname | Should -Be lo, lo
    }
}

Describe 'Ipvlan networks, removed' -Tag Native {
    It 'have left nothing but eth0' {
        (Get-IpLink).ifname | Should -Be lo, eth0
        Get-StateRow | Should -BeNullOrEmpty
    }
}
