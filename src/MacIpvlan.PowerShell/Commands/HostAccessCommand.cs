using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>What Enable-HostAccess and Disable-HostAccess share.</summary>
public abstract class HostAccessCommand : NetworkCommand
{
    /// <summary>Names or patterns of networks, or the networks.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[] Network { get; set; } = [];

    /// <summary>The work, such as Enabling host access.</summary>
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
