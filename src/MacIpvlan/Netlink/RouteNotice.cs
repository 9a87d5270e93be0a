using System.Net.Sockets;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>
/// One message of the kernel's multicast groups: something is there or gone. It can be told what it is about without
/// reading all of it.
/// </summary>
internal readonly ref struct RouteNotice(Message message, int? namespaceId)
{
    private readonly Message _message = message;

    /// <summary>The number of the namespace that it happened in; null for the listener's own.</summary>
    public int? NamespaceId { get; } = namespaceId;

    /// <summary>What it is about; null for what else is told in these groups: ports of bridges, learned ways, radio.</summary>
    public NetworkEventKind? Kind => _message.Header.nlmsg_type switch
    {
        RTM_NEWLINK or RTM_DELLINK when IsLink => NetworkEventKind.Link,
        RTM_NEWADDR or RTM_DELADDR => NetworkEventKind.Address,
        RTM_NEWROUTE or RTM_DELROUTE when IsRoute => NetworkEventKind.Route,
        RTM_NEWNEIGH or RTM_DELNEIGH when IsNeighbor => NetworkEventKind.Neighbor,
        _ => null,
    };

    /// <summary>Whether it is gone.</summary>
    public bool IsRemoval => _message.Header.nlmsg_type is RTM_DELLINK or RTM_DELADDR or RTM_DELROUTE or RTM_DELNEIGH;

    /// <summary>Whether it has taken the place of another one; the kernel says so for routes alone.</summary>
    public bool Replaces => (_message.Header.nlmsg_flags & NLM_F_REPLACE) != 0;

    /// <summary>The number of a namespace that has ended; null if the notice is another.</summary>
    public int? EndedNamespaceId => _message.Header.nlmsg_type == RTM_DELNSID && NamespaceId is null
        ? (int)NamespaceIdGet.Parse(_message)
        : null;

    /// <summary>The index of the link that it is, or is on; zero for a route that leaves by several or none.</summary>
    public int LinkIndex => Kind switch
    {
        NetworkEventKind.Link => _message.Fixed<ifinfomsg>().ifi_index,
        NetworkEventKind.Address => (int)_message.Fixed<ifaddrmsg>().ifa_index,
        NetworkEventKind.Neighbor => _message.Fixed<ndmsg>().ndm_ifindex,
        // IPv6 has routes to nowhere on the loopback link.
        NetworkEventKind.Route when _message.Fixed<rtmsg>().rtm_type is < RTN_BLACKHOLE or > RTN_THROW => RouteLinkIndex,
        _ => 0,
    };

    /// <summary>Whether it is a route that the kernel keeps for an address of the host's own (RT_TABLE_LOCAL).</summary>
    public bool IsLocalRoute => Kind == NetworkEventKind.Route && _message.Fixed<rtmsg>().rtm_table == RT_TABLE_LOCAL;

    public Link ReadLink() => Link.Parse(_message);

    public LinkAddress ReadAddress() => AddressGet.Parse(_message);

    public Route ReadRoute() => RouteGet.Parse(_message);

    public Neighbor ReadNeighbor() => NeighborGet.Parse(_message);

    // Of other families: what a bridge has to say of its ports.
    private bool IsLink => _message.Fixed<ifinfomsg>().ifi_family == (byte)AddressFamily.Unspecified
        && !AttributeReader.Find(_message.Attributes<ifinfomsg>(), IFLA_IFNAME).IsEmpty;

    private bool IsRoute => (_message.Fixed<rtmsg>().rtm_flags & RTM_F_CLONED) == 0;

    private bool IsNeighbor => _message.Fixed<ndmsg>().ndm_family is AF_INET or AF_INET6;

    private int RouteLinkIndex => AttributeReader.Find(_message.Attributes<rtmsg>(), RTA_OIF) is { IsEmpty: false } value
        ? AttributeReader.Number<int>(value)
        : 0;
}
