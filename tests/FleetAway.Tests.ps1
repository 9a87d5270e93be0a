# Networks on a segment while its database is away, comes back, hangs, or is another server after a failover.
# Starts first, because it takes long.

BeforeDiscovery {
    . $PSScriptRoot/fleet/Servers.ps1
    $one = @{ Problem = Get-PostgresProblem }
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    . $PSScriptRoot/fleet/Servers.ps1
    . $PSScriptRoot/fleet/Hosts.ps1
    Initialize-TestHost

    function Register-Here([object[]]$Server, [int]$TimeoutSeconds) {
        # This process as a host of servers that have the same roles.
        $null = Register-AddressDatabase fleet (Get-FleetConnection @{ Name = 'here' } $Server) -PasswordFile $password -TimeoutSeconds $TimeoutSeconds
    }

    function New-Here([object]$Server) {
        Initialize-FleetDatabase $Server
        New-HostRole $Server here 'a secret of here'
    }

    function Get-Held([object]$Server) { Invoke-PostgresSql $Server 'SELECT host(address) FROM macipvlan.holders WHERE nic IS NOT NULL ORDER BY address' }
}

AfterAll {
    Stop-PostgresServer
    Clear-TestHost
}

Describe 'The database of a segment' -Tag Native, Once -ForEach $one {
    BeforeAll {
        if ($Problem) { return }
        New-FleetWire
        $password = "$(New-HostFolder)/here"
        Set-PrivateContent $password 'a secret of here'
        $null = 1..4 | ForEach-Object { "c$_" } | New-NetworkNamespace
        # Two servers of which the second has each commit of the first.
        $server = Start-PostgresServer -Address 10.9.0.1
        New-Here $server
        $replica = Start-PostgresServer -Address 10.9.0.1 -Standby $server -Synchronous
        Register-Here $replica, $server 30
        $null = New-MacvlanNetwork lan eth0 -Subnet 10.50.0.0/24 -NoGateway -AddressDatabase fleet -Segment strict
        $null = New-MacvlanNetwork lax eth0 -Subnet 10.51.0.0/24 -NoGateway -AddressDatabase fleet -Segment lax -AwayPolicy Reconcile
        $null = 'c1', 'c2' | Connect-ContainerNic lan
    }

    BeforeEach { if ($Problem) { Set-ItResult -Skipped -Because $Problem } }

    It 'can be away: what is on record here goes on' {
        Stop-PostgresServer $replica, $server -Immediate
        # As short as a user may want it.
        Set-StateRow 'UPDATE address_databases SET timeout = 1'
        (Test-AddressDatabase fleet).Status | Should -Be Unavailable
        (Get-ContainerNic -Network lan).State | Should -Be Up, Up
        Test-ContainerNetwork lan -WarningVariable told -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        "$told" | Should -BeLike '*can''t be reached*'
        Show-ContainerNetwork lan | Out-String | Should -BeLike '*10.50.0.1/24*'
        $addresses = Get-ContainerNetworkAddress lan -Kind Nic -WarningVariable told -WarningAction SilentlyContinue
        "$($addresses.IPAddress)" | Should -Be '10.50.0.1 10.50.0.2'
        "$told" | Should -BeLike 'Only the addresses that this host has*'
        ip -n c2 link delete eth0
        $restored = Restore-ContainerNetwork lan -WarningAction SilentlyContinue | Where-Object Result -EQ Restored
        $restored.Name | Should -Be c2/eth0
        Get-IpAddress c2 eth0 | Should -Be 10.50.0.2/24
        Test-Ping c1 10.50.0.2 | Should -BeTrue
    }

    It 'can be away: a new address is one error' {
        $failure = { Connect-ContainerNic lan c3 -ErrorAction Stop } | Should -Throw -ErrorId 'AddressDatabaseUnavailable,*' -PassThru
        "$failure" | Should -BeLike "The network 'lan' can't allocate an address now. The address database 'fleet' can't be reached: *"
        # The second and third don't wait for it again.
        $failures = 'c3', 'c4' | Connect-ContainerNic lan -ErrorAction SilentlyContinue -ErrorVariable found
        $found.FullyQualifiedErrorId | Should -BeLike 'AddressDatabaseUnavailable,*'
        $failures | Should -BeNullOrEmpty
        { Connect-ContainerNic lan c3 -IPAddress 10.50.0.9 -ErrorAction Stop } | Should -Throw -ErrorId 'AddressDatabaseUnavailable,*'
        Get-ContainerNic -Namespace c3 -ErrorAction Ignore | Should -BeNullOrEmpty
        Get-IpLink -Namespace c3 | Where-Object ifname -NE lo | Should -BeNullOrEmpty
    }

    It 'can be away: a requested address is used where the segment permits it' {
        $nic = Connect-ContainerNic lax c3 -IPAddress 10.51.0.9 -WarningVariable told -WarningAction SilentlyContinue
        "$($nic.IPAddress)" | Should -Be 10.51.0.9/24
        "$told" | Should -BeLike '*will be confirmed*'
        { Connect-ContainerNic lax c4 -IPAddress 10.51.0.9 -ErrorAction Stop -WarningAction Ignore } | Should -Throw -ErrorId 'AddressInUse,*'
        { Connect-ContainerNic lax c4 -ErrorAction Stop } | Should -Throw -ErrorId 'AddressDatabaseUnavailable,*'
    }

    It 'can be away: what is free is told later, also what a removed network had' {
        Disconnect-ContainerNic -Namespace c2 -WarningVariable told -WarningAction SilentlyContinue
        "$told" | Should -BeLike '*isn''t told yet*'
        (Get-AddressDatabase fleet).PendingNoticeCount | Should -BeGreaterThan 0
        # Without the other one, nothing is committed.
        Restart-PostgresServer $server
        Restart-PostgresServer $replica
        Set-StateRow 'UPDATE address_databases SET timeout = 30'
        Get-Held $server | Should -Be 10.50.0.1, 10.50.0.2
        $test = Test-AddressDatabase fleet
        "$($test.Status) $($test.PendingNoticeCount)" | Should -Be 'Ready 0'
        Get-Held $server | Should -Be 10.50.0.1
        (Get-AddressDatabase fleet).PendingNoticeCount | Should -Be 0
    }

    It 'confirms what was requested while it was away' {
        (Test-ContainerNetwork lax).Kind | Should -Be AddressReclaimed
        (Repair-ContainerNetwork lax).IsRepaired | Should -BeTrue
        Get-Held $server | Should -Be 10.50.0.1, 10.51.0.9
        Test-ContainerNetwork | Should -BeNullOrEmpty
    }

    It 'can hang: no command waits for longer than it is told to' {
        Suspend-PostgresServer $server
        try {
            Set-StateRow 'UPDATE address_databases SET timeout = 2'
            { Connect-ContainerNic lan c4 -ErrorAction Stop } | Should -Throw -ErrorId 'AddressDatabaseUnavailable,*'
            (Get-ContainerNic -Network lan).State | Should -Be Up
        }
        finally { Resume-PostgresServer $server }
        Set-StateRow 'UPDATE address_databases SET timeout = 30'
        "$((Connect-ContainerNic lan c4).IPAddress)" | Should -Be 10.50.0.2/24
        Disconnect-ContainerNic -Namespace c4
        Get-Held $server | Should -Be 10.50.0.1, 10.51.0.9
    }

    It 'can be another server after a failover, which a command that runs follows' {
        $watch = Start-Shell 'Watch-ContainerNic'
        try {
            Wait-Fleet 'no heartbeat comes' { (Invoke-PostgresSql $server 'SELECT bool_or(beats) FROM macipvlan.hosts') -eq 't' }
            Stop-PostgresServer $server -Kill
            Invoke-PostgresPromotion $replica
            $before = Invoke-PostgresSql $replica 'SELECT max(seen_at) FROM macipvlan.hosts'
            "$((Connect-ContainerNic lan c4).IPAddress)" | Should -Be 10.50.0.2/24
            Get-Held $replica | Should -Be 10.50.0.1, 10.50.0.2, 10.51.0.9
            Wait-Fleet 'no heartbeat follows' { (Invoke-PostgresSql $replica 'SELECT max(seen_at) FROM macipvlan.hosts') -gt $before }
            Test-ContainerNetwork | Should -BeNullOrEmpty
        }
        finally { $watch.Kill() }
    }

    It 'can have lost grants with a failover: they are had again' {
        # As a replica that wasn't waited for can.
        Invoke-PostgresSql $replica "DELETE FROM macipvlan.addresses WHERE address = '10.50.0.2'"
        (Test-ContainerNetwork lan).Kind | Should -Be AddressReclaimed
        (Restore-ContainerNetwork lan | Where-Object Kind -EQ Nic).Result | Sort-Object -Unique | Should -Be InPlace, Restored
        Get-Held $replica | Should -Be 10.50.0.1, 10.50.0.2, 10.51.0.9
    }
}
