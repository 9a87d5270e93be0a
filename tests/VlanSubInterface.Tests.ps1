# Add-, Get- and Remove-VlanSubInterface: whose a sub-interface is, and when it goes.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $null = New-NetworkNamespace web1

    function Get-LinkText {
        # The host's links but lo and eth0, each with what it is and what it sits on.
        foreach ($link in Get-IpLink | Where-Object ifname -NotIn lo, eth0) {
            $settings = Get-Text $link.linkinfo info_data
            $state = if ($link.flags -contains 'UP') { 'up' } else { 'down' }
            if ($settings) { "$($link.ifname) on $($link.link): $($settings.protocol) id $($settings.id) $state" }
            else { "$($link.ifname): $($link.linkinfo.info_kind) $state" }
        }
    }

    function Remove-All {
        # By ip what our own cmdlets leave, so that a test that fails does not fail the next.
        Get-MacvlanNetwork | Remove-MacvlanNetwork -Force
        Get-VlanSubInterface | Sort-Object Index -Descending | Remove-VlanSubInterface -Force -ErrorAction Ignore
        foreach ($link in Get-IpLink) { if ($link.ifname -notin 'lo', 'eth0') { ip link delete dev $link.ifname 2>$null } }
    }
}

AfterAll { Clear-TestHost }

Describe 'Add-VlanSubInterface' {
    AfterEach { Remove-All }

    It 'makes PARENT.ID, up, with the MTU and MAC address of the parent' {
        $vlan = Add-VlanSubInterface eth0 50
        $vlan | Should -BeOfType MacIpvlan.VlanSubInterface
        $links = Get-IpLink
        $parent, $link = $links[-2, -1]
        Get-LinkText | Should -Be 'eth0.50 on eth0: 802.1Q id 50 up'
        "$vlan $($vlan.Parent) $($vlan.VlanId) $($vlan.Protocol) $($vlan.Mtu) $($vlan.IsUp) $($vlan.IsOwned) $($vlan.Networks.Count)" |
            Should -Be 'eth0.50 eth0 50 Ieee8021Q 1500 True True 0'
        $vlan.Index | Should -Be $link.ifindex
        $vlan.MacAddress | Should -Be $link.address
        $link.address | Should -Be $parent.address
    }

    It 'takes a name' {
        (Add-VlanSubInterface -Parent eth0 -VlanId 50 -Name storage).Name | Should -Be storage
        Get-LinkText | Should -Be 'storage on eth0: 802.1Q id 50 up'
    }

    It 'takes the protocol 802.1ad as <Given>' -ForEach @{ Given = '802.1ad' }, @{ Given = '802.1AD' }, @{ Given = 'Ieee8021AD' } {
        $null = Add-VlanSubInterface eth0 50 -Protocol $Given
        Get-LinkText | Should -Be 'eth0.50 on eth0: 802.1ad id 50 up'
    }

    It 'refuses another protocol, and names those that there are' {
        (Get-Failure { Add-VlanSubInterface eth0 50 -Protocol 802.1x }).Message | Should -BeLike "*'802.1x'*802.1Q or 802.1ad*"
    }

    It 'sets what the kernel offers besides' {
        $vlan = Add-VlanSubInterface eth0 50 -Mtu 1400 -ReorderHeader $false -Gvrp -LooseBinding `
            -EgressPriorityMap @{ 1 = 3; 2 = 4 } -IngressPriorityMap @{ 5 = 6 }
        $vlan.Mtu | Should -Be 1400
        $text = ip -d link show dev eth0.50 | Out-String
        $text | Should -BeLike '*mtu 1400 *vlan protocol 802.1Q id 50 <GVRP,LOOSE_BINDING*'
        $text | Should -BeLike '*ingress-qos-map { 5:6 }*egress-qos-map { 1:3 2:4 }*'
        $null = Add-VlanSubInterface eth0 51 -Mvrp
        ip -d link show dev eth0.51 | Out-String | Should -BeLike '*id 51 <REORDER_HDR,MVRP>*'
    }

    It 'makes several, from <Form>' -ForEach @(
        @{ Form = 'an array'; How = { Add-VlanSubInterface eth0 10, 20 } }
        @{ Form = 'numbers in the pipeline'; How = { 10, 20 | Add-VlanSubInterface eth0 } }
        @{ Form = 'objects in the pipeline'
            How = { 10, 20 | ForEach-Object { [pscustomobject]@{ Parent = 'eth0'; VlanId = "$_" } } | Add-VlanSubInterface } }
    ) {
        (& $How).Name | Should -Be eth0.10, eth0.20
        Get-LinkText | Should -Be 'eth0.10 on eth0: 802.1Q id 10 up', 'eth0.20 on eth0: 802.1Q id 20 up'
    }

    It 'makes one on a sub-interface, and that one too where it is missing' {
        $null = Add-VlanSubInterface eth0 10
        (Add-VlanSubInterface eth0.10 20).Parent | Should -Be eth0.10
        $null = Add-VlanSubInterface eth0.30 40
        Get-LinkText | Should -Be @(
            'eth0.10 on eth0: 802.1Q id 10 up', 'eth0.10.20 on eth0.10: 802.1Q id 20 up'
            'eth0.30 on eth0: 802.1Q id 30 up', 'eth0.30.40 on eth0.30: 802.1Q id 40 up')
        Remove-VlanSubInterface eth0.10.20, eth0.30.40
        Get-LinkText | Should -Be 'eth0.10 on eth0: 802.1Q id 10 up' -Because 'it was asked for; eth0.30 was only needed'
    }

    It 'makes it down on a parent that is down, with a warning' {
        ip link set eth0 down
        (Add-VlanSubInterface eth0 50 -WarningVariable warnings -WarningAction SilentlyContinue).IsUp | Should -BeFalse
        $links = Get-LinkText
        ip link set eth0 up
        $links | Should -Be 'eth0.50 on eth0: 802.1Q id 50 down'
        "$warnings" | Should -BeLike '*eth0.50*down*eth0 *down*'
    }

    It 'makes one on a VLAN that is named by a colon' {
        "$((Add-VlanSubInterface eth0:50 60).Name) $((New-MacvlanNetwork lan eth0:51 -VlanId 61 -Subnet 10.1.0.0/24).Parent)" |
            Should -Be 'eth0.50.60 eth0.51.61'
        Remove-MacvlanNetwork lan
        Remove-VlanSubInterface eth0.50.60
        (Get-IpLink).ifname | Should -Be lo, eth0
    }

    It 'makes one too small for IPv6' {
        (Add-VlanSubInterface eth0 50 -Mtu 1000).Mtu | Should -Be 1000
        Get-Snapshot | Should -Contain 'link eth0.50'
    }

    It 'takes priority maps that are null for none' {
        (Add-VlanSubInterface eth0 50 -EgressPriorityMap $null -IngressPriorityMap $null).Name | Should -Be eth0.50
    }

    It 'takes alternative names' {
        ip link property add dev eth0 altname uplink0
        try {
            Add-VlanSubInterface uplink0 50 | ForEach-Object { "$($_.Name) $($_.Parent)" } | Should -Be 'eth0.50 eth0'
            ip link property add dev eth0.50 altname storage
            'uplink0', 'uplink0.50', 'uplink0:50', 'storage', 'uplink0.60' | ForEach-Object {
                $name = "n$($_ -replace '\W')$($_.Length)"
                $made = New-MacvlanNetwork $name -Parent $_ -Subnet 10.1.0.0/24
                "$($made.Parent) $((Get-MacvlanNetwork $name).Parent)"
                Remove-MacvlanNetwork $name
            } | Should -Be 'eth0 eth0', 'eth0.50 eth0.50', 'eth0.50 eth0.50', 'eth0.50 eth0.50', 'eth0.60 eth0.60'
            Get-StateRow | Should -Not -Match 'uplink0|storage'
        }
        finally { ip link property del dev eth0 altname uplink0 }
    }

    It 'refuses an id that the parent carries, and names the sub-interface: <Name>' -ForEach @{ Name = 'eth0.50' }, @{ Name = 'storage' } {
        ip link add link eth0 name $Name type vlan id 50
        $before = Get-Snapshot
        $problem = Get-Failure { Add-VlanSubInterface eth0 50 -Name other }
        $problem.What | Should -Be "SubInterfaceExists ResourceExists '50'"
        $problem.Message | Should -BeLike "*50*eth0*$Name*"
        Get-Snapshot | Should -Be $before
    }

    It 'refuses a name that the host has' {
        $null = Add-VlanSubInterface eth0 60 -Name eth0.50
        $before = Get-Snapshot
        (Get-Failure { Add-VlanSubInterface eth0 50 }).What | Should -Be "InterfaceExists ResourceExists '50'"
        $problem = Get-Failure { New-MacvlanNetwork bad eth0:50 -Subnet 192.168.50.0/24 }
        $problem.What | Should -Match "^(InterfaceExists|EEXIST) ResourceExists 'bad'"
        Get-Snapshot | Should -Be $before
        (Get-VlanSubInterface eth0.50).IsOwned | Should -BeTrue -Because 'it is still known whose it is'
    }

    It 'goes on behind an id that cannot be' {
        (Get-Failure { 10, 4095, 20 | Add-VlanSubInterface eth0 }).What |
            Should -Be "InvalidVlanId InvalidArgument '4095'"
        Get-LinkText | Should -Be 'eth0.10 on eth0: 802.1Q id 10 up', 'eth0.20 on eth0: 802.1Q id 20 up'
    }

    It 'shows each step with -Verbose' {
        $steps = Add-VlanSubInterface eth0 50 -Name storage -Verbose 4>&1 | ForEach-Object { "$_" }
        $steps | Should -Contain 'ip link add link eth0 name storage group 7170422 type vlan id 50'
        $steps | Where-Object { $_ -like 'ip link set dev storage*up' } | Should -HaveCount 1
    }

    It 'changes nothing with -WhatIf, and asks nothing with -Confirm:$false' {
        $ConfirmPreference = 'Low'
        $before = Get-Snapshot
        Add-VlanSubInterface eth0 50 -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot | Should -Be $before
        Add-VlanSubInterface eth0 50 -Confirm:$false | Should -HaveCount 1
        Remove-VlanSubInterface eth0.50 -WhatIf
        Get-LinkText | Should -Be 'eth0.50 on eth0: 802.1Q id 50 up'
        Remove-VlanSubInterface eth0.50 -Confirm:$false
        Get-Snapshot | Should -Be $before
    }
}

Describe 'Add-VlanSubInterface, asked for what cannot be' -Tag Native, Once {
    BeforeAll {
        'link add br0 type bridge', 'link add port0 type veth peer name port1', 'link set port0 master br0',
        'link add a-long-linkname type bridge' | ip -batch -
        $before = Get-Snapshot
        $textBefore = Get-KernelText
    }

    AfterAll { 'link delete dev port0', 'link delete dev br0', 'link delete dev a-long-linkname' | ip -batch - }

    AfterEach { Get-Snapshot | Should -Be $before }

    It 'refuses <Case>' -ForEach @(
        @{ Case = 'id 0'; With = @{ VlanId = 0 }; What = "InvalidVlanId InvalidArgument '0'" }
        @{ Case = 'id 4095'; With = @{ VlanId = 4095 }; What = "InvalidVlanId InvalidArgument '4095'" }
        @{ Case = 'id -1'; With = @{ VlanId = -1 }; What = "InvalidVlanId InvalidArgument '-1'" }
        @{ Case = 'a parent that is not there'; With = @{ Parent = 'eth7' }; What = "ParentNotFound ObjectNotFound '50'" }
        @{ Case = 'a parent that cannot be made'; With = @{ Parent = 'eth0.abc' }
            What = "InvalidVlanId InvalidArgument '50'" }
        @{ Case = 'loopback as parent'; With = @{ Parent = 'lo' }; What = "ParentUnsuitable InvalidArgument '50'" }
        @{ Case = 'a bridge port as parent'; With = @{ Parent = 'port0' }; What = "ParentUnsuitable InvalidArgument '50'" }
        @{ Case = 'a name that would be too long'; With = @{ Parent = 'a-long-linkname' }
            What = "InvalidName InvalidArgument '50'" }
        @{ Case = 'a name of 16 bytes'; With = @{ Name = 'sixteen-bytes-xx' }; What = "InvalidName InvalidArgument '50'" }
        @{ Case = 'a name with a slash'; With = @{ Name = 'a/b' }; What = "InvalidName InvalidArgument '50'" }
        @{ Case = 'a name with a colon'; With = @{ Name = 'a:b' }; What = "InvalidName InvalidArgument '50'" }
        @{ Case = 'a name that is a pattern'; With = @{ Name = 'vlan%d' }; What = "InvalidName InvalidArgument '50'" }
        @{ Case = 'a name with white space'; With = @{ Name = 'a b' }; What = "InvalidName InvalidArgument '50'" }
        @{ Case = 'the name of another link'; With = @{ Name = 'br0' }; What = "InterfaceExists ResourceExists '50'" }
    ) {
        $all = @{ Parent = 'eth0'; VlanId = 50 }
        foreach ($key in $With.Keys) { $all[$key] = $With[$key] }
        (Get-Failure { Add-VlanSubInterface @all }).What | Should -Be $What
    }

    It 'has left the kernel as it was' { Get-KernelText | Should -Be $textBefore }
}

Describe 'Get-VlanSubInterface' {
    BeforeAll {
        $null = Add-VlanSubInterface eth0 10, 20
        ip link add link eth0 name foo.19 group 7170422 type vlan id 19
        $null = New-MacvlanNetwork one eth0.20 -Subnet 192.168.20.0/24
        $null = New-MacvlanNetwork two eth0.20.30 -Subnet 192.168.30.0/24
    }

    AfterAll { Remove-All }

    It 'lists all, whoever made them, with the networks on them' {
        $found = Get-VlanSubInterface | Sort-Object Index
        $found | ForEach-Object { "$_ on $($_.Parent): $($_.VlanId) up $($_.IsUp) owned $($_.IsOwned) for $($_.Networks)" } | Should -Be @(
            'eth0.10 on eth0: 10 up True owned True for ', 'eth0.20 on eth0: 20 up True owned True for one'
            'foo.19 on eth0: 19 up False owned False for ', 'eth0.20.30 on eth0.20: 30 up True owned True for two')
    }

    It 'finds <Found> by <Case>' -ForEach @(
        @{ Case = 'name'; With = @{ Name = 'eth0.10' }; Found = 'eth0.10' }
        @{ Case = 'patterns'; With = @{ Name = '*.19', '*.30', 'z*' }; Found = 'foo.19, eth0.20.30' }
        @{ Case = 'parent'; With = @{ Parent = 'eth0.20' }; Found = 'eth0.20.30' }
        @{ Case = 'parents by pattern'; With = @{ Parent = 'eth?' }; Found = 'eth0.10, eth0.20, foo.19' }
        @{ Case = 'id'; With = @{ VlanId = 19, 20, 21 }; Found = 'eth0.20, foo.19' }
        @{ Case = 'parent and id'; With = @{ Parent = 'eth0'; VlanId = 30 }; Found = '' }
    ) {
        (Get-VlanSubInterface @With | ForEach-Object Name) -join ', ' | Should -Be $Found
    }

    It 'takes names from the pipeline, reports one that is unknown, and goes on' {
        (Get-Failure { 'eth0.99', 'eth0.10' | Get-VlanSubInterface }).What |
            Should -Be "SubInterfaceNotFound ObjectNotFound 'eth0.99'"
        'eth0.99', 'eth0.10' | Get-VlanSubInterface -ErrorAction Ignore | ForEach-Object Name | Should -Be eth0.10
    }

    It 'shows a table that fits 80 columns' {
        $text = Get-VlanSubInterface | Out-String -Width 80
        ($text -split '\r?\n').Where({ $_ })[0] | Should -Match '^Name +Parent +VlanId +Mtu +IsUp +IsOwned +Networks'
        $text -split '\r?\n' | Where-Object { $_.Length -gt 80 } | Should -BeNullOrEmpty
        $text | Should -Match '(?m)^eth0\.20\.30 +eth0\.20 +30 +1500 +True +True +two *$'
        $text | Should -Match '(?m)^foo\.19 +eth0 +19 +1500 +False +False *$'
        $text | Should -Not -Match '…|\.\.\.'
    }
}

Describe 'Remove-VlanSubInterface' {
    AfterEach { Remove-All }

    It 'removes what Add-VlanSubInterface made, by <Case>' -ForEach @(
        @{ Case = 'name'; How = { Remove-VlanSubInterface eth0.10, eth0.20 } }
        @{ Case = 'pattern'; How = { Remove-VlanSubInterface eth0.*, z* } }
        @{ Case = 'pipeline'; How = { Get-VlanSubInterface -Parent eth0 | Remove-VlanSubInterface } }
    ) {
        $null = Add-VlanSubInterface eth0 10, 20
        & $How | Should -BeNullOrEmpty
        Get-LinkText | Should -BeNullOrEmpty
        Get-StateRow | Should -BeNullOrEmpty
    }

    It 'refuses one that was there before, unless -Force' {
        ip link add link eth0 name foo.19 group 7170422 type vlan id 19
        $problem = Get-Failure { Remove-VlanSubInterface foo.19 }
        $problem.What | Should -Be "SubInterfaceInUse ResourceBusy 'foo.19'"
        $problem.Action | Should -BeLike '*-Force*'
        Get-LinkText | Should -Be 'foo.19 on eth0: 802.1Q id 19 down'
        Remove-VlanSubInterface foo.19 -Force
        Get-LinkText | Should -BeNullOrEmpty
    }

    It 'refuses one that carries a network, -Force or not, and names that' {
        $null = New-MacvlanNetwork front eth0.10 -Subnet 192.168.10.0/24
        $before = Get-Snapshot
        foreach ($force in $false, $true) {
            $problem = Get-Failure { Remove-VlanSubInterface eth0.10 -Force:$force }
            $problem.What | Should -Be "SubInterfaceInUse ResourceBusy 'eth0.10'"
            $problem.Message | Should -BeLike '*eth0.10*front*'
        }
        Get-Snapshot | Should -Be $before
    }

    It 'refuses one that another link sits on, and names that' {
        $null = Add-VlanSubInterface eth0 10
        ip link add link eth0.10 name hand type macvlan
        $before = Get-Snapshot
        $problem = Get-Failure { Remove-VlanSubInterface eth0.10 }
        $problem.What | Should -Be "SubInterfaceInUse ResourceBusy 'eth0.10'"
        $problem.Message | Should -BeLike '*eth0.10*hand*'
        Get-Snapshot | Should -Be $before
    }

    It 'removes what it was made on with it, and is silent of that' {
        $null = Add-VlanSubInterface eth0.50 60
        Remove-VlanSubInterface * -ErrorAction Stop
        (Get-IpLink).ifname | Should -Be lo, eth0
    }

    It 'removes a whole tree by one pattern' {
        $null = Add-VlanSubInterface eth0 10
        $null = Add-VlanSubInterface eth0.10 20
        Get-Failure { Remove-VlanSubInterface eth0.10* } | Should -BeNullOrEmpty
        Get-LinkText | Should -BeNullOrEmpty
    }

    It 'reports a name that is unknown, and removes the rest' {
        $null = Add-VlanSubInterface eth0 10
        (Get-Failure { 'eth0.99', 'eth0', 'eth0.10' | Remove-VlanSubInterface }).What |
            Should -Be "SubInterfaceNotFound ObjectNotFound 'eth0.99'", "SubInterfaceNotFound ObjectNotFound 'eth0'"
        (Get-IpLink).ifname | Should -Be lo, eth0
    }

    It 'reports one that has been deleted by hand, which can be made again' {
        $vlan = Add-VlanSubInterface eth0 10
        ip link delete dev eth0.10
        (Get-Failure { $vlan | Remove-VlanSubInterface }).What |
            Should -Be "SubInterfaceNotFound ObjectNotFound 'eth0.10'"
        $null = Add-VlanSubInterface eth0 10
        Get-LinkText | Should -Be 'eth0.10 on eth0: 802.1Q id 10 up'
    }
}

Describe 'A sub-interface and the networks on it' {
    AfterEach { Remove-All }

    It 'outlives its last network when it was made by Add-VlanSubInterface' {
        $null = Add-VlanSubInterface eth0 50
        $null = New-MacvlanNetwork front eth0.50 -Subnet 192.168.50.0/24
        (Get-VlanSubInterface eth0.50).Networks | Should -Be front
        Remove-MacvlanNetwork front
        Get-LinkText | Should -Be 'eth0.50 on eth0: 802.1Q id 50 up'
        Remove-VlanSubInterface eth0.50
        Get-LinkText | Should -BeNullOrEmpty
    }

    It 'outlives its last network when it was there before, even if it has the usual name' {
        ip link add link eth0 name eth0.50 group 7170422 type vlan id 50
        $null = New-MacvlanNetwork front eth0.50 -Subnet 192.168.50.0/24
        (Get-VlanSubInterface eth0.50).IsOwned | Should -BeFalse
        Remove-MacvlanNetwork front
        Get-LinkText | Should -Be 'eth0.50 on eth0: 802.1Q id 50 down' -Because 'it is left as it was found'
    }

    It 'stays when a link that is not ours sits on it, with a warning, and is then an ordinary one' {
        $null = New-MacvlanNetwork front eth0.50 -Subnet 192.168.50.0/24
        ip link add link eth0.50 name hand group 7170422 type vlan id 7
        Remove-MacvlanNetwork front -WarningVariable warnings -WarningAction SilentlyContinue
        "$warnings" | Should -BeLike '*eth0.50*kept*hand*'
        Get-LinkText | Should -HaveCount 2
        ip link delete dev hand
        Remove-VlanSubInterface eth0.50
        Get-LinkText | Should -BeNullOrEmpty
    }

    It 'is made anew by the next network when it was deleted by hand' {
        $null = New-MacvlanNetwork front eth0.50 -Subnet 192.168.50.0/24
        ip link delete dev eth0.50
        (Get-Failure { Connect-ContainerNic front web1 }).What | Should -Be "ParentNotFound ObjectNotFound 'web1'"
        $null = New-MacvlanNetwork back eth0.50 -Subnet 192.168.60.0/24
        Get-LinkText | Should -Be 'eth0.50 on eth0: 802.1Q id 50 up'
        Connect-ContainerNic front web1 | Should -HaveCount 1
        Remove-MacvlanNetwork front, back -Force
        Get-LinkText | Should -BeNullOrEmpty
    }
}

Describe 'Sub-interfaces, removed' -Tag Native {
    It 'have left nothing but eth0' {
        (Get-IpLink).ifname | Should -Be lo, eth0
        Get-StateRow | Should -BeNullOrEmpty
    }
}
