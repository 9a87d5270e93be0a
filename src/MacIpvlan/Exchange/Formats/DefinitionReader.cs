using System.Globalization;
using System.Text.Json;
using MacIpvlan.Addressing;

namespace MacIpvlan.Formats;

/// <summary>
/// Reads a JSON object from an untrusted source, property by property, and can list the properties that nobody read. It
/// checks types and rejects text that could do harm where it is shown.
/// </summary>
internal sealed class DefinitionReader
{
    private const int MaxTextLength = 1024;
    private readonly Dictionary<string, JsonElement> _properties = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = [];
    private readonly List<DefinitionReader> _parts = [];
    private readonly List<string> _corrections = [];
    private readonly string _path;
    private readonly JsonElement _element;

    /// <param name="element">The object.</param>
    /// <param name="path">Its path in the whole text; empty for the root.</param>
    /// <exception cref="NetworkException">InvalidDefinition: it isn't an object, or has a property twice.</exception>
    public DefinitionReader(JsonElement element, string path)
    {
        (_element, _path) = (element, path);
        if (element.ValueKind != JsonValueKind.Object) throw Invalid(path, "is not an object");
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!_properties.TryAdd(property.Name, property.Value)) throw Invalid(PathOf(property.Name), "occurs twice");
        }
    }

    /// <summary>Its name, for messages; null if it has none that can be shown.</summary>
    public string? Name => NameOf(_element);

    /// <summary>Whether it has a property with this name and a value other than null.</summary>
    public bool Has(string name) => _properties.TryGetValue(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Whether it has a property with this name that is an object.</summary>
    public bool IsObject(string name) => _properties.TryGetValue(name, out JsonElement value) && value.ValueKind == JsonValueKind.Object;

    /// <summary>A string; null if it is missing.</summary>
    public string? Text(string name) => Find(name) is JsonElement value ? TextOf(value, PathOf(name)) : null;

    /// <summary>A required string.</summary>
    public string Need(string name) => Text(name) is { Length: > 0 } text ? text : throw Invalid(PathOf(name), "is missing");

    /// <summary>A required string, parsed.</summary>
    public T Need<T>(string name, Func<string, T> parse) => Parse(Need(name), PathOf(name), parse);

    /// <summary>A 32-bit integer; null if it is missing.</summary>
    public int? Number(string name)
    {
        if (Find(name) is not JsonElement value) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)
            ? number
            : throw Invalid(PathOf(name), "isn't a whole number in the valid range");
    }

    /// <summary>Whether it is true; false if it is missing.</summary>
    public bool Flag(string name) => Boolean(name) == true;

    /// <summary>A Boolean; null if it is missing.</summary>
    public bool? Boolean(string name) => Find(name) is not JsonElement value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Invalid(PathOf(name), "is neither true nor false");

    /// <summary>A string, parsed; null if it is missing or empty.</summary>
    public T? Value<T>(string name, Func<string, T> parse) where T : struct =>
        Text(name) is { Length: > 0 } text ? Parse(text, PathOf(name), parse) : null;

    /// <summary>An address, a subnet, a range or an interface identifier, parsed; null if it is missing or empty.</summary>
    public T? Address<T>(string name, Func<string, T> parse) where T : class =>
        Text(name) is { Length: > 0 } text ? Parse(text, PathOf(name), parse) : null;

    /// <summary>A required subnet of a format that allows host bits. They are cleared, and the warning says so.</summary>
    public IPPrefix NeedSubnet(string name) => Need(name, text => Masked(name, text));

    /// <summary>A range of a format that allows host bits; null if it is missing or empty.</summary>
    public AddressRange? MaskedRange(string name) => Address(name, text =>
    {
        if (!text.Contains('/')) return AddressRange.Parse(text);
        IPPrefix prefix = Masked(name, text);
        return new AddressRange(prefix.First, prefix.Last) { Typed = text };
    });

    /// <summary>A string that holds an object as JSON, or the object itself.</summary>
    public DefinitionReader NeedJson(string name)
    {
        if (Find(name) is not JsonElement value) throw Wrong(name, "is missing");
        if (value.ValueKind != JsonValueKind.String) return Part(value, PathOf(name));
        try
        {
            return Part(JsonElement.Parse(value.GetString()!), PathOf(name));
        }
        catch (JsonException)
        {
            throw Wrong(name, "isn't valid JSON");
        }
    }

    /// <summary>A list of strings, or one string, parsed; empty if it is missing.</summary>
    public IReadOnlyList<T> Values<T>(string name, Func<string, T> parse)
    {
        if (Find(name) is not JsonElement value) return [];
        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select((v, i) => Parse(TextOf(v, $"{PathOf(name)}[{i}]"), $"{PathOf(name)}[{i}]", parse))]
            : [Parse(TextOf(value, PathOf(name)), PathOf(name), parse)];
    }

    /// <summary>A range from its two ends. A missing end is that of the subnet; null if both are missing.</summary>
    public AddressRange? Range(string first, string last, IPPrefix subnet)
    {
        AddressValue? from = Address(first, AddressValue.Parse), to = Address(last, AddressValue.Parse);
        if (from is null && to is null) return null;
        AddressRange usable = AddressPool.Usable(subnet);
        AddressRange range = new(from ?? usable.First, to ?? usable.Last);
        // Other programs let a range end with the broadcast address; here, it ends with the last usable one.
        return range.First.Family == range.Last.Family && range.First <= range.Last
            ? range.Intersect(usable) ?? range
            : throw Wrong(first, $"is {range.First}, but the range ends with {range.Last}");
    }

    /// <summary>An object; null if it is missing.</summary>
    public DefinitionReader? Object(string name) => Find(name) is JsonElement value ? Part(value, PathOf(name)) : null;

    /// <summary>A list of objects; empty if it is missing.</summary>
    public IReadOnlyList<DefinitionReader> Objects(string name) =>
        Find(name) is JsonElement value ? Parts(value, PathOf(name)) : [];

    /// <summary>The items of a list with their paths; empty if it is missing.</summary>
    public IReadOnlyList<(JsonElement Item, string Path)> List(string name) =>
        Find(name) is JsonElement value ? [.. Items(value, PathOf(name))] : [];

    /// <summary>The properties of an object with their paths; empty if it is missing.</summary>
    public IReadOnlyList<(string Name, JsonElement Item, string Path)> Properties(string name) =>
        Find(name) is not JsonElement value ? []
        : value.ValueKind != JsonValueKind.Object ? throw Wrong(name, "is not an object")
        : [.. value.EnumerateObject().Select(p => (p.Name, p.Value, Join(PathOf(name), p.Name)))];

    /// <summary>A list of lists of objects; empty if it is missing.</summary>
    public IReadOnlyList<IReadOnlyList<DefinitionReader>> Lists(string name) =>
        Find(name) is JsonElement value ? [.. Items(value, PathOf(name)).Select(i => Parts(i.Item, i.Path))] : [];

    /// <summary>All properties, whatever their names.</summary>
    public IReadOnlyList<T> All<T>(Func<string, T> parse) => [.. _properties.Keys.Select(k => Need(k, parse))];

    /// <summary>All properties as strings, whatever their names. Null is empty.</summary>
    public Dictionary<string, string> Texts() => _properties.ToDictionary(static p => p.Key, p => Text(p.Key) ?? "", StringComparer.Ordinal);

    /// <summary>Ignores properties that aren't settings.</summary>
    public void PassOver(params string[] names) => _known.UnionWith(names);

    /// <summary>Ignores all its properties.</summary>
    public void PassOverAll() => _known.UnionWith(_properties.Keys);

    /// <summary>The paths of the properties that nobody read, here and in nested objects.</summary>
    public IEnumerable<string> Unread() => UnreadHere().Concat(_parts.SelectMany(static p => p.Unread()));

    /// <summary>The paths of the properties that nobody read, without nested objects.</summary>
    public IEnumerable<string> UnreadHere() => _properties.Keys.Where(n => !_known.Contains(n)).Select(PathOf);

    private IEnumerable<string> Corrections() => _corrections.Concat(_parts.SelectMany(static p => p.Corrections()));

    private IEnumerable<string> UnreadThatSaySomething() => _properties.Where(p => !_known.Contains(p.Key))
        .SelectMany(p => Leaves(p.Value, PathOf(p.Key))).Concat(_parts.SelectMany(static p => p.UnreadThatSaySomething()));

    /// <summary>
    /// Warns about the properties that nobody read and that have a value, and about cleared host bits: one warning each.
    /// </summary>
    public void WarnOfRest(string network, Action<string> warn)
    {
        string[] corrections = [.. Corrections().Distinct()];
        if (corrections.Length > 0) warn($"'{network}': host bits are ignored: {NameFirst(corrections, "; ")}.");
        string[] unread = [.. UnreadThatSaySomething().Select(Shortened)];
        if (unread.Length == 0) return;
        string are = unread.Length == 1 ? "has no counterpart here, and is" : "have no counterpart here, and are";
        warn($"'{network}': {NameFirst(unread, ", ")} {are} left out.");
    }

    /// <summary>Warns about labels, which aren't settings: one warning for all of them.</summary>
    public void WarnOfLabels(string name, string network, Action<string> warn)
    {
        string[] labels = [.. Properties(name).Select(static p => Join("", p.Name))];
        if (labels.Length == 0) return;
        string are = labels.Length == 1 ? "label has no counterpart here, and is" : "labels have no counterpart here, and are";
        warn($"'{network}': the {are} left out: {Phrase.NameSome(labels)}.");
    }

    /// <summary>The name of a network that may be unreadable otherwise, for messages.</summary>
    /// <returns>Null if it has no name that can be shown.</returns>
    public static string? NameOf(JsonElement network)
    {
        const int MaxNameLength = 255;
        if (network.ValueKind != JsonValueKind.Object) return null;
        try
        {
            JsonElement name = network.EnumerateObject().FirstOrDefault(static p => p.NameEquals("name") || p.NameEquals("Name")).Value;
            return name.ValueKind == JsonValueKind.String && name.GetString() is { Length: > 0 and <= MaxNameLength } text
                && PrintableText.Is(text) ? text : null;
        }
        catch (InvalidOperationException)
        {
            // An unpaired surrogate.
            return null;
        }
    }

    /// <summary>
    /// Parses an enumeration value by name, ignoring case. Numbers are rejected because they could mean another value.
    /// </summary>
    public static T Word<T>(string text) where T : struct, Enum => Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase)
        ? Enum.Parse<T>(text, ignoreCase: true)
        : throw new FormatException($"'{text}' isn't one of {string.Join(", ", Enum.GetNames<T>())}");

    /// <summary>Parses a whole number.</summary>
    public static int Digits(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        ? number
        : throw new FormatException($"'{text}' isn't a whole number in the valid range");

    /// <summary>Parses a whole number, which can be negative.</summary>
    public static int SignedDigits(string text) => text.StartsWith('-') ? -Digits(text[1..]) : Digits(text);

    /// <summary>Makes the error for a property.</summary>
    public DefinitionException Wrong(string name, string reason, string? action = null) => Invalid(PathOf(name), reason, action);

    /// <summary>Makes the error for the whole object.</summary>
    public DefinitionException WrongObject(string reason, string? action = null) => Invalid(_path, reason, action);

    /// <summary>Makes the error for a path.</summary>
    /// <param name="path">The path; empty for the whole text.</param>
    /// <param name="reason">What is wrong there, worded to follow the path.</param>
    /// <param name="action">What to do next.</param>
    public static DefinitionException Invalid(string path, string reason, string? action = null) =>
        new($"{(path.Length == 0 ? "the text" : path)} {reason}", action);

    private string Shortened(string path) => path[_path.Length..].TrimStart('.');

    // Names from a file can be thousands.
    private static string NameFirst(string[] names, string separator)
    {
        const int Shown = 20;
        string text = string.Join(separator, names.Take(Shown));
        return names.Length > Shown ? $"{text} and {names.Length - Shown} more" : text;
    }

    private IPPrefix Masked(string name, string text)
    {
        InterfaceAddress given = InterfaceAddress.Parse(text);
        if (given.Subnet.First != given.Value) _corrections.Add($"{name} {text} is {given.Subnet}");
        return given.Subnet;
    }

    /// <summary>A name of others as messages show it.</summary>
    public static string Shown(string name) => Join("", name);

    // A foreign property name is shown in JSON's own escapes, which are harmless in a message.
    private string PathOf(string name) => Join(_path, name);

    private static string Join(string path, string name)
    {
        const int Shown = 60;
        string text = JsonEncodedText.Encode(name.Length > Shown ? name[..Shown] + "..." : name).ToString();
        return path.Length == 0 ? text : $"{path}.{text}";
    }

    private JsonElement? Find(string name)
    {
        _known.Add(name);
        return Has(name) ? _properties[name] : null;
    }

    private DefinitionReader Part(JsonElement element, string path)
    {
        DefinitionReader part = new(element, path);
        _parts.Add(part);
        return part;
    }

    private DefinitionReader[] Parts(JsonElement list, string path) =>
        [.. Items(list, path).Select(i => Part(i.Item, i.Path))];

    private static IEnumerable<(JsonElement Item, string Path)> Items(JsonElement list, string path) =>
        list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select((item, i) => (item, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]")))
            : throw Invalid(path, "isn't a list");

    private static string TextOf(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.String) throw Invalid(path, "isn't a string");
        string text = value.GetString()!;
        return text.Length > MaxTextLength ? throw Invalid(path, "is too long")
            : !PrintableText.Is(text) ? throw Invalid(path, "contains a character that can't be shown")
            : text;
    }

    private static T Parse<T>(string text, string path, Func<string, T> parse)
    {
        try
        {
            return parse(text);
        }
        catch (FormatException e)
        {
            throw Invalid(path, $"is invalid: {e.Message.TrimEnd('.')}");
        }
    }

    // The paths of all values that aren't empty, false or zero; for objects such as labels, one path per property.
    private static IEnumerable<string> Leaves(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(p => Leaves(p.Value, Join(path, p.Name))),
        JsonValueKind.Array => value.GetArrayLength() > 0 ? [path] : [],
        JsonValueKind.Null or JsonValueKind.False => [],
        JsonValueKind.String => value.ValueEquals("") ? [] : [path],
        JsonValueKind.Number => value.TryGetInt64(out long number) && number == 0 ? [] : [path],
        _ => [path],
    };
}
