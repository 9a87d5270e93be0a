using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Dhcp;

/// <summary>A process that ended and is started again, a NIC that is made anew, a link that loses its carrier.</summary>
public sealed class DhcpResumeTests
{
    // Ended and started again before each step, the client does the same as one that ran all the time.
    [Fact]
    public void Client_ThatIsStartedAgainGoesOnExactly()
    {
        DhcpClientRun run = new DhcpClientRun().Bind(), again = new DhcpClientRun(resumed: run.Client.Binding);
        while (run.Client.Binding is DhcpBinding binding)
        {
            again = new(resumed: DhcpLease.FromBytes(binding.Lease.ToBytes(), []) is DhcpLease lease ? binding with { Lease = lease } : null);
            Assert.Equal((run.Client.State, run.Client.Deadline), (again.Client.State, again.Client.Deadline));
            again.Now = run.Now;
            Assert.Equal("", again.TickAfter(0));

            Assert.Equal(run.TickAtDeadline(), again.TickAtDeadline());

            Assert.Equal((run.Now, run.Client.Binding), (again.Now, again.Client.Binding));
            Assert.Equal(run.Sent.Write(), again.Sent.Write());
        }

        Assert.Equal(DhcpClientState.Selecting, again.Client.State);
    }

    [Fact]
    public void Client_ThatIsStartedAgainTakesTheAnswer()
    {
        DhcpClientRun run = new(resumed: new DhcpClientRun().Bind().Client.Binding);
        Assert.Equal("REQUEST to 192.168.50.1", run.TickAtDeadline());
        Assert.Equal("renewed 192.168.50.10/24", run.Receive(run.Reply()));
    }

    [Fact]
    public void Client_ThatIsStartedTooLateTakesTheAddressAway()
    {
        DhcpClientRun run = new(resumed: new DhcpClientRun().Bind().Client.Binding) { Now = TimeSpan.FromHours(3) };
        Assert.Equal("expired 192.168.50.10/24, DISCOVER", run.TickAfter(0));
    }

    [Fact]
    public void Client_OfAContainerThatIsGoneReleases() =>
        Assert.Equal("RELEASE to 192.168.50.1", new DhcpClientRun(resumed: new DhcpClientRun().Bind().Client.Binding).Release());

    // RFC 2131 4.3.2, INIT-REBOOT.
    [Fact]
    public void KnownAddress_IsAskedForWithoutAServer()
    {
        DhcpClientRun run = new(DhcpClientRun.Settings with { NeedsBroadcast = true });

        Assert.Equal("REQUEST", run.Start(new DhcpClientRun().Bind().Client.Binding));

        Assert.Equal(DhcpClientState.Rebooting, run.Client.State);
        Assert.Null(run.Client.Binding);
        Assert.Equal("192.168.50.10", AddressValue.FromBytes(run.Sent.Options[DhcpOptionCode.RequestedAddress]).ToString());
        Assert.Null(run.Sent.Server);
        Assert.Equal((DhcpPacket.AnyAddress, true), (run.Sent.ClientAddress, run.Sent.IsBroadcast));
        Assert.Equal(DhcpPacket.AnyAddress, run.SentAction.Source);
        Assert.Equal("probe 192.168.50.10", run.Receive(run.Reply(server: "192.168.50.2")));
        Assert.Equal("obtained 192.168.50.10/24", run.Probed(isInUse: false));
    }

    // RFC 2131 3.2, step 3: it may be used until its end.
    [Fact]
    public void KnownAddress_IsUsedOnWithoutAnAnswer()
    {
        DhcpBinding known = new DhcpClientRun().Bind().Client.Binding!;
        DhcpClientRun run = new();
        run.Start(known);
        Assert.Equal("REQUEST", run.TickAtDeadline());
        Assert.Equal("probe 192.168.50.10", run.TickAtDeadline());
        Assert.Equal(TimeSpan.FromSeconds(3600 + 3 + 7), run.Now);
        Assert.Equal("obtained 192.168.50.10/24", run.Probed(isInUse: false));
        Assert.Equal(known, run.Client.Binding);
    }

    [Fact]
    public void KnownAddress_ThatIsInUseByNowIsDeclined()
    {
        DhcpClientRun run = new();
        run.Start(new DhcpClientRun().Bind().Client.Binding);
        run.Receive(run.Reply());
        Assert.Equal("DECLINE", run.Probed(isInUse: true));
        Assert.Equal("DISCOVER", run.TickAtDeadline());
    }

    [Fact]
    public void KnownAddress_WhoseLeaseEndedIsForgotten()
    {
        DhcpBinding known = new DhcpClientRun().Bind().Client.Binding!;
        Assert.Equal("DISCOVER", new DhcpClientRun { Now = TimeSpan.FromHours(2) }.Start(known));
        // While it's asked for, too; nothing is taken from the NIC, which doesn't have it.
        DhcpClientRun run = new() { Now = TimeSpan.FromHours(2) - TimeSpan.FromSeconds(1) };
        Assert.Equal("REQUEST", run.Start(known));
        Assert.Equal("DISCOVER", run.TickAtDeadline());
        Assert.Equal(TimeSpan.FromHours(2), run.Now);
    }

    [Fact]
    public void Release_OfAKnownAddressThatIsProbedIsSentOnce()
    {
        DhcpClientRun run = new();
        run.Start(new DhcpClientRun().Bind().Client.Binding);
        run.TickAtDeadline();
        run.TickAtDeadline();
        Assert.Equal(DhcpClientState.Probing, run.Client.State);
        Assert.Equal("RELEASE to 192.168.50.1", run.Release());
    }

    // After a reboot, the clock begins anew.
    [Fact]
    public void Deadlines_CanBeShifted()
    {
        DhcpBinding binding = new DhcpClientRun().Bind().Client.Binding!, shifted = binding.Shift(TimeSpan.FromHours(-1));
        Assert.Equal((TimeSpan.FromSeconds(1800), TimeSpan.FromSeconds(3150), TimeSpan.FromSeconds(3600)), (shifted.RenewAt, shifted.RebindAt, shifted.ExpiresAt));
        DhcpBinding endless = new(binding.Lease, DhcpClientState.Bound, null, null, null);
        Assert.Equal(endless, endless.Shift(TimeSpan.FromHours(-1)));
    }

    [Fact]
    public void Carrier_ThatComesBackHasTheAddressConfirmed()
    {
        DhcpClientRun run = new DhcpClientRun().Bind();
        Assert.Equal("", run.Carrier(false));
        Assert.Equal(TimeSpan.FromHours(2), run.Client.Deadline);
        Assert.Equal("", run.TickAfter(2000));
        Assert.Equal("REQUEST", run.Carrier(true));
        Assert.Equal(DhcpClientState.Rebooting, run.Client.State);
        Assert.NotNull(run.Client.Binding);
        // The NIC has the address, so it isn't probed.
        Assert.Equal("renewed 192.168.50.10/24", run.Receive(run.Reply()));
    }

    [Fact]
    public void Carrier_ThatComesBackElsewhereLosesTheAddress()
    {
        DhcpClientRun run = new DhcpClientRun().Bind();
        run.Carrier(false);
        run.Carrier(true);
        Assert.Equal("lost 192.168.50.10/24, DISCOVER", run.Receive(run.Reply(DhcpMessageType.Nak, server: "10.0.0.1")));
    }

    [Fact]
    public void Carrier_ThatComesBackWithoutAServerKeepsTheLease()
    {
        DhcpClientRun run = new DhcpClientRun().Bind();
        DhcpBinding before = run.Client.Binding!;
        run.Carrier(false);
        Assert.Equal("REQUEST", run.Carrier(true));
        Assert.Equal("REQUEST", run.TickAtDeadline());
        Assert.Equal("", run.TickAtDeadline());
        Assert.Equal((DhcpClientState.Bound, before.RenewAt, before), (run.Client.State, run.Client.Deadline, run.Client.Binding));
    }

    // A thousand NICs of one parent.
    [Fact]
    public void Carrier_ThatComesBackIsNotUsedByAllAtOnce()
    {
        DhcpClientRun run = new DhcpClientRun(random: static () => 0x80000000).Bind();
        run.Carrier(false);
        run.Carrier(true);
        Assert.Equal(5, (run.Client.Deadline - run.Now)!.Value.TotalSeconds);
        // What came before isn't an answer.
        Assert.Equal("", run.Receive(run.Reply()));
        Assert.Equal("REQUEST", run.TickAtDeadline());
    }

    [Fact]
    public void Carrier_ThatIsGoneEndsTheLeaseInTime()
    {
        DhcpClientRun run = new DhcpClientRun().Bind();
        run.Carrier(false);
        Assert.Equal("expired 192.168.50.10/24", run.TickAtDeadline());
        Assert.Equal((DhcpClientState.Init, null), (run.Client.State, run.Client.Deadline));
        Assert.Equal("DISCOVER", run.Carrier(true));
    }

    [Fact]
    public void Carrier_IsWaitedForBeforeAnythingIsSent()
    {
        DhcpClientRun run = new();
        run.Start();
        run.Carrier(false);
        Assert.Null(run.Client.Deadline);
        Assert.Equal("", run.TickAfter(1000));
        Assert.Equal("", run.Receive(run.Reply(DhcpMessageType.Offer)));
        Assert.Equal("DISCOVER", run.Carrier(true));
        Assert.Equal("", run.Carrier(true));
        Assert.Equal(0, run.Sent.Seconds);

        DhcpClientRun known = new();
        known.Carrier(false);
        Assert.Equal("", known.Start(new DhcpClientRun().Bind().Client.Binding));
        Assert.Equal("", known.TickAfter(1));
        Assert.Equal("REQUEST", known.Carrier(true));
    }

    [Fact]
    public void Carrier_ThatGoesEndsTheWaitForAnAnswer()
    {
        DhcpClientRun run = new DhcpClientRun().Bind();
        run.TickAtDeadline();
        run.Carrier(false);
        Assert.False(run.Client.ExpectsReply);
        Assert.Equal("", run.Receive(run.Reply()));
        Assert.Equal(DhcpClientState.Renewing, run.Client.State);
    }

    [Fact]
    public void Carrier_ThatGoesWhileAnAddressIsProbedStartsOver()
    {
        DhcpClientRun run = new();
        run.Start();
        run.Receive(run.Reply(DhcpMessageType.Offer));
        run.Receive(run.Reply());
        run.Carrier(false);
        Assert.Equal("", run.Probed(isInUse: true));
        Assert.Equal("DISCOVER", run.Carrier(true));
    }
}
