using System.Diagnostics;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan;

/// <summary>
/// Checks whether someone on the wire already has addresses before they are assigned to a link: with ARP probes
/// (RFC 5227 2.1.1) and neighbor solicitations without a sender (RFC 4862 5.4.2). The link must be up. Use it only on
/// the thread of its namespace.
/// </summary>
internal sealed class AddressProbe : IDisposable
{
    // Larger than any packet that matters here.
    private const int BufferSize = 2048;

    // Limits a round, so that a flood of packets can't delay the end.
    private const int PacketsAtOnce = 256;
    private static readonly TimeSpan s_lookInterval = TimeSpan.FromMilliseconds(5);

    // ff02::1: owners of an address send their answers to a probe here, because its sender has no address.
    private static readonly PhysicalAddress s_allNodes = new([0x33, 0x33, 0, 0, 0, 1]);
    private readonly Link _link;
    private readonly Dictionary<AddressValue, PacketSocket> _sockets = [];
    private readonly Dictionary<AddressValue, PhysicalAddress> _found = [];
    private int _count;
    private int _sent;
    private long _start;
    private TimeSpan _interval;
    private TimeSpan _next;
    private TimeSpan _end;

    /// <summary>Starts to listen.</summary>
    /// <exception cref="NetlinkException">The process lacks CAP_NET_RAW, or the link no longer exists.</exception>
    public AddressProbe(Link link, IEnumerable<AddressValue> addresses)
    {
        _link = link;
        try
        {
            // One socket per protocol: a socket for all protocols would also receive packets of other VLANs.
            foreach (IGrouping<AddressFamily, AddressValue> family in addresses.GroupBy(static a => a.Family))
            {
                PacketSocket socket = PacketSocket.Open();
                foreach (AddressValue address in family) _sockets.Add(address, socket);
                socket.Listen(link.Index, PacketSocket.EtherTypeOf(family.Key), [.. family.Select(static a => a.ToBytes())]);
                if (family.Key == AddressFamily.InterNetwork) continue;
                socket.Join(link.Index, s_allNodes);
                foreach (AddressValue address in family) socket.Join(link.Index, NeighborPacket.SolicitationMac(address));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Probes all addresses at the same time.</summary>
    /// <param name="settings">How many probes to send, and how long to wait if nobody answers.</param>
    /// <param name="pause">Waits for the given time, or throws to cancel.</param>
    /// <returns>The addresses that others have, as soon as one is found; empty if nobody answers.</returns>
    public IReadOnlyDictionary<AddressValue, PhysicalAddress> Run(ProbeSettings settings, Action<TimeSpan> pause)
    {
        Begin(settings);
        while (!Step()) pause(s_lookInterval);
        return _found;
    }

    /// <summary>Begins to probe all addresses at the same time, for a caller that looks again and again.</summary>
    /// <param name="settings">How many probes to send, and how long to wait if nobody answers.</param>
    public void Begin(ProbeSettings settings)
    {
        (_count, _end) = (settings.Count, TimeSpan.FromMilliseconds(settings.TimeoutMilliseconds));
        _interval = _end / settings.Count;
        // A random delay: if two probes start at the same moment, one hears the other before it sends its own.
        _next = _interval * Random.Shared.NextDouble() / 2;
        _start = Stopwatch.GetTimestamp();
    }

    /// <summary>Listens, and sends the probe that is due.</summary>
    /// <returns>Whether the probe is over: somebody has answered, or nobody did in time.</returns>
    public bool Step()
    {
        Listen();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
        if (_found.Count > 0 || (_sent == _count && elapsed > _end)) return true;
        if (_sent == _count || elapsed < _next) return false;
        foreach ((AddressValue address, PacketSocket socket) in _sockets) Ask(address, socket);
        _sent++;
        _next += _interval;
        // If this thread was delayed, it still leaves time for an answer.
        if (elapsed + (_interval / 2) > _end) _end = elapsed + (_interval / 2);
        return false;
    }

    /// <summary>The addresses that others have.</summary>
    public IReadOnlyDictionary<AddressValue, PhysicalAddress> Found => _found;

    public void Dispose()
    {
        foreach (PacketSocket socket in _sockets.Values) socket.Dispose();
    }

    private void Ask(AddressValue address, PacketSocket socket)
    {
        AddressValue nobody = AddressValue.Unspecified(address.Family);
        socket.Send(
            _link.Index,
            PacketSocket.EtherTypeOf(address.Family),
            NeighborPacket.QuestionMac(address).GetAddressBytes(),
            NeighborPacket.Question(_link.MacAddress, nobody, address));
    }

    private void Listen()
    {
        Span<byte> buffer = stackalloc byte[BufferSize];
        foreach (PacketSocket socket in _sockets.Values.Distinct())
        {
            for (int i = 0; i < PacketsAtOnce; i++)
            {
                int length = socket.TryReceive(buffer, out PhysicalAddress source);
                if (length < 0) break;
                foreach (AddressValue address in _sockets.Keys)
                {
                    // A switch can send this link's own packets back.
                    if (NeighborPacket.TryReadConflict(buffer[..length], address, source, out PhysicalAddress mac)
                        && !mac.Equals(_link.MacAddress)) _found.TryAdd(address, mac);
                }
            }
        }
    }
}
