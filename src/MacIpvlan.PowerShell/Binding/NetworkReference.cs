using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>A network as users give it: a name, or an object of Get-*Network.</summary>
public sealed class NetworkReference
{
    /// <summary>Refers to a network by name.</summary>
    public NetworkReference(string name) => Name = name;

    /// <summary>Refers to a network by its object.</summary>
    public NetworkReference(ContainerNetwork network) => Name = network.Name;

    /// <summary>Refers to a network by what is left of its object in a file.</summary>
    public NetworkReference(PSObject remains) => Name = ObjectRemains.ReadName(remains, nameof(ContainerNetwork.Kind));

    /// <summary>The network's name, or a pattern where patterns are taken.</summary>
    public string Name { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
