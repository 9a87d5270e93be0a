using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Lists named network namespaces, including those of other programs.</summary>
[Cmdlet(VerbsCommon.Get, "NetworkNamespace")]
[OutputType(typeof(NetworkNamespace))]
public sealed class GetNetworkNamespaceCommand : NetworkCommand
{
    /// <summary>Names or patterns, namespace objects, or NICs in namespaces. The default is all namespaces.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public NamespaceReference[]? Name { get; set; }

    internal static NetworkException NotFound(string name) => new(
        NetworkError.NamespaceNotFound,
        $"The network namespace '{name}' doesn't exist.{NearestName.Ask(name, NetworkNamespaces.GetAll().Select(static n => n.Name))}",
        "List the namespaces with Get-NetworkNamespace.");

    private protected override void Process()
    {
        foreach (NetworkNamespace found in Select(NamespaceReference.NamesOf(Name), NetworkNamespaces.GetAll(), static n => n.Name, NotFound)) Write(found);
    }
}
