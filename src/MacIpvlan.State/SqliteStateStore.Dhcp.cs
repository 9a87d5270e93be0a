using System.Globalization;

namespace MacIpvlan.State.Sqlite;

/// <content>How networks use DHCP.</content>
public sealed partial class SqliteStateStore
{
    private static DhcpDefinition? ReadDhcp(StateRow row, SubnetRecord? fallback)
    {
        if (row.IsDBNull(19)) return null;
        DhcpDefinition dhcp = new()
        {
            Timeout = TimeSpan.FromSeconds(row.GetInt32(19)),
            VendorClass = row.IsDBNull(20) ? null : row.GetString(20),
            RequestedOptions = [.. row.GetList(21).Select(static c => byte.Parse(c, NumberStyles.None, CultureInfo.InvariantCulture))],
            Fallback = fallback is null ? null : new(
                fallback.Prefix, fallback.Ranges.Count > 0 ? fallback.Ranges[0] : new(fallback.Prefix.First, fallback.Prefix.Last)),
        };
        return dhcp.FindWrong() is string reason ? throw new FormatException(reason) : dhcp;
    }

    private sealed record StoredSubnet(SubnetRecord Subnet, bool IsFallback);
}
