namespace MacIpvlan.Linux;

/// <summary>Transports netlink datagrams: a kernel socket, or a simulated kernel in tests.</summary>
internal interface INetlinkTransport : IDisposable
{
    /// <summary>The port that answers are addressed to.</summary>
    uint PortId { get; }

    /// <summary>The cookie of the transport's namespace; zero on kernels before 5.14.</summary>
    ulong NamespaceCookie { get; }

    /// <summary>Sends one datagram to the kernel.</summary>
    /// <exception cref="NetlinkException">The call failed.</exception>
    void Send(ReadOnlySpan<byte> datagram);

    /// <summary>Receives one datagram from the kernel.</summary>
    /// <returns>The datagram's full length, which exceeds the buffer's if the datagram was truncated.</returns>
    /// <exception cref="NetlinkException">
    /// The call failed: ETIMEDOUT if no answer arrived, ENOBUFS if answers were lost.
    /// </exception>
    int Receive(Span<byte> buffer);
}
