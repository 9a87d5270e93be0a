namespace MacIpvlan.Tests.Dhcp;

/// <summary>T1, T2, the end, and what servers answer in between; by a test's clock.</summary>
public sealed class DhcpRenewalTests
{
    private static readonly TimeSpan s_start = TimeSpan.FromHours(1);

    [Fact]
    public void Lease_IsRenewedByItsServerFromT1AndByAnyFromT2()
    {
        DhcpClientRun run = new DhcpClientRun().Bind();
        List<string> log = [];
        while (log.Count == 0 || !log[^1].Contains("expired")) log.Add($"{(run.Client.Deadline - s_start)!.Value.TotalSeconds}: {run.TickAtDeadline()}");

        // An hour: T1 at 1800 and T2 at 3150, half of the remaining time each, at least a minute.
        Assert.Equal(
            [
                "1800: REQUEST to 192.168.50.1", "2475: REQUEST to 192.168.50.1", "2812.5: REQUEST to 192.168.50.1",
                "2981.25: REQUEST to 192.168.50.1", "3065.625: REQUEST to 192.168.50.1", "3125.625: REQUEST to 192.168.50.1",
                "3150: REQUEST", "3375: REQUEST", "3487.5: REQUEST", "3547.5: REQUEST",
                "3600: expired 192.168.50.10/24, DISCOVER",
            ],
            log);
        Assert.Null(run.Client.Binding);
        Assert.Equal(DhcpClientState.Selecting, run.Client.State);
        Assert.Equal(0, run.Sent.Seconds);
    }

    [Fact]
    public void Request_ToRenewHasTheAddressAndNoOptionsForIt()
    {
        DhcpClientRun run = new DhcpClientRun(DhcpClientRun.Settings with { NeedsBroadcast = true }).Bind();
        run.TickAtDeadline();
        Assert.Equal(("192.168.50.10", "192.168.50.1"), ($"{run.SentAction.Source}", $"{run.SentAction.Destination}"));
        Check();
        Assert.Equal(0, run.Sent.Seconds);
        while (run.Client.State != DhcpClientState.Rebinding) run.TickAtDeadline();
        Assert.Equal(("192.168.50.10", "255.255.255.255"), ($"{run.SentAction.Source}", $"{run.SentAction.Destination}"));
        Check();
        Assert.Equal(3150 - 1800, run.Sent.Seconds);

        void Check()
        {
            Assert.Equal("192.168.50.10", run.Sent.ClientAddress.ToString());
            Assert.False(run.Sent.IsBroadcast);
            Assert.False(run.Sent.Options.Contains(DhcpOptionCode.RequestedAddress) || run.Sent.Options.Contains(DhcpOptionCode.ServerIdentifier));
            Assert.True(run.Sent.Options.Contains(DhcpOptionCode.ParameterRequestList));
        }
    }

    [Fact]
    public void Answer_RenewsTheLeaseFromTheRequest()
    {
        DhcpClientRun run = new DhcpClientRun().Bind();
        run.TickAtDeadline();
        Assert.Equal(DhcpClientState.Renewing, run.Client.State);
        run.Now += TimeSpan.FromSeconds(5);
        Assert.Equal("renewed 192.168.50.10/24", run.Receive(run.Reply()));
        Assert.Equal(DhcpClientState.Bound, run.Client.State);
        Assert.Equal(s_start + TimeSpan.FromSeconds(1800 + 1800), run.Client.Deadline);
        Assert.Equal(s_start + TimeSpan.FromSeconds(1800 + 3600), run.Client.Binding!.ExpiresAt);
    }

    [Fact]
    public void Answer_ToAnEarlierRequestIsIgnored()
    {
        uint id = 0;
        DhcpClientRun run = new DhcpClientRun(random: () => id++).Bind();
        run.TickAtDeadline();
        DhcpReply late = run.Reply();
        run.TickAtDeadline();
        Assert.Equal("", run.Receive(late));
        Assert.Equal("renewed 192.168.50.10/24", run.Receive(run.Reply()));
    }

    [Fact]
    public void Answer_CanShortenTheTimes()
    {
        DhcpClientRun run = new DhcpClientRun().Bind();
        run.TickAtDeadline();
        Assert.Equal("renewed 192.168.50.10/24", run.Receive(run.Reply().With(DhcpOptionCode.RenewalTime, 10)));
        Assert.Equal(run.Now + TimeSpan.FromSeconds(10), run.Client.Deadline);
    }

    [Theory]
    [InlineData(DhcpOptionCode.Router, "192.168.50.2")]
    [InlineData(DhcpOptionCode.ClasslessStaticRoute, "00c0a83202")]
    [InlineData(DhcpOptionCode.SubnetMask, "255.255.0.0")]
    [InlineData(DhcpOptionCode.DomainNameServer, "192.168.50.2")]
    public void Answer_WithAnotherSettingChangesTheLease(byte code, string value)
    {
        DhcpClientRun run = new DhcpClientRun().Bind();
        DhcpLease before = run.Client.Binding!.Lease;
        run.TickAtDeadline();
        DhcpAction changed = Assert.Single(run.Client.Receive(run.Reply().With(code, value).Message(), run.Now));
        Assert.Equal(DhcpActionKind.LeaseChanged, changed.Kind);
        Assert.Equal((before, run.Client.Binding!.Lease), (changed.Previous, changed.Lease));
    }

    [Fact]
    public void Answer_OfAnotherServerChangesTheLeaseAndIsAskedNext()
    {
        DhcpClientRun run = new DhcpClientRun().Bind();
        while (run.Client.State != DhcpClientState.Rebinding) run.TickAtDeadline();
        Assert.Equal("changed 192.168.50.10/24", run.Receive(run.Reply(server: "192.168.50.2")));
        Assert.Equal("REQUEST to 192.168.50.2", run.TickAtDeadline());
    }

    [Fact]
    public void Answer_WithAnotherAddressIsProbedWhileTheOldOneIsUsed()
    {
        DhcpClientRun run = new DhcpClientRun().Bind();
        run.TickAtDeadline();
        Assert.Equal("probe 192.168.50.20", run.Receive(run.Reply(address: "192.168.50.20")));
        Assert.Equal("192.168.50.10/24", run.Client.Binding!.Lease.Address.ToString());
        Assert.Equal("changed 192.168.50.20/24", run.Probed(isInUse: false));
        Assert.Equal("192.168.50.20/24", run.Client.Binding!.Lease.Address.ToString());
    }

    [Fact]
    public void Answer_WithAnotherAddressThatIsInUseLosesTheOldOneToo()
    {
        DhcpClientRun run = new DhcpClientRun().Bind();
        run.TickAtDeadline();
        run.Receive(run.Reply(address: "192.168.50.20"));
        Assert.Equal("DECLINE, lost 192.168.50.10/24", run.Probed(isInUse: true));
        Assert.Null(run.Client.Binding);
    }

    [Fact]
    public void Answer_WithAnotherAddressOutlivesTheOldOne()
    {
        DhcpClientRun run = new DhcpClientRun().Bind();
        while (run.Client.State != DhcpClientState.Rebinding) run.TickAtDeadline();
        run.Receive(run.Reply(address: "192.168.50.20"));
        Assert.Equal("expired 192.168.50.10/24", run.TickAtDeadline());
        Assert.Equal(DhcpClientState.Probing, run.Client.State);
        Assert.Equal("obtained 192.168.50.20/24", run.Probed(isInUse: false));
    }

    [Fact]
    public void Answer_ThatMakesNoSenseLeavesTheLeaseAsItIs()
    {
        DhcpClientRun run = new DhcpClientRun().Bind();
        run.TickAtDeadline();
        Assert.Equal("", run.Receive(run.Reply(address: "192.168.50.255")));
        Assert.Equal(DhcpClientState.Renewing, run.Client.State);
        Assert.Equal("renewed 192.168.50.10/24", run.Receive(run.Reply()));
        Assert.Null(run.Client.LastRefusal);
    }

    [Fact]
    public void Lease_WithoutAnEndIsNeverRenewed()
    {
        DhcpClientRun run = new();
        run.Start();
        run.Receive(run.Reply(DhcpMessageType.Offer));
        run.Receive(run.Reply().With(DhcpOptionCode.LeaseTime, uint.MaxValue));
        run.Probed(isInUse: false);
        Assert.Null(run.Client.Deadline);
        Assert.Equal("", run.TickAfter(200 * 365 * 86400.0));
        Assert.Equal(DhcpClientState.Bound, run.Client.State);
        // Only if a user wants it; without an answer, all stays as it was.
        Assert.Equal("REQUEST to 192.168.50.1", run.Renew());
        Assert.Equal("", run.TickAtDeadline());
        Assert.Equal((DhcpClientState.Bound, null), (run.Client.State, run.Client.Deadline));
        run.Renew();
        Assert.Equal("renewed 192.168.50.10/24", run.Receive(run.Reply()));
        Assert.NotNull(run.Client.Deadline);
    }

    // A year of a lease of eight hours that is always renewed at T1.
    [Fact]
    public void Lease_IsRenewedForever()
    {
        DhcpClientRun run = new DhcpClientRun();
        run.Start();
        run.Receive(run.Reply(DhcpMessageType.Offer));
        run.Receive(run.Reply().With(DhcpOptionCode.LeaseTime, 8 * 3600));
        run.Probed(isInUse: false);
        int renewals = 0;
        for (; run.Now < TimeSpan.FromDays(365); renewals++)
        {
            Assert.Equal("REQUEST to 192.168.50.1", run.TickAtDeadline());
            Assert.Equal("renewed 192.168.50.10/24", run.Receive(run.Reply().With(DhcpOptionCode.LeaseTime, 8 * 3600)));
        }

        Assert.Equal(365 * 24 / 4, renewals);
    }

    [Theory]
    // Suspended over T1, T2 and the end.
    [InlineData(2000, "REQUEST to 192.168.50.1", DhcpClientState.Renewing)]
    [InlineData(3200, "REQUEST", DhcpClientState.Rebinding)]
    [InlineData(3600, "expired 192.168.50.10/24, DISCOVER", DhcpClientState.Selecting)]
    [InlineData(1e9, "expired 192.168.50.10/24, DISCOVER", DhcpClientState.Selecting)]
    public void Client_ThatWasSuspendedDoesWhatIsDue(double seconds, string expected, DhcpClientState state)
    {
        DhcpClientRun run = new DhcpClientRun().Bind();
        Assert.Equal(expected, run.TickAfter(seconds));
        Assert.Equal(state, run.Client.State);
    }

    [Fact]
    public void Answer_AfterTheEndRenewsNothing()
    {
        DhcpClientRun run = new DhcpClientRun().Bind();
        while (run.Client.State != DhcpClientState.Rebinding) run.TickAtDeadline();
        DhcpReply late = run.Reply();
        run.Now += TimeSpan.FromHours(1);
        Assert.Equal("expired 192.168.50.10/24, DISCOVER", run.Receive(late));
    }

    // A thousand clients that began together.
    [Fact]
    public void Renewals_ArePartedButNeverLate()
    {
        Random random = new(1);
        double[] times = [.. Enumerable.Range(0, 1000).Select(_ =>
        {
            DhcpClientRun run = new DhcpClientRun(random: () => (uint)random.NextInt64(uint.MaxValue)).Bind();
            DhcpBinding binding = run.Client.Binding!;
            Assert.True(binding.RenewAt < binding.RebindAt && binding.RebindAt < binding.ExpiresAt);
            Assert.InRange((binding.RebindAt!.Value - s_start).TotalSeconds, 3150 - 60, 3150);
            return (binding.RenewAt!.Value - s_start).TotalSeconds;
        })];
        Assert.InRange(times.Min(), 1740, 1741);
        Assert.InRange(times.Max(), 1799, 1800);
    }

    // One of the two comes as early as it can, and the other as late.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Renewals_ThatArePartedKeepTheirOrder(int first)
    {
        int calls = first;
        DhcpClientRun run = new(random: () => calls++ % 2 == 0 ? 0 : uint.MaxValue);
        run.Start();
        run.Receive(run.Reply(DhcpMessageType.Offer));
        run.Receive(run.Reply().With(DhcpOptionCode.RenewalTime, 3000).With(DhcpOptionCode.RebindingTime, 3010));
        run.Probed(isInUse: false);
        Assert.True(run.Client.Binding!.RenewAt < run.Client.Binding.RebindAt);
    }

    [Fact]
    public void ShortLease_KeepsItsOrder()
    {
        DhcpClientRun run = new(random: static () => uint.MaxValue);
        run.Start();
        run.Receive(run.Reply(DhcpMessageType.Offer));
        run.Receive(run.Reply().With(DhcpOptionCode.LeaseTime, 1));
        run.Probed(isInUse: false);
        Assert.Equal("REQUEST to 192.168.50.1", run.TickAtDeadline());
        Assert.Equal("REQUEST", run.TickAtDeadline());
        Assert.Equal("expired 192.168.50.10/24, DISCOVER", run.TickAtDeadline());
        Assert.Equal(s_start + TimeSpan.FromSeconds(1), run.Now);
    }

    [Fact]
    public void User_CanRenewAtAnyTime()
    {
        DhcpClientRun run = new();
        Assert.Equal("", run.Renew());
        run.Bind();
        run.Now += TimeSpan.FromSeconds(10);
        Assert.Equal("REQUEST to 192.168.50.1", run.Renew());
        Assert.Equal("REQUEST to 192.168.50.1", run.Renew());
        Assert.Equal("renewed 192.168.50.10/24", run.Receive(run.Reply()));
        Assert.Equal(run.Now + TimeSpan.FromSeconds(1800), run.Client.Deadline);
    }
}
