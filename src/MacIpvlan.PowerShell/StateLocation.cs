using MacIpvlan.State;
using MacIpvlan.State.Sqlite;

namespace MacIpvlan.PowerShell;

/// <summary>Where the state is, and the wiring of core and database.</summary>
internal static class StateLocation
{
    private const string Variable = "MACIPVLAN_STATE";
    private const string Default = "/var/lib/macipvlan/state.db";

    private static string Location =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? Path.GetFullPath(path) : Default;

    /// <summary>Opens the state at its place.</summary>
    /// <param name="pause">Waits for so long while another process holds a lock, or throws to give up.</param>
    public static IStateStore Open(Action<TimeSpan> pause) => new SqliteStateStore(Location, HostIdentity.Read(), pause);

    /// <summary>Opens the state if anything has been recorded yet: to look is no reason to make a database.</summary>
    /// <exception cref="NetworkException">StateUnavailable: there is none, or none for this user.</exception>
    public static IStateStore OpenExisting(Action<TimeSpan> pause) => File.Exists(Location)
        ? Open(pause)
        : throw new NetworkException(NetworkError.StateUnavailable, "There is no state yet.");
}
