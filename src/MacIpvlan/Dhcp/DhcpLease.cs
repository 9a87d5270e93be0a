using System.Buffers.Binary;
using System.Net;
using System.Numerics;
using MacIpvlan.Addressing;

namespace MacIpvlan;

/// <summary>
/// What a server granted in a DHCPACK, or offers in a DHCPOFFER: an address for some time, and settings. Everything in it is
/// checked: the kernel can be given the address, the routes and the MTU, and names have only the characters of host names.
/// </summary>
/// <remarks>
/// An option that is malformed or makes no sense counts as missing. Only the address, the mask, the server and the duration
/// are indispensable.
/// </remarks>
public sealed record DhcpLease
{
    /// <summary>The smallest MTU that is accepted, in bytes: every IPv4 host receives packets of this size (RFC 791).</summary>
    public const int MinMtu = 576;

    private const int MaxServers = 16;
    private const double RenewalPart = 0.5;
    private const double RebindingPart = 0.875;

    private DhcpLease(InterfaceAddress address, AddressValue server) => (Address, Server) = (address, server);

    /// <summary>
    /// The address, with the prefix length of the subnet mask (option 1), or of the address's class if there is no mask.
    /// </summary>
    public InterfaceAddress Address { get; }

    /// <summary>
    /// The routes in the order in which they can be added: those of option 121 alone, or without it those of options 33 and
    /// 3 (RFC 3442). A route without a next hop is on the link.
    /// </summary>
    public IReadOnlyList<NetworkRoute> Routes { get; private init; } = [];

    /// <summary>The server that granted the lease (option 54).</summary>
    public AddressValue Server { get; }

    /// <summary>The duration from the request on (option 51), at least one second; null for a lease without an end.</summary>
    public TimeSpan? Duration { get; private init; }

    /// <summary>
    /// T1: when the client begins to ask the server to renew, from the request on (option 58, or half the duration); null
    /// for a lease without an end. It's always before <see cref="RebindAfter"/>.
    /// </summary>
    public TimeSpan? RenewAfter { get; private init; }

    /// <summary>
    /// T2: when the client begins to ask any server, from the request on (option 59, or 0.875 of the duration); null for a
    /// lease without an end. It's always before the end.
    /// </summary>
    public TimeSpan? RebindAfter { get; private init; }

    /// <summary>The MTU in bytes, 576 to 65535 (option 26); null if there is none.</summary>
    public int? Mtu { get; private init; }

    /// <summary>The subnet's broadcast address (option 28); null if there is none in the subnet.</summary>
    public IPAddress? Broadcast { get; private init; }

    /// <summary>Up to 16 DNS servers, the preferred one first (option 6).</summary>
    public IReadOnlyList<IPAddress> DnsServers { get; private init; } = [];

    /// <summary>Up to 16 NTP servers, the preferred one first (option 42).</summary>
    public IReadOnlyList<IPAddress> NtpServers { get; private init; } = [];

    /// <summary>The domain (option 15); null if there is none.</summary>
    public string? DomainName { get; private init; }

    /// <summary>Up to 32 domains to search for names (option 119).</summary>
    public IReadOnlyList<string> SearchDomains { get; private init; } = [];

    /// <summary>The client's name, as the server has it (option 12); null if there is none.</summary>
    public string? HostName { get; private init; }

    /// <summary>The options that were requested beside those of the other properties, as the server sent them.</summary>
    public IReadOnlyList<DhcpOption> OtherOptions { get; private init; } = [];

    /// <summary>The MTU of a NIC with this lease: that of the lease, but never above its parent's.</summary>
    /// <param name="parentMtu">The MTU of the NIC's parent, in bytes.</param>
    public int MtuOn(int parentMtu) => Mtu is int mtu && mtu < parentMtu ? mtu : parentMtu;

    /// <summary>
    /// Whether a NIC with the other lease needs no change: everything but the times is the same.
    /// </summary>
    public bool IsSameConfiguration(DhcpLease other) =>
        (Address, Server, Mtu, DomainName, HostName) == (other.Address, other.Server, other.Mtu, other.DomainName, other.HostName)
        && Equals(Broadcast, other.Broadcast)
        && Routes.SequenceEqual(other.Routes)
        && DnsServers.SequenceEqual(other.DnsServers)
        && NtpServers.SequenceEqual(other.NtpServers)
        && SearchDomains.SequenceEqual(other.SearchDomains)
        && OtherOptions.SequenceEqual(other.OtherOptions);

    /// <summary>Whether both are the same lease with the same times.</summary>
    public bool Equals(DhcpLease? other) => other is not null && IsSameConfiguration(other)
        && (Duration, RenewAfter, RebindAfter) == (other.Duration, other.RenewAfter, other.RebindAfter);

    /// <summary>The hash code of the address and the server.</summary>
    public override int GetHashCode() => HashCode.Combine(Address, Server);

    /// <summary>The reply that the lease comes from, to be stored and read again by <see cref="FromBytes"/>.</summary>
    public byte[] ToBytes() => [.. Reply];

    /// <summary>Reads a stored lease, by the same checks as a reply from the wire.</summary>
    /// <param name="bytes">The reply: <see cref="ToBytes"/>.</param>
    /// <param name="otherOptions">The codes of the options that were requested beside those that have a property.</param>
    /// <returns>Null if it isn't a valid reply.</returns>
    public static DhcpLease? FromBytes(ReadOnlySpan<byte> bytes, IReadOnlyCollection<byte> otherOptions) =>
        DhcpMessage.Parse(bytes, out _) is DhcpMessage reply ? FromReply(reply, otherOptions, out _) : null;

    /// <summary>Reads the lease of a DHCPOFFER or DHCPACK.</summary>
    /// <param name="reply">The reply. Whether it's a reply to the client's request isn't checked here.</param>
    /// <param name="otherOptions">The codes of the options that were requested beside those that have a property.</param>
    /// <param name="reason">Why the reply is refused, as the end of a sentence; empty if it isn't.</param>
    /// <returns>
    /// Null if a host can't have the address, or if the mask, the server or the duration is missing or makes no sense.
    /// </returns>
    public static DhcpLease? FromReply(DhcpMessage reply, IReadOnlyCollection<byte> otherOptions, out string reason)
    {
        DhcpOptions options = reply.Options;
        int prefixLength = PrefixLengthOf(options[DhcpOptionCode.SubnetMask], reply.YourAddress);
        reason = reply.Type is not (DhcpMessageType.Offer or DhcpMessageType.Ack) ? "it grants nothing"
            : !AddressPool.IsAssignable(reply.YourAddress) ? $"a host can't have the address {reply.YourAddress}"
            : prefixLength == 0 ? "the subnet mask isn't one"
            : reply.Server is not AddressValue sender || !AddressPool.IsAssignable(sender) ? "the server doesn't identify itself"
            : options[DhcpOptionCode.LeaseTime].Length == 0 || SecondsOf(options, DhcpOptionCode.LeaseTime) == 0 ? "the lease has no duration"
            : "";
        if (reason.Length > 0) return null;
        InterfaceAddress address = new(reply.YourAddress, prefixLength);
        IReadOnlyList<NetworkRoute> routes = DhcpRoutes.Of(options, address);
        reason = Conflict(address, reply.Server!, options[DhcpOptionCode.Router], routes) ?? "";
        if (reason.Length > 0) return null;

        uint? seconds = SecondsOf(options, DhcpOptionCode.LeaseTime);
        (TimeSpan? renew, TimeSpan? rebind) = seconds is uint end ? Times(options, end) : (null, null);
        return new(address, reply.Server!)
        {
            Routes = routes,
            Duration = seconds is uint duration ? TimeSpan.FromSeconds(duration) : null,
            RenewAfter = renew,
            RebindAfter = rebind,
            Mtu = MtuOf(options[DhcpOptionCode.InterfaceMtu]),
            Broadcast = BroadcastOf(options[DhcpOptionCode.BroadcastAddress], address.Subnet),
            DnsServers = AddressesOf(options[DhcpOptionCode.DomainNameServer]),
            NtpServers = AddressesOf(options[DhcpOptionCode.NtpServers]),
            DomainName = DhcpNames.Read(options[DhcpOptionCode.DomainName]),
            SearchDomains = DhcpNames.ReadSearch(options[DhcpOptionCode.DomainSearch]),
            HostName = DhcpNames.Read(options[DhcpOptionCode.HostName]),
            OtherOptions = OthersOf(options, otherOptions),
            Reply = reply.Write(),
        };
    }

    private byte[] Reply { get; init; } = [];

    // Zero if the mask has no one bits, or a zero bit before a one bit.
    private static int PrefixLengthOf(ReadOnlySpan<byte> mask, AddressValue address)
    {
        if (mask.IsEmpty) return DhcpRoutes.ClassLength(address);
        uint bits = BinaryPrimitives.ReadUInt32BigEndian(mask);
        int length = BitOperations.LeadingZeroCount(~bits);
        return BitOperations.PopCount(bits) == length ? length : 0;
    }

    private static string? Conflict(
        InterfaceAddress address, AddressValue server, ReadOnlySpan<byte> routers, IReadOnlyList<NetworkRoute> routes)
    {
        if (!AddressPool.Usable(address.Subnet).Contains(address.Value)) return $"{address} is the network or broadcast address of its subnet";
        if (server == address.Value) return $"{address.Value} is the server's own address";
        string conflict = $"{address.Value} is a router's address";
        byte[] own = address.Value.ToBytes();
        for (; routers.Length >= own.Length; routers = routers[own.Length..])
        {
            if (routers[..own.Length].SequenceEqual(own)) return conflict;
        }

        foreach (NetworkRoute route in routes)
        {
            if (route.NextHop is not null && route.NextHop.Equals(address.Address)) return conflict;
        }

        return null;
    }

    // RFC 2131 4.4.5: T1 is before T2, and T2 before the end. A time that isn't has its default.
    private static (TimeSpan? Renew, TimeSpan? Rebind) Times(DhcpOptions options, uint end)
    {
        double rebind = SecondsOf(options, DhcpOptionCode.RebindingTime) is uint t2 and > 0 && t2 < end ? t2 : end * RebindingPart;
        double renew = SecondsOf(options, DhcpOptionCode.RenewalTime) is uint t1 and > 0 && t1 < rebind ? t1 : end * RenewalPart;
        if (renew >= rebind) rebind = end * RebindingPart;
        return (TimeSpan.FromSeconds(renew), TimeSpan.FromSeconds(rebind));
    }

    // Null for 0xffffffff, infinity (RFC 2131 3.3); zero if the option is missing or has another length.
    private static uint? SecondsOf(DhcpOptions options, byte code)
    {
        uint seconds = options[code].Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(options[code]) : 0;
        return seconds == uint.MaxValue ? null : seconds;
    }

    private static int? MtuOf(ReadOnlySpan<byte> value) =>
        value.Length == 2 && BinaryPrimitives.ReadUInt16BigEndian(value) is ushort mtu and >= MinMtu ? mtu : null;

    private static IPAddress? BroadcastOf(ReadOnlySpan<byte> value, IPPrefix subnet) =>
        value.Length == 4 && AddressValue.FromBytes(value) is AddressValue address && !AddressPool.Usable(subnet).Contains(address)
            && (subnet.Contains(address) || address == DhcpPacket.BroadcastAddress)
            ? new IPAddress(value)
            : null;

    private static List<IPAddress> AddressesOf(ReadOnlySpan<byte> value)
    {
        List<IPAddress> addresses = [];
        if (value.Length % 4 != 0) return addresses;
        for (; !value.IsEmpty && addresses.Count < MaxServers; value = value[4..])
        {
            IPAddress address = new(value[..4]);
            if (AddressPool.IsAssignable(AddressValue.FromBytes(value[..4])) && !addresses.Contains(address)) addresses.Add(address);
        }

        return addresses;
    }

    private static List<DhcpOption> OthersOf(DhcpOptions options, IReadOnlyCollection<byte> codes)
    {
        List<DhcpOption> others = [];
        foreach (byte code in codes)
        {
            if (options.Contains(code)) others.Add(new(code, options[code].ToArray()));
        }

        return others;
    }
}
