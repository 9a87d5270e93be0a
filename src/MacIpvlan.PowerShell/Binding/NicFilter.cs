using MacIpvlan.Containers;

namespace MacIpvlan.PowerShell;

/// <summary>
/// Selects the NICs that parameters specify; a parameter that is null doesn't restrict the selection.
/// </summary>
internal sealed class NicFilter(IReadOnlyList<ContainerNic> all)
{
    private readonly List<Func<ContainerNic, bool>> _conditions = [];

    public IEnumerable<ContainerNic> Found => all.Where(Matches);

    public bool Matches(ContainerNic nic) => _conditions.TrueForAll(c => c(nic));

    public NicFilter Namespaces(NamespaceReference[]? namespaces) => Any(namespaces?.Select(n => n.Filter(all)));

    public NicFilter Containers(string[]? texts) => Any(texts?.Select(OfContainer));

    // Like Connect-ContainerNic, a target is a namespace or a container.
    public NicFilter Targets(TargetReference[]? targets) => Any(targets?.SelectMany(t =>
        new[] { new NamespaceReference(t.Text).Filter(all), OfContainer(t.Text) }));

    public NicFilter Processes(int[]? ids) => Any(ids?.Select(static id => (Func<ContainerNic, bool>)(n => n.ProcessId == id)));

    public NicFilter Interfaces(string[]? texts) => Any(texts?.Select(t =>
    {
        NamePattern pattern = NamePattern.For(t, all, static n => n.InterfaceName);
        return (Func<ContainerNic, bool>)(n => pattern.Matches(n.InterfaceName));
    }));

    private NicFilter Any(IEnumerable<Func<ContainerNic, bool>>? alternatives)
    {
        if (alternatives is null) return this;
        Func<ContainerNic, bool>[] conditions = [.. alternatives];
        _conditions.Add(nic => conditions.Any(c => c(nic)));
        return this;
    }

    // By name, or by an id of at least the length that runtimes show; a shorter text could be a container's name.
    private Func<ContainerNic, bool> OfContainer(string text)
    {
        NamePattern pattern = NamePattern.For(text, all, static n => n.Container);
        return nic => nic.Container is not null && (pattern.Matches(nic.Container)
            || (text.Length >= Container.ShortIdLength && nic.ContainerId!.StartsWith(text, StringComparison.Ordinal)));
    }
}
