namespace MacIpvlan;

/// <summary>What a client is doing (RFC 2131 4.4, figure 5).</summary>
public enum DhcpClientState : long
{
    /// <summary>Nothing: it isn't started, or the link has no carrier.</summary>
    Init,

    /// <summary>It looks for servers.</summary>
    Selecting,

    /// <summary>It has chosen an offer and asks its server for the address.</summary>
    Requesting,

    /// <summary>The address is granted, and the caller probes whether another station has it.</summary>
    Probing,

    /// <summary>It has an address.</summary>
    Bound,

    /// <summary>It has an address and asks its server to renew the lease (from T1).</summary>
    Renewing,

    /// <summary>It has an address and asks any server to renew the lease (from T2).</summary>
    Rebinding,

    /// <summary>It asks for an address that it had before, or has on a link that lost its carrier for a while.</summary>
    Rebooting,

    /// <summary>It waits before it asks again, because another station has the address or servers refuse.</summary>
    Waiting,

    /// <summary>It has released its address and does nothing more.</summary>
    Stopped,
}
