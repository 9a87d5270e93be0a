using System.Text;
using MacIpvlan.Addressing;

namespace MacIpvlan;

/// <content>The transitions between the states.</content>
public sealed partial class DhcpClient
{
    private const int MaxText = 100;

    private void Begin(List<DhcpAction> actions, TimeSpan now)
    {
        (_binding, _hasAddress, _granted, _offer) = (null, false, null, null);
        if (!_hasCarrier)
        {
            (State, _id, _next) = (DhcpClientState.Init, null, null);
            return;
        }

        (State, _id, _attempts, _started) = (DhcpClientState.Selecting, _random(), 0, now);
        SendDiscover(actions, now);
    }

    private void Reboot(List<DhcpAction> actions, TimeSpan now, TimeSpan wait)
    {
        (State, _id, _granted, _offer) = (DhcpClientState.Rebooting, null, null, null);
        (_attempts, _started, _next) = (0, now + wait, now + wait);
        if (wait == TimeSpan.Zero && _hasCarrier) SendReboot(actions, now);
    }

    private void Proceed(List<DhcpAction> actions, TimeSpan now)
    {
        switch (State)
        {
            case DhcpClientState.Selecting: SendDiscover(actions, now); break;
            case DhcpClientState.Requesting when _attempts < MaxRequests: SendRequest(actions, now); break;
            case DhcpClientState.Rebooting when _attempts < MaxReboots: SendReboot(actions, now); break;
            case DhcpClientState.Rebooting: KeepLease(actions); break;
            case DhcpClientState.Requesting or DhcpClientState.Waiting: Begin(actions, now); break;
            case DhcpClientState.Renewing when _binding!.ExpiresAt is null: ReturnToBound(); break;
            case DhcpClientState.Bound or DhcpClientState.Renewing or DhcpClientState.Rebinding: SendRenewal(actions, now); break;
        }
    }

    // A lease ends wherever the client is, and also one that it has only just been granted.
    private void EndExpired(List<DhcpAction> actions, TimeSpan now)
    {
        if (_granted?.IsExpired(now) == true)
        {
            if (!_hasAddress) Begin(actions, now);
            else (_granted, State) = (null, _binding!.State);
        }

        if (_binding?.IsExpired(now) != true) return;
        if (_hasAddress) actions.Add(new() { Kind = DhcpActionKind.LeaseExpired, Lease = _binding.Lease });
        // Another address is already granted.
        if (_granted is not null) (_binding, _hasAddress) = (null, false);
        else Begin(actions, now);
    }

    private void TakeOffer(List<DhcpAction> actions, DhcpMessage message, TimeSpan now)
    {
        if (LeaseOf(message) is not DhcpLease offer) return;
        (State, _offer, _attempts, _requested) = (DhcpClientState.Requesting, offer, 0, now);
        LastRefusal = $"the server {offer.Server} offered {offer.Address.Value}, but didn't grant it";
        SendRequest(actions, now);
    }

    private void TakeAck(List<DhcpAction> actions, DhcpMessage message, TimeSpan now)
    {
        if (LeaseOf(message) is not DhcpLease lease) return;
        DhcpBinding binding = DhcpBinding.Of(lease, _requested, Fraction(), Fraction());
        if (binding.IsExpired(now))
        {
            LastRefusal = "the lease ended before it arrived";
            return;
        }

        if (_settings.ProbesAddress && !(_hasAddress && _binding!.Lease.Address.Value == lease.Address.Value)) Probe(actions, binding);
        else Bind(actions, binding);
    }

    private void Probe(List<DhcpAction> actions, DhcpBinding binding)
    {
        (State, _granted, _id, _next) = (DhcpClientState.Probing, binding, null, null);
        actions.Add(new() { Kind = DhcpActionKind.Probe, Lease = binding.Lease });
    }

    private void Bind(List<DhcpAction> actions, DhcpBinding binding)
    {
        DhcpLease? previous = _hasAddress ? _binding!.Lease : null;
        DhcpActionKind kind = previous is null ? DhcpActionKind.LeaseObtained
            : previous.IsSameConfiguration(binding.Lease) ? DhcpActionKind.LeaseRenewed
            : DhcpActionKind.LeaseChanged;
        (_binding, _hasAddress, _granted, _offer, _id, _next) = (binding, true, null, null, null, null);
        (State, _conflicts, _refusals, LastRefusal) = (binding.State, 0, 0, null);
        actions.Add(new() { Kind = kind, Lease = binding.Lease, Previous = kind == DhcpActionKind.LeaseChanged ? previous : null });
    }

    // No server answered: the lease holds until its end.
    private void KeepLease(List<DhcpAction> actions)
    {
        (_id, _next) = (null, null);
        if (_hasAddress) State = _binding!.State;
        else if (_settings.ProbesAddress) Probe(actions, _binding!);
        else Bind(actions, _binding!);
    }

    // A lease without an end needs no renewal, so one that a user asked for isn't repeated.
    private void ReturnToBound()
    {
        (_id, State) = (null, DhcpClientState.Bound);
        _binding = _binding! with { State = State, RenewAt = null };
    }

    private void Decline(List<DhcpAction> actions, TimeSpan now)
    {
        Send(actions, _requests.Decline(_random(), _granted!.Lease), lease: null, isUnicast: false);
        LastRefusal = $"another station has the address {_granted.Lease.Address.Value}";
        _conflicts++;
        Lose(actions, now, _conflicts < MaxConflicts ? s_declineWait : s_conflictWait);
    }

    // Some servers refuse what they have offered: from the second time on, the client waits, and each time longer.
    private void StartOver(List<DhcpAction> actions, DhcpMessage message, TimeSpan now)
    {
        LastRefusal = $"the server {message.Server} refused the address{TextOf(message.Options[DhcpOptionCode.Message])}";
        Lose(actions, now, _refusals == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(1 << Math.Min(_refusals - 1, MaxDoublings + 2)));
        if (_refusals++ == 0) Begin(actions, now);
    }

    private void Lose(List<DhcpAction> actions, TimeSpan now, TimeSpan wait)
    {
        if (_hasAddress) actions.Add(new() { Kind = DhcpActionKind.LeaseLost, Lease = _binding!.Lease });
        (_binding, _hasAddress, _granted, _offer, _id) = (null, false, null, null, null);
        (State, _next) = (DhcpClientState.Waiting, now + wait + Random(s_second));
    }

    private static string TextOf(ReadOnlySpan<byte> text)
    {
        text = text[..Math.Min(text.Length, MaxText)].TrimEnd((byte)0);
        return text.IsEmpty ? "" : $": {PrintableText.Clean(Encoding.UTF8.GetString(text))}";
    }

    private DhcpLease? LeaseOf(DhcpMessage message)
    {
        DhcpLease? lease = DhcpLease.FromReply(message, _requests.OtherOptions, out string reason);
        if (lease is null) LastRefusal = reason;
        return lease;
    }

    // The server that was asked has to answer. A server that wasn't can refuse a request only if it was a broadcast without
    // a server's name, and grant one of a lease that the client has (RFC 2131 4.3.2).
    private bool IsFromServer(DhcpMessage message, bool isRefusal) => message.Server is AddressValue server && State switch
    {
        DhcpClientState.Requesting => server == _offer!.Server,
        DhcpClientState.Renewing => !isRefusal || server == _binding!.Lease.Server,
        DhcpClientState.Rebinding or DhcpClientState.Rebooting => true,
        _ => false,
    };
}
