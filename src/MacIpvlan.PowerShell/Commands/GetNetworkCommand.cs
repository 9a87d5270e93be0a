using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>The base of the Get cmdlets for networks.</summary>
/// <typeparam name="T">The kind of network that is listed.</typeparam>
public abstract class GetNetworkCommand<T> : NetworkCommand where T : ContainerNetwork
{
    /// <summary>Names or patterns, network objects, or objects that belong to networks. The default is all networks.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[]? Name { get; set; }

    /// <summary>Names or patterns of parents.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ParentCompleter))]
    public string[]? Parent { get; set; }

    private protected override void Process()
    {
        T[] selected = [.. Matching(SelectNetworks<T>(NetworkReference.NamesOf(Name)), Parent, static n => n.Parent)];
        foreach (ContainerNetwork network in new ContainerNetworks(Session).Count(selected)) Write(network);
    }
}
