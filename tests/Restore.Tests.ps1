# Restore-ContainerNetwork: what a reboot, or an administrator's slip, took away is there again.

BeforeDiscovery { $isKernel = (Get-Content /proc/cpuinfo -Raw) -match 'User Mode Linux' }

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost

    function Restore-All {
        # Everything, a line a thing.
        Restore-ContainerNetwork @args 3>$null |
            ForEach-Object { "$($_.Kind) $($_.Name) $($_.Network) $($_.Result) $($_.Reason)".TrimEnd() }
    }

    function Reset-TestHost {
        # By ip, as these tests leave names and parents in all states.
        Clear-TestHost
        Add-TestWire
    }

    function Add-WireAddress { 'address add 10.1.0.1/24 dev eth0', 'address add fd01::1/64 dev eth0 nodad' | ip -n wire -batch - }
}

AfterAll { Clear-TestHost }

Describe 'Restore-ContainerNetwork after a reboot' -Tag Native, Once {
    AfterEach { Reset-TestHost }

    BeforeEach {
        $null = New-NetworkNamespace web1, web2, web3
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 -Gateway 10.1.0.1, fd01::1
    }

    It 'makes NICs again as they were, and finds them in place the second time' {
        $null = New-MacvlanNetwork routes eth0 -Subnet 10.2.0.0/24 -RouteMetric 9 -Route '10.9.0.0/16 via 10.2.0.254 metric 5', 'blackhole 10.8.0.0/16'
        $null = Connect-ContainerNic routes web1
        $null = Connect-ContainerNic lan web1
        $null = Connect-ContainerNic lan web2 -IPAddress 10.1.0.77, fd01::77 -MacAddress 02-00-00-00-00-77 -Mtu 1400 -InterfaceName lan0
        $null = Connect-ContainerNic lan web3 -NoIPAddress
        $before = Get-NicText web1, web2, web3
        $before | Should -HaveCount 11
        Restart-TestHost web1, web2, web3
        Add-WireAddress
        (Get-ContainerNic).State | Should -Be (@('NamespaceReplaced') * 4)
        Restore-All | Should -Be @(
            'Network lan lan InPlace', 'Network routes routes InPlace', 'Nic web1/eth0 routes Restored', 'Nic web1/eth1 lan Restored'
            'Nic web2/lan0 lan Restored', 'Nic web3/eth0 lan Restored')
        Get-NicText web1, web2, web3 | Should -Be $before
        (Get-ContainerNic).State | Should -Be Up, Up, Up, Up
        Get-PingReply web1 10.1.0.1, 10.1.0.77, fd01::1, fd01::77 -Attempts 2 | Should -HaveCount 4
        (Get-IpLink).ifname | Should -Be lo, eth0
        $text = Get-KernelText
        $rows = Get-StateRow
        (Restore-ContainerNetwork).Result | Should -Be (@('InPlace') * 6)
        Get-KernelText | Should -Be $text
        Get-StateRow | Should -Be $rows
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'leaves the default route to the NIC that had it, whatever its network is called' {
        $null = New-MacvlanNetwork zone eth0 -Subnet 10.2.0.0/24
        $null = New-MacvlanNetwork area eth0 -Subnet 10.3.0.0/24
        $null = 'zone', 'lan', 'area' | Connect-ContainerNic -Namespace web1
        $before = Get-NicText web1
        Restart-TestHost web1
        $null = Restore-All
        Get-NicText web1 | Should -Be $before
        (Get-IpFact web1).web1.Defaults.dev | Should -Be eth0, eth1
    }

    It 'keeps NICs whose namespace is not there yet, until it is' {
        $null = Connect-ContainerNic lan web1, web2
        Restart-TestHost web2
        Restore-All | Should -Be 'Network lan lan InPlace', 'Nic web1/eth0 lan Waiting Its namespace doesn''t exist.', 'Nic web2/eth0 lan Restored'
        (Get-ContainerNic).State | Should -Be NamespaceGone, Up
        (Connect-ContainerNic lan web2).IPAddress[0].ToString() | Should -Be 10.1.0.4/24 -Because 'the address of the other is kept'
        $null = New-NetworkNamespace web1
        Restore-All lan | Should -Be 'Network lan lan InPlace', 'Nic web1/eth0 lan Restored', 'Nic web2/eth0 lan InPlace', 'Nic web2/eth1 lan InPlace'
        Test-Ping web1 10.1.0.3 | Should -BeTrue
    }

    It 'releases NICs of processes, whose ids mean others now' {
        $sleeper = Start-Sleeper 'unshare -n'
        $null = Connect-ContainerNic lan -ProcessId $sleeper.Id
        $null = Connect-ContainerNic lan -Namespace "/proc/$($sleeper.Id)/ns/net"
        $other = Start-Sleeper 'unshare -n'
        Set-StateRow "UPDATE nics SET boot_id = 'an earlier one'"
        Stop-Sleeper $sleeper
        Set-StateRow "UPDATE nics SET process_id = $($other.Id), namespace_path = '/proc/$($other.Id)/ns/net', namespace_name = 'it'"
        Restore-All | Should -Be 'Network lan lan InPlace', 'Nic it/eth0 lan Released Its namespace has ended.', 'Nic it/eth1 lan Released Its namespace has ended.'
        nsenter -t $other.Id -n ip -o link | Should -HaveCount 1
        Get-ContainerNic | Should -BeNullOrEmpty
        Stop-Sleeper $other
    }

    It 'gives the host''s own namespace no NIC' {
        $null = Connect-ContainerNic lan web1
        Restart-TestHost
        $null = New-Item /run/netns/web1
        mount --bind /proc/self/ns/net /run/netns/web1
        Restore-All | Should -Be 'Network lan lan InPlace', 'Nic web1/eth0 lan Waiting Its namespace doesn''t exist.'
        (Get-IpLink).ifname | Should -Be lo, eth0
    }

    It 'tells that another link has the NIC''s name, and restores when that is gone' {
        $null = Connect-ContainerNic lan web1
        Restart-TestHost web1
        ip -n web1 link add eth0 type veth peer name eth9
        Restore-All | Should -Be 'Network lan lan InPlace', 'Nic web1/eth0 lan Failed web1 already has an interface named eth0.'
        "$(Get-ContainerNic) $((Get-ContainerNic).State)" | Should -Be 'web1/eth0 Missing'
        (Test-ContainerNetwork).Kind | Should -Be LinkMissing
        Restore-All | Should -Be 'Network lan lan InPlace', 'Nic web1/eth0 lan Failed web1 already has an interface named eth0.'
        ip -n web1 link delete eth0
        Restore-All | Should -Be 'Network lan lan InPlace', 'Nic web1/eth0 lan Restored'
        Get-IpAddress web1 eth0 | Should -Be 10.1.0.2/24, fd01::2/64
    }

    It 'does no more than tell with -WhatIf' {
        $null = Connect-ContainerNic lan web1, web2
        Restart-TestHost web1
        $text = Get-KernelText
        $rows = Get-StateRow
        Restore-All -WhatIf | Should -Be 'Network lan lan InPlace', 'Nic web1/eth0 lan Skipped', 'Nic web2/eth0 lan Waiting Its namespace doesn''t exist.'
        Get-KernelText | Should -Be $text
        Get-StateRow | Should -Be $rows
    }

    It 'keeps to the networks that are named' {
        $null = New-MacvlanNetwork other eth0 -Subnet 10.2.0.0/24
        $null = 'lan', 'other' | Connect-ContainerNic -Namespace web1
        Restart-TestHost web1
        Restore-All o* | Should -Be 'Network other other InPlace', 'Nic web1/eth1 other Restored'
        (Get-IpLink -Namespace web1).ifname | Should -Be lo, eth1
        (Get-Failure { Restore-ContainerNetwork none }).What | Should -Be "NetworkNotFound ObjectNotFound 'none'"
        Get-ContainerNetwork l* | Restore-ContainerNetwork | ForEach-Object Result | Should -Be InPlace, Restored
        (Get-IpLink -Namespace web1).ifname | Should -Be lo, eth0, eth1
    }

    # With its one processor, the kernel of the tests would do one after the other.
    It 'leaves a NIC alone that another command has made while it asked' -Skip:$isKernel {
        $null = Connect-ContainerNic lan web1 -IPAddress 10.1.0.20
        ip -n web1 link delete eth0
        $command = @(Get-ShellCommand 'Restore-ContainerNetwork -Confirm | ForEach-Object { [Console]::WriteLine("$($_.Kind) $($_.Result)") }')
        $start = [Diagnostics.ProcessStartInfo]::new($command[0], [string[]]$command[1..9])
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
        $restore = [Diagnostics.Process]::Start($start)
        try {
            $said = ''
            while ($said -notmatch 'default is') { $said += [char]$restore.StandardOutput.Read() }
            $said | Should -Match 'web1/eth0'
            Disconnect-ContainerNic -Namespace web1
            $other = Connect-ContainerNic lan web1 -IPAddress 10.1.0.77
            $restore.StandardInput.WriteLine('Y')
            $restore.StandardInput.Close()
            $restore.WaitForExit(20000) | Should -BeTrue
            (Get-ContainerNic).State | Should -Be Up
            (Get-IpLink eth0 -Namespace web1).address | Should -Be $other.MacAddress
        }
        finally { if (-not $restore.HasExited) { $restore.Kill() } }
    }

    It 'takes no NIC for broken that another command is just making or disconnecting' -Skip:$isKernel {
        $other = Start-Shell 'while ($true) { $null = Connect-ContainerNic lan web1; Disconnect-ContainerNic -Namespace web1 }'
        try {
            for ($i = 0; $i -lt 100 -and -not (Get-ContainerNic -Recorded); $i++) { Start-Sleep -Milliseconds 100 }
            $clock = [Diagnostics.Stopwatch]::StartNew()
            $failed = while ($clock.Elapsed.TotalSeconds -lt 5) { Restore-All | Select-String 'Failed' | ForEach-Object Line }
            $other.HasExited | Should -BeFalse
            $failed | Should -BeNullOrEmpty
        }
        finally { Stop-Sleeper $other }
    }

    It 'may run twice at the same time' -Skip:$isKernel {
        foreach ($count in 1..3) { $null = Connect-ContainerNic lan web1, web2 }
        $before = Get-NicText web1, web2 | Where-Object { $_ -like '*macvlan*' } | Sort-Object
        Restart-TestHost web1, web2
        # Both write to one pipe, each at once, so that no line has parts of both.
        $both = Invoke-Shell '[Console]::Out.Write((Restore-ContainerNetwork | ForEach-Object { "$($_.Kind) $($_.Result) $($_.Reason)`n" }) -join "")' `
            -Through 'sh', '-c', '"$@" & "$@"; wait', 'sh'
        $both -like '* Failed *' | Should -BeNullOrEmpty
        $both -match '^Nic Restored' | Should -HaveCount 6
        $both | Should -HaveCount 14
        Get-NicText web1, web2 | Where-Object { $_ -like '*macvlan*' } | Sort-Object | Should -Be $before
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }
}

Describe 'Restore-ContainerNetwork where the parent' -Tag Native, Once {
    AfterEach { Reset-TestHost }

    BeforeEach {
        $null = New-NetworkNamespace web1
        ip link add p0 type veth peer name p0 netns wire
        ip link set p0 up
        'link set p0 up', 'address add 10.1.0.1/24 dev p0' | ip -n wire -batch -
        $null = New-MacvlanNetwork lan p0 -Subnet 10.1.0.0/24 | Connect-ContainerNic -Namespace web1
    }

    It 'is missing keeps network and NICs, until it is back' {
        ip link delete p0
        Restore-All | Should -Be 'Network lan lan Failed Its parent p0 is missing.', 'Nic web1/eth0 lan Failed The parent p0 is missing.'
        "$((Get-ContainerNetwork).State) $((Get-ContainerNic).State)" | Should -Be 'ParentMissing ParentMissing'
        ip link add p0 type veth peer name p0 netns wire
        ip link set p0 up
        'link set p0 up', 'address add 10.1.0.1/24 dev p0' | ip -n wire -batch -
        "$((Get-ContainerNetwork).State) $((Get-ContainerNic).State)" | Should -Be 'Ready Missing'
        Restore-All | Should -Be 'Network lan lan InPlace', 'Nic web1/eth0 lan Restored'
        "$((Get-ContainerNetwork).State) $((Get-ContainerNic).State)" | Should -Be 'Ready Up'
        Test-Ping web1 10.1.0.1 | Should -BeTrue
    }

    It 'was called otherwise for a while knows its NICs again' {
        ip link set p0 down
        ip link set p0 name p1
        Restore-All | Should -Be 'Network lan lan Failed Its parent p0 has the name p1 now: Repair-ContainerNetwork lan records it.', 'Nic web1/eth0 lan InPlace'
        ip link set p1 name p0
        ip link set p0 up
        Restore-All | Should -Be 'Network lan lan InPlace', 'Nic web1/eth0 lan InPlace'
        (Get-ContainerNic).State | Should -Be Up
        # The kernel hands the carrier of a parent on within a second.
        Test-Ping web1 10.1.0.1 -Count 3 | Should -BeTrue
    }

    It 'is down makes the NICs, which work when it is up' {
        Restart-TestHost web1
        ip link add p0 type veth peer name p0 netns wire
        Restore-All | Should -Be 'Network lan lan InPlace', 'Nic web1/eth0 lan Restored'
        (Get-ContainerNetwork).State | Should -Be ParentDown
        ip link set p0 up
        'link set p0 up', 'address add 10.1.0.1/24 dev p0' | ip -n wire -batch -
        Test-Ping web1 10.1.0.1 -Count 3 | Should -BeTrue
    }
}

Describe 'Restore-ContainerNetwork of parents' {
    AfterEach { Reset-TestHost }

    It 'makes sub-interfaces and dummies of every kind again, with their NICs' {
        $null = New-NetworkNamespace web1, web2
        $null = Add-VlanSubInterface eth0 60 -Name office -Mtu 1400
        $null = Add-VlanSubInterface eth0 70 -Name zz
        $null = New-MacvlanNetwork double eth0.10.20 -Subnet 10.1.0.0/24
        $null = New-MacvlanNetwork over zz.5 -Subnet 10.2.0.0/24, fd02::/64
        $null = New-MacvlanNetwork alone -Subnet 10.3.0.0/24 -Mtu 1300
        $null = New-IpvlanNetwork apart -Internal -Mode L3 -Subnet 10.4.0.0/24, 10.14.0.0/24
        $null = New-IpvlanNetwork l2 eth0.30 -Flag Vepa -Subnet 10.5.0.0/24
        $null = New-IpvlanNetwork l3 eth0.31 -Mode L3 -Subnet 10.6.0.0/24, fd06::/64
        $null = New-IpvlanNetwork l3s eth0.32 -Mode L3S -Subnet 10.7.0.0/24
        $null = New-MacvlanNetwork closed office -Mode Private -Subnet 10.8.0.0/24
        foreach ($network in 'over', 'double', 'apart', 'alone', 'l3', 'l2', 'l3s', 'closed') { $null = Connect-ContainerNic $network web1, web2 }
        $before = Get-NicText web1, web2 | Sort-Object
        $dummies = Get-VlanText
        Restart-TestHost web1, web2
        $items = Restore-All
        $items | Where-Object { $_ -notmatch ' Restored$|^Network .* InPlace$' } | Should -BeNullOrEmpty
        $items -like 'Parent*' | Should -HaveCount 10
        $items -like 'Nic*' | Should -HaveCount 16
        $items | Should -Contain 'Parent eth0.10  Restored'
        $items | Should -Contain 'Parent eth0.10.20 double Restored'
        Get-VlanText | Should -Be $dummies
        Get-NicText web1, web2 | Sort-Object | Should -Be $before
        (Get-PingReply web1 10.1.0.3, 10.2.0.3, fd02::2, 10.3.0.3, 10.4.0.3, 10.6.0.3, fd06::2, 10.7.0.3 -Attempts 2) | Should -HaveCount 8
        $text = Get-KernelText
        Restore-All | Where-Object { $_ -notlike '* InPlace' } | Should -BeNullOrEmpty
        Get-KernelText | Should -Be $text
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    BeforeAll {
        function Get-VlanText {
            # The host's links but eth0: name, tag, MTU, alias, what it sits on.
            Get-IpLink | Where-Object ifname -NotIn lo, eth0 | Sort-Object ifname |
                ForEach-Object { "$($_.ifname) $(Get-Text $_ link) $($_.linkinfo.info_kind) $($_.linkinfo.info_data.id) $($_.mtu) $($_.ifalias) $($_.flags -eq 'UP')" }
        }
    }

    It 'brings a VLAN that was deleted by hand back, with its NICs' {
        $null = New-NetworkNamespace web1, web2
        $null = New-MacvlanNetwork lan eth0.50 -Subnet 10.1.0.0/24
        $null = Connect-ContainerNic lan web1, web2
        $before = Get-NicText web1
        ip link delete eth0.50
        (Get-ContainerNic).State | Should -Be ParentMissing, ParentMissing
        Restore-All -WhatIf | Should -Be 'Parent eth0.50 lan Skipped', 'Network lan lan Skipped', 'Nic web1/eth0 lan Skipped', 'Nic web2/eth0 lan Skipped'
        Restore-All lan | Should -Be 'Parent eth0.50 lan Restored', 'Network lan lan InPlace', 'Nic web1/eth0 lan Restored', 'Nic web2/eth0 lan Restored'
        Get-NicText web1 | Should -Be $before
        Test-Ping web1 10.1.0.3 | Should -BeTrue
        Remove-MacvlanNetwork lan -Force
        (Get-IpLink).ifname | Should -Be lo, eth0 -Because 'it is ours still'
    }

    It 'puts no NIC on another link that has the parent''s name' {
        $null = New-NetworkNamespace web1
        $null = New-MacvlanNetwork lan eth0.50 -Subnet 10.1.0.0/24
        $null = Connect-ContainerNic lan web1
        Restart-TestHost web1
        ip link add link eth0 name eth0.50 type vlan id 51
        ip link set eth0.50 up
        $text = Get-KernelText
        Restore-All | Should -Be @(
            'Parent eth0.50 lan Failed The host has an interface named eth0.50, but it isn''t the vlan id 50 that this module made.'
            'Network lan lan Failed Its parent eth0.50 is missing.', 'Nic web1/eth0 lan Failed The parent eth0.50 is missing.')
        Get-KernelText | Should -Be $text
        $null = Repair-ContainerNetwork 3>$null
        Get-KernelText | Should -Be $text
        (Get-Failure { Connect-ContainerNic lan web1 }).What | Should -BeLike 'ParentNotFound *'
        ip link delete eth0.50
        Restore-All | Should -Be 'Parent eth0.50 lan Restored', 'Network lan lan InPlace', 'Nic web1/eth0 lan Restored'
    }

    It 'leaves a sub-interface down whose parent is, and sets both up later' {
        $null = New-NetworkNamespace web1, web2
        $null = New-MacvlanNetwork lan eth0.10.20 -Subnet 10.1.0.0/24
        $null = Connect-ContainerNic lan web1, web2
        Restart-TestHost web1, web2
        ip link set eth0 down
        Restore-All | Should -Be @(
            'Parent eth0.10  Restored', 'Parent eth0.10.20 lan Restored', 'Network lan lan InPlace', 'Nic web1/eth0 lan Restored', 'Nic web2/eth0 lan Restored')
        (Get-IpLink eth0.10.20).flags | Should -Not -Contain UP
        ip link set eth0 up
        ip link set eth0.10 down
        $null = Restore-All
        (Get-IpLink eth0.10.20).flags | Should -Contain UP
        Test-Ping web1 10.1.0.3 | Should -BeTrue
    }
}
