using System.Globalization;
using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using SQLitePCL;

namespace MacIpvlan.State.Sqlite;

/// <summary>
/// A row of a query, whose values are checked before they are used. SQLite stores any value in any column, and its numbers
/// and texts would be converted to something else without a word.
/// </summary>
internal sealed class StateRow(sqlite3_stmt statement)
{
    // Lists can be as long as a definition, other texts are names and paths.
    private const int MaxListLength = 16 << 20;
    private const int MaxTextLength = 4096;
    private int _column;

    public bool IsDBNull(int column) => TypeOf(column) == raw.SQLITE_NULL;

    /// <summary>A name, a path or another short text.</summary>
    /// <exception cref="FormatException">It isn't one. So are all exceptions of this class.</exception>
    public string GetString(int column)
    {
        string text = GetText(column, MaxTextLength);
        return text.AsSpan().ContainsAnyInRange('\0', '\x1f') || text.AsSpan().ContainsAnyInRange('\x7f', '\x9f') ? throw new FormatException("it has control characters") : text;
    }

    /// <summary>The items of a list, as texts.</summary>
    public string[] GetList(int column, char separator = ' ') =>
        GetText(column, MaxListLength).Split(separator, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A number that isn't negative.</summary>
    public int GetInt32(int column, int least = 0, int most = int.MaxValue)
    {
        long number = GetInt64(column);
        return number >= least && number <= most ? (int)number : throw new FormatException($"{number} isn't from {least} to {most}");
    }

    /// <summary>A number that isn't negative; null if there is no number.</summary>
    public int? FindInt32(int column) => IsDBNull(column) ? null : GetInt32(column);

    public long GetInt64(int column) => Require(column, raw.SQLITE_INTEGER, "a whole number") ? raw.sqlite3_column_int64(statement, column) : 0;

    /// <summary>Three columns from this one on: two rates, and a number of bytes.</summary>
    public BandwidthLimits GetBandwidth(int column) => new(
        FindRate(column), FindRate(column + 1), IsDBNull(column + 2) ? null : GetInt32(column + 2, BandwidthLimits.LeastBurst, BandwidthLimits.MostBurst));

    private Bandwidth? FindRate(int column) => IsDBNull(column) ? null : GetInt64(column) is long bits and not 0 ? new(bits) : Bandwidth.Unlimited;

    public bool GetBoolean(int column) => GetInt32(column, 0, 1) == 1;

    /// <summary>A Boolean; null if there is no value.</summary>
    public bool? FindBoolean(int column) => IsDBNull(column) ? null : GetBoolean(column);

    /// <summary>A value of an enumeration by its name. Its number could mean another value.</summary>
    public T GetEnum<T>(int column) where T : struct, Enum => ParseEnum<T>(GetString(column));

    /// <summary>Parses the name of a value of an enumeration.</summary>
    public static T ParseEnum<T>(string name) where T : struct, Enum
    {
#pragma warning disable CA2263 // The generic overloads aren't compiled ahead of time.
        return Enum.GetNames(typeof(T)).Contains(name) ? (T)Enum.Parse(typeof(T), name) : throw new FormatException($"'{name}' isn't a {typeof(T).Name}");
#pragma warning restore CA2263
    }

    /// <summary>An address from its bytes.</summary>
    public AddressValue GetAddress(int column)
    {
        Require(column, raw.SQLITE_BLOB, "the bytes of an address");
        return raw.sqlite3_column_bytes(statement, column) is 4 or 16
            ? AddressValue.FromBytes(raw.sqlite3_column_blob(statement, column))
            : throw new FormatException("it doesn't have the 4 or 16 bytes of an address");
    }

    /// <summary>Bytes, up to a number.</summary>
    public byte[] GetBytes(int column, int most)
    {
        Require(column, raw.SQLITE_BLOB, "bytes");
        return raw.sqlite3_column_bytes(statement, column) <= most
            ? raw.sqlite3_column_blob(statement, column).ToArray()
            : throw new FormatException($"it is longer than {most} bytes");
    }

    /// <summary>A MAC address; empty if there is none yet.</summary>
    public PhysicalAddress GetMacAddress(int column) => ParseMacAddress(GetString(column));

    /// <summary>Parses a MAC address, which can be empty.</summary>
    public static PhysicalAddress ParseMacAddress(string text)
    {
        PhysicalAddress address = PhysicalAddress.Parse(text);
        return address.GetAddressBytes().Length is 0 or 6 ? address : throw new FormatException($"'{text}' isn't a MAC address");
    }

    /// <summary>Names the table, the column that was read last, and the row.</summary>
    public string Describe()
    {
        string table = raw.sqlite3_column_table_name(statement, _column).utf8_to_string() ?? "?";
        // Rows are found by this number whatever is in their columns.
        int last = raw.sqlite3_column_count(statement) - 1;
        string row = NameOf(last) == "rowid" ? string.Create(CultureInfo.InvariantCulture, $", rowid {raw.sqlite3_column_int64(statement, last)}") : "";
        return $"the table {table}{row}, column {raw.sqlite3_column_origin_name(statement, _column).utf8_to_string() ?? NameOf(_column)}";
    }

    private string GetText(int column, int limit)
    {
        Require(column, raw.SQLITE_TEXT, "a text");
        // Measured before it is copied.
        return raw.sqlite3_column_bytes(statement, column) <= limit
            ? raw.sqlite3_column_text(statement, column).utf8_to_string()
            : throw new FormatException($"it is longer than {limit} bytes");
    }

    private string NameOf(int column) => raw.sqlite3_column_name(statement, column).utf8_to_string();

    private int TypeOf(int column) => raw.sqlite3_column_type(statement, _column = column);

    private bool Require(int column, int type, string what) => TypeOf(column) == type ? true : throw new FormatException($"it isn't {what}");
}
