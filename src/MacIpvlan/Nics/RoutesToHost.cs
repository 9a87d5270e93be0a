using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// The routes of containers to the host's own addresses, by way of the host's access to their network. On a parent, the
/// kernel keeps its own addresses and those of its NICs apart.
/// </summary>
internal sealed class RoutesToHost(NetworkSession session)
{
    private readonly NicNeighbors _neighbors = new(session);
    private readonly NicLinks _links = new(session);

    /// <summary>Adds the routes of NICs whose links have been made, if the host has access to their networks.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void Add(IEnumerable<PlannedNic> made)
    {
        PlannedNic[] nics = [.. made.Where(static m => !m.Nic.IsHost)];
        Dictionary<string, NicRecord?> hosts = nics.Select(static m => m.Nic.NetworkId).Distinct().ToDictionary(static id => id, _neighbors.FindHost);
        foreach (IGrouping<NamespaceKey, PlannedNic> place in nics.GroupBy(static m => m.Nic.NamespaceKey))
        {
            if (place.All(m => hosts[m.Nic.NetworkId] is null or { HostAddresses.Count: 0 })) continue;
            PlannedNic first = place.First();
            RoutedNic[] others = [.. NicNeighbors.In(_neighbors.Find(first.Nic), first.Nic.NamespaceBirth.Cookie)];
            NamespaceRoutes without = new(NicNeighbors.InOrder([.. others, .. place.Select(static m => m.Routed())]));
            NamespaceRoutes with = new(NicNeighbors.InOrder([.. others, .. place.Select(m => m.Routed(hosts[m.Nic.NetworkId]))]));
            session.Namespaces.Run(first.Request.Target, () => Execute(first.Request.Target, [.. with.ChangesFrom(without)]));
        }
    }

    /// <summary>Changes the routes of all NICs of a network after the host's access has changed.</summary>
    /// <param name="before">The host's access until now; null if there was none.</param>
    /// <param name="now">The host's access from now on; null if there is none.</param>
    public void Change(NicRecord? before, NicRecord? now)
    {
        if ((before?.HostAddresses.Count ?? 0) == 0 && (now?.HostAddresses.Count ?? 0) == 0) return;
        string networkId = (before ?? now)!.NetworkId;
        IReadOnlyList<NicRecord> all = session.State.GetNics();
        // A NIC that is being connected may have looked for the host before this change.
        ILookup<NamespaceKey, NicRecord> namespaces = all
            .Where(static n => !n.IsHost && (n.IsMade || n.State == NicRecordState.Reserved) && n.Leases.Count > 0)
            .ToLookup(static n => n.NamespaceKey);
        Dictionary<string, NetworkRecord> networks = session.State.GetNetworks().ToDictionary(static n => n.Id);
        Dictionary<string, NicRecord> hosts = all.Where(static n => n is { IsHost: true, IsMade: true }).ToDictionary(static n => n.NetworkId);
        Queue<(NamespaceHandle Target, Task<int> Work)> started = new();
        foreach (IGrouping<NamespaceKey, NicRecord> nics in namespaces.Where(g => g.Any(n => n.NetworkId == networkId)))
        {
            RouteRequest[] changes = [.. Routes(nics, now).ChangesFrom(Routes(nics, before))];
            if (changes.Length == 0 || TryOpen(nics.First(n => n.NetworkId == networkId)) is not NamespaceHandle target) continue;
            if (started.Count == NetworkSession.MaxThreads) Finish();
            started.Enqueue((target, session.Namespaces.Start(target, () => Execute(target, changes))));
        }

        while (started.Count > 0) Finish();

        void Finish()
        {
            (NamespaceHandle target, Task<int> work) = started.Dequeue();
            using (target) _ = Try(target.Name, () => session.Namespaces.Await(work));
        }

        NamespaceRoutes Routes(IEnumerable<NicRecord> nics, NicRecord? host) => new([.. nics.Where(n => networks.ContainsKey(n.NetworkId))
            .Select(n => new RoutedNic(n, networks[n.NetworkId], n.NetworkId == networkId ? host : hosts.GetValueOrDefault(n.NetworkId)))]);
    }

    private NamespaceHandle? TryOpen(NicRecord nic) => Try(nic.NamespaceName, () => _links.OpenNamespace(nic));

    // What one container does in its namespace doesn't keep the others from their routes.
    private T? Try<T>(string name, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is NetlinkException or NetworkException)
        {
            session.Warn($"The routes of {name} to the host's own addresses can't be changed: {e.Message}");
            return default;
        }
    }

    private int Execute(NamespaceHandle target, RouteRequest[] changes)
    {
        if (changes.Length == 0) return 0;
        using RouteSocket inside = RouteSocket.Open(target, session.Trace);
        try
        {
            inside.Execute(changes);
        }
        catch (NetlinkException e) when (e.Errno is Errno.ENODEV or Errno.ENETDOWN or Errno.ENETUNREACH or Errno.EHOSTUNREACH)
        {
            // The NIC is being connected or disconnected, or is down or lacks its address; a comparison shows that.
        }

        return 0;
    }
}
