using System.Reflection;
using MacIpvlan.State;
using MacIpvlan.State.Sqlite;
using SQLitePCL;

namespace MacIpvlan.Tests.State;

/// <summary>
/// Work grows neither with the addresses that are taken nor with the NICs there are. Counted in instructions of
/// SQLite's machine, which are the same on every computer.
/// </summary>
public sealed class AllocationCostTests : StateTest
{
    private const int Many = 400;
    private readonly sqlite3 _connection;
    private int _instructions;

    public AllocationCostTests()
    {
        object database = typeof(SqliteStateStore).GetField(
            "_database", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(Store)!;
        object connection = database.GetType().GetProperty("Connection")!.GetValue(database)!;
        _connection = (sqlite3)connection.GetType().GetProperty("Handle")!.GetValue(connection)!;
    }

    [Fact]
    public void Taking_CostsTheSameBehindManyLeases()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/16", "10.0.0.1")));
        Reserve(network, IPv4);
        Reserve(network, IPv4);
        int early = Cost(() => Reserve(network, IPv4));

        for (int i = 0; i < Many; i++) Reserve(network, IPv4);

        AssertNoMore(early, Cost(() => Reserve(network, IPv4)));
        Assert.Equal(1, State.Count("runs"));
    }

    [Fact]
    public void Taking_CostsTheSameAmongManyGaps()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/16", "10.0.0.1")));
        List<NicRecord> nics = [.. Enumerable.Range(0, 6).Select(_ => Reserve(network, IPv4))];
        foreach (int i in (int[])[1, 3]) Store.ReleaseNic(nics[i].Id);
        int early = Cost(() => Reserve(network, IPv4));

        for (int i = 0; i < Many; i++) nics.Add(Reserve(network, IPv4));
        for (int i = 7; i < nics.Count; i += 2) Store.ReleaseNic(nics[i].Id);

        Assert.True(State.Count("runs") > Many / 4);
        AssertNoMore(early, Cost(() => Reserve(network, IPv4)));
    }

    [Fact]
    public void Releasing_CostsTheSameAmongManyLeases()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/16", "10.0.0.1")));
        NicRecord[] few = [.. Enumerable.Range(0, 5).Select(_ => Reserve(network, IPv4))];
        int early = Cost(() => Store.ReleaseNic(few[2].Id));

        NicRecord[] many = [.. Enumerable.Range(0, Many).Select(_ => Reserve(network, IPv4))];

        AssertNoMore(early, Cost(() => Store.ReleaseNic(many[Many / 2].Id)));
    }

    [Fact]
    public void Refusing_ATakenAddressCostsTheSameAmongManyLeases()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/16", "10.0.0.1")));
        Reserve(network, Static("10.0.0.9"));
        int early = Cost(() => Assert.Throws<NetworkException>(() => Reserve(network, Static("10.0.0.9"))));

        for (int i = 0; i < Many; i++) Reserve(network, IPv4);

        AssertNoMore(early, Cost(() => Assert.Throws<NetworkException>(() => Reserve(network, Static("10.0.0.9")))));
    }

    [Fact]
    public void Networks_OnOtherParentsCostNothing()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/16", "10.0.0.1")));
        Reserve(network, IPv4);
        int early = Cost(() => Reserve(network, IPv4));

        for (int i = 0; i < 50; i++)
        {
            Reserve(Add(Network($"other{i}", Subnet("10.0.0.0/16")) with { Parent = $"eth{i + 1}" }), IPv4);
        }

        AssertNoMore(early, Cost(() => Reserve(network, IPv4)));
    }

    // A look at a table's end, or a page more in a tree, is a handful; going through the rows would be thousands.
    private static void AssertNoMore(int early, int late) => Assert.InRange(late, early / 2, early + 40);

    private int Cost(Action action)
    {
        _instructions = 0;
        raw.sqlite3_progress_handler(_connection, 1, _ => { _instructions++; return 0; }, null);
        action();
        raw.sqlite3_progress_handler(_connection, 0, (delegate_progress?)null, null);
        Assert.True(_instructions > 100, "Nothing was counted.");
        return _instructions;
    }
}
