using System.Globalization;
using System.Numerics;
using System.Text;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan.Topology;

/// <summary>
/// The words that all drawings use. Names come from the kernel, from container runtimes and from paths: what would steer
/// a terminal, or turn the direction of text, does not come through.
/// </summary>
internal static class TopologyWords
{
    private const char Unprintable = '\uFFFD';
    private static readonly BigInteger s_mostCounted = 999_999;

    /// <summary>A name as it can be shown anywhere: without control and format characters, and without halves of letters.</summary>
    public static string Clean(string name)
    {
        StringBuilder text = new(name.Length);
        foreach (Rune rune in name.EnumerateRunes())
        {
            bool isShown = Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned);
            text.Append(isShown ? rune.ToString() : Unprintable);
        }

        return text.ToString();
    }

    /// <summary>What a drawing shows.</summary>
    public static string Title(NetworkTopology topology) => $"Container networks of {Clean(topology.Host)}";

    /// <summary>How much is in a topology, and when it was so.</summary>
    public static string Summary(NetworkTopology topology)
    {
        string networks = Phrase.Count(topology.Networks.Count(), "network");
        string nics = Phrase.Count(topology.Networks.Sum(static n => n.Nics.Count), "NIC");
        return FormattableString.Invariant($"{networks}, {nics}, as of {topology.Time.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
    }

    /// <summary>What is wrong in a topology, in numbers; empty if nothing is.</summary>
    public static string Trouble(NetworkTopology topology) => string.Join(", ",
    [
        .. Counted("link", topology.Links.SelectMany(static l => l.AllLinks).Select(Trouble)),
        .. Counted("network", topology.Networks.Select(static n => Trouble(n.Network))),
        .. Counted("NIC", topology.Networks.SelectMany(static n => n.Nics).Select(Trouble)),
    ]);

    /// <summary>What a link is, and how it is.</summary>
    public static string Of(TopologyLink link) => string.Join(", ", KindOf(link).Concat(StateOf(link)));

    /// <summary>What a link is.</summary>
    public static IEnumerable<string> KindOf(TopologyLink link)
    {
        if (link.VlanId is int id) yield return link.Protocol == VlanProtocol.Ieee8021AD ? $"VLAN {id} (802.1ad)" : $"VLAN {id}";
        else if (link.Kind is not null) yield return Clean(link.Kind);
        else yield return link.State == TopologyLinkState.Missing ? "link" : "hardware";
        if (link.Ports.Count > 0) yield return $"ports {string.Join(' ', link.Ports.Select(Clean))}";
    }

    /// <summary>How a link is.</summary>
    public static IEnumerable<string> StateOf(TopologyLink link)
    {
        if (link.State == TopologyLinkState.Up) yield return "up";
        if (link.State != TopologyLinkState.Missing) yield return $"MTU {link.Mtu}";
    }

    /// <summary>What is wrong with a link; empty if nothing is.</summary>
    public static string Trouble(TopologyLink link) => link.State switch
    {
        TopologyLinkState.Missing => "missing",
        TopologyLinkState.Down => "down",
        TopologyLinkState.NoCarrier => "no carrier",
        _ => "",
    };

    /// <summary>What is wrong with a network; empty if nothing is.</summary>
    public static string Trouble(ContainerNetwork network) => network.State == NetworkState.Ready ? "" : network.State.ToString();

    /// <summary>What is wrong with a NIC; empty if nothing is.</summary>
    public static string Trouble(ContainerNic nic) => Trouble(nic.State);

    /// <summary>What is wrong with a NIC in a state; empty if nothing is.</summary>
    public static string Trouble(NicState state) => state == NicState.Attached ? "" : state.ToString();

    /// <summary>The kind and mode of a network, such as macvlan Bridge.</summary>
    public static string KindOf(ContainerNetwork network) => $"{network.Kind} {network.ModeText}";

    /// <summary>What is special about a network.</summary>
    public static IEnumerable<string> TraitsOf(ContainerNetwork network)
    {
        if (network.Internal) yield return "internal";
        if (network.NoDefaultRoute) yield return "no default route";
        if (network.Mtu is int mtu) yield return $"MTU {mtu}";
        if (network.Route.Count > 0) yield return Phrase.Count(network.Route.Count, "route");
    }

    /// <summary>Where a subnet leads.</summary>
    public static string GatewayOf(NetworkSubnet subnet) => subnet.Gateway is null ? "no gateway" : $"gateway {subnet.Gateway}";

    /// <summary>How full a subnet is.</summary>
    public static string UsageOf(NetworkSubnet subnet) => $"{Count(subnet.InUse)} in use, {Count(subnet.Free)} free";

    /// <summary>A number of addresses; what IPv6 has free nobody counts.</summary>
    public static string Count(BigInteger count) =>
        count > s_mostCounted ? $"over 10^{count.ToString(CultureInfo.InvariantCulture).Length - 1}" : $"{count}";

    /// <summary>Whose a NIC is: a container, a namespace, or a process.</summary>
    public static string OwnerOf(ContainerNic nic) => Clean(
        nic.ProcessId is int id ? $"process {id}" : nic.Container ?? nic.Namespace);

    /// <summary>Whose a NIC is, and what it is called there, such as web1/eth0.</summary>
    public static string NameOf(ContainerNic nic) =>
        nic.InterfaceName.Length == 0 ? OwnerOf(nic) : $"{OwnerOf(nic)}/{Clean(nic.InterfaceName)}";

    /// <summary>The MAC address of a NIC, where it has one of its own; else empty.</summary>
    public static string MacOf(ContainerNic nic) => nic.NetworkRecord.NicKind is MacvlanLink ? nic.MacAddress : "";

    /// <summary>That NICs are left out, how many, and how many of those are not well.</summary>
    /// <returns>Null if none are.</returns>
    public static string? Omitted(TopologyNetwork network)
    {
        int omitted = network.OmittedNics.Count();
        if (omitted == 0) return null;
        return string.Join(", ", Counted("NIC", network.OmittedNics.Select(Trouble)).Prepend($"… and {omitted} more"));
    }

    private static IEnumerable<string> Counted(string noun, IEnumerable<string> troubles) => troubles.Where(static t => t.Length > 0)
        .GroupBy(static t => t).Select(t => $"{Phrase.Count(t.Count(), noun)} {t.Key}");
}
