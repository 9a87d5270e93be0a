using System.Data;
using Npgsql;
using NpgsqlTypes;

namespace MacIpvlan.Fleet;

/// <summary>A question to a database, in one round trip.</summary>
/// <param name="connection">The connection.</param>
/// <param name="time">How long the answer can take.</param>
internal readonly struct DatabaseQuestion(NpgsqlConnection connection, TimeSpan time)
{
    /// <summary>The connection.</summary>
    public NpgsqlConnection Connection => connection;

    /// <summary>Runs a query.</summary>
    /// <param name="sql">The query.</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="values">Its parameters, as texts that the query converts.</param>
    public List<T> Read<T>(string sql, Func<NpgsqlDataReader, T> read, params string?[] values)
    {
        using NpgsqlCommand command = new(sql, connection) { CommandTimeout = Math.Max(1, (int)time.TotalSeconds) };
        foreach (string? value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        }

        using NpgsqlDataReader reader = command.ExecuteReader(CommandBehavior.SingleResult);
        List<T> rows = [];
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    /// <summary>Runs statements.</summary>
    public void Execute(string sql)
    {
        using NpgsqlCommand command = new(sql, connection) { CommandTimeout = Math.Max(1, (int)time.TotalSeconds) };
        command.ExecuteNonQuery();
    }

    /// <summary>Runs a function that returns nothing of interest.</summary>
    public void Run(string sql, params string?[] values) => Read(sql, static _ => "", values);
}
