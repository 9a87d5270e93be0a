using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MacIpvlan.Yaml;

/// <summary>
/// The values of scalars, as Compose's parser (go-yaml) has them: those of the core schema of YAML 1.2, with numbers such as
/// 1_000, 0b11 and 0777. Words such as yes and on are texts.
/// </summary>
internal static partial class YamlScalar
{
    /// <summary>What the tags of YAML itself begin with.</summary>
    public const string TagPrefix = "tag:yaml.org,2002:";

    /// <summary>Reads a scalar.</summary>
    /// <exception cref="NetworkException">InvalidDefinition: its tag isn't supported, or not true of it.</exception>
    public static JsonValue? Read(Scalar scalar, YamlEvents events)
    {
        if (scalar.Tag.IsEmpty || scalar.Tag.Value is "!reset" or "!override")
        {
            return scalar.Style == ScalarStyle.Plain ? Resolve(scalar.Value) : JsonValue.Create(scalar.Value);
        }

        JsonValue? value = Resolve(scalar.Value);
        return scalar.Tag.Value switch
        {
            "!" or TagPrefix + "str" => JsonValue.Create(scalar.Value),
            TagPrefix + "null" when value is null => null,
            TagPrefix + "bool" when value?.TryGetValue(out bool _) == true => value,
            TagPrefix + "int" when value?.TryGetValue(out long _) == true => value,
            TagPrefix + "float" when value?.TryGetValue(out long _) == true || value?.TryGetValue(out double _) == true => value,
            _ => throw events.Invalid("has a tag that isn't supported, or isn't true of its value"),
        };
    }

    private static JsonValue? Resolve(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when char.IsAsciiDigit(text[0]) || text[0] is '-' or '+' or '.' => ResolveNumber(text),
        _ => JsonValue.Create(text),
    };

    private static JsonValue ResolveNumber(string text)
    {
        string digits = text.Replace("_", "", StringComparison.Ordinal);
        if (ReadWhole(digits) is long number) return JsonValue.Create(number);
        return Fraction().IsMatch(digits) && double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? JsonValue.Create(value)
            : JsonValue.Create(text);
    }

    private static long? ReadWhole(ReadOnlySpan<char> text)
    {
        bool isNegative = text is ['-', ..];
        ReadOnlySpan<char> digits = text is ['-' or '+', ..] ? text[1..] : text;
        long numberBase = digits switch
        {
            ['0', 'x' or 'X', ..] => 16,
            ['0', 'b' or 'B', ..] => 2,
            ['0', 'o' or 'O', ..] => 8,
            ['0', _, ..] => 8,
            _ => 10,
        };
        if (digits is ['0', 'x' or 'X' or 'b' or 'B' or 'o' or 'O', ..]) digits = digits[2..];
        if (digits.IsEmpty) return null;
        long value = 0;
        foreach (char digit in digits)
        {
            int next = char.IsAsciiDigit(digit) ? digit - '0' : char.IsAsciiHexDigitLower(digit) ? digit - 'a' + 10 : char.IsAsciiHexDigitUpper(digit) ? digit - 'A' + 10 : 16;
            if (next >= numberBase || value > (long.MaxValue - next) / numberBase) return null;
            value = (value * numberBase) + next;
        }

        return isNegative ? -value : value;
    }

    [GeneratedRegex(@"\A[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Fraction();
}
