namespace MacIpvlan;

/// <summary>What became of one network that was imported.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">The kind of its NICs: macvlan or ipvlan.</param>
/// <param name="Result">What became of it.</param>
public sealed record ImportedNetwork(string Name, string Kind, ImportResult Result)
{
    /// <summary>How the network that there was differed; empty where there was none.</summary>
    public IReadOnlyList<SettingDifference> Differences { get; init; } = [];
}

/// <summary>What became of a network that was to be imported.</summary>
public enum ImportResult
{
    /// <summary>It was there, as it is to be.</summary>
    InPlace,

    /// <summary>It was made.</summary>
    Created,

    /// <summary>It was there and differed; it was made again.</summary>
    Replaced,

    /// <summary>It could not be made.</summary>
    Failed,

    /// <summary>It was not to be touched (-WhatIf, or the answer to -Confirm).</summary>
    Skipped,
}
