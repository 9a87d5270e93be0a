using System.ComponentModel;
using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>
/// Networks as users specify them: by name, as an object from a Get-*Network cmdlet, or as an object that belongs to
/// networks, such as a NIC or a difference.
/// </summary>
[TypeConverter(typeof(MemberConverter))]
public sealed class NetworkReference
{
    /// <summary>Refers to a network by name.</summary>
    public NetworkReference(string name) => Names = [name];

    /// <summary>Refers to a network by its object.</summary>
    public NetworkReference(ContainerNetwork network) => Names = [network.Name];

    /// <summary>Refers to the networks in the Network property of an object, or to a deserialized network or a row of a table.</summary>
    /// <exception cref="FormatException">The object is no network, and it belongs to none.</exception>
    public NetworkReference(PSObject item) => Names = BelongsToNetwork(item)
        ? ObjectRemains.ReadAll(item, nameof(ContainerNic.Network)) is { Count: > 0 } networks
            ? networks
            : throw new FormatException("The object belongs to no network: its property Network is empty.")
        // A row that a network can be created from has no Kind; one with DHCP needs no Subnet.
        : [ObjectRemains.ReadName(item, item.Properties[nameof(ContainerNetwork.Subnet)] is null && item.Properties[nameof(ContainerNetwork.Dhcp)] is null
            ? [nameof(ContainerNetwork.Kind)]
            : [nameof(ContainerNetwork.Subnet), nameof(ContainerNetwork.Dhcp)])];

    /// <summary>The network's name, or a pattern where wildcards are supported. Several names are separated by commas.</summary>
    public string Name => string.Join(", ", Names);

    /// <summary>The names. Several networks can be on one parent, so a difference of it belongs to all of them.</summary>
    internal IReadOnlyList<string> Names { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>The names of all networks that are referred to; null if there are no references.</summary>
    internal static string[]? NamesOf(NetworkReference[]? references) =>
        references is null ? null : [.. references.SelectMany(static r => r?.Names ?? [""])];

    /// <summary>Whether an object has a property that contains its network.</summary>
    internal static bool BelongsToNetwork(PSObject item) => item.Properties[nameof(ContainerNic.Network)] is not null;
}
