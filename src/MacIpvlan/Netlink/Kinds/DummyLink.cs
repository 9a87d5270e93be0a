namespace MacIpvlan.Netlink.Kinds;

/// <summary>A dummy link (drivers/net/dummy.c): a parent without an upstream.</summary>
public sealed record DummyLink : LinkKind
{
    internal const string KindName = "dummy";

    /// <inheritdoc/>
    public override string Name => KindName;

    /// <inheritdoc/>
    public override string ToString() => KindName;

    internal override void WriteSettings(MessageWriter writer)
    {
    }
}
