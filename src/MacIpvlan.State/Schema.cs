namespace MacIpvlan.State.Sqlite;

/// <summary>
/// The schema as a list of migration steps. The database's version is the number of completed steps. Every root row names its
/// host.
/// </summary>
internal static class Schema
{
    /// <summary>Step N migrates version N to version N + 1. Released steps never change.</summary>
    public static readonly string[] Steps =
    [
        """
        CREATE TABLE networks (
            id TEXT NOT NULL PRIMARY KEY,
            host TEXT NOT NULL,
            name TEXT NOT NULL,
            kind TEXT NOT NULL,
            mode TEXT NOT NULL,
            flag TEXT,
            parent TEXT NOT NULL,
            internal INTEGER NOT NULL,
            allowed_macs TEXT NOT NULL,
            bc_queue_length INTEGER,
            bc_cutoff INTEGER,
            no_promiscuous INTEGER NOT NULL,
            mtu INTEGER,
            route_metric INTEGER,
            no_default_route INTEGER NOT NULL,
            on_link_gateway INTEGER NOT NULL,
            routes TEXT NOT NULL,
            probe_count INTEGER,
            probe_timeout INTEGER
        );
        CREATE UNIQUE INDEX networks_name ON networks (host, lower(name));

        -- A pool of addresses. Networks on one parent with equal subnets share a pool: no address is allocated twice.
        CREATE TABLE pools (
            id INTEGER PRIMARY KEY,
            host TEXT NOT NULL,
            parent TEXT NOT NULL,
            prefix TEXT NOT NULL,
            UNIQUE (host, parent, prefix)
        );
        CREATE TABLE subnets (
            network_id TEXT NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            pool_id INTEGER NOT NULL REFERENCES pools (id),
            prefix TEXT NOT NULL,
            gateway TEXT,
            ranges TEXT NOT NULL,
            excluded TEXT NOT NULL,
            PRIMARY KEY (network_id, ordinal)
        );
        CREATE INDEX subnets_pool ON subnets (pool_id);

        CREATE TABLE parent_links (
            host TEXT NOT NULL,
            name TEXT NOT NULL,
            kind TEXT NOT NULL,
            parent TEXT,
            vlan_id INTEGER,
            protocol TEXT,
            reorder_header INTEGER,
            gvrp INTEGER,
            mvrp INTEGER,
            loose_binding INTEGER,
            ingress_map TEXT,
            egress_map TEXT,
            mtu INTEGER,
            removed_with_last_network INTEGER NOT NULL,
            PRIMARY KEY (host, name)
        );

        CREATE TABLE nics (
            ordinal INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            host TEXT NOT NULL,
            network_id TEXT NOT NULL REFERENCES networks (id),
            state TEXT NOT NULL,
            namespace_name TEXT NOT NULL,
            namespace_path TEXT NOT NULL,
            namespace_device INTEGER NOT NULL,
            namespace_inode INTEGER NOT NULL,
            boot_id TEXT NOT NULL,
            namespace_cookie INTEGER NOT NULL,
            process_id INTEGER,
            process_start INTEGER,
            container_id TEXT,
            container_name TEXT,
            container_runtime TEXT,
            container_image TEXT,
            container_address TEXT,
            container_cgroup TEXT,
            worker INTEGER,
            is_host INTEGER NOT NULL,
            interface_name TEXT NOT NULL,
            interface_index INTEGER NOT NULL,
            parent_index INTEGER NOT NULL,
            mac_address TEXT NOT NULL,
            mtu INTEGER NOT NULL
        );
        CREATE INDEX nics_network ON nics (network_id);
        CREATE INDEX nics_namespace ON nics (namespace_inode);
        CREATE UNIQUE INDEX nics_host ON nics (network_id) WHERE is_host = 1;
        CREATE INDEX nics_worker ON nics (worker) WHERE worker IS NOT NULL;

        -- Addresses are bytes in network order, so that they sort as numbers.
        CREATE TABLE leases (
            pool_id INTEGER NOT NULL REFERENCES pools (id),
            address BLOB NOT NULL,
            nic_id TEXT NOT NULL REFERENCES nics (id),
            ordinal INTEGER NOT NULL,
            prefix_length INTEGER NOT NULL,
            source TEXT NOT NULL,
            PRIMARY KEY (pool_id, address)
        );
        CREATE INDEX leases_nic ON leases (nic_id);

        -- Addresses that other stations on the wire have, and when these entries expire (seconds since 1970).
        CREATE TABLE foreign_addresses (
            pool_id INTEGER NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
            address BLOB NOT NULL,
            mac_address TEXT NOT NULL,
            until INTEGER NOT NULL,
            PRIMARY KEY (pool_id, address)
        );
        CREATE INDEX foreign_addresses_until ON foreign_addresses (until);

        -- The leases and foreign addresses of a pool as runs of consecutive addresses. The address after a run is free,
        -- so one query finds the lowest free address, regardless of how many are taken.
        CREATE TABLE runs (
            pool_id INTEGER NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
            first BLOB NOT NULL,
            last BLOB NOT NULL,
            PRIMARY KEY (pool_id, first)
        );
        """,
        // The time of day can be set back or forward. Earlier entries expire with this step.
        """
        -- From now on, the column until has milliseconds since the boot with this id.
        ALTER TABLE foreign_addresses ADD COLUMN boot_id TEXT NOT NULL DEFAULT '';
        """,
        """
        ALTER TABLE networks ADD COLUMN router_advertisement TEXT;
        """,
        """
        -- Whether a NIC has the default route of its namespace: 1 and 0 as requested, otherwise the first NIC has it.
        ALTER TABLE nics ADD COLUMN default_route INTEGER;
        -- For a NIC of the host, the host's own addresses that the network's containers have routes to.
        ALTER TABLE nics ADD COLUMN host_addresses TEXT NOT NULL DEFAULT '';
        """,
        """
        -- How DHCP servers know a NIC, and the reply that its lease comes from. Times are milliseconds since the boot with this
        -- id; expires_on is the end in milliseconds since 1970, for after a reboot.
        CREATE TABLE dhcp_leases (
            nic_id TEXT NOT NULL PRIMARY KEY REFERENCES nics (id) ON DELETE CASCADE,
            client_identifier BLOB NOT NULL,
            host_name TEXT,
            reply BLOB,
            options TEXT,
            state TEXT,
            boot_id TEXT,
            renew_at INTEGER,
            rebind_at INTEGER,
            expires_at INTEGER,
            expires_on INTEGER
        );
        -- A network with a timeout has its IPv4 addresses assigned by DHCP.
        ALTER TABLE networks ADD COLUMN dhcp_timeout INTEGER;
        ALTER TABLE networks ADD COLUMN dhcp_class TEXT;
        ALTER TABLE networks ADD COLUMN dhcp_options TEXT NOT NULL DEFAULT '';
        -- Whether a subnet isn't one of the network, but has the addresses of NICs that no DHCP server answers.
        ALTER TABLE subnets ADD COLUMN is_fallback INTEGER NOT NULL DEFAULT 0;
        """,
        """
        -- Eui64 or StablePrivacy; for a NIC, a token too. For a NIC without one, the network's applies.
        ALTER TABLE networks ADD COLUMN interface_identifier TEXT;
        ALTER TABLE nics ADD COLUMN interface_identifier TEXT;
        """,
        """
        -- How this host reaches databases of addresses that hosts share, and who it is there.
        CREATE TABLE address_databases (
            host TEXT NOT NULL,
            name TEXT NOT NULL,
            host_id TEXT NOT NULL,
            connection_string TEXT NOT NULL,
            password_file TEXT,
            timeout INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX address_databases_name ON address_databases (host, lower(name));
        -- A network with a segment has its addresses from there. Its leases are a copy.
        ALTER TABLE networks ADD COLUMN address_database TEXT;
        ALTER TABLE networks ADD COLUMN segment TEXT;
        ALTER TABLE networks ADD COLUMN away_policy TEXT;
        ALTER TABLE networks ADD COLUMN grace INTEGER;
        -- The number of the grant; zero if it isn't confirmed.
        ALTER TABLE leases ADD COLUMN epoch INTEGER;
        -- What a segment has given to others.
        CREATE TABLE lost_leases (
            nic_id TEXT NOT NULL REFERENCES nics (id) ON DELETE CASCADE,
            address BLOB NOT NULL,
            ordinal INTEGER NOT NULL,
            prefix_length INTEGER NOT NULL,
            source TEXT NOT NULL,
            PRIMARY KEY (nic_id, address)
        );
        -- What an address database must still be told: a network has been removed; or all addresses of a NIC, or one, are free or
        -- another station's until a time (seconds since 1970).
        CREATE TABLE notices (
            ordinal INTEGER PRIMARY KEY,
            host TEXT NOT NULL,
            address_database TEXT NOT NULL,
            network_id TEXT,
            nic_id TEXT,
            epoch INTEGER,
            address BLOB,
            mac_address TEXT,
            until INTEGER
        );
        """,
        """
        -- Whether a NIC belongs to whichever container has the name, or is the same instance of a Compose service.
        ALTER TABLE nics ADD COLUMN belongs_to_name INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE nics ADD COLUMN compose_project TEXT;
        ALTER TABLE nics ADD COLUMN compose_service TEXT;
        ALTER TABLE nics ADD COLUMN compose_number INTEGER;
        CREATE INDEX nics_container_name ON nics (container_name) WHERE belongs_to_name = 1;
        """,
        """
        -- What labels of containers can ask for on a network, and whether a NIC was asked for in this way.
        ALTER TABLE networks ADD COLUMN allowed_labels TEXT NOT NULL DEFAULT '';
        ALTER TABLE nics ADD COLUMN is_by_label INTEGER NOT NULL DEFAULT 0;
        """,
        """
        CREATE INDEX nics_container ON nics (container_id) WHERE container_id IS NOT NULL;
        -- Where links of NICs were before the NICs were made anew, and who looks for them later: their containers can have moved them.
        CREATE TABLE former_links (
            nic_id TEXT NOT NULL REFERENCES nics (id) ON DELETE CASCADE,
            worker INTEGER NOT NULL,
            namespace_name TEXT NOT NULL,
            namespace_path TEXT NOT NULL,
            namespace_device INTEGER NOT NULL,
            namespace_inode INTEGER NOT NULL,
            boot_id TEXT NOT NULL,
            namespace_cookie INTEGER NOT NULL,
            interface_name TEXT NOT NULL,
            interface_index INTEGER NOT NULL,
            parent_index INTEGER NOT NULL,
            mac_address TEXT NOT NULL,
            PRIMARY KEY (nic_id, namespace_inode, namespace_cookie, boot_id)
        );
        """,
        """
        -- Limits in bits a second, zero for unlimited, and bytes that can pass at once. A NIC without one has the network's.
        ALTER TABLE networks ADD COLUMN bandwidth_in INTEGER;
        ALTER TABLE networks ADD COLUMN bandwidth_out INTEGER;
        ALTER TABLE networks ADD COLUMN bandwidth_burst INTEGER;
        ALTER TABLE nics ADD COLUMN bandwidth_in INTEGER;
        ALTER TABLE nics ADD COLUMN bandwidth_out INTEGER;
        ALTER TABLE nics ADD COLUMN bandwidth_burst INTEGER;
        """,
        """
        -- NAME=VALUE of sysctls, with IFNAME for the interface. Those of a NIC override those of its network.
        ALTER TABLE networks ADD COLUMN sysctls TEXT NOT NULL DEFAULT '';
        ALTER TABLE nics ADD COLUMN sysctls TEXT NOT NULL DEFAULT '';
        """,
        """
        -- Whether a NIC's link is kept down.
        ALTER TABLE nics ADD COLUMN is_disabled INTEGER NOT NULL DEFAULT 0;
        -- What links can still have while a change of a NIC isn't complete: routes, each with the index of its link, sysctls, and
        -- addresses, which nobody else gets until then.
        ALTER TABLE nics ADD COLUMN obsolete_routes TEXT NOT NULL DEFAULT '';
        ALTER TABLE nics ADD COLUMN obsolete_sysctls TEXT NOT NULL DEFAULT '';
        ALTER TABLE leases ADD COLUMN is_obsolete INTEGER NOT NULL DEFAULT 0;
        """,
        """
        -- The MTU that was chosen for a NIC; null if it has its network's.
        ALTER TABLE nics ADD COLUMN own_mtu INTEGER;
        -- How often a network has been changed.
        ALTER TABLE networks ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
        """,
    ];
}
