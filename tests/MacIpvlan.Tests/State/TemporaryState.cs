using MacIpvlan.State.Sqlite;
using Microsoft.Data.Sqlite;

namespace MacIpvlan.Tests.State;

/// <summary>A state database in a folder of its own, gone afterwards.</summary>
internal sealed class TemporaryState : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("macipvlan-");

    /// <summary>The folder.</summary>
    public string Folder => _folder.FullName;

    /// <summary>The database's file.</summary>
    public string Path => System.IO.Path.Combine(Folder, "state.db");

    /// <summary>Opens the database as the module does.</summary>
    public SqliteStateStore Open(string host = "host1", TimeProvider? clock = null) => new(Path, host, clock: clock);

    /// <summary>Runs SQL beside the store: what is written is looked at without the code that wrote it.</summary>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read)
    {
        using SqliteConnection connection = Connect();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The SQL is the test's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        using SqliteDataReader reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    /// <summary>How many rows a table has.</summary>
    public int Count(string table) => Query($"SELECT COUNT(*) FROM {table}", static r => r.GetInt32(0))[0];

    /// <summary>The runs of taken addresses, and the same as counted together from leases and foreign addresses.</summary>
    public (List<string> Runs, List<string> FromLeases) RunsAndLeases()
    {
        List<string> runs = Query(
            "SELECT pool_id, first, last FROM runs ORDER BY pool_id, length(first), first",
            static r => $"{r.GetInt64(0)} {Number(r, 1)}-{Number(r, 2)}");
        List<(long Pool, UInt128 First, UInt128 Last)> counted = [];
        foreach ((long pool, UInt128 number) in Query(
            "SELECT pool_id, address FROM leases UNION ALL SELECT pool_id, address FROM foreign_addresses ORDER BY 1, 2",
            static r => (r.GetInt64(0), Number(r, 1))))
        {
            if (counted.Count > 0 && counted[^1].Pool == pool && counted[^1].Last + 1 == number)
            {
                counted[^1] = counted[^1] with { Last = number };
            }
            else
            {
                counted.Add((pool, number, number));
            }
        }

        return (runs, [.. counted.Select(static c => $"{c.Pool} {c.First}-{c.Last}")]);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static UInt128 Number(SqliteDataReader row, int column) =>
        row.GetFieldValue<byte[]>(column).Aggregate(UInt128.Zero, static (number, b) => (number << 8) + b);

    private SqliteConnection Connect()
    {
        SqliteConnection connection = new(
            new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
