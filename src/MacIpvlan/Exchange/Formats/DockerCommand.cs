using System.Globalization;
using System.Net.Sockets;
using System.Numerics;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using static MacIpvlan.NetworkSettings;

namespace MacIpvlan.Formats;

/// <summary>Writes the command line that creates a network with Docker.</summary>
internal static class DockerCommand
{
    /// <summary>The option of Docker's drivers for the MTU.</summary>
    public const string MtuOption = "com.docker.network.driver.mtu";

    private const string Docker = "Docker";
    private const int MaxAuxiliaryAddresses = 256;
    private static readonly string[] s_said =
        [Name, Kind, Mode, Flag, Parent, Subnet, Gateway, IPRange, ExcludeAddress, Internal, NoGateway, Mtu];

    /// <summary>Writes one network as one shell command line.</summary>
    /// <param name="network">The network.</param>
    /// <param name="warn">Called for each setting that has no counterpart in Docker.</param>
    /// <exception cref="NetworkException">NoCounterpart.</exception>
    public static string Write(NetworkRequest network, Action<string> warn)
    {
        if (network.Dhcp is not null) throw MissingCounterparts.Refuse(network, Docker, "it assigns addresses itself, and has no DHCP");
        List<string> words = ["docker", "network", "create", "-d", network.NicKind.Name];
        AddFamilies(words, network, warn);
        PrefixIndex index = new(network.Subnets);
        ILookup<IPPrefix?, AddressRange> ranges = network.Ranges.ToLookup(index.Containing);
        ILookup<IPPrefix?, AddressValue> gateways = network.Gateways.ToLookup(index.Containing);
        foreach (IPPrefix subnet in network.Subnets) AddSubnet(words, network, subnet, gateways[subnet], [.. ranges[subnet]], warn);
        AddExcluded(words, network, warn);
        if (network.IsInternal) words.Add("--internal");
        AddOptions(words, network, warn);
        words.Add(network.Name);
        if (network.Vlans.Count > 1 || !network.Vlans.All(VlanDefinition.IsPlain))
        {
            MissingCounterparts.WarnOfSubInterfaces(network, Docker, warn);
        }

        MissingCounterparts.Warn(network, Docker, s_said, warn);
        return string.Join(' ', words.Select(Quote));
    }

    private static void AddFamilies(List<string> words, NetworkRequest network, Action<string> warn)
    {
        if (network.Subnets.All(static s => s.Family == AddressFamily.InterNetworkV6))
        {
            words.Add("--ipv4=false");
            warn($"'{network.Name}': Docker supports networks without IPv4 from version 28 on.");
        }

        if (network.Subnets.Any(static s => s.Family == AddressFamily.InterNetworkV6)) words.Add("--ipv6");
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

    private static void AddSubnet(
        List<string> words, NetworkRequest network, IPPrefix subnet, IEnumerable<AddressValue> gateways, AddressRange[] ranges,
        Action<string> warn)
    {
        words.Add($"--subnet={subnet}");
        words.AddRange(gateways.Select(static g => $"--gateway={g}"));
        if (ranges is [AddressRange range] && range.AsPrefix() is IPPrefix prefix) words.Add($"--ip-range={prefix}");
        else if (ranges.Length > 0)
        {
            warn($"'{network.Name}': Docker accepts only one prefix for {IPRange}; {string.Join(", ", ranges)} is left out.");
        }
    }

    // Docker excludes single addresses, each under a name.
    private static void AddExcluded(List<string> words, NetworkRequest network, Action<string> warn)
    {
        if (network.Excluded.Aggregate(BigInteger.Zero, static (sum, r) => sum + r.Size) > MaxAuxiliaryAddresses)
        {
            warn($"'{network.Name}': Docker can only exclude single addresses for {ExcludeAddress}; "
                + $"{string.Join(", ", network.Excluded)} is left out because it has more than {MaxAuxiliaryAddresses} addresses.");
            return;
        }

        words.AddRange(network.Excluded.SelectMany(Each).Distinct().Select(static (a, i) => $"--aux-address=excluded{i + 1}={a}"));
    }

    private static IEnumerable<AddressValue> Each(AddressRange range)
    {
        AddressValue address = range.First;
        for (; address != range.Last; address = address.Next()!) yield return address;
        yield return address;
    }

    private static void AddOptions(List<string> words, NetworkRequest network, Action<string> warn)
    {
        if (network.Parent is not null) Add("parent", network.Parent);
        switch (network.NicKind)
        {
            case MacvlanLink { Mode: MacvlanMode.Source }:
                throw MissingCounterparts.Refuse(network, Docker, "it has no mode Source");
            case MacvlanLink macvlan: Add("macvlan_mode", macvlan.Mode); break;
            case IpvlanLink ipvlan:
                Add("ipvlan_mode", ipvlan.Mode);
                if (ipvlan.Flag != IpvlanFlag.Bridge) Add("ipvlan_flag", ipvlan.Flag);
                break;
        }

        if (network.Mtu is not int mtu) return;
        Add(MtuOption, mtu);
        warn($"'{network.Name}': Docker stores {Mtu} ({mtu}), but doesn't apply it to macvlan and ipvlan NICs.");

        void Add(string name, object value)
        {
            string text = Convert.ToString(value, CultureInfo.InvariantCulture)!;
            words.AddRange(["-o", $"{name}={(value is Enum ? text.ToLowerInvariant() : text)}"]);
        }
    }

    private static string Quote(string word) => word.All(static c => char.IsAsciiLetterOrDigit(c) || "-_.:/=,+@".Contains(c))
        ? word
        : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
