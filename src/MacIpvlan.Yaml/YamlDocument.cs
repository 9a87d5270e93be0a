using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MacIpvlan.Yaml;

/// <summary>The one document of a text, read from its events.</summary>
/// <param name="events">The events.</param>
internal sealed class YamlDocument(YamlEvents events)
{
    // Tags of Compose, which take a value away from the files before this one, or replace theirs.
    private const string Reset = "!reset", Override = "!override";
    private const string MergeKey = "<<";
    private readonly Dictionary<string, JsonNode?> _anchors = [];
    private readonly YamlBudget _budget = new();

    /// <summary>Reads it.</summary>
    /// <exception cref="NetworkException">InvalidDefinition.</exception>
    public JsonNode? Read()
    {
        JsonNode? root = null;
        int documents = 0;
        while (events.MoveNext())
        {
            if (events.Current is not DocumentStart) continue;
            if (++documents > 1) throw events.Invalid("begins a second document; import each document by itself");
            Next();
            root = ReadNode(0);
        }

        return root;
    }

    private JsonNode? ReadNode(int depth)
    {
        if (events.Current is AnchorAlias alias) return CopyOf(alias, depth);
        // The parser can leave out the value of a key.
        if (events.Current is not NodeEvent start) throw events.Invalid("isn't valid YAML");
        _budget.Take(events.Current, depth, (start as Scalar)?.Value.Length ?? 0);
        JsonNode? node = start switch
        {
            MappingStart => ReadMapping(depth),
            SequenceStart => ReadList(depth),
            _ => YamlScalar.Read((Scalar)start, events),
        };
        // Only now, so that nothing contains itself.
        if (!start.Anchor.IsEmpty) _anchors[start.Anchor.Value] = node;
        return node;
    }

    private JsonNode? CopyOf(AnchorAlias alias, int depth) => _anchors.TryGetValue(alias.Value.Value, out JsonNode? node)
        ? Copy(node, depth)
        : throw events.Invalid("refers to an anchor that isn't above it");

    // Counted before it's copied: a few lines can say billions of values.
    private JsonNode? Copy(JsonNode? node, int depth)
    {
        _budget.Take(events.Current, depth, node is JsonValue value && value.TryGetValue(out string? text) ? text.Length : 0);
        return node switch
        {
            JsonObject pairs => new JsonObject(pairs.Select(p => KeyValuePair.Create(p.Key, CopyOf(p, depth + 1)))),
            JsonArray items => new JsonArray([.. items.Select(i => Copy(i, depth + 1))]),
            _ => node?.DeepClone(),
        };
    }

    private JsonNode? CopyOf(KeyValuePair<string, JsonNode?> pair, int depth)
    {
        _budget.Take(events.Current, 0, pair.Key.Length);
        return Copy(pair.Value, depth);
    }

    private JsonArray ReadList(int depth)
    {
        CheckTag("seq");
        JsonArray list = [];
        while (Next() is not SequenceEnd)
        {
            bool isReset = TakeReset();
            JsonNode? item = ReadNode(depth + 1);
            if (!isReset) list.Add(item);
        }

        return list;
    }

    private JsonObject ReadMapping(int depth)
    {
        CheckTag("map");
        JsonObject mapping = [];
        HashSet<string> keys = [];
        List<JsonObject> merged = [];
        while (Next() is not MappingEnd)
        {
            (string key, bool isMerge) = ReadKey();
            if (!keys.Add(key)) throw events.Invalid("has a key that occurs twice");
            Next();
            bool isReset = TakeReset();
            Mark place = events.Current.Start;
            JsonNode? value = ReadNode(depth + 1);
            if (isReset) continue;
            if (isMerge) AddMerged(merged, value, place);
            else mapping[key] = value;
        }

        // Its own keys come first, wherever the merge key is, and then those of the first mapping that has them.
        foreach (JsonObject other in merged)
        {
            // A node is in one object only.
            KeyValuePair<string, JsonNode?>[] pairs = [.. other];
            other.Clear();
            foreach ((string key, JsonNode? value) in pairs) mapping.TryAdd(key, value);
        }

        return mapping;
    }

    private (string Key, bool IsMerge) ReadKey()
    {
        Scalar? key = events.Current as Scalar;
        string? text = key?.Value;
        if (events.Current is AnchorAlias alias)
        {
            text = _anchors.GetValueOrDefault(alias.Value.Value) is JsonValue value && value.TryGetValue(out string? known) ? known : null;
        }

        if (text is null) throw events.Invalid("has a key that isn't a text");
        _budget.Take(events.Current, 0, text.Length);
        if (key is { Anchor.IsEmpty: false }) _anchors[key.Anchor.Value] = JsonValue.Create(text);
        return (text, key is { Value: MergeKey, Style: ScalarStyle.Plain });
    }

    private static void AddMerged(List<JsonObject> merged, JsonNode? value, Mark place)
    {
        switch (value)
        {
            case JsonObject one: merged.Add(one); break;
            case JsonArray list when list.All(static i => i is JsonObject): merged.AddRange(list.Cast<JsonObject>()); break;
            default: throw YamlEvents.Invalid(place, "merges something other than a mapping or a list of mappings");
        }
    }

    private ParsingEvent Next() => events.MoveNext() ? events.Current : throw events.Invalid("isn't valid YAML");

    private bool TakeReset() => events.Current is NodeEvent { Tag: { IsEmpty: false, Value: Reset } };

    private void CheckTag(string expected)
    {
        TagName tag = ((NodeEvent)events.Current).Tag;
        if (!tag.IsEmpty && !tag.IsNonSpecific && tag.Value is not (Reset or Override) && tag.Value != YamlScalar.TagPrefix + expected)
        {
            throw events.Invalid("has a tag that isn't supported");
        }
    }
}
