using YamlDotNet.Core.Events;

namespace MacIpvlan.Yaml;

/// <summary>What a document can have after all aliases are replaced: far more than a file that people or programs write.</summary>
internal sealed class YamlBudget
{
    // As deep as JSON can be read.
    private const int MaxDepth = 60;
    private const int MaxNodes = 1_000_000;
    private const int MaxCharacters = 16 << 20;
    private int _nodes;
    private long _characters;

    /// <summary>Takes a node out of the budget.</summary>
    /// <param name="place">The event that adds it.</param>
    /// <param name="depth">How deep it is.</param>
    /// <param name="characters">The length of its text.</param>
    /// <exception cref="NetworkException">InvalidDefinition: nothing is left.</exception>
    public void Take(ParsingEvent place, int depth, int characters)
    {
        _characters += characters;
        if (depth > MaxDepth) throw YamlEvents.Invalid(place.Start, $"is nested deeper than {MaxDepth} levels");
        if (++_nodes > MaxNodes) throw YamlEvents.Invalid(place.Start, $"is more than {MaxNodes} values, with its aliases replaced");
        if (_characters > MaxCharacters) throw YamlEvents.Invalid(place.Start, $"is more than {MaxCharacters} characters, with its aliases replaced");
    }
}
