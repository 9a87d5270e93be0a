# -Sysctl of networks and NICs, judged by what a process inside reads under /proc/sys.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    $null = New-NetworkNamespace box1, box2, box3

    function Read-Sysctl([string]$Namespace, [string]$Path) {
        # What a process in the namespace reads.
        $value = nsenter "--net=/run/netns/$Namespace" cat "/proc/sys/net/$Path" 2>&1
        "$value"
    }

    function Write-Sysctl([string]$Namespace, [string]$Path, [string]$Value) {
        nsenter "--net=/run/netns/$Namespace" sh -c 'echo "$2" > "/proc/sys/net/$1"' sh $Path $Value
        if ($LASTEXITCODE) { throw "$Path can't be written in $Namespace." }
    }

    function Format-Difference($difference) { "$($difference.Kind) $($difference.Name): $($difference.Expected) -> $($difference.Actual)" }
}

AfterAll { Clear-TestHost }

Describe 'Sysctls of networks: <Kind>' -ForEach @(
    @{ Kind = 'macvlan'; Tag = 'Native', 'Once'; Create = { New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 @args } }
    @{ Kind = 'ipvlan'; Tag = 'Ipvlan'; Create = { New-IpvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 @args } }
) {
    Describe 'and of its NICs' -Tag $Tag {
        BeforeAll {
            $settings = @{ 'net.ipv4.conf.IFNAME.rp_filter' = 2; 'net/ipv6/conf/IFNAME/forwarding' = $true; 'net.ipv4.neigh.IFNAME.mcast_solicit' = '7' }
            $network = & $Create -Sysctl $settings
            $nic = Connect-ContainerNic lan box1
            $own = Connect-ContainerNic lan box2 -InterfaceName eth0.50 -Sysctl ([ordered]@{ 'net.ipv4.conf.IFNAME.rp_filter' = 0; 'net.ipv6.neigh.IFNAME.app_solicit' = 3 })
        }

        AfterAll { Remove-ContainerNetwork * -Force }

        It 'sets those of the network, whose values the namespace has otherwise' {
            Read-Sysctl box1 ipv4/conf/eth0/rp_filter | Should -Be 2
            Read-Sysctl box1 ipv6/conf/eth0/forwarding | Should -Be 1
            Read-Sysctl box1 ipv4/neigh/eth0/mcast_solicit | Should -Be 7
            foreach ($other in 'all', 'default', 'lo') { Read-Sysctl box1 ipv6/conf/$other/forwarding | Should -Be 0 }
            Read-Sysctl box1 ipv4/neigh/lo/mcast_solicit | Should -Be 3
            $nic.Sysctl | Should -Be net.ipv4.conf.IFNAME.rp_filter=2, net.ipv4.neigh.IFNAME.mcast_solicit=7, net.ipv6.conf.IFNAME.forwarding=1
            $network.Sysctl | Should -Be $nic.Sysctl
        }

        It 'adds those of the NIC, which come first, whatever its name' {
            Read-Sysctl box2 ipv4/conf/eth0.50/rp_filter | Should -Be 0
            Read-Sysctl box2 ipv6/conf/eth0.50/forwarding | Should -Be 1
            Read-Sysctl box2 ipv6/neigh/eth0.50/app_solicit | Should -Be 3
            $own.Sysctl | Should -Be net.ipv4.conf.IFNAME.rp_filter=0, net.ipv4.neigh.IFNAME.mcast_solicit=7, net.ipv6.conf.IFNAME.forwarding=1, net.ipv6.neigh.IFNAME.app_solicit=3
            (Get-ContainerNic lan box2).Sysctl | Should -Be $own.Sysctl
        }

        It 'sets nothing of the host, and leaves the host''s interface on the network alone' {
            Get-Content /proc/sys/net/ipv6/conf/eth0/forwarding | Should -Be 0
            $access = Enable-HostAccess lan
            Get-Content "/proc/sys/net/ipv6/conf/$($access.InterfaceName)/forwarding" | Should -Be 0
            Get-Content "/proc/sys/net/ipv4/neigh/$($access.InterfaceName)/mcast_solicit" | Should -Be 3
            Test-ContainerNetwork -Quiet | Should -BeTrue
            Disable-HostAccess lan
        }

        It 'tells and repairs what was changed, once' {
            Test-ContainerNetwork -Quiet | Should -BeTrue
            Write-Sysctl box1 ipv4/conf/eth0/rp_filter 1
            Write-Sysctl box2 ipv6/neigh/eth0.50/app_solicit 0
            # Nobody asked for this one.
            Write-Sysctl box1 ipv4/conf/eth0/log_martians 1
            Test-ContainerNetwork | ForEach-Object { Format-Difference $_ } | Should -Be @(
                'SysctlChanged box1/eth0: net.ipv4.conf.IFNAME.rp_filter=2 -> net.ipv4.conf.IFNAME.rp_filter=1'
                'SysctlChanged box2/eth0.50: net.ipv6.neigh.IFNAME.app_solicit=3 -> net.ipv6.neigh.IFNAME.app_solicit=0')
            Read-Sysctl box1 ipv4/conf/eth0/rp_filter | Should -Be 1 -Because 'to compare changes nothing'
            (Repair-ContainerNetwork).IsRepaired | Should -Be $true, $true
            Read-Sysctl box1 ipv4/conf/eth0/rp_filter | Should -Be 2
            Read-Sysctl box2 ipv6/neigh/eth0.50/app_solicit | Should -Be 3
            Read-Sysctl box1 ipv4/conf/eth0/log_martians | Should -Be 1
            Test-ContainerNetwork -Quiet | Should -BeTrue
        }

        It 'repairs them under the name that the container gave the interface, and with a new link' {
            # Before Linux 6.2, only a link that is down gets another name.
            'link set eth0 down', 'link set eth0 name odd.name', 'link set odd.name up' | ip -n box1 -batch -
            Write-Sysctl box1 ipv4/conf/odd.name/rp_filter 1
            $null = Repair-ContainerNetwork
            Read-Sysctl box1 ipv4/conf/eth0/rp_filter | Should -Be 2
            ip -n box1 link delete eth0
            $null = Repair-ContainerNetwork
            Read-Sysctl box1 ipv4/conf/eth0/rp_filter | Should -Be 2
            Read-Sysctl box1 ipv6/conf/eth0/forwarding | Should -Be 1
            Test-ContainerNetwork -Quiet | Should -BeTrue
        }

        It 'restores them after a reboot' {
            Restart-TestHost box1, box2, box3
            $null = Restore-ContainerNetwork
            Read-Sysctl box1 ipv4/conf/eth0/rp_filter | Should -Be 2
            Read-Sysctl box2 ipv4/conf/eth0.50/rp_filter | Should -Be 0
            Read-Sysctl box2 ipv6/neigh/eth0.50/app_solicit | Should -Be 3
            Test-ContainerNetwork -Quiet | Should -BeTrue
        }
    }
}

Describe 'Sysctls that are set before the link is up' -Tag Native, Once {
    AfterEach { Remove-ContainerNetwork * -Force }

    It 'are steps between the creation and IFF_UP' {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 -Sysctl @{ 'net.ipv4.conf.IFNAME.rp_filter' = 2 }
        $steps = Connect-ContainerNic lan box3 -InterfaceName a.b -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] } | ForEach-Object { "$_" }
        $set = $steps.IndexOf('ip netns exec box3 sysctl -w net.ipv4.conf.a/b.rp_filter=2')
        $up = [Array]::FindIndex([string[]]$steps, [Predicate[string]] { $args[0] -like 'ip -n box3 link set dev a.b * up' })
        $set | Should -BeGreaterThan 0
        $up | Should -BeGreaterThan $set
    }
}

Describe 'Sysctls that are refused' -Tag Native, Once {
    BeforeAll {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64
        $links = ip -n box1 -j link show
    }

    AfterAll { Remove-ContainerNetwork * -Force }

    It '<Case>' -ForEach @(
        @{ Case = 'one that the kernel does not have'; Sysctl = @{ 'net.ipv4.conf.IFNAME.no_such' = 1 }; Says = "This host's kernel has no sysctl net.ipv4.conf.IFNAME.no_such*"; OfNetwork = $true }
        @{ Case = 'one of the namespace''s defaults'; Sysctl = @{ 'net.ipv4.neigh.IFNAME.gc_interval' = 1 }; Says = '*has no sysctl net.ipv4.neigh.IFNAME.gc_interval*'; OfNetwork = $true }
        @{ Case = 'a read-only one'; Sysctl = @{ 'net.ipv4.conf.IFNAME.mc_forwarding' = 1 }; Says = 'The sysctl net.ipv4.conf.IFNAME.mc_forwarding is read-only.'; OfNetwork = $true }
        @{ Case = 'one twice'; Sysctl = @{ 'net.ipv4.conf.IFNAME.rp_filter' = 1; 'net/ipv4/conf/IFNAME/rp_filter' = 1 }; Says = '*is specified twice.'; OfNetwork = $true }
        @{ Case = 'one of the whole namespace'; Sysctl = @{ 'net.core.somaxconn' = 1 }; Says = "*it isn't a setting of a NIC's interface*"; Id = 'ParameterArgumentTransformationError'; OfNetwork = $true }
        @{ Case = 'one of the host'; Sysctl = @{ 'kernel.hostname' = 1 }; Says = '*only settings under net*'; Id = 'ParameterArgumentTransformationError'; OfNetwork = $true }
        @{ Case = 'the name of an interface'; Sysctl = @{ 'net.ipv4.conf.eth0.rp_filter' = 1 }; Says = '*with the word IFNAME for the interface*'; Id = 'ParameterArgumentTransformationError'; OfNetwork = $true }
        @{ Case = 'one that the module sets'; Sysctl = @{ 'net.ipv6.conf.IFNAME.accept_ra' = 2 }; Says = '*the module sets it itself; use -RouterAdvertisement of the network.'; Id = 'ParameterArgumentTransformationError'; OfNetwork = $true }
        @{ Case = 'a text'; Sysctl = @{ 'net.ipv4.conf.IFNAME.rp_filter' = "1`n2" }; Says = "*isn't a whole number of 32 bits*"; Id = 'ParameterArgumentTransformationError'; OfNetwork = $true }
        @{ Case = 'no value'; Sysctl = @{ 'net.ipv4.conf.IFNAME.rp_filter' = $null }; Says = "*isn't a whole number of 32 bits*"; Id = 'ParameterArgumentTransformationError'; OfNetwork = $true }
        @{ Case = 'no table'; Sysctl = 'rp_filter'; Says = '*the value is missing*'; Id = 'ParameterArgumentTransformationError'; OfNetwork = $true }
        @{ Case = 'a value that the kernel refuses'; Sysctl = @{ 'net.ipv4.neigh.IFNAME.unres_qlen' = -5 }; Says = "The kernel doesn't accept the value -5 for the sysctl net.ipv4.neigh.IFNAME.unres_qlen." }
    ) {
        $expected = if ($_.Id) { $_.Id } else { 'InvalidParameter' }
        $failure = Get-Failure { Connect-ContainerNic lan box1 -Sysctl $Sysctl }
        $failure.What | Should -BeLike "$expected *"
        $failure.Message | Should -BeLike "*$Says"
        ip -n box1 -j link show | Should -Be $links -Because 'nothing is left behind'
        Get-ContainerNic | Should -BeNullOrEmpty
        if (-not $_.OfNetwork) { return }
        $failure = Get-Failure { New-MacvlanNetwork other eth0 -Subnet 10.2.0.0/24 -Sysctl $Sysctl }
        $failure.What | Should -BeLike "$expected *"
        Get-ContainerNetwork other -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'a time that the kernel would round, and says what it keeps' {
        # In ticks of its clock: of at least a millisecond, and none of these divides all of them.
        $times = 1001, 1002, 1003, 1007, 1009
        $failures = foreach ($time in $times) {
            try { $null = Connect-ContainerNic lan box1 -Sysctl @{ 'net.ipv4.neigh.IFNAME.base_reachable_time_ms' = $time } -ErrorAction Stop } catch { $_ }
            Test-ContainerNetwork -Quiet | Should -BeTrue
            Disconnect-ContainerNic lan box1 -ErrorAction Ignore
        }
        if (-not $failures) { Set-ItResult -Skipped -Because 'the clock of this kernel has milliseconds'; return }
        $failures | ForEach-Object { "$_" | Should -Match '^The kernel keeps \d+ instead of 100\d for the sysctl net\.ipv4\.neigh\.IFNAME\.base_reachable_time_ms\.$' }
    }
}

Describe 'Sysctls in files and pipelines' -Tag Native, Once {
    BeforeAll {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 -Sysctl @{ 'net.ipv4.conf.IFNAME.rp_filter' = 2; 'net.ipv4.conf.IFNAME.log_martians' = 1 }
        $expected = 'net.ipv4.conf.IFNAME.log_martians=1', 'net.ipv4.conf.IFNAME.rp_filter=2'
    }

    AfterAll { Remove-ContainerNetwork * -Force }

    It 'are exported and imported, and a difference is told' {
        Export-ContainerNetwork lan -Path $TestDrive/lan.json
        Import-ContainerNetwork $TestDrive/lan.json -WarningVariable warnings | ForEach-Object Changes | Should -BeNullOrEmpty
        $other = (Get-Content $TestDrive/lan.json -Raw) -replace 'rp_filter=2', 'rp_filter=1'
        Set-Content $TestDrive/other.json $other
        $null = Import-ContainerNetwork $TestDrive/other.json
        (Get-ContainerNetwork lan).Sysctl | Should -Be net.ipv4.conf.IFNAME.log_martians=1, net.ipv4.conf.IFNAME.rp_filter=1
        $null = Import-ContainerNetwork $TestDrive/lan.json
        (Get-ContainerNetwork lan).Sysctl | Should -Be $expected
    }

    It 'are a plugin of CNI, and a warning for Docker' {
        $plugins = (Export-ContainerNetwork lan -As Cni | ConvertFrom-Json).plugins
        $plugins[1].type | Should -Be tuning
        $plugins[1].sysctl.'net.ipv4.conf.IFNAME.rp_filter' | Should -Be 2
        $null = Export-ContainerNetwork lan -As DockerCommand -WarningVariable warnings 3>$null
        "$warnings" | Should -BeLike '*com.docker.network.endpoint.sysctls=net.ipv4.conf.IFNAME.rp_filter=2*'
    }

    It 'go along with objects, CSV and XML' {
        (Get-MacvlanNetwork lan | New-MacvlanNetwork copy1 -Subnet 10.2.0.0/24 -Gateway 10.2.0.1).Sysctl | Should -Be $expected
        Get-MacvlanNetwork lan | Select-Object @{ n = 'Name'; e = { 'copy2' } }, @{ n = 'Subnet'; e = { '10.3.0.0/24' } }, Parent, Sysctl | Export-Csv $TestDrive/n.csv
        (Import-Csv $TestDrive/n.csv | New-MacvlanNetwork).Sysctl | Should -Be $expected
        $null = Connect-ContainerNic lan box1 -Sysctl @{ 'net.ipv4.conf.IFNAME.rp_filter' = 0 }
        Disconnect-ContainerNic lan box1 -PassThru | Export-Clixml $TestDrive/nic.xml
        $nic = Import-Clixml $TestDrive/nic.xml | Connect-ContainerNic
        $nic.Sysctl | Should -Be net.ipv4.conf.IFNAME.log_martians=1, net.ipv4.conf.IFNAME.rp_filter=0
        Read-Sysctl box1 ipv4/conf/eth0/rp_filter | Should -Be 0
        ($nic | Format-List | Out-String) -replace '\s+', ' ' | Should -BeLike '*Sysctl : net.ipv4.conf.IFNAME.log_martians=1 net.ipv4.conf.IFNAME.rp_filter=0*'
    }
}

Describe 'Sysctls change while NICs are connected' -Tag Native, Once {
    BeforeAll {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $null = Connect-ContainerNic lan box1, box2
    }

    AfterAll { Remove-MacvlanNetwork lan -Force }

    It 'of one NIC' {
        $nic = Set-ContainerNic -Target box1 -Sysctl @{ 'net.ipv4.conf.IFNAME.rp_filter' = 2 } -PassThru
        $nic.Sysctl | Should -Be net.ipv4.conf.IFNAME.rp_filter=2
        Read-Sysctl box1 ipv4/conf/eth0/rp_filter | Should -Be 2
        Read-Sysctl box2 ipv4/conf/eth0/rp_filter | Should -Not -Be 2
    }

    It 'of a network, whose NICs can have another value' {
        Set-MacvlanNetwork lan -Sysctl @{ 'net.ipv4.conf.IFNAME.rp_filter' = 1; 'net.ipv4.conf.IFNAME.forwarding' = 1 }
        Read-Sysctl box1 ipv4/conf/eth0/rp_filter | Should -Be 2
        Read-Sysctl box2 ipv4/conf/eth0/rp_filter | Should -Be 1
        foreach ($box in 'box1', 'box2') { Read-Sysctl $box ipv4/conf/eth0/forwarding | Should -Be 1 }
        Set-ContainerNic -Target box1 -Sysctl $null
        Read-Sysctl box1 ipv4/conf/eth0/rp_filter | Should -Be 1
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'and have the value of new interfaces once they are removed, from a NIC, from a network, and by a move' {
        foreach ($box in 'box1', 'box2') {
            ip netns exec $box sh -c 'cd /proc/sys/net/ipv4; echo 9 > neigh/lo/mcast_solicit; echo 0 > conf/default/accept_local; echo 0 > conf/default/forwarding'
        }

        Set-ContainerNic -Target box1 -Sysctl @{ 'net.ipv4.conf.IFNAME.accept_local' = 1; 'net.ipv4.neigh.IFNAME.mcast_solicit' = 5 }
        Read-Sysctl box1 ipv4/conf/eth0/accept_local | Should -Be 1
        Read-Sysctl box1 ipv4/neigh/eth0/mcast_solicit | Should -Be 5
        Set-ContainerNic -Target box1 -Sysctl @{}
        Read-Sysctl box1 ipv4/conf/eth0/accept_local | Should -Be 0
        Read-Sysctl box1 ipv4/neigh/eth0/mcast_solicit | Should -Be 9
        Set-MacvlanNetwork lan -Sysctl @{ 'net.ipv4.conf.IFNAME.rp_filter' = 1; 'net.ipv4.conf.IFNAME.forwarding' = 1; 'net.ipv4.conf.IFNAME.accept_local' = 1 }
        'box1', 'box2' | ForEach-Object { Read-Sysctl $_ ipv4/conf/eth0/accept_local } | Should -Be 1, 1
        Set-MacvlanNetwork lan -Sysctl @{ 'net.ipv4.conf.IFNAME.rp_filter' = 1; 'net.ipv4.conf.IFNAME.forwarding' = 1 }
        'box1', 'box2' | ForEach-Object { Read-Sysctl $_ ipv4/conf/eth0/accept_local } | Should -Be 0, 0
        $null = New-MacvlanNetwork plain eth0 -Subnet 10.2.0.0/24
        Move-ContainerNic lan box2 -DestinationNetwork plain
        Read-Sysctl box2 ipv4/conf/eth0/forwarding | Should -Be 0
        Move-ContainerNic plain box2 -DestinationNetwork lan
        Read-Sysctl box2 ipv4/conf/eth0/forwarding | Should -Be 1
        Remove-MacvlanNetwork plain
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'unless the kernel refuses: then the NIC has what it had' {
        { Set-ContainerNic -Target box1 -Mtu 1400 -Sysctl @{ 'net.ipv4.conf.IFNAME.arp_ignore' = 3; 'net.ipv4.conf.IFNAME.tag' = 99999999999 } -ErrorAction Stop } |
            Should -Throw
        { Set-ContainerNic -Target box1 -Sysctl @{ 'net.ipv4.conf.all.rp_filter' = 0 } -ErrorAction Stop } | Should -Throw '*IFNAME*'
        (Get-IpLink eth0 -Namespace box1).mtu | Should -Be 1500
        Read-Sysctl box1 ipv4/conf/eth0/arp_ignore | Should -Be 0
        (Get-ContainerNic -Target box1).Sysctl | Should -Be net.ipv4.conf.IFNAME.forwarding=1, net.ipv4.conf.IFNAME.rp_filter=1
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'and an MTU of the NIC itself outlives one of its network' {
        Set-ContainerNic -Target box1 -Mtu 1400
        Set-MacvlanNetwork lan -Mtu 1450
        (Get-IpLink eth0 -Namespace box1).mtu | Should -Be 1400
        (Get-IpLink eth0 -Namespace box2).mtu | Should -Be 1450
    }
}
