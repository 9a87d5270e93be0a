using System.Globalization;
using MacIpvlan.Addressing;

namespace MacIpvlan;

/// <summary>What changes of limits: those that are given, with their values. A given null is the default.</summary>
/// <param name="Given">The limits that are given, by the names of their parameters: MaximumBandwidth gives both ways.</param>
/// <param name="Values">Their values. Its other limits mean nothing.</param>
public sealed record BandwidthChange(IReadOnlySet<string> Given, BandwidthLimits Values)
{
    /// <summary>The name of the parameter for both ways.</summary>
    public const string Both = "MaximumBandwidth";

    /// <summary>Whether nothing changes.</summary>
    public bool IsEmpty => !HasIn && !HasOut && !HasBurst;

    private bool HasIn => Given.Contains(Both) || Given.Contains(NetworkSettings.MaximumBandwidthIn);

    private bool HasOut => Given.Contains(Both) || Given.Contains(NetworkSettings.MaximumBandwidthOut);

    private bool HasBurst => Given.Contains(NetworkSettings.BandwidthBurst);

    /// <summary>The limits after the change.</summary>
    public BandwidthLimits ApplyTo(BandwidthLimits limits) => new(
        HasIn ? Values.In : limits.In, HasOut ? Values.Out : limits.Out, HasBurst ? Values.Burst : limits.Burst);

    /// <summary>What changes, in words.</summary>
    public override string ToString() => string.Join(", ", ((string?[])
    [
        HasIn ? $"in {Values.In?.ToString() ?? Default}" : null,
        HasOut ? $"out {Values.Out?.ToString() ?? Default}" : null,
        HasBurst ? $"burst {Values.Burst?.ToString(CultureInfo.InvariantCulture) ?? Default}" : null,
    ]).OfType<string>());

    private const string Default = "as the network's";
}
