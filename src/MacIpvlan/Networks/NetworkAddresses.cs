using MacIpvlan.Addressing;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Who has which address of a network. Addresses that are alike and follow each other are one range, so a large subnet is
/// described as fast as a small one.
/// </summary>
public sealed class NetworkAddresses(NetworkSession session)
{
    private readonly HostAddresses _host = new(session);
    private readonly Dictionary<string, IReadOnlyList<ContainerNic>> _nics = [];
    private readonly Dictionary<string, IReadOnlyList<AddressHolder>> _holders = [];
    private IReadOnlyList<NetworkRecord>? _networks;

    /// <summary>
    /// All addresses of a network, in the order of its subnets and then by number, after those that a DHCP server assigned to NICs,
    /// and those for NICs that no DHCP server answers.
    /// </summary>
    public IEnumerable<NetworkAddress> Get(ContainerNetwork network)
    {
        IEnumerable<NetworkAddress> assigned = OfNics(network.Id)
            .SelectMany(n => n.Addresses.Where(a => network.Record.Addresses.IsDhcp(a.Value.Family)).SelectMany(a => OfNic(network, a.Subnet, n, [])));
        if (network.Record.Fallback is SubnetRecord fallback) assigned = OfOthers(network, fallback.Prefix, []).Concat(assigned);
        foreach (NetworkAddress address in assigned.DistinctBy(static a => a.Range).OrderBy(static a => a.Range.First)) yield return address;
        for (int i = 0; i < network.Record.Subnets.Count; i++)
        {
            foreach (NetworkAddress address in Get(network, network.Record.Subnets[i], network.Subnets[i].ForeignAddress)) yield return address;
        }
    }

    /// <summary>The addresses that a host has on the segment of a network, as the database has them on record.</summary>
    /// <param name="network">The network.</param>
    /// <param name="host">The host's name or id.</param>
    /// <param name="database">The name of the database as an administrator reaches it; null for the network's own.</param>
    /// <exception cref="NetworkException">The database can't be asked.</exception>
    public IReadOnlyList<NetworkAddress> GetOfHost(ContainerNetwork network, string host, string? database) => network.Record.Segment is not NetworkSegment segment ? [] :
    [
        .. session.Databases.Use(database ?? segment.Database, d => d.GetHolders(segment.Name))
            .Where(h => h.Host == host || h.HostId?.ToString() == host)
            .SelectMany(h => network.Record.Pools.Where(p => p.Prefix.Contains(h.Address)).Take(1).Select(p => OfHolder(network, p.Prefix, h, []))),
    ];

    /// <summary>The part of an address range within a selection; null if there is none.</summary>
    public static NetworkAddress? Within(ContainerNetwork network, NetworkAddress address, AddressRange selection) =>
        address.Range.Intersect(selection) is not AddressRange part ? null
            : part == address.Range ? address
            // Only ranges that nobody has are longer than the part.
            : new NetworkAddress(network, IPPrefix.Parse(address.Subnet.ToString()), part, address.Kind);

    private IEnumerable<NetworkAddress> Get(ContainerNetwork network, SubnetRecord subnet, IEnumerable<WireAddress> foreign)
    {
        IPPrefix prefix = subnet.Prefix;
        // Networks on one parent with the same subnet allocate from one pool, and withhold their gateways and exclusions from each other.
        NetworkRecord[] sharing = [.. Networks.Where(n => n.Parent == network.Parent && n.Pools.Any(s => s.Prefix == prefix))];
        SubnetRecord[] subnets = [.. sharing.SelectMany(static n => n.Pools).Where(s => s.Prefix == prefix)];
        HashSet<AddressValue> gateways = [.. subnets.Select(static s => s.Gateway).OfType<AddressValue>()];
        AddressRange usable = AddressPool.Usable(prefix);
        Dictionary<AddressValue, NetworkAddress> single = [];
        foreach (NetworkAddress address in OfOthers(network, prefix, gateways)) Add(address);
        foreach (NetworkAddress nic in sharing.SelectMany(n => OfNics(n.Id)).SelectMany(n => OfNic(network, prefix, n, gateways))) Add(nic);
        foreach (AddressHolder holder in OfSegment(network.Record, prefix)) Add(OfHolder(network, prefix, holder, gateways));
        foreach (AddressValue address in _host.All.Where(prefix.Contains)) Add(OfHost(network, prefix, address, gateways));
        foreach (AddressValue gateway in gateways) Add(new(network, prefix, AddressRange.Of(gateway), NetworkAddressKind.Gateway) { IsGateway = true });
        RangeIndex excluded = new(subnets.SelectMany(static s => s.Excluded));
        foreach (WireAddress station in foreign)
        {
            AddressValue address = AddressValue.From(station.Address.Address);
            if (excluded.Contains(address)) continue;
            Add(new(network, prefix, AddressRange.Of(address), NetworkAddressKind.Foreign)
            {
                Holder = station.MacAddress,
                MacAddress = station.MacAddress,
            });
        }

        foreach (AddressValue end in new[] { prefix.First, prefix.Last })
        {
            if (!usable.Contains(end)) Add(new(network, prefix, AddressRange.Of(end), NetworkAddressKind.Reserved));
        }

        AddressRange[] taken = [.. single.Keys.Select(AddressRange.Of)];
        AddressRange[] withheld = [.. subnets.SelectMany(static s => s.Excluded)];
        IEnumerable<NetworkAddress> ranges = Ranges(NetworkAddressKind.Free, subnet.Ranges, taken.Concat(withheld));
        if (withheld.Length > 0) ranges = ranges.Concat(Ranges(NetworkAddressKind.Excluded, withheld, taken));
        if (subnet.Ranges.Count > 0) ranges = ranges.Concat(Ranges(NetworkAddressKind.OutsideRange, [], taken.Concat(withheld).Concat(subnet.Ranges)));
        // A gateway outside the subnet is of the other family never, but can be anywhere: it comes last.
        return single.Values.Concat(ranges).OrderBy(a => !prefix.Contains(a.Range.First)).ThenBy(static a => a.Range.First);

        void Add(NetworkAddress address) => single.TryAdd(address.Range.First, address);

        IEnumerable<NetworkAddress> Ranges(NetworkAddressKind kind, IReadOnlyList<AddressRange> from, IEnumerable<AddressRange> without) =>
            AddressPool.Allocatable(prefix, [.. from], without).Select(r => new NetworkAddress(network, prefix, r, kind));
    }

    private static IEnumerable<NetworkAddress> OfNic(ContainerNetwork network, IPPrefix prefix, ContainerNic nic, HashSet<AddressValue> gateways) =>
        nic.Addresses.Where(a => prefix.Contains(a.Value)).Select(a => new NetworkAddress(
            network, prefix, AddressRange.Of(a.Value), nic.Record.IsHost ? NetworkAddressKind.Host : NetworkAddressKind.Nic)
        {
            Holder = nic.Record.IsHost ? nic.InterfaceName : nic.ToString(),
            HolderNetwork = nic.Network,
            Host = network.Record.Segment is null ? null : Environment.MachineName,
            MacAddress = TextOf(nic.MacAddress),
            IsGateway = gateways.Contains(a.Value),
        });

    // What the segment has given to others isn't this host's any longer, even if a NIC still has it.
    private IEnumerable<NetworkAddress> OfOthers(ContainerNetwork network, IPPrefix prefix, HashSet<AddressValue> gateways)
    {
        if (network.Record.Segment is not NetworkSegment segment) return [];
        Guid? here = new KnownDatabases(session).Find(segment.Database)?.HostId;
        return OfSegment(network.Record, prefix).Where(h => h.HostId != here).Select(h => OfHolder(network, prefix, h, gateways));
    }

    private IEnumerable<AddressHolder> OfSegment(NetworkRecord network, IPPrefix prefix) => OfSegment(network).Where(h => prefix.Contains(h.Address));

    // On all hosts.
    private IReadOnlyList<AddressHolder> OfSegment(NetworkRecord network)
    {
        if (network.Segment is not NetworkSegment segment) return [];
        if (_holders.TryGetValue($"{segment}", out IReadOnlyList<AddressHolder>? known)) return known;
        IReadOnlyList<AddressHolder> holders = [];
        try
        {
            holders = session.Databases.Use(segment.Database, d => d.GetHolders(segment.Name));
        }
        catch (NetworkException e)
        {
            session.Warn($"Only the addresses that this host has of the segment {segment} are shown. {e.Message}");
        }

        return _holders[$"{segment}"] = holders;
    }

    private static NetworkAddress OfHolder(ContainerNetwork network, IPPrefix prefix, AddressHolder holder, HashSet<AddressValue> gateways) => new(
        network, prefix, AddressRange.Of(holder.Address), holder.Kind switch
        {
            HolderKind.Nic => NetworkAddressKind.Nic,
            HolderKind.Foreign => NetworkAddressKind.Foreign,
            _ => NetworkAddressKind.Reserved,
        })
    {
        Holder = holder.Kind == HolderKind.Foreign ? Format(holder) : TextOf(holder.Holder),
        HolderNetwork = holder.Network,
        Host = holder.Host,
        MacAddress = Format(holder),
        IsGateway = gateways.Contains(holder.Address),
    };

    private static string? Format(AddressHolder holder) => holder.MacAddress is null ? null : Link.Format(holder.MacAddress);

    private NetworkAddress OfHost(ContainerNetwork network, IPPrefix prefix, AddressValue address, HashSet<AddressValue> gateways)
    {
        Link? link = _host.FindLink(address);
        return new(network, prefix, AddressRange.Of(address), NetworkAddressKind.Host)
        {
            Holder = link is null ? null : PrintableText.Clean(link.Name),
            MacAddress = link is null ? null : TextOf(Link.Format(link.MacAddress)),
            IsGateway = gateways.Contains(address),
        };
    }

    private static string? TextOf(string text) => text.Length == 0 ? null : text;

    private IReadOnlyList<NetworkRecord> Networks => _networks ??= session.State.GetNetworks();

    // Read together: a network's NICs are needed again for each network that shares its subnet.
    private IReadOnlyList<ContainerNic> OfNics(string networkId)
    {
        if (_nics.Count == 0)
        {
            foreach (NetworkRecord network in Networks) _nics[network.Id] = [];
            foreach (IGrouping<string, ContainerNic> nics in new ContainerNics(session).GetAllWithHost().GroupBy(static n => n.NetworkRecord.Id))
            {
                _nics[nics.Key] = [.. nics];
            }
        }

        return _nics.GetValueOrDefault(networkId) ?? [];
    }
}
