using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>A network as users specify it: by name, or as an object from a Get-*Network cmdlet.</summary>
public sealed class NetworkReference
{
    /// <summary>Refers to a network by name.</summary>
    public NetworkReference(string name) => Name = name;

    /// <summary>Refers to a network by its object.</summary>
    public NetworkReference(ContainerNetwork network) => Name = network.Name;

    /// <summary>Refers to a network by a deserialized object.</summary>
    public NetworkReference(PSObject remains) => Name = ObjectRemains.ReadName(remains, nameof(ContainerNetwork.Kind));

    /// <summary>The network's name, or a pattern where wildcards are supported.</summary>
    public string Name { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
