namespace MacIpvlan;

/// <content>What is sent, and when it's sent again.</content>
public sealed partial class DhcpClient
{
    private const int FirstWaitSeconds = 4;
    private const int MaxDoublings = 4;

    private void SendDiscover(List<DhcpAction> actions, TimeSpan now)
    {
        _seconds = SecondsSince(now);
        Send(actions, _requests.Discover(_id!.Value, _seconds), lease: null, isUnicast: false);
        _next = now + NextWait();
    }

    // The same 'secs' as in the DHCPDISCOVER (RFC 2131 3.1, step 3), and the same id each time: the lease counts from the first.
    private void SendRequest(List<DhcpAction> actions, TimeSpan now)
    {
        DhcpMessage request = _requests.Request(_id!.Value, _seconds, _offer!.Address.Value, _offer.Server);
        Send(actions, request, lease: null, isUnicast: false);
        _next = now + NextWait();
    }

    private void SendReboot(List<DhcpAction> actions, TimeSpan now)
    {
        (_id, _requested) = (_random(), now);
        Send(actions, _requests.Request(_id.Value, SecondsSince(now), _binding!.Lease.Address.Value, server: null), lease: null, isUnicast: false);
        _next = now + NextWait();
    }

    // Each request has an id of its own, so that a late reply doesn't count from the wrong one.
    private void SendRenewal(List<DhcpAction> actions, TimeSpan now)
    {
        if (State is not (DhcpClientState.Renewing or DhcpClientState.Rebinding)) _started = now;
        bool isRebinding = _binding!.RebindAt <= now;
        State = isRebinding ? DhcpClientState.Rebinding : DhcpClientState.Renewing;
        (_id, _requested, _next) = (_random(), now, null);
        // Half of the time that remains (RFC 2131 4.4.5).
        TimeSpan half = ((isRebinding ? _binding.ExpiresAt : _binding.RebindAt) - now) / 2 ?? TimeSpan.Zero;
        _binding = _binding with { State = State, RenewAt = now + (half > s_renewWait ? half : s_renewWait) };
        Send(actions, _requests.Renew(_id.Value, SecondsSince(now), _binding.Lease.Address.Value), _binding.Lease, isUnicast: !isRebinding);
    }

    private void SendRelease(List<DhcpAction> actions, DhcpBinding? binding, TimeSpan now)
    {
        if (binding?.IsExpired(now) != false) return;
        Send(actions, _requests.Release(_random(), binding.Lease), binding.Lease, isUnicast: true);
    }

    // From the address of the lease, or without a lease from 0.0.0.0.
    private static void Send(List<DhcpAction> actions, DhcpMessage message, DhcpLease? lease, bool isUnicast) => actions.Add(new()
    {
        Kind = DhcpActionKind.Send,
        Message = message,
        Source = lease?.Address.Value ?? DhcpPacket.AnyAddress,
        Destination = isUnicast ? lease!.Server : DhcpPacket.BroadcastAddress,
    });

    // 4, 8, 16, 32 and then 64 seconds, each up to a second more or less (RFC 2131 4.1).
    private TimeSpan NextWait() =>
        TimeSpan.FromSeconds(FirstWaitSeconds << Math.Min(_attempts++, MaxDoublings)) - s_second + Random(2 * s_second);

    private ushort SecondsSince(TimeSpan now) => (ushort)Math.Clamp((now - _started).TotalSeconds, 0, ushort.MaxValue);

    private TimeSpan Random(TimeSpan limit) => limit * Fraction();

    // From 0 to less than 1.
    private double Fraction() => _random() / (uint.MaxValue + 1.0);
}
