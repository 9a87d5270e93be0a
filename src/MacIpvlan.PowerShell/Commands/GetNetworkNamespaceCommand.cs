using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Lists named network namespaces, whoever made them.</summary>
[Cmdlet(VerbsCommon.Get, "NetworkNamespace")]
[OutputType(typeof(NetworkNamespace))]
public sealed class GetNetworkNamespaceCommand : NetworkCommand
{
    /// <summary>Names or patterns; all namespaces when left away.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string[]? Name { get; set; }

    internal static NetworkException NotFound(string name) => new(
        NetworkError.NamespaceNotFound,
        $"There is no network namespace named '{name}'.",
        "List those that there are with Get-NetworkNamespace.");

    private protected override void Process()
    {
        foreach (NetworkNamespace found in Select(Name, NetworkNamespaces.GetAll(), static n => n.Name, NotFound)) Write(found);
    }
}
