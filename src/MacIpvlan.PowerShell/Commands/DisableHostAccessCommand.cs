using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Takes the host's access to a network away.</summary>
[Cmdlet(VerbsLifecycle.Disable, "HostAccess", SupportsShouldProcess = true)]
public sealed class DisableHostAccessCommand : HostAccessCommand
{
    private protected override void Process(ContainerNetwork network)
    {
        if (ShouldProcess(network.Name, $"Take away the host's access to {network.Kind} network on {network.Parent}"))
        {
            new HostAccesses(Session).Disable(network);
        }
    }
}
