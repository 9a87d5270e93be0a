using System.Globalization;

namespace MacIpvlan.PowerShell;

/// <summary>
/// What the kernel lets this process do (capabilities(7)). Only what is lacking everywhere shows here; whether the
/// capability reaches as far as a namespace of another owner, the kernel tells when it is used.
/// </summary>
internal static class Capabilities
{
    private const int CapNetAdmin = 12;
    private const int CapNetRaw = 13;
    private const int CapSysAdmin = 21;
    private const string Field = "CapEff:";

    /// <summary>Names what is needed and not in the effective set, with what it is for; empty when all is there.</summary>
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
