using System.Management.Automation;
using MacIpvlan.Containers;

namespace MacIpvlan.PowerShell;

/// <summary>Which NICs parameters mean; what is null does not restrict.</summary>
internal sealed class NicFilter
{
    private readonly List<Func<ContainerNic, bool>> _conditions = [];

    public bool Matches(ContainerNic nic) => _conditions.TrueForAll(c => c(nic));

    public NicFilter Namespaces(NamespaceReference[]? namespaces) => Any(namespaces?.Select(static n => n.Filter()));

    public NicFilter Containers(string[]? texts) => Any(texts?.Select(OfContainer));

    // As Connect takes them: a namespace or a container.
    public NicFilter Targets(TargetReference[]? targets) => Any(targets?.SelectMany(static t =>
        new[] { new NamespaceReference(t.Text).Filter(), OfContainer(t.Text) }));

    public NicFilter Processes(int[]? ids) => Any(ids?.Select(static id => (Func<ContainerNic, bool>)(n => n.ProcessId == id)));

    public NicFilter Interfaces(string[]? texts) => Any(texts?.Select(static t =>
    {
        WildcardPattern pattern = new(t);
        return (Func<ContainerNic, bool>)(n => pattern.IsMatch(n.InterfaceName));
    }));

    private NicFilter Any(IEnumerable<Func<ContainerNic, bool>>? alternatives)
    {
        if (alternatives is null) return this;
        Func<ContainerNic, bool>[] all = [.. alternatives];
        _conditions.Add(nic => all.Any(a => a(nic)));
        return this;
    }

    // By name, or by so much of the id as runtimes show; less could mean a container that is called so.
    private static Func<ContainerNic, bool> OfContainer(string text)
    {
        WildcardPattern pattern = new(text);
        return nic => nic.Container is not null && (pattern.IsMatch(nic.Container)
            || (text.Length >= Container.ShortIdLength && nic.ContainerId!.StartsWith(text, StringComparison.Ordinal)));
    }
}
