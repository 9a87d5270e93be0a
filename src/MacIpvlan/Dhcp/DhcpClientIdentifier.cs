using System.Buffers.Binary;
using MacIpvlan.Addressing;

namespace MacIpvlan;

/// <summary>
/// The client identifier (option 61) of a NIC, as RFC 4361 6.1 has it: type 255, an IAID and a DUID. By it servers know a
/// NIC again, although all NICs of an ipvlan network have one MAC address.
/// </summary>
/// <remarks>
/// A container is a host of its own, so it has a DUID of its own, and the IAID distinguishes its NICs: even thousands of
/// containers don't depend on the 32 bits of the IAID. The DUID is one of a UUID (type 4, RFC 6355), because other types
/// need an enterprise number, a MAC address that stays, or the time of creation. The UUID is a keyed hash: it stays the
/// same for a container made anew under its name, differs between hosts, and doesn't reveal the host's id, which is
/// confidential (machine-id(5)).
/// </remarks>
public static class DhcpClientIdentifier
{
    private const byte IaidAndDuid = 255;
    private const int IaidOffset = 1;
    private const int DuidOffset = 5;
    private const ushort DuidUuid = 4;
    private const int UuidOffset = 7;
    private const int UuidSize = 16;

    /// <summary>The identifier of a NIC: 23 bytes.</summary>
    /// <param name="hostIdentity">What identifies the host and stays after a reboot, such as its machine id.</param>
    /// <param name="network">The network's name.</param>
    /// <param name="container">The container's or namespace's name.</param>
    /// <param name="interfaceName">The interface's name in the container.</param>
    public static byte[] For(ReadOnlySpan<byte> hostIdentity, string network, string container, string interfaceName)
    {
        byte[] identifier = new byte[UuidOffset + UuidSize];
        identifier[0] = IaidAndDuid;
        KeyedHash.Of(hostIdentity, "MacIpvlan DHCP IAID", network, interfaceName).AsSpan(0, DuidOffset - IaidOffset).CopyTo(identifier.AsSpan(IaidOffset));
        BinaryPrimitives.WriteUInt16BigEndian(identifier.AsSpan(DuidOffset), DuidUuid);
        Span<byte> uuid = identifier.AsSpan(UuidOffset);
        KeyedHash.Of(hostIdentity, "MacIpvlan DHCP DUID", container).AsSpan(0, UuidSize).CopyTo(uuid);
        // Version 8, a hash of one's own, and the variant of the RFC (RFC 9562 5.8).
        uuid[6] = (byte)((uuid[6] & 0x0f) | 0x80);
        uuid[8] = (byte)((uuid[8] & 0x3f) | 0x80);
        return identifier;
    }
}
