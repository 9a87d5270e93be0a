using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.Formats;

/// <summary>Reads the output of docker network inspect (moby's api/types/network).</summary>
internal static class DockerInspection
{
    /// <summary>Whether an object has this format.</summary>
    public static bool IsAt(DefinitionReader network) => network.Has("Driver") && network.Has("IPAM");

    /// <summary>Reads a network.</summary>
    /// <param name="network">The object.</param>
    /// <param name="warn">Called for each setting that has no counterpart here.</param>
    /// <returns>Null for a network of another kind.</returns>
    /// <exception cref="NetworkException">InvalidDefinition.</exception>
    public static NetworkRequest? Read(DefinitionReader network, Action<string> warn)
    {
        string name = network.Need("Name");
        string driver = network.Need("Driver");
        if (driver is not (MacvlanLink.KindName or IpvlanLink.KindName) || network.Flag("ConfigOnly"))
        {
            warn($"'{name}': the driver {driver} has no counterpart here; the network is left out.");
            return null;
        }

        // Identifiers and current state, which aren't settings.
        network.PassOver("Id", "Created", "Scope", "Containers", "Peers", "Services", "Status", "EnableIPv4", "EnableIPv6");
        DefinitionReader ipam = network.Object("IPAM")!;
        if (ipam.Text("Driver") is string other and not ("default" or ""))
        {
            warn($"'{name}': IPAM.Driver {other} has no counterpart here, and is left out.");
        }

        IReadOnlyList<DefinitionReader> subnets = ipam.Objects("Config");
        DefinitionReader? options = network.Object("Options");
        options?.PassOver("com.docker.network.enable_ipv4", "com.docker.network.enable_ipv6");
        NetworkRequest read = new()
        {
            Name = name,
            NicKind = ReadKind(driver, options),
            Parent = options?.Text("parent") is { Length: > 0 } parent ? ParentReference.Parse(parent) : null,
            Internal = network.Flag("Internal"),
            Subnets = [.. subnets.Select(static s => s.Need("Subnet", IPPrefix.Parse))],
            Gateways = [.. subnets.Select(s => GatewayOf(s, network)).OfType<AddressValue>()],
            Ranges = [.. subnets.Select(static s => s.Value("IPRange", AddressRange.Parse)).OfType<AddressRange>()],
            Excluded = [.. subnets.SelectMany(static s => s.Object("AuxiliaryAddresses")?.All(AddressRange.Parse) ?? [])],
            NoGateway = IsOfDocker28(network),
            Mtu = options?.Value(DockerCommand.MtuOption, DefinitionReader.Digits),
        };
        network.WarnOfUnread(name, warn);
        return read;
    }

    // Docker reports EnableIPv4 since version 28, which also stopped choosing a gateway for macvlan and ipvlan
    // networks.
    private static bool IsOfDocker28(DefinitionReader network) => network.Has("EnableIPv4");

    // Before version 28, Docker uses the first address that it could allocate, in either family, without reporting it.
    private static AddressValue? GatewayOf(DefinitionReader subnet, DefinitionReader network)
    {
        if (subnet.Value("Gateway", AddressValue.Parse) is AddressValue given) return given;
        if (IsOfDocker28(network)) return null;
        IPPrefix prefix = subnet.Need("Subnet", IPPrefix.Parse);
        AddressRange usable = AddressPool.Usable(prefix);
        return (subnet.Value("IPRange", AddressRange.Parse)?.Intersect(usable) ?? usable).First;
    }

    private static LinkKind ReadKind(string driver, DefinitionReader? options) => driver == MacvlanLink.KindName
        ? new MacvlanLink(options?.Value("macvlan_mode", DefinitionReader.Word<MacvlanMode>) ?? MacvlanMode.Bridge)
        : new IpvlanLink(
            options?.Value("ipvlan_mode", DefinitionReader.Word<IpvlanMode>) ?? IpvlanMode.L2,
            options?.Value("ipvlan_flag", DefinitionReader.Word<IpvlanFlag>) ?? IpvlanFlag.Bridge);
}
