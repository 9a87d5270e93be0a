using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Renews the leases of all NICs of DHCP networks, in the loop of its caller: without a thread for each, and with sockets
/// only while a server is asked. All that it knows is on record, so another process can go on at any time.
/// </summary>
/// <param name="session">The session.</param>
internal sealed class LeaseKeeper(NetworkSession session) : IDisposable
{
    // The longest time until new leases of other commands are noticed.
    private static readonly TimeSpan s_lookInterval = TimeSpan.FromSeconds(1);

    // How often sockets are looked at while a server is asked.
    private static readonly TimeSpan s_listenInterval = TimeSpan.FromMilliseconds(20);
    private readonly NicLinks _links = new(session);
    private readonly NicLeases _leases = new(session);
    private readonly Dictionary<string, KeptLease> _kept = [];
    private long? _version;

    /// <summary>How long the caller can wait before the next <see cref="Work"/>.</summary>
    public TimeSpan Wait
    {
        get
        {
            TimeSpan wait = s_lookInterval, now = BootClock.Now;
            foreach (KeptLease lease in _kept.Values)
            {
                if (lease.IsListening) return s_listenInterval;
                if (lease.Client.Deadline - now < wait) wait = lease.Client.Deadline!.Value - now;
            }

            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }

    /// <summary>Does what is due. Works in namespaces, which the caller leaves afterwards.</summary>
    /// <returns>The leases that were obtained, changed or lost.</returns>
    public IReadOnlyList<RestoredItem> Work()
    {
        List<RestoredItem> items = [];
        if (session.State.GetVersion() != _version) Load(items);
        TimeSpan now = BootClock.Now;
        foreach (KeptLease lease in _kept.Values.ToArray())
        {
            if (lease.IsListening || lease.Client.Deadline <= now) Do(lease, lease.Step(), items);
        }

        return items;
    }

    public void Dispose()
    {
        foreach (KeptLease lease in _kept.Values) lease.Dispose();
        _kept.Clear();
    }

    private void Load(List<RestoredItem> items)
    {
        bool isFirst = _version is null;
        _version = session.State.GetVersion();
        Dictionary<string, NetworkRecord> networks = session.State.GetNetworks().Where(static n => n.Dhcp is not null).ToDictionary(static n => n.Id);
        Dictionary<string, NicRecord> nics = session.State.GetDhcpNics()
            .Where(n => n is { State: NicRecordState.Attached, IsDisabled: false } && networks.ContainsKey(n.NetworkId)).ToDictionary(static n => n.Id);
        foreach (string gone in _kept.Keys.Where(id => !nics.ContainsKey(id)).ToArray()) Drop(gone);
        foreach (NicRecord nic in nics.Values)
        {
            if (_kept.TryGetValue(nic.Id, out KeptLease? known))
            {
                if (IsSame(known.Recorded, nic)) continue;
                // Another command has renewed its lease, or made it anew.
                Drop(nic.Id);
            }

            KeptLease lease = new(nic, networks[nic.NetworkId]);
            _kept.Add(nic.Id, lease);
            if (!lease.IsHeld) Do(lease, lease.Client.Start(BootClock.Now, nic.Dhcp!.Binding), items);
            else if (isFirst) Refresh(lease);
        }
    }

    // The process before this one can have died between the record and the kernel.
    private void Refresh(KeptLease lease) => Try(lease, () =>
    {
        using NamespaceHandle? target = _links.OpenNamespace(lease.Nic);
        if (target is not null) _leases.Refresh(target, lease.Nic, lease.Network);
    });

    private void Drop(string id)
    {
        if (_kept.Remove(id, out KeptLease? lease)) lease.Dispose();
    }

    private static bool IsSame(NicRecord one, NicRecord other) => IsSame(one.Dhcp!.Binding, other.Dhcp!.Binding)
        && one.InterfaceIndex == other.InterfaceIndex && one.NamespaceBirth == other.NamespaceBirth
        // What a change alters, which the client or its socket depends on.
        && one.MacAddress.Equals(other.MacAddress) && one.InterfaceName == other.InterfaceName && one.Mtu == other.Mtu && one.DefaultRoute == other.DefaultRoute;

    // Another process that has only begun to renew the lease also changes its state and T1. If each began anew then, neither
    // would take the server's answer.
    private static bool IsSame(DhcpBinding? one, DhcpBinding? other) => one?.Lease == other?.Lease
        && (Milliseconds(one) == Milliseconds(other)
            // Its end is computed anew each time it's read.
            || (one?.State, other?.State) == (DhcpClientState.Rebooting, DhcpClientState.Rebooting));

    // What is on record has no fractions of them.
    private static long? Milliseconds(DhcpBinding? binding) => binding?.ExpiresAt?.Ticks / TimeSpan.TicksPerMillisecond;

    private void Do(KeptLease lease, IReadOnlyList<DhcpAction> actions, List<RestoredItem> items) => Try(lease, () =>
    {
        if (actions.Count > 0)
        {
            using NamespaceHandle? target = _links.OpenNamespace(lease.Nic);
            if (target is null)
            {
                // Its container has ended: a restoration finds it again, or releases it.
                Drop(lease.Nic.Id);
                return;
            }

            foreach (DhcpAction action in actions) Do(lease, target, action, items);
        }

        if (lease.Client.Binding is DhcpBinding binding && binding != lease.Nic.Dhcp!.Binding) Note(lease, binding);
    });

    // It was disconnected, or its link is down. What comes next is tried again.
    private void Try(KeptLease lease, Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is NetlinkException or NetworkException)
        {
            session.Warn($"The lease of {NameOf(lease)} can't be kept: {e.Message}");
        }
    }

    private void Do(KeptLease lease, NamespaceHandle target, DhcpAction action, List<RestoredItem> items)
    {
        switch (action.Kind)
        {
            case DhcpActionKind.Probe when new HostAddresses(session).Has(action.Lease!.Address.Value):
                foreach (DhcpAction next in lease.Client.ProbeFinished(isInUse: true, BootClock.Now)) Do(lease, target, next, items);
                break;
            case DhcpActionKind.Send or DhcpActionKind.Probe:
                session.Namespaces.Run(target, () =>
                {
                    using RouteSocket inside = RouteSocket.OpenToRead(target, session.ThrowIfStopping);
                    Link link = _links.Find(inside, lease.Nic, lease.Network)
                        ?? throw new NetlinkException($"ip link show dev {ShellWord.Quote(lease.Nic.InterfaceName)}", Errno.ENODEV);
                    if (action.Kind == DhcpActionKind.Send) lease.Send(link, action);
                    else lease.Probe(link, action.Lease!.Address.Value);
                    return 0;
                });
                break;
            case DhcpActionKind.LeaseObtained or DhcpActionKind.LeaseRenewed or DhcpActionKind.LeaseChanged:
                Change(lease, target, lease.Client.Binding);
                items.Add(Item(lease, action));
                break;
            default:
                Change(lease, target, null);
                items.Add(Item(lease, action));
                break;
        }
    }

    private void Change(KeptLease lease, NamespaceHandle target, DhcpBinding? binding) =>
        lease.Take(_leases.Change(target, lease.Nic, lease.Nic.With(binding), lease.Network));

    // A renewal has begun: another process that goes on knows when to ask again.
    private void Note(KeptLease lease, DhcpBinding binding)
    {
        NicRecord noted = lease.Nic.With(binding);
        if (session.State.SetLease(noted.Id, noted.Dhcp!)) lease.Take(noted);
        else Drop(noted.Id);
    }

    private static RestoredItem Item(KeptLease lease, DhcpAction action)
    {
        (RestoreResult result, string what) = action.Kind switch
        {
            DhcpActionKind.LeaseObtained => (RestoreResult.Obtained, "from"),
            DhcpActionKind.LeaseRenewed => (RestoreResult.Renewed, "from"),
            DhcpActionKind.LeaseChanged => (RestoreResult.Changed, "from"),
            DhcpActionKind.LeaseLost => (RestoreResult.Lost, "refused by"),
            _ => (RestoreResult.Expired, "not renewed by"),
        };
        return new(RestoredKind.Lease, NameOf(lease), lease.Network.Name, result)
        {
            Reason = $"{action.Lease!.Address} {what} {action.Lease.Server}",
        };
    }

    private static string NameOf(KeptLease lease) => new ContainerNic(lease.Nic, lease.Network).ToString();
}
