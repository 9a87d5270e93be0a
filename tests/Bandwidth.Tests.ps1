# Limits of bandwidth, judged by tc and by the traffic of a TCP stream.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost
    ip -n wire address add 10.1.0.250/24 dev eth0
    $headroom = 1.05

    function Invoke-Tc {
        # The output of tc as objects: Invoke-Tc box1 qdisc show.
        param([string]$Namespace, [Parameter(ValueFromRemainingArguments)][string[]]$Arguments)
        $where = if ($Namespace) { '-n', $Namespace } else { @() }
        $output = tc @where -j @Arguments
        if ($LASTEXITCODE) { throw "tc $where $Arguments failed." }
        $output -join '' | ConvertFrom-Json | ForEach-Object { $_ }
    }

    function Get-Limit {
        # The token buckets of a namespace, each as 'LINK RATE BURST' in bytes, and what else isn't the kernel's own.
        param([string]$Namespace)
        Invoke-Tc $Namespace qdisc show | Where-Object kind -NE noqueue | ForEach-Object {
            $_.kind -eq 'tbf' ? "$($_.dev -replace '\d{7}') $($_.options.rate) $($_.options.burst)" : "$($_.dev) $($_.kind)"
        }
    }

    function Get-Difference { Test-ContainerNetwork | ForEach-Object { "$($_.Kind) $($_.Name): $($_.Expected) -> $($_.Actual)" } }

    function Measure-Stream {
        # Sends bytes from a namespace to an address in another one, and returns the bits a second that arrived. The receiver
        # answers with the number of bytes that it has received.
        param([string]$From, [string]$To, [string]$Address, [long]$Bytes)
        $file = Join-Path $TestDrive 'stream.sh'
        Set-Content $file @"
nsenter --net=/run/netns/$To timeout 60 busybox nc -l -p 5001 -e busybox wc -c &
until nsenter --net=/run/netns/$To busybox netstat -ltn | grep -q :5001; do sleep 0.05; done
start=`$(date +%s%N)
head -c $Bytes /dev/zero | nsenter --net=/run/netns/$From timeout 60 busybox nc $Address 5001
echo `$((`$(date +%s%N) - start))
wait
"@
        $received, $nanoseconds = bash $file
        if ($received -ne $Bytes) { throw "The stream from $From to $To failed: '$received' of $Bytes bytes arrived." }
        $Bytes * 8 * 1e9 / [long] $nanoseconds
    }

    function Assert-Limit {
        # A limit holds on any machine: load only makes a stream slower. Hence the lower bound is only that it isn't stuck.
        param([string]$From, [string]$To, [string]$Address, [double]$Rate, [long]$Bytes, [long]$Burst)
        $measured = Measure-Stream $From $To $Address $Bytes
        # The burst, and what the sockets hold back, don't wait.
        $measured * ($Bytes - $Burst) / $Bytes | Should -BeLessThan ($Rate * $headroom)
        $measured | Should -BeGreaterThan ($Rate / 5)
    }
}

AfterAll { Clear-TestHost }


Describe 'A stream of a macvlan NIC' -Tag Native, Once {
    BeforeEach { $null = New-NetworkNamespace box1, box2 }

    AfterEach {
        Remove-MacvlanNetwork * -Force
        Remove-NetworkNamespace box1, box2 -Force
    }

    It 'is as fast as its limit both ways: <Limit>' -ForEach @(
        @{ Limit = '1Mbit'; Rate = 1e6; Bytes = 300KB; Burst = 64KB }
        @{ Limit = '10Mbit'; Rate = 1e7; Bytes = 3MB; Burst = 64KB }
    ) {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 -MaximumBandwidth $Limit
        $null = Connect-ContainerNic lan box1
        Assert-Limit box1 wire 10.1.0.250 $Rate $Bytes $Burst
        Assert-Limit wire box1 10.1.0.2 $Rate $Bytes $Burst
    }

    It 'is limited between NICs of a network too, and only where it is asked for' {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $null = Connect-ContainerNic lan box1 -MaximumBandwidthIn 5Mbit
        $null = Connect-ContainerNic lan box2
        Assert-Limit box2 box1 10.1.0.2 5e6 2MB 64KB
        # Of the way out, of the sibling and of the parent, nothing is slower than a limit would make it.
        Measure-Stream box1 box2 10.1.0.3 2MB | Should -BeGreaterThan 6e6
        Measure-Stream box2 wire 10.1.0.250 2MB | Should -BeGreaterThan 6e6
        Get-Limit box2 | Should -BeNullOrEmpty
        Get-Limit wire | Should -BeNullOrEmpty
        Get-Limit '' | Should -BeNullOrEmpty
    }
}

Describe 'A stream of an ipvlan NIC' {
    BeforeEach { $null = New-NetworkNamespace box1 }

    AfterEach {
        Remove-IpvlanNetwork * -Force
        Remove-NetworkNamespace box1 -Force
        ip address flush dev eth0
        ip -n wire route flush 10.2.0.0/24
    }

    It 'is as fast as its limit both ways in mode L2: <Limit>' -ForEach @(
        @{ Limit = '1Mbit'; Rate = 1e6; Bytes = 300KB }
        @{ Limit = '10Mbit'; Rate = 1e7; Bytes = 3MB }
    ) {
        $null = New-IpvlanNetwork lan eth0 -Subnet 10.1.0.0/24 -MaximumBandwidth $Limit
        $null = Connect-ContainerNic lan box1
        Assert-Limit box1 wire 10.1.0.250 $Rate $Bytes 64KB
        Assert-Limit wire box1 10.1.0.2 $Rate $Bytes 64KB
    }

    It 'is as fast as its limit both ways in mode L3' {
        ip address add 10.1.0.251/24 dev eth0
        ip -n wire route add 10.2.0.0/24 via 10.1.0.251
        $null = New-IpvlanNetwork apps eth0 -Mode L3 -Subnet 10.2.0.0/24
        $null = Connect-ContainerNic apps box1 -IPAddress 10.2.0.7 -MaximumBandwidth 10Mbit
        Assert-Limit box1 wire 10.1.0.250 1e7 3MB 64KB
        Assert-Limit wire box1 10.2.0.7 1e7 3MB 64KB
    }

    It 'is limited only on the way out in mode L3S, and the other way is refused' {
        ip address add 10.1.0.251/24 dev eth0
        ip -n wire route add 10.2.0.0/24 via 10.1.0.251
        { New-IpvlanNetwork apps eth0 -Mode L3S -Subnet 10.2.0.0/24 -MaximumBandwidth 10Mbit -ErrorAction Stop } | Should -Throw '*L3S*' -ErrorId 'InvalidParameter,*'
        $null = New-IpvlanNetwork apps eth0 -Mode L3S -Subnet 10.2.0.0/24 -MaximumBandwidthOut 10Mbit
        { Connect-ContainerNic apps box1 -MaximumBandwidthIn 10Mbit -ErrorAction Stop } | Should -Throw '*L3S*' -ErrorId 'InvalidParameter,*'
        $null = Connect-ContainerNic apps box1 -IPAddress 10.2.0.7
        Assert-Limit box1 wire 10.1.0.250 1e7 3MB 64KB
    }
}

Describe 'The limits of a NIC' -Tag Native, Once {
    BeforeEach { $null = New-NetworkNamespace box1, box2 }

    AfterEach {
        Remove-MacvlanNetwork * -Force
        Remove-NetworkNamespace box1, box2 -Force
    }

    It 'are those of its network, unless it has its own: <Case>' -ForEach @(
        @{ Case = 'both ways'; Network = @{ MaximumBandwidth = '50Mbit' }; Nic = @{}
            Has = 'eth0 6250000 62500', 'eth0 clsact', 'ifb 6250000 62500'; Shows = '50Mbit 50Mbit ' }
        @{ Case = 'one way'; Network = @{ MaximumBandwidthOut = '64kibit' }; Nic = @{}; Has = 'eth0 8192 3028'; Shows = ' 65.536Kbit ' }
        @{ Case = 'a way of its own'; Network = @{ MaximumBandwidth = '50Mbit' }; Nic = @{ MaximumBandwidthIn = 80000000 }
            Has = 'eth0 6250000 62500', 'eth0 clsact', 'ifb 10000000 100000'; Shows = '80Mbit 50Mbit ' }
        @{ Case = 'a burst'; Network = @{ MaximumBandwidthIn = '1.5gbit' }; Nic = @{ BandwidthBurst = 9000 }
            Has = 'eth0 clsact', 'ifb 187500000 9000'; Shows = '1.5Gbit  9000' }
        @{ Case = 'more than 32 bits'; Network = @{}; Nic = @{ MaximumBandwidthOut = '100gbit' }; Has = 'eth0 12500000000 125000000'; Shows = ' 100Gbit ' }
        @{ Case = 'a higher MTU'; Network = @{ Mtu = 9000; MaximumBandwidthOut = '1Mbit' }; Nic = @{}; Has = 'eth0 125000 18028'; Shows = ' 1Mbit ' }
        @{ Case = 'none'; Network = @{ MaximumBandwidth = '50Mbit' }; Nic = @{ MaximumBandwidth = 'unlimited' }; Has = @(); Shows = 'unlimited unlimited ' }
        @{ Case = 'a network without'; Network = @{ MaximumBandwidth = 'unlimited' }; Nic = @{}; Has = @(); Shows = '  ' }
    ) {
        ip link set eth0 mtu 9000
        $settings = @{ Mtu = 1500 }
        foreach ($name in $Network.Keys) { $settings[$name] = $Network[$name] }
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 @settings
        $nic = Connect-ContainerNic lan box1 @Nic
        # The kernel has a burst as a time, which tc shows in bytes again.
        $found, $wantedLimits = @(Get-Limit box1), @($Has)
        $found -replace ' \d+$' | Should -Be @($wantedLimits -replace ' \d+$')
        for ($i = 0; $i -lt $found.Count; $i++) {
            $burst, $wanted = $found[$i], $wantedLimits[$i] | ForEach-Object { [long](($_ -split ' ')[2]) }
            [Math]::Abs($burst - $wanted) | Should -BeLessOrEqual ($wanted / 40) -Because $found[$i]
        }
        "$($nic.MaximumBandwidthIn) $($nic.MaximumBandwidthOut) $($nic.BandwidthBurst)" | Should -Be $Shows
        Get-Difference | Should -BeNullOrEmpty
        ip link set eth0 mtu 1500
    }

    It 'leave nothing when the NIC is disconnected, its container removed, or the network' {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 -MaximumBandwidth 50Mbit
        $null = Connect-ContainerNic lan box1, box2
        (Get-IpLink -Namespace box1).ifname | Should -Be lo, eth0, ifb1000001
        Disconnect-ContainerNic lan box1
        (Get-IpLink -Namespace box1).ifname | Should -Be lo
        Get-Limit box1 | Should -BeNullOrEmpty
        Remove-MacvlanNetwork lan -Force
        (Get-IpLink -Namespace box2).ifname | Should -Be lo
    }

    It 'are beside one another for two NICs of a container, and have no addresses' {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 -MaximumBandwidth 50Mbit
        $null = New-MacvlanNetwork slow eth0 -Subnet 10.3.0.0/24 -MaximumBandwidth 1Mbit
        $first = Connect-ContainerNic lan box1
        $null = Connect-ContainerNic slow box1 -WarningAction SilentlyContinue
        Get-Limit box1 | Should -HaveCount 6
        Get-Difference | Should -BeNullOrEmpty
        Invoke-Ip box1 address show | Where-Object ifname -Like ifb* | ForEach-Object addr_info | Should -BeNullOrEmpty
        $first | Disconnect-ContainerNic
        Get-Limit box1 | ForEach-Object { ($_ -split ' ')[1] } | Should -Be 125000, clsact, 125000
        Get-Difference | Should -BeNullOrEmpty
    }

    It 'come back with the NIC after a reboot, and from a file' {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 -MaximumBandwidthIn 20Mbit
        $nic = Connect-ContainerNic lan box1 -MaximumBandwidthOut 30Mbit -BandwidthBurst 20000
        $before = Get-Limit box1
        Restart-TestHost box1, box2
        ip -n wire address add 10.1.0.250/24 dev eth0
        $null = Restore-ContainerNetwork
        Get-Limit box1 | Should -Be $before
        $nic | Export-Csv $TestDrive/nics.csv
        Disconnect-ContainerNic lan box1
        $again = Import-Csv $TestDrive/nics.csv | Connect-ContainerNic
        Get-Limit box1 | Should -Be $before
        "$($again.MaximumBandwidthIn) $($again.MaximumBandwidthOut) $($again.BandwidthBurst)" | Should -Be '20Mbit 30Mbit 20000'
    }

    It 'are part of a network that is exported, imported, copied and shown' {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 -MaximumBandwidthIn 20Mbit -MaximumBandwidthOut 30Mbit -BandwidthBurst 20000
        $text = Export-ContainerNetwork lan
        $text | Import-ContainerNetwork | ForEach-Object Result | Should -Be InPlace
        Show-ContainerNetwork | Out-String | Should -BeLike '*at most 20Mbit in, 30Mbit out*'
        $copy = Get-MacvlanNetwork lan | Select-Object -ExcludeProperty Name, Subnet, Gateway | New-MacvlanNetwork -Name copy -Subnet 10.4.0.0/24
        "$($copy.MaximumBandwidthIn) $($copy.MaximumBandwidthOut) $($copy.BandwidthBurst)" | Should -Be '20Mbit 30Mbit 20000'
        $both = Get-MacvlanNetwork lan | New-MacvlanNetwork -Name both -Subnet 10.5.0.0/24 -Gateway 10.5.0.1 -MaximumBandwidth 5Mbit
        "$($both.MaximumBandwidthIn) $($both.MaximumBandwidthOut)" | Should -Be '5Mbit 5Mbit'
        Remove-MacvlanNetwork * -Force
        $null = $text | Import-ContainerNetwork
        $network = Get-MacvlanNetwork lan
        "$($network.MaximumBandwidthIn) $($network.MaximumBandwidthOut) $($network.BandwidthBurst)" | Should -Be '20Mbit 30Mbit 20000'
        $text -replace '20Mbit', '21Mbit' | Import-ContainerNetwork -WhatIf | ForEach-Object Differences |
            ForEach-Object { "$($_.Name) $($_.Expected) $($_.Actual)" } | Should -Be 'MaximumBandwidthIn 21Mbit 20Mbit'
    }

    It 'are not those of the host''s access' {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 -MaximumBandwidth 50Mbit
        $null = Enable-HostAccess lan
        Get-Limit '' | Should -BeNullOrEmpty
        Get-Difference | Should -BeNullOrEmpty
    }

    It 'cannot be <Case>' -ForEach @(
        @{ Case = 'bytes a second'; With = @{ MaximumBandwidth = '50mbps' }; Says = '*bytes a second*' }
        @{ Case = 'without a number'; With = @{ MaximumBandwidth = 'Mbit' }; Says = '*doesn''t begin with a number*' }
        @{ Case = 'too low'; With = @{ MaximumBandwidth = 7999 }; Says = '*8Kbit to 1Tbit*' }
        @{ Case = 'with a burst for minutes'; With = @{ MaximumBandwidth = '8Kbit'; BandwidthBurst = 100000 }; Says = '*longer than 60 seconds at 8Kbit*' }
        @{ Case = 'with a burst of nothing'; With = @{ MaximumBandwidth = '8Mbit'; BandwidthBurst = 0 }; Says = '*from 64 to*' }
    ) {
        { New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 @With -ErrorAction Stop } | Should -Throw $Says
        Get-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'leave no trace if they have no room for a packet, or something is in their place' {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 -MaximumBandwidth 50Mbit
        { Connect-ContainerNic lan box1 -BandwidthBurst 1513 -ErrorAction Stop } | Should -Throw '*1513*1514*' -ErrorId 'InvalidParameter,*'
        (Get-IpLink -Namespace box1).ifname | Should -Be lo
        1..99 | ForEach-Object { "link add ifb$(1000000 + $_) type ifb" } | ip -n box1 -batch -
        { Connect-ContainerNic lan box1 -ErrorAction Stop } | Should -Throw '*ifb10000*' -ErrorId 'InterfaceExists,*'
        (Get-IpLink -Namespace box1).ifname | Should -Not -Contain eth0
        Get-ContainerNic | Should -BeNullOrEmpty
        $null = Connect-ContainerNic lan box2
        Get-Limit box2 | Should -HaveCount 3
    }
}

Describe 'A container that changes its limits' -Tag Native, Once {
    BeforeAll {
        $null = New-NetworkNamespace box1
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 -MaximumBandwidthIn 20Mbit -MaximumBandwidthOut 30Mbit
        $null = Connect-ContainerNic lan box1
        $ifb = (Get-IpLink -Namespace box1).ifname[-1]
        $whole = Get-Limit box1
    }

    AfterAll {
        Remove-MacvlanNetwork * -Force
        Remove-NetworkNamespace box1 -Force
    }

    It 'is reported and repaired: <Case>' -ForEach @(
        @{ Case = 'no limit out'; Do = { tc -n box1 qdisc delete dev eth0 root }; Says = 'out 30Mbit, burst 37500 -> out unlimited' }
        @{ Case = 'another rate out'; Do = { tc -n box1 qdisc replace dev eth0 root handle 6d69: tbf rate 90mbit burst 37500 limit 225000 }; Says = 'out 30Mbit, burst 37500 -> out 90Mbit, other settings' }
        @{ Case = 'another burst out'; Do = { tc -n box1 qdisc replace dev eth0 root handle 6d69: tbf rate 30mbit burst 9mb limit 225000 }; Says = 'out 30Mbit, burst 37500 -> out 30Mbit, other settings' }
        @{ Case = 'another queue out'; Do = { tc -n box1 qdisc replace dev eth0 root handle 6d69: tbf rate 30mbit burst 37500 limit 99999 }; Says = 'out 30Mbit, burst 37500 -> out 30Mbit, other settings' }
        @{ Case = 'another qdisc out'; Do = { tc -n box1 qdisc replace dev eth0 root handle 1: htb }; Says = 'out 30Mbit, burst 37500 -> out unlimited' }
        @{ Case = 'another qdisc out with this handle'; Do = { tc -n box1 qdisc delete dev eth0 root; tc -n box1 qdisc add dev eth0 root handle 6d69: htb }
            Says = 'out 30Mbit, burst 37500 -> out unlimited' }
        @{ Case = 'no qdisc in'; Do = { tc -n box1 qdisc delete dev eth0 clsact }; Says = 'in 20Mbit, burst 25000 -> in unlimited' }
        @{ Case = 'no filter in'; Do = { tc -n box1 filter delete dev eth0 ingress }; Says = 'in 20Mbit, burst 25000 -> in unlimited' }
        @{ Case = 'a filter that only copies'; Do = { tc -n box1 filter delete dev eth0 ingress; tc -n box1 filter add dev eth0 ingress protocol all pref 1 u32 match ip src 0.0.0.0/0 action mirred egress mirror dev $ifb }
            Says = 'in 20Mbit, burst 25000 -> in unlimited' }
        @{ Case = 'a filter for some packets'; Do = { tc -n box1 filter delete dev eth0 ingress; tc -n box1 filter add dev eth0 ingress protocol all pref 1 u32 match ip src 10.1.0.9/32 action mirred egress redirect dev $ifb }
            Says = 'in 20Mbit, burst 25000 -> in unlimited' }
        @{ Case = 'a filter for IPv6'; Do = { tc -n box1 filter delete dev eth0 ingress; tc -n box1 filter add dev eth0 ingress protocol ipv6 pref 1 u32 match u32 0 0 action mirred egress redirect dev $ifb }
            Says = 'in 20Mbit, burst 25000 -> in unlimited' }
        @{ Case = 'the link of the limit down'; Do = { ip -n box1 link set $ifb down }; Says = 'in 20Mbit, burst 25000 -> in blocked' }
        @{ Case = 'the link of the limit gone'; Do = { ip -n box1 link delete $ifb }; Says = 'in 20Mbit, burst 25000 -> in blocked' }
        @{ Case = 'no limit on that link'; Do = { tc -n box1 qdisc delete dev $ifb root }; Says = 'in 20Mbit, burst 25000 -> in unlimited' }
        @{ Case = 'another limit on that link'; Do = { tc -n box1 qdisc replace dev $ifb root handle 6d69: tbf rate 90mbit burst 37500 limit 225000 }; Says = 'in 20Mbit, burst 25000 -> in 90Mbit, other settings' }
    ) {
        & $Do
        $LASTEXITCODE | Should -Be 0
        Get-Difference | Should -Be "BandwidthChanged box1/eth0: $Says"
        Repair-ContainerNetwork | ForEach-Object IsRepaired | Should -Be $true
        Get-Difference | Should -BeNullOrEmpty
        Get-Limit box1 | Should -Be $whole
        # What it receives gets through again.
        Test-Ping wire 10.1.0.2 | Should -BeTrue
    }

    It 'may have qdiscs below, and filters after ours' {
        tc -n box1 qdisc add dev eth0 parent 6d69:1 handle 7: tbf rate 1mbit burst 9k limit 9k
        tc -n box1 filter add dev eth0 ingress protocol all pref 9 u32 match ip src 10.1.0.9/32 action mirred egress redirect dev lo
        Get-Difference | Should -BeNullOrEmpty
        tc -n box1 filter delete dev eth0 ingress pref 9
    }
}

Describe 'Limits that are no longer on record' -Tag Native, Once {
    BeforeEach {
        $null = New-NetworkNamespace box1
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 -MaximumBandwidth 20Mbit
        $null = Connect-ContainerNic lan box1
        $ifb = (Get-IpLink -Namespace box1).ifname[-1]
        Set-StateRow 'UPDATE networks SET bandwidth_in = NULL, bandwidth_out = NULL'
    }

    AfterEach {
        Remove-MacvlanNetwork * -Force
        Remove-NetworkNamespace box1 -Force
    }

    It 'are reported and removed, with their qdiscs' {
        Get-Difference | Should -Be 'BandwidthChanged box1/eth0: out unlimited -> out 20Mbit, other settings', 'BandwidthChanged box1/eth0: in unlimited -> in 20Mbit, other settings'
        $null = Repair-ContainerNetwork
        Get-Limit box1 | Should -BeNullOrEmpty
        (Get-IpLink -Namespace box1).ifname | Should -Be lo, eth0
        Get-Difference | Should -BeNullOrEmpty
        Test-Ping wire 10.1.0.2 | Should -BeTrue
    }

    It 'leave what the container has: <Case>' -ForEach @(
        @{ Case = 'a filter in'; Do = { tc -n box1 filter add dev eth0 ingress protocol ip pref 9 u32 match ip src 10.1.0.9/32 action mirred egress redirect dev lo }; Left = 'eth0 clsact' }
        @{ Case = 'a filter out'; Do = { tc -n box1 filter add dev eth0 egress protocol ip pref 9 u32 match ip src 10.1.0.9/32 action mirred egress redirect dev lo }; Left = 'eth0 clsact' }
        @{ Case = 'a qdisc'; Do = { tc -n box1 qdisc replace dev eth0 root handle 1: tbf rate 1mbit burst 12500 limit 99999 }; Left = 'eth0 125000 12500' }
    ) {
        & $Do
        $LASTEXITCODE | Should -Be 0
        $null = Repair-ContainerNetwork
        Get-Limit box1 | Should -Be $Left
        Get-Difference | Should -BeNullOrEmpty
    }

    It 'do not block the NIC if their link is gone' {
        ip -n box1 link delete $ifb
        Test-Ping wire 10.1.0.2 -TimeoutSeconds 1 | Should -BeFalse
        Get-Difference | Select-Object -Last 1 | Should -Be 'BandwidthChanged box1/eth0: in unlimited -> in blocked'
        $null = Repair-ContainerNetwork
        Get-Limit box1 | Should -BeNullOrEmpty
        Test-Ping wire 10.1.0.2 | Should -BeTrue
    }
}

Describe 'Limits change while NICs are connected: <Kind>' -ForEach @(
    @{ Kind = 'macvlan'; Tag = 'Native', 'Once' }
    @{ Kind = 'ipvlan'; Tag = 'Ipvlan' }
) {
    Describe 'and are followed' -Tag $Tag {
        BeforeAll {
            $null = New-NetworkNamespace box1, box2
            $null = if ($Kind -eq 'macvlan') { New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24 } else { New-IpvlanNetwork lan eth0 -Subnet 10.1.0.0/24 }
            $null = Connect-ContainerNic lan box1, box2
            $set = "Set-${Kind}Network"
        }

        AfterAll {
            Get-ContainerNetwork | Remove-ContainerNetwork -Force
            Remove-NetworkNamespace box1, box2 -Force
        }

        It 'by one NIC, whose link stays' {
            $index = (Get-ContainerNic -Target box1).InterfaceIndex
            ip -n box1 link property add dev eth0 altname kept
            (Set-ContainerNic -Target box1 -MaximumBandwidth 50Mbit -PassThru).MaximumBandwidthIn | Should -Be 50Mbit
            Get-Limit box1 | Should -Be 'eth0 6250000 62500', 'eth0 clsact', 'ifb 6250000 62500'
            Get-Limit box2 | Should -BeNullOrEmpty
            Set-ContainerNic -Target box1 -MaximumBandwidthIn unlimited -MaximumBandwidthOut 10Mbit
            Get-Limit box1 | Should -Be 'eth0 1250000 12500'
            (Get-IpLink eth0 -Namespace box1).altnames | Should -Be kept
            (Get-ContainerNic -Target box1).InterfaceIndex | Should -Be $index
            Get-Difference | Should -BeNullOrEmpty
        }

        It 'by all NICs of a network that have none of their own' {
            & $set lan -MaximumBandwidth 1Gbit
            Get-Limit box1 | Should -Be 'eth0 1250000 12500'
            Get-Limit box2 | Should -Be 'eth0 125000000 1250000', 'eth0 clsact', 'ifb 125000000 1250000'
            Set-ContainerNic -Target box1 -MaximumBandwidth $null
            Get-Limit box1 | Should -Be (Get-Limit box2)
            Get-Difference | Should -BeNullOrEmpty
        }

        It 'and leave nothing behind' {
            & $set lan -MaximumBandwidth unlimited
            foreach ($box in 'box1', 'box2') {
                Get-Limit $box | Should -BeNullOrEmpty
                (Get-IpLink -Namespace $box).ifname | Should -Be lo, eth0
            }
            (Get-ContainerNetwork lan).MaximumBandwidthIn | Should -BeNullOrEmpty
            Get-Difference | Should -BeNullOrEmpty
        }
    }
}

Describe 'A burst of a limit' -Tag Native, Once {
    BeforeAll {
        $null = New-NetworkNamespace box1
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $null = Connect-ContainerNic lan box1 -Mtu 1400 -MaximumBandwidth 10Mbit -BandwidthBurst 1450
    }

    AfterAll {
        Remove-MacvlanNetwork lan -Force
        Remove-NetworkNamespace box1 -Force
    }

    It 'has room for a packet, whichever of the two changes' {
        { Set-ContainerNic -Target box1 -Mtu 1500 -ErrorAction Stop } | Should -Throw '*1450 bytes has no room for the packets of box1/eth0*1514*'
        { Set-ContainerNic -Target box1 -BandwidthBurst 1000 -ErrorAction Stop } | Should -Throw '*1000 bytes has no room*'
        (Get-IpLink eth0 -Namespace box1).mtu | Should -Be 1400
        Set-ContainerNic -Target box1 -Mtu 1500 -BandwidthBurst 3000
        Get-Limit box1 | Should -Be 'eth0 1250000 3000', 'eth0 clsact', 'ifb 1250000 3000'
        (Get-IpLink eth0 -Namespace box1).mtu | Should -Be 1500
    }
}
