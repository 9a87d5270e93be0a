namespace MacIpvlan;

/// <summary>A NIC obtained, renewed or lost a DHCP lease.</summary>
public sealed class LeaseEvent : NetworkEvent
{
    internal LeaseEvent(NetworkEventSource source, LeaseChange change, NicLease lease)
        : base(NetworkEventKind.Lease, source, ActionOf(change)) => (Change, Lease) = (change, lease);

    /// <summary>What happened to the lease.</summary>
    public LeaseChange Change { get; }

    /// <summary>The lease as it is now, or as it was before it was lost.</summary>
    public NicLease Lease { get; }

    /// <inheritdoc/>
    public override string Summary => Change switch
    {
        LeaseChange.LeaseLost or LeaseChange.LeaseExpired => $"{Lease.IPAddress} from {Lease.Server} {Word}",
        _ => $"{Word} {Lease}",
    };

    private string Word => Change.ToString()["Lease".Length..].ToLowerInvariant();

    private static NetworkEventAction ActionOf(LeaseChange change) => change switch
    {
        LeaseChange.LeaseObtained => NetworkEventAction.Added,
        LeaseChange.LeaseRenewed or LeaseChange.LeaseChanged => NetworkEventAction.Changed,
        _ => NetworkEventAction.Removed,
    };
}

/// <summary>What can happen to a DHCP lease.</summary>
public enum LeaseChange : long
{
    /// <summary>A server granted it.</summary>
    LeaseObtained,

    /// <summary>It was renewed, and only its times have changed.</summary>
    LeaseRenewed,

    /// <summary>It was renewed, and has another address, route, server or other setting.</summary>
    LeaseChanged,

    /// <summary>A server refused the address, or another station has it.</summary>
    LeaseLost,

    /// <summary>It ended without an answer of a server.</summary>
    LeaseExpired,
}
