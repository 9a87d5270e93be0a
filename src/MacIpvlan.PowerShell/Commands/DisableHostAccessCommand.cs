using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Removes the host's access to networks.</summary>
[Cmdlet(VerbsLifecycle.Disable, "HostAccess", SupportsShouldProcess = true)]
[OutputType(typeof(HostAccess))]
public sealed class DisableHostAccessCommand : HostAccessCommand
{
    /// <summary>Returns the interfaces that were removed.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override string Activity => "Disabling host access";

    private protected override void Process(ContainerNetwork network)
    {
        string addresses = network.HostAddress.Count == 0 ? "" : $" and free its addresses {network.HostAddress}";
        if (ShouldProcess(network.Name, $"Remove the host's access to the {network.Kind} network on {network.Parent}{addresses}"))
        {
            HostAccess? removed = new HostAccesses(Session).Disable(network);
            if (PassThru && removed is not null) Write(removed);
        }
    }
}
