namespace MacIpvlan;

/// <summary>An 802.1q or 802.1ad link on a parent.</summary>
public sealed class VlanSubInterface
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the link that it sits on.</summary>
    public required string Parent { get; init; }

    /// <summary>Its VLAN id, 1 to 4094.</summary>
    public required int VlanId { get; init; }

    /// <summary>The EtherType of its tag.</summary>
    public required VlanProtocol Protocol { get; init; }

    /// <summary>Its MTU in bytes.</summary>
    public required int Mtu { get; init; }

    /// <summary>Its MAC address.</summary>
    public required string MacAddress { get; init; }

    /// <summary>Whether headers are shown as if there were no tag.</summary>
    public required bool ReorderHeader { get; init; }

    /// <summary>Whether the VLAN is registered through GVRP.</summary>
    public required bool Gvrp { get; init; }

    /// <summary>Whether the VLAN is registered through MVRP.</summary>
    public required bool Mvrp { get; init; }

    /// <summary>Whether its state is independent of the parent's.</summary>
    public required bool LooseBinding { get; init; }

    /// <summary>Maps priorities of this host to priorities of the tag, as FROM:TO.</summary>
    public required ValueList<string> EgressPriorityMap { get; init; }

    /// <summary>Maps priorities of the tag to priorities of this host, as FROM:TO.</summary>
    public required ValueList<string> IngressPriorityMap { get; init; }

    /// <summary>Whether it is up.</summary>
    public required bool IsUp { get; init; }

    /// <summary>Whether this module created it.</summary>
    public required bool IsOwned { get; init; }

    /// <summary>The networks that sit on it.</summary>
    public required ValueList<string> Networks { get; init; }

    /// <summary>Its index.</summary>
    public required int Index { get; init; }

    /// <summary>Its name.</summary>
    public override string ToString() => Name;
}
