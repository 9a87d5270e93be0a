using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>A NIC whose lease is kept: its client, and what is open while the client expects something from the wire.</summary>
/// <param name="nic">The NIC.</param>
/// <param name="network">Its network.</param>
internal sealed class KeptLease(NicRecord nic, NetworkRecord network) : IDisposable
{
    // A socket keeps the namespace alive. Servers answer at once, or not at all.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private DhcpPort? _port;
    private TimeSpan _portEnd;
    private AddressProbe? _probe;

    /// <summary>The NIC as it is on record.</summary>
    public NicRecord Recorded { get; private set; } = nic;

    /// <summary>The NIC, with the lease that its link has.</summary>
    // After a reboot, the link doesn't have the lease that is on record.
    public NicRecord Nic { get; private set; } = nic.Dhcp!.Binding is { State: DhcpClientState.Rebooting } ? nic.With(null) : nic;

    /// <summary>Its network.</summary>
    public NetworkRecord Network => network;

    /// <summary>The client.</summary>
    // After a reboot, and without a lease, it has to ask.
    public DhcpClient Client { get; } = NicDhcp.ClientOf(
        nic, network, network.Probe is not null, nic.Dhcp!.Binding is { State: not DhcpClientState.Rebooting } known ? known : null);

    /// <summary>Whether the client continues with a lease; otherwise it has to ask for one.</summary>
    public bool IsHeld => Client.Binding is not null;

    /// <summary>Whether something can arrive at any time.</summary>
    public bool IsListening => _port is not null || _probe is not null;

    /// <summary>Takes the NIC as it is now, on record and in the kernel.</summary>
    public void Take(NicRecord nic) => (Recorded, Nic) = (nic, nic);

    /// <summary>Sends a message. Runs on a thread in the NIC's namespace.</summary>
    /// <exception cref="NetlinkException">The link has gone or is down.</exception>
    public void Send(Link link, DhcpAction action)
    {
        _port ??= new DhcpPort(link);
        _portEnd = BootClock.Now + s_patience;
        _port.Send(action);
    }

    /// <summary>Begins to probe an address. Runs on a thread in the NIC's namespace.</summary>
    /// <exception cref="NetlinkException">The link has gone or is down.</exception>
    public void Probe(Link link, AddressValue address)
    {
        _probe?.Dispose();
        _probe = new AddressProbe(link, [address]);
        _probe.Begin(network.Probe ?? new());
    }

    /// <summary>Has the client do what has arrived, and what is due.</summary>
    /// <returns>What it wants done.</returns>
    public IReadOnlyList<DhcpAction> Step()
    {
        List<DhcpAction> actions = [];
        _port?.Receive(m => actions.AddRange(Client.Receive(m, BootClock.Now)));
        if (_probe?.Step() == true)
        {
            actions.AddRange(Client.ProbeFinished(isInUse: _probe.Found.Count > 0, BootClock.Now));
            _probe.Dispose();
            _probe = null;
        }

        actions.AddRange(Client.Tick(BootClock.Now));
        if (!Client.ExpectsReply || BootClock.Now > _portEnd) Close();
        return actions;
    }

    public void Dispose()
    {
        Close();
        _probe?.Dispose();
        _probe = null;
    }

    private void Close()
    {
        _port?.Dispose();
        _port = null;
    }
}
