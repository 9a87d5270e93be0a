using System.Globalization;
using System.Text.Json;
using MacIpvlan.Addressing;

namespace MacIpvlan.Formats;

/// <summary>
/// A JSON object of someone else's, read property by property; what nobody asked for can be told of. Nothing in it is
/// trusted: types are checked, and texts that would do harm where they are shown are refused.
/// </summary>
internal sealed class DefinitionReader
{
    private const int MaxTextLength = 1024;
    private readonly Dictionary<string, JsonElement> _properties = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = [];
    private readonly List<DefinitionReader> _parts = [];
    private readonly string _path;

    /// <param name="element">The object.</param>
    /// <param name="path">Where it is in the whole; empty for the whole.</param>
    /// <exception cref="NetworkException">InvalidDefinition: it is no object, or has a property twice.</exception>
    public DefinitionReader(JsonElement element, string path)
    {
        _path = path;
        if (element.ValueKind != JsonValueKind.Object) throw Invalid(path, "is not an object");
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!_properties.TryAdd(property.Name, property.Value)) throw Invalid(PathOf(property.Name), "is there twice");
        }
    }

    /// <summary>Whether it has a property of that name, other than null.</summary>
    public bool Has(string name) => _properties.TryGetValue(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A text; null when it is not there.</summary>
    public string? Text(string name) => Find(name) is JsonElement value ? TextOf(value, PathOf(name)) : null;

    /// <summary>A text that must be there.</summary>
    public string Need(string name) => Text(name) is { Length: > 0 } text ? text : throw Invalid(PathOf(name), "is missing");

    /// <summary>A text that must be there, and stands for something.</summary>
    public T Need<T>(string name, Func<string, T> parse) => Parse(Need(name), PathOf(name), parse);

    /// <summary>A whole number of 32 bits; null when it is not there.</summary>
    public int? Number(string name)
    {
        if (Find(name) is not JsonElement value) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)
            ? number
            : throw Invalid(PathOf(name), "is not a whole number that can be used");
    }

    /// <summary>Whether it is true; false when it is not there.</summary>
    public bool Flag(string name) => Boolean(name) == true;

    /// <summary>A boolean; null when it is not there.</summary>
    public bool? Boolean(string name) => Find(name) is not JsonElement value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Invalid(PathOf(name), "is neither true nor false");

    /// <summary>A text that stands for something; null when it is not there.</summary>
    public T? Value<T>(string name, Func<string, T> parse) where T : struct =>
        Text(name) is string text ? Parse(text, PathOf(name), parse) : null;

    /// <summary>A list of texts that stand for something, or one; empty when it is not there.</summary>
    public IReadOnlyList<T> Values<T>(string name, Func<string, T> parse)
    {
        if (Find(name) is not JsonElement value) return [];
        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select((v, i) => Parse(TextOf(v, $"{PathOf(name)}[{i}]"), $"{PathOf(name)}[{i}]", parse))]
            : [Parse(TextOf(value, PathOf(name)), PathOf(name), parse)];
    }

    /// <summary>A range by its two ends, each of them that of the subnet where it is not there; null without both.</summary>
    public AddressRange? Range(string first, string last, IPPrefix subnet)
    {
        AddressValue? from = Value(first, AddressValue.Parse), to = Value(last, AddressValue.Parse);
        if (from is null && to is null) return null;
        AddressRange usable = AddressPool.Usable(subnet);
        AddressRange range = new(from ?? usable.First, to ?? usable.Last);
        // Others end with the broadcast address what ends with the subnet.
        return range.First.Family == range.Last.Family && range.First.Number <= range.Last.Number
            ? range.Intersect(usable) ?? range
            : throw Wrong(first, $"is {range.First}, and the range cannot end with {range.Last}");
    }

    /// <summary>An object; null when it is not there.</summary>
    public DefinitionReader? Object(string name) => Find(name) is JsonElement value ? Part(value, PathOf(name)) : null;

    /// <summary>A list of objects; empty when it is not there.</summary>
    public IReadOnlyList<DefinitionReader> Objects(string name) =>
        Find(name) is JsonElement value ? Parts(value, PathOf(name)) : [];

    /// <summary>A list of lists of objects; empty when it is not there.</summary>
    public IReadOnlyList<IReadOnlyList<DefinitionReader>> Lists(string name) =>
        Find(name) is JsonElement value ? [.. Items(value, PathOf(name)).Select(i => Parts(i.Item, i.Path))] : [];

    /// <summary>All properties that there are, whatever their names.</summary>
    public IReadOnlyList<T> All<T>(Func<string, T> parse) => [.. _properties.Keys.Select(k => Need(k, parse))];

    /// <summary>Passes over properties that are no settings.</summary>
    public void PassOver(params string[] names) => _known.UnionWith(names);

    /// <summary>Passes over all its properties.</summary>
    public void PassOverAll() => _known.UnionWith(_properties.Keys);

    /// <summary>The places of the properties that nobody asked for, here and below.</summary>
    public IEnumerable<string> Unread() => _properties.Keys.Where(n => !_known.Contains(n)).Select(PathOf)
        .Concat(_parts.SelectMany(static p => p.Unread()));

    private IEnumerable<string> UnreadThatSaySomething() => _properties.Where(p => !_known.Contains(p.Key))
        .SelectMany(p => Leaves(p.Value, PathOf(p.Key))).Concat(_parts.SelectMany(static p => p.UnreadThatSaySomething()));

    /// <summary>Tells of the properties that nobody asked for and that say something.</summary>
    public void WarnOfUnread(string network, Action<string> warn)
    {
        foreach (string place in UnreadThatSaySomething())
        {
            warn($"'{network}': {place[_path.Length..].TrimStart('.')} has no counterpart here, and is left out.");
        }
    }

    /// <summary>Reads a word of an enumeration, whatever its case; not a number, which might stand for another word.</summary>
    public static T Word<T>(string text) where T : struct, Enum => Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase)
        ? Enum.Parse<T>(text, ignoreCase: true)
        : throw new FormatException($"'{text}' is none of {string.Join(", ", Enum.GetNames<T>())}");

    /// <summary>Reads a whole number.</summary>
    public static int Digits(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        ? number
        : throw new FormatException($"'{text}' is not a whole number that can be used");

    /// <summary>The error of a property.</summary>
    public NetworkException Wrong(string name, string reason) => Invalid(PathOf(name), reason);

    /// <summary>The error of the whole object.</summary>
    public NetworkException Wrong(string reason) => Invalid(_path, reason);

    /// <summary>The error of a place.</summary>
    /// <param name="path">The place; empty for the whole.</param>
    /// <param name="reason">What is wrong there, in words that follow the place.</param>
    public static NetworkException Invalid(string path, string reason) => new(
        NetworkError.InvalidDefinition,
        $"The definition cannot be read: {(path.Length == 0 ? "the whole" : path)} {reason}.",
        "Correct the text; nothing has been changed.");

    // What is shown of someone else's names is as harmless as JSON's own notation.
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
            : throw Invalid(path, "is not a list");

    private static string TextOf(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.String) throw Invalid(path, "is not a text");
        string text = value.GetString()!;
        return text.Length > MaxTextLength ? throw Invalid(path, "is too long")
            : text.Any(char.IsControl) ? throw Invalid(path, "has a control character")
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
            throw Invalid(path, $"is wrong: {e.Message.TrimEnd('.')}");
        }
    }

    // The places of what says something: labels each by its name, and nothing where all is empty, off or zero.
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
