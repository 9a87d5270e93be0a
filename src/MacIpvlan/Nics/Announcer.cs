using System.Net.NetworkInformation;
using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>
/// Announces addresses in the background. The kernel delivers each announcement to every other link of the parent. If
/// the kernel itself announces when a link comes up, no network can be changed until all links have received it.
/// </summary>
internal static class Announcer
{
    // At this many, callers wait: each announcement holds a socket.
    private const int MaxUnderWay = 256;

    // Sending takes long if many links receive the announcement. To close a socket, the kernel waits for all
    // processors; closing many sockets at once takes no longer than closing one. So both are delayed until no other
    // NIC has been made for this long, up to a limit.
    private const long LullMilliseconds = 10;
    private const long MaxDelayMilliseconds = 100;
    private const int MaxSent = MaxUnderWay / 2;

    // How long the end of the process waits for an announcement that is being sent.
    private const int ExitMilliseconds = 1000;

    // ANNOUNCE_INTERVAL of RFC 5227.
    private const long IntervalMilliseconds = 2000;
    private static readonly PriorityQueue<Announcement, long> s_due = new();
    private static readonly NamespaceThreads s_closers = new(NetworkSession.MaxThreads);
    private static readonly List<PacketSocket> s_sent = [];
    private static Thread? s_thread;
    private static int s_underWay;
    private static long s_lastStart;
    private static bool s_isSending;
    private static bool s_isAtExit;

    /// <summary>
    /// Call this in the host's namespace before the first <see cref="Start"/>. A thread starts in the namespace of the
    /// thread that starts it, and would keep that namespace alive.
    /// </summary>
    /// <exception cref="NetlinkException">EAGAIN: no thread can be started.</exception>
    public static void Prepare()
    {
        lock (s_due)
        {
            if (s_thread is not null) return;
            s_thread = WorkerThread.Start("MacIpvlan announcements", Run, static _ => Abandon());
            if (s_isAtExit) return;
            AppDomain.CurrentDomain.ProcessExit += static (_, _) => SendDue();
            s_isAtExit = true;
        }
    }

    /// <summary>Announces the addresses of a link now and then every two seconds, the given number of times.</summary>
    /// <param name="socket">A socket in the link's namespace; it is disposed after the last announcement.</param>
    /// <param name="linkIndex">The link's index.</param>
    /// <param name="mac">Its MAC address.</param>
    /// <param name="addresses">The addresses.</param>
    /// <param name="times">How many times; at least 1.</param>
    public static void Start(PacketSocket socket, int linkIndex, PhysicalAddress mac, IReadOnlyList<AddressValue> addresses, int times)
    {
        lock (s_due)
        {
            while (s_underWay >= MaxUnderWay) Monitor.Wait(s_due);
            if (s_thread is null)
            {
                // It has ended: Abandon. The NIC is reachable without the announcement, but a little later.
                socket.Dispose();
                return;
            }

            s_underWay++;
            s_lastStart = Environment.TickCount64;
            // A process that ends right away still sends all its announcements first. If it ends without waiting for
            // threads (Environment.Exit), it sends each at least once.
            s_thread.IsBackground = false;
            Announcement announcement = new(socket, linkIndex, mac, addresses, times);
            s_due.Enqueue(announcement, s_lastStart);
            // The thread needn't wake up if other announcements come first.
            if (ReferenceEquals(s_due.Peek(), announcement)) Monitor.PulseAll(s_due);
        }
    }

    private static void Run()
    {
        Niceness.YieldToOthers();
        while (true)
        {
            Announcement? next = TakeDue(s_sent.Count > 0 ? Environment.TickCount64 + LullMilliseconds : long.MaxValue);
            if (next is not null)
            {
                // If the NIC no longer exists, the announcement ends.
                bool goesOn = next.TrySend() && next.Times > 1;
                lock (s_due)
                {
                    if (goesOn) s_due.Enqueue(next with { Times = next.Times - 1 }, Environment.TickCount64 + IntervalMilliseconds);
                    s_isSending = false;
                    Monitor.PulseAll(s_due);
                }

                if (!goesOn) s_sent.Add(next.Socket);
                if (s_sent.Count < MaxSent) continue;
            }

            foreach (PacketSocket socket in s_sent) StartClose(socket);
            s_sent.Clear();
        }
    }

    private static void StartClose(PacketSocket socket)
    {
        try
        {
            _ = s_closers.Start(target: null, () => Close(socket));
        }
        catch (NetlinkException)
        {
            // No thread can be started for it.
            Close(socket);
        }
    }

    // The thread has failed. Nobody waits for an announcement, but its socket keeps a namespace alive, and callers wait
    // for room. The next command starts another thread.
    private static void Abandon()
    {
        lock (s_due)
        {
            s_thread = null;
            s_isSending = false;
            while (s_due.TryDequeue(out Announcement? next, out _)) next.Socket.Dispose();
            foreach (PacketSocket socket in s_sent) socket.Dispose();
            s_sent.Clear();
            s_underWay = 0;
            Monitor.PulseAll(s_due);
        }
    }

    /// <returns>Null if none is due by the deadline, in milliseconds since the system started.</returns>
    private static Announcement? TakeDue(long deadline)
    {
        lock (s_due)
        {
            while (true)
            {
                long due = s_due.TryPeek(out _, out long wanted)
                    ? Math.Min(Math.Max(wanted, s_lastStart + LullMilliseconds), wanted + MaxDelayMilliseconds)
                    : long.MaxValue;
                long left = Math.Min(due, deadline) - Environment.TickCount64;
                if (left <= 0)
                {
                    s_isSending = due < deadline;
                    return s_isSending ? s_due.Dequeue() : null;
                }

                s_thread!.IsBackground = s_due.Count == 0;
                Monitor.Wait(s_due, left < int.MaxValue ? (int)left : Timeout.Infinite);
            }
        }
    }

    // An exception that left this would end the process with another exit code than the user's.
    private static void SendDue()
    {
        try
        {
            lock (s_due)
            {
                while (s_isSending && Monitor.Wait(s_due, ExitMilliseconds)) { }
                while (s_due.TryDequeue(out Announcement? next, out long due) && due <= Environment.TickCount64) next.TrySend();
            }
        }
        catch (Exception)
        {
            // The process is ending. The NICs are reachable without the announcements.
        }
    }

    private static int Close(PacketSocket socket)
    {
        socket.Dispose();
        lock (s_due)
        {
            if (s_underWay > 0) s_underWay--;
            Monitor.PulseAll(s_due);
        }

        return 0;
    }

    private sealed record Announcement(
        PacketSocket Socket, int LinkIndex, PhysicalAddress Mac, IReadOnlyList<AddressValue> Addresses, int Times)
    {
        public bool TrySend() => Addresses.All(TrySend);

        private bool TrySend(AddressValue address) => Socket.TrySend(
            LinkIndex,
            PacketSocket.EtherTypeOf(address.Family),
            address.Family == AddressFamily.InterNetwork ? [0xff, 0xff, 0xff, 0xff, 0xff, 0xff] : [0x33, 0x33, 0, 0, 0, 1],
            AnnouncementPacket.For(address, Mac)) == 0;
    }
}
