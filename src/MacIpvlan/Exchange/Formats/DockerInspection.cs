using MacIpvlan.Addressing;

namespace MacIpvlan.Formats;

/// <summary>Reads the output of docker network inspect (moby's api/types/network).</summary>
internal static class DockerInspection
{
    private static readonly DockerNames s_names = new(
        "Driver", "Options", "IPAM", "Config", "Subnet", "Gateway", "IPRange", "AuxiliaryAddresses", "Internal", "EnableIPv4", "EnableIPv6",
        "Labels", IPv6IsOptional: false);

    /// <summary>Whether an object has this format.</summary>
    public static bool IsAt(DefinitionReader network) => network.Has("Name") && network.Has("IPAM");

    /// <summary>Reads a network.</summary>
    /// <param name="network">The object.</param>
    /// <param name="warn">Called for each setting that has no counterpart here.</param>
    /// <returns>Null for a network of another kind.</returns>
    /// <exception cref="NetworkException">InvalidDefinition.</exception>
    public static NetworkRequest? Read(DefinitionReader network, Action<string> warn)
    {
        string name = network.Need("Name");
        if (!network.Has("Driver"))
        {
            throw network.Wrong(
                "Driver",
                "is missing: nerdctl network inspect shows neither the driver nor the parent",
                "Use the output of nerdctl network inspect --mode native.");
        }

        if (network.Flag("ConfigOnly"))
        {
            warn($"'{name}': it is only a configuration for other networks; it is left out.");
            return null;
        }

        // Identifiers and current state, which aren't settings.
        network.PassOver("Id", "Created", "Scope", "Containers", "Peers", "Services", "Status");
        // Docker reports EnableIPv4 since version 28, which also stopped choosing a gateway for macvlan and ipvlan
        // networks. Before that, it uses the first address that it could allocate, in either family, without reporting it.
        bool isOfDocker28 = network.Has("EnableIPv4");
        return DockerNetwork.Read(network, name, s_names, warn, request => request with { NoGateway = isOfDocker28 }, isOfDocker28 ? null : FirstOf);
    }

    private static AddressValue FirstOf(IPPrefix subnet, AddressRange? range)
    {
        AddressRange usable = AddressPool.Usable(subnet);
        return (range?.Intersect(usable) ?? usable).First;
    }
}
