using System.Diagnostics;
using MacIpvlan.Linux;
using SQLitePCL;

namespace MacIpvlan.State.Sqlite;

/// <summary>
/// Opens the database: folder, connection, pragmas, schema version and transactions. No other code opens it.
/// </summary>
internal sealed partial class StateDatabase : IDisposable
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

    // How long SQLite itself waits for a lock before this class decides whether to wait longer.
    private const int BusyTimeoutMilliseconds = 100;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);
    private static readonly string[] s_beginWrite = ["BEGIN IMMEDIATE"];
    private static readonly string[] s_beginRead = ["BEGIN", "SELECT 1 FROM sqlite_schema LIMIT 1"];
    private readonly Dictionary<string, StateStatement> _statements = [];
    private readonly Action<TimeSpan> _pause;
    private readonly string _path;
    private readonly uint? _readers;
    private StateConnection? _connection;
    private bool _isReadOnly;

    // Before anything else of SQLite. If that has already been used, only speed is lost.
    static StateDatabase()
    {
        // Loads the library.
        Batteries_V2.Init();
        // This class lets one thread at a time use a connection, and nobody asks how much memory SQLite has. Otherwise, each
        // call and each allocation acquires a lock.
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    /// <summary>
    /// Opens the database, and creates the folder and the schema if they're missing. A user who can't write to the
    /// database can read it.
    /// </summary>
    /// <param name="path">The database file.</param>
    /// <param name="pause">Waits for a time, or throws to give up.</param>
    /// <exception cref="NetworkException">StateUnavailable, with the reason.</exception>
    public StateDatabase(string path, Action<TimeSpan> pause)
    {
        (_path, _pause) = (path, pause);
        _readers = StateFolder.Ensure(path);
        Guard(() =>
        {
            EnsureFile();
            return _connection = new(path);
        });
        try
        {
            Guard(() =>
            {
                raw.sqlite3_busy_timeout(Connection.Handle, BusyTimeoutMilliseconds);
                // SQLite opens a file that it can't write to as well as it can.
                _isReadOnly = raw.sqlite3_db_readonly(Connection.Handle, "main") == 1;
                // Otherwise each command, usually the only user, would write even a short log back on exit and wait
                // for the disk.
                _ = raw.sqlite3_db_config(Connection.Handle, NoCheckpointOnClose, 1, out _);
                // A power failure loses the kernel's links too, so waiting for the disk has no benefit.
                RunPatiently(["PRAGMA synchronous = NORMAL"]);
                // A copy that VACUUM created doesn't have this setting.
                RunPatiently(["PRAGMA journal_mode = WAL"]);
                // Else SQLite itself would write the log back and begin it again, without the mark.
                Run("PRAGMA wal_autocheckpoint = 0");
                CheckLog();
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

    public StateConnection Connection => _connection!;

    /// <summary>Runs the work in one transaction that holds the write lock from its start.</summary>
    /// <exception cref="NetworkException">StateUnavailable, or whatever the work throws.</exception>
    public T Write<T>(Func<T> work)
    {
        ThrowIfReadOnly();
        Guard(() =>
        {
            lock (_statements) PrepareLog();
            return 0;
        });
        return InTransaction(work, s_beginWrite);
    }

    /// <summary>Fails if this user can't change the database.</summary>
    /// <exception cref="NetworkException">StateUnavailable.</exception>
    public void ThrowIfReadOnly()
    {
        if (!_isReadOnly) return;
        throw new NetworkException(
            NetworkError.StateUnavailable,
            $"This user can read the state database {_path}, but not change it.",
            "Run the command as root or as the user who owns the database.");
    }

    /// <summary>Runs the work in one transaction that reads a consistent state.</summary>
    /// <exception cref="NetworkException">StateUnavailable, or whatever the work throws.</exception>
    // Reading the schema acquires the lock, so later reads don't wait.
    public T Read<T>(Func<T> work) => InTransaction(work, s_beginRead);

    /// <summary>Runs a part of a transaction's work. If it fails, only this part is undone.</summary>
    public T Part<T>(Func<T> work)
    {
        Execute("SAVEPOINT part");
        return AllOrNothing(work, "RELEASE part", "ROLLBACK TO part; RELEASE part");
    }

    /// <summary>Runs a statement.</summary>
    /// <returns>The number of changed rows.</returns>
    public int Execute(string sql, params object?[] values)
    {
        StateStatement statement = Prepare(sql);
        try
        {
            statement.Bind(values);
            while (statement.Step())
            {
            }

            return raw.sqlite3_changes(Connection.Handle);
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>Runs a query.</summary>
    /// <exception cref="NetworkException">StateUnavailable: a row has a value that this module never wrote.</exception>
    public List<T> Query<T>(string sql, Func<StateRow, T> read, params object?[] values)
    {
        List<T> rows = [];
        StateStatement statement = Prepare(sql);
        StateRow row = new(statement.Handle);
        try
        {
            statement.Bind(values);
            while (statement.Step()) rows.Add(Read(row, read));
            return rows;
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>SQLite's data version, which changes when another connection changes the database.</summary>
    public long GetDataVersion() => Read(() => Number("PRAGMA data_version"));

    public void Dispose()
    {
        if (!_isReadOnly && LogLength > MaxLogLength) ShortenLog();
        foreach (StateStatement statement in _statements.Values) statement.Dispose();
        Connection.Dispose();
    }

    // The file is moved into place when it's complete, so an empty file has lost its contents.
    private void EnsureFile()
    {
        if (FileStatus.Of(_path) is null) CreateFile();
        if (FileStatus.Of(_path)?.Length > 0) return;
        throw new NetworkException(
            NetworkError.StateUnavailable,
            $"The state database {_path} is empty: its contents have been truncated.",
            RestoreAction);
    }

    private void CreateFile()
    {
        using TopologyLock only = new(_path + ".lock", _pause);
        // Another process may have created the file while this one waited.
        if (FileStatus.Of(_path) is not null) return;
        if (only.IsMarked || LogLength > 0)
        {
            throw new NetworkException(
                NetworkError.StateUnavailable,
                $"The state database {_path} is missing, although files next to it show that it existed.",
                RestoreAction);
        }

        string draft = _path + ".new";
        File.Delete(draft);
        try
        {
            new FileStream(draft, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = StateFolder.FileMode,
            }).Dispose();
            // This also restores the permissions that the umask removed. SQLite gives its other files the same ones.
            StateFolder.SetRights(draft, _readers);
            using (StateConnection connection = new(draft))
            {
                // A change writes each page that it touches to the log, and the next command reads the log. A command touches
                // a few rows here and there, so small pages are a quarter of the work.
                connection.Run("PRAGMA page_size = 1024");
                // The journal mode is stored in the file, so this also writes the first page.
                connection.Run("PRAGMA journal_mode = WAL");
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
        // The threads of a command share the connection and run one transaction at a time.
        lock (_statements)
        {
            RunPatiently(begin);
            return AllOrNothing(work, "COMMIT", "ROLLBACK");
        }
    });

    // Ends a transaction or savepoint that has begun.
    private T AllOrNothing<T>(Func<T> work, string keep, string undo)
    {
        try
        {
            T result = work();
            Execute(keep);
            return result;
        }
        catch
        {
            // Some failures end the transaction themselves. This call then fails too, which has no effect.
            _ = raw.sqlite3_exec(Connection.Handle, undo);
            throw;
        }
    }

    // Only here does a command wait for others: in WAL mode, a transaction that has begun is never refused a lock.
    private void RunPatiently(string[] statements)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                foreach (string sql in statements) Execute(sql);
                return;
            }
            catch (StateException e) when (e.Code == Busy)
            {
                _ = raw.sqlite3_exec(Connection.Handle, "ROLLBACK");
            }

            if (Stopwatch.GetElapsedTime(start) > s_patience)
            {
                throw new NetworkException(
                    NetworkError.StateUnavailable,
                    $"The state database {_path} has been locked by another process for {s_patience.TotalSeconds:0} seconds"
                    + $"{LockHolders.Describe(_path, _path + "-shm")}.",
                    "Repeat the command when that process has finished. A backup or an sqlite3 session can hold the "
                    + "lock too.");
            }

            _pause(s_pause);
        }
    }

    private void Run(string sql) => Connection.Run(sql);

    // Prepared once, because parsing most statements takes longer than running them.
    private StateStatement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out StateStatement? statement))
        {
            statement = new(Connection, sql);
            _statements.Add(sql, statement);
        }

        return statement;
    }

    private T Read<T>(StateRow row, Func<StateRow, T> read)
    {
        try
        {
            return read(row);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException or InvalidOperationException)
        {
            throw new NetworkException(
                NetworkError.StateUnavailable,
                $"The state database {_path} has an invalid value in {row.Describe()}: {e.Message.TrimEnd('.')}.",
                RestoreAction);
        }
    }

    private void Migrate()
    {
        int version = Read(ReadVersion);
        if (version == Schema.Steps.Length) return;
        if (version < Schema.Steps.Length && _isReadOnly)
        {
            throw new NetworkException(
                NetworkError.StateUnavailable,
                $"The state database {_path} was written by an older version of this module.",
                "Run a command as root, for example Get-ContainerNetwork. It brings the database up to date.");
        }

        if (version > Schema.Steps.Length)
        {
            throw new NetworkException(
                NetworkError.StateUnavailable,
                $"The state database {_path} has schema version {version}, but this module supports versions "
                + $"up to {Schema.Steps.Length}.",
                "Use the version of the module that wrote the database, or a newer version.");
        }

        InTransaction(
            () =>
            {
                // Another process may have migrated it while this one waited for the lock.
                for (version = ReadVersion(); version < Schema.Steps.Length; version++) Run(Schema.Steps[version]);
                return Execute($"PRAGMA user_version = {version}");
            },
            s_beginWrite);
        // Writes the schema into the file itself, so that the file doesn't look new without its log.
        SetMark(NeedsLog);
        Run("PRAGMA wal_checkpoint");
        SetMark(0);
    }

    // If the file is too short, the missing pages are usually in the log. If they aren't, the file has been truncated,
    // which SQLite itself would notice only when it reads a missing page.
    private void CheckLength()
    {
        long length = Read(() => Number("PRAGMA page_count") * Number("PRAGMA page_size"));
        if (FileStatus.Of(_path)?.Length >= length) return;
        if (Read(() => Query("PRAGMA quick_check(1)", static r => r.GetString(0))[0]) == "ok") return;
        throw new NetworkException(
            NetworkError.StateUnavailable, $"The state database {_path} has been truncated.", RestoreAction);
    }

    private int ReadVersion() => (int)Number("PRAGMA user_version");

    private long Number(string sql) => Query(sql, static r => r.GetInt64(0))[0];

    private string RestoreAction =>
        $"Restore a copy of it (Get-Help about_MacIpvlan_State). To start over, remove {_path} and all files whose "
        + "names begin with it.";

    private T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        // Besides SQLite's errors: rows with values that this module never wrote, and files that can't be created.
        catch (Exception e) when (e is StateException or FormatException or ArgumentException or InvalidCastException
            or IOException or UnauthorizedAccessException)
        {
            throw new NetworkException(
                NetworkError.StateUnavailable,
                $"The state database {_path} can't be used: {(IsFull(e) ? "the disk is full" : e.Message.TrimEnd('.'))}.",
                IsFull(e) ? "Free some space and repeat the command." : Action((e as StateException)?.Code));
        }
    }

    // If there's no space for the log's index, SQLite reports a disk failure (the second case).
    private static bool IsFull(Exception exception) =>
        exception is StateException { Code: Full } or StateException { ExtendedCode: NoRoomForIndex };

    private string Action(int? error) => error switch
    {
        ReadOnly or CannotOpen => "Make its folder writable, or set MACIPVLAN_STATE to a file in another folder.",
        Corrupt or NotADatabase =>
            RestoreAction + " MACIPVLAN_STATE specifies which file is the database.",
        _ => "Check the file, the free space and its folder's permissions, or set MACIPVLAN_STATE to another file.",
    };
}
