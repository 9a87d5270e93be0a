using MacIpvlan.Linux;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>RTM_SETLINK: sets an IPv4 setting of a link (IFLA_INET_CONF). Twice as fast as writing the setting's file.</summary>
/// <param name="Index">The link's index.</param>
/// <param name="Name">The link's name, used only in the text.</param>
/// <param name="Setting">The setting.</param>
/// <param name="Value">Its value.</param>
public sealed record IPv4SettingSet(int Index, string Name, IPv4Setting Setting, uint Value) : RouteRequest
{
    /// <inheritdoc/>
    public override string ToString() => Sysctl.Command("ipv4", Name, Setting.Key(), $"{Value}");

    internal override void Write(MessageWriter writer)
    {
        writer.Begin(RTM_SETLINK, 0, new ifinfomsg { ifi_index = Index });
        int families = writer.BeginNest(IFLA_AF_SPEC);
        int inet = writer.BeginNest(AF_INET);
        int settings = writer.BeginNest(IFLA_INET_CONF);
        writer.Attribute((ushort)Setting, Value);
        writer.EndNest(settings);
        writer.EndNest(inet);
        writer.EndNest(families);
    }

    // The link's MTU is too small for IPv4.
    internal override bool Tolerates(int errno) => errno == Linux.Errno.EAFNOSUPPORT;
}

/// <summary>IPv4 settings of a link, by the kernel's numbers (linux/ip.h).</summary>
public enum IPv4Setting
{
    /// <summary>Whether another address of its subnet stays when the first one is removed.</summary>
    PromoteSecondaries = IPV4_DEVCONF_PROMOTE_SECONDARIES,

    /// <summary>Whether the kernel announces the addresses when the link comes up.</summary>
    ArpNotify = IPV4_DEVCONF_ARP_NOTIFY,
}

/// <summary>The names of settings.</summary>
internal static class IPv4SettingName
{
    /// <summary>The name under net.ipv4.conf.</summary>
    public static string Key(this IPv4Setting setting) => setting == IPv4Setting.ArpNotify ? "arp_notify" : "promote_secondaries";
}
