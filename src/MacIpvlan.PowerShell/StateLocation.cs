using MacIpvlan.State;
using MacIpvlan.State.Sqlite;

namespace MacIpvlan.PowerShell;

/// <summary>Locates the state, and connects the core with the database.</summary>
internal static class StateLocation
{
    private const string Variable = "MACIPVLAN_STATE";
    private const string Default = "/var/lib/macipvlan/state.db";

    private static string Location =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? Path.GetFullPath(path) : Default;

    /// <summary>Opens the state at its configured path.</summary>
    /// <param name="pause">Waits for the given time while another process holds a lock, or throws to give up.</param>
    public static IStateStore Open(Action<TimeSpan> pause) => new SqliteStateStore(Location, HostIdentity.Read(), pause);

    /// <summary>Opens the state only if it exists, because reading must not create a database.</summary>
    /// <exception cref="NetworkException">StateUnavailable: it doesn't exist, or this user can't open it.</exception>
    public static IStateStore OpenExisting(Action<TimeSpan> pause) => File.Exists(Location)
        ? Open(pause)
        : throw new NetworkException(NetworkError.StateUnavailable, "There is no state yet.");
}
