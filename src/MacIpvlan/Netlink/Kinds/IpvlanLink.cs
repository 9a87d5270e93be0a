using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink.Kinds;

/// <summary>An ipvlan link (drivers/net/ipvlan): its parent's MAC address, told apart by IP address.</summary>
/// <param name="Mode">Where it joins its parent; one for all links of a parent; 16 bits on the wire.</param>
/// <param name="Flag">Whom it talks to on the parent; one for all links of a parent; 16 bits on the wire.</param>
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
            if (type == IFLA_IPVLAN_MODE) mode = (IpvlanMode)AttributeReader.Number<ushort>(value);
            else if (type == IFLA_IPVLAN_FLAGS) flag = (IpvlanFlag)AttributeReader.Number<ushort>(value);
        }

        return new(mode, flag);
    }
}
