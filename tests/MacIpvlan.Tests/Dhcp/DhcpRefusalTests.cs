using System.Text;
using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Dhcp;

/// <summary>Conflicts, refusals of servers, and the end by the client itself.</summary>
public sealed class DhcpRefusalTests
{
    [Fact]
    public void Address_InUseIsDeclinedAndAskedForAnewAfterTenSeconds()
    {
        DhcpClientRun run = new();
        run.Start();
        run.Receive(run.Reply(DhcpMessageType.Offer));
        run.Receive(run.Reply());

        Assert.Equal("DECLINE", run.Probed(isInUse: true));

        DhcpMessage sent = run.Sent;
        Assert.Equal("192.168.50.10", AddressValue.FromBytes(sent.Options[DhcpOptionCode.RequestedAddress]).ToString());
        Assert.Equal("192.168.50.1", sent.Server!.ToString());
        Assert.Equal([0xff, 1, 2, 3], sent.Options[DhcpOptionCode.ClientIdentifier].ToArray());
        Assert.Equal((DhcpPacket.AnyAddress, 0, false), (sent.ClientAddress, sent.Seconds, sent.IsBroadcast));
        CheckEnding(sent);
        Assert.Equal("another station has the address 192.168.50.10", run.Client.LastRefusal);
        Assert.Equal(DhcpPacket.AnyAddress, run.SentAction.Source);
        Assert.Equal(DhcpClientState.Waiting, run.Client.State);
        Assert.Equal("", run.TickAfter(9.9));
        Assert.Equal("DISCOVER", run.TickAfter(0.1));
    }

    // RFC 5227 2.1.1: after ten conflicts, one try a minute.
    [Fact]
    public void Conflicts_SlowTheClientDown()
    {
        DhcpClientRun run = new();
        run.Start();
        for (int i = 1; i <= 12; i++)
        {
            run.Receive(run.Reply(DhcpMessageType.Offer));
            run.Receive(run.Reply());
            run.Probed(isInUse: true);
            Assert.Equal(i < 10 ? 10 : 60, (run.Client.Deadline - run.Now)!.Value.TotalSeconds);
            Assert.Equal("DISCOVER", run.TickAtDeadline());
        }
    }

    [Fact]
    public void Probe_WithoutAResultEndsWithTheLease()
    {
        DhcpClientRun run = new();
        run.Start();
        run.Receive(run.Reply(DhcpMessageType.Offer));
        run.Receive(run.Reply());
        Assert.Equal("DISCOVER", run.TickAtDeadline());
        Assert.Equal(TimeSpan.FromHours(2), run.Now);
        Assert.Equal("", run.Probed(isInUse: false));
    }

    [Fact]
    public void Refusal_OfTheAskedServerStartsOver()
    {
        DhcpClientRun run = new();
        run.Start();
        run.Receive(run.Reply(DhcpMessageType.Offer));
        Assert.Equal("", run.Receive(run.Reply(DhcpMessageType.Nak, server: "192.168.50.2")));
        Assert.Equal("", run.Receive(run.Reply(DhcpMessageType.Nak).Without(DhcpOptionCode.ServerIdentifier)));
        Assert.Equal("DISCOVER", run.Receive(run.Reply(DhcpMessageType.Nak)));
        Assert.Equal(DhcpClientState.Selecting, run.Client.State);
    }

    [Theory]
    [InlineData(null, "the server 192.168.50.1 refused the address")]
    [InlineData("", "the server 192.168.50.1 refused the address")]
    [InlineData("no free leases\0", "the server 192.168.50.1 refused the address: no free leases")]
    [InlineData("\u001b[2J", "the server 192.168.50.1 refused the address: \uFFFD[2J")]
    public void Refusal_HasTheTextOfTheServer(string? text, string expected)
    {
        DhcpClientRun run = new();
        run.Start();
        run.Receive(run.Reply(DhcpMessageType.Offer));
        DhcpReply refusal = run.Reply(DhcpMessageType.Nak);
        run.Receive(text is null ? refusal : refusal.With(DhcpOptionCode.Message, Encoding.UTF8.GetBytes(text)));
        Assert.Equal(expected, run.Client.LastRefusal);
        run.Receive(run.Reply(DhcpMessageType.Offer));
        run.Receive(run.Reply());
        run.Probed(isInUse: false);
        Assert.Null(run.Client.LastRefusal);
    }

    [Fact]
    public void Offer_ThatIsNotGrantedIsTheReason()
    {
        DhcpClientRun run = new();
        run.Start();
        Assert.Null(run.Client.LastRefusal);
        run.Receive(run.Reply(DhcpMessageType.Offer));
        Assert.Equal("the server 192.168.50.1 offered 192.168.50.10, but didn't grant it", run.Client.LastRefusal);
        run.Receive(run.Reply());
        run.Probed(isInUse: false);
        Assert.Null(run.Client.LastRefusal);
    }

    // Some servers offer what they then refuse.
    [Fact]
    public void Refusals_SlowTheClientDown()
    {
        DhcpClientRun run = new();
        run.Start();
        List<double> waits = [];
        for (int i = 0; i < 10; i++)
        {
            run.Receive(run.Reply(DhcpMessageType.Offer));
            string actions = run.Receive(run.Reply(DhcpMessageType.Nak));
            TimeSpan before = run.Now;
            if (actions.Length == 0) Assert.Equal("DISCOVER", run.TickAtDeadline());
            waits.Add((run.Now - before).TotalSeconds);
        }

        Assert.Equal([0, 1, 2, 4, 8, 16, 32, 64, 64, 64], waits);
        // An address puts an end to that.
        run.Bind();
        run.TickAtDeadline();
        Assert.Equal("lost 192.168.50.10/24, DISCOVER", run.Receive(run.Reply(DhcpMessageType.Nak)));
    }

    [Fact]
    public void Refusal_WhileRenewingIsTheLeasesServersAlone()
    {
        DhcpClientRun run = new DhcpClientRun().Bind();
        run.TickAtDeadline();
        Assert.Equal("", run.Receive(run.Reply(DhcpMessageType.Nak, server: "192.168.50.2")));
        Assert.Equal("lost 192.168.50.10/24, DISCOVER", run.Receive(run.Reply(DhcpMessageType.Nak)));
        Assert.Null(run.Client.Binding);
    }

    [Fact]
    public void Refusal_WhileRebindingIsAnyServers()
    {
        DhcpClientRun run = new DhcpClientRun().Bind();
        while (run.Client.State != DhcpClientState.Rebinding) run.TickAtDeadline();
        Assert.Equal("lost 192.168.50.10/24, DISCOVER", run.Receive(run.Reply(DhcpMessageType.Nak, server: "192.168.50.2")));
    }

    [Fact]
    public void Refusal_OfAKnownAddressIsAnyServers()
    {
        DhcpClientRun run = new();
        run.Start(new DhcpClientRun().Bind().Client.Binding);
        Assert.Equal("DISCOVER", run.Receive(run.Reply(DhcpMessageType.Nak, server: "192.168.50.2")));
    }

    [Fact]
    public void Release_GoesToTheServerFromTheAddress()
    {
        DhcpClientRun run = new DhcpClientRun().Bind();

        Assert.Equal("RELEASE to 192.168.50.1", run.Release());

        Assert.Equal("192.168.50.10", run.SentAction.Source.ToString());
        Assert.Equal("192.168.50.10", run.Sent.ClientAddress.ToString());
        Assert.Equal("192.168.50.1", run.Sent.Server!.ToString());
        Assert.False(run.Sent.Options.Contains(DhcpOptionCode.RequestedAddress));
        CheckEnding(run.Sent);
        Assert.Equal((DhcpClientState.Stopped, null, null), (run.Client.State, run.Client.Deadline, run.Client.Binding));
        Assert.Equal("", run.TickAfter(1e6));
        Assert.Equal("", run.Renew());
        Assert.Equal("", run.Receive(run.Reply()));
        Assert.Equal("", run.Carrier(false) + run.Carrier(true));
        Assert.Equal("", run.Release());
    }

    [Fact]
    public void Release_IsAlsoOfAnAddressThatIsOnlyGranted()
    {
        DhcpClientRun run = new();
        run.Start();
        Assert.Equal("", new DhcpClientRun().Release());
        run.Receive(run.Reply(DhcpMessageType.Offer));
        run.Receive(run.Reply());
        Assert.Equal("RELEASE to 192.168.50.1", run.Release());
    }

    [Fact]
    public void Release_OfAnEndedLeaseIsNotSent()
    {
        DhcpClientRun run = new DhcpClientRun().Bind();
        run.Now += TimeSpan.FromHours(1);
        Assert.Equal("", run.Release());
    }

    [Fact]
    public void Action_WithAMessageIsAPacket()
    {
        DhcpClientRun run = new DhcpClientRun().Bind();
        run.TickAtDeadline();
        byte[] packet = run.SentAction.ToPacket();
        Assert.Equal("c0a8320ac0a83201", Convert.ToHexStringLower(packet[12..20]));
        Assert.Equal(run.Sent.Write(), packet[28..]);
        Assert.Throws<InvalidOperationException>(() => new DhcpAction { Kind = DhcpActionKind.Probe }.ToPacket());
    }

    // RFC 2131, table 5: what a DHCPDECLINE and a DHCPRELEASE must not have.
    private static void CheckEnding(DhcpMessage sent) => Assert.All(
        (byte[])[DhcpOptionCode.LeaseTime, DhcpOptionCode.ParameterRequestList, DhcpOptionCode.MaxMessageSize, DhcpOptionCode.VendorClass, DhcpOptionCode.HostName],
        code => Assert.False(sent.Options.Contains(code)));
}
