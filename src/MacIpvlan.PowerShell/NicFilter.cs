using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>Which NICs parameters mean; what is null does not restrict.</summary>
internal sealed class NicFilter(NamespaceReference[]? namespaces, int[]? processIds, string[]? interfaceNames)
{
    private readonly WildcardPattern[]? _namespaces = Patterns(namespaces?.Select(static n => n.Text));
    private readonly WildcardPattern[]? _interfaceNames = Patterns(interfaceNames);

    public bool Matches(ContainerNic nic) =>
        (_namespaces is null || _namespaces.Any(p => p.IsMatch(nic.Namespace)))
        && (processIds is null || (nic.ProcessId is int id && processIds.Contains(id)))
        && (_interfaceNames is null || _interfaceNames.Any(p => p.IsMatch(nic.InterfaceName)));

    private static WildcardPattern[]? Patterns(IEnumerable<string>? texts) =>
        texts?.Select(static t => new WildcardPattern(t)).ToArray();
}
