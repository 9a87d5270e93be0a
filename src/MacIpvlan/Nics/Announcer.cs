using System.Net.NetworkInformation;
using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>
/// Announces addresses while commands go on: the kernel hands each announcement to every other link of the parent, and if
/// it sends them itself when a link comes up, nothing else in any network can be changed meanwhile.
/// </summary>
internal static class Announcer
{
    // Who has that many under way waits: each has a socket.
    private const int MaxUnderWay = 256;

    // To send one takes long where many hear it, and to close its socket the kernel waits for all processors, for many of
    // them as long as for one. So both are put off until no other NIC has been made for so long, though not for ever.
    private const long LullMilliseconds = 10;
    private const long MaxDelayMilliseconds = 100;
    private const int MaxSent = MaxUnderWay / 2;

    // ANNOUNCE_INTERVAL of RFC 5227.
    private const long IntervalMilliseconds = 2000;
    private static readonly PriorityQueue<Announcement, long> s_due = new();
    private static readonly NamespaceThreads s_closers = new(NetworkSession.MaxThreads);
    private static Thread? s_thread;
    private static int s_underWay;
    private static long s_lastStart;
    private static bool s_isSending;

    /// <summary>
    /// To be called in the host's namespace before the first <see cref="Start"/>: a thread is born into the namespace of the
    /// one that starts it, and would keep it alive.
    /// </summary>
    public static void Prepare()
    {
        lock (s_due)
        {
            if (s_thread is not null) return;
            s_thread = new Thread(Run) { Name = "MacIpvlan announcements", IsBackground = true };
            s_thread.Start();
            AppDomain.CurrentDomain.ProcessExit += static (_, _) => SendDue();
        }
    }

    /// <summary>Announces the addresses of a link, now and every two seconds, so many times in all.</summary>
    /// <param name="socket">A socket in the link's namespace, which is disposed of in the end.</param>
    /// <param name="linkIndex">The link's index.</param>
    /// <param name="mac">Its MAC address.</param>
    /// <param name="addresses">The addresses.</param>
    /// <param name="times">How often, at least once.</param>
    public static void Start(PacketSocket socket, int linkIndex, PhysicalAddress mac, IReadOnlyList<AddressValue> addresses, int times)
    {
        lock (s_due)
        {
            while (s_underWay >= MaxUnderWay) Monitor.Wait(s_due);
            s_underWay++;
            s_lastStart = Environment.TickCount64;
            // A process that ends at once shall announce what it promised, and only then. Where its end waits for no thread
            // (Environment.Exit), it does so at least once.
            s_thread!.IsBackground = false;
            Announcement announcement = new(socket, linkIndex, mac, addresses, times);
            s_due.Enqueue(announcement, s_lastStart);
            // The thread need not wake for one that has others before it.
            if (ReferenceEquals(s_due.Peek(), announcement)) Monitor.PulseAll(s_due);
        }
    }

    private static void Run()
    {
        Niceness.YieldToOthers();
        List<PacketSocket> sent = [];
        while (true)
        {
            Announcement? next = TakeDue(sent.Count > 0 ? Environment.TickCount64 + LullMilliseconds : long.MaxValue);
            if (next is not null)
            {
                // A NIC that has gone meanwhile has nothing to announce.
                bool goesOn = next.TrySend() && next.Times > 1;
                lock (s_due)
                {
                    if (goesOn) s_due.Enqueue(next with { Times = next.Times - 1 }, Environment.TickCount64 + IntervalMilliseconds);
                    s_isSending = false;
                    Monitor.PulseAll(s_due);
                }

                if (!goesOn) sent.Add(next.Socket);
                if (sent.Count < MaxSent) continue;
            }

            foreach (PacketSocket socket in sent) _ = s_closers.Start(target: null, () => Close(socket));
            sent.Clear();
        }
    }

    /// <returns>Null when none has come by the deadline, in milliseconds of the system's run.</returns>
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

    private static void SendDue()
    {
        lock (s_due)
        {
            while (s_isSending) Monitor.Wait(s_due);
            while (s_due.TryDequeue(out Announcement? next, out long due) && due <= Environment.TickCount64) next.TrySend();
        }
    }

    private static int Close(PacketSocket socket)
    {
        socket.Dispose();
        lock (s_due)
        {
            s_underWay--;
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
