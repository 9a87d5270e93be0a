namespace MacIpvlan;

/// <summary>What the caller of a client does.</summary>
public enum DhcpActionKind
{
    /// <summary>Send the message.</summary>
    Send,

    /// <summary>
    /// Probe the address on the wire (RFC 5227 2.1.1), and report the result to <see cref="DhcpClient.ProbeFinished"/>.
    /// </summary>
    Probe,

    /// <summary>A lease was obtained: give the NIC its address, routes and MTU.</summary>
    LeaseObtained,

    /// <summary>The lease was renewed and has new times; its settings are the same.</summary>
    LeaseRenewed,

    /// <summary>The lease was renewed, and an address, a route, the server or another setting has changed.</summary>
    LeaseChanged,

    /// <summary>A server refused the address, or another station has the new one: take the address from the NIC.</summary>
    LeaseLost,

    /// <summary>The lease ended without an answer of a server: take the address from the NIC.</summary>
    LeaseExpired,
}
