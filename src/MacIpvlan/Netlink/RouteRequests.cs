using System.Net.Sockets;
using System.Text;
using MacIpvlan.Addressing;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>
/// RTM_NEWROUTE in the main table: through a gateway, directly on the link, blackhole or unreachable.
/// </summary>
/// <param name="Link">The outgoing link. Blackhole and unreachable routes don't use it.</param>
/// <param name="Destination">The destination; its prefix length is 0 for the default route.</param>
public sealed record RouteAdd(Link Link, IPPrefix Destination) : RouteRequest
{
    /// <summary>The next hop; null for a destination on the link.</summary>
    public AddressValue? Gateway { get; init; }

    /// <summary>The metric (RTA_PRIORITY); null for the kernel's default.</summary>
    public int? Metric { get; init; }

    /// <summary>Whether the gateway is on the link but outside its subnets (RTNH_F_ONLINK).</summary>
    public bool GatewayIsOnLink { get; init; }

    /// <summary>What happens to the packets.</summary>
    public NetworkRouteType Type { get; init; }

    /// <summary>Keeps an existing equal route.</summary>
    public bool KeepExisting { get; init; }

    /// <summary>Replaces a route with the same destination and metric.</summary>
    public bool Replaces { get; init; }

    /// <summary>Whether it's a default route.</summary>
    public bool IsDefault => Destination.PrefixLength == 0;

    /// <summary>The metric that the kernel assigns: by default, 0 for IPv4 and, also for 0, IP6_RT_PRIO_USER for IPv6.</summary>
    public int KnownMetric => Metric is > 0 and int metric ? metric : Destination.Family == AddressFamily.InterNetwork ? 0 : 1024;

    /// <summary>The route in the syntax of the ip command.</summary>
    public string Text
    {
        get
        {
            StringBuilder text = new();
            if (Type != NetworkRouteType.Unicast) text.Append($"{Type.ToString().ToLowerInvariant()} ");
            text.Append(Destination.PrefixLength == 0 ? "default" : Destination.ToString());
            if (Gateway is not null) text.Append($" via {Gateway}");
            if (Type == NetworkRouteType.Unicast) text.Append($" dev {ShellWord.Quote(Link.Name)}");
            text.Append(" proto static");
            if (GatewayIsOnLink) text.Append(" onlink");
            if (Metric is not null) text.Append($" metric {Metric}");
            return text.ToString();
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"ip {(Destination.Family == AddressFamily.InterNetwork ? "" : "-6 ")}route {(Replaces ? "replace" : "add")} {Text}";

    internal override void Write(MessageWriter writer)
    {
        bool isIPv4 = Destination.Family == AddressFamily.InterNetwork;
        rtmsg message = new()
        {
            rtm_family = isIPv4 ? AF_INET : AF_INET6,
            rtm_dst_len = (byte)Destination.PrefixLength,
            rtm_table = RT_TABLE_MAIN,
            rtm_protocol = RTPROT_STATIC,
            // Only IPv4 uses the scope of a destination.
            rtm_scope = isIPv4 && Gateway is null && Type == NetworkRouteType.Unicast ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
            rtm_type = KernelType(Type),
            rtm_flags = GatewayIsOnLink ? RTNH_F_ONLINK : 0,
        };
        writer.Begin(RTM_NEWROUTE, NLM_F_CREATE | (Replaces ? NLM_F_REPLACE : NLM_F_EXCL), message);
        if (Destination.PrefixLength > 0) writer.Attribute(RTA_DST, Destination.First.ToBytes());
        if (Gateway is not null) writer.Attribute(RTA_GATEWAY, Gateway.ToBytes());
        if (Type == NetworkRouteType.Unicast) writer.Attribute(RTA_OIF, Link.Index);
        if (Metric is not null) writer.Attribute(RTA_PRIORITY, Metric.Value);
    }

    /// <summary>The kernel's number of a route type.</summary>
    internal static byte KernelType(NetworkRouteType type) => type switch
    {
        NetworkRouteType.Blackhole => RTN_BLACKHOLE,
        NetworkRouteType.Unreachable => RTN_UNREACHABLE,
        _ => RTN_UNICAST,
    };

    internal override bool Tolerates(int errno) => KeepExisting && errno == Linux.Errno.EEXIST;

    internal override bool IsDoneBy(int errno) => errno == Linux.Errno.EEXIST;
}

/// <summary>RTM_DELROUTE in the main table. Succeeds if the route or its link doesn't exist.</summary>
/// <param name="Link">The outgoing link; null for a route that has none, such as a blackhole.</param>
/// <param name="Destination">The destination.</param>
public sealed record RouteDelete(Link? Link, IPPrefix Destination) : RouteRequest
{
    /// <summary>What happens to the packets.</summary>
    public NetworkRouteType Type { get; init; }

    /// <summary>The next hop; null for any.</summary>
    public AddressValue? Gateway { get; init; }

    /// <summary>The metric (RTA_PRIORITY); null for any.</summary>
    public int? Metric { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"ip {(Destination.Family == AddressFamily.InterNetwork ? "" : "-6 ")}route delete "
        + $"{(Type == NetworkRouteType.Unicast ? "" : Type.ToString().ToLowerInvariant() + " ")}{Destination}{(Gateway is null ? "" : $" via {Gateway}")}"
        + $"{(Link is null ? "" : $" dev {ShellWord.Quote(Link.Name)}")}{(Metric is null ? "" : $" metric {Metric}")}";

    internal override void Write(MessageWriter writer)
    {
        bool isIPv4 = Destination.Family == AddressFamily.InterNetwork;
        writer.Begin(RTM_DELROUTE, 0, new rtmsg
        {
            rtm_family = isIPv4 ? AF_INET : AF_INET6,
            rtm_dst_len = (byte)Destination.PrefixLength,
            rtm_table = RT_TABLE_MAIN,
            // RT_SCOPE_NOWHERE matches any scope.
            rtm_scope = isIPv4 ? RT_SCOPE_NOWHERE : RT_SCOPE_UNIVERSE,
            // Any type that uses the link.
            rtm_type = Type == NetworkRouteType.Unicast ? (byte)0 : RouteAdd.KernelType(Type),
        });
        if (Destination.PrefixLength > 0) writer.Attribute(RTA_DST, Destination.First.ToBytes());
        if (Gateway is not null) writer.Attribute(RTA_GATEWAY, Gateway.ToBytes());
        if (Link is not null) writer.Attribute(RTA_OIF, Link.Index);
        if (Metric is not null) writer.Attribute(RTA_PRIORITY, Metric.Value);
    }

    internal override bool Tolerates(int errno) => errno is Linux.Errno.ESRCH or Linux.Errno.ENODEV;
}

/// <summary>RTM_GETROUTE: the routes of one family in the main table.</summary>
/// <param name="Family">The family.</param>
internal sealed record RouteGet(AddressFamily Family) : RouteRequest
{
    public override string ToString() => Family == AddressFamily.InterNetwork ? "ip route show" : "ip -6 route show";

    internal override void Write(MessageWriter writer)
    {
        writer.Begin(
            RTM_GETROUTE, NLM_F_DUMP, new rtmsg { rtm_family = Family == AddressFamily.InterNetwork ? AF_INET : AF_INET6 });
        writer.Attribute(RTA_TABLE, (uint)RT_TABLE_MAIN);
    }

    // The table doesn't exist before its first route.
    internal override bool Tolerates(int errno) => errno == Linux.Errno.ENOENT;

    internal static Route Parse(Message message)
    {
        rtmsg header = message.Fixed<rtmsg>();
        AddressValue destination = AddressValue.Unspecified(
            header.rtm_family == AF_INET ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6);
        AddressValue? gateway = null;
        int link = 0, metric = 0, table = header.rtm_table;
        AttributeReader attributes = message.Attributes<rtmsg>();
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case RTA_DST: destination = AttributeReader.Address(header.rtm_family, value); break;
                case RTA_GATEWAY: gateway = AttributeReader.Address(header.rtm_family, value); break;
                case RTA_OIF: link = AttributeReader.Int32(value); break;
                // Table numbers above 255 don't fit into the fixed part.
                case RTA_TABLE: table = AttributeReader.Int32(value); break;
                case RTA_PRIORITY: metric = AttributeReader.Int32(value); break;
            }
        }

        if (header.rtm_dst_len > destination.Bits) throw MessageReader.Malformed();
        return new()
        {
            Destination = IPPrefix.Containing(destination, header.rtm_dst_len),
            Gateway = gateway,
            LinkIndex = link,
            Metric = metric,
            Table = table,
            GatewayIsOnLink = (header.rtm_flags & RTNH_F_ONLINK) != 0,
            IsOfKernel = header.rtm_protocol is RTPROT_KERNEL or RTPROT_RA,
            Type = header.rtm_type switch
            {
                RTN_UNICAST => NetworkRouteType.Unicast,
                RTN_BLACKHOLE => NetworkRouteType.Blackhole,
                RTN_UNREACHABLE => NetworkRouteType.Unreachable,
                _ => null,
            },
        };
    }
}

/// <summary>A route in the kernel (RTM_NEWROUTE).</summary>
public sealed record Route
{
    /// <summary>The destination.</summary>
    public required IPPrefix Destination { get; init; }

    /// <summary>The next hop; null for a destination on the link.</summary>
    public AddressValue? Gateway { get; init; }

    /// <summary>Whether the gateway is on the link but outside its subnets (RTNH_F_ONLINK).</summary>
    public bool GatewayIsOnLink { get; init; }

    /// <summary>Whether the kernel added it, for an address or after a router advertisement.</summary>
    public bool IsOfKernel { get; init; }

    /// <summary>The index of the outgoing link; zero for several links or no link.</summary>
    public int LinkIndex { get; init; }

    /// <summary>The metric (RTA_PRIORITY); zero if it isn't set.</summary>
    public int Metric { get; init; }

    /// <summary>The routing table: 254 for the main table.</summary>
    public int Table { get; init; }

    /// <summary>What happens to the packets; null for a type that this library doesn't create.</summary>
    public NetworkRouteType? Type { get; init; }

    /// <summary>The route in the syntax of the ip command, without its link.</summary>
    public string Text
    {
        get
        {
            StringBuilder text = new();
            if (Type is null && Table != RT_TABLE_LOCAL) text.Append("other ");
            else if (Type is not null and not NetworkRouteType.Unicast) text.Append($"{$"{Type}".ToLowerInvariant()} ");
            text.Append(Destination.PrefixLength == 0 ? "default" : Destination.ToString());
            if (Gateway is not null) text.Append($" via {Gateway}");
            else if (Type == NetworkRouteType.Unicast && LinkIndex == 0) text.Append(" via several");
            if (Table != RT_TABLE_MAIN) text.Append($" table {(Table == RT_TABLE_LOCAL ? "local" : Table)}");
            if (Metric != 0) text.Append($" metric {Metric}");
            return text.ToString();
        }
    }
}
