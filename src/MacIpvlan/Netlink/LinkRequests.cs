using System.Globalization;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink.Kinds;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>RTM_NEWLINK: creates a link; EEXIST if the name is taken.</summary>
/// <param name="Name">The name, at most 15 bytes.</param>
/// <param name="Kind">The kind, with its settings.</param>
public sealed record LinkAdd(string Name, LinkKind Kind) : RouteRequest
{
    /// <summary>The link that it sits on (IFLA_LINK), in the socket's namespace.</summary>
    public Link? Parent { get; init; }

    /// <summary>The MTU in bytes; null for the kind's default.</summary>
    public int? Mtu { get; init; }

    /// <summary>The MAC address; null for the kind's choice.</summary>
    public PhysicalAddress? MacAddress { get; init; }

    /// <summary>The link group (IFLA_GROUP).</summary>
    public uint Group { get; init; }

    /// <summary>The index to give it in its namespace; zero for the kernel's choice. EEXIST or EBUSY if it's taken.</summary>
    public int Index { get; init; }

    /// <summary>The namespace to create the link in (IFLA_NET_NS_FD); null for the socket's namespace.</summary>
    public NamespaceHandle? Namespace { get; init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        StringBuilder text = new("ip link add");
        if (Parent is not null) text.Append($" link {ShellWord.Quote(Parent.Name)}");
        text.Append($" name {ShellWord.Quote(Name)}");
        if (Mtu is not null) text.Append($" mtu {Mtu}");
        if (MacAddress is not null) text.Append($" address {Link.Format(MacAddress)}");
        if (Group != 0) text.Append($" group {Group}");
        if (Index != 0) text.Append(CultureInfo.InvariantCulture, $" index {Index}");
        if (Namespace is not null) text.Append($" netns {ShellWord.Quote(Namespace.Name)}");
        return text.Append($" type {Kind}").ToString();
    }

    internal override void Write(MessageWriter writer)
    {
        writer.Begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, new ifinfomsg { ifi_index = Index });
        writer.Text(IFLA_IFNAME, Name);
        if (Parent is not null) writer.Attribute(IFLA_LINK, Parent.Index);
        if (Mtu is not null) writer.Attribute(IFLA_MTU, Mtu.Value);
        if (MacAddress is not null) writer.Attribute(IFLA_ADDRESS, MacAddress.GetAddressBytes());
        if (Group != 0) writer.Attribute(IFLA_GROUP, Group);
        if (Namespace is not null) writer.Attribute(IFLA_NET_NS_FD, Namespace.Descriptor);
        Kind.Write(writer);
    }

    // EEXIST wouldn't show whose link has the name: RouteSocket.Create looks.
    internal override bool CanBeRepeated => false;
}

/// <summary>RTM_SETLINK: changes a link.</summary>
/// <param name="Index">The link's index.</param>
/// <param name="Name">The link's name, used only in the text.</param>
public sealed record LinkSet(int Index, string Name) : RouteRequest
{
    /// <summary>Brings the link up.</summary>
    public bool Up { get; init; }

    /// <summary>Sets the link down.</summary>
    public bool Down { get; init; }

    /// <summary>Renames the link. On kernels before 6.2, the link must be down.</summary>
    public string? NewName { get; init; }

    /// <summary>The alias to set (IFLA_IFALIAS), at most 255 bytes.</summary>
    public string? Alias { get; init; }

    /// <summary>The link group to set (IFLA_GROUP).</summary>
    public uint? Group { get; init; }

    /// <summary>The MTU to set, in bytes.</summary>
    public int? Mtu { get; init; }

    /// <summary>The MAC address to set.</summary>
    public PhysicalAddress? MacAddress { get; init; }

    /// <summary>How the kernel makes interface identifiers (IFLA_INET6_ADDR_GEN_MODE).</summary>
    public AddressGeneration? AddressGeneration { get; init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        StringBuilder text = new($"ip link set dev {ShellWord.Quote(Name)}");
        if (NewName is not null) text.Append($" name {ShellWord.Quote(NewName)}");
        if (Alias is not null) text.Append($" alias {Alias}");
        if (Group is not null) text.Append($" group {Group}");
        if (Mtu is not null) text.Append($" mtu {Mtu}");
        if (MacAddress is not null) text.Append($" address {Link.Format(MacAddress)}");
        if (AddressGeneration is AddressGeneration mode) text.Append($" addrgenmode {mode.Word()}");
        if (Up) text.Append(" up");
        if (Down) text.Append(" down");
        return text.ToString();
    }

    internal override void Write(MessageWriter writer)
    {
        ifinfomsg info = new() { ifi_index = Index };
        if (Up || Down) info.ifi_change = IFF_UP;
        if (Up) info.ifi_flags = IFF_UP;
        writer.Begin(RTM_SETLINK, 0, info);
        if (NewName is not null) writer.Text(IFLA_IFNAME, NewName);
        if (Alias is not null) writer.Text(IFLA_IFALIAS, Alias);
        if (Group is not null) writer.Attribute(IFLA_GROUP, Group.Value);
        if (Mtu is not null) writer.Attribute(IFLA_MTU, Mtu.Value);
        if (MacAddress is not null) writer.Attribute(IFLA_ADDRESS, MacAddress.GetAddressBytes());
        if (AddressGeneration is not AddressGeneration mode) return;
        int families = writer.BeginNest(IFLA_AF_SPEC);
        int inet6 = writer.BeginNest(AF_INET6);
        writer.Attribute(IFLA_INET6_ADDR_GEN_MODE, (byte)mode);
        writer.EndNest(inet6);
        writer.EndNest(families);
    }
}

/// <summary>
/// RTM_NEWLINK without NLM_F_CREATE: changes the settings of a link's kind (macvlan_changelink of drivers/net/macvlan.c,
/// ipvlan_nl_changelink of drivers/net/ipvlan/ipvlan_main.c). RTM_SETLINK can't. EINVAL for a change from or to mode Passthru. Mode
/// and flag of an ipvlan link are those of all ipvlan links of its parent.
/// </summary>
/// <param name="Index">The link's index.</param>
/// <param name="Name">The link's name, used only in the text.</param>
/// <param name="Kind">The kind, which the link has already, with its new settings.</param>
public sealed record LinkKindSet(int Index, string Name, LinkKind Kind) : RouteRequest
{
    /// <inheritdoc/>
    public override string ToString() => $"ip link set dev {ShellWord.Quote(Name)} type {Kind}";

    internal override void Write(MessageWriter writer)
    {
        writer.Begin(RTM_NEWLINK, 0, new ifinfomsg { ifi_index = Index });
        Kind.Write(writer, isChange: true);
    }
}

/// <summary>
/// RTM_SETLINK: sets the interface identifier of the addresses that a link configures from router advertisements
/// (IFLA_INET6_TOKEN). Earlier ones expire, and a link that is up asks for an advertisement. EINVAL if the link accepts none.
/// </summary>
/// <param name="Index">The link's index.</param>
/// <param name="Name">The link's name, used only in the text.</param>
/// <param name="Token">The identifier as an address whose upper 64 bits are zero; null to fix none, from Linux 5.13 on.</param>
public sealed record TokenSet(int Index, string Name, AddressValue? Token) : RouteRequest
{
    /// <inheritdoc/>
    public override string ToString() => $"ip token {(Token is null ? "del" : $"set {Token}")} dev {ShellWord.Quote(Name)}";

    internal override void Write(MessageWriter writer)
    {
        writer.Begin(RTM_SETLINK, 0, new ifinfomsg { ifi_family = AF_INET6, ifi_index = Index });
        int families = writer.BeginNest(IFLA_AF_SPEC);
        int inet6 = writer.BeginNest(AF_INET6);
        writer.Attribute(IFLA_INET6_TOKEN, (Token ?? AddressValue.Unspecified(AddressFamily.InterNetworkV6)).ToBytes());
        writer.EndNest(inet6);
        writer.EndNest(families);
    }
}

/// <summary>RTM_DELLINK: deletes a link. Succeeds if the link doesn't exist.</summary>
/// <param name="Index">The link's index.</param>
/// <param name="Name">The link's name, used only in the text.</param>
public sealed record LinkDelete(int Index, string Name) : RouteRequest
{
    /// <inheritdoc/>
    public override string ToString() => $"ip link delete dev {ShellWord.Quote(Name)}";

    internal override void Write(MessageWriter writer) =>
        writer.Begin(RTM_DELLINK, 0, new ifinfomsg { ifi_index = Index });

    internal override bool Tolerates(int errno) => errno == Linux.Errno.ENODEV;
}

/// <summary>RTM_GETLINK: one link by name or index, all links of a kind, or all links.</summary>
internal sealed record LinkGet : RouteRequest
{
    public string? Name { get; init; }

    public int Index { get; init; }

    public string? Kind { get; init; }

    public override string ToString() => Name is not null ? $"ip link show dev {ShellWord.Quote(Name)}"
        : Index != 0 ? $"ip address show dev if{Index}"
        : Kind is not null ? $"ip link show type {Kind}"
        : "ip link show";

    internal override void Write(MessageWriter writer)
    {
        writer.Begin(RTM_GETLINK, Name is null && Index == 0 ? NLM_F_DUMP : 0, new ifinfomsg { ifi_index = Index });
        writer.Attribute(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
        if (Kind is not null)
        {
            int info = writer.BeginNest(IFLA_LINKINFO);
            writer.Text(IFLA_INFO_KIND, Kind);
            writer.EndNest(info);
        }

        // Both attributes find a link by any of its names. Only the second accepts more than 15 bytes.
        if (Name is null) return;
        bool isShort = Encoding.UTF8.GetByteCount(Name) < IFNAMSIZ;
        writer.Text(isShort ? IFLA_IFNAME : IFLA_ALT_IFNAME, Name);
    }
}
