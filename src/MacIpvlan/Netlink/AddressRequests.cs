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
