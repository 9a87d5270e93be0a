using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>RTM_GETNEIGH: the neighbors of all links.</summary>
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

/// <summary>An entry of the kernel's neighbor table (RTM_NEWNEIGH).</summary>
public sealed record Neighbor
{
    /// <summary>The link's index.</summary>
    public required int LinkIndex { get; init; }

    /// <summary>The neighbor's address.</summary>
    public required AddressValue Address { get; init; }

    /// <summary>The neighbor's MAC address; <see cref="PhysicalAddress.None"/> while it's unknown.</summary>
    public PhysicalAddress MacAddress { get; init; } = PhysicalAddress.None;

    /// <summary>The state of the entry.</summary>
    public NeighborState State { get; init; }

    /// <summary>The entry in the syntax of the ip command.</summary>
    public override string ToString() =>
        $"{Address}{(MacAddress.Equals(PhysicalAddress.None) ? "" : $" lladdr {Link.Format(MacAddress)}")} {$"{State}".ToUpperInvariant()}";
}
