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

    // ANNOUNCE_INTERVAL of RFC 5227.
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);
    private static readonly PriorityQueue<Announcement, DateTime> s_due = new();
    private static readonly NamespaceThreads s_closers = new(NetworkSession.MaxThreads);
    private static Thread? s_thread;
    private static int s_underWay;

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
            if (s_thread is null)
            {
                s_thread = new Thread(Run) { Name = "MacIpvlan announcements" };
                s_thread.Start();
            }

            s_underWay++;
            // A process that ends at once shall announce what it promised, and only then.
            s_thread.IsBackground = false;
            s_due.Enqueue(new(socket, linkIndex, mac, addresses, times), DateTime.UtcNow);
            Monitor.PulseAll(s_due);
        }
    }

    private static void Run()
    {
        while (true)
        {
            Announcement next = TakeDue();
            // A NIC that has gone meanwhile has nothing to announce.
            if (next.TrySend() && next.Times > 1)
            {
                lock (s_due) s_due.Enqueue(next with { Times = next.Times - 1 }, DateTime.UtcNow + s_interval);
                continue;
            }

            _ = s_closers.Start(target: null, () =>
            {
                next.Socket.Dispose();
                lock (s_due)
                {
                    if (--s_underWay == 0) s_thread!.IsBackground = true;
                    Monitor.PulseAll(s_due);
                }

                return 0;
            });
        }
    }

    private static Announcement TakeDue()
    {
        lock (s_due)
        {
            while (true)
            {
                TimeSpan wait = Timeout.InfiniteTimeSpan;
                if (s_due.TryPeek(out _, out DateTime due) && (wait = due - DateTime.UtcNow) <= TimeSpan.Zero) return s_due.Dequeue();
                Monitor.Wait(s_due, wait);
            }
        }
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
