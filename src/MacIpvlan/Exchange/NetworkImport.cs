using System.Runtime.ExceptionServices;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Creates or updates networks to match requests: creates missing ones, recreates different ones, and leaves equal ones
/// unchanged.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="disconnect">Whether to disconnect the NICs of a network in order to recreate it.</param>
public sealed class NetworkImport(NetworkSession session, bool disconnect)
{
    private readonly ContainerNetworks _networks = new(session);

    /// <summary>Checks all requests and compares them with the existing networks; changes nothing.</summary>
    /// <returns>One plan for each request, those for existing networks first.</returns>
    /// <exception cref="NetworkException">A request is invalid on any host, or contradicts another one.</exception>
    public IReadOnlyList<PlannedImport> Plan(IReadOnlyList<NetworkRequest> requests)
    {
        foreach (NetworkRequest request in requests)
        {
            session.ThrowIfStopping();
            Check(request);
        }

        CheckTogether(requests);
        Dictionary<string, ContainerNetwork> present =
            _networks.GetAll().ToDictionary(static n => n.Name, StringComparer.OrdinalIgnoreCase);
        HashSet<string> named = requests.Select(static r => r.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        NetworkIndex others = new(present.Values.Where(n => !named.Contains(n.Name)).Select(static n => n.Record));
        return [.. requests.Select(r => (Request: r, Existing: present.GetValueOrDefault(r.Name)))
            .OrderBy(static r => r.Existing is null).Select(r => Plan(r.Request, r.Existing, others, requests.Count))];
    }

    /// <summary>Carries out the plan for one network.</summary>
    /// <param name="planned">The plan.</param>
    /// <param name="confirm">Asked before each change, with the target and the action.</param>
    /// <exception cref="NetworkException">The plan can't be carried out.</exception>
    /// <exception cref="NetlinkException">
    /// The kernel refused a step; the network is unchanged, except that its NICs may be disconnected.
    /// </exception>
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

    private PlannedImport Plan(NetworkRequest request, ContainerNetwork? existing, NetworkIndex others, int total)
    {
        session.ThrowIfStopping();
        session.Progress(new("Comparing networks", request.Name, total));
        PlannedImport planned = new(request) { Existing = existing };
        try
        {
            NetworkPlan plan = Named(request, () => _networks.MakePlan(request, others, static _ => { }));
            others.Add(plan.Network);
            if (existing is null) return planned with { Action = $"Create network: {plan}" };
            planned = planned with
            {
                Differences = NetworkSettings.Compare(SettingsOf(plan.Network), SettingsOf(existing.Record))
                    .Concat(plan.Parent.Differences).ToList().AsReadOnly(),
            };
            if (planned.Differences.Count == 0) return planned;
            _networks.CheckReplaceable(existing, plan, disconnect);
            int count = _networks.CountNics(existing);
            string nics = count == 0 ? "" : $", disconnecting NICs: {count}";
            string what = string.Join("; ", planned.Differences);
            return planned with { Action = $"Recreate the {existing.Kind} network{nics}; it differs in {what}" };
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

    // With several networks, the message must say which one is wrong.
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
        $"The definition has {what} twice.",
        "Remove one of them. Names that differ only in case count as equal. Nothing has been changed.");
}

/// <summary>The plan for importing one network.</summary>
/// <param name="Request">The requested network.</param>
public sealed record PlannedImport(NetworkRequest Request)
{
    /// <summary>Its name.</summary>
    public string Name => Request.Name;

    /// <summary>The kind of its NICs: macvlan or ipvlan.</summary>
    public string Kind => Request.NicKind.Name;

    /// <summary>The settings in which the existing network differs.</summary>
    public IReadOnlyList<SettingDifference> Differences { get; init; } = [];

    /// <summary>The action in words.</summary>
    public string Action { get; init; } = "";

    /// <summary>The existing network.</summary>
    internal ContainerNetwork? Existing { get; init; }

    /// <summary>The reason why the plan can't be carried out.</summary>
    internal Exception? Failure { get; init; }
}
