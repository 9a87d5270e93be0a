using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Removes the host's access to networks.</summary>
[Cmdlet(VerbsLifecycle.Disable, "HostAccess", SupportsShouldProcess = true)]
public sealed class DisableHostAccessCommand : HostAccessCommand
{
    private protected override string Activity => "Disabling host access";

    private protected override void Process(ContainerNetwork network)
    {
        string addresses = network.HostAddress.Count == 0 ? "" : $" and free its addresses {network.HostAddress}";
        if (ShouldProcess(network.Name, $"Remove the host's access to the {network.Kind} network on {network.Parent}{addresses}"))
        {
            new HostAccesses(Session).Disable(network);
        }
    }
}
