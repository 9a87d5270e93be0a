using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Plans changes of networks: the changed definition goes through the same checks as that of a new network, and what would harm
/// NICs is refused. Changes nothing.
/// </summary>
internal sealed class NetworkChangePlanner(NetworkSession session)
{
    private readonly NetworkPlanner _planner = new(session);
    private readonly RenamedParents _renamed = new(session);
    private readonly DeadNics _dead = new(session);

    /// <summary>Plans a change.</summary>
    /// <param name="id">The id of the network.</param>
    /// <param name="change">Returns the changed definition of the network as it is on record.</param>
    /// <param name="force">Whether it may harm NICs.</param>
    /// <param name="warn">Called with each warning that the former definition doesn't cause.</param>
    /// <exception cref="NetworkException">The change can't be carried out.</exception>
    public NetworkRevision Plan(string id, Func<NetworkRecord, NetworkRequest> change, bool force, Action<string> warn)
    {
        IReadOnlyList<NetworkRecord> all = session.State.GetNetworks();
        NetworkRecord former = Find(all, id);
        NetworkRequest request = change(former);
        string? renamed = FindRenamed(former, request) is Link link ? former.Parent : null;
        if (renamed is not null)
        {
            all = [.. all.Select(n => n.Parent == renamed ? n with { Parent = request.Parent!.Link } : n)];
            former = Find(all, id);
        }

        NetworkRecord[] shared = [.. FindSharing(former, request, all)];
        NetworkRecord[] others = [.. all.Except(shared).Where(n => n.Id != id)];
        List<string> known = [];
        if (renamed is null) TryPlan(former, others, known.Add);
        NetworkIndex index = new(others);
        NetworkPlan plan = _planner.Plan(request, index, Warn, former);
        index.Add(plan.Network);
        List<NetworkRecord> now = [plan.Network];
        foreach (NetworkRecord other in shared)
        {
            now.Add(PlanShared(other, request, index, former));
            index.Add(now[^1]);
        }

        NetworkRevision revision = new([former, .. shared], now)
        {
            Differences = Compare(plan.Network, renamed is null ? former : former with { Parent = renamed }),
            Parent = plan.Parent,
            RenamedParent = renamed,
        };
        if (revision.Differences.Count == 0) return revision;
        CheckSegment(former, plan.Network);
        (IReadOnlyList<ContainerNic> ended, IReadOnlyList<ContainerNic> nics) = _dead.Separate(
            [.. revision.Former.SelectMany(f => session.State.GetNics(f.Id).Select(n => new ContainerNic(n, f)))]);
        revision = revision with { Nics = nics, Ended = ended };
        ChangeObstacles.Check(revision, force);
        if (revision.IsMoved && nics.Count > 0 && revision.Parent.Existing is Link parent) NicLinks.CheckSiblings(session, plan.Network, parent);
        return revision;

        void Warn(string text)
        {
            if (!known.Contains(text)) warn(text);
        }
    }

    private static NetworkRecord Find(IEnumerable<NetworkRecord> all, string id) => all.FirstOrDefault(n => n.Id == id)
        ?? throw new NetworkException(NetworkError.NetworkNotFound, "Another command has just removed the network.");

    // Then the link, and what sits on it, is the same.
    private Link? FindRenamed(NetworkRecord former, NetworkRequest request) =>
        request.Parent is { VlanId: null } parent && parent.Link != former.Parent && session.Host.FindLink(former.Parent) is null
        && session.Host.FindLink(parent.Link) is Link link && _renamed.Find(former.Parent)?.Index == link.Index ? link : null;

    // The kernel has one mode and one flag for all ipvlan links of a parent.
    private static IEnumerable<NetworkRecord> FindSharing(NetworkRecord former, NetworkRequest request, IEnumerable<NetworkRecord> all) =>
        former.NicKind is IpvlanLink && request.NicKind != former.NicKind && request.Parent?.ToString() == former.Parent
            ? all.Where(n => n.Id != former.Id && n.Parent == former.Parent && n.NicKind is IpvlanLink)
            : [];

    private NetworkRecord PlanShared(NetworkRecord other, NetworkRequest request, NetworkIndex index, NetworkRecord first)
    {
        try
        {
            NetworkChange change = new() { Given = new HashSet<string> { NetworkSettings.Mode, NetworkSettings.Flag }, Values = request };
            return _planner.Plan(change.ApplyTo(other), index, session.Warn, other).Network;
        }
        catch (NetworkException e)
        {
            throw new NetworkException(
                e.Error, $"The mode of '{first.Name}' is also that of '{other.Name}', because both are on {first.Parent}. {e.Message}", e.RecommendedAction);
        }
    }

    // What it warns of is known.
    private void TryPlan(NetworkRecord former, IEnumerable<NetworkRecord> others, Action<string> note)
    {
        try
        {
            _planner.Plan(NetworkRequest.For(former), new(others), note, former);
        }
        catch (NetworkException)
        {
            // What is wrong with it can be what is to change.
        }
    }

    private static IReadOnlyList<SettingDifference> Compare(NetworkRecord now, NetworkRecord former) => NetworkSettings.Compare(
        NetworkSettings.Of(NetworkRequest.For(now)), NetworkSettings.Of(NetworkRequest.For(former)));

    private static void CheckSegment(NetworkRecord former, NetworkRecord now)
    {
        if (former.Segment is not NetworkSegment segment) return;
        IReadOnlyList<SettingDifference> differences = SegmentNetworks.Compare(SegmentNetworks.DefinitionOf(now), SegmentNetworks.DefinitionOf(former));
        if (differences.Count == 0) return;
        throw new NetworkException(
            NetworkError.SegmentDiffers,
            $"The segment {segment} says for all hosts which addresses there are, so they can't be changed on this one: {Phrase.NameSome(differences)}.",
            "Omit these settings. If the segment has been defined anew, Repair-ContainerNetwork takes that over.");
    }
}
