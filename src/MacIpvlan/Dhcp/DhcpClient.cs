namespace MacIpvlan;

/// <summary>
/// A DHCP client (RFC 2131 4.4) without sockets, threads and clocks. The caller passes in what happens and when, does the
/// returned actions in their order, and calls <see cref="Tick"/> at <see cref="Deadline"/>. After each call,
/// <see cref="Binding"/> is what has to be stored.
/// </summary>
/// <remarks>
/// <para>
/// All times are of one clock that counts on while the host is suspended, such as CLOCK_BOOTTIME. A call can come late: the
/// client then does what is due by that time. It isn't thread-safe.
/// </para>
/// <para>
/// Of several offers it takes the first that it can use. It doesn't wait 1 to 10 seconds before its first message (RFC 2131
/// 4.4.1), because a user waits for it.
/// </para>
/// </remarks>
public sealed partial class DhcpClient
{
    // RFC 2131 3.1, step 5: four requests take 60 seconds.
    private const int MaxRequests = 4;

    // A client that had an address uses it on after 12 seconds without an answer (RFC 2131 3.2, step 3).
    private const int MaxReboots = 2;

    // RFC 5227 2.1.1: MAX_CONFLICTS, RATE_LIMIT_INTERVAL.
    private const int MaxConflicts = 10;
    private static readonly TimeSpan s_conflictWait = TimeSpan.FromSeconds(60);

    // RFC 2131 3.1, step 5: the least wait after a DHCPDECLINE.
    private static readonly TimeSpan s_declineWait = TimeSpan.FromSeconds(10);

    // RFC 2131 4.4.5: the least time between two requests to renew.
    private static readonly TimeSpan s_renewWait = TimeSpan.FromSeconds(60);

    // Links whose parent gets its carrier back all ask again, but not at once.
    private static readonly TimeSpan s_carrierSpread = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly DhcpRequests _requests;
    private readonly DhcpClientSettings _settings;
    private readonly Func<uint> _random;

    // The lease that the NIC has; while rebooting also one that it had before.
    private DhcpBinding? _binding;
    private bool _hasAddress;

    // A granted lease whose address is being probed.
    private DhcpBinding? _granted;
    private DhcpLease? _offer;

    // Null while no reply is expected.
    private uint? _id;
    private TimeSpan _started;
    private TimeSpan _requested;
    private ushort _seconds;
    private TimeSpan? _next;
    private int _attempts;
    private int _conflicts;
    private int _refusals;
    private bool _hasCarrier = true;

    /// <summary>Creates a client, which does nothing before <see cref="Start"/>.</summary>
    /// <param name="settings">What it says of itself and asks for.</param>
    /// <param name="random">Returns 32 random bits, which others can't predict: transaction ids come from it.</param>
    public DhcpClient(DhcpClientSettings settings, Func<uint> random) =>
        (_settings, _random, _requests) = (settings, random, new(settings));

    /// <summary>What the client is doing.</summary>
    public DhcpClientState State { get; private set; }

    /// <summary>When to call <see cref="Tick"/>; null if only another event changes anything.</summary>
    public TimeSpan? Deadline
    {
        get
        {
            TimeSpan? next = _hasCarrier ? _next : null;
            if (State is DhcpClientState.Bound or DhcpClientState.Renewing or DhcpClientState.Rebinding && _hasCarrier)
            {
                next = State == DhcpClientState.Rebinding ? _binding!.RenewAt : Earlier(_binding!.RenewAt, _binding.RebindAt);
            }

            return Earlier(Earlier(next, _binding?.ExpiresAt), _granted?.ExpiresAt);
        }
    }

    /// <summary>Whether a reply can come. Otherwise no socket has to be open: most of the time of a lease.</summary>
    public bool ExpectsReply => _id is not null;

    /// <summary>The lease that the NIC has, with its deadlines; null while it has none.</summary>
    public DhcpBinding? Binding => _hasAddress ? _binding : null;

    /// <summary>
    /// Why there is no lease yet: the last reply that was refused, a server's refusal, an offer that isn't granted, or another
    /// station that has the address; null if there was none.
    /// </summary>
    public string? LastRefusal { get; private set; }

    /// <summary>Continues with a stored lease as if the process had never ended: nothing is sent before its deadlines.</summary>
    /// <param name="settings">What it says of itself and asks for.</param>
    /// <param name="random">Returns 32 random bits, which others can't predict.</param>
    /// <param name="binding">The lease that the NIC has, and its deadlines.</param>
    public static DhcpClient Resume(DhcpClientSettings settings, Func<uint> random, DhcpBinding binding) =>
        new(settings, random)
        {
            _binding = binding,
            _hasAddress = true,
            // The renewal began at T1.
            _started = binding.ExpiresAt - binding.Lease.Duration + binding.Lease.RenewAfter ?? TimeSpan.Zero,
            State = binding.State,
        };

    /// <summary>Begins to ask for an address.</summary>
    /// <param name="now">The time.</param>
    /// <param name="known">
    /// A lease that the NIC had before and that hasn't ended: the client asks for the same address (INIT-REBOOT). Null to
    /// ask for any.
    /// </param>
    public IReadOnlyList<DhcpAction> Start(TimeSpan now, DhcpBinding? known = null)
    {
        List<DhcpAction> actions = [];
        _binding = known;
        _hasAddress = false;
        if (known is null || known.IsExpired(now)) Begin(actions, now);
        else Reboot(actions, now, TimeSpan.Zero);
        return actions;
    }

    /// <summary>Handles a message that was received on the link.</summary>
    /// <param name="message">The message, which isn't trusted: it's checked here whether it answers the client's last one.</param>
    /// <param name="now">The time.</param>
    public IReadOnlyList<DhcpAction> Receive(DhcpMessage message, TimeSpan now)
    {
        List<DhcpAction> actions = [];
        EndExpired(actions, now);
        if (!message.IsReply || message.TransactionId != _id || !_requests.IsFor(message)) return actions;
        switch (message.Type)
        {
            case DhcpMessageType.Offer when State == DhcpClientState.Selecting: TakeOffer(actions, message, now); break;
            case DhcpMessageType.Ack when IsFromServer(message, isRefusal: false): TakeAck(actions, message, now); break;
            case DhcpMessageType.Nak when IsFromServer(message, isRefusal: true): StartOver(actions, message, now); break;
        }

        return actions;
    }

    /// <summary>Does what is due.</summary>
    public IReadOnlyList<DhcpAction> Tick(TimeSpan now)
    {
        List<DhcpAction> actions = [];
        EndExpired(actions, now);
        // What ended has just begun anew.
        if (actions.Count == 0 && Deadline <= now) Proceed(actions, now);
        return actions;
    }

    /// <summary>Takes the result of a probe: <see cref="DhcpActionKind.Probe"/>.</summary>
    /// <param name="isInUse">Whether another station has the address.</param>
    /// <param name="now">The time.</param>
    public IReadOnlyList<DhcpAction> ProbeFinished(bool isInUse, TimeSpan now)
    {
        List<DhcpAction> actions = [];
        EndExpired(actions, now);
        if (State != DhcpClientState.Probing) return actions;
        if (isInUse) Decline(actions, now);
        else Bind(actions, _granted!);
        return actions;
    }

    /// <summary>
    /// Takes notice of the link's carrier. Without one, nothing is sent; when it's back, the client asks whether its address
    /// is still right (RFC 2131 3.7), as the link can lead to another network now. A client begins with a carrier.
    /// </summary>
    public IReadOnlyList<DhcpAction> CarrierChanged(bool hasCarrier, TimeSpan now)
    {
        List<DhcpAction> actions = [];
        EndExpired(actions, now);
        if (_hasCarrier == hasCarrier || State == DhcpClientState.Stopped) return actions;
        _hasCarrier = hasCarrier;
        (_id, _next, _granted) = (null, null, null);
        if (!hasCarrier) State = _hasAddress ? _binding!.State : DhcpClientState.Init;
        else if (_binding is null) Begin(actions, now);
        else Reboot(actions, now, _hasAddress ? Random(s_carrierSpread) : TimeSpan.Zero);
        return actions;
    }

    /// <summary>Asks to renew the lease now. Without an address, nothing is done.</summary>
    public IReadOnlyList<DhcpAction> Renew(TimeSpan now)
    {
        List<DhcpAction> actions = [];
        EndExpired(actions, now);
        bool isRenewable = State is DhcpClientState.Bound or DhcpClientState.Renewing or DhcpClientState.Rebinding or DhcpClientState.Rebooting;
        if (isRenewable && _hasAddress) SendRenewal(actions, now);
        return actions;
    }

    /// <summary>
    /// Gives the address back. The message is sent from the address, so send it before the address is removed. The client
    /// does nothing more.
    /// </summary>
    public IReadOnlyList<DhcpAction> Release(TimeSpan now)
    {
        List<DhcpAction> actions = [];
        SendRelease(actions, _granted, now);
        // A lease that is probed once more is both.
        if (_binding != _granted) SendRelease(actions, _binding, now);
        (_id, _next, _granted, _binding, _hasAddress) = (null, null, null, null, false);
        State = DhcpClientState.Stopped;
        return actions;
    }

    private static TimeSpan? Earlier(TimeSpan? first, TimeSpan? second) => first is null || second < first ? second ?? first : first;
}
