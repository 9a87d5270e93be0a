using System.Runtime.InteropServices;
using MacIpvlan.Linux;
using MacIpvlan.Tests.Socket;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Tests.Fuzz;

/// <summary>
/// Answers each datagram with what is made for the sequence number of its last request; then time runs out.
/// </summary>
internal sealed class HostileKernel(Func<uint, IEnumerable<byte[]>> answer) : INetlinkTransport
{
    private const int MostReceives = 10_000;
    private readonly Queue<byte[]> _waiting = [];
    private int _receives;

    public uint PortId => FakeKernel.Port;

    public ulong NamespaceCookie => 0;

    public void Send(ReadOnlySpan<byte> datagram)
    {
        uint sequence = 0;
        while (!datagram.IsEmpty)
        {
            nlmsghdr request = MemoryMarshal.Read<nlmsghdr>(datagram);
            sequence = request.nlmsg_seq;
            datagram = datagram[(int)request.nlmsg_len..];
        }

        foreach (byte[] part in answer(sequence)) _waiting.Enqueue(part);
    }

    public int Receive(Span<byte> buffer)
    {
        // Not an error that anyone expects: who asks that often does not end by himself.
        if (++_receives > MostReceives) throw new InvalidOperationException("The socket does not stop to receive.");
        if (!_waiting.TryDequeue(out byte[]? part)) throw new NetlinkException("receive netlink answer", Errno.ETIMEDOUT);
        // An empty datagram stands for an overrun: the kernel sends none that is empty.
        if (part.Length == 0) throw new NetlinkException("receive netlink answer", Errno.ENOBUFS);
        part.AsSpan(0, Math.Min(buffer.Length, part.Length)).CopyTo(buffer);
        return part.Length;
    }

    public void Dispose()
    {
    }
}
