using System.Globalization;
using System.Text.Json.Nodes;
using MacIpvlan.Netlink.Kinds;
using static MacIpvlan.NetworkSettings;

namespace MacIpvlan.Formats;

/// <summary>
/// The "ipam" part of a CNI configuration, for the plugin dhcp, which has the plugin's daemon ask a DHCP server. Of IPv6, it
/// knows nothing.
/// </summary>
internal static class CniDhcp
{
    /// <summary>The plugin's name.</summary>
    public const string Plugin = "dhcp";

    private const string RoutersName = "routers";

    // What the plugin requests unless it is told not to.
    private static readonly byte[] s_usual = [DhcpOptionCode.SubnetMask, DhcpOptionCode.Router];

    /// <summary>The settings of a network that the plugin can express.</summary>
    public static IReadOnlyList<string> Said(NetworkRequest network) =>
    [
        Name, Kind, Mode, Parent, NetworkSettings.Dhcp, DhcpClass, DhcpRequestOption, NoDefaultRoute, Internal, RouteMetric, Mtu,
        BroadcastQueueLength, Sysctl,
        // The plugin doesn't probe, and its daemon has its own time limit.
        .. network.Probe is null ? (string[])[ProbeAddress] : [],
        .. network.Dhcp!.Timeout == DhcpDefinition.DefaultTimeout ? (string[])[DhcpTimeoutSeconds] : [],
    ];

    /// <summary>Writes how a network uses DHCP.</summary>
    public static JsonObject Write(NetworkRequest network)
    {
        DhcpDefinition dhcp = network.Dhcp!;
        JsonObject ipam = new() { ["type"] = Plugin };
        if (network.RouteMetric is not null) ipam["priority"] = network.RouteMetric;
        List<JsonNode> request = [];
        // The plugin makes a default route of what a server says, so it mustn't ask for that.
        if (network.NoDefaultRoute || network.Internal) request.AddRange([new JsonObject { ["skipDefault"] = true }, Option(DhcpOptionCode.SubnetMask)]);
        request.AddRange(dhcp.RequestedOptions.Select(Option));
        if (request.Count > 0) ipam["request"] = new JsonArray([.. request]);
        if (dhcp.VendorClass is not null)
        {
            ipam["provide"] = new JsonArray(new JsonObject
            {
                ["option"] = new DhcpOptionName(DhcpOptionCode.VendorClass).ToString(), ["value"] = dhcp.VendorClass,
            });
        }

        return ipam;
    }

    /// <summary>Reads how a network uses DHCP into a network with the given name and kind and no other settings.</summary>
    /// <exception cref="NetworkException">InvalidDefinition.</exception>
    public static NetworkRequest Read(DefinitionReader ipam, string name, LinkKind kind, Action<string> warn)
    {
        // Where the plugin's daemon listens isn't a setting of the network.
        ipam.PassOver("type", "daemonSocketPath");
        IReadOnlyList<DefinitionReader> items = ipam.Objects("request");
        bool skipsUsual = items.Any(static i => i.Flag("skipDefault"));
        byte[] requested = [.. items.Select(i => ReadRequested(i, name, warn)).OfType<byte>().Distinct()];
        bool noRouter = skipsUsual && !requested.Contains(DhcpOptionCode.Router) && !requested.Contains(DhcpOptionCode.ClasslessStaticRoute);
        if (noRouter) warn($"'{name}': skipDefault is true and {RoutersName} isn't requested, so NICs get no default route.");
        NetworkRequest network = new()
        {
            Name = name,
            NicKind = kind,
            Subnets = [],
            Dhcp = new() { VendorClass = ReadVendorClass(ipam, name, warn), RequestedOptions = [.. requested.Except(s_usual)] },
            NoDefaultRoute = noRouter,
            RouteMetric = ipam.Number("priority") is int metric and not 0 ? metric : null,
        };
        return network with { Probe = network.DefaultProbe };
    }

    private static byte? ReadRequested(DefinitionReader item, string name, Action<string> warn)
    {
        if (item.Text("option") is not { Length: > 0 } option) return null;
        try
        {
            return DhcpOptionName.Parse(option).Code;
        }
        catch (FormatException e)
        {
            warn($"'{name}': the requested option is left out: {e.Message}");
            return null;
        }
    }

    // What a client says of itself is the NIC's: its identifier, and the host name of its container.
    private static string? ReadVendorClass(DefinitionReader ipam, string name, Action<string> warn)
    {
        string? vendorClass = null;
        foreach (DefinitionReader item in ipam.Objects("provide"))
        {
            string option = item.Need("option");
            string? value = item.Text("value"), argument = item.Text("fromArg");
            bool isGiven = value is { Length: > 0 };
            if (IsCalled(option, DhcpOptionCode.VendorClass) && isGiven) vendorClass = value;
            // NICs send the host name of their container anyway.
            else if (!IsCalled(option, DhcpOptionCode.HostName) || isGiven || argument is not { Length: > 0 })
            {
                warn($"'{name}': the provided option {option} ({(isGiven ? value : argument)}) has no counterpart here, and is left out.");
            }
        }

        return vendorClass;
    }

    private static bool IsCalled(string option, byte code) =>
        option == new DhcpOptionName(code).ToString() || option == code.ToString(CultureInfo.InvariantCulture);

    // The plugin knows only a few names.
    private static JsonObject Option(byte code) => new() { ["option"] = code.ToString(CultureInfo.InvariantCulture) };
}
