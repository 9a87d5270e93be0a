using System.Text;

namespace MacIpvlan;

/// <summary>
/// Names in options. They end up in files and on screens, so only host names (RFC 1123 2.1) are accepted: labels of up to
/// 63 letters, digits and inner hyphens, in all up to 253 characters.
/// </summary>
internal static class DhcpNames
{
    private const int MaxNames = 32;
    private const int MaxLength = 253;
    private const int MaxLabel = 63;
    private const int Pointer = 0xc0;

    /// <summary>A host name or domain of an option; null if it isn't one. Zero bytes at its end are removed (RFC 2132 2).</summary>
    public static string? Read(ReadOnlySpan<byte> value)
    {
        value = value.TrimEnd((byte)0);
        if (value.EndsWith("."u8)) value = value[..^1];
        string name = Encoding.Latin1.GetString(value);
        return IsHostName(name) ? name : null;
    }

    /// <summary>Whether a text is a host name with or without a domain.</summary>
    public static bool IsHostName(string name)
    {
        if (name.Length is 0 or > MaxLength) return false;
        int start = 0;
        bool isNumber = false;
        for (int end = 0; end <= name.Length; end++)
        {
            if (end < name.Length && name[end] != '.') continue;
            ReadOnlySpan<char> label = name.AsSpan(start, end - start);
            if (!IsLabel(label)) return false;
            isNumber = start > 0 && !label.ContainsAnyExceptInRange('0', '9');
            start = end + 1;
        }

        // 192.168.1.1 is an address.
        return !isNumber;
    }

    /// <summary>
    /// The names of a domain search option (RFC 3397), encoded as in DNS (RFC 1035 4.1.4). A pointer leads to the front, so
    /// that reading ends.
    /// </summary>
    /// <param name="value">The whole value: pointers count from its start.</param>
    /// <returns>Up to 32 different names; those that aren't host names are left out. Empty if the encoding is malformed.</returns>
    public static IReadOnlyList<string> ReadSearch(ReadOnlySpan<byte> value)
    {
        List<string> names = [];
        StringBuilder name = new();
        for (int at = 0; at < value.Length; )
        {
            if (!TryRead(value, ref at, name.Clear())) return [];
            string text = name.ToString();
            if (names.Count < MaxNames && IsHostName(text) && !names.Contains(text)) names.Add(text);
        }

        return names;
    }

    private static bool TryRead(ReadOnlySpan<byte> value, ref int at, StringBuilder name)
    {
        int position = at, limit = at, length = 0;
        bool isAtHome = true;
        while (position < value.Length)
        {
            int size = value[position];
            if (size >= Pointer)
            {
                if (position + 1 == value.Length) return false;
                int target = ((size & ~Pointer) << 8) | value[position + 1];
                if (isAtHome) at = position + 2;
                isAtHome = false;
                if (target >= limit) return false;
                position = limit = target;
                continue;
            }

            position++;
            if (size == 0)
            {
                if (isAtHome) at = position;
                return true;
            }

            length += size + 1;
            if (size > MaxLabel || size > value.Length - position || length > MaxLength + 1) return false;
            if (name.Length > 0) name.Append('.');
            // A dot in a label isn't between two labels.
            foreach (byte b in value.Slice(position, size)) name.Append(b == '.' ? '?' : (char)b);
            position += size;
        }

        return false;
    }

    private static bool IsLabel(ReadOnlySpan<char> label)
    {
        if (label.Length is 0 or > MaxLabel || label[0] == '-' || label[^1] == '-') return false;
        foreach (char c in label)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-') return false;
        }

        return true;
    }
}
