using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan;

/// <summary>
/// Finds out why a NIC got no answer, from what the host knows about both ends and no packet reveals.
/// </summary>
internal sealed class NicDiagnosis(NetworkSession session)
{
    private readonly NicLinks _links = new(session);
    private readonly Dictionary<string, string?> _troubles = [];
    private Dictionary<AddressValue, string>? _hostAddresses;

    /// <summary>Returns the result with a better reason, if there is one.</summary>
    public NicTestResult Explain(NicTestPair pair, NicTestResult result)
    {
        if (result.Status is not (NicTestStatus.NicMissing or NicTestStatus.SendRefused
            or NicTestStatus.NeighborSilent or NicTestStatus.EchoSilent)) return result;
        (NicTestStatus Status, string Reason)? found = OfParent(pair.Source);
        if (found is null && result.Status != NicTestStatus.NicMissing)
        {
            found = OfTarget(pair) ?? (result.MacAddress is null ? OfPlaces(pair) ?? OfHost(pair) : null);
        }

        return found is null ? result : result with { Status = found.Value.Status, Reason = found.Value.Reason };
    }

    private (NicTestStatus, string)? OfParent(ContainerNic nic)
    {
        Link? parent = session.Host.FindLink(nic.Parent);
        return parent switch
        {
            null => (NicTestStatus.ParentMissing, $"the parent {nic.Parent} is not on the host"),
            { IsUp: false } => (NicTestStatus.ParentDown, $"the parent {parent.Name} is down"),
            { HasCarrier: false } => (NicTestStatus.ParentDown, $"the parent {parent.Name} has no carrier"),
            _ => null,
        };
    }

    private (NicTestStatus, string)? OfTarget(NicTestPair pair)
    {
        if (pair.Target is not ContainerNic target) return null;
        if (!_troubles.TryGetValue(target.Id, out string? trouble)) _troubles.Add(target.Id, trouble = FindTrouble(target));
        return trouble is null ? null : (NicTestStatus.DestinationDown, $"{target}: {trouble}");
    }

    private string? FindTrouble(ContainerNic nic)
    {
        using NamespaceHandle? place = _links.OpenNamespace(nic.Record);
        if (place is null) return NicAbsence.Describe(new NicAbsence(session).Explain(nic.Record));
        return session.Namespaces.Run(place, () =>
        {
            using RouteSocket inside = RouteSocket.OpenToRead(place, session.ThrowIfStopping);
            return _links.Find(inside, nic.Record, nic.NetworkRecord) switch
            {
                null => "its interface is gone",
                { IsUp: false } link => $"{link.Name} is down",
                { } link when !nic.Addresses.All(a => inside.GetAddresses(link).Any(l => l.Address.Value == a.Value))
                    => $"{link.Name} is missing an address",
                _ => null,
            };
        });
    }

    private (NicTestStatus, string)? OfPlaces(NicTestPair pair)
    {
        if (pair.Target is not ContainerNic target) return null;
        ContainerNic source = pair.Source;
        if (source.Parent != target.Parent)
        {
            return (
                NicTestStatus.OtherParent,
                $"{target} is on {Describe(target.Parent)}, {source} on {Describe(source.Parent)}: only a router can connect them");
        }

        string? mode = (source.NetworkRecord.NicKind, target.NetworkRecord.NicKind) switch
        {
            (MacvlanLink from, MacvlanLink to) => OfModes(from, to, source),
            (IpvlanLink { Flag: IpvlanFlag.Private }, _) => "flag Private isolates the NICs of a parent from each other",
            (IpvlanLink { Flag: IpvlanFlag.Vepa }, _) => "flag Vepa needs a switch that sends frames back; this switch doesn't",
            _ => null,
        };
        return mode is null ? null : (NicTestStatus.ModeIsolation, mode);
    }

    private static string? OfModes(MacvlanLink from, MacvlanLink to, ContainerNic source)
    {
        if (from.Mode == MacvlanMode.Private || to.Mode == MacvlanMode.Private)
        {
            return "mode Private isolates the NICs of a parent from each other";
        }

        if (to.Mode == MacvlanMode.Source && !to.AllowedMacAddresses.Contains(source.Record.MacAddress))
        {
            return $"mode Source: {source.MacAddress} isn't one of the allowed MAC addresses";
        }

        // The kernel itself passes frames only between two NICs in mode Bridge.
        MacvlanMode outer = from.Mode == MacvlanMode.Bridge ? to.Mode : from.Mode;
        return outer == MacvlanMode.Bridge ? null : $"mode {outer} needs a switch that sends frames back; this switch doesn't";
    }

    private (NicTestStatus, string)? OfHost(NicTestPair pair)
    {
        AddressValue address = pair.Address!;
        if (session.State.GetHostNic(pair.Source.NetworkRecord.Id) is not null) return null;
        // If the host has a macvlan or ipvlan link, it can be reached there like a NIC.
        _hostAddresses ??= session.Host.GetLinks().Where(static l => !l.IsLoopback && l.Kind is not (MacvlanLink or IpvlanLink))
            .Join(session.Host.GetAddresses(), static l => l.Index, static a => a.LinkIndex, static (l, a) => (a.Address.Value, l.Name))
            .DistinctBy(static a => a.Value).ToDictionary(static a => a.Value, static a => a.Name);
        return _hostAddresses.TryGetValue(address, out string? link)
            ? (NicTestStatus.HostIsolation,
                $"{address} is an address of the host itself, on {link}: by design, NICs reach it only after Enable-HostAccess")
            : null;
    }

    private string Describe(string parent) =>
        session.Host.FindLink(parent)?.Kind is VlanLink vlan ? $"{parent} (VLAN {vlan.VlanId})" : parent;
}
