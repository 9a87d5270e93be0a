using MacIpvlan.Netlink;

namespace MacIpvlan;

/// <summary>An address that a NIC configured from a router advertisement (RFC 4862), as the kernel has it.</summary>
public sealed class RouterAddress
{
    private RouterAddress(LinkAddress address)
    {
        IPAddress = new(address.Address);
        State = address.State;
        ValidLifetime = Duration(address.Lifetime?.Valid);
        PreferredLifetime = Duration(address.Lifetime?.Preferred);
        IsTemporary = address.IsTemporary;
    }

    /// <summary>The address with its prefix length.</summary>
    public AddressText IPAddress { get; }

    /// <summary>Whether it can be used.</summary>
    public AddressState State { get; }

    /// <summary>How long the NIC keeps it, unless an advertisement extends that; null for ever.</summary>
    public TimeSpan? ValidLifetime { get; }

    /// <summary>How long it is used for new connections, unless an advertisement extends that; null for ever.</summary>
    public TimeSpan? PreferredLifetime { get; }

    /// <summary>Whether the container made it for its own connections only (RFC 8981), so that it soon changes.</summary>
    public bool IsTemporary { get; }

    /// <summary>The address with its prefix length.</summary>
    public override string ToString() => IPAddress.ToString();

    /// <summary>Those among the addresses of a link.</summary>
    internal static RouterAddress[] Among(IEnumerable<LinkAddress> addresses) =>
        [.. addresses.Where(static a => a.IsFromRouter).Select(static a => new RouterAddress(a))];

    private static TimeSpan? Duration(uint? seconds) => seconds is null or uint.MaxValue ? null : TimeSpan.FromSeconds((long)seconds);
}
