using System.Globalization;
using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
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

    // By what was specified as the target, or by the namespace that the process is in now.
    public NicFilter Processes(int[]? ids) => Any(ids?.SelectMany(id => new[]
    {
        n => n.ProcessId == id,
        new NamespaceReference(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/ns/net")).Filter(all),
    }));

    public NicFilter Interfaces(string[]? texts) => Any(texts?.Select(t =>
    {
        NamePattern pattern = NamePattern.For(t, all, static n => n.InterfaceName);
        return (Func<ContainerNic, bool>)(n => pattern.Matches(n.InterfaceName));
    }));

    public NicFilter Addresses(AddressSelection[]? addresses) => Any(addresses?.Select(static a =>
        (Func<ContainerNic, bool>)(n => n.IPAddress.Any(own => a.Range.Contains((AddressValue)own.Address)))));

    public NicFilter MacAddresses(PhysicalAddress[]? addresses) => Any(addresses?.Select(static a =>
        (Func<ContainerNic, bool>)(n => n.MacAddress.Length > 0 && PhysicalAddress.Parse(n.MacAddress).Equals(a))));

    public NicFilter Parents(string[]? texts) => Any(texts?.Select(t =>
    {
        NamePattern pattern = NamePattern.For(t, all, static n => n.Parent);
        return (Func<ContainerNic, bool>)(n => pattern.Matches(n.Parent));
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
