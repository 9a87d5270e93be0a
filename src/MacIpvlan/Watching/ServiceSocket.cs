using System.Net.Sockets;
using System.Text;

namespace MacIpvlan;

/// <summary>Sends texts to the sockets of a service manager, as datagrams, and never waits for it.</summary>
internal static class ServiceSocket
{
    /// <summary>Sends a text.</summary>
    /// <returns>False if nobody listens, or not fast enough.</returns>
    public static bool TrySend(UnixDomainSocketEndPoint place, string text)
    {
        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
            socket.SendTo(Encoding.UTF8.GetBytes(text), place);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
