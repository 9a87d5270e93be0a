using SQLitePCL;

namespace MacIpvlan.State.Sqlite;

/// <summary>A prepared statement with the parameters $1, $2 and so on. It can be run again when it has been run to its end.</summary>
internal sealed class StateStatement : IDisposable
{
    private readonly StateConnection _connection;
    private readonly int[] _positions;

    /// <summary>Prepares a statement.</summary>
    /// <exception cref="StateException">It isn't valid.</exception>
    public StateStatement(StateConnection connection, string sql)
    {
        _connection = connection;
        Check(raw.sqlite3_prepare_v2(connection.Handle, sql, out sqlite3_stmt statement));
        Handle = statement;
        // To SQLite, $1 is a name: it numbers parameters in the order in which they appear.
        _positions = new int[raw.sqlite3_bind_parameter_count(Handle)];
        for (int i = 0; i < _positions.Length; i++) _positions[i] = raw.sqlite3_bind_parameter_index(Handle, $"${i + 1}");
    }

    public sqlite3_stmt Handle { get; }

    /// <summary>Sets the parameters, in order.</summary>
    /// <exception cref="ArgumentException">Their number differs, or a value has a type that columns don't have.</exception>
    /// <exception cref="StateException">A value is too long.</exception>
    // Spans of parameters are structs that the compiler makes, and what uses them isn't compiled ahead of time.
    public void Bind(params object?[] values)
    {
        if (values.Length != _positions.Length) throw new ArgumentException($"The statement has {_positions.Length} parameters, not {values.Length}.");
        for (int i = 0; i < values.Length; i++)
        {
            int position = _positions[i];
            Check(values[i] switch
            {
                null => raw.sqlite3_bind_null(Handle, position),
                string text => raw.sqlite3_bind_text(Handle, position, text),
                long number => raw.sqlite3_bind_int64(Handle, position, number),
                int number => raw.sqlite3_bind_int(Handle, position, number),
                bool choice => raw.sqlite3_bind_int(Handle, position, choice ? 1 : 0),
                byte[] bytes => raw.sqlite3_bind_blob(Handle, position, bytes),
                object other => throw new ArgumentException($"A column can't have a {other.GetType()}."),
            });
        }
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="StateException">It failed.</exception>
    public bool Step()
    {
        int result = raw.sqlite3_step(Handle);
        if (result == raw.SQLITE_ROW) return true;
        if (result != raw.SQLITE_DONE) Check(result);
        return false;
    }

    /// <summary>Ends the run, wherever it is.</summary>
    // Returns the result of the last step, which has been checked.
    public void Reset() => _ = raw.sqlite3_reset(Handle);

    public void Dispose() => Handle.Dispose();

    private void Check(int result) => _connection.Check(result);
}
