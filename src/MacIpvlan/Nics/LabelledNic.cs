using System.Globalization;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Containers;
using MacIpvlan.Netlink;

namespace MacIpvlan;

/// <summary>
/// A NIC that labels of a container ask for: macipvlan.network=lan, or several networks with commas or spaces; and optionally for each
/// of them, macipvlan.lan.ip, .ip6, .mac, .interface, .mtu and .default-route.
/// </summary>
/// <param name="Network">The name of the network.</param>
internal sealed record LabelledNic(string Network)
{
    // Podman's --annotation splits what it's given at commas.
    private static readonly char[] s_separators = [',', ' '];

    /// <summary>What it asks for.</summary>
    public IReadOnlyList<LabelSetting> Settings { get; private init; } = [LabelSetting.Network];

    /// <summary>The addresses, at most one of each family, with prefix lengths where they were specified.</summary>
    public IReadOnlyList<AddressValue> Addresses { get; private init; } = [];

    /// <summary>Those addresses that were specified with a prefix length.</summary>
    public IReadOnlyList<InterfaceAddress> AddressesWithLength { get; private init; } = [];

    /// <summary>The MAC address; null if it doesn't ask for one.</summary>
    public PhysicalAddress? MacAddress { get; private init; }

    /// <summary>The interface's name; null if it doesn't ask for one.</summary>
    public string? InterfaceName { get; private init; }

    /// <summary>The MTU in bytes; null if it doesn't ask for one.</summary>
    public int? Mtu { get; private init; }

    /// <summary>As <see cref="NicRequest.DefaultRoute"/>.</summary>
    public bool? DefaultRoute { get; private init; }

    /// <summary>Why it can't be connected: a label isn't valid. Null if all are.</summary>
    public string? Problem { get; private init; }

    /// <summary>Reads the labels of a container.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="unknown">Called with each label that has no meaning.</param>
    public static IReadOnlyList<LabelledNic> Read(IReadOnlyDictionary<string, string> labels, Action<string> unknown)
    {
        string[] networks = [.. labels.GetValueOrDefault(ContainerLabels.Network, "")
            .Split(s_separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.OrdinalIgnoreCase)];
        ILookup<string?, string> keys = labels.Keys.Where(static k => k != ContainerLabels.Network).Order(StringComparer.Ordinal).ToLookup(key =>
            networks.FirstOrDefault(n => key.StartsWith($"{ContainerLabels.Prefix}{n}.", StringComparison.OrdinalIgnoreCase) && IsSetting(SettingOf(key, n))));
        foreach (string key in keys[null]) unknown(key);
        return [.. networks.Select(n => keys[n].GroupBy(k => SettingOf(k, n)).FirstOrDefault(static g => g.Count() > 1) is { } twice
            // The name of a network is the same in upper case.
            ? new LabelledNic(n) { Problem = $"its labels {string.Join(" and ", twice.Select(PrintableText.Clean))} say the same" }
            : keys[n].Aggregate(new LabelledNic(n), (nic, key) => nic.With(key, labels[key])))];
    }

    /// <summary>The NIC that labels ask for with these settings.</summary>
    /// <param name="network">The name of the network.</param>
    /// <param name="addresses">At most one address of each family.</param>
    /// <param name="macAddress">Its MAC address; null for any.</param>
    /// <param name="interfaceName">The interface's name; null for any.</param>
    /// <param name="defaultRoute">As <see cref="NicRequest.DefaultRoute"/>.</param>
    public static LabelledNic For(
        string network, IReadOnlyList<AddressValue> addresses, PhysicalAddress? macAddress, string? interfaceName, bool? defaultRoute)
    {
        LabelledNic nic = new(network) { Addresses = addresses, MacAddress = macAddress, InterfaceName = interfaceName, DefaultRoute = defaultRoute };
        (LabelSetting Setting, bool IsAsked)[] settings =
        [
            (LabelSetting.IPAddress, addresses.Count > 0), (LabelSetting.MacAddress, macAddress is not null),
            (LabelSetting.InterfaceName, interfaceName is not null), (LabelSetting.DefaultRoute, defaultRoute is not null),
        ];
        return nic with { Settings = LabelSettings.Complete([LabelSetting.Network, .. settings.Where(static s => s.IsAsked).Select(static s => s.Setting)]) };
    }

    /// <summary>Writes the labels that ask for NICs, each as NAME=VALUE.</summary>
    public static IReadOnlyList<string> Write(IReadOnlyList<LabelledNic> nics) =>
        nics.Count == 0 ? [] : [$"{ContainerLabels.Network}={string.Join(',', nics.Select(static n => n.Network))}", .. nics.SelectMany(static n => n.Write())];

    /// <summary>Whether a NIC has what these labels ask for.</summary>
    public bool IsMet(ContainerNic nic) =>
        Addresses.All(a => nic.Addresses.Any(h => h.Value == a))
        && (MacAddress is null || nic.Record.MacAddress.Equals(MacAddress))
        && (InterfaceName is null || nic.Record.InterfaceName == InterfaceName)
        && (Mtu is null || nic.Record.Mtu == Mtu)
        && nic.Record.DefaultRoute == DefaultRoute;

    private IEnumerable<string> Write()
    {
        string prefix = $"{ContainerLabels.Prefix}{Network}.";
        foreach (AddressValue address in Addresses)
        {
            string text = AddressesWithLength.FirstOrDefault(a => a.Value == address)?.ToString() ?? address.ToString();
            yield return $"{prefix}{(address.Family == AddressFamily.InterNetworkV6 ? "ip6" : "ip")}={text}";
        }

        if (MacAddress is not null) yield return $"{prefix}mac={Link.Format(MacAddress)}";
        if (InterfaceName is not null) yield return $"{prefix}interface={InterfaceName}";
        if (Mtu is not null) yield return string.Create(CultureInfo.InvariantCulture, $"{prefix}mtu={Mtu}");
        if (DefaultRoute is bool defaultRoute) yield return $"{prefix}default-route={(defaultRoute ? "true" : "false")}";
    }

    private LabelledNic With(string key, string value)
    {
        if (Problem is not null) return this;
        try
        {
            return SettingOf(key, Network) switch
            {
                "ip" => With(LabelSetting.IPAddress) with
                {
                    Addresses = [.. Addresses, ReadAddress(value, AddressFamily.InterNetwork)],
                    AddressesWithLength = [.. AddressesWithLength, .. ReadLength(value)],
                },
                "ip6" => With(LabelSetting.IPAddress) with
                {
                    Addresses = [.. Addresses, ReadAddress(value, AddressFamily.InterNetworkV6)],
                    AddressesWithLength = [.. AddressesWithLength, .. ReadLength(value)],
                },
                "mac" => With(LabelSetting.MacAddress) with { MacAddress = value.Length > 0 ? PhysicalAddress.Parse(value) : throw new FormatException() },
                "interface" => With(LabelSetting.InterfaceName) with { InterfaceName = value },
                "mtu" => With(LabelSetting.Mtu) with { Mtu = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) },
                _ => With(LabelSetting.DefaultRoute) with { DefaultRoute = bool.Parse(value) },
            };
        }
        catch (Exception e) when (e is FormatException or OverflowException or NetworkException)
        {
            return this with { Problem = $"its label {PrintableText.Clean(key)}={PrintableText.Clean(value)} isn't valid" };
        }
    }

    private LabelledNic With(LabelSetting setting) => this with { Settings = LabelSettings.Complete([.. Settings, setting]) };

    private static string SettingOf(string key, string network) => key[(ContainerLabels.Prefix.Length + network.Length + 1)..];

    private static bool IsSetting(string name) => name is "ip" or "ip6" or "mac" or "interface" or "mtu" or "default-route";

    private static AddressValue ReadAddress(string text, AddressFamily family)
    {
        AddressValue address = text.Contains('/') ? InterfaceAddress.Parse(text).Value : AddressValue.Parse(text);
        return address.Family == family ? address : throw new FormatException();
    }

    private static IEnumerable<InterfaceAddress> ReadLength(string text) => text.Contains('/') ? [InterfaceAddress.Parse(text)] : [];
}
