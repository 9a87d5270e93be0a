using System.Collections.Concurrent;
using MacIpvlan.State;
using MacIpvlan.State.Sqlite;

namespace MacIpvlan.Tests.State;

/// <summary>Several users of one database at once, each with a connection of its own, as processes have.</summary>
public sealed class ConcurrencyTests : StateTest
{
    private const int Users = 4;
    private const int Each = 20;

    [Fact]
    public void Addresses_AreDistinctAndTheLowest()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1")));
        ConcurrentBag<string> given = [];

        AllAtOnce((store, user) =>
        {
            for (int i = 0; i < Each; i++)
            {
                NicRecord nic = Nic(network) with { Id = $"{user:x8}{i:x8}" };
                given.Add(store.ReserveNic(nic, network, [IPv4]).Leases[0].Address.ToString());
            }
        });

        Assert.Equal(
            Enumerable.Range(2, Users * Each).Select(static i => $"10.0.0.{i}/24").Order(), given.Order());
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void Version_IsAnotherAfterOthersHaveChangedSomething()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1")));
        using SqliteStateStore other = State.Open();
        long version = Store.GetVersion();

        other.GetNics();
        Assert.Equal(version, Store.GetVersion());
        other.ReserveNic(Nic(network), network, [IPv4]);
        Assert.NotEqual(version, Store.GetVersion());
    }

    [Fact]
    public void Version_IsToldToAllThreadsOfACommand()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1")));
        ConcurrentBag<long> seen = [];

        AllAtOnce(user =>
        {
            for (int i = 0; i < Each; i++)
            {
                seen.Add(Store.GetVersion());
                Store.ReserveNic(Nic(network) with { Id = $"{user:x8}{i:x8}" }, network, [IPv4]);
            }
        });

        // What this connection itself changes does not count.
        Assert.Single(seen.Distinct());
    }

    [Fact]
    public void TakingAndGivingBack_LeavesNothing()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/29", "10.0.0.1")));

        AllAtOnce((store, user) =>
        {
            for (int i = 0; i < Each; i++)
            {
                NicRecord nic = store.ReserveNic(Nic(network) with { Id = $"{user:x8}{i:x8}" }, network, [IPv4]);
                store.ReleaseNic(nic.Id);
            }
        });

        Assert.Equal((0, 0, 0), (State.Count("nics"), State.Count("leases"), State.Count("runs")));
    }

    [Fact]
    public void Name_IsGivenOnce()
    {
        int made = 0;

        AllAtOnce((store, user) =>
        {
            try
            {
                store.AddNetwork(
                    Network("net1", Subnet("10.0.0.0/24")) with { Id = new string((char)('0' + user), 64) });
                Interlocked.Increment(ref made);
            }
            catch (NetworkException e) when (e.Error == NetworkError.NetworkExists)
            {
            }
        });

        Assert.Equal(1, made);
        Assert.Equal((1, 1), (State.Count("networks"), State.Count("subnets")));
    }

    [Fact]
    public void Database_IsMadeOnceByAllThatFindNone()
    {
        using TemporaryState fresh = new();
        ConcurrentBag<int> seen = [];

        AllAtOnce(fresh, (store, _) => seen.Add(store.GetNetworks().Count));

        Assert.Equal(Enumerable.Repeat(0, Users), seen);
        // As one that a single user made.
        _ = Store.GetNetworks();
        Assert.Equal(Version(State), Version(fresh));

        static int Version(TemporaryState state) => state.Query("PRAGMA user_version", static r => r.GetInt32(0))[0];
    }

    private void AllAtOnce(Action<SqliteStateStore, int> work) => AllAtOnce(State, work);

    private static void AllAtOnce(TemporaryState state, Action<SqliteStateStore, int> work) => AllAtOnce(user =>
    {
        using SqliteStateStore store = state.Open();
        work(store, user);
    });

    // Threads, not tasks: all of them must be at it at the same time.
    private static void AllAtOnce(Action<int> work)
    {
        using Barrier start = new(Users);
        ConcurrentBag<Exception> failures = [];
        Thread[] threads = [.. Enumerable.Range(0, Users).Select(user => new Thread(() =>
        {
            try
            {
                start.SignalAndWait();
                work(user);
            }
            catch (Exception e)
            {
                failures.Add(e);
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Empty(failures);
    }
}
