using System.Globalization;
using System.Net.Sockets;
using System.Numerics;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using static MacIpvlan.NetworkSettings;

namespace MacIpvlan.Formats;

/// <summary>A network in the terms of Docker's drivers macvlan and ipvlan, for the formats that define networks for Docker.</summary>
/// <param name="Driver">The driver.</param>
/// <param name="IsIPv4Off">Whether it has no IPv4.</param>
/// <param name="IsIPv6On">Whether it has IPv6.</param>
/// <param name="IsInternal">Whether it's internal.</param>
/// <param name="Subnets">The subnets.</param>
/// <param name="Options">The options of the driver.</param>
internal sealed record DockerDefinition(
    string Driver, bool IsIPv4Off, bool IsIPv6On, bool IsInternal, IReadOnlyList<DockerDefinition.Pool> Subnets,
    IReadOnlyList<KeyValuePair<string, string>> Options)
{
    /// <summary>The option of Docker's drivers for the MTU.</summary>
    public const string MtuOption = "com.docker.network.driver.mtu";

    /// <summary>The option of Docker's endpoints for sysctls: NAME=VALUE, separated by commas, with IFNAME for the interface.</summary>
    public const string SysctlOption = "com.docker.network.endpoint.sysctls";

    private const string Docker = "Docker";
    private const int MaxAuxiliaryAddresses = 256;
    private static readonly string[] s_said =
        [Name, Kind, Mode, Flag, Parent, Subnet, Gateway, IPRange, ExcludeAddress, Internal, NoGateway, Mtu];

    /// <summary>A subnet, and what Docker knows about its addresses.</summary>
    /// <param name="Prefix">The subnet.</param>
    /// <param name="Gateways">Its gateways: one at most.</param>
    /// <param name="Range">The prefix to allocate from; null for the whole subnet.</param>
    /// <param name="Excluded">Single addresses that are never allocated, each under a name.</param>
    public sealed record Pool(
        IPPrefix Prefix, IReadOnlyList<AddressValue> Gateways, IPPrefix? Range, IReadOnlyList<KeyValuePair<string, AddressValue>> Excluded);

    /// <summary>Throws if a network would be a different one with Docker.</summary>
    /// <exception cref="NetworkException">NoCounterpart.</exception>
    public static void Check(NetworkRequest network)
    {
        if (network.Dhcp is not null) throw MissingCounterparts.Refuse(network, Docker, "it assigns addresses itself, and has no DHCP");
        if (network.NicKind is MacvlanLink { Mode: MacvlanMode.Source }) throw MissingCounterparts.Refuse(network, Docker, "it has no mode Source");
    }

    /// <summary>Describes a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="said">The names of settings that the format has in addition to Docker's.</param>
    /// <param name="warn">Called for each setting that has no counterpart in Docker.</param>
    /// <exception cref="NetworkException">NoCounterpart.</exception>
    public static DockerDefinition Of(NetworkRequest network, IEnumerable<string> said, Action<string> warn)
    {
        Check(network);
        WarnOfFamilies(network, warn);
        PrefixIndex index = new(network.Subnets);
        ILookup<IPPrefix?, AddressRange> ranges = network.Ranges.ToLookup(index.Containing);
        ILookup<IPPrefix?, AddressValue> gateways = network.Gateways.ToLookup(index.Containing);
        IPPrefix?[] prefixes = [.. network.Subnets.Select(s => RangeOf(network, [.. ranges[s]], warn))];
        ILookup<IPPrefix?, KeyValuePair<string, AddressValue>> excluded = ReadExcluded(network, warn).ToLookup(e => index.Containing(e.Value));
        DockerDefinition definition = new(
            network.NicKind.Name,
            network.Subnets.All(static s => s.Family == AddressFamily.InterNetworkV6),
            network.Subnets.Any(static s => s.Family == AddressFamily.InterNetworkV6),
            network.IsInternal,
            [.. network.Subnets.Select((s, i) => new Pool(s, [.. gateways[s]], prefixes[i], [.. excluded[s]]))],
            [.. OptionsOf(network, warn)]);
        if (network.Vlans.Count > 1 || !network.Vlans.All(VlanDefinition.IsPlain))
        {
            MissingCounterparts.WarnOfSubInterfaces(network, Docker, warn);
        }

        WarnOfSysctls(network, warn);
        MissingCounterparts.Warn(network, Docker, [.. s_said, Sysctl, .. said], warn);
        return definition;
    }

    private static void WarnOfFamilies(NetworkRequest network, Action<string> warn)
    {
        if (network.Subnets.All(static s => s.Family == AddressFamily.InterNetworkV6))
        {
            warn($"'{network.Name}': Docker supports networks without IPv4 from version 28 on.");
        }

        PrefixIndex index = new(network.Subnets);
        foreach (AddressValue gateway in network.Gateways.Where(g => index.Containing(g) is null))
        {
            warn($"'{network.Name}': Docker has no counterpart of {Gateway} ({gateway}) outside the subnets, which is left out.");
        }

        if (network.NoGateway)
        {
            warn($"'{network.Name}': Docker supports {NoGateway} from version 28 on; "
                + "earlier versions use the first address of an IPv4 subnet.");
        }
    }

    private static void WarnOfSysctls(NetworkRequest network, Action<string> warn)
    {
        if (network.Sysctls.Count == 0) return;
        string options = string.Join(',', network.Sysctls.Select(static s => $"\"driver-opt={SysctlOption}={s}\""));
        warn($"'{network.Name}': Docker has sysctls of containers' interfaces, not of networks, so {Sysctl} is left out; "
            + $"give them to each container: docker run --network 'name={network.Name},{options}'");
    }

    private static IPPrefix? RangeOf(NetworkRequest network, AddressRange[] ranges, Action<string> warn)
    {
        if (ranges is [AddressRange range] && range.AsPrefix() is IPPrefix prefix) return prefix;
        if (ranges.Length > 0)
        {
            warn($"'{network.Name}': Docker accepts only one prefix for {IPRange}; {string.Join(", ", ranges)} is left out.");
        }

        return null;
    }

    // Docker excludes single addresses, each under a name.
    private static IEnumerable<KeyValuePair<string, AddressValue>> ReadExcluded(NetworkRequest network, Action<string> warn)
    {
        if (network.Excluded.Aggregate(BigInteger.Zero, static (sum, r) => sum + r.Size) > MaxAuxiliaryAddresses)
        {
            warn($"'{network.Name}': Docker can only exclude single addresses for {ExcludeAddress}; "
                + $"{string.Join(", ", network.Excluded)} is left out because it has more than {MaxAuxiliaryAddresses} addresses.");
            return [];
        }

        return network.Excluded.SelectMany(Each).Distinct()
            .Select(static (a, i) => KeyValuePair.Create(string.Create(CultureInfo.InvariantCulture, $"excluded{i + 1}"), a));
    }

    private static IEnumerable<AddressValue> Each(AddressRange range)
    {
        AddressValue address = range.First;
        for (; address != range.Last; address = address.Next()!) yield return address;
        yield return address;
    }

    private static List<KeyValuePair<string, string>> OptionsOf(NetworkRequest network, Action<string> warn)
    {
        List<KeyValuePair<string, string>> options = [];
        if (network.Parent is not null) Add("parent", network.Parent);
        switch (network.NicKind)
        {
            case MacvlanLink macvlan: Add("macvlan_mode", macvlan.Mode); break;
            case IpvlanLink ipvlan:
                Add("ipvlan_mode", ipvlan.Mode);
                if (ipvlan.Flag != IpvlanFlag.Bridge) Add("ipvlan_flag", ipvlan.Flag);
                break;
        }

        if (network.Mtu is not int mtu) return options;
        Add(MtuOption, mtu);
        warn($"'{network.Name}': Docker stores {Mtu} ({mtu}), but doesn't apply it to macvlan and ipvlan NICs.");
        return options;

        void Add(string name, object value)
        {
            string text = Convert.ToString(value, CultureInfo.InvariantCulture)!;
            options.Add(KeyValuePair.Create(name, value is Enum ? text.ToLowerInvariant() : text));
        }
    }
}
