using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Checks and compares the settings of sub-interfaces, without looking at the host.</summary>
internal static class VlanDefinition
{
    /// <summary>How many sub-interfaces can be stacked: MAX_NEST_DEV of include/linux/netdevice.h.</summary>
    public const int MaxNesting = 8;

    private const int MaxTagPriority = 7;

    // The settings that identify a sub-interface, and RemovedWithLastNetwork, which the kernel doesn't know.
    private static readonly string[] s_identity =
    [
        NetworkSettings.Name, NetworkSettings.Parent, NetworkSettings.VlanId, NetworkSettings.Protocol,
        NetworkSettings.RemovedWithLastNetwork,
    ];

    /// <summary>Checks stacked sub-interfaces.</summary>
    /// <exception cref="NetworkException">InvalidName, InvalidVlanId or InvalidParameter.</exception>
    public static void Check(IReadOnlyCollection<ParentLinkRecord> vlans)
    {
        if (vlans.Count > MaxNesting)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                $"More than {MaxNesting} sub-interfaces are stacked, and the kernel allows only {MaxNesting}.",
                "Put the VLAN on a link further down; ip -d link show shows what sits on what.");
        }

        foreach (ParentLinkRecord vlan in vlans)
        {
            LinkName.Check(vlan.Name);
            VlanLink kind = (VlanLink)vlan.Kind;
            ParentReference.OfVlan(vlan.Parent!, kind.VlanId);
            NetworkDefinition.CheckMtu(vlan.Mtu, hasIPv6: false);
            CheckPriorities(kind);
        }
    }

    /// <summary>Checks the priority maps. A tag's priority has three bits (IEEE 802.1Q).</summary>
    /// <exception cref="NetworkException">InvalidParameter.</exception>
    public static void CheckPriorities(VlanLink kind)
    {
        uint wrong = kind.EgressPriorityMap.Select(static m => m.To).Concat(kind.IngressPriorityMap.Select(static m => m.From))
            .FirstOrDefault(static p => p > MaxTagPriority);
        if (wrong == 0) return;
        throw new NetworkException(
            NetworkError.InvalidParameter,
            $"The priority of a VLAN tag must be from 0 to {MaxTagPriority}, not {wrong}.",
            "Map priorities of the host to priorities of the tag: @{ 6 = 7 }.");
    }

    /// <summary>Whether it has the name and settings that LINK.ID creates by default.</summary>
    public static bool IsPlain(ParentLinkRecord vlan) =>
        vlan.Kind is VlanLink { Protocol: VlanProtocol.Ieee8021Q } kind && vlan.Name == $"{vlan.Parent}.{kind.VlanId}"
        && Settings(vlan).Length == 0;

    /// <summary>The differences between a definition and an existing link with the same tag.</summary>
    public static IReadOnlyList<SettingDifference> Compare(ParentLinkRecord expected, Link actual)
    {
        ParentLinkRecord found = expected with { Kind = actual.Kind!, Mtu = expected.Mtu is null ? null : actual.Mtu };
        return [.. NetworkSettings.Compare(Settings(expected), Settings(found)).Select(d => d with { Name = $"{actual.Name} {d.Name}" })];
    }

    /// <summary>The ip command that creates it.</summary>
    public static string CommandOf(ParentLinkRecord vlan) =>
        new LinkAdd(vlan.Name, vlan.Kind) { Parent = new Link { Index = 0, Name = vlan.Parent! }, Mtu = vlan.Mtu }.ToString();

    private static NetworkSetting[] Settings(ParentLinkRecord vlan) =>
        [.. NetworkSettings.Of(vlan).ExceptBy(s_identity, static s => s.Name)];
}
