using System.Data;
using System.Diagnostics;
using MacIpvlan.Linux;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MacIpvlan.State.Sqlite;

/// <summary>The one place that opens the database: folder, connection, pragmas, schema version, transactions.</summary>
internal sealed class StateDatabase : IDisposable
{
    // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE and result codes of sqlite3.h.
    private const int NoCheckpointOnClose = 1006;
    private const int Busy = 5;
    private const int ReadOnly = 8;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;
    private const int NoRoomForIndex = 4874;

    // Who opens the database and is the only one to, as a command is as a rule, reads all of the log first.
    private const long MaxLogLength = 512 * 1024;

    // How long SQLite itself waits for a lock before it comes back to ask whether to go on.
    private const int BusyTimeoutMilliseconds = 100;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);
    private static readonly string[] s_beginWrite = ["BEGIN IMMEDIATE"];
    private static readonly string[] s_beginRead = ["BEGIN", "SELECT 1 FROM sqlite_schema LIMIT 1"];
    private readonly Dictionary<string, SqliteCommand> _commands = [];
    private readonly Dictionary<string, sqlite3_stmt> _statements = [];
    private readonly Action<TimeSpan> _pause;
    private readonly string _path;

    /// <summary>Opens the database, and makes folder and schema where they are missing.</summary>
    /// <param name="path">The database's file.</param>
    /// <param name="pause">Waits for so long, or throws to give up.</param>
    /// <exception cref="NetworkException">StateUnavailable, with what is the matter.</exception>
    public StateDatabase(string path, Action<TimeSpan> pause)
    {
        (_path, _pause) = (path, pause);
        StateFolder.Ensure(path);
        Connection = Connect(path);
        try
        {
            Guard(() =>
            {
                EnsureFile();
                Connection.Open();
                raw.sqlite3_busy_timeout(Connection.Handle, BusyTimeoutMilliseconds);
                // Else each command, being the only user as a rule, would end by writing the log back and waiting for
                // the disk, however short it is.
                _ = raw.sqlite3_db_config(Connection.Handle, NoCheckpointOnClose, 1, out _);
                // A power cut loses the kernel's links as well, so nothing is gained by waiting for the disk.
                Run("PRAGMA synchronous = NORMAL");
                // A copy that VACUUM made has lost the setting.
                RunPatiently(["PRAGMA journal_mode = WAL"]);
                Migrate();
                CheckLength();
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
    public T Write<T>(Func<T> work) => InTransaction(work, s_beginWrite);

    /// <summary>Runs the work in one transaction that sees one state throughout.</summary>
    /// <exception cref="NetworkException">StateUnavailable, or whatever the work throws.</exception>
    // The look at the schema is what takes the lock: later ones need not wait.
    public T Read<T>(Func<T> work) => InTransaction(work, s_beginRead);

    /// <summary>Runs a part of a transaction's work, of which nothing stays should it fail, while the rest does.</summary>
    public T Part<T>(Func<T> work)
    {
        Step("SAVEPOINT part");
        return AllOrNothing(work, "RELEASE part", "ROLLBACK TO part; RELEASE part");
    }

    /// <summary>A prepared statement with its parameters, named $1, $2 and so on, set to the values.</summary>
    public SqliteCommand Command(string sql, params ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out SqliteCommand? command))
        {
            command = Connection.CreateCommand();
            command.CommandText = sql;
            _commands.Add(sql, command);
        }

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

    /// <summary>SQLite's count of the changes that other connections have made, as this one sees it.</summary>
    public long GetDataVersion() => Guard(() =>
    {
        lock (_commands) return Query("PRAGMA data_version", static r => r.GetInt64(0))[0];
    });

    public void Dispose()
    {
        ShortenLog();
        foreach (SqliteCommand command in _commands.Values) command.Dispose();
        foreach (sqlite3_stmt statement in _statements.Values) statement.Dispose();
        Connection.Dispose();
    }

    private void ShortenLog()
    {
        if (Connection.State != ConnectionState.Open || FileStatus.Of(_path + "-wal") is not { Length: > MaxLogLength }) return;
        // While others are at work in it, it is theirs to do so when they end.
        raw.sqlite3_busy_timeout(Connection.Handle, 0);
        _ = raw.sqlite3_wal_checkpoint_v2(Connection.Handle, null, raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _);
    }

    // Not pooled: a pooled connection would go on using the file after it was replaced.
    private static SqliteConnection Connect(string path) => new SqliteConnection(new SqliteConnectionStringBuilder
    {
        DataSource = path,
        // SQLite makes no file: it would do so with any mode, and in the place of one that was lost.
        Mode = SqliteOpenMode.ReadWrite,
        Pooling = false,
        ForeignKeys = true,
    }.ToString());

    // A file that is there has been complete from its first moment, so an empty one has lost what was in it.
    private void EnsureFile()
    {
        if (FileStatus.Of(_path) is null) CreateFile();
        if (FileStatus.Of(_path)?.Length > 0) return;
        throw new NetworkException(
            NetworkError.StateUnavailable,
            $"The state database {_path} is empty: what was in it has been cut off.",
            RestoreAction);
    }

    private void CreateFile()
    {
        using TopologyLock only = new(_path + ".lock", _pause);
        // Another process may have made it while this one waited.
        if (FileStatus.Of(_path) is not null) return;
        if (only.IsMarked || FileStatus.Of(_path + "-wal")?.Length > 0)
        {
            throw new NetworkException(
                NetworkError.StateUnavailable,
                $"The state database {_path} is gone, though files beside it show that there was one.",
                RestoreAction);
        }

        string draft = _path + ".new";
        File.Delete(draft);
        try
        {
            using (FileStream file = new(draft, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = StateFolder.FileMode,
            }))
            {
                // What the umask took away.
                File.SetUnixFileMode(file.SafeFileHandle, StateFolder.FileMode);
            }

            using (SqliteConnection connection = Connect(draft))
            {
                connection.Open();
                // The log's mode is kept in the file, so this also writes its first page.
                Run("PRAGMA journal_mode = WAL", connection);
            }

            File.Move(draft, _path);
            only.Mark();
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private T InTransaction<T>(Func<T> work, string[] begin) => Guard(() =>
    {
        // The threads of a command share the connection, one transaction at a time.
        lock (_commands)
        {
            RunPatiently(begin);
            return AllOrNothing(work, "COMMIT", "ROLLBACK");
        }
    });

    // Of what has begun.
    private T AllOrNothing<T>(Func<T> work, string keep, string undo)
    {
        try
        {
            T result = work();
            Step(keep);
            return result;
        }
        catch
        {
            // Some failures have ended the transaction already; then there is none, and this fails too.
            _ = raw.sqlite3_exec(Connection.Handle, undo);
            throw;
        }
    }

    // The one place where a command waits for others: behind the log, who has begun is never refused again.
    private void RunPatiently(string[] statements)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                foreach (string sql in statements) Step(sql);
                return;
            }
            catch (SqliteException e) when (e.SqliteErrorCode == Busy)
            {
                _ = raw.sqlite3_exec(Connection.Handle, "ROLLBACK");
            }

            if (Stopwatch.GetElapsedTime(start) > s_patience)
            {
                throw new NetworkException(
                    NetworkError.StateUnavailable,
                    $"The state database {_path} has been locked by another process for {s_patience.TotalSeconds:0} seconds"
                    + $"{LockHolders.Describe(_path, _path + "-shm")}.",
                    "Repeat the command when that process is done; a backup or a prompt of sqlite3 may hold it as well.");
            }

            _pause(s_pause);
        }
    }

    private void Run(string sql) => Run(sql, Connection);

    // Prepared once: to parse what each transaction begins and ends with takes longer than to do it.
    private void Step(string sql)
    {
        if (!_statements.TryGetValue(sql, out sqlite3_stmt? statement))
        {
            SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(Connection.Handle, sql, out statement), Connection.Handle);
            _statements.Add(sql, statement);
        }

        while (raw.sqlite3_step(statement) == raw.SQLITE_ROW)
        {
        }

        // Tells how the steps went.
        SqliteException.ThrowExceptionForRC(raw.sqlite3_reset(statement), Connection.Handle);
    }

    // Not as a command: that would wait for locks in its own way.
    private static void Run(string sql, SqliteConnection connection) =>
        SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(connection.Handle, sql), connection.Handle);

    private void Migrate()
    {
        int version = Read(ReadVersion);
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
        // Into the file itself, so that it does not look like a new one to whoever finds it without its log.
        Run("PRAGMA wal_checkpoint");
    }

    // As a rule, what the file is too short for is in the log. If it is not, it has been cut off, which SQLite itself
    // would notice only on coming across a page that is not there.
    private void CheckLength()
    {
        long length = Read(() => Query(
            "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", static r => r.GetInt64(0))[0]);
        if (FileStatus.Of(_path)?.Length >= length) return;
        if (Read(() => Query("PRAGMA quick_check(1)", static r => r.GetString(0))[0]) == "ok") return;
        throw new NetworkException(
            NetworkError.StateUnavailable, $"The state database {_path} has been cut off.", RestoreAction);
    }

    private int ReadVersion() => Query("PRAGMA user_version", static r => r.GetInt32(0))[0];

    private string RestoreAction =>
        $"Bring back a copy of it (Get-Help about_MacIpvlan). To start afresh, remove {_path} and all files whose names begin so.";

    private T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        // The others: rows that hold what this module never wrote; files that cannot be made.
        catch (Exception e) when (e is SqliteException or FormatException or ArgumentException or InvalidCastException
            or IOException or UnauthorizedAccessException)
        {
            throw new NetworkException(
                NetworkError.StateUnavailable,
                $"The state database {_path} cannot be used: {(IsFull(e) ? "the disk is full" : e.Message.TrimEnd('.'))}.",
                IsFull(e) ? "Free some space and repeat the command." : Action((e as SqliteException)?.SqliteErrorCode));
        }
    }

    // The second: no room for the log's index, which SQLite takes for a failure of the disk.
    private static bool IsFull(Exception exception) =>
        exception is SqliteException { SqliteErrorCode: Full } or SqliteException { SqliteExtendedErrorCode: NoRoomForIndex };

    private string Action(int? error) => error switch
    {
        ReadOnly or CannotOpen => "Make its folder writable to you, or point MACIPVLAN_STATE at a file in another one.",
        Corrupt or NotADatabase =>
            RestoreAction + " MACIPVLAN_STATE says which file is the database.",
        _ => "Check the file, the free space and the rights of its folder, or point MACIPVLAN_STATE at another file.",
    };
}
