using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Containers;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>The services of Compose whose containers have NICs on networks, and the labels that ask for the same NICs.</summary>
/// <param name="networks">The networks that are exported.</param>
/// <param name="warn">Called for what labels can't say.</param>
internal sealed class ExportedServices(IReadOnlyList<NetworkRecord> networks, Action<string> warn)
{
    private readonly Dictionary<string, NetworkRecord> _networks = networks.ToDictionary(static n => n.Id);

    /// <summary>Finds them among the NICs.</summary>
    /// <returns>The services of each network, by its name.</returns>
    public ILookup<string, ComposeService> Find(IEnumerable<NicRecord> nics)
    {
        NicRecord[] found = [.. nics.Where(n => !n.IsHost && n.State != NicRecordState.Detaching && n.Container?.Instance is not null && _networks.ContainsKey(n.NetworkId))];
        string[] projects = [.. found.Select(static n => InstanceOf(n).Project).Distinct().Order(StringComparer.Ordinal)];
        if (projects.Length > 1)
        {
            // One file is of one project.
            warn($"Services aren't exported, because they're of several projects: {Phrase.NameSome(projects)}. Export the networks of one project by name.");
            return Enumerable.Empty<ComposeService>().ToLookup(static _ => "");
        }

        return found.GroupBy(static n => InstanceOf(n).Service).SelectMany(Read).ToLookup(static f => f.Network, static f => f.Service);
    }

    private IEnumerable<(string Network, ComposeService Service)> Read(IGrouping<string, NicRecord> nics)
    {
        // The same labels are on all containers of a service.
        bool isOne = nics.Select(static n => InstanceOf(n).Number).Distinct().Count() == 1;
        NicRecord[] first = [.. nics.DistinctBy(static n => n.NetworkId).OrderBy(n => _networks[n.NetworkId].Name, NaturalOrder.Comparer)];
        LabelledNic[] labelled = [.. first.Select(n => Of(n, isOne))];
        if (!isOne) warn($"The service '{nics.Key}' has several containers, so its labels have no addresses.");
        foreach ((LabelledNic nic, NicRecord record) in labelled.Zip(first)) WarnOfRefusal(nics.Key, nic, _networks[record.NetworkId]);
        ComposeService service = new(nics.Key, LabelledNic.Write(labelled)) { HasLabels = true };
        return first.Select(n => (_networks[n.NetworkId].Name, service));
    }

    private LabelledNic Of(NicRecord nic, bool isOne)
    {
        NetworkRecord network = _networks[nic.NetworkId];
        AddressValue[] asked = [.. nic.Leases.Where(static l => l.Source == LeaseSource.Static).Select(static l => l.Address.Value).DistinctBy(static a => a.Family)];
        bool hasOwnMac = network.NicKind is MacvlanLink && !nic.MacAddress.Equals(PhysicalAddress.None) && nic.Leases is [var lease, ..]
            && !nic.MacAddress.Equals(DerivedMacAddress.From(nic.NetworkId, lease.Address.Value.ToString()));
        return LabelledNic.For(
            network.Name, isOne ? asked : [], isOne && hasOwnMac ? nic.MacAddress : null, IsUsual(nic.InterfaceName) ? null : nic.InterfaceName, nic.DefaultRoute);
    }

    private void WarnOfRefusal(string service, LabelledNic nic, NetworkRecord network)
    {
        LabelSetting[] allowed = [.. network.AllowedLabels];
        if (nic.Settings.Except(allowed).Any())
        {
            warn($"'{network.Name}' doesn't allow what the labels of '{service}' ask for; it needs "
                + $"-AllowLabel {string.Join(", ", LabelSettings.Complete([.. allowed, .. nic.Settings]))}.");
        }
    }

    // The first free name is ethN.
    private static bool IsUsual(string name) => name.Length == 0 || (name.StartsWith("eth", StringComparison.Ordinal) && name.AsSpan(3).IndexOfAnyExceptInRange('0', '9') < 0);

    private static ComposeInstance InstanceOf(NicRecord nic) => nic.Container!.Instance!;
}
