using MacIpvlan.Formats;
using MacIpvlan.Yaml;

namespace MacIpvlan.PowerShell;

/// <summary>Connects the core with the reader of YAML.</summary>
internal static class YamlLocation
{
    /// <summary>Opens the reader, which loads the parser.</summary>
    public static IYamlReader Open() => new YamlReader();
}
