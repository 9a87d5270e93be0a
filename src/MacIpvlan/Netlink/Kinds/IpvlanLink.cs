using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink.Kinds;

/// <summary>
/// An ipvlan link (drivers/net/ipvlan): it has its parent's MAC address and is identified by its IP address.
/// </summary>
/// <param name="Mode">
/// The layer on which it's attached to its parent. All links of a parent share it; 16 bits on the wire.
/// </param>
/// <param name="Flag">
/// How it communicates with its siblings. All links of a parent share it; 16 bits on the wire.
/// </param>
public sealed record IpvlanLink(IpvlanMode Mode, IpvlanFlag Flag) : LinkKind
{
    internal const string KindName = "ipvlan";

    /// <inheritdoc/>
    public override string Name => KindName;

    /// <inheritdoc/>
    public override string ToString() =>
        $"ipvlan mode {Mode.ToString().ToLowerInvariant()} {Flag.ToString().ToLowerInvariant()}";

    internal override void WriteSettings(MessageWriter writer)
    {
        writer.Attribute(IFLA_IPVLAN_MODE, (ushort)Mode);
        writer.Attribute(IFLA_IPVLAN_FLAGS, (ushort)Flag);
    }

    internal static IpvlanLink Parse(AttributeReader settings)
    {
        IpvlanMode mode = default;
        IpvlanFlag flag = default;
        while (settings.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == IFLA_IPVLAN_MODE) mode = (IpvlanMode)AttributeReader.UInt16(value);
            else if (type == IFLA_IPVLAN_FLAGS) flag = (IpvlanFlag)AttributeReader.UInt16(value);
        }

        return new(mode, flag);
    }
}
