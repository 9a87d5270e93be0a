using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Gives a network another name.</summary>
[Cmdlet(VerbsCommon.Rename, "ContainerNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(MacvlanNetwork), typeof(IpvlanNetwork))]
public sealed class RenameContainerNetworkCommand : NetworkCommand
{
    /// <summary>The network.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference Name { get; set; } = null!;

    /// <summary>The new name.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NoCompleter))]
    public string NewName { get; set; } = "";

    /// <summary>Returns the network under its new name.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process()
    {
        // A name, not a pattern: two networks can't have the new name.
        ContainerNetworks networks = new(Session);
        ContainerNetwork network = networks.Find(Name.Name) ?? throw NotFound.Network(Name.Name, networks.GetAll());
        Guard(network.Name, () =>
        {
            ContainerNetworks.CheckName(NewName);
            if (!ShouldProcess(network.Name, $"Rename the {network.Kind} network to {NewName}")) return;
            ContainerNetwork renamed = networks.Rename(network, NewName);
            if (PassThru) Write(networks.Count([renamed])[0]);
        });
    }
}
