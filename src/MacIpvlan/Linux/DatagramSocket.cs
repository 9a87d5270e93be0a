using System.Runtime.InteropServices;
using Tmds.Linux;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Linux;

/// <summary>
/// A UDP socket on one link of the calling thread's namespace, which only sends (udp(7)). The kernel finds the way to the
/// destination, as it does for any program there.
/// </summary>
/// <remarks>While it is open, the kernel doesn't tell senders that nobody listens on its port.</remarks>
internal sealed unsafe partial class DatagramSocket : IDisposable
{
    // The number of bytes that haven't left the host: asm-generic/ioctls.h.
    private const int OutputQueue = 0x5411;
    private static readonly TimeSpan s_lookInterval = TimeSpan.FromMilliseconds(2);
    private readonly FileDescriptor _fd;

    /// <summary>Opens the socket.</summary>
    /// <param name="linkIndex">The link's index.</param>
    /// <param name="source">The IPv4 address to send from, 4 bytes.</param>
    /// <param name="port">The port to send from.</param>
    /// <exception cref="NetlinkException">
    /// The kernel refuses: EADDRNOTAVAIL if the link doesn't have the address, EADDRINUSE if a program there has the port.
    /// </exception>
    public DatagramSocket(int linkIndex, ReadOnlySpan<byte> source, ushort port)
    {
        int fd = LibC.socket(LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK, IPPROTO_UDP);
        _fd = FileDescriptor.TryTake(fd, out int errno) ?? throw new NetlinkException("socket(SOCK_DGRAM)", errno);
        try
        {
            int index = linkIndex, one = 1;
            if (LibC.setsockopt(fd, LibC.SOL_SOCKET, SO_BINDTOIFINDEX, &index, sizeof(int)) < 0) throw Refused("setsockopt(SOL_SOCKET, SO_BINDTOIFINDEX)");
            // A DHCP client of the container can have the port too.
            if (LibC.setsockopt(fd, LibC.SOL_SOCKET, LibC.SO_REUSEADDR, &one, sizeof(int)) < 0) throw Refused("setsockopt(SOL_SOCKET, SO_REUSEADDR)");
            sockaddr_inet address = AddressOf(source, port);
            if (LibC.bind(fd, (sockaddr*)&address, SizeOfSockaddrIn) < 0) throw Refused("bind(SOCK_DGRAM)");
        }
        catch
        {
            _fd.Dispose();
            throw;
        }
    }

    /// <summary>Sends a datagram.</summary>
    /// <returns>Zero, or the kernel's error number.</returns>
    public int TrySend(ReadOnlySpan<byte> destination, ushort port, ReadOnlySpan<byte> message)
    {
        sockaddr_inet address = AddressOf(destination, port);
        fixed (byte* p = message)
        {
            ssize_t sent = LibC.sendto(_fd.Value, p, message.Length, 0, (sockaddr*)&address, SizeOfSockaddrIn);
            return sent < 0 ? Errno.Last : 0;
        }
    }

    /// <summary>
    /// Waits until what was sent has left, at most for a time: the kernel may first have to ask for the receiver's MAC
    /// address, and drops what waits for that with the link.
    /// </summary>
    public void WaitSent(TimeSpan most)
    {
        TimeSpan end = BootClock.Now + most;
        while (Control(_fd.Value, OutputQueue, out int waiting) == 0 && waiting > 0 && BootClock.Now < end) Thread.Sleep(s_lookInterval);
    }

    public void Dispose() => _fd.Dispose();

    private static sockaddr_inet AddressOf(ReadOnlySpan<byte> bytes, ushort port)
    {
        sockaddr_inet address = new() { family = (ushort)LibC.AF_INET, port = (ushort)((port >> 8) | (port << 8)) };
        bytes.CopyTo(new Span<byte>(address.sin_addr, bytes.Length));
        return address;
    }

    private static NetlinkException Refused(string call) => new(call, Errno.Last);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int descriptor, nint request, out int value);
}
