using System.Globalization;

namespace MacIpvlan;

/// <summary>Shortens large numbers for people, with the prefixes of the SI: 1,234,567 is 1.23 M.</summary>
public static class ScaledNumber
{
    private const double Step = 1000;
    private static readonly string[] s_prefixes = ["", "k", "M", "G", "T", "P", "E"];

    /// <summary>Formats a number with its unit and three digits, such as 1.23 MB. Below a thousand, it has no fraction.</summary>
    public static string Format(double number, string unit)
    {
        int prefix = 0;
        // What would be rounded to a thousand has the next prefix.
        while (number >= Step - 0.5 && prefix < s_prefixes.Length - 1) (number, prefix) = (number / Step, prefix + 1);
        string digits = prefix == 0 ? "0" : number < 9.995 ? "0.00" : number < 99.95 ? "0.0" : "0";
        return $"{number.ToString(digits, CultureInfo.InvariantCulture)} {s_prefixes[prefix]}{unit}".TrimEnd();
    }
}
