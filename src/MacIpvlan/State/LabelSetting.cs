namespace MacIpvlan;

/// <summary>What labels of a container can ask for on a network, if the network allows it.</summary>
public enum LabelSetting : long
{
    /// <summary>A NIC: macipvlan.network. Whoever allows another setting allows this too.</summary>
    Network,

    /// <summary>Its addresses: macipvlan.NETWORK.ip and macipvlan.NETWORK.ip6.</summary>
    IPAddress,

    /// <summary>Its MAC address: macipvlan.NETWORK.mac.</summary>
    MacAddress,

    /// <summary>The name of its interface: macipvlan.NETWORK.interface.</summary>
    InterfaceName,

    /// <summary>Its MTU: macipvlan.NETWORK.mtu.</summary>
    Mtu,

    /// <summary>Whether it has the default route: macipvlan.NETWORK.default-route.</summary>
    DefaultRoute,
}

/// <summary>Lists of what labels can ask for.</summary>
internal static class LabelSettings
{
    /// <summary>Puts them in a fixed order. Each setting is one of a NIC, so the NIC is part of any.</summary>
    public static IReadOnlyList<LabelSetting> Complete(IReadOnlyList<LabelSetting> allowed) =>
        allowed.Count == 0 ? [] : [.. allowed.Append(LabelSetting.Network).Distinct().Order()];
}
