-- The addresses that hosts share. Rules are constraints and triggers, so that a faulty client or an INSERT by hand can't break
-- them. Hosts call functions and can't change tables. PostgreSQL 14 or later.

CREATE SCHEMA macipvlan;
-- Who may call a function is said at the end.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE TABLE macipvlan.schema_versions (
    version integer PRIMARY KEY,
    -- The versions of the functions' interface that this schema serves. A client needs one of them.
    first_interface integer NOT NULL,
    last_interface integer NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO macipvlan.schema_versions (version, first_interface, last_interface) VALUES (1, 1, 1);

-- Each grant of an address has a number of its own, which a release must name: what has been granted anew since is kept.
CREATE SEQUENCE macipvlan.epochs;

-- Both ends are included. All addresses are whole (/32, /128), so that they sort as numbers.
CREATE TYPE macipvlan.inetrange AS RANGE (subtype = inet, multirange_type_name = macipvlan.inetmultirange);

CREATE FUNCTION macipvlan.all_of(prefix cidr) RETURNS macipvlan.inetrange
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN macipvlan.inetrange(host(prefix)::inet, host(broadcast(prefix))::inet, '[]');

-- The addresses that a host can have: without network and broadcast (RFC 950), except in a /31 (RFC 3021) and a /32; without
-- the subnet-router anycast address of IPv6 (RFC 4291 2.6.1), except in a /127 (RFC 6164) and a /128.
CREATE FUNCTION macipvlan.usable(prefix cidr) RETURNS macipvlan.inetrange
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
    WHEN masklen(prefix) >= CASE family(prefix) WHEN 4 THEN 31 ELSE 127 END THEN macipvlan.all_of(prefix)
    ELSE macipvlan.inetrange(
        lower(macipvlan.all_of(prefix)) + 1, upper(macipvlan.all_of(prefix)) - CASE family(prefix) WHEN 4 THEN 1 ELSE 0 END, '[]')
    END;

-- Whether all ends are included, and are addresses without a prefix length.
CREATE FUNCTION macipvlan.are_whole(ranges macipvlan.inetmultirange) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN NOT EXISTS (SELECT FROM unnest(ranges) AS r
    WHERE NOT (lower_inc(r) AND upper_inc(r) AND lower(r) = host(lower(r))::inet AND upper(r) = host(upper(r))::inet));

-- The ends of ranges as they are specified: [["10.0.0.5", "10.0.0.9"], ...]
CREATE FUNCTION macipvlan.to_ranges(specified jsonb) RETURNS macipvlan.inetmultirange
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT coalesce(range_agg(macipvlan.inetrange((r ->> 0)::inet, (r ->> 1)::inet, '[]')), '{}'::macipvlan.inetmultirange)
    FROM jsonb_array_elements(specified) AS r);

CREATE FUNCTION macipvlan.to_json(ranges macipvlan.inetmultirange) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT coalesce(jsonb_agg(jsonb_build_array(host(lower(r)), host(upper(r))) ORDER BY lower(r)), '[]'::jsonb)
    FROM unnest(ranges) AS r);

-- A host is what a state of MacIpvlan calls itself. Only the role that it came with first can act for it.
CREATE TABLE macipvlan.hosts (
    number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    name text NOT NULL CHECK (name ~ '^[[:graph:]]{1,255}$'),
    role name NOT NULL DEFAULT session_user,
    boot_id text NOT NULL CHECK (length(boot_id) <= 64),
    -- Grows when addresses of the host are reclaimed, so that the host finds out.
    epoch bigint NOT NULL DEFAULT 1,
    -- Whether it sends heartbeats, and when it was heard last, by the clock of this server.
    beats boolean NOT NULL DEFAULT false,
    seen_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

-- Boots that others have followed. If one returns, two machines have the same state: any number of copies are found out.
CREATE TABLE macipvlan.past_boots (
    host_number integer NOT NULL REFERENCES macipvlan.hosts (number) ON DELETE CASCADE,
    boot_id text NOT NULL,
    PRIMARY KEY (host_number, boot_id)
);

-- A segment is one wire.
CREATE TABLE macipvlan.segments (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Upper and lower case are the same in all languages.
    name text NOT NULL COLLATE "C" CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$'),
    -- What a host does with a requested address while it can't reach this database.
    away_policy text NOT NULL DEFAULT 'Refuse' CHECK (away_policy IN ('Refuse', 'Reconcile')),
    -- After this time without a heartbeat, addresses of a host are given to others that need them; null for never.
    grace interval CHECK (grace >= interval '1 minute'),
    -- Whether it remains when the last network has left it, as one does that an administrator has defined.
    remains boolean NOT NULL DEFAULT true
);
CREATE UNIQUE INDEX segments_name ON macipvlan.segments (lower(name));

CREATE TABLE macipvlan.subnets (
    segment_id integer NOT NULL REFERENCES macipvlan.segments (id) ON DELETE CASCADE,
    prefix cidr NOT NULL,
    ordinal smallint NOT NULL,
    gateway inet,
    -- What addresses are allocated from; empty for the whole subnet.
    ranges macipvlan.inetmultirange NOT NULL DEFAULT '{}',
    excluded macipvlan.inetmultirange NOT NULL DEFAULT '{}',
    -- Whether it has the addresses of NICs that no DHCP server answers.
    is_fallback boolean NOT NULL DEFAULT false,
    -- What is left of the ranges for automatic allocation.
    allocatable macipvlan.inetmultirange NOT NULL GENERATED ALWAYS AS (
        (CASE WHEN isempty(ranges) THEN macipvlan.inetmultirange(macipvlan.usable(prefix))
            ELSE ranges * macipvlan.inetmultirange(macipvlan.usable(prefix)) END)
        - excluded - (CASE WHEN gateway IS NULL THEN '{}'
            ELSE macipvlan.inetmultirange(macipvlan.inetrange(gateway, gateway, '[]')) END)) STORED,
    PRIMARY KEY (segment_id, prefix),
    UNIQUE (segment_id, ordinal),
    CONSTRAINT subnets_overlap EXCLUDE USING gist (prefix inet_ops WITH &&),
    CHECK (family(gateway) = family(prefix) AND gateway = host(gateway)::inet),
    CHECK (ranges + excluded <@ macipvlan.all_of(prefix) AND macipvlan.are_whole(ranges) AND macipvlan.are_whole(excluded))
);

-- A network of a host on a segment.
CREATE TABLE macipvlan.members (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    segment_id integer NOT NULL REFERENCES macipvlan.segments (id),
    host_number integer NOT NULL REFERENCES macipvlan.hosts (number),
    network text NOT NULL COLLATE "C" CHECK (network ~ '^[0-9a-f]{64}$'),
    name text NOT NULL CHECK (length(name) <= 255),
    UNIQUE (host_number, network),
    UNIQUE (segment_id, id)
);

CREATE TABLE macipvlan.addresses (
    segment_id integer NOT NULL,
    prefix cidr NOT NULL,
    address inet NOT NULL,
    -- As the host records it; or Foreign, for another station on the wire, or Reserved, by an administrator.
    kind text NOT NULL CHECK (kind IN ('Pool', 'Static', 'DhcpFallback', 'Foreign', 'Reserved')),
    -- The owner: a network of a host, its NIC, and which of that NIC's addresses it is.
    member_id integer,
    nic text COLLATE "C" CHECK (nic ~ '^[0-9a-f]{16}$'),
    ordinal smallint,
    epoch bigint NOT NULL DEFAULT nextval('macipvlan.epochs'),
    -- The container or namespace, or what an administrator says.
    holder text NOT NULL DEFAULT '' CHECK (length(holder) <= 255),
    mac_address macaddr,
    expires_at timestamptz,
    granted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (segment_id, address),
    FOREIGN KEY (segment_id, prefix) REFERENCES macipvlan.subnets (segment_id, prefix),
    FOREIGN KEY (segment_id, member_id) REFERENCES macipvlan.members (segment_id, id),
    CHECK (address <<= prefix AND address = host(address)::inet),
    CHECK ((kind IN ('Pool', 'Static', 'DhcpFallback')) = (num_nonnulls(member_id, nic, ordinal) = 3)),
    CHECK (num_nonnulls(member_id, nic, ordinal) IN (0, 3)),
    CHECK ((kind = 'Foreign') = (expires_at IS NOT NULL))
);
CREATE UNIQUE INDEX addresses_owner ON macipvlan.addresses (member_id, nic, ordinal) WHERE member_id IS NOT NULL;
CREATE INDEX addresses_expiry ON macipvlan.addresses (segment_id, expires_at) WHERE expires_at IS NOT NULL;

-- What is free of the allocatable ranges, as runs of consecutive addresses. To take the first address of a run changes no
-- index, because only the last one is in it.
CREATE TABLE macipvlan.free_runs (
    segment_id integer NOT NULL,
    prefix cidr NOT NULL,
    first inet NOT NULL,
    last inet NOT NULL CHECK (first <= last),
    PRIMARY KEY (segment_id, prefix, last),
    FOREIGN KEY (segment_id, prefix) REFERENCES macipvlan.subnets (segment_id, prefix) ON DELETE CASCADE
) WITH (fillfactor = 50);

-- The last of 256 addresses, at which runs are cut.
CREATE FUNCTION macipvlan.block_end(address inet) RETURNS inet
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN host(broadcast(set_masklen(address, masklen(address) - 8)))::inet;

-- Below this address, nothing is free. While an old transaction is open somewhere in the database, each change leaves a row that
-- searches read, so they start here, and a run that is used up address by address has at most 256 of them.
CREATE TABLE macipvlan.free_starts (
    segment_id integer NOT NULL,
    prefix cidr NOT NULL,
    first inet NOT NULL,
    PRIMARY KEY (segment_id, prefix),
    FOREIGN KEY (segment_id, prefix) REFERENCES macipvlan.subnets (segment_id, prefix) ON DELETE CASCADE
) WITH (fillfactor = 50);

-- Only one transaction at a time changes what is free in a segment. Where statements don't see what others have committed, a lock
-- would not help.
CREATE FUNCTION macipvlan.lock_segment(p_segment integer) RETURNS void
LANGUAGE plpgsql SET search_path = macipvlan, pg_catalog, pg_temp AS $$
BEGIN
    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
        RAISE EXCEPTION 'addresses can''t be changed in a transaction that is %', current_setting('transaction_isolation')
            USING ERRCODE = 'invalid_transaction_state', HINT = 'SET TRANSACTION ISOLATION LEVEL READ COMMITTED';
    END IF;
    PERFORM FROM segments WHERE id = p_segment FOR NO KEY UPDATE;
END $$;

CREATE FUNCTION macipvlan.find_free_runs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = macipvlan, pg_catalog, pg_temp AS $$
BEGIN
    PERFORM lock_segment(NEW.segment_id);
    DELETE FROM free_runs WHERE segment_id = NEW.segment_id AND prefix = NEW.prefix;
    INSERT INTO free_runs (segment_id, prefix, first, last)
    SELECT NEW.segment_id, NEW.prefix, f.first, f.last
    FROM unnest(NEW.allocatable - (
            SELECT coalesce(range_agg(inetrange(a.address, a.address, '[]')), '{}')
            FROM addresses a WHERE a.segment_id = NEW.segment_id AND a.prefix = NEW.prefix)) AS r,
        LATERAL (SELECT lower(r) + CASE WHEN lower_inc(r) THEN 0 ELSE 1 END AS first,
            upper(r) - CASE WHEN upper_inc(r) THEN 0 ELSE 1 END AS last) AS f
    WHERE f.first <= f.last;
    INSERT INTO free_starts (segment_id, prefix, first) VALUES (NEW.segment_id, NEW.prefix, lower(all_of(NEW.prefix)))
    ON CONFLICT (segment_id, prefix) DO UPDATE SET first = excluded.first;
    RETURN NULL;
END $$;
CREATE TRIGGER find_free_runs AFTER INSERT OR UPDATE ON macipvlan.subnets
    FOR EACH ROW EXECUTE FUNCTION macipvlan.find_free_runs();

CREATE FUNCTION macipvlan.check_address() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = macipvlan, pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.segment_id, OLD.prefix, OLD.address) IS DISTINCT FROM (NEW.segment_id, NEW.prefix, NEW.address) THEN
        RAISE EXCEPTION 'an address that is on record can''t become another one' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM lock_segment(NEW.segment_id);
    -- Not by a constraint, for which the function would be compiled with each INSERT.
    IF NOT usable(NEW.prefix) @> NEW.address THEN
        RAISE EXCEPTION 'a host can''t have the address % in %', NEW.address, NEW.prefix USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind IN ('Pool', 'DhcpFallback') AND NOT EXISTS (
        SELECT FROM subnets s WHERE s.segment_id = NEW.segment_id AND s.prefix = NEW.prefix
            AND s.allocatable @> NEW.address AND s.is_fallback = (NEW.kind = 'DhcpFallback')) THEN
        RAISE EXCEPTION '% is outside the ranges of %', NEW.address, NEW.prefix USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_address BEFORE INSERT OR UPDATE ON macipvlan.addresses
    FOR EACH ROW EXECUTE FUNCTION macipvlan.check_address();

CREATE FUNCTION macipvlan.cut_run() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = macipvlan, pg_catalog, pg_temp AS $$
DECLARE
    run free_runs;
    block_end inet := block_end(NEW.address);
BEGIN
    SELECT * INTO run FROM free_runs
    WHERE segment_id = NEW.segment_id AND prefix = NEW.prefix AND last >= NEW.address ORDER BY last LIMIT 1;
    -- One that was requested can be outside the ranges.
    IF NOT FOUND OR run.first > NEW.address THEN
        RETURN NULL;
    END IF;
    IF run.last > block_end THEN
        UPDATE free_runs SET first = block_end + 1 WHERE segment_id = run.segment_id AND prefix = run.prefix AND last = run.last;
        INSERT INTO free_runs (segment_id, prefix, first, last)
        SELECT run.segment_id, run.prefix, NEW.address + 1, block_end WHERE NEW.address < block_end;
    ELSIF run.last > NEW.address THEN
        UPDATE free_runs SET first = NEW.address + 1 WHERE segment_id = run.segment_id AND prefix = run.prefix AND last = run.last;
    ELSE
        DELETE FROM free_runs WHERE segment_id = run.segment_id AND prefix = run.prefix AND last = run.last;
    END IF;
    IF run.first < NEW.address THEN
        INSERT INTO free_runs (segment_id, prefix, first, last) VALUES (run.segment_id, run.prefix, run.first, NEW.address - 1);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cut_run AFTER INSERT ON macipvlan.addresses FOR EACH ROW EXECUTE FUNCTION macipvlan.cut_run();

CREATE FUNCTION macipvlan.join_runs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = macipvlan, pg_catalog, pg_temp AS $$
DECLARE
    above free_runs;
    below free_runs;
BEGIN
    PERFORM lock_segment(OLD.segment_id);
    SELECT * INTO above FROM free_runs
    WHERE segment_id = OLD.segment_id AND prefix = OLD.prefix AND last >= OLD.address ORDER BY last LIMIT 1;
    -- It is in a run already if the same statement has changed the ranges.
    IF above.first <= OLD.address OR NOT EXISTS (
        SELECT FROM subnets s WHERE s.segment_id = OLD.segment_id AND s.prefix = OLD.prefix AND s.allocatable @> OLD.address) THEN
        RETURN NULL;
    END IF;
    SELECT * INTO below FROM free_runs
    WHERE segment_id = OLD.segment_id AND prefix = OLD.prefix AND last < OLD.address ORDER BY last DESC LIMIT 1;
    -- There is nothing below 0.0.0.0 and above 255.255.255.255, so only addresses that exist are added to.
    IF below.last + 1 = OLD.address THEN
        DELETE FROM free_runs WHERE segment_id = below.segment_id AND prefix = below.prefix AND last = below.last;
    ELSE
        below.first := OLD.address;
    END IF;
    IF above.first - 1 = OLD.address THEN
        UPDATE free_runs SET first = below.first WHERE segment_id = above.segment_id AND prefix = above.prefix AND last = above.last;
    ELSE
        INSERT INTO free_runs (segment_id, prefix, first, last) VALUES (OLD.segment_id, OLD.prefix, below.first, OLD.address);
    END IF;
    UPDATE free_starts SET first = OLD.address WHERE segment_id = OLD.segment_id AND prefix = OLD.prefix AND first > OLD.address;
    RETURN NULL;
END $$;
CREATE TRIGGER join_runs AFTER DELETE ON macipvlan.addresses FOR EACH ROW EXECUTE FUNCTION macipvlan.join_runs();

CREATE FUNCTION macipvlan.refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'delete addresses instead, so that they are free again' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON macipvlan.addresses EXECUTE FUNCTION macipvlan.refuse_truncate();

-- The number of the host that calls, which must have come with this role first.
CREATE FUNCTION macipvlan.own_host(p_host uuid) RETURNS integer
LANGUAGE plpgsql STABLE SET search_path = macipvlan, pg_catalog, pg_temp AS $$
DECLARE
    known integer;
BEGIN
    SELECT number INTO known FROM hosts WHERE id = p_host AND role = session_user;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the host % isn''t one of the role %', p_host, session_user USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN known;
END $$;

-- Notes that a host is there. Last in a transaction, because nobody must wait for a segment while it holds its host. And it waits
-- for nobody, since who holds the host notes the same, or is about to take its addresses away.
CREATE FUNCTION macipvlan.note_seen(p_number integer) RETURNS void
LANGUAGE plpgsql SET search_path = macipvlan, pg_catalog, pg_temp AS $$
BEGIN
    UPDATE hosts SET seen_at = now() WHERE number = (
        SELECT number FROM hosts WHERE number = p_number AND seen_at < now() - interval '10 seconds' FOR NO KEY UPDATE SKIP LOCKED);
END $$;

-- A heartbeat, and the first call of each connection.
CREATE FUNCTION macipvlan.attend(p_host uuid, p_name text, p_boot_id text, p_beats boolean)
RETURNS TABLE (epoch bigint, server text, first_interface integer, last_interface integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = macipvlan, pg_catalog, pg_temp AS $$
DECLARE
    own integer;
    known hosts;
BEGIN
    -- Not by ON CONFLICT alone, which would use up a number with each call.
    IF NOT EXISTS (SELECT FROM hosts WHERE id = p_host) THEN
        INSERT INTO hosts (id, name, boot_id, beats) VALUES (p_host, p_name, p_boot_id, p_beats) ON CONFLICT (id) DO NOTHING;
    END IF;
    own := own_host(p_host);
    SELECT * INTO known FROM hosts WHERE number = own;
    IF p_beats OR (known.name, known.boot_id) IS DISTINCT FROM (p_name, p_boot_id) OR known.seen_at < now() - interval '10 seconds' THEN
        -- If its addresses are being taken away, it finds out now.
        SELECT * INTO known FROM hosts WHERE number = own FOR NO KEY UPDATE;
        IF known.boot_id <> p_boot_id THEN
            IF EXISTS (SELECT FROM past_boots WHERE host_number = own AND boot_id = p_boot_id) THEN
                RAISE EXCEPTION 'another machine is host % too, perhaps a copy of this one', known.name USING ERRCODE = 'MI001';
            END IF;
            INSERT INTO past_boots (host_number, boot_id) VALUES (own, known.boot_id);
        END IF;
        UPDATE hosts SET name = p_name, boot_id = p_boot_id, beats = known.beats OR p_beats, seen_at = now() WHERE number = own;
    END IF;
    -- After a failover, the new server can lack what it was about to receive. The file's name starts with the timeline; what
    -- pg_control_checkpoint says is that of the last checkpoint, which can be minutes old.
    RETURN QUERY SELECT known.epoch,
        (SELECT system_identifier FROM pg_control_system()) || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),
        v.first_interface, v.last_interface
    FROM schema_versions v ORDER BY v.version DESC LIMIT 1;
END $$;

CREATE FUNCTION macipvlan.definition(p_segment text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = macipvlan, pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object(
        'name', g.name, 'awayPolicy', g.away_policy, 'graceSeconds', extract(epoch FROM g.grace)::bigint,
        'subnets', (
            SELECT jsonb_agg(jsonb_build_object(
                'prefix', s.prefix, 'gateway', host(s.gateway), 'ranges', to_json(s.ranges), 'excluded', to_json(s.excluded),
                'isFallback', s.is_fallback) ORDER BY s.ordinal)
            FROM subnets s WHERE s.segment_id = g.id))
    FROM segments g WHERE lower(g.name) = lower(p_segment COLLATE "C");
$$;

-- The subnets of a definition, in the order in which addresses are allocated from them.
CREATE FUNCTION macipvlan.to_subnets(specified jsonb)
RETURNS TABLE (ordinal bigint, prefix cidr, gateway inet, ranges macipvlan.inetmultirange, excluded macipvlan.inetmultirange, is_fallback boolean)
LANGUAGE sql IMMUTABLE STRICT SET search_path = macipvlan, pg_catalog, pg_temp AS $$
    SELECT n, (s ->> 'prefix')::cidr, (s ->> 'gateway')::inet, to_ranges(s -> 'ranges'), to_ranges(s -> 'excluded'), (s ->> 'isFallback')::boolean
    FROM jsonb_array_elements(specified) WITH ORDINALITY AS t (s, n);
$$;

-- Puts a network of a host on a segment. The first one defines it; the others must define it in the same way.
CREATE FUNCTION macipvlan.join_segment(p_host uuid, p_network text, p_name text, p_definition jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = macipvlan, pg_catalog, pg_temp AS $$
DECLARE
    own integer := own_host(p_host);
    wanted text := p_definition ->> 'name';
    policy text := p_definition ->> 'awayPolicy';
    silence interval := make_interval(secs => (p_definition ->> 'graceSeconds')::integer);
    segment segments;
BEGIN
    LOOP
        SELECT * INTO segment FROM segments WHERE lower(name) = lower(wanted COLLATE "C") FOR NO KEY UPDATE;
        EXIT WHEN FOUND;
        -- If another host defines it at the same time, it exists afterwards, unless it is gone again.
        INSERT INTO segments (name, away_policy, grace, remains) VALUES (wanted, policy, silence, false)
        ON CONFLICT (lower(name)) DO NOTHING RETURNING * INTO segment;
        IF FOUND THEN
            -- One at a time, because two with overlapping subnets would wait for each other.
            LOCK TABLE subnets IN SHARE ROW EXCLUSIVE MODE;
            INSERT INTO subnets (segment_id, prefix, ordinal, gateway, ranges, excluded, is_fallback)
            SELECT segment.id, t.prefix, t.ordinal, t.gateway, t.ranges, t.excluded, t.is_fallback
            FROM to_subnets(p_definition -> 'subnets') AS t;
            EXIT;
        END IF;
    END LOOP;
    IF (segment.away_policy, segment.grace) IS DISTINCT FROM (policy, silence)
        OR ARRAY(SELECT ROW(s.prefix, s.gateway, s.ranges, s.excluded, s.is_fallback)
            FROM subnets s WHERE s.segment_id = segment.id ORDER BY s.ordinal)
        <> ARRAY(SELECT ROW(t.prefix, t.gateway, t.ranges, t.excluded, t.is_fallback)
            FROM to_subnets(p_definition -> 'subnets') AS t ORDER BY t.ordinal) THEN
        RAISE EXCEPTION 'the segment % is defined differently', segment.name USING ERRCODE = 'MI002';
    END IF;
    INSERT INTO members (segment_id, host_number, network, name) VALUES (segment.id, own, p_network, p_name)
    ON CONFLICT (host_number, network) DO UPDATE SET name = p_name WHERE members.segment_id = segment.id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the network % is on another segment', p_name USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    PERFORM note_seen(own);
END $$;

-- Takes a network of a host off its segment. The last one removes the segment, if a host has defined it and nothing is reserved.
CREATE FUNCTION macipvlan.leave_segment(p_host uuid, p_network text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = macipvlan, pg_catalog, pg_temp AS $$
DECLARE
    own integer := own_host(p_host);
    leaving members;
BEGIN
    SELECT * INTO leaving FROM members WHERE host_number = own AND network = p_network;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    -- Nobody joins meanwhile.
    PERFORM FROM segments WHERE id = leaving.segment_id FOR UPDATE;
    DELETE FROM addresses WHERE segment_id = leaving.segment_id AND member_id = leaving.id;
    DELETE FROM members WHERE id = leaving.id;
    IF NOT EXISTS (SELECT FROM members WHERE segment_id = leaving.segment_id)
        AND NOT EXISTS (SELECT FROM addresses WHERE segment_id = leaving.segment_id AND kind <> 'Foreign')
        AND NOT (SELECT remains FROM segments WHERE id = leaving.segment_id) THEN
        DELETE FROM addresses WHERE segment_id = leaving.segment_id;
        DELETE FROM segments WHERE id = leaving.segment_id;
    END IF;
    PERFORM note_seen(own);
END $$;

-- Takes the addresses of a host on segments away, which the caller has locked.
CREATE FUNCTION macipvlan.take_away(p_number integer, p_segments integer[]) RETURNS integer
LANGUAGE plpgsql SET search_path = macipvlan, pg_catalog, pg_temp AS $$
DECLARE
    taken integer;
BEGIN
    DELETE FROM addresses a USING members m
    WHERE m.host_number = p_number AND m.segment_id = ANY (p_segments) AND a.segment_id = m.segment_id AND a.member_id = m.id;
    GET DIAGNOSTICS taken = ROW_COUNT;
    IF taken > 0 THEN
        UPDATE hosts SET epoch = epoch + 1 WHERE number = p_number;
    END IF;
    RETURN taken;
END $$;

-- Takes the addresses of hosts away that haven't been heard of for longer than the segment's grace. The one that calls isn't gone.
CREATE FUNCTION macipvlan.take_from_gone(p_segment integer, p_caller integer) RETURNS boolean
LANGUAGE plpgsql SET search_path = macipvlan, pg_catalog, pg_temp AS $$
DECLARE
    -- In seconds, because the length of a day depends on the time zone, which is the caller's.
    silent_since timestamptz := (
        SELECT now() - make_interval(secs => extract(epoch FROM grace)::double precision) FROM segments WHERE id = p_segment);
    gone integer;
    taken integer := 0;
BEGIN
    -- Waits for a heartbeat that is under way. By number, so that no two transactions wait for each other.
    FOR gone IN SELECT h.number FROM hosts h
        WHERE h.beats AND h.seen_at < silent_since AND h.number <> p_caller
            AND EXISTS (SELECT FROM members m WHERE m.host_number = h.number AND m.segment_id = p_segment)
        ORDER BY h.number FOR NO KEY UPDATE LOOP
        taken := taken + take_away(gone, ARRAY[p_segment]);
    END LOOP;
    RETURN taken > 0;
END $$;

-- The lowest free address of a subnet that isn't one to avoid. The caller has locked the segment.
CREATE FUNCTION macipvlan.lowest_free(p_segment integer, p_prefix cidr, p_avoid inet[]) RETURNS inet
LANGUAGE plpgsql SET search_path = macipvlan, pg_catalog, pg_temp AS $$
DECLARE
    start inet := (SELECT first FROM free_starts WHERE segment_id = p_segment AND prefix = p_prefix);
    run free_runs;
BEGIN
    SELECT * INTO run FROM free_runs WHERE segment_id = p_segment AND prefix = p_prefix AND last >= start ORDER BY last LIMIT 1;
    IF run.first > block_end(start) THEN
        UPDATE free_starts SET first = run.first WHERE segment_id = p_segment AND prefix = p_prefix;
    END IF;
    WHILE FOUND LOOP
        WHILE array_position(p_avoid, run.first) IS NOT NULL AND run.first < run.last LOOP
            run.first := run.first + 1;
        END LOOP;
        IF array_position(p_avoid, run.first) IS NULL THEN
            RETURN run.first;
        END IF;
        SELECT * INTO run FROM free_runs WHERE segment_id = p_segment AND prefix = p_prefix AND last > run.last ORDER BY last LIMIT 1;
    END LOOP;
    RETURN NULL;
END $$;

-- Who has an address, for a message.
CREATE FUNCTION macipvlan.describe(p_address macipvlan.addresses) RETURNS text
LANGUAGE sql STABLE SET search_path = macipvlan, pg_catalog, pg_temp AS $$
    SELECT CASE p_address.kind
        WHEN 'Foreign' THEN concat('the station ', p_address.mac_address)
        WHEN 'Reserved' THEN concat('a reservation', nullif(concat(' for ', nullif(p_address.holder, '')), ' for '))
        ELSE (SELECT concat(p_address.holder, ' on host ', h.name)
            FROM members m JOIN hosts h ON h.number = m.host_number WHERE m.id = p_address.member_id)
    END;
$$;

-- Allocates addresses to NICs. Who asks again gets the same ones, so a caller that lost the answer can repeat the call.
-- p_avoid has addresses that the host has itself. p_claims is an array, in order:
--   {"network": ID, "nic": ID, "holder": NAME, "demands": [{"ordinal": 0, "family": 4, "address": null, "isFallback": false}, ...]}
-- Each claim is granted as a whole; or refused, with AddressInUse, InvalidAddress, AddressesExhausted or NetworkNotFound, and the
-- NIC keeps what it has.
CREATE FUNCTION macipvlan.allocate(p_host uuid, p_segment text, p_avoid inet[], p_claims jsonb)
RETURNS TABLE (claim integer, ordinal integer, address inet, prefix cidr, epoch bigint, refusal text, detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = macipvlan, pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off AS $$
#variable_conflict use_column
DECLARE
    own integer := own_host(p_host);
    segment integer := (SELECT id FROM segments WHERE lower(name) = lower(p_segment COLLATE "C"));
    member integer;
    wanted record;
    demand record;
    held addresses;
    granted addresses;
    -- What the NIC gets, and what goes for it.
    grants addresses[];
    obsolete inet[];
BEGIN
    PERFORM lock_segment(segment);
    DELETE FROM addresses WHERE segment_id = segment AND expires_at <= now();
    <<claims>>
    FOR wanted IN SELECT c.n::integer - 1 AS index, c.v ->> 'network' AS network, c.v ->> 'nic' AS nic, c.v ->> 'holder' AS holder,
            c.v -> 'demands' AS demands
        FROM jsonb_array_elements(p_claims) WITH ORDINALITY AS c (v, n) ORDER BY c.n LOOP
        SELECT wanted.index INTO claim, ordinal, address, prefix, epoch, refusal, detail;
        SELECT m.id INTO member FROM members m WHERE m.host_number = own AND m.network = wanted.network AND m.segment_id = segment;
        IF NOT FOUND THEN
            refusal := 'NetworkNotFound';
            RETURN NEXT;
            CONTINUE claims;
        END IF;
        grants := '{}';
        obsolete := '{}';
        -- Requested addresses first, so that an automatic one of the same NIC doesn't take them.
        FOR demand IN SELECT d.ordinal, d.family, d.address, d."isFallback",
                CASE WHEN d.address IS NOT NULL THEN 'Static' WHEN d."isFallback" THEN 'DhcpFallback' ELSE 'Pool' END AS kind
            FROM jsonb_to_recordset(wanted.demands) AS d (ordinal smallint, family integer, address inet, "isFallback" boolean)
            ORDER BY d.address IS NULL, d.ordinal LOOP
            SELECT * INTO held FROM addresses a WHERE a.member_id = member AND a.nic = wanted.nic AND a.ordinal = demand.ordinal;
            CONTINUE WHEN held.address = demand.address
                OR (demand.address IS NULL AND held.kind = demand.kind AND family(held.address) = demand.family);
            obsolete := obsolete || held.address;
            IF demand.address IS NOT NULL THEN
                granted.address := demand.address;
                SELECT s.prefix INTO granted.prefix FROM subnets s
                WHERE s.segment_id = segment AND s.prefix >>= demand.address AND NOT s.is_fallback
                    AND usable(s.prefix) @> demand.address AND demand.address = host(demand.address)::inet;
                IF NOT FOUND THEN
                    SELECT 'InvalidAddress', demand.address INTO refusal, address;
                    EXIT;
                END IF;
                SELECT * INTO held FROM addresses a WHERE a.segment_id = segment AND a.address = demand.address;
                IF held.member_id IS NOT NULL AND take_from_gone(segment, own) THEN
                    SELECT * INTO held FROM addresses a WHERE a.segment_id = segment AND a.address = demand.address;
                END IF;
                IF held.kind <> 'Foreign' THEN
                    SELECT 'AddressInUse', demand.address, describe(held) INTO refusal, address, detail;
                    EXIT;
                END IF;
                -- Another station that was found there may have gone: the host probes it again.
                obsolete := obsolete || held.address;
            ELSE
                FOR attempt IN 1..2 LOOP
                    granted.address := NULL;
                    FOR granted.prefix IN SELECT s.prefix FROM subnets s WHERE s.segment_id = segment AND family(s.prefix) = demand.family
                            AND s.is_fallback = demand."isFallback" ORDER BY s.ordinal LOOP
                        granted.address := lowest_free(segment, granted.prefix, p_avoid || ARRAY(SELECT g.address FROM unnest(grants) AS g));
                        EXIT WHEN granted.address IS NOT NULL;
                    END LOOP;
                    EXIT WHEN granted.address IS NOT NULL OR NOT take_from_gone(segment, own);
                END LOOP;
                IF granted.address IS NULL THEN
                    refusal := 'AddressesExhausted';
                    EXIT;
                END IF;
            END IF;
            granted.kind := demand.kind;
            granted.ordinal := demand.ordinal;
            grants := grants || granted;
        END LOOP;
        IF refusal IS NOT NULL THEN
            RETURN NEXT;
            CONTINUE claims;
        END IF;
        DELETE FROM addresses a WHERE a.segment_id = segment AND a.address = ANY (obsolete);
        INSERT INTO addresses (segment_id, prefix, address, kind, member_id, nic, ordinal, holder)
        SELECT segment, g.prefix, g.address, g.kind, member, wanted.nic, g.ordinal, wanted.holder FROM unnest(grants) AS g;
        FOR granted IN SELECT * FROM addresses a WHERE a.member_id = member AND a.nic = wanted.nic
                AND a.ordinal IN (SELECT d.ordinal FROM jsonb_to_recordset(wanted.demands) AS d (ordinal smallint)) ORDER BY a.ordinal LOOP
            SELECT granted.ordinal, granted.address, granted.prefix, granted.epoch INTO ordinal, address, prefix, epoch;
            RETURN NEXT;
        END LOOP;
    END LOOP;
    PERFORM note_seen(own);
END $$;

-- Frees addresses of NICs of a host that were granted up to an epoch. p_releases is an array:
--   {"nic": ID, "epoch": NUMBER, "address": ADDRESS or null for all, "foreign": MAC or null, "seconds": NUMBER}
-- An address with a MAC address is another station's: it stays on record for some seconds.
CREATE FUNCTION macipvlan.release(p_host uuid, p_releases jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = macipvlan, pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    own integer := own_host(p_host);
    networks integer[] := ARRAY(SELECT id FROM members WHERE host_number = own);
    wanted record;
    freed integer := 0;
    count integer;
BEGIN
    -- In the same order as other transactions.
    PERFORM lock_segment(s.segment_id) FROM (
        SELECT DISTINCT a.segment_id FROM jsonb_to_recordset(p_releases) AS r (nic text)
            JOIN addresses a ON a.member_id = ANY (networks) AND a.nic = r.nic ORDER BY a.segment_id) AS s;
    FOR wanted IN SELECT * FROM jsonb_to_recordset(p_releases)
        AS r (nic text, epoch bigint, address inet, "foreign" macaddr, seconds integer) LOOP
        IF wanted."foreign" IS NULL THEN
            DELETE FROM addresses a WHERE a.member_id = ANY (networks) AND a.nic = wanted.nic
                AND a.address = coalesce(wanted.address, a.address) AND a.epoch <= wanted.epoch;
            GET DIAGNOSTICS count = ROW_COUNT;
            freed := freed + count;
        ELSE
            UPDATE addresses a SET kind = 'Foreign', member_id = NULL, nic = NULL, ordinal = NULL, holder = '', mac_address = wanted."foreign",
                epoch = nextval('macipvlan.epochs'), granted_at = now(), expires_at = now() + make_interval(secs => least(wanted.seconds, 86400))
            WHERE a.member_id = ANY (networks) AND a.nic = wanted.nic AND a.address = wanted.address AND a.epoch <= wanted.epoch;
        END IF;
    END LOOP;
    PERFORM note_seen(own);
    RETURN freed;
END $$;

-- What a host holds.
CREATE FUNCTION macipvlan.held_by(p_host uuid)
RETURNS TABLE (network text, nic text, ordinal integer, address inet, epoch bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = macipvlan, pg_catalog, pg_temp AS $$
    SELECT m.network, a.nic, a.ordinal, a.address, a.epoch
    FROM members m LEFT JOIN addresses a ON a.segment_id = m.segment_id AND a.member_id = m.id
    WHERE m.host_number = own_host(p_host);
$$;

-- Takes the addresses of a host that is gone away, on a segment or on all. For administrators.
CREATE FUNCTION macipvlan.reclaim(p_host_name text, p_segment text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = macipvlan, pg_catalog, pg_temp AS $$
DECLARE
    -- An id comes first, because a host can have the id of another one as its name.
    numbers integer[] := ARRAY(SELECT number FROM hosts WHERE id::text = lower(p_host_name));
    wanted integer;
BEGIN
    IF numbers = '{}' THEN
        numbers := ARRAY(SELECT number FROM hosts WHERE name = p_host_name);
    END IF;
    IF numbers = '{}' THEN
        RAISE EXCEPTION 'there is no host %', p_host_name USING ERRCODE = 'no_data_found';
    ELSIF cardinality(numbers) > 1 THEN
        RAISE EXCEPTION 'several hosts have the name %; specify the id of one', p_host_name USING ERRCODE = 'too_many_rows';
    END IF;
    IF p_segment IS NOT NULL THEN
        SELECT id INTO wanted FROM segments WHERE lower(name) = lower(p_segment COLLATE "C");
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no segment %', p_segment USING ERRCODE = 'undefined_object';
        END IF;
    END IF;
    -- All segments before the host, as in other transactions.
    RETURN take_away(numbers[1], ARRAY(
        SELECT id FROM segments WHERE id IN (SELECT segment_id FROM members WHERE host_number = numbers[1]) AND (wanted IS NULL OR id = wanted)
        ORDER BY id FOR NO KEY UPDATE));
END $$;

CREATE VIEW macipvlan.holders AS
SELECT g.name AS segment, a.prefix, a.address, a.kind, h.name AS host, h.id AS host_id, m.name AS network, a.nic, a.holder, a.mac_address,
    a.granted_at, a.expires_at, h.seen_at, a.epoch
FROM macipvlan.addresses a
JOIN macipvlan.segments g ON g.id = a.segment_id
LEFT JOIN macipvlan.members m ON m.id = a.member_id AND m.segment_id = a.segment_id
LEFT JOIN macipvlan.hosts h ON h.number = m.host_number;

-- Hosts call functions. Readers see who has what. Administrators can also change tables by hand.
GRANT USAGE ON SCHEMA macipvlan TO macipvlan_host, macipvlan_reader, macipvlan_admin;
GRANT SELECT ON macipvlan.holders, macipvlan.schema_versions TO macipvlan_host, macipvlan_reader, macipvlan_admin;
GRANT EXECUTE ON FUNCTION macipvlan.definition(text) TO macipvlan_host, macipvlan_reader, macipvlan_admin;
GRANT EXECUTE ON FUNCTION macipvlan.attend(uuid, text, text, boolean), macipvlan.join_segment(uuid, text, text, jsonb),
    macipvlan.leave_segment(uuid, text), macipvlan.allocate(uuid, text, inet[], jsonb), macipvlan.release(uuid, jsonb),
    macipvlan.held_by(uuid) TO macipvlan_host;
GRANT EXECUTE ON FUNCTION macipvlan.reclaim(text, text) TO macipvlan_admin;
-- What is free and which versions there are isn't changed by hand.
GRANT SELECT ON ALL TABLES IN SCHEMA macipvlan TO macipvlan_admin;
GRANT INSERT, UPDATE, DELETE ON macipvlan.hosts, macipvlan.past_boots, macipvlan.segments, macipvlan.subnets, macipvlan.members,
    macipvlan.addresses TO macipvlan_admin;
-- For the constraints of these tables, and to write ranges.
GRANT EXECUTE ON FUNCTION macipvlan.are_whole(macipvlan.inetmultirange), macipvlan.all_of(cidr),
    macipvlan.usable(cidr), macipvlan.to_ranges(jsonb), macipvlan.to_json(macipvlan.inetmultirange) TO macipvlan_admin;
GRANT USAGE ON SEQUENCE macipvlan.epochs TO macipvlan_admin;
