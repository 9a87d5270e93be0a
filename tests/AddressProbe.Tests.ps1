# Addresses that others on the wire have: 'wire' is the other end of eth0, and has some of them.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost

    function Get-Foreign([string]$Name = 'lan') {
        (Get-ContainerNetwork $Name).Subnets | ForEach-Object ForeignAddress | ForEach-Object { "$($_.Address) $($_.MacAddress)" }
    }

    function Get-Neighbour([string]$Address) {
        (Invoke-Ip wire neighbour show $Address | Select-Object -First 1).lladdr
    }

    $wireMac = (Get-IpLink eth0 -Namespace wire).address
    $null = New-NetworkNamespace web1, web2
}

AfterAll { Clear-TestHost }

Describe 'Probing of a macvlan network' -Tag Native, Once {
    BeforeEach {
        # A wait that is worth testing for, and that most tests do not have to wait for.
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 -ProbeAddress -ProbeCount 2 -ProbeTimeoutMilliseconds 500
        'address add 10.1.0.2/24 dev eth0', 'address add 10.1.0.3/24 dev eth0', 'address add fd01::1/64 dev eth0 nodad' | ip -n wire -batch -
    }

    AfterEach {
        ip -n wire address flush dev eth0 scope global
        ip -n wire neighbour flush all
        ip address flush dev eth0 scope global
        Remove-MacvlanNetwork * -Force
    }

    It 'goes on to the next dynamic address, reports it, and remembers it' {
        $nic = Connect-ContainerNic lan web1 -WarningVariable warnings -WarningAction SilentlyContinue
        "$($nic.IPAddress)" | Should -Be '10.1.0.4/24 fd01::2/64'
        Get-IpAddress web1 eth0 | Should -Be 10.1.0.4/24, fd01::2/64
        "$warnings" | Should -BeLike "*10.1.0.2*$wireMac*"
        "$warnings" | Should -BeLike "*10.1.0.3*$wireMac*"
        "$warnings" | Should -BeLike "*fd01::1*$wireMac*"
        Get-Foreign | Should -Be "10.1.0.2 $wireMac", "10.1.0.3 $wireMac", "fd01::1 $wireMac"
        $subnet = (Get-ContainerNetwork lan).Subnets[0]
        [int]$subnet.InUse | Should -Be 1
        [int]$subnet.Free | Should -Be 250
        $hour = ($subnet.ForeignAddress[0].Until - [DateTimeOffset]::Now).TotalMinutes
        $hour | Should -BeGreaterThan 58
        $hour | Should -BeLessThan 61
        # No more of it is asked, nor said.
        $second = Connect-ContainerNic lan web2 -WarningVariable warnings
        "$($second.IPAddress)" | Should -Be '10.1.0.5/24 fd01::3/64'
        $warnings | Should -BeNullOrEmpty
        Test-Ping web2 10.1.0.2 | Should -BeTrue
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'refuses the static address <Taken> and names who has it' -ForEach @(
        @{ Taken = '10.1.0.2'; Free = 'fd01::9' }, @{ Taken = 'fd01::1'; Free = '10.1.0.9' }
    ) {
        $before = Get-Snapshot | Where-Object { $_ -notmatch '^runs ' }
        $problem = Get-Failure { Connect-ContainerNic lan web1 -IPAddress $Taken, $Free }
        $problem.What | Should -Be "AddressConflict ResourceBusy 'web1'"
        $problem.Message | Should -BeLike "*$Taken*$wireMac*"
        $problem.Action | Should -Not -BeNullOrEmpty
        # All that is left is what was learned.
        Get-Snapshot | Where-Object { $_ -notmatch '^(runs|foreign_addresses) ' } | Should -Be $before
        (Get-IpLink -Namespace web1).ifname | Should -Be lo
        Get-Foreign | Should -Be "$Taken $wireMac"
    }

    It 'refuses an address that the host has on the parent, which NICs do not hear' {
        ip address add 10.1.0.9/24 dev eth0
        $problem = Get-Failure { Connect-ContainerNic lan web1 -IPAddress 10.1.0.9 }
        $problem.What | Should -Be "AddressInUse ResourceBusy 'web1'"
        $problem.Message | Should -BeLike '*10.1.0.9*eth0*'
    }

    It 'takes free addresses, after the wait, and announces them' {
        ip -n wire address add 10.1.0.99/24 dev eth0
        ip -n wire neighbour replace 10.1.0.50 lladdr 02:00:00:00:00:99 dev eth0 nud stale
        ip -n wire neighbour replace fd01::50 lladdr 02:00:00:00:00:99 dev eth0 nud stale
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $null = Connect-ContainerNic lan web1 -IPAddress 10.1.0.50, fd01::50
        $watch.ElapsedMilliseconds | Should -BeGreaterThan 499
        $mac = (Get-IpLink eth0 -Namespace web1).address
        for ($i = 0; $i -lt 400 -and (Get-Neighbour fd01::50) -ne $mac; $i++) { Start-Sleep -Milliseconds 50 }
        Get-Neighbour 10.1.0.50 | Should -Be $mac
        Get-Neighbour fd01::50 | Should -Be $mac
    }

    It 'announces nothing with -AnnounceCount 0' {
        ip -n wire neighbour replace 10.1.0.50 lladdr 02:00:00:00:00:99 dev eth0 nud stale
        $null = Connect-ContainerNic lan web1 -IPAddress 10.1.0.50, fd01::50 -AnnounceCount 0
        Start-Sleep -Milliseconds 300
        Get-Neighbour 10.1.0.50 | Should -Be 02:00:00:00:00:99
    }

    It 'can be left out for a NIC, which then takes what others have' {
        $nic = Connect-ContainerNic lan web1 -ProbeAddress:$false -WarningVariable warnings
        "$($nic.IPAddress)" | Should -Be '10.1.0.2/24 fd01::1/64'
        $warnings | Should -BeNullOrEmpty
    }

    It 'can be asked for on a network without it' {
        $null = New-MacvlanNetwork other eth0 -Subnet 10.1.0.0/24
        (Get-MacvlanNetwork other).ProbeAddress | Should -BeFalse
        "$((Connect-ContainerNic other web1 -ProbeAddress -WarningAction Ignore).IPAddress)" | Should -Be 10.1.0.4/24
        # The address book is that of both networks.
        Get-Foreign lan | Should -Be "10.1.0.2 $wireMac", "10.1.0.3 $wireMac"
        "$((Connect-ContainerNic other web2 -IPAddress 10.1.0.3).IPAddress)" | Should -Be 10.1.0.3/24 -Because 'it was asked for, without probing'
        Get-Foreign lan | Should -Be "10.1.0.2 $wireMac"
    }

    It 'forgets what an address was when its time is up' {
        $null = Connect-ContainerNic lan web1 -WarningAction Ignore
        ip -n wire address delete 10.1.0.2/24 dev eth0
        Set-StateRow 'UPDATE foreign_addresses SET until = until - 3600000'
        Get-Foreign | Should -BeNullOrEmpty
        "$((Connect-ContainerNic lan web2 -WarningAction Ignore).IPAddress)" | Should -Be '10.1.0.2/24 fd01::3/64'
        Get-Foreign | Should -Be "fd01::1 $wireMac" -Because 'it was asked again'
    }

    It 'reports others if they have all addresses' {
        $null = New-MacvlanNetwork small eth0 -Subnet 10.1.0.0/24 -IPRange 10.1.0.2-10.1.0.3 -ProbeAddress
        $problem = Get-Failure { Connect-ContainerNic small web1 }
        $problem.What | Should -Be "AddressesExhausted ResourceUnavailable 'web1'"
        $problem.Message | Should -BeLike '*other stations on the wire have 2*'
        (Get-IpLink -Namespace web1).ifname | Should -Be lo
        Get-ContainerNic | Should -BeNullOrEmpty
    }

    It 'gives up after 32 addresses, and goes on behind them the next time' {
        $null = New-MacvlanNetwork many eth0 -Subnet 10.3.0.0/24 -ProbeAddress -ProbeCount 1 -ProbeTimeoutMilliseconds 1000
        2..40 | ForEach-Object { "address add 10.3.0.$_/24 dev eth0" } | ip -n wire -batch -
        $problem = Get-Failure { Connect-ContainerNic many web1 }
        $problem.What | Should -Be "AddressConflict ResourceBusy 'web1'"
        $problem.Message | Should -BeLike '*10.3.0.33*'
        Get-Foreign many | Should -HaveCount 32
        "$((Connect-ContainerNic many web1 -WarningAction Ignore).IPAddress)" | Should -Be 10.3.0.41/24
    }

    It 'says so when there is nobody to ask' {
        ip link set eth0 down
        try { $nic = Connect-ContainerNic lan web1 -WarningVariable warnings -WarningAction SilentlyContinue }
        finally { ip link set eth0 up }
        "$warnings" | Should -BeLike '*eth0*no carrier*'
        "$($nic.IPAddress)" | Should -Be '10.1.0.2/24 fd01::1/64'
    }

    It 'is left out where there is no address' {
        $steps = Connect-ContainerNic lan web1 -NoIPAddress -Verbose 4>&1
        $steps | Where-Object { $_ -isnot [System.Management.Automation.VerboseRecord] } | ForEach-Object IPAddress | Should -BeNullOrEmpty
        "$steps" | Should -BeLike '*ip -n web1 link set*'
        "$steps" | Should -Not -BeLike '*arping*'
    }

    It 'ends at once with Ctrl+C, and leaves nothing' {
        $null = New-MacvlanNetwork slow eth0 -Subnet 10.8.0.0/24 -ProbeAddress -ProbeTimeoutMilliseconds 60000
        $rows = Get-StateRow
        $process = Start-Shell "'ready'; try { Connect-ContainerNic slow web1; 'not reached' } finally { [Console]::WriteLine('stopped') }"
        $process.StandardOutput.ReadLine() | Should -Be ready
        while (-not (Get-IpLink eth0 -Namespace web1)) { Start-Sleep -Milliseconds 20 }
        Get-IpAddress web1 eth0 | Should -BeNullOrEmpty -Because 'it is not yet known to be free'
        Start-Sleep -Milliseconds 200
        $watch = [Diagnostics.Stopwatch]::StartNew()
        Send-Signal INT $process
        $process.StandardOutput.ReadToEnd().Trim() | Should -Be stopped
        # It would go on for a minute.
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 30
        $process.WaitForExit()
        Get-StateRow | Should -Be $rows
        (Get-IpLink -Namespace web1).ifname | Should -Be lo
    }

    It 'lets one of two hosts that probe at the same time have the address' {
        # The other host is at the other end of the wire, with a state of its own.
        $null = New-NetworkNamespace far
        $flag = Join-Path $TestDrive 'go'
        $script = "
            `$null = New-MacvlanNetwork duel eth0 -Subnet 10.7.0.0/24 -ProbeAddress
            'ready'
            while (-not [IO.File]::Exists('$flag')) { Start-Sleep -Milliseconds 1 }
            foreach (`$i in 1..3) { `"`$((Connect-ContainerNic duel NAME -WarningAction Ignore).IPAddress)`" }"
        $near = Start-Shell $script.Replace('NAME', 'web1')
        $far = Start-Shell ("`$env:MACIPVLAN_STATE = '$TestDrive/far/state.db'" + $script.Replace('NAME', 'far')) -Through ip, netns, exec, wire
        foreach ($process in $near, $far) { $process.StandardOutput.ReadLine() | Should -Be ready }
        $null = New-Item $flag
        $addresses = foreach ($process in $near, $far) {
            $process.StandardOutput.ReadToEnd() -split "`n" | Where-Object { $_ }
            $process.WaitForExit()
        }
        Remove-NetworkNamespace far -Force
        $addresses | Should -HaveCount 6
        $addresses | Sort-Object -Unique | Should -HaveCount 6
    }

    It 'is a setting that goes from network to network' {
        $network = Get-MacvlanNetwork lan
        "$($network.ProbeAddress) $($network.ProbeCount) $($network.ProbeTimeoutMilliseconds)" | Should -Be 'True 2 500'
        Remove-MacvlanNetwork lan
        $null = $network | Select-Object * | New-MacvlanNetwork
        "$((Get-MacvlanNetwork lan) | ForEach-Object { $_.ProbeAddress, $_.ProbeCount, $_.ProbeTimeoutMilliseconds })" | Should -Be 'True 2 500'
    }

    It 'refuses <Reason>' -ForEach @(
        @{ Reason = 'to ask never'; Options = @{ ProbeAddress = $true; ProbeCount = 0 } }
        @{ Reason = 'to wait for minutes'; Options = @{ ProbeAddress = $true; ProbeTimeoutMilliseconds = 60001 } }
        @{ Reason = 'a count without probing'; Options = @{ ProbeCount = 3 } }
    ) {
        $problem = Get-Failure { New-MacvlanNetwork odd eth0 -Subnet 10.2.0.0/24 @Options }
        $problem.What | Should -Be "InvalidParameter InvalidArgument 'odd'"
        $problem.Message | Should -BeLike '*Probe*'
    }
}

Describe 'An address that someone has on another VLAN of the parent' {
    It 'is free, though the parent hands on what is sent there' {
        'link add link eth0 name eth0.50 type vlan id 50', 'address add 10.1.0.2/24 dev eth0.50', 'link set eth0.50 up' | ip -n wire -batch -
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 -ProbeAddress -ProbeTimeoutMilliseconds 1500
        # Or it would answer for it on eth0 too.
        $null = ip netns exec wire busybox sysctl -w net.ipv4.conf.eth0.arp_ignore=1
        # The other station announces itself all the time.
        $other = Start-Process ip 'netns exec wire busybox arping -q -U -c 20 -I eth0.50 10.1.0.2' -PassThru
        try { $nic = Connect-ContainerNic lan web1 -WarningVariable warnings }
        finally {
            Stop-Sleeper $other
            ip -n wire link delete eth0.50
            Remove-MacvlanNetwork lan -Force
        }
        "$($nic.IPAddress)" | Should -Be 10.1.0.2/24
        $warnings | Should -BeNullOrEmpty
    }
}

Describe 'An address that another ipvlan link of the parent has' {
    BeforeAll {
        ip link add link eth0 name hand netns web2 type ipvlan mode l2 bridge
        'address add 192.168.50.2/24 dev hand', 'link set dev hand up' | ip -n web2 -batch -
        $parentMac = (Get-IpLink eth0).address
    }

    AfterAll {
        ip -n web2 link delete dev hand
    }

    BeforeEach {
        $null = New-IpvlanNetwork front eth0 -Subnet 192.168.50.0/24
    }

    AfterEach {
        Remove-IpvlanNetwork front -Force
    }

    It 'is AddressConflict, and nothing stays' {
        $problem = Get-Failure { Connect-ContainerNic front web1 -IPAddress 192.168.50.2 }
        $problem.What | Should -Be "AddressConflict ResourceBusy 'web1'"
        $problem.Message | Should -BeLike "*192.168.50.2*eth0*$parentMac*EADDRINUSE*"
        (Get-IpLink -Namespace web1).ifname | Should -Be lo
        Get-ContainerNic | Should -BeNullOrEmpty
    }

    It 'is passed over where it would be handed out' {
        $nic = Connect-ContainerNic front web1 -WarningVariable warnings -WarningAction SilentlyContinue
        "$($nic.IPAddress)" | Should -Be 192.168.50.3/24
        "$warnings" | Should -BeLike '*192.168.50.2*'
        Get-Foreign front | Should -Be "192.168.50.2 $parentMac"
    }

    It 'is not probed for: the wire could not answer' {
        $problem = Get-Failure { Connect-ContainerNic front web1 -ProbeAddress }
        $problem.What | Should -Be "InvalidParameter InvalidArgument 'web1'"
        $problem.Message | Should -BeLike '*ipvlan*'
    }
}
