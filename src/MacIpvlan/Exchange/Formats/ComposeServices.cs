using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json;
using MacIpvlan.Addressing;
using MacIpvlan.Containers;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.Formats;

/// <summary>
/// Finds out what the services of a Compose project need in order to get their NICs here: no network of Docker, and the labels
/// that say what the file says about their networks.
/// </summary>
/// <param name="networks">The networks that were read, by their keys in the file.</param>
/// <param name="warn">Called for each service that needs something.</param>
internal sealed class ComposeServices(IReadOnlyDictionary<string, NetworkRequest> networks, Action<string> warn)
{
    private const string Default = "default";

    // A label has room for no more, and more warnings nobody reads.
    private const int MaxNetworks = 100, MaxWarnings = 200;
    private readonly Dictionary<string, NetworkRequest> _named = networks.Values.DistinctBy(static n => n.Name, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(static n => n.Name, StringComparer.OrdinalIgnoreCase);

    private int _warnings;

    /// <summary>Reads the services.</summary>
    /// <returns>The services of each network, by the network's name.</returns>
    public ILookup<string, ComposeService> Read(DefinitionReader root)
    {
        List<(string Network, ComposeService Service)> found = [];
        foreach ((string name, JsonElement item, string path) in root.Properties("services"))
        {
            string shown = DefinitionReader.Shown(name);
            try
            {
                if (item.ValueKind != JsonValueKind.Null) found.AddRange(Read(shown, new(item, path)));
            }
            catch (DefinitionException e)
            {
                Warn($"The service '{shown}' can't be read: {e.Reason}.");
            }
        }

        if (_warnings > MaxWarnings) warn($"More warnings about services are left out: {_warnings - MaxWarnings}. The property Services has the labels.");
        return found.ToLookup(static f => f.Network, static f => f.Service);
    }

    private IEnumerable<(string Network, ComposeService Service)> Read(string name, DefinitionReader service)
    {
        List<(string Key, DefinitionReader? Settings)> given = ReadNetworks(service);
        string[] replaced = [.. given.Select(static g => g.Key).Where(networks.ContainsKey)];
        IReadOnlyDictionary<string, string> labels = ContainerLabels.Select(service.Object("labels")?.Texts());
        IReadOnlyList<LabelledNic> asked = LabelledNic.Read(labels, static _ => { });
        // What the labels ask for already is what counts.
        LabelledNic[] missing = [.. ReadNics(name, service, given).Where(w => !asked.Any(a => a.Network.Equals(w.Network, StringComparison.OrdinalIgnoreCase)))];
        LabelledNic[] all = [.. asked, .. missing];
        LabelledNic[] here = [.. all.Where(n => _named.ContainsKey(n.Network))];
        if (here.Length == 0) return [];
        ComposeService read = new(name, LabelledNic.Write(all)) { HasLabels = replaced.Length == 0 };
        if (!read.HasLabels)
        {
            string needed = $"the labels {string.Join(", ", read.Labels)}";
            // Networks that aren't imported stay Docker's.
            Warn(replaced.Length < given.Count
                ? $"The service '{name}' needs {needed} instead of these of its networks: {Phrase.NameSome([.. replaced.Select(DefinitionReader.Shown)])}."
                : $"The service '{name}' needs network_mode: none instead of its networks, and {needed}.");
        }

        foreach (LabelledNic nic in here) WarnOfRefusal(name, nic);
        return here.Select(n => (_named[n.Network].Name, read));
    }

    private void WarnOfRefusal(string service, LabelledNic nic)
    {
        NetworkRequest network = _named[nic.Network];
        if (nic.Problem is not null) Warn($"The service '{service}' isn't connected to '{network.Name}': {nic.Problem}.");
        LabelSetting[] refused = [.. nic.Settings.Except(network.AllowedLabels)];
        if (refused.Length == 0) return;
        Warn($"'{network.Name}' doesn't allow what the labels of '{service}' ask for; add to it {ComposeNetworks.AllowLabel}: "
            + $"[{string.Join(", ", LabelSettings.Complete([.. network.AllowedLabels, .. nic.Settings]))}].");
    }

    private void Warn(string text)
    {
        if (++_warnings <= MaxWarnings) warn(text);
    }

    // A service without networks is on the one called default, which Compose makes if the file doesn't.
    private static List<(string Key, DefinitionReader? Settings)> ReadNetworks(DefinitionReader service)
    {
        if (service.Text("network_mode") is { Length: > 0 }) return [];
        List<(string Key, DefinitionReader? Settings)> given = service.IsObject("networks")
            ? [.. service.Properties("networks").Select(static n => (n.Name, n.Item.ValueKind == JsonValueKind.Null ? null : new DefinitionReader(n.Item, n.Path)))]
            : [.. service.Values("networks", static n => n).Distinct().Select(static n => (n, (DefinitionReader?)null))];
        if (given.Count > MaxNetworks) throw service.Wrong("networks", $"has more than {MaxNetworks} networks");
        return given.Count > 0 ? given : [(Default, null)];
    }

    private IEnumerable<LabelledNic> ReadNics(string name, DefinitionReader service, List<(string Key, DefinitionReader? Settings)> given)
    {
        if (given.Count == 0) return [];
        PhysicalAddress? mac = service.Address("mac_address", PhysicalAddress.Parse);
        // The MAC address of a service is that of its first network.
        string first = given.OrderByDescending(static g => g.Settings?.Number("priority") ?? 0).ThenBy(static g => g.Key, StringComparer.Ordinal).First().Key;
        string? router = FindRouter(given);
        return given.Where(g => networks.ContainsKey(g.Key)).Select(g =>
        {
            WarnOfSysctls(name, networks[g.Key], g.Settings);
            return ReadNic(networks[g.Key], g.Settings, g.Key == first ? mac : null, g.Key == router ? true : null);
        });
    }

    // The network that has the default route by choice; null if none has.
    private static string? FindRouter(List<(string Key, DefinitionReader? Settings)> given) => given.All(static g => g.Settings?.Number("gw_priority") is null) ? null
        : given.OrderByDescending(static g => g.Settings?.Number("gw_priority") ?? 0).ThenBy(static g => g.Key, StringComparer.Ordinal).First().Key;

    // What a container's labels could ask for would be the container's choice, and not the administrator's.
    private void WarnOfSysctls(string service, NetworkRequest network, DefinitionReader? settings)
    {
        if (settings?.Object("driver_opts")?.Text(DockerDefinition.SysctlOption) is not { Length: > 0 } sysctls) return;
        Warn($"The service '{service}' sets sysctls on '{network.Name}' ({PrintableText.Clean(sysctls)}), which labels can't; "
            + "give them to the network (-Sysctl of New-MacvlanNetwork and New-IpvlanNetwork), or connect the container with Connect-ContainerNic -Sysctl.");
    }

    private static LabelledNic ReadNic(NetworkRequest network, DefinitionReader? settings, PhysicalAddress? mac, bool? defaultRoute)
    {
        AddressValue?[] addresses = [settings?.Address("ipv4_address", AddressValue.Parse), settings?.Address("ipv6_address", AddressValue.Parse)];
        return LabelledNic.For(
            network.Name,
            [.. addresses.OfType<AddressValue>().OrderBy(static a => a.Family == AddressFamily.InterNetworkV6)],
            // NICs of ipvlan have the MAC address of their parent.
            network.NicKind is MacvlanLink ? settings?.Address("mac_address", PhysicalAddress.Parse) ?? mac : null,
            settings?.Text("interface_name") is { Length: > 0 } name ? name : null,
            defaultRoute);
    }
}
