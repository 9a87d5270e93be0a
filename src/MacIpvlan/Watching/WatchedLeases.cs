using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>Tells what happened to the leases of NICs between two looks at the record.</summary>
internal sealed class WatchedLeases
{
    private Dictionary<string, ContainerNic> _known = [];

    /// <summary>Whether a lease has ended that nobody has renewed.</summary>
    public bool HasExpired => _known.Values.Any(static n => BindingOf(n)!.IsExpired(BootClock.Now));

    /// <summary>Takes note of the leases without telling.</summary>
    public void Load(IEnumerable<ContainerNic> nics) => _known = Held(nics);

    /// <summary>What has happened since the last look.</summary>
    public IReadOnlyList<LeaseEvent> Look(IReadOnlyCollection<ContainerNic> nics)
    {
        Dictionary<string, ContainerNic> now = Held(nics);
        HashSet<string> present = [.. nics.Select(static n => n.Id)];
        List<LeaseEvent> events = [];
        foreach (ContainerNic nic in now.Values)
        {
            DhcpBinding held = BindingOf(nic)!;
            LeaseChange? change = !_known.TryGetValue(nic.Id, out ContainerNic? before) ? LeaseChange.LeaseObtained
                : !BindingOf(before)!.Lease.IsSameConfiguration(held.Lease) ? LeaseChange.LeaseChanged
                : BindingOf(before)!.ExpiresAt < held.ExpiresAt ? LeaseChange.LeaseRenewed
                : null;
            if (change is not null) events.Add(Event(nic, change.Value));
        }

        // With a NIC that is gone, its lease has been given back.
        foreach (ContainerNic before in _known.Values.Where(n => present.Contains(n.Id) && !now.ContainsKey(n.Id)))
        {
            events.Add(Event(before, BindingOf(before)!.IsExpired(BootClock.Now) ? LeaseChange.LeaseExpired : LeaseChange.LeaseLost));
        }

        _known = now;
        return events;
    }

    private static Dictionary<string, ContainerNic> Held(IEnumerable<ContainerNic> nics) => nics
        .Where(static n => n.Record.IsMade && BindingOf(n) is DhcpBinding held && !held.IsExpired(BootClock.Now))
        .ToDictionary(static n => n.Id);

    private static DhcpBinding? BindingOf(ContainerNic nic) => nic.Record.Dhcp?.Binding;

    // Also for a lease that has ended.
    private static LeaseEvent Event(ContainerNic nic, LeaseChange change) => new(
        new NetworkEventSource(nic.Namespace, nic.InterfaceName, nic.Network, nic), change, new NicLease(BindingOf(nic)!, nic.Record.Dhcp!.ClientIdentifier));
}
