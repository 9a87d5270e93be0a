using MacIpvlan.Addressing;

namespace MacIpvlan;

/// <summary>Reads groups of settings of which some have a meaning only with another one.</summary>
public static class DependentSettings
{
    /// <summary>Reads the settings of DHCP.</summary>
    /// <param name="isOn">Whether addresses are assigned by DHCP.</param>
    /// <param name="vendorClass">The vendor class; null or empty for none.</param>
    /// <param name="timeoutSeconds">The timeout; null for the usual one.</param>
    /// <param name="options">The codes of options to request.</param>
    /// <param name="fallback">Where addresses come from if no server answers; null for nowhere.</param>
    /// <returns>Null if DHCP is off.</returns>
    /// <exception cref="NetworkException">InvalidParameter: it is off, and something else is specified.</exception>
    public static DhcpDefinition? ReadDhcp(bool isOn, string? vendorClass, int? timeoutSeconds, IEnumerable<byte> options, DhcpFallback? fallback)
    {
        byte[] requested = [.. options.Distinct()];
        bool hasClass = vendorClass is { Length: > 0 };
        if (isOn) return new()
        {
            VendorClass = hasClass ? vendorClass : null,
            Timeout = timeoutSeconds is int seconds ? TimeSpan.FromSeconds(seconds) : DhcpDefinition.DefaultTimeout,
            RequestedOptions = requested,
            Fallback = fallback,
        };
        return !hasClass && timeoutSeconds is null && requested.Length == 0 && fallback is null ? null : throw NeedsDhcp();
    }

    /// <summary>Reads the settings of address probes.</summary>
    /// <param name="isOn">Whether addresses are probed.</param>
    /// <param name="count">The number of probes; null for the usual one.</param>
    /// <param name="timeoutMilliseconds">Their total duration; null for the usual one.</param>
    /// <returns>Null if addresses aren't probed.</returns>
    /// <exception cref="NetworkException">InvalidParameter: they aren't, and something else is specified.</exception>
    public static ProbeSettings? ReadProbe(bool isOn, int? count, int? timeoutMilliseconds)
    {
        ProbeSettings usual = new();
        if (isOn) return new(count ?? usual.Count, timeoutMilliseconds ?? usual.TimeoutMilliseconds);
        return count is null && timeoutMilliseconds is null ? null : throw NeedsProbe();
    }

    /// <summary>Reads a parent that can be specified with a VLAN id.</summary>
    /// <returns>Null if there is none.</returns>
    /// <exception cref="NetworkException">InvalidParameter: a VLAN id without a parent; or InvalidVlanId.</exception>
    public static ParentReference? ReadParent(string? parent, int? vlanId) => (parent, vlanId) switch
    {
        (null, null) => null,
        (null, _) => throw new NetworkException(
            NetworkError.InvalidParameter,
            "VlanId can only be used with -Parent.",
            "Specify the link that carries the VLAN: -Parent eth0."),
        (string name, int id) => ParentReference.OfVlan(name, id),
        (string name, null) => ParentReference.Parse(name),
    };

    internal static NetworkException NeedsDhcp() => new(
        NetworkError.InvalidParameter,
        "DhcpClass, DhcpTimeoutSeconds, DhcpRequestOption and DhcpFallback can only be used with -Dhcp.",
        "Add -Dhcp to have a DHCP server assign the IPv4 addresses, or omit them.");

    internal static NetworkException NeedsProbe() => new(
        NetworkError.InvalidParameter,
        "ProbeCount and ProbeTimeoutMilliseconds can only be used with -ProbeAddress.",
        "Add -ProbeAddress to have addresses probed, or omit both.");
}
