# What Get-ContainerNic, Show-ContainerNetwork and Get-*Network say about NICs is what the kernel has, not what was once
# recorded; and what a NIC held is free when its namespace has ended. Containers are in Containers.Tests.ps1.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost

    function Get-State([string]$Namespace = '*') { (Get-ContainerNic -Namespace $Namespace).State }
}

AfterAll { Clear-TestHost }

Describe 'The state of a NIC' -Tag Native, Once {
    BeforeAll {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway 10.1.0.1, fd01::1
    }

    AfterAll { Remove-MacvlanNetwork * -Force }

    BeforeEach {
        $null = New-NetworkNamespace web1, web2
        $nic = Connect-ContainerNic lan web1, web2 | Where-Object Namespace -EQ web1
    }

    AfterEach {
        Get-ContainerNic | Disconnect-ContainerNic
        Remove-NetworkNamespace web* -Force
    }

    It 'is <State> when <Case>, and Up again when that is over' -ForEach @(
        @{ State = 'Down'; Case = 'its link is down'; Do = { ip -n web1 link set eth0 down }; Undo = { 'link set eth0 up', 'address add fd01::1:1/64 dev eth0' | ip -n web1 -batch - } }
        @{ State = 'AddressMissing'; Case = 'an address was removed'; Do = { ip -n web1 address delete fd01::2/64 dev eth0 }; Undo = { } }
        @{ State = 'AddressMissing'; Case = 'all addresses were flushed'; Do = { ip -n web1 address flush dev eth0 scope global }; Undo = { } }
        @{ State = 'AddressMissing'; Case = 'an address has another prefix length'; Do = { ip -n web1 address delete 10.1.0.2/24 dev eth0; ip -n web1 address add 10.1.0.2/16 dev eth0 }; Undo = { } }
        @{ State = 'Missing'; Case = 'its link was deleted'; Do = { ip -n web1 link delete eth0 }; Undo = { } }
        @{ State = 'Missing'; Case = 'a link of its own making has its name and addresses'; Do = {
                ip -n web1 link delete eth0
                'link add eth0 type veth peer name eth9', 'link set eth0 up', 'link set eth9 up', 'address add 10.1.0.2/24 dev eth0', 'address add fd01::2/64 dev eth0 nodad' |
                    ip -n web1 -batch - }; Undo = { ip -n web1 link delete eth0 } }
        @{ State = 'Missing'; Case = 'it was moved away and another link of its kind and index is there'; Do = {
                $index = (Get-IpLink eth0 -Namespace web1).ifindex
                ip -n web1 link set eth0 netns wire name moved
                'link add p0 type veth peer name p1', "link add link p0 name eth0 index $index type macvlan mode bridge", 'link set eth0 up' | ip -n web1 -batch - }
            Undo = { ip -n web1 link delete p0; ip -n wire link delete moved } }
        @{ State = 'NamespaceGone'; Case = 'its namespace was deleted'; Do = { ip netns delete web1 }; Undo = { ip netns add web1 } }
        @{ State = 'NamespaceReplaced'; Case = 'its namespace was made anew'; Do = { ip netns delete web1; ip netns add web1 }; Undo = { } }
        @{ State = 'NamespaceReplaced'; Case = 'its namespace was made anew and has its number'; Do = {
                ip netns delete web1
                ip netns add web1
                Set-StateRow "UPDATE nics SET namespace_inode = $((stat -Lc %i /run/netns/web1)) WHERE namespace_name = 'web1'" }; Undo = { } }
        @{ State = 'NamespaceReplaced'; Case = 'the host has restarted and its namespace exists again'; Do = {
                Set-StateRow "UPDATE nics SET boot_id = 'an earlier one' WHERE namespace_name = 'web1'"; ip -n web1 link delete eth0 }; Undo = { } }
    ) {
        Get-State | Should -Be Up, Up
        & $Do
        Get-State | Should -Be $State, Up
        (Get-ContainerNic -State $State).Id | Should -Be $nic.Id
        (Get-ContainerNic -State Up, Down -Namespace web2).Namespace | Should -Be web2
        (Get-ContainerNic -Recorded).State | Should -Be Attached, Attached
        $isEnded = $State -like 'Namespace*' -and $Case -notlike 'the host*'
        $network = Get-MacvlanNetwork lan
        "$($network.NicCount) $($network.NicUpCount)" | Should -Be "$($isEnded ? 1 : 2) 1"
        @(Show-ContainerNetwork lan) -match 'web1/eth0' | Should -BeLike "*[[]$(($State -creplace '\B(?=[A-Z])', ' ').ToLowerInvariant())]"
        & $Undo
        $null = Restore-ContainerNetwork
        if ($State -eq 'AddressMissing' -or $State -eq 'Down') { $null = Repair-ContainerNetwork }
        Get-State | Should -Be Up, Up
    }

    It 'comes with the name, MAC address and MTU that its link has now' {
        'link set eth0 down', 'link set eth0 name wan0 address 02:11:22:33:44:55 mtu 1400', 'link set wan0 up' | ip -n web1 -batch -
        $now = Get-ContainerNic lan web1
        "$now $($now.MacAddress) $($now.Mtu)" | Should -Be 'web1/wan0 02:11:22:33:44:55 1400'
        (Get-ContainerNic -MacAddress 02-11-22-33-44-55).Id | Should -Be $nic.Id
        (Get-ContainerNic -InterfaceName wan*).Id | Should -Be $nic.Id
        Get-ContainerNic -Namespace web1 -InterfaceName eth0 | Should -BeNullOrEmpty
        "$(Get-ContainerNic lan web1 -Recorded)" | Should -Be web1/eth0
        (Get-ContainerNic lan web1 | Disconnect-ContainerNic -PassThru).State | Should -Be Disconnected
    }

    It 'is LowerLayerDown while the parent is down or has no carrier' {
        ip link set eth0 down
        Get-State | Should -Be LowerLayerDown, LowerLayerDown
        $drawn = @(Show-ContainerNetwork lan) -match 'web1/eth0'
        ip link set eth0 up
        $drawn | Should -BeLike '*[[]lower layer down]'
        ip -n wire link set eth0 down
        Get-State | Should -Be LowerLayerDown, LowerLayerDown
        $null = New-NetworkNamespace web3
        (Connect-ContainerNic lan web3 -WarningAction Ignore).State | Should -Be LowerLayerDown
        ip -n wire link set eth0 up
        # The kernel hands the carrier of a parent on within a second.
        for ($i = 0; $i -lt 100 -and (Get-State web1) -ne 'Up'; $i++) { Start-Sleep -Milliseconds 50 }
        Get-State | Should -Be Up, Up, Up
    }

    It 'is ParentMissing when the parent was deleted, and Up when the parent is called otherwise' {
        ip link add p0 type veth peer name p1
        'link set p0 up', 'link set p1 up' | ip -batch -
        $null = New-MacvlanNetwork other p0 -Subnet 10.2.0.0/24
        $null = Connect-ContainerNic other web1
        ip link set p0 down
        ip link set p0 name p9
        'link set p9 up' | ip -batch -
        (Get-ContainerNic other).State | Should -BeIn Up, LowerLayerDown
        ip link delete p9
        (Get-ContainerNic other).State | Should -Be ParentMissing
        (Get-ContainerNic lan).State | Should -Be Up, Up
        Remove-MacvlanNetwork other -Force
    }

    It 'is Up in a namespace that lost its name' {
        $sleeper = Start-Sleeper 'ip netns exec web1'
        ip netns delete web1
        Get-State | Should -Be Up, Up
        Stop-Sleeper $sleeper
        Get-State | Should -Be NamespaceGone, Up
    }

    It 'follows a process' {
        $sleeper = Start-Sleeper 'unshare --net'
        $null = Connect-ContainerNic lan -ProcessId $sleeper.Id
        (Get-ContainerNic -ProcessId $sleeper.Id).State | Should -Be Up
        Stop-Sleeper $sleeper
        (Get-ContainerNic -ProcessId $sleeper.Id).State | Should -Be NamespaceGone
    }

    It 'is read from many NICs of one namespace as from one' {
        $null = New-NetworkNamespace web3
        $null = 1..20 | ForEach-Object { 'web3' } | Connect-ContainerNic -Network lan
        'link set eth3 down', 'link delete eth4', 'address delete 10.1.0.9/24 dev eth5' | ip -n web3 -batch -
        Get-ContainerNic -Namespace web3 | Group-Object State | ForEach-Object { "$($_.Name) $($_.Count)" } | Sort-Object |
            Should -Be 'AddressMissing 1', 'Down 1', 'Missing 1', 'Up 17'
    }

    It 'can be found in a namespace whose links change all the time' {
        $null = 1..20 | ForEach-Object { 'web1' } | Connect-ContainerNic -Network lan
        Set-Content $TestDrive/changing.sh 'while :; do printf "link add x0 type veth peer name x1\naddress add 10.7.0.1/32 dev x0\nlink delete x0\n"; done | ip -n web1 -force -batch -'
        $changing = Start-Process sh "$TestDrive/changing.sh" -PassThru
        try { 1..5 | ForEach-Object { Get-State | Should -Be (@('Up') * 22) } }
        finally { Stop-Sleeper $changing }
    }

    It 'of one that a command left unfinished is the one on record' {
        Set-StateRow "UPDATE nics SET state = 'Detaching' WHERE namespace_name = 'web1'"
        Get-State | Should -Be Detaching, Up
        Set-StateRow "UPDATE nics SET state = 'Attached' WHERE namespace_name = 'web1'"
    }

    It 'is unknown where the namespace can''t be entered, without an error' {
        $lines = Invoke-Shell '(Get-ContainerNic).State; (Get-ContainerNic -Recorded).State; (Get-MacvlanNetwork lan).NicCount' -Through `
            setpriv, --inh-caps=-all, --ambient-caps=-all, --bounding-set=-all
        $lines | Should -Be Unknown, Unknown, Attached, Attached, 2
    }

    It 'on record can''t be asked of the kernel, nor the other way round' {
        (Get-Failure { Get-ContainerNic -State Attached }).What | Should -BeLike 'InvalidParameter *'
        (Get-Failure { Get-ContainerNic -Recorded -State Down }).What | Should -BeLike 'InvalidParameter *'
        Get-ContainerNic -Recorded -State Attached | Should -HaveCount 2
    }

    It 'of the host''s own interface is looked at too' {
        (Enable-HostAccess lan).State | Should -Be Up
        ip link set (Enable-HostAccess lan).InterfaceName down
        (Enable-HostAccess lan).State | Should -Be Down
        @(Show-ContainerNetwork lan) -match 'host/' | Should -BeLike '*[[]down]'
        Disable-HostAccess lan
    }

    It 'keeps no namespace alive that it looked into' {
        Get-ContainerNic -Namespace web1 | ForEach-Object {
            ip netns delete web1
            # Once the namespace has ended, the link has gone from its parent.
            for ($i = 0; $i -lt 100 -and (Test-Ping web2 10.1.0.2 -TimeoutSeconds 1); $i++) { Start-Sleep -Milliseconds 20 }
            $i | Should -BeLessThan 100
        }
    }
}

Describe 'A NIC' -Tag Native, Once {
    It 'shows the gateways and routes that it got' {
        $null = New-NetworkNamespace web1
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway 10.1.0.254, fd01::254 -Route '10.9.0.0/16 via 10.1.0.9 metric 5', 'blackhole 10.8.0.0/16' -RouteMetric 7
        $null = New-MacvlanNetwork inside eth0 -Subnet 10.2.0.0/24 -NoGateway
        $nic = Connect-ContainerNic lan web1
        $nic.Gateway | Should -Be 10.1.0.254, fd01::254
        $nic.Route | Should -Be 'default via 10.1.0.254 dev eth0 proto static metric 7', '10.9.0.0/16 via 10.1.0.9 dev eth0 proto static metric 5',
            'blackhole 10.8.0.0/16 proto static', 'default via fd01::254 dev eth0 proto static metric 7'
        (Get-ContainerNic lan).Route | Should -Be $nic.Route
        (Connect-ContainerNic lan web1 -IPAddress 10.1.0.77).Gateway | Should -Be 10.1.0.254, fd01::254
        $none = Connect-ContainerNic inside web1
        "$($none.Gateway) $($none.Route)" | Should -Be ' '
        $list = Get-ContainerNic lan -InterfaceName eth0 | Format-List | Out-String -Width 80
        $list | Should -Match 'Gateway +: 10\.1\.0\.254'
        $list | Should -Match 'Route +: default via 10\.1\.0\.254 dev eth0'
        Remove-MacvlanNetwork * -Force
        Remove-NetworkNamespace web1
    }
}

Describe 'What a NIC held whose namespace has ended' -Tag Native, Once {
    BeforeEach {
        $null = New-NetworkNamespace web1, web2
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $mac = '02-00-00-00-00-77'
        $null = Connect-ContainerNic lan web1 -IPAddress 10.1.0.77 -MacAddress $mac
    }

    AfterEach {
        Remove-MacvlanNetwork * -Force
        Remove-NetworkNamespace web* -Force
    }

    It 'is free for one made anew with its name, address and MAC address' {
        ip netns delete web1
        $null = New-NetworkNamespace web1
        $again = Connect-ContainerNic lan web1 -IPAddress 10.1.0.77 -MacAddress $mac
        "$again $($again.IPAddress) $($again.MacAddress) $($again.State)" | Should -Be 'web1/eth0 10.1.0.77/24 02:00:00:00:00:77 Up'
        (Get-ContainerNic).Id | Should -Be $again.Id
    }

    It 'is free for another one that has only its MAC address' {
        ip netns delete web1
        (Connect-ContainerNic lan web2 -MacAddress $mac).MacAddress | Should -Be 02:00:00:00:00:77
        (Get-ContainerNic).Namespace | Should -Be web2
    }

    It 'is not free while its namespace lives' {
        $failure = Get-Failure { Connect-ContainerNic lan web2 -MacAddress $mac }
        $failure.What | Should -Be "MacAddressInUse ResourceBusy 'web2'"
        $failure.Message | Should -BeLike '*web1/eth0.'
    }

    It 'does not keep the network from being removed' {
        ip netns delete web1
        @(Remove-MacvlanNetwork lan -WhatIf *>&1) | Should -Not -BeLike '*fails without -Force*'
        Get-ContainerNic | Should -HaveCount 1 -Because 'nothing is done yet'
        Remove-MacvlanNetwork lan
        Get-StateRow | Should -BeNullOrEmpty
    }

    It 'does not hide that another NIC keeps the network' {
        $null = Connect-ContainerNic lan web2
        ip netns delete web1
        $failure = Get-Failure { Remove-MacvlanNetwork lan }
        $failure.What | Should -Be "NetworkInUse ResourceBusy 'lan'"
        $failure.Message | Should -Be "The network 'lan' has 1 NIC: web2/eth0."
        (Get-ContainerNic).Namespace | Should -Be web1, web2
    }

    It 'does not keep the network from being changed by an import' {
        $text = Export-ContainerNetwork lan
        ip netns delete web1
        $text = $text -replace '10\.1\.0\.0/24', '10.3.0.0/24' -replace '10\.1\.0\.1\b', '10.3.0.1'
        ($text | Import-ContainerNetwork).Result | Should -Be Changed
        Get-ContainerNic | Should -BeNullOrEmpty
        "$((Get-MacvlanNetwork lan).Subnet)" | Should -Be 10.3.0.0/24
    }

    It 'is free to be the gateway of another network, though the address was <How>' -ForEach @(
        @{ How = 'requested'; Address = '10.1.0.77' }
        @{ How = 'the lowest free one'; Address = '10.1.0.2' }
    ) {
        $null = New-NetworkNamespace web3
        $null = Connect-ContainerNic lan web3
        ip netns delete web1
        ip netns delete web3
        $warnings = @()
        (New-MacvlanNetwork other eth0 -Subnet 10.1.0.0/24 -Gateway $Address -IPRange 10.1.0.128/25 -WarningVariable warnings).Gateway | Should -Be $Address
        $warnings | Should -BeNullOrEmpty -Because 'the NIC is no router any more'
        Get-ContainerNic | Should -HaveCount 1
    }

    It 'is free at once where the kernel still clears the namespace: a parent in mode Passthru' {
        ip link add p0 type veth peer name p1
        ip link set p0 up
        $null = New-MacvlanNetwork alone p0 -Mode Passthru -Subnet 10.4.0.0/24
        $null = Connect-ContainerNic alone web1
        ip netns delete web1
        (Connect-ContainerNic alone web2).Namespace | Should -Be web2
        ip link delete p0
    }

    It 'is kept after a restart of the host, which the message says' {
        Restart-TestHost web2
        $failure = Get-Failure { Remove-MacvlanNetwork lan }
        $failure.What | Should -Be "NetworkInUse ResourceBusy 'lan'"
        $failure.Message | Should -BeLike "*web1/eth0 (its namespace doesn't exist since the host restarted)."
        (Get-MacvlanNetwork lan).NicCount | Should -Be 1
        # By request, it is given away, and that is said.
        $nic = Connect-ContainerNic lan web2 -MacAddress $mac -WarningVariable warnings -WarningAction SilentlyContinue
        $nic.MacAddress | Should -Be 02:00:00:00:00:77
        "$warnings" | Should -BeLike "*web1/eth0*of network 'lan'*"
        Get-ContainerNic | Should -HaveCount 1
    }

    It 'is kept when the namespace exists again after a restart of the host' {
        Restart-TestHost web1, web2
        (Get-Failure { Remove-MacvlanNetwork lan }).Message | Should -BeLike '*web1/eth0 (not restored since the host restarted).'
        (Get-Failure { Connect-ContainerNic lan web2 -MacAddress $mac }).Message | Should -BeLike '*web1/eth0 (not restored since the host restarted).'
        (Get-Failure { Connect-ContainerNic lan web2 -IPAddress 10.1.0.77 }).Message | Should -BeLike '*web1/eth0 (not restored since the host restarted).'
        (Restore-ContainerNetwork | Where-Object Kind -EQ Nic).Result | Should -Be Restored
    }
}

Describe 'NICs of ipvlan, and of parents that this module made' {
    BeforeEach { $null = New-NetworkNamespace web1, web2 }

    AfterEach {
        Remove-IpvlanNetwork * -Force
        Remove-MacvlanNetwork * -Force
        Remove-NetworkNamespace web* -Force
    }

    It 'have the states that those of macvlan have' {
        $null = New-IpvlanNetwork l3 eth0.30 -Mode L3 -Subnet 10.1.0.0/24
        $null = New-IpvlanNetwork alone -Subnet 10.2.0.0/24
        $null = 'l3', 'alone' | ForEach-Object { Connect-ContainerNic $_ web1, web2 }
        Get-State | Should -Be Up, Up, Up, Up
        $dummy = (Get-IpvlanNetwork alone).Parent
        # A dummy's links have a carrier though it is down.
        ip link set $dummy down
        ip -n web1 link set eth0 down
        Get-ContainerNic | ForEach-Object { "$($_.Network) $_ $($_.State)" } |
            Should -Be 'alone web1/eth1 LowerLayerDown', 'alone web2/eth1 LowerLayerDown', 'l3 web1/eth0 Down', 'l3 web2/eth0 Up'
        ip link set $dummy up
        ip link set eth0 down
        (Get-ContainerNic l3 -Namespace web2).State | Should -Be LowerLayerDown
        ip link set eth0 up
        ip link delete eth0.30
        ip -n web2 address flush dev eth1 scope global
        Get-ContainerNic | ForEach-Object { "$($_.Network) $_ $($_.State)" } |
            Should -Be 'alone web1/eth1 Up', 'alone web2/eth1 AddressMissing', 'l3 web1/eth0 ParentMissing', 'l3 web2/eth0 ParentMissing'
        $null = Restore-ContainerNetwork
        (Get-ContainerNic l3).State | Should -Be Up, Up
    }

    It 'leave the parent to the other kind as soon as their namespace has ended' {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $null = New-IpvlanNetwork apps eth0 -Subnet 10.2.0.0/24 -WarningAction Ignore
        foreach ($pair in ('lan', 'apps'), ('apps', 'lan')) {
            $first, $second = $pair
            $null = Connect-ContainerNic $first web1
            (Get-Failure { Connect-ContainerNic $second web2 }).What | Should -Be "ParentInUse ResourceBusy 'web2'"
            ip netns delete web1
            (Connect-ContainerNic $second web2).State | Should -Be Up
            Disconnect-ContainerNic $second web2
            $null = New-NetworkNamespace web1
        }
    }
}
