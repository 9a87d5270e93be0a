using MacIpvlan.Fleet;
using MacIpvlan.State;

namespace MacIpvlan.PowerShell;

/// <summary>Connects the core with the client of address databases.</summary>
internal static class DatabaseLocation
{
    /// <summary>Opens a database; no server is asked yet.</summary>
    public static IAddressDatabase Open(AddressDatabaseRecord database) => new PostgresAddressDatabase(database);
}
