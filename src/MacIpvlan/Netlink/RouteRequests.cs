using System.Net.Sockets;
using System.Text;
using MacIpvlan.Addressing;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>RTM_NEWROUTE in the main table: through a gateway, straight out of the link, or to nowhere.</summary>
/// <param name="Link">The link that the route leaves by; one to nowhere leaves by none.</param>
/// <param name="Destination">The destination; its length is 0 for the default route.</param>
public sealed record RouteAdd(Link Link, IPPrefix Destination) : RouteRequest
{
    /// <summary>The next hop; null for a destination on the link itself.</summary>
    public AddressValue? Gateway { get; init; }

    /// <summary>The metric (RTA_PRIORITY); the kernel's default when null.</summary>
    public int? Metric { get; init; }

    /// <summary>Whether the gateway is on the link though in none of its subnets (RTNH_F_ONLINK).</summary>
    public bool GatewayIsOnLink { get; init; }

    /// <summary>What becomes of the packets.</summary>
    public NetworkRouteType Type { get; init; }

    /// <summary>Leaves an equal route that is there already as it is.</summary>
    public bool KeepExisting { get; init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        bool isIPv4 = Destination.Family == AddressFamily.InterNetwork;
        StringBuilder text = new(isIPv4 ? "ip route add" : "ip -6 route add");
        if (Type != NetworkRouteType.Unicast) text.Append($" {Type.ToString().ToLowerInvariant()}");
        text.Append($" {(Destination.PrefixLength == 0 ? "default" : Destination.ToString())}");
        if (Gateway is not null) text.Append($" via {Gateway}");
        if (Type == NetworkRouteType.Unicast) text.Append($" dev {Link.Name}");
        text.Append(" proto static");
        if (GatewayIsOnLink) text.Append(" onlink");
        if (Metric is not null) text.Append($" metric {Metric}");
        return text.ToString();
    }

    internal override void Write(MessageWriter writer)
    {
        bool isIPv4 = Destination.Family == AddressFamily.InterNetwork;
        rtmsg message = new()
        {
            rtm_family = isIPv4 ? AF_INET : AF_INET6,
            rtm_dst_len = (byte)Destination.PrefixLength,
            rtm_table = RT_TABLE_MAIN,
            rtm_protocol = RTPROT_STATIC,
            // Only IPv4 tells apart how far away a destination is.
            rtm_scope = isIPv4 && Gateway is null && Type == NetworkRouteType.Unicast ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
            rtm_type = Type switch
            {
                NetworkRouteType.Blackhole => RTN_BLACKHOLE,
                NetworkRouteType.Unreachable => RTN_UNREACHABLE,
                _ => RTN_UNICAST,
            },
            rtm_flags = GatewayIsOnLink ? RTNH_F_ONLINK : 0,
        };
        writer.Begin(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, message);
        if (Destination.PrefixLength > 0) writer.Attribute(RTA_DST, Destination.First.ToBytes());
        if (Gateway is not null) writer.Attribute(RTA_GATEWAY, Gateway.Value.ToBytes());
        if (Type == NetworkRouteType.Unicast) writer.Attribute(RTA_OIF, Link.Index);
        if (Metric is not null) writer.Attribute(RTA_PRIORITY, Metric.Value);
    }

    internal override bool Tolerates(int errno) => KeepExisting && errno == Linux.Errno.EEXIST;
}
