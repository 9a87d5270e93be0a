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
        string[] wanted = Force ? [.. Name.Where(n => all.Any(a => IsMatch(n, a)))] : Name;
        foreach (T network in Select(wanted, all, static n => n.Name, NetworkNotFound))
        {
            Guard(network.Name, () =>
            {
                string nics = Force && network.NicCount > 0 ? $", disconnecting NICs: {network.NicCount}" : "";
                if (ShouldProcess(network.Name, $"Remove {network.Kind} network on {network.Parent}{nics}"))
                {
                    networks.Remove(network, disconnect: Force);
                }
            });
        }
    }

    private static bool IsMatch(string name, T network) =>
        new WildcardPattern(name, WildcardOptions.IgnoreCase).IsMatch(network.Name);
}
