-- A NIC that comes and goes, for pgbench as the role bench, with its simple protocol: two changes.
\set host random(1, 1000)
\set nic random(1, 1000000000)
SELECT address FROM macipvlan.allocate(format('00000000-0000-0000-0000-%s', lpad(:host::text, 12, '0'))::uuid, 'segment' || (:host % 250), '{}',
    (SELECT jsonb_build_array(jsonb_build_object('network', lpad(to_hex(:host), 64, '0'), 'nic', 'f' || lpad(to_hex(:nic), 15, '0'), 'holder', 'bench',
        'demands', '[{"ordinal": 0, "family": 4, "address": null, "isFallback": false}]'::jsonb))));
SELECT macipvlan.release(format('00000000-0000-0000-0000-%s', lpad(:host::text, 12, '0'))::uuid,
    jsonb_build_array(jsonb_build_object('nic', 'f' || lpad(to_hex(:nic), 15, '0'), 'epoch', 9223372036854775807)));
