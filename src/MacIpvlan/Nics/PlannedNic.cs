using System.Runtime.ExceptionServices;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>A NIC on its way: planned, with its addresses, or made.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Nic">
/// The NIC: as it is to be reserved, as it is on record with its leases, or as it is to be recorded now that it has been made.
/// </param>
/// <param name="Parent">The link that it sits on.</param>
/// <param name="Demands">The addresses that were asked for.</param>
internal sealed record PlannedNic(NicRequest Request, NicRecord Nic, Link Parent, IReadOnlyList<AddressDemand> Demands);

/// <summary>What has become of a NIC that was to be connected.</summary>
/// <param name="Nic">The NIC; null if it could not be.</param>
/// <param name="Failure">Why not.</param>
public readonly record struct ConnectOutcome(ContainerNic? Nic, Exception? Failure)
{
    /// <summary>The NIC.</summary>
    /// <exception cref="NetworkException">It could not be connected, for that reason.</exception>
    /// <exception cref="NetlinkException">It could not be connected, since the kernel refused a step.</exception>
    public ContainerNic GetNic()
    {
        if (Failure is not null) ExceptionDispatchInfo.Throw(Failure);
        return Nic!;
    }
}
