using System.Diagnostics.CodeAnalysis;
using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>Whom a macvlan NIC talks to on its parent (enum macvlan_mode of linux/if_link.h).</summary>
[SuppressMessage("Design", "CA1008:EnumsShouldHaveZeroValue", Justification = "The kernel has no mode 0.")]
public enum MacvlanMode
{
    /// <summary>Only the world beyond the parent; never its siblings.</summary>
    Private = (int)Uapi.MACVLAN_MODE_PRIVATE,

    /// <summary>Its siblings too, by way of a switch that sends frames back (IEEE 802.1Qbg).</summary>
    Vepa = (int)Uapi.MACVLAN_MODE_VEPA,

    /// <summary>Its siblings directly, and the world beyond the parent.</summary>
    Bridge = (int)Uapi.MACVLAN_MODE_BRIDGE,

    /// <summary>Takes the parent for itself alone.</summary>
    Passthru = (int)Uapi.MACVLAN_MODE_PASSTHRU,

    /// <summary>Receives only from MAC addresses on a list.</summary>
    Source = (int)Uapi.MACVLAN_MODE_SOURCE,
}

/// <summary>Where ipvlan NICs join their parent (enum ipvlan_mode of linux/if_link.h).</summary>
public enum IpvlanMode
{
    /// <summary>On the link layer, with the parent's MAC address.</summary>
    L2 = Uapi.IPVLAN_MODE_L2,

    /// <summary>On the network layer: routed by the parent, no broadcast or multicast.</summary>
    L3 = Uapi.IPVLAN_MODE_L3,

    /// <summary>As L3, and through the host's netfilter.</summary>
    L3S = Uapi.IPVLAN_MODE_L3S,
}

/// <summary>Whom an ipvlan NIC talks to on its parent (IPVLAN_F_* of linux/if_link.h).</summary>
[SuppressMessage("Design", "CA1008:EnumsShouldHaveZeroValue", Justification = "Zero has a name of the field: bridge.")]
public enum IpvlanFlag
{
    /// <summary>Its siblings directly, and the world beyond the parent.</summary>
    Bridge = 0,

    /// <summary>Only the world beyond the parent; never its siblings.</summary>
    Private = Uapi.IPVLAN_F_PRIVATE,

    /// <summary>Its siblings too, by way of a switch that sends frames back (IEEE 802.1Qbg).</summary>
    Vepa = Uapi.IPVLAN_F_VEPA,
}

/// <summary>The EtherType of a VLAN tag.</summary>
[SuppressMessage("Design", "CA1008:EnumsShouldHaveZeroValue", Justification = "There is no EtherType 0.")]
public enum VlanProtocol
{
    /// <summary>IEEE 802.1Q, the ordinary tag (0x8100).</summary>
    Ieee8021Q = Uapi.ETH_P_8021Q,

    /// <summary>IEEE 802.1ad, a provider's outer tag (0x88a8).</summary>
    Ieee8021AD = Uapi.ETH_P_8021AD,
}
