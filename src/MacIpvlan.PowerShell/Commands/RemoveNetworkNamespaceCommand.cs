using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Removes named network namespaces.</summary>
[Cmdlet(VerbsCommon.Remove, "NetworkNamespace", SupportsShouldProcess = true)]
public sealed class RemoveNetworkNamespaceCommand : NetworkCommand
{
    /// <summary>Names or patterns.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Disconnects the NICs first. No error occurs if the namespace doesn't exist.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool EntersNamespaces => true;

    private protected override void Process()
    {
        NetworkNamespaces namespaces = new(Session);
        foreach (NetworkNamespace target in
            Select(Name, NetworkNamespaces.GetAll(includeRemains: true), static n => n.Name, GetNetworkNamespaceCommand.NotFound, missingIsFine: Force))
        {
            Guard(target.Name, () =>
            {
                string nics = DescribeNics(namespaces.FindNics(target).Count, Force);
                if (ShouldProcess(target.Name, $"Remove the network namespace at {target.Path}{nics}")) namespaces.Remove(target, disconnect: Force);
            });
        }
    }
}
