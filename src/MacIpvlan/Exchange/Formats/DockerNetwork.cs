using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.Formats;

/// <summary>The names of the properties of one of Docker's formats, and what a missing EnableIPv6 means.</summary>
internal sealed record DockerNames(
    string Driver, string Options, string Ipam, string Config, string Subnet, string Gateway, string Range, string Auxiliary, string Internal,
    string EnableIPv4, string EnableIPv6, string Labels, bool IPv6IsOptional);

/// <summary>Reads a network in one of Docker's formats, as Docker's drivers macvlan and ipvlan treat it.</summary>
internal static class DockerNetwork
{
    /// <summary>Reads a network.</summary>
    /// <param name="network">The object.</param>
    /// <param name="name">The network's name.</param>
    /// <param name="names">The names of its properties.</param>
    /// <param name="warn">Called for each setting that has no counterpart here.</param>
    /// <param name="change">Changes what is specific to the format.</param>
    /// <param name="chooseGateway">The gateway of a subnet without one; null for none.</param>
    /// <returns>Null for a network of another kind.</returns>
    /// <exception cref="NetworkException">InvalidDefinition.</exception>
    public static NetworkRequest? Read(
        DefinitionReader network, string name, DockerNames names, Action<string> warn, Func<NetworkRequest, NetworkRequest> change,
        Func<IPPrefix, AddressRange?, AddressValue>? chooseGateway)
    {
        string driver = network.Text(names.Driver) is { Length: > 0 } given ? given : "bridge";
        if (DockerDhcp.IsNetworkDriver(driver)) return DockerDhcp.Read(network, name, names, warn);
        if (driver is not (MacvlanLink.KindName or IpvlanLink.KindName))
        {
            warn($"'{name}': the driver {driver} has no counterpart here; the network is left out.");
            return null;
        }

        DefinitionReader? ipam = network.Object(names.Ipam);
        string? allocator = ipam?.Text(names.Driver);
        bool isDhcp = DockerDhcp.IsIpam(allocator);
        if (isDhcp) DockerDhcp.Warn(name, allocator!, warn);
        else if (allocator is not (null or "default" or "")) warn($"'{name}': the IPAM driver {allocator} has no counterpart here, and is left out.");

        // With DHCP, a subnet says at most which one the server has.
        IReadOnlyList<DockerSubnet> subnets =
            [.. ReadSubnets(ipam, network, name, names, warn).Where(s => !isDhcp || s.Prefix.Family == AddressFamily.InterNetworkV6)];
        DefinitionReader? options = network.Object(names.Options);
        options?.PassOver("com.docker.network.enable_ipv4", "com.docker.network.enable_ipv6");
        NetworkRequest read = change(new()
        {
            Name = name,
            NicKind = ReadKind(driver, options),
            Parent = options?.Text("parent") is { Length: > 0 } parent ? ParentReference.Parse(parent) : null,
            Internal = network.Flag(names.Internal),
            Subnets = [.. subnets.Select(static s => s.Prefix)],
            Gateways = [.. subnets.Select(s => s.Gateway ?? chooseGateway?.Invoke(s.Prefix, s.Range)).OfType<AddressValue>()],
            Ranges = [.. subnets.Select(static s => s.Range).OfType<AddressRange>()],
            Excluded = [.. subnets.SelectMany(static s => s.Excluded)],
            Sysctls = ForeignSysctls.Read(options?.Text(DockerDefinition.SysctlOption), name, warn),
            Mtu = options?.Value(DockerDefinition.MtuOption, DefinitionReader.Digits) is int mtu and not 0 ? mtu : null,
        });
        if (isDhcp) read = WithDhcp(read);
        network.WarnOfLabels(names.Labels, name, warn);
        network.WarnOfRest(name, warn);
        return read;
    }

    private static NetworkRequest WithDhcp(NetworkRequest read)
    {
        NetworkRequest with = read with { Dhcp = new(), NoGateway = false };
        return with with { Probe = with.DefaultProbe };
    }

    // Docker gives containers no addresses of a family that is off.
    private static IEnumerable<DockerSubnet> ReadSubnets(
        DefinitionReader? ipam, DefinitionReader network, string name, DockerNames names, Action<string> warn)
    {
        bool isIPv4On = network.Boolean(names.EnableIPv4) ?? true, isIPv6On = network.Boolean(names.EnableIPv6) ?? !names.IPv6IsOptional;
        foreach (DefinitionReader subnet in ipam?.Objects(names.Config) ?? [])
        {
            DockerSubnet read = new(
                subnet.NeedSubnet(names.Subnet),
                subnet.Address(names.Gateway, ReadGateway),
                subnet.MaskedRange(names.Range),
                subnet.Object(names.Auxiliary)?.All(AddressRange.Parse) ?? []);
            bool isIPv6 = read.Prefix.Family == AddressFamily.InterNetworkV6;
            if (isIPv6 ? isIPv6On : isIPv4On) yield return read;
            else warn($"'{name}': {(isIPv6 ? names.EnableIPv6 : names.EnableIPv4)} isn't true, so the subnet {read.Prefix} is left out, as Docker does.");
        }
    }

    // Versions before 1.13 add the prefix length.
    private static AddressValue ReadGateway(string text) =>
        text.Contains('/') ? InterfaceAddress.Parse(text).Value : AddressValue.Parse(text);

    // Podman and nerdctl call the option mode in files that Docker reads too.
    private static LinkKind ReadKind(string driver, DefinitionReader? options)
    {
        return driver == MacvlanLink.KindName
            ? new MacvlanLink(Read<MacvlanMode>("macvlan_mode", "mode") ?? MacvlanMode.Bridge)
            : new IpvlanLink(Read<IpvlanMode>("ipvlan_mode", "mode") ?? IpvlanMode.L2, Read<IpvlanFlag>("ipvlan_flag") ?? IpvlanFlag.Bridge);

        T? Read<T>(params string[] names) where T : struct, Enum =>
            names.Select(n => options?.Value(n, DefinitionReader.Word<T>)).FirstOrDefault(static v => v is not null);
    }

    private sealed record DockerSubnet(IPPrefix Prefix, AddressValue? Gateway, AddressRange? Range, IReadOnlyList<AddressRange> Excluded);
}
