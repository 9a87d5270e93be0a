using System.Net.NetworkInformation;
using MacIpvlan.Addressing;

namespace MacIpvlan.State;

/// <summary>An address that another station on the wire has. It isn't allocated until the entry expires.</summary>
/// <param name="Address">The address.</param>
/// <param name="MacAddress">The MAC address of the station that answered for it.</param>
/// <param name="Until">When the entry expires.</param>
public sealed record ForeignAddress(AddressValue Address, PhysicalAddress MacAddress, DateTimeOffset Until)
{
    /// <summary>The address.</summary>
    public override string ToString() => Address.ToString();
}
