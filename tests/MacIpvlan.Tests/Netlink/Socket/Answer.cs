using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Tests.Socket;

/// <summary>Messages as the kernel sends them (net/netlink/af_netlink.c), made without the code under test.</summary>
internal static class Answer
{
    private const int HeaderSize = 16;

    /// <summary>Messages in one datagram.</summary>
    public static byte[] Datagram(params byte[][] messages) => [.. messages.SelectMany(static m => m)];

    /// <summary>An acknowledgement.</summary>
    public static byte[] Ack(uint sequence) => Message(
        NLMSG_ERROR, NLM_F_CAPPED, sequence, [.. Code(0), .. Header(RTM_NEWLINK, 0x605, sequence, 32)]);

    /// <summary>A refusal as NETLINK_CAP_ACK has it: the request's header alone, then words if there are any.</summary>
    public static byte[] Refusal(uint sequence, int errno, string? text = null, uint port = FakeKernel.Port) => Message(
        NLMSG_ERROR, NLM_F_CAPPED | (text is null ? 0 : NLM_F_ACK_TLVS), sequence,
        [.. Code(-errno), .. Header(RTM_NEWLINK, 0x605, sequence, 32), .. Words(text)], port);

    /// <summary>A refusal without NETLINK_CAP_ACK: all of the request, then words if there are any.</summary>
    public static byte[] QuotingRefusal(SentMessage request, int errno, string? text = null) => Message(
        NLMSG_ERROR, text is null ? 0 : NLM_F_ACK_TLVS, request.Sequence,
        [.. Code(-errno), .. Pad(request.Bytes), .. Words(text)]);

    /// <summary>The end of a dump.</summary>
    public static byte[] Done(uint sequence, int errno = 0, string? text = null, int flags = 0) => Message(
        NLMSG_DONE, NLM_F_MULTI | flags | (text is null ? 0 : NLM_F_ACK_TLVS), sequence, [
            .. Code(-errno), .. Words(text)]);

    /// <summary>A link that answers a question for it alone.</summary>
    public static byte[] Link(uint sequence, string name, uint port = FakeKernel.Port, uint group = 0, string? kind = null) =>
        Message(RTM_NEWLINK, 0, sequence, [.. LinkBody(name), .. Attribute(IFLA_GROUP, BitConverter.GetBytes(group)), .. Kind(kind)], port);

    /// <summary>A link in a dump.</summary>
    public static byte[] DumpedLink(uint sequence, string name, int flags = 0, int padding = 0) =>
        Message(RTM_NEWLINK, NLM_F_MULTI | flags, sequence, [.. LinkBody(name), .. Padding(padding)]);

    /// <summary>A message.</summary>
    public static byte[] Message(int type, int flags, uint sequence, byte[] payload, uint port = FakeKernel.Port) =>
        [.. Header(type, flags, sequence, HeaderSize + payload.Length, port), .. Pad(payload)];

    private static byte[] LinkBody(string name)
    {
        ifinfomsg info = new() { ifi_index = 7 };
        return [.. MemoryMarshal.AsBytes(new ReadOnlySpan<ifinfomsg>(in info)), .. Attribute(IFLA_IFNAME, Text(name))];
    }

    private static byte[] Kind(string? kind) => kind is null ? [] : Attribute(IFLA_LINKINFO, Attribute(IFLA_INFO_KIND, Text(kind)));

    // Attributes that mean nothing here and take room: the kernel's own are of hundreds of bytes.
    private static byte[] Padding(int length) => length == 0 ? [] : Attribute(0x3ff0, new byte[length]);

    private static byte[] Words(string? text) => text is null ? [] : Attribute(NLMSGERR_ATTR_MSG, Text(text));

    private static byte[] Text(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    private static byte[] Attribute(ushort type, byte[] value)
    {
        byte[] attribute = new byte[4 + value.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(attribute, (ushort)attribute.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(attribute.AsSpan(2), type);
        value.CopyTo(attribute, 4);
        return Pad(attribute);
    }

    private static byte[] Code(int code)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, code);
        return bytes;
    }

    private static byte[] Header(int type, int flags, uint sequence, int length, uint port = 0)
    {
        nlmsghdr header = new()
        {
            nlmsg_len = (uint)length,
            nlmsg_type = (ushort)type,
            nlmsg_flags = (ushort)flags,
            nlmsg_seq = sequence,
            nlmsg_pid = port,
        };
        return MemoryMarshal.AsBytes(new ReadOnlySpan<nlmsghdr>(in header)).ToArray();
    }

    private static byte[] Pad(byte[] bytes) => [.. bytes, .. new byte[-bytes.Length & 3]];
}
