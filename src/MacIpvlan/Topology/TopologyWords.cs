using System.Globalization;
using System.Numerics;
using System.Text;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.Topology;

/// <summary>
/// The words that all drawings use. Names come from the kernel, from container runtimes and from paths, so they are
/// cleaned: <see cref="PrintableText"/>.
/// </summary>
internal static class TopologyWords
{
    private static readonly BigInteger s_mostCounted = 999_999;

    /// <summary>The title of a drawing.</summary>
    public static string Title(NetworkTopology topology) => $"Container networks of {PrintableText.Clean(topology.Host)}";

    /// <summary>The number of networks and NICs, and the time.</summary>
    public static string Summary(NetworkTopology topology)
    {
        string networks = Phrase.Count(topology.Networks.Count(), "network");
        string nics = Phrase.Count(topology.Networks.Sum(static n => n.Nics.Count), "NIC");
        return FormattableString.Invariant($"{networks}, {nics}, as of {topology.Time.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
    }

    /// <summary>The summary, and the problems.</summary>
    public static string Description(NetworkTopology topology) =>
        string.Join(": ", ((string[])[Summary(topology), Trouble(topology)]).Where(static t => t.Length > 0));

    /// <summary>Counts the problems in a topology; empty without problems.</summary>
    public static string Trouble(NetworkTopology topology) => string.Join(", ",
    [
        .. Counted("link", topology.Links.SelectMany(static l => l.AllLinks).Select(Trouble)),
        .. Counted("network", topology.Networks.Select(static n => Trouble(n.Network))),
        .. Counted("NIC", topology.Networks.SelectMany(static n => n.Nics).Select(Trouble)),
    ]);

    /// <summary>Counts the problems of NICs; empty without problems.</summary>
    public static string Troubles(IEnumerable<ContainerNic> nics) => string.Join(", ", Counted("NIC", nics.Select(Trouble)));

    /// <summary>The kind and state of a link.</summary>
    public static string Of(TopologyLink link) => string.Join(", ", KindOf(link).Concat(StateOf(link)));

    /// <summary>The kind of a link.</summary>
    public static IEnumerable<string> KindOf(TopologyLink link)
    {
        if (link.VlanId is int id) yield return link.Protocol == VlanProtocol.Ieee8021AD ? $"VLAN {id} (802.1ad)" : $"VLAN {id}";
        else if (link.Kind is not null) yield return PrintableText.Clean(link.Kind);
        else yield return link.State == TopologyLinkState.Missing ? "link" : "hardware";
        if (link.Ports.Count > 0) yield return $"ports {string.Join(' ', link.Ports.Select(PrintableText.Clean))}";
    }

    /// <summary>The state of a link.</summary>
    public static IEnumerable<string> StateOf(TopologyLink link)
    {
        if (link.State == TopologyLinkState.Up) yield return Of(link.State);
        if (link.State != TopologyLinkState.Missing) yield return $"MTU {link.Mtu}";
    }

    /// <summary>The problem of a link; empty without a problem.</summary>
    public static string Trouble(TopologyLink link) => link.State == TopologyLinkState.Up ? "" : Of(link.State);

    /// <summary>The problem of a network; empty without a problem.</summary>
    public static string Trouble(ContainerNetwork network) => network.State == NetworkState.Ready ? "" : Of(network.State);

    /// <summary>The problem of a NIC; empty without a problem.</summary>
    public static string Trouble(ContainerNic nic) => Trouble(nic.State);

    /// <summary>The problem that a NIC's state means; empty without a problem.</summary>
    public static string Trouble(NicState state) => state == NicState.Up ? "" : Of(state);

    /// <summary>A state in words: ParentDown is "parent down".</summary>
    public static string Of(Enum state)
    {
        StringBuilder words = new();
        foreach (char letter in $"{state}")
        {
            if (char.IsAsciiLetterUpper(letter) && words.Length > 0) words.Append(' ');
            words.Append(char.ToLowerInvariant(letter));
        }

        return words.ToString();
    }

    /// <summary>A problem, marked with a sign that is visible without color.</summary>
    public static string Marked(string trouble) => $"⚠ {trouble}";

    /// <summary>The kind and mode of a network, such as macvlan Bridge.</summary>
    public static string KindOf(ContainerNetwork network) => $"{network.Kind} {network.ModeText}";

    /// <summary>The notable settings of a network.</summary>
    public static IEnumerable<string> TraitsOf(ContainerNetwork network)
    {
        if (network.Internal) yield return "internal";
        if (network.NoDefaultRoute) yield return "no default route";
        if (network.Mtu is int mtu) yield return $"MTU {mtu}";
        if (LimitOf(network) is string limit) yield return limit;
        if (network.Route.Count > 0) yield return Phrase.Count(network.Route.Count, "route");
    }

    /// <summary>The bandwidth of the NICs of a network; null if it isn't limited.</summary>
    public static string? LimitOf(ContainerNetwork network) => LimitOf(network.MaximumBandwidthIn, network.MaximumBandwidthOut);

    /// <summary>The bandwidth of a NIC that has limits of its own; empty if it has those of its network.</summary>
    public static string LimitOf(ContainerNic nic) =>
        nic.Record.Bandwidth.IsEmpty ? "" : LimitOf(nic.MaximumBandwidthIn, nic.MaximumBandwidthOut) ?? "";

    /// <summary>That a DHCP server assigns the addresses of a network, and where they come from if none answers.</summary>
    /// <returns>Null without DHCP.</returns>
    public static string? DhcpOf(ContainerNetwork network) =>
        !network.Dhcp ? null : network.DhcpFallback is null ? "DHCP" : $"DHCP, fallback {network.DhcpFallback}";

    /// <summary>The gateway of a subnet.</summary>
    public static string GatewayOf(NetworkSubnet subnet) => subnet.Gateway is null ? "no gateway" : $"gateway {subnet.Gateway}";

    /// <summary>The usage of a subnet.</summary>
    public static string UsageOf(NetworkSubnet subnet) =>
        subnet.Free is BigInteger free ? $"{Count(subnet.InUse)} in use, {Count(free)} free" : $"{Count(subnet.InUse)} in use here";

    /// <summary>A number of addresses; huge numbers, as in IPv6 subnets, are shown as a power of ten.</summary>
    public static string Count(BigInteger count) =>
        count > s_mostCounted ? $"over 10^{count.ToString(CultureInfo.InvariantCulture).Length - 1}" : $"{count}";

    /// <summary>The owner of a NIC: a container, a namespace, or a process.</summary>
    public static string OwnerOf(ContainerNic nic) => PrintableText.Clean(
        nic.ProcessId is int id ? $"process {id}" : nic.Container ?? nic.Namespace);

    /// <summary>The owner of a NIC and its interface name, such as web1/eth0.</summary>
    public static string NameOf(ContainerNic nic) =>
        nic.InterfaceName.Length == 0 ? OwnerOf(nic) : $"{OwnerOf(nic)}/{PrintableText.Clean(nic.InterfaceName)}";

    /// <summary>The MAC address of a NIC; empty if it has no MAC address of its own.</summary>
    public static string MacOf(ContainerNic nic) => nic.NetworkRecord.NicKind is MacvlanLink ? nic.MacAddress : "";

    /// <summary>What a link received and sent; empty if that isn't to be shown, or the link isn't there.</summary>
    public static (string Received, string Sent) TrafficOf(TopologyNetwork drawn, Link? link) =>
        drawn.HasStatistics && link?.Statistics is LinkStatistics counted
            ? (ScaledNumber.Format(counted.ReceivedBytes, "B"), ScaledNumber.Format(counted.SentBytes, "B"))
            : ("", "");

    /// <summary>The same in a line; none if there is nothing to show.</summary>
    public static string[] TrafficLineOf(TopologyNetwork drawn, Link? link) =>
        TrafficOf(drawn, link) is (string received, string sent) && received.Length > 0 ? [TrafficLine(received, sent)] : [];

    /// <summary>What was received and sent, in a line.</summary>
    public static string TrafficLine(string received, string sent) => $"received {received}, sent {sent}";

    /// <summary>The number of NICs that aren't drawn, and how many of those have problems.</summary>
    /// <returns>Null if all are drawn.</returns>
    public static string? Omitted(TopologyNetwork network)
    {
        int omitted = network.OmittedNics.Count();
        if (omitted == 0) return null;
        return string.Join(", ", Counted("NIC", network.OmittedNics.Select(Trouble)).Prepend($"… and {omitted} more"));
    }

    private static string? LimitOf(string? inward, string? outward) => (inward, outward) switch
    {
        (null, null) => null,
        (string both, string same) when both == same => $"at most {both}",
        (string received, null) => $"at most {received} in",
        (null, string sent) => $"at most {sent} out",
        (string received, string sent) => $"at most {received} in, {sent} out",
    };

    private static IEnumerable<string> Counted(string noun, IEnumerable<string> troubles) => troubles.Where(static t => t.Length > 0)
        .GroupBy(static t => t).Select(t => $"{Phrase.Count(t.Count(), noun)} {t.Key}");
}
