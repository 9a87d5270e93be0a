# Hosts that share the addresses of a segment, from a real PostgreSQL server with TLS: this process is one host, and namespaces on
# the same wire are others, each with a state of its own.

BeforeDiscovery {
    . $PSScriptRoot/fleet/Servers.ps1
    $one = @{ Problem = Get-PostgresProblem }
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    . $PSScriptRoot/fleet/Servers.ps1
    . $PSScriptRoot/fleet/Hosts.ps1
    . $PSScriptRoot/dhcp/Servers.ps1
    Initialize-TestHost

    function Get-Holder([string]$Network = 'lan') {
        # ADDRESS HOLDER of each address of NICs, on all hosts.
        Get-ContainerNetworkAddress $Network -Kind Nic | ForEach-Object { "$($_.IPAddress) $($_.Holder -replace '/.*')" }
    }

    function Connect-There([string]$Namespace, [string]$More = '') {
        Invoke-FleetHost $there "Connect-ContainerNic lan $Namespace -AnnounceCount 0 $More | ForEach-Object { `"`$(`$_.IPAddress)`" }"
    }
}

AfterAll {
    Stop-DhcpServer
    Stop-PostgresServer
    Clear-TestHost
}

Describe 'A segment that hosts share' -Tag Native, Once -ForEach $one {
    BeforeAll {
        if ($Problem) { return }
        New-FleetWire
        'link add seg0 type veth peer name seg1', 'link set seg1 master br0 up', 'link set seg0 up' | ip -batch -
        $null = 1..6 | ForEach-Object { "here$_", "there$_" } | New-NetworkNamespace
        $server = Start-PostgresServer -Address 10.9.0.1 -Setting @{ fsync = 'off' }
        Initialize-FleetDatabase $server
        $there = New-FleetHost $server 1
        # This process is a host too, with a role of its own.
        New-HostRole $server here 'a secret of here'
        $password = "$(New-HostFolder)/here"
        Set-PrivateContent $password 'a secret of here'
        $connection = Get-FleetConnection @{ Name = 'here' } $server
        $null = Register-AddressDatabase fleet $connection -PasswordFile $password -TimeoutSeconds 30
        $null = New-MacvlanNetwork lan seg0 -Subnet 10.50.0.0/24, fd50::/64 -ExcludeAddress 10.50.0.3 -AddressDatabase fleet -Segment vlan50
        $joined = Invoke-FleetHost $there (@(
                "`$null = Register-AddressDatabase fleet '$(Get-FleetConnection $there $server)' -PasswordFile '$($there.PasswordFile)' -TimeoutSeconds 30"
                'New-MacvlanNetwork lan eth0 -AddressDatabase fleet -Segment VLAN50 | ForEach-Object { "$($_.Subnet) $($_.Gateway) $($_.ExcludeAddress) $($_.Segment)" }'
            ) -join '; ')
    }

    AfterAll { if (-not $Problem) { Stop-PostgresServer } }

    BeforeEach { if ($Problem) { Set-ItResult -Skipped -Because $Problem } }

    AfterEach {
        if ($Problem) { return }
        Get-ContainerNic | Disconnect-ContainerNic -WarningAction Ignore
    }

    It 'is ready, encrypted, and known by the role of the host' {
        $test = Test-AddressDatabase fleet
        $test.Status | Should -Be Ready
        $test.Role | Should -Be here
        $test.IsEncrypted | Should -BeTrue
        $test.Server | Should -Be "10.9.0.1:$($server.Port)"
    }

    It 'is defined by the first host, and taken over by others' {
        $joined | Should -Be '10.50.0.0/24 fd50::/64 10.50.0.1 10.50.0.3 VLAN50'
        $lines = Invoke-FleetHost $there '(Get-ContainerNetwork lan).Subnets | ForEach-Object { "free:$($_.Free)" }'
        $lines | Should -Be 'free:', 'free:'
    }

    It 'gives no address to two hosts, and their containers reach each other' {
        $here = Connect-ContainerNic lan here1
        $other = Connect-There there1
        "$($here.IPAddress)" | Should -Be '10.50.0.2/24 fd50::1/64'
        $other | Should -Be '10.50.0.4/24 fd50::2/64'
        Test-Ping here1 10.50.0.4 | Should -BeTrue
        Test-Ping there1 fd50::1 | Should -BeTrue
        Get-IpAddress there1 eth0 | Should -Be 10.50.0.4/24, fd50::2/64
        Get-Holder | Should -Be '10.50.0.2 here1', '10.50.0.4 there1', 'fd50::1 here1', 'fd50::2 there1'
        (Get-ContainerNetworkAddress lan -IPAddress 10.50.0.4).Host | Should -Be ([Environment]::MachineName)
        $null = Invoke-FleetHost $there 'Disconnect-ContainerNic -Namespace there1'
        Get-Holder | Should -Be '10.50.0.2 here1', 'fd50::1 here1'
        # The lowest free one is free again.
        "$((Connect-ContainerNic lan here2).IPAddress[0])" | Should -Be 10.50.0.4/24
    }

    It 'refuses an address that another host has, and says who has it' {
        $null = Connect-There there1 '-IPAddress 10.50.0.77'
        $failure = { Connect-ContainerNic lan here1 -IPAddress 10.50.0.77 -ErrorAction Stop } | Should -Throw -ErrorId 'AddressInUse,*' -PassThru
        "$failure" | Should -Be "The address 10.50.0.77 is taken by there1 on host $([Environment]::MachineName)."
        $null = Invoke-FleetHost $there 'Disconnect-ContainerNic -Namespace there1'
        "$((Connect-ContainerNic lan here1 -IPAddress 10.50.0.77).IPAddress[0])" | Should -Be 10.50.0.77/24
    }

    It 'follows changes of NICs, which get no address of another host' {
        $null = Connect-ContainerNic lan here1
        $null = Connect-There there1 '-IPAddress 10.50.0.77'
        $failure = Get-Failure { Set-ContainerNic lan here1 -IPAddress 10.50.0.77 }
        "$($failure.What) $($failure.Message)" | Should -BeLike "AddressInUse *The address 10.50.0.77 is taken by there1 on host $([Environment]::MachineName)."
        Get-IpAddress here1 eth0 | Should -Be 10.50.0.2/24, fd50::1/64
        Get-Holder | Should -Be '10.50.0.2 here1', '10.50.0.77 there1', 'fd50::1 here1', 'fd50::2 there1'
        Set-ContainerNic lan here1 -IPAddress 10.50.0.9
        Get-IpAddress here1 eth0 | Should -Be 10.50.0.9/24, fd50::1/64
        Set-ContainerNic lan here1 -AddAddressFamily IPv4
        Get-IpAddress here1 eth0 | Should -Be 10.50.0.9/24, 10.50.0.2/24, fd50::1/64
        Get-Holder | Should -Be '10.50.0.2 here1', '10.50.0.9 here1', '10.50.0.77 there1', 'fd50::1 here1', 'fd50::2 there1'
        Set-ContainerNic lan here1 -RemoveIPAddress 10.50.0.9, fd50::1 -NewName wan0
        Get-IpAddress here1 wan0 | Should -Be 10.50.0.2/24
        Get-Holder | Should -Be '10.50.0.2 here1', '10.50.0.77 there1', 'fd50::2 there1'
        Connect-There there2 | Should -Be '10.50.0.4/24 fd50::1/64'
        Test-Ping here1 10.50.0.4 | Should -BeTrue
        Test-ContainerNetwork | Should -BeNullOrEmpty
        $null = Invoke-FleetHost $there 'Get-ContainerNic | Disconnect-ContainerNic'
    }

    It 'takes in NICs that move to it, and those of its networks that are moved to another parent' {
        'link add own0 type veth peer name own1', 'link set own1 up', 'link set own0 up' | ip -batch -
        $null = New-MacvlanNetwork own own0 -Subnet 10.60.0.0/24
        $null = Connect-ContainerNic own here1
        (Move-ContainerNic own here1 -DestinationNetwork lan -PassThru).IPAddress | Should -Be 10.50.0.2/24, fd50::1/64
        (Move-ContainerNic lan here1 -Destination here2 -PassThru).IPAddress | Should -Be 10.50.0.2/24, fd50::1/64
        Get-IpAddress here2 eth0 | Should -Be 10.50.0.2/24, fd50::1/64
        (Get-IpLink -Namespace here1).ifname | Should -Be lo
        Get-Holder | Should -Be '10.50.0.2 here2', 'fd50::1 here2'
        Connect-There there1 | Should -Be '10.50.0.4/24 fd50::2/64'
        Test-Ping here2 10.50.0.4 | Should -BeTrue
        Set-MacvlanNetwork lan -Mtu 1400 -Route '10.9.0.0/16 via 10.50.0.3' -MaximumBandwidth 50Mbit
        (Get-IpLink eth0 -Namespace here2).mtu | Should -Be 1400
        (Get-IpRoute here2 | Where-Object dst -EQ 10.9.0.0/16).gateway | Should -Be 10.50.0.3
        (Get-Failure { Set-MacvlanNetwork lan -AddSubnet 10.51.0.0/24 }).What | Should -BeLike 'SegmentDiffers *'
        Set-MacvlanNetwork lan -Parent own0 -Mtu $null -Route $null -MaximumBandwidth $null
        Get-IpAddress here2 eth0 | Should -Be 10.50.0.2/24, fd50::1/64
        (Get-IpLink eth0 -Namespace here2).link_index | Should -Be (Get-IpLink own0).ifindex
        Set-MacvlanNetwork lan -Parent seg0
        Test-Ping here2 10.50.0.4 | Should -BeTrue
        (Move-ContainerNic lan here2 -DestinationNetwork own -PassThru).IPAddress | Should -Be 10.60.0.2/24
        Get-Holder | Should -Be '10.50.0.4 there1', 'fd50::2 there1'
        Test-ContainerNetwork | Should -BeNullOrEmpty
        $null = Invoke-FleetHost $there 'Get-ContainerNic | Disconnect-ContainerNic'
        Remove-MacvlanNetwork own -Force
        ip link delete own0
    }

    It 'keeps addresses that an administrator reserves' {
        Invoke-PostgresSql $server "INSERT INTO macipvlan.addresses (segment_id, prefix, address, kind, holder)
            SELECT segment_id, prefix, '10.50.0.2', 'Reserved', 'printer' FROM macipvlan.subnets WHERE prefix = '10.50.0.0/24'"
        "$((Connect-ContainerNic lan here1).IPAddress[0])" | Should -Be 10.50.0.4/24
        (Get-ContainerNetworkAddress lan -IPAddress 10.50.0.2).Holder | Should -Be printer
        $failure = { Connect-ContainerNic lan here2 -IPAddress 10.50.0.2 -ErrorAction Stop } | Should -Throw -ErrorId 'AddressInUse,*' -PassThru
        "$failure" | Should -BeLike '*is taken by a reservation for printer.'
        Invoke-PostgresSql $server "DELETE FROM macipvlan.addresses WHERE kind = 'Reserved'"
    }

    It 'is one definition: another one is refused with what differs' {
        $failure = { New-MacvlanNetwork other seg0 -Subnet 10.50.0.0/24 -Gateway 10.50.0.9 -AddressDatabase fleet -Segment vlan50 -ErrorAction Stop } |
            Should -Throw -ErrorId 'SegmentDiffers,*' -PassThru
        "$failure" | Should -BeLike '*Subnet*fd50::/64*Gateway*10.50.0.1*'
        { New-MacvlanNetwork other br0 -Subnet 10.50.0.0/25 -AddressDatabase fleet -Segment vlan51 -ErrorAction Stop } |
            Should -Throw -ErrorId 'SegmentDiffers,*'
        Get-ContainerNetwork other -ErrorAction Ignore | Should -BeNullOrEmpty
        # On one parent, the same subnet has one book.
        { New-MacvlanNetwork other seg0 -Subnet 10.50.0.0/24 -ErrorAction Stop } | Should -Throw -ErrorId 'SubnetOverlap,*'
        { New-MacvlanNetwork other seg0 -AddressDatabase fleet -Segment nowhere -ErrorAction Stop } | Should -Throw -ErrorId 'SegmentNotFound,*'
        { New-MacvlanNetwork other seg0 -Segment vlan50 -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidParameter,*'
        { New-MacvlanNetwork other seg0 -AddressDatabase flete -Segment vlan50 -ErrorAction Stop } | Should -Throw -ErrorId 'AddressDatabaseNotFound,*'
    }

    It 'goes through export and import' {
        Export-ContainerNetwork lan | ForEach-Object { $_ -replace '"lan"', '"copy"' } | Set-Content $TestDrive/copy.json
        Get-Content $TestDrive/copy.json -Raw | Should -BeLike '*"addressDatabase": "fleet"*"segment": "vlan50"*'
        (Import-ContainerNetwork $TestDrive/copy.json).Result | Should -Be Created
        $copy = Get-ContainerNetwork copy
        "$($copy.AddressDatabase) $($copy.Segment) $($copy.Subnet)" | Should -Be 'fleet vlan50 10.50.0.0/24 fd50::/64'
        (Import-ContainerNetwork $TestDrive/copy.json).Result | Should -Be InPlace
        # One that says nothing of addresses has those of its segment.
        $text = @{ format = 'macipvlan'; version = 1; networks = @(@{ name = 'copy'; kind = 'macvlan'; parent = 'seg0'; addressDatabase = 'fleet'; segment = 'vlan50' }) } | ConvertTo-Json -Depth 4
        Set-Content $TestDrive/short.json $text
        (Import-ContainerNetwork $TestDrive/short.json).Result | Should -Be InPlace
        Remove-MacvlanNetwork copy
        (Import-ContainerNetwork $TestDrive/short.json).Result | Should -Be Created
        "$((Get-ContainerNetwork copy).Subnet)" | Should -Be '10.50.0.0/24 fd50::/64'
        Remove-MacvlanNetwork copy
        Set-Content $TestDrive/short.json ($text -replace 'vlan50', 'nowhere')
        { Import-ContainerNetwork $TestDrive/short.json -ErrorAction Stop } | Should -Throw -ErrorId 'SegmentNotFound,*'
        Invoke-PostgresSql $server 'SELECT count(*) FROM macipvlan.members' | Should -Be 2
    }

    It 'probes, and remembers the stations of others for all hosts' {
        ip -n wire link set eth0 down
        'link add alien type veth peer name alien1', 'link set alien1 master br0 up', 'link set alien netns wire' | ip -batch -
        'link set alien up', 'address add 10.50.0.2/24 dev alien' | ip -n wire -batch -
        $nic = Connect-ContainerNic lan here1 -ProbeAddress -WarningVariable told -WarningAction SilentlyContinue
        "$($nic.IPAddress[0])" | Should -Be 10.50.0.4/24
        "$told" | Should -BeLike '*10.50.0.2 is in use on the wire*'
        (Get-ContainerNetworkAddress lan -IPAddress 10.50.0.2).Kind | Should -Be Foreign
        Connect-There there1 | Should -BeLike '10.50.0.5/24*'
        $null = Invoke-FleetHost $there 'Disconnect-ContainerNic -Namespace there1'
        ip -n wire link delete alien
        # Who asks for it gets it: it is probed again.
        "$((Connect-ContainerNic lan here2 -IPAddress 10.50.0.2 -ProbeAddress).IPAddress[0])" | Should -Be 10.50.0.2/24
    }

    It 'gives the host itself an address' {
        $access = Enable-HostAccess lan
        "$($access.IPAddress)" | Should -Be '10.50.0.2/32 fd50::1/128'
        Connect-There there1 | Should -BeLike '10.50.0.4/24*'
        "$((Connect-ContainerNic lan here1).IPAddress[0])" | Should -Be 10.50.0.5/24
        Test-Ping '' 10.50.0.5 | Should -BeTrue
        Disable-HostAccess lan
        Disconnect-ContainerNic -Namespace here1
        $null = Invoke-FleetHost $there 'Disconnect-ContainerNic -Namespace there1'
        Get-Holder | Should -BeNullOrEmpty
    }

    It 'takes away what a host has, which finds out and gets another address' {
        $null = Connect-There there1
        Get-Holder | Should -Be '10.50.0.2 there1', 'fd50::1 there1'
        # The role of a host can't do it.
        { Remove-ContainerNetworkAddress lan -HostName $there.Name -Force -ErrorAction Stop } | Should -Throw -ErrorId 'AddressDatabaseUnsuitable,*'
        $null = Register-AddressDatabase admin "Host=$($server.SocketFolder);Port=$($server.Port);Database=postgres;Username=postgres"
        $id = Invoke-PostgresSql $server "SELECT id FROM macipvlan.hosts WHERE role = 'h1'"
        Remove-ContainerNetworkAddress lan -HostName $id -AddressDatabase admin -Force
        Get-Holder | Should -BeNullOrEmpty
        $null = Connect-ContainerNic lan here1
        Get-IpAddress there1 eth0 | Should -Be 10.50.0.2/24, fd50::1/64
        $lines = Invoke-FleetHost $there (@(
                'Test-ContainerNetwork lan | ForEach-Object { "$($_.Kind) $($_.Name) $($_.Expected): $($_.Actual)" }'
                # Who has it now, not this host's NIC.
                'Get-ContainerNetworkAddress lan -Kind Nic | ForEach-Object { "$($_.IPAddress) $($_.Holder -replace "/.*")" }'
                'Restore-ContainerNetwork lan | Where-Object Kind -EQ Nic | ForEach-Object { "$($_.Name) $($_.Result) $($_.Reason)" }'
                'Test-ContainerNetwork lan | ForEach-Object { "$($_.Kind)" }'
            ) -join '; ')
        $name = [Environment]::MachineName
        $lines | Should -Be "AddressReclaimed there1/eth0 10.50.0.2/24: here1 on host $name has it",
            "AddressReclaimed there1/eth0 fd50::1/64: here1 on host $name has it", '10.50.0.2 here1', 'fd50::1 here1',
            'there1/eth0 Restored Its segment has given 10.50.0.2/24, fd50::1/64 to another host. It has 10.50.0.4/24, fd50::2/64 now.'
        Get-IpAddress there1 eth0 | Should -Be 10.50.0.4/24, fd50::2/64
        Test-Ping there1 10.50.0.2 | Should -BeTrue
        $null = Invoke-FleetHost $there 'Disconnect-ContainerNic -Namespace there1'
        Unregister-AddressDatabase admin
    }

    It 'lets a host that lost nothing but its grants have them again' {
        $null = Connect-ContainerNic lan here1
        Invoke-PostgresSql $server "SELECT macipvlan.reclaim('$((Get-AddressDatabase fleet).HostId)', 'vlan50')" | Should -Be 2
        (Test-ContainerNetwork lan).Kind | Should -Be AddressReclaimed, AddressReclaimed
        (Restore-ContainerNetwork lan -WhatIf | Where-Object Result -EQ Skipped).Reason |
            Should -Be '10.50.0.2/24: the segment doesn''t have it on record.', 'fd50::1/64: the segment doesn''t have it on record.'
        (Repair-ContainerNetwork lan).IsRepaired | Should -Be $true, $true
        Test-ContainerNetwork lan | Should -BeNullOrEmpty
        Get-Holder | Should -Be '10.50.0.2 here1', 'fd50::1 here1'
        Get-IpAddress here1 eth0 | Should -Be 10.50.0.2/24, fd50::1/64
    }

    It 'frees what the state of a host has lost' {
        $null = Connect-ContainerNic lan here1
        Set-StateRow 'DELETE FROM leases; DELETE FROM runs; DELETE FROM nics'
        ip -n here1 link delete eth0
        (Test-ContainerNetwork lan).Kind | Should -Be LeaseWithoutNic, LeaseWithoutNic
        (Restore-ContainerNetwork | Where-Object Result -EQ Released) | Should -HaveCount 2
        Get-Holder | Should -BeNullOrEmpty
    }

    It 'can be changed by an administrator, and hosts record the change' {
        Invoke-PostgresSql $server "UPDATE macipvlan.subnets SET ranges = '{[10.50.0.100,10.50.0.199]}' WHERE prefix = '10.50.0.0/24'"
        $difference = Test-ContainerNetwork lan
        $difference.Kind | Should -Be SegmentChanged
        $difference.Actual | Should -BeLike '*10.50.0.100-10.50.0.199*'
        (Repair-ContainerNetwork lan).IsRepaired | Should -BeTrue
        "$((Get-ContainerNetwork lan).IPRange)" | Should -Be 10.50.0.100-10.50.0.199
        "$((Connect-ContainerNic lan here1).IPAddress[0])" | Should -Be 10.50.0.100/24
        Invoke-PostgresSql $server "UPDATE macipvlan.subnets SET ranges = '{}' WHERE prefix = '10.50.0.0/24'"
        (Repair-ContainerNetwork lan).IsRepaired | Should -BeTrue
    }

    It 'has no password on record, in messages or in errors' {
        $words = 'a secret of here', 'secret1'
        $text = & {
            Connect-ContainerNic lan here1 -Verbose
            Get-AddressDatabase | Format-List *
            Test-AddressDatabase | Format-List *
            Register-AddressDatabase wrong "Host=10.9.0.1;Username=here;Password=$($words[0])" -ErrorAction Continue
            Initialize-AddressDatabase -ConnectionString "Host=10.9.0.1;Username=here;Password=$($words[0])" -ErrorAction Continue -ErrorVariable failure
            $failure | Format-List * -Force
            "$($failure.TargetObject) $($failure.CategoryInfo)"
            $other = "$(New-HostFolder)/wrong"
            Set-PrivateContent $other "$($words[0]) "
            Register-AddressDatabase wrong $connection -PasswordFile $other
            Test-AddressDatabase wrong | Format-List *
            Unregister-AddressDatabase wrong
        } *>&1 | Out-String
        $text | Should -BeLike '*password authentication failed*'
        $words | ForEach-Object { $text | Should -Not -BeLike "*$_*" }
        $state = Split-Path $env:MACIPVLAN_STATE
        Get-ChildItem $state -File | ForEach-Object { [Text.Encoding]::Latin1.GetString([IO.File]::ReadAllBytes($_.FullName)) | Should -Not -Match ($words -join '|') }
    }

    It 'is asked anew by a test, which finds that the password has been changed' {
        (Test-AddressDatabase fleet).Status | Should -Be Ready
        Set-PrivateContent $password 'not the secret'
        (Test-AddressDatabase fleet).Status | Should -Be Unsuitable
        Set-PrivateContent $password 'a secret of here'
        (Test-AddressDatabase fleet).Status | Should -Be Ready
    }

    It 'is named by -WhatIf' {
        $lines = Invoke-FleetHost $there 'New-MacvlanNetwork more eth0 -AddressDatabase fleet -Segment vlan50 -WhatIf'
        "$lines" | Should -BeLike '*on the segment fleet/vlan50*'
    }

    It 'has addresses for NICs that no DHCP server answers, until one does' {
        $missing = Get-DhcpProblem Dnsmasq
        if ($missing) { return Set-ItResult -Skipped -Because $missing }
        $options = @{ Dhcp = $true; DhcpTimeoutSeconds = 1; AddressDatabase = 'fleet'; Segment = 'vlan60'; WarningAction = 'Ignore' }
        (New-MacvlanNetwork dynamic seg0 -DhcpFallback 10.60.0.10-10.60.0.20/24 @options).DhcpFallback | Should -Be 10.60.0.10-10.60.0.20/24
        # The other host takes it over.
        $lines = Invoke-FleetHost $there (@(
                '(New-MacvlanNetwork dynamic eth0 -Dhcp -DhcpTimeoutSeconds 1 -AddressDatabase fleet -Segment vlan60).DhcpFallback.ToString()'
                'Connect-ContainerNic dynamic there2 -WarningAction Ignore | ForEach-Object { "$($_.IPAddress)" }'
            ) -join '; ')
        $lines | Should -Be 10.60.0.10-10.60.0.20/24, 10.60.0.10/24
        "$((Connect-ContainerNic dynamic here1 -WarningAction Ignore).IPAddress)" | Should -Be 10.60.0.11/24
        Get-Holder dynamic | Should -Be '10.60.0.10 there2', '10.60.0.11 here1'
        Test-Ping here1 10.60.0.10 | Should -BeTrue
        'link add dhcp0 type veth peer name dhcp1', 'link set dhcp1 master br0 up', 'link set dhcp0 netns wire' | ip -batch -
        'address add 10.60.0.1/24 dev dhcp0', 'link set dhcp0 up' | ip -n wire -batch -
        $null = Start-DhcpServer Dnsmasq -Interface dhcp0 -Address 10.60.0.1/24 -Range 10.60.0.100, 10.60.0.110
        (Update-ContainerNic dynamic here1).IPAddress | Should -BeLike 10.60.0.1??/24
        Get-IpAddress here1 eth0 | Should -BeLike 10.60.0.1??/24
        Stop-DhcpServer
        ip -n wire link delete dhcp0
        # The next NIC can have the address that it doesn't need any longer.
        (Get-Holder dynamic) -join ', ' | Should -Match '^10\.60\.0\.10 there2, 10\.60\.0\.1\d\d here1$'
        "$((Connect-ContainerNic dynamic here2 -WarningAction Ignore).IPAddress)" | Should -Be 10.60.0.11/24
        Get-ContainerNic | Disconnect-ContainerNic -WarningAction Ignore
        $null = Invoke-FleetHost $there 'Disconnect-ContainerNic -Namespace there2 -WarningAction Ignore; Remove-MacvlanNetwork dynamic'
        Remove-MacvlanNetwork dynamic
        Invoke-PostgresSql $server "SELECT count(*) FROM macipvlan.segments WHERE name = 'vlan60'" | Should -Be 0
    }

    It 'can be behind PgBouncer' {
        $bouncer = Start-PgBouncer $server -Address 10.9.0.1 -Setting @{ default_pool_size = 1 }
        $null = Register-AddressDatabase bounced (Get-FleetConnection @{ Name = 'here' } $bouncer) -PasswordFile $password -TimeoutSeconds 30
        $test = Test-AddressDatabase bounced
        "$($test.Status) $($test.Role) $($test.Server)" | Should -Be "Ready here 10.9.0.1:$($bouncer.Port)"
        $null = New-MacvlanNetwork bounced seg0 -Subnet 10.61.0.0/24 -AddressDatabase bounced -Segment vlan61
        $nics = 'here1', 'here2', 'here3' | Connect-ContainerNic bounced
        "$($nics.IPAddress)" | Should -Be '10.61.0.2/24 10.61.0.3/24 10.61.0.4/24'
        Test-Ping here1 10.61.0.3 | Should -BeTrue
        # Its connection to the server is another one each time.
        Invoke-PostgresSql $server "SELECT count(pg_terminate_backend(pid)) > 0 FROM pg_stat_activity WHERE usename = 'here'" | Should -Be t
        Disconnect-ContainerNic -Namespace here2
        "$((Connect-ContainerNic bounced here4).IPAddress)" | Should -Be 10.61.0.3/24
        Test-ContainerNetwork bounced | Should -BeNullOrEmpty
        Get-ContainerNic -Network bounced | Disconnect-ContainerNic
        Remove-MacvlanNetwork bounced
        (Get-AddressDatabase bounced).PendingNoticeCount | Should -Be 0
        Unregister-AddressDatabase bounced
        Stop-PostgresServer $bouncer
    }

    It 'shows nothing of another host that a terminal would obey' {
        $null = Connect-ContainerNic lan here1
        Invoke-PostgresSql $server "UPDATE macipvlan.addresses SET nic = '00000000000000aa', holder = E'evil\x1b[2J' WHERE address = '10.50.0.2'"
        $escape = [char]27
        $address = Get-ContainerNetworkAddress lan -IPAddress 10.50.0.2
        $difference = Test-ContainerNetwork lan
        $difference.Kind | Should -Contain AddressReclaimed
        "$($address | Format-List * | Out-String) $($difference.Actual)" -replace "$escape\[[\d;]*m" | Should -Not -Match $escape
        $null = Repair-ContainerNetwork lan -WarningAction Ignore
    }

    It 'is used only by servers that prove who they are' {
        { Register-AddressDatabase x 'Host=db1;Username=here;SSL Mode=Require' -ErrorAction Stop } | Should -Throw -ErrorId 'AddressDatabaseUnsuitable,*'
        $null = Register-AddressDatabase x "Host=10.9.0.1;Port=$($server.Port);Database=postgres;Username=here" -PasswordFile $password
        $test = Test-AddressDatabase x
        $test.Status | Should -Be Unsuitable
        $test.Reason | Should -BeLike "*doesn't prove who it is*"
        Unregister-AddressDatabase x
        chmod 644 $password
        $null = Register-AddressDatabase x $connection -PasswordFile $password
        (Test-AddressDatabase x).Reason | Should -BeLike '*can be read by others*'
        chmod 600 $password
        Unregister-AddressDatabase x
    }

    It 'is created by SQL that -WhatIf shows' {
        Invoke-PostgresSql $server 'CREATE DATABASE another'
        $there = @{ ConnectionString = "Host=$($server.SocketFolder);Port=$($server.Port);Database=another;Username=postgres" }
        $sql = Initialize-AddressDatabase @there -WhatIf
        Invoke-PostgresSql $server "SELECT to_regclass('macipvlan.addresses')" -Database another | Should -BeNullOrEmpty
        Invoke-PostgresSql $server $sql -Database another
        Initialize-AddressDatabase @there -WhatIf | Should -BeNullOrEmpty
        Invoke-PostgresSql $server "SELECT count(*) FROM macipvlan.hosts" -Database another | Should -Be 0
    }

    It 'ends with its last network' {
        { Unregister-AddressDatabase fleet -ErrorAction Stop } | Should -Throw -ErrorId 'AddressDatabaseInUse,*'
        $null = Invoke-FleetHost $there 'Remove-MacvlanNetwork lan'
        Invoke-PostgresSql $server 'SELECT count(*) FROM macipvlan.segments' | Should -Be 1
        Remove-MacvlanNetwork lan
        Invoke-PostgresSql $server 'SELECT count(*) FROM macipvlan.segments' | Should -Be 0
        Unregister-AddressDatabase fleet
        Get-StateRow | Should -BeNullOrEmpty
    }
}
