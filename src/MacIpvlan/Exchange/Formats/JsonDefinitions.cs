using System.Globalization;
using System.Net.NetworkInformation;
using System.Text.Json;
using System.Text.Json.Nodes;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;
using static MacIpvlan.NetworkSettings;

namespace MacIpvlan.Formats;

/// <summary>
/// The module's own format: one JSON object with all networks and the sub-interfaces below them. Each setting has the
/// name of its parameter; only settings with a value are written, always in the same order.
/// </summary>
internal static class JsonDefinitions
{
    /// <summary>The value of the property "format", which identifies the format.</summary>
    public const string Format = "macipvlan";

    /// <summary>The JSON layout, indented for people to read.</summary>
    public static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    private const int Version = 1;
    private const string FormatProperty = "format";
    private const string VersionProperty = "version";
    private const string VlansProperty = "vlans";
    private const string NetworksProperty = "networks";

    /// <summary>Whether an object has this format.</summary>
    public static bool IsAt(DefinitionReader root) => root.Has(FormatProperty) && root.Has(VersionProperty);

    /// <summary>Writes networks.</summary>
    public static string Write(IReadOnlyList<NetworkRequest> networks)
    {
        JsonObject root = new()
        {
            [FormatProperty] = Format,
            [VersionProperty] = Version,
            // Several networks can share a sub-interface; a sub-interface comes before those that sit on it.
            [VlansProperty] = WriteList(networks.SelectMany(static n => n.Vlans.Select(static (v, depth) => (Vlan: v, Depth: depth)))
                .DistinctBy(static v => v.Vlan.Name).OrderBy(static v => v.Depth).ThenBy(static v => v.Vlan.Name, NaturalOrder.Comparer)
                .Select(static v => Of(v.Vlan))),
            [NetworksProperty] = WriteList(networks.Select(Of)),
        };
        return root.ToJsonString(Readable);
    }

    /// <summary>Finds the networks in what <see cref="Write"/> wrote.</summary>
    /// <exception cref="NetworkException">InvalidDefinition.</exception>
    public static DefinedNetwork[] Find(DefinitionReader root, Action<string> warn)
    {
        if (root.Text(FormatProperty) != Format) throw root.Wrong(FormatProperty, $"is not \"{Format}\"");
        int version = root.Number(VersionProperty) ?? throw root.Wrong(VersionProperty, "is missing");
        if (version != Version) throw root.Wrong(VersionProperty, $"is {version}, but this module reads version {Version}");

        List<DefinedNetwork> found = [];
        Dictionary<string, ParentLinkRecord?> vlans = ReadVlans(root, found);
        IReadOnlyList<(JsonElement Item, string Path)> networks = root.List(NetworksProperty);
        if (root.UnreadHere().FirstOrDefault() is string unknown) throw DefinitionReader.Invalid(unknown, "isn't a known setting");
        List<NetworkRequest> read = [];
        found.AddRange(networks.Select(n => new DefinedNetwork(DefinitionReader.NameOf(n.Item), () =>
        {
            read.Add(ReadKnown(new(n.Item, n.Path), network => ReadNetwork(network, vlans)));
            return read[^1];
        })));
        found.Add(new(null, () =>
        {
            // The others may sit on it, but can't be read.
            if (read.Count == networks.Count) WarnOfUnused(vlans, read, warn);
            return null;
        }));
        return [.. found];
    }

    // An invalid sub-interface is reported, and affects only the networks on it.
    private static Dictionary<string, ParentLinkRecord?> ReadVlans(DefinitionReader root, List<DefinedNetwork> failures)
    {
        Dictionary<string, ParentLinkRecord?> vlans = [];
        foreach (DefinitionReader vlan in root.Objects(VlansProperty))
        {
            string name = vlan.Need(Property(Name));
            if (!vlans.TryAdd(name, null)) throw root.Wrong(VlansProperty, $"has the name '{name}' twice");
            try
            {
                vlans[name] = ReadKnown(vlan, ReadVlan);
            }
            catch (NetworkException e)
            {
                failures.Add(new(null, () => throw e));
            }
        }

        return vlans;
    }

    // A misspelled setting must not be ignored as if it weren't specified.
    private static T ReadKnown<T>(DefinitionReader item, Func<DefinitionReader, T> read)
    {
        T result = read(item);
        return item.Unread().FirstOrDefault() is string unknown ? throw DefinitionReader.Invalid(unknown, "isn't a known setting") : result;
    }

    private static void WarnOfUnused(Dictionary<string, ParentLinkRecord?> vlans, List<NetworkRequest> networks, Action<string> warn)
    {
        foreach (ParentLinkRecord unused in vlans.Values.OfType<ParentLinkRecord>().Except(networks.SelectMany(static n => n.Vlans)))
        {
            warn($"No network sits on the sub-interface '{unused.Name}'; it is left out.");
        }
    }

    private static NetworkRequest ReadNetwork(DefinitionReader network, Dictionary<string, ParentLinkRecord?> vlans)
    {
        ParentReference? parent = network.Text(Property(Parent)) is string text ? ParentReference.Parse(text) : null;
        NetworkRequest read = new()
        {
            Name = network.Need(Property(Name)),
            NicKind = ReadKind(network),
            Parent = parent,
            Vlans = Below(network, parent, vlans),
            Subnets = network.Values(Property(Subnet), IPPrefix.Parse),
            Gateways = network.Values(Property(Gateway), AddressValue.Parse),
            Ranges = network.Values(Property(IPRange), AddressRange.Parse),
            Excluded = network.Values(Property(ExcludeAddress), AddressRange.Parse),
            Segment = ReadSegment(network),
            Dhcp = ReadDhcp(network),
            Internal = network.Flag(Property(Internal)),
            NoGateway = network.Flag(Property(NoGateway)),
            NoDefaultRoute = network.Flag(Property(NoDefaultRoute)),
            OnLinkGateway = network.Flag(Property(OnLinkGateway)),
            Routes = network.Values(Property(Route), NetworkRoute.Parse),
            RouteMetric = network.Number(Property(RouteMetric)),
            Mtu = network.Number(Property(Mtu)),
            Bandwidth = new(
                network.Address(Property(MaximumBandwidthIn), Bandwidth.Parse),
                network.Address(Property(MaximumBandwidthOut), Bandwidth.Parse),
                network.Number(Property(BandwidthBurst))),
            RouterAdvertisement = network.Value(Property(NetworkSettings.RouterAdvertisement), DefinitionReader.Word<RouterAdvertisement>),
            InterfaceIdentifier = network.Address(Property(NetworkSettings.InterfaceIdentifier), Addressing.InterfaceIdentifier.Parse),
            Sysctls = network.Values(Property(NetworkSettings.Sysctl), NicSysctl.Parse),
            AllowedLabels = network.Values(Property(AllowLabel), DefinitionReader.Word<LabelSetting>),
        };
        return read with { Probe = ReadProbe(network, read.DefaultProbe is not null) };
    }

    private static NetworkSegment? ReadSegment(DefinitionReader network)
    {
        string? database = network.Text(Property(NetworkSettings.AddressDatabase)), segment = network.Text(Property(NetworkSettings.Segment));
        AwayPolicy? policy = network.Value(Property(NetworkSettings.AwayPolicy), DefinitionReader.Word<AwayPolicy>);
        int? grace = network.Number(Property(NetworkSettings.GraceSeconds));
        if (database is not null && segment is not null) return new(database, segment) { AwayPolicy = policy, GraceSeconds = grace };
        return database is null && segment is null && policy is null && grace is null ? null
            : throw network.Wrong(Property(database is null ? NetworkSettings.AddressDatabase : NetworkSettings.Segment), "is missing, but others of its settings are present");
    }

    private static DhcpDefinition? ReadDhcp(DefinitionReader network)
    {
        string? vendorClass = network.Text(Property(DhcpClass));
        int? seconds = network.Number(Property(DhcpTimeoutSeconds));
        byte[] options = [.. network.Values(Property(DhcpRequestOption), DhcpOptionName.Parse).Select(static o => o.Code).Distinct()];
        DhcpFallback? fallback = network.Address(Property(NetworkSettings.DhcpFallback), DhcpFallback.Parse);
        if (network.Flag(Property(NetworkSettings.Dhcp))) return new()
        {
            VendorClass = vendorClass,
            Timeout = seconds is null ? DhcpDefinition.DefaultTimeout : TimeSpan.FromSeconds(seconds.Value),
            RequestedOptions = options,
            Fallback = fallback,
        };
        return vendorClass is null && seconds is null && options.Length == 0 && fallback is null ? null
            : throw network.Wrong(Property(NetworkSettings.Dhcp), "is missing, but its settings are present");
    }

    private static LinkKind ReadKind(DefinitionReader network)
    {
        string kind = network.Need(Property(Kind));
        return kind switch
        {
            MacvlanLink.KindName => new MacvlanLink(network.Value(Property(Mode), DefinitionReader.Word<MacvlanMode>) ?? MacvlanMode.Bridge)
            {
                AllowedMacAddresses = network.Values(Property(AllowedMacAddress), PhysicalAddress.Parse),
                BroadcastQueueLength = network.Number(Property(BroadcastQueueLength)),
                BroadcastCutoff = network.Number(Property(BroadcastCutoff)),
                NoPromiscuous = network.Flag(Property(NoPromiscuous)),
            },
            IpvlanLink.KindName => new IpvlanLink(
                network.Value(Property(Mode), DefinitionReader.Word<IpvlanMode>) ?? IpvlanMode.L2,
                network.Value(Property(Flag), DefinitionReader.Word<IpvlanFlag>) ?? IpvlanFlag.Bridge),
            _ => throw network.Wrong(Property(Kind), $"is neither {MacvlanLink.KindName} nor {IpvlanLink.KindName}"),
        };
    }

    private static ProbeSettings? ReadProbe(DefinitionReader network, bool isUsual)
    {
        ProbeSettings usual = new();
        int? count = network.Number(Property(ProbeCount)), timeout = network.Number(Property(ProbeTimeoutMilliseconds));
        if (network.Boolean(Property(ProbeAddress)) ?? isUsual) return new(count ?? usual.Count, timeout ?? usual.TimeoutMilliseconds);
        return count is null && timeout is null ? null
            : throw network.Wrong(Property(ProbeAddress), "is missing, but its settings are present");
    }

    private static ParentLinkRecord ReadVlan(DefinitionReader vlan) => new()
    {
        Name = vlan.Need(Property(Name)),
        Parent = vlan.Need(Property(Parent)),
        Kind = new VlanLink(
            vlan.Number(Property(VlanId)) ?? throw vlan.Wrong(Property(VlanId), "is missing"),
            vlan.Value(Property(Protocol), ReadProtocol) ?? VlanProtocol.Ieee8021Q)
        {
            ReorderHeader = vlan.Boolean(Property(ReorderHeader)),
            Gvrp = vlan.Boolean(Property(Gvrp)),
            Mvrp = vlan.Boolean(Property(Mvrp)),
            LooseBinding = vlan.Boolean(Property(LooseBinding)),
            EgressPriorityMap = vlan.Values(Property(EgressPriorityMap), ReadPair),
            IngressPriorityMap = vlan.Values(Property(IngressPriorityMap), ReadPair),
        },
        Mtu = vlan.Number(Property(Mtu)),
        RemovedWithLastNetwork = vlan.Flag(Property(RemovedWithLastNetwork)),
    };

    // The parent, what it sits on, and so on; each once, and at most one too many, which the check of the nesting rejects.
    private static ParentLinkRecord[] Below(DefinitionReader network, ParentReference? parent, Dictionary<string, ParentLinkRecord?> vlans)
    {
        List<ParentLinkRecord> found = [];
        string? name = parent is not null && vlans.ContainsKey(parent.ToString()) ? parent.ToString() : parent?.Link;
        while (found.Count <= VlanDefinition.MaxNesting && name is not null && vlans.TryGetValue(name, out ParentLinkRecord? vlan))
        {
            if (vlan is null) throw network.Wrong(Property(Parent), $"needs the sub-interface '{name}', which is invalid");
            if (found.Contains(vlan)) break;
            found.Insert(0, vlan);
            name = vlan.Parent;
        }

        return [.. found];
    }

    private static VlanProtocol ReadProtocol(string text) => text switch
    {
        "802.1Q" => VlanProtocol.Ieee8021Q,
        "802.1ad" => VlanProtocol.Ieee8021AD,
        _ => throw new FormatException($"'{text}' isn't a VLAN protocol: specify 802.1Q or 802.1ad"),
    };

    private static (uint From, uint To) ReadPair(string text)
    {
        string[] parts = text.Split(':');
        return parts.Length == 2 && uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint from)
            && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out uint to)
                ? (from, to)
                : throw new FormatException($"'{text}' isn't a pair of priorities, such as 0:3");
    }

    private static string Property(string setting) => JsonNamingPolicy.CamelCase.ConvertName(setting);

    private static JsonArray WriteList(IEnumerable<IReadOnlyList<NetworkSetting>> items) =>
        new([.. items.Select(static i => new JsonObject(i.Select(static s => KeyValuePair.Create(Property(s.Name), Node(s.Value)))))]);

    private static JsonNode? Node(object value) => JsonSerializer.SerializeToNode(value, value.GetType());
}
