# The runbooks of examples/, started as users and services start them, twice, after changes, and beside networks of others.
# topology has a test in ShowContainerNetwork.Tests.ps1, migrate-from-docker another one in Containers.Tests.ps1, and the
# services have tests of what they run.
# Starts first, because it takes long.

BeforeAll {
    . $PSScriptRoot/Support.ps1
    Initialize-TestHost

    function Reset-ExampleHost {
        Clear-TestHost
        Add-TestWire
    }
}

AfterAll { Clear-TestHost }

Describe 'Every runbook' -Tag Native, Once {
    BeforeAll { $files = Get-ChildItem "$PSScriptRoot/../examples" -Filter *.ps1 }

    It 'imports the module itself' {
        foreach ($file in $files) {
            $script = [Management.Automation.Language.Parser]::ParseFile($file, [ref]$null, [ref]$null)
            $script.ScriptRequirements.RequiredModules.Name | Should -Be MacIpvlan -Because $file.Name
            "$($script.ScriptRequirements.RequiredPSVersion)" | Should -Be 7.6 -Because $file.Name
        }
    }

    It 'stops at errors, and has an exit code' {
        foreach ($file in $files) {
            $text = Get-Content $file -Raw
            $text | Should -Match '(?m)^ *\$ErrorActionPreference = .Stop.$' -Because $file.Name
            # In topology, every failure is an error.
            if ($file.BaseName -ne 'topology') { $text | Should -Match 'exit \[int\] .+\n' -Because $file.Name }
        }
    }
}

Describe 'wait-for-nic' -Tag Native, Once {
    BeforeAll {
        function Start-Waiting([string[]]$Shell, [string[]]$Through = @()) {
            $start = [Diagnostics.ProcessStartInfo]::new('nsenter')
            $words = @('--net=/run/netns/early') + $Through + $Shell + "$PSScriptRoot/../examples/wait-for-nic" + 'eth0' + 'echo' + 'come'
            $words | ForEach-Object { $start.ArgumentList.Add($_) }
            $start.RedirectStandardOutput = $start.RedirectStandardError = $true
            [Diagnostics.Process]::Start($start)
        }
    }

    BeforeEach {
        Reset-ExampleHost
        $null = New-NetworkNamespace early
    }

    It 'becomes the command as soon as the NIC has an address: <Subnet> in <Shell>' -ForEach @(
        @{ Subnet = '10.1.0.0/24'; Shell = 'busybox', 'sh' }
        @{ Subnet = 'fd01::/64'; Shell = 'busybox', 'sh' }
        @{ Subnet = '10.1.0.0/24'; Shell = , 'sh' }
        @{ Subnet = 'fd01::/64'; Shell = , 'sh' }
    ) {
        $null = New-MacvlanNetwork lan eth0 -Subnet $Subnet
        $null = New-MacvlanNetwork other eth0 -Subnet 10.9.0.0/24
        $waiting = Start-Waiting $Shell
        # Another NIC isn't the one.
        $null = Connect-ContainerNic other early -InterfaceName eth7
        Start-Sleep -Milliseconds 300
        $waiting.HasExited | Should -BeFalse
        $null = Connect-ContainerNic lan early -InterfaceName eth0
        $waiting.WaitForExit(20000) | Should -BeTrue
        $waiting.ExitCode | Should -Be 0
        $waiting.StandardOutput.ReadToEnd().Trim() | Should -Be come
    }

    It 'gives up in the end, and says for what it waited' {
        $waiting = Start-Waiting sh -Through env, WAIT_FOR_NIC_SECONDS=1
        $waiting.WaitForExit(20000) | Should -BeTrue
        $waiting.ExitCode | Should -Be 75
        $waiting.StandardError.ReadToEnd() | Should -BeLike '*eth0*'
        $waiting.StandardOutput.ReadToEnd() | Should -BeNullOrEmpty
    }
}

Describe 'The runbook' -Tag Native, Once {
    BeforeEach { Reset-ExampleHost }

    It 'ipv6-only gives addresses of the prefix alone, tests them, changes nothing twice, and ignores a network six2' {
        foreach ($address in 'fe80::1/64', '2001:db8:66::ff/64') { ip -n wire address add $address dev eth0 nodad }
        $null = New-NetworkNamespace box1, box2, box3
        $null = New-MacvlanNetwork six2 eth0 -Subnet 2001:db8:2::/64
        $text = Invoke-Example ipv6-only '-Parent', 'eth0', '-Prefix', '2001:db8:66::/64', 'box1', 'box2'
        $LASTEXITCODE | Should -Be 0 -Because "$text"
        "$text" | Should -Match 'box1/eth0.*Reachable.*box2/eth0.*Reachable'
        'box1', 'box2' | ForEach-Object { Get-IpAddress $_ eth0 } | Should -Be '2001:db8:66::1/64', '2001:db8:66::2/64'
        (Get-IpRoute box1 6 | Where-Object dst -EQ default).gateway | Should -Be fe80::1
        # Once more, with one target more.
        $text = Invoke-Example ipv6-only '-Parent', 'eth0', '-Prefix', '2001:db8:66::/64', 'box1', 'box3'
        $LASTEXITCODE | Should -Be 0 -Because "$text"
        "$(Get-ContainerNic)" | Should -BeLike 'box1/eth0* box2/eth0* box3/eth0*'
        Get-ContainerNic | Should -HaveCount 3
        # Another prefix, while there are NICs.
        $text = Invoke-Example ipv6-only '-Parent', 'eth0', '-Prefix', '2001:db8:67::/64', 'box1'
        $LASTEXITCODE | Should -Be 1
        "$text" | Should -BeLike "*'six' would harm NICs*"
        "$((Get-ContainerNetwork).Subnets)" | Should -Be '2001:db8:66::/64 2001:db8:2::/64'
    }

    It 'ipv6-only fails if the router is silent, if the link is missing, and without a target' {
        $null = New-NetworkNamespace box1
        $text = Invoke-Example ipv6-only '-Parent', 'eth0', '-Prefix', '2001:db8:66::/64', 'box1'
        $LASTEXITCODE | Should -Be 1
        "$text" | Should -BeLike '*NeighborSilent*'
        $text = Invoke-Example ipv6-only '-Parent', 'nosuch', '-Prefix', '2001:db8:66::/64', '-Name', 'other', 'box1'
        $LASTEXITCODE | Should -Be 1
        "$text" | Should -BeLike "*no link 'nosuch'*"
        $text = Invoke-Example ipv6-only '-Parent', 'eth0', '-Prefix', '2001:db8:66::/64'
        $LASTEXITCODE | Should -Be 1
        "$text" | Should -BeLike '*mandatory parameters: Target*'
    }

    It 'lan-addresses connects targets with addresses of the LAN, and changes nothing twice' {
        . $PSScriptRoot/dhcp/Servers.ps1
        $problem = Get-DhcpProblem Dnsmasq
        if ($problem) { Set-ItResult -Skipped -Because $problem }
        $null = New-NetworkNamespace box1, box2
        $text = Invoke-Example lan-addresses '-Parent', 'nosuch', 'box1'
        $LASTEXITCODE | Should -Be 1
        "$text" | Should -BeLike "*nosuch*"
        $server = Start-DhcpServer Dnsmasq -Address 10.1.0.1/24 -Option @{ 3 = '10.1.0.1' }
        try {
            $text = Invoke-Example lan-addresses '-Parent', 'eth0', 'box1', 'box2'
            $LASTEXITCODE | Should -Be 0 -Because "$text"
            $text | Should -HaveCount 2
            $text[0] | Should -Match '^box1/eth0 10\.1\.0\.1\d\d/24 [0-9a-f:]{17} ff[0-9a-f]{44} \d'
            $before = Get-IpAddress box1 eth0
            $text = Invoke-Example lan-addresses '-Parent', 'eth0', 'box1', 'box2'
            $LASTEXITCODE | Should -Be 0 -Because "$text"
            Get-IpAddress box1 eth0 | Should -Be $before
            Get-DhcpServerLog $server -Type DISCOVER | Should -HaveCount 2
        }
        finally { Stop-DhcpServer }
    }

    It 'fleet-host makes the networks of a table on two hosts, changes nothing twice, and fails without the database' {
        'Servers', 'Hosts' | ForEach-Object { . $PSScriptRoot/fleet/$_.ps1 }
        $problem = Get-PostgresProblem
        if ($problem) { return Set-ItResult -Skipped -Because $problem }
        $table = Join-Path $TestDrive segments.csv
        Set-Content $table 'Name,Parent,Segment,Subnet,Gateway,IPRange,Kind', 'web,eth0,vlan50,192.168.50.0/24,192.168.50.254,192.168.50.10-192.168.50.19,macvlan'
        $server = Start-PostgresServer
        $own = $env:MACIPVLAN_STATE
        try {
            Initialize-FleetDatabase $server
            New-PostgresRole $server node1 secret
            $null = Invoke-PostgresSql $server 'GRANT macipvlan_host TO node1'
            $password = "$(New-HostFolder)/password"
            Set-PrivateContent $password secret
            $join = '-ConnectionString', (Get-FleetConnection @{ Name = 'node1' } $server), '-PasswordFile', $password
            $text = Invoke-Example fleet-host $table
            $LASTEXITCODE | Should -Be 1
            "$text" | Should -BeLike "*address database 'fleet' yet*"
            $text = Invoke-Example fleet-host (@($table) + $join)
            $LASTEXITCODE | Should -Be 0 -Because "$text"
            $text | Should -Be 'web: segment vlan50 with 192.168.50.0/24, 0 addresses here, 0 on other hosts, 10 free'
            $null = New-NetworkNamespace box1, box2 | Connect-ContainerNic -Network web
            # Another host, which another table would put elsewhere.
            $env:MACIPVLAN_STATE = "$(Split-Path $own)/other/state.db"
            $text = Invoke-Example fleet-host (@($table) + $join)
            $LASTEXITCODE | Should -Be 0 -Because "$text"
            $text | Should -Be 'web: segment vlan50 with 192.168.50.0/24, 0 addresses here, 2 on other hosts, 8 free'
            $null = New-NetworkNamespace box3 | Connect-ContainerNic -Network web
            (Get-ContainerNic).IPAddress | Should -Be 192.168.50.12/24
            $before = (Get-KernelText) + (Get-StateRow)
            $text = Invoke-Example fleet-host (@($table) + $join)
            $LASTEXITCODE | Should -Be 0 -Because "$text"
            $text | Should -Be 'web: segment vlan50 with 192.168.50.0/24, 1 addresses here, 2 on other hosts, 7 free'
            (Get-KernelText) + (Get-StateRow) | Should -Be $before
            Set-Content $table 'Name,Parent,Segment,Subnet,Gateway,IPRange,Kind', 'web,eth0,vlan51,,,,macvlan', 'api,eth0,vlan50,192.168.50.0/24,192.168.50.1,,macvlan'
            $text = Invoke-Example fleet-host $table
            $LASTEXITCODE | Should -Be 1
            "$text" | Should -BeLike "*network web exists already*fleet/vlan50 is defined differently*"
            Stop-PostgresServer $server
            $text = Invoke-Example fleet-host $table
            $LASTEXITCODE | Should -Be 1
            "$text" | Should -BeLike "*can't be reached*"
        }
        finally {
            $env:MACIPVLAN_STATE = $own
            Stop-PostgresServer
        }
    }

    It 'lab-without-root works for <Who>, beside other networks, and leaves nothing' -ForEach @(
        @{ Who = 'root'; Through = @() }
        @{ Who = 'an ordinary user'; Through = 'setpriv', '--reuid=65534', '--regid=65534', '--clear-groups' }
    ) {
        $start, $arguments = $Through + 'unshare'
        $null = & $start @arguments --user --map-root-user test -r (Get-Module MacIpvlan).Path -a -x ([Environment]::ProcessPath) 2>&1
        if ($LASTEXITCODE) { Set-ItResult -Skipped -Because 'this user can read nothing here, or has no namespaces' }
        $null = New-MacvlanNetwork lab eth0 -Subnet 10.9.0.0/24
        $null = New-NetworkNamespace one
        $null = Connect-ContainerNic lab one
        $before = (Get-KernelText) + (Get-StateRow)
        $text = Invoke-Example lab-without-root -Through $Through
        $LASTEXITCODE | Should -Be 0 -Because "$text"
        "$text" | Should -BeLike '*one*10.9.0.2/24*Reachable*'
        (Get-KernelText) + (Get-StateRow) | Should -Be $before
    }

    It 'limit-container limits a NIC that is connected, changes nothing twice, and restores what the container changes' {
        $null = New-NetworkNamespace box1, box2
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $null = Connect-ContainerNic lan box1, box2
        $address = Get-IpAddress box1 eth0
        $text = Invoke-Example limit-container box1, lan, '-Seconds', 1
        $LASTEXITCODE | Should -Be 0 -Because "$text"
        $text[0] | Should -BeLike 'box1/eth0*50Mbit in, 50Mbit out'
        $text[1] | Should -Match '^\d\d:\d\d:\d\d \d+\.\d\d Mbit/s in, \d+\.\d\d Mbit/s out$'
        Get-IpAddress box1 eth0 | Should -Be $address
        "$(tc -n box1 qdisc show dev eth0)" | Should -BeLike '*rate 50Mbit*'
        "$(tc -n box2 qdisc show dev eth0)" | Should -Not -BeLike '*rate*'
        $index = (Get-ContainerNic lan -Target box1).InterfaceIndex
        tc -n box1 qdisc delete dev eth0 root
        $text = Invoke-Example limit-container box1, lan, '-Seconds', 1
        $LASTEXITCODE | Should -Be 1 -Because "$text"
        "$text" | Should -BeLike '*box1/eth0 had out unlimited instead of out 50Mbit*'
        (Get-ContainerNic lan -Target box1).InterfaceIndex | Should -Be $index
        "$(tc -n box1 qdisc show dev eth0)" | Should -BeLike '*rate 50Mbit*'
    }

    It 'limit-container leaves the NIC as it is if the limit is not one, or there is no such NIC' {
        $null = New-NetworkNamespace box1
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $null = Connect-ContainerNic lan box1
        $address = Get-IpAddress box1 eth0
        $text = Invoke-Example limit-container box1, lan, '-Bandwidth', 50mbps
        $LASTEXITCODE | Should -Be 1
        "$text" | Should -BeLike '*bytes a second*'
        Get-IpAddress box1 eth0 | Should -Be $address
        $text = Invoke-Example limit-container box9, lan
        $LASTEXITCODE | Should -Be 1
        "$text" | Should -BeLike "*box9 has 0 NICs on 'lan'*"
    }

    It 'nightly-check names what is not well, repairs it if it may, and accepts networks without a gateway' {
        ip -n wire address add 10.1.0.1/24 dev eth0
        $null = New-NetworkNamespace web1
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $null = New-MacvlanNetwork closed eth0 -NoGateway -Subnet 10.2.0.0/24
        $null = Connect-ContainerNic lan web1
        $null = Connect-ContainerNic closed web1
        $null = Connect-ContainerNic lan web1 -NoIPAddress
        Invoke-Example nightly-check | Should -BeNullOrEmpty
        $LASTEXITCODE | Should -Be 0
        ip -n web1 link set eth0 down
        $text = Invoke-Example nightly-check
        $LASTEXITCODE | Should -Be 1
        $text | Where-Object { $_ -like 'PROBLEM*web1/eth0*' } | Should -Not -BeNullOrEmpty
        $text = Invoke-Example nightly-check '-Repair'
        $LASTEXITCODE | Should -Be 0 -Because "$text"
        $text | Where-Object { $_ -like 'repaired*web1/eth0*' } | Should -Not -BeNullOrEmpty
        $text = Invoke-Example nightly-check -Through setpriv, '--bounding-set=-all', '--inh-caps=-all'
        $LASTEXITCODE | Should -Be 1
        "$text" | Should -BeLike '*lacks CAP_*'
    }

    It 'vlan-trunk fails if the trunk is missing, or the table' {
        $table = Join-Path $TestDrive rack7.csv
        Set-Content $table 'Name,VlanId,Subnet,Gateway,Kind', 'web,50,10.50.0.0/24,10.50.0.254,macvlan'
        $text = Invoke-Example vlan-trunk $table, '-Trunk', 'nosuch'
        $LASTEXITCODE | Should -Be 1
        "$text" | Should -BeLike "*no link 'nosuch.*"
        $text = Invoke-Example vlan-trunk /nosuch.csv, '-Trunk', 'eth0'
        $LASTEXITCODE | Should -Be 1
        "$text" | Should -BeLike "*'/nosuch.csv'*"
    }

    It 'grow-range grows what is nearly full, and reports what cannot grow' {
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24, fd01::/64 -IPRange 10.1.0.200-10.1.0.203, fd01::10-fd01::ffff -ExcludeAddress 10.1.0.202
        $null = New-MacvlanNetwork roomy eth0 -Subnet 10.2.0.0/24
        $null = New-NetworkNamespace box1 | Connect-ContainerNic -Network lan
        $text = Invoke-Example grow-range '-Free', '4', '-Count', '16', '-WhatIf'
        $LASTEXITCODE | Should -Be 0 -Because "$text"
        "$text" | Should -BeLike '*IPRange: *10.1.0.200-10.1.0.219*'
        "$((Get-ContainerNetwork lan).IPRange)" | Should -BeLike '10.1.0.200-10.1.0.203 *'
        $text = Invoke-Example grow-range 'lan', '-Free', '4', '-Count', '16'
        $LASTEXITCODE | Should -Be 0 -Because "$text"
        "$((Get-ContainerNetwork lan).IPRange[0])" | Should -Be 10.1.0.200-10.1.0.219
        Get-IpAddress box1 eth0 | Should -Be 10.1.0.200/24, fd01::10/64
        Invoke-Example grow-range 'lan', '-Free', '4', '-Count', '16' | Should -BeNullOrEmpty
        $text = Invoke-Example grow-range 'lan', '-Free', '300', '-Count', '100'
        $LASTEXITCODE | Should -Be 0 -Because "$text"
        $text = Invoke-Example grow-range 'lan', '-Free', '300', '-Count', '100'
        $LASTEXITCODE | Should -Be 1
        "$text" | Should -BeLike 'full: 10.1.0.0/24 of lan has * addresses left.*'
    }

    It 'move-network moves the networks of a link to another one, with their NICs, and reports what stays' {
        'link add lan0 type veth peer name lan0 netns wire', 'link set lan0 up' | ip -batch -
        ip -n wire link set lan0 up
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.1.0.0/24
        $null = New-MacvlanNetwork big eth0 -Subnet 10.2.0.0/24 -Mtu 1450
        $null = New-MacvlanNetwork mine -Subnet 10.3.0.0/24
        $null = New-NetworkNamespace box1, box2 | Connect-ContainerNic -Network lan
        $mac = (Get-IpLink eth0 -Namespace box1).address
        ip link set lan0 mtu 1400
        $text = Invoke-Example move-network '-From', 'eth0', '-To', 'lan0', '-WhatIf'
        $LASTEXITCODE | Should -Be 1
        (Get-ContainerNetwork).Parent | Where-Object { $_ -like '*0' } | Should -Be eth0, eth0
        $text = Invoke-Example move-network '-From', 'eth0', '-To', 'lan0'
        $LASTEXITCODE | Should -Be 1
        "$text" | Should -BeLike '*1450*lan is on lan0: 2 of 2 NICs are up*'
        $link = Get-IpLink eth0 -Namespace box1
        "$($link.link_index) $($link.address)" | Should -Be "$((Get-IpLink lan0).ifindex) $mac"
        ip link set lan0 mtu 1500
        $text = Invoke-Example move-network '-From', 'eth0', '-To', 'lan0'
        $LASTEXITCODE | Should -Be 0 -Because "$text"
        "$text" | Should -Be 'big is on lan0: 0 of 0 NICs are up'
        $text = Invoke-Example move-network '-From', 'eth0', '-To', 'lan0'
        $LASTEXITCODE | Should -Be 0
        "$text" | Should -BeLike '*no network on eth0*'
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'quickstart changes nothing if a name is taken or the link is missing' {
        $null = New-NetworkNamespace tour-web1
        $before = (Get-KernelText) + (Get-StateRow)
        $text = Invoke-Example quickstart
        $LASTEXITCODE | Should -Be 1
        "$text" | Should -BeLike '*exist already: tour-web1.*'
        (Get-KernelText) + (Get-StateRow) | Should -Be $before
        Remove-NetworkNamespace tour-web1
        $text = Invoke-Example quickstart '-Parent', 'nosuch'
        $LASTEXITCODE | Should -Be 1
        "$text" | Should -BeLike "*no link 'nosuch.*"
    }

    It 'migrate-from-docker changes nothing with -WhatIf, and fails if Docker does, or with a network that cannot be moved' {
        $folder = (New-Item (Join-Path $TestDrive programs) -ItemType Directory).FullName
        $inspection = '[{"Name":"NAME","Driver":"macvlan","Options":{"parent":"PARENT"},"IPAM":{"Config":[{"Subnet":"10.6.0.0/24","Gateway":"10.6.0.254"}]},
            "Containers":{"4e1f0c2b7a9d":{"Name":"web1","IPv4Address":"10.6.0.9/24","IPv6Address":""}}}]' -replace '\s'
        Set-Content $folder/docker @"
#!/bin/sh
case "`$*" in
    'network ls'*) echo good ;;
    'network inspect good') echo '$($inspection -creplace 'NAME', 'good' -creplace 'PARENT', 'eth0')' ;;
    'network inspect bad') echo '$($inspection -creplace 'NAME', 'bad' -creplace 'PARENT', 'nosuch')' ;;
    *) exit 7 ;;
esac
"@
        chmod +x $folder/docker
        $through = 'env', "PATH=${folder}:$env:PATH"
        $text = Invoke-Example migrate-from-docker '-WhatIf' -Through $through
        $LASTEXITCODE | Should -Be 0 -Because "$text"
        "$text" | Should -BeLike '*web1, 10.6.0.9*'
        Get-ContainerNetwork | Should -BeNullOrEmpty
        $text = Invoke-Example migrate-from-docker bad -Through $through
        $LASTEXITCODE | Should -Be 1
        "$text" | Should -BeLike "*'nosuch'*"
        $text = Invoke-Example migrate-from-docker unknown -Through $through
        $LASTEXITCODE | Should -Be 1
        "$text" | Should -BeLike '*network inspect unknown failed*'
    }
}

Describe 'The runbook with VLANs' {
    BeforeEach { Reset-ExampleHost }

    It 'vlan-trunk makes what the table has, follows its changes, and leaves other networks alone' {
        $table = Join-Path $TestDrive rack7.csv
        $null = New-MacvlanNetwork mine -Subnet 10.99.0.0/24
        $null = New-MacvlanNetwork direct eth0 -Subnet 10.98.0.0/24 -WarningAction Ignore
        Set-Content $table 'Name,VlanId,Subnet,Gateway,Kind', 'web,50,10.50.0.0/24,10.50.0.254,macvlan', 'db,60,10.60.0.0/24,,ipvlan', 'old,90,10.90.0.0/24,,macvlan'
        $text = Invoke-Example vlan-trunk $table, '-Trunk', 'eth0'
        $LASTEXITCODE | Should -Be 0 -Because "$text"
        "$text" | Should -BeLike '*web*Created*db*Created*old*Created*'
        "$text" | Should -Not -BeLike '*WARNING*'
        (Get-IpLink | Where-Object { (Get-Text $_ linkinfo) -and $_.linkinfo.info_kind -eq 'vlan' }).linkinfo.info_data.id | Sort-Object | Should -Be 50, 60, 90
        "$((Get-ContainerNetwork web).Subnets.Gateway)" | Should -Be 10.50.0.254
        # One with another VLAN, one in use with another subnet, one that is new, one that is gone.
        $null = New-NetworkNamespace box1 | Connect-ContainerNic -Network db
        Set-Content $table 'Name,VlanId,Subnet,Gateway,Kind', 'web,51,10.50.0.0/24,10.50.0.254,macvlan', 'db,60,10.61.0.0/24,,ipvlan', 'new,70,10.70.0.0/24,,macvlan'
        $text = Invoke-Example vlan-trunk $table, '-Trunk', 'eth0'
        $LASTEXITCODE | Should -Be 1
        "$text" | Should -BeLike '*db*Failed*'
        ($text -like '*WARNING*') -replace '^WARNING: ' | Should -Be "old is on eth0.90, and not in $table."
        (Get-ContainerNetwork web).Parent | Should -Be eth0.51
        "$((Get-ContainerNetwork db, new).Subnets)" | Should -Be '10.60.0.0/24 10.70.0.0/24'
        "$(Get-ContainerNetwork direct, mine)" | Should -Be 'direct mine'
    }

    It 'quickstart works on a link of the host, beside other networks, and leaves nothing' {
        $null = New-MacvlanNetwork web -Parent eth0.50 -Subnet 192.168.50.0/24
        $null = New-NetworkNamespace web1 | Connect-ContainerNic -Network web
        $before = (Get-KernelText) + (Get-StateRow)
        $text = Invoke-Example quickstart '-Parent', 'eth0'
        $LASTEXITCODE | Should -Be 0 -Because "$text"
        @($text -match 'as expected$') | Should -HaveCount 7
        (Get-KernelText) + (Get-StateRow) | Should -Be $before
    }
}
