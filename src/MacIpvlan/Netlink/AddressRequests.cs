using System.Net.Sockets;
using MacIpvlan.Addressing;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>RTM_NEWADDR: gives a link an address; EEXIST if it has it. IPv6 addresses are usable at once (no DAD).</summary>
/// <param name="Link">The link.</param>
/// <param name="Address">The address with its prefix length.</param>
public sealed record AddressAdd(Link Link, InterfaceAddress Address) : RouteRequest
{
    private bool IsIPv4 => Address.Value.Family == AddressFamily.InterNetwork;

    // A /31 or /32 has no broadcast address (RFC 3021).
    private bool HasBroadcast => IsIPv4 && Address.PrefixLength < 31;

    /// <inheritdoc/>
    public override string ToString() =>
        $"ip address add {Address}{(HasBroadcast ? " brd +" : "")} dev {Link.Name}{(IsIPv4 ? "" : " nodad")}";

    internal override void Write(MessageWriter writer)
    {
        ifaddrmsg message = new()
        {
            ifa_family = IsIPv4 ? AF_INET : AF_INET6,
            ifa_prefixlen = (byte)Address.PrefixLength,
            ifa_flags = IsIPv4 ? (byte)0 : (byte)IFA_F_NODAD,
            ifa_index = (uint)Link.Index,
        };
        writer.Begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, message);
        byte[] bytes = Address.Value.ToBytes();
        writer.Attribute(IFA_LOCAL, bytes);
        writer.Attribute(IFA_ADDRESS, bytes);
        if (HasBroadcast) writer.Attribute(IFA_BROADCAST, Address.Subnet.Last.ToBytes());
    }
}

/// <summary>RTM_DELADDR: takes an address from a link; one that is gone already counts as taken.</summary>
/// <param name="Link">The link.</param>
/// <param name="Address">The address with its prefix length.</param>
public sealed record AddressDelete(Link Link, InterfaceAddress Address) : RouteRequest
{
    /// <inheritdoc/>
    public override string ToString() => $"ip address delete {Address} dev {Link.Name}";

    internal override void Write(MessageWriter writer)
    {
        writer.Begin(RTM_DELADDR, 0, new ifaddrmsg
        {
            ifa_family = Address.Value.Family == AddressFamily.InterNetwork ? AF_INET : AF_INET6,
            ifa_prefixlen = (byte)Address.PrefixLength,
            ifa_index = (uint)Link.Index,
        });
        writer.Attribute(IFA_LOCAL, Address.Value.ToBytes());
    }

    internal override bool Tolerates(int errno) => errno == Linux.Errno.EADDRNOTAVAIL;
}

/// <summary>RTM_GETADDR: the addresses of a link, or of all.</summary>
/// <param name="Link">The link; null for all.</param>
internal sealed record AddressGet(Link? Link) : RouteRequest
{
    public override string ToString() => Link is null ? "ip address show" : $"ip address show dev {Link.Name}";

    internal override void Write(MessageWriter writer) =>
        writer.Begin(RTM_GETADDR, NLM_F_DUMP, new ifaddrmsg { ifa_index = (uint)(Link?.Index ?? 0) });

    /// <summary>Reads an address: IFA_LOCAL is the link's own, where there is a peer as well.</summary>
    internal static LinkAddress Parse(Message message)
    {
        ifaddrmsg header = message.Fixed<ifaddrmsg>();
        ReadOnlySpan<byte> bytes = [];
        AttributeReader attributes = message.Attributes<ifaddrmsg>();
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == IFA_LOCAL || (type == IFA_ADDRESS && bytes.IsEmpty)) bytes = value;
        }

        AddressValue address = AttributeReader.Address(header.ifa_family, bytes);
        if (header.ifa_prefixlen > address.Bits) throw MessageReader.Malformed();
        return new(new(address, header.ifa_prefixlen), header.ifa_scope == RT_SCOPE_UNIVERSE) { LinkIndex = (int)header.ifa_index };
    }
}

/// <summary>An address as the kernel has it.</summary>
/// <param name="Address">The address with its prefix length.</param>
/// <param name="IsGlobal">Whether it is good beyond the link (RT_SCOPE_UNIVERSE).</param>
public sealed record LinkAddress(InterfaceAddress Address, bool IsGlobal)
{
    /// <summary>The index of the link that has it.</summary>
    public int LinkIndex { get; init; }
}
