using MacIpvlan.Linux;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>Takes one notice; it must not be kept.</summary>
internal delegate void NoticeHandler(RouteNotice notice);

/// <summary>
/// Listens to what the kernel tells of links, addresses, routes and neighbours: in the namespace of the thread that opened
/// it, and in all that have a number in it. Not for use by two threads at once.
/// </summary>
internal sealed class RouteListener : IDisposable
{
    // Room for some thousand notices: as many as come while whoever is told is busy for a moment.
    private const int QueueSize = 4 * 1024 * 1024;
    private readonly NetlinkDatagramSocket _socket = new();
    private byte[] _buffer = new byte[32768];

    /// <summary>Begins to listen.</summary>
    /// <param name="kinds">To what, besides links and ends of namespaces.</param>
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

    /// <summary>Hands over all that has come, and does not wait for more.</summary>
    /// <returns>False if some were lost.</returns>
    public bool Drain(NoticeHandler handle)
    {
        bool isComplete = true;
        while (true)
        {
            try
            {
                int length = _socket.TryReceive(_buffer, out int? namespaceId);
                if (length < 0) return isComplete;
                if (length > _buffer.Length)
                {
                    // What was cut off is lost; the next one of its size is not.
                    _buffer = new byte[length];
                    isComplete = false;
                    continue;
                }

                MessageReader reader = new(_buffer.AsSpan(0, length));
                while (reader.TryRead(out Message message)) handle(new RouteNotice(message, namespaceId));
            }
            catch (NetlinkException e) when (e.Errno == Errno.ENOBUFS)
            {
                // Those that came before still wait. The kernel drops all others until the queue has been empty once.
                isComplete = false;
            }
        }
    }

    /// <summary>Waits until something has come, for at most so long.</summary>
    public void Wait(TimeSpan time) => _socket.Wait(time);

    public void Dispose() => _socket.Dispose();

    private static int[] Groups(NetworkEventKind kind) => kind switch
    {
        NetworkEventKind.Link => [RTNLGRP_LINK],
        NetworkEventKind.Address => [RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR],
        NetworkEventKind.Route => [RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE],
        _ => [RTNLGRP_NEIGH],
    };
}
