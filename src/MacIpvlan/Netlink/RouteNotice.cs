using System.Net.Sockets;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>
/// One message of the kernel's multicast groups: an object was added, changed or removed. Its kind can be read without
/// parsing the whole message.
/// </summary>
internal readonly ref struct RouteNotice(Message message, int? namespaceId)
{
    private readonly Message _message = message;

    /// <summary>The id of the namespace that the notice is about; null for the listener's own.</summary>
    public int? NamespaceId { get; } = namespaceId;

    /// <summary>
    /// The kind of object; null for other messages of these groups: bridge ports, cached routes, wireless events.
    /// </summary>
    public NetworkEventKind? Kind => _message.Header.nlmsg_type switch
    {
        RTM_NEWLINK or RTM_DELLINK when IsLink => NetworkEventKind.Link,
        RTM_NEWADDR or RTM_DELADDR => NetworkEventKind.Address,
        RTM_NEWROUTE or RTM_DELROUTE when IsRoute => NetworkEventKind.Route,
        RTM_NEWNEIGH or RTM_DELNEIGH when IsNeighbor => NetworkEventKind.Neighbor,
        _ => null,
    };

    /// <summary>Whether the object was removed.</summary>
    public bool IsRemoval => _message.Header.nlmsg_type is RTM_DELLINK or RTM_DELADDR or RTM_DELROUTE or RTM_DELNEIGH;

    /// <summary>Whether the object replaced another one. The kernel reports this only for routes.</summary>
    public bool Replaces => (_message.Header.nlmsg_flags & NLM_F_REPLACE) != 0;

    /// <summary>The id of a namespace that has ended; null for other notices.</summary>
    public int? EndedNamespaceId => _message.Header.nlmsg_type == RTM_DELNSID && NamespaceId is null
        ? (int)NamespaceIdGet.Parse(_message)
        : null;

    /// <summary>
    /// The index of the link or of the object's link; zero for a route with several links or no link.
    /// </summary>
    public int LinkIndex => Kind switch
    {
        NetworkEventKind.Link => _message.Fixed<ifinfomsg>().ifi_index,
        NetworkEventKind.Address => (int)_message.Fixed<ifaddrmsg>().ifa_index,
        NetworkEventKind.Neighbor => _message.Fixed<ndmsg>().ndm_ifindex,
        // IPv6 lists blackhole, unreachable and similar routes on the loopback link.
        NetworkEventKind.Route when _message.Fixed<rtmsg>().rtm_type is < RTN_BLACKHOLE or > RTN_THROW => RouteLinkIndex,
        _ => 0,
    };

    /// <summary>
    /// Whether it's a route of the local table, which the kernel adds for each local address (RT_TABLE_LOCAL).
    /// </summary>
    public bool IsLocalRoute => Kind == NetworkEventKind.Route && _message.Fixed<rtmsg>().rtm_table == RT_TABLE_LOCAL;

    public Link ReadLink() => Link.Parse(_message);

    public LinkAddress ReadAddress() => AddressGet.Parse(_message);

    public Route ReadRoute() => RouteGet.Parse(_message);

    public Neighbor ReadNeighbor() => NeighborGet.Parse(_message);

    // Messages of other families are about bridge ports.
    private bool IsLink => _message.Fixed<ifinfomsg>().ifi_family == (byte)AddressFamily.Unspecified
        && !AttributeReader.Find(_message.Attributes<ifinfomsg>(), IFLA_IFNAME).IsEmpty;

    private bool IsRoute => (_message.Fixed<rtmsg>().rtm_flags & RTM_F_CLONED) == 0;

    private bool IsNeighbor => _message.Fixed<ndmsg>().ndm_family is AF_INET or AF_INET6;

    private int RouteLinkIndex => AttributeReader.Find(_message.Attributes<rtmsg>(), RTA_OIF) is { IsEmpty: false } value
        ? AttributeReader.Int32(value)
        : 0;
}
