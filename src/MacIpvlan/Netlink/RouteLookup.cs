using System.Net.Sockets;
using MacIpvlan.Addressing;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>
/// RTM_GETROUTE: the route that packets to a destination take. It requests the matching route itself, because for a
/// packet that is bound to a link, IPv4 otherwise reports a path through the link even without a route.
/// </summary>
/// <param name="Destination">The destination.</param>
/// <param name="Link">The link that the packets are bound to; null if they aren't bound.</param>
internal sealed record RouteLookup(AddressValue Destination, Link? Link = null) : RouteRequest
{
    public override string ToString() => $"ip route get fibmatch {Destination}{(Link is null ? "" : $" oif {ShellWord.Quote(Link.Name)}")}";

    internal override void Write(MessageWriter writer)
    {
        writer.Begin(RTM_GETROUTE, 0, new rtmsg
        {
            rtm_family = Destination.Family == AddressFamily.InterNetwork ? AF_INET : AF_INET6,
            rtm_dst_len = (byte)Destination.Bits,
            rtm_flags = RTM_F_FIB_MATCH,
        });
        writer.Attribute(RTA_DST, Destination.ToBytes());
        if (Link is not null) writer.Attribute(RTA_OIF, Link.Index);
    }
}
