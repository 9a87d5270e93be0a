-- The heartbeat of a host, for pgbench as the role bench.
\set host random(1, 1000)
SELECT epoch FROM macipvlan.attend(format('00000000-0000-0000-0000-%s', lpad(:host::text, 12, '0'))::uuid, 'node' || :host, 'boot', true);
