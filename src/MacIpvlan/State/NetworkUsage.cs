using System.Numerics;
using MacIpvlan.Addressing;

namespace MacIpvlan.State;

/// <summary>How much of a network is in use.</summary>
/// <param name="NicCount">How many NICs containers have on it.</param>
/// <param name="HostAddresses">The host's own addresses on it.</param>
/// <param name="Subnets">Its subnets, in the order they were given.</param>
public sealed record NetworkUsage(
    int NicCount, IReadOnlyList<AddressValue> HostAddresses, IReadOnlyList<SubnetUsage> Subnets);

/// <summary>How much of a subnet is in use; networks that share an address book count together.</summary>
/// <param name="Size">How many addresses can be handed out: those of its ranges, less what is withheld.</param>
/// <param name="InUse">How many addresses NICs have, static ones outside of the ranges among them.</param>
/// <param name="Free">How many can still be handed out.</param>
/// <param name="Foreign">Those that someone else on the wire has.</param>
public readonly record struct SubnetUsage(
    BigInteger Size, BigInteger InUse, BigInteger Free, IReadOnlyList<ForeignAddress> Foreign);
