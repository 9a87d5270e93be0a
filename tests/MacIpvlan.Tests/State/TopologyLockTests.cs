using MacIpvlan.State.Sqlite;

namespace MacIpvlan.Tests.State;

/// <summary>One at a time makes and removes networks.</summary>
public sealed class TopologyLockTests : StateTest
{
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan s_atLast = TimeSpan.FromSeconds(30);

    [Fact]
    public void Second_WaitsUntilTheFirstIsDone()
    {
        using SqliteStateStore other = State.Open();
        using ManualResetEventSlim has = new();
        Thread second = new(() =>
        {
            using IDisposable theirs = other.LockTopology();
            has.Set();
        });

        using (Store.LockTopology())
        {
            second.Start();
            Assert.False(has.Wait(s_soon, TestContext.Current.CancellationToken));
        }

        Assert.True(has.Wait(s_atLast, TestContext.Current.CancellationToken));
        second.Join();
    }

    [Fact]
    public void Lock_IsFreeAfterAFailureUnderIt()
    {
        Assert.Throws<InvalidOperationException>(Fail);

        using IDisposable again = Store.LockTopology();
        Assert.NotNull(again);

        void Fail()
        {
            using IDisposable mine = Store.LockTopology();
            throw new InvalidOperationException();
        }
    }

    [Fact]
    public void Lock_DoesNotKeepFromReadingAndReserving()
    {
        using SqliteStateStore other = State.Open();
        MacIpvlan.State.NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1")));

        using (Store.LockTopology())
        {
            Assert.Single(other.GetNetworks());
            Assert.Equal("10.0.0.2/24", other.ReserveNic(Nic(network), network, [IPv4]).Leases[0].Address.ToString());
        }
    }

    [Fact]
    public void Lock_IsOfTheDatabase()
    {
        using TemporaryState another = new();
        using SqliteStateStore other = another.Open();

        using IDisposable mine = Store.LockTopology();
        using IDisposable theirs = other.LockTopology();

        Assert.NotSame(mine, theirs);
    }
}
