using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Dhcp;

/// <summary>A client with a clock of the test, beginning at an hour, and chosen random numbers.</summary>
internal sealed class DhcpClientRun
{
    public static readonly DhcpClientSettings Settings = new() { HardwareAddress = DhcpReply.Mac, ClientIdentifier = [0xff, 1, 2, 3] };
    private readonly List<DhcpAction> _sent = [];

    // With zeros, waits are the shortest and T1 and T2 are exact.
    public DhcpClientRun(DhcpClientSettings? settings = null, Func<uint>? random = null, DhcpBinding? resumed = null)
    {
        settings ??= Settings;
        random ??= static () => 0;
        Client = resumed is null ? new(settings, random) : DhcpClient.Resume(settings, random, resumed);
    }

    public DhcpClient Client { get; }

    public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

    public DhcpMessage Sent => _sent[^1].Message!;

    public DhcpAction SentAction => _sent[^1];

    public string Start(DhcpBinding? known = null) => Describe(Client.Start(Now, known));

    public string Receive(DhcpReply reply) => Describe(Client.Receive(reply.Message(), Now));

    public string Probed(bool isInUse) => Describe(Client.ProbeFinished(isInUse, Now));

    public string Carrier(bool hasCarrier) => Describe(Client.CarrierChanged(hasCarrier, Now));

    public string Renew() => Describe(Client.Renew(Now));

    public string Release() => Describe(Client.Release(Now));

    /// <summary>Ticks at the client's deadline.</summary>
    public string TickAtDeadline()
    {
        Now = Client.Deadline!.Value;
        return Describe(Client.Tick(Now));
    }

    /// <summary>Ticks after some seconds, whatever the deadline is.</summary>
    public string TickAfter(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        return Describe(Client.Tick(Now));
    }

    /// <summary>Gets an address.</summary>
    public DhcpClientRun Bind(DhcpReply? ack = null)
    {
        Assert.Equal("DISCOVER", Start());
        Assert.Equal("REQUEST", Receive(Reply(DhcpMessageType.Offer)));
        string bound = Receive(ack ?? Reply());
        if (Client.State == DhcpClientState.Probing) bound = Probed(isInUse: false);
        Assert.StartsWith("obtained ", bound);
        return this;
    }

    /// <summary>A reply to the last message.</summary>
    public DhcpReply Reply(DhcpMessageType type = DhcpMessageType.Ack, string address = "192.168.50.10", string server = "192.168.50.1") => new DhcpReply(type)
    {
        TransactionId = Sent.TransactionId,
        Address = type == DhcpMessageType.Nak ? DhcpPacket.AnyAddress : AddressValue.Parse(address),
    }.With(DhcpOptionCode.ServerIdentifier, server);

    private string Describe(IReadOnlyList<DhcpAction> actions)
    {
        _sent.AddRange(actions.Where(static a => a.Kind == DhcpActionKind.Send));
        return string.Join(", ", actions.Select(static a => a.Kind switch
        {
            DhcpActionKind.Send => $"{a.Message!.Type}".ToUpperInvariant() + (a.IsBroadcast ? "" : $" to {a.Destination}"),
            DhcpActionKind.Probe => $"probe {a.Lease!.Address.Value}",
            _ => $"{a.Kind}"[5..].ToLowerInvariant() + $" {a.Lease!.Address}",
        }));
    }
}
