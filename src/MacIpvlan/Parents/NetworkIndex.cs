using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Networks, found by their names and parents, so that a new one isn't compared with each of them.</summary>
internal sealed class NetworkIndex
{
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, ParentUsers> _parents = [];

    public NetworkIndex(IEnumerable<NetworkRecord> networks)
    {
        foreach (NetworkRecord network in networks) Add(network);
    }

    /// <summary>The names of the parents.</summary>
    public IReadOnlyCollection<string> Parents => _parents.Keys;

    /// <summary>The recorded names of parents that have other names now, by the indexes of their links; null before they are looked for.</summary>
    public IReadOnlyDictionary<int, string>? Renamed { get; set; }

    /// <summary>Whether a network has the name, regardless of case.</summary>
    public bool Contains(string name) => _names.Contains(name);

    /// <summary>The networks on a parent.</summary>
    public ParentUsers On(string parent) => _parents.GetValueOrDefault(parent) ?? new([]);

    public void Add(NetworkRecord network)
    {
        _names.Add(network.Name);
        if (!_parents.TryGetValue(network.Parent, out ParentUsers? users)) _parents[network.Parent] = users = new([]);
        users.Add(network);
    }
}
