using System.Buffers.Binary;
using System.Text;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink.Kinds;

/// <summary>A VLAN sub-interface (net/8021q): it carries the frames of its parent that have a specific tag.</summary>
/// <param name="VlanId">The tag's id, 1 to 4094; 16 bits on the wire.</param>
/// <param name="Protocol">The tag's EtherType; 16 bits big-endian on the wire.</param>
public sealed record VlanLink(int VlanId, VlanProtocol Protocol) : LinkKind
{
    internal const string KindName = "vlan";

    /// <summary>
    /// Whether to remove the tag from received headers (VLAN_FLAG_REORDER_HDR); the kernel's default is on.
    /// </summary>
    public bool? ReorderHeader { get; init; }

    /// <summary>Whether to register the VLAN with GVRP; the kernel's default is off.</summary>
    public bool? Gvrp { get; init; }

    /// <summary>Whether to register the VLAN with MVRP; the kernel's default is off.</summary>
    public bool? Mvrp { get; init; }

    /// <summary>Whether to ignore the parent's state (VLAN_FLAG_LOOSE_BINDING); the kernel's default is off.</summary>
    public bool? LooseBinding { get; init; }

    /// <summary>Maps the priority of frames on this host to the priority of the tag (0 to 7).</summary>
    public IReadOnlyList<(uint From, uint To)> EgressPriorityMap { get; init; } = [];

    /// <summary>Maps the priority of the tag (0 to 7) to the priority of frames on this host.</summary>
    public IReadOnlyList<(uint From, uint To)> IngressPriorityMap { get; init; } = [];

    /// <inheritdoc/>
    public override string Name => KindName;

    private (bool? Value, uint Flag, string Word)[] Flags =>
    [
        (ReorderHeader, VLAN_FLAG_REORDER_HDR, "reorder_hdr"),
        (Gvrp, VLAN_FLAG_GVRP, "gvrp"),
        (Mvrp, VLAN_FLAG_MVRP, "mvrp"),
        (LooseBinding, VLAN_FLAG_LOOSE_BINDING, "loose_binding"),
    ];

    /// <summary>Whether both have the same tag. The kernel allows each protocol and id only once on a parent.</summary>
    public bool IsSameTag(VlanLink other) => VlanId == other.VlanId && Protocol == other.Protocol;

    /// <inheritdoc/>
    public override string ToString()
    {
        StringBuilder text = new(KindName);
        if (Protocol == VlanProtocol.Ieee8021AD) text.Append(" protocol 802.1ad");
        text.Append($" id {VlanId}");
        foreach ((bool? value, _, string word) in Flags)
        {
            if (value is not null) text.Append($" {word} {(value.Value ? "on" : "off")}");
        }

        AppendMap(text, "ingress-qos-map", IngressPriorityMap);
        AppendMap(text, "egress-qos-map", EgressPriorityMap);
        return text.ToString();
    }

    internal override void WriteSettings(MessageWriter writer)
    {
        writer.Attribute(IFLA_VLAN_ID, (ushort)VlanId);
        writer.Attribute(IFLA_VLAN_PROTOCOL, BinaryPrimitives.ReverseEndianness((ushort)Protocol));
        ifla_vlan_flags flags = default;
        foreach ((bool? value, uint flag, _) in Flags)
        {
            if (value is null) continue;
            flags.mask |= flag;
            if (value.Value) flags.flags |= flag;
        }

        if (flags.mask != 0) writer.Attribute(IFLA_VLAN_FLAGS, flags);
        WriteMap(writer, IFLA_VLAN_INGRESS_QOS, IngressPriorityMap);
        WriteMap(writer, IFLA_VLAN_EGRESS_QOS, EgressPriorityMap);
    }

    internal static VlanLink Parse(AttributeReader settings)
    {
        int id = 0;
        VlanProtocol protocol = VlanProtocol.Ieee8021Q;
        uint flags = 0;
        List<(uint, uint)> ingress = [], egress = [];
        while (settings.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case IFLA_VLAN_ID: id = AttributeReader.UInt16(value); break;
                case IFLA_VLAN_PROTOCOL:
                    protocol = (VlanProtocol)BinaryPrimitives.ReverseEndianness(AttributeReader.UInt16(value));
                    break;
                case IFLA_VLAN_FLAGS: flags = AttributeReader.Struct<ifla_vlan_flags>(value).flags; break;
                case IFLA_VLAN_INGRESS_QOS: ParseMap(new(value), ingress); break;
                case IFLA_VLAN_EGRESS_QOS: ParseMap(new(value), egress); break;
            }
        }

        return new(id, protocol)
        {
            ReorderHeader = (flags & VLAN_FLAG_REORDER_HDR) != 0,
            Gvrp = (flags & VLAN_FLAG_GVRP) != 0,
            Mvrp = (flags & VLAN_FLAG_MVRP) != 0,
            LooseBinding = (flags & VLAN_FLAG_LOOSE_BINDING) != 0,
            IngressPriorityMap = ingress,
            EgressPriorityMap = egress,
        };
    }

    /// <summary>An entry of a map in the syntax of the ip command: FROM:TO.</summary>
    internal static string FormatEntry((uint From, uint To) entry) => $"{entry.From}:{entry.To}";

    private static void AppendMap(StringBuilder text, string word, IReadOnlyList<(uint From, uint To)> map)
    {
        if (map.Count > 0) text.Append($" {word} ").AppendJoin(' ', map.Select(FormatEntry));
    }

    private static void WriteMap(MessageWriter writer, ushort type, IReadOnlyList<(uint From, uint To)> map)
    {
        if (map.Count == 0) return;
        int nest = writer.BeginNest(type);
        foreach ((uint from, uint to) in map)
        {
            writer.Attribute(IFLA_VLAN_QOS_MAPPING, new ifla_vlan_qos_mapping { from = from, to = to });
        }

        writer.EndNest(nest);
    }

    private static void ParseMap(AttributeReader list, List<(uint From, uint To)> map)
    {
        while (list.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type != IFLA_VLAN_QOS_MAPPING) continue;
            ifla_vlan_qos_mapping entry = AttributeReader.Struct<ifla_vlan_qos_mapping>(value);
            map.Add((entry.from, entry.to));
        }
    }
}
