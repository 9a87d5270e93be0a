using System.Globalization;

namespace MacIpvlan.PowerShell;

/// <summary>
/// The capabilities of this process (capabilities(7)). Only a capability that is missing altogether shows here. Whether
/// it applies to a namespace with another owner shows only when the kernel checks it.
/// </summary>
internal static class Capabilities
{
    private const int CapNetAdmin = 12;
    private const int CapNetRaw = 13;
    private const int CapSysAdmin = 21;
    private const string Field = "CapEff:";

    /// <summary>Names the missing capabilities with their purpose; empty if the effective set has all of them.</summary>
    /// <param name="netAdmin">Whether CAP_NET_ADMIN is needed.</param>
    /// <param name="sysAdmin">Whether CAP_SYS_ADMIN is needed.</param>
    /// <param name="netRaw">Whether CAP_NET_RAW is needed.</param>
    public static string DescribeMissing(bool netAdmin, bool sysAdmin, bool netRaw)
    {
        if (!netAdmin && !sysAdmin && !netRaw) return "";
        ulong effective = ReadEffective();
        List<string> missing = [];
        if (netAdmin && !Has(CapNetAdmin)) missing.Add("CAP_NET_ADMIN, to change links");
        if (sysAdmin && !Has(CapSysAdmin)) missing.Add("CAP_SYS_ADMIN, to enter and name network namespaces");
        if (netRaw && !Has(CapNetRaw)) missing.Add("CAP_NET_RAW, to send packets");
        return string.Join(", and ", missing);

        bool Has(int capability) => (effective >> capability & 1) != 0;
    }

    private static ulong ReadEffective()
    {
        string line = File.ReadLines("/proc/self/status").First(static l => l.StartsWith(Field, StringComparison.Ordinal));
        return ulong.Parse(line.AsSpan(Field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
