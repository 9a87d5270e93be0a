namespace MacIpvlan.Netlink.Kinds;

/// <summary>
/// An intermediate functional block (drivers/net/ifb.c): what a filter redirects to it passes its qdisc, and goes on from the link
/// that it came from.
/// </summary>
public sealed record IfbLink : LinkKind
{
    internal const string KindName = "ifb";

    /// <inheritdoc/>
    public override string Name => KindName;

    /// <inheritdoc/>
    public override string ToString() => KindName;

    internal override void WriteSettings(MessageWriter writer)
    {
    }
}
