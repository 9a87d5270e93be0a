using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using MacIpvlan.Linux;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Tests.Socket;

/// <summary>One message that the fake kernel was sent.</summary>
internal sealed record SentMessage(ushort Type, ushort Flags, uint Sequence, byte[] Bytes);

/// <summary>
/// The kernel's end of a netlink socket, in bytes: takes a datagram, and gives those that the test wrote for it, one
/// each time it is asked. When there is none left, time runs out as it does on the real socket.
/// </summary>
internal sealed class FakeKernel : INetlinkTransport
{
    public const uint Port = 4711;
    private readonly Queue<Func<SentMessage[], IEnumerable<object>>> _answers = [];
    private readonly Queue<IEnumerator<object>> _waiting = [];

    public uint PortId => Port;

    public ulong NamespaceCookie => 0;

    /// <summary>What was sent: an element a datagram, with its messages.</summary>
    public List<SentMessage[]> Sent { get; } = [];

    /// <summary>How large the receiver's buffers were.</summary>
    public List<int> BufferSizes { get; } = [];

    public bool IsDisposed { get; private set; }

    /// <summary>Whether datagrams are waiting that nobody asked for.</summary>
    public bool HasWaiting => TryTake(out _);

    /// <summary>Writes the answer to the next datagram: datagrams, or an error of the call in place of one.</summary>
    public FakeKernel AnswersEach(Func<SentMessage[], IEnumerable<object>> answer)
    {
        _answers.Enqueue(answer);
        return this;
    }

    /// <summary>Writes an answer of datagrams that are made for the sequence number of the last message.</summary>
    public FakeKernel Answers(params Func<uint, byte[]>[] datagrams) =>
        AnswersEach(sent => datagrams.Select(datagram => datagram(sent[^1].Sequence)));

    public void Send(ReadOnlySpan<byte> datagram)
    {
        SentMessage[] messages = Split(datagram.ToArray());
        Sent.Add(messages);
        if (!_answers.TryDequeue(out Func<SentMessage[], IEnumerable<object>>? answer)) return;
        _waiting.Enqueue(answer(messages).GetEnumerator());
    }

    public int Receive(Span<byte> buffer)
    {
        BufferSizes.Add(buffer.Length);
        object item = TryTake(out object? next)
            ? next
            : new NetlinkException("receive netlink answer", Errno.ETIMEDOUT);
        if (item is NetlinkException failure) throw failure;
        byte[] datagram = (byte[])item;
        datagram.AsSpan(0, Math.Min(buffer.Length, datagram.Length)).CopyTo(buffer);
        return datagram.Length;
    }

    public void Dispose() => IsDisposed = true;

    // One by one, because an answer can be endless.
    private bool TryTake([NotNullWhen(true)] out object? next)
    {
        while (_waiting.TryPeek(out IEnumerator<object>? first))
        {
            if (first.MoveNext())
            {
                next = first.Current;
                return true;
            }

            first.Dispose();
            _waiting.Dequeue();
        }

        next = null;
        return false;
    }

    private static SentMessage[] Split(byte[] datagram)
    {
        List<SentMessage> messages = [];
        for (int at = 0; at < datagram.Length;)
        {
            nlmsghdr header = MemoryMarshal.Read<nlmsghdr>(datagram.AsSpan(at));
            byte[] bytes = datagram[at..(at + (int)header.nlmsg_len)];
            messages.Add(new(header.nlmsg_type, header.nlmsg_flags, header.nlmsg_seq, bytes));
            at += ((int)header.nlmsg_len + 3) & ~3;
        }

        return [.. messages];
    }
}
