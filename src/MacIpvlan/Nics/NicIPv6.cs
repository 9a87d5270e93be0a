using System.Globalization;
using System.Net.Sockets;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;
using static MacIpvlan.Netlink.IPv6Settings;

namespace MacIpvlan;

/// <summary>
/// The IPv6 settings that a NIC gets in its namespace, whatever the namespace's defaults are (ip-sysctl of the kernel's
/// documentation). Anything else is left to the container.
/// </summary>
internal static class NicIPv6
{
    /// <summary>The least MTU of a link with IPv6, in bytes (RFC 8200 5). Below that, the kernel removes the link's settings.</summary>
    public const int MinMtu = 1280;

    private static readonly NicSetting s_on = new(Disable, 0);

    // If the network gives the NIC no IPv6 address, any IPv6 address would come from elsewhere. Idle IPv6 also costs time
    // on each link.
    private static readonly NicSetting[] s_off = [new(Disable, 1)];
    private static readonly NicSetting[] s_ignoring = [new(AcceptRouterAdvertisements, 0), new(Autoconfigure, 0)];
    private static readonly NicSetting[] s_static = [.. s_ignoring, s_on];

    // With 1, the kernel ignores router advertisements while the namespace forwards packets.
    private static readonly NicSetting[] s_accepting = [new(AcceptRouterAdvertisements, 2), new(Autoconfigure, 1), s_on];

    /// <summary>Whether a NIC configures itself from router advertisements by the network's choice.</summary>
    // The networks' subnets are not the host's.
    public static bool Accepts(NetworkRecord network, NicRecord nic) =>
        network.RouterAdvertisement == RouterAdvertisement.Accept && !nic.IsHost;

    /// <summary>The settings of a NIC. Only these are set, and compared.</summary>
    public static IReadOnlyList<NicSetting> Of(NetworkRecord network, NicRecord nic) =>
        Accepts(network, nic) ? s_accepting
        : nic.Leases.Any(static l => l.Address.Value.Family == AddressFamily.InterNetworkV6) ? s_static
        : nic.Leases.Count > 0 || nic.Dhcp is not null ? s_off
        // Its addresses come from a DHCP client or from routers, if the container wants any.
        : network.RouterAdvertisement == RouterAdvertisement.Ignore ? s_ignoring
        : [];

    /// <summary>Whether a NIC needs IPv6.</summary>
    public static bool IsNeeded(NetworkRecord network, NicRecord nic) => Of(network, nic).Contains(s_on);

    /// <summary>The settings of a NIC that its link doesn't have. The kernel reports them with the link.</summary>
    public static IEnumerable<NicSetting> Differing(NetworkRecord network, NicRecord nic, Link link) =>
        link.IPv6 is IPv6Settings actual ? Of(network, nic).Where(s => actual[s.Key] != s.Value) : [];

    /// <summary>Checks that a NIC's link can have the IPv6 that the NIC needs.</summary>
    /// <exception cref="NetworkException">IPv6Unavailable, with the reason.</exception>
    public static void Check(NetworkRecord network, NicRecord nic, Link link)
    {
        if (link.IPv6 is not null || !IsNeeded(network, nic)) return;
        string what = $"{nic.NamespaceName}/{link.Name} of network '{network.Name}' can't have IPv6";
        throw link.Mtu < MinMtu
            ? new NetworkException(
                NetworkError.IPv6Unavailable,
                $"{what}: its MTU is {link.Mtu}, and IPv6 needs {MinMtu}.",
                "Raise the MTU of the network and of its parent.")
            : new NetworkException(
                NetworkError.IPv6Unavailable,
                $"{what}: this host's kernel was started without it (ipv6.disable=1), or its module isn't loaded.",
                "Load the module (modprobe ipv6), start the host with IPv6, or use a network without IPv6 subnets.");
    }

    /// <summary>Gives a link the settings of a NIC. Runs on a thread in the link's namespace.</summary>
    /// <exception cref="NetworkException">As <see cref="Check"/>.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step.</exception>
    public static void SetUp(NetworkSession session, RouteSocket inside, NetworkRecord network, NicRecord nic, Link link)
    {
        Check(network, nic, link);
        foreach (NicSetting setting in Differing(network, nic, link)) Set(session, inside, link.Name, setting);
        NicIdentifier.Of(network, nic)?.SetUp(session, inside, link);
        // Some runtimes switch IPv6 off on all links of a namespace.
        if (link.IPv6?.IsDisabled == true && IsNeeded(network, nic) && !nic.IsHost) SetUpLoopback(session, inside);
    }

    /// <summary>
    /// Does the same for a link whose MTU has become large enough for IPv6: the kernel gives it the defaults of the namespace then
    /// (addrconf_notify of net/ipv6/addrconf.c).
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="inside">A socket in the namespace.</param>
    /// <param name="network">The network.</param>
    /// <param name="nic">The NIC.</param>
    /// <param name="before">The link before its MTU was changed.</param>
    /// <param name="mtu">Its MTU now, in bytes.</param>
    public static void FollowMtu(NetworkSession session, RouteSocket inside, NetworkRecord network, NicRecord nic, Link before, int mtu)
    {
        if (before.IPv6 is null && mtu >= MinMtu && inside.FindLink(before.Index) is { IPv6: not null } link) SetUp(session, inside, network, nic, link);
    }

    /// <summary>Sets a setting. Runs on a thread in the link's namespace.</summary>
    /// <exception cref="NetlinkException">ENOENT: the link was renamed or deleted; or the setting can't be written.</exception>
    public static void Set(NetworkSession session, RouteSocket inside, string link, NicSetting setting) =>
        Set(session, inside, link, setting.Key, setting.Value.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc cref="Set(NetworkSession, RouteSocket, string, NicSetting)"/>
    public static void Set(NetworkSession session, RouteSocket inside, string link, string key, string value)
    {
        string command = Sysctl.Command("ipv6", link, key, value);
        session.Trace?.Invoke(inside.InNamespace(command));
        if (!Sysctl.TrySet("ipv6", link, key, value)) throw new NetlinkException(command, Errno.ENOENT);
    }

    /// <summary>Switches IPv6 on for the loopback link, without which a NIC can't reach its own address.</summary>
    public static void SetUpLoopback(NetworkSession session, RouteSocket inside) => Set(session, inside, "lo", s_on);
}

/// <summary>A setting of a NIC under net.ipv6.conf.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">Its value.</param>
internal sealed record NicSetting(string Key, int Value)
{
    /// <summary>The setting as sysctl shows it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Key}={Value}");
}
