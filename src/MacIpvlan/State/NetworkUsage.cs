using System.Numerics;
using MacIpvlan.Addressing;

namespace MacIpvlan.State;

/// <summary>The usage of a network.</summary>
/// <param name="NicCount">The number of NICs, without the host's.</param>
/// <param name="HostAddresses">The host's addresses on the network.</param>
/// <param name="Subnets">The usage of its subnets, in the order they were specified.</param>
public sealed record NetworkUsage(
    int NicCount, IReadOnlyList<AddressValue> HostAddresses, IReadOnlyList<SubnetUsage> Subnets);

/// <summary>The usage of a subnet. Networks that share a pool count together.</summary>
/// <param name="Size">The number of addresses that can be allocated: those in its ranges that aren't withheld.</param>
/// <param name="InUse">The number of addresses that NICs have, including static addresses outside the ranges.</param>
/// <param name="Free">The number of addresses that can still be allocated.</param>
/// <param name="Foreign">The addresses that other stations on the wire have.</param>
public sealed record SubnetUsage(
    BigInteger Size, BigInteger InUse, BigInteger Free, IReadOnlyList<ForeignAddress> Foreign);
