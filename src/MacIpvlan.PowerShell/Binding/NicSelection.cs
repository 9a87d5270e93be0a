using System.Globalization;
using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>What one record of the pipeline selects: the NICs that match all of the parameters that aren't null.</summary>
internal sealed record NicSelection
{
    public ContainerNetwork[]? Networks { get; init; }

    /// <summary>Whether a network was named that doesn't exist, and no other one.</summary>
    public bool IsNetworkMissing { get; init; }

    public TargetReference[]? Targets { get; init; }

    public string[]? Containers { get; init; }

    public NamespaceReference[]? Namespaces { get; init; }

    public int[]? ProcessIds { get; init; }

    /// <summary>Whether it's an error if a process has no NIC.</summary>
    public bool AreProcessesCertain { get; init; }

    public string[]? InterfaceNames { get; init; }

    public NicReference[]? Nics { get; init; }

    /// <summary>Whether it selects all NICs.</summary>
    public bool IsOfAll => Networks is null && Targets is null && Containers is null && Namespaces is null && ProcessIds is null && Nics is null;

    /// <summary>The names that must select something: none if there is a pattern among them.</summary>
    public IReadOnlyList<string> CertainNames
    {
        get
        {
            string[] names =
            [
                .. Targets?.Select(static t => t.Text) ?? [],
                .. Containers ?? [],
                .. Namespaces?.Select(static n => n.Text) ?? [],
                .. AreProcessesCertain ? ProcessIds!.Select(static id => id.ToString(CultureInfo.InvariantCulture)) : [],
                .. InterfaceNames ?? [],
            ];
            return names.Any(WildcardPattern.ContainsWildcardCharacters) ? [] : names;
        }
    }

    /// <summary>Finds the NICs among others.</summary>
    /// <param name="read">Reads the others. NIC objects that are still current need none.</param>
    public IEnumerable<ContainerNic> Find(Func<IReadOnlyList<ContainerNic>> read)
    {
        if (Nics is not null) return Nics.Select(n => n.Find(read)).OfType<ContainerNic>();
        IReadOnlyList<ContainerNic> all = read();
        if (Networks is not null)
        {
            // In the order of the networks as they were specified.
            ILookup<string, ContainerNic> nics = all.ToLookup(static n => n.Network);
            all = [.. Networks.SelectMany(n => nics[n.Name])];
        }

        return new NicFilter(all).Targets(Targets).Containers(Containers).Namespaces(Namespaces).Processes(ProcessIds)
            .Interfaces(InterfaceNames).Found;
    }
}
