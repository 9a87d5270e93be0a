using System.Globalization;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.Formats;

/// <summary>
/// Recognizes networks of Docker whose addresses come from a DHCP server. Docker itself has no DHCP: there are IPAM plugins that
/// ask a server, Docker's IPAM driver null, which leaves addresses to a client in the container, and the network driver
/// docker-net-dhcp.
/// </summary>
internal static class DockerDhcp
{
    private const string NullDriver = "null";
    private const string Plugin = "docker-net-dhcp";

    /// <summary>Whether an IPAM driver gives containers the addresses of a DHCP server, or none.</summary>
    public static bool IsIpam(string? driver) => driver == NullDriver || (driver is not null && NameOf(driver).Contains("dhcp", StringComparison.OrdinalIgnoreCase));

    /// <summary>Warns of what is different here.</summary>
    public static void Warn(string name, string ipamDriver, Action<string> warn) => warn(ipamDriver == NullDriver
        ? $"'{name}': the IPAM driver null assigns no addresses; here, NICs ask a DHCP server. Turn off the DHCP clients in the containers."
        : $"'{name}': instead of the IPAM driver {ipamDriver}, NICs ask a DHCP server themselves.");

    /// <summary>Whether a network driver is a version of docker-net-dhcp.</summary>
    public static bool IsNetworkDriver(string driver) => NameOf(driver) == Plugin;

    /// <summary>Reads a network of docker-net-dhcp, whose containers are on a bridge that exists.</summary>
    /// <exception cref="NetworkException">InvalidDefinition.</exception>
    public static NetworkRequest Read(DefinitionReader network, string name, DockerNames names, Action<string> warn)
    {
        // Its addresses are null's, and what it checks and copies on the host isn't needed here.
        network.PassOver(names.Ipam, names.EnableIPv4, names.EnableIPv6);
        DefinitionReader? options = network.Object(names.Options);
        options?.PassOver("ignore_conflicts", "skip_routes");
        string bridge = options?.Text("bridge") is { Length: > 0 } given ? given : throw network.Wrong($"{names.Options}.bridge", "is missing");
        warn($"'{name}': {Plugin} connects containers to the bridge {bridge}; here, they get macvlan NICs on it.");
        NetworkRequest read = new()
        {
            Name = name,
            NicKind = new MacvlanLink(MacvlanMode.Bridge),
            Parent = new(bridge),
            Subnets = [],
            Dhcp = new() { Timeout = options?.Value("lease_timeout", ReadSeconds) ?? DhcpDefinition.DefaultTimeout },
            Internal = network.Flag(names.Internal),
        };
        // The option is a text, such as false.
        if (options?.Text("ipv6") is { } ipv6 && ipv6 != "false") warn($"'{name}': ipv6 ({ipv6}) has no counterpart here, and is left out.");
        network.WarnOfLabels(names.Labels, name, warn);
        network.WarnOfRest(name, warn);
        return read with { Probe = read.DefaultProbe };
    }

    // The last part of REGISTRY/OWNER/NAME:TAG.
    private static string NameOf(string driver) => driver[(driver.LastIndexOf('/') + 1)..].Split(':')[0];

    // Go's time.ParseDuration, as far as anybody writes a time limit: 90s, 2m, 1m30s.
    private static TimeSpan ReadSeconds(string text)
    {
        double seconds = 0;
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            int unit = text[i] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
            if (unit == 0) continue;
            if (!double.TryParse(text[start..i], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count)) break;
            seconds += count * unit;
            start = i + 1;
        }

        return start == text.Length && start > 0 && seconds <= TimeSpan.MaxValue.TotalSeconds / 2
            ? TimeSpan.FromSeconds(Math.Ceiling(seconds))
            : throw new FormatException($"'{text}' isn't a duration, such as 60s");
    }
}
