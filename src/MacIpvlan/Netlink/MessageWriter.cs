using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>Writes consecutive netlink messages into a buffer that is reused for the next batch.</summary>
internal sealed class MessageWriter
{
    private const int Alignment = 4;
    private byte[] _buffer = new byte[1024];
    private int _length;
    private int _start;

    /// <summary>The finished messages.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>Discards the messages.</summary>
    public void Clear() => _length = 0;

    /// <summary>
    /// Begins a message: the header, whose length <see cref="End"/> fills in, and the family's fixed part.
    /// </summary>
    public void Begin<T>(ushort type, int flags, in T fixedPart) where T : unmanaged
    {
        _start = _length;
        nlmsghdr header = new() { nlmsg_type = type, nlmsg_flags = (ushort)(NLM_F_REQUEST | flags) };
        Append(RawStruct.Bytes(in header));
        Fixed(fixedPart);
    }

    /// <summary>Adds a fixed part inside a nested attribute.</summary>
    public void Fixed<T>(in T fixedPart) where T : unmanaged =>
        Append(RawStruct.Bytes(in fixedPart));

    /// <summary>
    /// Ends the message: fills in length and sequence number, and requests an acknowledgement if asked to.
    /// </summary>
    public void End(uint sequence, bool acknowledge)
    {
        ref nlmsghdr header = ref Unsafe.As<byte, nlmsghdr>(ref _buffer[_start]);
        header.nlmsg_len = (uint)(_length - _start);
        header.nlmsg_seq = sequence;
        if (acknowledge) header.nlmsg_flags |= NLM_F_ACK;
    }

    /// <summary>Adds an attribute of raw bytes.</summary>
    public void Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        Span<byte> header = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], type);
        Append(header);
        Append(value);
    }

    /// <summary>Adds an attribute of one number in host byte order.</summary>
    // Methods that are generic over numbers aren't compiled ahead of time.
    public void Attribute(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BitConverter.TryWriteBytes(bytes, value);
        Attribute(type, bytes);
    }

    /// <inheritdoc cref="Attribute(ushort, uint)"/>
    public void Attribute(ushort type, int value) => Attribute(type, (uint)value);

    /// <summary>Adds an attribute as wide as <typeparamref name="T"/>, a number or a struct, in host byte order.</summary>
    public void Attribute<T>(ushort type, T value) where T : unmanaged =>
        Attribute(type, RawStruct.Bytes(in value));

    /// <summary>Adds an attribute of text with a terminating zero byte.</summary>
    public void Text(ushort type, string value)
    {
        Span<byte> bytes = stackalloc byte[256];
        int length = Encoding.UTF8.GetBytes(value, bytes);
        bytes[length] = 0;
        Attribute(type, bytes[..(length + 1)]);
    }

    /// <summary>Opens a nested attribute. Returns a token for <see cref="EndNest"/>.</summary>
    public int BeginNest(ushort type)
    {
        int token = _length;
        Attribute(type, []);
        return token;
    }

    /// <summary>Closes a nested attribute by filling in its length.</summary>
    public void EndNest(int token) =>
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(token), (ushort)(_length - token));

    private void Append(ReadOnlySpan<byte> bytes)
    {
        int padded = (bytes.Length + Alignment - 1) & ~(Alignment - 1);
        if (_length + padded > _buffer.Length) Grow(_length + padded);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _buffer.AsSpan(_length + bytes.Length, padded - bytes.Length).Clear();
        _length += padded;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int needed) => Array.Resize(ref _buffer, Math.Max(needed, _buffer.Length * 2));
}
