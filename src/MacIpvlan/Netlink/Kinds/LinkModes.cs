using System.Diagnostics.CodeAnalysis;
using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>
/// How a macvlan NIC communicates with other NICs of its parent (enum macvlan_mode of linux/if_link.h).
/// </summary>
[SuppressMessage("Design", "CA1008:EnumsShouldHaveZeroValue", Justification = "The kernel has no mode 0.")]
public enum MacvlanMode : long
{
    /// <summary>It reaches only the network beyond the parent, never its siblings.</summary>
    Private = (int)Uapi.MACVLAN_MODE_PRIVATE,

    /// <summary>It reaches its siblings through a switch that sends frames back (IEEE 802.1Qbg).</summary>
    Vepa = (int)Uapi.MACVLAN_MODE_VEPA,

    /// <summary>It reaches its siblings directly, and the network beyond the parent.</summary>
    Bridge = (int)Uapi.MACVLAN_MODE_BRIDGE,

    /// <summary>It uses the parent exclusively.</summary>
    Passthru = (int)Uapi.MACVLAN_MODE_PASSTHRU,

    /// <summary>It accepts frames only from the MAC addresses in a list.</summary>
    Source = (int)Uapi.MACVLAN_MODE_SOURCE,
}

/// <summary>
/// The layer on which ipvlan NICs are attached to their parent (enum ipvlan_mode of linux/if_link.h).
/// </summary>
public enum IpvlanMode : long
{
    /// <summary>The link layer, with the parent's MAC address.</summary>
    L2 = Uapi.IPVLAN_MODE_L2,

    /// <summary>The network layer: the parent routes, without broadcast or multicast.</summary>
    L3 = Uapi.IPVLAN_MODE_L3,

    /// <summary>The same as L3, but packets also pass the host's netfilter.</summary>
    L3S = Uapi.IPVLAN_MODE_L3S,
}

/// <summary>How an ipvlan NIC communicates with other NICs of its parent (IPVLAN_F_* of linux/if_link.h).</summary>
[SuppressMessage("Design", "CA1008:EnumsShouldHaveZeroValue", Justification = "The ip command calls zero bridge.")]
public enum IpvlanFlag : long
{
    /// <summary>It reaches its siblings directly, and the network beyond the parent.</summary>
    Bridge = 0,

    /// <summary>It reaches only the network beyond the parent, never its siblings.</summary>
    Private = Uapi.IPVLAN_F_PRIVATE,

    /// <summary>It reaches its siblings through a switch that sends frames back (IEEE 802.1Qbg).</summary>
    Vepa = Uapi.IPVLAN_F_VEPA,
}

/// <summary>The EtherType of a VLAN tag.</summary>
[SuppressMessage("Design", "CA1008:EnumsShouldHaveZeroValue", Justification = "There is no EtherType 0.")]
public enum VlanProtocol : long
{
    /// <summary>IEEE 802.1Q, the ordinary tag (0x8100).</summary>
    Ieee8021Q = Uapi.ETH_P_8021Q,

    /// <summary>IEEE 802.1ad, a provider's outer tag (0x88a8).</summary>
    Ieee8021AD = Uapi.ETH_P_8021AD,
}
