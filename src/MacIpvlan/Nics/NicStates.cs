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

    // To have another thread do something takes about as long as a look into a namespace with one NIC, so of many namespaces
    // a thread looks into several.
    private const int MostInTurn = 8;
    private const int TurnsOfEach = 4;

    // Questions about few links cost less than a dump of all links of the host.
    private const int FewParents = 16;

    /// <summary>
    /// Whether to look at links alone, which takes less time. A NIC that lacks addresses is then Up, and those from router
    /// advertisements aren't known.
    /// </summary>
    public bool LinksOnly { get; init; }

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
        NicLinkStates links = new(session.OwnNamespace, FindParents(settled), LinksOnly);
        Note(seen, [.. settled.Where(static n => n.Record.IsHost)], own => links.Read(session.Host, own, isOnHost: true));
        Queue<Looking> started = new();
        try
        {
            ContainerNic[][] groups = [.. settled.Where(static n => !n.Record.IsHost).GroupBy(static n => n.Record.NamespaceKey).Select(static g => g.ToArray())];
            foreach (ContainerNic[][] some in groups.Chunk(Math.Clamp(groups.Length / (MostAtOnce * TurnsOfEach), 1, MostInTurn)))
            {
                session.ThrowIfStopping();
                if (started.Count == MostAtOnce) Finish(absence, started, seen);
                Start(absence, links, some, started, seen);
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
                SeenTime = nic?.Time ?? 0,
                SeenRouterAddresses = nic?.RouterAddresses ?? [],
                Shared = n.Shared,
            };
        })];
    }

    private void Start(
        NicAbsence absence, NicLinkStates links, ContainerNic[][] groups, Queue<Looking> started, Dictionary<string, SeenNic> seen)
    {
        List<NamespaceLook> places = [];
        try
        {
            foreach (ContainerNic[] nics in groups)
            {
                if (Open(absence, nics, seen) is NamespaceHandle target) places.Add(new(target, nics));
            }

            if (places.Count == 0) return;
            NamespaceLook[] all = [.. places];
            started.Enqueue(new(all, session.Namespaces.Start<object?>(null, () =>
            {
                foreach (NamespaceLook place in all) place.Run(links, session.ThrowIfStopping);
                return null;
            })));
            places.Clear();
        }
        catch (NetlinkException)
        {
            // No thread can be started.
            foreach (ContainerNic nic in places.SelectMany(static p => p.Nics)) seen[nic.Id] = new(NicState.Unknown);
        }
        finally
        {
            foreach (NamespaceLook place in places) place.Target.Dispose();
        }
    }

    private static NamespaceHandle? Open(NicAbsence absence, ContainerNic[] nics, Dictionary<string, SeenNic> seen)
    {
        NamespaceHandle? target = null;
        bool isCertain = false;
        Note(seen, nics, all =>
        {
            target = absence.Open(all, out isCertain);
            return target is not null ? [] : [.. all.Select(n => new SeenNic(isCertain ? absence.Explain(n.Record) : NicState.Unknown))];
        });
        return target;
    }

    private void Finish(NicAbsence absence, Queue<Looking> started, Dictionary<string, SeenNic> seen)
    {
        Looking first = started.Peek();
        session.Namespaces.Await(first.Work);
        foreach (NamespaceLook place in first.Places)
        {
            Note(seen, place.Nics, nics => [.. nics.Select((n, i) => place.IsClosed ? new(NicState.Unknown)
                : place.Seen is null ? new(absence.Explain(n.Record))
                : absence.ExplainMove(n.Record, place.Target) is NicState moved ? place.Seen[i] with { State = moved }
                : place.Seen[i])]);
        }

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

        for (int i = 0; i < looked.Length; i++) seen[nics[i].Id] = looked[i];
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

    // Namespaces that a thread looks into, one after the other.
    private sealed record Looking(NamespaceLook[] Places, Task<object?> Work)
    {
        // The namespaces must stay open until the work is done.
        public void End()
        {
            ((IAsyncResult)Work).AsyncWaitHandle.WaitOne();
            foreach (NamespaceLook place in Places) place.Target.Dispose();
        }
    }
}
