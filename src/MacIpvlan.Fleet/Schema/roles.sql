-- The owner of the schema, whom nobody can log in as, and what the roles of hosts, readers and administrators are members of:
--   GRANT macipvlan_host TO node1;
DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['macipvlan_owner', 'macipvlan_host', 'macipvlan_reader', 'macipvlan_admin'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role);
        END IF;
    END LOOP;
    EXECUTE format('GRANT CREATE ON DATABASE %I TO macipvlan_owner', current_database());
END $$;
GRANT macipvlan_owner TO CURRENT_USER;
