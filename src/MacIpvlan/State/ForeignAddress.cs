using System.Net.NetworkInformation;
using MacIpvlan.Addressing;

namespace MacIpvlan.State;

/// <summary>An address that someone else on the wire has: not handed out for a while.</summary>
/// <param name="Address">The address.</param>
/// <param name="MacAddress">Who answered for it.</param>
/// <param name="Until">When that is forgotten.</param>
public sealed record ForeignAddress(AddressValue Address, PhysicalAddress MacAddress, DateTimeOffset Until)
{
    /// <summary>The address.</summary>
    public override string ToString() => Address.ToString();
}
