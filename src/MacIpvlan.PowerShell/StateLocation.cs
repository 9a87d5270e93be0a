using MacIpvlan.State;
using MacIpvlan.State.Sqlite;

namespace MacIpvlan.PowerShell;

/// <summary>Where the state is, and the wiring of core and database.</summary>
internal static class StateLocation
{
    private const string Variable = "MACIPVLAN_STATE";
    private const string Default = "/var/lib/macipvlan/state.db";

    /// <summary>Opens the state at its place.</summary>
    /// <param name="pause">Waits for so long while another process holds a lock, or throws to give up.</param>
    public static IStateStore Open(Action<TimeSpan> pause)
    {
        string? path = Environment.GetEnvironmentVariable(Variable);
        return new SqliteStateStore(Path.GetFullPath(string.IsNullOrEmpty(path) ? Default : path), HostIdentity.Read(), pause);
    }
}
