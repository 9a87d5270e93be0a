using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Looks at NICs in the kernel. Each namespace is entered once, many at a time, and container runtimes are asked only
/// about containers whose namespaces aren't where they were.
/// </summary>
/// <param name="session">The session.</param>
public sealed class NicStates(NetworkSession session)
{
    // Dumps wait for each other in the kernel, so more don't help. A few that take long don't hold up the others.
    private const int MostAtOnce = 16;

    // Questions about few links cost less than a dump of all links of the host.
    private const int FewParents = 16;

    /// <summary>The state that is on record.</summary>
    internal static NicState OnRecord(NicRecord record) => record.State switch
    {
        NicRecordState.Reserved => NicState.Reserved,
        NicRecordState.Attached => NicState.Attached,
        NicRecordState.Detaching => NicState.Detaching,
        NicRecordState.Detached => NicState.Detached,
        NicRecordState.Changing => NicState.Changing,
        _ => NicState.Restoring,
    };

    /// <summary>The state of a NIC that has just been made on a parent.</summary>
    internal static NicState OfNew(Link parent) => IsCarrying(parent) ? NicState.Up : NicState.LowerLayerDown;

    /// <summary>Whether a link can carry the traffic of links on it.</summary>
    internal static bool IsCarrying(Link parent) => parent is { IsUp: true, HasCarrier: true };

    /// <summary>Whether NICs can have a state on record, or in the kernel.</summary>
    /// <param name="state">The state.</param>
    /// <param name="isRecorded">Whether on record.</param>
    public static bool CanBe(NicState state, bool isRecorded) => state switch
    {
        NicState.Reserved or NicState.Detaching or NicState.Restoring or NicState.Changing => true,
        NicState.Attached or NicState.Detached => isRecorded,
        _ => !isRecorded,
    };

    /// <summary>Looks at NICs, and leaves their namespaces so that these can end.</summary>
    /// <returns>The NICs with their states in the kernel. NICs that were disconnected meanwhile are left out.</returns>
    public IReadOnlyList<ContainerNic> Look(IReadOnlyList<ContainerNic> nics)
    {
        IReadOnlyList<ContainerNic> found = Find(nics);
        session.LeaveNamespaces();
        return found;
    }

    /// <summary>Does the same for a command that goes on working in namespaces.</summary>
    internal IReadOnlyList<ContainerNic> Find(IReadOnlyList<ContainerNic> nics)
    {
        ContainerNic?[] found = FindOnce(nics);
        if (!found.Any(static n => IsDoubtful(n!.State))) return found!;
        // Another command may have disconnected or restored a NIC since it was read.
        Dictionary<string, NicRecord> now = session.State.GetNics().ToDictionary(static n => n.Id);
        List<int> changed = [];
        for (int i = 0; i < found.Length; i++)
        {
            ContainerNic nic = found[i]!;
            if (!IsDoubtful(nic.State)) continue;
            if (!now.TryGetValue(nic.Id, out NicRecord? record)) found[i] = null;
            else if (!IsSame(record, nic.Record)) changed.Add(i);
        }

        ContainerNic[] again = FindOnce([.. changed.Select(i => new ContainerNic(now[found[i]!.Id], found[i]!.NetworkRecord) { Shared = found[i]!.Shared })]);
        for (int i = 0; i < again.Length; i++) found[changed[i]] = again[i];
        return [.. found.OfType<ContainerNic>()];
    }

    private static bool IsDoubtful(NicState state) =>
        state is not (NicState.Up or NicState.LowerLayerDown or NicState.Disabled
        or NicState.Reserved or NicState.Detaching or NicState.Restoring or NicState.Changing);

    private static bool IsSame(NicRecord one, NicRecord other) =>
        one.State == other.State && one.InterfaceIndex == other.InterfaceIndex && one.NamespaceBirth == other.NamespaceBirth;

    private ContainerNic[] FindOnce(IReadOnlyList<ContainerNic> nics)
    {
        if (nics.Count == 0) return [];
        Dictionary<string, SeenNic> seen = new(nics.Count);
        NicAbsence absence = new(session);
        // A NIC that a command is working on changes while it is looked at.
        ContainerNic[] settled = [.. nics.Where(static n => n.Record.IsSettled)];
        NicLinkStates links = new(session.OwnNamespace, FindParents(settled));
        Note(seen, [.. settled.Where(static n => n.Record.IsHost)], own => links.Read(session.Host, own, isOnHost: true));
        Queue<Looking> started = new();
        try
        {
            foreach (IGrouping<NamespaceKey, ContainerNic> group in settled
                .Where(static n => !n.Record.IsHost).GroupBy(static n => n.Record.NamespaceKey))
            {
                session.ThrowIfStopping();
                if (started.Count == MostAtOnce) Finish(absence, started, seen);
                Start(absence, links, [.. group], started, seen);
            }

            while (started.Count > 0) Finish(absence, started, seen);
        }
        finally
        {
            foreach (Looking looking in started) looking.End();
        }

        return [.. nics.Select(n =>
        {
            SeenNic? nic = seen.GetValueOrDefault(n.Id);
            return new ContainerNic(n.Record, n.NetworkRecord, nic is null ? null : Complete(n, nic.State))
            {
                Seen = nic?.Link,
                SeenRouterAddresses = nic?.RouterAddresses ?? [],
                Shared = n.Shared,
            };
        })];
    }

    private void Start(
        NicAbsence absence, NicLinkStates links, ContainerNic[] nics, Queue<Looking> started, Dictionary<string, SeenNic> seen)
    {
        NamespaceHandle? target = null;
        try
        {
            target = absence.Open(nics, out bool isCertain);
            if (target is null)
            {
                Note(seen, nics, all => [.. all.Select(n => new SeenNic(isCertain ? absence.Explain(n.Record) : NicState.Unknown))]);
                return;
            }

            NamespaceHandle place = target;
            started.Enqueue(new(place, nics, session.Namespaces.Start(place, () =>
            {
                using RouteSocket inside = RouteSocket.OpenToRead(place, session.ThrowIfStopping);
                ulong cookie = nics[0].Record.NamespaceBirth.Cookie;
                // A later namespace can have the same number.
                return cookie == 0 || cookie == inside.NamespaceCookie ? links.Read(inside, nics, isOnHost: false) : null;
            })));
            target = null;
        }
        catch (Exception e) when (e is NetlinkException or NetworkException)
        {
            foreach (ContainerNic nic in nics) seen[nic.Id] = new(NicState.Unknown);
        }
        finally
        {
            target?.Dispose();
        }
    }

    private void Finish(NicAbsence absence, Queue<Looking> started, Dictionary<string, SeenNic> seen)
    {
        Looking first = started.Peek();
        Note(seen, first.Nics, nics =>
        {
            SeenNic[]? there = session.Namespaces.Await(first.Seen);
            return [.. nics.Select((n, i) => there is null ? new(absence.Explain(n.Record))
                : absence.ExplainMove(n.Record, first.Target) is NicState moved ? there[i] with { State = moved }
                : there[i])];
        });
        started.Dequeue().End();
    }

    // What can't be looked at, because this process may not or because programs there prevent it, affects no other NIC.
    private static void Note(Dictionary<string, SeenNic> seen, ContainerNic[] nics, Func<ContainerNic[], SeenNic[]> look)
    {
        SeenNic[] looked;
        try
        {
            looked = nics.Length == 0 ? [] : look(nics);
        }
        catch (Exception e) when (e is NetlinkException or NetworkException)
        {
            looked = [.. nics.Select(static _ => new SeenNic(NicState.Unknown))];
        }

        for (int i = 0; i < nics.Length; i++) seen[nics[i].Id] = looked[i];
    }

    private NicState Complete(ContainerNic nic, NicState state) => state == NicState.Missing
        && session.Host.FindLink(nic.Record.ParentIndex) is null && session.Host.FindLink(nic.Parent) is null
        ? NicState.ParentMissing
        : state;

    private Dictionary<int, Link> FindParents(IEnumerable<ContainerNic> nics)
    {
        HashSet<int> indexes = [.. nics.Select(static n => n.Record.ParentIndex).Where(static i => i > 0)];
        Dictionary<int, Link> parents = [];
        if (indexes.Count > FewParents)
        {
            foreach (Link link in session.Host.GetLinks().Where(l => indexes.Contains(l.Index))) parents[link.Index] = link;
        }
        else
        {
            foreach (int index in indexes)
            {
                if (session.Host.FindLink(index) is Link link) parents[index] = link;
            }
        }

        return parents;
    }

    private sealed record Looking(NamespaceHandle Target, ContainerNic[] Nics, Task<SeenNic[]?> Seen)
    {
        // The namespace must stay open until the work is done.
        public void End()
        {
            ((IAsyncResult)Seen).AsyncWaitHandle.WaitOne();
            Target.Dispose();
        }
    }
}
