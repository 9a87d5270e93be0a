using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>The base of Remove-MacvlanNetwork and Remove-IpvlanNetwork.</summary>
/// <typeparam name="T">The kind of network to remove.</typeparam>
public abstract class RemoveNetworkCommand<T> : NetworkCommand where T : ContainerNetwork
{
    /// <summary>Names or patterns.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Disconnects the NICs first. No error occurs if the network doesn't exist.</summary>
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
                if (ShouldProcess(network.Name, what + DescribeNics(networks.CountNics(network), Force)))
                {
                    networks.Remove(network, disconnect: Force);
                }
            });
        }
    }
}
