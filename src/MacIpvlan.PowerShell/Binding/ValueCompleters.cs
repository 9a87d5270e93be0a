using System.Globalization;
using System.Net.Sockets;
using MacIpvlan.Addressing;

namespace MacIpvlan.PowerShell;

/// <summary>Offers nothing, for values that nobody knows before. Without a completer, PowerShell offers files.</summary>
public sealed class NoCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input) => [];
}

/// <summary>Completes the addresses that NICs have, on the network if it is specified.</summary>
public sealed class NicAddressCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input) =>
        TargetCompleter.NicsOf(session, input)
            .SelectMany(static n => n.IPAddress.Select(a => new Candidate($"{a.Address}", () => $"{n} on {n.Network}") { IsPlain = true }));
}

/// <summary>Completes the MAC addresses of NICs, on the network if it is specified.</summary>
public sealed class MacAddressCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input) =>
        TargetCompleter.NicsOf(session, input).Select(static n => new Candidate(n.MacAddress, () => $"{n} on {n.Network}") { IsPlain = true });
}

/// <summary>Completes free addresses of the network that is specified: the lowest ones of each subnet.</summary>
public sealed class FreeAddressCompleter : NameCompleter
{
    private const int MostOfSubnet = 10;

    // Of a large subnet, an address far behind isn't looked for.
    private const int MostTried = 70_000;

    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input)
    {
        NetworkAddresses addresses = new(session);
        return input.Given(nameof(ContainerNic.Network)).Select(new ContainerNetworks(session).Find).OfType<ContainerNetwork>()
            .SelectMany(addresses.Get).Where(static a => a.Kind == NetworkAddressKind.Free).GroupBy(static a => a.Subnet)
            .SelectMany(subnet => subnet.SelectMany(AddressesOf).Take(MostTried)
                .Where(a => a.StartsWith(input.Beginning, StringComparison.OrdinalIgnoreCase)).Take(MostOfSubnet)
                .Select(a => new Candidate(a, () => $"free in {subnet.Key}") { IsPlain = true }));
    }

    private static IEnumerable<string> AddressesOf(NetworkAddress range)
    {
        AddressValue first = (AddressValue)range.FirstAddress.Address;
        AddressValue last = (AddressValue)range.LastAddress.Address;
        for (AddressValue? address = first; address is not null && address <= last; address = address.Next()) yield return address.ToString();
    }
}

/// <summary>Completes the subnets of the networks that are specified.</summary>
public sealed class NetworkSubnetCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input) =>
        input.Given(nameof(ContainerNetwork.Name)).Select(new ContainerNetworks(session).Find).OfType<ContainerNetwork>()
            .SelectMany(static n => n.Subnets.Select(s => new Candidate($"{s}", () => $"{n}: {s.InUse} in use") { IsPlain = true }));
}

/// <summary>Completes the subnets of the parent's own addresses; without a parent, those of all links that can be one.</summary>
public sealed class SubnetCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input) => AddressesOf(session, input)
        .GetSubnets().Select(static s => new Candidate($"{s.Subnet}", () => $"{s.Link} has {s.Address}") { IsPlain = true });

    internal static ParentAddresses AddressesOf(NetworkSession session, CompletionInput input) =>
        new(session, input.Given(nameof(ContainerNetwork.Parent)), input.Given(nameof(VlanSubInterface.VlanId)));
}

/// <summary>Completes the names of DHCP options.</summary>
public sealed class DhcpOptionCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input) => DhcpOptionName.All
        .Select(static n => new Candidate(n, () => $"DHCP option {DhcpOptionName.Parse(n).Code}"));
}

/// <summary>
/// Completes the IPv4 subnets of the parent's own addresses, from which the DHCP server of its LAN usually assigns addresses.
/// </summary>
public sealed class DhcpFallbackCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input) =>
        SubnetCompleter.AddressesOf(session, input).GetSubnets().Where(static s => s.Subnet.Family == AddressFamily.InterNetwork)
            .Select(static s => new Candidate($"{s.Subnet}", () => $"{s.Link} has {s.Address}") { IsPlain = true });
}

/// <summary>Completes the gateways of the host's default routes through the parent; without a parent, those of all links.</summary>
public sealed class GatewayCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input) =>
        SubnetCompleter.AddressesOf(session, input).GetGateways()
            .Select(static g => new Candidate($"{g.Gateway}", () => $"the host's default route through {g.Link}") { IsPlain = true });
}

/// <summary>Completes the ids of processes that have a network namespace of their own: one for each namespace.</summary>
public sealed class ProcessCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input) =>
        NicTargetFinder.GetProcesses(static elapsed => elapsed < s_patience).Select(static p =>
            new Candidate(p.Id.ToString(CultureInfo.InvariantCulture), () => $"{p.Name}, {p.Namespace}") { IsPlain = true });

    // Short enough not to be noticed at the prompt.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);
}
