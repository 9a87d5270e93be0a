using System.Net.NetworkInformation;
using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Repeats announcements of addresses while commands go on. The first announcement is the kernel's own, when the link
/// comes up.
/// </summary>
internal static class Announcer
{
    // ANNOUNCE_INTERVAL of RFC 5227.
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);
    private static readonly Queue<Announcement> s_due = new();

    /// <summary>Announces the addresses of a NIC again, so many times.</summary>
    public static void Repeat(NamespaceHandle target, NicRecord nic, int times)
    {
        if (times <= 0 || nic.Leases.Count == 0) return;
        Announcement announcement = new(target.Reopen(), nic, times, DateTime.UtcNow + s_interval);
        lock (s_due)
        {
            s_due.Enqueue(announcement);
            if (s_due.Count > 1) return;
        }

        // Not a background thread: a process that ends at once shall announce what it promised. It belongs to namespaces.
        new Thread(Run) { Name = "MacIpvlan announcements" }.Start();
    }

    /// <summary>Announces one address.</summary>
    /// <exception cref="NetlinkException">The link is gone or down.</exception>
    public static void Send(PacketSocket socket, int linkIndex, PhysicalAddress mac, AddressValue address)
    {
        bool isIPv4 = address.Family == AddressFamily.InterNetwork;
        socket.Send(
            linkIndex,
            PacketSocket.EtherTypeOf(address.Family),
            isIPv4 ? [0xff, 0xff, 0xff, 0xff, 0xff, 0xff] : [0x33, 0x33, 0, 0, 0, 1],
            AnnouncementPacket.For(address, mac));
    }

    private static void Run()
    {
        while (true)
        {
            Announcement next;
            lock (s_due) next = s_due.Peek();
            TimeSpan wait = next.Due - DateTime.UtcNow;
            if (wait > TimeSpan.Zero) Thread.Sleep(wait);
            bool isThere = next.TrySend();
            lock (s_due)
            {
                s_due.Dequeue();
                if (isThere && next.Times > 1) s_due.Enqueue(next with { Times = next.Times - 1, Due = DateTime.UtcNow + s_interval });
                else next.Target.Dispose();
                if (s_due.Count == 0) return;
            }
        }
    }

    private sealed record Announcement(NamespaceHandle Target, NicRecord Nic, int Times, DateTime Due)
    {
        // A NIC that has gone meanwhile has nothing to announce.
        public bool TrySend()
        {
            try
            {
                NamespaceThreads.Enter(Target);
                using PacketSocket socket = new();
                foreach (LeaseRecord lease in Nic.Leases)
                {
                    Announcer.Send(socket, Nic.InterfaceIndex, Nic.MacAddress, lease.Address.Value);
                }

                return true;
            }
            catch (NetlinkException)
            {
                return false;
            }
        }
    }
}
