using System.Globalization;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>The sysctls that a NIC's interface gets by request, on a thread in its namespace.</summary>
internal static class NicSysctls
{
    // The loopback link has every setting that other links have.
    private const string Sample = "lo";
    private const string Defaults = "default";
    private const string Values = "Documentation/networking/ip-sysctl of the kernel lists the values.";

    /// <summary>The sysctls of a NIC: those of its network, unless it has its own value. The host's interface has none.</summary>
    public static IReadOnlyList<NicSysctl> Of(NetworkRecord network, NicRecord nic) => nic.IsHost ? []
        : nic.Sysctls.Count == 0 ? network.Sysctls
        : [.. network.Sysctls.Where(s => nic.Sysctls.All(o => o.Name != s.Name)).Concat(nic.Sysctls).OrderBy(static s => s.Name, StringComparer.Ordinal)];

    /// <summary>Checks that this host's kernel has settings, and lets them be changed. Runs in the host's namespace.</summary>
    /// <exception cref="NetworkException">InvalidParameter, with the reason.</exception>
    public static void CheckKernel(IReadOnlyList<NicSysctl> sysctls)
    {
        foreach (IGrouping<string, NicSysctl> family in sysctls.GroupBy(static s => s.Family))
        {
            // Modes are the same in all namespaces.
            using SysctlFolder? folder = SysctlFolder.TryOpen(family.Key, Sample);
            // Without the folder, the host was started without IPv6. Then NICs can't have these settings either.
            foreach (NicSysctl sysctl in family) Check(sysctl, folder?.IsWritable(sysctl.Key));
        }
    }

    /// <summary>Sets sysctls of a NIC.</summary>
    /// <param name="session">The session.</param>
    /// <param name="inside">A socket in the namespace.</param>
    /// <param name="link">The link.</param>
    /// <param name="sysctls">The sysctls.</param>
    /// <exception cref="NetworkException">InvalidParameter: the kernel refuses a value, or keeps another one.</exception>
    /// <exception cref="NetlinkException">ENOENT: the link was renamed or deleted; or a setting can't be written.</exception>
    public static void Set(NetworkSession session, RouteSocket inside, Link link, IEnumerable<NicSysctl> sysctls)
    {
        foreach (IGrouping<string, NicSysctl> family in sysctls.GroupBy(static s => s.Family))
        {
            using SysctlFolder? folder = SysctlFolder.TryOpen(family.Key, link.Name);
            // The container could have given the link's name to another link before the folder was opened. Afterwards, it can't any more.
            if (folder is null || inside.FindLink(link.Index)?.Name != link.Name) throw Missing(family.First(), inside, link);
            foreach (NicSysctl sysctl in family) Set(session, inside, link, folder, sysctl);
        }
    }

    /// <summary>The sysctls of a NIC that its link has another value of.</summary>
    public static IReadOnlyList<SysctlFinding> Differing(NetworkRecord network, NicRecord nic, Link link)
    {
        List<SysctlFinding> found = [];
        foreach (IGrouping<string, NicSysctl> family in Of(network, nic).GroupBy(static s => s.Family))
        {
            using SysctlFolder? folder = SysctlFolder.TryOpen(family.Key, link.Name);
            found.AddRange(family.Select(s => new SysctlFinding(s, folder?.Read(s.Key))).Where(static f => f.Value != Text(f.Wanted)));
        }

        return found;
    }

    /// <summary>Gives sysctls of a NIC the values that a new link of its namespace has.</summary>
    /// <exception cref="NetworkException">As <see cref="Set(NetworkSession, RouteSocket, Link, IEnumerable{NicSysctl})"/>.</exception>
    /// <exception cref="NetlinkException">As that.</exception>
    public static void Reset(NetworkSession session, RouteSocket inside, Link link, IEnumerable<NicSysctl> sysctls)
    {
        List<NicSysctl> defaults = [];
        foreach (IGrouping<string, NicSysctl> family in sysctls.GroupBy(static s => s.Family))
        {
            // Only the host's namespace has defaults of neighbors (neigh_sysctl_register of net/core/neighbour.c).
            using SysctlFolder? folder = SysctlFolder.TryOpen(family.Key, Defaults) ?? SysctlFolder.TryOpen(family.Key, Sample);
            foreach (NicSysctl sysctl in family)
            {
                if (long.TryParse(folder?.Read(sysctl.Key), CultureInfo.InvariantCulture, out long value)) defaults.Add(sysctl with { Value = value });
            }
        }

        Set(session, inside, link, defaults);
    }

    private static void Set(NetworkSession session, RouteSocket inside, Link link, SysctlFolder folder, NicSysctl sysctl)
    {
        string command = CommandOf(sysctl, link);
        session.Trace?.Invoke(inside.InNamespace(command));
        int errno = folder.Write(sysctl.Key, Text(sysctl));
        if (errno != 0)
        {
            // A renamed link has nothing in its former folder.
            if (errno == Errno.ENOENT && inside.FindLink(link.Index)?.Name != link.Name) throw new NetlinkException(command, Errno.ENOENT);
            Check(sysctl, folder.IsWritable(sysctl.Key));
            if (errno is Errno.EINVAL or Errno.ERANGE) throw new NetworkException(
                NetworkError.InvalidParameter, $"The kernel doesn't accept the value {Text(sysctl)} for the sysctl {sysctl.Name}.", Values);
            throw new NetlinkException(command, errno, privilege: Sysctl.Privilege);
        }

        // Times are kept in ticks of the kernel's clock. What it rounds would differ from its record for ever.
        if (folder.Read(sysctl.Key) is string kept && kept != Text(sysctl)) throw new NetworkException(
            NetworkError.InvalidParameter, $"The kernel keeps {kept} instead of {Text(sysctl)} for the sysctl {sysctl.Name}.", $"Specify {sysctl.Name}={kept}, or another value.");
    }

    private static void Check(NicSysctl sysctl, bool? isWritable)
    {
        if (isWritable == true) return;
        throw new NetworkException(
            NetworkError.InvalidParameter,
            isWritable is null ? $"This host's kernel has no sysctl {sysctl.Name}." : $"The sysctl {sysctl.Name} is read-only.",
            isWritable is null ? "List those that it has: ls /proc/sys/net/ipv4/conf/lo /proc/sys/net/ipv6/conf/lo /proc/sys/net/ipv4/neigh/lo" : "Omit it.");
    }

    private static Exception Missing(NicSysctl sysctl, RouteSocket inside, Link link) => inside.FindLink(link.Index)?.Name != link.Name
        ? new NetlinkException(CommandOf(sysctl, link), Errno.ENOENT)
        : new NetworkException(
            NetworkError.IPv6Unavailable,
            $"{link.Name} can't have the sysctl {sysctl.Name}: it has no settings under net.{sysctl.Family}.",
            "Omit the sysctl. IPv6 needs a kernel that was started with it, and an MTU of 1280 or more.");

    // sysctl(8) takes slashes for the dots in a link's name.
    private static string CommandOf(NicSysctl sysctl, Link link) =>
        "sysctl -w " + ShellWord.Quote($"net.{sysctl.Family}.{link.Name.Replace('.', '/')}.{sysctl.Key}={Text(sysctl)}");

    private static string Text(NicSysctl sysctl) => sysctl.Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A sysctl that a link has another value of.</summary>
/// <param name="Wanted">The sysctl.</param>
/// <param name="Value">The link's value; null if it has none.</param>
internal sealed record SysctlFinding(NicSysctl Wanted, string? Value)
{
    /// <summary>What the link has, in the same form.</summary>
    public string Actual => Value is null ? "none" : $"{Wanted.Name}={Value}";
}
