using System.Globalization;

namespace MacIpvlan.PowerShell;

/// <summary>What the kernel lets this process do (capabilities(7)).</summary>
internal static class Capabilities
{
    private const int CapNetAdmin = 12;
    private const string Field = "CapEff:";

    /// <summary>Whether CAP_NET_ADMIN is in the effective set.</summary>
    public static bool HasNetAdmin()
    {
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(static l => l.StartsWith(Field, StringComparison.Ordinal));
        return line is not null
            && (ulong.Parse(line.AsSpan(Field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> CapNetAdmin & 1) != 0;
    }
}
