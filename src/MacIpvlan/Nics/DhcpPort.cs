using System.Net.NetworkInformation;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan;

/// <summary>
/// Sends the messages of a DHCP client on a link, and receives the replies. Open it on a thread in the link's namespace; it
/// stays there, and keeps the namespace alive.
/// </summary>
internal sealed class DhcpPort : IDisposable
{
    private const ushort ServerPort = 67;
    private const ushort ClientPort = 68;

    // Larger than any message that servers send: they know the size that the client accepts.
    private const int BufferSize = DhcpPacket.HeadersSize + DhcpMessage.MaxSize;

    // Limits a round, so that a flood of packets can't delay what is due.
    private const int PacketsAtOnce = 64;

    // A server that doesn't answer ARP in this time isn't told.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);
    private static readonly byte[] s_everyone = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    private readonly PacketSocket _socket;
    private readonly int _linkIndex;

    // Open as long as a reply can come, so that the kernel doesn't tell the server that nobody listens.
    private DatagramSocket? _sender;

    /// <summary>Starts to listen. The link must be up.</summary>
    /// <exception cref="NetlinkException">The process lacks CAP_NET_RAW, or the link doesn't exist or is down.</exception>
    public DhcpPort(Link link)
    {
        _linkIndex = link.Index;
        _socket = PacketSocket.Open();
        try
        {
            _socket.ListenForDhcp(link.Index, link.MacAddress.GetAddressBytes());
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Sends the message of an action. Runs on a thread in the link's namespace. If the kernel refuses, the message is lost, as
    /// any can be on the wire.
    /// </summary>
    public void Send(DhcpAction action)
    {
        int errno = 0;
        if (!action.IsBroadcast)
        {
            _sender?.Dispose();
            (_sender, errno) = SendFrom(_linkIndex, action);
        }

        // The address isn't on the link yet, a program there has the port for itself, or this process can't have it because it
        // lacks CAP_NET_BIND_SERVICE. Servers read what is sent to all stations, too.
        if (action.IsBroadcast || errno is Errno.EADDRNOTAVAIL or Errno.EADDRINUSE or Errno.EACCES) Broadcast(_socket, _linkIndex, action);
    }

    /// <summary>Receives the messages that have arrived.</summary>
    /// <param name="take">Called with each message, which isn't trusted.</param>
    public void Receive(Action<DhcpMessage> take)
    {
        Span<byte> buffer = stackalloc byte[BufferSize];
        for (int i = 0; i < PacketsAtOnce; i++)
        {
            int length = _socket.TryReceive(buffer, out bool hasChecksum);
            if (length < 0) return;
            if (!DhcpPacket.TryRead(buffer[..length], hasChecksum, out ReadOnlySpan<byte> bytes)) continue;
            if (DhcpMessage.Parse(bytes, out _) is DhcpMessage message) take(message);
        }
    }

    /// <summary>Waits until a packet arrives or the time is up.</summary>
    public void Wait(TimeSpan time) => _socket.Wait(time);

    /// <summary>
    /// Sends the last message of a client, from its address to the server, and waits until it has left. Runs on a thread in
    /// the link's namespace.
    /// </summary>
    public static void SendLast(int linkIndex, DhcpAction action)
    {
        (DatagramSocket? socket, int errno) = SendFrom(linkIndex, action);
        using (socket) socket?.WaitSent(s_patience);
        if (errno is not (Errno.EADDRINUSE or Errno.EACCES) || PacketSocket.TryOpen() is not PacketSocket packets) return;
        using (packets) Broadcast(packets, linkIndex, action);
    }

    /// <summary>Sends the last message of a client whose namespace has gone, on the link that its own link was on.</summary>
    /// <param name="parent">The link. The calling thread is in its namespace.</param>
    /// <param name="server">The server's MAC address.</param>
    /// <param name="action">The action.</param>
    public static void SendLast(Link parent, PhysicalAddress server, DhcpAction action)
    {
        using PacketSocket socket = PacketSocket.Open();
        socket.TrySend(parent.Index, PacketSocket.EtherTypeOfIPv4, server.GetAddressBytes(), action.ToPacket());
    }

    public void Dispose()
    {
        _sender?.Dispose();
        _socket.Dispose();
    }

    private static void Broadcast(PacketSocket socket, int linkIndex, DhcpAction action) =>
        socket.TrySend(linkIndex, PacketSocket.EtherTypeOfIPv4, s_everyone, action.ToPacket());

    private static (DatagramSocket? Socket, int Errno) SendFrom(int linkIndex, DhcpAction action)
    {
        try
        {
            DatagramSocket socket = new(linkIndex, action.Source.ToBytes(), ClientPort);
            return (socket, socket.TrySend(action.Destination.ToBytes(), ServerPort, action.Message!.Write()));
        }
        catch (NetlinkException e)
        {
            // The address or the link has gone, or a program there has the port for itself.
            return (null, e.Errno);
        }
    }
}
