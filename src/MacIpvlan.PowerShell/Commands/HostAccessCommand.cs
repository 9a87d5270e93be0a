using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>The base of Enable-HostAccess and Disable-HostAccess.</summary>
public abstract class HostAccessCommand : NetworkCommand
{
    /// <summary>Names or patterns of networks, or network objects.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[] Network { get; set; } = [];

    /// <summary>The progress activity, such as Enabling host access.</summary>
    private protected abstract string Activity { get; }

    private protected override bool ChangesHost => true;

    private protected override bool EntersNamespaces => true;

    private protected override void Process()
    {
        ContainerNetwork[] networks = SelectReferenced(Network)!;
        foreach (ContainerNetwork network in networks)
        {
            Session.Progress(new(Activity, network.Name, TotalOf(networks.Length)));
            Guard(network.Name, () => Process(network));
        }
    }

    private protected abstract void Process(ContainerNetwork network);
}
