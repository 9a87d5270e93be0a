using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MacIpvlan.State.Sqlite;

/// <summary>The one place that opens the database: folder, connection, pragmas, schema version.</summary>
internal sealed class StateDatabase : IDisposable
{
    private const int LockTimeoutSeconds = 30;
    // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE of sqlite3.h.
    private const int NoCheckpointOnClose = 1006;
    private readonly Dictionary<string, SqliteCommand> _commands = [];
    private readonly string _path;
    private SqliteTransaction? _transaction;

    /// <summary>Opens the database, and makes folder and schema where they are missing.</summary>
    /// <exception cref="NetworkException">StateUnavailable, with what is the matter.</exception>
    public StateDatabase(string path)
    {
        _path = path;
        StateFolder.Ensure(Path.GetDirectoryName(path)!);
        // Not pooled: a pooled connection would go on using the file after it was replaced.
        Connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = false,
            ForeignKeys = true,
            DefaultTimeout = LockTimeoutSeconds,
        }.ToString());
        try
        {
            Guard(() =>
            {
                Connection.Open();
                // Else each command, being the only user as a rule, would end by writing the log back and waiting for
                // the disk.
                _ = raw.sqlite3_db_config(Connection.Handle, NoCheckpointOnClose, 1, out _);
                Execute("PRAGMA journal_mode = WAL");
                // A power cut loses the kernel's links as well, so nothing is gained by waiting for the disk.
                Execute("PRAGMA synchronous = NORMAL");
                Migrate();
                return 0;
            });
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public SqliteConnection Connection { get; }

    /// <summary>Runs the work in one transaction that holds the write lock from its start.</summary>
    /// <exception cref="NetworkException">StateUnavailable, or whatever the work throws.</exception>
    public T Write<T>(Func<T> work) => InTransaction(work, deferred: false);

    /// <summary>Runs the work in one transaction that sees one state throughout.</summary>
    /// <exception cref="NetworkException">StateUnavailable, or whatever the work throws.</exception>
    public T Read<T>(Func<T> work) => InTransaction(work, deferred: true);

    /// <summary>A prepared statement with its parameters, named $1, $2 and so on, set to the values.</summary>
    public SqliteCommand Command(string sql, params ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out SqliteCommand? command))
        {
            command = Connection.CreateCommand();
            command.CommandText = sql;
            _commands.Add(sql, command);
        }

        command.Transaction = _transaction;
        for (int i = 0; i < values.Length; i++)
        {
            object value = values[i] ?? DBNull.Value;
            if (i < command.Parameters.Count) command.Parameters[i].Value = value;
            else command.Parameters.AddWithValue($"${i + 1}", value);
        }

        return command;
    }

    /// <summary>Runs a statement.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Command(sql, values).ExecuteNonQuery();

    /// <summary>Runs a query.</summary>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        List<T> rows = [];
        using SqliteDataReader reader = Command(sql, values).ExecuteReader();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    public void Dispose()
    {
        foreach (SqliteCommand command in _commands.Values) command.Dispose();
        Connection.Dispose();
    }

    private T InTransaction<T>(Func<T> work, bool deferred) => Guard(() =>
    {
        using SqliteTransaction transaction = Connection.BeginTransaction(deferred);
        _transaction = transaction;
        try
        {
            T result = work();
            transaction.Commit();
            return result;
        }
        finally
        {
            _transaction = null;
        }
    });

    private void Migrate()
    {
        int version = ReadVersion();
        if (version == Schema.Steps.Length) return;
        if (version > Schema.Steps.Length)
        {
            throw new NetworkException(
                NetworkError.StateUnavailable,
                $"The state database {_path} has schema version {version}; this module knows versions up to {Schema.Steps.Length}.",
                "Use the version of the module that wrote the database, or a newer one.");
        }

        Write(() =>
        {
            // Another process may have done it while this one waited for the lock.
            for (version = ReadVersion(); version < Schema.Steps.Length; version++) Execute(Schema.Steps[version]);
            return Execute($"PRAGMA user_version = {version}");
        });
    }

    private int ReadVersion() => Query("PRAGMA user_version", static r => r.GetInt32(0))[0];

    private T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        // The others: rows that hold what this module never wrote.
        catch (Exception e) when (e is SqliteException or FormatException or ArgumentException or InvalidCastException)
        {
            throw new NetworkException(
                NetworkError.StateUnavailable,
                $"The state database {_path} cannot be used: {e.Message.TrimEnd('.')}.",
                "Check the file, the free space and the rights of its folder, or point MACIPVLAN_STATE at another file.");
        }
    }
}
