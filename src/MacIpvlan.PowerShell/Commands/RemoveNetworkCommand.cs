using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>What Remove-MacvlanNetwork and Remove-IpvlanNetwork share.</summary>
/// <typeparam name="T">The kind of network that is removed.</typeparam>
public abstract class RemoveNetworkCommand<T> : NetworkCommand where T : ContainerNetwork
{
    /// <summary>Names or patterns.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Disconnects its NICs first; a network that is gone already is no error.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool ChangesHost => true;

    private protected override void Process()
    {
        ContainerNetworks networks = new(Session);
        T[] all = [.. networks.GetAll().OfType<T>()];
        T[] selected = [.. Select(Name, all, static n => n.Name, NetworkNotFound, missingIsFine: Force)];
        foreach (T network in selected)
        {
            Session.Progress(new("Removing networks", network.Name, TotalOf(selected.Length)));
            Guard(network.Name, () =>
            {
                string what = $"Remove the {network.Kind} network on {network.Parent} with {network.Subnet}";
                if (ShouldProcess(network.Name, what + DescribeNics(network.NicCount, Force)))
                {
                    networks.Remove(network, disconnect: Force);
                }
            });
        }
    }
}
