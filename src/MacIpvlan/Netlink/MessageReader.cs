using System.Runtime.CompilerServices;
using MacIpvlan.Linux;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>Reads the messages of one datagram, and checks every length against the remaining bytes.</summary>
internal ref struct MessageReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    /// <summary>Reads the next message.</summary>
    /// <returns>False at the end of the datagram.</returns>
    /// <exception cref="NetlinkException">EBADMSG: a length isn't valid.</exception>
    public bool TryRead(out Message message)
    {
        message = default;
        if (_rest.IsEmpty) return false;
        if (_rest.Length < Unsafe.SizeOf<nlmsghdr>()) throw Malformed();
        nlmsghdr header = RawStruct.Read<nlmsghdr>(_rest);
        if (header.nlmsg_len < Unsafe.SizeOf<nlmsghdr>() || header.nlmsg_len > _rest.Length) throw Malformed();
        message = new Message(header, _rest[Unsafe.SizeOf<nlmsghdr>()..(int)header.nlmsg_len]);
        // The last message of a datagram doesn't have to be padded.
        _rest = _rest[Math.Min(_rest.Length, ((int)header.nlmsg_len + 3) & ~3)..];
        return true;
    }

    /// <summary>The error for a malformed message.</summary>
    public static NetlinkException Malformed() => new("read netlink message", Errno.EBADMSG);
}

/// <summary>One message: its header and its payload.</summary>
internal readonly ref struct Message(nlmsghdr header, ReadOnlySpan<byte> payload)
{
    private readonly ReadOnlySpan<byte> _payload = payload;

    public nlmsghdr Header { get; } = header;

    /// <summary>The family's fixed part.</summary>
    /// <exception cref="NetlinkException">EBADMSG: the message is too short.</exception>
    public T Fixed<T>() where T : unmanaged =>
        _payload.Length >= Unsafe.SizeOf<T>() ? RawStruct.Read<T>(_payload) : throw MessageReader.Malformed();

    /// <summary>The attributes after the fixed part.</summary>
    public AttributeReader Attributes<T>() where T : unmanaged => new(After((Unsafe.SizeOf<T>() + 3) & ~3));

    /// <summary>The code of an error message or of the end of a dump: zero or a negative error number.</summary>
    /// <exception cref="NetlinkException">EBADMSG: the code is neither.</exception>
    public int Code => _payload.Length >= sizeof(int) && BitConverter.ToInt32(_payload) is <= 0 and > int.MinValue and int code
        ? code
        : throw MessageReader.Malformed();

    /// <summary>
    /// The kernel's text in an error message or an end of dump (NLMSGERR_ATTR_MSG); null if it sent none.
    /// </summary>
    public string? ExtendedText()
    {
        if ((Header.nlmsg_flags & NLM_F_ACK_TLVS) == 0) return null;
        int skip = sizeof(int);
        if (Header.nlmsg_type == NLMSG_ERROR)
        {
            // The refused request follows the code: only its header if capped, otherwise all of it.
            ReadOnlySpan<byte> request = After(skip);
            if (request.Length < Unsafe.SizeOf<nlmsghdr>()) throw MessageReader.Malformed();
            bool capped = (Header.nlmsg_flags & NLM_F_CAPPED) != 0;
            long length = capped ? Unsafe.SizeOf<nlmsghdr>() : (RawStruct.Read<nlmsghdr>(request).nlmsg_len + 3L) & ~3L;
            if (length < Unsafe.SizeOf<nlmsghdr>() || length > _payload.Length) throw MessageReader.Malformed();
            skip += (int)length;
        }

        AttributeReader attributes = new(After(skip));
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == NLMSGERR_ATTR_MSG) return AttributeReader.Text(value);
        }

        return null;
    }

    private ReadOnlySpan<byte> After(int length) =>
        length <= _payload.Length ? _payload[length..] : throw MessageReader.Malformed();
}
