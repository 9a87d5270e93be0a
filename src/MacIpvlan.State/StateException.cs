using System.Globalization;
using SQLitePCL;

namespace MacIpvlan.State.Sqlite;

/// <summary>An error of SQLite.</summary>
/// <param name="result">The result of the call that failed, with its details (extended result codes).</param>
/// <param name="connection">The connection, which has the message if nothing else has been called since.</param>
internal sealed class StateException(int result, sqlite3 connection) : Exception(Describe(result, connection))
{
    /// <summary>The result without its details: the lowest byte, as SQLITE_BUSY.</summary>
    public int Code { get; } = result & 0xff;

    /// <summary>The result with its details, as SQLITE_CONSTRAINT_UNIQUE.</summary>
    public int ExtendedCode { get; } = result;

    private static string Describe(int result, sqlite3 connection)
    {
        bool isLatest = !connection.IsInvalid && raw.sqlite3_extended_errcode(connection) == result;
        string text = (isLatest ? raw.sqlite3_errmsg(connection) : raw.sqlite3_errstr(result)).utf8_to_string();
        return string.Create(CultureInfo.InvariantCulture, $"SQLite error {result & 0xff}: {text}");
    }
}
