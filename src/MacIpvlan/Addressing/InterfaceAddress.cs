using System.Globalization;
using System.Net;

namespace MacIpvlan.Addressing;

/// <summary>An address of an interface, with the prefix length of its subnet, such as 192.168.50.2/24.</summary>
/// <param name="Value">The address.</param>
/// <param name="PrefixLength">The prefix length of its subnet.</param>
public sealed record InterfaceAddress(AddressValue Value, int PrefixLength)
{
    /// <summary>The address without the prefix length.</summary>
    public IPAddress Address => Value.ToIPAddress();

    /// <summary>The subnet that contains the address.</summary>
    public IPPrefix Subnet => IPPrefix.Containing(Value, PrefixLength);

    /// <summary>Parses ADDRESS/LENGTH; host bits can be set.</summary>
    /// <exception cref="FormatException">The text isn't in that form.</exception>
    public static InterfaceAddress Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length != 2 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int length))
        {
            throw new FormatException($"'{text}' isn't in the form ADDRESS/LENGTH.");
        }

        AddressValue value = AddressValue.Parse(parts[0]);
        _ = IPPrefix.Containing(value, length);
        return new(value, length);
    }

    /// <summary>The address with its prefix length.</summary>
    public override string ToString() => $"{Value}/{PrefixLength}";
}
