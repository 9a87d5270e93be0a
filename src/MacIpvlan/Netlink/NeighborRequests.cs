using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>RTM_GETNEIGH: the neighbours of all links.</summary>
internal sealed record NeighborGet : RouteRequest
{
    public override string ToString() => "ip neighbor show";

    internal override void Write(MessageWriter writer) => writer.Begin(RTM_GETNEIGH, NLM_F_DUMP, new ndmsg());

    internal static Neighbor Parse(Message message)
    {
        ndmsg header = message.Fixed<ndmsg>();
        return new()
        {
            LinkIndex = header.ndm_ifindex,
            Address = AttributeReader.Address(header.ndm_family, AttributeReader.Find(message.Attributes<ndmsg>(), NDA_DST)),
            MacAddress = new(AttributeReader.Find(message.Attributes<ndmsg>(), NDA_LLADDR).ToArray()),
            State = (NeighborState)header.ndm_state,
        };
    }
}

/// <summary>Whom the kernel knows, or asks for, on a link (RTM_NEWNEIGH).</summary>
public sealed record Neighbor
{
    /// <summary>The index of the link.</summary>
    public required int LinkIndex { get; init; }

    /// <summary>The neighbour's address.</summary>
    public required AddressValue Address { get; init; }

    /// <summary>Its MAC address; none while it is not known.</summary>
    public PhysicalAddress MacAddress { get; init; } = PhysicalAddress.None;

    /// <summary>What is known of it.</summary>
    public NeighborState State { get; init; }

    /// <summary>The neighbour in the words of ip.</summary>
    public override string ToString() =>
        $"{Address}{(MacAddress.Equals(PhysicalAddress.None) ? "" : $" lladdr {Link.Format(MacAddress)}")} {$"{State}".ToUpperInvariant()}";
}

/// <summary>What the kernel knows of a neighbour: the NUD_ states of include/uapi/linux/neighbour.h.</summary>
public enum NeighborState
{
    /// <summary>Nothing yet.</summary>
    None = 0,

    /// <summary>It is being asked for.</summary>
    Incomplete = 0x01,

    /// <summary>It has answered a short while ago.</summary>
    Reachable = 0x02,

    /// <summary>It has answered a while ago.</summary>
    Stale = 0x04,

    /// <summary>It will be asked again unless it is heard of.</summary>
    Delay = 0x08,

    /// <summary>It is being asked again.</summary>
    Probe = 0x10,

    /// <summary>It does not answer.</summary>
    Failed = 0x20,

    /// <summary>Nobody need be asked, as for groups.</summary>
    NoArp = 0x40,

    /// <summary>It was set by hand.</summary>
    Permanent = 0x80,
}
