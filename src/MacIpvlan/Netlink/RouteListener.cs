using MacIpvlan.Linux;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>Handles one notice, which is valid only during the call.</summary>
internal delegate void NoticeHandler(RouteNotice notice);

/// <summary>
/// Receives the kernel's notices of links, addresses, routes and neighbors in the namespace of the thread that opened
/// it, and in all namespaces with an id in it. It isn't thread-safe.
/// </summary>
internal sealed class RouteListener : IDisposable
{
    // Room for several thousand notices, which can arrive while the handler is briefly busy.
    private const int QueueSize = 4 * 1024 * 1024;

    // A container can cause notices faster than they are handled.
    private const int DatagramsAtOnce = 4096;
    private readonly NetlinkDatagramSocket _socket = new();
    private byte[] _buffer = new byte[32768];

    /// <summary>Starts listening.</summary>
    /// <param name="kinds">The kinds of notices, in addition to links and the ends of namespaces.</param>
    /// <exception cref="NetlinkException">The process lacks CAP_NET_BROADCAST.</exception>
    public RouteListener(IEnumerable<NetworkEventKind> kinds)
    {
        try
        {
            _socket.Listen(QueueSize, kinds.Append(NetworkEventKind.Link).Distinct().SelectMany(Groups).Append(RTNLGRP_NSID));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// Handles the notices in the queue, at most a few thousand datagrams at once, and doesn't wait for more.
    /// </summary>
    /// <returns>False if notices were lost.</returns>
    public bool Drain(NoticeHandler handle)
    {
        bool isComplete = true;
        for (int i = 0; i < DatagramsAtOnce; i++)
        {
            try
            {
                int length = _socket.TryReceive(_buffer, out int? namespaceId);
                if (length < 0) return isComplete;
                if (length > _buffer.Length)
                {
                    // The truncated part is lost. The next datagram of this size fits.
                    _buffer = new byte[length];
                    isComplete = false;
                    continue;
                }

                MessageReader reader = new(_buffer.AsSpan(0, length));
                while (reader.TryRead(out Message message)) handle(new RouteNotice(message, namespaceId));
            }
            catch (NetlinkException e) when (e.Errno == Errno.ENOBUFS)
            {
                // Earlier notices are still in the queue. The kernel drops new ones until the queue has been empty
                // once.
                isComplete = false;
            }
        }

        return isComplete;
    }

    /// <summary>Waits until a notice arrives or the time is up.</summary>
    public void Wait(TimeSpan time) => _socket.Wait(time);

    public void Dispose() => _socket.Dispose();

    private static int[] Groups(NetworkEventKind kind) => kind switch
    {
        NetworkEventKind.Link => [RTNLGRP_LINK],
        NetworkEventKind.Address => [RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR],
        NetworkEventKind.Route => [RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE],
        NetworkEventKind.Neighbor => [RTNLGRP_NEIGH],
        // The kernel knows nothing of leases.
        _ => [],
    };
}
