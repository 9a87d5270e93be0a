using System.Globalization;
using MacIpvlan.Addressing;

namespace MacIpvlan.PowerShell;

/// <summary>Completes network names; for commands of one kind, only networks of that kind.</summary>
public sealed class NetworkCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input) =>
        new ContainerNetworks(session).GetAll().Where(n => IsFor(input.Command, n))
            .Select(static n => new Candidate(n.Name, () => $"{n.Kind} {n.ModeText} on {n.Parent}: {n.AddressSource}"));

    // Commands for one kind of network end with its name.
    private static bool IsFor(string command, ContainerNetwork network) => new[] { nameof(MacvlanNetwork), nameof(IpvlanNetwork) }
        .All(kind => !command.EndsWith(kind, StringComparison.OrdinalIgnoreCase) || network.GetType().Name == kind);
}

/// <summary>Completes the names of links that can be parents; links that are up come first.</summary>
public sealed class ParentCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input)
    {
        VlanSubInterfaces links = new(session);
        return links.GetParents().Select(l => new Candidate(l.Name, () =>
        {
            IEnumerable<string> addresses = links.GetAddresses(l).Where(static a => !a.Address.IsIPv6LinkLocal).Select(static a => $"{a}");
            return string.Join(", ", [l.KindName ?? "hardware", l.IsUp ? "up" : "down", $"MTU {l.Mtu}", .. addresses]);
        }));
    }
}

/// <summary>Completes names of VLAN sub-interfaces.</summary>
public sealed class VlanSubInterfaceCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input) =>
        new VlanSubInterfaces(session).GetTags()
            .Select(static v => new Candidate(v.Name, () => $"VLAN {v.VlanId} on {v.Parent}"));
}

/// <summary>Completes the ids of existing VLANs, on the parent if one is specified.</summary>
public sealed class VlanIdCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input)
    {
        IReadOnlyList<string> parents = input.Given(nameof(VlanSubInterface.Parent));
        return new VlanSubInterfaces(session).GetTags()
            .Where(v => parents.Count == 0 || parents.Contains(v.Parent)).OrderBy(static v => v.VlanId)
            .Select(static v => new Candidate(v.VlanId.ToString(CultureInfo.InvariantCulture), () => $"{v.Name} on {v.Parent}") { IsPlain = true });
    }
}

/// <summary>Completes names of address databases.</summary>
public sealed class AddressDatabaseCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input) =>
        new KnownDatabases(session).GetAll().Select(static d => new Candidate(d.Name, () => d.ConnectionString));
}

/// <summary>Completes names of segments that networks of this host are on. No database is asked.</summary>
public sealed class SegmentCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input) =>
        new ContainerNetworks(session).GetAll().Where(static n => n.Segment is not null)
            .Select(static n => new Candidate(n.Segment!, () => $"of {n.AddressDatabase}: {n.AddressSource}"));
}

/// <summary>Completes the values of an enumeration, which PowerShell doesn't do if the parameter can be empty.</summary>
public sealed class AwayPolicyCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input) =>
    [
        new($"{AwayPolicy.Refuse}", static () => "a requested address is refused while the address database is away"),
        new($"{AwayPolicy.Reconcile}", static () => "a requested address is used, and confirmed later"),
    ];
}

/// <summary>Completes the values of an enumeration, which PowerShell doesn't do if the parameter can be empty.</summary>
public sealed class RouterAdvertisementCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input) =>
        Enum.GetNames<RouterAdvertisement>().Select(static n => new Candidate(n, () => $"NICs {n.ToLowerInvariant()} router advertisements"));
}

/// <summary>Completes the ways to make interface identifiers. Nobody knows tokens before.</summary>
public sealed class InterfaceIdentifierCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input) =>
    [
        new($"{InterfaceIdentifier.Eui64}", static () => "from the MAC address"),
        new($"{InterfaceIdentifier.StablePrivacy}", static () => "from a secret of the NIC and the prefix"),
    ];
}

/// <summary>Completes bandwidths: the usual ones, and none.</summary>
public sealed class BandwidthCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input) =>
    [
        .. ((string[])["1Mbit", "10Mbit", "50Mbit", "100Mbit", "500Mbit", "1Gbit", "10Gbit"]).Select(static b => new Candidate(b, static () => "bits a second")),
        new($"{Bandwidth.Unlimited}", static () => "no limit, even if the network has one"),
    ];
}

/// <summary>Completes names of network namespaces.</summary>
public sealed class NamespaceCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input) => All();

    internal static IEnumerable<Candidate> All() =>
        NetworkNamespaces.GetAll().Select(static n => new Candidate(n.Name, () => n.Path));
}

/// <summary>
/// Completes the names of running containers; except for commands on any target, containers with NICs come first.
/// </summary>
public sealed class ContainerCompleter : NameCompleter
{
    // Short enough not to be noticed at the prompt.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input) =>
        input.IsOfAnyTarget ? Running(session)
            : new ContainerNics(session).GetAll().Where(static n => n.Container is not null)
                .Select(static n => new Candidate(n.Container!, () => $"{n.Image}, {n.Runtime}, on {n.Network}"))
                .Concat(Running(session));

    internal static IEnumerable<Candidate> Running(NetworkSession session) =>
        new NicTargetFinder(session).GetRunning(s_patience).OrderBy(static c => c.Name, NaturalOrder.Comparer)
            .Select(static c => new Candidate(c.Name, () => $"{c.ShortId}: {c.Image}, {c.Runtime}"));
}

/// <summary>
/// Completes targets: for commands on any target, the names of network namespaces and of running containers; for others, those of
/// NICs, on the network if it is specified.
/// </summary>
public sealed class TargetCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input)
    {
        if (input.IsOfAnyTarget) return NamespaceCompleter.All().Concat(ContainerCompleter.Running(session));
        return NicsOf(session, input).GroupBy(static n => n.Namespace).OrderBy(static g => g.Key, NaturalOrder.Comparer)
            .Select(static g => new Candidate(g.Key, () => string.Join(", ", g.Take(5).Select(static n => $"{n.InterfaceName} on {n.Network}"))));
    }

    internal static IEnumerable<ContainerNic> NicsOf(NetworkSession session, CompletionInput input)
    {
        IReadOnlyList<string> networks = input.Given(nameof(ContainerNic.Network));
        return new ContainerNics(session).GetAll()
            .Where(n => networks.Count == 0 || networks.Contains(n.Network, StringComparer.OrdinalIgnoreCase));
    }
}

/// <summary>Completes the interface names of NICs, in the network and namespace if they are specified.</summary>
public sealed class InterfaceCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input)
    {
        IReadOnlyList<string> networks = input.Given(nameof(ContainerNic.Network));
        string[] places = [.. input.Given(nameof(ContainerNic.Namespace)), .. input.Given(nameof(ContainerNic.Container))];
        return new ContainerNics(session).GetAll()
            .Where(n => networks.Count == 0 || networks.Contains(n.Network))
            .Where(n => places.Length == 0 || places.Contains(n.Namespace))
            .GroupBy(static n => n.InterfaceName).OrderBy(static g => g.Key, NaturalOrder.Comparer)
            .Select(static g => new Candidate(g.Key, () => string.Join(", ", g.Take(5).Select(static n => $"{n} on {n.Network}"))));
    }
}

/// <summary>Completes the names of NICs, and of the namespaces and containers that they are in.</summary>
public sealed class DestinationCompleter : NameCompleter
{
    private protected override IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input)
    {
        IReadOnlyList<ContainerNic> nics = new ContainerNics(session).GetAll();
        return nics.Select(static n => new Candidate(n.ToString(), () => $"{n.Network}: {n.IPAddress}"))
            .Concat(nics.Select(static n => new Candidate(n.Namespace, () => $"all NICs of {n.Namespace}")));
    }
}
