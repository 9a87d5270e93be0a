using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>Which NICs parameters mean; what is null does not restrict.</summary>
internal sealed class NicFilter(NamespaceReference[]? namespaces, int[]? processIds, string[]? interfaceNames)
{
    private readonly Func<ContainerNic, bool>[]? _namespaces = namespaces?.Select(static n => n.Filter()).ToArray();
    private readonly WildcardPattern[]? _interfaceNames = Patterns(interfaceNames);

    public bool Matches(ContainerNic nic) =>
        (_namespaces is null || _namespaces.Any(isIn => isIn(nic)))
        && (processIds is null || (nic.ProcessId is int id && processIds.Contains(id)))
        && (_interfaceNames is null || _interfaceNames.Any(p => p.IsMatch(nic.InterfaceName)));

    private static WildcardPattern[]? Patterns(IEnumerable<string>? texts) =>
        texts?.Select(static t => new WildcardPattern(t)).ToArray();
}
