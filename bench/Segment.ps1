# Networks on a segment, whose addresses are in a real PostgreSQL server with TLS that the tests' programs are (out/fleet).
# Dot-source it after the functions of Measure.ps1.

. $PSScriptRoot/../tests/Support.ps1
. $PSScriptRoot/../tests/fleet/Servers.ps1
. $PSScriptRoot/../tests/fleet/Hosts.ps1

# Starts the server, and returns it with the network shared of 100 NICs on a segment.
function Start-Segment {
    $server = Start-PostgresServer
    Initialize-FleetDatabase $server
    New-HostRole $server bench 'a secret'
    $password = "$(New-HostFolder)/password"
    Set-PrivateContent $password 'a secret'
    $null = Register-AddressDatabase bench (Get-FleetConnection @{ Name = 'bench' } $server) -PasswordFile $password -TimeoutSeconds 60
    $null = New-MacvlanNetwork shared p0 -Subnet 10.96.0.0/24 -AddressDatabase bench -Segment shared
    $server
}

# The two sides of a ratio: how long the function takes that gives an address, in a /16 that is empty, and in one of which 60,000
# are taken. By the server's clock, in transactions that are undone, so without the network and the disk.
function Measure-Allocation([object] $Server, [int] $Rounds) {
    $statements = @'
        SET SESSION AUTHORIZATION bench;
        SELECT macipvlan.attend('00000000-0000-0000-0000-000000000001', 'node1', 'boot', false) \g /dev/null
        SELECT macipvlan.join_segment('00000000-0000-0000-0000-000000000001', lpad(to_hex(s), 64, '0'), 'lan', jsonb_build_object('name', 'segment' || s,
            'awayPolicy', 'Refuse', 'graceSeconds', null, 'subnets', jsonb_build_array(jsonb_build_object('prefix', format('10.%s.0.0/16', s),
                'gateway', null, 'ranges', '[]'::jsonb, 'excluded', '[]'::jsonb, 'isFallback', false)))) FROM generate_series(100, 101) AS s \g /dev/null
        RESET SESSION AUTHORIZATION;
        INSERT INTO macipvlan.addresses (segment_id, prefix, address, kind, member_id, nic, ordinal, holder)
            SELECT m.segment_id, s.prefix, '10.101.0.0'::inet + n, 'Pool', m.id, lpad(to_hex(n), 16, '0'), 0, 'container'
            FROM macipvlan.subnets s JOIN macipvlan.members m ON m.segment_id = s.segment_id, generate_series(1, 60000) AS n WHERE s.prefix = '10.101.0.0/16';
        ANALYZE macipvlan.addresses;
        SET SESSION AUTHORIZATION bench;
        CREATE FUNCTION pg_temp.milliseconds(s integer) RETURNS double precision LANGUAGE plpgsql AS $$
        DECLARE
            start timestamptz;
            claims jsonb := jsonb_build_array(jsonb_build_object('network', lpad(to_hex(s), 64, '0'), 'nic', 'ffffffffffffffff', 'holder', 'bench',
                'demands', '[{"ordinal": 0, "family": 4, "address": null, "isFallback": false}]'::jsonb));
            granted inet;
        BEGIN
            start := clock_timestamp();
            SELECT address INTO STRICT granted FROM macipvlan.allocate('00000000-0000-0000-0000-000000000001', 'segment' || s, '{}', claims);
            RETURN extract(epoch FROM clock_timestamp() - start) * 1000;
        END $$;
'@, @(
        # The first calls plan the function's queries.
        foreach ($round in 1..($Rounds + 5)) {
            foreach ($segment in 100, 101) { "BEGIN; SELECT pg_temp.milliseconds($segment) \g $($round -gt 5 ? '' : '/dev/null')`nROLLBACK;" }
        }
    ) | ForEach-Object { $_ }
    Invoke-PostgresSql $Server ($statements -join "`n") -TimeoutSeconds 600
}
