namespace MacIpvlan;

/// <summary>
/// A lease and its deadlines: all that is stored of a client. The times are of a clock that counts on while the host is
/// suspended, such as CLOCK_BOOTTIME; null never comes.
/// </summary>
/// <param name="Lease">The lease.</param>
/// <param name="State">Bound, Renewing or Rebinding; or Rebooting if the host was started anew since it was granted.</param>
/// <param name="RenewAt">When the next request is sent: T1 at first, and then the time of the next attempt.</param>
/// <param name="RebindAt">When any server is asked: T2.</param>
/// <param name="ExpiresAt">When the lease ends.</param>
public sealed record DhcpBinding(
    DhcpLease Lease, DhcpClientState State, TimeSpan? RenewAt, TimeSpan? RebindAt, TimeSpan? ExpiresAt)
{
    // T1 and T2 come up to a twentieth earlier, at most a minute, so that clients that started together don't stay together
    // (RFC 2131 4.4.5).
    private const int SpreadPart = 20;
    private static readonly TimeSpan s_maxSpread = TimeSpan.FromMinutes(1);

    /// <summary>Whether the lease has ended.</summary>
    public bool IsExpired(TimeSpan now) => ExpiresAt <= now;

    /// <summary>Whether the client can go on with the lease without asking first: it hasn't ended, and the host wasn't restarted.</summary>
    public bool IsHeld(TimeSpan now) => State != DhcpClientState.Rebooting && !IsExpired(now);

    /// <summary>The same with all deadlines later by some time, for a clock that began anew, as after a reboot.</summary>
    public DhcpBinding Shift(TimeSpan time) =>
        this with { RenewAt = RenewAt + time, RebindAt = RebindAt + time, ExpiresAt = ExpiresAt + time };

    /// <summary>Counts the times of a lease from the request that it was granted for (RFC 2131 4.4.1).</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="requested">When the request was sent.</param>
    /// <param name="renewSpread">How much earlier T1 comes: a random part of the most, from 0 to 1.</param>
    /// <param name="rebindSpread">The same for T2.</param>
    internal static DhcpBinding Of(DhcpLease lease, TimeSpan requested, double renewSpread, double rebindSpread)
    {
        if (lease.Duration is not TimeSpan duration || lease.RenewAfter is not TimeSpan renew || lease.RebindAfter is not TimeSpan rebind)
        {
            return new(lease, DhcpClientState.Bound, null, null, null);
        }

        return new(
            lease,
            DhcpClientState.Bound,
            requested + renew - (Most(renew) * renewSpread),
            // T2 stays behind T1.
            requested + rebind - (Most(rebind - renew) * rebindSpread),
            requested + duration);
    }

    private static TimeSpan Most(TimeSpan time) => time / SpreadPart < s_maxSpread ? time / SpreadPart : s_maxSpread;
}
