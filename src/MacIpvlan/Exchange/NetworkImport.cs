using System.Runtime.ExceptionServices;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Creates or updates networks to match requests: creates missing ones, changes different ones, with their NICs, recreates those
/// that can't be changed, and leaves equal ones unchanged.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="force">Whether a change may harm NICs, and whether to disconnect those of a network in order to recreate it.</param>
public sealed class NetworkImport(NetworkSession session, bool force)
{
    private readonly NetworkChanges _changes = new(session);
    private readonly ContainerNetworks _networks = new(session);
    private readonly NetworkPlanner _planner = new(session);

    /// <summary>Checks all requests and compares them with the existing networks; changes nothing.</summary>
    /// <returns>One plan for each request, those for existing networks first. Carrying out that of an invalid request fails.</returns>
    public IReadOnlyList<PlannedImport> Plan(IReadOnlyList<NetworkRequest> requests)
    {
        Dictionary<NetworkRequest, NetworkException> wrong = FindWrong(requests);
        Dictionary<string, ContainerNetwork> present =
            _networks.GetAll().ToDictionary(static n => n.Name, StringComparer.OrdinalIgnoreCase);
        HashSet<string> named = requests.Where(r => !wrong.ContainsKey(r)).Select(static r => r.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        NetworkIndex others = new(present.Values.Where(n => !named.Contains(n.Name)).Select(static n => n.Record));
        return [.. requests.Select(r => (Request: r, Existing: present.GetValueOrDefault(r.Name))).OrderBy(static r => r.Existing is null)
            .Select(r => wrong.TryGetValue(r.Request, out NetworkException? e)
                ? new PlannedImport(r.Request) { Existing = r.Existing, Failure = e }
                : Plan(r.Request, r.Existing, others, requests.Count))];
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
        return Named(planned.Request, () =>
        {
            if (planned.Existing is null)
            {
                _networks.Create(planned.Request);
                return ImportResult.Created;
            }

            if (planned.IsReplacement)
            {
                _networks.Replace(planned.Existing, planned.Request, force);
                return ImportResult.Replaced;
            }

            _changes.Change(planned.Existing, _ => planned.Request, force);
            return ImportResult.Changed;
        });
    }

    private PlannedImport Plan(NetworkRequest request, ContainerNetwork? existing, NetworkIndex others, int total)
    {
        session.ThrowIfStopping();
        session.Progress(new("Comparing networks", request.Name, total));
        PlannedImport planned = new(request) { Existing = existing };
        try
        {
            NetworkPlan plan = Named(request, () => _planner.Plan(request, others, static _ => { }));
            others.Add(plan.Network);
            if (existing is null) return planned with { Action = $"Create network: {plan}" };
            planned = planned with
            {
                Differences = NetworkSettings.Compare(SettingsOf(plan.Network), SettingsOf(existing.Record))
                    .Concat(plan.Parent.Differences).ToList().AsReadOnly(),
            };
            if (planned.Differences.Count == 0) return planned;
            if (CanChange(existing, plan)) return planned with { Action = Named(request, () => $"{_changes.Plan(existing, _ => request, force)}") };
            Named(request, () =>
            {
                _networks.CheckReplaceable(existing, plan, force);
                return true;
            });
            int count = _networks.CountNics(existing);
            string nics = count == 0 ? "" : $", disconnecting NICs: {count}";
            string what = string.Join("; ", planned.Differences);
            return planned with { IsReplacement = true, Action = $"Recreate the {existing.Kind} network{nics}; it differs in {what}" };
        }
        catch (Exception e) when (e is NetworkException or NetlinkException)
        {
            return planned with { Failure = e };
        }
    }

    // Addresses of another kind need other NICs, and what a segment says is the same for all hosts.
    private bool CanChange(ContainerNetwork existing, NetworkPlan plan)
    {
        NetworkRecord former = existing.Record, now = plan.Network;
        return former.NicKind.Name == now.NicKind.Name && former.Segment == now.Segment && !plan.Parent.Differences.Any()
            && (former.Segment is null || SegmentNetworks.Compare(SegmentNetworks.DefinitionOf(now), SegmentNetworks.DefinitionOf(former)).Count == 0)
            && (former.Dhcp is null == now.Dhcp is null || _networks.CountNics(existing) == 0);
    }

    private static IReadOnlyList<NetworkSetting> SettingsOf(NetworkRecord record) => NetworkSettings.Of(NetworkRequest.For(record));

    private Dictionary<NetworkRequest, NetworkException> FindWrong(IReadOnlyList<NetworkRequest> requests)
    {
        Dictionary<NetworkRequest, NetworkException> wrong = new(ReferenceEqualityComparer.Instance);
        foreach (NetworkRequest request in requests)
        {
            session.ThrowIfStopping();
            try
            {
                Named(request, () =>
                {
                    VlanDefinition.Check(request.Vlans);
                    // What it leaves to its segment is known, and checked, when it is planned.
                    return request.LeavesAddresses ? [] : NetworkDefinition.Check(request);
                });
            }
            catch (NetworkException e)
            {
                wrong.Add(request, e);
            }
        }

        // Nobody can say which of them is meant.
        foreach (NetworkRequest[] same in requests.GroupBy(static r => r.Name, StringComparer.OrdinalIgnoreCase).Select(static g => g.ToArray()))
        {
            if (same.Length > 1) AddTwice(wrong, same, $"The network '{same[0].Name}' is defined more than once");
        }

        foreach (var vlans in requests.SelectMany(static r => r.Vlans.Select(v => (Vlan: v, Request: r))).GroupBy(static v => v.Vlan.Name))
        {
            ParentLinkRecord first = vlans.First().Vlan;
            bool differ = vlans.Any(v => v.Vlan != first && NetworkSettings.Compare(NetworkSettings.Of(first), NetworkSettings.Of(v.Vlan)).Count > 0);
            if (differ) AddTwice(wrong, [.. vlans.Select(static v => v.Request)], $"The sub-interface '{vlans.Key}' is defined more than once, differently");
        }

        return wrong;
    }

    private static void AddTwice(Dictionary<NetworkRequest, NetworkException> wrong, NetworkRequest[] requests, string what)
    {
        string[] sources = [.. requests.Select(static r => r.Source).OfType<string>().Distinct()];
        string places = sources.Length > 0 ? $": {Phrase.NameSome(sources)}" : "";
        foreach (NetworkRequest request in requests)
        {
            wrong.TryAdd(request, new(
                NetworkError.InvalidDefinition,
                request.Name is string name && what.Contains($"'{name}'", StringComparison.OrdinalIgnoreCase)
                    ? $"{what}{places}."
                    : $"The network '{request.Name}' can't be imported: {what}{places}.",
                "Remove one of the definitions. Names that differ only in case count as equal."));
        }
    }

    // With several networks and files, the message must say which one is wrong.
    private static T Named<T>(NetworkRequest request, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (NetlinkException e)
        {
            e.Context ??= Described($"Network '{request.Name}'", request.Source);
            throw;
        }
        catch (NetworkException e)
        {
            string message = e.Message.Contains($"'{request.Name}'", StringComparison.Ordinal) ? e.Message : $"Network '{request.Name}': {e.Message}";
            throw new NetworkException(e.Error, Described(message, request.Source), e.RecommendedAction);
        }
    }

    private static string Described(string message, string? source) => source is null ? message : $"{source}: {message}";
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

    /// <summary>The services on it, if a Compose file defines it.</summary>
    public IReadOnlyList<ComposeService> Services => Request.Services;

    /// <summary>The action in words.</summary>
    public string Action { get; init; } = "";

    /// <summary>The existing network.</summary>
    internal ContainerNetwork? Existing { get; init; }

    /// <summary>Whether it is recreated, because it can't be changed.</summary>
    internal bool IsReplacement { get; init; }

    /// <summary>The reason why the plan can't be carried out.</summary>
    internal Exception? Failure { get; init; }
}
