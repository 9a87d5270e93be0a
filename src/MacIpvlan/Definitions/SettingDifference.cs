namespace MacIpvlan;

/// <summary>A setting that differs from its definition.</summary>
/// <param name="Name">
/// The name of the parameter that sets it, preceded by the sub-interface's name if it belongs to one.
/// </param>
/// <param name="Expected">The value in the definition.</param>
/// <param name="Actual">The current value.</param>
public sealed record SettingDifference(string Name, string Expected, string Actual)
{
    /// <summary>The value in the definition. It is never the same text as <see cref="Actual"/>: a parent can be named none.</summary>
    public string Expected { get => field == Actual ? $"'{field}'" : field; init; } = Expected;

    /// <summary>The current value and the defined value.</summary>
    public override string ToString() => $"{Name}: {Actual} -> {Expected}";
}
