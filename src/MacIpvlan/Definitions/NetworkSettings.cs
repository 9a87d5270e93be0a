using System.Globalization;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Represents networks and sub-interfaces as lists of settings, named after the parameters that set them. Exports,
/// checks for missing counterparts, and comparisons use these lists.
/// </summary>
internal static class NetworkSettings
{
    public const string Name = "Name";
    public const string Kind = "Kind";
    public const string Mode = "Mode";
    public const string Flag = "Flag";
    public const string Parent = "Parent";
    public const string Subnet = "Subnet";
    public const string Gateway = "Gateway";
    public const string IPRange = "IPRange";
    public const string ExcludeAddress = "ExcludeAddress";
    public const string AddressDatabase = "AddressDatabase";
    public const string Segment = "Segment";
    public const string AwayPolicy = "AwayPolicy";
    public const string GraceSeconds = "GraceSeconds";
    public const string Dhcp = "Dhcp";
    public const string DhcpClass = "DhcpClass";
    public const string DhcpTimeoutSeconds = "DhcpTimeoutSeconds";
    public const string DhcpRequestOption = "DhcpRequestOption";
    public const string DhcpFallback = "DhcpFallback";
    public const string Internal = "Internal";
    public const string NoGateway = "NoGateway";
    public const string NoDefaultRoute = "NoDefaultRoute";
    public const string OnLinkGateway = "OnLinkGateway";
    public const string Route = "Route";
    public const string RouteMetric = "RouteMetric";
    public const string Mtu = "Mtu";
    public const string MaximumBandwidthIn = "MaximumBandwidthIn";
    public const string MaximumBandwidthOut = "MaximumBandwidthOut";
    public const string BandwidthBurst = "BandwidthBurst";
    public const string RouterAdvertisement = "RouterAdvertisement";
    public const string InterfaceIdentifier = "InterfaceIdentifier";
    public const string Sysctl = "Sysctl";
    public const string AllowLabel = "AllowLabel";
    public const string AllowedMacAddress = "AllowedMacAddress";
    public const string BroadcastQueueLength = "BroadcastQueueLength";
    public const string BroadcastCutoff = "BroadcastCutoff";
    public const string NoPromiscuous = "NoPromiscuous";
    public const string ProbeAddress = "ProbeAddress";
    public const string ProbeCount = "ProbeCount";
    public const string ProbeTimeoutMilliseconds = "ProbeTimeoutMilliseconds";
    public const string VlanId = "VlanId";
    public const string Protocol = "Protocol";
    public const string ReorderHeader = "ReorderHeader";
    public const string Gvrp = "Gvrp";
    public const string Mvrp = "Mvrp";
    public const string LooseBinding = "LooseBinding";
    public const string EgressPriorityMap = "EgressPriorityMap";
    public const string IngressPriorityMap = "IngressPriorityMap";
    public const string RemovedWithLastNetwork = "RemovedWithLastNetwork";

    /// <summary>The settings of a network that aren't empty, in a fixed order.</summary>
    public static IReadOnlyList<NetworkSetting> Of(NetworkRequest network)
    {
        MacvlanLink? macvlan = network.NicKind as MacvlanLink;
        IpvlanLink? ipvlan = network.NicKind as IpvlanLink;
        return Said(
            (Name, network.Name),
            (Kind, network.NicKind.Name),
            (Mode, macvlan?.Mode.ToString() ?? ipvlan!.Mode.ToString()),
            (Flag, ipvlan is null or { Flag: IpvlanFlag.Bridge } ? null : ipvlan.Flag.ToString()),
            (Parent, network.Parent?.ToString()),
            (Subnet, Texts(network.Subnets)),
            (Gateway, Texts(network.Gateways)),
            (IPRange, Texts(network.Ranges)),
            (ExcludeAddress, Texts(network.Excluded)),
            (AddressDatabase, network.Segment?.Database),
            (Segment, network.Segment?.Name),
            (AwayPolicy, network.Segment?.AwayPolicy is MacIpvlan.AwayPolicy.Reconcile ? nameof(MacIpvlan.AwayPolicy.Reconcile) : null),
            (GraceSeconds, network.Segment?.GraceSeconds),
            (Dhcp, Yes(network.Dhcp is not null)),
            (DhcpClass, network.Dhcp?.VendorClass),
            (DhcpTimeoutSeconds, network.Dhcp?.TimeoutSeconds),
            (DhcpRequestOption, Texts(network.Dhcp?.RequestedOptions.Select(static o => new DhcpOptionName(o)) ?? [])),
            (DhcpFallback, network.Dhcp?.Fallback?.ToString()),
            (Internal, Yes(network.IsInternal)),
            (NoGateway, Yes(network.NoGateway)),
            (NoDefaultRoute, Yes(network.NoDefaultRoute)),
            (OnLinkGateway, Yes(network.OnLinkGateway)),
            (Route, Texts(network.Routes)),
            (RouteMetric, network.RouteMetric),
            (Mtu, network.Mtu),
            (MaximumBandwidthIn, network.Bandwidth.In?.ToString()),
            (MaximumBandwidthOut, network.Bandwidth.Out?.ToString()),
            (BandwidthBurst, network.Bandwidth.Burst),
            (RouterAdvertisement, network.RouterAdvertisement?.ToString()),
            (InterfaceIdentifier, network.NicIdentifier is InterfaceIdentifier way && way != NetworkRequest.UsualIdentifier ? way.ToString() : null),
            (Sysctl, Texts(network.Sysctls)),
            (AllowLabel, Texts(network.AllowedLabels)),
            (AllowedMacAddress, macvlan?.AllowedMacAddresses.Select(Link.Format).ToArray()),
            (BroadcastQueueLength, macvlan?.BroadcastQueueLength),
            (BroadcastCutoff, macvlan?.BroadcastCutoff),
            (NoPromiscuous, Yes(macvlan?.NoPromiscuous)),
            // False is a setting where addresses are probed by default.
            (ProbeAddress, network.Probe is not null ? true : network.DefaultProbe is null ? null : false),
            (ProbeCount, network.Probe?.Count),
            (ProbeTimeoutMilliseconds, network.Probe?.TimeoutMilliseconds));
    }

    /// <summary>The settings of a sub-interface that differ from the kernel's defaults.</summary>
    public static IReadOnlyList<NetworkSetting> Of(ParentLinkRecord vlan)
    {
        VlanLink kind = (VlanLink)vlan.Kind;
        return Said(
            (Name, vlan.Name),
            (Parent, vlan.Parent),
            (VlanId, kind.VlanId),
            (Protocol, kind.Protocol == VlanProtocol.Ieee8021AD ? "802.1ad" : "802.1Q"),
            (Mtu, vlan.Mtu),
            (ReorderHeader, kind.ReorderHeader == false ? false : null),
            (Gvrp, Yes(kind.Gvrp)),
            (Mvrp, Yes(kind.Mvrp)),
            (LooseBinding, Yes(kind.LooseBinding)),
            (EgressPriorityMap, Pairs(kind.EgressPriorityMap)),
            (IngressPriorityMap, Pairs(kind.IngressPriorityMap)),
            (RemovedWithLastNetwork, Yes(vlan.RemovedWithLastNetwork)));
    }

    /// <summary>The differences between two lists of settings, in their order.</summary>
    public static IReadOnlyList<SettingDifference> Compare(
        IReadOnlyList<NetworkSetting> expected, IReadOnlyList<NetworkSetting> actual)
    {
        Dictionary<string, NetworkSetting> wanted = expected.ToDictionary(static s => s.Name);
        Dictionary<string, NetworkSetting> found = actual.ToDictionary(static s => s.Name);
        return [.. wanted.Keys.Union(found.Keys).Where(n => !IsSame(n))
            .Select(n => new SettingDifference(n, Text(wanted, n), Text(found, n)))];

        bool IsSame(string name) => wanted.TryGetValue(name, out NetworkSetting? one)
            && found.TryGetValue(name, out NetworkSetting? other) && one.IsSame(other);
    }

    private static string Text(Dictionary<string, NetworkSetting> settings, string name) =>
        settings.TryGetValue(name, out NetworkSetting? setting) ? setting.ToString() : "none";

    private static NetworkSetting[] Said(params (string Name, object? Value)[] settings) =>
        [.. settings.Where(static s => s.Value is not (null or string[] { Length: 0 }))
            .Select(static s => new NetworkSetting(s.Name, s.Value!))];

    private static bool? Yes(bool? value) => value == true ? true : null;

    private static string[] Texts<T>(IEnumerable<T> values) => [.. values.Select(static v => v!.ToString()!)];

    private static string[] Pairs(IEnumerable<(uint From, uint To)> map) =>
        [.. map.OrderBy(static m => m.From).Select(static m => string.Create(CultureInfo.InvariantCulture, $"{m.From}:{m.To}"))];
}

/// <summary>One setting.</summary>
/// <param name="Name">The name of the parameter that sets it.</param>
/// <param name="Value">A string, a number, a boolean, or strings.</param>
internal sealed record NetworkSetting(string Name, object Value)
{
    /// <summary>
    /// Whether the settings are equal. Order matters only for subnets, because NICs use the first with a free address.
    /// </summary>
    public bool IsSame(NetworkSetting other) => (Value, other.Value) switch
    {
        (string[] mine, string[] theirs) when Name == NetworkSettings.Subnet => mine.SequenceEqual(theirs),
        (string[] mine, string[] theirs) => mine.ToHashSet().SetEquals(theirs),
        _ => Value.Equals(other.Value),
    };

    /// <summary>The value.</summary>
    public override string ToString() =>
        Value is string[] many ? string.Join(", ", many) : Convert.ToString(Value, CultureInfo.InvariantCulture)!;
}
