using System.Net.Sockets;
using MacIpvlan.Addressing;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>RTM_NEWADDR: adds an address to a link; EEXIST if it already exists. IPv6 addresses skip DAD.</summary>
/// <param name="Link">The link.</param>
/// <param name="Address">The address with its prefix length.</param>
public sealed record AddressAdd(Link Link, InterfaceAddress Address) : RouteRequest
{
    /// <summary>How long it lasts; null if it doesn't expire.</summary>
    public AddressLifetime? Lifetime { get; init; }

    /// <summary>Whether it gives an address that the link already has this lifetime.</summary>
    public bool Replaces { get; init; }

    private bool IsIPv4 => Address.Value.Family == AddressFamily.InterNetwork;

    // A /31 or /32 has no broadcast address (RFC 3021).
    private bool HasBroadcast => IsIPv4 && Address.PrefixLength < 31;

    /// <inheritdoc/>
    public override string ToString() =>
        $"ip address {(Replaces ? "replace" : "add")} {Address}{(HasBroadcast ? " brd +" : "")} dev {ShellWord.Quote(Link.Name)}{(IsIPv4 ? "" : " nodad")}{Lifetime}";

    internal override void Write(MessageWriter writer)
    {
        ifaddrmsg message = new()
        {
            ifa_family = IsIPv4 ? AF_INET : AF_INET6,
            ifa_prefixlen = (byte)Address.PrefixLength,
            ifa_flags = IsIPv4 ? (byte)0 : (byte)IFA_F_NODAD,
            ifa_index = (uint)Link.Index,
        };
        writer.Begin(RTM_NEWADDR, NLM_F_CREATE | (Replaces ? NLM_F_REPLACE : NLM_F_EXCL), message);
        byte[] bytes = Address.Value.ToBytes();
        writer.Attribute(IFA_LOCAL, bytes);
        writer.Attribute(IFA_ADDRESS, bytes);
        if (HasBroadcast) writer.Attribute(IFA_BROADCAST, Address.Subnet.Last.ToBytes());
        if (Lifetime is not AddressLifetime lifetime) return;
        writer.Attribute(IFA_CACHEINFO, new ifa_cacheinfo { ifa_prefered = lifetime.Preferred, ifa_valid = lifetime.Valid });
    }

    internal override bool IsDoneBy(int errno) => errno == Linux.Errno.EEXIST;
}

/// <summary>RTM_DELADDR: removes an address from a link. Succeeds if the link doesn't have the address.</summary>
/// <param name="Link">The link.</param>
/// <param name="Address">The address with its prefix length.</param>
public sealed record AddressDelete(Link Link, InterfaceAddress Address) : RouteRequest
{
    /// <inheritdoc/>
    public override string ToString() => $"ip address delete {Address} dev {ShellWord.Quote(Link.Name)}";

    internal override void Write(MessageWriter writer)
    {
        writer.Begin(RTM_DELADDR, 0, new ifaddrmsg
        {
            ifa_family = Address.Value.Family == AddressFamily.InterNetwork ? AF_INET : AF_INET6,
            ifa_prefixlen = (byte)Address.PrefixLength,
            ifa_index = (uint)Link.Index,
        });
        byte[] bytes = Address.Value.ToBytes();
        writer.Attribute(IFA_LOCAL, bytes);
        // Without it, the kernel removes an IPv4 address whatever its prefix length.
        writer.Attribute(IFA_ADDRESS, bytes);
    }

    internal override bool Tolerates(int errno) => errno == Linux.Errno.EADDRNOTAVAIL;
}

/// <summary>RTM_GETADDR: the addresses of a link, or of all links of the namespace.</summary>
/// <param name="Link">The link; null for all links.</param>
internal sealed record AddressGet(Link? Link) : RouteRequest
{
    public override string ToString() => Link is null ? "ip address show" : $"ip address show dev {ShellWord.Quote(Link.Name)}";

    internal override void Write(MessageWriter writer) =>
        writer.Begin(RTM_GETADDR, NLM_F_DUMP, new ifaddrmsg { ifa_index = (uint)(Link?.Index ?? 0) });

    /// <summary>Parses an address. If the address has a peer, IFA_LOCAL is the link's own address.</summary>
    internal static LinkAddress Parse(Message message)
    {
        ifaddrmsg header = message.Fixed<ifaddrmsg>();
        uint flags = header.ifa_flags;
        ifa_cacheinfo times = default;
        byte origin = 0;
        ReadOnlySpan<byte> bytes = [];
        AttributeReader attributes = message.Attributes<ifaddrmsg>();
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            // The fixed part has only the lower 8 flags.
            if (type == IFA_FLAGS) flags = AttributeReader.UInt32(value);
            if (type == IFA_PROTO) origin = AttributeReader.Byte(value);
            if (type == IFA_CACHEINFO) times = AttributeReader.Struct<ifa_cacheinfo>(value);
            if (type == IFA_LOCAL || (type == IFA_ADDRESS && bytes.IsEmpty)) bytes = value;
        }

        AddressValue address = AttributeReader.Address(header.ifa_family, bytes);
        if (header.ifa_prefixlen > address.Bits) throw MessageReader.Malformed();
        bool isPermanent = (flags & IFA_F_PERMANENT) != 0, isIPv6 = header.ifa_family == AF_INET6;
        return new((int)header.ifa_index, new(address, header.ifa_prefixlen), header.ifa_scope == RT_SCOPE_UNIVERSE)
        {
            Lifetime = isPermanent ? null : new(times.ifa_valid, times.ifa_prefered),
            IsTemporary = isIPv6 && (flags & IFA_F_TEMPORARY) != 0,
            // Kernels before 5.18 don't report the origin, but mark these addresses and what they make of them.
            IsFromRouter = isIPv6 && !isPermanent && (origin == IFAPROT_KERNEL_RA || (flags & (IFA_F_MANAGETEMPADDR | IFA_F_TEMPORARY)) != 0),
            State = StateOf(flags),
        };
    }

    private static AddressState StateOf(uint flags) =>
        (flags & (IFA_F_TENTATIVE | IFA_F_OPTIMISTIC)) == IFA_F_TENTATIVE ? AddressState.Tentative
        : (flags & IFA_F_DEPRECATED) != 0 ? AddressState.Deprecated
        : AddressState.Preferred;
}

/// <summary>An address of a link in the kernel.</summary>
/// <param name="LinkIndex">The link's index.</param>
/// <param name="Address">The address with its prefix length.</param>
/// <param name="IsGlobal">Whether the address is valid beyond the link (RT_SCOPE_UNIVERSE).</param>
public sealed record LinkAddress(int LinkIndex, InterfaceAddress Address, bool IsGlobal)
{
    /// <summary>
    /// How long it lasts; null if it doesn't expire (IFA_F_PERMANENT). Addresses from router advertisements expire, and so
    /// do most of DHCP clients.
    /// </summary>
    public AddressLifetime? Lifetime { get; init; }

    /// <summary>Whether the host made it for its own connections only (RFC 8981), so that it soon changes.</summary>
    public bool IsTemporary { get; init; }

    /// <summary>Whether the kernel configured it from a router advertisement (RFC 4862), and will do so again.</summary>
    public bool IsFromRouter { get; init; }

    /// <summary>Whether it can be used.</summary>
    public AddressState State { get; init; }
}

/// <summary>How long an address lasts from now on, in seconds (IFA_CACHEINFO).</summary>
/// <param name="Valid">Until it is removed; the highest number means forever.</param>
/// <param name="Preferred">Until it isn't used for new connections.</param>
public sealed record AddressLifetime(uint Valid, uint Preferred)
{
    /// <summary>The lifetime in the syntax of the ip command.</summary>
    public override string ToString() => $" valid_lft {Text(Valid)} preferred_lft {Text(Preferred)}";

    private static string Text(uint seconds) => seconds == uint.MaxValue ? "forever" : $"{seconds}";
}
