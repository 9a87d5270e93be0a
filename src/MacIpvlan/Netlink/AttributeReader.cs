using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using MacIpvlan.Addressing;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>Reads the attributes of a message or of a nested attribute, and checks every length.</summary>
internal ref struct AttributeReader(ReadOnlySpan<byte> attributes)
{
    private const int HeaderSize = 4;
    private ReadOnlySpan<byte> _rest = attributes;

    /// <summary>Reads the next attribute. Flags in the high bits of its type are removed.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="NetlinkException">EBADMSG: a length isn't valid.</exception>
    public bool TryRead(out ushort type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (_rest.IsEmpty) return false;
        if (_rest.Length < HeaderSize) throw MessageReader.Malformed();
        int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        if (length < HeaderSize || length > _rest.Length) throw MessageReader.Malformed();
        type = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]) & NLA_TYPE_MASK);
        value = _rest[HeaderSize..length];
        _rest = _rest[Math.Min(_rest.Length, (length + 3) & ~3)..];
        return true;
    }

    /// <summary>The first attribute of a type; empty if the type is missing.</summary>
    /// <exception cref="NetlinkException">EBADMSG: a length isn't valid.</exception>
    public static ReadOnlySpan<byte> Find(AttributeReader attributes, ushort wanted)
    {
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == wanted) return value;
        }

        return [];
    }

    /// <summary>A number in host byte order, exactly as wide as its type.</summary>
    // Methods that are generic over numbers aren't compiled ahead of time.
    public static int Int32(ReadOnlySpan<byte> value) => BitConverter.ToInt32(Whole(value, sizeof(int)));

    /// <inheritdoc cref="Int32"/>
    public static uint UInt32(ReadOnlySpan<byte> value) => BitConverter.ToUInt32(Whole(value, sizeof(uint)));

    /// <inheritdoc cref="Int32"/>
    public static ulong UInt64(ReadOnlySpan<byte> value) => BitConverter.ToUInt64(Whole(value, sizeof(ulong)));

    /// <inheritdoc cref="Int32"/>
    public static ushort UInt16(ReadOnlySpan<byte> value) => BitConverter.ToUInt16(Whole(value, sizeof(ushort)));

    /// <inheritdoc cref="Int32"/>
    public static byte Byte(ReadOnlySpan<byte> value) => Whole(value, sizeof(byte))[0];

    /// <summary>A struct of the kernel's, exactly as long as <typeparamref name="T"/>.</summary>
    public static T Struct<T>(ReadOnlySpan<byte> value) where T : unmanaged => RawStruct.Read<T>(Whole(value, Unsafe.SizeOf<T>()));

    /// <summary>An address in network byte order: 4 bytes for AF_INET, 16 bytes for AF_INET6.</summary>
    public static AddressValue Address(byte family, ReadOnlySpan<byte> value) => (family, value.Length) is (AF_INET, 4) or (AF_INET6, 16)
        ? AddressValue.FromBytes(value)
        : throw MessageReader.Malformed();

    /// <summary>
    /// Text up to its terminating zero byte, cleaned for the screen: containers name their links. A link with such a name
    /// is addressed by its index.
    /// </summary>
    public static string Text(ReadOnlySpan<byte> value)
    {
        int end = value.IndexOf((byte)0);
        return PrintableText.Clean(Encoding.UTF8.GetString(end < 0 ? value : value[..end]));
    }

    private static ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> value, int length) =>
        value.Length == length ? value : throw MessageReader.Malformed();
}
