using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan;

/// <summary>
/// Has a DHCP client obtain or renew a lease on a link while a command waits. Runs on a thread in the link's namespace.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="name">The NIC's name in errors.</param>
/// <param name="link">The link, which is up.</param>
/// <param name="client">The client.</param>
/// <param name="probe">How addresses are probed.</param>
internal sealed class DhcpExchange(NetworkSession session, string name, Link link, DhcpClient client, ProbeSettings probe)
{
    // The longest time until a stop is noticed.
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Called when the client loses the lease that it had, before it has the one that is returned.</summary>
    public Action Lost { get; init; } = static () => { };

    /// <summary>Exchanges messages until the client has a lease that is new or renewed.</summary>
    /// <param name="begin">Begins the exchange at a time.</param>
    /// <param name="timeout">The longest time to wait.</param>
    /// <exception cref="NetworkException">DhcpTimeout.</exception>
    /// <exception cref="NetlinkException">The process lacks CAP_NET_RAW, or the link has gone or is down.</exception>
    /// <exception cref="OperationCanceledException">The command must stop.</exception>
    public DhcpBinding Run(Func<TimeSpan, IReadOnlyList<DhcpAction>> begin, TimeSpan timeout)
    {
        using DhcpPort port = new(link);
        TimeSpan end = BootClock.Now + timeout;
        Queue<DhcpAction> actions = new(begin(BootClock.Now));
        while (true)
        {
            while (actions.TryDequeue(out DhcpAction? action))
            {
                if (action.Kind is DhcpActionKind.LeaseObtained or DhcpActionKind.LeaseRenewed or DhcpActionKind.LeaseChanged) return client.Binding!;
                Do(action);
            }

            session.Pause(TimeSpan.Zero);
            TimeSpan now = BootClock.Now;
            if (now >= end) throw TimedOut(timeout);
            port.Wait(Wait(now, end));
            port.Receive(m => Note(client.Receive(m, BootClock.Now)));
            Note(client.Tick(BootClock.Now));
        }

        void Note(IReadOnlyList<DhcpAction> more)
        {
            foreach (DhcpAction action in more) actions.Enqueue(action);
        }

        void Do(DhcpAction action)
        {
            switch (action.Kind)
            {
                case DhcpActionKind.Send:
                    port.Send(action);
                    break;
                case DhcpActionKind.Probe:
                    Note(client.ProbeFinished(IsTaken(action.Lease!.Address.Value), BootClock.Now));
                    break;
                default:
                    Lost();
                    break;
            }
        }
    }

    private TimeSpan Wait(TimeSpan now, TimeSpan end)
    {
        TimeSpan next = client.Deadline is TimeSpan due && due < end ? due : end;
        return next - now < s_interval ? TimeSpan.FromTicks(Math.Max(0, (next - now).Ticks)) : s_interval;
    }

    private bool IsTaken(AddressValue address)
    {
        if (new HostAddresses(session).Has(address)) return true;
        using AddressProbe run = new(link, [address]);
        return run.Run(probe, session.Pause).Count > 0;
    }

    private NetworkException TimedOut(TimeSpan timeout) => new(
        NetworkError.DhcpTimeout,
        client.LastRefusal is string reason
            ? $"{name} got no address by DHCP within {Seconds(timeout)}: {reason}."
            : $"No DHCP server answered {name} within {Seconds(timeout)}.",
        "Check that a DHCP server serves the parent's wire, and that the switch port accepts more MAC addresses.");

    private static string Seconds(TimeSpan time) => Phrase.Count((int)time.TotalSeconds, "second");
}
