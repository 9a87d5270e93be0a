using System.Globalization;
using System.Text.RegularExpressions;

namespace MacIpvlan;

/// <summary>
/// A setting of a NIC's interface, such as net.ipv4.conf.IFNAME.rp_filter=2 (Documentation/networking/ip-sysctl of the kernel). IFNAME
/// stands for the interface, as in Docker and CNI: its name can change, and have dots.
/// </summary>
public sealed partial record NicSysctl
{
    /// <summary>The highest number of settings of one NIC.</summary>
    internal const int MostOfNic = 100;

    private const string Root = "net";
    private const string LinkPlace = "IFNAME";
    private const int MaxShown = 100;

    // The kernel has folders of interfaces only here, and under net.mpls.conf, which means nothing without settings of the namespace.
    private static readonly string[] s_families = ["ipv4.conf", "ipv4.neigh", "ipv6.conf", "ipv6.neigh"];

    // What the module sets itself.
    private static readonly Dictionary<string, string> s_managed = new()
    {
        ["ipv4.conf.arp_notify"] = "use Connect-ContainerNic -AnnounceCount",
        ["ipv6.conf.accept_ra"] = "use -RouterAdvertisement of the network",
        ["ipv6.conf.addr_gen_mode"] = "use -InterfaceIdentifier",
        ["ipv6.conf.autoconf"] = "use -RouterAdvertisement of the network",
        ["ipv6.conf.disable_ipv6"] = "the network's subnets and its -RouterAdvertisement decide whether its NICs have IPv6",
        ["ipv6.conf.mtu"] = "use -Mtu",
        ["ipv6.conf.ndisc_notify"] = "use Connect-ContainerNic -AnnounceCount",
        ["ipv6.conf.stable_secret"] = "use -InterfaceIdentifier",
    };

    private NicSysctl(string family, string key, long value) => (Family, Key, Value) = (family, key, value);

    /// <summary>The address family and the kind of settings, such as ipv4.conf.</summary>
    public string Family { get; }

    /// <summary>The setting's name in that folder.</summary>
    public string Key { get; }

    /// <summary>Its value: all settings of these families are whole numbers.</summary>
    public long Value { get; internal init; }

    /// <summary>The whole name, such as net.ipv4.conf.IFNAME.rp_filter.</summary>
    public string Name => $"{Root}.{Family}.{LinkPlace}.{Key}";

    /// <summary>Parses NAME=VALUE.</summary>
    /// <exception cref="FormatException">The text isn't in that form, or the setting isn't one that NICs can have.</exception>
    public static NicSysctl Parse(string text) => text.Split('=', 2) is [string name, string value]
        ? Parse(name, value)
        : throw Unreadable(text, "the value is missing. Specify NAME=VALUE");

    /// <summary>Parses a name, with dots or with slashes between its parts, and a value.</summary>
    /// <exception cref="FormatException">It isn't a setting that NICs can have, with the reason.</exception>
    public static NicSysctl Parse(string name, string value)
    {
        string word = name.Trim();
        // With slashes, as sysctl takes names whose parts have dots.
        string[] parts = word.Split(word.Contains('/') ? '/' : '.');
        if (parts[0] != Root) throw Unreadable(name, $"only settings under {Root} belong to a network namespace");
        if (parts.Length != 5 || parts[3] != LinkPlace) throw Unreadable(
            name, $"it isn't a setting of a NIC's interface. Specify {Root}.FAMILY.{LinkPlace}.SETTING, with the word {LinkPlace} for the interface");
        string family = $"{parts[1]}.{parts[2]}", key = parts[4];
        if (!s_families.Contains(family)) throw Unreadable(name, $"only {string.Join(", ", s_families)} have settings of interfaces");
        if (!Word().IsMatch(key)) throw Unreadable(name, "the name of a setting has only lower-case letters, digits and '_'");
        if (s_managed.TryGetValue($"{family}.{key}", out string? instead)) throw Unreadable(name, $"the module sets it itself; {instead}");
        return new(family, key, ReadValue(name, value));
    }

    /// <summary>Puts settings in the order of their names.</summary>
    /// <exception cref="NetworkException">InvalidParameter: one of them occurs twice, or there are too many.</exception>
    internal static IReadOnlyList<NicSysctl> InOrder(IEnumerable<NicSysctl> sysctls)
    {
        NicSysctl[] sorted = [.. sysctls.OrderBy(static s => s.Name, StringComparer.Ordinal)];
        if (sorted.Length > MostOfNic) throw new NetworkException(
            NetworkError.InvalidParameter, $"A NIC can't have more than {MostOfNic} sysctls, and these are {sorted.Length}.", "Omit those that have their default value.");
        for (int i = 1; i < sorted.Length; i++)
        {
            if (sorted[i].Name == sorted[i - 1].Name) throw new NetworkException(
                NetworkError.InvalidParameter, $"The sysctl {sorted[i].Name} is specified twice.", "Specify it once, with dots or with slashes.");
        }

        return sorted;
    }

    /// <summary>The setting as NAME=VALUE.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}={Value}");

    private static long ReadValue(string name, string value) =>
        long.TryParse(value.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
        && number is >= int.MinValue and <= uint.MaxValue
            ? number
            : throw Unreadable(name, $"its value '{Shown(value)}' isn't a whole number of 32 bits");

    private static FormatException Unreadable(string name, string reason) => new($"The sysctl '{Shown(name)}' can't be set: {reason}.");

    private static string Shown(string text) => PrintableText.Clean(text.Length > MaxShown ? text[..MaxShown] + "..." : text);

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
