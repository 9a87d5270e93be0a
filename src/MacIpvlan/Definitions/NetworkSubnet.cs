using System.Numerics;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>A subnet of a network.</summary>
public sealed class NetworkSubnet
{
    internal NetworkSubnet(SubnetRecord record, SubnetUsage usage)
    {
        (Size, InUse, Free) = (usage.Size, usage.InUse, usage.Free);
        Subnet = record.Prefix.ToString();
        Gateway = record.Gateway?.ToString();
        IPRange = ValueList.OfTexts(record.Ranges);
        ExcludedAddress = ValueList.OfTexts(record.Excluded);
        ForeignAddress = new(usage.Foreign.Select(static f => new WireAddress(f.Address.ToString(), Link.Format(f.MacAddress), f.Until)));
    }

    /// <summary>The subnet in prefix notation.</summary>
    public string Subnet { get; }

    /// <summary>Its gateway, which is never handed out; null for none.</summary>
    public string? Gateway { get; }

    /// <summary>Where addresses are handed out from; empty for all of the subnet.</summary>
    public ValueList<string> IPRange { get; }

    /// <summary>What is never handed out.</summary>
    public ValueList<string> ExcludedAddress { get; }

    /// <summary>What is not handed out for a while: someone else on the wire has it.</summary>
    public ValueList<WireAddress> ForeignAddress { get; }

    /// <summary>How many addresses can be handed out: those of its ranges, less what is withheld.</summary>
    public BigInteger Size { get; }

    /// <summary>How many addresses NICs have, static ones outside of the ranges among them.</summary>
    public BigInteger InUse { get; }

    /// <summary>How many can still be handed out.</summary>
    public BigInteger Free { get; }

    /// <summary>The subnet in prefix notation.</summary>
    public override string ToString() => Subnet;
}

/// <summary>An address that someone else on the wire has.</summary>
/// <param name="Address">The address.</param>
/// <param name="MacAddress">Who answered for it.</param>
/// <param name="Until">When that is forgotten.</param>
public sealed record WireAddress(string Address, string MacAddress, DateTimeOffset Until)
{
    /// <summary>The address.</summary>
    public override string ToString() => Address;
}
