using System.Text.Json.Nodes;

namespace MacIpvlan.Formats;

/// <summary>
/// Adds to the services of a Compose file what they take over from others in the file (extends), as compose-go merges it: a
/// service's own values come first, and what has keys is merged key by key.
/// </summary>
/// <param name="names">The services of the file.</param>
/// <param name="read">Reads a service's own settings: what has keys is an object, and the others are texts.</param>
internal sealed class ComposeExtends(IReadOnlySet<string> names, Func<string, JsonObject> read)
{
    /// <summary>The setting that names the other service.</summary>
    public const string Extends = "extends";

    private const int MaxDepth = 100, MaxCopies = 1_000_000;
    private readonly Dictionary<string, JsonObject> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _unreadable = new(StringComparer.Ordinal);
    private int _copies;

    /// <summary>Reads a service.</summary>
    /// <exception cref="DefinitionException">It, or one that it extends, can't be read.</exception>
    public JsonObject Read(string name) => Read(name, []);

    private JsonObject Read(string name, HashSet<string> extending)
    {
        if (_services.TryGetValue(name, out JsonObject? known)) return known;
        // It isn't read again for each that extends it.
        if (_unreadable.TryGetValue(name, out string? reason)) throw new DefinitionException(reason);
        if (!extending.Add(name)) throw DefinitionReader.Invalid(PathOf(name), "leads back to this service");
        if (extending.Count > MaxDepth) throw DefinitionReader.Invalid(PathOf(name), $"is the last of more than {MaxDepth} that extend each other");
        try
        {
            return _services[name] = Extend(name, extending);
        }
        catch (DefinitionException e)
        {
            _unreadable[name] = e.Reason;
            throw;
        }
    }

    private JsonObject Extend(string name, HashSet<string> extending)
    {
        JsonObject service = read(name);
        if (service[Extends] is not JsonNode given) return service;
        service.Remove(Extends);
        string other = NameIn(given, PathOf(name));
        if (!names.Contains(other)) throw DefinitionReader.Invalid(PathOf(name), $"is '{DefinitionReader.Shown(other)}', but there is no such service");
        Merge(service, Read(other, extending));
        return service;
    }

    private static string NameIn(JsonNode given, string path)
    {
        JsonObject? described = given as JsonObject;
        if (described?["file"] is not null)
        {
            throw DefinitionReader.Invalid(path, "is a service of another file, which isn't read; import the output of docker compose config --format json instead");
        }

        return (described is null ? given : described["service"]) is JsonValue value && value.TryGetValue(out string? name)
            ? name
            : throw DefinitionReader.Invalid(path, "doesn't name a service");
    }

    private void Merge(JsonObject own, JsonObject other)
    {
        foreach ((string key, JsonNode? value) in other)
        {
            if (own[key] is JsonObject mine && value is JsonObject theirs) Merge(mine, theirs);
            else if (own[key] is null) own[key] = Copy(value);
        }
    }

    // Counted, because a few services can say the same thing very often.
    private JsonNode? Copy(JsonNode? node)
    {
        if (++_copies > MaxCopies) throw DefinitionReader.Invalid("", $"has more than {MaxCopies} values, with what its services extend");
        return node switch
        {
            JsonObject pairs => new JsonObject(pairs.Select(p => KeyValuePair.Create(p.Key, Copy(p.Value)))),
            JsonArray items => new JsonArray([.. items.Select(Copy)]),
            _ => node?.DeepClone(),
        };
    }

    private static string PathOf(string name) => $"services.{DefinitionReader.Shown(name)}.{Extends}";
}
