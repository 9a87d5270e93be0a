using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Takes the addresses of a host that is gone away from it, so that other hosts of the segment can have them.</summary>
[Cmdlet(VerbsCommon.Remove, "ContainerNetworkAddress", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(NetworkAddress))]
public sealed class RemoveContainerNetworkAddressCommand : NetworkCommand
{
    private readonly HashSet<string> _done = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The networks, each of a segment that the host is on.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[] Network { get; set; } = [];

    /// <summary>The name of the host, or its id.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [Alias("Host")]
    [ArgumentCompleter(typeof(NoCompleter))]
    public string HostName { get; set; } = "";

    /// <summary>The address database as an administrator reaches it. The default is the network's own.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(AddressDatabaseCompleter))]
    public string? AddressDatabase { get; set; }

    /// <summary>Doesn't ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Returns the addresses that were taken away.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process()
    {
        foreach (ContainerNetwork network in SelectReferenced(Network)!)
        {
            // Objects of addresses name their host one by one.
            if (!_done.Add($"{network.Id} {HostName}")) continue;
            Guard(HostName, () =>
            {
                string what = $"Take the addresses of the host on the segment {network.AddressDatabase}/{network.Segment} away, which other hosts then use";
                if ((!Force || IsWhatIf) && !ShouldProcess(HostName, what)) return;
                // Afterwards, they are nobody's.
                IReadOnlyList<NetworkAddress> taken = PassThru ? new NetworkAddresses(Session).GetOfHost(network, HostName, AddressDatabase) : [];
                int count = new KnownDatabases(Session).Reclaim(network, HostName, AddressDatabase);
                WriteVerbose($"{count} addresses of {HostName} are free.");
                foreach (NetworkAddress address in taken) Write(address);
            });
        }
    }
}
