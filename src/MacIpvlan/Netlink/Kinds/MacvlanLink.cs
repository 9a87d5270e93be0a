using System.Net.NetworkInformation;
using System.Text;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink.Kinds;

/// <summary>A macvlan link (drivers/net/macvlan.c): it has its own MAC address on its parent.</summary>
/// <param name="Mode">How it communicates with its siblings; 32 bits on the wire.</param>
public sealed record MacvlanLink(MacvlanMode Mode) : LinkKind
{
    internal const string KindName = "macvlan";

    /// <summary>The MAC addresses that a link in mode Source accepts frames from, six bytes each.</summary>
    public IReadOnlyList<PhysicalAddress> AllowedMacAddresses { get; init; } = [];

    /// <summary>
    /// How many broadcast frames the parent queues for its links, 32 bits; null for the kernel's default.
    /// </summary>
    public int? BroadcastQueueLength { get; init; }

    /// <summary>
    /// The highest number of receivers for which a multicast frame bypasses the queue; signed, 32 bits. Requires kernel
    /// 6.4 or later.
    /// </summary>
    public int? BroadcastCutoff { get; init; }

    /// <summary>
    /// In mode Passthru, doesn't put the parent into promiscuous mode (MACVLAN_FLAG_NOPROMISC, 16 bits).
    /// </summary>
    public bool NoPromiscuous { get; init; }

    /// <summary>The broadcast cutoff of a parent for whose links nothing else was requested (bc_cutoff of drivers/net/macvlan.c).</summary>
    internal const int UsualBroadcastCutoff = 1;

    /// <inheritdoc/>
    public override string Name => KindName;

    /// <inheritdoc/>
    public override string ToString()
    {
        StringBuilder text = new($"macvlan mode {Mode.ToString().ToLowerInvariant()}");
        if (NoPromiscuous) text.Append(" nopromisc");
        if (AllowedMacAddresses.Count > 0)
        {
            text.Append(" macaddr set ").AppendJoin(' ', AllowedMacAddresses.Select(Link.Format));
        }

        if (BroadcastQueueLength is not null) text.Append($" bcqueuelen {BroadcastQueueLength}");
        if (BroadcastCutoff is not null) text.Append($" bclim {BroadcastCutoff}");
        return text.ToString();
    }

    internal override void WriteSettings(MessageWriter writer)
    {
        writer.Attribute(IFLA_MACVLAN_MODE, (uint)Mode);
        if (NoPromiscuous) writer.Attribute(IFLA_MACVLAN_FLAGS, MACVLAN_FLAG_NOPROMISC);
        if (AllowedMacAddresses.Count > 0)
        {
            writer.Attribute(IFLA_MACVLAN_MACADDR_MODE, MACVLAN_MACADDR_SET);
            int list = writer.BeginNest(IFLA_MACVLAN_MACADDR_DATA);
            foreach (PhysicalAddress address in AllowedMacAddresses)
            {
                writer.Attribute(IFLA_MACVLAN_MACADDR, address.GetAddressBytes());
            }

            writer.EndNest(list);
        }

        if (BroadcastQueueLength is not null) writer.Attribute(IFLA_MACVLAN_BC_QUEUE_LEN, BroadcastQueueLength.Value);
        if (BroadcastCutoff is not null) writer.Attribute(IFLA_MACVLAN_BC_CUTOFF, BroadcastCutoff.Value);
    }

    internal override void WriteChangedSettings(MessageWriter writer)
    {
        WriteSettings(writer);
        // A flag that isn't named stays.
        if (Mode == MacvlanMode.Passthru && !NoPromiscuous) writer.Attribute(IFLA_MACVLAN_FLAGS, (ushort)0);
    }

    internal static MacvlanLink Parse(AttributeReader settings)
    {
        MacvlanMode mode = default;
        List<PhysicalAddress> allowed = [];
        int? queueLength = null, cutoff = null;
        bool noPromiscuous = false;
        while (settings.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case IFLA_MACVLAN_MODE: mode = (MacvlanMode)AttributeReader.UInt32(value); break;
                case IFLA_MACVLAN_FLAGS:
                    noPromiscuous = (AttributeReader.UInt16(value) & MACVLAN_FLAG_NOPROMISC) != 0;
                    break;
                case IFLA_MACVLAN_MACADDR_DATA: ParseAddresses(new(value), allowed); break;
                case IFLA_MACVLAN_BC_QUEUE_LEN: queueLength = AttributeReader.Int32(value); break;
                case IFLA_MACVLAN_BC_CUTOFF: cutoff = AttributeReader.Int32(value); break;
            }
        }

        return new(mode)
        {
            AllowedMacAddresses = allowed,
            BroadcastQueueLength = queueLength,
            BroadcastCutoff = cutoff,
            NoPromiscuous = noPromiscuous,
        };
    }

    private static void ParseAddresses(AttributeReader list, List<PhysicalAddress> addresses)
    {
        while (list.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == IFLA_MACVLAN_MACADDR) addresses.Add(new(value.ToArray()));
        }
    }
}
