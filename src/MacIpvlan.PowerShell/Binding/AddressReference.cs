using System.Net;
using MacIpvlan.Addressing;

namespace MacIpvlan.PowerShell;

/// <summary>
/// An address as users specify it, with or without a prefix length. A NIC always gets the subnet's prefix length, so
/// another one is refused.
/// </summary>
public sealed class AddressReference
{
    /// <summary>Reads ADDRESS or ADDRESS/LENGTH.</summary>
    public AddressReference(string text)
    {
        text = text.Trim();
        Value = Read(text);
        if (text.Contains('/')) WithLength = InterfaceAddress.Parse(text);
    }

    /// <summary>Converts from <see cref="System.Net.IPAddress"/>.</summary>
    public AddressReference(IPAddress address) => Value = (AddressValue)address;

    /// <summary>Takes an address from a subnet or a range.</summary>
    public AddressReference(AddressValue address) => Value = address;

    /// <summary>The address.</summary>
    public AddressValue Value { get; }

    /// <summary>The address with its prefix length; null if none was specified.</summary>
    public InterfaceAddress? WithLength { get; }

    /// <summary>The address.</summary>
    public override string ToString() => Value.ToString();

    internal static AddressValue Read(string text) =>
        text.Contains('/') ? InterfaceAddress.Parse(text).Value : AddressValue.Parse(text);
}
