using System.Net.Sockets;
using MacIpvlan.Addressing;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>
/// RTM_GETROUTE: the route that packets to a destination take if they leave by a link. For the route itself: of what IPv4
/// makes of a packet that is bound to a link, the kernel says that it goes there even without one.
/// </summary>
/// <param name="Link">The link.</param>
/// <param name="Destination">The destination.</param>
internal sealed record RouteLookup(Link Link, AddressValue Destination) : RouteRequest
{
    public override string ToString() => $"ip route get fibmatch {Destination} oif {Link.Name}";

    internal override void Write(MessageWriter writer)
    {
        writer.Begin(RTM_GETROUTE, 0, new rtmsg
        {
            rtm_family = Destination.Family == AddressFamily.InterNetwork ? AF_INET : AF_INET6,
            rtm_dst_len = (byte)Destination.Bits,
            rtm_flags = RTM_F_FIB_MATCH,
        });
        writer.Attribute(RTA_DST, Destination.ToBytes());
        writer.Attribute(RTA_OIF, Link.Index);
    }
}
