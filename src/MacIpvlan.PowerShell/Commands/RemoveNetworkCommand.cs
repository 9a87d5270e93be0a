using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>The base of the Remove cmdlets for networks.</summary>
/// <typeparam name="T">The kind of network to remove.</typeparam>
public abstract class RemoveNetworkCommand<T> : NetworkCommand where T : ContainerNetwork
{
    /// <summary>Names or patterns, network objects, or objects that belong to networks.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[] Name { get; set; } = [];

    /// <summary>Disconnects the NICs first, without asking. No error occurs if the network doesn't exist.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Returns the networks that were removed.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override bool ChangesHost => true;

    private protected override void Process()
    {
        ContainerNetworks networks = new(Session);
        IReadOnlyList<T> selected = SelectNetworks<T>(NetworkReference.NamesOf(Name), missingIsFine: Force);
        foreach (T network in selected)
        {
            Session.Progress(new("Removing networks", network.Name, TotalOf(selected.Count)));
            Guard(network.Name, () =>
            {
                string what = $"Remove the {network.Kind} network on {network.Parent} with {network.AddressSource}";
                if (!ShouldRemove(network.Name, what, networks.CountNics(network), Force, out bool disconnect)) return;
                networks.Remove(network, disconnect);
                if (PassThru) Write(network);
            });
        }
    }
}
