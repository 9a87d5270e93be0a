using System.Globalization;

namespace MacIpvlan.Addressing;

/// <summary>
/// A rate in bits a second, counted as tc(8) counts it: with the Ethernet header of each packet. Its text has the units of tc.
/// </summary>
public sealed record Bandwidth
{
    /// <summary>The lowest rate in bits a second: a packet of 1,500 bytes takes one and a half seconds.</summary>
    public const long Least = 8_000;

    /// <summary>The highest rate in bits a second.</summary>
    public const long Most = 1_000_000_000_000;

    private const int BitsInByte = 8;
    private const int MostDigitsInUnit = 3;
    private const string UnlimitedText = "unlimited";

    // The largest first.
    private static readonly (string Name, long Bits)[] s_units =
        [("Tbit", 1_000_000_000_000), ("Gbit", 1_000_000_000), ("Mbit", 1_000_000), ("Kbit", 1_000), ("bit", 1)];

    private static readonly (string Name, long Bits)[] s_binaryUnits = [("Tibit", 1L << 40), ("Gibit", 1L << 30), ("Mibit", 1L << 20), ("Kibit", 1L << 10)];

    private Bandwidth() => BitsPerSecond = 0;

    /// <summary>A rate in bits a second.</summary>
    /// <exception cref="FormatException">It isn't from <see cref="Least"/> to <see cref="Most"/>.</exception>
    public Bandwidth(long bitsPerSecond) => BitsPerSecond = bitsPerSecond is >= Least and <= Most ? bitsPerSecond
        : throw Unreadable(bitsPerSecond.ToString(CultureInfo.InvariantCulture), "it isn't from 8Kbit to 1Tbit");

    /// <summary>No limit, even where there is one by default.</summary>
    public static Bandwidth Unlimited { get; } = new();

    /// <summary>The rate in bits a second; zero if it's unlimited.</summary>
    public long BitsPerSecond { get; }

    /// <summary>The rate in bytes a second, as the kernel has it; zero if it's unlimited.</summary>
    public long BytesPerSecond => BitsPerSecond / BitsInByte;

    /// <summary>
    /// Parses a number and one of the units bit, Kbit, Mbit, Gbit, Tbit (powers of 1,000), Kibit, Mibit, Gibit and Tibit (powers
    /// of 1,024), regardless of case; a number of bits a second; or unlimited.
    /// </summary>
    /// <exception cref="FormatException">The text isn't in one of these forms.</exception>
    public static Bandwidth Parse(string text)
    {
        string word = text.Trim();
        if (word.Equals(UnlimitedText, StringComparison.OrdinalIgnoreCase)) return Unlimited;
        int end = 0;
        while (end < word.Length && (char.IsAsciiDigit(word[end]) || word[end] == '.')) end++;
        string number = word[..end], unit = word[end..].TrimStart();
        long scale = ScaleOf(unit) ?? throw Unreadable(text, ReasonAgainst(unit));
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)) throw Unreadable(text, "it doesn't begin with a number");
        if (value > Most / (decimal)scale || value * scale < Least) throw Unreadable(text, "it isn't from 8Kbit to 1Tbit");
        return new((long)(value * scale));
    }

    /// <summary>The number in the largest unit that needs no more than three decimals, such as 1.5Gbit; or unlimited.</summary>
    public override string ToString()
    {
        if (BitsPerSecond == 0) return UnlimitedText;
        (string name, long bits) = s_units.First(u => BitsPerSecond >= u.Bits && decimal.Round((decimal)BitsPerSecond / u.Bits, MostDigitsInUnit) * u.Bits == BitsPerSecond);
        return ((decimal)BitsPerSecond / bits).ToString("0.###", CultureInfo.InvariantCulture) + name;
    }

    private static long? ScaleOf(string unit)
    {
        if (unit.Length == 0) return 1;
        foreach ((string name, long bits) in (((string, long)[])[.. s_units, .. s_binaryUnits]))
        {
            if (unit.Equals(name, StringComparison.OrdinalIgnoreCase)) return bits;
        }

        return null;
    }

    // tc reads 50mbps as 50 million bytes a second, and most people as bits.
    private static string ReasonAgainst(string unit) => unit.EndsWith("bps", StringComparison.OrdinalIgnoreCase)
        ? "bps means bytes a second to tc, and bits a second to others"
        : "its unit isn't bit, Kbit, Mbit, Gbit, Tbit, Kibit, Mibit, Gibit or Tibit";

    private static FormatException Unreadable(string text, string reason) => new(
        $"'{text}' isn't a bandwidth: {reason}. Specify bits a second, such as 50Mbit, 1.5Gbit or 50000000, or unlimited.");
}
