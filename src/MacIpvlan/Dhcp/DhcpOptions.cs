namespace MacIpvlan;

/// <summary>
/// The options of a message. An option that comes in several pieces has one value: the pieces in their order (RFC 3396 7).
/// </summary>
public sealed class DhcpOptions
{
    private const int HeaderSize = 2;
    private const int MaxPiece = 255;
    private readonly byte[]?[] _values = new byte[]?[256];
    private readonly List<byte> _codes = [];

    /// <summary>The codes of the options, in the order in which they came first.</summary>
    public IReadOnlyList<byte> Codes => _codes;

    /// <summary>An option's value; empty if the option is missing or has no value.</summary>
    public ReadOnlySpan<byte> this[byte code] => _values[code];

    /// <summary>Whether there is such an option.</summary>
    public bool Contains(byte code) => _values[code] is not null;

    /// <summary>Adds an option, or another piece of it.</summary>
    /// <param name="code">The code, 1 to 254.</param>
    /// <param name="value">The value. It's written in pieces of up to 255 bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The code is that of the padding or of the end.</exception>
    public void Add(byte code, ReadOnlySpan<byte> value)
    {
        if (code is DhcpOptionCode.Pad or DhcpOptionCode.End) throw new ArgumentOutOfRangeException(nameof(code));
        if (_values[code] is byte[] before)
        {
            _values[code] = [.. before, .. value];
            return;
        }

        _values[code] = value.ToArray();
        _codes.Add(code);
    }

    /// <summary>
    /// Reads the options of one field of a message, up to the end option or the end of the field. An overload option
    /// isn't kept, because it describes the message's layout.
    /// </summary>
    /// <param name="field">The field: the options themselves, 'file' or 'sname' (RFC 2131 4.1).</param>
    /// <param name="overload">The value of the field's overload option; 0 if there is none.</param>
    /// <returns>Null, or why the field is malformed.</returns>
    internal string? Read(ReadOnlySpan<byte> field, out byte overload)
    {
        overload = 0;
        while (!field.IsEmpty)
        {
            byte code = field[0];
            if (code == DhcpOptionCode.End) return null;
            if (code == DhcpOptionCode.Pad)
            {
                field = field[1..];
                continue;
            }

            if (field.Length < HeaderSize) return "an option has no length";
            int length = field[1];
            if (length > field.Length - HeaderSize) return "an option is longer than its field";
            ReadOnlySpan<byte> value = field.Slice(HeaderSize, length);
            field = field[(HeaderSize + length)..];
            if (code != DhcpOptionCode.Overload) Add(code, value);
            else if (overload == 0 && length == 1 && value[0] is >= 1 and <= 3) overload = value[0];
            else return "the overload option isn't valid";
        }

        return null;
    }

    /// <summary>The number of bytes that <see cref="Write"/> writes.</summary>
    internal int Size
    {
        get
        {
            int size = 1;
            foreach (byte code in _codes) size += _values[code]!.Length + (PiecesOf(_values[code]!) * HeaderSize);
            return size;
        }
    }

    /// <summary>Writes the options, long ones in pieces, and the end option.</summary>
    internal void Write(Span<byte> field)
    {
        int at = 0;
        foreach (byte code in _codes)
        {
            byte[] value = _values[code]!;
            for (int piece = 0; piece < PiecesOf(value); piece++)
            {
                int from = piece * MaxPiece, length = Math.Min(MaxPiece, value.Length - from);
                (field[at], field[at + 1]) = (code, (byte)length);
                value.AsSpan(from, length).CopyTo(field[(at + HeaderSize)..]);
                at += HeaderSize + length;
            }
        }

        field[at] = DhcpOptionCode.End;
    }

    // An option without a value is one piece as well.
    private static int PiecesOf(byte[] value) => Math.Max(1, (value.Length + MaxPiece - 1) / MaxPiece);
}
