-- Loads a tenth of the fleet that docs/fleet.md reckons with into a database with the schema: 1,000 hosts on 250 segments, 500,000
-- addresses. For psql, as a role that may change its tables; the hosts are those of the role bench.
\timing on
INSERT INTO macipvlan.hosts (id, name, role, boot_id, beats)
SELECT format('00000000-0000-0000-0000-%s', lpad(h::text, 12, '0'))::uuid, 'node' || h, 'bench', 'boot', true FROM generate_series(1, 1000) AS h;
INSERT INTO macipvlan.segments (name) SELECT 'segment' || s FROM generate_series(0, 249) AS s;
INSERT INTO macipvlan.subnets (segment_id, prefix, ordinal, gateway)
SELECT g.id, set_masklen('10.0.0.0'::inet + s * 4096, 20)::cidr, 0, '10.0.0.0'::inet + s * 4096 + 1
FROM generate_series(0, 249) AS s JOIN macipvlan.segments g ON g.name = 'segment' || s;
INSERT INTO macipvlan.members (segment_id, host_number, network, name)
SELECT g.id, h.number, lpad(to_hex(h.number), 64, '0'), 'lan'
FROM macipvlan.hosts h JOIN macipvlan.segments g ON g.name = 'segment' || (substr(h.name, 5)::integer % 250);
-- Each segment has four hosts with 500 NICs each, as ones that were connected one after the other.
INSERT INTO macipvlan.addresses (segment_id, prefix, address, kind, member_id, nic, ordinal, holder)
SELECT m.segment_id, s.prefix, set_masklen(s.prefix::inet, 32) + 1 + row_number() OVER (PARTITION BY m.segment_id ORDER BY n, m.id), 'Pool', m.id,
    lpad(to_hex(m.id * 1000 + n), 16, '0'), 0, 'container-' || n
FROM macipvlan.members m JOIN macipvlan.subnets s ON s.segment_id = m.segment_id, generate_series(1, 500) AS n;
VACUUM ANALYZE;
SELECT c.relname, pg_size_pretty(pg_relation_size(c.oid)), c.reltuples::bigint FROM pg_class c
WHERE c.relnamespace = 'macipvlan'::regnamespace AND c.relkind IN ('r', 'i') AND pg_relation_size(c.oid) > 65536 ORDER BY pg_relation_size(c.oid) DESC;
