namespace MacIpvlan;

/// <summary>The result of importing one network.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">The kind of its NICs: macvlan or ipvlan; empty if it can't be read.</param>
/// <param name="Result">The result.</param>
public sealed record ImportedNetwork(string Name, string Kind, ImportResult Result)
{
    /// <summary>The settings in which the existing network differed; empty if there was none.</summary>
    public IReadOnlyList<SettingDifference> Differences { get; init; } = [];

    /// <summary>The services on it, if a Compose file defines it, with the labels that connect their containers.</summary>
    public IReadOnlyList<ComposeService> Services { get; init; } = [];
}

/// <summary>The results of importing a network.</summary>
public enum ImportResult : long
{
    /// <summary>The network already existed and matched.</summary>
    InPlace,

    /// <summary>The network was created.</summary>
    Created,

    /// <summary>The network existed, differed, and was changed, with its NICs.</summary>
    Changed,

    /// <summary>The network existed, differed, and was recreated, because it couldn't be changed.</summary>
    Replaced,

    /// <summary>The network couldn't be read, created or changed.</summary>
    Failed,

    /// <summary>The network was left unchanged (-WhatIf, or the answer to -Confirm).</summary>
    Skipped,
}
