using System.Net;
using MacIpvlan.Addressing;

namespace MacIpvlan.PowerShell;

/// <summary>An address as users give it: alone, or with a prefix length, as NICs have it; that of the subnet counts.</summary>
public sealed class AddressReference
{
    /// <summary>Reads ADDRESS or ADDRESS/LENGTH.</summary>
    public AddressReference(string text) => Value = Read(text);

    /// <summary>Takes .NET's own type.</summary>
    public AddressReference(IPAddress address) => Value = (AddressValue)address;

    /// <summary>Takes an address out of a subnet or a range.</summary>
    public AddressReference(AddressValue address) => Value = address;

    /// <summary>The address.</summary>
    public AddressValue Value { get; }

    /// <summary>The address.</summary>
    public override string ToString() => Value.ToString();

    internal static AddressValue Read(string text) =>
        text.Contains('/') ? InterfaceAddress.Parse(text).Value : AddressValue.Parse(text);
}
