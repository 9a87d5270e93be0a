using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Lists who has which address of a network.</summary>
[Cmdlet(VerbsCommon.Get, "ContainerNetworkAddress")]
[OutputType(typeof(NetworkAddress))]
public sealed class GetContainerNetworkAddressCommand : NetworkCommand
{
    private readonly HashSet<AddressSelection> _found = [];
    private NetworkAddresses? _addresses;

    /// <summary>Names or patterns of networks, or network objects. The default is all networks.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[]? Network { get; set; }

    /// <summary>Addresses, with or without a prefix length, subnets or ranges.</summary>
    [Parameter(Position = 1)]
    [ValueTransformation<AddressSelection[]>]
    [ArgumentCompleter(typeof(NicAddressCompleter))]
    public AddressSelection[]? IPAddress { get; set; }

    /// <summary>What the addresses are.</summary>
    [Parameter]
    public NetworkAddressKind[]? Kind { get; set; }

    private protected override void Process()
    {
        _addresses ??= new NetworkAddresses(Session);
        foreach (ContainerNetwork network in SelectReferenced(Network) ?? [.. SelectNetworks(null)])
        {
            foreach (NetworkAddress address in _addresses.Get(network))
            {
                foreach (NetworkAddress part in Selected(network, address).Where(p => Kind is null || Kind.Contains(p.Kind))) Write(part);
            }
        }
    }

    private protected override void Finish()
    {
        // Who asks for one address expects an answer.
        foreach (AddressSelection selection in (IPAddress ?? []).Where(s => !_found.Contains(s)))
        {
            NetworkException error = new(
                NetworkError.InvalidAddress,
                $"{selection} isn't in a subnet of {(Network is null ? "any network" : string.Join(", ", Network.Select(static n => n.Name)))}.",
                "List the subnets with Get-ContainerNetwork.");
            WriteError(ErrorRecords.From(error, selection));
        }
    }

    private IEnumerable<NetworkAddress> Selected(ContainerNetwork network, NetworkAddress address)
    {
        if (IPAddress is null)
        {
            yield return address;
            yield break;
        }

        foreach (AddressSelection selection in IPAddress)
        {
            if (NetworkAddresses.Within(network, address, selection.Range) is not NetworkAddress part) continue;
            _found.Add(selection);
            yield return part;
        }
    }
}
