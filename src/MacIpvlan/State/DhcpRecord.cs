namespace MacIpvlan.State;

/// <summary>What a NIC on a DHCP network is to servers, and the lease that it has.</summary>
public sealed record DhcpRecord
{
    /// <summary>
    /// The client identifier (option 61), by which servers know the NIC again: <see cref="DhcpClientIdentifier"/>. Empty
    /// until the interface has its name.
    /// </summary>
    public IReadOnlyList<byte> ClientIdentifier { get; init; } = [];

    /// <summary>The host name to send that was requested; null for the name of the container.</summary>
    public string? HostName { get; init; }

    /// <summary>The lease with its deadlines, as times since this boot of the host; null while it has none.</summary>
    public DhcpBinding? Binding { get; init; }
}
