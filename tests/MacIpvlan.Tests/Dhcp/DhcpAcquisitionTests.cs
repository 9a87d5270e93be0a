using System.Text;
using MacIpvlan.Addressing;
using MacIpvlan.Tests.Codec;

namespace MacIpvlan.Tests.Dhcp;

/// <summary>From DHCPDISCOVER to an address.</summary>
public sealed class DhcpAcquisitionTests
{
    [Fact]
    public void Client_AsksProbesAndHasTheAddress()
    {
        DhcpClientRun run = new();
        Assert.Equal(DhcpClientState.Init, run.Client.State);
        Assert.Null(run.Client.Deadline);

        Assert.Equal("DISCOVER", run.Start());
        Assert.Equal(DhcpClientState.Selecting, run.Client.State);
        Assert.Equal("REQUEST", run.Receive(run.Reply(DhcpMessageType.Offer)));
        Assert.Equal(DhcpClientState.Requesting, run.Client.State);
        Assert.Equal("probe 192.168.50.10", run.Receive(run.Reply()));
        Assert.Equal(DhcpClientState.Probing, run.Client.State);
        Assert.Null(run.Client.Binding);
        Assert.Equal("obtained 192.168.50.10/24", run.Probed(isInUse: false));
        Assert.Equal(DhcpClientState.Bound, run.Client.State);
        Assert.Equal("192.168.50.10/24", run.Client.Binding!.Lease.Address.ToString());
    }

    [Fact]
    public void Client_ExpectsRepliesOnlyToItsMessages()
    {
        DhcpClientRun run = new();
        Assert.False(run.Client.ExpectsReply);
        run.Start();
        Assert.True(run.Client.ExpectsReply);
        run.Receive(run.Reply(DhcpMessageType.Offer));
        Assert.True(run.Client.ExpectsReply);
        run.Receive(run.Reply());
        Assert.False(run.Client.ExpectsReply);
        run.Probed(isInUse: false);
        Assert.False(run.Client.ExpectsReply);
        run.TickAtDeadline();
        Assert.True(run.Client.ExpectsReply);
        run.Release();
        Assert.False(run.Client.ExpectsReply);
    }

    [Fact]
    public void Client_WithoutProbesHasTheAddressAtOnce()
    {
        DhcpClientRun run = new(DhcpClientRun.Settings with { ProbesAddress = false });
        run.Start();
        run.Receive(run.Reply(DhcpMessageType.Offer));
        Assert.Equal("obtained 192.168.50.10/24", run.Receive(run.Reply()));
    }

    public static TheoryData<string> Servers => [.. Captures.DhcpReplies.Keys.Select(static n => n.Split(',')[0]).Distinct()];

    // The exchange as it was captured, with the client's own numbers of then.
    [Theory]
    [MemberData(nameof(Servers))]
    public void Client_GetsTheLeaseOfARealServer(string server)
    {
        DhcpMessage offer = Captured($"{server}, DHCPOFFER"), ack = Captured($"{server}, DHCPACK");
        DhcpClientSettings settings = new()
        {
            HardwareAddress = offer.HardwareAddress,
            ClientIdentifier = DhcpClientIdentifier.For("live"u8, "lan", "web1", "c0"),
            ProbesAddress = false,
        };
        DhcpClient client = new(settings, () => offer.TransactionId);
        client.Start(TimeSpan.Zero);

        Assert.Single(client.Receive(offer, TimeSpan.Zero));
        DhcpAction bound = Assert.Single(client.Receive(ack, TimeSpan.Zero));

        Assert.Equal(DhcpActionKind.LeaseObtained, bound.Kind);
        Assert.Equal(ack.YourAddress, bound.Lease!.Address.Value);
    }

    [Fact]
    public void Discover_HasWhatTheRfcHas()
    {
        DhcpClientRun run = new(
            DhcpClientRun.Settings with { HostName = "web1", VendorClass = "MacIpvlan", OtherOptions = [43, 121, 53, 0, 255, 43, 2] },
            static () => 0xcafe0001);
        run.Start();

        DhcpMessage sent = run.Sent;
        Assert.Equal((0xcafe0001, 0, false, false), (sent.TransactionId, sent.Seconds, sent.IsBroadcast, sent.IsReply));
        Assert.Equal(("0.0.0.0", "255.255.255.255"), ($"{run.SentAction.Source}", $"{run.SentAction.Destination}"));
        Assert.Equal([0xff, 1, 2, 3], sent.Options[DhcpOptionCode.ClientIdentifier].ToArray());
        Assert.Equal([1472 >> 8, 1472 & 0xff], sent.Options[DhcpOptionCode.MaxMessageSize].ToArray());
        Assert.Equal("web1", Encoding.ASCII.GetString(sent.Options[DhcpOptionCode.HostName]));
        Assert.Equal("MacIpvlan", Encoding.ASCII.GetString(sent.Options[DhcpOptionCode.VendorClass]));
        // 121 before 3 and 33 (RFC 3442); other options once, without those of the protocol.
        Assert.Equal(
            [1, 121, 3, 33, 51, 54, 58, 59, 26, 6, 15, 119, 12, 28, 42, 43, 2], sent.Options[DhcpOptionCode.ParameterRequestList].ToArray());
        Assert.False(sent.Options.Contains(DhcpOptionCode.RequestedAddress) || sent.Options.Contains(DhcpOptionCode.ServerIdentifier));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("web_1")]
    [InlineData("web 1")]
    public void HostName_ThatIsNoneIsNotSent(string? name)
    {
        DhcpClientRun run = new(DhcpClientRun.Settings with { HostName = name });
        run.Start();
        Assert.False(run.Sent.Options.Contains(DhcpOptionCode.HostName) || run.Sent.Options.Contains(DhcpOptionCode.VendorClass));
    }

    [Fact]
    public void Message_FitsWhateverTheSettings()
    {
        DhcpClientRun run = new(DhcpClientRun.Settings with
        {
            ClientIdentifier = new byte[255],
            HostName = string.Join('.', Enumerable.Repeat(new string('a', 49), 5)),
            VendorClass = new('é', 1000),
            OtherOptions = [.. Enumerable.Range(0, 256).Select(static i => (byte)i)],
            MaxMessageSize = 5,
        });
        run.Start();
        run.Receive(run.Reply(DhcpMessageType.Offer));

        Assert.NotNull(DhcpMessage.Parse(run.Sent.Write(), out _));
        Assert.Equal(255, run.Sent.Options[DhcpOptionCode.VendorClass].Length);
        Assert.Equal([576 >> 8, 576 & 0xff], run.Sent.Options[DhcpOptionCode.MaxMessageSize].ToArray());
    }

    [Fact]
    public void Request_NamesAddressAndServerOfTheOffer()
    {
        DhcpClientRun run = new(DhcpClientRun.Settings with { NeedsBroadcast = true });
        run.Start();
        Assert.True(run.Sent.IsBroadcast);
        run.TickAtDeadline();
        Assert.Equal(3, run.Sent.Seconds);
        run.Now += TimeSpan.FromSeconds(2);
        run.Receive(run.Reply(DhcpMessageType.Offer));

        DhcpMessage sent = run.Sent;
        Assert.True(sent.IsBroadcast);
        // RFC 2131 3.1, step 3: the same as in the DHCPDISCOVER.
        Assert.Equal(3, sent.Seconds);
        Assert.Equal("192.168.50.10", AddressValue.FromBytes(sent.Options[DhcpOptionCode.RequestedAddress]).ToString());
        Assert.Equal("192.168.50.1", sent.Server!.ToString());
        Assert.Equal(DhcpPacket.AnyAddress, sent.ClientAddress);
    }

    [Theory]
    [InlineData(0u, "3 7 15 31 63 63 63")]
    [InlineData(0x80000000u, "4 8 16 32 64 64 64")]
    [InlineData(uint.MaxValue, "5 9 17 33 65 65 65")]
    public void Discover_IsRepeatedMoreAndMoreSeldom(uint random, string waits)
    {
        DhcpClientRun run = new(random: () => random);
        run.Start();
        TimeSpan start = run.Now;
        foreach (int wait in waits.Split(' ').Select(int.Parse))
        {
            TimeSpan before = run.Now;
            Assert.Equal("", run.TickAfter(wait - 1));
            Assert.Equal("DISCOVER", run.TickAtDeadline());
            Assert.Equal(wait, (run.Now - before).TotalSeconds, 6);
            Assert.Equal((int)(run.Now - start).TotalSeconds, run.Sent.Seconds);
        }
    }

    [Fact]
    public void Seconds_StayWithinTheirField()
    {
        DhcpClientRun run = new();
        run.Start();
        Assert.Equal("DISCOVER", run.TickAfter(100_000));
        Assert.Equal(ushort.MaxValue, run.Sent.Seconds);
    }

    // RFC 2131 3.1, step 5: four requests, then a new beginning.
    [Fact]
    public void Request_WithoutAnAnswerEndsInANewBeginning()
    {
        uint id = 0;
        DhcpClientRun run = new(random: () => id++);
        run.Start();
        uint first = run.Sent.TransactionId;
        Assert.Equal("REQUEST", run.Receive(run.Reply(DhcpMessageType.Offer)));
        for (int i = 0; i < 3; i++) Assert.Equal("REQUEST", run.TickAtDeadline());
        Assert.Equal(first, run.Sent.TransactionId);
        Assert.Equal("DISCOVER", run.TickAtDeadline());
        Assert.NotEqual(first, run.Sent.TransactionId);
        Assert.Equal(0, run.Sent.Seconds);
    }

    [Fact]
    public void Offer_ThatComesFirstIsTaken()
    {
        DhcpClientRun run = new();
        run.Start();
        DhcpReply later = run.Reply(DhcpMessageType.Offer, "192.168.50.20", "192.168.50.2");
        run.Receive(run.Reply(DhcpMessageType.Offer));
        Assert.Equal("", run.Receive(later));
        // Nor is a grant of the other server taken.
        Assert.Equal("", run.Receive(run.Reply(DhcpMessageType.Ack, "192.168.50.20", "192.168.50.2")));
        Assert.Equal("probe 192.168.50.10", run.Receive(run.Reply()));
    }

    [Fact]
    public void Offer_ThatMakesNoSenseLeavesTheChoiceOfAnother()
    {
        DhcpClientRun run = new();
        run.Start();
        Assert.Equal("", run.Receive(run.Reply(DhcpMessageType.Offer, "127.0.0.1")));
        Assert.Equal("a host can't have the address 127.0.0.1", run.Client.LastRefusal);
        Assert.Equal("REQUEST", run.Receive(run.Reply(DhcpMessageType.Offer)));
    }

    [Fact]
    public void Reply_ToAnotherClientIsIgnored()
    {
        DhcpClientRun run = new(random: static () => 7);
        run.Start();
        foreach (DhcpMessageType type in (DhcpMessageType[])[DhcpMessageType.Offer, DhcpMessageType.Ack])
        {
            Assert.Equal("", run.Receive(new DhcpReply(type) { TransactionId = 8 }));
            Assert.Equal("", run.Receive(new DhcpReply(type) { TransactionId = 7, HardwareAddress = new([2, 0, 0, 0, 0, 2]) }));
            Assert.Equal("", run.Receive(new DhcpReply(type) { TransactionId = 7, IsReply = false }));
            // RFC 6842 3: on ipvlan, only this distinguishes two clients with one transaction id.
            Assert.Equal("", run.Receive(new DhcpReply(type) { TransactionId = 7 }.With(DhcpOptionCode.ClientIdentifier, "ff010204")));
            if (type == DhcpMessageType.Offer) Assert.Equal("REQUEST", run.Receive(new DhcpReply(type) { TransactionId = 7 }.With(DhcpOptionCode.ClientIdentifier, "ff010203")));
        }

        Assert.Equal(DhcpClientState.Requesting, run.Client.State);
    }

    [Fact]
    public void Reply_OutOfPlaceIsIgnored()
    {
        DhcpClientRun run = new();
        run.Start();
        DhcpReply[] replies =
        [
            run.Reply(), run.Reply(DhcpMessageType.Nak), run.Reply(DhcpMessageType.Discover), run.Reply(DhcpMessageType.Inform),
            run.Reply((DhcpMessageType)9), run.Reply(0),
        ];
        Assert.All(replies, r => Assert.Equal("", run.Receive(r)));
        run.Receive(run.Reply(DhcpMessageType.Offer));
        run.Receive(run.Reply());
        // The same once more, while it's probed and later.
        Assert.Equal("", run.Receive(run.Reply()));
        run.Probed(isInUse: false);
        Assert.All([run.Reply(), run.Reply(DhcpMessageType.Nak), run.Reply(DhcpMessageType.Offer)], r => Assert.Equal("", run.Receive(r)));
        Assert.Equal("", run.Probed(isInUse: true));
        Assert.Equal(DhcpClientState.Bound, run.Client.State);
    }

    [Fact]
    public void Lease_CountsFromTheFirstRequest()
    {
        DhcpClientRun run = new();
        run.Start();
        run.Receive(run.Reply(DhcpMessageType.Offer));
        TimeSpan requested = run.Now;
        run.TickAtDeadline();
        run.Now += TimeSpan.FromSeconds(2);
        run.Receive(run.Reply());
        run.Probed(isInUse: false);
        Assert.Equal(requested + TimeSpan.FromSeconds(3600), run.Client.Binding!.ExpiresAt);
    }

    [Fact]
    public void Lease_ThatEndedOnItsWayIsRefused()
    {
        DhcpClientRun run = new();
        run.Start();
        run.Receive(run.Reply(DhcpMessageType.Offer));
        run.Now += TimeSpan.FromSeconds(2);
        Assert.Equal("", run.Receive(run.Reply().With(DhcpOptionCode.LeaseTime, 2)));
        Assert.Equal("the lease ended before it arrived", run.Client.LastRefusal);
    }

    private static DhcpMessage Captured(string name)
    {
        Assert.True(DhcpPacket.TryRead(Captures.DhcpReplies[name], hasChecksum: false, out ReadOnlySpan<byte> bytes));
        return DhcpMessage.Parse(bytes, out _)!;
    }
}
