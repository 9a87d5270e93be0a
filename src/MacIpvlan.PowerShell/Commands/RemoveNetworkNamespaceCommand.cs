using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Removes named network namespaces.</summary>
[Cmdlet(VerbsCommon.Remove, "NetworkNamespace", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(NetworkNamespace))]
public sealed class RemoveNetworkNamespaceCommand : NetworkCommand
{
    /// <summary>Names or patterns, namespace objects, or NICs in namespaces.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public NamespaceReference[] Name { get; set; } = [];

    /// <summary>Disconnects the NICs first, without asking. No error occurs if the namespace doesn't exist.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Returns the namespaces that were removed.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override bool EntersNamespaces => true;

    private protected override void Process()
    {
        NetworkNamespaces namespaces = new(Session);
        foreach (NetworkNamespace target in
            Select(NamespaceReference.NamesOf(Name), NetworkNamespaces.GetAll(includeRemains: true), static n => n.Name, GetNetworkNamespaceCommand.NotFound, missingIsFine: Force))
        {
            Guard(target.Name, () =>
            {
                string what = $"Remove the network namespace at {target.Path}";
                if (!ShouldRemove(target.Name, what, namespaces.FindNics(target).Count, Force, out bool disconnect)) return;
                namespaces.Remove(target, disconnect);
                if (PassThru) Write(target);
            });
        }
    }
}
