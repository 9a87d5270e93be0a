# The rules of an address book that hosts share are in the schema of its database: neither a faulty client, nor a hostile one with
# the role of a host, nor an INSERT by hand breaks them. Clients here are psql and SQL, without the module's own client.

BeforeDiscovery {
    . $PSScriptRoot/fleet/Servers.ps1
    $one = @{ Problem = Get-PostgresProblem }
}

BeforeAll {
    . $PSScriptRoot/Support.ps1
    . $PSScriptRoot/fleet/Servers.ps1
    . $PSScriptRoot/fleet/Hosts.ps1
    Initialize-TestHost
    $hosts = '11111111-1111-1111-1111-111111111111', '22222222-2222-2222-2222-222222222222'
    $networks = ('a' * 64), ('b' * 64)

    function Invoke-Book([string]$Sql, [string]$User = 'postgres') {
        $password = if ($User -ne 'postgres') { @{ Password = "secret of $User" } } else { @{} }
        Invoke-PostgresSql $server $Sql -User $User @password
    }

    function Join-Book([int]$Number, [string]$Definition, [string]$User) {
        Invoke-Book "SELECT count(*) FROM macipvlan.attend('$($hosts[$Number])', 'node$Number', 'boot', false);
            SELECT macipvlan.join_segment('$($hosts[$Number])', '$($networks[$Number])', 'lan', '$Definition')" $User
    }

    function Get-Claim([int]$Number, [string]$Nic, [string]$Address) {
        $demand = if ($Address) { """$Address""" } else { 'null' }
        "{""network"": ""$($networks[$Number])"", ""nic"": ""$Nic"", ""holder"": ""web"", ""demands"":
            [{""ordinal"": 0, ""family"": 4, ""address"": $demand, ""isFallback"": false}]}"
    }

    function Get-Grant([int]$Number, [string]$Nic, [string]$Address, [string]$User = "node$Number") {
        Invoke-Book "SELECT coalesce(refusal, host(address)) FROM macipvlan.allocate('$($hosts[$Number])', 'wire', '{}', '[$(Get-Claim $Number $Nic $Address)]')" $User
    }

    function Get-Free { Invoke-Book 'SELECT host(first) || ''-'' || host(last) FROM macipvlan.free_runs ORDER BY last' }
}

AfterAll {
    Stop-PostgresServer
    Clear-TestHost
}

Describe 'The schema of an address book' -Tag Native, Once -ForEach $one {
    BeforeAll {
        if ($Problem) { return }
        $server = Start-PostgresServer
        Initialize-FleetDatabase $server
        foreach ($role in 'node0', 'node1') {
            New-PostgresRole $server $role "secret of $role"
            Invoke-Book "GRANT macipvlan_host TO $role"
        }

        $definition = '{"name": "wire", "awayPolicy": "Refuse", "graceSeconds": 60, "subnets": [{"prefix": "10.0.0.0/24", "gateway": "10.0.0.1",
            "ranges": [["10.0.0.1", "10.0.0.99"]], "excluded": [["10.0.0.5", "10.0.0.6"]], "isFallback": false}]}'
        Join-Book 0 $definition node0
        Join-Book 1 $definition node1
    }

    BeforeEach { if ($Problem) { Set-ItResult -Skipped -Because $Problem } }

    AfterEach { if (-not $Problem) { Invoke-Book 'DELETE FROM macipvlan.addresses; UPDATE macipvlan.hosts SET seen_at = now(), beats = false' } }

    It 'gives the lowest free address, once, and the same to who asks again' {
        0..3 | ForEach-Object { Get-Grant ($_ % 2) "000000000000000$_" } | Should -Be 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.7
        Get-Grant 0 0000000000000002 | Should -Be 10.0.0.4
        Invoke-Book "SELECT macipvlan.release('$($hosts[0])', '[{""nic"": ""0000000000000002"", ""epoch"": 9223372036854775807}]')" node0 | Should -Be 1
        Get-Grant 0 0000000000000009 | Should -Be 10.0.0.4
        Get-Grant 0 0000000000000008 10.0.0.4 | Should -Be AddressInUse
        # One that is requested can be outside the ranges, but not outside the subnet.
        Get-Grant 0 0000000000000008 10.0.0.200 | Should -Be 10.0.0.200
        Get-Grant 0 0000000000000007 10.0.1.1 | Should -Be InvalidAddress
        Get-Grant 0 0000000000000007 10.0.0.255 | Should -Be InvalidAddress
    }

    It 'refuses by hand: <Rule>' -ForEach @(
        @{ Rule = 'an address twice'; Sql = "INSERT INTO macipvlan.addresses (segment_id, prefix, address, kind) SELECT segment_id, prefix, '10.0.0.50', 'Reserved' FROM macipvlan.subnets, generate_series(1, 2)" }
        @{ Rule = 'an address outside its subnet'; Sql = "INSERT INTO macipvlan.addresses (segment_id, prefix, address, kind) SELECT segment_id, prefix, '10.0.1.50', 'Reserved' FROM macipvlan.subnets" }
        @{ Rule = 'the broadcast address'; Sql = "INSERT INTO macipvlan.addresses (segment_id, prefix, address, kind) SELECT segment_id, prefix, '10.0.0.255', 'Reserved' FROM macipvlan.subnets" }
        @{ Rule = 'an automatic address outside the ranges'; Sql = "INSERT INTO macipvlan.addresses (segment_id, prefix, address, kind, member_id, nic, ordinal) SELECT s.segment_id, prefix, '10.0.0.150', 'Pool', m.id, '00000000000000aa', 0 FROM macipvlan.subnets s JOIN macipvlan.members m ON m.segment_id = s.segment_id LIMIT 1" }
        @{ Rule = 'an excluded automatic address'; Sql = "INSERT INTO macipvlan.addresses (segment_id, prefix, address, kind, member_id, nic, ordinal) SELECT s.segment_id, prefix, '10.0.0.5', 'Pool', m.id, '00000000000000aa', 0 FROM macipvlan.subnets s JOIN macipvlan.members m ON m.segment_id = s.segment_id LIMIT 1" }
        @{ Rule = 'overlapping subnets'; Sql = "INSERT INTO macipvlan.segments (name) VALUES ('other'); INSERT INTO macipvlan.subnets (segment_id, prefix, ordinal) SELECT id, '10.0.0.0/16', 0 FROM macipvlan.segments WHERE name = 'other'" }
        @{ Rule = 'another address in the place of one'; Sql = "INSERT INTO macipvlan.addresses (segment_id, prefix, address, kind) SELECT segment_id, prefix, '10.0.0.50', 'Reserved' FROM macipvlan.subnets; UPDATE macipvlan.addresses SET address = '10.0.0.51'" }
        @{ Rule = 'to forget all addresses at once'; Sql = 'TRUNCATE macipvlan.addresses' }
    ) {
        # psql runs the statements one by one, so what a transaction would undo stays until the end of this test.
        { Invoke-Book "BEGIN; $Sql; COMMIT" } | Should -Throw
        Invoke-Book "SELECT count(*) FROM macipvlan.addresses" | Should -Be 0
        Invoke-Book "SELECT count(*) FROM macipvlan.segments" | Should -Be 1
    }

    It 'knows what is free after any change by hand' {
        Get-Free | Should -Be 10.0.0.2-10.0.0.4, 10.0.0.7-10.0.0.99
        Invoke-Book "INSERT INTO macipvlan.addresses (segment_id, prefix, address, kind) SELECT segment_id, prefix, a::inet, 'Reserved'
            FROM macipvlan.subnets, unnest(ARRAY['10.0.0.2', '10.0.0.50', '10.0.0.99', '10.0.0.120']) AS a"
        # Runs can be cut, so what matters is what they have in all.
        $free = "SELECT sum(last - first + 1) FROM macipvlan.free_runs"
        Invoke-Book $free | Should -Be 93
        Invoke-Book 'DELETE FROM macipvlan.addresses'
        Invoke-Book $free | Should -Be 96
        Invoke-Book "UPDATE macipvlan.subnets SET ranges = '{[10.0.0.10,10.0.0.19]}'"
        Invoke-Book $free | Should -Be 10
        Invoke-Book "UPDATE macipvlan.subnets SET ranges = '{[10.0.0.1,10.0.0.99]}'"
        Invoke-Book $free | Should -Be 96
    }

    It 'gives the role of a host nothing else: <Sql>' -ForEach @(
        'SELECT * FROM macipvlan.addresses', 'DELETE FROM macipvlan.addresses', 'SELECT * FROM macipvlan.hosts', 'SELECT rolpassword FROM pg_authid'
        "UPDATE macipvlan.hosts SET role = 'node1'", 'DROP SCHEMA macipvlan CASCADE', 'CREATE TABLE macipvlan.x (i integer)', 'SET ROLE macipvlan_owner'
        "SELECT macipvlan.reclaim('node0', NULL)", "SELECT macipvlan.take_away(1, NULL)", "SELECT macipvlan.own_host('11111111-1111-1111-1111-111111111111')"
        "SELECT macipvlan.held_by('11111111-1111-1111-1111-111111111111')"
        "SELECT macipvlan.release('11111111-1111-1111-1111-111111111111', '[]')"
        "SELECT macipvlan.leave_segment('11111111-1111-1111-1111-111111111111', '$('a' * 64)')"
        "SELECT macipvlan.attend('11111111-1111-1111-1111-111111111111', 'x', 'boot', true)"
        "SELECT macipvlan.allocate('11111111-1111-1111-1111-111111111111', 'wire', '{}', '[]')"
    ).ForEach{ @{ Sql = $_ } } {
        { Invoke-Book $Sql node1 } | Should -Throw -ExpectedMessage '*42501*'
    }

    It 'runs its functions with nothing of the caller''s' {
        Get-Grant 0 0000000000000001 10.0.0.9 | Should -Be 10.0.0.9
        Invoke-Book "CREATE TEMP TABLE hosts (number integer, id uuid, role name); INSERT INTO hosts VALUES (1, '$($hosts[0])', 'node1');
            SET search_path = pg_temp, public; SELECT count(*) FROM macipvlan.held_by('$($hosts[1])') WHERE nic IS NOT NULL" node1 | Should -Be 0
        { Invoke-Book "CREATE TEMP TABLE hosts (number integer, id uuid, role name); INSERT INTO hosts VALUES (1, '$($hosts[0])', 'node1');
            SELECT macipvlan.release('$($hosts[0])', '[]')" node1 } | Should -Throw -ExpectedMessage '*42501*'
        Get-Grant 1 0000000000000002 10.0.0.9 | Should -Be AddressInUse
    }

    It 'takes the addresses of a silent host away only for others that need them, and only if it sent heartbeats' {
        2..4 + 7..99 | ForEach-Object { $i = 0 } { $i++; '{0:x16}' -f $i } | ForEach-Object -Begin { $claims = @() } -Process { $claims += Get-Claim 0 $_ } -End {
            Invoke-Book "SELECT count(*) FROM macipvlan.allocate('$($hosts[0])', 'wire', '{}', '[$($claims -join ',')]')" node0 | Should -Be 96
        }
        Get-Grant 1 00000000000000ff | Should -Be AddressesExhausted
        Invoke-Book "UPDATE macipvlan.hosts SET seen_at = now() - interval '2 minutes' WHERE name = 'node0'"
        Get-Grant 1 00000000000000ff | Should -Be AddressesExhausted
        Invoke-Book "UPDATE macipvlan.hosts SET seen_at = now() - interval '2 minutes', beats = true WHERE name = 'node0'"
        $epoch = Invoke-Book "SELECT epoch FROM macipvlan.hosts WHERE name = 'node0'"
        Get-Grant 1 00000000000000ff | Should -Be 10.0.0.2
        Invoke-Book "SELECT epoch > $epoch FROM macipvlan.hosts WHERE name = 'node0'" | Should -Be t
        # What it lost isn't its own any longer.
        Invoke-Book "SELECT macipvlan.release('$($hosts[0])', '[{""nic"": ""0000000000000001"", ""epoch"": 9223372036854775807}]')" node0 | Should -Be 0
        Invoke-Book "SELECT count(*) FROM macipvlan.addresses" | Should -Be 1
    }

    It 'gives many clients different addresses, whoever ends their sessions' {
        $jobs = foreach ($client in 1..12) {
            $sql = 1..8 | ForEach-Object { "SELECT count(*) FROM macipvlan.allocate('$($hosts[$client % 2])', 'wire', '{}', '[$(Get-Claim ($client % 2) ('{0:x8}{1:x8}' -f $client, $_))]');" }
            Invoke-PostgresSql $server ($sql -join "`n") -AsJob -User "node$($client % 2)" -Password "secret of node$($client % 2)"
        }
        1..5 | ForEach-Object {
            Invoke-Book "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE application_name = 'tests' AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1) x" | Out-Null
        }
        $ended = 0
        foreach ($job in $jobs) { try { $null = Receive-PostgresSql $job } catch { $ended++ } }
        $ended | Should -BeLessOrEqual 5
        # The primary key is the judge of twice; this one of lost and outside.
        Invoke-Book 'SELECT count(*) FILTER (WHERE NOT s.allocatable @> a.address) FROM macipvlan.addresses a JOIN macipvlan.subnets s USING (segment_id, prefix)' | Should -Be 0
        Invoke-Book 'SELECT (SELECT count(*) FROM macipvlan.addresses) + (SELECT coalesce(sum(last - first + 1), 0) FROM macipvlan.free_runs)' | Should -Be 96
    }

    It 'serves clients of another version while it is brought up to date' {
        # As a later version of the module would: another column, and functions of the next version beside those of this one.
        Invoke-Book "BEGIN; SET ROLE macipvlan_owner; ALTER TABLE macipvlan.addresses ADD COLUMN later text;
            INSERT INTO macipvlan.schema_versions (version, first_interface, last_interface) VALUES (2, 1, 2); COMMIT"
        Get-Grant 0 0000000000000001 | Should -Be 10.0.0.2
        $null = Register-AddressDatabase admin "Host=$($server.SocketFolder);Port=$($server.Port);Database=postgres;Username=postgres"
        (Test-AddressDatabase admin).Status | Should -Be Ready
        Invoke-Book "UPDATE macipvlan.schema_versions SET first_interface = 2 WHERE version = 2"
        Start-Sleep -Milliseconds 100
        Invoke-Book "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'MacIpvlan'" | Out-Null
        $test = Test-AddressDatabase admin
        "$($test.Status): $($test.RecommendedAction)" | Should -Be 'Unsuitable: Use a newer version of the module.'
        Invoke-Book "UPDATE macipvlan.schema_versions SET first_interface = 0, last_interface = 0 WHERE version = 2"
        (Test-AddressDatabase admin).RecommendedAction | Should -BeLike '*Initialize-AddressDatabase admin.'
        Unregister-AddressDatabase admin
    }
}
