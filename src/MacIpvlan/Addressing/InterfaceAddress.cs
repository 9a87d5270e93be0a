using System.Globalization;
using System.Net;

namespace MacIpvlan.Addressing;

/// <summary>An address as an interface has it: with the length of its subnet's prefix, such as 192.168.50.2/24.</summary>
/// <param name="Value">The address.</param>
/// <param name="PrefixLength">The length of its subnet's prefix.</param>
public readonly record struct InterfaceAddress(AddressValue Value, int PrefixLength)
{
    /// <summary>The address alone.</summary>
    public IPAddress Address => Value.ToIPAddress();

    /// <summary>The subnet that the address lies in.</summary>
    public IPPrefix Subnet => IPPrefix.Containing(Value, PrefixLength);

    /// <summary>Reads ADDRESS/LENGTH; host bits are what it is for.</summary>
    /// <exception cref="FormatException">The text is not of that form.</exception>
    public static InterfaceAddress Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length != 2 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int length))
        {
            throw new FormatException($"'{text}' is not of the form ADDRESS/LENGTH.");
        }

        AddressValue value = AddressValue.Parse(parts[0]);
        _ = IPPrefix.Containing(value, length);
        return new(value, length);
    }

    /// <summary>The address with its prefix length.</summary>
    public override string ToString() => $"{Value}/{PrefixLength}";
}
