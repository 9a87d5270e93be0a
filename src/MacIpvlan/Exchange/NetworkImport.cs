using System.Runtime.ExceptionServices;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Brings networks to be as requests have them: missing ones are made, others made again, equal ones left alone.</summary>
/// <param name="session">The session.</param>
/// <param name="disconnect">Whether a network that has NICs is made again, without them.</param>
public sealed class NetworkImport(NetworkSession session, bool disconnect)
{
    private readonly ContainerNetworks _networks = new(session);

    /// <summary>Checks requests, all of them, and compares them with what there is; makes nothing.</summary>
    /// <returns>What is to be done for each, first for the networks that there are.</returns>
    /// <exception cref="NetworkException">A request is wrong whatever the host, or contradicts another one.</exception>
    public IReadOnlyList<PlannedImport> Plan(IReadOnlyList<NetworkRequest> requests)
    {
        foreach (NetworkRequest request in requests) Check(request);
        CheckTogether(requests);
        Dictionary<string, ContainerNetwork> present =
            _networks.GetAll().ToDictionary(static n => n.Name, StringComparer.OrdinalIgnoreCase);
        HashSet<string> named = requests.Select(static r => r.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        List<NetworkRecord> others = [.. present.Values.Where(n => !named.Contains(n.Name)).Select(static n => n.Record)];
        return [.. requests.Select(r => (Request: r, Existing: present.GetValueOrDefault(r.Name)))
            .OrderBy(static r => r.Existing is null).Select(r => Plan(r.Request, r.Existing, others, requests.Count))];
    }

    /// <summary>Does what was planned for one network.</summary>
    /// <param name="planned">The plan.</param>
    /// <param name="confirm">Asked before a change: what, and what is done to it.</param>
    /// <exception cref="NetworkException">It cannot be done.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step; the network is as it was, if without NICs.</exception>
    public ImportResult Apply(PlannedImport planned, Func<string, string, bool> confirm)
    {
        if (planned.Failure is not null) ExceptionDispatchInfo.Throw(planned.Failure);
        if (planned.Existing is not null && planned.Differences.Count == 0) return ImportResult.InPlace;
        if (!confirm(planned.Name, planned.Action)) return ImportResult.Skipped;
        if (planned.Existing is null)
        {
            _networks.Create(planned.Request);
            return ImportResult.Created;
        }

        _networks.Replace(planned.Existing, planned.Request, disconnect);
        return ImportResult.Replaced;
    }

    private PlannedImport Plan(NetworkRequest request, ContainerNetwork? existing, List<NetworkRecord> others, int total)
    {
        session.ThrowIfStopping();
        session.Progress(new("Comparing networks", request.Name, total));
        PlannedImport planned = new(request) { Existing = existing };
        try
        {
            NetworkPlan plan = Named(request, () => _networks.MakePlan(request, others, static _ => { }));
            others.Add(plan.Network);
            if (existing is null) return planned with { Action = $"New {plan}" };
            planned = planned with
            {
                Differences = NetworkSettings.Compare(SettingsOf(plan.Network), SettingsOf(existing.Record))
                    .Concat(plan.Parent.Differences).ToList().AsReadOnly(),
            };
            if (planned.Differences.Count == 0) return planned;
            _networks.CheckReplaceable(existing, plan, disconnect);
            string nics = existing.NicCount == 0 ? "" : $", disconnecting NICs: {existing.NicCount}";
            string what = string.Join("; ", planned.Differences);
            return planned with { Action = $"Make the {existing.Kind} network again{nics}; it differs in {what}" };
        }
        catch (Exception e) when (e is NetworkException or NetlinkException)
        {
            return planned with { Failure = e };
        }
    }

    private static IReadOnlyList<NetworkSetting> SettingsOf(NetworkRecord record) => NetworkSettings.Of(NetworkRequest.For(record));

    private static void Check(NetworkRequest request)
    {
        LinkName.CheckNetwork(request.Name);
        Named(request, () => NetworkDefinition.Check(request));
        VlanDefinition.Check(request.Vlans);
    }

    // Of many networks, the error is to say which.
    private static T Named<T>(NetworkRequest request, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (NetworkException e)
        {
            throw new NetworkException(e.Error, $"Network '{request.Name}': {e.Message}", e.RecommendedAction);
        }
    }

    private static void CheckTogether(IReadOnlyList<NetworkRequest> requests)
    {
        if (requests.GroupBy(static r => r.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(static g => g.Count() > 1) is { } same)
        {
            throw Twice($"the network '{same.Key}'");
        }

        foreach (IGrouping<string, ParentLinkRecord> vlans in requests.SelectMany(static r => r.Vlans).GroupBy(static v => v.Name))
        {
            ParentLinkRecord first = vlans.First();
            if (vlans.Any(v => NetworkSettings.Compare(NetworkSettings.Of(first), NetworkSettings.Of(v)).Count > 0))
            {
                throw Twice($"the sub-interface '{vlans.Key}'");
            }
        }
    }

    private static NetworkException Twice(string what) => new(
        NetworkError.InvalidDefinition,
        $"The definition cannot be carried out: it has {what} twice.",
        "Leave one of them away; names differ by more than upper and lower case. Nothing has been changed.");
}

/// <summary>What is to be done for a network that is imported.</summary>
/// <param name="Request">What it is to be.</param>
public sealed record PlannedImport(NetworkRequest Request)
{
    /// <summary>Its name.</summary>
    public string Name => Request.Name;

    /// <summary>The kind of its NICs: macvlan or ipvlan.</summary>
    public string Kind => Request.NicKind.Name;

    /// <summary>How the network that there is differs.</summary>
    public IReadOnlyList<SettingDifference> Differences { get; init; } = [];

    /// <summary>What is done, in words.</summary>
    public string Action { get; init; } = "";

    /// <summary>The network that there is.</summary>
    internal ContainerNetwork? Existing { get; init; }

    /// <summary>Why it cannot be done.</summary>
    internal Exception? Failure { get; init; }
}
