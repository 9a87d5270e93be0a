using System.Net;
using MacIpvlan.Addressing;

namespace MacIpvlan.PowerShell;

/// <summary>Addresses as users look for them: one, with or without a prefix length, a subnet, or a range.</summary>
public sealed class AddressSelection
{
    private readonly string _text;

    /// <summary>Reads ADDRESS, ADDRESS/LENGTH, SUBNET or FIRST-LAST.</summary>
    public AddressSelection(string text) => (_text, Range) = (text, Read(text));

    /// <summary>Selects one address.</summary>
    public AddressSelection(IPAddress address) : this((AddressValue)address)
    {
    }

    /// <summary>Selects one address.</summary>
    public AddressSelection(AddressValue address) => (_text, Range) = (address.ToString(), AddressRange.Of(address));

    /// <summary>Selects a subnet.</summary>
    public AddressSelection(IPPrefix subnet) => (_text, Range) = (subnet.ToString(), new(subnet.First, subnet.Last));

    /// <summary>Selects what an object shows: an address, a subnet or a range.</summary>
    public AddressSelection(AddressText text) : this(text.ToString())
    {
    }

    /// <summary>Selects a subnet.</summary>
    public AddressSelection(IPNetwork subnet) : this(subnet.ToString())
    {
    }

    /// <summary>The addresses.</summary>
    public AddressRange Range { get; }

    /// <summary>The text as specified.</summary>
    public override string ToString() => _text;

    // With host bits, a prefix length belongs to an address, as NICs show theirs.
    private static AddressRange Read(string text) =>
        text.Contains('/') && InterfaceAddress.Parse(text) is var address && address.Subnet.First != address.Value
            ? AddressRange.Of(address.Value)
            : AddressRange.Parse(text);
}
