using System.Buffers.Binary;
using System.Net.Sockets;
using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Addressing;

/// <summary>Addresses as .NET's numbers, to check the arithmetic of addresses against .NET's.</summary>
internal static class AddressNumbers
{
    public static UInt128 Number(this AddressValue address)
    {
        byte[] wide = new byte[16];
        byte[] bytes = address.ToBytes();
        bytes.CopyTo(wide, 16 - bytes.Length);
        return BinaryPrimitives.ReadUInt128BigEndian(wide);
    }

    public static AddressValue Address(AddressFamily family, UInt128 number)
    {
        byte[] wide = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(wide, number);
        return AddressValue.FromBytes(family == AddressFamily.InterNetwork ? wide.AsSpan(12) : wide);
    }

    public static AddressValue Plus(this AddressValue address, UInt128 distance) => Address(address.Family, address.Number() + distance);
}
