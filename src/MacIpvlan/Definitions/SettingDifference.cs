namespace MacIpvlan;

/// <summary>A setting that is not as a definition has it.</summary>
/// <param name="Name">The name of the parameter that sets it; of a sub-interface, behind its name.</param>
/// <param name="Expected">What the definition has.</param>
/// <param name="Actual">What is.</param>
public sealed record SettingDifference(string Name, string Expected, string Actual)
{
    /// <summary>What is, and what it is to be.</summary>
    public override string ToString() => $"{Name}: {Actual} -> {Expected}";
}
