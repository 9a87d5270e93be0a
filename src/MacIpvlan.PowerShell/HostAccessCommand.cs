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

    private protected override bool ChangesHost => true;

    private protected override bool EntersNamespaces => true;

    private protected override void Process()
    {
        foreach (ContainerNetwork network in SelectReferenced(Network)!)
        {
            Guard(network.Name, () => Process(network));
        }
    }

    private protected abstract void Process(ContainerNetwork network);
}
