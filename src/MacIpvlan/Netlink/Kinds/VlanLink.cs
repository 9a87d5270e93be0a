using System.Buffers.Binary;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink.Kinds;

/// <summary>A VLAN sub-interface (net/8021q): the frames of its parent that carry one tag.</summary>
/// <param name="VlanId">The tag's id, 1 to 4094; 16 bits on the wire.</param>
/// <param name="Protocol">The tag's EtherType; 16 bits big-endian on the wire.</param>
public sealed record VlanLink(int VlanId, VlanProtocol Protocol) : LinkKind
{
    internal const string KindName = "vlan";

    /// <inheritdoc/>
    public override string Name => KindName;

    /// <inheritdoc/>
    public override string ToString() => Protocol == VlanProtocol.Ieee8021Q
        ? $"vlan id {VlanId}"
        : $"vlan protocol 802.1ad id {VlanId}";

    internal override void WriteSettings(MessageWriter writer)
    {
        writer.Attribute(IFLA_VLAN_ID, (ushort)VlanId);
        writer.Attribute(IFLA_VLAN_PROTOCOL, BinaryPrimitives.ReverseEndianness((ushort)Protocol));
    }

    internal static VlanLink Parse(AttributeReader settings)
    {
        int id = 0;
        VlanProtocol protocol = VlanProtocol.Ieee8021Q;
        while (settings.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == IFLA_VLAN_ID) id = AttributeReader.Number<ushort>(value);
            else if (type == IFLA_VLAN_PROTOCOL)
            {
                protocol = (VlanProtocol)BinaryPrimitives.ReverseEndianness(AttributeReader.Number<ushort>(value));
            }
        }

        return new(id, protocol);
    }
}
