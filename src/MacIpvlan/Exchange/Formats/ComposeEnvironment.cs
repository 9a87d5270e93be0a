namespace MacIpvlan.Formats;

/// <summary>What a Compose file depends on besides its text.</summary>
/// <param name="OpenYaml">Opens the reader; called only for a text that is YAML.</param>
/// <param name="Folder">The name of the project's folder, which names a project that has no other name.</param>
/// <param name="Variable">The value of a variable; null if it isn't set.</param>
public sealed record ComposeEnvironment(Func<IYamlReader> OpenYaml, string Folder, Func<string, string?> Variable)
{
    /// <summary>The name of a file beside it that Compose merges into it; null if there is none.</summary>
    public string? OverrideFile { get; init; }
}
