using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink.Kinds;

/// <summary>A macvlan link (drivers/net/macvlan.c): a MAC address of its own on its parent.</summary>
/// <param name="Mode">Whom it talks to on the parent; 32 bits on the wire.</param>
public sealed record MacvlanLink(MacvlanMode Mode) : LinkKind
{
    internal const string KindName = "macvlan";

    /// <inheritdoc/>
    public override string Name => KindName;

    /// <inheritdoc/>
    public override string ToString() => $"macvlan mode {Mode.ToString().ToLowerInvariant()}";

    internal override void WriteSettings(MessageWriter writer) => writer.Attribute(IFLA_MACVLAN_MODE, (uint)Mode);

    internal static MacvlanLink Parse(AttributeReader settings)
    {
        MacvlanMode mode = default;
        while (settings.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == IFLA_MACVLAN_MODE) mode = (MacvlanMode)AttributeReader.Number<uint>(value);
        }

        return new(mode);
    }
}
