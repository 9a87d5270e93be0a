using MacIpvlan.Containers;

namespace MacIpvlan;

/// <summary>
/// The containers whose labels ask for NICs: which networks they name, and what was said about them. When such a name comes to mean
/// another network, or one at all, its containers are looked at again. No runtime is asked until then.
/// </summary>
/// <param name="session">The session.</param>
internal sealed class LabelledContainers(NetworkSession session)
{
    // The longest time until changes of networks are noticed.
    private static readonly TimeSpan s_lookInterval = TimeSpan.FromSeconds(1);
    private readonly Dictionary<string, Asking> _asking = [];
    private readonly Dictionary<string, HashSet<string>> _told = [];
    private Dictionary<string, Meaning> _networks = [];
    private long? _version;

    /// <summary>How long the caller can wait before the next <see cref="TakeChanged"/>.</summary>
    public TimeSpan Wait => _asking.Count == 0 ? TimeSpan.MaxValue : s_lookInterval;

    /// <summary>Takes note of the networks that a container's labels name, before they are looked up.</summary>
    public void Note(IContainerRuntime runtime, string containerId, IEnumerable<string> networks)
    {
        if (_version is null) Look();
        _asking[containerId] = new(runtime, [.. networks]);
    }

    /// <summary>Whether something hasn't been said about a container yet, which starts again and again.</summary>
    public bool IsNew(string containerId, string message)
    {
        if (!_told.TryGetValue(containerId, out HashSet<string>? told)) _told[containerId] = told = [];
        return told.Add(message);
    }

    /// <summary>Forgets a container that is gone.</summary>
    public void Forget(string containerId)
    {
        _asking.Remove(containerId);
        _told.Remove(containerId);
    }

    /// <summary>The containers that name a network which has been made, removed, renamed or redefined since the last call.</summary>
    public IReadOnlyList<ContainerChange> TakeChanged()
    {
        if (_asking.Count == 0 || session.State.GetVersion() == _version) return [];
        Dictionary<string, Meaning> before = _networks;
        Look();
        string[] changed = [.. before.Keys.Union(_networks.Keys, StringComparer.OrdinalIgnoreCase)
            .Where(n => before.GetValueOrDefault(n) != _networks.GetValueOrDefault(n))];
        return changed.Length == 0 ? [] :
        [
            .. _asking.Where(a => a.Value.Networks.Intersect(changed, StringComparer.OrdinalIgnoreCase).Any())
                .Select(static a => new ContainerChange(a.Value.Runtime, a.Key, IsStart: false)),
        ];
    }

    // The version first, so that a change in between is noticed next time.
    private void Look()
    {
        _version = session.State.GetVersion();
        _networks = session.State.GetNetworks().ToDictionary(static n => n.Name, static n => new Meaning(n.Id, n.Parent, n.Revision), StringComparer.OrdinalIgnoreCase);
    }

    private sealed record Asking(IContainerRuntime Runtime, string[] Networks);

    // A network that is made anew has another id.
    private sealed record Meaning(string Id, string Parent, long Revision);
}
