using System.Runtime.ExceptionServices;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>A NIC that is being connected: planned, with its addresses reserved, or made.</summary>
/// <param name="Request">The request.</param>
/// <param name="Nic">
/// The NIC: as planned before its reservation, as recorded with its leases, or as made and not recorded yet.
/// </param>
/// <param name="Parent">The link that it sits on.</param>
/// <param name="Demands">The requested addresses.</param>
internal sealed record PlannedNic(NicRequest Request, NicRecord Nic, Link Parent, IReadOnlyList<AddressDemand> Demands)
{
    /// <summary>Whether no other NIC of its namespace was on record when it was reserved.</summary>
    public bool IsAlone { get; init; }

    /// <summary>The NIC with what its routes depend on.</summary>
    /// <param name="host">The host's access to its network; null if there is none, or to ignore it.</param>
    public RoutedNic Routed(NicRecord? host = null) => new(Nic, Request.Network.Record, host);
}

/// <summary>The outcome of connecting a NIC.</summary>
/// <param name="Nic">The NIC; null if it couldn't be connected.</param>
/// <param name="Failure">The failure; null if the NIC was connected.</param>
public sealed record ConnectOutcome(ContainerNic? Nic, Exception? Failure)
{
    /// <summary>The NIC.</summary>
    /// <exception cref="NetworkException">The NIC couldn't be connected.</exception>
    /// <exception cref="NetlinkException">The NIC couldn't be connected because the kernel refused a step.</exception>
    public ContainerNic GetNic()
    {
        if (Failure is not null) ExceptionDispatchInfo.Throw(Failure);
        return Nic!;
    }
}
