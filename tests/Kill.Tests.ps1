# kill -9 at every point of every operation: before and after each write to the state, before each step of the kernel.
# Then the next command comes, whichever it is, and all is as before the operation or as after it.
# Starts first, because it takes minutes.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    # Carries out an operation, and dies at the point that it is told: tests/MacIpvlan.Faults.
    $program = "$PSScriptRoot/MacIpvlan.Faults/bin/ready/MacIpvlan.Faults.dll"

    function Invoke-Operation([string[]]$Operation, [int]$Point) {
        $env:MACIPVLAN_FAULT = $Point
        # The shell reports a process that was killed.
        dotnet $program $env:MACIPVLAN_STATE @Operation 2>&1
    }

    function Get-Picture {
        # What there is, by ip and by the state, without numbers that differ each time, nor the order of links, which follows
        # from these numbers.
        $script = @'
            ip -d -o link | sed 's/^[0-9]*: \([^ ]*\) .*\(group [^ ]*\).* \(addrgenmode [^ ]*\).*/\1 \2 \3/' | sort
            ip route; ip -6 route
            for path in /run/netns/web*; do
                echo "$path"; name="${path##*/}"; ip -n "$name" -br address
                ip -n "$name" route; ip -n "$name" -6 route | grep static
                ip -n "$name" -d -o link | grep -o 'mtu [0-9]*\|@if[0-9]*\|macvlan *mode [a-z]*\|ipvlan *mode [0-9a-z]*'
            done
'@
        $text = @(
            sh -c $script
            Get-ContainerNetwork | ForEach-Object { "$_ $($_.State) $($_.ModeText) $($_.Parent) $($_.Mtu) $($_.IPRange) $($_.Route) $($_.NicCount) $($_.Subnets.InUse)" }
            Get-ContainerNic -Recorded | ForEach-Object { "$_ $($_.State) $($_.IPAddress)" }
            Get-StateRow | Where-Object { $_ -match '^(parent_links|leases|runs) ' }) -join "`n"
        # Names first: the digits in them may look like anything else. The kernel tells a moment later whether a link is usable.
        $text -replace '([dh][im])-[0-9a-f]{12}', '$1' -replace '[0-9a-f]{16,64}|@\S+|\bfe80:\S+| UNKNOWN| UP' -replace '[ \t]+', ' '
    }

    function Clear-Operation([string[]]$Links) {
        Remove-MacvlanNetwork * -Force
        Remove-IpvlanNetwork * -Force
        Get-VlanSubInterface | Remove-VlanSubInterface -Force
        Get-StateRow | Should -BeNullOrEmpty
        (Get-IpLink).ifname | Where-Object { $_ -notin $Links } | Should -Be lo, eth0
        foreach ($namespace in 'web1', 'web2') { (Get-IpLink -Namespace $namespace).ifname | Should -Be lo }
    }

    function Test-EachPoint([scriptblock]$Prepare, [string[]]$Operation, [scriptblock]$Between, [switch]$AlwaysRestore, [int]$Foreign, [int]$Every = 1, [string[]]$Links,
        [string]$Probed = '*') {
        # Between: does what can happen besides, where the operation is one of several. AlwaysRestore: what is
        # not done is not as before, which was not well. Foreign: how many addresses of each subnet others have.
        # Every: how many points to go on at a time. Links: other links of the host that are there. Probed: the networks whose next
        # addresses are looked at.
        & $Prepare
        $fine = @(Get-Picture)
        $points = @(Invoke-Operation $Operation 0)
        $LASTEXITCODE | Should -Be 0 -Because "$points"
        $fine += Get-Picture
        $fine[1] | Should -Not -Be $fine[0]
        Clear-Operation $Links
        if ($Between) {
            & $Prepare
            & $Between
            $fine += Get-Picture
            Clear-Operation $Links
        }
        $points.Count | Should -BeGreaterThan 1
        $stride = $step * $Every
        for ($point = 1 + $points.Count % $stride; $point -le $points.Count; $point += $stride) {
            & $Prepare
            $null = Invoke-Operation $Operation $point
            $LASTEXITCODE | Should -Be 137 -Because "it dies at $($points[$point - 1])"
            if ($AlwaysRestore -or $point % 2) { $null = Restore-ContainerNetwork }
            else {
                $null = New-MacvlanNetwork next eth0 -Subnet 10.200.0.0/24
                Remove-MacvlanNetwork next
            }
            $now = Get-Picture
            $outcome = [Array]::IndexOf($fine, $now)
            Write-Host "    $($outcome -ge 0 ? @('as before', 'as after', 'between')[$outcome] : 'WRONG') $($points[$point - 1])"
            $now | Should -BeIn $fine -Because "it died at $($points[$point - 1])"
            Test-ContainerNetwork | Should -BeNullOrEmpty
            # Nothing is handed out twice, and nothing is lost: the next addresses are the lowest that are free.
            foreach ($network in Get-ContainerNetwork $Probed) {
                $used = @(Get-ContainerNic $network).IPAddress, $network.HostAddress | ForEach-Object { $_ -replace '/.*' }
                $free = (2 + $Foreign)..9 | ForEach-Object { "10.1.0.$_" } | Where-Object { $_ -notin $used } | Select-Object -First 1
                $probe = Connect-ContainerNic $network web2 -InterfaceName next -WarningAction Ignore
                "$($probe.IPAddress[0])" | Should -Be "$free/24"
                $probe | Disconnect-ContainerNic
            }
            Clear-Operation $Links
        }
    }

    # Each point takes a moment, and seconds in a throw-away kernel: only a soak goes through all of them.
    $step = $env:MACIPVLAN_SOAK ? 1 : (Get-Content /proc/cpuinfo -Raw) -match 'User Mode Linux' ? 7 : 3
    $null = New-NetworkNamespace web1, web2
    $withLan = { $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 -Route '10.9.0.0/16 via 10.1.0.99' }
    $withNic = { . $withLan; $null = Connect-ContainerNic lan web1 }
    # Of several networks with one subnet, all have the same lowest free address.
    $withHighNic = { . $withLan; $null = Connect-ContainerNic lan web1 -IPAddress 10.1.0.201 }
}

AfterAll {
    $env:MACIPVLAN_FAULT = $null
    Clear-TestHost
}

Describe 'A command that is killed' {
    BeforeEach { if (-not (Test-Path $program)) { Set-ItResult -Skipped -Because "there is no $program; build.sh makes it" } }

    AfterEach {
        # After a failure.
        $null = Restore-ContainerNetwork
        Get-ContainerNetwork | ForEach-Object { & "Remove-$($_.Kind)Network" $_.Name -Force }
        Get-VlanSubInterface | Remove-VlanSubInterface -Force
        ip -n wire address flush dev eth0 scope global
    }

    It 'makes a network, or none' -Tag Native, Once {
        Test-EachPoint {} new-macvlan, lan, '10.1.0.0/24,fd01::/64', eth0
    }

    # Kernels before 6.15 make it under another name first, since the host has an eth0 as well.
    It 'connects a NIC, or none' -Tag Native, Once {
        Test-EachPoint $withLan connect, lan, web1
    }

    It 'connects a NIC where the first address is another''s, or remembers whose it is, or nothing' -Tag Native, Once {
        ip -n wire address add 10.1.0.2/24 dev eth0
        $prepare = { $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 -ProbeAddress -ProbeCount 1 -ProbeTimeoutMilliseconds 50 }
        Test-EachPoint $prepare connect, lan, web1 -Foreign 1 -Every 2 -Between {
            Connect-ContainerNic lan web1 -IPAddress 10.1.0.2 -ErrorAction Ignore
        }
    }

    It 'disconnects a NIC, or does not' -Tag Native, Once {
        Test-EachPoint $withNic disconnect
    }

    It 'removes a network, or its NICs alone, or nothing' -Tag Native, Once {
        Test-EachPoint $withNic remove-network, lan -Between { Get-ContainerNic | Disconnect-ContainerNic }
    }

    It 'restores a NIC, or does not' -Tag Native, Once {
        Test-EachPoint { . $withNic; ip -n web1 link delete eth0 } restore -AlwaysRestore
    }

    It 'connects a NIC that the host has a route to, or none' -Tag Native, Once {
        Test-EachPoint { . $withLan; $null = Enable-HostAccess lan } connect, lan, web1
    }

    It 'disconnects a NIC that the host has a route to, or does not' -Tag Native, Once {
        Test-EachPoint { . $withNic; $null = Enable-HostAccess lan } disconnect
    }

    It 'changes addresses, name and MTU of a NIC, or nothing' -Tag Native, Once {
        Test-EachPoint $withNic set, '10.1.0.50,10.1.0.51,fd01::50', wan0
    }

    It 'changes addresses of a NIC that the host has a route to, or nothing' -Tag Native, Once {
        Test-EachPoint { . $withNic; $null = Enable-HostAccess lan } set, 10.1.0.50
    }

    It 'gives the default route to another NIC, or does not' -Tag Native, Once {
        $prepare = {
            . $withHighNic
            $null = New-MacvlanNetwork far eth0 -Subnet 10.1.0.0/24 -Gateway 10.1.0.9
            $null = Connect-ContainerNic far web1 -IPAddress 10.1.0.202 -WarningAction Ignore
        }
        Test-EachPoint $prepare default-route, far
    }

    It 'disables a NIC, or does not' -Tag Native, Once {
        Test-EachPoint $withNic disable
    }

    It 'moves a NIC to a network of the same mode, or does not' -Tag Native, Once {
        Test-EachPoint { . $withHighNic; $null = New-MacvlanNetwork two eth0 -Subnet 10.1.0.0/24 } move, two
    }

    It 'moves a NIC to a network of another mode and into another namespace, or does not' -Tag Native, Once {
        Test-EachPoint { . $withHighNic; $null = New-MacvlanNetwork two eth0 -Mode Private -Subnet 10.1.0.0/24 } move, two, web2 -AlwaysRestore
    }

    It 'gives the host access to a network, or does not' -Tag Native, Once {
        Test-EachPoint $withNic enable-host, lan
    }

    It 'takes away the host''s access to a network, or does not' -Tag Native, Once {
        Test-EachPoint { . $withNic; $null = Enable-HostAccess lan } disable-host, lan
    }

    It 'changes a network by another definition, with its NICs, or does not' -Tag Native, Once {
        . $withNic
        $text = (Export-ContainerNetwork | ConvertFrom-Json -AsHashtable)
        $text.networks[0].mtu, $text.networks[0].ipRange = 1400, @('10.1.0.2-10.1.0.99')
        Clear-Operation
        Test-EachPoint $withNic import, ($text | ConvertTo-Json -Depth 9 -Compress) -Every 2
    }

    It 'changes the settings of a network and its NICs, or does not: <Settings>' -Tag Native, Once -ForEach @(
        @{ Settings = 'IPRange=10.1.0.2-10.1.0.99'; Every = 1 }
        @{ Settings = 'Route=10.8.0.0/16 via 10.1.0.98', 'RouteMetric=7'; Every = 2 }
        @{ Settings = 'Subnet=10.1.0.0/24', 'AddSubnet=10.2.0.0/24', 'Mtu=1400'; Every = 2 }
        @{ Settings = 'Mode=Private', 'RouteMetric=9'; Every = 2 }
    ) {
        Test-EachPoint $withNic (@('set-network', 'lan') + $Settings) -Every $Every
    }

    It 'changes a network that the host has access to, or does not' -Tag Native, Once {
        Test-EachPoint { . $withNic; $null = Enable-HostAccess lan } set-network, lan, Mtu=1400, RouteMetric=7 -Every 2
    }

    It 'moves a network to another link, with its NICs, or does not' -Tag Native, Once {
        $prepare = { 'link add lan0 type veth peer name lan0 netns wire', 'link set lan0 up' | ip -batch - 2>$null; . $withNic }
        try { Test-EachPoint $prepare set-network, lan, Parent=lan0 -AlwaysRestore -Links lan0 }
        finally { ip link delete lan0 }
    }

    It 'changes the mode of networks that share a parent, or does not' {
        $prepare = {
            $null = New-IpvlanNetwork lan eth0 -Subnet 10.1.0.0/24
            $null = New-IpvlanNetwork area eth0 -Subnet 10.2.0.0/24
            $null = Connect-ContainerNic lan web1
            $null = Connect-ContainerNic area web1 -WarningAction Ignore
        }
        Test-EachPoint $prepare set-network, lan, Mode=L3 -Every 2 -AlwaysRestore -Probed lan
    }

    It 'moves a network to a VLAN, or does not' {
        Test-EachPoint { $null = New-IpvlanNetwork lan eth0.30 -Subnet 10.1.0.0/24; $null = Connect-ContainerNic lan web1 } set-network, lan, Parent=eth0.40 -Every 2 -AlwaysRestore
    }

    It 'changes the MTU of a network without a parent, or does not' {
        Test-EachPoint { $null = New-IpvlanNetwork lan -Subnet 10.1.0.0/24; $null = Connect-ContainerNic lan web1 } set-network, lan, Mtu=9000 -AlwaysRestore
    }

    It 'makes a VLAN again under a network, or does not' {
        $prepare = { $null = New-IpvlanNetwork lan eth0.30 -Subnet 10.1.0.0/24 }
        . $prepare
        $text = (Export-ContainerNetwork | ConvertFrom-Json -AsHashtable)
        $text.vlans[0].mtu = 1400
        Clear-Operation
        Test-EachPoint $prepare import, ($text | ConvertTo-Json -Depth 9 -Compress) -Every 2 -AlwaysRestore
    }

    It 'makes a network on a VLAN in a VLAN, or nothing' {
        Test-EachPoint {} new-ipvlan, lan, 10.1.0.0/24, eth0.10.20
    }

    It 'removes a network with its VLANs, or nothing' {
        Test-EachPoint { $null = New-IpvlanNetwork lan eth0.10.20 -Subnet 10.1.0.0/24 } remove-network, lan
    }

    It 'makes a VLAN, or none' {
        Test-EachPoint {} add-vlan, eth0, 30
    }

    It 'removes a VLAN, or does not' {
        Test-EachPoint { $null = Add-VlanSubInterface eth0 30 } remove-vlan, eth0.30
    }

    It 'restores a network''s VLANs, or does not' {
        $prepare = { $null = New-IpvlanNetwork lan eth0.10.20 -Subnet 10.1.0.0/24; ip link delete eth0.10 }
        Test-EachPoint $prepare restore -AlwaysRestore
    }

    It 'connects a NIC to a network without a parent, or none' {
        Test-EachPoint { $null = New-IpvlanNetwork lan -Subnet 10.1.0.0/24 } connect, lan, web1
    }
}
