using System.Text.Json.Nodes;

namespace MacIpvlan.Formats;

/// <summary>Reads YAML. It's implemented outside the core, with a third-party parser that is loaded when it's needed.</summary>
public interface IYamlReader
{
    /// <summary>
    /// Reads the only document of a text as the JSON that says the same: aliases are replaced by copies, and merge keys by what
    /// they add. What the text can grow to is limited.
    /// </summary>
    /// <param name="text">The text, from an untrusted source.</param>
    /// <returns>An object, a list or a value; null for nothing.</returns>
    /// <exception cref="NetworkException">InvalidDefinition, with line and column.</exception>
    JsonNode? Read(string text);
}
