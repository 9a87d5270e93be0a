using System.Buffers;
using MacIpvlan.Linux;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>Parses one record from a message of a dump or of an answer.</summary>
internal delegate T MessageParser<T>(Message message);

/// <summary>
/// Sends requests and receives their answers: it numbers requests, waits for each answer, and turns refusals into
/// exceptions. It isn't thread-safe.
/// </summary>
/// <param name="transport">The transport; the socket disposes it.</param>
/// <param name="checkpoint">
/// Called before a question is asked again and during a long answer; throws to give up. Null: never gives up.
/// </param>
internal sealed class NetlinkSocket(INetlinkTransport transport, Action? checkpoint = null) : IDisposable
{
    // The kernel sends dumps in datagrams of at most 32 kB. The answer for one link with many functions can be longer.
    private const int ReceiveSize = 32768;

    // Each refusal takes about 1 kB of the receive queue, 208 kB by default. The kernel drops answers that don't fit.
    private const int RequestsInDatagram = 64;
    private const int Attempts = 16;

    // Answers to changes are lost only if the host is short of memory.
    private const int AttemptsToChange = 3;

    // A container fills its own tables as it likes. A host with all routes of the Internet has half as many records.
    private const int MaxRecords = 1 << 21;

    // Datagrams without anything for this socket, before the answer counts as lost.
    private const int MaxIdleDatagrams = 1 << 16;
    private const int DatagramsToCheckpoint = 64;
    private const string ReceiveStep = "receive netlink answer";
    private const string Privilege = "CAP_NET_ADMIN in the user namespaces that own the host's and the target's network namespace";
    private readonly MessageWriter _writer = new();
    private uint _sequence;

    /// <summary>The cookie of the socket's namespace; zero on kernels before 5.14.</summary>
    public ulong NamespaceCookie => transport.NamespaceCookie;

    /// <summary>
    /// Sends the requests in as few datagrams as possible, and waits for each datagram's last acknowledgement. The
    /// kernel processes them in order and continues after a failure. It always reports failures, so only the last
    /// request of a datagram asks for an acknowledgement.
    /// </summary>
    /// <param name="requests">The requests.</param>
    /// <param name="tolerated">Receives the requests that were refused in a way that they tolerate.</param>
    /// <exception cref="NetlinkException">
    /// The first refusal that its request doesn't tolerate; or the answer was lost, and the change may have been made
    /// (<see cref="NetlinkException.IsAnswerLost"/>).
    /// </exception>
    public void Execute(ReadOnlySpan<RouteRequest> requests, List<RouteRequest>? tolerated = null)
    {
        NetlinkException? refusal = null;
        while (!requests.IsEmpty)
        {
            int count = Math.Min(requests.Length, RequestsInDatagram);
            NetlinkException? refused = ExecuteDatagram(requests[..count], tolerated);
            refusal ??= refused;
            requests = requests[count..];
        }

        if (refusal is not null) throw refusal;
    }

    /// <summary>Requests one record.</summary>
    /// <returns>Null if the record doesn't exist (ENODEV).</returns>
    public T? Get<T>(RouteRequest request, MessageParser<T> parse) where T : class =>
        Ask(request, parse, out List<T> records) == 0 ? records.FirstOrDefault() : null;

    /// <summary>Requests all records. If a change interrupts the dump, the dump is repeated.</summary>
    public List<T> Dump<T>(RouteRequest request, MessageParser<T> parse)
    {
        int errno = Ask(request, parse, out List<T> records);
        return errno == 0 ? records : throw new NetlinkException(request.ToString(), errno);
    }

    /// <summary>Requests all records, in a namespace in which others can make changes all the time.</summary>
    /// <returns>False if a change interrupted the dump at every attempt, so that records may be missing.</returns>
    public bool TryDump<T>(RouteRequest request, MessageParser<T> parse, out List<T> records)
    {
        records = [];
        try
        {
            int errno = Ask(request, parse, out records);
            return errno == 0 ? true : throw new NetlinkException(request.ToString(), errno);
        }
        catch (NetlinkException e) when (e.Errno == Errno.EBUSY)
        {
            // The records are those of the last attempt.
            return false;
        }
    }

    public void Dispose() => transport.Dispose();

    /// <returns>The first refusal that its request doesn't tolerate.</returns>
    private NetlinkException? ExecuteDatagram(ReadOnlySpan<RouteRequest> requests, List<RouteRequest>? tolerated)
    {
        bool canBeRepeated = true;
        foreach (RouteRequest request in requests) canBeRepeated &= request.CanBeRepeated;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return ExecuteOnce(requests, tolerated, isRepetition: attempt > 1);
            }
            catch (NetlinkException e) when (e.IsAnswerLost && canBeRepeated && attempt < AttemptsToChange)
            {
                // The kernel's answer to the repetition shows what was done.
            }
        }
    }

    private NetlinkException? ExecuteOnce(ReadOnlySpan<RouteRequest> requests, List<RouteRequest>? tolerated, bool isRepetition)
    {
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
            return AwaitLast(requests, tolerated, first, buffer, isRepetition);
        }
        catch (NetlinkException e)
        {
            const string Doubt = "the kernel's answer was lost, so it's unknown whether the change was made";
            throw new NetlinkException(requests[^1].ToString(), e.Errno, Doubt) { IsAnswerLost = true };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private NetlinkException? AwaitLast(
        ReadOnlySpan<RouteRequest> requests, List<RouteRequest>? tolerated, uint first, byte[] buffer, bool isRepetition)
    {
        NetlinkException? refusal = null;
        bool done = false;
        for (int idle = 0; !done; idle++)
        {
            if (idle == MaxIdleDatagrams) throw new NetlinkException(ReceiveStep, Errno.ENOBUFS);
            int length = transport.Receive(buffer);
            if (length > buffer.Length) throw MessageReader.Malformed();
            MessageReader reader = new(buffer.AsSpan(0, length));
            while (reader.TryRead(out Message message))
            {
                // Unsigned, so that sequence numbers before the first wrap to large numbers.
                uint index = message.Header.nlmsg_seq - first;
                if (!IsOurs(message) || index >= requests.Length || message.Header.nlmsg_type != NLMSG_ERROR) continue;
                int errno = -message.Code;
                RouteRequest request = requests[(int)index];
                if (errno != 0 && request.Tolerates(errno)) tolerated?.Add(request);
                else if (errno != 0 && !(isRepetition && request.IsDoneBy(errno)))
                {
                    // EACCES isn't about privileges here: the kernel answers it, for example, if IPv6 is off on the link.
                    refusal ??= new NetlinkException(
                        request.ToString(), errno, message.ExtendedText(), errno == Errno.EPERM ? Privilege : null);
                }

                done |= index == requests.Length - 1;
            }
        }

        return refusal;
    }

    /// <summary>Repeats a request until the answer is complete. Repeating it changes nothing.</summary>
    /// <returns>0 or ENODEV.</returns>
    private int Ask<T>(RouteRequest request, MessageParser<T> parse, out List<T> records)
    {
        int size = ReceiveSize;
        int reason = Errno.EBUSY;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (attempt > 0) checkpoint?.Invoke();
            byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                _writer.Clear();
                request.Write(_writer);
                _writer.End(++_sequence, acknowledge: false);
                transport.Send(_writer.Written);
                records = [];
                int errno = Collect(request, parse, records, buffer, out int needed);
                if (errno is 0 or Errno.ENODEV) return errno;
                reason = errno;
                // The truncated part is lost, so the request is repeated with a larger buffer.
                size = Math.Max(size, needed);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        throw new NetlinkException(request.ToString(), reason, "the answer was incomplete at every attempt");
    }

    /// <returns>0 or ENODEV; or EBUSY or ENOBUFS if the request must be repeated.</returns>
    private int Collect<T>(RouteRequest request, MessageParser<T> parse, List<T> records, byte[] buffer, out int needed)
    {
        nlmsghdr asked = RawStruct.Read<nlmsghdr>(_writer.Written);
        bool isDump = (asked.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
        // The four message types of an object are consecutive: NEW, DEL, GET, SET (rtnetlink.h). NEW answers GET.
        int answerType = asked.nlmsg_type & ~3;
        bool interrupted = false, isEarlierUnderWay = false;
        for (int datagrams = 1, idle = 0; ; datagrams++)
        {
            if (!TryReceive(buffer, out needed) || idle++ == MaxIdleDatagrams) return Errno.ENOBUFS;
            if (needed > buffer.Length) return Errno.EBUSY;
            if (datagrams % DatagramsToCheckpoint == 0) checkpoint?.Invoke();
            MessageReader reader = new(buffer.AsSpan(0, needed));
            while (reader.TryRead(out Message message))
            {
                nlmsghdr header = message.Header;
                if (!IsOurs(message)) continue;
                if (header.nlmsg_seq != _sequence)
                {
                    if (isEarlierUnderWay && header.nlmsg_type == NLMSG_DONE) return Errno.EBUSY;
                    continue;
                }

                interrupted |= (header.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
                if (header.nlmsg_type is NLMSG_ERROR or NLMSG_DONE)
                {
                    int errno = -message.Code;
                    if (request.Tolerates(errno)) errno = 0;
                    if (errno == Errno.EBUSY && isDump)
                    {
                        // A socket can have only one dump in progress. An earlier, abandoned dump continues
                        // while its remaining messages are received, and must end before another can begin.
                        isEarlierUnderWay = true;
                        continue;
                    }

                    if (errno == Errno.ENOBUFS) return errno;
                    if (errno is 0 or Errno.ENODEV) return interrupted ? Errno.EBUSY : errno;
                    throw new NetlinkException(request.ToString(), errno, message.ExtendedText());
                }

                if (header.nlmsg_type != answerType) continue;
                idle = 0;
                if (records.Count == MaxRecords) throw new NetlinkException(request.ToString(), Errno.E2BIG, $"there are more than {MaxRecords} records");
                records.Add(parse(message));
                if ((header.nlmsg_flags & NLM_F_MULTI) == 0) return 0;
            }
        }
    }

    /// <returns>False if answers were lost (ENOBUFS).</returns>
    private bool TryReceive(byte[] buffer, out int length)
    {
        try
        {
            length = transport.Receive(buffer);
            return true;
        }
        catch (NetlinkException e) when (e.Errno == Errno.ENOBUFS)
        {
            length = 0;
            return false;
        }
    }

    private bool IsOurs(Message message) => message.Header.nlmsg_pid == transport.PortId;
}
