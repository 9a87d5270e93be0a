using System.Runtime.InteropServices;
using System.Text;
using Tmds.Linux;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Linux;

/// <summary>
/// Sends and receives ICMP or ICMPv6 messages on one link of the calling thread's namespace (raw(7), icmp(7)).
/// </summary>
internal sealed unsafe class EchoSocket : IDisposable
{
    private readonly FileDescriptor _fd;
    private readonly bool _isIPv4;
    private readonly int _linkIndex;

    /// <summary>Opens the socket.</summary>
    /// <param name="link">The link's name.</param>
    /// <param name="linkIndex">The link's index.</param>
    /// <param name="source">The address to send from, 4 or 16 bytes. Its length selects the family.</param>
    /// <param name="id">The identifier of the requests. Replies with another one are passed over.</param>
    /// <exception cref="NetlinkException">
    /// The kernel refuses: EADDRNOTAVAIL if the link doesn't have the address.
    /// </exception>
    public EchoSocket(string link, int linkIndex, ReadOnlySpan<byte> source, ushort id)
    {
        (_isIPv4, _linkIndex) = (source.Length == 4, linkIndex);
        int family = _isIPv4 ? LibC.AF_INET : LibC.AF_INET6;
        int protocol = _isIPv4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
        int fd = LibC.socket(family, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK, protocol);
        _fd = FileDescriptor.TryTake(fd, out int errno) ?? throw Refused("socket(SOCK_RAW)", errno);
        try
        {
            Bind(link);
            Filter();
            PacketFilter.PassReplies(_fd, _isIPv4, id);
            sockaddr_inet address = AddressOf(source);
            if (LibC.bind(fd, (sockaddr*)&address, Length) < 0) throw Refused("bind(SOCK_RAW)");
        }
        catch
        {
            _fd.Dispose();
            throw;
        }
    }

    /// <summary>Sends a message.</summary>
    /// <returns>Zero, or the kernel's error number.</returns>
    public int TrySend(ReadOnlySpan<byte> destination, ReadOnlySpan<byte> message)
    {
        sockaddr_inet address = AddressOf(destination);
        fixed (byte* p = message)
        {
            ssize_t sent;
            do sent = LibC.sendto(_fd.Value, p, message.Length, 0, (sockaddr*)&address, Length);
            while (sent < 0 && Errno.Last == Errno.EINTR);
            return sent < 0 ? Errno.Last : 0;
        }
    }

    /// <summary>Receives a message without waiting.</summary>
    /// <param name="buffer">Receives the message, truncated to the buffer's length.</param>
    /// <param name="sender">Receives the sender's address, 4 or 16 bytes.</param>
    /// <returns>The message's length; -1 if there is no message.</returns>
    public int TryReceive(Span<byte> buffer, Span<byte> sender)
    {
        sockaddr_inet address;
        socklen_t length = sizeof(sockaddr_inet);
        fixed (byte* p = buffer)
        {
            ssize_t received = LibC.recvfrom(_fd.Value, p, buffer.Length, 0, (sockaddr*)&address, &length);
            if (received < 0) return -1;
            new ReadOnlySpan<byte>(_isIPv4 ? address.sin_addr : address.sin6_addr, sender.Length).CopyTo(sender);
            return (int)received;
        }
    }

    /// <summary>Waits until a message arrives or the time is up.</summary>
    public void Wait(TimeSpan time) => _fd.WaitReadable(time);

    public void Dispose() => _fd.Dispose();

    private int Length => _isIPv4 ? SizeOfSockaddrIn : SizeOfSockaddrIn6;

    private sockaddr_inet AddressOf(ReadOnlySpan<byte> bytes)
    {
        sockaddr_inet address = new() { family = (ushort)(_isIPv4 ? LibC.AF_INET : LibC.AF_INET6) };
        bytes.CopyTo(new Span<byte>(_isIPv4 ? address.sin_addr : address.sin6_addr, bytes.Length));
        // Link-local addresses need the link's index; the kernel ignores it for other addresses.
        if (!_isIPv4) address.sin6_scope_id = (uint)_linkIndex;
        return address;
    }

    // A container can rename the link at any time, so its index is used if the kernel knows that option.
    private void Bind(string link)
    {
        const int ENOPROTOOPT = 92;
        int index = _linkIndex;
        if (LibC.setsockopt(_fd.Value, LibC.SOL_SOCKET, SO_BINDTOIFINDEX, &index, sizeof(int)) >= 0) return;
        if (Errno.Last != ENOPROTOOPT) throw Refused("setsockopt(SOL_SOCKET, SO_BINDTOIFINDEX)");
        SetOption(LibC.SOL_SOCKET, LibC.SO_BINDTODEVICE, Encoding.UTF8.GetBytes(link + '\0'));
    }

    // Only replies and errors pass, so that requests to this namespace don't fill the socket's queue.
    private void Filter()
    {
        if (_isIPv4)
        {
            uint blocked = ~((1u << 0) | (1u << 3) | (1u << 11) | (1u << 12));
            SetOption(SOL_RAW, ICMP_FILTER, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in blocked)));
            return;
        }

        Span<uint> blocked6 = stackalloc uint[8];
        blocked6.Fill(uint.MaxValue);
        blocked6[0] = ~0b11110u;
        blocked6[4] = ~(1u << (129 - 128));
        SetOption(IPPROTO_ICMPV6, ICMPV6_FILTER, MemoryMarshal.AsBytes(blocked6));
    }

    private void SetOption(int level, int option, ReadOnlySpan<byte> value)
    {
        fixed (byte* p = value)
        {
            if (LibC.setsockopt(_fd.Value, level, option, p, value.Length) < 0) throw Refused($"setsockopt({level}, {option})");
        }
    }

    private static NetlinkException Refused(string call) => Refused(call, Errno.Last);

    private static NetlinkException Refused(string call, int errno) => new(
        call, errno, privilege: "CAP_NET_RAW in the user namespace that owns the network namespace");
}
