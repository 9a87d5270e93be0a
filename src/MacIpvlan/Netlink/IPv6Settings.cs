using MacIpvlan.Addressing;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>The IPv6 settings of a link that this module sets. Those of IFLA_INET6_CONF are zero or more.</summary>
public sealed record IPv6Settings
{
    internal const string AcceptRouterAdvertisements = "accept_ra";
    internal const string Autoconfigure = "autoconf";
    internal const string Disable = "disable_ipv6";
    private readonly int _acceptRouterAdvertisements;
    private readonly int _autoconfigure;
    private readonly int _disable;

    private IPv6Settings(ReadOnlySpan<byte> configuration) =>
        (_acceptRouterAdvertisements, _autoconfigure, _disable) = (
            Number(configuration, DEVCONF_ACCEPT_RA), Number(configuration, DEVCONF_AUTOCONF), Number(configuration, DEVCONF_DISABLE_IPV6));

    /// <summary>Whether IPv6 is switched off on the link.</summary>
    public bool IsDisabled => _disable != 0;

    /// <summary>Whether addresses and routes are configured from router advertisements, at least while the link's namespace is no router.</summary>
    public bool AcceptsAdvertisements => !IsDisabled && _acceptRouterAdvertisements != 0;

    /// <summary>How the kernel makes interface identifiers; null if it doesn't say so.</summary>
    public AddressGeneration? Generation { get; private init; }

    /// <summary>
    /// The interface identifier of addresses that are configured from router advertisements; null if it isn't fixed.
    /// </summary>
    public AddressValue? Token { get; private init; }

    /// <summary>A setting by its name under net.ipv6.conf.LINK.</summary>
    internal int this[string key] => key switch
    {
        AcceptRouterAdvertisements => _acceptRouterAdvertisements,
        Autoconfigure => _autoconfigure,
        Disable => _disable,
        _ => throw new ArgumentException($"{key} isn't read.", nameof(key)),
    };

    /// <summary>Reads the settings of a link.</summary>
    /// <param name="families">IFLA_AF_SPEC, with one attribute for each address family of the link.</param>
    /// <returns>Null if the link has no IPv6.</returns>
    internal static IPv6Settings? Parse(AttributeReader families)
    {
        ReadOnlySpan<byte> configuration = [];
        AddressGeneration? generation = null;
        AddressValue? token = null;
        AttributeReader settings = new(AttributeReader.Find(families, AF_INET6));
        while (settings.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case IFLA_INET6_CONF: configuration = value; break;
                case IFLA_INET6_TOKEN: token = AttributeReader.Address(AF_INET6, value); break;
                case IFLA_INET6_ADDR_GEN_MODE: generation = (AddressGeneration)AttributeReader.Byte(value); break;
            }
        }

        return configuration.IsEmpty ? null : new(configuration)
        {
            Generation = generation,
            Token = token is { IsUnspecified: false } ? token : null,
        };
    }

    // An array of numbers, which grows with the kernel's version.
    private static int Number(ReadOnlySpan<byte> configuration, int index) => configuration.Length >= (index + 1) * sizeof(int)
        ? AttributeReader.Int32(configuration.Slice(index * sizeof(int), sizeof(int)))
        : throw MessageReader.Malformed();
}
