using System.Net.NetworkInformation;
using MacIpvlan.Netlink.Kinds;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>
/// A link as the kernel describes it (RTM_NEWLINK). Its texts are cleaned for the screen (<see cref="PrintableText"/>), so
/// they can differ from the kernel's; the index identifies it.
/// </summary>
public sealed record Link
{
    /// <summary>The index, unique in its namespace and not reused until reboot.</summary>
    public required int Index { get; init; }

    /// <summary>The name, at most 15 bytes.</summary>
    public required string Name { get; init; }

    /// <summary>The alternative names (IFLA_ALT_IFNAME), at most 127 bytes each.</summary>
    public IReadOnlyList<string> AlternativeNames { get; init; } = [];

    /// <summary>The alias, a free-form text (IFLA_IFALIAS); empty if it isn't set.</summary>
    public string Alias { get; init; } = "";

    /// <summary>The link group (IFLA_GROUP); zero by default.</summary>
    public uint Group { get; init; }

    /// <summary>The name of the kind, such as bridge; null for hardware.</summary>
    public string? KindName { get; init; }

    /// <summary>The kind with its settings; null for a kind that this library doesn't create.</summary>
    public LinkKind? Kind { get; init; }

    /// <summary>The index of the link that it sits on; zero if it doesn't sit on a link.</summary>
    public int ParentIndex { get; init; }

    /// <summary>
    /// The namespace of <see cref="ParentIndex"/>, as its id in the link's namespace (IFLA_LINK_NETNSID); null for the
    /// link's own namespace.
    /// </summary>
    public int? ParentNamespaceId { get; init; }

    /// <summary>Whether the parent is in another namespace.</summary>
    public bool ParentIsForeign => ParentNamespaceId is not null;

    /// <summary>The index of the bridge or bond that it's a port of; zero if it isn't a port.</summary>
    public int MasterIndex { get; init; }

    /// <summary>The name of its root qdisc (IFLA_QDISC), such as noqueue.</summary>
    public string Qdisc { get; init; } = "";

    /// <summary>The MTU in bytes.</summary>
    public int Mtu { get; init; }

    /// <summary>The MAC address.</summary>
    public PhysicalAddress MacAddress { get; init; } = PhysicalAddress.None;

    /// <summary>Its IPv6 settings; null if the kernel has no IPv6, or the MTU is too small for it.</summary>
    public IPv6Settings? IPv6 { get; init; }

    /// <summary>What went through it until it was read (IFLA_STATS64); null in a notice that has no counters.</summary>
    public LinkStatistics? Statistics { get; init; }

    /// <summary>Whether it's up (IFF_UP).</summary>
    public bool IsUp { get; init; }

    /// <summary>Whether it has a carrier: a connected cable, or a parent with a carrier (IFF_LOWER_UP).</summary>
    public bool HasCarrier { get; init; }

    /// <summary>Whether it's the loopback link (IFF_LOOPBACK).</summary>
    public bool IsLoopback { get; init; }

    /// <summary>Whether the name is its name or one of its alternative names.</summary>
    public bool IsNamed(string name) => Name == name || AlternativeNames.Contains(name);

    /// <summary>
    /// A MAC address in the format of the ip command: six pairs of lowercase digits, separated by colons.
    /// </summary>
    public static string Format(PhysicalAddress address) =>
        string.Join(':', address.GetAddressBytes().Select(static b => b.ToString("x2", null)));

    internal static Link Parse(Message message)
    {
        ifinfomsg info = message.Fixed<ifinfomsg>();
        string name = "", alias = "", qdisc = "";
        string? kindName = null;
        LinkKind? kind = null;
        List<string>? alternativeNames = null;
        PhysicalAddress mac = PhysicalAddress.None;
        uint group = 0;
        int parent = 0, master = 0, mtu = 0;
        int? parentNamespace = null;
        IPv6Settings? ipv6 = null;
        LinkStatistics? statistics = null;
        AttributeReader attributes = message.Attributes<ifinfomsg>();
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case IFLA_IFNAME: name = AttributeReader.Text(value); break;
                case IFLA_IFALIAS: alias = AttributeReader.Text(value); break;
                case IFLA_GROUP: group = AttributeReader.UInt32(value); break;
                case IFLA_PROP_LIST: alternativeNames = ParseNames(new(value)); break;
                case IFLA_QDISC: qdisc = AttributeReader.Text(value); break;
                case IFLA_MTU: mtu = AttributeReader.Int32(value); break;
                case IFLA_LINK: parent = AttributeReader.Int32(value); break;
                case IFLA_LINK_NETNSID: parentNamespace = AttributeReader.Int32(value); break;
                case IFLA_MASTER: master = AttributeReader.Int32(value); break;
                case IFLA_ADDRESS: mac = new(value.ToArray()); break;
                case IFLA_AF_SPEC: ipv6 = IPv6Settings.Parse(new(value)); break;
                case IFLA_STATS64: statistics = LinkStatistics.Parse(value); break;
                case IFLA_LINKINFO: kind = LinkKind.Parse(new(value), out kindName); break;
            }
        }

        return new()
        {
            Index = info.ifi_index,
            Name = name,
            Alias = alias,
            Group = group,
            AlternativeNames = alternativeNames ?? (IReadOnlyList<string>)[],
            KindName = kindName,
            Kind = kind,
            ParentIndex = parent,
            ParentNamespaceId = parentNamespace,
            MasterIndex = master,
            Qdisc = qdisc,
            Mtu = mtu,
            MacAddress = mac,
            IPv6 = ipv6,
            Statistics = statistics,
            IsUp = (info.ifi_flags & IFF_UP) != 0,
            HasCarrier = (info.ifi_flags & IFF_LOWER_UP) != 0,
            IsLoopback = (info.ifi_flags & IFF_LOOPBACK) != 0,
        };
    }

    private static List<string> ParseNames(AttributeReader properties)
    {
        List<string> names = [];
        while (properties.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == IFLA_ALT_IFNAME) names.Add(AttributeReader.Text(value));
        }

        return names;
    }
}
