namespace MacIpvlan.Linux;

/// <summary>Carries netlink datagrams: the kernel's socket, or a test's own kernel.</summary>
internal interface INetlinkTransport : IDisposable
{
    /// <summary>The port that answers are addressed to.</summary>
    uint PortId { get; }

    /// <summary>The cookie of the namespace that it is in; zero where the kernel has none (before 5.14).</summary>
    ulong NamespaceCookie { get; }

    /// <summary>Sends one datagram to the kernel.</summary>
    /// <exception cref="NetlinkException">The call failed.</exception>
    void Send(ReadOnlySpan<byte> datagram);

    /// <summary>Receives one datagram that the kernel sent.</summary>
    /// <returns>Its full length, which is more than the buffer's when the buffer cut it off.</returns>
    /// <exception cref="NetlinkException">The call failed: ETIMEDOUT when no answer came, ENOBUFS when answers were lost.</exception>
    int Receive(Span<byte> buffer);
}
