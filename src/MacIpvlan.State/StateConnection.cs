using SQLitePCL;

namespace MacIpvlan.State.Sqlite;

/// <summary>A connection to a database file that exists.</summary>
internal sealed class StateConnection : IDisposable
{
    /// <summary>Opens the file. Without permission to write, it can only be read.</summary>
    /// <exception cref="StateException">It can't be opened, or isn't a database.</exception>
    public StateConnection(string path)
    {
        // SQLite doesn't create the file: it would create it with any permissions, and in place of a lost database.
        int result = raw.sqlite3_open_v2(path, out sqlite3 handle, raw.SQLITE_OPEN_READWRITE, null);
        Handle = handle;
        try
        {
            Check(result);
            Check(raw.sqlite3_extended_result_codes(handle, 1));
            Run("PRAGMA foreign_keys = ON");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public sqlite3 Handle { get; }

    /// <summary>Runs all statements of a text once.</summary>
    /// <exception cref="StateException">One of them failed.</exception>
    public void Run(string sql) => Check(raw.sqlite3_exec(Handle, sql));

    /// <summary>Checks the result of a call of SQLite on this connection.</summary>
    /// <exception cref="StateException">The call failed.</exception>
    public void Check(int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE)) throw new StateException(result, Handle);
    }

    public void Dispose() => Handle.Dispose();
}
