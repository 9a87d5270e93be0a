using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Lists NICs.</summary>
[Cmdlet(VerbsCommon.Get, "ContainerNic")]
[OutputType(typeof(ContainerNic))]
public sealed class GetContainerNicCommand : NetworkCommand
{
    /// <summary>Names or patterns of networks, or network objects.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[]? Network { get; set; }

    /// <summary>Names or patterns of containers, or ids of at least 12 digits.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    public string[]? Container { get; set; }

    /// <summary>Names, paths or patterns of namespaces.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public NamespaceReference[]? Namespace { get; set; }

    /// <summary>Processes that were specified as targets.</summary>
    [Parameter]
    [Alias("Id", "PID")]
    public int[]? ProcessId { get; set; }

    /// <summary>Names or patterns of interfaces.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    public string[]? InterfaceName { get; set; }

    private protected override void Process()
    {
        NicFilter filter = new NicFilter(GetNics(SelectReferenced(Network)))
            .Containers(Container).Namespaces(Namespace).Processes(ProcessId).Interfaces(InterfaceName);
        // The table view groups NICs by network.
        foreach (ContainerNic nic in filter.Found.OrderBy(static n => n.Network, StringComparer.OrdinalIgnoreCase)) Write(nic);
    }
}
