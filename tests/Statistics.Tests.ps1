# Get-ContainerNicStatistics: counters against those of ip inside the namespaces, rates, and the file for Prometheus.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost

    function Get-IpCounter([string]$Namespace, [string]$Interface) {
        # What ip counts, in the order of Get-Counter.
        $link = ip -n $Namespace -s -s -j link show dev $Interface | ConvertFrom-Json
        if ($LASTEXITCODE) { throw "$Interface is missing in $Namespace." }
        $rx, $tx = $link.stats64.rx, $link.stats64.tx
        "$($rx.bytes) $($rx.packets) $($rx.multicast) $($rx.dropped) $($rx.errors) | $($tx.bytes) $($tx.packets) $($tx.dropped) $($tx.errors)"
    }

    function Get-Counter($Nic) {
        "$($Nic.ReceivedBytes) $($Nic.ReceivedPackets) $($Nic.ReceivedMulticastPackets) $($Nic.ReceivedDiscardedPackets) $($Nic.ReceivedPacketErrors) | " +
        "$($Nic.SentBytes) $($Nic.SentPackets) $($Nic.OutboundDiscardedPackets) $($Nic.OutboundPacketErrors)"
    }

    function Assert-SameAsIp([string]$Namespace, [string]$Interface = 'eth0') {
        # Exact, at a moment at which nothing was counted: IPv6 sends something now and then.
        for ($i = 0; $i -lt 50; $i++) {
            $before = Get-IpCounter $Namespace $Interface
            $nic = Get-ContainerNicStatistics -Namespace $Namespace -InterfaceName $Interface
            if ((Get-IpCounter $Namespace $Interface) -ne $before) { Start-Sleep -Milliseconds 100; continue }
            @($nic) | Should -HaveCount 1
            Get-Counter $nic | Should -BeExactly $before
            return $nic
        }
        throw "$Namespace/$Interface is never quiet."
    }

    function Send-Ping([string]$Namespace, [string]$Destination, [int]$Count, [int]$Size = 1000) {
        $null = nsenter "--net=/run/netns/$Namespace" busybox ping -c $Count -i 0.01 -s $Size -W 2 $Destination
    }

    function Read-PrometheusText([string]$Text) {
        # A strict parser of the text format, version 0.0.4. Returns the samples.
        $Text | Should -Match '\n\z'
        $Text | Should -Not -Match '\r|\n\n'
        $types, $helps, $seen, $family = @{}, @{}, @{}, ''
        foreach ($line in $Text.TrimEnd("`n") -split "`n") {
            switch -CaseSensitive -Regex ($line) {
                '^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ((?:[^\\]|\\\\|\\n)+)$' {
                    if ($helps[$Matches[1]]) { throw "A second HELP: $line" }
                    $family = $Matches[1]
                    $helps[$family] = $Matches[2]
                    break
                }
                '^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge)$' {
                    if ($Matches[1] -cne $family -or $types[$family]) { throw "The TYPE of another family, or a second one: $line" }
                    $types[$family] = $Matches[2]
                    break
                }
                '^([a-zA-Z_:][a-zA-Z0-9_:]*)\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*"(?:,(?!\})|(?=\})))*)\} ([0-9]+)$' {
                    $name, $labels, $value = $Matches[1..3]
                    if ($name -cne $family -or -not $types[$name]) { throw "A sample without its HELP and TYPE before it: $line" }
                    if (($types[$name] -eq 'counter') -ne $name.EndsWith('_total')) { throw "Only the name of a counter ends with _total: $line" }
                    if ($seen["$name $labels"]) { throw "A second sample of the same labels: $line" }
                    $seen["$name $labels"] = $true
                    $sample = [ordered]@{ Name = $name; Value = [ulong]$value }
                    foreach ($pair in [regex]::Matches($labels, '([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')) {
                        if ($sample.Contains($pair.Groups[1].Value)) { throw "A second label of that name: $line" }
                        $sample[$pair.Groups[1].Value] = [regex]::Replace($pair.Groups[2].Value, '\\(.)', { $args[0].Groups[1].Value -ceq 'n' ? "`n" : $args[0].Groups[1].Value })
                    }
                    [pscustomobject]$sample
                    break
                }
                default { throw "Not a line of the format: $line" }
            }
        }
    }
}

AfterAll { Clear-TestHost }

Describe 'Counters of macvlan NICs' -Tag Native, Once {
    BeforeAll {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64
        $null = New-MacvlanNetwork other eth0 -Subnet 10.2.0.0/24
        $null = New-NetworkNamespace web1, web2, many
        $null = 'web1', 'web2' | Connect-ContainerNic lan
        $null = Connect-ContainerNic other web2 -InterfaceName lan1 -WarningAction SilentlyContinue
        # So many that they are read by one dump.
        $null = 1..20 | ForEach-Object { Connect-ContainerNic other many -InterfaceName "nic$_" -DefaultRoute:$false -WarningAction SilentlyContinue }
        ip -n wire address add 10.1.0.200/24 dev eth0
    }

    It 'are those of ip inside, before and after traffic' {
        $null = Assert-SameAsIp web1
        Send-Ping web1 10.1.0.3 20
        $first = Assert-SameAsIp web1
        $first.SentPackets | Should -BeGreaterOrEqual 20
        $first.SentBytes | Should -BeGreaterOrEqual (20 * 1042)
        $first.ReceivedBytes | Should -BeOfType ulong
        Send-Ping web1 10.1.0.3 30
        $second = Assert-SameAsIp web1
        $second.SentPackets - $first.SentPackets | Should -BeGreaterOrEqual 30
        $null = Assert-SameAsIp web2
    }

    It 'are from the view of the container: received is what came in' {
        nsenter --net=/run/netns/web1 busybox sysctl -qw net.ipv4.icmp_echo_ignore_all=1
        $before = Assert-SameAsIp web1
        Send-Ping wire 10.1.0.2 20
        $after = Assert-SameAsIp web1
        nsenter --net=/run/netns/web1 busybox sysctl -qw net.ipv4.icmp_echo_ignore_all=0
        $after.ReceivedBytes - $before.ReceivedBytes | Should -BeGreaterOrEqual (20 * 1042)
        $after.SentBytes - $before.SentBytes | Should -BeLessThan 1042
    }

    It 'have what was discarded and which were broadcasts' {
        $before = Assert-SameAsIp web1
        Send-Ping wire 10.1.0.99 1
        tc qdisc add dev eth0 root tbf rate 8kbit burst 1600 limit 1600
        Send-Ping web1 10.1.0.200 20
        tc qdisc delete dev eth0 root
        $after = Assert-SameAsIp web1
        $after.OutboundDiscardedPackets - $before.OutboundDiscardedPackets | Should -BeGreaterThan 5
        $after.ReceivedMulticastPackets | Should -BeGreaterThan $before.ReceivedMulticastPackets
        ($after | Format-Table | Out-String) | Should -Match " 0 / $($after.OutboundDiscardedPackets)"
    }

    It 'of many NICs in one namespace are those of ip, too' {
        $nics = Get-ContainerNicStatistics -Namespace many
        $nics | Should -HaveCount 20
        foreach ($i in 1, 10, 20) { $null = Assert-SameAsIp many "nic$i" }
    }

    It 'are of the NICs that are selected: <_>' -ForEach @(
        "Get-ContainerNicStatistics lan", "Get-ContainerNicStatistics l* web?", "'web1', 'web2' | Get-ContainerNicStatistics -InterfaceName eth*"
        "Get-MacvlanNetwork lan | Get-ContainerNicStatistics", "Get-ContainerNic lan | Get-ContainerNicStatistics"
        "Get-NetworkNamespace web* | Get-ContainerNicStatistics lan", "Get-ContainerNicStatistics | Where-Object Network -EQ lan"
        "Get-ContainerNicStatistics lan | Get-ContainerNic", "Get-ContainerNicStatistics lan | ConvertTo-Json | ConvertFrom-Json | Get-ContainerNicStatistics"
    ) {
        & ([scriptblock]::Create($_)) | ForEach-Object { "$_" } | Should -Be web1/eth0, web2/eth0
    }

    It 'of a network that isn''t there are an error' {
        (Get-Failure { Get-ContainerNicStatistics nothing }).What | Should -Be "NetworkNotFound ObjectNotFound 'nothing'"
    }

    It 'are found whatever the container calls its interface, and only if it is the NIC' {
        Send-Ping web2 10.1.0.2 5
        ip -n web2 link set eth0 down
        ip -n web2 link set eth0 name mine0
        $nic = Assert-SameAsIp web2 mine0
        "$($nic.State) $($nic.InterfaceName)" | Should -Be 'Down mine0'
        # One that the container made, with the same name and index.
        ip -n web2 link delete mine0
        ip -n web2 link add eth0 index (Get-ContainerNic lan web2 -Recorded).InterfaceIndex type veth peer name peer0
        $nic = Get-ContainerNicStatistics lan web2
        "$($nic.State) '$($nic.ReceivedBytes)' '$($nic.SentPackets)'" | Should -Be "Missing '' ''"
        ip -n web2 link delete eth0
        $null = Restore-ContainerNetwork lan
        $null = Assert-SameAsIp web2
    }

    It 'show in the table how much it is, and in the list all of it' {
        $nic = Get-ContainerNicStatistics lan web1
        $table = ($nic | Format-Table | Out-String -Width 79) -split '\r?\n'
        $table -match '^web1 +eth0 +Up +[0-9.]+ kB +[0-9.]+ kB +\d+ / \d+ *$' | Should -HaveCount 1
        $list = $nic | Format-List | Out-String
        $list | Should -Match "ReceivedBytes +: $($nic.ReceivedBytes)"
        $list | Should -Not -Match 'PerSecond'
    }

    It 'are in pictures and pages on demand' {
        $text = Show-ContainerNetwork lan -Statistics
        @($text -match 'received [0-9.]+ k?B, sent [0-9.]+ k?B') | Should -HaveCount 2
        Show-ContainerNetwork lan | Should -Not -Match 'received'
        [xml]$svg = Get-Content (Show-ContainerNetwork lan -Statistics -Path $TestDrive/lan.svg) -Raw
        @($svg.GetElementsByTagName('text') | Where-Object InnerText -Match '^received [0-9.]+ k?B, sent') | Should -HaveCount 2
        Get-Content (Show-ContainerNetwork lan -Statistics -Path $TestDrive/lan.html) -Raw | Should -Match '<th>Received</th>\s*<th>Sent</th>'
    }
}

Describe 'Rates' -Tag Native, Once {
    BeforeAll {
        $null = New-MacvlanNetwork rated eth0 -Subnet 10.3.0.0/24
        $null = New-NetworkNamespace busy, quiet, late
        $null = 'busy', 'quiet' | Connect-ContainerNic rated

        function Start-Traffic([string]$Namespace, [string]$Destination) {
            Start-Process nsenter "--net=/run/netns/$Namespace", 'busybox', 'ping', '-i', '0.01', '-s', '1000', $Destination -PassThru -RedirectStandardOutput /dev/null
        }
    }

    It 'are what was counted in the time that was measured' {
        $traffic = Start-Traffic busy 10.3.0.3
        try {
            $before = Get-ContainerNicStatistics rated busy
            $rated = Get-ContainerNicStatistics rated -Interval 1
            $after = Get-ContainerNicStatistics rated busy
        }
        finally { Stop-Sleeper $traffic }
        $rated | ForEach-Object { "$_" } | Should -Be busy/eth0, quiet/eth0
        $busy = $rated[0]
        $busy.Interval.TotalSeconds | Should -BeGreaterThan 0.5
        $packets = $busy.SentPacketsPerSecond * $busy.Interval.TotalSeconds
        [Math]::Abs($packets - [Math]::Round($packets)) | Should -BeLessThan 1e-3
        $packets | Should -BeGreaterThan 1
        $packets | Should -BeLessOrEqual ($after.SentPackets - $before.SentPackets + 1e-3)
        $bytes = $busy.SentBitsPerSecond / 8 * $busy.Interval.TotalSeconds
        [Math]::Abs($bytes - [Math]::Round($bytes)) | Should -BeLessThan 1e-3
        # Echo requests of 1042 bytes, and at most some ARP.
        $bytes / $packets | Should -BeGreaterThan 800
        $bytes / $packets | Should -BeLessOrEqual 1042
        $busy.ReceivedBitsPerSecond | Should -BeGreaterThan 0
        $busy.OutboundDiscardedPacketsPerSecond | Should -Be 0
        ($rated | Format-Table | Out-String -Width 79) | Should -Match '\d bit/s|\d [kM]bit/s'
    }

    It 'go on until they are stopped, with NICs that come and go' {
        $step = 0
        $seen = Get-ContainerNicStatistics rated -Continuous -Interval 0.2 | ForEach-Object {
            if ($_.Namespace -eq 'busy' -and ++$step -eq 2) { $null = Connect-ContainerNic rated late }
            $_
            if ($_.Namespace -eq 'busy' -and $step -eq 4) { Disconnect-ContainerNic rated late }
        } | Select-Object -First 14
        $late = @($seen | Where-Object Namespace -EQ late)
        $late.Count | Should -BeGreaterThan 1
        "$($late[0].Interval)" | Should -BeNullOrEmpty -Because 'nothing was before'
        $late[1].Interval | Should -BeOfType timespan
        $seen[-2, -1].Namespace | Should -Be busy, quiet
    }

    It 'aren''t those of a link that was made anew with the same index, in the same namespace' {
        Send-Ping busy 10.3.0.3 100
        $index = (Get-ContainerNic rated busy).InterfaceIndex
        $step = 0
        $seen = Get-ContainerNicStatistics rated busy -Continuous -Interval 0.2 | ForEach-Object {
            $_
            if (++$step -eq 2) {
                ip -n busy link delete eth0
                $null = Restore-ContainerNetwork rated
            }
        } | Select-Object -First 5
        (Get-ContainerNic rated busy).InterfaceIndex | Should -Be $index
        $seen[2].SentBytes | Should -BeLessThan $seen[1].SentBytes
        $seen | ForEach-Object { $null -ne $_.Interval } | Should -Be $true, $true, $false, $true, $true
        $seen[2].SentBitsPerSecond, $seen[2].ReceivedPacketsPerSecond | Should -Be $null, $null
        $seen.SentBitsPerSecond | Where-Object { $_ -lt 0 } | Should -BeNullOrEmpty
    }

    It 'end at once when they are stopped' {
        $shell = [PowerShell]::Create()
        $null = $shell.AddScript("Import-Module '$((Get-Module MacIpvlan).ModuleBase)/MacIpvlan.psd1'; Get-ContainerNicStatistics rated -Interval 3600")
        $running = $shell.BeginInvoke()
        Start-Sleep 2
        $running.IsCompleted | Should -BeFalse
        $stopping = $shell.BeginStop($null, $null)
        $stopping.AsyncWaitHandle.WaitOne(20000) | Should -BeTrue
        "$($shell.InvocationStateInfo.State)" | Should -Be Stopped
        $shell.Dispose()
    }

    It 'need a time: <_>' -ForEach '0', '-1', '365.00:00:00', 'x' {
        $failure = Get-Failure { Get-ContainerNicStatistics rated -Interval $_ }
        $failure | Should -HaveCount 1
        $failure.What | Should -Match 'InvalidParameter|ParameterArgumentTransformationError'
    }
}

Describe 'The file for Prometheus' -Tag Native, Once {
    BeforeAll {
        $null = New-MacvlanNetwork prom eth0 -Subnet 10.4.0.0/24
        $hostile = 'a"b\c{d}', 'ä {x="y"} 7', 'back\'
        foreach ($name in $hostile) { ip netns add $name }
        $null = New-NetworkNamespace plain, gone
        $null = @($hostile) + 'plain', 'gone' | ForEach-Object { Connect-ContainerNic prom -Namespace $_ }
        Send-Ping plain 10.4.0.3 5
        $folder = (New-Item $TestDrive/collector -ItemType Directory).FullName
    }

    AfterAll {
        Remove-MacvlanNetwork prom -Force
        foreach ($name in $hostile) { ip netns delete $name }
    }

    It 'has each counter of each NIC, as the objects have them' {
        for ($i = 0; $i -lt 50; $i++) {
            $before = Get-ContainerNicStatistics prom
            $text = Get-ContainerNicStatistics prom -As Prometheus
            if (-not (Compare-Object ($before | ForEach-Object { Get-Counter $_ }) (Get-ContainerNicStatistics prom | ForEach-Object { Get-Counter $_ }))) { break }
        }
        $samples = Read-PrometheusText "$text"
        @($samples.Name | Sort-Object -Unique) | Should -HaveCount 10
        foreach ($nic in $before) {
            $own = @{}
            $samples | Where-Object id -CEQ $nic.Id | ForEach-Object { $own[$_.Name] = $_ }
            $own.Count | Should -Be 10
            foreach ($sample in $own.Values) { "$($sample.network) $($sample.namespace) $($sample.interface) '$($sample.container)'" | Should -BeExactly "prom $($nic.Namespace) $($nic.InterfaceName) ''" }
            $values = 'receive_bytes', 'receive_packets', 'receive_multicast', 'receive_drop', 'receive_errs', 'transmit_bytes', 'transmit_packets', 'transmit_drop', 'transmit_errs' |
                ForEach-Object { $own["macipvlan_nic_${_}_total"].Value }
            "$($values[0..4]) | $($values[5..8])" | Should -BeExactly (Get-Counter $nic)
            $own['macipvlan_nic_up'].Value | Should -Be 1
        }
    }

    It 'is written in one step, and is readable for the collector' {
        # The mode counts, not this process's umask.
        $libc = Add-Type -Namespace Test -Name Libc -PassThru -MemberDefinition '[DllImport("libc")] public static extern uint umask(uint mask);'
        $mask = $libc::umask(63)
        try { $file = Get-ContainerNicStatistics prom -Path $folder/macipvlan.prom } finally { $null = $libc::umask($mask) }
        $file.FullName | Should -Be "$folder/macipvlan.prom"
        stat -c '%a %u' $file.FullName | Should -Be '644 0'
        Read-PrometheusText (Get-Content $file.FullName -Raw) | Should -HaveCount 50
        $reader = [IO.File]::OpenRead($file.FullName)
        ip netns delete gone
        $null = Get-ContainerNicStatistics prom -As Prometheus -Path $folder/macipvlan.prom
        # Whoever reads the former one goes on reading it.
        Read-PrometheusText ([IO.StreamReader]::new($reader).ReadToEnd()) | Should -HaveCount 50
        $reader.Dispose()
        $samples = Read-PrometheusText (Get-Content $file.FullName -Raw)
        $samples | Should -HaveCount 41
        @($samples | Where-Object namespace -EQ gone | ForEach-Object { "$($_.Name) $($_.Value)" }) | Should -Be 'macipvlan_nic_up 0'
        (Get-ChildItem $folder -Force).Name | Should -Be macipvlan.prom
    }

    It 'keeps the name on record, so that a container can''t make new series' {
        ip -n plain link set eth0 down
        ip -n plain link set eth0 name mine0
        $samples = Read-PrometheusText "$(Get-ContainerNicStatistics prom plain -As Prometheus)"
        @($samples.interface | Sort-Object -Unique) | Should -Be eth0
        (Get-ContainerNicStatistics prom plain).InterfaceName | Should -Be mine0
    }

    It 'isn''t written through a link' {
        $null = New-Item $folder/link.prom -ItemType SymbolicLink -Target $TestDrive/secret
        Set-Content $TestDrive/secret secret
        (Get-Failure { Get-ContainerNicStatistics prom -Path $folder/link.prom }).What | Should -BeLike 'FileUnusable *'
        Get-Content $TestDrive/secret | Should -Be secret
        Remove-Item $folder/link.prom
    }

    It 'has no rates, and no objects: <_>' -ForEach '-As Prometheus -Interval 1', '-Path x.prom -Continuous', '-Path x.prom -As Objects' {
        (Get-Failure ([scriptblock]::Create("Get-ContainerNicStatistics prom $_"))).What | Should -BeLike 'InvalidParameter InvalidArgument*'
    }
}

Describe 'Counters of ipvlan NICs' {
    It 'are those of ip inside, in mode <Mode>, before and after traffic' -ForEach @{ Mode = 'L2' }, @{ Mode = 'L3' } {
        $null = New-IpvlanNetwork ip$Mode eth0 -Subnet 10.5.0.0/24 -Mode $Mode
        $null = New-NetworkNamespace c1, c2
        $null = 'c1', 'c2' | Connect-ContainerNic ip$Mode
        $first = Assert-SameAsIp c1
        Send-Ping c1 10.5.0.3 20
        $second = Assert-SameAsIp c1
        $second.SentPackets - $first.SentPackets | Should -BeGreaterOrEqual 20
        $second.ReceivedPackets - $first.ReceivedPackets | Should -BeGreaterOrEqual 20
        $null = Assert-SameAsIp c2
        $rated = Get-ContainerNicStatistics ip$Mode -Interval 0.5
        $rated | ForEach-Object { $null -ne $_.Interval } | Should -Be $true, $true
        Read-PrometheusText "$(Get-ContainerNicStatistics ip$Mode -As Prometheus)" | Should -HaveCount 20
        Remove-IpvlanNetwork ip$Mode -Force
        Remove-NetworkNamespace c1, c2
    }
}
