using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MacIpvlan.Benchmarks;

/// <summary>Finds out when an address begins to answer: it's asked every millisecond (ICMP, RFC 792).</summary>
internal static class EchoProbe
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// For each address that is read, a line each, writes the microseconds since 1970 at which its first reply came; a negative
    /// number if none came within ten seconds.
    /// </summary>
    public static void Run(TextReader addresses, TextWriter replies)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp);
        ushort id = 0;
        while (addresses.ReadLine() is string line)
        {
            replies.WriteLine(Wait(socket, IPAddress.Parse(line), ++id).ToString(CultureInfo.InvariantCulture));
            replies.Flush();
        }
    }

    private static long Wait(Socket socket, IPAddress address, ushort id)
    {
        byte[] request = [8, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(4), id);
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(2), (ushort)~((8 << 8) + id > 0xffff ? (8 << 8) + id - 0xffff : (8 << 8) + id));
        byte[] packet = new byte[2048];
        IPEndPoint destination = new(address, 0);
        for (DateTime end = DateTime.UtcNow + s_patience; DateTime.UtcNow < end;)
        {
            socket.SendTo(request, destination);
            if (!socket.Poll(TimeSpan.FromMilliseconds(1), SelectMode.SelectRead)) continue;
            int length = socket.Receive(packet);
            int header = (packet[0] & 15) * 4;
            // An answer, and the one to this request.
            if (length >= header + 8 && packet[header] == 0 && BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(header + 4)) == id)
            {
                return (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            }
        }

        return -1;
    }
}
