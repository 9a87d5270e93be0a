namespace MacIpvlan;

/// <summary>How the NICs of a network have their IPv4 addresses assigned by the DHCP servers on its parent.</summary>
public sealed record DhcpDefinition
{
    /// <summary>
    /// The usual time to wait for a server: the client sends its message again after 4, 8 and 16 seconds (RFC 2131 4.1).
    /// </summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private const int MaxVendorClassLength = 255;
    private static readonly TimeSpan s_minTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_maxTimeout = TimeSpan.FromHours(1);

    /// <summary>The vendor class that NICs send (option 60), 1 to 255 printable ASCII characters; null for none.</summary>
    public string? VendorClass { get; init; }

    /// <summary>How long a connect waits for a server, 1 to 3600 whole seconds.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>
    /// The codes of options that NICs request in addition to those that they always request; no code is there twice.
    /// </summary>
    public IReadOnlyList<byte> RequestedOptions { get; init; } = [];

    /// <summary>Where a NIC gets its address from if no server answers; null to fail then.</summary>
    public DhcpFallback? Fallback { get; init; }

    /// <summary>The timeout in seconds.</summary>
    public int TimeoutSeconds => (int)Timeout.TotalSeconds;

    /// <summary>Finds what is wrong with the settings.</summary>
    /// <returns>The reason, worded as a part of a sentence; null if they're valid.</returns>
    public string? FindWrong() =>
        VendorClass is { Length: 0 or > MaxVendorClassLength } || VendorClass?.All(static c => c is >= ' ' and <= '~') == false
            ? $"DhcpClass must have 1 to {MaxVendorClassLength} printable ASCII characters"
        : Timeout < s_minTimeout || Timeout > s_maxTimeout || Timeout.Ticks % TimeSpan.TicksPerSecond != 0
            ? $"DhcpTimeoutSeconds must be a whole number from {s_minTimeout.TotalSeconds} to {s_maxTimeout.TotalSeconds}, not {Timeout.TotalSeconds}"
        : RequestedOptions.Select(DhcpOptionName.FindWrong).FirstOrDefault(static r => r is not null)
            ?? Fallback?.FindWrong();
}
