using System.Buffers;
using MacIpvlan.Linux;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>Reads one record out of a message of a dump or of an answer.</summary>
internal delegate T MessageParser<T>(Message message);

/// <summary>
/// Requests and their answers: numbers requests, waits until each is answered, and turns refusals into exceptions. Not
/// for use by two threads at once.
/// </summary>
internal sealed class NetlinkSocket(INetlinkTransport transport) : IDisposable
{
    // The kernel sends dumps in datagrams of at most 32 kB; single answers of links with many functions may be longer.
    private const int ReceiveSize = 32768;
    private const int InterruptedDumpRetries = 16;
    private readonly MessageWriter _writer = new();
    private uint _sequence;

    /// <summary>
    /// Sends all requests in one datagram and waits for the last one's acknowledgement. The kernel works them off in
    /// order and goes on past one that fails; it reports failures unasked, so only the last is asked to acknowledge.
    /// </summary>
    /// <exception cref="NetlinkException">The first refusal that its request does not tolerate.</exception>
    public void Execute(ReadOnlySpan<RouteRequest> requests)
    {
        if (requests.IsEmpty) return;
        uint first = _sequence + 1;
        _writer.Clear();
        for (int i = 0; i < requests.Length; i++)
        {
            requests[i].Write(_writer);
            _writer.End(++_sequence, acknowledge: i == requests.Length - 1);
        }

        transport.Send(_writer.Written);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReceiveSize);
        try
        {
            NetlinkException? refusal = null;
            bool done = false;
            while (!done)
            {
                int length = transport.Receive(buffer);
                if (length > buffer.Length) throw new NetlinkException(requests[^1].ToString(), Errno.EBADMSG);
                MessageReader reader = new(buffer.AsSpan(0, length));
                while (reader.TryRead(out Message message))
                {
                    // Unsigned: sequences before the first become large.
                    uint index = message.Header.nlmsg_seq - first;
                    if (!IsOurs(message) || index >= requests.Length || message.Header.nlmsg_type != NLMSG_ERROR) continue;
                    int errno = -message.Code;
                    RouteRequest request = requests[(int)index];
                    if (errno != 0 && !request.Tolerates(errno))
                    {
                        refusal ??= new NetlinkException(request.ToString(), errno, message.ExtendedText());
                    }

                    done |= index == requests.Length - 1;
                }
            }

            if (refusal is not null) throw refusal;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Asks for one record.</summary>
    /// <returns>Null when the kernel has no such thing (ENODEV).</returns>
    public T? Get<T>(RouteRequest request, MessageParser<T> parse) where T : class
    {
        List<T> records = [];
        int errno = Ask(request, parse, records);
        return errno is 0 or Errno.ENODEV ? records.FirstOrDefault() : throw new NetlinkException(request.ToString(), errno);
    }

    /// <summary>Asks for all records; a dump that a change interrupted is asked for again.</summary>
    public List<T> Dump<T>(RouteRequest request, MessageParser<T> parse)
    {
        for (int attempt = 0; attempt < InterruptedDumpRetries; attempt++)
        {
            List<T> records = [];
            int errno = Ask(request, parse, records);
            if (errno == 0) return records;
            if (errno != Errno.EAGAIN) throw new NetlinkException(request.ToString(), errno);
        }

        throw new NetlinkException(request.ToString(), Errno.EBUSY, "the tables kept changing while they were read");
    }

    public void Dispose() => transport.Dispose();

    /// <returns>0; ENODEV; EBUSY; or EAGAIN for an interrupted dump.</returns>
    private int Ask<T>(RouteRequest request, MessageParser<T> parse, List<T> records)
    {
        int size = ReceiveSize;
        for (int attempt = 0; ; attempt++)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                records.Clear();
                _writer.Clear();
                request.Write(_writer);
                _writer.End(++_sequence, acknowledge: false);
                transport.Send(_writer.Written);
                int errno = Collect(request, parse, records, buffer, out int needed);
                if (needed <= buffer.Length && !(errno == Errno.EBUSY && attempt > 0)) return errno;
                if (attempt == InterruptedDumpRetries) throw new NetlinkException(request.ToString(), Errno.EBUSY);
                // What was cut off is lost: ask again with room for it. EBUSY: the one that was cut off still goes on.
                size = Math.Max(size, needed);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private int Collect<T>(RouteRequest request, MessageParser<T> parse, List<T> records, byte[] buffer, out int needed)
    {
        bool interrupted = false;
        while (true)
        {
            needed = transport.Receive(buffer);
            if (needed > buffer.Length) return 0;
            MessageReader reader = new(buffer.AsSpan(0, needed));
            while (reader.TryRead(out Message message))
            {
                if (!IsOurs(message) || message.Header.nlmsg_seq != _sequence) continue;
                interrupted |= (message.Header.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
                switch (message.Header.nlmsg_type)
                {
                    case NLMSG_ERROR or NLMSG_DONE:
                        int errno = -message.Code;
                        if (errno is not (0 or Errno.ENODEV or Errno.EBUSY))
                        {
                            throw new NetlinkException(request.ToString(), errno, message.ExtendedText());
                        }

                        return interrupted ? Errno.EAGAIN : errno;
                    case NLMSG_NOOP:
                        break;
                    default:
                        records.Add(parse(message));
                        if ((message.Header.nlmsg_flags & NLM_F_MULTI) == 0) return 0;
                        break;
                }
            }
        }
    }

    private bool IsOurs(Message message) => message.Header.nlmsg_pid == transport.PortId;
}
