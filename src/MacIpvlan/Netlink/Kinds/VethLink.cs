using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink.Kinds;

/// <summary>One end of a veth pair (drivers/net/veth.c). The kernel doesn't report the peer's name.</summary>
/// <param name="PeerName">The name of the other end.</param>
public sealed record VethLink(string PeerName) : LinkKind
{
    /// <inheritdoc/>
    public override string Name => "veth";

    /// <inheritdoc/>
    public override string ToString() => $"veth peer name {PeerName}";

    internal override void WriteSettings(MessageWriter writer)
    {
        // VETH_INFO_PEER contains a complete link request: the fixed part, then attributes.
        int peer = writer.BeginNest(VETH_INFO_PEER);
        writer.Fixed(new ifinfomsg());
        writer.Text(IFLA_IFNAME, PeerName);
        writer.EndNest(peer);
    }
}
